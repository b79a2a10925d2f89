/* audit.c: who did what, when and from where: a page of it, whether it is whole, and an extract for a
 * spreadsheet. It holds codes and ids; the words of a reason stand beside an entry and go when they must. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/audit_says.h"
#include "server/api/call.h"
#include "server/api/csv.h"
#include "server/api/shape.h"

#define AT(member) offsetof(struct view_audit, member)
static const struct shape_field audit_fields[] = {
    {"number", SHAPE_LONG, AT(number), 0, NULL, NULL},
    {"at", SHAPE_TIME, AT(at_ms), 0, NULL, NULL},
    {"who", SHAPE_ID, AT(actor), 0, NULL, NULL},
    {"who_name", SHAPE_TEXT, AT(actor_name), 0, NULL, NULL},
    {"action", SHAPE_NAME, AT(action), 0, NULL, NULL},
    {"detail", SHAPE_TEXT, AT(detail), 0, NULL, NULL},
    {"reason", SHAPE_TEXT, AT(words), 0, NULL, NULL},
    {"reason_erased", SHAPE_BOOL, AT(words_erased), 0, NULL, NULL},
    {"address", SHAPE_TEXT, AT(address), 0, NULL, NULL},
};
#undef AT
static const struct shape audit_shape = SHAPE_OF(view_audit, audit_fields);

/* The order of the route's parameters. */
enum { BY_KIND, BY_WHO, FROM_DAY, TO_DAY, AFTER };

static err read_kind(struct api_call *c, struct slice word, enum audit_kind *out) {
  static const char *const words[] = {
      [AUDIT_ANY] = "all",       [AUDIT_SIGN_IN] = "signing-in", [AUDIT_READ] = "reading",
      [AUDIT_CHANGE] = "change", [AUDIT_EXPORT] = "export",      [AUDIT_DEVICE] = "device",
      [AUDIT_PEOPLE] = "people"};
  *out = AUDIT_ANY;
  if (word.len == 0) return ERR_OK;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!slice_equal(word, slice_text(words[i]))) continue;
    *out = (enum audit_kind)i;
    return ERR_OK;
  }
  return fault_set(&c->fault, ERR_INVALID,
                   "\"kind\" is all, signing-in, reading, change, export, device or people");
}

