/* hub_database_fuzz.c: a hub's database file that somebody gives us, or that a disk has damaged: opening and
 * reading it gives an error or what it holds, never a crash. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shared/base/file.h"
#include "shared/db/db.h"
#include "tests/lib/fuzz_input.h"
#include "tests/lib/hub_world.h"
#include "tests/lib/memory_dir.h"

static char dir[memory_dir_bytes], path[96];
static struct buf right = BUF_INIT(1 << 24);

static void must(err e) { ASSERT(e == ERR_OK); }

static void remove_file(const char *suffix) {
  char name[128];
  (void)snprintf(name, sizeof name, "%s%s", path, suffix);
  (void)unlink(name);
}

static void remove_all(void) {
  remove_file("");
  remove_file("-wal");
  remove_file("-shm");
  remove_file("-journal");
}

static void leave(void) {
  remove_all();
  (void)rmdir(dir);
}

/* A small hub with one device and a mark or two, closed, so that all of it stands in one file. */
static void make_right(void) {
  static struct hub_host host;
  static struct hub_world world;
  static struct test_device device;
  struct fault fault;
  char from[128];
  hub_host_open(&host, 6);
  hub_world_make(&world, &host);
  test_device_enrol(&device, &host, &world.ada, NULL);
  host.store->ops->close(host.store);
  (void)snprintf(from, sizeof from, "%s/hub.db", host.dir);
  must(file_posix_read_all(&right, from, right.max, &fault));
  (void)unlink(from);
  (void)rmdir(host.dir);
  test_device_finish(&device);
  memory_dir(dir);
  (void)snprintf(path, sizeof path, "%s/hub.db", dir);
  (void)atexit(leave);
}

static void put(struct slice bytes) {
  remove_all();
  FILE *f = fopen(path, "wb");
  ASSERT(f && fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len && fclose(f) == 0);
}

static void read_through_store(void) {
  struct store *store = NULL;
  struct fault fault = {.code = ERR_OK};
  struct store_sqlite_config config = {.path = path};
  err e = store_sqlite_open(&store, &config, &fault);
  if (e != ERR_OK) {
    ASSERT(fault.code == e && fault.text[0] != 0);
    return;
  }
  struct view_counts counts;
  uint8_t digest[hash_bytes];
  (void)!views_counts(store, &counts);
  (void)!views_digest(store, digest);
  store->ops->close(store);
}

static void read_as_database(void) {
  struct db *db = NULL;
  struct fault fault = {.code = ERR_OK};
  struct db_config config = {.path = path, .read_only = true};
  err e = db_open(&db, &config, &fault);
  if (e != ERR_OK) {
    ASSERT(fault.code == e && fault.text[0] != 0);
    return;
  }
  (void)!db_check(db);
  db_close(db);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  if (right.len == 0) make_right();
  if (input_u8(&in) % 2) {
    struct buf bytes = BUF_INIT(1 << 24);
    must(buf_append(&bytes, buf_slice(&right)));
    size_t pages = input_u8(&in); /* 0: the whole file; else cut after so many quarters of a page */
    if (pages && pages * 1024 < bytes.len) bytes.len = pages * 1024;
    input_patch(&in, &bytes, 0, bytes.len);
    put(buf_slice(&bytes));
    buf_finish(&bytes);
  } else {
    put(in);
  }
  read_as_database();
  read_through_store();
  return 0;
}
