/* full_test.c: a disk that takes no small file: PINs, their counters, the list of staff and the enrolment
 * stay as they were, and what is said of it is true. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "proto/transfer.h"
#include "tests/lib/field_world.h"
#include "tests/lib/full_disk.h"

static err (*platform_replace)(void *ctx, const char *name, struct slice bytes);
static err (*platform_remove)(void *ctx, const char *name);
static err refusal; /* ERR_OK: there is room */

/* A disk that counts: what its small files take, and what is left for them. */
static struct file_on_disk {
  const char *name;
  size_t bytes;
} on_disk[] = {{"staff", 0}, {"spare", 0}, {"identity", 0}};
static size_t free_bytes;
static unsigned writes_left; /* before the disk is full, whatever is free */

static size_t *bytes_of(const char *name) {
  static size_t of_others;
  for (size_t i = 0; i < sizeof on_disk / sizeof *on_disk; i += 1) {
    if (strcmp(on_disk[i].name, name) == 0) return &on_disk[i].bytes;
  }
  of_others = 0;
  return &of_others;
}

/* The new file stands beside the old one until it has its name. */
static err replace(void *ctx, const char *name, struct slice bytes) {
  if (refusal != ERR_OK) return refusal;
  if (bytes.len > free_bytes || writes_left == 0) return ERR_FULL;
  writes_left -= 1;
  err e = platform_replace(ctx, name, bytes);
  if (e != ERR_OK) return e;
  free_bytes += *bytes_of(name);
  free_bytes -= bytes.len;
  *bytes_of(name) = bytes.len;
  return ERR_OK;
}

static err remove_file(void *ctx, const char *name) {
  err e = platform_remove(ctx, name);
  if (e == ERR_OK) free_bytes += *bytes_of(name);
  if (e == ERR_OK) *bytes_of(name) = 0;
  return e;
}

/* Before the core starts: it takes a copy of how files are written. */
static void watch_disk(struct field_world *w) {
  core_host_stop(&w->host);
  platform_replace = w->host.config.files.replace;
  platform_remove = w->host.config.files.remove;
  w->host.config.files.replace = replace;
  w->host.config.files.remove = remove_file;
  refusal = ERR_OK;
  free_bytes = 1 << 20;
  writes_left = UINT_MAX;
  assert_int_equal(platform_remove(w->host.config.files.ctx, "spare"), ERR_OK); /* one that was not counted */
  for (size_t i = 0; i < sizeof on_disk / sizeof *on_disk; i += 1) on_disk[i].bytes = 0;
  core_host_start(&w->host);
}

static int open_world(void **state) {
  if (field_world_open(state) != 0) return -1;
  struct field_world *w = *state;
  w->host.config.hold = true;
  watch_disk(w);
  return 0;
}

static int open_bare(void **state) {
  if (field_world_open_bare(state) != 0) return -1;
  watch_disk(*state);
  return 0;
}

static int close_world(void **state) {
  refusal = ERR_OK;
  full_disk_set(false);
  full_disk_set_read_only(false);
  return field_world_close(state);
}

static bool unlock(struct field_world *w, const struct id *who, const char *pin) {
  return core_host_call(&w->host, "unlock", "staff:i pin:t", who, pin);
}

static void meet_hub(struct field_world *w) {
  assert_true(core_host_call(&w->host, "sync.hold", "hold:b", 0));
  fake_hub_connect(&w->hub);
}

static void meet_hub_again(struct field_world *w) {
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
}

/* ---- PINs ---- */

/* Nobody looked at the PIN, so nobody may say that it was wrong. */
static void a_right_pin_on_a_full_disk_is_no_wrong_one(void **state) {
  struct field_world *w = *state;
  refusal = ERR_FULL;
  for (int i = 0; i < 2 * pin_attempts_max; i += 1) {
    assert_false(unlock(w, &fake_ann, "274951"));
    field_refused(w, "FULL");
    assert_int_equal(w->host.attempts_left, pin_attempts_max);
    assert_non_null(strstr(w->host.text, "free some space"));
  }
  refusal = ERR_OK;
  assert_true(unlock(w, &fake_ann, "274951"));
}

/* The registers, and who has an inhaler, are read on a full device as well; and whoever guesses is counted.
 */
static void a_full_disk_signs_people_in_by_the_room_that_was_kept_for_it(void **state) {
  struct field_world *w = *state;
  assert_true(unlock(w, &fake_ann, "274951"));
  free_bytes = 0;
  for (int i = 0; i < 3; i += 1) {
    assert_true(core_host_call(&w->host, "lock", ""));
    assert_false(unlock(w, &fake_ann, "395162"));
    field_refused(w, "WRONG_SECRET");
    assert_int_equal(w->host.attempts_left, pin_attempts_max - 1);
    core_host_stop(&w->host);
    core_host_start(&w->host);
    assert_true(unlock(w, &fake_ann, "274951"));
    assert_true(core_host_call(&w->host, "register.get", "session:i", &fake_strings_today));
  }
  /* Somebody else took that room: then it is as it was. */
  assert_true(core_host_call(&w->host, "lock", ""));
  *bytes_of("spare") = 0;
  assert_false(unlock(w, &fake_ann, "395162"));
  field_refused(w, "FULL");
  assert_int_equal(w->host.attempts_left, pin_attempts_max);
}

