/* audit_sql.c: who did what, when and from where. Entries are only added, and each one's hash covers the one
 * before it, so that one that was changed or taken out of the middle is noticed. Words that an erasure took
 * from an entry are counted in the erasure's own. */
#include "server/store/sqlite/views.h"

#include <string.h>

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

static bool ends(const char *text, const char *with) {
  size_t len = strlen(text), tail = strlen(with);
  return len >= tail && strcmp(text + len - tail, with) == 0;
}

enum audit_kind audit_kind_of(const char *action) {
  static const struct {
    const char *begin;
    enum audit_kind kind;
  } kinds[] = {{"sign-", AUDIT_SIGN_IN},    {"second-step", AUDIT_SIGN_IN},  {"export.", AUDIT_EXPORT},
               {"device.", AUDIT_DEVICE},   {"bundle.", AUDIT_DEVICE},       {"account.", AUDIT_PEOPLE},
               {"user.", AUDIT_PEOPLE},     {"staff.", AUDIT_PEOPLE},        {"key.", AUDIT_PEOPLE},
               {"report.rows", AUDIT_READ}, {"writeback.run", AUDIT_EXPORT}, {"writeback.file", AUDIT_EXPORT},
               {"subject.", AUDIT_EXPORT}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (begins(action, kinds[i].begin)) return kinds[i].kind;
  if (ends(action, ".export")) return AUDIT_EXPORT;
  return ends(action, ".read") || ends(action, ".list") ? AUDIT_READ : AUDIT_CHANGE;
}

struct entry {
  uint64_t number;
  int64_t at_ms;
  struct slice actor, action, detail, address;
  struct slice said; /* the hash of words that stand beside it, or empty */
};

static void hash_words(uint8_t out[hash_bytes], struct slice salt, struct slice words) {
  const struct slice parts[] = {salt, words};
  crypto_hash(out, "tutti.audit.said", parts, sizeof parts / sizeof *parts);
}

static void hash_entry(uint8_t out[hash_bytes], const uint8_t before[hash_bytes], const struct entry *e) {
  uint8_t numbers[16], lengths[12];
  const struct slice texts[] = {e->action, e->detail, e->address};
  for (size_t i = 0; i < 8; i++) {
    numbers[i] = (uint8_t)(e->number >> (56 - 8 * i));
    numbers[8 + i] = (uint8_t)((uint64_t)e->at_ms >> (56 - 8 * i));
  }
  for (size_t i = 0; i < sizeof lengths; i++) lengths[i] = (uint8_t)(texts[i / 4].len >> (24 - 8 * (i % 4)));
  const struct slice parts[] = {slice_of(before, hash_bytes),
                                slice_of(numbers, sizeof numbers),
                                e->actor,
                                slice_of(lengths, sizeof lengths),
                                e->action,
                                e->detail,
                                e->address,
                                e->said};
  crypto_hash(out, "tutti.audit", parts, sizeof parts / sizeof *parts);
}

/* The last entry's number and hash; zeros before the first. */
static err read_last(struct sqlite_store *q, uint64_t *number, uint8_t hash[hash_bytes]) {
  struct stmt *s;
  bool there;
  *number = 0;
  bytes_zero(hash, hash_bytes);
  TRY(db_stmt(q->db, &s, "SELECT no, hash FROM audit ORDER BY no DESC LIMIT 1"));
  TRY(stmt_step(s, &there));
  if (!there) return ERR_OK;
  struct slice found = stmt_column_blob(s, 1);
  *number = (uint64_t)stmt_column_int(s, 0);
  if (found.len == hash_bytes) bytes_copy(hash, found.ptr, hash_bytes);
  stmt_reset(s);
  return found.len == hash_bytes ? ERR_OK : ERR_CORRUPT;
}

static err insert(struct sqlite_store *q, const struct entry *e, const uint8_t hash[hash_bytes],
                  enum audit_kind kind) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "INSERT INTO audit(no, at, kind, actor, action, detail, address, hash) VALUES(?1, ?2, ?3, ?4, "
              "?5, ?6, ?7, ?8)"));
  stmt_int(s, 1, (int64_t)e->number);
  stmt_int(s, 2, e->at_ms);
  stmt_int(s, 3, kind);
  stmt_blob(s, 4, e->actor);
  stmt_text(s, 5, e->action);
  stmt_text(s, 6, e->detail);
  stmt_text(s, 7, e->address);
  stmt_blob(s, 8, slice_of(hash, hash_bytes));
  return stmt_run(s);
}

