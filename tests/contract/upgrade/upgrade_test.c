/* upgrade_test.c: programs two schema versions apart, both real builds, on one line and by file: whoever is
 * updated first, nothing is lost, nothing counts twice, and nobody wipes what they do not know. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "proto/transfer.h"
#include "tests/contract/sync/pair.h"
#include "tests/contract/upgrade/next.h"

static struct pair pair;
static struct next_place place;

static int with_old_hub(void **state) {
  (void)state;
  pair_open(&pair, 7);
  place = (struct next_place){pair.world.strings, pair.world.strings_today};
  return 0;
}

static int with_new_hub(void **state) {
  (void)state;
  pair_open_with(&pair, 7, &next_hub_door);
  place = (struct next_place){pair.world.strings, pair.world.strings_today};
  return 0;
}

static int teardown(void **state) {
  (void)state;
  pair_close(&pair);
  return 0;
}

/* ---- what people see ---- */

static struct pair_device *add(const struct id *staff, const struct core_door *door) {
  struct pair_device *d = pair_add(&pair, staff);
  if (door != &core_door) pair_device_becomes(&pair, d, door);
  pair_pass(&pair, 1000);
  return d;
}

static void seal(void) { pair_pass(&pair, seal_pause_ms + 1); }

static void settle(void) {
  for (int i = 0; i < 4; i++) pair_pass(&pair, reconnect_max_ms);
}

static void must_say(struct pair_device *d, const struct id *learner, const char *code) {
  size_t count = 0;
  if (!core_host_call(&d->host, "register.get", "session:i", &pair.world.strings_today))
    fail_msg("register.get: %s", d->host.text);
  const item *rows = core_host_list(d->host.result, "rows", &count);
  for (size_t i = 0; i < count; i++) {
    struct id id = core_host_id(item_at(rows, i), "learner");
    if (!id_equal(&id, learner)) continue;
    if (!core_host_says(item_at(rows, i), "code", code))
      fail_msg("the mark is not %s", code ? code : "absent");
    return;
  }
  fail_msg("there is no such row");
}

static const item *status(struct pair_device *d) {
  assert_true(core_host_call(&d->host, "sync.status", ""));
  return d->host.result;
}

static void badge_is(struct pair_device *d, const char *badge) {
  if (!core_host_says(status(d), "badge", badge))
    fail_msg("the badge is not %s but %.*s", badge, 8,
             (const char *)core_host_text(d->host.result, "badge").ptr);
}

static void says_that_the_hub_is_old(struct pair_device *d) {
  badge_is(d, "help");
  assert_non_null(strstr((const char *)core_host_text(d->host.result, "reason").ptr, "hub must be updated"));
}

/* ---- what only the new build can do ---- */

static void write_stand(struct pair_device *d, const struct id *learner, const char *stand) {
  next_inside_device.stand_write(d->host.core, &d->host.now, &place, learner, stand);
}

static void stand_is(struct pair_device *d, const struct id *learner, const char *stand) {
  char text[next_text_bytes];
  assert_true(next_inside_device.stand_read(d->host.core, &place, learner, text));
  assert_string_equal(text, stand);
}

static void hub_stand_is(const struct id *learner, const char *stand) {
  char text[next_text_bytes];
  assert_true(next_inside_hub.stand_read(&pair.hub, &place, learner, text));
  assert_string_equal(text, stand);
}

static struct view_counts counts(void) { return pair.door->counts(&pair.hub); }

static void hub_digest(uint8_t out[hash_bytes]) { pair.door->digest(&pair.hub, out); }

/* ---- by file ---- */

struct carried {
  size_t bundles, taken, waiting; /* waiting: the hub is too old for it */
};

static void reply(struct pair_device *d, const struct slice *receipts, size_t count) {
  struct buf file = BUF_INIT(export_file_bytes_max);
  struct id device = {{0}};
  assert_true(core_host_call(&d->host, "device.status", ""));
  device = core_host_id(d->host.result, "device");
  struct reply_file f = {.hub = pair.hub.hub.id,
                         .device = device,
                         .manifest = buf_slice(&pair.hub.hub.manifest),
                         .receipts = receipts,
                         .count = count};
  assert_int_equal(reply_encode(&file, &f), ERR_OK);
  if (!core_host_call(&d->host, "import", "file:y", buf_slice(&file))) fail_msg("import: %s", d->host.text);
  buf_finish(&file);
}

