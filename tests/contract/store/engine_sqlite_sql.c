/* engine_sqlite_sql.c: what no view of the embedded engine says. */
#include "server/store/sqlite/sqlite_store.h"
#include "tests/contract/store/engine.h"

size_t engine_visitors(struct store *s) {
  struct stmt *count;
  err e = db_stmt(sqlite_of(s)->db, &count, "SELECT count(*) FROM guest");
  if (e == ERR_OK) e = stmt_one(count);
  ASSERT(e == ERR_OK);
  size_t visitors = (size_t)stmt_column_int(count, 0);
  stmt_reset(count);
  return visitors;
}
