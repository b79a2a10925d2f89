/* alias_test.c: one child under two ids, one meeting entered twice, rows removed, absences explained: what
 * lists and counts make of them, and that everything can be taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/detect.h"
#include "server/core/reconcile.h"
#include "server/core/views_day.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;
static struct fault fault;

static struct reconcile office(void) {
  fault = (struct fault){.code = ERR_OK};
  return (struct reconcile){
      .hub = &w->host.hub, .store = w->host.store, .now = w->host.now, .by = w->world.ben, .fault = &fault};
}

static size_t open_items(struct store_item **out) {
  size_t count;
  assert_int_equal(w->host.store->ops->work_item_list(w->host.store, 100, &w->arena, out, &count), ERR_OK);
  return count;
}

static struct store_item only_item(enum work_item_kind kind) {
  struct store_item *list;
  assert_int_equal(open_items(&list), 1);
  assert_int_equal(list[0].kind, kind);
  return list[0];
}

static struct item_view show(const struct id *id) {
  struct item_view v;
  struct reconcile r = office();
  assert_int_equal(reconcile_show(&v, &r, id, &w->arena), ERR_OK);
  return v;
}

static void decide(const struct id *id, size_t choice) {
  struct change_set changes;
  struct item_view v = show(id);
  struct reconcile r = office();
  struct decision d = {.item = *id, .choice = choice, .why = slice_text("rang the school")};
  bytes_copy(d.heads, v.heads, key_bytes);
  if (reconcile_decide(&changes, &r, &d) != ERR_OK) fail_msg("%s", fault.text);
  assert_int_equal(show(id).item.state, ITEM_DECIDED);
}

static void undo(const struct id *id) {
  struct change_set changes;
  struct reconcile r = office();
  if (reconcile_undo(&changes, &r, id, slice_text("they are twins")) != ERR_OK) fail_msg("%s", fault.text);
  assert_int_equal(show(id).item.state, ITEM_OPEN);
}

static struct row load(uint8_t table, const struct id *id) {
  struct row row;
  assert_int_equal(w->host.store->ops->load_row(w->host.store, schema_table(table), id, &w->arena, &row),
                   ERR_OK);
  return row;
}

static struct id canonical(const struct id *id) {
  struct id out;
  assert_int_equal(w->host.store->ops->alias_canonical(w->host.store, id, &out), ERR_OK);
  return out;
}

static void merge_into(const struct id *from, const struct id *into) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *from, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(into ? ENUM_learner_status_merged : ENUM_learner_status_active);
  if (into) op.values[COL(learner, merged_into)] = value_id(into);
  hub_world_put(&w->host, &op);
}

/* What a stream says of a row: a row, a leave, or nothing. */
static int feed_says(const struct id *stream, uint8_t table, const struct id *row) {
  struct stream_position from = {.stream = *stream, .audience = AUDIENCE_TEACHING};
  struct feed_batch batch;
  int says = 0;
  assert_int_equal(w->host.store->ops->read_feed(w->host.store, &from, 1000, &w->arena, &batch), ERR_OK);
  for (size_t i = 0; i < batch.count; i++) {
    if (batch.items[i].table->id == table && id_equal(&batch.items[i].id, row))
      says = (int)batch.items[i].kind;
  }
  return says;
}

static struct view_register_detail the_register(const struct id *session) {
  struct view_register_detail d;
  assert_int_equal(views_register(w->host.store, session, &w->host.now, &w->arena, &d), ERR_OK);
  return d;
}

static const struct view_mark *mark_in(const struct view_register_detail *d, const struct id *learner) {
  for (size_t i = 0; i < d->mark_count; i++) {
    if (id_equal(&d->marks[i].learner, learner)) return &d->marks[i];
  }
  return NULL;
}

static size_t exported;
static bool count_row(void *ctx, const struct view_export_row *r) {
  (void)ctx, (void)r;
  exported++;
  return true;
}

