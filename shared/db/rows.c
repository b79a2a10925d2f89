/* rows.c: rows in and out of their tables: the hot path of the hub's ingest and of a device's first sync. */
#include "shared/db/rows.h"

#include <stdlib.h>

#include "shared/db/rows_sql.h"

enum { heads_bytes_max = 1048576, table_sql_bytes_max = 8192, rows_at_once = 8 };

/* From their first use on: the SQL of one table, and its statements. */
struct table_statements {
  struct buf sql;                     /* four texts with their closing zeros, one behind the other */
  size_t columns, load, save, remove; /* where each begins */
  struct stmt *load_stmt, *save_stmt, *remove_stmt;
  struct seldom {
    struct buf sql;
    struct stmt *stmt;
  } save_many, add_many, save_version; /* many: rows_at_once */
};
struct rows {
  struct db *db;
  struct origin_book origins;
  size_t origins_saved; /* how many of them stand in the table */
  bool rolled_back;     /* fewer may */
  struct buf heads;     /* of the rows being saved; kept for its memory */
  bool indexed[TABLE_END];
  struct table_statements tables[TABLE_END];
};

static err compose(struct table_statements *s, const struct table *t, bool indexed) {
  s->sql = (struct buf)BUF_INIT(table_sql_bytes_max);
  TRY(rows_sql_columns(&s->sql, t));
  s->load = s->sql.len;
  TRY(rows_sql_load(&s->sql, t));
  s->save = s->sql.len;
  TRY(rows_sql_save(&s->sql, t, indexed, 1));
  s->remove = s->sql.len;
  return rows_sql_delete(&s->sql, t);
}

/* At first use: most connections touch a few tables only. */
static err table_of(struct rows *r, const struct table *t, struct table_statements **out) {
  struct table_statements *s = *out = &r->tables[t->id];
  if (s->sql.ptr) return ERR_OK;
  err e = compose(s, t, r->indexed[t->id]);
  if (e != ERR_OK) buf_finish(&s->sql);
  return e;
}

static err look_around(struct rows *r) {
  TRY(rows_sql_indexed(r->db, r->indexed));
  return rows_origins_reload(r);
}

err rows_create(struct rows **out, struct db *db) {
  struct rows *r = calloc(1, sizeof *r);
  if (!r) return ERR_NO_MEMORY;
  r->db = db;
  r->heads = (struct buf)BUF_INIT((size_t)rows_at_once * heads_bytes_max);
  err e = look_around(r);
  if (e != ERR_OK) {
    rows_destroy(r);
    return e;
  }
  *out = r;
  return ERR_OK;
}

static void seldom_finish(struct seldom *s) {
  stmt_destroy(s->stmt);
  buf_finish(&s->sql);
}

void rows_destroy(struct rows *r) {
  if (!r) return;
  for (size_t i = 0; i < TABLE_END; i++) {
    stmt_destroy(r->tables[i].load_stmt);
    stmt_destroy(r->tables[i].save_stmt);
    stmt_destroy(r->tables[i].remove_stmt);
    seldom_finish(&r->tables[i].save_many);
    seldom_finish(&r->tables[i].add_many);
    seldom_finish(&r->tables[i].save_version);
    buf_finish(&r->tables[i].sql);
  }
  origin_book_finish(&r->origins);
  buf_finish(&r->heads);
  free(r);
}

struct db *rows_db(const struct rows *r) {
  return r->db;
}

static err settle_origins(struct rows *r) {
  size_t count;
  if (!r->rolled_back) return ERR_OK;
  TRY(origins_sql_count(r->db, &count));
  if (count < r->origins_saved) r->origins_saved = count;
  origin_book_truncate(&r->origins, r->origins_saved);
  r->rolled_back = false;
  return ERR_OK;
}

err rows_origins(struct rows *r, struct origin_book **out) {
  TRY(settle_origins(r));
  *out = &r->origins;
  return ERR_OK;
}

