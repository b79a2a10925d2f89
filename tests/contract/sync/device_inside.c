/* device_inside.c: looking into a device. */
#include "tests/contract/sync/device_inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "client/core/erase.h"

enum { tables_max = 64, inside_arena_bytes_max = 1048576 };

static struct arena texts = ARENA_INIT(16777216);

static struct store *store_of(struct core_host *h) {
  assert_non_null(h->core->store);
  return h->core->store;
}

/* The connection keeps statements by the address of their text, so the text lives as long as the process. */
static int64_t count_in(struct core_host *h, struct slice table, struct slice what) {
  struct buf sql = BUF_INIT(8192);
  struct stmt *s;
  bool there, any = false;
  assert_int_equal(
      buf_printf(&sql, "SELECT count(*) FROM \"%.*s\" WHERE ", (int)table.len, (const char *)table.ptr),
      ERR_OK);
  assert_int_equal(db_stmt(store_of(h)->db, &s, "SELECT name FROM pragma_table_info(?1)"), ERR_OK);
  stmt_text(s, 1, table);
  for (;;) {
    assert_int_equal(stmt_step(s, &there), ERR_OK);
    if (!there) break;
    struct slice column = stmt_column_text(s, 0);
    assert_int_equal(buf_printf(&sql, "%sinstr(CAST(\"%.*s\" AS BLOB), ?1)>0", any ? " OR " : "",
                                (int)column.len, (const char *)column.ptr),
                     ERR_OK);
    any = true;
  }
  assert_int_equal(buf_put_u8(&sql, 0), ERR_OK);
  struct slice kept = arena_copy(&texts, buf_slice(&sql));
  buf_finish(&sql);
  assert_int_equal(db_stmt(store_of(h)->db, &s, (const char *)kept.ptr), ERR_OK);
  stmt_blob(s, 1, what);
  assert_int_equal(stmt_one(s), ERR_OK);
  int64_t n = stmt_column_int(s, 0);
  stmt_reset(s);
  return n;
}

int64_t device_rows_with(struct core_host *h, const void *what, size_t len) {
  struct arena a = ARENA_INIT(inside_arena_bytes_max);
  struct slice tables[tables_max];
  size_t count = 0;
  struct stmt *s;
  bool there;
  int64_t rows = 0;
  assert_int_equal(db_stmt(store_of(h)->db, &s,
                           "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite%'"),
                   ERR_OK);
  for (;;) {
    assert_int_equal(stmt_step(s, &there), ERR_OK);
    if (!there) break;
    assert_true(count < tables_max);
    tables[count++] = arena_copy(&a, stmt_column_text(s, 0));
  }
  for (size_t i = 0; i < count; i++) rows += count_in(h, tables[i], slice_of(what, len));
  arena_finish(&a);
  return rows;
}

int64_t device_number(struct core_host *h, const char *sql) {
  struct stmt *s;
  assert_int_equal(db_stmt(store_of(h)->db, &s, sql), ERR_OK);
  assert_int_equal(stmt_one(s), ERR_OK);
  int64_t n = stmt_column_int(s, 0);
  stmt_reset(s);
  return n;
}

void device_spoil(struct core_host *h, const char *sql) {
  assert_int_equal(db_exec(store_of(h)->db, sql), ERR_OK);
}

void device_id(struct core_host *h, struct id *out) { *out = h->core->identity.device; }
size_t device_pending(struct core_host *h) { return store_of(h)->pending.count; }
size_t device_bundles(struct core_host *h) { return h->core->outbox.count; }
size_t device_acks(struct core_host *h) { return h->core->outbox.ack_count; }
void device_put_off_vacuum(struct core_host *h) { store_of(h)->vacuum_at = UINT64_MAX; }
void device_begin_erasing(struct core_host *h, uint64_t number) {
  assert_int_equal(erasing_put(store_of(h), number), ERR_OK);
}