/* The export goes to the office on a stick, and the reply file comes back. What comes before `from` is
 * unreadable. */
static struct carried carry_from(struct pair_device *d, size_t from) {
  enum { bundles_max = 16 };
  struct arena a = ARENA_INIT(export_file_bytes_max);
  struct export_file f;
  struct fault fault;
  struct slice file = {NULL, 0}, receipts[bundles_max];
  struct job jobs[bundles_max];
  struct carried c = {.bundles = 0};
  if (!core_host_call(&d->host, "export", "")) fail_msg("export: %s", d->host.text);
  assert_int_equal(item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &file), ERR_OK);
  file = arena_copy(&a, file);
  assert_int_equal(export_decode(&f, file, &a, &fault), ERR_OK);
  assert_true(f.count <= bundles_max);
  for (; c.bundles < f.count; c.bundles++) {
    job_init(&jobs[c.bundles], JOB_INGEST);
    if (c.bundles < from) continue;
    pair.door->ingest(&pair.hub, &jobs[c.bundles], f.bundles[c.bundles]);
    if (jobs[c.bundles].result == ERR_VERSION) c.waiting++;
    if (jobs[c.bundles].result == ERR_OK) receipts[c.taken++] = jobs[c.bundles].receipt;
  }
  reply(d, receipts, c.taken);
  for (size_t i = 0; i < c.bundles; i++) job_finish(&jobs[i]);
  arena_finish(&a);
  return c;
}

static struct carried carry(struct pair_device *d) { return carry_from(d, 0); }

/* ---- an old device and a new hub ---- */

static void the_builds_are_two_versions_apart(void **state) {
  (void)state;
  assert_int_equal(next_inside_device.schema, schema_version + 2);
}

static void an_old_device_works_with_a_new_hub_and_wipes_nothing_it_does_not_know(void **state) {
  (void)state;
  const struct id loan = {{0x77}};
  struct pair_device *d = add(&pair.world.ada, &core_door);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  seal();
  next_inside_hub.stand_write(&pair.hub, &place, &pair.world.zoe, "third desk");
  next_inside_hub.loan_write(&pair.hub, &place, &loan);
  pair_pass(&pair, 1000);
  must_say(d, &pair.world.zoe, "P");
  badge_is(d, "sent");
  pair_mark(&pair, d, &pair.world.zoe, "AU");
  seal();
  badge_is(d, "sent");
  assert_int_equal(counts().marks, 1);
  assert_int_equal(counts().conflicts, 0);
  hub_stand_is(&pair.world.zoe, "third desk");
  must_say(d, &pair.world.zoe, "AU");
}

static void an_old_device_s_file_is_taken_by_a_new_hub_once(void **state) {
  (void)state;
  uint8_t once[hash_bytes], twice[hash_bytes];
  struct pair_device *d = add(&pair.world.ada, &core_door);
  pair_hold(&pair, d, true);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  pair_mark(&pair, d, &pair.world.jo, "L");
  assert_int_equal(carry(d).taken, 1);
  badge_is(d, "sent");
  hub_digest(once);
  pair_hold(&pair, d, false);
  settle();
  hub_digest(twice);
  assert_memory_equal(once, twice, hash_bytes);
  assert_int_equal(counts().marks, 2);
  must_say(d, &pair.world.zoe, "P");
  must_say(d, &pair.world.jo, "L");
}

static void a_word_an_old_device_has_no_name_for_is_kept_by_it(void **state) {
  (void)state;
  struct pair_device *a = add(&pair.world.ada, &core_door), *b = add(&pair.world.ben, &next_core_door);
  next_inside_device.remote_write(b->host.core, &b->host.now, &place, &pair.world.zoe);
  seal();
  assert_true(next_inside_hub.is_remote(&pair.hub, &place, &pair.world.zoe));
  must_say(a, &pair.world.zoe, NULL);
  assert_true(core_host_call(&a->host, "mark.rest", "session:i code:w", &pair.world.strings_today, "P"));
  seal();
  assert_true(next_inside_hub.is_remote(&pair.hub, &place, &pair.world.zoe));
  assert_true(next_inside_device.is_remote(b->host.core, &place, &pair.world.zoe));
  pair_device_becomes(&pair, a, &next_core_door);
  assert_true(next_inside_device.is_remote(a->host.core, &place, &pair.world.zoe));
}

