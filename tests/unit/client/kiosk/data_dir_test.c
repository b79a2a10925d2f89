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
  (void)snprintf(path, sizeof path, "%s/lock", dir);
  (void)unlink(path);
  (void)rmdir(dir);
  (void)unlink(dir);
  return rmdir(root);
}

static void a_missing_directory_is_made_for_its_owner_only(void **state) {
  (void)state;
  struct data_dir d;
  struct stat st;
  assert_int_equal(data_dir_open(&d, dir, NULL), ERR_OK);
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
  assert_int_equal(data_dir_open(&d, dir, NULL), ERR_OK);
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
  assert_int_equal(data_dir_open(&first, dir, NULL), ERR_OK);
  assert_int_equal(data_dir_open(&second, dir, &fault), ERR_BUSY);
  assert_non_null(strstr(fault.text, pid));
  data_dir_close(&first);
  assert_int_equal(data_dir_open(&second, dir, NULL), ERR_OK);
  data_dir_close(&second);
}

static void a_file_in_its_place_is_refused(void **state) {
  (void)state;
  struct data_dir d;
  struct fault fault;
  FILE *f = fopen(dir, "w");
  assert_non_null(f);
  assert_int_equal(fclose(f), 0);
  assert_int_equal(data_dir_open(&d, dir, &fault), ERR_INVALID);
  assert_non_null(strstr(fault.text, "not a directory"));
}

static void a_missing_parent_is_named(void **state) {
  (void)state;
  struct data_dir d;
  struct fault fault;
  char deep[80];
  (void)snprintf(deep, sizeof deep, "%s/a/b", root);
  assert_int_equal(data_dir_open(&d, deep, &fault), ERR_NOT_FOUND);
  assert_non_null(strstr(fault.text, "make it first"));
}

static void a_link_in_place_of_the_lock_is_not_followed(void **state) {
  (void)state;
  struct data_dir d;
  char lock[80], target[80];
  (void)snprintf(lock, sizeof lock, "%s/lock", dir);
  (void)snprintf(target, sizeof target, "%s/elsewhere", root);
  assert_int_equal(mkdir(dir, 0700) | symlink(target, lock), 0);
  assert_int_not_equal(data_dir_open(&d, dir, NULL), ERR_OK);
  assert_int_equal(access(target, F_OK), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_missing_directory_is_made_for_its_owner_only, make_root, remove_root),
      cmocka_unit_test_setup_teardown(an_open_directory_is_closed_to_others, make_root, remove_root),
      cmocka_unit_test_setup_teardown(a_second_start_is_told_who_has_it, make_root, remove_root),
      cmocka_unit_test_setup_teardown(a_file_in_its_place_is_refused, make_root, remove_root),
      cmocka_unit_test_setup_teardown(a_missing_parent_is_named, make_root, remove_root),
      cmocka_unit_test_setup_teardown(a_link_in_place_of_the_lock_is_not_followed, make_root, remove_root),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
