/* feed_run_test.c: entries of the feed as bytes, cut, and bytes that cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/store/sqlite/feed_run.h"

enum { mark = 12, leave = 64 };
static const int64_t stream = INT64_C(7) << feed_position_bits;
static struct buf bytes = BUF_INIT(1 << 16);

static int setup(void **state) {
  (void)state;
  buf_clear(&bytes);
  return 0;
}

/* A mark of a register, which `group` stands for. */
static struct feed_entry entry(uint64_t position, uint8_t code, uint8_t group, uint8_t no) {
  return (struct feed_entry){
      .place = stream + (int64_t)position, .code = code, .row = {{group, 1, 2, 3, no, 5, 6, 7, 8, 9, 10}}};
}

static void encode(const struct feed_entry *list, size_t count) {
  buf_clear(&bytes);
  assert_int_equal(feed_run_encode(&bytes, list, count), ERR_OK);
}

static void is_read_again(const struct feed_entry *list, size_t count) {
  struct feed_entry out[feed_run_entries_max];
  size_t n;
  encode(list, count);
  assert_int_equal(feed_run_decode(out, &n, list[count - 1].place, buf_slice(&bytes)), ERR_OK);
  assert_int_equal(n, count);
  for (size_t i = 0; i < n; i++) {
    assert_int_equal(out[i].place, list[i].place);
    assert_int_equal(out[i].code, list[i].code);
    assert_true(id_equal(&out[i].row, &list[i].row));
  }
}

static void what_was_written_is_read_again(void **state) {
  (void)state;
  struct feed_entry list[feed_run_entries_max];
  for (uint8_t i = 0; i < feed_run_entries_max; i++) list[i] = entry(1000 + i, mark, i / 30, i);
  for (size_t count = 1; count <= feed_run_entries_max; count++) is_read_again(list, count);
}

static void an_entry_at_the_first_and_the_last_position_is_read_again(void **state) {
  (void)state;
  struct feed_entry first = entry(1, mark, 1, 1);
  is_read_again(&first, 1);
  struct feed_entry both[2] = {entry(1, mark, 1, 1),
                               entry((UINT64_C(1) << feed_position_bits) - 1, mark, 1, 2)};
  is_read_again(both, 2);
}

static void places_left_out_and_other_kinds_of_entry_are_kept(void **state) {
  (void)state;
  const struct feed_entry list[] = {entry(3, mark, 1, 1),   entry(4, mark + leave, 1, 1),
                                    entry(9, mark, 1, 2),   entry(10, mark, 2, 2),
                                    entry(400, mark, 2, 3), entry(401, feed_code_end - 1, 2, 3)};
  is_read_again(list, sizeof list / sizeof *list);
}

static void a_register_takes_a_few_bytes_a_mark(void **state) {
  (void)state;
  struct feed_entry list[30];
  for (uint8_t i = 0; i < 30; i++) list[i] = entry(50 + i, mark, 1, i);
  encode(list, 30);
  assert_int_equal(bytes.len, 17 + 29 * 13);
}

static void a_run_is_cut_at_its_edges_and_in_the_middle(void **state) {
  (void)state;
  static const struct {
    uint64_t cut[4];
    size_t count;
    uint64_t left[5];
    size_t left_count;
  } cases[] = {
      {{10}, 1, {11, 12, 15, 16}, 4},         {{16}, 1, {10, 11, 12, 15}, 4},
      {{12}, 1, {10, 11, 15, 16}, 4},         {{11, 12}, 2, {10, 15, 16}, 3},
      {{10, 16}, 2, {11, 12, 15}, 3},         {{9, 13, 14, 17}, 4, {10, 11, 12, 15, 16}, 5},
      {{12, 12, 13, 15}, 4, {10, 11, 16}, 3}, {{0}, 0, {10, 11, 12, 15, 16}, 5},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct feed_entry list[] = {entry(10, mark, 1, 0), entry(11, mark, 1, 1), entry(12, mark, 1, 2),
                                entry(15, mark, 1, 3), entry(16, mark, 1, 4)};
    int64_t places[4];
    for (size_t k = 0; k < cases[i].count; k++) places[k] = stream + (int64_t)cases[i].cut[k];
    size_t left = feed_run_cut(list, 5, places, cases[i].count);
    assert_int_equal(left, cases[i].left_count);
    for (size_t k = 0; k < left; k++) assert_int_equal(feed_position(list[k].place), cases[i].left[k]);
    is_read_again(list, left);
  }
}