/* The attempt was counted, and then there was no room to say that it was a good one. */
static void a_right_pin_whose_count_could_not_be_cleared_is_counted_as_the_file_has_it(void **state) {
  struct field_world *w = *state;
  assert_false(unlock(w, &fake_ann, "395162"));
  assert_int_equal(w->host.attempts_left, pin_attempts_max - 1);
  writes_left = 1;
  assert_false(unlock(w, &fake_ann, "274951"));
  field_refused(w, "FULL");
  writes_left = UINT_MAX;
  assert_false(unlock(w, &fake_ann, "395162"));
  field_refused(w, "WRONG_SECRET");
  assert_int_equal(w->host.attempts_left, pin_attempts_max - 3);
  assert_true(unlock(w, &fake_ann, "274951"));
}

static void a_new_pin_that_could_not_be_kept_is_not_the_pin(void **state) {
  struct field_world *w = *state;
  assert_true(unlock(w, &fake_ann, "274951"));
  refusal = ERR_FULL;
  assert_false(core_host_call(&w->host, "pin.set", "staff:i pin:t", &fake_ann, "395162"));
  field_refused(w, "FULL");
  refusal = ERR_OK;
  assert_true(core_host_call(&w->host, "lock", ""));
  assert_false(unlock(w, &fake_ann, "395162"));
  field_refused(w, "WRONG_SECRET");
  assert_true(unlock(w, &fake_ann, "274951"));
}

/* ---- the list of staff ---- */

static void is_listed(struct field_world *w, size_t expected) {
  size_t count = 0;
  assert_true(core_host_call(&w->host, "device.status", ""));
  (void)core_host_list(w->host.result, "staff", &count);
  assert_int_equal(count, expected);
}

/* The hub names the staff again at every greeting: then it must still be news. */
static void a_leaver_whose_going_could_not_be_kept_goes_with_the_next_line(void **state) {
  struct field_world *w = *state;
  assert_true(unlock(w, &fake_ann, "274951"));
  w->hub.staff_count = 1;
  refusal = ERR_FULL;
  meet_hub(w);
  is_listed(w, 2);
  assert_true(core_host_says(field_status(w), "reason", "the disk of this device is full"));
  refusal = ERR_OK;
  meet_hub_again(w);
  is_listed(w, 1);
  core_host_stop(&w->host);
  w->host.config.hold = true;
  core_host_start(&w->host);
  is_listed(w, 1);
}

static void a_disk_that_takes_no_writing_is_not_blamed_on_the_hub(void **state) {
  struct field_world *w = *state;
  assert_true(unlock(w, &fake_ann, "274951"));
  w->hub.staff_count = 1;
  refusal = ERR_READ_ONLY;
  meet_hub(w);
  assert_true(
      core_host_says(field_status(w), "reason", "the data folder of this device cannot be written to"));
}

/* ---- a reply file ---- */

/* A newer statement of the hub's keys that found no room is not one that the hub did not sign. */
static void a_reply_that_finds_no_room_is_good_once_there_is_some(void **state) {
  struct field_world *w = *state;
  struct buf reply = BUF_INIT(65536);
  assert_true(unlock(w, &fake_ann, "274951"));
  meet_hub(w);
  refusal = ERR_FULL;
  fake_hub_manifest(&w->hub);
  const struct reply_file f = {
      .hub = w->hub.id, .device = w->hub.device, .manifest = buf_slice(&w->hub.manifest)};
  assert_int_equal(reply_encode(&reply, &f), ERR_OK);
  assert_false(core_host_call(&w->host, "import", "file:y", buf_slice(&reply)));
  field_refused(w, "FULL");
  assert_non_null(strstr(w->host.text, "free some space"));
  refusal = ERR_OK;
  assert_true(core_host_call(&w->host, "import", "file:y", buf_slice(&reply)));
  buf_finish(&reply);
}

/* ---- the feed ---- */

static void start_on_a_disk_that_fills(struct field_world *w) {
  core_host_stop(&w->host);
  full_disk_register();
  w->host.config.db_vfs = "full";
  core_host_start(&w->host);
}

/* A row of the hub that waits to be committed: Ben has another name. */
static void take_a_row(struct field_world *w) {
  start_on_a_disk_that_fills(w);
  assert_true(unlock(w, &fake_ann, "274951"));
  meet_hub(w);
  struct fake_row *ben = fake_hub_find(&w->hub, TABLE_learner, &fake_ben);
  ben->row.values[COL(learner, known_name)] = value_text(slice_text("Benjamin"));
  fake_hub_touch(&w->hub, ben);
  fake_hub_feed(&w->hub, false);
}

static void the_row_comes_with_the_next_line(struct field_world *w) {
  size_t found = 0;
  meet_hub_again(w);
  fake_hub_feed(&w->hub, false);
  assert_true(core_host_call(&w->host, "learner.find", "text:t", "benjamin"));
  (void)core_host_list(w->host.result, "learners", &found);
  assert_int_equal(found, 1);
}

