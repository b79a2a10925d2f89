/* work_list.c: everything that waits for a person as one list: what is urgent first, then kind by kind, the
 * oldest first; a page is named by the last entry of the page before, so that nothing is skipped when entries
 * go. */
#include <stdlib.h>

#include "server/api/work.h"
#include "server/core/release.h"
#include "server/core/views_questions.h"

enum work_kind {
  WORK_CONFLICT,
  WORK_DUPLICATE,
  WORK_MISSING,
  WORK_QUARANTINE,
  WORK_HELD,
  WORK_DECIDED,
  WORK_KINDS
};
static const char *const kind_words[] = {"conflict", "duplicate", "missing", "quarantine", "held", "decided"};
/* What a tab asks for. */
static const struct {
  const char *word;
  uint32_t kinds;
} tabs[] = {
    {"all", (1U << WORK_DECIDED) - 1},     {"conflicts", 1U << WORK_CONFLICT},
    {"duplicates", 1U << WORK_DUPLICATE},  {"missing", 1U << WORK_MISSING},
    {"quarantine", 1U << WORK_QUARANTINE}, {"held", 1U << WORK_HELD},
    {"decided", 1U << WORK_DECIDED},
};

/* One entry before it has words. */
struct work_ref {
  enum work_kind kind;
  bool calm;
  int64_t at_ms; /* its order; of what is decided the negative, so that the latest comes first */
  struct id id;
  const struct view_register *missing;
  const struct view_held *held;
  const struct store_quarantine *waits;
  uint32_t changes; /* of a bundle */
};
struct work_refs {
  struct api_call *c;
  bool all; /* or what is urgent alone */
  struct work_ref *list;
  size_t count, cap;
  uint32_t counts[WORK_KINDS], urgent;
};
struct work_line {
  const char *kind;
  struct id id;
  struct slice name, question, detail, heads;
  int64_t at_ms;
  bool urgent, safe;
};
#define AT(member) offsetof(struct work_line, member)
static const struct shape_field line_fields[] = {
    {"kind", SHAPE_WORD, AT(kind), 0, NULL, NULL},     {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},     {"question", SHAPE_NAME, AT(question), 0, NULL, NULL},
    {"detail", SHAPE_TEXT, AT(detail), 0, NULL, NULL}, {"at", SHAPE_TIME, AT(at_ms), 0, NULL, NULL},
    {"urgent", SHAPE_BOOL, AT(urgent), 0, NULL, NULL}, {"safe", SHAPE_BOOL, AT(safe), 0, NULL, NULL},
    {"heads", SHAPE_TEXT, AT(heads), 0, NULL, NULL},
};
#undef AT
static const struct shape line_shape = SHAPE_OF(work_line, line_fields);

/* ---- gathering ---- */

static err add(struct work_refs *r, const struct work_ref *ref) {
  if (r->count == r->cap) {
    size_t cap = r->cap ? 2 * r->cap : 256;
    struct work_ref *list = arena_take(&r->c->x->arena, cap, sizeof *list);
    if (!list) return ERR_NO_MEMORY;
    if (r->count) bytes_copy(list, r->list, r->count * sizeof *list);
    r->list = list;
    r->cap = cap;
  }
  r->list[r->count++] = *ref;
  r->counts[ref->kind]++;
  r->urgent += !ref->calm;
  return ERR_OK;
}

static bool is_about_marks(const struct store_item *i) {
  return i->kind == ITEM_TWO_MARKS || (i->kind == ITEM_CONFLICT && i->table->id == TABLE_mark);
}

static err add_item(struct work_refs *r, const struct store_item *i) {
  struct item_view v;
  const struct reconcile by = work_by(r->c);
  struct work_ref ref = {.kind = i->kind == ITEM_DUPLICATE ? WORK_DUPLICATE : WORK_CONFLICT,
                         .calm = true,
                         .at_ms = i->opened_ms,
                         .id = i->id};
  bool numbers = i->kind == ITEM_TWO_UPNS || i->kind == ITEM_TWO_NUMBERS;
  if (numbers && !(r->c->login.roles & (ACCESS_ROLE(office) | LEADS))) return ERR_OK; /* a lead counts them */
  if (is_about_marks(i)) {
    TRY(reconcile_look(&v, &by, &i->id, &r->c->x->arena));
    ref.calm = !item_is_urgent(&v);
  }
  return ref.calm && !r->all ? ERR_OK : add(r, &ref);
}