static void a_run_that_is_cut_whole_has_nothing_left(void **state) {
  (void)state;
  struct feed_entry list[] = {entry(10, mark, 1, 0), entry(11, mark, 1, 1)};
  const int64_t places[] = {stream + 10, stream + 11};
  assert_int_equal(feed_run_cut(list, 2, places, 2), 0);
}

static void is_corrupt(struct slice s, int64_t last) {
  struct feed_entry out[feed_run_entries_max];
  size_t n;
  assert_int_equal(feed_run_decode(out, &n, last, s), ERR_CORRUPT);
  assert_int_equal(n, 0);
}

static void bytes_that_cannot_be_are_corrupt(void **state) {
  (void)state;
#define ID   "0123456789abcdef"
#define NEAR "456789abcdef"
  static const struct {
    const char *bytes;
    size_t len;
  } cases[] = {
#define CASE(text) {text, sizeof text - 1}
      CASE(""),                                  /* nothing */
      CASE("\x0c" NEAR),                         /* cut off */
      CASE("\x0c" ID "\x0c"),                    /* cut off behind the code */
      CASE("\xc0" NEAR),                         /* nothing before it to be near to */
      CASE("\xc1" ID),                           /* no such code */
      CASE("\x0c" ID "\xff" ID),                 /* nor that */
      CASE("\x00\x01\x0c" ID),                   /* begins with a hole */
      CASE("\x0c" ID "\x00\x01"),                /* ends with one */
      CASE("\x0c" ID "\x00\x00\x0c" ID),         /* a hole of nothing */
      CASE("\x0c" ID "\x00\x01\x00\x01\x0c" ID), /* two holes */
      CASE("\x0c" ID "\x00\x81\x00\x0c" ID),     /* a number longer than it need be */
      CASE("\x0c" ID "\x00\x63\xc0" NEAR),       /* begins before the first position */
      CASE("\x0c" ID "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\xc0" NEAR),
#undef CASE
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    is_corrupt(slice_of(cases[i].bytes, cases[i].len), stream + 100);
#undef ID
#undef NEAR
}

static void a_run_does_not_reach_into_the_stream_before(void **state) {
  (void)state;
  const struct feed_entry list[] = {entry(1, mark, 1, 0), entry(2, mark, 1, 1)};
  is_read_again(list, 2);
  is_corrupt(buf_slice(&bytes), stream + 1);
  is_corrupt(buf_slice(&bytes), stream);
}

static void a_longer_run_than_any_is_corrupt(void **state) {
  (void)state;
  struct feed_entry list[feed_run_entries_max];
  for (uint8_t i = 0; i < feed_run_entries_max; i++) list[i] = entry(100 + i, mark, 1, i);
  is_read_again(list, feed_run_entries_max);
  assert_int_equal(buf_append(&bytes, slice_of("\xc0"
                                               "456789abcdef",
                                               13)),
                   ERR_OK);
  is_corrupt(buf_slice(&bytes), stream + 1000);
}

/* Every run cut short at any byte is corrupt, or a shorter run. */
static void no_piece_of_a_run_is_read_past_its_end(void **state) {
  (void)state;
  struct feed_entry list[] = {entry(10, mark, 1, 0), entry(14, mark, 1, 1), entry(15, mark + leave, 1, 2),
                              entry(300, mark, 1, 3)},
                    out[feed_run_entries_max];
  size_t n;
  encode(list, 4);
  for (size_t len = 0; len < bytes.len; len++) {
    err e = feed_run_decode(out, &n, list[3].place, slice_of(bytes.ptr, len));
    assert_true(e == ERR_CORRUPT || (n > 0 && n < 4));
  }
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_was_written_is_read_again),
      TEST(an_entry_at_the_first_and_the_last_position_is_read_again),
      TEST(places_left_out_and_other_kinds_of_entry_are_kept),
      TEST(a_register_takes_a_few_bytes_a_mark),
      TEST(a_run_is_cut_at_its_edges_and_in_the_middle),
      TEST(a_run_that_is_cut_whole_has_nothing_left),
      TEST(bytes_that_cannot_be_are_corrupt),
      TEST(a_run_does_not_reach_into_the_stream_before),
      TEST(a_longer_run_than_any_is_corrupt),
      TEST(no_piece_of_a_run_is_read_past_its_end),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  buf_finish(&bytes);
  return failed;
}
