/* sim_build.c: this build's doors, and what can be written with its schema. Tables and columns that the first
 * build has not are found by name, so that one source serves all. */
#include "tests/sim/sim_build.h"

#include <string.h>

uint8_t sim_table_named(const char *name) {
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    if (strcmp(t->name, name) == 0) return t->id;
  }
  return 0;
}

size_t sim_column_named(const struct table *t, const char *name) {
  for (size_t i = 0; i < t->column_count; i++) {
    if (strcmp(t->columns[i].name, name) == 0) return i;
  }
  return op_columns_max;
}

static void furnish(struct hub_world *w, struct hub_host *h) {
  hub_world_make(w, h);
  struct op dob = {.table = schema_table(TABLE_learner), .row = w->zoe, .units = 1U << 2};
  struct op email = {.table = schema_table(TABLE_staff), .row = w->ada, .units = 1U << 2};
  dob.values[COL(learner, dob)] = value_int(15000);
  email.values[COL(staff, email)] = value_text(slice_text("ada@example.org"));
  hub_world_put(h, &dob);
  hub_world_put(h, &email);
}

static struct id mark_of(const struct sim_place *at) {
  struct id id;
  const struct id keys[2] = {at->session, at->learner};
  crypto_row_id(&id, TABLE_mark, keys, 2);
  return id;
}

static void write_mark(struct hub_host *h, const struct sim_place *at, const char *column,
                       const struct value *v) {
  const struct table *t = schema_table(TABLE_mark);
  const size_t c = sim_column_named(t, column);
  struct op op = {.table = t, .row = mark_of(at), .units = 1 | 1U << t->columns[c].unit};
  op.values[COL(mark, session)] = value_id(&at->session);
  op.values[COL(mark, learner)] = value_id(&at->learner);
  op.values[c] = *v;
  hub_world_put(h, &op);
}

static void lend(struct hub_host *h, const struct id *activity, const struct id *loan, const char *what) {
  const struct table *t = schema_table(sim_table_named("loan"));
  const size_t c = sim_column_named(t, "what");
  struct op op = {.table = t, .row = *loan, .units = 1 | 1U << t->columns[c].unit};
  op.values[sim_column_named(t, "activity")] = value_id(activity);
  op.values[c] = value_text(slice_text(what));
  hub_world_put(h, &op);
}

const struct sim_build sim_build = {.schema = schema_version,
                                    .core = &core_door,
                                    .hub = &hub_door,
                                    .inside = &sim_inside,
                                    .furnish = furnish,
                                    .write_mark = write_mark,
                                    .lend = lend};
