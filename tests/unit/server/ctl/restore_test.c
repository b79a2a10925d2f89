/* restore_test.c: a hub made from a backup lets nobody in by what was given out before it was made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "server/core/people.h"
#include "server/ctl/ctl.h"

enum { path_room = 96 };
struct place {
  char dir[64], hub[path_room], copy[path_room], back[path_room], journal[path_room];
};

static int make_with(void **state, bool journal) {
  struct place *p = calloc(1, sizeof *p);
  struct hub_settings settings = {.host = "127.0.0.1", .port = 9000};
  struct fault fault;
  if (!p) return -1;
  *state = p; /* clear frees it, whatever comes */
  (void)snprintf(p->dir, sizeof p->dir, "/tmp/tutti-restore-XXXXXX");
  if (crypto_init() != ERR_OK || !mkdtemp(p->dir)) return -1;
  (void)snprintf(p->hub, sizeof p->hub, "%s/hub", p->dir);
  (void)snprintf(p->copy, sizeof p->copy, "%s/copy", p->dir);
  (void)snprintf(p->back, sizeof p->back, "%s/back", p->dir);
  (void)snprintf(p->journal, sizeof p->journal, "%s/journal", p->dir);
  if (journal) (void)snprintf(settings.journal, sizeof settings.journal, "%s", p->journal);
  err e = data_dir_create(p->hub, "Test", "wss://localhost:9000/sync", &settings, &fault);
  return e == ERR_OK ? 0 : -1;
}

static int make(void **state) { return make_with(state, false); }
static int make_with_journal(void **state) { return make_with(state, true); }

static void remove_journal(const struct place *p) {
  char id[id_text_bytes], path[2 * path_room];
  struct data_dir d;
  struct fault fault;
  if (data_dir_open(&d, p->hub, false, &fault) != ERR_OK) return;
  id_text(id, &d.hub.id);
  data_dir_close(&d);
  (void)snprintf(path, sizeof path, "%s/%s.journal", p->journal, id);
  (void)unlink(path);
  (void)rmdir(p->journal);
}

static int clear(void **state) {
  struct place *p = *state;
  static const char *const names[] = {"hub.conf",   "hub.keys",   "hub.db",
                                      "hub.db-wal", "hub.db-shm", "backup.txt"};
  const char *const dirs[] = {p->hub, p->copy, p->back};
  remove_journal(p);
  for (size_t d = 0; d < 3; d++) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
      char path[2 * path_room];
      (void)snprintf(path, sizeof path, "%s/%s", dirs[d], names[i]);
      (void)unlink(path);
    }
    (void)rmdir(dirs[d]);
  }
  (void)rmdir(p->dir);
  free(p);
  return 0;
}

static void open_hub(struct data_dir *d, const char *dir) {
  struct fault fault = {.code = ERR_OK};
  if (data_dir_open(d, dir, true, &fault) != ERR_OK) fail_msg("%s", fault.text);
}

static void run(int (*command)(int, char **), char *name, char *data, char *copy) {
  char flag[] = "--data";
  char *argv[] = {name, flag, data, copy, NULL};
  assert_int_equal(command(4, argv), 0);
}

static void keys_and_sign_ins_of_a_backup_hold_no_longer(void **state) {
  struct place *p = *state;
  struct data_dir d;
  struct store_key key = {.id = {{1}}, .hash = {2}, .name = "nightly", .roles = 1, .created_ms = 5};
  struct store_login login = {.cookie_hash = {3}, .user = {{4}}, .user_name = "office", .roles = 1};
  char backup[] = "backup", restore[] = "restore";
  login.seen_ms = ctl_now().wall_ms;
  login.expires_ms = login.seen_ms + office_session_ms_max;
  open_hub(&d, p->hub);
  assert_int_equal(keys_save(d.store, &key), ERR_OK);
  assert_int_equal(logins_save(d.store, &login), ERR_OK);
  data_dir_close(&d);
  run(ctl_backup, backup, p->hub, p->copy);
  run(ctl_restore, restore, p->back, p->copy);
  open_hub(&d, p->back);
  assert_int_equal(logins_load(d.store, login.cookie_hash, &login), ERR_NOT_FOUND);
  assert_int_equal(keys_load(d.store, key.hash, &key), ERR_OK);
  assert_true(key.revoked_ms > 0);
  data_dir_close(&d);
  open_hub(&d, p->hub); /* the hub that was copied goes on as it was */
  assert_int_equal(keys_load(d.store, key.hash, &key), ERR_OK);
  assert_int_equal(key.revoked_ms, 0);
  data_dir_close(&d);
}

