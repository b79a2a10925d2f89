/* wipe_test.c: a device that is revoked hands over everything and then empties itself, whenever its power
 * fails; and what its holder may do by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants its headers in this order. */
#include <cmocka.h>

#include "proto/transfer.h"
#include "tests/lib/field_world.h"

/* ---- the office, by file ---- */

static void order_make(struct field_world *w, struct buf *out, uint64_t number, enum order_kind kind,
                       uint64_t value) {
  struct order o = {w->hub.id, w->hub.device, number, kind, w->host.now.wall_ms, value};
  *out = (struct buf)BUF_INIT(order_bytes_max);
  assert_int_equal(order_encode(out, &o, w->hub.sign.secret), ERR_OK);
}

enum { receipts_max = 16 };
/* A reply with a receipt for everything the hub has, and perhaps an order. */
static void reply_make(struct field_world *w, struct buf *out, const struct buf *order) {
  struct buf receipts[receipts_max];
  struct slice list[receipts_max];
  struct slice orders[1];
  size_t count = w->hub.bundle_count;
  assert_true(count <= receipts_max);
  for (size_t i = 0; i < count; i += 1) {
    receipts[i] = (struct buf)BUF_INIT(65536);
    fake_hub_receipt(&w->hub, &w->hub.bundles[i], RECEIPT_QUARANTINED, &receipts[i]);
    list[i] = buf_slice(&receipts[i]);
  }
  struct reply_file f = {.hub = w->hub.id,
                         .device = w->hub.device,
                         .manifest = buf_slice(&w->hub.manifest),
                         .receipts = list,
                         .count = count,
                         .orders = orders};
  if (order) orders[f.order_count++] = buf_slice(order);
  *out = (struct buf)BUF_INIT(1048576);
  assert_int_equal(reply_encode(out, &f), ERR_OK);
  for (size_t i = 0; i < count; i += 1) buf_finish(&receipts[i]);
}

static void give_order(struct field_world *w, const struct buf *order) {
  struct buf reply;
  struct fake_hub *hub = &w->hub;
  size_t kept = hub->bundle_count;
  hub->bundle_count = 0;
  reply_make(w, &reply, order);
  hub->bundle_count = kept;
  if (!core_host_call(&w->host, "import", "file:y", buf_slice(&reply))) fail_msg("%s", w->host.text);
  buf_finish(&reply);
}

static size_t carry_out(struct field_world *w) {
  struct arena a = ARENA_INIT(67108864);
  struct export_file f;
  struct fault fault;
  struct slice file = {NULL, 0};
  if (!core_host_call(&w->host, "export", "")) fail_msg("%s", w->host.text);
  assert_int_equal(item_bytes(item_get(w->host.result, "file"), 0, export_file_bytes_max, &file), ERR_OK);
  assert_int_equal(export_decode(&f, file, &a, &fault), ERR_OK);
  for (size_t i = 0; i < f.count; i += 1) assert_true(fake_hub_take(&w->hub, f.bundles[i]));
  size_t count = f.count;
  arena_finish(&a);
  return count;
}

/* One round trip with a stick. False once the device is empty. */
static bool carry(struct field_world *w, const struct buf *order) {
  struct buf reply;
  if (!core_host_call(&w->host, "device.status", "") || !core_host_bool(w->host.result, "enrolled"))
    return false;
  (void)carry_out(w);
  reply_make(w, &reply, order);
  (void)core_host_call(&w->host, "import", "file:y", buf_slice(&reply));
  buf_finish(&reply);
  return w->host.step_error == ERR_OK;
}

/* ---- what is left ---- */

static bool there(const struct field_world *w, const char *name) {
  char path[160];
  (void)snprintf(path, sizeof path, "%s/%s", w->host.dir, name);
  return access(path, F_OK) == 0;
}

static void is_empty(struct field_world *w, const char *words) {
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_false(core_host_bool(w->host.result, "enrolled"));
  if (words) {
    char text[300];
    struct slice said = core_host_text(w->host.result, "revoked");
    (void)snprintf(text, sizeof text, "%.*s", (int)said.len, (const char *)said.ptr);
    if (!strstr(text, words)) fail_msg("it says: %s", text);
  }
  static const char *const names[] = {"identity", "staff", "core.db", "core.db-wal"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i += 1) assert_false(there(w, names[i]));
  assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "274951"));
  field_refused(w, "NOT_ENROLLED");
}

static size_t changesets_of(const struct fake_hub *hub) {
  size_t count = 0;
  for (size_t i = 0; i < hub->bundle_count; i += 1) count += hub->bundles[i].content.changeset_count;
  return count;
}

