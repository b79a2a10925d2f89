/* changeset_test.c: contents come back as they were written; what no honest device writes is refused, and
 * values that are not allowed spoil their own changeset alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/vectors/samples.h"

enum { arena_bytes_max = 268435456 };
struct bench {
  struct fixture f;
  struct arena a;
  struct buf bytes;
  struct bundle_content got;
  err *refused;
  struct fault fault;
};

static void bench_init(struct bench *b) {
  *b = (struct bench){.a = ARENA_INIT(arena_bytes_max), .bytes = BUF_INIT(bundle_bytes_max)};
  fixture_make(&b->f);
}

static void bench_finish(struct bench *b) {
  arena_finish(&b->a);
  buf_finish(&b->bytes);
}

static err decode(struct bench *b) {
  return content_decode(&b->got, &b->refused, buf_slice(&b->bytes), &b->a, &b->fault);
}

static void assert_same_op(const struct op *a, const struct op *b) {
  assert_ptr_equal(a->table, b->table);
  assert_true(id_equal(&a->row, &b->row));
  assert_int_equal(a->units, b->units);
  assert_int_equal(a->base_count, b->base_count);
  for (size_t i = 0; i < a->table->column_count; i++) assert_true(value_equal(&a->values[i], &b->values[i]));
  for (size_t i = 0; i < a->base_count; i++)
    assert_true(a->bases[i].unit == b->bases[i].unit && op_id_equal(&a->bases[i].op, &b->bases[i].op));
}

static void assert_same(const struct changeset *a, const struct changeset *b) {
  assert_int_equal(a->counter, b->counter);
  assert_int_equal(a->stamp, b->stamp);
  assert_int_equal(a->flags, b->flags);
  assert_true(id_equal(&a->author, &b->author));
  assert_int_equal(a->op_count, b->op_count);
  for (size_t i = 0; i < a->op_count; i++) assert_same_op(&a->ops[i], &b->ops[i]);
}

static void contents_come_back_as_written(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct bundle_content c = sample_content(&b.a, &b.f);
  assert_int_equal(content_encode(&b.bytes, &c), ERR_OK);
  assert_int_equal(decode(&b), ERR_OK);
  assert_int_equal(b.got.changeset_count, c.changeset_count);
  assert_memory_equal(b.got.clocks, c.clocks, sizeof *c.clocks);
  for (size_t i = 0; i < c.changeset_count; i++) assert_same(&c.changesets[i], &b.got.changesets[i]);
  bench_finish(&b);
}

static void acks_come_back_as_written_with_work_or_alone(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct ack acks[] = {{ACK_ERASED, 1}, {ACK_ERASED, NUMBER_MAX}, {ACK_ORDER, 1}};
  for (size_t with_work = 0; with_work < 2; with_work++) {
    struct bundle_content c = {.schema = schema_version, .acks = acks, .ack_count = 3};
    if (with_work) c = sample_content(&b.a, &b.f), c.acks = acks, c.ack_count = 3;
    buf_clear(&b.bytes);
    assert_int_equal(content_encode(&b.bytes, &c), ERR_OK);
    assert_int_equal(decode(&b), ERR_OK);
    assert_int_equal(b.got.ack_count, 3);
    for (size_t i = 0; i < 3; i++) assert_int_equal(ack_compare(&b.got.acks[i], &acks[i]), 0);
    assert_int_equal(b.got.changeset_count, c.changeset_count);
  }
  bench_finish(&b);
}

/* schema, no clocks, then acks as given, then no changesets. */
static err decode_acks(struct bench *b, uint8_t schema, const uint8_t *acks, size_t count) {
  buf_clear(&b->bytes);
  assert_int_equal(buf_put_u8(&b->bytes, schema), ERR_OK);
  assert_int_equal(buf_put_u8(&b->bytes, 0), ERR_OK);
  assert_int_equal(buf_append(&b->bytes, slice_of(acks, count)), ERR_OK);
  assert_int_equal(buf_put_u8(&b->bytes, 0), ERR_OK);
  return decode(b);
}

