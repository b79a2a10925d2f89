/* views_learners_sql.c: finding learners by the beginnings of their names, and one learner in full. */
#include <stdlib.h>

#include "server/core/upn.h"
#include "server/store/sqlite/views.h"
#include "shared/base/fold.h"

enum { number_bytes_min = 3, activities_max = 32, facts_max = 500, same_max = 32, notices_max = 100 };

static err read_learner(struct stmt *s, struct arena *a, struct view_learner *out) {
  *out = (struct view_learner){.activity_count = 0};
  (void)stmt_column_id(s, 0, &out->id);
  TRY(person_name(s, 7, 1, 2, a, &out->name)); /* column 7 is NULL: the official name */
  TRY(column_text(s, 3, a, &out->known_name));
  TRY(column_text(s, 4, a, &out->year_group));
  TRY(column_text(s, 5, a, &out->school_name));
  const char *status = schema_enum_word(schema_enum("learner_status"), stmt_column_int(s, 6));
  out->status = slice_text(status ? status : "active");
  return ERR_OK;
}

static err load_learner(struct sqlite_store *q, const struct id *id, struct arena *a,
                        struct view_learner *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT l.id, l.first_name, l.last_name, l.known_name, l.year_group, s.name, l.status, NULL "
              "FROM learner l"
              " LEFT JOIN school s ON s.id=l.school WHERE l.id=?1"));
  stmt_id(s, 1, id);
  TRY(stmt_one(s));
  err e = read_learner(s, a, out);
  stmt_reset(s);
  TRY(e);
  TRY(db_stmt(q->db, &s,
              "SELECT DISTINCT a.name FROM enrolment e JOIN activity a ON a.id=e.activity WHERE e.learner "
              "IN " VIEW_CLASS_1 " AND e.removed IS NOT 1 AND (e.ends IS NULL OR e.ends>e.starts)"
              " ORDER BY e.ends IS NOT NULL, a.name"));
  stmt_id(s, 1, id);
  return view_texts(s, a, activities_max, &out->activities, &out->activity_count);
}

/* ---- search ---- */

struct found {
  struct id id;
  struct slice folded;
};
struct search {
  struct sqlite_store *q;
  struct arena *arena;
  struct slice wanted, after; /* folded; the cursor: folded name, a zero, the id */
  size_t limit;
  struct found *found; /* the first of those behind the cursor, in order */
  size_t count;
  bool more; /* there are others behind them */
  struct slice next;
  uint64_t total;
  struct id *numbered; /* who has a number elsewhere that begins so; by id */
  size_t numbered_count;
};

static int compare(struct slice folded, const struct id *id, struct slice other, struct slice other_id) {
  int order = slice_compare(folded, other);
  return order ? order : slice_compare(id_slice(id), other_id);
}

/* As it is written, and as a UPN is. */
static err find_numbers(struct search *f, struct slice text) {
  char upn[upn_bytes + 1];
  struct stmt *s;
  if (text.len < number_bytes_min) return ERR_OK;
  TRY(db_stmt(f->q->db, &s,
              "SELECT learner FROM learner_key WHERE upn>=?1 AND upn<?1||'~' UNION SELECT learner FROM "
              "learner_key WHERE mis_id>=?2 AND mis_id<?2||'~' ORDER BY 1"));
  stmt_text(s, 1, upn_mend(upn, text));
  stmt_text(s, 2, text);
  return read_ids(s, f->arena, &f->numbered, &f->numbered_count);
}

static int by_id(const void *a, const void *b) { return id_compare(a, b); }

static bool wanted(const struct search *f, struct slice folded, const struct id *id) {
  if (f->wanted.len == 0 || text_fold_matches(folded, f->wanted)) return true;
  return f->numbered_count && bsearch(id, f->numbered, f->numbered_count, sizeof *f->numbered, by_id);
}

static bool past(const struct search *f, struct slice folded, const struct id *id) {
  if (f->after.len <= id_bytes) return true;
  struct slice name = slice_of(f->after.ptr, f->after.len - id_bytes - 1),
               last = slice_of(f->after.ptr + f->after.len - id_bytes, id_bytes);
  return compare(folded, id, name, last) > 0;
}

static bool is_before(struct slice folded, const struct id *id, const struct found *other) {
  return compare(folded, id, other->folded, id_slice(&other->id)) < 0;
}

/* The page's names are kept while all are read: to have them in order first, SQLite sorts every name of the
 * hub. Most names are behind the page's last one. */
static err keep(struct search *f, struct slice folded, const struct id *id) {
  if (f->count == f->limit) {
    f->more = true;
    if (!is_before(folded, id, &f->found[f->count - 1])) return ERR_OK;
    f->count--;
  }
  size_t at = f->count++;
  struct found one = {*id, arena_copy(f->arena, folded)};
  if (folded.len && one.folded.len == 0) return ERR_NO_MEMORY;
  for (; at > 0 && is_before(folded, id, &f->found[at - 1]); at--) f->found[at] = f->found[at - 1];
  f->found[at] = one;
  return ERR_OK;
}

