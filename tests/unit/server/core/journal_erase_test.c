/* journal_erase_test.c: erasures, holds and decisions about quarantine come back from the journal, and what
 * was said of an erased learner does not stay in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "server/core/views_questions.h"
#include "tests/lib/journal_world.h"

static struct journal_world *const w = &journal_world;
static struct test_device device;

/* ---- erasures, holds ---- */

static const char erased_name[] = "Quicksilverish"; /* of Zoë, in the journal alone: the backup is older */

static void name_learner(const struct id *learner, const char *name) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *learner, .units = 1U << 1};
  op.values[COL(learner, first_name)] = value_text(slice_text(name));
  op.values[COL(learner, last_name)] = value_text(slice_text("Testing"));
  hub_world_put(&w->host, &op);
}

static bool file_holds(const char *path, const char *what) {
  struct buf bytes = BUF_INIT(268435456);
  size_t len = strlen(what);
  bool found = false;
  journal_world_must(file_posix_read_all(&bytes, path, 268435456, NULL));
  for (size_t i = 0; i + len <= bytes.len && !found; i++) found = memcmp(bytes.ptr + i, what, len) == 0;
  buf_finish(&bytes);
  return found;
}

static bool hub_holds(const char *what) {
  char wal[128];
  (void)snprintf(wal, sizeof wal, "%s-wal", w->host.path);
  return file_holds(w->host.path, what) || (access(wal, F_OK) == 0 && file_holds(wal, what));
}

static void erase(const struct id *learner) {
  struct erase_result r;
  struct fault fault = {.code = ERR_OK};
  const struct erase_order order = {
      .learner = *learner, .by = w->host.hub.id, .reason = slice_text("the family asked for it")};
  if (erase_learner(&r, &w->host.hub, w->host.store, &w->host.now, &order, &fault) != ERR_OK)
    fail_msg("%s", fault.text);
}

static void scrub(void) {
  bool done;
  journal_world_must(erase_scrub(&w->host.hub, w->host.store, &done));
  assert_true(done);
}

static bool is_there(const struct id *learner) {
  struct arena a = ARENA_INIT(1048576);
  struct row row;
  journal_world_must(
      w->host.store->ops->load_row(w->host.store, schema_table(TABLE_learner), learner, &a, &row));
  arena_finish(&a);
  return row.exists;
}

static void hold(const struct id *learner, bool lift) {
  struct fault fault = {.code = ERR_OK};
  const struct store_hold h = {.learner = *learner,
                               .by = w->world.ben,
                               .reason = slice_text("an inquiry is open"),
                               .since_ms = w->host.now.wall_ms};
  journal_world_must(
      lift ? erase_lift(&w->host.hub, w->host.store, &w->host.now, learner, &w->world.ben, &fault)
           : erase_hold(&w->host.hub, w->host.store, &w->host.now, &h, &fault));
}

static bool is_held(const struct id *learner) {
  struct arena a = ARENA_INIT(1048576);
  struct store_hold h;
  err e = w->host.store->ops->hold_load(w->host.store, learner, &a, &h);
  arena_finish(&a);
  if (e != ERR_NOT_FOUND) journal_world_must(e);
  return e == ERR_OK;
}

/* Before the journal was rewritten its ops bring the learner back for a moment; afterwards they say nothing.
 */
static void an_erasure_survives_an_old_backup(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  journal_world_back_up();
  name_learner(&w->world.zoe, erased_name);
  erase(&w->world.zoe);
  journal_world_name_staff("Ada Second");
  uint64_t counter = journal_world_number(STORE_OFFICE_COUNTER),
           stamp = journal_world_number(STORE_OFFICE_STAMP);
  hub_host_digest(&w->host, before);
  for (int rewritten = 0; rewritten < 2; rewritten++) {
    if (rewritten) scrub();
    assert_int_equal(journal_world_start(w->backup_path), 3);
    assert_false(is_there(&w->world.zoe));
    assert_true(is_there(&w->world.jo));
    assert_int_equal(journal_world_number(STORE_ERASURES), 1);
    assert_int_equal(journal_world_number(STORE_SCRUB_DUE), 1);
    assert_int_equal(journal_world_number(STORE_OFFICE_COUNTER), counter);
    assert_int_equal(journal_world_number(STORE_OFFICE_STAMP), stamp);
    hub_host_digest(&w->host, after);
    assert_memory_equal(before, after, hash_bytes);
    assert_int_equal(journal_world_start(NULL), 0);
    scrub();
    assert_false(hub_holds(erased_name));
  }
}