static void acks_out_of_order_twice_or_of_no_kind_are_refused(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  static const uint8_t good[] = {2, 1, 7, 1, 8}, twice[] = {2, 1, 7, 1, 7}, falling[] = {2, 1, 8, 1, 7},
                       kinds[] = {2, 2, 1, 1, 1}, zero[] = {1, 1, 0}, unknown[] = {1, 3, 1},
                       none[] = {1, 0, 1}, too_many[] = {0x81, 0x08}, cut[] = {2, 1, 7, 1};
  assert_int_equal(decode_acks(&b, schema_version, good, sizeof good), ERR_OK);
  assert_int_equal(decode_acks(&b, schema_version, twice, sizeof twice), ERR_MALFORMED);
  assert_int_equal(decode_acks(&b, schema_version, falling, sizeof falling), ERR_MALFORMED);
  assert_int_equal(decode_acks(&b, schema_version, kinds, sizeof kinds), ERR_MALFORMED);
  assert_int_equal(decode_acks(&b, schema_version, zero, sizeof zero), ERR_MALFORMED);
  assert_int_equal(decode_acks(&b, schema_version, none, sizeof none), ERR_MALFORMED);
  assert_int_equal(decode_acks(&b, schema_version, unknown, sizeof unknown), ERR_MALFORMED);
  assert_int_equal(decode_acks(&b, schema_version + 1, good, sizeof good), ERR_VERSION);
  assert_int_not_equal(decode_acks(&b, schema_version, too_many, sizeof too_many), ERR_OK);
  assert_int_not_equal(decode_acks(&b, schema_version, cut, sizeof cut), ERR_OK);
  bench_finish(&b);
}

static void a_changeset_alone_comes_back_as_written(void **state) {
  (void)state;
  struct bench b;
  struct changeset got;
  bench_init(&b);
  struct bundle_content c = sample_content(&b.a, &b.f);
  for (size_t i = 0; i < c.changeset_count; i++) {
    buf_clear(&b.bytes);
    assert_int_equal(changeset_encode(&b.bytes, &c.changesets[i]), ERR_OK);
    assert_int_equal(changeset_decode(&got, buf_slice(&b.bytes), &b.a), ERR_OK);
    assert_same(&c.changesets[i], &got);
  }
  bench_finish(&b);
}

/* One changeset of one op, changed by the caller before it is written. */
static void encode_op(struct bench *b, const struct op *op, size_t count) {
  struct changeset cs = {
      .counter = 1, .stamp = 5, .author = fixture_id("tutor"), .ops = op, .op_count = count};
  struct bundle_content c = {.schema = schema_version, .changesets = &cs, .changeset_count = 1};
  buf_clear(&b->bytes);
  assert_int_equal(content_encode(&b->bytes, &c), ERR_OK);
}

static void bad_values_spoil_their_own_changeset_alone(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct changeset list[3];
  struct op bad;
  for (size_t i = 0; i < 3; i++) list[i] = *sample_mark(&b.a, 1 + i, 1000 + i);
  bad = list[1].ops[0];
  list[1].ops = &bad;
  static const struct {
    size_t column;
    struct value v;
  } cases[] = {
      {COL(mark, code), {.kind = VALUE_INT, .i = 99}},
      {COL(mark, code), {.kind = VALUE_NULL}},
      {COL(mark, arrived), {.kind = VALUE_INT, .i = 1440}},
      {COL(mark, arrived), {.kind = VALUE_INT, .i = -1}},
      {COL(mark, code), {.kind = VALUE_INT, .i = INT64_MIN}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct bundle_content c = {.schema = schema_version, .changesets = list, .changeset_count = 3};
    bad = *sample_mark(&b.a, 2, 1001)->ops;
    bad.values[cases[i].column] = cases[i].v;
    buf_clear(&b.bytes);
    assert_int_equal(content_encode(&b.bytes, &c), ERR_OK);
    assert_int_equal(decode(&b), ERR_OK);
    assert_int_equal(b.refused[0], ERR_OK);
    assert_int_equal(b.refused[1], ERR_INVALID);
    assert_int_equal(b.refused[2], ERR_OK);
    assert_int_equal(b.got.changesets[1].op_count, 0);
    assert_int_equal(b.got.changesets[2].counter, 3);
    assert_int_equal(b.got.changesets[2].op_count, 1);
  }
  bench_finish(&b);
}

static void text_that_is_not_text_is_refused_with_its_changeset(void **state) {
  (void)state;
  static const char *const texts[] = {"\xc0\x80", "\xed\xa0\x80", "half \xc3", "\xff"};
  struct bench b;
  bench_init(&b);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct op op = *sample_mark(&b.a, 1, 5)->ops;
    op.units |= 1 << 3;
    op.values[COL(mark, comment)] = value_text(slice_text(texts[i]));
    encode_op(&b, &op, 1);
    assert_int_equal(decode(&b), ERR_OK);
    assert_int_equal(b.refused[0], ERR_INVALID);
  }
  struct op op = *sample_mark(&b.a, 1, 5)->ops;
  op.units |= 1 << 3;
  op.values[COL(mark, comment)] = value_text(slice_of("NUL\0", 4));
  encode_op(&b, &op, 1);
  assert_int_equal(decode(&b), ERR_OK);
  assert_int_equal(b.refused[0], ERR_INVALID);
  bench_finish(&b);
}

static void a_row_known_by_its_key_gets_its_id_from_the_key(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct op op = *sample_mark(&b.a, 1, 5)->ops;
  struct id right = op.row;
  op.row = fixture_id("another row"); /* does not travel */
  encode_op(&b, &op, 1);
  assert_int_equal(decode(&b), ERR_OK);
  assert_true(id_equal(&b.got.changesets[0].ops[0].row, &right));
  bench_finish(&b);
}

