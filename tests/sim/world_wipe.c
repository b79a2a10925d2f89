/* world_wipe.c: devices end with work on them: revoked while they are out of reach, locked for good by ten
 * wrong PINs, emptied by whoever holds them. Nothing that was said saved is lost by it, and no key is
 * destroyed before the hub has said that it has everything; but where the office gives up what a stolen one
 * has not sent, which then must be gone. */
#include <stdio.h>
#include <stdlib.h>

#include "server/core/orders.h"
#include "tests/sim/sim.h"

enum { pieces_max = 64, weeks_max = 2 };
static const int64_t week_ms = 7 * INT64_C(86400000);
struct end {
  struct id id;
  bool revoked, resetting, locking; /* somebody began to */
  bool stolen, forced;              /* to be revoked at once, whatever it has not sent; and the hub has it */
  struct buf bag;                   /* a file that is still on its way when the device is empty */
  bool said[pieces_max];
  size_t pieces;
};
struct own {
  struct end ends[sim_devices_max];
  int weeks;
};

static struct end *end_of(struct sim *s, const struct sim_device *d) {
  struct own *own = s->own;
  return &own->ends[d->number];
}

static void setup(struct sim *s) {
  s->own = calloc(1, sizeof(struct own));
  if (!s->own) abort();
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    if (!core_host_call(&d->host, "device.status", ""))
      sim_fail(s, "setup", "device.status: %s", d->host.text);
    end_of(s, d)->id = core_host_id(d->host.result, "device");
    end_of(s, d)->bag = (struct buf)BUF_INIT(export_file_bytes_max);
  }
}

/* ---- what must hold at any time ---- */

static bool has_keys(struct sim_device *d) { return disk_find(&d->disk, "identity", false) != NULL; }

/* The last one: it may have been revoked before it was stolen. */
static bool acknowledged(struct sim *s, const struct end *end) {
  struct arena a = ARENA_INIT(1 << 20);
  struct store_order *list = NULL;
  size_t count = 0;
  uint64_t last = 0;
  bool done = false;
  if (s->hub.store->ops->orders_load(s->hub.store, &end->id, &a, &list, &count) != ERR_OK)
    sim_fail(s, "7 integrity", "the orders of a device cannot be read");
  for (size_t i = 0; i < count; i++) {
    if (list[i].kind != ORDER_WIPE || list[i].number < last) continue;
    last = list[i].number;
    done = list[i].done;
  }
  arena_finish(&a);
  return done;
}

static void watch(struct sim *s) {
  struct disk_trouble kept;
  if (!sim_hears_world(s)) return;
  sim_office_begin(s, &kept);
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    const struct end *end = end_of(s, d);
    if (end->revoked && !end->resetting && !end->stolen && !has_keys(d) && !acknowledged(s, end))
      sim_fail(s, "17 ended", "device %zu destroyed its keys before the hub had its word", i);
  }
  sim_office_end(s, &kept);
}

/* Does it still belong to a hub? */
static void look(struct sim *s, struct sim_device *d) {
  (void)s;
  if (d->gone || !core_host_call(&d->host, "device.status", "")) return;
  d->gone = !core_host_bool(d->host.result, "enrolled");
  d->retired = d->retired || d->gone;
}

/* ---- people ---- */

static void piece_name(char out[32], const struct sim_device *d, size_t number) {
  (void)snprintf(out, 32, "Piece %zu-%zu;", d->number, number);
}

/* Nobody who works has heard of a revocation. */
static void work_on(struct sim *s, struct sim_device *d) {
  struct end *end = end_of(s, d);
  char text[32];
  watch(s);
  if (end->pieces == pieces_max || end->locking || end->resetting) return;
  if (!d->unlocked && !sim_unlock(d)) return;
  piece_name(text, d, end->pieces);
  bool ok = core_host_call(&d->host, "note.add", "learner:i activity:i text:t", &s->learners[0],
                           &s->world.strings, text);
  end->said[end->pieces++] = ok;
  sim_say(s, "%zu writes %s %s", d->number, text, ok ? "saved" : "not");
}

static bool is_quiet(struct sim_device *d) {
  return !d->disk.dead && d->host.step_error == ERR_OK && !d->disk.trouble.full && !sim_is_struck(d);
}