/* A hub that went on for a while without its journal erased a learner of whom the journal still speaks. */
static void an_op_about_an_erased_learner_is_not_replayed(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = 1U << 1};
  struct merge_op m = {.op = &op,
                       .id = {.device = w->host.hub.id, .incarnation = 1, .counter = 900},
                       .author = w->world.ada,
                       .stamp = 5,
                       .flags = OP_OFFICE};
  op.values[COL(learner, first_name)] = value_text(slice_text(erased_name));
  erase(&w->world.zoe);
  journal_world_must(w->host.store->ops->begin(w->host.store));
  journal_world_must(journal_op(w->journal, &m));
  journal_world_must(
      journal_before_commit(w->journal, w->host.store)); /* and the power goes before the commit */
  assert_int_equal(journal_world_start(NULL), 1);
  assert_false(is_there(&w->world.zoe));
  assert_int_equal(journal_world_number(STORE_OFFICE_COUNTER), 900);
  scrub();
  assert_false(file_holds(w->journal_path, erased_name));
  assert_false(hub_holds(erased_name));
}

/* A decision about a bundle, as the journal has it; nobody carries it out here. */
static void decide_saying(const char *why) {
  const struct store_quarantine q = {.device = w->world.ada,
                                     .incarnation = 1,
                                     .seq = 1,
                                     .changeset = 1,
                                     .state = QUARANTINE_REJECTED,
                                     .by = w->world.ben,
                                     .at_ms = 5,
                                     .why = slice_text(why)};
  journal_world_must(w->host.store->ops->begin(w->host.store));
  journal_world_must(journal_decision(w->journal, &q));
  journal_world_must(w->host.store->ops->commit(w->host.store));
}

static void the_journal_forgets_an_erased_name(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  journal_world_back_up();
  name_learner(&w->world.zoe, erased_name);
  name_learner(&w->world.jo, "Keepsakeish");
  hold(&w->world.zoe, false);
  hold(&w->world.zoe, true);
  decide_saying("a reason about anybody");
  assert_true(file_holds(w->journal_path, erased_name) && file_holds(w->journal_path, "an inquiry") &&
              file_holds(w->journal_path, "about anybody"));
  erase(&w->world.zoe);
  scrub();
  assert_false(file_holds(w->journal_path, erased_name));
  assert_false(file_holds(w->journal_path, "an inquiry"));
  assert_false(file_holds(w->journal_path, "about anybody"));
  assert_true(file_holds(w->journal_path, "Keepsakeish"));
  journal_world_name_staff("Ada Second"); /* is appended to the new file */
  assert_true(file_holds(w->journal_path, "Ada Second"));
  hub_host_digest(&w->host, before);
  (void)journal_world_start(w->backup_path);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  scrub();
}

/* The hub runs while the command line erases: each has the file open. */
static void another_process_follows_a_rewritten_journal(void **state) {
  (void)state;
  struct journal *other = NULL, *first = w->journal;
  struct fault fault;
  journal_world_back_up();
  name_learner(&w->world.zoe, erased_name);
  journal_world_must(journal_open(&other, &w->files, &w->host.hub.id, &fault));
  w->host.store->journal = other;
  erase(&w->world.zoe);
  scrub();
  w->host.store->journal = first;
  journal_world_name_staff("Ada Second");
  assert_true(file_holds(w->journal_path, "Ada Second"));
  w->host.store->journal = other;
  journal_world_name_staff("Ada Third");
  journal_close(other);
  w->host.store->journal = first;
  assert_int_equal(journal_world_start(w->backup_path), 4);
}

static err tear(void *ctx, const char *name, struct slice bytes) {
  char path[400];
  (void)ctx;
  (void)snprintf(path, sizeof path, "%s/%s.new", w->host.dir, name);
  journal_world_must(file_posix_write_all(path, slice_of(bytes.ptr, bytes.len / 2), NULL));
  return ERR_IO;
}