static size_t export_count(void) {
  exported = 0;
  assert_int_equal(views_export_registers(w->host.store, w->world.today, w->world.today, count_row, NULL),
                   ERR_OK);
  return exported;
}

static void close_register(void) {
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, &w->world.strings_today, 1);
  op.values[COL(register, session)] = value_id(&w->world.strings_today);
  op.values[COL(register, state)] = value_int(ENUM_register_state_closed);
  test_device_write(&w->device, &w->world.ada, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
}

/* ---- one child ---- */

static void merged_learners_travel_together_and_part_again(void **state) {
  (void)state;
  merge_into(&w->world.kit, &w->world.zoe); /* Kit plays in Brass, Zoe in Strings */
  assert_int_equal(feed_says(&w->world.strings, TABLE_learner, &w->world.kit), FEED_ROW);
  assert_int_equal(feed_says(&w->world.brass, TABLE_learner, &w->world.zoe), FEED_ROW);
  struct id stands = canonical(&w->world.kit);
  assert_true(id_equal(&stands, &w->world.zoe));
  merge_into(&w->world.kit, NULL);
  assert_int_equal(feed_says(&w->world.strings, TABLE_learner, &w->world.kit), FEED_LEAVE);
  assert_int_equal(feed_says(&w->world.brass, TABLE_learner, &w->world.zoe), FEED_LEAVE);
  assert_int_equal(feed_says(&w->world.brass, TABLE_learner, &w->world.kit), FEED_ROW);
  assert_int_equal(feed_says(&w->world.strings, TABLE_learner, &w->world.zoe), FEED_ROW);
  stands = canonical(&w->world.kit);
  assert_true(id_equal(&stands, &w->world.kit));
}

static void an_enrolment_that_ends_takes_nobody_away_who_is_enrolled_under_another_id(void **state) {
  (void)state;
  merge_into(&w->world.jo, &w->world.zoe); /* both play in Strings */
  hub_world_enrol(&w->host, &w->world.jo, &w->world.strings, w->world.today - 30, w->world.today - 1);
  assert_int_equal(feed_says(&w->world.strings, TABLE_learner, &w->world.jo), FEED_ROW);
  hub_world_enrol(&w->host, &w->world.zoe, &w->world.strings, w->world.today - 30, w->world.today - 1);
  assert_int_equal(feed_says(&w->world.strings, TABLE_learner, &w->world.jo), FEED_LEAVE);
  assert_int_equal(feed_says(&w->world.strings, TABLE_learner, &w->world.zoe), FEED_LEAVE);
}

static void chains_lead_to_their_end_and_circles_to_their_lowest_id(void **state) {
  (void)state;
  const struct id *ids[] = {&w->world.zoe, &w->world.jo, &w->world.li};
  struct id lowest = w->world.zoe;
  merge_into(ids[0], ids[1]);
  merge_into(ids[1], ids[2]);
  for (size_t i = 0; i < 3; i++) {
    struct id c = canonical(ids[i]);
    assert_true(id_equal(&c, ids[2]));
    if (id_compare(ids[i], &lowest) < 0) lowest = *ids[i];
  }
  merge_into(ids[2], ids[0]);
  for (size_t i = 0; i < 3; i++) {
    struct id c = canonical(ids[i]);
    assert_true(id_equal(&c, &lowest));
  }
  merge_into(ids[1], NULL);
  struct id c = canonical(ids[0]), d = canonical(ids[2]);
  assert_true(id_equal(&c, ids[1]) && id_equal(&d, ids[1]));
  hub_host_reopen(&w->host);
  c = canonical(ids[2]);
  assert_true(id_equal(&c, ids[1]));
}

