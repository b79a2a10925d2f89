/* feed_test.c: rows arrive with their heads, projected to what their audience may hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "proto/digest.h"
#include "tests/vectors/samples.h"

enum { arena_bytes_max = 268435456 };
struct bench {
  struct fixture f;
  struct arena a;
  struct buf bytes;
  struct feed_batch got;
};

static void bench_init(struct bench *b) {
  *b = (struct bench){.a = ARENA_INIT(arena_bytes_max), .bytes = BUF_INIT(message_bytes_max)};
  fixture_make(&b->f);
}

static void bench_finish(struct bench *b) {
  arena_finish(&b->a);
  buf_finish(&b->bytes);
}

static err travel(struct bench *b, const struct feed_batch *batch) {
  struct packer p;
  struct unpacked *u;
  buf_clear(&b->bytes);
  pack_init(&p, &b->bytes);
  assert_int_equal(feed_encode(&p, batch), ERR_OK);
  TRY(unpack(&u, buf_slice(&b->bytes), codec_items_max));
  err e = feed_decode(&b->got, unpack_root(u), &b->a);
  unpack_finish(u);
  return e;
}

static void assert_same_head(const struct head *a, const struct head *b) {
  assert_true(op_id_equal(&a->op, &b->op) && id_equal(&a->author, &b->author));
  assert_true(a->stamp == b->stamp && a->flags == b->flags);
}

static void assert_same_row(const struct row *a, const struct row *b) {
  assert_ptr_equal(a->table, b->table);
  assert_true(id_equal(&a->id, &b->id) && a->version == b->version && b->exists);
  for (uint8_t unit = 0; unit < a->table->unit_count; unit++) {
    const struct unit_heads *x = &a->units[unit], *y = &b->units[unit];
    assert_int_equal(x->count, y->count);
    assert_int_equal(x->ghost_count, y->ghost_count);
    for (size_t i = 0; i < x->count; i++) assert_same_head(&x->heads[i], &y->heads[i]);
    for (size_t i = 0; i < x->ghost_count; i++) assert_true(op_id_equal(&x->ghosts[i], &y->ghosts[i]));
  }
}

static void rows_leaves_and_erasures_come_back_as_written(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct feed_batch batch = sample_feed(&b.a, &b.f);
  assert_int_equal(travel(&b, &batch), ERR_OK);
  assert_int_equal(b.got.count, batch.count);
  assert_true(id_equal(&b.got.stream, &batch.stream) && b.got.from == 980 && b.got.to == 1006);
  assert_true(b.got.checkpoint && !b.got.restart && b.got.audience == AUDIENCE_REGISTER);
  assert_true(b.got.has_digest && !b.got.repair);
  assert_memory_equal(b.got.digest, batch.digest, hash_bytes);
  assert_int_equal(b.got.items[4].erasure, 12);
  for (size_t i = 0; i < batch.count; i++) {
    assert_true(b.got.items[i].kind == batch.items[i].kind &&
                b.got.items[i].version == batch.items[i].version);
    assert_true(id_equal(&b.got.items[i].id, &batch.items[i].id) &&
                b.got.items[i].table == batch.items[i].table);
    if (batch.items[i].row != NULL) assert_same_row(batch.items[i].row, b.got.items[i].row);
  }
  bench_finish(&b);
}

static void heads_that_disagree_carry_their_values(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct feed_batch batch = sample_feed(&b.a, &b.f);
  assert_int_equal(travel(&b, &batch), ERR_OK);
  const struct unit_heads *unit = &b.got.items[2].row->units[1];
  assert_int_equal(unit->count, 2);
  assert_int_equal(unit->heads[0].values[0].i, ENUM_mark_code_P);
  assert_int_equal(unit->heads[1].values[0].i, ENUM_mark_code_AN);
  assert_int_equal(unit->heads[1].values[1].kind, VALUE_NULL);
  assert_null(b.got.items[1].row->units[1].heads[0].values);
  bench_finish(&b);
}

/* The sender may forget to blank a column: what the audience must not hold still does not leave. */
static void columns_outside_the_audience_do_not_travel(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct feed_batch batch = sample_feed(&b.a, &b.f);
  batch.count = 1;
  assert_int_equal(travel(&b, &batch), ERR_OK);
  const struct row *row = b.got.items[0].row;
  assert_int_equal(row->values[COL(learner, last_name)].kind, VALUE_TEXT);
  assert_int_equal(row->values[COL(learner, dob)].kind, VALUE_NULL);
  batch.audience = AUDIENCE_DOOR;
  assert_int_equal(travel(&b, &batch), ERR_OK);
  row = b.got.items[0].row;
  assert_int_equal(row->values[COL(learner, first_name)].kind, VALUE_TEXT);
  assert_int_equal(row->values[COL(learner, last_name)].kind, VALUE_NULL);
  assert_int_equal(row->values[COL(learner, status)].kind, VALUE_NULL);
  for (size_t i = 0; i + 7 <= b.bytes.len; i++) assert_memory_not_equal(b.bytes.ptr + i, "O’Brien", 7);
  bench_finish(&b);
}