static void an_undo_that_only_a_newer_program_can_write_says_so(void **state) {
  (void)state;
  struct pair_device *a = add(&pair.world.ada, &core_door), *b = add(&pair.world.ben, &next_core_door);
  next_inside_device.remote_write(b->host.core, &b->host.now, &place, &pair.world.zoe);
  seal();
  pair_mark(&pair, a, &pair.world.zoe, "P");
  assert_false(core_host_call(&a->host, "undo", "session:i", &pair.world.strings_today));
  assert_string_equal(a->host.code, "CONFLICT");
  assert_non_null(strstr(a->host.text, "update this one"));
  must_say(a, &pair.world.zoe, "P");
  pair_device_becomes(&pair, a, &next_core_door);
  a->host.unchecked = true;
  assert_true(core_host_call(&a->host, "undo", "session:i", &pair.world.strings_today));
  seal();
  assert_true(next_inside_hub.is_remote(&pair.hub, &place, &pair.world.zoe));
}

/* ---- a new device and an old hub ---- */

static void a_new_device_works_with_an_old_hub_and_what_it_cannot_take_waits(void **state) {
  (void)state;
  struct pair_device *d = add(&pair.world.ada, &next_core_door);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  seal();
  badge_is(d, "sent");
  assert_int_equal(counts().marks, 1);
  pair_mark(&pair, d, &pair.world.jo, "P"); /* sealed with what follows, and yet not held up by it */
  write_stand(d, &pair.world.zoe, "third desk");
  d->host.unchecked = true; /* replies are checked against this build's words */
  next_inside_device.remote_write(d->host.core, &d->host.now, &place, &pair.world.li);
  seal();
  says_that_the_hub_is_old(d);
  assert_true(core_host_says(d->host.result, "line", "online"));
  assert_int_equal(core_host_int(d->host.result, "changes"), 2);
  assert_int_equal(counts().marks, 2);
  hub_world_enrol(&pair.hub, &pair.world.kit, &pair.world.strings, pair.world.today, 0);
  pair_run(&pair);
  must_say(d, &pair.world.kit, NULL); /* what the office does still arrives */
  pair_hub_becomes(&pair, &next_hub_door);
  settle();
  badge_is(d, "sent");
  hub_stand_is(&pair.world.zoe, "third desk");
  assert_true(next_inside_hub.is_remote(&pair.hub, &place, &pair.world.li));
  assert_int_equal(counts().marks, 3);
  assert_int_equal(counts().quarantined, 0);
  assert_int_equal(counts().conflicts, 0);
  stand_is(d, &pair.world.zoe, "third desk");
}

static void a_new_device_s_file_waits_for_the_old_hub_to_be_updated(void **state) {
  (void)state;
  struct pair_device *d = add(&pair.world.ada, &next_core_door);
  pair_hold(&pair, d, true);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  write_stand(d, &pair.world.zoe, "third desk");
  struct carried first = carry(d);
  assert_int_equal(first.bundles, 2);
  assert_int_equal(first.taken, 1);
  assert_int_equal(first.waiting, 1);
  assert_int_equal(counts().marks, 1);
  assert_int_equal(core_host_int(status(d), "changes"), 1);
  pair_hub_becomes(&pair, &next_hub_door);
  struct carried second = carry(d);
  assert_int_equal(second.bundles, 1);
  assert_int_equal(second.taken, 1);
  badge_is(d, "sent");
  hub_stand_is(&pair.world.zoe, "third desk");
}