static void two_marks_of_one_child_count_once_and_ask_a_person(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_AU);
  ingest_bring(&w->device);
  close_register();
  assert_int_equal(export_count(), 2);
  merge_into(&w->world.jo, &w->world.zoe);
  struct store_item two = only_item(ITEM_TWO_MARKS);
  struct view_register_detail d = the_register(&w->world.strings_today);
  assert_int_equal(d.summary.totals.here, 1);
  assert_int_equal(d.summary.totals.away, 0);
  assert_int_equal(d.summary.totals.of, 2); /* Zoe who is Jo, and Li */
  assert_null(mark_in(&d, &w->world.jo));
  const struct view_mark *m = mark_in(&d, &w->world.zoe);
  assert_int_equal(m->code, ENUM_mark_code_P);
  assert_true(m->conflict);
  assert_int_equal(m->history_count, 2);
  assert_int_equal(export_count(), 1);
  struct item_view v = show(&two.id);
  assert_int_equal(v.choice_count, 2);
  assert_true(v.choices[0].in_use);
  decide(&two.id, 1); /* it was Jo's that is right */
  v = show(&two.id);
  assert_true(v.choices[1].in_use && !v.choices[0].in_use);
  d = the_register(&w->world.strings_today);
  assert_int_equal(mark_in(&d, &w->world.zoe)->code, ENUM_mark_code_AU);
  assert_false(mark_in(&d, &w->world.zoe)->conflict);
  undo(&two.id);
  d = the_register(&w->world.strings_today);
  assert_int_equal(mark_in(&d, &w->world.zoe)->code, ENUM_mark_code_P);
  merge_into(&w->world.jo, NULL); /* they are two after all: each has their own mark */
  assert_int_equal(show(&two.id).item.state, ITEM_SETTLED);
  d = the_register(&w->world.strings_today);
  assert_int_equal(mark_in(&d, &w->world.jo)->code, ENUM_mark_code_AU);
  assert_int_equal(export_count(), 2);
}

static void marks_that_come_later_under_the_old_id_follow(void **state) {
  (void)state;
  merge_into(&w->world.jo, &w->world.zoe);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_L);
  ingest_bring(&w->device);
  struct view_register_detail d = the_register(&w->world.strings_today);
  assert_int_equal(mark_in(&d, &w->world.zoe)->code, ENUM_mark_code_L);
  struct store_item *list;
  assert_int_equal(open_items(&list), 0);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_bring(&w->device);
  (void)only_item(ITEM_TWO_MARKS);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  ingest_bring(&w->device); /* Jo's mark says the same now, to whoever reads the newest */
  assert_int_equal(open_items(&list), 0);
}

static void a_device_cannot_say_who_is_one_child(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.jo, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&w->world.zoe);
  test_device_write(&w->device, &w->world.ada, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
}

/* ---- likely duplicates ---- */

static struct id walk_in(struct test_device *d, const struct id *author, const char *first,
                         const char *last) {
  struct entropy e = hub_host_entropy(&w->host);
  struct op op = {.table = schema_table(TABLE_learner), .row = entropy_id(&e), .units = 1U << 1 | 1U << 4};
  op.values[COL(learner, first_name)] = value_text(slice_text(first));
  op.values[COL(learner, last_name)] = value_text(slice_text(last));
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_provisional);
  test_device_write(d, author, &op);
  assert_int_equal(ingest_bring(d).status,
                   RECEIPT_CONFLICT); /* a name is a proposal until the office agrees */
  return op.row;
}

static struct id duplicate_item(const struct id *a, const struct id *b) {
  struct id id;
  bool swap = id_compare(a, b) > 0;
  work_item_id(&id, ITEM_DUPLICATE, schema_table(TABLE_learner), swap ? b : a,
               schema_table(TABLE_learner)->columns[COL(learner, merged_into)].unit, swap ? a : b);
  return id;
}

static bool is_open(const struct id *id) {
  struct store_item i;
  err e = w->host.store->ops->work_item_load(w->host.store, id, &w->arena, &i);
  return e == ERR_OK && i.state == ITEM_OPEN;
}

