/* sim_search_sql.c: bytes that no table of a database may hold. */
#include <stdio.h>
#include <stdlib.h>

#include "client/core/state.h"
#include "tests/sim/sim_inside.h"

enum { tables_max = 128, sql_bytes_max = 8192 };

/* The connection's cache keeps statements by the address of their text, which lives as long as the run. */
static err search_table(struct db *db, const char *table, struct slice what, bool *found) {
  struct buf sql = BUF_INIT(sql_bytes_max);
  struct stmt *s;
  bool there = false, any = false;
  TRY(buf_printf(&sql, "SELECT count(*) FROM \"%s\" WHERE ", table));
  TRY(db_stmt(db, &s, "SELECT name FROM pragma_table_info(?1)"));
  stmt_text(s, 1, slice_text(table));
  TRY(stmt_step(s, &there));
  while (there) {
    struct slice c = stmt_column_text(s, 0);
    TRY(buf_printf(&sql, "%sinstr(CAST(\"%.*s\" AS BLOB), ?1)>0", any ? " OR " : "", (int)c.len,
                   (const char *)c.ptr));
    any = true;
    TRY(stmt_step(s, &there));
  }
  TRY(buf_put_u8(&sql, 0));
  TRY(db_stmt(db, &s, (const char *)sql.ptr));
  stmt_blob(s, 1, what);
  TRY(stmt_one(s));
  *found = stmt_column_int(s, 0) > 0;
  stmt_reset(s);
  return ERR_OK;
}

err sim_search(struct db *db, struct slice what, const char *but, char table[sim_table_name_bytes]) {
  static char names[tables_max][sim_table_name_bytes];
  size_t count = 0;
  struct stmt *s;
  bool there = false;
  table[0] = 0;
  TRY(db_stmt(db, &s, "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite%'"));
  TRY(stmt_step(s, &there));
  while (there) {
    struct slice name = stmt_column_text(s, 0);
    ASSERT(count < tables_max && name.len < sim_table_name_bytes);
    (void)snprintf(names[count++], sim_table_name_bytes, "%.*s", (int)name.len, (const char *)name.ptr);
    TRY(stmt_step(s, &there));
  }
  for (size_t i = 0; i < count; i++) {
    bool found = false;
    if (but && slice_equal(slice_text(names[i]), slice_text(but))) continue;
    TRY(search_table(db, names[i], what, &found));
    if (found) bytes_copy(table, names[i], sim_table_name_bytes);
  }
  return ERR_OK;
}

err sim_inside_search(const struct core *c, struct slice what, char table[sim_table_name_bytes]) {
  return c->store ? sim_search(c->store->db, what, NULL, table) : ERR_NOT_UNLOCKED;
}