/* The moment a day begins in the United Kingdom, by halving: civil days are not all 24 hours long. */
static int64_t day_begins(int32_t day) {
  int64_t low = ((int64_t)day - 1) * 86400000, high = low + 2 * INT64_C(86400000);
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    int32_t date, minute;
    uk_civil(middle, &date, &minute);
    if (date < day)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static err read_day(struct api_call *c, struct slice text, const char *name, int32_t more, int64_t *out) {
  int32_t day;
  if (text.len == 0) return ERR_OK;
  if (date_parse(&day, text) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be a day of the calendar, like 2026-11-21", name);
  *out = day_begins(day + more);
  return ERR_OK;
}

static err read_after(struct api_call *c, struct slice text, uint64_t *out) {
  char digits[20];
  char *end = digits;
  if (text.len == 0) return ERR_OK;
  if (text.len < sizeof digits) {
    bytes_copy(digits, text.ptr, text.len);
    digits[text.len] = 0;
    *out = strtoull(digits, &end, 10);
  }
  if (end != digits && *end == 0 && *out > 0 && *out < NUMBER_MAX) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"after\" must be the \"next\" of the page before");
}

static err read_query(struct api_call *c, struct audit_query *q) {
  *q = (struct audit_query){.to_ms = INT64_MAX, .limit = audit_page_rows_max};
  TRY(read_kind(c, c->parameters[BY_KIND], &q->kind));
  if (c->parameters[BY_WHO].len && id_parse(&q->actor, c->parameters[BY_WHO]) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"who\" must be an id of 32 hexadecimal digits");
  TRY(read_day(c, c->parameters[FROM_DAY], "from", 0, &q->from_ms));
  TRY(read_day(c, c->parameters[TO_DAY], "to", 1, &q->to_ms));
  return read_after(c, c->parameters[AFTER], &q->before);
}

/* ---- in words ---- */

static err add_part(const struct audit_part *part, json_t *says, json_t *about) {
  char id[id_text_bytes];
  json_t *one = json_pack("{s:o}", "text", shape_text(part->text));
  if (part->kind) {
    id_text(id, &part->id);
    (void)json_object_set_new(one, "kind", json_string(part->kind));
    (void)json_object_set_new(one, "id", json_string(id));
    (void)json_array_append_new(
        about, json_pack("{s:s, s:s, s:o}", "kind", part->kind, "id", id, "name", shape_text(part->text)));
  }
  return json_array_append_new(says, one) == 0 ? ERR_OK : ERR_NO_MEMORY;
}

static err put_words(struct words *w, const struct view_audit *a, json_t *entry, bool *children) {
  struct audit_part parts[audit_parts_max];
  size_t count = 0;
  json_t *says = json_array(), *about = json_array();
  err e = audit_say(w, a, parts, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    e = add_part(&parts[i], says, about);
    *children = *children || (parts[i].kind && strcmp(parts[i].kind, "learner") == 0);
  }
  int failed = json_object_set_new(entry, "what", shape_text(audit_what(a)));
  failed |= json_object_set_new(entry, "says", says);
  failed |= json_object_set_new(entry, "about", about);
  return e == ERR_OK && failed ? ERR_NO_MEMORY : e;
}

/* Only whoever may see learners' rows reads the audit at all: see routes.def. */
static err add_words(struct api_call *c, const struct view_audit *list, json_t *entries, bool *children) {
  struct words w = {c->store, &c->x->arena, c->x->now};
  json_t *entry;
  size_t i;
  json_array_foreach(entries, i, entry) TRY(put_words(&w, &list[i], entry, children));
  return ERR_OK;
}

err api_audit(struct api_call *c) {
  struct audit_query q;
  struct view_audit *list = NULL;
  size_t count = 0;
  TRY(read_query(c, &q));
  TRY(views_audit(c->store, &q, &c->x->arena, &list, &count));
  bool more = count == q.limit;
  json_t *entries = shape_list(&audit_shape, list, count);
  bool children = false;
  err e = add_words(c, list, entries, &children);
  if (e != ERR_OK) {
    json_decref(entries);
    return e;
  }
  json_t *body = json_pack("{s:o, s:o}", "entries", entries, "next",
                           more ? json_integer((json_int_t)list[count - 1].number) : json_null());
  return children ? api_answer_audited(c, body, "audit.read") : api_answer(c, body);
}

err api_audit_check(struct api_call *c) {
  uint64_t count, broken;
  TRY(views_audit_check(c->store, &count, &broken));
  return api_answer(c, json_pack("{s:I, s:o}", "entries", (json_int_t)count, "broken_at",
                                 broken ? json_integer((json_int_t)broken) : json_null()));
}

/* ---- the extract ---- */

/* Words for whoever reads it, and behind them what a program looks for: the action's name and the codes. */
static const char *const heads[] = {"number", "at (UTC)", "who",    "what",  "about",
                                    "reason", "address",  "action", "detail"};
enum { head_count = sizeof heads / sizeof *heads };

static err say_about(struct words *w, const struct view_audit *a, struct slice *out) {
  struct audit_part parts[audit_parts_max];
  size_t count;
  *out = slice_of(NULL, 0);
  TRY(audit_say(w, a, parts, &count));
  for (size_t i = 0; i < count; i++)
    TRY(words_say(w, out, "%.*s%s%.*s", TEXT(*out), i ? ", " : "", TEXT(parts[i].text)));
  return ERR_OK;
}

static err put_entry(struct words *w, struct buf *out, const struct view_audit *a) {
  char number[24], at[time_text_bytes];
  struct slice about;
  (void)snprintf(number, sizeof number, "%llu", (unsigned long long)a->number);
  time_text(at, a->at_ms);
  TRY(say_about(w, a, &about));
  const struct slice cells[head_count] = {
      slice_text(number),
      slice_text(at),
      a->actor_name,
      audit_what(a),
      about,
      a->words_erased ? slice_text("erased with whom it was about") : a->words,
      a->address,
      a->action,
      a->detail};
  return csv_row(out, cells, head_count);
}

/* One entry's words make room for the next one's: there may be a hundred thousand. */
static err put_extract(struct api_call *c, struct buf *out, const struct view_audit *list, size_t count) {
  struct arena a = ARENA_INIT(c->x->arena.max);
  struct words w = {c->store, &a, c->x->now};
  err e = ERR_OK;
  struct slice cells[head_count];
  for (size_t i = 0; i < head_count; i++) cells[i] = slice_text(heads[i]);
  TRY(csv_begin(out));
  TRY(csv_row(out, cells, head_count));
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    e = put_entry(&w, out, &list[i]);
    arena_clear(&a);
  }
  arena_finish(&a);
  return e;
}

static err note_extract(struct api_call *c) {
  return audit_add(c->store, c->x->now.wall_ms, &c->login.user, "export.audit", "");
}

err api_audit_extract(struct api_call *c) {
  struct audit_query q;
  struct view_audit *list = NULL;
  size_t count = 0;
  TRY(read_query(c, &q));
  q.limit = audit_extract_rows_max;
  TRY(views_audit(c->store, &q, &c->x->arena, &list, &count));
  struct http_answer *answer = &c->x->answer;
  if (answer->body.max == 0) answer->body.max = http_answer_bytes_max;
  TRY(put_extract(c, &answer->body, list, count));
  answer->status = 200;
  answer->type = "text/csv; charset=utf-8";
  (void)snprintf(answer->file_name, sizeof answer->file_name, "audit.csv");
  return api_then(c, HTTP_WRITER, note_extract);
}
