/* audit.c: who did what, when and from where: a page of it, whether it is whole, and an extract for a
 * spreadsheet. It holds codes and ids, and no child's name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/call.h"
#include "server/api/csv.h"
#include "server/api/shape.h"
#include "server/api/words.h"

#define AT(member) offsetof(struct view_audit, member)
static const struct shape_field audit_fields[] = {
    {"number", SHAPE_LONG, AT(number), 0, NULL, NULL},
    {"at", SHAPE_TIME, AT(at_ms), 0, NULL, NULL},
    {"who", SHAPE_ID, AT(actor), 0, NULL, NULL},
    {"who_name", SHAPE_TEXT, AT(actor_name), 0, NULL, NULL},
    {"action", SHAPE_NAME, AT(action), 0, NULL, NULL},
    {"detail", SHAPE_TEXT, AT(detail), 0, NULL, NULL},
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

/* ---- whom and what an entry is about, by name as it is now ---- */

enum { id_digits = 2 * id_bytes, about_max = 4 };
/* An id stands behind its kind, "device=..."; where it stands alone, what was done says what it is of. */
static const struct about_kind {
  const char *word, *action; /* action: how it begins where the id stands alone; NULL: it never does */
  uint8_t table;             /* 0: a device or somebody who signs in */
} about_kinds[] = {
    {"learner", "learner.", TABLE_learner},
    {"learner", "subject.", TABLE_learner},
    {"learner", "inclusion.read", TABLE_learner},
    {"session", "register.", TABLE_session},
    {"session", "session.", TABLE_session},
    {"activity", "report.rows", TABLE_activity},
    {"school", "owed.", TABLE_school},
    {"school", "inclusion.list", TABLE_school},
    {"partner", NULL, TABLE_partner},
    {"staff", NULL, TABLE_staff},
    {"device", NULL, 0},
    {"account", NULL, 0},
    {"key", NULL, 0},
};

static bool begins_with(struct slice text, const char *with) {
  struct slice head = slice_text(with);
  return text.len >= head.len && slice_equal(slice_of(text.ptr, head.len), head);
}

static const struct about_kind *kind_of(const struct view_audit *a, struct slice word) {
  for (size_t i = 0; i < sizeof about_kinds / sizeof *about_kinds; i++) {
    const struct about_kind *k = &about_kinds[i];
    bool named = word.len && slice_equal(word, slice_text(k->word));
    bool alone = word.len == 0 && k->action && begins_with(a->action, k->action);
    if (named || alone) return k;
  }
  return NULL;
}

static err about_name(struct words *w, const struct about_kind *k, const struct id *id, struct slice *out) {
  if (k->table) return words_row(w, out, k->table, id);
  if (slice_equal(slice_text(k->word), slice_text("device")))
    return views_device_name(w->store, id, w->arena, out);
  return views_author_name(w->store, id, w->arena, out);
}

static err add_about(struct words *w, const struct view_audit *a, struct slice token, json_t *list) {
  size_t at = 0;
  struct id id;
  struct slice name;
  char text[id_text_bytes];
  while (at < token.len && token.ptr[at] != '=') at++;
  struct slice word = slice_of(token.ptr, at == token.len ? 0 : at),
               value = at == token.len ? token : slice_of(token.ptr + at + 1, token.len - at - 1);
  const struct about_kind *k = kind_of(a, word);
  if (!k || value.len != id_digits || id_parse(&id, value) != ERR_OK) return ERR_OK;
  TRY(about_name(w, k, &id, &name));
  id_text(text, &id);
  (void)json_array_append_new(
      list, json_pack("{s:s, s:s, s:o}", "kind", k->word, "id", text, "name", shape_text(name)));
  return ERR_OK;
}

/* Words of a detail are parted by single spaces. */
static err about_entry(struct words *w, const struct view_audit *a, json_t *list) {
  size_t from = 0, found = 0;
  if (a->detail.len == 0) return ERR_OK; /* and no place to count from */
  for (size_t at = 0; at <= a->detail.len && found < about_max; at++) {
    if (at < a->detail.len && a->detail.ptr[at] != ' ') continue;
    TRY(add_about(w, a, slice_of(a->detail.ptr + from, at - from), list));
    found = json_array_size(list);
    from = at + 1;
  }
  return ERR_OK;
}

static bool names_a_child(const json_t *about) {
  size_t i;
  const json_t *one;
  json_array_foreach(about, i, one) {
    if (strcmp(json_string_value(json_object_get(one, "kind")), "learner") == 0) return true;
  }
  return false;
}

/* Only whoever may see learners' rows reads the audit at all: see routes.def. */
static err add_names(struct api_call *c, const struct view_audit *list, json_t *entries, bool *children) {
  struct words w = {c->store, &c->x->arena, c->x->now};
  json_t *entry;
  size_t i;
  json_array_foreach(entries, i, entry) {
    json_t *about = json_array();
    err e = about_entry(&w, &list[i], about);
    *children = *children || names_a_child(about);
    if (json_object_set_new(entry, "about", about) != 0 && e == ERR_OK) e = ERR_NO_MEMORY;
    TRY(e);
  }
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
  err e = add_names(c, list, entries, &children);
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

static err put_entry(struct buf *out, const struct view_audit *a) {
  char number[24], at[time_text_bytes];
  (void)snprintf(number, sizeof number, "%llu", (unsigned long long)a->number);
  time_text(at, a->at_ms);
  const struct slice cells[] = {slice_text(number), slice_text(at), a->actor_name,
                                a->action,          a->detail,      a->address};
  return csv_row(out, cells, sizeof cells / sizeof *cells);
}

static err put_extract(struct buf *out, const struct view_audit *list, size_t count) {
  static const char *const heads[] = {"number", "at (UTC)", "who", "what", "detail", "address"};
  struct slice cells[sizeof heads / sizeof *heads];
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) cells[i] = slice_text(heads[i]);
  TRY(csv_begin(out));
  TRY(csv_row(out, cells, sizeof cells / sizeof *cells));
  for (size_t i = 0; i < count; i++) TRY(put_entry(out, &list[i]));
  return ERR_OK;
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
  TRY(put_extract(&answer->body, list, count));
  answer->status = 200;
  answer->type = "text/csv; charset=utf-8";
  (void)snprintf(answer->file_name, sizeof answer->file_name, "audit.csv");
  return api_then(c, HTTP_WRITER, note_extract);
}
