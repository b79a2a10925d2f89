/* import_long_test.c: lists of hundreds, which are looked up, compared and written together. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
/* clang-format on */

#include "tests/unit/server/import/import_desk.h"

enum { children = 300, groups = 30, text_max = 65536, taken_for_one = 10 };

/* Every thirtieth child is entered as another one already was; with `told_apart` the dates of birth say that
 * they are two. */
static void write_learners(struct buf *out, size_t from, size_t to, bool told_apart) {
  static const char *const first[] = {"Amber", "Bruno", "Clara", "Dario", "Edith", "Felix", "Greta"};
  static const char *const last[] = {"Birch", "Cedar", "Elder", "Hazel", "Larch", "Maple", "Rowan", "Thorn"};
  buf_clear(out);
  assert_int_equal(buf_printf(out, "ref,first_name,last_name,dob\n"), ERR_OK);
  for (size_t i = from; i < to; i++) {
    size_t who = i % 30 == 29 ? i - 1 : i;
    int32_t born = desk_day("2010-01-01") + (int32_t)(13 * who + (told_apart && who != i ? 400 : 0));
    char text[date_text_bytes];
    date_text(text, born);
    assert_int_equal(buf_printf(out, "L%zu,%s%zu,%s,%s\n", i, first[who % 7], who / 7, last[who % 8], text),
                     ERR_OK);
  }
  assert_int_equal(buf_put_u8(out, 0), ERR_OK);
}

static void write_groups(struct buf *out) {
  buf_clear(out);
  assert_int_equal(buf_printf(out, "ref,name,mode\n"), ERR_OK);
  for (size_t i = 0; i < groups; i++)
    assert_int_equal(buf_printf(out, "A%zu,Group %zu,ensemble\n", i, i), ERR_OK);
  assert_int_equal(buf_put_u8(out, 0), ERR_OK);
}

static void write_enrolments(struct buf *out, size_t from, size_t to) {
  buf_clear(out);
  assert_int_equal(buf_printf(out, "learner_ref,activity_ref,starts\n"), ERR_OK);
  for (size_t i = from; i < to; i++)
    for (size_t k = 0; k < 2; k++)
      assert_int_equal(buf_printf(out, "L%zu,A%zu,2026-09-01\n", i, (i + 7 * k) % groups), ERR_OK);
  assert_int_equal(buf_put_u8(out, 0), ERR_OK);
}

/* In lists of so many children each. */
static void bring_in(struct desk *d, size_t each) {
  struct buf text = BUF_INIT(text_max);
  write_groups(&text);
  desk_apply(d, "activities", (const char *)text.ptr);
  for (size_t i = 0; i < children; i += each) {
    write_learners(&text, i, i + each, false);
    desk_apply(d, "learners", (const char *)text.ptr);
  }
  for (size_t i = 0; i < children; i += each) {
    write_enrolments(&text, i, i + each);
    desk_apply(d, "enrolments", (const char *)text.ptr);
  }
  buf_finish(&text);
}

static int by_id(const void *a, const void *b) { return id_compare(a, b); }

/* Every row that a device with this group holds, by id. */
static struct id *rows_of_group(struct desk *d, size_t group, size_t *count) {
  char ref[24];
  struct stream_position at = {.audience = 0xFF};
  struct feed_batch batch;
  (void)snprintf(ref, sizeof ref, "A%zu", group);
  crypto_import_id(&at.stream, &d->host.hub.id, "activity", slice_text(ref));
  assert_int_equal(d->host.store->ops->read_feed(d->host.store, &at, 1000, &d->arena, &batch), ERR_OK);
  struct id *list = arena_take(&d->arena, batch.count + 1, sizeof *list);
  assert_non_null(list);
  for (size_t i = 0; i < batch.count; i++) {
    assert_int_equal(batch.items[i].kind, FEED_ROW);
    list[i] = batch.items[i].id;
  }
  qsort(list, batch.count, sizeof *list, by_id);
  *count = batch.count;
  return list;
}

static size_t open_items(struct desk *d, struct store_item **list) {
  size_t count;
  assert_int_equal(d->host.store->ops->work_item_list(d->host.store, 100, &d->arena, list, &count), ERR_OK);
  return count;
}

static int by_item(const void *a, const void *b) {
  const struct store_item *x = a, *y = b;
  return id_compare(&x->id, &y->id);
}

