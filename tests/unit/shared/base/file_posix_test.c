/* file_posix_test.c: durable files in one directory, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <threads.h>
#include <unistd.h>

#include "shared/base/file.h"

struct place {
  char dir[64];
  struct file_ops ops;
};

static int setup(void **state) {
  struct place *p = calloc(1, sizeof *p);
  if (!p) return -1;
  (void)snprintf(p->dir, sizeof p->dir, "/tmp/tutti-file-XXXXXX");
  if (!mkdtemp(p->dir)) return -1;
  *state = p;
  return file_posix_init(&p->ops, p->dir, NULL) == ERR_OK ? 0 : -1;
}

static const char *path_in(const struct place *p, char out[128], const char *name) {
  (void)snprintf(out, 128, "%s/%s", p->dir, name);
  return out;
}

static int teardown(void **state) {
  struct place *p = *state;
  static const char *const names[] = {"outbox", "outbox.new", "identity", "identity.new",
                                      "link",   "pipe",       "target",   "folder"};
  char path[128];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) (void)remove(path_in(p, path, names[i]));
  (void)rmdir(p->dir);
  file_posix_finish(&p->ops);
  file_posix_finish(&p->ops);
  free(p);
  return 0;
}

static size_t count_files(const struct place *p) {
  size_t count = 0;
  DIR *dir = opendir(p->dir);
  assert_non_null(dir);
  for (const struct dirent *d = readdir(dir); d; d = readdir(dir))
    count += d->d_name[0] != '.' || d->d_name[1] == 't';
  assert_int_equal(closedir(dir), 0);
  return count;
}

/* The directory is changed and flushed, so that what it says for now it says for good; nothing of that stays.
 */
static void opening_to_make_vouches_for_names_and_leaves_nothing_behind(void **state) {
  struct place *p = *state;
  struct file *f;
  struct stat before, after;
  char path[128];
  assert_int_equal(p->ops.replace(p->ops.ctx, "identity", slice_text("one")), ERR_OK);
  assert_int_equal(utimensat(AT_FDCWD, p->dir, (struct timespec[2]){{0}, {0}}, 0), 0);
  assert_int_equal(stat(p->dir, &before), 0);
  assert_int_equal(p->ops.open(p->ops.ctx, "identity", false, &f), ERR_OK);
  p->ops.close(f);
  assert_int_equal(stat(p->dir, &after), 0);
  assert_int_equal(after.st_mtime, before.st_mtime);          /* who only reads changes nothing */
  (void)fclose(fopen(path_in(p, path, ".tutti-names"), "w")); /* left of one that was cut short */
  assert_int_equal(p->ops.open(p->ops.ctx, "identity", true, &f), ERR_OK);
  p->ops.close(f);
  assert_int_equal(stat(p->dir, &after), 0);
  assert_true(after.st_mtime > before.st_mtime);
  assert_int_equal(count_files(p), 1);
}

/* A hub that starts, a command beside it and whatever watches both look at one directory. */
static int open_one(void *arg) {
  struct place *p = arg;
  struct file *f;
  err e = p->ops.open(p->ops.ctx, "identity", true, &f);
  if (e == ERR_OK) p->ops.close(f);
  return (int)e;
}

static void many_may_make_one_file_or_find_it_at_the_same_time(void **state) {
  enum { rounds = 200, programs = 4 };
  struct place *p = *state;
  char path[128];
  for (int round = 0; round < rounds; round++) {
    thrd_t threads[programs];
    if (round % 2) (void)remove(path_in(p, path, "identity"));
    for (int i = 0; i < programs; i++) assert_int_equal(thrd_create(&threads[i], open_one, p), thrd_success);
    for (int i = 0; i < programs; i++) {
      int e = ERR_IO;
      assert_int_equal(thrd_join(threads[i], &e), thrd_success);
      assert_int_equal(e, ERR_OK);
    }
    assert_int_equal(count_files(p), 1);
  }
}