static err add_items(struct work_refs *r) {
  struct store_item *list;
  size_t count;
  struct store *s = r->c->store;
  TRY(s->ops->work_item_list(s, work_listed_max, &r->c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    err e = add_item(r, &list[i]);
    if (e != ERR_OK && e != ERR_NOT_FOUND) return e; /* it went while we looked */
  }
  return ERR_OK;
}

static err add_missing(struct work_refs *r) {
  struct view_register *list;
  size_t count;
  int32_t today, minute;
  struct api_call *c = r->c;
  uk_civil(c->x->now.wall_ms, &today, &minute);
  TRY(views_missing(c->store, today - work_missing_days, today, work_listed_max, &c->x->now, &c->x->arena,
                    &list, &count));
  for (size_t i = 0; i < count; i++) {
    const struct work_ref ref = {.kind = WORK_MISSING,
                                 .calm = true,
                                 .at_ms = uk_instant(list[i].date, list[i].ends),
                                 .id = list[i].session,
                                 .missing = &list[i]};
    TRY(add(r, &ref));
  }
  return ERR_OK;
}

/* Changesets of one bundle stand together. */
static err add_quarantine(struct work_refs *r) {
  struct store_quarantine *list;
  size_t count;
  struct store *s = r->c->store;
  uint8_t hash[hash_bytes];
  TRY(s->ops->quarantine_list(s, 0, work_listed_max, &r->c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    if (i && list[i].bundle == list[i - 1].bundle) {
      r->list[r->count - 1].changes++;
      continue;
    }
    TRY(views_bundle_hash(s, list[i].bundle, hash));
    const struct work_ref ref = {.kind = WORK_QUARANTINE,
                                 .calm = true,
                                 .at_ms = list[i].received_ms,
                                 .id = quarantine_matter(hash),
                                 .waits = &list[i],
                                 .changes = 1};
    TRY(add(r, &ref));
  }
  return ERR_OK;
}

static err add_held(struct work_refs *r) {
  struct view_held *list;
  size_t count;
  TRY(views_held(r->c->store, &r->c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    const struct work_ref ref = {
        .kind = WORK_HELD, .calm = true, .at_ms = list[i].since_ms, .id = list[i].device, .held = &list[i]};
    TRY(add(r, &ref));
  }
  return ERR_OK;
}

static err add_decided(struct work_refs *r) {
  struct view_decided *list;
  size_t count;
  TRY(views_decided(r->c->store, work_listed_max, &r->c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    const struct work_ref ref = {
        .kind = WORK_DECIDED, .calm = true, .at_ms = -list[i].at_ms, .id = list[i].item};
    TRY(add(r, &ref));
  }
  return ERR_OK;
}

static err gather(struct work_refs *r, uint32_t kinds) {
  if (kinds & (1U << WORK_CONFLICT | 1U << WORK_DUPLICATE)) TRY(add_items(r));
  if (r->all && kinds >> WORK_MISSING & 1) TRY(add_missing(r));
  if (r->all && kinds >> WORK_QUARANTINE & 1) TRY(add_quarantine(r));
  if (r->all && kinds >> WORK_HELD & 1) TRY(add_held(r));
  return kinds >> WORK_DECIDED & 1 ? add_decided(r) : ERR_OK;
}

/* ---- order and pages ---- */

static int compare(const void *left, const void *right) {
  const struct work_ref *a = left, *b = right;
  if (a->calm != b->calm) return a->calm ? 1 : -1;
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  if (a->at_ms != b->at_ms) return a->at_ms < b->at_ms ? -1 : 1;
  return id_compare(&a->id, &b->id);
}

enum { page_cursor_bytes = 1 + 1 + 8 + id_bytes };

static err cursor_json(json_t **out, const struct work_ref *last) {
  struct buf bytes = BUF_INIT(page_cursor_bytes), text = BUF_INIT(2 * page_cursor_bytes);
  err e = buf_put_u8(&bytes, last->calm);
  if (e == ERR_OK) e = buf_put_u8(&bytes, (uint8_t)last->kind);
  if (e == ERR_OK) e = buf_put_u64(&bytes, (uint64_t)last->at_ms);
  if (e == ERR_OK) e = buf_append(&bytes, id_slice(&last->id));
  if (e == ERR_OK) e = base64url_encode(&text, buf_slice(&bytes));
  *out = e == ERR_OK ? shape_text(buf_slice(&text)) : NULL;
  buf_finish(&bytes);
  buf_finish(&text);
  return e == ERR_OK && !*out ? ERR_NO_MEMORY : e;
}

static err cursor_read(struct work_ref *out, struct slice bytes) {
  struct cursor at = cursor_of(bytes);
  uint8_t calm, kind;
  uint64_t ms;
  TRY(cursor_u8(&at, &calm));
  TRY(cursor_u8(&at, &kind));
  TRY(cursor_u64(&at, &ms));
  TRY(cursor_copy(&at, out->id.b, id_bytes));
  if (calm > 1 || kind >= WORK_KINDS) return ERR_MALFORMED;
  out->calm = calm;
  out->kind = (enum work_kind)kind;
  out->at_ms = (int64_t)ms;
  return cursor_end(&at);
}

/* The first entry behind the one that `after` names, whether that is still there or not. */
static err find_start(struct api_call *c, const struct work_refs *r, struct slice after, size_t *start) {
  struct work_ref last = {.calm = false};
  struct buf bytes = BUF_INIT(2 * page_cursor_bytes);
  *start = 0;
  if (after.len == 0) return ERR_OK;
  err e = base64url_decode(&bytes, after);
  if (e == ERR_OK) e = cursor_read(&last, buf_slice(&bytes));
  buf_finish(&bytes);
  if (e != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"after\" must be the \"next\" of the page before");
  while (*start < r->count && compare(&r->list[*start], &last) <= 0) ++*start;
  return ERR_OK;
}

/* ---- words ---- */

static err line_of_item(struct words *w, struct work_line *out, struct api_call *c) {
  struct item_view v;
  struct matter_words m;
  char heads[2 * key_bytes + 1];
  const struct reconcile by = work_by(c);
  TRY(reconcile_look(&v, &by, &out->id, w->arena));
  if (!work_sees(c, &v)) return ERR_NOT_FOUND;
  TRY(words_matter(w, &m, &v));
  out->name = m.name;
  out->question = v.item.state == ITEM_OPEN ? m.brief : m.topic;
  bool said = slice_equal(m.topic, out->question);
  if (!said || m.place.len) out->detail = m.place.len ? m.place : m.topic;
  out->safe = v.item.state == ITEM_OPEN && item_is_safe(&v);
  hex_encode(heads, slice_of(v.heads, key_bytes));
  return out->safe ? words_say(w, &out->heads, "%s", heads) : ERR_OK;
}

static err line_of_missing(struct words *w, struct work_line *out, const struct view_register *r) {
  struct slice day;
  out->name = r->activity_name;
  TRY(words_day(w, &day, r->date));
  TRY(words_say(w, &out->question,
                r->state == VIEW_OPEN ? "Register of %.*s not finished" : "No register for %.*s", TEXT(day)));
  struct slice where = r->school_name.len ? r->school_name : r->place;
  return words_say(w, &out->detail, "%02d:%02d to %02d:%02d%s%.*s", r->starts / 60, r->starts % 60,
                   r->ends / 60, r->ends % 60, where.len ? ", " : "", TEXT(where));
}

static err line_of_quarantine(struct words *w, struct work_line *out, const struct work_ref *ref) {
  TRY(views_device_name(w->store, &ref->waits->device, w->arena, &out->name));
  TRY(words_say(w, &out->question, "%u change%s not taken", ref->changes, ref->changes == 1 ? "" : "s"));
  return words_say(w, &out->detail, "%s", work_reason(ref->waits->reason));
}

static err line_of_held(struct words *w, struct work_line *out, const struct view_held *h) {
  out->name = h->device_name;
  TRY(words_say(w, &out->question, "%u bundle%s wait%s for number %llu", h->bundles,
                h->bundles == 1 ? "" : "s", h->bundles == 1 ? "s" : "", (unsigned long long)h->missing));
  return words_say(w, &out->detail, "An earlier one has not come");
}

static err fill_line(struct api_call *c, struct work_line *out, const struct work_ref *ref) {
  struct words w = work_words(c);
  *out = (struct work_line){.kind = kind_words[ref->kind],
                            .id = ref->id,
                            .at_ms = ref->kind == WORK_DECIDED ? -ref->at_ms : ref->at_ms,
                            .urgent = !ref->calm};
  switch (ref->kind) {
  case WORK_MISSING: return line_of_missing(&w, out, ref->missing);
  case WORK_QUARANTINE: return line_of_quarantine(&w, out, ref);
  case WORK_HELD: return line_of_held(&w, out, ref->held);
  case WORK_CONFLICT:
  case WORK_DUPLICATE:
  case WORK_DECIDED:
  case WORK_KINDS: break;
  }
  return line_of_item(&w, out, c);
}

/* ---- answers ---- */

/* Of each kind no more than `most` are counted: then there may be more. */
static json_t *counts_json(const struct work_refs *r) {
  return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "all", (int)r->count, "urgent", (int)r->urgent,
                   "conflicts", (int)r->counts[WORK_CONFLICT], "duplicates", (int)r->counts[WORK_DUPLICATE],
                   "missing", (int)r->counts[WORK_MISSING], "quarantine", (int)r->counts[WORK_QUARANTINE],
                   "held", (int)r->counts[WORK_HELD], "most", (int)work_listed_max);
}

static err read_tab(struct api_call *c, uint32_t *kinds) {
  struct slice word = c->parameters[0];
  *kinds = tabs[0].kinds;
  if (word.len == 0) return ERR_OK;
  for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
    *kinds = tabs[i].kinds;
    if (slice_equal(word, slice_text(tabs[i].word))) return ERR_OK;
  }
  return fault_set(&c->fault, ERR_INVALID,
                   "\"kind\" is one of all, conflicts, duplicates, missing, quarantine, held and decided");
}

/* Of two kinds that are read together, one may not be asked for. */
static void keep_kinds(struct work_refs *r, uint32_t kinds) {
  size_t kept = 0;
  for (size_t i = 0; i < r->count; i++) {
    if (kinds >> r->list[i].kind & 1) r->list[kept++] = r->list[i];
  }
  r->count = kept;
}

static err fill_page(struct api_call *c, const struct work_refs *r, size_t start, json_t **page,
                     json_t **next) {
  struct work_line *lines = arena_take(&c->x->arena, work_page_rows, sizeof *lines);
  size_t count = 0, at = start;
  if (!lines) return ERR_NO_MEMORY;
  for (; at < r->count && count < work_page_rows; at++) {
    err e = fill_line(c, &lines[count], &r->list[at]);
    if (e != ERR_OK && e != ERR_NOT_FOUND) return e; /* it went while we looked */
    count += e == ERR_OK;
  }
  *next = json_null();
  if (at < r->count) TRY(cursor_json(next, &r->list[at - 1]));
  *page = shape_list(&line_shape, lines, count);
  if (*page) return ERR_OK;
  json_decref(*next);
  return ERR_NO_MEMORY;
}

err api_work(struct api_call *c) {
  struct work_refs r = {.c = c, .all = work_sees_all(c)};
  uint32_t kinds;
  size_t start;
  json_t *page, *next;
  TRY(read_tab(c, &kinds));
  TRY(gather(&r, kinds));
  keep_kinds(&r, kinds);
  if (r.count) qsort(r.list, r.count, sizeof *r.list, compare);
  TRY(find_start(c, &r, c->parameters[1], &start));
  TRY(fill_page(c, &r, start, &page, &next));
  return api_answer_audited(
      c, json_pack("{s:o, s:o, s:I}", "items", page, "next", next, "total", (json_int_t)r.count),
      "work.list");
}

/* Whoever sees little counts that alone; the lead counts all, and sees none. */
err api_work_counts(struct api_call *c) {
  struct work_refs r = {.c = c, .all = work_sees_all(c) || (c->login.roles & LEADS)};
  TRY(gather(&r, tabs[0].kinds));
  return api_answer(c, counts_json(&r));
}