static void a_torn_rewrite_leaves_the_old_journal(void **state) {
  (void)state;
  struct buf whole = BUF_INIT(16777216), torn = BUF_INIT(16777216);
  char fresh[400];
  bool done;
  (void)snprintf(fresh, sizeof fresh, "%s.new", w->journal_path);
  journal_world_back_up();
  name_learner(&w->world.zoe, erased_name);
  erase(&w->world.zoe);
  journal_world_must(file_posix_read_all(&whole, w->journal_path, 16777216, NULL));
  err (*replace)(void *, const char *, struct slice) = w->files.replace;
  w->files.replace = tear;
  assert_int_equal(erase_scrub(&w->host.hub, w->host.store, &done), ERR_IO);
  assert_false(done);
  w->files.replace = replace;
  journal_world_must(file_posix_read_all(&torn, w->journal_path, 16777216, NULL));
  assert_true(slice_equal(buf_slice(&whole), buf_slice(&torn)));
  assert_int_equal(access(fresh, F_OK), 0);
  assert_int_equal(journal_world_number(STORE_SCRUB_DUE), 1); /* it is asked again */
  assert_int_equal(journal_world_start(w->backup_path), 2);
  assert_false(is_there(&w->world.zoe));
  scrub();
  assert_false(file_holds(w->journal_path, erased_name));
  assert_int_not_equal(access(fresh, F_OK), 0);
  buf_finish(&whole);
  buf_finish(&torn);
}

static void holds_survive_an_old_backup(void **state) {
  (void)state;
  hold(&w->world.jo, false);
  journal_world_back_up();
  hold(&w->world.zoe, false);
  hold(&w->world.jo, true);
  assert_int_equal(journal_world_start(w->backup_path), 2);
  assert_true(is_held(&w->world.zoe));
  assert_false(is_held(&w->world.jo));
  /* One that was lifted, as the backup does not know, does not outlive the learner. */
  hold(&w->world.zoe, true);
  journal_world_back_up();
  hold(&w->world.kit, false);
  journal_world_back_up();
  hold(&w->world.kit, true);
  erase(&w->world.kit);
  scrub();
  (void)journal_world_start(w->backup_path);
  assert_false(is_there(&w->world.kit));
  assert_false(is_held(&w->world.kit));
}

/* ---- decisions about quarantine ---- */

static void decide(const struct test_device *d, uint32_t changeset, enum store_quarantine_state decision) {
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  struct quarantine_ref ref = {.device = d->id, .incarnation = 1, .seq = d->seq, .changeset = changeset};
  if (quarantine_decide_by(&changes, &w->host.hub, w->host.store, &w->host.now, &w->world.ben, &ref, decision,
                           slice_text("Cam stood in"), &fault) != ERR_OK)
    fail_msg("%s", fault.text);
}

/* Cam has no grant: what Cam writes waits. Three times. */
static void seal_three(struct test_device *d, struct buf *bundle) {
  const struct id *players[] = {&w->world.zoe, &w->world.jo, &w->world.li};
  for (size_t i = 0; i < 3; i++)
    (void)test_device_mark(d, &w->world.cam, &w->world.strings_today, players[i], ENUM_mark_code_P, -1);
  test_device_seal(d, bundle);
}

static void take(const struct buf *bundle) {
  struct job job;
  hub_host_ingest(&w->host, &job, buf_slice(bundle));
  journal_world_must(job.result);
  job_finish(&job);
}

static void bring_three(struct buf *bundle) {
  test_device_enrol(&device, &w->host, &w->world.ada, &w->world.cam);
  seal_three(&device, bundle);
  take(bundle);
}

static uint64_t arrival_of(const struct test_device *d, struct id *matter) {
  struct arena a = ARENA_INIT(1048576);
  struct store_bundle b;
  journal_world_must(w->host.store->ops->bundle_load(w->host.store, &d->id, 1, d->seq, &a, &b));
  *matter = quarantine_matter(b.hash);
  const uint64_t number = b.number;
  arena_finish(&a);
  return number;
}

static const struct id question = {{0x9e}};

static void ask_about(const struct id *matter) {
  char text[id_text_bytes];
  struct op op = {.table = schema_table(TABLE_question), .row = question, .units = 3};
  id_text(text, matter);
  op.values[COL(question, staff)] = value_id(&w->world.cam);
  op.values[COL(question, item)] = value_text(slice_text(text));
  op.values[COL(question, text)] = value_text(slice_text("Did you stand in?"));
  hub_world_put(&w->host, &op);
}

static bool is_withdrawn(void) {
  struct arena a = ARENA_INIT(1048576);
  struct row row;
  journal_world_must(
      w->host.store->ops->load_row(w->host.store, schema_table(TABLE_question), &question, &a, &row));
  const struct value *v = &row.values[COL(question, withdrawn)];
  const bool is = v->kind == VALUE_INT && v->i == 1;
  arena_finish(&a);
  return is;
}