static void what_was_written_is_read_again(void **state) {
  struct place *p = *state;
  struct file *f;
  uint64_t size;
  char got[6] = "";
  assert_int_equal(p->ops.open(p->ops.ctx, "outbox", false, &f), ERR_NOT_FOUND);
  assert_int_equal(p->ops.open(p->ops.ctx, "outbox", true, &f), ERR_OK);
  assert_int_equal(p->ops.write(f, 0, slice_text("bundle one")), ERR_OK);
  assert_int_equal(p->ops.write(f, 10, slice_text(" and two")), ERR_OK);
  assert_int_equal(p->ops.sync(f), ERR_OK);
  p->ops.close(f);
  p->ops.close(NULL);
  assert_int_equal(p->ops.open(p->ops.ctx, "outbox", false, &f), ERR_OK);
  assert_int_equal(p->ops.size(f, &size), ERR_OK);
  assert_int_equal(size, 18);
  assert_int_equal(p->ops.read(f, 11, got, 5), ERR_OK);
  assert_string_equal(got, "and t");
  assert_int_equal(p->ops.read(f, 14, got, 5), ERR_TRUNCATED);
  assert_int_equal(p->ops.truncate(f, 4), ERR_OK);
  assert_int_equal(p->ops.size(f, &size), ERR_OK);
  assert_int_equal(size, 4);
  p->ops.close(f);
}

static void files_are_for_their_owner_only(void **state) {
  struct place *p = *state;
  struct file *f;
  struct stat st;
  char path[128];
  assert_int_equal(p->ops.open(p->ops.ctx, "outbox", true, &f), ERR_OK);
  p->ops.close(f);
  assert_int_equal(stat(path_in(p, path, "outbox"), &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  assert_int_equal(file_posix_write_all(path_in(p, path, "identity"), slice_text("k"), NULL), ERR_OK);
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
}

static void replacing_leaves_the_new_content_and_no_other_file(void **state) {
  struct place *p = *state;
  struct buf content = BUF_INIT(100);
  char path[128];
  (void)path_in(p, path, "identity");
  assert_int_equal(p->ops.replace(p->ops.ctx, "identity", slice_text("the first, longer one")), ERR_OK);
  assert_int_equal(p->ops.replace(p->ops.ctx, "identity", slice_text("second")), ERR_OK);
  assert_int_equal(file_posix_read_all(&content, path, 100, NULL), ERR_OK);
  assert_true(slice_equal(buf_slice(&content), slice_text("second")));
  assert_int_equal(access(path_in(p, path, "identity.new"), F_OK), -1);
  buf_finish(&content);
}

/* A power cut between writing and renaming leaves a fresh file behind: it must not be in the way. */
static void a_leftover_of_an_interrupted_replacement_is_no_obstacle(void **state) {
  struct place *p = *state;
  char path[128];
  assert_int_equal(file_posix_write_all(path_in(p, path, "identity.new"), slice_text("half"), NULL), ERR_OK);
  assert_int_equal(p->ops.replace(p->ops.ctx, "identity", slice_text("whole")), ERR_OK);
  assert_int_equal(access(path, F_OK), -1);
}

static void removing_twice_is_fine(void **state) {
  struct place *p = *state;
  assert_int_equal(p->ops.replace(p->ops.ctx, "identity", slice_text("x")), ERR_OK);
  assert_int_equal(p->ops.remove(p->ops.ctx, "identity"), ERR_OK);
  assert_int_equal(p->ops.remove(p->ops.ctx, "identity"), ERR_OK);
}

static void links_pipes_and_folders_are_refused(void **state) {
  struct place *p = *state;
  struct buf content = BUF_INIT(100);
  struct fault fault;
  struct file *f;
  char path[128], target[128];
  assert_int_equal(file_posix_write_all(path_in(p, target, "target"), slice_text("secret"), NULL), ERR_OK);
  assert_int_equal(symlink(target, path_in(p, path, "link")), 0);
  assert_int_equal(mkfifo(path_in(p, path, "pipe"), 0600), 0);
  assert_int_equal(mkdir(path_in(p, path, "folder"), 0700), 0);
  static const char *const names[] = {"link", "pipe", "folder"};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(file_posix_read_all(&content, path_in(p, path, names[i]), 100, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, names[i]));
    assert_int_equal(p->ops.open(p->ops.ctx, names[i], true, &f), ERR_INVALID);
  }
  assert_int_equal(file_posix_read_all(&content, "/dev/zero", 100, &fault), ERR_INVALID);
  assert_int_equal(content.len, 0);
  buf_finish(&content);
}

static void replacing_a_link_does_not_write_through_it(void **state) {
  struct place *p = *state;
  struct buf content = BUF_INIT(100);
  char path[128], target[128];
  assert_int_equal(file_posix_write_all(path_in(p, target, "target"), slice_text("mine"), NULL), ERR_OK);
  assert_int_equal(symlink(target, path_in(p, path, "link")), 0);
  assert_int_equal(file_posix_write_all(path, slice_text("theirs"), NULL), ERR_OK);
  assert_int_equal(file_posix_read_all(&content, target, 100, NULL), ERR_OK);
  assert_true(slice_equal(buf_slice(&content), slice_text("mine")));
  buf_finish(&content);
}

/* Whoever names /dev/null, or a pipe, does not want it replaced by a file. */
static void pipes_and_folders_are_not_written_over(void **state) {
  struct place *p = *state;
  struct fault fault;
  struct stat before, after;
  char path[128];
  assert_int_equal(mkfifo(path_in(p, path, "pipe"), 0600), 0);
  assert_int_equal(mkdir(path_in(p, path, "folder"), 0700), 0);
  static const char *const names[] = {"pipe", "folder"};
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(stat(path_in(p, path, names[i]), &before), 0);
    assert_int_equal(file_posix_write_all(path, slice_text("x"), &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, names[i]));
    assert_non_null(strstr(fault.text, "name another"));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_mode, before.st_mode);
  }
}

