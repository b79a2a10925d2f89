/* store_test.c: what every store promises: transactions, rows, history, order, feed, rights, devices,
 * bundles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/contract/store/engine.h"
#include "tests/contract/store/store_row.h"

static struct store *store;
static struct arena arena;
static const struct id device = {{1}}, author = {{2}}, activity = {{3}}, learner = {{4}}, other = {{5}};

static int setup(void **state) {
  (void)state;
  arena = (struct arena)ARENA_INIT(1 << 26);
  assert_int_equal(crypto_init(), ERR_OK);
  store = engine_open();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  store->ops->close(store);
  arena_finish(&arena);
  engine_remove();
  return 0;
}

static void ok(err e) { assert_string_equal(err_name(e), "OK"); }

static struct row make_school(const struct id *id, const char *name, uint64_t version) {
  struct row row = store_row(TABLE_school, id, version, &arena);
  row.values[COL(school, name)] = value_text(slice_text(name));
  return row;
}

static void save_row(const struct row *row) {
  struct write_set w = {.rows = &row, .row_count = 1};
  ok(store->ops->save(store, &w));
}

static struct row load(struct store *s, uint8_t table, const struct id *id) {
  struct row row;
  ok(s->ops->load_row(s, schema_table(table), id, &arena, &row));
  return row;
}

/* ---- rows ---- */

static struct id numbered(size_t n) {
  struct id id;
  char ref[24];
  (void)snprintf(ref, sizeof ref, "%zu", n);
  crypto_import_id(&id, &author, "school", slice_text(ref));
  return id;
}

/* Of `there` rows, which are saved or not, each that `step` leads to, and as many that nobody has saved. */
static void load_some(size_t there, size_t step, bool saved) {
  size_t count = 0;
  struct row *rows = arena_take(&arena, 2 * there, sizeof *rows);
  struct row **list = arena_take(&arena, 2 * there, sizeof(struct row *));
  assert_true(rows && list);
  for (size_t i = 0; i < there; i += step) {
    for (size_t absent = 0; absent < 2; absent++, count++) {
      rows[count] = (struct row){.table = schema_table(TABLE_school), .id = numbered(i + absent * there)};
      list[count] = &rows[count];
    }
  }
  ok(store->ops->load_rows(store, list, count, &arena));
  for (size_t i = 0; i < count; i++) {
    struct row alone = load(store, TABLE_school, &rows[i].id);
    assert_int_equal(rows[i].exists, saved && i % 2 == 0);
    assert_int_equal(rows[i].exists, alone.exists);
    assert_int_equal(rows[i].version, alone.version);
    assert_true(value_equal(&rows[i].values[COL(school, name)], &alone.values[COL(school, name)]));
  }
}

/* Whether they are read from one end of the table to the other, or found one by one. */
static void a_long_list_of_rows_is_loaded_as_each_alone_is(void **state) {
  (void)state;
  enum { there = 2000 };
  load_some(there, 4, false);
  ok(store->ops->begin(store));
  for (size_t i = 0; i < there; i++) {
    struct id id = numbered(i);
    struct row row = make_school(&id, i % 3 ? "Hill" : "Valley", i + 1);
    save_row(&row);
  }
  load_some(there, 2, true);
  load_some(there, 12, true);
  ok(store->ops->commit(store));
}

/* ---- transactions ---- */

static void what_was_committed_stays(void **state) {
  (void)state;
  struct row row = make_school(&other, "Hill", 1);
  ok(store->ops->begin(store));
  save_row(&row);
  ok(store->ops->commit(store));
  store->ops->close(store);
  store = engine_again();
  assert_true(
      slice_equal(load(store, TABLE_school, &other).values[COL(school, name)].text, slice_text("Hill")));
}

static void what_was_rolled_back_was_never_there(void **state) {
  (void)state;
  struct row row = make_school(&other, "Hill", 1);
  ok(store->ops->begin(store));
  save_row(&row);
  ok(store->ops->number_save(store, STORE_POSITION, 9));
  store->ops->rollback(store);
  uint64_t n;
  ok(store->ops->number_load(store, STORE_POSITION, &n));
  assert_int_equal(n, 0);
  assert_false(load(store, TABLE_school, &other).exists);
  ok(store->ops->begin(store));
  save_row(&row);
  ok(store->ops->commit(store));
  struct row again = load(store, TABLE_school, &other);
  assert_true(id_equal(&again.units[1].heads[0].author, &author));
}

