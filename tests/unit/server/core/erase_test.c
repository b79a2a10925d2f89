/* erase_test.c: a learner is erased at the hub: rows, history, waiting bundles, names, the bytes of the file;
 * and what still comes about them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/reconcile.h"
#include "tests/lib/erase_world.h"

static struct ingest_world *const w = &ingest_world;
/* Said of Zoë, and found nowhere afterwards. */
static const char *const words[] = {"Zo\xc3\xab", "zoe testing", "Quicksilverish comment",
                                    "Embouchure of her own"};

static struct store *store(void) { return w->host.store; }

static struct op note_op(uint8_t id, const struct id *learner, const char *text) {
  struct op op = {.table = schema_table(TABLE_note), .row = {{id}}, .units = 3};
  op.values[COL(note, learner)] = value_id(learner);
  op.values[COL(note, activity)] = value_id(&w->world.strings);
  op.values[COL(note, staff)] = value_id(&w->world.ada);
  op.values[COL(note, date)] = value_int(w->world.today);
  op.values[COL(note, text)] = value_text(slice_text(text));
  op.values[COL(note, visibility)] = value_int(ENUM_visibility_office);
  return op;
}

static struct op mark_op(const struct id *learner, const char *comment) {
  struct id keys[2] = {w->world.strings_today, *learner};
  struct op op = {.table = schema_table(TABLE_mark), .units = 1 | 1U << 1 | (comment ? 1U << 3 : 0)};
  crypto_row_id(&op.row, TABLE_mark, keys, 2);
  op.values[COL(mark, session)] = value_id(&keys[0]);
  op.values[COL(mark, learner)] = value_id(&keys[1]);
  op.values[COL(mark, code)] = value_int(ENUM_mark_code_P);
  if (comment) op.values[COL(mark, comment)] = value_text(slice_text(comment));
  return op;
}

/* Several ops as one changeset. */
static struct changeset *write_together(struct test_device *d, const struct id *author, const struct op *ops,
                                        size_t count) {
  struct changeset *cs = test_device_write(d, author, &ops[0]);
  struct op *all = arena_take(&d->arena, count, sizeof *all);
  assert_non_null(all);
  bytes_copy(all, ops, count * sizeof *ops);
  cs->ops = all;
  cs->op_count = count;
  d->counter += count - 1;
  return cs;
}

/* Zoë is marked by two people who disagree, with a comment; a note is written on her; Jo is marked in
 * between. */
static void live(void) {
  struct op ops[3] = {mark_op(&w->world.zoe, words[2]), mark_op(&w->world.jo, NULL),
                      note_op(1, &w->world.zoe, words[3])};
  write_together(&w->device, &w->world.ada, ops, 3);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  ingest_mark(&w->other, &w->world.ben, &w->world.zoe, ENUM_mark_code_AU);
  assert_int_equal(ingest_bring(&w->other).status, RECEIPT_CONFLICT);
}

static err erase_fails(const struct erase_order *order, const char *sentence) {
  struct erase_result r;
  struct fault fault = {.code = ERR_OK};
  err e = erase_learner(&r, &w->host.hub, store(), &w->host.now, order, &fault);
  assert_int_equal(fault.code, e);
  if (!strstr(fault.text, sentence)) fail_msg("the sentence is: %s", fault.text);
  return e;
}

static void nothing_of_the_learner_is_left_in_tables_or_in_the_bytes_of_the_file(void **state) {
  (void)state;
  live();
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) assert_true(erase_world_hub_holds(words[i]));
  struct view_counts before = hub_host_counts(&w->host);
  struct erase_result r = erase_world_erase(&w->world.zoe);
  struct view_counts after = hub_host_counts(&w->host);
  assert_int_equal(r.rows, 4); /* the learner, the enrolment, the mark, the note */
  assert_int_equal(r.ops, 5);  /* and the mark's second author */
  assert_int_equal(after.learners, before.learners - 1);
  assert_int_equal(after.enrolments, before.enrolments - 1);
  assert_int_equal(after.marks, 1);
  assert_int_equal(after.notes, 0);
  assert_int_equal(after.conflicts, 0);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (erase_world_hub_holds(words[i])) fail_msg("\"%s\" is still in the file", words[i]);
}