static void a_neighbour_of_a_similar_name_stays(void **state) {
  struct place *p = *state;
  struct buf content = BUF_INIT(100);
  char path[128];
  assert_int_equal(file_posix_write_all(path_in(p, path, "week.new"), slice_text("mine"), NULL), ERR_OK);
  assert_int_equal(file_posix_write_all(path_in(p, path, "week"), slice_text("export"), NULL), ERR_OK);
  assert_int_equal(file_posix_read_all(&content, path_in(p, path, "week.new"), 100, NULL), ERR_OK);
  assert_true(slice_equal(buf_slice(&content), slice_text("mine")));
  buf_finish(&content);
}

static void a_file_larger_than_allowed_is_too_big(void **state) {
  struct place *p = *state;
  struct buf content = BUF_INIT(100);
  struct fault fault;
  char path[128];
  assert_int_equal(file_posix_write_all(path_in(p, path, "target"), slice_text("123456"), NULL), ERR_OK);
  assert_int_equal(file_posix_read_all(&content, path, 5, &fault), ERR_TOO_BIG);
  assert_int_equal(file_posix_read_all(&content, path, 6, &fault), ERR_OK);
  assert_int_equal(content.len, 6);
  buf_finish(&content);
}

static void what_is_missing_is_named(void **state) {
  struct place *p = *state;
  struct buf content = BUF_INIT(100);
  struct fault fault;
  struct file_ops ops;
  char path[128];
  assert_int_equal(file_posix_read_all(&content, path_in(p, path, "nothing"), 5, &fault), ERR_NOT_FOUND);
  assert_non_null(strstr(fault.text, "nothing"));
  assert_int_equal(file_posix_init(&ops, path, &fault), ERR_NOT_FOUND);
  assert_non_null(strstr(fault.text, "nothing"));
  assert_int_equal(file_posix_write_all(path_in(p, path, "no/such"), slice_text("x"), &fault), ERR_NOT_FOUND);
  assert_int_equal(file_posix_write_all(path_in(p, path, ""), slice_text("x"), &fault), ERR_INVALID);
  assert_int_equal(file_posix_write_all("..", slice_text("x"), &fault), ERR_INVALID);
}

int main(void) {
#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
  const struct CMUnitTest tests[] = {
      WITH_PLACE(what_was_written_is_read_again),
      WITH_PLACE(opening_to_make_vouches_for_names_and_leaves_nothing_behind),
      WITH_PLACE(many_may_make_one_file_or_find_it_at_the_same_time),
      WITH_PLACE(files_are_for_their_owner_only),
      WITH_PLACE(replacing_leaves_the_new_content_and_no_other_file),
      WITH_PLACE(a_leftover_of_an_interrupted_replacement_is_no_obstacle),
      WITH_PLACE(removing_twice_is_fine),
      WITH_PLACE(links_pipes_and_folders_are_refused),
      WITH_PLACE(replacing_a_link_does_not_write_through_it),
      WITH_PLACE(pipes_and_folders_are_not_written_over),
      WITH_PLACE(a_neighbour_of_a_similar_name_stays),
      WITH_PLACE(a_file_larger_than_allowed_is_too_big),
      WITH_PLACE(what_is_missing_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