static err insert_words(struct sqlite_store *q, const struct entry *e, const struct audit_said *said) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "INSERT INTO audit_said(no, about, hash, salt, words) VALUES(?1, ?2, ?3, ?4, ?5)"));
  stmt_int(s, 1, (int64_t)e->number);
  stmt_id(s, 2, &said->about);
  stmt_blob(s, 3, e->said);
  stmt_blob(s, 4, slice_of(said->salt, salt_bytes));
  stmt_text(s, 5, said->words);
  return stmt_run(s);
}

static err append(struct sqlite_store *q, struct entry *e, enum audit_kind kind,
                  const struct audit_said *said) {
  uint8_t before[hash_bytes], hash[hash_bytes], words[hash_bytes];
  TRY(read_last(q, &e->number, before));
  e->number++;
  if (said) {
    hash_words(words, slice_of(said->salt, salt_bytes), said->words);
    e->said = slice_of(words, hash_bytes);
    TRY(insert_words(q, e, said));
  }
  hash_entry(hash, before, e);
  return insert(q, e, hash, kind);
}

/* Between reading the last entry and adding one nobody else may add theirs: always in a transaction. */
err audit_write_saying(struct store *store, int64_t now_ms, const struct id *actor, const char *action,
                       const char *detail, const struct audit_said *said) {
  struct sqlite_store *q = sqlite_of(store);
  struct entry e = {.at_ms = now_ms,
                    .actor = id_slice(actor),
                    .action = slice_text(action),
                    .detail = slice_text(detail),
                    .address = store->from};
  enum audit_kind kind = audit_kind_of(action);
  if (db_in_transaction(q->db)) return append(q, &e, kind, said);
  TRY(db_begin(q->db));
  err failed = append(q, &e, kind, said);
  if (failed == ERR_OK) return db_commit(q->db);
  db_rollback(q->db);
  return failed;
}

err audit_write(struct store *store, int64_t now_ms, const struct id *actor, const char *action,
                const char *detail) {
  return audit_write_saying(store, now_ms, actor, action, detail, NULL);
}

err audit_add(struct store *store, int64_t now_ms, const struct id *actor, const char *action,
              const char *detail) {
  return audit_write(store, now_ms, actor, action, detail);
}

/* ---- reading ---- */

static err read_entry(struct stmt *s, struct arena *a, void *at) {
  struct view_audit *out = at;
  *out = (struct view_audit){.number = (uint64_t)stmt_column_int(s, 0), .at_ms = stmt_column_int(s, 1)};
  if (!stmt_column_id(s, 2, &out->actor)) return ERR_CORRUPT;
  TRY(column_text(s, 3, a, &out->action));
  TRY(column_text(s, 4, a, &out->detail));
  TRY(column_text(s, 5, a, &out->address));
  out->words_erased = stmt_column_int(s, 7) != 0;
  return column_text(s, 6, a, &out->words);
}

static err read_page(struct sqlite_store *q, const struct audit_query *query, struct arena *a,
                     struct view_audit **out, size_t *count) {
  struct stmt *s;
  err e = ERR_OK;
  TRY(db_stmt(
      q->db, &s,
      "SELECT a.no, a.at, a.actor, a.action, a.detail, a.address, d.words, d.no IS NOT NULL AND d.words IS "
      "NULL FROM audit a LEFT JOIN audit_said d ON d.no=a.no WHERE a.no<?1 AND a.at>=?2 AND a.at<?3 AND "
      "(?4=0 OR a.kind=?4) AND (?5 IS NULL OR a.actor=?5) ORDER BY a.no DESC LIMIT ?6"));
  stmt_int(s, 1, query->before ? (int64_t)query->before : INT64_MAX);
  stmt_int(s, 2, query->from_ms);
  stmt_int(s, 3, query->to_ms);
  stmt_int(s, 4, query->kind);
  stmt_id(s, 5, id_is_zero(&query->actor) ? NULL : &query->actor);
  stmt_int(s, 6, (int64_t)query->limit);
  *out = read_list(&e, s, sizeof **out, read_entry, a, count);
  for (size_t i = 0; e == ERR_OK && i < *count; i++) {
    struct view_audit *one = &(*out)[i];
    e = view_author(q, &one->actor, a, &one->actor_name);
    if (e == ERR_OK && one->actor_name.len == 0) e = view_device_name(q, &one->actor, a, &one->actor_name);
  }
  return e;
}