static void values_of_heads_outside_the_audience_do_not_travel(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct feed_batch batch = sample_feed(&b.a, &b.f);
  struct row row = *batch.items[0].row;
  struct head heads[2] = {row.units[1].heads[0], row.units[1].heads[0]};
  struct value values[4] = {value_text(slice_text("Siân")), value_text(slice_text("Secretname")),
                            value_null(), value_null()};
  heads[1].op.counter = 8;
  heads[0].values = heads[1].values = values;
  row.units[1] = (struct unit_heads){.heads = heads, .count = 2};
  struct feed_item one = {.kind = FEED_ROW, .table = row.table, .id = row.id, .version = 990, .row = &row};
  batch.items = &one, batch.count = 1, batch.audience = AUDIENCE_DOOR;
  assert_int_equal(travel(&b, &batch), ERR_OK);
  const struct head *got = b.got.items[0].row->units[1].heads;
  assert_int_equal(got[0].values[0].kind, VALUE_TEXT);
  assert_int_equal(got[0].values[1].kind, VALUE_NULL);
  bench_finish(&b);
}

static void a_full_batch_takes_at_most_thirty_five_bytes_a_mark(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct feed_batch batch = sample_feed(&b.a, &b.f);
  struct bundle_content c = sample_attendance(&b.a, true);
  struct feed_item *items = arena_take(&b.a, feed_batch_rows_max, sizeof *items);
  for (size_t i = 0; i < feed_batch_rows_max; i++) {
    const struct op *op = c.changesets[i].ops;
    struct row *row = arena_take(&b.a, 1, sizeof *row);
    struct head *head = arena_take(&b.a, 1, sizeof *head);
    *head = (struct head){{b.f.device, 1, i + 1}, c.changesets[i].author, c.changesets[i].stamp, 0, NULL};
    *row = (struct row){.table = op->table, .id = op->row, .exists = true, .version = i + 1};
    for (size_t k = 0; k < op->table->column_count; k++) row->values[k] = op->values[k];
    for (size_t unit = 0; unit < 2; unit++) row->units[unit] = (struct unit_heads){.heads = head, .count = 1};
    items[i] = (struct feed_item){
        .kind = FEED_ROW, .table = row->table, .id = row->id, .version = i + 1, .row = row};
  }
  batch.items = items, batch.count = feed_batch_rows_max;
  assert_int_equal(travel(&b, &batch), ERR_OK);
  print_message("%.2f bytes a mark, with 250 new learners among %d\n",
                (double)b.bytes.len / feed_batch_rows_max, (int)feed_batch_rows_max);
  assert_in_range(b.bytes.len, 1, 35 * feed_batch_rows_max);
  bench_finish(&b);
}

/* ---- what no hub of ours writes ---- */

static void put(struct bench *b, const char *rows, uint64_t from, uint64_t to, uint64_t flags, uint64_t count,
                size_t digest_bytes) {
  uint8_t bytes[256], digest[64] = {0};
  struct packer p;
  struct id stream = fixture_id("activity");
  size_t len = strlen(rows) / 2;
  assert_int_equal(hex_decode(bytes, len, slice_text(rows)), ERR_OK);
  buf_clear(&b->bytes);
  pack_init(&p, &b->bytes);
  pack_array(&p, 8);
  pack_id(&p, &stream);
  pack_u64(&p, AUDIENCE_REGISTER);
  pack_u64(&p, from);
  pack_u64(&p, to);
  pack_u64(&p, flags);
  pack_u64(&p, count);
  pack_bytes(&p, slice_of(bytes, len));
  pack_bytes(&p, slice_of(digest, digest_bytes));
  assert_int_equal(pack_end(&p), ERR_OK);
}