/* ---- bytes no encoder of ours writes ---- */

static void put(struct bench *b, const char *hex) {
  uint8_t bytes[256];
  size_t len = strlen(hex) / 2;
  assert_int_equal(hex_decode(bytes, len, slice_text(hex)), ERR_OK);
  assert_int_equal(buf_append(&b->bytes, slice_of(bytes, len)), ERR_OK);
}
/* One line a case reads best: clang-format off. */
/* clang-format off */
#define ID "000102030405060708090a0b0c0d0e0f"
#define ID2 "f00102030405060708090a0b0c0d0e0f"
#define HEAD(schema, ops) schema "00000101" ops "00" ID "00" "0a" /* no clocks, no acks, one changeset from counter 1, stamp 5 */
#define OP HEAD("01", "01")
#define OP2 HEAD("02", "01")
#define KEYS "00" ID2 "01"
#define MARK OP "000c0304" "00" KEYS "02" /* new form: mark, units 0 and 1, column code, no bases; keys; P */
#define BASED(base) OP "000c0304" "01" KEYS "02" base

static void forms_and_references_are_checked(void **state) {
  (void)state;
  static const struct { const char *hex, *why; err expected; } cases[] = {
      {MARK, "right", ERR_OK},
      {MARK "00", "a byte after the end", ERR_TRAILING},
      {OP "000c0304" "00" KEYS, "no code", ERR_TRUNCATED},
      {"", "nothing", ERR_TRUNCATED},
      {"00", "schema 0", ERR_MALFORMED},
      {"8000", "a number longer than needed", ERR_MALFORMED},
      {"0100000100" "010000000000", "counter 0", ERR_MALFORMED},
      {"01000001" "ffffffffffffffffff01" "010000000000", "counter 2^64 - 1", ERR_MALFORMED},
      {"01000001" "ffffffffffffff0f" "010000000000", "counters past 2^53 - 1", ERR_MALFORMED},
      {"010000ff7f", "16,383 changesets in no bytes", ERR_TRUNCATED},
      {"010000ffff7f", "two million changesets", ERR_TOO_BIG},
      {"0121", "33 clocks", ERR_TOO_BIG},
      {"0100" "8108", "1,025 acks", ERR_TOO_BIG},
      {HEAD("01", "00") "0000", "no ops", ERR_MALFORMED},
      {HEAD("01", "8104") "0000", "513 ops", ERR_TOO_BIG},
      {HEAD("01", "7f") "0000", "127 ops in no bytes", ERR_TRUNCATED},
      {"0100000101" "01" "02" "00" "0a0000", "an author never named", ERR_MALFORMED},
      {"0100000101" "01" "00" ID "02" "0a0000", "written at the office, says a device", ERR_MALFORMED},
      {"0100000101" "01" "00" ID "00" "090000", "a stamp below 0", ERR_MALFORMED},
      {"0100000101" "01" "00" ID "00" "ffffffffffffffffff010000", "a stamp of -2^63", ERR_MALFORMED},
      {OP "0100", "a form never defined", ERR_MALFORMED},
      {OP "00630304" "00" KEYS "02", "table 99", ERR_MALFORMED},
      {OP "00000304" "00" KEYS "02", "table 0", ERR_MALFORMED},
      {OP "000c0004" "00" KEYS "02", "no unit", ERR_MALFORMED},
      {OP "000c0204" "00" KEYS "02", "a keyed row without unit 0", ERR_MALFORMED},
      {OP "000c810400" "00" KEYS "02", "a unit the table has not", ERR_MALFORMED},
      {OP "000c0301" "00" KEYS "02", "a key column among the values", ERR_MALFORMED},
      {OP "000c0314" "00" KEYS "0202", "a column of a unit that is not set", ERR_MALFORMED},
      {OP "000c03808001" "00" KEYS "02", "a column the table has not", ERR_MALFORMED},
      {OP "000c0304" "41" KEYS "02", "65 bases", ERR_MALFORMED},
      {BASED("01" "00" "01" "01" "02"), "right, with a base", ERR_OK},
      {BASED("02" "00" "01" "01" "02"), "a base of a unit that is not set", ERR_MALFORMED},
      {BASED("0c" "00" "01" "01" "02"), "a base of unit 12", ERR_MALFORMED},
      {BASED("01" "00" "01" "01" "00"), "a base with counter 0", ERR_MALFORMED},
      {BASED("01" "02" "02"), "a source never named", ERR_MALFORMED},
      {OP "000c0304" "00" "00" ID2 "04" "02", "an id never named", ERR_MALFORMED},
  };
  /* clang-format on */
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct bench b;
    bench_init(&b);
    put(&b, cases[i].hex);
    err e = decode(&b);
    if (e != cases[i].expected)
      fail_msg("%s: %s instead of %s (%s)", cases[i].why, err_name(e), err_name(cases[i].expected),
               b.fault.text);
    if (e != ERR_OK) assert_true(b.fault.code == e && strlen(b.fault.text) > 20);
    bench_finish(&b);
  }
}

