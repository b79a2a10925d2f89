/* reconcile_test.c: conflicts and proposals as work items: opened, shown, decided, undone, settled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/reconcile.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;
static struct fault fault;

static struct reconcile office(void) {
  fault = (struct fault){.code = ERR_OK};
  return (struct reconcile){
      .hub = &w->host.hub, .store = w->host.store, .now = w->host.now, .by = w->world.ben, .fault = &fault};
}

static struct id item_of(uint8_t table, const struct id *row, uint8_t unit) {
  struct id id;
  work_item_id(&id, ITEM_CONFLICT, schema_table(table), row, unit, NULL);
  return id;
}

static struct item_view show(const struct id *id) {
  struct item_view v;
  struct reconcile r = office();
  assert_int_equal(reconcile_show(&v, &r, id, &w->arena), ERR_OK);
  return v;
}

static err decide_as_seen(const struct item_view *v, size_t choice) {
  struct change_set changes;
  struct reconcile r = office();
  struct decision d = {.item = v->item.id, .choice = choice, .why = slice_text("asked both")};
  bytes_copy(d.heads, v->heads, key_bytes);
  return reconcile_decide(&changes, &r, &d);
}

static void decide(const struct id *id, size_t choice) {
  struct item_view v = show(id);
  if (decide_as_seen(&v, choice) != ERR_OK) fail_msg("%s", fault.text);
  assert_int_equal(show(id).item.state, ITEM_DECIDED);
}

static err try_undo(const struct id *id) {
  struct change_set changes;
  struct reconcile r = office();
  return reconcile_undo(&changes, &r, id, slice_text("that was the wrong child"));
}

static void undo(const struct id *id) {
  if (try_undo(id) != ERR_OK) fail_msg("%s", fault.text);
  assert_int_equal(show(id).item.state, ITEM_OPEN);
}

static size_t open_items(void) {
  struct store_item *list;
  size_t count;
  assert_int_equal(w->host.store->ops->work_item_list(w->host.store, 100, &w->arena, &list, &count), ERR_OK);
  return count;
}

static struct row load(uint8_t table, const struct id *id) {
  struct row row;
  assert_int_equal(w->host.store->ops->load_row(w->host.store, schema_table(table), id, &w->arena, &row),
                   ERR_OK);
  return row;
}

static struct id mark_of(const struct id *learner) {
  struct id keys[2] = {w->world.strings_today, *learner}, id;
  crypto_row_id(&id, TABLE_mark, keys, 2);
  return id;
}

/* Ada on one device and Ben on another disagree about Zoe. */
static struct id a_disagreement(void) {
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_bring(&w->device);
  hub_host_pass(&w->host, 1000);
  ingest_mark(&w->other, &w->world.ben, &w->world.zoe, ENUM_mark_code_AU);
  ingest_bring(&w->other);
  struct id mark = mark_of(&w->world.zoe);
  return item_of(TABLE_mark, &mark, 1);
}

/* The heads of a unit say the same, by the same people and in the same order, as they did. */
static void assert_as_before(const struct row *before, const struct row *after, uint8_t unit) {
  const struct unit_heads *a = &before->units[unit], *b = &after->units[unit];
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(before->table, unit, columns);
  assert_int_equal(a->count, b->count);
  for (size_t i = 0; i < a->count; i++) {
    assert_true(id_equal(&a->heads[i].author, &b->heads[i].author));
    for (size_t k = 0; k < count && a->count > 1; k++)
      assert_true(value_equal(&a->heads[i].values[k], &b->heads[i].values[k]));
  }
  for (size_t k = 0; k < count; k++)
    assert_true(value_equal(&before->values[columns[k]], &after->values[columns[k]]));
  assert_int_equal(merge_conflict(before, unit), merge_conflict(after, unit));
}

/* ---- its life ---- */

