/* matters.c: disagreements, made as devices make them. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

static struct ingest_world *const w = &ingest_world;

struct id matter_of_mark(const struct id *learner) {
  struct id keys[2] = {w->world.strings_today, *learner}, mark, id;
  crypto_row_id(&mark, TABLE_mark, keys, 2);
  work_item_id(&id, ITEM_CONFLICT, schema_table(TABLE_mark), &mark, 1, NULL);
  return id;
}

struct id matter_of_marks(const struct id *learner, int adas, int bens) {
  ingest_mark(&w->device, &w->world.ada, learner, adas);
  (void)ingest_bring(&w->device);
  hub_host_pass(&w->host, INT64_C(18) * 60000);
  desk_return(ENUM_role_office); /* nobody was at the desk meanwhile */
  ingest_mark(&w->other, &w->world.ben, learner, bens);
  (void)ingest_bring(&w->other);
  return matter_of_mark(learner);
}

struct id matter_walk_in(const char *first, const char *last) {
  struct entropy e = hub_host_entropy(&w->host);
  struct op op = {.table = schema_table(TABLE_learner), .row = entropy_id(&e), .units = 1U << 1 | 1U << 4};
  op.values[COL(learner, first_name)] = value_text(slice_text(first));
  op.values[COL(learner, last_name)] = value_text(slice_text(last));
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_provisional);
  test_device_write(&w->device, &w->world.ada, &op);
  (void)ingest_bring(&w->device);
  return op.row;
}

struct id matter_duplicate(const struct id *a, const struct id *b) {
  bool swap = id_compare(a, b) > 0;
  const struct table *t = schema_table(TABLE_learner);
  uint8_t unit = t->columns[COL(learner, merged_into)].unit;
  struct id id;
  work_item_id(&id, ITEM_DUPLICATE, t, swap ? b : a, unit, swap ? a : b);
  return id;
}

void matter_close_register(void) {
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, &w->world.strings_today, 1);
  op.values[COL(register, session)] = value_id(&w->world.strings_today);
  op.values[COL(register, state)] = value_int(ENUM_register_state_closed);
  hub_world_put(&w->host, &op);
  struct op delivered = {
      .table = schema_table(TABLE_session), .row = w->world.strings_today, .units = 1U << 2};
  delivered.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  hub_world_put(&w->host, &delivered);
}

void matter_decide(const struct id *id, int choice, const char *reason) {
  desk_get(desk_path("/api/work/items/", id));
  desk_fine();
  char heads[2 * key_bytes + 1];
  snprintf(heads, sizeof heads, "%s", desk_text("heads"));
  desk_send(desk_path("/api/work/decide/", id),
            json_pack("{s:s, s:i, s:s}", "heads", heads, "choice", choice, "reason", reason));
}

void matter_undo(const struct id *id, const char *reason) {
  desk_send(desk_path("/api/work/undo/", id), json_pack("{s:s}", "reason", reason));
}
