/* feed_test.c: the hub's rows on the device, with its own unsent work laid over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

/* Bob marks somebody on another device: it reaches the hub, and from there the feed. */
static void marked_elsewhere(struct field_world *w, const struct id *learner, int code, uint64_t stamp) {
  struct id keys[2] = {fake_strings_today, *learner};
  struct id id;
  crypto_row_id(&id, TABLE_mark, keys, 2);
  struct fake_row *known = fake_hub_find(&w->hub, TABLE_mark, &id);
  struct row *r = known ? &known->row : fake_hub_row(&w->hub, &fake_strings, TABLE_mark, &id);
  r->values[COL(mark, session)] = value_id(&fake_strings_today);
  r->values[COL(mark, learner)] = value_id(learner);
  r->values[COL(mark, code)] = value_int(code);
  for (uint8_t unit = 0; unit < r->table->unit_count; unit += 1) {
    w->hub.counter += 1;
    struct head *h = arena_take(&w->hub.arena, 1, sizeof *h);
    *h = (struct head){.op = {{{0x66}}, 1, w->hub.counter}, .author = fake_bob, .stamp = stamp};
    r->units[unit] = (struct unit_heads){.heads = h, .count = 1};
  }
  fake_hub_touch(&w->hub, fake_hub_find(&w->hub, TABLE_mark, &id));
}

static bool says(struct field_world *w, const struct id *learner, const char *code) {
  return core_host_says(field_row_of(field_get(w, &fake_strings_today), learner), "code", code);
}

static void a_mark_made_elsewhere_appears_with_its_author(void **state) {
  struct field_world *w = *state;
  marked_elsewhere(w, &fake_zoe, ENUM_mark_code_AN, 1795200000000);
  core_host_forget_topics(&w->host);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  assert_true(core_host_changed(&w->host, "register:", &fake_strings_today));
  assert_true(says(w, &fake_zoe, "AN"));
  assert_true(core_host_says(field_row_of(w->host.result, &fake_zoe), "author_name", "Bob Carr"));
}

/* A player of Strings may be renamed by way of another stream that they are in, too. */
static void an_open_register_hears_of_what_comes_in_another_stream(void **state) {
  struct field_world *w = *state;
  field_online(w);
  (void)field_get(w, &fake_strings_today);
  core_host_forget_topics(&w->host);
  fake_hub_touch(&w->hub, fake_hub_find(&w->hub, TABLE_learner, &fake_ben));
  fake_hub_feed(&w->hub, false);
  assert_true(core_host_changed(&w->host, "register:", &fake_strings_today));
}

/* A batch may change more than one event names. Nobody's screen may stay as it was for that. */
static void who_is_told_of_too_much_looks_at_everything(void **state) {
  struct field_world *w = *state;
  for (uint8_t i = 1; i <= topics_max; i += 1) {
    struct id id = {{0x5e, i}};
    fake_hub_row(&w->hub, &fake_strings, TABLE_learner, &id)->values[COL(learner, first_name)] =
        value_text(slice_text("Somebody"));
  }
  struct id last = {{0x5e, topics_max}};
  core_host_forget_topics(&w->host);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  assert_false(core_host_changed(&w->host, "learner:", &last));
  assert_true(core_host_changed(&w->host, "everything", NULL));
}

/* Two comments on Zoë's mark, the later one by a clock nobody trusts. */
static void contest_comment(struct field_world *w) {
  struct id keys[2] = {fake_strings_today, fake_zoe};
  struct id id;
  crypto_row_id(&id, TABLE_mark, keys, 2);
  struct fake_row *known = fake_hub_find(&w->hub, TABLE_mark, &id);
  const uint8_t unit = known->row.table->columns[COL(mark, comment)].unit;
  struct head *heads = arena_take(&w->hub.arena, 2, sizeof *heads);
  for (size_t i = 0; i < 2; i += 1) {
    w->hub.counter += 1;
    struct value *value = arena_take(&w->hub.arena, 1, sizeof *value);
    *value = value_text(slice_text(i == 0 ? "no music stand" : "has a cold"));
    heads[i] = (struct head){.op = {{{(uint8_t)(0x66 + i)}}, 1, w->hub.counter},
                             .author = fake_bob,
                             .stamp = 1795200000000 - i,
                             .flags = i == 0 ? OP_UNSURE : 0,
                             .values = value};
  }
  known->row.values[COL(mark, comment)] = heads[0].values[0];
  known->row.units[unit] = (struct unit_heads){.heads = heads, .count = 2};
  fake_hub_touch(&w->hub, known);
}