static void a_revoked_device_hands_over_everything_and_empties_itself(void **state) {
  struct field_world *w = *state;
  struct buf order;
  order_make(w, &order, 1, ORDER_WIPE, WIPE_SENT);
  (void)field_mark(w, &fake_zoe, "P");
  give_order(w, &order);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_true(core_host_says(w->host.result, "unlocked", NULL));
  assert_true(core_host_bool(w->host.result, "enrolled"));
  assert_true(carry(w, NULL)); /* the mark leaves and is receipted; the acknowledgement is sealed */
  assert_int_equal(changesets_of(&w->hub), 1);
  assert_true(there(w, "identity") && there(w, "core.db"));
  assert_true(carry(w, NULL));
  const struct fake_bundle *last = &w->hub.bundles[w->hub.bundle_count - 1];
  assert_int_equal(last->content.ack_count, 1);
  assert_int_equal(last->content.acks[0].kind, ACK_ORDER);
  assert_int_equal(last->content.acks[0].number, 1);
  is_empty(w, "reached the office");
  core_host_stop(&w->host);
  core_host_start(&w->host);
  is_empty(w, "reached the office");
  buf_finish(&order);
}

static void a_forced_order_empties_the_device_at_once(void **state) {
  struct field_world *w = *state;
  struct buf order;
  order_make(w, &order, 1, ORDER_WIPE, WIPE_FORCED);
  (void)field_mark(w, &fake_zoe, "P");
  give_order(w, &order);
  is_empty(w, "stolen");
  buf_finish(&order);
}

struct full_files {
  struct file_ops under;
  bool full;
};
static err full_replace(void *ctx, const char *name, struct slice bytes) {
  struct full_files *f = ctx;
  return f->full ? ERR_FULL : f->under.replace(f->under.ctx, name, bytes);
}
static err full_open(void *ctx, const char *name, bool create, struct file **out) {
  struct full_files *f = ctx;
  return f->under.open(f->under.ctx, name, create, out);
}
static err full_remove(void *ctx, const char *name) {
  struct full_files *f = ctx;
  return f->under.remove(f->under.ctx, name);
}

/* It can be told nothing that it would keep, and still has to go. */
static void a_full_disk_keeps_no_stolen_device_from_emptying_itself(void **state) {
  struct field_world *w = *state;
  struct full_files files = {.under = w->host.config.files};
  struct buf order;
  order_make(w, &order, 1, ORDER_WIPE, WIPE_FORCED);
  core_host_stop(&w->host);
  w->host.config.files.ctx = &files;
  w->host.config.files.replace = full_replace;
  w->host.config.files.open = full_open;
  w->host.config.files.remove = full_remove;
  core_host_start(&w->host);
  assert_true(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "274951"));
  (void)field_mark(w, &fake_zoe, "P");
  files.full = true;
  give_order(w, &order);
  is_empty(w, "stolen");
  core_host_stop(&w->host);
  w->host.config.files = files.under;
  core_host_start(&w->host);
  is_empty(w, NULL);
  buf_finish(&order);
}

static void work_that_only_a_pin_can_seal_is_waited_for(void **state) {
  struct field_world *w = *state;
  struct buf order;
  order_make(w, &order, 1, ORDER_WIPE, WIPE_SENT);
  (void)field_mark(w, &fake_zoe, "P");
  core_host_stop(&w->host);
  w->host.config.hold = true;
  core_host_start(&w->host);
  give_order(w, &order);
  (void)carry(w, NULL);
  (void)carry(w, NULL);
  assert_true(there(w, "core.db"));
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_int_equal(changesets_of(&w->hub), 0);
  /* Whoever signs in only brings the last work out. */
  assert_true(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "274951"));
  assert_true(core_host_says(w->host.result, "unlocked", NULL));
  while (carry(w, NULL)) continue;
  assert_int_equal(changesets_of(&w->hub), 1);
  is_empty(w, "reached the office");
  buf_finish(&order);
}

static void ten_wrong_pins_and_a_wipe_without_a_lost_mark(void **state) {
  struct field_world *w = *state;
  struct buf order;
  (void)field_mark(w, &fake_zoe, "P");
  (void)field_mark(w, &fake_ben, "L");
  assert_true(core_host_call(&w->host, "lock", ""));
  for (int i = 0; i < pin_attempts_max; i += 1) {
    assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "111222"));
    core_host_pass(&w->host, 86400000);
  }
  assert_string_equal(w->host.code, "LOCKED");
  order_make(w, &order, 1, ORDER_WIPE, WIPE_SENT);
  give_order(w, &order);
  assert_true(there(w, "outbox"));
  while (carry(w, NULL)) continue;
  assert_int_equal(changesets_of(&w->hub), 2);
  is_empty(w, "reached the office");
  buf_finish(&order);
}