/* It was held because one before it was missing, and nobody could open it when that one came. */
static void what_an_old_hub_held_unopened_goes_ahead_when_it_was_updated(void **state) {
  (void)state;
  struct pair_device *d = add(&pair.world.ada, &next_core_door);
  pair_hold(&pair, d, true);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  write_stand(d, &pair.world.zoe, "third desk");
  assert_int_equal(carry_from(d, 1).taken, 1);
  assert_int_equal(counts().marks, 0);
  carry(d);
  assert_int_equal(counts().marks, 1);
  pair.door->keep(&pair.hub);
  assert_int_equal(counts().held, 1);
  pair_hub_becomes(&pair, &next_hub_door);
  pair.door->keep(&pair.hub);
  assert_int_equal(counts().held, 0);
  hub_stand_is(&pair.world.zoe, "third desk");
  pair_hold(&pair, d, false);
  settle();
  badge_is(d, "sent");
}

static void what_an_old_hub_cannot_open_keeps_nobody_else_waiting(void **state) {
  (void)state;
  struct pair_device *a = add(&pair.world.ada, &core_door), *b = add(&pair.world.ben, &next_core_door);
  size_t released;
  struct change_set changes;
  pair_hold(&pair, a, true);
  pair_hold(&pair, b, true);
  pair_mark(&pair, b, &pair.world.zoe, "P");
  write_stand(b, &pair.world.zoe, "third desk");
  pair_mark(&pair, a, &pair.world.jo, "L");
  seal();
  pair_mark(&pair, a, &pair.world.li, "P");
  assert_int_equal(carry_from(b, 1).taken, 1);
  assert_int_equal(carry_from(a, 1).taken, 1);
  assert_int_equal(counts().held, 2);
  assert_int_equal(ingest_release_held(&released, &changes, &pair.hub.hub, pair.hub.store, &pair.hub.now,
                                       pair.hub.now.wall_ms + 1, NULL),
                   ERR_OK);
  assert_int_equal(released, 1);
  assert_int_equal(counts().held, 1);
  assert_int_equal(counts().marks, 1);
}

/* ---- in the middle of its life ---- */

static void a_device_updated_with_unsent_work_keeps_it_and_learns_what_it_was_not_sent(void **state) {
  (void)state;
  const struct id loan = {{0x77}};
  struct pair_device *d = add(&pair.world.ada, &core_door);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  seal();
  next_inside_hub.stand_write(&pair.hub, &place, &pair.world.zoe, "third desk");
  next_inside_hub.loan_write(&pair.hub, &place, &loan);
  pair_pass(&pair, 1000);
  pair_hold(&pair, d, true);
  pair_mark(&pair, d, &pair.world.jo, "L");
  seal();
  pair_mark(&pair, d, &pair.world.li, "AU"); /* in the database alone */
  d->host.config.hold = true;
  pair_device_becomes(&pair, d, &next_core_door);
  must_say(d, &pair.world.zoe, "P");
  must_say(d, &pair.world.jo, "L");
  must_say(d, &pair.world.li, "AU");
  write_stand(d, &pair.world.jo, "first desk");
  pair_hold(&pair, d, false);
  settle();
  badge_is(d, "sent");
  stand_is(d, &pair.world.zoe, "third desk");
  assert_true(next_inside_device.has_loan(d->host.core, &loan));
  hub_stand_is(&pair.world.jo, "first desk");
  assert_int_equal(counts().marks, 3);
  assert_int_equal(counts().conflicts, 0);
  must_say(d, &pair.world.li, "AU");
}

static void a_hub_updated_while_devices_are_offline_gets_everything_once(void **state) {
  (void)state;
  struct pair_device *a = add(&pair.world.ada, &core_door), *b = add(&pair.world.ben, &next_core_door);
  pair_mark(&pair, a, &pair.world.zoe, "P");
  seal();
  pair_hold(&pair, a, true);
  pair_hold(&pair, b, true);
  pair_mark(&pair, a, &pair.world.jo, "L");
  pair_mark(&pair, b, &pair.world.li, "AU");
  write_stand(b, &pair.world.zoe, "third desk");
  seal();
  pair_hub_becomes(&pair, &next_hub_door);
  assert_int_equal(counts().marks, 1); /* what it had is all there */
  pair_hold(&pair, a, false);
  pair_hold(&pair, b, false);
  settle();
  badge_is(a, "sent");
  badge_is(b, "sent");
  assert_int_equal(counts().marks, 3);
  assert_int_equal(counts().conflicts, 0);
  assert_int_equal(counts().quarantined, 0);
  for (size_t i = 0; i < 2; i++) {
    struct pair_device *d = i ? b : a;
    must_say(d, &pair.world.zoe, "P");
    must_say(d, &pair.world.jo, "L");
    must_say(d, &pair.world.li, "AU");
  }
  stand_is(b, &pair.world.zoe, "third desk");
  hub_stand_is(&pair.world.zoe, "third desk");
}

