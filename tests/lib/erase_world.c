/* erase_world.c: what tests of erasure share. */
#define _GNU_SOURCE /* memmem */
#include "tests/lib/erase_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "shared/base/file.h"

enum { hub_file_bytes_max = 1 << 28 };

struct erase_order erase_world_order(const struct id *learner) {
  return (struct erase_order){
      .learner = *learner, .by = ingest_world.host.hub.id, .reason = slice_text("the family asked for it")};
}

struct erase_result erase_world_erase(const struct id *learner) {
  struct hub_host *h = &ingest_world.host;
  struct erase_result r;
  struct fault fault;
  const struct erase_order order = erase_world_order(learner);
  bool done;
  if (erase_learner(&r, &h->hub, h->store, &h->now, &order, &fault) != ERR_OK) fail_msg("%s", fault.text);
  assert_int_equal(erase_scrub(&h->hub, h->store, &done), ERR_OK);
  assert_true(done);
  return r;
}

bool erase_world_finds(struct slice bytes, struct slice what) {
  return bytes.len && memmem(bytes.ptr, bytes.len, what.ptr, what.len) != NULL;
}

static bool file_holds(const char *suffix, struct slice what) {
  char path[128];
  struct buf bytes = BUF_INIT(hub_file_bytes_max);
  (void)snprintf(path, sizeof path, "%s%s", ingest_world.host.path, suffix);
  err e = file_posix_read_all(&bytes, path, hub_file_bytes_max, NULL);
  if (e != ERR_NOT_FOUND) assert_int_equal(e, ERR_OK);
  bool found = erase_world_finds(buf_slice(&bytes), what);
  buf_finish(&bytes);
  return found;
}

bool erase_world_hub_holds(const char *text) {
  return file_holds("", slice_text(text)) || file_holds("-wal", slice_text(text));
}