/* Somebody who found it tries; what was recorded has been sealed when it locked. */
static void guess(struct sim *s, struct sim_device *d) {
  enum { tries_max = 12 };
  struct end *end = end_of(s, d);
  work_on(s, d);
  if (end->locking || d->gone || !is_quiet(d) || (!d->unlocked && !sim_unlock(d))) return;
  (void)core_host_call(&d->host, "lock", "");
  if (!is_quiet(d)) return;
  end->locking = d->retired = true;
  for (int n = 0; n < tries_max && !d->disk.dead && d->host.step_error == ERR_OK; n++) {
    (void)core_host_call(&d->host, "unlock", "staff:i pin:t", &d->staff, "000111");
    if (d->host.wait_ms > 0) core_host_pass(&d->host, d->host.wait_ms);
  }
  d->unlocked = false;
  sim_say(s, "somebody guesses at %zu: %s", d->number, d->host.code);
}

/* ---- the office ---- */

static err revoke_now(struct sim *s, struct sim_device *d) {
  struct change_set changes;
  err e = device_revoke(&changes, &s->hub.hub, s->hub.store, &s->hub.now, &s->world.ben, &end_of(s, d)->id,
                        end_of(s, d)->stolen);
  if (e != ERR_OK) return e;
  end_of(s, d)->forced = end_of(s, d)->stolen;
  for (size_t i = 0; i < s->hub.line_count; i++) {
    struct session_event event = {.kind = SESSION_CHANGED, .now = s->hub.now, .changes = &changes};
    hub_line_changed(s->hub.lines[i], &event);
  }
  return ERR_OK;
}

static void revoke(struct sim *s, struct sim_device *d) {
  uint64_t struck = s->hub_disk.struck;
  watch(s);
  if (end_of(s, d)->revoked || d->gone) return;
  end_of(s, d)->revoked = d->retired = s->office_wrote = true;
  err e = revoke_now(s, d);
  sim_say(s, "the office revokes %zu: %s", d->number, err_name(e));
  if (e != ERR_OK && !s->hub_disk.dead && s->hub_disk.struck == struck)
    sim_fail(s, "office", "revoke: %s", err_text(e));
}

/* Or it was revoked already, and then somebody hears that it was stolen. What it wrote may be nowhere now.
 * Who has it may have filled its disk by then. */
static void steal(struct sim *s, struct sim_device *d) {
  struct end *end = end_of(s, d);
  watch(s);
  if (end->stolen || d->gone) return;
  if (sim_below(&s->random, 2)) d->disk.trouble.full = true;
  end->stolen = d->forgetful = true;
  end->revoked = false;
  revoke(s, d);
}

static void weeks(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  (void)any;
  watch(s);
  if (own->weeks == weeks_max) return;
  own->weeks++;
  sim_say(s, "three weeks go by");
  sim_pass(s, 3 * week_ms);
}

/* ---- emptied by hand ---- */

static bool fill_bag(struct sim_device *d, struct end *end) {
  struct slice bytes;
  if (!core_host_call(&d->host, "export", "") ||
      item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &bytes) != ERR_OK)
    return false;
  buf_clear(&end->bag);
  if (buf_append(&end->bag, bytes) != ERR_OK) abort();
  return true;
}

/* What it says it has not sent is in a file first. */
static void empty(struct sim *s, struct sim_device *d) {
  struct end *end = end_of(s, d);
  bool ok = core_host_call(&d->host, "device.reset", "");
  if (!ok && !d->disk.dead && fill_bag(d, end))
    ok = core_host_call(&d->host, "device.reset", "force:b", true);
  sim_say(s, "%zu is emptied by hand: %s", d->number, ok ? "yes" : d->host.code);
  if (ok) look(s, d);
}

static void reset(struct sim *s, struct sim_device *d) {
  struct end *end = end_of(s, d);
  work_on(s, d);
  if (d->number == 0 || d->gone || end->locking || !is_quiet(d) || !sim_unlock(d)) return;
  end->resetting = d->retired = true;
  empty(s, d);
}

/* ---- the end ---- */

static void bring_bag(struct sim *s, struct sim_device *d) {
  struct end *end = end_of(s, d);
  struct buf reply = BUF_INIT(export_file_bytes_max);
  if (end->bag.len) (void)sim_take_file(s, d, buf_slice(&end->bag), &reply);
  buf_finish(&reply);
}