static void a_text_past_the_limit_of_bytes_is_refused_whole(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  put(&b, OP "000c094000" KEYS "8140"); /* mark, units 0 and 3, a comment of 8,193 bytes */
  assert_int_equal(decode(&b), ERR_TOO_BIG);
  bench_finish(&b);
}

/* A writer names the lowest schema that can say what it says, so a newer one always says something new. */
static void what_a_newer_schema_says_asks_for_an_update(void **state) {
  (void)state;
  static const char *const forms[] = {"0063030400", "000c81040000", "000c0380800100",
                                      "000c030400"}; /* table, unit, column, nothing seen yet */
  struct bench b;
  bench_init(&b);
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    buf_clear(&b.bytes);
    put(&b, OP2);
    put(&b, forms[i]);
    put(&b, KEYS "02");
    assert_int_equal(decode(&b), ERR_VERSION);
    assert_non_null(strstr(b.fault.text, "update"));
  }
  bench_finish(&b);
}

static void more_than_a_bundle_holds_is_told_to_the_sealer(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct changeset *list = test_calloc(bundle_changesets_max + 1, sizeof *list);
  for (size_t i = 0; i <= bundle_changesets_max; i++) list[i] = *sample_mark(&b.a, 1 + i, 1000 + i);
  struct bundle_content c = {
      .schema = schema_version, .changesets = list, .changeset_count = bundle_changesets_max + 1};
  assert_int_equal(content_encode(&b.bytes, &c), ERR_TOO_BIG);
  buf_clear(&b.bytes);
  c.changeset_count--;
  assert_int_equal(content_encode(&b.bytes, &c), ERR_OK);
  test_free(list);
  bench_finish(&b);
}

/* A comment on each of many marks outgrows the bytes long before the count. */
static void content_past_its_bytes_is_told_to_the_sealer(void **state) {
  (void)state;
  struct bench b;
  enum { count = 400 };
  char *text = test_malloc(4000);
  struct changeset list[count];
  bench_init(&b);
  memset(text, 'x', 4000);
  struct op op = *sample_mark(&b.a, 1, 5)->ops;
  op.units |= 1 << 3;
  op.values[COL(mark, comment)] = value_text(slice_of(text, 4000));
  for (size_t i = 0; i < count; i++) {
    list[i] = *sample_mark(&b.a, 1 + i, 1000 + i);
    list[i].ops = &op;
  }
  struct bundle_content c = {.schema = schema_version, .changesets = list, .changeset_count = count};
  assert_int_equal(content_encode(&b.bytes, &c), ERR_TOO_BIG);
  test_free(text);
  bench_finish(&b);
}

static void an_arena_that_is_full_is_an_error_and_nothing_worse(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct bundle_content c = sample_content(&b.a, &b.f);
  assert_int_equal(content_encode(&b.bytes, &c), ERR_OK);
  err e = ERR_NO_MEMORY;
  for (size_t max = 0; e == ERR_NO_MEMORY; max += 97) {
    struct arena small = ARENA_INIT(max);
    e = content_decode(&b.got, &b.refused, buf_slice(&b.bytes), &small, NULL);
    arena_finish(&small);
    assert_true(max < 100000);
  }
  assert_int_equal(e, ERR_OK);
  bench_finish(&b);
}

static int start(void **state) {
  (void)state;
  return crypto_init() == ERR_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(contents_come_back_as_written),
      cmocka_unit_test(acks_come_back_as_written_with_work_or_alone),
      cmocka_unit_test(acks_out_of_order_twice_or_of_no_kind_are_refused),
      cmocka_unit_test(a_changeset_alone_comes_back_as_written),
      cmocka_unit_test(bad_values_spoil_their_own_changeset_alone),
      cmocka_unit_test(text_that_is_not_text_is_refused_with_its_changeset),
      cmocka_unit_test(a_row_known_by_its_key_gets_its_id_from_the_key),
      cmocka_unit_test(forms_and_references_are_checked),
      cmocka_unit_test(a_text_past_the_limit_of_bytes_is_refused_whole),
      cmocka_unit_test(what_a_newer_schema_says_asks_for_an_update),
      cmocka_unit_test(more_than_a_bundle_holds_is_told_to_the_sealer),
      cmocka_unit_test(content_past_its_bytes_is_told_to_the_sealer),
      cmocka_unit_test(an_arena_that_is_full_is_an_error_and_nothing_worse),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
