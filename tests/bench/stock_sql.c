/* stock_sql.c: a connection that writes a whole database at once: nothing of it needs to survive a failure.
 */
#include "tests/bench/stock_sql.h"
#include "server/store/sqlite/sqlite_store.h"

err stock_sql_hurry(struct store *s) {
  struct db *db = sqlite_of(s)->db;
  TRY(db_exec(db, "PRAGMA journal_mode=MEMORY")); /* OFF is not for a defensive connection */
  return db_exec(db, "PRAGMA synchronous=OFF; PRAGMA cache_size=-6000000; PRAGMA wal_autocheckpoint=0");
}