static err decode(struct bench *b) {
  struct unpacked *u;
  TRY(unpack(&u, buf_slice(&b->bytes), codec_items_max));
  err e = feed_decode(&b->got, unpack_root(u), &b->a);
  unpack_finish(u);
  return e;
}
/* One line a case reads best: clang-format off. */
/* clang-format off */
#define ID "000102030405060708090a0b0c0d0e0f"
#define LEAVE "00" "020c" "00" ID "02"                /* new form: leave, mark; row; version 1 */
#define ROW "00" "010c" "0104" "00" ID "01" "02" "02" /* new form: row, mark, unit 0, code; key; version 1; P */
#define HEAD "00" "01" "01" "02" "01" "00" "02"       /* new source: device, incarnation 1; counter 1; author; stamp 1 */

static void batches_no_hub_would_send_are_refused(void **state) {
  (void)state;
  static const struct { const char *rows; uint64_t from, to, flags, count; err expected; const char *why; } cases[] = {
      {"01", 0, 0, 0, 0, ERR_OK, "nothing"},
      {"01" LEAVE, 0, 5, 3, 1, ERR_OK, "a row leaves"},
      {"01" ROW "02" HEAD, 0, 5, 0, 1, ERR_OK, "a row with one head"},
      {"01" ROW "03" HEAD "0101" "02", 0, 5, 0, 1, ERR_OK, "one ghost"},
      {"01", 6, 5, 0, 0, ERR_MALFORMED, "backwards"},
      {"01", 0, 0, 8, 0, ERR_INVALID, "a flag of no meaning"},
      {"01", 0, 0, 4, 0, ERR_OK, "a repair"},
      {"01", 0, 0, 5, 0, ERR_MALFORMED, "a repair that is a checkpoint"},
      {"01", 0, 0, 6, 0, ERR_MALFORMED, "a repair that begins anew"},
      {"01", 0, NUMBER_MAX + 1, 0, 0, ERR_INVALID, "a position past 2^53 - 1"},
      {"01", 0, 5, 0, 1, ERR_TRUNCATED, "one row promised, none there"},
      {"01", 0, 5, 0, feed_batch_rows_max + 1, ERR_INVALID, "more rows than a batch holds"},
      {"01" LEAVE, 0, 5, 0, 0, ERR_TRAILING, "a row too many"},
      {"00" LEAVE, 0, 5, 0, 1, ERR_MALFORMED, "schema 0"},
      {"01" "00" "000c" "00" ID "02", 0, 5, 0, 1, ERR_MALFORMED, "kind 0"},
      {"01" "00" "040c" "00" ID "02", 0, 5, 0, 1, ERR_MALFORMED, "kind 4"},
      {"01" "00" "030c" "00" ID "02" "07", 0, 5, 0, 1, ERR_OK, "right, an erasure"},
      {"01" "00" "030c" "00" ID "02", 0, 5, 0, 1, ERR_TRUNCATED, "an erasure without a number"},
      {"01" "00" "030c" "00" ID "02" "00", 0, 5, 0, 1, ERR_MALFORMED, "erasure 0"},
      {"01" "00" "0263" "00" ID "02", 0, 5, 0, 1, ERR_MALFORMED, "table 99"},
      {"02" "00" "0263" "00" ID "02", 0, 5, 0, 1, ERR_VERSION, "table 99 of a newer schema"},
      {"01" ROW "00", 0, 5, 0, 1, ERR_MALFORMED, "the same head as none"},
      {"01" ROW "01" HEAD, 0, 5, 0, 1, ERR_MALFORMED, "no head but ghosts"},
      {"01" ROW "03" HEAD "00", 0, 5, 0, 1, ERR_MALFORMED, "ghosts, but none"},
      {"01" ROW "8401" HEAD, 0, 5, 0, 1, ERR_MALFORMED, "66 heads"},
      {"01" ROW "04" HEAD "00", 0, 5, 0, 1, ERR_TRUNCATED, "two heads, one there"},
      {"01" ROW "02" "00" "01" "01" "02" "01" "08" "02", 0, 5, 0, 1, ERR_MALFORMED, "a flag of no meaning on a head"},
  };
  /* clang-format on */
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct bench b;
    bench_init(&b);
    put(&b, cases[i].rows, cases[i].from, cases[i].to, cases[i].flags, cases[i].count, 0);
    err e = decode(&b);
    if (e != cases[i].expected)
      fail_msg("%s: %s instead of %s", cases[i].why, err_name(e), err_name(cases[i].expected));
    bench_finish(&b);
  }
}

