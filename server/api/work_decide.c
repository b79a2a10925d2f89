/* work_decide.c: deciding, taking back, keeping what is safe: on the writer's thread, through the functions
 * that the command line uses. */
#include <stdio.h>

#include "server/api/input.h"
#include "server/api/work.h"
#include "server/core/release.h"

struct deciding {
  struct slice heads, reason, code;
  uint32_t choice, arrived;
};
static const struct input_field decide_input[] = {
    {"heads", INPUT_TEXT, true, 2 * key_bytes, offsetof(struct deciding, heads)},
    {"reason", INPUT_TEXT, true, reason_bytes_max, offsetof(struct deciding, reason)},
    {"choice", INPUT_NUMBER, false, heads_per_unit_max, offsetof(struct deciding, choice)},
    {"code", INPUT_TEXT, false, 8, offsetof(struct deciding, code)},
    {"arrived", INPUT_NUMBER, false, 1439, offsetof(struct deciding, arrived)},
};
static const struct input_field undo_input[] = {
    {"reason", INPUT_TEXT, true, reason_bytes_max, offsetof(struct deciding, reason)},
};
#define COUNT(list) (sizeof(list) / sizeof *(list))

/* ---- what is said when it cannot be ---- */

/* Words of other people's making, short enough for a sentence and cut between letters. */
static struct slice clipped(struct slice text) {
  enum { clip_bytes = 60 };
  if (text.len <= clip_bytes) return text;
  size_t len = clip_bytes;
  while (len > 0 && (text.ptr[len] & 0xC0) == 0x80) len--;
  return slice_of(text.ptr, len);
}

static err say_decided(struct api_call *c, const struct item_view *v) {
  struct words w = work_words(c);
  const struct store_item_event *d = work_decision(v);
  struct value_words said = {.label = {NULL, 0}};
  struct slice who, span;
  TRY(views_author_name(c->store, &d->who, w.arena, &who));
  TRY(words_span(&w, &span, d->at_ms, c->x->now.wall_ms));
  for (size_t i = 0; i < v->choice_count && v->item.kind == ITEM_CONFLICT; i++) {
    if (v->choices[i].in_use) TRY(words_choice(&w, &said, v, &v->choices[i]));
  }
  struct slice what = clipped(said.label);
  who = clipped(who);
  return fault_set(&c->fault, ERR_CONFLICT, "%.*s decided this %.*s ago%s%.*s. Nothing was changed.",
                   TEXT(who), TEXT(span), what.len ? ": " : "", TEXT(what));
}

/* The second of two people hears who was first, and what they said. */
static err refused(struct api_call *c, err e) {
  struct item_view v;
  const struct reconcile by = work_by(c);
  if (e == ERR_NOT_FOUND)
    return fault_set(
        &c->fault, e,
        "there is no such matter any more: whoever it was about has been erased. Nothing was changed");
  if (e != ERR_CONFLICT || reconcile_look(&v, &by, &c->id, &c->x->arena) != ERR_OK) return e;
  return v.item.state == ITEM_DECIDED && work_decision(&v) ? say_decided(c, &v) : e;
}

err work_answer_item(struct api_call *c) {
  struct item_view v;
  json_t *body;
  TRY(work_load(c, &v));
  TRY(work_item_json(c, &v, &body));
  return api_answer(c, body);
}

/* Two records told apart change no row that travels; but what waits is another list now, for everybody who
 * looks at it. */
static void tell_pages(struct api_call *c) { c->x->changes.learners = true; }

/* ---- one ---- */

static err check_role(struct api_call *c) {
  struct item_view v;
  TRY(work_load(c, &v));
  if (work_decides(c, &v)) return ERR_OK;
  return fault_set(&c->fault, ERR_FORBIDDEN, "your role decides only where a child may be missing");
}

/* Something else than anybody wrote: a mark of the office's own. */
static err read_own(struct api_call *c, const struct deciding *in, struct op *out) {
  const struct table *t = schema_table(TABLE_mark);
  int code = schema_enum_number(t->columns[COL(mark, code)].vocabulary, in->code);
  if (code == 0) return fault_set(&c->fault, ERR_INVALID, "\"code\" is one of P, L, AN, AU, SE and none");
  if (in->arrived && code != ENUM_mark_code_L)
    return fault_set(&c->fault, ERR_INVALID, "\"arrived\" goes with the code L alone");
  *out = (struct op){.table = t};
  out->values[COL(mark, code)] = value_int(code);
  if (in->arrived) out->values[COL(mark, arrived)] = value_int(in->arrived);
  return ERR_OK;
}

static err check_own(struct api_call *c) {
  struct item_view v;
  TRY(work_load(c, &v));
  bool mark = v.item.kind == ITEM_CONFLICT && v.item.table->id == TABLE_mark &&
              v.item.unit == v.item.table->columns[COL(mark, code)].unit;
  return mark ? ERR_OK
              : fault_set(&c->fault, ERR_INVALID, "\"code\" decides a mark alone: give a \"choice\"");
}

