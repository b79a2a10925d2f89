/* heads_test.c: the heads of a row as bytes: small, unambiguous, and refused when anything about them is
 * wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "shared/schema/row.h"

static struct id letter(char c) {
  struct id id;
  (void)memset(id.b, c, id_bytes);
  return id;
}

static struct head head_of(char device, uint64_t counter, uint64_t stamp, uint8_t flags) {
  return (struct head){.op = {.device = letter(device), .incarnation = 3, .counter = counter},
                       .author = letter('p'),
                       .stamp = stamp,
                       .flags = flags};
}

/* A mark that two people changed at once, with an op that was named before it came, and a comment of a third.
 */
struct fixture {
  struct row row;
  struct head created, code[2], departed, comment;
  struct value code_values[2][3];
  struct op_id ghosts[2];
  struct origin_book book;
  struct arena arena;
  struct buf blob;
};

static const uint64_t autumn = 1795276800000;

static int setup(void **state) {
  struct fixture *f = calloc(1, sizeof *f);
  if (!f) return -1;
  f->arena = (struct arena)ARENA_INIT(1 << 20);
  f->blob = (struct buf)BUF_INIT(1 << 20);
  f->row.table = schema_table(TABLE_mark);
  f->created = head_of('a', 500, autumn, 0);
  f->code[0] = head_of('b', 70, autumn + 900, OP_UNSURE | OP_OFFICE);
  f->code[1] = head_of('a', 501, autumn + 400, 0);
  f->departed = f->created;
  f->comment = head_of('c', 1, 5, OP_UNSURE);
  f->code_values[0][0] = value_int(ENUM_mark_code_L);
  f->code_values[0][1] = value_int(-617);
  f->code_values[0][2] = value_text(slice_text("the bus, said Zoë"));
  f->code_values[1][0] = value_int(ENUM_mark_code_AU);
  f->code[0].values = f->code_values[0];
  f->code[1].values = f->code_values[1];
  f->ghosts[0] = (struct op_id){letter('x'), UINT32_MAX, UINT64_MAX};
  f->ghosts[1] = (struct op_id){letter('y'), 0, 1};
  f->row.units[0] = (struct unit_heads){.heads = &f->created, .count = 1};
  f->row.units[1] = (struct unit_heads){.heads = f->code, .count = 2, .ghosts = f->ghosts, .ghost_count = 2};
  f->row.units[2] = (struct unit_heads){.heads = &f->departed, .count = 1};
  f->row.units[3] =
      (struct unit_heads){.heads = &f->comment, .count = 1, .ghosts = f->ghosts, .ghost_count = 1};
  *state = f;
  return row_heads_encode(&f->blob, &f->row, &f->book) == ERR_OK ? 0 : -1;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  buf_finish(&f->blob);
  arena_finish(&f->arena);
  origin_book_finish(&f->book);
  free(f);
  return 0;
}

static void assert_heads_equal(const struct row *a, const struct row *b) {
  for (uint8_t u = 0; u < op_units_max; u++) {
    const struct unit_heads *x = &a->units[u], *y = &b->units[u];
    uint8_t columns[op_columns_max];
    size_t column_count = unit_columns(a->table, u, columns);
    assert_int_equal(x->count, y->count);
    assert_int_equal(x->ghost_count, y->ghost_count);
    for (size_t i = 0; i < x->count; i++) {
      assert_true(op_id_equal(&x->heads[i].op, &y->heads[i].op));
      assert_true(id_equal(&x->heads[i].author, &y->heads[i].author));
      assert_true(x->heads[i].stamp == y->heads[i].stamp);
      assert_int_equal(x->heads[i].flags, y->heads[i].flags);
      for (size_t k = 0; x->count > 1 && k < column_count; k++) {
        assert_true(value_equal(&x->heads[i].values[k], &y->heads[i].values[k]));
      }
    }
    for (size_t i = 0; i < x->ghost_count; i++) assert_true(op_id_equal(&x->ghosts[i], &y->ghosts[i]));
  }
}

static err decode(struct fixture *f, struct slice blob, struct row *out) {
  *out = (struct row){.table = f->row.table};
  return row_heads_decode(out, blob, &f->book, &f->arena);
}

static void heads_come_back_as_they_went_in(void **state) {
  struct fixture *f = *state;
  struct row out;
  assert_int_equal(decode(f, buf_slice(&f->blob), &out), ERR_OK);
  assert_heads_equal(&f->row, &out);
  assert_null(out.units[0].heads->values);
  assert_int_equal(decode(f, slice_of(NULL, 0), &out), ERR_OK);
  assert_int_equal(out.units[1].count, 0);
}