static void whatever_is_contested_about_a_mark_shows_on_its_row(void **state) {
  struct field_world *w = *state;
  marked_elsewhere(w, &fake_zoe, ENUM_mark_code_P, 1795200000000);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  assert_false(core_host_bool(field_row_of(field_get(w, &fake_strings_today), &fake_zoe), "conflict"));
  contest_comment(w);
  fake_hub_feed(&w->hub, false);
  assert_true(core_host_bool(field_row_of(field_get(w, &fake_strings_today), &fake_zoe), "conflict"));
}

static void unsent_work_stays_over_whatever_the_feed_brings(void **state) {
  struct field_world *w = *state;
  w->hub.mute = true;
  (void)field_mark(w, &fake_zoe, "P");
  marked_elsewhere(w, &fake_zoe, ENUM_mark_code_AU, 1795200000000);
  w->hub.bundle_count = 0;
  w->hub.status = RECEIPT_HELD; /* the scripted hub keeps the bundle without applying it */
  field_online(w);
  fake_hub_feed(&w->hub, false);
  assert_true(says(w, &fake_zoe, "P"));
  const item *row = field_row_of(w->host.result, &fake_zoe);
  assert_true(core_host_bool(row, "conflict"));
  field_restart(w);
  assert_true(says(w, &fake_zoe, "P"));
}

static void when_the_hub_has_it_device_and_hub_agree(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  marked_elsewhere(w, &fake_zoe, ENUM_mark_code_AU, 1795200000000);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  assert_true(says(w, &fake_zoe, "P"));
  assert_true(core_host_bool(field_row_of(w->host.result, &fake_zoe), "conflict"));
  /* The office decides: its op replaces both, and the device has nothing of its own left to lay over it. */
  marked_elsewhere(w, &fake_zoe, ENUM_mark_code_AU, 1795300000000);
  fake_hub_feed(&w->hub, false);
  assert_true(says(w, &fake_zoe, "AU"));
  assert_false(core_host_bool(field_row_of(w->host.result, &fake_zoe), "conflict"));
}

static void a_decision_that_comes_before_the_receipt_wins_once_the_receipt_is_there(void **state) {
  struct field_world *w = *state;
  struct buf receipt = BUF_INIT(65536);
  (void)field_mark(w, &fake_zoe, "P");
  w->hub.mute = true;
  field_online(w);
  marked_elsewhere(w, &fake_zoe, ENUM_mark_code_AU, 1795300000000);
  fake_hub_feed(&w->hub, false);
  fake_hub_receipt(&w->hub, &w->hub.bundles[0], RECEIPT_APPLIED, &receipt);
  struct slice one = buf_slice(&receipt);
  struct message m = {.type = MSG_RECEIPTS, .receipts = {.receipts = &one, .count = 1}};
  fake_hub_send(&w->hub, &m);
  assert_true(says(w, &fake_zoe, "AU"));
  assert_false(core_host_bool(field_row_of(w->host.result, &fake_zoe), "conflict"));
  buf_finish(&receipt);
}

static void what_somebody_changed_since_is_not_undone(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  field_online(w);
  fake_hub_feed(&w->hub, false);
  marked_elsewhere(w, &fake_zoe, ENUM_mark_code_AN, 1795300000000);
  fake_hub_feed(&w->hub, false);
  assert_false(core_host_call(&w->host, "undo", "session:i", &fake_strings_today));
  field_refused(w, "CONFLICT");
  assert_true(says(w, &fake_zoe, "AN"));
}

static void a_restart_drops_what_is_not_listed_but_never_unsent_work(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  marked_elsewhere(w, &fake_zoe, ENUM_mark_code_AN, 1795200000000);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  w->hub.mute = true;
  w->hub.status = RECEIPT_HELD;
  (void)field_mark(w, &one, "L");
  field_pause(w);
  fake_hub_serve(&w->hub);
  struct fake_row *r = &w->hub.rows[w->hub.row_count - 1];
  r->gone = true;
  fake_hub_feed(&w->hub, true);
  assert_true(says(w, &fake_zoe, NULL));
  assert_true(says(w, &one, "L"));
  assert_int_equal(field_total(w->host.result, "of"), 12);
}

