/* data_dir_test.c: the data directory is private and held by one process at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/kiosk/data_dir.h"

static char root[40];
static char dir[64];

static int make_root(void **state) {
  (void)state;
  (void)snprintf(root, sizeof root, "/tmp/tutti-data-dir-XXXXXX");
  if (!mkdtemp(root)) return -1;
  (void)snprintf(dir, sizeof dir, "%s/device", root);
  return 0;
}

static int remove_root(void **state) {
  (void)state;
  char path[80];
  static const char *const names[] = {"lock", "outbox", "letter.txt", ".cache"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
    (void)unlink(path);
  }
  (void)rmdir(dir);
  (void)unlink(dir);
  return rmdir(root);
}

static void a_missing_directory_is_made_for_its_owner_only(void **state) {
  (void)state;
  struct data_dir d;
  struct stat st;
  assert_int_equal(data_dir_open(&d, dir, true, NULL), ERR_OK);
  assert_int_equal(stat(dir, &st), 0);
  assert_int_equal(st.st_mode & 07777, 0700);
  assert_non_null(strstr(d.database, "/device/device.db"));
  data_dir_close(&d);
}

static void an_open_directory_is_closed_to_others(void **state) {
  (void)state;
  struct data_dir d;
  struct stat st;
  assert_int_equal(mkdir(dir, 0700) | chmod(dir, 0755), 0);
  assert_int_equal(data_dir_open(&d, dir, true, NULL), ERR_OK);
  assert_int_equal(stat(dir, &st), 0);
  assert_int_equal(st.st_mode & 07777, 0700);
  data_dir_close(&d);
}

static void a_second_start_is_told_who_has_it(void **state) {
  (void)state;
  struct data_dir first, second;
  struct fault fault;
  char pid[32];
  (void)snprintf(pid, sizeof pid, "process %ld", (long)getpid());
  assert_int_equal(data_dir_open(&first, dir, true, NULL), ERR_OK);
  assert_int_equal(data_dir_open(&second, dir, true, &fault), ERR_BUSY);
  assert_non_null(strstr(fault.text, pid));
  data_dir_close(&first);
  assert_int_equal(data_dir_open(&second, dir, true, NULL), ERR_OK);
  data_dir_close(&second);
}

static void a_file_in_its_place_is_refused(void **state) {
  (void)state;
  struct data_dir d;
  struct fault fault;
  FILE *f = fopen(dir, "w");
  assert_non_null(f);
  assert_int_equal(fclose(f), 0);
  assert_int_equal(data_dir_open(&d, dir, true, &fault), ERR_INVALID);
  assert_non_null(strstr(fault.text, "not a directory"));
}

static void a_missing_parent_is_named(void **state) {
  (void)state;
  struct data_dir d;
  struct fault fault;
  char deep[80];
  (void)snprintf(deep, sizeof deep, "%s/a/b", root);
  assert_int_equal(data_dir_open(&d, deep, true, &fault), ERR_NOT_FOUND);
  assert_non_null(strstr(fault.text, "make it first"));
}

static void a_link_in_place_of_the_lock_is_not_followed(void **state) {
  (void)state;
  struct data_dir d;
  char lock[80], target[80];
  (void)snprintf(lock, sizeof lock, "%s/lock", dir);
  (void)snprintf(target, sizeof target, "%s/elsewhere", root);
  assert_int_equal(mkdir(dir, 0700) | symlink(target, lock), 0);
  assert_int_not_equal(data_dir_open(&d, dir, true, NULL), ERR_OK);
  assert_int_equal(access(target, F_OK), -1);
}

static void put(const char *name) {
  char path[80];
  (void)snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  assert_int_equal(fclose(f), 0);
}

static bool is_there(const char *name) {
  char path[80];
  (void)snprintf(path, sizeof path, "%s/%s", dir, name);
  return access(path, F_OK) == 0;
}

/* --data with somebody's documents, or with /tmp: they are not closed to everybody else. */
static void a_directory_of_other_things_is_left_as_it_is(void **state) {
  (void)state;
  struct data_dir d;
  struct fault fault;
  struct stat st;
  assert_int_equal(mkdir(dir, 0700) | chmod(dir, 0755), 0);
  put("letter.txt");
  for (int make = 0; make < 2; make++) {
    assert_int_equal(data_dir_open(&d, dir, make, &fault), ERR_NOT_FOUND);
    assert_non_null(strstr(fault.text, "/device"));
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0755);
    assert_false(is_there("lock"));
  }
}

static void what_a_system_puts_everywhere_is_no_other_thing(void **state) {
  (void)state;
  struct data_dir d;
  assert_int_equal(mkdir(dir, 0700), 0);
  put(".cache");
  assert_int_equal(data_dir_open(&d, dir, true, NULL), ERR_OK);
  data_dir_close(&d);
}

/* Out of a backup that leaves out locks, with something beside it. */
static void a_device_is_known_by_its_files(void **state) {
  (void)state;
  struct data_dir d;
  assert_int_equal(mkdir(dir, 0700), 0);
  put("outbox");
  put("letter.txt");
  for (int make = 0; make < 2; make++) {
    assert_int_equal(data_dir_open(&d, dir, make, NULL), ERR_OK);
    data_dir_close(&d);
  }
}

static void who_only_asks_makes_no_directory(void **state) {
  (void)state;
  struct data_dir d;
  struct fault fault;
  struct stat st;
  assert_int_equal(data_dir_open(&d, dir, false, &fault), ERR_NOT_FOUND);
  assert_non_null(strstr(fault.text, "no device"));
  assert_int_equal(stat(dir, &st), -1);
  assert_int_equal(mkdir(dir, 0700), 0);
  assert_int_equal(data_dir_open(&d, dir, false, &fault), ERR_NOT_FOUND);
  assert_false(is_there("lock"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_missing_directory_is_made_for_its_owner_only, make_root, remove_root),
      cmocka_unit_test_setup_teardown(an_open_directory_is_closed_to_others, make_root, remove_root),
      cmocka_unit_test_setup_teardown(a_second_start_is_told_who_has_it, make_root, remove_root),
      cmocka_unit_test_setup_teardown(a_file_in_its_place_is_refused, make_root, remove_root),
      cmocka_unit_test_setup_teardown(a_missing_parent_is_named, make_root, remove_root),
      cmocka_unit_test_setup_teardown(a_directory_of_other_things_is_left_as_it_is, make_root, remove_root),
      cmocka_unit_test_setup_teardown(what_a_system_puts_everywhere_is_no_other_thing, make_root,
                                      remove_root),
      cmocka_unit_test_setup_teardown(a_device_is_known_by_its_files, make_root, remove_root),
      cmocka_unit_test_setup_teardown(who_only_asks_makes_no_directory, make_root, remove_root),
      cmocka_unit_test_setup_teardown(a_link_in_place_of_the_lock_is_not_followed, make_root, remove_root),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