/* Numbers given but not saved might have been given by another connection too, so they are given again. */
err rows_origins_reload(struct rows *r) {
  origin_book_truncate(&r->origins, r->origins_saved);
  err e = origins_sql_read(r->db, &r->origins);
  if (e != ERR_OK) origin_book_truncate(&r->origins, r->origins_saved);
  r->origins_saved = r->origins.count;
  return e;
}

void rows_rolled_back(struct rows *r) { r->rolled_back = true; }

err rows_columns(struct rows *r, const struct table *t, const char **out) {
  struct table_statements *s;
  TRY(table_of(r, t, &s));
  *out = (const char *)s->sql.ptr + s->columns;
  return ERR_OK;
}

static err prepare(struct rows *r, struct stmt **kept, const uint8_t *sql) {
  if (*kept) {
    stmt_reset(*kept);
    return ERR_OK;
  }
  return stmt_create(kept, r->db, (const char *)sql);
}

static err statement(struct rows *r, const struct table_statements *of, struct stmt **kept, size_t at) {
  return prepare(r, kept, of->sql.ptr + at);
}

static err decode_heads(struct rows *r, struct slice blob, struct arena *a, struct row *row) {
  err e = row_heads_decode(row, blob, &r->origins, a);
  if (e != ERR_CORRUPT) return e;
  size_t known = r->origins.count;
  TRY(rows_origins_reload(r));
  return r->origins.count > known ? row_heads_decode(row, blob, &r->origins, a) : ERR_CORRUPT;
}

err rows_read(struct rows *r, struct stmt *s, int first_column, const struct table *t, struct arena *a,
              struct row *out) {
  TRY(settle_origins(r));
  out->table = t;
  out->exists = true;
  if (!stmt_column_id(s, first_column, &out->id)) return ERR_CORRUPT;
  int column = first_column + 1;
  for (size_t i = 0; i < t->column_count; i++) {
    TRY(stmt_column_value(s, column++, &t->columns[i], a, &out->values[i]));
  }
  for (size_t i = t->column_count; i < op_columns_max; i++) out->values[i] = value_null();
  int64_t version = stmt_column_int(s, column + 1);
  if (version < 0) return ERR_CORRUPT;
  out->version = (uint64_t)version;
  return decode_heads(r, stmt_column_blob(s, column), a, out);
}

err rows_load(struct rows *r, const struct table *t, const struct id *id, struct arena *a, struct row *out) {
  struct table_statements *sql;
  TRY(table_of(r, t, &sql));
  TRY(statement(r, sql, &sql->load_stmt, sql->load));
  stmt_id(sql->load_stmt, 1, id);
  bool there;
  TRY(stmt_step(sql->load_stmt, &there));
  if (!there) {
    *out = (struct row){.table = t, .id = *id};
    return ERR_OK;
  }
  err e = rows_read(r, sql->load_stmt, 0, t, a, out);
  stmt_reset(sql->load_stmt);
  return e;
}

static err save_origins(struct rows *r) {
  for (; r->origins_saved < r->origins.count; r->origins_saved++) {
    TRY(origins_sql_add(r->db, r->origins_saved, &r->origins.list[r->origins_saved]));
  }
  return ERR_OK;
}

static void bind(struct stmt *s, int *index, const struct row *row, struct slice heads) {
  stmt_id(s, (*index)++, &row->id);
  for (size_t i = 0; i < row->table->column_count; i++) stmt_value(s, (*index)++, &row->values[i]);
  stmt_blob(s, (*index)++, heads);
  stmt_int(s, (*index)++, (int64_t)row->version);
}

err rows_save(struct rows *r, const struct row *row) {
  struct table_statements *sql;
  int index = 1;
  TRY(table_of(r, row->table, &sql));
  TRY(settle_origins(r));
  buf_clear(&r->heads);
  TRY(row_heads_encode(&r->heads, row, &r->origins));
  TRY(save_origins(r));
  TRY(statement(r, sql, &sql->save_stmt, sql->save));
  bind(sql->save_stmt, &index, row, buf_slice(&r->heads));
  return stmt_run(sql->save_stmt);
}

