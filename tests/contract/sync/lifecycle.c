/* lifecycle.c: a device, the hub, and a stick between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/carried.h"
#include "tests/contract/sync/lifecycle.h"

struct pair pair;

int life_open(void **state) {
  (void)state;
  pair_open(&pair, 11);
  return 0;
}

int life_close(void **state) {
  (void)state;
  pair_close(&pair);
  return 0;
}

void must(err e) {
  if (e != ERR_OK) fail_msg("%s", err_text(e));
}

static void bring(struct slice file, struct buf *reply, struct arena *a, size_t *count_out) {
  struct export_file f;
  struct fault fault;
  struct carried c = {.brought = 0};
  const struct hub *hub = &pair.hub.hub;
  must(carried_open(&f, file, hub, a, &fault));
  do must(carried_bring(&c, &f, hub, pair.hub.store, &pair.hub.now));
  while (c.brought < f.count);
  must(carried_reply(&c, reply, &f, hub, pair.hub.store, &pair.hub.now, &hub->id));
  *count_out = f.count;
}

size_t carry(struct pair_device *d) {
  struct arena a = ARENA_INIT(67108864);
  struct buf reply = BUF_INIT(export_file_bytes_max);
  struct slice file = {NULL, 0};
  size_t count;
  if (!core_host_call(&d->host, "export", "")) fail_msg("%s", d->host.text);
  must(item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &file));
  bring(file, &reply, &a, &count);
  if (!core_host_call(&d->host, "import", "file:y", buf_slice(&reply))) fail_msg("%s", d->host.text);
  buf_finish(&reply);
  arena_finish(&a);
  return count;
}

struct pair_device *away_with_a_mark(void) {
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_mark(&pair, d, &pair.world.jo, "P");
  pair_pass(&pair, seal_pause_ms + 1); /* a receipt under the first signing key */
  pair_hold(&pair, d, true);
  pair_mark(&pair, d, &pair.world.zoe, "L");
  pair_pass(&pair, seal_pause_ms + 1);
  return d;
}

struct id id_of(struct pair_device *d) {
  assert_true(core_host_call(&d->host, "device.status", ""));
  return core_host_id(d->host.result, "device");
}

struct slice first_bundle(struct pair_device *d, struct arena *a) {
  struct slice file = {NULL, 0};
  struct export_file f;
  struct fault fault;
  assert_true(core_host_call(&d->host, "export", ""));
  must(item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &file));
  must(export_decode(&f, arena_copy(a, file), a, &fault));
  return f.bundles[0];
}

struct key_need need_of(uint32_t number) {
  struct key_need need;
  hub_host_tidy(&pair.hub); /* writes what devices said of themselves */
  must(hub_key_need(&need, &pair.hub.hub, pair.hub.store, &pair.hub.now, HUB_INTAKE, number));
  return need;
}