static void a_disagreement_is_opened_shown_and_decided(void **state) {
  (void)state;
  struct id id = a_disagreement();
  assert_int_equal(open_items(), 1);
  struct item_view v = show(&id);
  assert_int_equal(v.item.kind, ITEM_CONFLICT);
  assert_int_equal(v.item.conflict, CONFLICT_HUMAN);
  assert_int_equal(v.choice_count, 2);
  assert_true(v.choices[0].in_use && !v.choices[1].in_use);
  assert_true(id_equal(&v.choices[0].head.author, &w->world.ben));
  assert_int_equal(v.choices[1].values[0].i, ENUM_mark_code_P);
  assert_int_equal(v.event_count, 2);
  assert_int_equal(v.events[0].kind, EVENT_OPENED);
  assert_true(id_equal(&v.events[0].op.device, &w->other.id));
  assert_int_equal(v.events[1].kind, EVENT_SHOWN);
  assert_true(id_equal(&v.events[1].who, &w->world.ben));
  assert_int_equal(show(&id).event_count, 2); /* who looks second is no news */
  decide(&id, 1);
  assert_int_equal(open_items(), 0);
  assert_int_equal(hub_host_counts(&w->host).conflicts, 0);
  struct row row = load(TABLE_mark, &v.item.row);
  assert_int_equal(row.values[COL(mark, code)].i, ENUM_mark_code_P);
  assert_int_equal(row.units[1].count, 1);
  v = show(&id);
  const struct store_item_event *last = &v.events[v.event_count - 1];
  assert_int_equal(last->kind, EVENT_DECIDED);
  assert_true(slice_equal(last->why, slice_text("asked both")));
  assert_true(op_id_equal(&last->op, &row.units[1].heads[0].op));
}

/* Of as many children as a large register has; some of them may have an item already. */
static void disagree_about(size_t first, size_t count) {
  for (size_t i = first; i < first + count; i++) {
    struct id child = {{9, (uint8_t)i}};
    ingest_mark(&w->device, &w->world.ada, &child, ENUM_mark_code_P);
    ingest_mark(&w->other, &w->world.ben, &child, ENUM_mark_code_AU);
  }
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  assert_int_equal(ingest_bring(&w->other).status, RECEIPT_CONFLICT);
}

static void a_register_of_disagreements_is_an_item_for_each_child(void **state) {
  (void)state;
  enum { first = 40, more = 29 };
  disagree_about(0, first);
  assert_int_equal(open_items(), first);
  disagree_about(first, more); /* in the same register, which has items by now */
  assert_int_equal(open_items(), first + more);
  assert_int_equal(hub_host_counts(&w->host).conflicts, first + more);
  for (size_t i = 0; i < first + more; i++) {
    struct id child = {{9, (uint8_t)i}}, mark = mark_of(&child), id = item_of(TABLE_mark, &mark, 1);
    struct item_view v = show(&id);
    assert_int_equal(v.item.kind, ITEM_CONFLICT);
    assert_int_equal(v.item.conflict, CONFLICT_HUMAN);
    assert_true(id_equal(&v.item.row, &mark) && id_is_zero(&v.item.other));
    assert_int_equal(v.events[0].kind, EVENT_OPENED);
    assert_int_equal(v.events[0].at_ms, w->host.now.wall_ms);
    assert_true(id_equal(&v.events[0].op.device, &w->other.id));
    assert_int_equal(v.events[0].op.counter, i + 1);
    assert_int_equal(v.event_count, 2); /* opened, and shown just now */
  }
}

static void ops_that_agree_later_settle_it(void **state) {
  (void)state;
  struct id id = a_disagreement(), mark = mark_of(&w->world.zoe);
  struct row row = load(TABLE_mark, &mark);
  struct changeset *cs = ingest_mark(&w->other, &w->world.ben, &w->world.zoe, ENUM_mark_code_P);
  test_device_base(&w->other, cs, &row.units[1].heads[0].op);
  ingest_bring(&w->other);
  struct item_view v = show(&id);
  assert_int_equal(v.item.state, ITEM_SETTLED);
  assert_int_equal(v.events[v.event_count - 1].kind, EVENT_SETTLED);
  assert_int_equal(decide_as_seen(&v, 0), ERR_CONFLICT);
  assert_int_equal(try_undo(&id), ERR_CONFLICT);
  cs = ingest_mark(&w->other, &w->world.ben, &w->world.zoe, ENUM_mark_code_AU);
  ingest_bring(&w->other);
  assert_int_equal(show(&id).item.state, ITEM_OPEN); /* the same matter, open again */
}