static void a_walk_in_with_a_known_name_may_be_a_duplicate(void **state) {
  (void)state;
  struct id zoe = walk_in(&w->device, &w->world.ada, "zoe", "TESTING");
  struct id id = duplicate_item(&zoe, &w->world.zoe);
  assert_true(is_open(&id));
  struct id nobody = walk_in(&w->device, &w->world.ada, "Zoe", "Other");
  struct id other = duplicate_item(&nobody, &w->world.zoe);
  assert_false(is_open(&other));
}

static void a_duplicate_is_merged_and_unmerged(void **state) {
  (void)state;
  struct id zoe = walk_in(&w->device, &w->world.ada, "zoe", "testing");
  struct id id = duplicate_item(&zoe, &w->world.zoe);
  struct item_view v = show(&id);
  assert_int_equal(v.choice_count, 3);
  size_t keep = id_equal(&v.choices[0].row, &w->world.zoe) ? 0 : 1;
  decide(&id, keep);
  struct row row = load(TABLE_learner, &zoe);
  assert_true(id_equal(&row.values[COL(learner, merged_into)].id, &w->world.zoe));
  struct id c = canonical(&zoe);
  assert_true(id_equal(&c, &w->world.zoe));
  undo(&id);
  row = load(TABLE_learner, &zoe);
  assert_int_equal(row.values[COL(learner, merged_into)].kind, VALUE_NULL);
  assert_int_equal(row.values[COL(learner, status)].i, ENUM_learner_status_provisional);
  c = canonical(&zoe);
  assert_true(id_equal(&c, &zoe));
}

static void not_the_same_is_remembered(void **state) {
  (void)state;
  struct id zoe = walk_in(&w->device, &w->world.ada, "zoe", "testing");
  struct id id = duplicate_item(&zoe, &w->world.zoe);
  decide(&id, 2);
  struct op op = {.table = schema_table(TABLE_learner), .row = zoe, .units = 1U << 1};
  op.values[COL(learner, first_name)] = value_text(slice_text("Zo\xc3\xab"));
  op.values[COL(learner, last_name)] = value_text(slice_text("Testing"));
  hub_world_put(&w->host, &op);
  hub_world_enrol(&w->host, &zoe, &w->world.strings, w->world.today, 0);
  assert_false(is_open(&id));
  undo(&id);
}

static void a_date_of_birth_that_differs_tells_namesakes_apart(void **state) {
  (void)state;
  struct id zoe = walk_in(&w->device, &w->world.ada, "zoe", "testing");
  struct id id = duplicate_item(&zoe, &w->world.zoe);
  struct op op = {.table = schema_table(TABLE_learner), .row = zoe, .units = 1U << 2};
  op.values[COL(learner, dob)] = value_int(15000);
  hub_world_put(&w->host, &op);
  assert_true(is_open(&id));
  op.row = w->world.zoe;
  op.values[COL(learner, dob)] = value_int(15753); /* not by one digit, which may be a slip */
  hub_world_put(&w->host, &op);
  assert_false(is_open(&id));
  op.values[COL(learner, dob)] = value_int(15000);
  hub_world_put(&w->host, &op);
  assert_true(is_open(&id));
}

/* ---- one meeting ---- */

static struct id adhoc(struct test_device *d, const struct id *author, int starts) {
  struct entropy e = hub_host_entropy(&w->host);
  struct op op = {.table = schema_table(TABLE_session), .row = entropy_id(&e), .units = 7};
  op.values[COL(session, activity)] = value_id(&w->world.strings);
  op.values[COL(session, adhoc)] = value_int(1);
  op.values[COL(session, date)] = value_int(w->world.today);
  op.values[COL(session, starts)] = value_int(starts);
  op.values[COL(session, ends)] = value_int(starts + 60);
  op.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  test_device_write(d, author, &op);
  assert_int_equal(ingest_bring(d).status, RECEIPT_APPLIED);
  return op.row;
}