static void a_row_that_leaves_is_gone(void **state) {
  struct field_world *w = *state;
  struct id keys[2] = {fake_player(3), fake_strings};
  struct id id;
  crypto_row_id(&id, TABLE_enrolment, keys, 2);
  struct fake_row *r = fake_hub_find(&w->hub, TABLE_enrolment, &id);
  r->gone = true;
  fake_hub_touch(&w->hub, r);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "of"), 11);
}

static void drop(struct field_world *w, const struct id *stream) {
  size_t kept = 0;
  for (size_t i = 0; i < w->hub.stream_count; i += 1) {
    if (!id_equal(&w->hub.streams[i], stream)) w->hub.streams[kept++] = w->hub.streams[i];
  }
  w->hub.stream_count = kept;
}

static void a_grant_that_ends_takes_its_rows_after_the_last_receipt(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  w->hub.mute = true;
  drop(w, &fake_strings);
  field_online(w);
  assert_true(says(w, &fake_zoe, "P")); /* it is not receipted yet */
  struct buf receipt = BUF_INIT(65536);
  fake_hub_receipt(&w->hub, &w->hub.bundles[0], RECEIPT_APPLIED, &receipt);
  struct slice one = buf_slice(&receipt);
  struct message m = {.type = MSG_RECEIPTS, .receipts = {.receipts = &one, .count = 1}};
  fake_hub_send(&w->hub, &m);
  assert_false(core_host_call(&w->host, "register.get", "session:i", &fake_strings_today));
  field_refused(w, "NOT_FOUND");
  assert_true(core_host_call(&w->host, "learner.find", "text:t", "zoe"));
  size_t count = 0;
  (void)core_host_list(w->host.result, "learners", &count);
  assert_int_equal(count, 0);
  buf_finish(&receipt);
}

/* One exception answers for the whole bundle: the hub's rows have none of it, whatever the feed brings. */
static void what_nobody_at_the_hub_could_read_stays_on_the_device(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  (void)field_mark(w, &one, "P");
  (void)field_mark(w, &fake_zoe, "AU");
  marked_elsewhere(w, &fake_zoe, ENUM_mark_code_AN, 1795200000000);
  w->hub.status = RECEIPT_REFUSED;
  w->hub.exception = (struct receipt_exception){0, RECEIPT_REFUSED, ERR_MALFORMED};
  field_online(w);
  fake_hub_feed(&w->hub, false);
  assert_true(says(w, &one, "P"));
  assert_true(says(w, &fake_zoe, "AU"));
}

static void a_grant_that_ended_while_locked_takes_its_rows_at_the_next_unlock(void **state) {
  struct field_world *w = *state;
  drop(w, &fake_strings);
  assert_true(core_host_call(&w->host, "lock", ""));
  field_online(w);
  fake_hub_unlock(&w->hub, &fake_ann);
  fake_hub_serve(&w->hub);
  assert_false(core_host_call(&w->host, "register.get", "session:i", &fake_strings_today));
  field_refused(w, "NOT_FOUND");
  assert_true(core_host_call(&w->host, "register.get", "session:i", &fake_solo_today));
}

/* Strings from its beginning, for a device that is granted it for the door alone. */
static void strings_for_the_door(struct field_world *w) {
  struct feed_item *items = arena_take(&w->hub.arena, w->hub.row_count, sizeof *items);
  struct message m = {.type = MSG_FEED,
                      .feed = {{.stream = fake_strings,
                                .audience = AUDIENCE_DOOR,
                                .to = w->hub.position,
                                .restart = true,
                                .checkpoint = true,
                                .items = items}}};
  for (size_t i = 0; i < w->hub.row_count; i += 1) {
    const struct fake_row *r = &w->hub.rows[i];
    if (!id_equal(&r->stream, &fake_strings) || !(r->row.table->audience & AUDIENCE_DOOR)) continue;
    struct row *cut = arena_take(&w->hub.arena, 1, sizeof *cut);
    *cut = r->row;
    for (size_t k = 0; k < cut->table->column_count; k += 1) {
      if (!(cut->table->columns[k].audience & AUDIENCE_DOOR)) cut->values[k] = (struct value){0};
    }
    items[m.feed.batch.count++] = (struct feed_item){
        .kind = FEED_ROW, .table = cut->table, .id = cut->id, .version = r->position, .row = cut};
  }
  fake_hub_send(&w->hub, &m);
  assert_int_equal(w->host.step_error, ERR_OK);
}

