/* audit_raw_sql.c: runs any statement behind the store's back. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
/* clang-format on */

#include "server/store/sqlite/sqlite_store.h"
#include "tests/contract/api/audit_raw.h"

void audit_raw(struct store *store, const char *sql) {
  assert_int_equal(db_exec(sqlite_of(store)->db, sql), ERR_OK);
}