/* The journal has the decision and, as an op of its own, the question's end: both once. */
static void a_question_that_ended_with_a_decision_ends_after_an_old_backup(void **state) {
  (void)state;
  struct buf bundle;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct id matter;
  bring_three(&bundle);
  (void)arrival_of(&device, &matter);
  ask_about(&matter);
  journal_world_back_up();
  decide(&device, quarantine_all, QUARANTINE_REJECTED);
  hub_host_digest(&w->host, before);
  assert_int_equal(journal_world_start(w->backup_path), 1);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_true(is_withdrawn());
  buf_finish(&bundle);
  test_device_finish(&device);
}

/* The restored hub gives the number under which a bundle came to another one. */
static void a_question_about_a_bundle_means_that_one_after_an_old_backup(void **state) {
  (void)state;
  struct buf bundle, foreign;
  struct test_device other;
  struct id matter, unasked;
  uint64_t found;
  test_device_enrol(&device, &w->host, &w->world.ada, &w->world.cam);
  test_device_enrol(&other, &w->host, &w->world.ada, &w->world.cam);
  journal_world_back_up();
  seal_three(&device, &bundle);
  take(&bundle);
  const uint64_t number = arrival_of(&device, &matter);
  ask_about(&matter);
  assert_int_equal(journal_world_start(w->backup_path), 1);
  seal_three(&other, &foreign);
  take(&foreign);
  assert_int_equal(arrival_of(&other, &unasked), number);
  assert_int_equal(views_bundle_asked(w->host.store, &matter, &found), ERR_NOT_FOUND);
  decide(&other, quarantine_all, QUARANTINE_REJECTED);
  assert_false(is_withdrawn());
  take(&bundle);
  assert_int_equal(views_bundle_asked(w->host.store, &matter, &found), ERR_OK);
  assert_int_equal(found, arrival_of(&device, &matter));
  decide(&device, quarantine_all, QUARANTINE_REJECTED);
  assert_true(is_withdrawn());
  buf_finish(&bundle);
  buf_finish(&foreign);
  test_device_finish(&device);
  test_device_finish(&other);
}

static void what_the_office_released_or_rejected_survives_an_old_backup(void **state) {
  (void)state;
  struct buf bundle;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct arena a = ARENA_INIT(1048576);
  struct store_bundle kept;
  struct store_quarantine *rows;
  size_t count;
  bring_three(&bundle);
  journal_world_back_up();
  decide(&device, 0, QUARANTINE_RELEASED);
  decide(&device, 1, QUARANTINE_REJECTED);
  hub_host_digest(&w->host, before);
  int64_t decided_ms = w->host.now.wall_ms;
  hub_host_pass(&w->host, 3600000);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(journal_world_start(i ? NULL : w->backup_path), i ? 0 : 2);
    hub_host_digest(&w->host, after);
    assert_memory_equal(before, after, hash_bytes);
    assert_int_equal(hub_host_counts(&w->host).marks, 1);
    assert_int_equal(hub_host_counts(&w->host).quarantined, 1);
  }
  journal_world_must(w->host.store->ops->bundle_load(w->host.store, &device.id, 1, device.seq, &a, &kept));
  journal_world_must(w->host.store->ops->quarantine_list(w->host.store, kept.number, 9, &a, &rows, &count));
  assert_int_equal(count, 3);
  assert_int_equal(rows[0].state, QUARANTINE_RELEASED);
  assert_int_equal(rows[1].state, QUARANTINE_REJECTED);
  assert_int_equal(rows[2].state, QUARANTINE_WAITS);
  assert_true(rows[0].at_ms == decided_ms && id_equal(&rows[0].by, &w->world.ben));
  assert_true(slice_equal(rows[1].why, slice_text("Cam stood in")));
  assert_false(hub_holds("journal.skip"));
  arena_finish(&a);
  buf_finish(&bundle);
  test_device_finish(&device);
}