/* What the byte budget of the feed and the tables rests on. */
static void an_ordinary_mark_takes_twelve_bytes(void **state) {
  (void)state;
  struct head made = head_of('a', 12345, autumn, 0), changed = head_of('b', 12346, autumn + 60000, OP_OFFICE);
  struct row row = {.table = schema_table(TABLE_mark)};
  struct origin_book book = {0};
  struct buf blob = BUF_INIT(100);
  row.units[0] = row.units[1] = (struct unit_heads){.heads = &made, .count = 1};
  assert_int_equal(row_heads_encode(&blob, &row, &book), ERR_OK);
  assert_int_equal(blob.len, 11);
  row.units[3] = (struct unit_heads){.heads = &changed, .count = 1};
  buf_clear(&blob);
  assert_int_equal(row_heads_encode(&blob, &row, &book), ERR_OK);
  assert_true(blob.len <= 11 + 12);
  buf_finish(&blob);
  origin_book_finish(&book);
}

/* Every cut falls inside a unit or between two: then the rest is missing, which shows as fewer units, never
 * as others. */
static void a_truncated_blob_is_refused_or_ends_between_units(void **state) {
  struct fixture *f = *state;
  size_t whole_units = 0;
  for (size_t len = 0; len < f->blob.len; len++) {
    uint8_t *exact = malloc(len + 1); /* so that reading past the end is noticed */
    assert_non_null(exact);
    (void)memcpy(exact, f->blob.ptr, len);
    struct row out;
    err e = decode(f, slice_of(exact, len), &out);
    free(exact);
    if (e == ERR_OK) whole_units++;
    if (e != ERR_OK) assert_int_equal(e, ERR_CORRUPT);
  }
  assert_int_equal(whole_units, 4); /* before each of the four units */
}

/* Whatever decodes has one form: it encodes to the bytes it came from. */
static void every_flipped_bit_is_refused_or_means_something_else(void **state) {
  struct fixture *f = *state;
  size_t refused = 0;
  for (size_t bit = 0; bit < f->blob.len * 8; bit++) {
    f->blob.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
    struct row out;
    err e = decode(f, buf_slice(&f->blob), &out);
    if (e == ERR_OK) {
      struct buf again = BUF_INIT(1 << 20);
      assert_int_equal(row_heads_encode(&again, &out, &f->book), ERR_OK);
      assert_true(slice_equal(buf_slice(&again), buf_slice(&f->blob)));
      buf_finish(&again);
    } else {
      assert_int_equal(e, ERR_CORRUPT);
      refused++;
    }
    f->blob.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
    arena_clear(&f->arena);
  }
  assert_true(refused > f->blob.len);
}

static void random_bytes_are_never_more_than_refused(void **state) {
  struct fixture *f = *state;
  uint64_t seed = 20261121;
  for (int round = 0; round < 20000; round++) {
    uint8_t bytes[40];
    for (size_t i = 0; i < sizeof bytes; i++) {
      seed = seed * 6364136223846793005U + 1442695040888963407U;
      bytes[i] = (uint8_t)(seed >> 40) & (i % 3 ? 0xFF : 0x7F);
    }
    struct row out;
    err e = decode(f, slice_of(bytes, (size_t)(seed >> 33) % sizeof bytes), &out);
    assert_true(e == ERR_OK || e == ERR_CORRUPT);
    arena_clear(&f->arena);
  }
}

