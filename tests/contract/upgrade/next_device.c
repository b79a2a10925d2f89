/* next_device.c: what only a device of the later schema can write and read. Compiled with its tables. */
#include <stdio.h>

#include "client/core/change.h"
#include "tests/contract/upgrade/next.h"

extern const struct inside_device inside_device; /* becomes next_inside_device: see next.cmake */

static void must(err e) { ASSERT(e == ERR_OK); }

static struct id mark_of(const struct next_place *at, const struct id *learner) {
  struct id id;
  const struct id keys[2] = {at->session, *learner};
  crypto_row_id(&id, TABLE_mark, keys, 2);
  return id;
}

static void write_mark(struct core *c, const struct now *now, const struct next_place *at,
                       const struct id *learner, size_t column, struct value v) {
  struct change ch;
  struct change_row *r = NULL;
  struct fault fault = {.code = ERR_OK};
  const struct id id = mark_of(at, learner);
  c->now = *now;
  must(change_begin(&ch, c, &at->activity, &at->session));
  must(change_row(&ch, TABLE_mark, &id, &r));
  change_set(r, COL(mark, session), value_id(&at->session));
  change_set(r, COL(mark, learner), value_id(learner));
  change_set(r, column, v);
  must(change_commit(&ch, &fault));
  roster_forget(&c->roster);
  arena_clear(&c->arena);
}

static void stand_write(struct core *c, const struct now *now, const struct next_place *at,
                        const struct id *learner, const char *stand) {
  write_mark(c, now, at, learner, COL(mark, stand), value_text(slice_text(stand)));
}

static void remote_write(struct core *c, const struct now *now, const struct next_place *at,
                         const struct id *learner) {
  write_mark(c, now, at, learner, COL(mark, code), value_int(ENUM_mark_code_R));
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

static struct row load(struct core *c, uint8_t table, const struct id *id) {
  struct row row;
  must(rows_load(c->store->rows, schema_table(table), id, &c->arena, &row));
  return row;
}

static bool stand_read(struct core *c, const struct next_place *at, const struct id *learner,
                       char out[next_text_bytes]) {
  const struct id id = mark_of(at, learner);
  const struct row row = load(c, TABLE_mark, &id);
  return take_stand(&row, out);
}

static bool is_remote(struct core *c, const struct next_place *at, const struct id *learner) {
  const struct id id = mark_of(at, learner);
  const struct row row = load(c, TABLE_mark, &id);
  return row_is_remote(&row);
}

static bool has_loan(struct core *c, const struct id *loan) { return load(c, TABLE_loan, loan).exists; }

const struct inside_device inside_device = {.schema = schema_version,
                                            .stand_write = stand_write,
                                            .remote_write = remote_write,
                                            .stand_read = stand_read,
                                            .is_remote = is_remote,
                                            .has_loan = has_loan};
