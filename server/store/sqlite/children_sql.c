/* children_sql.c: learners as duplicates are found by: their names, birth, school, and what links two. */
#include "server/store/sqlite/views.h"

#define CHILD_COLUMNS "l.id, n.parts, l.dob, l.school, l.year_group, l.status, u.upn"
#define CHILD_UPN     " LEFT JOIN learner_key u ON u.learner=l.id"

static int year_of(struct slice text) {
  int year = 0;
  if (text.len == 1 && text.ptr[0] == 'R') return 0;
  if (text.len == 0 || text.len > 2) return -1;
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return -1;
    year = year * 10 + (text.ptr[i] - '0');
  }
  return year;
}

static err read_child(struct stmt *s, struct arena *a, void *out) {
  struct store_child *c = out;
  struct slice parts;
  *c = (struct store_child){.child.year = year_of(stmt_column_text(s, 4)),
                            .child.born = (int32_t)stmt_column_int(s, 2),
                            .child.walk_in = stmt_column_int(s, 5) == ENUM_learner_status_provisional};
  if (!stmt_column_id(s, 0, &c->id)) return ERR_CORRUPT;
  (void)stmt_column_id(s, 3, &c->child.school);
  TRY(column_text(s, 1, a, &parts));
  learner_parts(&c->child, parts);
  return column_text(s, 6, a, &c->child.upn);
}

err child_load(struct store *store, const struct id *learner, struct arena *a, struct store_child *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT " CHILD_COLUMNS " FROM learner l JOIN learner_name n ON n.learner=l.id" CHILD_UPN
              " WHERE l.id=?1"));
  stmt_id(s, 1, learner);
  TRY(stmt_one(s));
  err e = read_child(s, a, out);
  stmt_reset(s);
  return e;
}

err child_list(struct store *store, struct arena *a, struct store_child **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT " CHILD_COLUMNS " FROM learner l CROSS JOIN learner_name n ON n.learner=l.id" CHILD_UPN
              " ORDER BY l.id"));
  *out = read_list(&e, s, sizeof **out, read_child, a, count);
  return e;
}

struct gathering {
  struct store_child *list;
  size_t count, cap;
};

static err gather(struct gathering *g, struct stmt *s, const struct id *self, struct arena *a) {
  bool there;
  err e = ERR_OK;
  stmt_id(s, 2, self);
  stmt_int(s, 3, namesakes_max);
  TRY(stmt_step(s, &there));
  while (there && e == ERR_OK) {
    struct store_child *list = arena_room(a, g->list, &g->cap, g->count, sizeof *list);
    if (list) g->list = list;
    e = list ? read_child(s, a, &g->list[g->count++]) : ERR_NO_MEMORY;
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  if (e != ERR_OK) stmt_reset(s);
  return e;
}

/* Who shares a key, the birthday or the UPN; who shares two comes twice. */
err child_candidates(struct store *store, const struct store_child *of, struct arena *a,
                     struct store_child **out, size_t *count) {
  struct db *db = sqlite_of(store)->db;
  struct gathering g = {.list = NULL};
  int64_t keys[likeness_keys_max];
  struct stmt *s;
  size_t key_count = likeness_keys_of(keys, sqlite_of(store), &of->child);
  for (size_t i = 0; i < key_count; i++) {
    TRY(db_stmt(
        db, &s,
        "SELECT " CHILD_COLUMNS
        " FROM likeness_key k CROSS JOIN learner_name n ON n.learner=k.learner CROSS JOIN learner l ON "
        "l.id=k.learner" CHILD_UPN " WHERE k.key=?1 AND k.learner<>?2 LIMIT ?3"));
    stmt_int(s, 1, keys[i]);
    TRY(gather(&g, s, &of->id, a));
  }
  if (of->child.born) {
    TRY(db_stmt(db, &s,
                "SELECT " CHILD_COLUMNS
                " FROM learner l CROSS JOIN learner_name n ON n.learner=l.id" CHILD_UPN
                " WHERE l.dob=?1 AND l.id<>?2 LIMIT ?3"));
    stmt_int(s, 1, of->child.born);
    TRY(gather(&g, s, &of->id, a));
  }
  if (of->child.upn.len) {
    TRY(db_stmt(db, &s,
                "SELECT " CHILD_COLUMNS
                " FROM learner_key u CROSS JOIN learner l ON l.id=u.learner CROSS JOIN learner_name n ON "
                "n.learner=l.id WHERE u.upn=?1 AND l.id<>?2 LIMIT ?3"));
    stmt_text(s, 1, of->child.upn);
    TRY(gather(&g, s, &of->id, a));
  }
  *out = g.list;
  *count = g.count;
  return ERR_OK;
}

static err read_numbers(struct stmt *s, struct arena *a, void *out) {
  struct store_learner_key *k = out;
  *k = (struct store_learner_key){.upn = {NULL, 0}};
  if (!stmt_column_id(s, 0, &k->learner)) return ERR_CORRUPT;
  (void)stmt_column_id(s, 1, &k->school);
  TRY(column_text(s, 2, a, &k->upn));
  return column_text(s, 3, a, &k->mis_id);
}

err learner_keys(struct store *store, struct arena *a, struct store_learner_key **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT k.learner, l.school, k.upn, k.mis_id FROM learner_key k JOIN learner l ON "
              "l.id=k.learner WHERE k.upn<>'' OR k.mis_id<>'' ORDER BY k.learner"));
  *out = read_list(&e, s, sizeof **out, read_numbers, a, count);
  return e;
}

err number_items(struct store *store, const struct id *learner, struct arena *a, struct id **out,
                 size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT other FROM item WHERE row=?1 AND kind=5 AND state=1 AND other IS NOT NULL"));
  stmt_id(s, 1, learner);
  return read_ids(s, a, out, count);
}
_Static_assert(ITEM_TWO_NUMBERS == 5, "as in SQL");

err child_links(struct store *store, const struct id *a, const struct id *b, struct likeness_links *out) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT EXISTS(SELECT 1 FROM enrolment e JOIN enrolment f ON f.activity=e.activity WHERE e.learner=?1 "
      "AND f.learner=?2 AND e.removed IS NOT 1 AND f.removed IS NOT 1),"
      " EXISTS(SELECT 1 FROM contact c JOIN contact d ON replace(d.phone, ' ', '')=replace(c.phone, ' ', '') "
      "WHERE c.learner=?1 AND d.learner=?2 AND c.phone<>'' AND c.removed IS NOT 1 AND d.removed IS NOT 1)"));
  stmt_id(s, 1, a);
  stmt_id(s, 2, b);
  TRY(stmt_one(s));
  *out = (struct likeness_links){.activity = stmt_column_int(s, 0) != 0, .phone = stmt_column_int(s, 1) != 0};
  stmt_reset(s);
  return ERR_OK;
}
