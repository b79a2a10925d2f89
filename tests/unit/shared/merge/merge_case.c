/* merge_case.c: a table with every rule, and short ways to write ops and to apply them. */
#include "tests/unit/shared/merge/merge_case.h"

enum { arena_bytes_max = 1 << 22 };

static const struct column rules_columns[] = {
    {.name = "first", .id = 1, .type = TYPE_INT, .rule = RULE_ONCE, .unit = UNIT_ONCE},
    {.name = "lww", .id = 2, .type = TYPE_INT, .rule = RULE_LWW, .unit = UNIT_LWW},
    {.name = "lww_text", .id = 3, .type = TYPE_TEXT, .rule = RULE_LWW, .unit = UNIT_LWW},
    {.name = "human", .id = 4, .type = TYPE_INT, .rule = RULE_HUMAN, .unit = UNIT_HUMAN},
    {.name = "authors", .id = 5, .type = TYPE_INT, .rule = RULE_HUMAN_AUTHORS, .unit = UNIT_AUTHORS},
    {.name = "added", .id = 6, .type = TYPE_INT, .rule = RULE_ADD, .unit = UNIT_ADD},
    {.name = "office", .id = 7, .type = TYPE_INT, .rule = RULE_OFFICE, .unit = UNIT_OFFICE},
    {.name = "office_text", .id = 8, .type = TYPE_TEXT, .rule = RULE_OFFICE, .unit = UNIT_OFFICE},
};
const struct table rules_table = {
    .name = "rules", .id = 200, .key = "", .columns = rules_columns, .column_count = 8, .unit_count = 6};

struct op_id test_op_id(uint8_t device, uint64_t counter) {
  return (struct op_id){.device = {{device}}, .incarnation = 1, .counter = counter};
}

struct test_op test_op(const struct table *t, uint8_t device, uint64_t counter, uint8_t author,
                       uint64_t stamp) {
  return (struct test_op){
      .op = {.table = t},
      .m = {.id = test_op_id(device, counter), .author = {{author}}, .stamp = stamp},
  };
}

void test_op_set(struct test_op *o, size_t column, struct value v) {
  o->op.values[column] = v;
  o->op.units |= (uint32_t)1 << o->op.table->columns[column].unit;
}

void test_op_base(struct test_op *o, uint8_t unit, const struct test_op *base) {
  assert_true(o->op.base_count < test_bases_max);
  o->bases[o->op.base_count++] = (struct base){unit, base->m.id};
}

void test_row_begin(struct test_row *r, const struct table *t) {
  bytes_zero(r, sizeof *r);
  r->row.table = t;
  r->arena.max = arena_bytes_max;
}

void test_row_finish(struct test_row *r) { arena_finish(&r->arena); }

static bool seen(void *ctx, const struct op_id *op) {
  const struct test_row *r = ctx;
  for (size_t i = 0; i < r->seen_count; i++) {
    if (op_id_equal(&r->seen[i], op)) return true;
  }
  return false;
}

/* The op's own pointers are set here, so that ops may be copied about before. */
err test_row_try(struct test_row *r, struct test_op *o) {
  o->op.bases = o->bases;
  o->m.op = &o->op;
  err e = merge_apply(&r->row, &o->m, seen, r, &r->arena, &r->last);
  if (e != ERR_OK) return e;
  if (!seen(r, &o->m.id)) {
    assert_true(r->seen_count < test_seen_max);
    r->seen[r->seen_count++] = o->m.id;
  }
  return ERR_OK;
}

void test_row_apply(struct test_row *r, struct test_op *o) { assert_int_equal(test_row_try(r, o), ERR_OK); }

struct test_op test_number(size_t column, uint8_t device, uint64_t counter, uint64_t stamp, int64_t value) {
  struct test_op o = test_op(&rules_table, device, counter, device, stamp);
  if (device == OFFICE_DEVICE) o.m.flags = OP_OFFICE;
  test_op_set(&o, column, value_int(value));
  return o;
}

void assert_number(const struct test_row *r, size_t column, int64_t value) {
  assert_int_equal(r->row.values[column].kind, VALUE_INT);
  assert_int_equal(r->row.values[column].i, value);
}