static void an_order_is_carried_out_once_and_only_for_this_device(void **state) {
  struct field_world *w = *state;
  struct buf order;
  struct sign_keys hub = w->hub.sign;
  struct id device = w->hub.device;
  crypto_sign_keys(&w->hub.sign, &w->host.config.entropy);
  order_make(w, &order, 1, ORDER_WIPE, WIPE_FORCED);
  w->hub.sign = hub;
  give_order(w, &order); /* signed by somebody else */
  buf_finish(&order);
  w->hub.device = fake_ann;
  order_make(w, &order, 1, ORDER_WIPE, WIPE_FORCED);
  w->hub.device = device;
  give_order(w, &order); /* for another device */
  buf_finish(&order);
  order_make(w, &order, 5, ORDER_LEASE, 7);
  give_order(w, &order);
  assert_int_equal(core_host_int(w->host.result, "orders"), 1);
  give_order(w, &order);
  assert_int_equal(core_host_int(w->host.result, "orders"), 0);
  buf_finish(&order);
  order_make(w, &order, 4, ORDER_WIPE, WIPE_FORCED);
  give_order(w, &order); /* an older one that somebody kept */
  assert_int_equal(core_host_int(w->host.result, "orders"), 0);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_true(core_host_bool(w->host.result, "enrolled"));
  assert_int_equal(core_host_int(w->host.result, "lease_days"), 7);
  buf_finish(&order);
}

static void a_device_that_was_emptied_can_be_enrolled_anew(void **state) {
  struct field_world *w = *state;
  struct buf order;
  order_make(w, &order, 1, ORDER_WIPE, WIPE_FORCED);
  give_order(w, &order);
  is_empty(w, NULL);
  fake_hub_enrol(&w->hub);
  core_host_stop(&w->host);
  w->host.config.hold = true;
  core_host_start(&w->host);
  fake_hub_unlock(&w->hub, &fake_ann);
  assert_true(core_host_says(w->host.result, "revoked", NULL));
  buf_finish(&order);
}

/* ---- power cuts: the disk fails at the n-th change, before or after it was made ---- */

struct cutting {
  struct file_ops real;
  long left; /* changes until the cut; below zero: never */
  bool after;
  bool cut;
};
struct cut_file {
  struct cutting *c;
  struct file *real;
};

/* True when this change still happens. */
static bool change(struct cutting *c, err *fails) {
  *fails = c->cut ? ERR_IO : ERR_OK;
  if (c->cut) return false;
  if (c->left < 0 || c->left-- > 0) return true;
  c->cut = true;
  *fails = ERR_IO;
  return c->after;
}

static err cut_open(void *ctx, const char *name, bool create, struct file **out) {
  struct cutting *c = ctx;
  struct cut_file *f = calloc(1, sizeof *f);
  if (!f) abort();
  f->c = c;
  err e = c->real.open(c->real.ctx, name, create, &f->real);
  if (e != ERR_OK)
    free(f);
  else
    *out = (struct file *)f;
  return e;
}
static void cut_close(struct file *file) {
  struct cut_file *f = (struct cut_file *)file;
  if (!f) return;
  f->c->real.close(f->real);
  free(f);
}
static err cut_size(struct file *file, uint64_t *out) {
  struct cut_file *f = (struct cut_file *)file;
  return f->c->real.size(f->real, out);
}
static err cut_read(struct file *file, uint64_t offset, void *out, size_t len) {
  struct cut_file *f = (struct cut_file *)file;
  return f->c->real.read(f->real, offset, out, len);
}
static err cut_write(struct file *file, uint64_t offset, struct slice bytes) {
  struct cut_file *f = (struct cut_file *)file;
  err fails;
  err e = change(f->c, &fails) ? f->c->real.write(f->real, offset, bytes) : ERR_OK;
  return fails != ERR_OK ? fails : e;
}
static err cut_truncate(struct file *file, uint64_t size) {
  struct cut_file *f = (struct cut_file *)file;
  err fails;
  err e = change(f->c, &fails) ? f->c->real.truncate(f->real, size) : ERR_OK;
  return fails != ERR_OK ? fails : e;
}
static err cut_sync(struct file *file) {
  struct cut_file *f = (struct cut_file *)file;
  err fails;
  err e = change(f->c, &fails) ? f->c->real.sync(f->real) : ERR_OK;
  return fails != ERR_OK ? fails : e;
}
static err cut_replace(void *ctx, const char *name, struct slice bytes) {
  struct cutting *c = ctx;
  err fails;
  err e = change(c, &fails) ? c->real.replace(c->real.ctx, name, bytes) : ERR_OK;
  return fails != ERR_OK ? fails : e;
}
static err cut_remove(void *ctx, const char *name) {
  struct cutting *c = ctx;
  err fails;
  err e = change(c, &fails) ? c->real.remove(c->real.ctx, name) : ERR_OK;
  return fails != ERR_OK ? fails : e;
}

