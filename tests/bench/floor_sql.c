/* floor_sql.c: the attendance workload (30 learners a session, 3 % with a comment) as plain inserts. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared/db/db.h"
#include "tests/bench/figure.h"
#include "tests/bench/floor.h"

static const char create_sql[] = "CREATE TABLE att(id BLOB PRIMARY KEY NOT NULL, session BLOB, learner BLOB, "
                                 "code TEXT, late INTEGER, comment TEXT, at INTEGER, by BLOB);"
                                 "CREATE INDEX att_s ON att(session); CREATE INDEX att_l ON att(learner, at)";
static const char insert_sql[] = "INSERT INTO att VALUES(?,?,?,?,?,?,?,?)";

static err open_new(struct db **out, const char *dir) {
  static const char *const suffixes[] = {"", "-wal", "-shm"};
  char path[1024];
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    snprintf(path, sizeof path, "%s/floor.db%s", dir, suffixes[i]);
    (void)unlink(path);
  }
  snprintf(path, sizeof path, "%s/floor.db", dir);
  struct fault fault = {0};
  err e = db_open(out, &(struct db_config){.path = path, .create = true}, &fault);
  if (e == ERR_OK) e = db_exec(*out, create_sql);
  if (e != ERR_OK) fprintf(stderr, "bench: floor: %s\n", fault.text);
  return e;
}

/* Ids spread like random ones, the same in every run. */
static struct id numbered(uint64_t kind, uint64_t n) {
  struct id id;
  uint64_t z = (kind << 32 | n) * 0x9e3779b97f4a7c15u;
  for (size_t i = 0; i < id_bytes; i++) {
    z = (z ^ (z >> 29)) * 0xbf58476d1ce4e5b9u;
    id.b[i] = (uint8_t)(z >> 56);
  }
  return id;
}

static err insert(struct db *db, size_t i) {
  struct stmt *s;
  TRY(db_stmt(db, &s, insert_sql));
  struct id id = numbered(1, i), session = numbered(2, i / 30),
            learner = numbered(3, i / 30 % 10 * 30 + i % 30), by = numbered(4, i / 30 % 12);
  stmt_id(s, 1, &id);
  stmt_id(s, 2, &session);
  stmt_id(s, 3, &learner);
  stmt_text(s, 4, slice_text(i % 10 == 9 ? "A" : "P"));
  stmt_int(s, 5, i % 50 == 7 ? (int64_t)(i % 40) : 0);
  stmt_text(s, 6, slice_text(i % 33 == 5 ? "left early, parent called" : ""));
  stmt_int(s, 7, (int64_t)(1760000000000 + i * 1300));
  stmt_id(s, 8, &by);
  return stmt_run(s);
}

static err insert_batch(struct db *db, size_t first, size_t rows) {
  TRY(db_begin(db));
  err e = ERR_OK;
  for (size_t i = 0; i < rows && e == ERR_OK; i++) e = insert(db, first + i);
  if (e == ERR_OK) return db_commit(db);
  db_rollback(db);
  return e;
}

err floor_batches(double *ms_out, const char *dir, size_t batches, size_t rows) {
  struct db *db;
  err e = ERR_OK;
  TRY(open_new(&db, dir));
  double start = bench_now_ms();
  for (size_t i = 0; i < batches && e == ERR_OK; i++) e = insert_batch(db, i * rows, rows);
  *ms_out = bench_now_ms() - start;
  db_close(db);
  return e;
}

err floor_single(double *per_second_out, const char *dir, size_t rows) {
  struct db *db;
  err e = ERR_OK;
  TRY(open_new(&db, dir));
  double start = bench_now_ms();
  for (size_t i = 0; i < rows && e == ERR_OK; i++) e = insert(db, i);
  *per_second_out = (double)rows * 1e3 / (bench_now_ms() - start);
  db_close(db);
  return e;
}