static void a_reader_sees_a_snapshot(void **state) {
  (void)state;
  struct store *reader = engine_reader();
  struct row row = make_school(&other, "Hill", 1);
  ok(reader->ops->begin_read(reader));
  assert_false(load(reader, TABLE_school, &other).exists);
  save_row(&row);
  assert_false(load(reader, TABLE_school, &other).exists);
  reader->ops->rollback(reader);
  assert_true(load(reader, TABLE_school, &other).exists);
  reader->ops->close(reader);
}

static void only_one_writes_at_a_time(void **state) {
  (void)state;
  ok(store->ops->begin(store));
  assert_int_equal(store->ops->begin(store), ERR_CONFLICT);
  store->ops->rollback(store);
}

static void a_reader_cannot_write(void **state) {
  (void)state;
  struct store *reader = engine_reader();
  struct row row = make_school(&other, "Hill", 1), *rows = &row;
  struct write_set w = {.rows = (const struct row *const *)&rows, .row_count = 1};
  assert_int_equal(reader->ops->save(reader, &w), ERR_READ_ONLY);
  reader->ops->close(reader);
}

static void numbers_begin_where_they_should(void **state) {
  (void)state;
  uint64_t n;
  ok(store->ops->number_load(store, STORE_EPOCH, &n));
  assert_int_equal(n, 1);
  ok(store->ops->number_load(store, STORE_OFFICE_COUNTER, &n));
  assert_int_equal(n, 0);
}

/* ---- rows and history ---- */

static void a_batch_of_rows_is_loaded_in_one_go(void **state) {
  (void)state;
  struct row a = make_school(&other, "Hill", 1);
  save_row(&a);
  struct row there = {.table = a.table, .id = other}, missing = {.table = a.table, .id = author};
  struct row *rows[2] = {&there, &missing};
  ok(store->ops->load_rows(store, rows, 2, &arena));
  assert_true(there.exists);
  assert_false(missing.exists);
  assert_true(id_equal(&missing.id, &author));
}

static void history_keeps_every_value_of_every_kind(void **state) {
  (void)state;
  const struct table *t = schema_table(TABLE_session);
  struct id row_id = {{8}};
  struct row row = store_row(TABLE_session, &row_id, 1, &arena);
  struct value values[op_columns_max] = {{0}};
  values[COL(session, activity)] = value_id(&activity);
  values[COL(session, date)] = value_int(-3);
  values[COL(session, starts)] = value_int(1439);
  values[COL(session, place)] = value_text(slice_text("Gr\xc3\xbcner Saal"));
  const struct row *rows[1] = {&row};
  struct write_history h = {.table = t,
                            .row = row_id,
                            .op = {.device = device, .incarnation = 3, .counter = 77},
                            .author = author,
                            .stamp = 1795262400123,
                            .flags = OP_UNSURE,
                            .units = 1 | 2 | 1U << 4,
                            .values = values};
  for (uint8_t unit = 0; unit < t->unit_count; unit++) {
    if (row.units[unit].count) row.units[unit].heads[0].op = h.op;
  }
  struct write_set w = {.rows = rows, .row_count = 1, .history = &h, .history_count = 1};
  ok(store->ops->save(store, &w));
  store->ops->close(store);
  store = engine_again();
  struct store_history *list;
  size_t count;
  ok(store->ops->read_history(store, t, &row_id, &arena, &list, &count));
  assert_int_equal(count, 1);
  assert_true(op_id_equal(&list[0].op, &h.op));
  assert_true(id_equal(&list[0].author, &author));
  assert_int_equal(list[0].stamp, h.stamp);
  assert_int_equal(list[0].flags, OP_UNSURE);
  assert_int_equal(list[0].units, h.units);
  for (size_t i = 0; i < t->column_count; i++) assert_true(value_equal(&list[0].values[i], &values[i]));
}