static size_t registers_today(void) {
  const struct day_wanted all = {.date = w->world.today, .limit = 99};
  struct view_day day;
  assert_int_equal(views_day(w->host.store, &all, &w->host.now, &w->arena, &day), ERR_OK);
  return day.count;
}

static void one_meeting_entered_on_two_devices_is_joined_and_parted(void **state) {
  (void)state;
  struct id first = adhoc(&w->device, &w->world.ada, 600);
  struct store_item *list;
  (void)adhoc(&w->device, &w->world.ada, 630); /* who enters two on one device means two */
  (void)adhoc(&w->other, &w->world.ben, 800);  /* another time */
  assert_int_equal(open_items(&list), 0);
  struct id second = adhoc(&w->other, &w->world.ben, 600 - 30);
  struct store_item pair = only_item(ITEM_DUPLICATE);
  assert_int_equal(registers_today(), 6);
  test_device_mark(&w->device, &w->world.ada, &first, &w->world.zoe, ENUM_mark_code_P, -1);
  ingest_bring(&w->device);
  test_device_mark(&w->other, &w->world.ben, &second, &w->world.zoe, ENUM_mark_code_AU, -1);
  test_device_mark(&w->other, &w->world.ben, &second, &w->world.jo, ENUM_mark_code_P, -1);
  ingest_bring(&w->other);
  size_t keep = id_equal(&pair.row, &first) ? 0 : 1;
  decide(&pair.id, keep);
  assert_int_equal(registers_today(), 5);
  struct view_register_detail d = the_register(&first);
  assert_int_equal(d.summary.totals.here, 2);
  assert_int_equal(mark_in(&d, &w->world.jo)->code, ENUM_mark_code_P);
  assert_int_equal(mark_in(&d, &w->world.zoe)->code, ENUM_mark_code_P);
  (void)only_item(ITEM_TWO_MARKS);
  undo(&pair.id);
  assert_int_equal(registers_today(), 6);
  d = the_register(&first);
  assert_int_equal(d.summary.totals.here, 1);
  (void)only_item(ITEM_DUPLICATE);
}

static void two_meetings_told_apart_stay_apart(void **state) {
  (void)state;
  (void)adhoc(&w->device, &w->world.ada, 600);
  (void)adhoc(&w->other, &w->world.ben, 600);
  struct store_item pair = only_item(ITEM_DUPLICATE), *list;
  decide(&pair.id, 2);
  assert_int_equal(open_items(&list), 0);
  undo(&pair.id);
}

/* ---- removal ---- */

static void remove_session(struct test_device *d, const struct id *author, const struct id *session) {
  struct row row = load(TABLE_session, session);
  struct op op = {.table = schema_table(TABLE_session), .row = *session};
  struct base *bases = arena_take(&w->arena, 64, sizeof *bases);
  op.bases = bases;
  for (uint8_t unit = 1; unit < op.table->unit_count; unit++) {
    if (row.units[unit].count == 0) continue;
    op.units |= 1U << unit;
    for (size_t i = 0; i < row.units[unit].count; i++)
      bases[op.base_count++] = (struct base){unit, row.units[unit].heads[i].op};
  }
  for (uint8_t i = 0; i < op.table->column_count; i++) {
    if (op.units >> op.table->columns[i].unit & 1) op.values[i] = row.values[i];
  }
  op.values[COL(session, removed)] = value_int(1);
  op.units |= 1U << op.table->columns[COL(session, removed)].unit;
  test_device_write(d, author, &op);
}

static void write_place(struct test_device *d, const struct id *author, const struct id *session,
                        const char *place) {
  struct op op = {.table = schema_table(TABLE_session), .row = *session, .units = 1U << 4};
  op.values[COL(session, place)] = value_text(slice_text(place));
  test_device_write(d, author, &op);
}