static bool is_called(struct field_world *w, const struct id *learner, const char *name) {
  return core_host_says(field_row_of(field_get(w, &fake_strings_today), learner), "name", name);
}

static void who_is_granted_the_door_alone_from_now_on_keeps_no_last_names(void **state) {
  struct field_world *w = *state;
  field_online(w);
  assert_true(is_called(w, &fake_zoe, "Zo\xc3\xab Player000"));
  strings_for_the_door(w);
  assert_true(is_called(w, &fake_zoe, "Zo\xc3\xab"));
}

/* Zoë has cello lessons, too: her last name comes with those, and goes with them. */
static void what_only_one_stream_brought_goes_with_that_stream(void **state) {
  struct field_world *w = *state;
  struct row *other = fake_hub_row(&w->hub, &fake_solo, TABLE_learner, &fake_zoe);
  bytes_copy(other->values, fake_hub_find(&w->hub, TABLE_learner, &fake_zoe)->row.values,
             sizeof other->values);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  strings_for_the_door(w);
  assert_true(is_called(w, &fake_zoe, "Zo\xc3\xab Player000"));
  drop(w, &fake_solo);
  fake_hub_grants(&w->hub);
  fake_hub_serve(&w->hub);
  assert_true(is_called(w, &fake_zoe, "Zo\xc3\xab"));
}

/* A batch of Strings that is not the last one: the transaction stays open for more. */
static void send_unfinished_from(struct field_world *w, uint64_t position) {
  struct feed_item none;
  struct message m = {.type = MSG_FEED,
                      .feed = {{.stream = fake_strings,
                                .audience = AUDIENCE_TEACHING,
                                .from = position,
                                .to = position + 5,
                                .items = &none}}};
  fake_hub_send(&w->hub, &m);
}

static void send_unfinished(struct field_world *w) { send_unfinished_from(w, w->hub.position); }

static uint64_t claimed_of_strings_after_a_power_cut(struct field_world *w) {
  core_host_stop(&w->host);
  w->host.config.hold = false;
  w->hub.online = false;
  core_host_start(&w->host);
  fake_hub_unlock(&w->hub, &fake_ann);
  fake_hub_connect(&w->hub);
  for (size_t i = 0; i < w->hub.claimed_count; i += 1)
    if (id_equal(&w->hub.claimed[i].stream, &fake_strings)) return w->hub.claimed[i].position;
  return 0;
}

static void a_first_sync_that_breaks_off_goes_on_where_it_was_committed(void **state) {
  struct field_world *w = *state;
  field_online(w);
  send_unfinished(w); /* the power fails while more is on its way */
  assert_true(claimed_of_strings_after_a_power_cut(w) <= w->hub.position);
  fake_hub_feed(&w->hub, false);
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "of"), 12);
}

static void what_came_before_the_line_broke_is_kept(void **state) {
  struct field_world *w = *state;
  field_online(w);
  send_unfinished(w);
  fake_hub_drop(&w->hub);
  assert_int_equal(claimed_of_strings_after_a_power_cut(w), w->hub.position + 5);
}

static void what_came_is_kept_within_a_second(void **state) {
  struct field_world *w = *state;
  field_online(w);
  send_unfinished(w);
  assert_true(w->host.tick_at <= w->host.now.mono_ms + feed_commit_ms);
  core_host_pass(&w->host, feed_commit_ms);
  assert_int_equal(claimed_of_strings_after_a_power_cut(w), w->hub.position + 5);
}

/* A leader has a stream for each ensemble, and one for what they wrote there: most have nothing new to say.
 */
static void batches_that_bring_nothing_end_no_transaction(void **state) {
  struct field_world *w = *state;
  field_online(w);
  for (uint64_t i = 0; i < 2 * feed_commit_batches; i++) send_unfinished_from(w, w->hub.position + 5 * i);
  assert_true(claimed_of_strings_after_a_power_cut(w) <= w->hub.position);
}

static void each_batch_gives_its_credit_back(void **state) {
  struct field_world *w = *state;
  field_online(w);
  fake_hub_feed(&w->hub, false);
  assert_int_equal(w->hub.credit, 8 + w->hub.stream_count);
}

static void a_batch_with_a_gap_before_it_closes_the_line(void **state) {
  struct field_world *w = *state;
  field_online(w);
  struct message m = {.type = MSG_FEED,
                      .feed = {{.stream = fake_strings,
                                .audience = AUDIENCE_TEACHING,
                                .from = 900000,
                                .to = 900001,
                                .checkpoint = true}}};
  fake_hub_send(&w->hub, &m);
  assert_int_equal(w->host.step_error, ERR_OK);
  assert_int_equal(w->host.link, 0);
}