/* Whoever guessed may have left a wait behind. */
static bool unlock_in_the_end(struct sim_device *d) {
  if (sim_unlock(d)) return true;
  if (d->host.wait_ms <= 0) return false;
  core_host_pass(&d->host, d->host.wait_ms);
  return sim_unlock(d);
}

static void heal_one(struct sim *s, struct sim_device *d) {
  struct end *end = end_of(s, d);
  look(s, d);
  bool in = !d->gone && unlock_in_the_end(d);
  if (in && end->resetting) empty(s, d);
  if (in && end->locking && !end->revoked && !end->resetting) d->retired = false;
  bring_bag(s, d);
  struct store_device known;
  if (s->hub.store->ops->device_load(s->hub.store, &end->id, &known) != ERR_OK) abort();
  const bool done = known.status == ENUM_device_status_revoked && end->stolen == end->forced;
  if (end->revoked && !done && revoke_now(s, d) != ERR_OK)
    sim_fail(s, "office", "device %zu is not revoked", d->number);
}

static void heal(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) heal_one(s, s->devices[i]);
}

static bool is_at_hub(struct sim *s, const char *text) {
  for (size_t i = 0; i < s->bundle_count; i++) {
    if (s->bundles[i].stored && sim_bundle_holds(s, &s->bundles[i], slice_text(text))) return true;
  }
  return false;
}

static void must_be_empty(struct sim *s, struct sim_device *d) {
  static const char *const names[] = {"identity", "staff", "core.db", "core.db.2"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const struct disk_file *f = disk_find(&d->disk, names[i], false);
    if (f && f->now.exists)
      sim_fail(s, "17 ended", "device %zu is empty and has its %s", d->number, names[i]);
  }
  const struct disk_file *outbox = disk_find(&d->disk, "outbox", false);
  if (outbox && outbox->now.len >= bundle_header_bytes) /* a new one holds nothing */
    sim_fail(s, "17 ended", "device %zu is empty and has bundles", d->number);
}

static void check(struct sim *s) {
  watch(s);
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    const struct end *end = end_of(s, d);
    look(s, d);
    if ((end->revoked || end->resetting) && !d->gone)
      sim_fail(s, "17 ended", "device %zu was never emptied: %s", i, d->host.text);
    if (d->gone) must_be_empty(s, d);
    if (end->stolen && !end->resetting && acknowledged(s, end))
      sim_fail(s, "17 ended", "device %zu was stolen, and took its time", i);
    for (size_t n = 0; n < end->pieces && !end->stolen; n++) {
      char text[32];
      piece_name(text, d, n);
      if (end->said[n] && !is_at_hub(s, text))
        sim_fail(s, "17 ended", "%s was said saved, and the hub never got it", text);
    }
  }
}

/* Of a device that is none any more the oracles ask nothing. */
static void look_again(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) look(s, s->devices[i]);
}

static const struct sim_action actions[] = {
    {.name = "work on", .chance = 250, .act = work_on}, {.name = "revoke", .chance = 40, .act = revoke},
    {.name = "steal", .chance = 25, .act = steal},      {.name = "guess", .chance = 30, .act = guess},
    {.name = "reset", .chance = 20, .act = reset},      {.name = "weeks", .chance = 20, .act = weeks},
    {.name = "a file", .chance = 60, .act = sim_usb},   {.name = NULL},
};

const struct sim_world sim_world_wipe = {
    .name = "wipe",
    .devices = 2,
    .steps = 50,
    .faults = {[FAULT_line] = 80,
               [FAULT_late] = 80,
               [FAULT_lost] = 4,
               [FAULT_partition] = 20,
               [FAULT_power] = 100,
               [FAULT_hub_power] = 40,
               [FAULT_hub_restart] = 20,
               [FAULT_sync] = 15,
               [FAULT_read] = 10,
               [FAULT_full] = 15,
               [FAULT_hub_sync] = 15,
               [FAULT_hub_full] = 10,
               [FAULT_memory] = 15},
    .actions = actions,
    .setup = setup,
    .heal = heal,
    .check = check,
    .after = look_again,
    .oracle = "17 ended",
};