/* ---- what the office asked about a child ---- */

static void inclusion_goes_with_the_learner(void **state) {
  (void)state;
  static const char *const told[] = {"Quicksilverish group", "Another such group"};
  struct op op = {.table = schema_table(TABLE_inclusion), .units = 3};
  struct row row;
  crypto_row_id(&op.row, TABLE_inclusion, &w->world.zoe, 1);
  for (int i = 0; i < 2; i++) {
    op.values[COL(inclusion, learner)] = value_id(&w->world.zoe);
    op.values[COL(inclusion, as_at)] = value_int(w->world.today - 1 + i);
    op.values[COL(inclusion, fsm)] = value_int(ENUM_answer_yes);
    op.values[COL(inclusion, ethnicity)] = value_text(slice_text(told[i]));
    hub_world_put(&w->host, &op);
    assert_true(erase_world_hub_holds(told[i]));
  }
  struct erase_result r = erase_world_erase(&w->world.zoe);
  assert_int_equal(r.rows, 3); /* the learner, the enrolment, what was told */
  assert_int_equal(store()->ops->load_row(store(), op.table, &op.row, &w->arena, &row), ERR_OK);
  assert_false(row.exists);
  for (int i = 0; i < 2; i++) assert_false(erase_world_hub_holds(told[i]));
}

static void numbers_elsewhere_go_with_the_learner(void **state) {
  (void)state;
  static const char *const told[] = {"A000012345678", "Y000087654321"};
  struct op op = {.table = schema_table(TABLE_learner_key), .units = 7};
  crypto_row_id(&op.row, TABLE_learner_key, &w->world.zoe, 1);
  for (int i = 0; i < 2; i++) {
    op.values[COL(learner_key, learner)] = value_id(&w->world.zoe);
    op.values[COL(learner_key, upn)] = value_text(slice_text(told[i]));
    op.values[COL(learner_key, mis_id)] = value_text(slice_text("quicksilverish-17"));
    hub_world_put(&w->host, &op);
    assert_true(erase_world_hub_holds(told[i]));
  }
  struct erase_result r = erase_world_erase(&w->world.zoe);
  assert_int_equal(r.rows, 3); /* the learner, the enrolment, the numbers */
  for (int i = 0; i < 2; i++) assert_false(erase_world_hub_holds(told[i]));
  assert_false(erase_world_hub_holds("quicksilverish-17"));
}

static void what_stood_beside_it_in_one_changeset_stays_with_its_history(void **state) {
  (void)state;
  struct op jo = mark_op(&w->world.jo, NULL);
  struct store_history *history;
  size_t count;
  live();
  (void)erase_world_erase(&w->world.zoe);
  assert_int_equal(store()->ops->read_history(store(), jo.table, &jo.row, &w->arena, &history, &count),
                   ERR_OK);
  assert_int_equal(count, 1);
  assert_int_equal(history[0].op.counter, 2);
  assert_int_equal(history[0].values[COL(mark, code)].i, ENUM_mark_code_P);
}

static void what_comes_about_an_erased_learner_is_refused_and_not_kept(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct store_bundle kept;
  live();
  (void)erase_world_erase(&w->world.zoe);
  hub_host_digest(&w->host, before);
  struct op note = note_op(9, &w->world.zoe, words[3]);
  test_device_write(&w->device, &w->world.ada, &note);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_REFUSED);
  assert_int_equal(r.exception_count, 2);
  for (size_t i = 0; i < 2; i++) assert_int_equal(r.exceptions[i].reason, ERR_ERASED);
  assert_int_equal(store()->ops->bundle_load(store(), &w->device.id, 1, r.seq, &w->arena, &kept), ERR_OK);
  assert_int_equal(kept.raw.len, 0);
  assert_int_equal(hub_host_counts(&w->host).quarantined, 0);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