static void make_key(struct data_dir *d, uint8_t number, struct store_key *key) {
  *key =
      (struct store_key){.id = {{number}}, .hash = {number}, .name = "nightly", .roles = 1, .created_ms = 5};
  assert_int_equal(people_key(d->store, 5, key, &d->hub.id, "key.add"), ERR_OK);
}

static void end_key(struct data_dir *d, struct store_key *key) {
  key->revoked_ms = 7;
  assert_int_equal(people_key(d->store, 7, key, &d->hub.id, "key.revoke"), ERR_OK);
}

/* The journal says who was shut out since, and so nobody else need be. */
static void with_a_journal_keys_are_as_they_were_when_the_hub_was_lost(void **state) {
  struct place *p = *state;
  struct data_dir d;
  struct store_key kept, revoked;
  struct store_login login = {.cookie_hash = {3}, .user = {{4}}, .user_name = "office", .roles = 1};
  char backup[] = "backup", restore[] = "restore";
  login.seen_ms = ctl_now().wall_ms;
  login.expires_ms = login.seen_ms + office_session_ms_max;
  open_hub(&d, p->hub);
  make_key(&d, 1, &kept);
  make_key(&d, 2, &revoked);
  assert_int_equal(logins_save(d.store, &login), ERR_OK);
  data_dir_close(&d);
  run(ctl_backup, backup, p->hub, p->copy);
  open_hub(&d, p->hub);
  end_key(&d, &revoked);
  data_dir_close(&d);
  run(ctl_restore, restore, p->back, p->copy);
  open_hub(&d, p->back);
  assert_int_equal(keys_load(d.store, kept.hash, &kept), ERR_OK);
  assert_int_equal(kept.revoked_ms, 0);
  assert_int_equal(keys_load(d.store, revoked.hash, &revoked), ERR_OK);
  assert_int_equal(revoked.revoked_ms, 7);
  assert_int_equal(logins_load(d.store, login.cookie_hash, &login), ERR_NOT_FOUND);
  data_dir_close(&d);
}

/* Of a time that no journal tells of: whoever was shut out then must not come in again. */
static void a_backup_that_the_journal_does_not_reach_lets_no_key_in(void **state) {
  struct place *p = *state;
  struct data_dir d;
  struct store_key key;
  char backup[] = "backup", restore[] = "restore";
  open_hub(&d, p->hub);
  make_key(&d, 1, &key);
  data_dir_close(&d);
  run(ctl_backup, backup, p->hub, p->copy);
  remove_journal(p); /* its storage burned, and it began again */
  assert_int_equal(mkdir(p->journal, 0700), 0);
  open_hub(&d, p->hub);
  end_key(&d, &key);
  make_key(&d, 2, &key);
  data_dir_close(&d);
  remove_journal(p);
  assert_int_equal(mkdir(p->journal, 0700), 0);
  run(ctl_restore, restore, p->back, p->copy);
  open_hub(&d, p->back);
  const uint8_t first[hash_bytes] = {1};
  assert_int_equal(keys_load(d.store, first, &key), ERR_OK);
  assert_true(key.revoked_ms > 0);
  data_dir_close(&d);
}

/* ---- what cannot be made whole is not made ---- */

static void expect_code(int (*command)(int, char **), char *name, char *data, char *copy, int code) {
  char flag[] = "--data";
  char *argv[] = {name, flag, data, copy, NULL};
  assert_int_equal(command(4, argv), code);
}