/* ---- digests ---- */

static err decode_digest(struct bench *b, uint64_t flags, size_t bytes) {
  put(b, "01", 0, 5, flags, 0, bytes);
  return decode(b);
}

static void a_digest_is_whole_and_of_a_whole_stream(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  assert_int_equal(decode_digest(&b, 1, 32), ERR_OK);
  assert_true(b.got.has_digest);
  assert_int_equal(decode_digest(&b, 1, 0), ERR_OK);
  assert_false(b.got.has_digest);
  assert_int_equal(decode_digest(&b, 0, 32), ERR_MALFORMED);
  assert_int_equal(decode_digest(&b, 1, 31), ERR_MALFORMED);
  assert_int_not_equal(decode_digest(&b, 1, 33), ERR_OK);
  bench_finish(&b);
}

static void row_digest(uint8_t out[hash_bytes], const struct row *row, uint8_t audience) {
  struct buf scratch = BUF_INIT(65536);
  assert_int_equal(digest_row(out, row, audience, &scratch), ERR_OK);
  buf_finish(&scratch);
}

static void a_digest_sees_every_visible_value_every_head_and_no_order(void **state) {
  (void)state;
  struct bench b;
  uint8_t one[hash_bytes], other[hash_bytes], sum[2][hash_bytes];
  bench_init(&b);
  struct feed_batch batch = sample_feed(&b.a, &b.f);
  struct row row = *batch.items[0].row; /* a learner */
  row_digest(one, &row, AUDIENCE_DOOR);
  row.values[COL(learner, last_name)] = value_text(slice_text("Other"));
  row_digest(other, &row, AUDIENCE_DOOR);
  assert_memory_equal(one, other, hash_bytes); /* the door does not see it */
  row_digest(one, &row, AUDIENCE_REGISTER);
  row.values[COL(learner, last_name)] = value_text(slice_text("Another"));
  row_digest(other, &row, AUDIENCE_REGISTER);
  assert_memory_not_equal(one, other, hash_bytes);
  row = *batch.items[1].row;
  row_digest(one, &row, AUDIENCE_REGISTER);
  row.version++;
  row_digest(other, &row, AUDIENCE_REGISTER);
  assert_memory_not_equal(one, other, hash_bytes);
  row.version--;
  row.units[1].count = 0;
  row_digest(other, &row, AUDIENCE_REGISTER);
  assert_memory_not_equal(one, other, hash_bytes);
  for (size_t i = 0; i < 2; i++) {
    struct digest d = {.rows = 0};
    digest_add(&d, i ? one : other);
    digest_add(&d, i ? other : one);
    digest_end(sum[i], &d, &batch.stream, batch.audience);
  }
  assert_memory_equal(sum[0], sum[1], hash_bytes);
  bench_finish(&b);
}

static int start(void **state) {
  (void)state;
  return crypto_init() == ERR_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_leaves_and_erasures_come_back_as_written),
      cmocka_unit_test(heads_that_disagree_carry_their_values),
      cmocka_unit_test(columns_outside_the_audience_do_not_travel),
      cmocka_unit_test(values_of_heads_outside_the_audience_do_not_travel),
      cmocka_unit_test(a_full_batch_takes_at_most_thirty_five_bytes_a_mark),
      cmocka_unit_test(batches_no_hub_would_send_are_refused),
      cmocka_unit_test(a_digest_is_whole_and_of_a_whole_stream),
      cmocka_unit_test(a_digest_sees_every_visible_value_every_head_and_no_order),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