static void accepted_counters_are_remembered_in_ranges(void **state) {
  (void)state;
  struct op_range ranges[3] = {{device, 1, 1, 10}, {device, 1, 11, 20}, {device, 1, 30, 31}};
  struct write_set w = {.seen = ranges, .seen_count = 3};
  ok(store->ops->save(store, &w));
  const struct {
    uint64_t counter;
    bool seen;
  } cases[] = {{1, true},   {10, true}, {11, true}, {20, true}, {21, false},
               {29, false}, {30, true}, {31, true}, {32, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct op_id op = {.device = device, .incarnation = 1, .counter = cases[i].counter};
    bool seen;
    ok(store->ops->seen(store, &op, &seen));
    assert_int_equal(seen, cases[i].seen);
  }
  uint64_t last;
  ok(store->ops->seen_last(store, &device, 1, &last));
  assert_int_equal(last, 31);
  ok(store->ops->seen_last(store, &device, 2, &last));
  assert_int_equal(last, 0);
}

/* A store may remember what it found, but not what was taken back. */
static void what_was_accepted_and_rolled_back_was_not_accepted(void **state) {
  (void)state;
  struct op_range range = {device, 1, 1, 10};
  struct write_set w = {.seen = &range, .seen_count = 1};
  const struct op_id op = {.device = device, .incarnation = 1, .counter = 5};
  bool seen;
  ok(store->ops->begin(store));
  ok(store->ops->save(store, &w));
  ok(store->ops->seen(store, &op, &seen));
  assert_true(seen);
  store->ops->rollback(store);
  ok(store->ops->seen(store, &op, &seen));
  assert_false(seen);
}

/* ---- feed ---- */

static struct feed_batch read_feed(uint64_t from, size_t rows_max) {
  struct stream_position at = {.stream = activity, .position = from, .audience = AUDIENCE_TEACHING};
  struct feed_batch b;
  ok(store->ops->begin_read(store));
  ok(store->ops->read_feed(store, &at, rows_max, &arena, &b));
  store->ops->rollback(store);
  return b;
}

static void put(const struct id *row_id, enum feed_kind kind, uint64_t position, uint64_t before) {
  struct row row = make_school(row_id, "Hill", position);
  struct write_feed f = {.stream = activity,
                         .table = row.table,
                         .row = *row_id,
                         .kind = kind,
                         .position = position,
                         .before = before};
  save_row(&row);
  struct write_set w = {.feed = &f, .feed_count = 1};
  ok(store->ops->save(store, &w));
  ok(store->ops->number_save(store, STORE_POSITION, position));
}

static void a_row_stands_once_in_a_stream_at_its_latest_position(void **state) {
  (void)state;
  put(&other, FEED_ROW, 1, 0);
  put(&learner, FEED_ROW, 2, 0);
  put(&other, FEED_ROW, 3, 1);
  struct feed_batch b = read_feed(0, 100);
  assert_int_equal(b.count, 2);
  assert_true(id_equal(&b.items[0].id, &learner));
  assert_true(id_equal(&b.items[1].id, &other));
  assert_true(b.checkpoint);
  assert_int_equal(b.to, 3);
  assert_int_equal(read_feed(2, 100).count, 1);
  assert_int_equal(read_feed(3, 100).count, 0);
}

static void a_long_stream_comes_in_batches_and_ends_with_a_checkpoint(void **state) {
  (void)state;
  for (uint8_t i = 1; i <= 5; i++) {
    struct id id = {{i, 9}};
    put(&id, FEED_ROW, i, 0);
  }
  struct feed_batch b = read_feed(0, 2);
  assert_int_equal(b.count, 2);
  assert_false(b.checkpoint);
  assert_int_equal(b.to, 2);
  b = read_feed(b.to, 2);
  assert_false(b.checkpoint);
  b = read_feed(b.to, 2);
  assert_int_equal(b.count, 1);
  assert_true(b.checkpoint);
}

static void a_checkpoint_stands_at_the_hubs_number(void **state) {
  (void)state;
  put(&other, FEED_ROW, 1, 0);
  ok(store->ops->number_save(store, STORE_POSITION, 50));
  assert_int_equal(read_feed(0, 100).to, 50);
}

static void a_position_from_the_future_starts_the_stream_again(void **state) {
  (void)state;
  put(&other, FEED_ROW, 1, 0);
  struct feed_batch b = read_feed(99, 100);
  assert_true(b.restart);
  assert_int_equal(b.from, 0);
  assert_int_equal(b.count, 1);
}

/* ---- devices, order ---- */

static struct store_device make_device(void) {
  struct store_device d = {.id = device,
                           .kind = ENUM_device_kind_kiosk,
                           .status = ENUM_device_status_active,
                           .incarnation = 1,
                           .enrolled_ms = 5};
  (void)snprintf(d.name, sizeof d.name, "Kiosk");
  d.sign_public[0] = 7;
  d.noise_public[31] = 8;
  return d;
}

static void a_device_is_what_was_saved(void **state) {
  (void)state;
  struct store_device d = make_device(), read;
  assert_int_equal(store->ops->device_load(store, &device, &read), ERR_NOT_FOUND);
  ok(store->ops->device_save(store, &d));
  struct store_chain c = {.device = device, .incarnation = 1, .seq = 4, .hash = {9}};
  ok(store->ops->chain_save(store, &c));
  ok(store->ops->device_load(store, &device, &read));
  assert_string_equal(read.name, "Kiosk");
  assert_memory_equal(read.noise_public, d.noise_public, key_bytes);
  assert_int_equal(read.seq, 4);
  assert_int_equal(read.hash[0], 9);
}

static void an_incarnation_never_goes_back(void **state) {
  (void)state;
  struct store_device d = make_device();
  d.incarnation = 3;
  ok(store->ops->device_save(store, &d));
  d.incarnation = 2;
  ok(store->ops->device_save(store, &d));
  ok(store->ops->device_load(store, &device, &d));
  assert_int_equal(d.incarnation, 3);
}

static void a_bundle_keeps_its_number_when_its_receipt_changes(void **state) {
  (void)state;
  uint64_t first, second;
  struct store_bundle b = {.device = device,
                           .incarnation = 1,
                           .seq = 2,
                           .hash = {6},
                           .status = RECEIPT_HELD,
                           .received_ms = 11,
                           .receipt = slice_text("held"),
                           .raw = slice_text("raw")};
  struct store_bundle read;
  ok(store->ops->bundle_save(store, &b, &first));
  ok(store->ops->bundle_load(store, &device, 1, 2, &arena, &read));
  assert_true(slice_equal(read.raw, slice_text("raw")));
  b.status = RECEIPT_APPLIED;
  b.receipt = slice_text("final");
  b.raw = (struct slice){NULL, 0};
  ok(store->ops->bundle_save(store, &b, &second));
  assert_int_equal(first, second);
  ok(store->ops->bundle_load(store, &device, 1, 2, &arena, &read));
  assert_true(slice_equal(read.receipt, slice_text("final")));
  assert_int_equal(read.raw.len, 0);
  assert_int_equal(store->ops->bundle_load(store, &device, 1, 3, &arena, &read), ERR_NOT_FOUND);
  assert_int_equal(store->ops->bundle_load(store, &device, 1, UINT64_MAX, &arena, &read), ERR_NOT_FOUND);
}

static void a_token_is_what_was_saved_and_remembers_its_use(void **state) {
  (void)state;
  struct store_token t = {.id = other,
                          .psk = {3},
                          .kind = 1,
                          .staff = {author, learner},
                          .staff_count = 2,
                          .expires_ms = 77},
                     read;
  ok(store->ops->token_save(store, &t));
  ok(store->ops->token_load(store, &other, &read));
  assert_int_equal(read.staff_count, 2);
  assert_true(id_equal(&read.staff[1], &learner));
  assert_true(id_is_zero(&read.used_by));
  t.used_by = device;
  ok(store->ops->token_save(store, &t));
  ok(store->ops->token_load(store, &other, &read));
  assert_true(id_equal(&read.used_by, &device));
}

/* ---- people ---- */

static void accounts_and_their_sessions_are_what_was_saved(void **state) {
  (void)state;
  struct store_user u = {.id = author,
                         .roles = 5,
                         .salt = {1},
                         .hash = {2},
                         .passes = 2,
                         .memory_kib = 65536,
                         .wrong = 3,
                         .wait_until_ms = 9,
                         .locked = true},
                    v;
  (void)snprintf(u.name, sizeof u.name, "office");
  ok(users_save(store, &u));
  ok(users_load(store, slice_text("office"), &v));
  assert_int_equal(v.roles, 5);
  assert_int_equal(v.wrong, 3);
  assert_true(v.locked);
  assert_int_equal(users_load(store, slice_text("Office"), &v), ERR_NOT_FOUND);
  struct store_login l = {.cookie_hash = {4}, .user = author, .roles = 5, .csrf = {8}, .expires_ms = 99}, m;
  ok(logins_save(store, &l));
  ok(logins_load(store, l.cookie_hash, &m));
  assert_memory_equal(l.csrf, m.csrf, sizeof l.csrf);
  ok(logins_remove(store, l.cookie_hash));
  assert_int_equal(logins_load(store, l.cookie_hash, &m), ERR_NOT_FOUND);
}

static void the_digest_depends_on_rows_and_not_on_positions(void **state) {
  (void)state;
  uint8_t a[hash_bytes], b[hash_bytes];
  struct row row = make_school(&other, "Hill", 1);
  ok(views_digest(store, a));
  save_row(&row);
  ok(views_digest(store, b));
  assert_memory_not_equal(a, b, hash_bytes);
  row.version = 99;
  save_row(&row);
  ok(views_digest(store, a));
  assert_memory_equal(a, b, hash_bytes);
}

/* ---- visitors ---- */

static struct row make_mark(uint8_t number, const struct id *session, const struct id *of) {
  struct row row = {
      .table = schema_table(TABLE_mark), .id = {{0x3a, number}}, .exists = true, .version = number};
  if (session) row.values[COL(mark, session)] = value_id(session);
  if (of) row.values[COL(mark, learner)] = value_id(of);
  row.values[COL(mark, code)] = value_int(ENUM_mark_code_P);
  return row;
}

/* What a mark says may be known before whose it is: such a one stands between others, first and last. */
static void a_mark_whose_session_or_learner_is_not_known_is_nobodys_visit(void **state) {
  (void)state;
  const struct row list[] = {make_mark(1, NULL, &learner), make_mark(2, &activity, &learner),
                             make_mark(3, &activity, NULL), make_mark(4, &activity, &other),
                             make_mark(5, NULL, NULL)};
  const struct row *rows[] = {&list[0], &list[1], &list[2], &list[3], &list[4]};
  const struct write_set w = {.rows = rows, .row_count = 5};
  ok(store->ops->save(store, &w));
  assert_int_equal(engine_visitors(store), 2);
  const struct row late = make_mark(5, &activity, &author), *one = &late;
  const struct write_set more = {.rows = &one, .row_count = 1};
  ok(store->ops->save(store, &more));
  assert_int_equal(engine_visitors(store), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_long_list_of_rows_is_loaded_as_each_alone_is),
      TEST(what_was_committed_stays),
      TEST(what_was_rolled_back_was_never_there),
      TEST(a_reader_sees_a_snapshot),
      TEST(only_one_writes_at_a_time),
      TEST(a_reader_cannot_write),
      TEST(numbers_begin_where_they_should),
      TEST(a_batch_of_rows_is_loaded_in_one_go),
      TEST(history_keeps_every_value_of_every_kind),
      TEST(accepted_counters_are_remembered_in_ranges),
      TEST(what_was_accepted_and_rolled_back_was_not_accepted),
      TEST(a_row_stands_once_in_a_stream_at_its_latest_position),
      TEST(a_long_stream_comes_in_batches_and_ends_with_a_checkpoint),
      TEST(a_checkpoint_stands_at_the_hubs_number),
      TEST(a_position_from_the_future_starts_the_stream_again),
      TEST(a_device_is_what_was_saved),
      TEST(an_incarnation_never_goes_back),
      TEST(a_bundle_keeps_its_number_when_its_receipt_changes),
      TEST(a_token_is_what_was_saved_and_remembers_its_use),
      TEST(accounts_and_their_sessions_are_what_was_saved),
      TEST(the_digest_depends_on_rows_and_not_on_positions),
      TEST(a_mark_whose_session_or_learner_is_not_known_is_nobodys_visit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