static void a_removed_session_is_in_no_list_but_travels(void **state) {
  (void)state;
  struct id session = adhoc(&w->device, &w->world.ada, 600);
  size_t before = registers_today();
  struct view_counts counts = hub_host_counts(&w->host);
  remove_session(&w->device, &w->world.ada, &session);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  assert_int_equal(registers_today(), before - 1);
  assert_int_equal(hub_host_counts(&w->host).sessions, counts.sessions - 1);
  assert_int_equal(feed_says(&w->world.strings, TABLE_session, &session), FEED_ROW);
}

static void removal_against_an_edit_is_never_settled_in_silence(void **state) {
  (void)state;
  struct id session = adhoc(&w->device, &w->world.ada, 600);
  remove_session(&w->device, &w->world.ada, &session);
  write_place(&w->other, &w->world.ben, &session, "Hall B");
  ingest_bring(&w->device);
  assert_int_equal(ingest_bring(&w->other).status, RECEIPT_CONFLICT);
  struct store_item i = only_item(ITEM_CONFLICT);
  assert_int_equal(i.conflict, CONFLICT_REMOVED);
  struct item_view v = show(&i.id);
  assert_int_equal(v.choice_count, 2);
  assert_int_equal(v.choices[0].kind, CHOICE_REMOVE);
  assert_true(v.choices[0].in_use);
  struct row before = load(TABLE_session, &session);
  decide(&i.id, 1);
  struct row row = load(TABLE_session, &session);
  assert_false(row_removed(&row));
  assert_true(slice_equal(row.values[COL(session, place)].text, slice_text("Hall B")));
  undo(&i.id);
  decide(&i.id, 0);
  row = load(TABLE_session, &session);
  assert_true(row_removed(&row));
  undo(&i.id);
  row = load(TABLE_session, &session);
  for (uint8_t unit = 1; unit < row.table->unit_count; unit++) {
    assert_int_equal(row.units[unit].count, before.units[unit].count);
    assert_int_equal(merge_conflict(&row, unit), merge_conflict(&before, unit));
  }
}

static void an_edit_by_somebody_who_saw_the_same_is_no_matter(void **state) {
  (void)state;
  struct id session = adhoc(&w->device, &w->world.ada, 600);
  write_place(&w->device, &w->world.ada, &session, "Hall A");
  ingest_bring(&w->device);
  remove_session(&w->device, &w->world.ada, &session);
  write_place(&w->other, &w->world.ben, &session, "Hall A");
  ingest_bring(&w->other);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  struct store_item *list;
  assert_int_equal(open_items(&list), 0);
}

static void the_field_removes_only_what_the_field_entered(void **state) {
  (void)state;
  remove_session(&w->device, &w->world.ada, &w->world.strings_today);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
}

static void a_removed_enrolment_enrols_nobody(void **state) {
  (void)state;
  struct id keys[2] = {w->world.zoe, w->world.strings}, id;
  crypto_row_id(&id, TABLE_enrolment, keys, 2);
  struct op op = {.table = schema_table(TABLE_enrolment), .row = id, .units = 1 | 1U << 1 | 1U << 3};
  struct row row = load(TABLE_enrolment, &id);
  for (uint8_t i = 0; i < op.table->column_count; i++) op.values[i] = row.values[i];
  op.values[COL(enrolment, removed)] = value_int(1);
  hub_world_put(&w->host, &op);
  assert_int_equal(feed_says(&w->world.strings, TABLE_learner, &w->world.zoe), FEED_LEAVE);
  assert_int_equal(the_register(&w->world.strings_today).summary.totals.of, 2);
}

/* ---- explained absences ---- */

static struct id put_notice(const struct id *learner, bool removed) {
  struct id id = {{0xab}};
  struct op op = {.table = schema_table(TABLE_absence_notice), .row = id, .units = 1 | 1U << 1 | 1U << 3};
  op.values[COL(absence_notice, learner)] = value_id(learner);
  op.values[COL(absence_notice, starts)] = value_int(w->world.today - 1);
  op.values[COL(absence_notice, ends)] = value_int(w->world.today);
  if (removed) op.values[COL(absence_notice, removed)] = value_int(1);
  hub_world_put(&w->host, &op);
  return id;
}

