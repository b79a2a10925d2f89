/* next_hub.c: what only a hub of the later schema can write and read. Compiled with its tables. */
#include <stdio.h>

#include "tests/contract/upgrade/next.h"
#include "tests/lib/hub_world.h"

extern const struct inside_hub inside_hub; /* becomes next_inside_hub: see next.cmake */

static void must(err e) { ASSERT(e == ERR_OK); }

static struct id mark_of(const struct next_place *at, const struct id *learner) {
  struct id id;
  const struct id keys[2] = {at->session, *learner};
  crypto_row_id(&id, TABLE_mark, keys, 2);
  return id;
}

static bool take_stand(const struct row *row, char out[next_text_bytes]) {
  const struct value *v = &row->values[COL(mark, stand)];
  if (!row->exists || v->kind != VALUE_TEXT) return false;
  (void)snprintf(out, next_text_bytes, "%.*s", (int)v->text.len, (const char *)v->text.ptr);
  return true;
}

static bool row_is_remote(const struct row *row) {
  const struct value *v = &row->values[COL(mark, code)];
  return row->exists && v->kind == VALUE_INT && v->i == ENUM_mark_code_R;
}

static void stand_write(struct hub_host *h, const struct next_place *at, const struct id *learner,
                        const char *stand) {
  const struct table *t = schema_table(TABLE_mark);
  struct op op = {
      .table = t, .row = mark_of(at, learner), .units = 1 | 1U << t->columns[COL(mark, stand)].unit};
  op.values[COL(mark, session)] = value_id(&at->session);
  op.values[COL(mark, learner)] = value_id(learner);
  op.values[COL(mark, stand)] = value_text(slice_text(stand));
  hub_world_put(h, &op);
}

static struct row load(struct hub_host *h, const struct id *id, struct arena *a) {
  struct row row;
  must(h->store->ops->load_row(h->store, schema_table(TABLE_mark), id, a, &row));
  return row;
}

static bool stand_read(struct hub_host *h, const struct next_place *at, const struct id *learner,
                       char out[next_text_bytes]) {
  struct arena a = ARENA_INIT(65536);
  const struct id id = mark_of(at, learner);
  const struct row row = load(h, &id, &a);
  bool there = take_stand(&row, out);
  arena_finish(&a);
  return there;
}

static bool is_remote(struct hub_host *h, const struct next_place *at, const struct id *learner) {
  struct arena a = ARENA_INIT(65536);
  const struct id id = mark_of(at, learner);
  const struct row row = load(h, &id, &a);
  bool remote = row_is_remote(&row);
  arena_finish(&a);
  return remote;
}

static void loan_write(struct hub_host *h, const struct next_place *at, const struct id *loan) {
  struct op op = {.table = schema_table(TABLE_loan), .row = *loan, .units = 3};
  op.values[COL(loan, activity)] = value_id(&at->activity);
  op.values[COL(loan, what)] = value_text(slice_text("a music stand"));
  hub_world_put(h, &op);
}

const struct inside_hub inside_hub = {
    .stand_write = stand_write, .stand_read = stand_read, .is_remote = is_remote, .loan_write = loan_write};