static struct file_ops cut_ops(struct cutting *c) {
  return (struct file_ops){.ctx = c,
                           .open = cut_open,
                           .close = cut_close,
                           .size = cut_size,
                           .read = cut_read,
                           .write = cut_write,
                           .truncate = cut_truncate,
                           .sync = cut_sync,
                           .replace = cut_replace,
                           .remove = cut_remove};
}

static void restart(struct field_world *w) {
  core_host_stop(&w->host);
  w->host.config.hold = true;
  core_host_start(&w->host);
}

/* The whole way from order to emptiness with a power cut at change n; false when n lies behind the last one.
 */
static bool wiped_with_a_cut_at(long n, bool after) {
  struct field_world *w = NULL;
  struct buf order;
  assert_int_equal(field_world_open((void **)&w), 0);
  struct cutting cutting = {.real = w->host.config.files, .left = -1, .after = after};
  w->host.config.files = cut_ops(&cutting);
  restart(w);
  fake_hub_unlock(&w->hub, &fake_ann);
  order_make(w, &order, 1, ORDER_WIPE, WIPE_SENT);
  (void)field_mark(w, &fake_zoe, "P");
  field_pause(w);
  cutting.left = n;
  for (int trips = 0; trips < 12 && !cutting.cut && carry(w, &order); trips += 1) continue;
  bool was_cut = cutting.cut;
  cutting.cut = false;
  cutting.left = -1;
  restart(w);
  for (int trips = 0; trips < 12 && carry(w, &order); trips += 1) {
    if (core_host_call(&w->host, "device.status", "") && core_host_bool(w->host.result, "enrolled"))
      (void)core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "274951");
  }
  assert_int_equal(changesets_of(&w->hub), 1);
  is_empty(w, "reached the office");
  core_host_stop(&w->host);
  w->host.config.files = cutting.real;
  core_host_start(&w->host);
  buf_finish(&order);
  (void)field_world_close((void **)&w);
  return was_cut;
}

static void a_power_cut_at_any_step_of_a_wipe_loses_nothing_and_is_gone_on_from(void **state) {
  (void)state;
  long before = 0;
  long after = 0;
  while (wiped_with_a_cut_at(before, false)) before += 1;
  while (wiped_with_a_cut_at(after, true)) after += 1;
  assert_true(before >= 10 && after >= 10);
}

/* ---- by hand ---- */

static void emptying_by_hand_is_refused_while_anything_is_unsent(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  assert_false(core_host_call(&w->host, "device.reset", ""));
  field_refused(w, "CONFLICT");
  assert_false(core_host_call(&w->host, "device.reset", "force:b", 1));
  field_refused(w, "CONFLICT");
  (void)carry_out(w);
  assert_false(core_host_call(&w->host, "device.reset", ""));
  field_refused(w, "CONFLICT");
  (void)field_mark(w, &fake_ben, "P"); /* not in that file */
  assert_false(core_host_call(&w->host, "device.reset", "force:b", 1));
  field_refused(w, "CONFLICT");
  (void)carry_out(w);
  assert_true(core_host_call(&w->host, "device.reset", "force:b", 1));
  is_empty(w, NULL);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_true(core_host_says(w->host.result, "revoked", NULL));
  assert_int_equal(changesets_of(&w->hub), 2);
}

static void emptying_by_hand_needs_no_force_when_everything_is_sent(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  assert_true(carry(w, NULL));
  assert_true(core_host_call(&w->host, "device.reset", ""));
  is_empty(w, NULL);
}

static void a_locked_device_is_not_emptied_by_whoever_passes(void **state) {
  struct field_world *w = *state;
  assert_true(core_host_call(&w->host, "lock", ""));
  assert_false(core_host_call(&w->host, "device.reset", ""));
  field_refused(w, "NOT_UNLOCKED");
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_revoked_device_hands_over_everything_and_empties_itself),
      IN_WORLD(a_forced_order_empties_the_device_at_once),
      IN_WORLD(a_full_disk_keeps_no_stolen_device_from_emptying_itself),
      IN_WORLD(work_that_only_a_pin_can_seal_is_waited_for),
      IN_WORLD(ten_wrong_pins_and_a_wipe_without_a_lost_mark),
      IN_WORLD(an_order_is_carried_out_once_and_only_for_this_device),
      IN_WORLD(a_device_that_was_emptied_can_be_enrolled_anew),
      cmocka_unit_test(a_power_cut_at_any_step_of_a_wipe_loses_nothing_and_is_gone_on_from),
      IN_WORLD(emptying_by_hand_is_refused_while_anything_is_unsent),
      IN_WORLD(emptying_by_hand_needs_no_force_when_everything_is_sent),
      IN_WORLD(a_locked_device_is_not_emptied_by_whoever_passes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
