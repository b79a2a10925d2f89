/* outbox_tail_test.c: what stands last in the outbox may be in the machine's memory alone: a flush failed
 * before this start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "client/core/outbox_record.h"
#include "client/core/state.h"
#include "tests/lib/field_world.h"

static uint64_t file_size(const struct field_world *w) {
  struct stat st;
  char path[128];
  (void)snprintf(path, sizeof path, "%s/outbox", w->host.dir);
  assert_int_equal(stat(path, &st), 0);
  return (uint64_t)st.st_size;
}

static void seal_mark(struct field_world *w, const char *code) {
  (void)field_mark(w, &fake_zoe, code);
  field_pause(w);
}

static struct watched {
  struct file_ops real;
  uint64_t from, to; /* what was written, and flushed after */
  bool flushed;
  err refuses;
} watched;

static err watched_write(struct file *f, uint64_t offset, struct slice bytes) {
  if (watched.refuses != ERR_OK) return watched.refuses;
  if (watched.to == 0) watched.from = offset;
  watched.to = offset + bytes.len;
  watched.flushed = false;
  return watched.real.write(f, offset, bytes);
}

static err watched_sync(struct file *f) {
  watched.flushed = true;
  return watched.real.sync(f);
}

static err load_watched(struct field_world *w, struct outbox *o, err refuses) {
  struct file_ops files = w->host.config.files;
  struct sign_ring nobody = {.count = 0};
  watched = (struct watched){.real = files, .refuses = refuses};
  files.write = watched_write;
  files.sync = watched_sync;
  return outbox_load(o, &files, &nobody, 0, NULL);
}

static void what_was_written_last_is_made_durable_before_it_is_believed(void **state) {
  struct field_world *w = *state;
  struct outbox o;
  seal_mark(w, "P");
  uint64_t first = file_size(w);
  seal_mark(w, "L");
  core_host_stop(&w->host);
  assert_int_equal(load_watched(w, &o, ERR_OK), ERR_OK);
  assert_int_equal(o.count, 2);
  assert_true(watched.from > 8 && watched.from <= first);
  assert_int_equal(watched.to, file_size(w));
  assert_true(watched.flushed);
  outbox_finish(&o);
  assert_int_equal(load_watched(w, &o, ERR_IO), ERR_IO); /* who cannot vouch for it does not begin */
  outbox_finish(&o);
  assert_int_equal(load_watched(w, &o, ERR_READ_ONLY), ERR_OK);
  assert_int_equal(o.count, 2);
  outbox_finish(&o);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_was_written_last_is_made_durable_before_it_is_believed,
                                      field_world_open, field_world_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