static void a_decision_about_a_bundle_that_is_not_there_is_skipped_and_noted(void **state) {
  (void)state;
  struct buf bundle;
  struct job job;
  journal_world_back_up();
  bring_three(&bundle);
  decide(&device, quarantine_all, QUARANTINE_RELEASED);
  journal_world_name_staff("Ada Second");
  assert_int_equal(hub_host_counts(&w->host).marks, 3);
  (void)journal_world_start(w->backup_path);
  assert_int_equal(hub_host_counts(&w->host).marks, 0);
  assert_true(hub_holds("journal.skip"));
  assert_true(hub_holds("Ada Second")); /* what follows in the journal is not held up */
  /* The device sends it again: it waits as it did, and the office may decide once more. */
  hub_host_ingest(&w->host, &job, buf_slice(&bundle));
  journal_world_must(job.result);
  job_finish(&job);
  assert_int_equal(hub_host_counts(&w->host).quarantined, 3);
  decide(&device, quarantine_all, QUARANTINE_RELEASED);
  assert_int_equal(hub_host_counts(&w->host).marks, 3);
  buf_finish(&bundle);
  test_device_finish(&device);
}

static void what_an_erasure_emptied_stays_rejected_after_an_old_backup(void **state) {
  (void)state;
  struct buf bundle;
  uint8_t before[hash_bytes], after[hash_bytes];
  bring_three(&bundle);
  journal_world_back_up();
  erase(&w->world.zoe);
  scrub();
  assert_int_equal(hub_host_counts(&w->host).quarantined, 2);
  hub_host_digest(&w->host, before);
  (void)journal_world_start(w->backup_path);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&w->host).quarantined, 2);
  decide(&device, quarantine_all, QUARANTINE_RELEASED);
  assert_int_equal(hub_host_counts(&w->host).marks, 2);
  buf_finish(&bundle);
  test_device_finish(&device);
}

/* An answer says whose question it is and not about whom: the backup knows nothing of the question, and its
 * words were blanked in the journal. */
static void what_comes_about_a_row_that_the_backup_never_had_is_known_as_erased(void **state) {
  (void)state;
  static const char said[] = "Quicksilverish answer";
  const struct table *t = schema_table(TABLE_question);
  struct op op = {.table = t, .row = {{0x9f}}, .units = 3};
  struct buf bundle;
  struct job job;
  struct arena a = ARENA_INIT(1048576);
  test_device_enrol(&device, &w->host, &w->world.ada, NULL);
  journal_world_back_up();
  op.values[COL(question, staff)] = value_id(&w->world.ada);
  op.values[COL(question, item)] = value_text(slice_text("00000000000000000000000000000042"));
  op.values[COL(question, session)] = value_id(&w->world.strings_today);
  op.values[COL(question, text)] = value_text(slice_text("Who is missing?"));
  hub_world_put(&w->host, &op);
  erase(&w->world.zoe);
  scrub();
  (void)journal_world_start(w->backup_path);
  op = (struct op){.table = t, .row = op.row, .units = 1U << t->columns[COL(question, answer)].unit};
  op.values[COL(question, answer)] = value_text(slice_text(said));
  (void)test_device_write(&device, &w->world.ada, &op);
  test_device_seal(&device, &bundle);
  hub_host_ingest(&w->host, &job, buf_slice(&bundle));
  journal_world_must(job.result);
  const struct receipt r = test_receipt(&w->host, job.receipt, &a);
  assert_int_equal(r.exception_count, 1);
  assert_int_equal(r.exceptions[0].reason, ERR_ERASED);
  assert_int_equal(hub_host_counts(&w->host).quarantined, 0);
  assert_false(hub_holds(said));
  job_finish(&job);
  arena_finish(&a);
  buf_finish(&bundle);
  test_device_finish(&device);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, journal_world_set_up, journal_world_tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_erasure_survives_an_old_backup),
      TEST(an_op_about_an_erased_learner_is_not_replayed),
      TEST(the_journal_forgets_an_erased_name),
      TEST(another_process_follows_a_rewritten_journal),
      TEST(a_torn_rewrite_leaves_the_old_journal),
      TEST(holds_survive_an_old_backup),
      TEST(a_question_about_a_bundle_means_that_one_after_an_old_backup),
      TEST(what_the_office_released_or_rejected_survives_an_old_backup),
      TEST(a_question_that_ended_with_a_decision_ends_after_an_old_backup),
      TEST(a_decision_about_a_bundle_that_is_not_there_is_skipped_and_noted),
      TEST(what_an_erasure_emptied_stays_rejected_after_an_old_backup),
      TEST(what_comes_about_a_row_that_the_backup_never_had_is_known_as_erased),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