/* The heads of all of them stand one behind the other, and stay where they are from then on. */
static err encode_many(struct rows *r, const struct row *const *rows, size_t ends[rows_at_once]) {
  TRY(settle_origins(r));
  buf_clear(&r->heads);
  for (size_t i = 0; i < rows_at_once; i++) {
    TRY(row_heads_encode(&r->heads, rows[i], &r->origins));
    ends[i] = r->heads.len;
  }
  return save_origins(r);
}

/* Most connections save one at a time, so the other statements are made when they are needed. */
static bool is_new(struct seldom *s) {
  if (s->sql.ptr) return false;
  s->sql = (struct buf)BUF_INIT(table_sql_bytes_max);
  return true;
}

static err ready(struct rows *r, struct seldom *s, err composed, struct stmt **out) {
  err e = composed;
  if (e == ERR_OK) e = prepare(r, &s->stmt, s->sql.ptr);
  if (e != ERR_OK && !s->stmt) buf_finish(&s->sql);
  *out = s->stmt;
  return e;
}

static err statement_of_many(struct rows *r, const struct table *t, bool fresh, struct stmt **out) {
  struct table_statements *sql;
  err e = ERR_OK;
  TRY(table_of(r, t, &sql));
  struct seldom *s = fresh ? &sql->add_many : &sql->save_many;
  if (is_new(s))
    e = fresh ? rows_sql_add(&s->sql, t, rows_at_once)
              : rows_sql_save(&s->sql, t, r->indexed[t->id], rows_at_once);
  return ready(r, s, e, out);
}

static err save_many(struct rows *r, const struct row *const *rows, bool fresh) {
  struct stmt *s;
  size_t ends[rows_at_once], from = 0;
  int index = 1;
  TRY(encode_many(r, rows, ends));
  TRY(statement_of_many(r, rows[0]->table, fresh, &s));
  for (size_t i = 0; i < rows_at_once; from = ends[i++])
    bind(s, &index, rows[i], slice_of(r->heads.ptr + from, ends[i] - from));
  return stmt_run(s);
}

/* Starting a statement costs nearly as much as saving a row. */
static err save_all(struct rows *r, const struct row *const *rows, size_t count, bool fresh) {
  for (size_t done = 0; done < count;) {
    size_t n = 1;
    while (n < rows_at_once && done + n < count && rows[done + n]->table == rows[done]->table) n++;
    if (n == rows_at_once) TRY(save_many(r, rows + done, fresh));
    for (size_t i = 0; n < rows_at_once && i < n; i++) TRY(rows_save(r, rows[done + i]));
    done += n;
  }
  return ERR_OK;
}

err rows_save_all(struct rows *r, const struct row *const *rows, size_t count) {
  return save_all(r, rows, count, false);
}

err rows_add_all(struct rows *r, const struct row *const *rows, size_t count) {
  return save_all(r, rows, count, true);
}

err rows_save_version(struct rows *r, const struct row *row) {
  struct table_statements *sql;
  struct stmt *s;
  TRY(table_of(r, row->table, &sql));
  bool made = is_new(&sql->save_version);
  err e = made ? rows_sql_version(&sql->save_version.sql, row->table) : ERR_OK;
  TRY(ready(r, &sql->save_version, e, &s));
  stmt_int(s, 1, (int64_t)row->version);
  stmt_id(s, 2, &row->id);
  return stmt_run(s);
}

err rows_delete(struct rows *r, const struct table *t, const struct id *id) {
  struct table_statements *sql;
  TRY(table_of(r, t, &sql));
  TRY(statement(r, sql, &sql->remove_stmt, sql->remove));
  stmt_id(sql->remove_stmt, 1, id);
  return stmt_run(sql->remove_stmt);
}