/* Sixty marked at once are not lost for one. */
static void of_a_changeset_about_several_the_others_stand(void **state) {
  (void)state;
  (void)erase_world_erase(&w->world.zoe);
  struct op ops[3] = {mark_op(&w->world.jo, NULL), mark_op(&w->world.zoe, words[2]),
                      mark_op(&w->world.li, NULL)};
  struct changeset *cs = write_together(&w->device, &w->world.ada, ops, 3);
  uint64_t first = cs->counter;
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_APPLIED);
  assert_int_equal(r.exception_count, 0);
  struct row jo = ingest_load_mark(&w->world.jo), zoe = ingest_load_mark(&w->world.zoe),
             li = ingest_load_mark(&w->world.li);
  assert_true(jo.exists && li.exists && !zoe.exists);
  assert_int_equal(jo.units[1].heads[0].op.counter, first);
  assert_int_equal(li.units[1].heads[0].op.counter, first + 2);
  assert_false(erase_world_hub_holds(words[2]));
}

/* Only its row says whom it is about, and that is gone. */
static void an_edit_that_does_not_name_the_learner_is_known_by_its_row(void **state) {
  (void)state;
  struct op notice = {.table = schema_table(TABLE_absence_notice), .row = {{5}}, .units = 7};
  notice.values[COL(absence_notice, learner)] = value_id(&w->world.zoe);
  notice.values[COL(absence_notice, starts)] = value_int(w->world.today);
  notice.values[COL(absence_notice, ends)] = value_int(w->world.today + 1);
  hub_world_put(&w->host, &notice);
  (void)erase_world_erase(&w->world.zoe);
  struct op edit = {.table = notice.table, .row = notice.row, .units = 1U << 2};
  edit.values[COL(absence_notice, reason)] = value_text(slice_text(words[2]));
  test_device_write(&w->device, &w->world.ada, &edit);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_REFUSED);
  assert_int_equal(r.exceptions[0].reason, ERR_ERASED);
  assert_false(erase_world_hub_holds(words[2]));
}

static void what_staff_had_to_know_goes_with_the_learner(void **state) {
  (void)state;
  struct op need = {.table = schema_table(TABLE_need), .row = {{6}}, .units = 3};
  need.values[COL(need, learner)] = value_id(&w->world.zoe);
  need.values[COL(need, kind)] = value_int(ENUM_need_kind_medical);
  need.values[COL(need, text)] = value_text(slice_text(words[2]));
  hub_world_put(&w->host, &need);
  assert_true(erase_world_hub_holds(words[2]));
  (void)erase_world_erase(&w->world.zoe);
  assert_false(erase_world_hub_holds(words[2]));
}

static void open_raw(const struct store_bundle *b, struct bundle_content *out, struct buf *plain) {
  struct bundle_parts parts;
  err *refused;
  assert_int_equal(bundle_parse(&parts, b->raw), ERR_OK);
  assert_int_equal(bundle_open(plain, &parts, &w->host.hub.intake[0].keys), ERR_OK);
  assert_int_equal(content_decode(out, &refused, buf_slice(plain), &w->arena, NULL), ERR_OK);
}