err views_audit(struct store *store, const struct audit_query *query, struct arena *a,
                struct view_audit **out, size_t *count) {
  TRY(store->ops->begin_read(store));
  err e = read_page(sqlite_of(store), query, a, out, count);
  store->ops->rollback(store);
  return e;
}

/* ---- whether it is whole ---- */

struct checking {
  uint8_t before[hash_bytes];
  uint64_t number, count;
  uint64_t gone, gone_first; /* entries whose words are gone, and the first of them */
  uint64_t erased;           /* words that erasures say they took */
};

/* Words are as they were hashed, or gone. */
static bool check_words(struct checking *c, struct stmt *s, struct slice hash) {
  uint8_t found[hash_bytes];
  if (hash.len == 0) return true;
  if (stmt_column_null(s, 9)) {
    if (c->gone++ == 0) c->gone_first = c->number;
    return true;
  }
  hash_words(found, stmt_column_blob(s, 8), stmt_column_text(s, 9));
  return slice_equal(hash, slice_of(found, hash_bytes));
}

static uint64_t words_taken(const struct entry *e) {
  static const char word[] = " words=";
  uint64_t n = 0;
  if (!slice_equal(e->action, slice_text("learner.erase"))) return 0;
  for (size_t at = 0; at + sizeof word - 1 <= e->detail.len; at++) {
    if (!slice_equal(slice_of(e->detail.ptr + at, sizeof word - 1), slice_text(word))) continue;
    for (at += sizeof word - 1; at < e->detail.len && e->detail.ptr[at] >= '0' && e->detail.ptr[at] <= '9';
         at++)
      n = 10 * n + (uint64_t)(e->detail.ptr[at] - '0');
  }
  return n;
}

/* An entry's hash follows from it and the hash before; then that becomes the hash before. */
static bool check_one(struct checking *c, struct stmt *s) {
  uint8_t hash[hash_bytes];
  struct slice found = stmt_column_blob(s, 6);
  const struct entry e = {.number = c->number = (uint64_t)stmt_column_int(s, 0),
                          .at_ms = stmt_column_int(s, 1),
                          .actor = stmt_column_blob(s, 2),
                          .action = stmt_column_text(s, 3),
                          .detail = stmt_column_text(s, 4),
                          .address = stmt_column_text(s, 5),
                          .said = stmt_column_blob(s, 7)};
  hash_entry(hash, c->before, &e);
  bool good = slice_equal(found, slice_of(hash, hash_bytes)) && check_words(c, s, e.said);
  bytes_copy(c->before, hash, hash_bytes);
  c->erased += words_taken(&e);
  return good && e.number == c->count + 1;
}

err views_audit_check(struct store *store, uint64_t *count_out, uint64_t *broken_out) {
  struct stmt *s;
  struct checking c = {.count = 0};
  bool there, good = true;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT a.no, a.at, a.actor, a.action, a.detail, a.address, a.hash, d.hash, d.salt, d.words FROM "
      "audit a LEFT JOIN audit_said d ON d.no=a.no ORDER BY a.no"));
  TRY(stmt_step(s, &there));
  while (there && good) {
    good = check_one(&c, s);
    if (good) c.count++;
    TRY(stmt_step(s, &there));
  }
  stmt_reset(s);
  *count_out = c.count;
  *broken_out = !good ? c.number : c.gone > c.erased ? c.gone_first : 0;
  return ERR_OK;
}
