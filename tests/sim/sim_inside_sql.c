/* sim_inside_sql.c: every row that a device's database holds. */
#include <stdio.h>
#include <stdlib.h>

#include "client/core/state.h"
#include "tests/sim/sim_inside.h"

err sim_inside_each(const struct core *c, uint8_t table, sim_inside_row_fn *each, void *ctx) {
  const struct table *t = schema_table(table);
  struct arena a = ARENA_INIT(1 << 26);
  struct stmt *s;
  bool there = false;
  const char *columns;
  if (!c->store) return ERR_NOT_UNLOCKED;
  TRY(rows_columns(c->store->rows, t, &columns));
  char *sql = malloc(2048); /* the connection's cache keeps it */
  if (!sql) return ERR_NO_MEMORY;
  (void)snprintf(sql, 2048, "SELECT %s FROM %s", columns, t->name);
  err e = db_stmt(c->store->db, &s, sql);
  if (e == ERR_OK) e = stmt_step(s, &there);
  while (e == ERR_OK && there) {
    struct row row;
    e = rows_read(c->store->rows, s, 0, t, &a, &row);
    if (e == ERR_OK) each(ctx, &row);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  arena_finish(&a);
  return e;
}