/* ---- back again is refused ---- */

static size_t database(const struct pair_device *d, uint8_t *out, size_t max) {
  FILE *f = fopen(d->host.db_path, "rb");
  size_t len = f ? fread(out, 1, max, f) : 0;
  if (f) (void)fclose(f);
  return len;
}

static void an_older_program_leaves_a_newer_database_alone_and_still_sends_and_exports(void **state) {
  (void)state;
  enum { bytes_max = 1 << 22 };
  static uint8_t before[bytes_max], after[bytes_max];
  struct pair_device *d = add(&pair.world.ada, &next_core_door);
  pair_hold(&pair, d, true);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  seal();
  core_host_step(&d->host, EV_STOP, 0, slice_of(NULL, 0));
  core_host_stop(&d->host);
  size_t len = database(d, before, bytes_max);
  d->host.door = &core_door;
  d->host.config.hold = true;
  core_host_start(&d->host);
  assert_false(core_host_call(&d->host, "unlock", "staff:i pin:t", &d->staff, "274951"));
  assert_string_equal(d->host.code, "VERSION");
  assert_non_null(strstr(d->host.text, "update this program"));
  assert_non_null(strstr(d->host.text, "Nothing is lost"));
  assert_true(core_host_call(&d->host, "export", ""));
  assert_int_equal(core_host_int(d->host.result, "bundles"), 1);
  pair_hold(&pair, d, false);
  settle();
  badge_is(d, "sent");
  assert_int_equal(counts().marks, 1);
  assert_int_equal(database(d, after, bytes_max), len);
  assert_memory_equal(before, after, len);
  pair_device_becomes(&pair, d, &next_core_door);
  must_say(d, &pair.world.zoe, "P");
}

static void an_older_hub_does_not_open_a_newer_one_s_database(void **state) {
  (void)state;
  struct store *store = NULL;
  struct fault fault = {.code = ERR_OK};
  struct store_sqlite_config config = {.path = pair.hub.path};
  assert_int_equal(hub_door.try_open(&store, &config, &fault), ERR_VERSION);
  assert_non_null(strstr(fault.text, "update"));
}

#define OLD_HUB(name) cmocka_unit_test_setup_teardown(name, with_old_hub, teardown)
#define NEW_HUB(name) cmocka_unit_test_setup_teardown(name, with_new_hub, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_builds_are_two_versions_apart),
      NEW_HUB(an_old_device_works_with_a_new_hub_and_wipes_nothing_it_does_not_know),
      NEW_HUB(an_old_device_s_file_is_taken_by_a_new_hub_once),
      NEW_HUB(a_word_an_old_device_has_no_name_for_is_kept_by_it),
      NEW_HUB(an_undo_that_only_a_newer_program_can_write_says_so),
      OLD_HUB(a_new_device_works_with_an_old_hub_and_what_it_cannot_take_waits),
      OLD_HUB(a_new_device_s_file_waits_for_the_old_hub_to_be_updated),
      OLD_HUB(what_an_old_hub_held_unopened_goes_ahead_when_it_was_updated),
      OLD_HUB(what_an_old_hub_cannot_open_keeps_nobody_else_waiting),
      NEW_HUB(a_device_updated_with_unsent_work_keeps_it_and_learns_what_it_was_not_sent),
      OLD_HUB(a_hub_updated_while_devices_are_offline_gets_everything_once),
      NEW_HUB(an_older_program_leaves_a_newer_database_alone_and_still_sends_and_exports),
      NEW_HUB(an_older_hub_does_not_open_a_newer_one_s_database),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