static void malformed_blobs_are_named_one_by_one(void **state) {
  struct fixture *f = *state;
#define BYTES(...)                                                                                           \
  sizeof((uint8_t[]){__VA_ARGS__}), { __VA_ARGS__ }
  static const struct {
    const char *why;
    size_t len;
    uint8_t bytes[24];
  } bad[] = {
      {"unit out of range", BYTES(4, 0, 1, 1)},
      {"unit twice", BYTES(0, 0, 1, 1, 0, 0, 2, 1)},
      {"units falling", BYTES(1, 0, 1, 1, 0, 0, 2, 1)},
      {"unknown origin", BYTES(0, 99, 1, 1)},
      {"counter zero", BYTES(0, 0, 0, 1)},
      {"same without a head before", BYTES(16)},
      {"same with flags", BYTES(0, 0, 1, 1, 1 | 16 | 32)},
      {"same written out", BYTES(0, 0, 1, 1, 1, 0, 1, 1)},
      {"flags of zero", BYTES(32, 0, 1, 1, 0)},
      {"unknown flag", BYTES(32, 0, 1, 1, 8)},
      {"reserved bit", BYTES(128, 0, 1, 1)},
      {"many of one", BYTES(64, 1, 0, 0, 0, 1, 1)},
      {"many of none", BYTES(64, 0, 0)},
      {"more heads than bytes", BYTES(64, 64, 0, 0, 0, 1, 1)},
      {"too many heads", BYTES(64, 65, 0, 0, 0, 1, 1)},
      {"too many ghosts", BYTES(64, 0, 0x81, 0x08)},
      {"heads out of order", BYTES(64 | 2, 2, 0, 2, 0, 1, 1, 0, 2, 0, 1, 2, 0)},
      {"heads equal", BYTES(64 | 2, 2, 0, 2, 0, 1, 1, 0, 2, 0, 1, 1, 0)},
      {"head of another unit", BYTES(64 | 2, 2, 0, 2, 0, 1, 2, 0, 3, 0, 1, 1, 0)},
      {"value of another kind", BYTES(64 | 2, 2, 0, 2, 0, 1, 2, 2, 0, 2, 0, 1, 1, 0)},
      {"unknown kind", BYTES(64 | 2, 2, 0, 2, 0, 1, 2, 9, 2, 0, 1, 1, 0)},
      {"text that is not UTF-8", BYTES(64 | 3, 2, 0, 3, 0, 1, 2, 2, 1, 0xFF, 3, 0, 1, 1, 0)},
      {"ghost counter zero",
       BYTES(64, 0, 1, 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 1, 0)},
      {"varint too long", BYTES(0, 0x80, 0x00, 1, 1)},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct row out;
    if (decode(f, slice_of(bad[i].bytes, bad[i].len), &out) != ERR_CORRUPT)
      fail_msg("accepted: %s", bad[i].why);
  }
  static const uint8_t two_heads[] = {64 | 2, 2, 0, 2, 0, 1, 2, 0, 2, 0, 1, 1, 0},
                       two_units[] = {0, 0, 1, 1, 1, 0, 2, 1};
  struct row out;
  assert_int_equal(decode(f, slice_of(two_heads, sizeof two_heads), &out), ERR_OK);
  assert_int_equal(decode(f, slice_of(two_units, sizeof two_units), &out), ERR_OK);
}

static void a_small_arena_is_out_of_memory_and_not_corrupt(void **state) {
  struct fixture *f = *state;
  struct row out = {.table = f->row.table};
  for (size_t bytes = 0; bytes < 800; bytes += 64) {
    struct arena a = ARENA_INIT(bytes);
    assert_int_equal(row_heads_decode(&out, buf_slice(&f->blob), &f->book, &a), ERR_NO_MEMORY);
    arena_finish(&a);
  }
}

static void heads_are_ordered_by_stamp_device_incarnation_and_counter(void **state) {
  (void)state;
  const struct head ordered[] = {head_of('a', 1, 9, 0), head_of('b', 2, 8, 0), head_of('b', 1, 8, 0),
                                 head_of('a', 7, 8, 0)};
  for (size_t i = 0; i < 4; i++) {
    for (size_t k = 0; k < 4; k++) {
      int order = head_compare(&ordered[i], &ordered[k]);
      assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
    }
  }
}

static void origins_keep_their_numbers(void **state) {
  (void)state;
  struct origin_book book = {0};
  struct origin o = {letter('d'), 0, letter('p')};
  uint32_t no;
  for (int round = 0; round < 2; round++) {
    for (uint32_t i = 0; i < 5000; i++) {
      o.incarnation = i;
      assert_int_equal(origin_book_intern(&book, &o, &no), ERR_OK);
      assert_int_equal(no, i);
    }
  }
  assert_int_equal(book.count, 5000);
  o.author = letter('q');
  assert_int_equal(origin_book_intern(&book, &o, &no), ERR_OK);
  assert_int_equal(no, 5000);
  assert_true(id_equal(&origin_book_get(&book, 5000)->author, &o.author));
  assert_null(origin_book_get(&book, 5001));
  assert_null(origin_book_get(&book, UINT64_MAX));
  origin_book_truncate(&book, 100);
  assert_null(origin_book_get(&book, 100));
  assert_int_equal(origin_book_intern(&book, &o, &no), ERR_OK);
  assert_int_equal(no, 100);
  o.author = letter('p');
  o.incarnation = 99;
  assert_int_equal(origin_book_intern(&book, &o, &no), ERR_OK);
  assert_int_equal(no, 99);
  origin_book_finish(&book);
  origin_book_finish(&book);
}

int main(void) {
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
  const struct CMUnitTest tests[] = {
      WITH_FIXTURE(heads_come_back_as_they_went_in),
      cmocka_unit_test(an_ordinary_mark_takes_twelve_bytes),
      WITH_FIXTURE(a_truncated_blob_is_refused_or_ends_between_units),
      WITH_FIXTURE(every_flipped_bit_is_refused_or_means_something_else),
      WITH_FIXTURE(random_bytes_are_never_more_than_refused),
      WITH_FIXTURE(malformed_blobs_are_named_one_by_one),
      WITH_FIXTURE(a_small_arena_is_out_of_memory_and_not_corrupt),
      cmocka_unit_test(heads_are_ordered_by_stamp_device_incarnation_and_counter),
      cmocka_unit_test(origins_keep_their_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