static void a_notice_explains_an_absence_until_it_is_withdrawn(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_AU);
  ingest_bring(&w->device);
  struct view_register_detail d = the_register(&w->world.strings_today);
  assert_int_equal(mark_in(&d, &w->world.zoe)->code, ENUM_mark_code_AU);
  struct id notice = put_notice(&w->world.zoe, false);
  d = the_register(&w->world.strings_today);
  assert_int_equal(mark_in(&d, &w->world.zoe)->code, ENUM_mark_code_AN);
  assert_true(id_equal(&mark_in(&d, &w->world.zoe)->explained_by, &notice));
  put_notice(&w->world.zoe, true);
  d = the_register(&w->world.strings_today);
  assert_int_equal(mark_in(&d, &w->world.zoe)->code, ENUM_mark_code_AU);
}

static void told_or_not_told_is_no_matter_while_a_notice_covers_the_day(void **state) {
  (void)state;
  struct store_item *list;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_AU);
  ingest_bring(&w->device);
  ingest_mark(&w->other, &w->world.ben, &w->world.zoe, ENUM_mark_code_AN);
  ingest_bring(&w->other);
  assert_int_equal(only_item(ITEM_CONFLICT).conflict, CONFLICT_AWAY);
  assert_int_equal(hub_host_counts(&w->host).conflicts, 1);
  put_notice(&w->world.zoe, false);
  assert_int_equal(open_items(&list), 0);
  assert_int_equal(hub_host_counts(&w->host).conflicts, 0);
  struct view_register_detail d = the_register(&w->world.strings_today);
  assert_false(mark_in(&d, &w->world.zoe)->conflict);
  put_notice(&w->world.zoe, true);
  assert_int_equal(hub_host_counts(&w->host).conflicts, 1);
}

static void a_notice_for_the_other_id_of_the_child_explains_too(void **state) {
  (void)state;
  merge_into(&w->world.jo, &w->world.zoe);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_AU);
  ingest_bring(&w->device);
  put_notice(&w->world.jo, false);
  struct view_register_detail d = the_register(&w->world.strings_today);
  assert_int_equal(mark_in(&d, &w->world.zoe)->code, ENUM_mark_code_AN);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      CASE(merged_learners_travel_together_and_part_again),
      CASE(an_enrolment_that_ends_takes_nobody_away_who_is_enrolled_under_another_id),
      CASE(chains_lead_to_their_end_and_circles_to_their_lowest_id),
      CASE(two_marks_of_one_child_count_once_and_ask_a_person),
      CASE(marks_that_come_later_under_the_old_id_follow),
      CASE(a_device_cannot_say_who_is_one_child),
      CASE(a_walk_in_with_a_known_name_may_be_a_duplicate),
      CASE(a_duplicate_is_merged_and_unmerged),
      CASE(not_the_same_is_remembered),
      CASE(a_date_of_birth_that_differs_tells_namesakes_apart),
      CASE(one_meeting_entered_on_two_devices_is_joined_and_parted),
      CASE(two_meetings_told_apart_stay_apart),
      CASE(a_removed_session_is_in_no_list_but_travels),
      CASE(removal_against_an_edit_is_never_settled_in_silence),
      CASE(an_edit_by_somebody_who_saw_the_same_is_no_matter),
      CASE(the_field_removes_only_what_the_field_entered),
      CASE(a_removed_enrolment_enrols_nobody),
      CASE(a_notice_explains_an_absence_until_it_is_withdrawn),
      CASE(told_or_not_told_is_no_matter_while_a_notice_covers_the_day),
      CASE(a_notice_for_the_other_id_of_the_child_explains_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