static void rows_that_come_while_locked_are_asked_for_again(void **state) {
  struct field_world *w = *state;
  field_online(w);
  assert_true(core_host_call(&w->host, "lock", ""));
  marked_elsewhere(w, &fake_zoe, ENUM_mark_code_AN, 1795200000000);
  fake_hub_feed(&w->hub, false);
  fake_hub_unlock(&w->hub, &fake_ann);
  fake_hub_serve(&w->hub);
  core_host_pass(&w->host, reconnect_first_ms);
  fake_hub_connect(&w->hub);
  fake_hub_feed(&w->hub, false);
  assert_true(says(w, &fake_zoe, "AN"));
}

static void positions_are_told_when_subscribing_again(void **state) {
  struct field_world *w = *state;
  field_online(w);
  assert_int_equal(w->hub.claimed_count, 5);
  for (size_t i = 0; i < w->hub.claimed_count; i += 1)
    assert_int_equal(w->hub.claimed[i].position, w->hub.position);
}

static void in_a_new_epoch_every_stream_begins_anew(void **state) {
  struct field_world *w = *state;
  w->hub.epoch = 2;
  field_online(w);
  for (size_t i = 0; i < w->hub.claimed_count; i += 1) assert_int_equal(w->hub.claimed[i].position, 0);
  fake_hub_feed(&w->hub, true);
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "of"), 12);
}

static void an_absence_the_office_was_told_of_is_on_the_row(void **state) {
  struct field_world *w = *state;
  struct id id = {{0xf1}};
  struct row *r = fake_hub_row(&w->hub, &fake_strings, TABLE_absence_notice, &id);
  r->values[COL(absence_notice, learner)] = value_id(&fake_zoe);
  r->values[COL(absence_notice, starts)] = value_int(20770);
  r->values[COL(absence_notice, ends)] = value_int(20790);
  r->values[COL(absence_notice, reason)] = value_text(slice_text("Orthodontist"));
  field_online(w);
  fake_hub_feed(&w->hub, false);
  const item *row = field_row_of(field_get(w, &fake_strings_today), &fake_zoe);
  assert_true(core_host_says(row, "notice", "Orthodontist"));
  assert_true(core_host_says(row, "code", NULL));
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_mark_made_elsewhere_appears_with_its_author),
      IN_WORLD(an_open_register_hears_of_what_comes_in_another_stream),
      IN_WORLD(who_is_told_of_too_much_looks_at_everything),
      IN_WORLD(whatever_is_contested_about_a_mark_shows_on_its_row),
      IN_WORLD(unsent_work_stays_over_whatever_the_feed_brings),
      IN_WORLD(when_the_hub_has_it_device_and_hub_agree),
      IN_WORLD(a_decision_that_comes_before_the_receipt_wins_once_the_receipt_is_there),
      IN_WORLD(what_somebody_changed_since_is_not_undone),
      IN_WORLD(a_restart_drops_what_is_not_listed_but_never_unsent_work),
      IN_WORLD(a_row_that_leaves_is_gone),
      IN_WORLD(a_grant_that_ends_takes_its_rows_after_the_last_receipt),
      IN_WORLD(what_nobody_at_the_hub_could_read_stays_on_the_device),
      IN_WORLD(a_grant_that_ended_while_locked_takes_its_rows_at_the_next_unlock),
      IN_WORLD(who_is_granted_the_door_alone_from_now_on_keeps_no_last_names),
      IN_WORLD(what_only_one_stream_brought_goes_with_that_stream),
      IN_WORLD(a_first_sync_that_breaks_off_goes_on_where_it_was_committed),
      IN_WORLD(what_came_before_the_line_broke_is_kept),
      IN_WORLD(what_came_is_kept_within_a_second),
      IN_WORLD(batches_that_bring_nothing_end_no_transaction),
      IN_WORLD(each_batch_gives_its_credit_back),
      IN_WORLD(a_batch_with_a_gap_before_it_closes_the_line),
      IN_WORLD(rows_that_come_while_locked_are_asked_for_again),
      IN_WORLD(positions_are_told_when_subscribing_again),
      IN_WORLD(in_a_new_epoch_every_stream_begins_anew),
      IN_WORLD(an_absence_the_office_was_told_of_is_on_the_row),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
