/* settings_fuzz.c: hub.conf and hub.keys of a data directory, as a hand or a bad disk may have left them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/ctl/ctl.h"
#include "shared/base/file.h"
#include "tests/lib/fuzz_input.h"
#include "tests/lib/memory_dir.h"

static char dir[memory_dir_bytes], conf[96], keys[96];
static struct buf right_keys = BUF_INIT(1 << 16);

static void must(err e) { ASSERT(e == ERR_OK); }

static void remove_all(void) {
  char path[128];
  static const char *const names[] = {"hub.conf", "hub.keys", "hub.db", "hub.db-wal", "hub.db-shm"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
    (void)unlink(path);
  }
  (void)rmdir(dir);
}

static void make_hub(void) {
  struct fault fault;
  struct hub_settings settings = {.host = "127.0.0.1", .port = 8443};
  must(crypto_init());
  memory_dir(dir);
  must(data_dir_create(dir, "Fuzz", "wss://localhost:8443/sync", &settings, &fault));
  (void)snprintf(conf, sizeof conf, "%s/hub.conf", dir);
  (void)snprintf(keys, sizeof keys, "%s/hub.keys", dir);
  must(file_posix_read_all(&right_keys, keys, right_keys.max, &fault));
  (void)atexit(remove_all);
}

/* fwrite, not the durable way: a disk's flush for every input would be all that is measured. */
static void put(const char *path, struct slice bytes) {
  FILE *f = fopen(path, "wb");
  ASSERT(f && fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len && fclose(f) == 0);
}

static void open_it(void) {
  struct data_dir d;
  struct fault fault = {.code = ERR_OK};
  err e = data_dir_open(&d, dir, false, &fault);
  if (e != ERR_OK) {
    ASSERT(fault.code == e && fault.text[0] != 0);
    return;
  }
  ASSERT(d.settings.port >= 1 && d.settings.port <= 65535);
  ASSERT(strlen(d.hub.name) < sizeof d.hub.name && d.hub.noise_count > 0 && d.hub.manifest.len > 0);
  data_dir_close(&d);
}

static void try_keys(struct slice in, bool summed) {
  struct buf bytes = BUF_INIT(1 << 16);
  must(buf_append(&bytes, buf_slice(&right_keys)));
  size_t len = bytes.len - hash_bytes;
  input_patch(&in, &bytes, 0, summed ? len : bytes.len);
  struct slice summed_part = slice_of(bytes.ptr, len);
  if (summed) crypto_hash(bytes.ptr + len, "tutti.hubkeys", &summed_part, 1);
  put(keys, buf_slice(&bytes));
  buf_finish(&bytes);
  open_it();
  put(keys, buf_slice(&right_keys));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  if (dir[0] == 0) make_hub();
  switch (input_u8(&in)) {
  case 'k': try_keys(in, false); break;
  case 's': try_keys(in, true); break;
  case 'r':
    put(keys, in);
    open_it();
    put(keys, buf_slice(&right_keys));
    break;
  default: put(conf, slice_of(data, size)); open_it();
  }
  return 0;
}