/* Cam may sign in on the device, but has no grant. */
static void a_quarantined_bundle_keeps_the_others_and_loses_the_learner(void **state) {
  (void)state;
  struct op ops[2] = {mark_op(&w->world.zoe, words[2]), mark_op(&w->world.jo, NULL)};
  struct store_bundle kept;
  struct bundle_content content;
  struct buf plain = BUF_INIT(bundle_plain_bytes_max + 1024);
  write_together(&w->device, &w->world.cam, ops, 2);
  test_device_write(&w->device, &w->world.cam, &ops[0]);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_int_equal(erase_world_erase(&w->world.zoe).bundles, 1);
  assert_int_equal(store()->ops->bundle_load(store(), &w->device.id, 1, r.seq, &w->arena, &kept), ERR_OK);
  open_raw(&kept, &content, &plain);
  assert_false(erase_world_finds(buf_slice(&plain), slice_text(words[2])));
  assert_false(erase_world_finds(buf_slice(&plain), id_slice(&w->world.zoe)));
  assert_int_equal(content.changeset_count, 2);
  assert_int_equal(content.changesets[0].op_count, 2);
  assert_true(op_is_blank(&content.changesets[0].ops[0]));
  assert_true(id_equal(&content.changesets[0].ops[1].row, &ops[1].row));
  assert_true(op_is_blank(&content.changesets[1].ops[0]));
  assert_int_equal(hub_host_counts(&w->host).quarantined, 1); /* the other says nothing any more */
  /* The same bundle again is still the same bundle; its receipt, signed anew, says what became of it. */
  struct job job;
  hub_host_ingest(&w->host, &job, buf_slice(&w->last));
  assert_int_equal(job.result, ERR_OK);
  struct receipt again = test_receipt(&w->host, job.receipt, &w->arena);
  assert_int_equal(again.seq, r.seq);
  assert_int_equal(again.exceptions[0].reason, ERR_FORBIDDEN);
  assert_int_equal(again.exceptions[1].reason, ERR_REJECTED);
  job_finish(&job);
  /* The office lets the rest through. */
  struct change_set changes;
  struct quarantine_ref ref = {.device = w->device.id, .incarnation = 1, .seq = r.seq};
  struct fault fault;
  if (quarantine_decide_by(&changes, &w->host.hub, store(), &w->host.now, &w->host.hub.id, &ref,
                           QUARANTINE_RELEASED, slice_text("Cam stood in"), &fault) != ERR_OK)
    fail_msg("%s", fault.text);
  assert_true(ingest_load_mark(&w->world.jo).exists);
  assert_false(ingest_load_mark(&w->world.zoe).exists);
  buf_finish(&plain);
}

static void a_held_bundle_is_released_without_the_learner(void **state) {
  (void)state;
  struct buf first, second;
  struct job job;
  struct op ops[2] = {mark_op(&w->world.zoe, words[2]), mark_op(&w->world.jo, NULL)};
  ingest_mark(&w->device, &w->world.ada, &w->world.li, ENUM_mark_code_P);
  test_device_seal(&w->device, &first);
  write_together(&w->device, &w->world.ada, ops, 2);
  test_device_seal(&w->device, &second);
  hub_host_ingest(&w->host, &job, buf_slice(&second));
  job_finish(&job);
  assert_int_equal(erase_world_erase(&w->world.zoe).bundles, 1);
  hub_host_ingest(&w->host, &job, buf_slice(&first));
  assert_int_equal(job.released_count, 1);
  assert_int_equal(test_receipt(&w->host, job.released[0], &w->arena).status, RECEIPT_APPLIED);
  job_finish(&job);
  assert_true(ingest_load_mark(&w->world.jo).exists);
  assert_false(ingest_load_mark(&w->world.zoe).exists);
  buf_finish(&first);
  buf_finish(&second);
}

/* What waits for another reason is kept, but not what was erased beside it. */
static void a_bundle_kept_for_others_is_kept_without_the_erased(void **state) {
  (void)state;
  struct op zoe = mark_op(&w->world.zoe, words[2]), jo = mark_op(&w->world.jo, NULL);
  struct store_bundle kept;
  struct bundle_content content;
  struct buf plain = BUF_INIT(bundle_plain_bytes_max + 1024);
  (void)erase_world_erase(&w->world.zoe);
  test_device_write(&w->device, &w->world.ada, &zoe);
  test_device_write(&w->device, &w->world.cam, &jo);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.exception_count, 2);
  assert_int_equal(r.exceptions[0].reason, ERR_ERASED);
  assert_int_equal(r.exceptions[1].reason, ERR_FORBIDDEN);
  assert_int_equal(store()->ops->bundle_load(store(), &w->device.id, 1, r.seq, &w->arena, &kept), ERR_OK);
  open_raw(&kept, &content, &plain);
  assert_true(op_is_blank(&content.changesets[0].ops[0]));
  assert_false(op_is_blank(&content.changesets[1].ops[0]));
  assert_false(erase_world_finds(buf_slice(&plain), slice_text(words[2])));
  buf_finish(&plain);
}