static err decide_step(struct api_call *c) {
  const struct deciding *in = c->own;
  struct op own;
  struct decision d = {.item = c->id, .choice = in->choice - 1, .why = in->reason};
  const struct reconcile by = work_by(c);
  if (hex_decode(d.heads, key_bytes, in->heads) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"heads\" must be those of the matter as it was shown");
  TRY(check_role(c));
  if (in->code.len) {
    TRY(check_own(c));
    TRY(read_own(c, in, &own));
    d.other = &own;
  }
  err e = reconcile_decide(&c->x->changes, &by, &d);
  if (e == ERR_OK) tell_pages(c);
  return e == ERR_OK ? api_then(c, HTTP_READER, work_answer_item) : refused(c, e);
}

static err read_deciding(struct api_call *c, const struct input_field *fields, size_t count) {
  struct deciding *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, fields, count, in));
  return reason_check(in->reason, &c->fault);
}

err api_work_decide(struct api_call *c) {
  TRY(read_deciding(c, decide_input, COUNT(decide_input)));
  const struct deciding *in = c->own;
  if ((in->choice != 0) == (in->code.len != 0))
    return fault_set(&c->fault, ERR_INVALID, "give a \"choice\", or a \"code\" of your own");
  return api_then(c, HTTP_WRITER, decide_step);
}

static err undo_step(struct api_call *c) {
  const struct deciding *in = c->own;
  const struct reconcile by = work_by(c);
  TRY(check_role(c));
  err e = reconcile_undo(&c->x->changes, &by, &c->id, in->reason);
  if (e == ERR_NOT_FOUND) return refused(c, e);
  if (e == ERR_OK) tell_pages(c);
  return e == ERR_OK ? api_then(c, HTTP_READER, work_answer_item) : e;
}

err api_work_undo(struct api_call *c) {
  TRY(read_deciding(c, undo_input, COUNT(undo_input)));
  return api_then(c, HTTP_WRITER, undo_step);
}

/* ---- many ---- */

struct keeping {
  struct input_texts items, heads;
  struct slice reason;
  size_t at;
  uint32_t kept;
};
static const struct input_field keep_input[] = {
    {"items", INPUT_TEXTS, true, work_bulk_max, offsetof(struct keeping, items)},
    {"heads", INPUT_TEXTS, true, work_bulk_max, offsetof(struct keeping, heads)},
    {"reason", INPUT_TEXT, true, reason_bytes_max, offsetof(struct keeping, reason)},
};

/* Kept as it is: only what is safe, and only as it was seen. */
static err keep_one(struct api_call *c, struct keeping *k, const struct id *id, struct slice heads) {
  struct item_view v;
  struct change_set changes;
  struct decision d = {.item = *id, .why = k->reason};
  const struct reconcile by = work_by(c);
  TRY(hex_decode(d.heads, key_bytes, heads));
  TRY(reconcile_look(&v, &by, id, &c->x->arena));
  if (!item_is_safe(&v)) return ERR_CONFLICT;
  while (d.choice < v.choice_count && !v.choices[d.choice].in_use) d.choice++;
  TRY(reconcile_decide(&changes, &by, &d));
  k->kept++;
  /* One word for many: whoever listens asks again. */
  c->x->changes = (struct change_set){.position = changes.position, .all_streams = true, .learners = true};
  return ERR_OK;
}

static bool is_left(err e) { return e == ERR_CONFLICT || e == ERR_NOT_FOUND; }

static err keep_answer(struct api_call *c) {
  const struct keeping *k = c->own;
  return api_answer(c,
                    json_pack("{s:i, s:i}", "kept", (int)k->kept, "left", (int)(k->items.count - k->kept)));
}

/* A few at a time, so that devices are not kept waiting behind a whole evening's list. */
static err keep_step(struct api_call *c) {
  enum { keep_at_once = 8 };
  struct keeping *k = c->own;
  for (size_t end = k->at + keep_at_once; k->at < end && k->at < k->items.count; k->at++) {
    struct id id;
    TRY(id_parse(&id, k->items.list[k->at]));
    err e = keep_one(c, k, &id, k->heads.list[k->at]);
    if (e != ERR_OK && !is_left(e)) return e;
  }
  return k->at < k->items.count ? api_then(c, HTTP_WRITER, keep_step) : keep_answer(c);
}

err api_work_keep(struct api_call *c) {
  struct keeping *k = arena_take(&c->x->arena, 1, sizeof *k);
  if (!k) return ERR_NO_MEMORY;
  c->own = k;
  TRY(input_read(c, keep_input, COUNT(keep_input), k));
  TRY(reason_check(k->reason, &c->fault));
  bool good = k->items.count > 0 && k->items.count == k->heads.count;
  for (size_t i = 0; good && i < k->items.count; i++) {
    struct id id;
    uint8_t heads[key_bytes];
    good =
        id_parse(&id, k->items.list[i]) == ERR_OK && hex_decode(heads, key_bytes, k->heads.list[i]) == ERR_OK;
  }
  if (!good)
    return fault_set(&c->fault, ERR_INVALID,
                     "\"items\" and \"heads\" must be those of the list, as many of each");
  return api_then(c, HTTP_WRITER, keep_step);
}
