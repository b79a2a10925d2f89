/* rollover.c: the new school year, as a difference and applied. */
#include "server/import/rollover.h"

#include "server/api/imports.h"
#include "server/api/input.h"
#include "server/import/import_cell.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

struct asking {
  struct slice date, enrolments, grants, show;
  struct input_texts terms; /* name, starts, ends, each behind the other */
  uint32_t last_year, after;
  struct rollover_wish wish;
};
static const struct input_field asking_input[] = {
    {"date", INPUT_TEXT, true, 10, offsetof(struct asking, date)},
    {"last_year", INPUT_NUMBER, false, 13, offsetof(struct asking, last_year)},
    {"enrolments", INPUT_TEXT, false, 10, offsetof(struct asking, enrolments)},
    {"grants", INPUT_TEXT, false, 10, offsetof(struct asking, grants)},
    {"terms", INPUT_TEXTS, false, 3 * rollover_terms_max, offsetof(struct asking, terms)},
    {"show", INPUT_TEXT, false, 16, offsetof(struct asking, show)},
    {"after", INPUT_NUMBER, false, csv_rows_max, offsetof(struct asking, after)},
};

static err read_word(struct api_call *c, const char *name, struct slice word, bool *ends) {
  *ends = slice_equal(word, slice_text("end"));
  if (*ends || word.len == 0 || slice_equal(word, slice_text("go_on"))) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" is go_on or end", name);
}

static err read_term(struct api_call *c, struct rollover_term *out, const struct slice *texts) {
  out->name = texts[0];
  bool whole = out->name.len > 0 && date_parse(&out->starts, texts[1]) == ERR_OK &&
               date_parse(&out->ends, texts[2]) == ERR_OK && out->starts < out->ends;
  return whole ? ERR_OK
               : fault_set(&c->fault, ERR_INVALID, "a term needs a name, a first day and a later last day");
}

static err read_asking(struct api_call *c, struct asking *a) {
  a->last_year = 13;
  TRY(input_read(c, asking_input, COUNT(asking_input), a));
  if (date_parse(&a->wish.date, a->date) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"date\" must be the new year's first day, as 2026-09-01");
  a->wish.last_year = (int)a->last_year;
  TRY(read_word(c, "enrolments", a->enrolments, &a->wish.end_enrolments));
  TRY(read_word(c, "grants", a->grants, &a->wish.end_grants));
  if (a->terms.count % 3 != 0)
    return fault_set(&c->fault, ERR_INVALID, "\"terms\" holds a name and two days for each term");
  a->wish.term_count = a->terms.count / 3;
  for (size_t i = 0; i < a->wish.term_count; i++) TRY(read_term(c, &a->wish.terms[i], a->terms.list + 3 * i));
  return ERR_OK;
}

static const char run_word[] = "new school year";

/* Everybody would go up twice. */
static err already(struct api_call *c, const struct asking *a) {
  enum { runs_looked_at = 1000 };
  struct store_run *list;
  size_t count;
  TRY(c->store->ops->run_list(c->store, runs_looked_at, &c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    bool same = slice_equal(list[i].what, slice_text(run_word)) && slice_equal(list[i].name, a->date);
    if (same && list[i].undone_ms == 0)
      return fault_set(&c->fault, ERR_CONFLICT,
                       "the year that begins on that day is in already: take it back first");
  }
  return ERR_OK;
}

static err make(struct api_call *c, struct asking *a, struct rollover *out) {
  TRY(c->store->ops->begin_read(c->store));
  err e = rollover_make(out, &a->wish, c->api->config.hub, c->store, &c->x->arena);
  c->store->ops->rollback(c->store);
  return e;
}

static err put_all(struct api_call *c, const struct asking *a, const struct rollover *r, json_t *body) {
  struct words w = {c->store, &c->x->arena, c->x->now};
  struct import_look look = {.page = {.from = a->after, .max = import_page_rows}};
  const struct import_list list = {.ops = r->ops, .count = r->op_count};
  if (imports_kind(&look.page.kind, a->show) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"show\" is new, changed or unchanged");
  TRY(import_look(&look, &list, c->api->config.hub, c->store, &c->x->now, &c->x->arena, &c->fault));
  return imports_put_look(&w, body, &look);
}

err api_rollover_look(struct api_call *c) {
  struct asking a = {.after = 0};
  struct rollover r;
  TRY(read_asking(c, &a));
  TRY(already(c, &a));
  TRY(make(c, &a, &r));
  json_t *body = json_pack("{s:I}", "leavers", (json_int_t)r.leavers);
  err e = body ? put_all(c, &a, &r, body) : ERR_NO_MEMORY;
  rollover_finish(&r);
  if (e == ERR_OK) return api_answer_audited(c, body, "rollover.read");
  json_decref(body);
  return e;
}

static err apply_step(struct api_call *c) {
  struct asking *a = c->own;
  struct rollover r;
  json_t *body = NULL;
  TRY(already(c, a));
  TRY(make(c, a, &r));
  err e = imports_apply(c, slice_text(run_word), a->date, r.ops, r.op_count, &body);
  rollover_finish(&r);
  return e == ERR_OK ? api_answer(c, body) : e;
}

err api_rollover_apply(struct api_call *c) {
  struct asking *a = arena_take(&c->x->arena, 1, sizeof *a);
  if (!a) return ERR_NO_MEMORY;
  TRY(read_asking(c, a));
  c->own = a;
  return api_then(c, HTTP_WRITER, apply_step);
}