static void a_hold_blocks_it_until_it_is_lifted(void **state) {
  (void)state;
  struct fault fault;
  struct store_hold *holds;
  size_t count;
  struct erase_order order = erase_world_order(&w->world.zoe);
  struct store_hold hold = {.learner = w->world.zoe,
                            .by = w->host.hub.id,
                            .reason = slice_text("case 12"),
                            .since_ms = w->host.now.wall_ms};
  live();
  assert_int_equal(erase_hold(&w->host.hub, store(), &w->host.now, &hold, &fault), ERR_OK);
  assert_int_equal(erase_hold(&w->host.hub, store(), &w->host.now, &hold, &fault), ERR_EXISTS);
  assert_int_equal(erase_fails(&order, "hold"), ERR_FORBIDDEN);
  assert_int_equal(hub_host_counts(&w->host).notes, 1);
  assert_int_equal(erase_lift(&w->host.hub, store(), &w->host.now, &w->world.zoe, &hold.by, &fault), ERR_OK);
  assert_int_equal(erase_lift(&w->host.hub, store(), &w->host.now, &w->world.zoe, &hold.by, &fault),
                   ERR_NOT_FOUND);
  assert_int_equal(views_holds(store(), &w->arena, &holds, &count), ERR_OK);
  assert_true(count == 1 && holds[0].lifted_ms != 0);
  (void)erase_world_erase(&w->world.zoe);
  assert_int_equal(views_holds(store(), &w->arena, &holds, &count), ERR_OK);
  assert_int_equal(count, 0);
}

static void asked_again_it_changes_nothing(void **state) {
  (void)state;
  struct erase_result r;
  uint64_t position, after;
  struct erase_order order = erase_world_order(&w->world.zoe);
  assert_int_equal(erase_world_erase(&w->world.zoe).number, 1);
  assert_int_equal(store()->ops->number_load(store(), STORE_POSITION, &position), ERR_OK);
  assert_int_equal(erase_learner(&r, &w->host.hub, store(), &w->host.now, &order, NULL), ERR_OK);
  assert_true(r.before && r.number == 1 && r.rows == 0);
  assert_int_equal(store()->ops->number_load(store(), STORE_POSITION, &after), ERR_OK);
  assert_int_equal(position, after);
  struct id nobody = {{0x77}};
  order.learner = nobody;
  assert_int_equal(erase_fails(&order, "no learner"), ERR_NOT_FOUND);
}

/* A restored hub, whose backup is from before the erasure; the learner may not even be in it. */
static void a_journal_replays_numbers_and_times_once_and_in_spite_of_a_hold(void **state) {
  (void)state;
  struct erase_result r;
  struct view_erasure *list;
  size_t count;
  struct fault fault;
  struct id unknown = {{0x44}};
  struct erase_order order = erase_world_order(&w->world.zoe), other = erase_world_order(&unknown);
  struct store_hold hold = {.learner = w->world.zoe, .by = w->host.hub.id, .reason = slice_text("old")};
  assert_int_equal(erase_hold(&w->host.hub, store(), &w->host.now, &hold, &fault), ERR_OK);
  order.number = 7, order.at_ms = 1795000000000;
  other.number = 8, other.at_ms = 1795000000001;
  for (int i = 0; i < 2; i++) {
    assert_int_equal(erase_learner(&r, &w->host.hub, store(), &w->host.now, &order, NULL), ERR_OK);
    assert_int_equal(r.before, i == 1);
    assert_int_equal(erase_learner(&r, &w->host.hub, store(), &w->host.now, &other, NULL), ERR_OK);
    assert_int_equal(r.before, i == 1);
  }
  assert_int_equal(views_erasures(store(), &w->arena, &list, &count), ERR_OK);
  assert_int_equal(count, 2);
  assert_true(list[0].entry.number == 8 && list[1].entry.number == 7 && list[1].entry.at_ms == order.at_ms);
  struct erase_order clash = erase_world_order(&w->world.jo);
  clash.number = 7;
  assert_int_equal(erase_fails(&clash, "another learner"), ERR_CONFLICT);
  assert_int_equal(erase_world_erase(&w->world.jo).number, 9);
}