static err say_next(struct search *f) {
  if (!f->more) return ERR_OK;
  const struct found *last = &f->found[f->count - 1];
  uint8_t *cursor = arena_take(f->arena, last->folded.len + 1 + id_bytes, 1);
  if (!cursor) return ERR_NO_MEMORY;
  bytes_copy(cursor, last->folded.ptr, last->folded.len);
  cursor[last->folded.len] = 0;
  bytes_copy(cursor + last->folded.len + 1, last->id.b, id_bytes);
  f->next = slice_of(cursor, last->folded.len + 1 + id_bytes);
  return ERR_OK;
}

/* One pass over all names, which also counts, so that people see how many there are. */
static err scan(struct search *f) {
  struct stmt *s;
  bool there;
  TRY(db_stmt(f->q->db, &s, "SELECT learner, folded FROM learner_name"));
  err e = stmt_step(s, &there);
  while (e == ERR_OK && there) {
    struct id id;
    struct slice folded = stmt_column_text(s, 1);
    (void)stmt_column_id(s, 0, &id);
    if (wanted(f, folded, &id)) {
      f->total++;
      if (past(f, folded, &id)) e = keep(f, folded, &id);
    }
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e == ERR_OK ? say_next(f) : e;
}

static err read_page(struct search *f, struct view_learner **out, size_t *count) {
  TRY(scan(f));
  struct view_learner *list = arena_take(f->arena, f->count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < f->count; i++) TRY(load_learner(f->q, &f->found[i].id, f->arena, &list[i]));
  *out = list;
  *count = f->count;
  return ERR_OK;
}

err views_learners(struct store *store, struct slice text, bool by_number, struct slice after, size_t limit,
                   struct arena *a, struct view_learner **out, size_t *count, struct slice *next,
                   uint64_t *total) {
  struct buf folded = BUF_INIT(text_bytes_max);
  if (limit > office_page_rows_max) limit = office_page_rows_max;
  if (limit == 0) limit = 1;
  struct search f = {.q = sqlite_of(store), .arena = a, .after = after, .limit = limit};
  f.found = arena_take(a, limit, sizeof *f.found);
  err e = f.found ? text_fold(&folded, text) : ERR_NO_MEMORY;
  f.wanted = buf_slice(&folded);
  if (e == ERR_OK) e = store->ops->begin_read(store);
  if (e == ERR_OK && by_number) e = find_numbers(&f, text);
  if (e == ERR_OK) e = read_page(&f, out, count);
  store->ops->rollback(store);
  buf_finish(&folded);
  *next = f.next;
  *total = f.total;
  return e;
}

/* ---- one learner ---- */

static err read_note(struct stmt *s, struct arena *a, struct view_note *out) {
  out->date = column_day(s, 0);
  out->areas = (uint32_t)stmt_column_int(s, 3);
  TRY(column_text(s, 1, a, &out->author_name));
  TRY(column_text(s, 2, a, &out->activity_name));
  TRY(column_text(s, 4, a, &out->text));
  TRY(column_text(s, 5, a, &out->next_step));
  return column_text(s, 6, a, &out->learner_words);
}

/* Not what its writer kept between tutors. */
static err read_notes(struct sqlite_store *q, const struct id *learner, struct arena *a,
                      struct view_learner_detail *out) {
  struct stmt *s;
  bool there;
  out->notes = arena_take(a, facts_max, sizeof *out->notes);
  if (!out->notes) return ERR_NO_MEMORY;
  TRY(db_stmt(
      q->db, &s,
      "SELECT n.date, s.name, a.name, n.areas, n.text, n.next_step, n.learner_words FROM note n LEFT JOIN "
      "staff s ON s.id=n.staff"
      " LEFT JOIN activity a ON a.id=n.activity WHERE n.learner IN " VIEW_CLASS_1
      " AND " VIEW_NOTE_FOR_OFFICE("n") " ORDER BY n.date DESC, n.version DESC"));
  stmt_id(s, 1, learner);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there && out->note_count < facts_max) {
    e = read_note(s, a, &out->notes[out->note_count++]);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

static err read_fact(struct stmt *s, struct arena *a, struct view_progress *out) {
  out->date = column_day(s, 0);
  out->kind = (uint8_t)stmt_column_int(s, 3);
  out->stage = (uint8_t)stmt_column_int(s, 4);
  out->pos = (uint8_t)stmt_column_int(s, 5);
  TRY(column_text(s, 1, a, &out->author_name));
  TRY(column_text(s, 2, a, &out->activity_name));
  TRY(column_text(s, 6, a, &out->board));
  TRY(column_text(s, 7, a, &out->grade));
  TRY(column_text(s, 8, a, &out->result));
  return column_text(s, 9, a, &out->comment);
}

/* A fact that a later one voids is a correction's business, not the learner's. */
static err read_progress(struct sqlite_store *q, const struct id *learner, struct arena *a,
                         struct view_learner_detail *out) {
  struct stmt *s;
  bool there;
  out->progress = arena_take(a, facts_max, sizeof *out->progress);
  if (!out->progress) return ERR_NO_MEMORY;
  TRY(db_stmt(q->db, &s,
              "SELECT p.date, s.name, a.name, p.kind, p.stage, p.pos, p.board, p.grade, p.result, p.comment "
              "FROM progress p"
              " LEFT JOIN staff s ON s.id=p.staff LEFT JOIN activity a ON a.id=p.activity WHERE p.learner "
              "IN " VIEW_CLASS_1
              " AND p.removed IS NOT 1 AND NOT EXISTS(SELECT 1 FROM progress v WHERE v.voids=p.id AND "
              "v.learner IN " VIEW_CLASS_1 " AND v.removed IS NOT 1) ORDER BY p.date DESC, p.version DESC"));
  stmt_id(s, 1, learner);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there && out->progress_count < facts_max) {
    e = read_fact(s, a, &out->progress[out->progress_count++]);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

static err read_same(struct sqlite_store *q, const struct id *learner, struct arena *a,
                     struct view_learner_detail *out) {
  struct stmt *s;
  bool there;
  out->same = arena_take(a, same_max, sizeof *out->same);
  if (!out->same) return ERR_NO_MEMORY;
  TRY(db_stmt(
      q->db, &s,
      "SELECT l.id, l.first_name, l.last_name, s.name, l.ref, l.merged_into, NULL FROM learner l LEFT "
      "JOIN school s ON s.id=l.school WHERE l.id IN " VIEW_CLASS_1
      " ORDER BY l.merged_into IS NOT NULL, l.id"));
  stmt_id(s, 1, learner);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there && out->same_count < same_max) {
    struct view_same_learner *one = &out->same[out->same_count];
    *one = (struct view_same_learner){.name = {NULL, 0}};
    (void)stmt_column_id(s, 0, &one->id);
    (void)stmt_column_id(s, 5, &one->into);
    bool itself = id_equal(&one->id, learner);
    if (itself) out->into = one->into;
    e = person_name(s, 6, 1, 2, a, &one->name);
    if (e == ERR_OK) e = column_text(s, 3, a, &one->school_name);
    if (e == ERR_OK) e = column_text(s, 4, a, &one->ref);
    out->same_count += !itself;
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

static err read_notices(struct sqlite_store *q, const struct id *learner, struct arena *a,
                        struct view_learner_detail *out) {
  struct stmt *s;
  bool there;
  out->notices = arena_take(a, notices_max, sizeof *out->notices);
  if (!out->notices) return ERR_NO_MEMORY;
  TRY(db_stmt(q->db, &s,
              "SELECT w.id, w.starts, w.ends, w.reason, w.told_by FROM absence_notice w WHERE w.learner "
              "IN " VIEW_CLASS_1 " AND w.removed IS NOT 1 ORDER BY w.starts DESC, w.id"));
  stmt_id(s, 1, learner);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there && out->notice_count < notices_max) {
    struct view_notice *one = &out->notices[out->notice_count++];
    *one = (struct view_notice){.starts = column_day(s, 1), .ends = column_day(s, 2)};
    (void)stmt_column_id(s, 0, &one->id);
    e = column_text(s, 3, a, &one->reason);
    if (e == ERR_OK) e = column_text(s, 4, a, &one->told_by);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

static err read_detail(struct sqlite_store *q, const struct id *learner, struct arena *a,
                       struct view_learner_detail *out) {
  struct stmt *s;
  TRY(load_learner(q, learner, a, &out->summary));
  TRY(read_notes(q, learner, a, out));
  TRY(read_progress(q, learner, a, out));
  TRY(read_same(q, learner, a, out));
  TRY(read_notices(q, learner, a, out));
  TRY(db_stmt(q->db, &s,
              "SELECT coalesce(sum(code IN (1, 2)), 0), coalesce(sum(code IN (3, 4)), 0) FROM ("
              "SELECT m.code, row_number() OVER (PARTITION BY " VIEW_CANON_SESSION
              " ORDER BY m.learner<>?1, m.session<>" VIEW_CANON_SESSION
              ", m.learner, m.session) AS place FROM " VIEW_MARKS_OF(
                  VIEW_SESSIONS_OF_1, "m") " CROSS JOIN session s ON s.id=" VIEW_CANON_SESSION
                                           " WHERE m.learner IN " VIEW_CLASS_1
                                           " AND m.code<>6 AND " VIEW_COUNTS("s") ") WHERE place=1"));
  stmt_id(s, 1, learner);
  TRY(stmt_one(s));
  out->here = (uint32_t)stmt_column_int(s, 0);
  out->away = (uint32_t)stmt_column_int(s, 1);
  stmt_reset(s);
  return ERR_OK;
}

err views_learner(struct store *store, const struct id *learner, struct arena *a,
                  struct view_learner_detail *out) {
  *out = (struct view_learner_detail){.note_count = 0};
  TRY(store->ops->begin_read(store));
  err e = read_detail(sqlite_of(store), learner, a, out);
  store->ops->rollback(store);
  return e;
}