static bool is_there(const char *path, const char *suffix) {
  char whole[2 * path_room];
  (void)snprintf(whole, sizeof whole, "%s%s", path, suffix);
  return access(whole, F_OK) == 0;
}

static void edit_settings(const char *dir, const char *journal) {
  char path[2 * path_room];
  (void)snprintf(path, sizeof path, "%s/hub.conf", dir);
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_true(fprintf(f, "journal = \"%s\"\n", journal) > 0);
  assert_int_equal(fclose(f), 0);
}

/* It said what to change in hub.conf, and left a hub that could be run as it was: with every sign-in of the
 * backup, and keys that had been revoked since. */
static void a_restore_that_fails_leaves_no_hub_that_could_be_run(void **state) {
  struct place *p = *state;
  struct data_dir d;
  struct store_login login = {.cookie_hash = {3}, .user = {{4}}, .user_name = "office", .roles = 1};
  char backup[] = "backup", restore[] = "restore";
  login.seen_ms = ctl_now().wall_ms;
  login.expires_ms = login.seen_ms + office_session_ms_max;
  open_hub(&d, p->hub);
  assert_int_equal(logins_save(d.store, &login), ERR_OK);
  data_dir_close(&d);
  run(ctl_backup, backup, p->hub, p->copy);
  edit_settings(p->copy, "/nonexistent/journal");
  expect_code(ctl_restore, restore, p->back, p->copy, EXIT_DATA);
  assert_false(is_there(p->back, "") || is_there(p->back, ".part"));
  edit_settings(p->copy, "");
  run(ctl_restore, restore, p->back, p->copy);
  open_hub(&d, p->back);
  assert_int_equal(logins_load(d.store, login.cookie_hash, &login), ERR_NOT_FOUND);
  data_dir_close(&d);
}

static void a_damaged_backup_is_said_and_nothing_is_made_of_it(void **state) {
  struct place *p = *state;
  char path[2 * path_room], backup[] = "backup", restore[] = "restore";
  run(ctl_backup, backup, p->hub, p->copy);
  (void)snprintf(path, sizeof path, "%s/backup.txt", p->copy);
  FILE *f = fopen(path, "ab");
  assert_non_null(f);
  assert_true(fputs("marks 5\n", f) >= 0);
  assert_int_equal(fclose(f), 0);
  expect_code(ctl_restore, restore, p->back, p->copy, EXIT_DATA);
  assert_false(is_there(p->back, "") || is_there(p->back, ".part"));
}

/* A directory has its name when it is whole: one that another process is at, or left, is not touched. */
static void what_was_broken_off_is_no_backup(void **state) {
  struct place *p = *state;
  char part[2 * path_room], backup[] = "backup";
  (void)snprintf(part, sizeof part, "%s.part", p->copy);
  assert_int_equal(mkdir(part, 0700), 0);
  expect_code(ctl_backup, backup, p->hub, p->copy, EXIT_DATA);
  assert_true(is_there(part, ""));
  assert_false(is_there(p->copy, ""));
  assert_int_equal(rmdir(part), 0);
  run(ctl_backup, backup, p->hub, p->copy);
  assert_false(is_there(part, ""));
  expect_code(ctl_backup, backup, p->hub, p->copy, EXIT_DATA); /* it is there already */
  assert_true(is_there(p->copy, "/backup.txt"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(keys_and_sign_ins_of_a_backup_hold_no_longer, make, clear),
      cmocka_unit_test_setup_teardown(with_a_journal_keys_are_as_they_were_when_the_hub_was_lost,
                                      make_with_journal, clear),
      cmocka_unit_test_setup_teardown(a_backup_that_the_journal_does_not_reach_lets_no_key_in,
                                      make_with_journal, clear),
      cmocka_unit_test_setup_teardown(a_restore_that_fails_leaves_no_hub_that_could_be_run, make, clear),
      cmocka_unit_test_setup_teardown(a_damaged_backup_is_said_and_nothing_is_made_of_it, make, clear),
      cmocka_unit_test_setup_teardown(what_was_broken_off_is_no_backup, make, clear),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