static void somebody_is_signed_in(struct field_world *w) {
  assert_int_equal(w->host.step_error, ERR_OK);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_false(core_host_says(w->host.result, "unlocked", NULL));
}

/* Where it finds no room when the page is hidden, or the kiosk told to stop, it is asked for again. The core
 * is none the worse, and nobody is signed out. */
static void rows_that_find_no_room_at_the_end_are_asked_for_again(void **state) {
  struct field_world *w = *state;
  take_a_row(w);
  full_disk_set(true);
  core_host_step(&w->host, EV_STOP, 0, slice_of(NULL, 0));
  full_disk_set(false);
  somebody_is_signed_in(w);
  the_row_comes_with_the_next_line(w);
}

/* What the hub granted while nobody was signed in is written down when somebody is. */
static void grants_that_find_no_room_sign_nobody_out(void **state) {
  struct field_world *w = *state;
  start_on_a_disk_that_fills(w);
  w->hub.stream_count -= 1;
  meet_hub(w);
  full_disk_set(true);
  assert_true(unlock(w, &fake_ann, "274951"));
  assert_int_equal(w->host.step_error, ERR_OK);
  assert_true(
      core_host_says(field_status(w), "reason", "there is no room on this device for what the hub sent"));
  full_disk_set(false);
  meet_hub_again(w);
  assert_true(core_host_says(field_status(w), "line", "online"));
  somebody_is_signed_in(w);
}

/* Nor is a file system that was mounted anew, and lets nothing be written, a failure of the core. */
static void a_disk_that_lets_nothing_be_written_signs_nobody_out(void **state) {
  struct field_world *w = *state;
  take_a_row(w);
  full_disk_set_read_only(true);
  core_host_pass(&w->host, 2 * feed_commit_ms);
  somebody_is_signed_in(w);
  assert_true(core_host_call(&w->host, "register.get", "session:i", &fake_strings_today));
  assert_true(
      core_host_says(field_status(w), "reason", "the data folder of this device cannot be written to"));
  full_disk_set_read_only(false);
  the_row_comes_with_the_next_line(w);
}

/* ---- a visitor ---- */

/* Wherever the room ends: whoever is refused tries again, and must not make a second child by it. */
static void a_visitor_is_written_with_the_mark_or_not_at_all(void **state) {
  struct field_world *w = *state;
  unsigned room = 0;
  bool written = false;
  start_on_a_disk_that_fills(w);
  assert_true(unlock(w, &fake_ann, "274951"));
  while (!written) {
    assert_true(room < 1000);
    full_disk_leave(room++);
    written = core_host_call(&w->host, "walk.in", "session:i first_name:t last_name:t", &fake_strings_today,
                             "Lucy", "Newsample");
    full_disk_set(false);
    if (!written) field_refused(w, "FULL");
    assert_int_equal(core_host_int(field_status(w), "changes"), written ? 1 : 0);
  }
  assert_true(room > 1);
}

/* ---- enrolment ---- */

static void a_code_entered_on_a_full_disk_is_good_once_there_is_room(void **state) {
  struct field_world *w = *state;
  fake_hub_enrol_digits(&w->hub);
  refusal = ERR_FULL;
  fake_hub_enrol_confirm(&w->hub);
  assert_int_equal(w->host.step_error, ERR_OK);
  field_refused(w, "FULL");
  assert_non_null(strstr(w->host.text, "same code"));
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_false(core_host_bool(w->host.result, "enrolled"));
  refusal = ERR_OK;
  uint8_t keys[key_bytes];
  bytes_copy(keys, w->hub.device_noise, key_bytes);
  fake_hub_enrol_digits(&w->hub);
  assert_memory_equal(keys, w->hub.device_noise, key_bytes);
  fake_hub_enrol_confirm(&w->hub);
  assert_true(core_host_bool(w->host.result, "enrolled"));
  is_listed(w, 2);
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
#define BARE(test)     cmocka_unit_test_setup_teardown(test, open_bare, close_world)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_right_pin_on_a_full_disk_is_no_wrong_one),
      IN_WORLD(a_full_disk_signs_people_in_by_the_room_that_was_kept_for_it),
      IN_WORLD(a_right_pin_whose_count_could_not_be_cleared_is_counted_as_the_file_has_it),
      IN_WORLD(a_new_pin_that_could_not_be_kept_is_not_the_pin),
      IN_WORLD(a_leaver_whose_going_could_not_be_kept_goes_with_the_next_line),
      IN_WORLD(a_disk_that_takes_no_writing_is_not_blamed_on_the_hub),
      IN_WORLD(a_reply_that_finds_no_room_is_good_once_there_is_some),
      IN_WORLD(rows_that_find_no_room_at_the_end_are_asked_for_again),
      IN_WORLD(a_disk_that_lets_nothing_be_written_signs_nobody_out),
      IN_WORLD(grants_that_find_no_room_sign_nobody_out),
      IN_WORLD(a_visitor_is_written_with_the_mark_or_not_at_all),
      BARE(a_code_entered_on_a_full_disk_is_good_once_there_is_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