static void a_decision_about_what_was_not_seen_is_refused(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct id id = a_disagreement();
  struct item_view v = show(&id);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_L);
  ingest_bring(&w->device);
  hub_host_digest(&w->host, before);
  assert_int_equal(decide_as_seen(&v, 0), ERR_CONFLICT);
  assert_non_null(strstr(fault.text, "since you looked"));
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  v = show(&id);
  assert_int_equal(v.choice_count, 3);
  assert_int_equal(decide_as_seen(&v, 3), ERR_INVALID);
  decide(&id, 2);
}

static void the_office_may_say_something_else(void **state) {
  (void)state;
  struct id id = a_disagreement();
  struct item_view v = show(&id);
  struct op own = {.table = v.item.table};
  struct change_set changes;
  struct reconcile r = office();
  own.values[COL(mark, code)] = value_int(ENUM_mark_code_SE);
  struct decision d = {.item = id, .other = &own, .why = slice_text("at the festival")};
  bytes_copy(d.heads, v.heads, key_bytes);
  assert_int_equal(reconcile_decide(&changes, &r, &d), ERR_OK);
  assert_true(changes.position > 0 && changes.stream_count == 1);
  assert_int_equal(load(TABLE_mark, &v.item.row).values[COL(mark, code)].i, ENUM_mark_code_SE);
  undo(&id);
}

static void a_decision_needs_a_reason(void **state) {
  (void)state;
  struct id id = a_disagreement();
  struct change_set changes;
  struct reconcile r = office();
  struct decision d = {.item = id};
  assert_int_equal(reconcile_decide(&changes, &r, &d), ERR_INVALID);
}

/* ---- undo ---- */

static void an_undone_decision_brings_the_disagreement_back(void **state) {
  (void)state;
  struct id id = a_disagreement(), mark = mark_of(&w->world.zoe);
  struct row before = load(TABLE_mark, &mark);
  decide(&id, 1);
  undo(&id);
  struct row after = load(TABLE_mark, &before.id);
  assert_as_before(&before, &after, 1);
  assert_int_equal(after.units[1].heads[0].flags, OP_RESTORED);
  assert_true(id_equal(&after.units[1].heads[0].op.device, &w->host.hub.id));
  assert_int_equal(hub_host_counts(&w->host).conflicts, 1);
  assert_int_equal(try_undo(&id), ERR_CONFLICT);
  decide(&id, 0);
  undo(&id);
  struct row again = load(TABLE_mark, &before.id);
  assert_as_before(&before, &again, 1);
  hub_host_reopen(&w->host);
  assert_int_equal(show(&id).item.state, ITEM_OPEN);
}

static void a_decision_that_somebody_wrote_upon_is_not_undone(void **state) {
  (void)state;
  struct id id = a_disagreement(), mark = mark_of(&w->world.zoe);
  decide(&id, 1);
  struct row row = load(TABLE_mark, &mark);
  struct changeset *cs = ingest_mark(&w->other, &w->world.ben, &w->world.zoe, ENUM_mark_code_L);
  test_device_base(&w->other, cs, &row.units[1].heads[0].op);
  ingest_bring(&w->other);
  assert_int_equal(try_undo(&id), ERR_CONFLICT);
  assert_non_null(strstr(fault.text, "since it was decided"));
}

/* Decides for each choice in turn, undoes, and finds everything as it was. */
static void assert_each_choice_can_be_undone(uint8_t table, const struct id *row_id, uint8_t unit,
                                             enum conflict_kind kind) {
  struct id id = item_of(table, row_id, unit);
  struct row before = load(table, row_id);
  struct item_view v = show(&id);
  assert_int_equal(v.item.conflict, kind);
  for (size_t i = 0; i < v.choice_count; i++) {
    decide(&id, i);
    struct row decided = load(table, row_id);
    uint8_t columns[op_columns_max];
    size_t count = unit_columns(decided.table, unit, columns);
    for (size_t k = 0; k < count; k++)
      assert_true(value_equal(&decided.values[columns[k]], &v.choices[i].values[k]));
    assert_int_equal(merge_conflict(&decided, unit), CONFLICT_NONE);
    undo(&id);
    struct row after = load(table, row_id);
    assert_as_before(&before, &after, unit);
  }
}