static void assert_same_items(struct desk *a, struct desk *b, size_t wanted) {
  struct store_item *one, *other;
  assert_int_equal(open_items(a, &one), wanted);
  assert_int_equal(open_items(b, &other), wanted);
  if (wanted == 0) return;
  qsort(one, wanted, sizeof *one, by_item);
  qsort(other, wanted, sizeof *other, by_item);
  for (size_t i = 0; i < wanted; i++) assert_true(id_equal(&one[i].id, &other[i].id));
}

static void tell_apart(struct desk *d, size_t each) {
  struct buf text = BUF_INIT(text_max);
  for (size_t i = 0; i < children; i += each) {
    write_learners(&text, i, i + each, true);
    desk_apply(d, "learners", (const char *)text.ptr);
  }
  buf_finish(&text);
}

/* A long list reads everybody at once, loads and saves rows together and goes to many streams; short ones do
 * all that one by one. */
static void a_list_of_hundreds_does_what_lists_of_a_few_do(void **state) {
  struct desk *whole = *state, *parts;
  void *second;
  assert_int_equal(desk_open(&second), 0);
  parts = second;
  bring_in(whole, children);
  bring_in(parts, 20);
  for (size_t group = 0; group < groups; group++) {
    size_t count, wanted;
    const struct id *rows = rows_of_group(whole, group, &count), *same = rows_of_group(parts, group, &wanted);
    assert_int_equal(count, 1 + 2 * 2 * children / groups); /* itself, and each child with its enrolment */
    assert_int_equal(count, wanted);
    for (size_t i = 0; i < count; i++) assert_true(id_equal(&rows[i], &same[i]));
  }
  assert_same_items(whole, parts, taken_for_one);
  tell_apart(whole, children);
  tell_apart(parts, 20);
  assert_same_items(whole, parts, 0);
  assert_int_equal(desk_close(&second), 0);
}

static void a_run_knows_every_row_it_wrote(void **state) {
  struct desk *d = *state;
  struct store_run_row *rows;
  size_t count;
  struct run_blocks blocks;
  bring_in(d, children);
  assert_int_equal(d->host.store->ops->run_rows(d->host.store, &d->run.id, &d->arena, &rows, &count), ERR_OK);
  assert_int_equal(count, 2 * children);
  for (size_t i = 0; i < count; i++) {
    assert_true(rows[i].fresh && rows[i].table->id == TABLE_enrolment);
    assert_true(i == 0 || id_compare(&rows[i - 1].row, &rows[i].row) < 0);
  }
  assert_int_equal(desk_undo(d, d->runs, &blocks), ERR_OK);
  for (size_t group = 0; group < groups; group++) { /* enrolments that nobody has any more, and no child */
    const struct id child = desk_learner(d, "L0").id;
    struct stream_position at = {.audience = 0xFF};
    struct feed_batch batch;
    char ref[24];
    (void)snprintf(ref, sizeof ref, "A%zu", group);
    crypto_import_id(&at.stream, &d->host.hub.id, "activity", slice_text(ref));
    assert_int_equal(d->host.store->ops->read_feed(d->host.store, &at, 1000, &d->arena, &batch), ERR_OK);
    for (size_t i = 0; i < batch.count; i++)
      assert_true(batch.items[i].kind == FEED_LEAVE || !id_equal(&batch.items[i].id, &child));
  }
}

/* A page asks meanwhile: seldom enough to cost nothing, often enough to be seen moving. */
static void how_far_a_long_list_is_is_told_in_passing(void **state) {
  struct desk *d = *state;
  struct buf text = BUF_INIT(text_max);
  write_learners(&text, 0, children, false);
  assert_int_equal(desk_read(d, "learners", (const char *)text.ptr), 0);
  (void)desk_look(d, IMPORT_NEW);
  desk_apply(d, "learners", (const char *)text.ptr);
  const struct desk_told *told[] = {&d->read, &d->looked, &d->applied};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(told[i]->times, 2); /* of 300 rows: at the first, and after 256 */
    assert_int_equal(told[i]->done, 256);
    assert_int_equal(told[i]->of,
                     i == 0 ? children + 1 : children); /* lines, of which one has the headings */
  }
  buf_finish(&text);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      CASE(a_list_of_hundreds_does_what_lists_of_a_few_do),
      CASE(a_run_knows_every_row_it_wrote),
      CASE(how_far_a_long_list_is_is_told_in_passing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