static void those_who_are_one_child_by_merging_go_together(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.li, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&w->world.zoe);
  hub_world_put(&w->host, &op);
  struct erase_result r = erase_world_erase(&w->world.li);
  assert_int_equal(r.learners, 2);
  assert_int_equal(hub_host_counts(&w->host).learners, 2);
}

static void an_old_list_does_not_bring_the_learner_back(void **state) {
  (void)state;
  struct office_result result;
  struct fault fault = {.code = ERR_OK};
  (void)erase_world_erase(&w->world.zoe);
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = 3};
  op.values[COL(learner, first_name)] = value_text(slice_text(words[0]));
  assert_int_equal(office_apply(&result, &w->host.hub, store(), &w->host.now, &w->host.hub.id, &op, 1, false,
                                &w->arena, &fault),
                   ERR_ERASED);
  assert_non_null(strstr(fault.text, "erased"));
  assert_false(erase_world_hub_holds(words[0]));
}

static void a_dry_run_counts_and_changes_nothing(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct erase_result r;
  struct erase_order order = erase_world_order(&w->world.zoe);
  order.dry_run = true;
  live();
  hub_host_digest(&w->host, before);
  assert_int_equal(erase_learner(&r, &w->host.hub, store(), &w->host.now, &order, NULL), ERR_OK);
  assert_int_equal(r.rows, 4);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static void every_device_enrolled_by_then_is_waited_for_until_it_confirms(void **state) {
  (void)state;
  struct store_device *waiting;
  struct view_erasure *list;
  struct test_device late;
  size_t count;
  (void)erase_world_erase(&w->world.zoe);
  hub_host_pass(&w->host, 1000);
  test_device_enrol(&late, &w->host, &w->world.ada, NULL);
  assert_int_equal(views_erasure_waiting(store(), 1, &w->arena, &waiting, &count), ERR_OK);
  assert_int_equal(count, 2);
  w->device.acks[w->device.ack_count++] = (struct ack){ACK_ERASED, 1};
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  assert_int_equal(views_erasure_waiting(store(), 1, &w->arena, &waiting, &count), ERR_OK);
  assert_int_equal(count, 1);
  assert_true(id_equal(&waiting[0].id, &w->other.id));
  assert_int_equal(views_erasures(store(), &w->arena, &list, &count), ERR_OK);
  assert_true(count == 1 && list[0].devices == 2 && list[0].confirmed == 1);
  assert_int_equal(views_erasure_waiting(store(), 2, &w->arena, &waiting, &count), ERR_NOT_FOUND);
  test_device_finish(&late);
}

static void a_revoked_device_is_not_waited_for_and_is_counted_by_itself(void **state) {
  (void)state;
  struct store_device *waiting;
  struct view_erasure *list;
  size_t count;
  (void)erase_world_erase(&w->world.zoe);
  hub_world_revoke(&w->host, &w->other.id);
  assert_int_equal(views_erasure_waiting(store(), 1, &w->arena, &waiting, &count), ERR_OK);
  assert_int_equal(count, 1);
  assert_true(id_equal(&waiting[0].id, &w->device.id));
  assert_int_equal(views_erasures(store(), &w->arena, &list, &count), ERR_OK);
  assert_true(list[0].devices == 1 && list[0].confirmed == 0 && list[0].revoked == 1);
  w->other.acks[w->other.ack_count++] = (struct ack){ACK_ERASED, 1}; /* it hands over what it has */
  (void)ingest_bring(&w->other);
  assert_int_equal(views_erasures(store(), &w->arena, &list, &count), ERR_OK);
  assert_true(list[0].devices == 2 && list[0].confirmed == 1 && list[0].revoked == 0);
}

/* While somebody reads, the log cannot be emptied; housekeeping does it later. */
static void a_scrub_that_must_wait_stays_due(void **state) {
  (void)state;
  struct store *reader;
  struct store_sqlite_config config = {.path = w->host.path, .read_only = true};
  struct erase_result r;
  struct erase_order order = erase_world_order(&w->world.zoe);
  bool done;
  assert_int_equal(store_sqlite_open(&reader, &config, NULL), ERR_OK);
  assert_int_equal(reader->ops->begin_read(reader), ERR_OK);
  assert_int_equal(erase_learner(&r, &w->host.hub, store(), &w->host.now, &order, NULL), ERR_OK);
  assert_int_equal(erase_scrub(&w->host.hub, store(), &done), ERR_OK);
  assert_false(done);
  reader->ops->rollback(reader);
  struct job job;
  job_init(&job, JOB_KEEP);
  job_run(&job, &w->host.hub, store(), &w->host.now);
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
  reader->ops->close(reader);
  assert_false(erase_world_hub_holds(words[0]));
}

static const struct store_ops *whole;

/* Just when the file is rewritten, the command erases Jo. */
static err scrub_and_erase(struct store *s) {
  struct erase_result r;
  struct erase_order order = erase_world_order(&w->world.jo);
  err e = whole->scrub(s);
  s->ops = whole;
  assert_int_equal(erase_learner(&r, &w->host.hub, s, &w->host.now, &order, NULL), ERR_OK);
  return e;
}

static void what_is_erased_while_the_file_is_rewritten_stays_due(void **state) {
  (void)state;
  struct erase_result r;
  struct erase_order order = erase_world_order(&w->world.zoe);
  bool done;
  uint64_t due;
  whole = store()->ops;
  struct store_ops beside = *whole;
  beside.scrub = scrub_and_erase;
  assert_int_equal(erase_learner(&r, &w->host.hub, store(), &w->host.now, &order, NULL), ERR_OK);
  store()->ops = &beside;
  err e = erase_scrub(&w->host.hub, store(), &done);
  store()->ops = whole;
  assert_int_equal(e, ERR_OK);
  assert_false(done);
  assert_int_equal(whole->number_load(store(), STORE_SCRUB_DUE, &due), ERR_OK);
  assert_true(due > 0);
  assert_int_equal(erase_scrub(&w->host.hub, store(), &done), ERR_OK);
  assert_true(done);
  assert_int_equal(whole->number_load(store(), STORE_SCRUB_DUE, &due), ERR_OK);
  assert_int_equal(due, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(nothing_of_the_learner_is_left_in_tables_or_in_the_bytes_of_the_file),
      TEST(inclusion_goes_with_the_learner),
      TEST(numbers_elsewhere_go_with_the_learner),
      TEST(what_stood_beside_it_in_one_changeset_stays_with_its_history),
      TEST(what_comes_about_an_erased_learner_is_refused_and_not_kept),
      TEST(of_a_changeset_about_several_the_others_stand),
      TEST(an_edit_that_does_not_name_the_learner_is_known_by_its_row),
      TEST(what_staff_had_to_know_goes_with_the_learner),
      TEST(a_quarantined_bundle_keeps_the_others_and_loses_the_learner),
      TEST(a_held_bundle_is_released_without_the_learner),
      TEST(a_bundle_kept_for_others_is_kept_without_the_erased),
      TEST(a_hold_blocks_it_until_it_is_lifted),
      TEST(asked_again_it_changes_nothing),
      TEST(a_journal_replays_numbers_and_times_once_and_in_spite_of_a_hold),
      TEST(those_who_are_one_child_by_merging_go_together),
      TEST(an_old_list_does_not_bring_the_learner_back),
      TEST(a_dry_run_counts_and_changes_nothing),
      TEST(every_device_enrolled_by_then_is_waited_for_until_it_confirms),
      TEST(a_revoked_device_is_not_waited_for_and_is_counted_by_itself),
      TEST(a_scrub_that_must_wait_stays_due),
      TEST(what_is_erased_while_the_file_is_rewritten_stays_due),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