static void write_session(struct test_device *d, const struct id *author, const struct id *session,
                          uint32_t units, size_t column, struct value v) {
  struct op op = {.table = schema_table(TABLE_session), .row = *session, .units = units};
  struct row row = load(TABLE_session, session);
  for (uint8_t i = 0; i < op.table->column_count; i++) {
    if (units >> op.table->columns[i].unit & 1) op.values[i] = row.values[i];
  }
  op.values[column] = v;
  test_device_write(d, author, &op);
  ingest_bring(d);
  hub_host_pass(&w->host, 1000);
}

static void human_units_are_decided_and_undone(void **state) {
  (void)state;
  const struct id *session = &w->world.strings_today;
  write_session(&w->device, &w->world.ada, session, 1U << 2, COL(session, cause),
                value_int(ENUM_cancel_cause_weather));
  write_session(&w->other, &w->world.ben, session, 1U << 2, COL(session, cause),
                value_int(ENUM_cancel_cause_hub));
  assert_each_choice_can_be_undone(TABLE_session, session, 2, CONFLICT_HUMAN);
}

static void first_values_are_decided_and_undone(void **state) {
  (void)state;
  write_session(&w->device, &w->world.ada, &w->world.strings_today, 1, COL(session, makeup_of),
                value_id(&w->world.brass_today));
  assert_each_choice_can_be_undone(TABLE_session, &w->world.strings_today, 0, CONFLICT_ONCE);
}

static void write_learner(struct test_device *d, const struct id *author, uint32_t units, size_t column,
                          const char *text) {
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = units};
  struct row row = load(TABLE_learner, &w->world.zoe);
  for (uint8_t i = 0; i < op.table->column_count; i++) {
    if (units >> op.table->columns[i].unit & 1) op.values[i] = row.values[i];
  }
  op.values[column] = value_text(slice_text(text));
  test_device_write(d, author, &op);
  ingest_bring(d);
  hub_host_pass(&w->host, 1000);
}

static void proposals_are_accepted_declined_and_undone(void **state) {
  (void)state;
  write_learner(&w->device, &w->world.ada, 1U << 1, COL(learner, known_name), "Zo");
  assert_each_choice_can_be_undone(TABLE_learner, &w->world.zoe, 1, CONFLICT_PROPOSAL);
  write_learner(&w->other, &w->world.ben, 1U << 1, COL(learner, known_name), "Zee");
  assert_each_choice_can_be_undone(TABLE_learner, &w->world.zoe, 1, CONFLICT_PROPOSAL);
}

static void proposals_where_the_office_said_nothing_are_undone_too(void **state) {
  (void)state;
  write_learner(&w->device, &w->world.ada, 1U << 3, COL(learner, year_group), "5");
  assert_each_choice_can_be_undone(TABLE_learner, &w->world.zoe, 3, CONFLICT_PROPOSAL);
  write_learner(&w->other, &w->world.ben, 1U << 3, COL(learner, year_group), "6");
  assert_each_choice_can_be_undone(TABLE_learner, &w->world.zoe, 3, CONFLICT_PROPOSAL);
}

static void comment(struct test_device *d, const struct id *author, const char *text, uint8_t flags) {
  struct id keys[2] = {w->world.strings_today, w->world.zoe};
  struct op op = {.table = schema_table(TABLE_mark), .row = mark_of(&w->world.zoe), .units = 1 | 1U << 3};
  op.values[COL(mark, session)] = value_id(&keys[0]);
  op.values[COL(mark, learner)] = value_id(&keys[1]);
  op.values[COL(mark, comment)] = value_text(slice_text(text));
  test_device_write(d, author, &op)->flags = flags;
  ingest_bring(d);
  hub_host_pass(&w->host, 1000);
}

static void unsure_winners_are_decided_and_undone(void **state) {
  (void)state;
  struct id mark = mark_of(&w->world.zoe);
  comment(&w->device, &w->world.ada, "flute left at home", 0);
  comment(&w->other, &w->world.ben, "new flute", OP_UNSURE);
  assert_each_choice_can_be_undone(TABLE_mark, &mark, 3, CONFLICT_UNSURE);
}

/* ---- history ---- */

static size_t history_of(uint8_t table, const struct id *row, struct store_history **out) {
  size_t count;
  assert_int_equal(
      w->host.store->ops->read_history(w->host.store, schema_table(table), row, &w->arena, out, &count),
      ERR_OK);
  return count;
}

static void history_keeps_every_value_with_its_author_bundle_and_both_times(void **state) {
  (void)state;
  struct store_history *list;
  struct id id = a_disagreement(), mark = mark_of(&w->world.zoe);
  decide(&id, 1);
  undo(&id);
  assert_int_equal(history_of(TABLE_mark, &mark, &list), 5);
  assert_int_equal(list[0].bundle_seq, 1);
  assert_int_equal(list[1].bundle_seq, 1);
  assert_true(id_equal(&list[0].op.device, &w->device.id) && id_equal(&list[1].op.device, &w->other.id));
  assert_int_equal(list[2].flags, OP_OFFICE);
  assert_int_equal(list[2].bundle_seq, 0);
  assert_true(list[2].base_count >= 2);
  assert_int_equal(list[3].flags, OP_RESTORED);
  for (size_t i = 0; i < 5; i++) assert_true(list[i].received_ms > 0 && list[i].stamp > 0);
}

static void an_op_replaced_before_it_came_is_in_history(void **state) {
  (void)state;
  struct store_history *list;
  struct id mark = mark_of(&w->world.zoe);
  struct op_id unseen = {.device = w->device.id, .incarnation = 1, .counter = 1};
  struct changeset *cs = ingest_mark(&w->other, &w->world.ben, &w->world.zoe, ENUM_mark_code_AU);
  test_device_base(&w->other, cs, &unseen);
  ingest_bring(&w->other);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_bring(&w->device);
  assert_int_equal(history_of(TABLE_mark, &mark, &list), 2);
}

/* An op that wrote the key alone leaves no head when a higher one comes, or stands already. */
static void an_op_that_left_no_head_is_in_history(void **state) {
  (void)state;
  struct store_history *list;
  struct id keys[2] = {w->world.strings_today, w->world.jo}, mark = mark_of(&w->world.jo);
  struct op op = {.table = schema_table(TABLE_mark), .row = mark, .units = 1};
  op.values[COL(mark, session)] = value_id(&keys[0]);
  op.values[COL(mark, learner)] = value_id(&keys[1]);
  test_device_write(&w->device, &w->world.ada, &op);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  ingest_bring(&w->device);
  test_device_write(&w->device, &w->world.ada, &op)->stamp -= 5000;
  ingest_bring(&w->device);
  assert_int_equal(history_of(TABLE_mark, &mark, &list), 3);
}

/* The office's lower op gives way by its height; whoever wrote it is still told. */
static void an_office_op_that_gave_way_is_in_history(void **state) {
  (void)state;
  struct store_history *list;
  size_t before = history_of(TABLE_learner, &w->world.zoe, &list);
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = 1U << 1};
  op.values[COL(learner, first_name)] = value_text(slice_text("Zoe"));
  hub_world_put(&w->host, &op);
  op.values[COL(learner, first_name)] = value_text(slice_text("Zoey"));
  hub_world_put(&w->host, &op);
  assert_int_equal(history_of(TABLE_learner, &w->world.zoe, &list), before + 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      CASE(a_disagreement_is_opened_shown_and_decided),
      CASE(a_register_of_disagreements_is_an_item_for_each_child),
      CASE(ops_that_agree_later_settle_it),
      CASE(a_decision_about_what_was_not_seen_is_refused),
      CASE(the_office_may_say_something_else),
      CASE(a_decision_needs_a_reason),
      CASE(an_undone_decision_brings_the_disagreement_back),
      CASE(a_decision_that_somebody_wrote_upon_is_not_undone),
      CASE(human_units_are_decided_and_undone),
      CASE(first_values_are_decided_and_undone),
      CASE(proposals_are_accepted_declined_and_undone),
      CASE(proposals_where_the_office_said_nothing_are_undone_too),
      CASE(unsure_winners_are_decided_and_undone),
      CASE(history_keeps_every_value_with_its_author_bundle_and_both_times),
      CASE(an_op_replaced_before_it_came_is_in_history),
      CASE(an_op_that_left_no_head_is_in_history),
      CASE(an_office_op_that_gave_way_is_in_history),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
