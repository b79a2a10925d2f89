/* world_rotation.c: the hub's keys are renewed and the old ones destroyed, while devices are away for a year
 * with work sealed to them; leases end, and a code read by telephone renews them. The power may fail at any
 * write of it, of the journal or of the keys file. In other lives the hub comes back from a backup of before
 * it knew a device, which returns by its certificate. */
#include <stdio.h>
#include <stdlib.h>

#include "proto/transfer.h"
#include "server/core/keys_file.h"
#include "server/core/orders.h"
#include "server/core/readmit.h"
#include "tests/sim/sim.h"

enum { rotations_max = 6, quarters_max = 4, keys_bytes_max = 65536 };
static const int64_t quarter_ms = 91 * INT64_C(86400000);
struct own {
  struct disk second; /* the journal's, in lives without fires: after one it would bring back the device */
  struct file_ops files, second_files;
  struct journal *journal;
  struct buf first;  /* the keys file as it was in the beginning */
  uint64_t manifest; /* the highest in use so far */
  bool old_keys;     /* when the hub's power is back, its keys file is that one */
  struct disk early; /* the hub's database, as it was before the last device was enrolled */
  struct id last;    /* that device */
  bool restores;     /* this life has fires, but no years: a device keeps what it sent for two months */
  bool restoring, journals;
  int rotations, quarters;
};

static struct sim_device *last_of(struct sim *s) { return s->devices[s->device_count - 1]; }

static void cut_all(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) {
    if (s->devices[i]->up) sim_line_down(s, s->devices[i]);
  }
}

/* ---- the keys file ---- */

static err put_keys(const void *ctx, struct slice file, struct fault *fault) {
  const struct file_ops *files = ctx;
  (void)fault;
  return files->replace(files->ctx, "hub.keys", file);
}

static void put_first_keys(struct sim *s) {
  struct own *own = s->own;
  struct fault fault;
  if (hub_keys_encode(&own->first, &s->hub.hub) != ERR_OK ||
      put_keys(&own->files, buf_slice(&own->first), &fault) != ERR_OK)
    abort();
}

/* A hub that starts has the keys that its file has. */
static void read_keys(struct sim *s) {
  struct own *own = s->own;
  err e = hub_keys_settle(&own->files, "hub.keys");
  if (e != ERR_OK && !s->hub_disk.dead) e = hub_keys_settle(&own->files, "hub.keys");
  if (s->hub_disk.dead) return;
  if (e != ERR_OK) sim_fail(s, "18 renewed", "the keys file cannot be opened: %s", err_text(e));
  const struct disk_file *f = disk_find(&s->hub_disk, "hub.keys", false);
  struct hub next;
  struct fault fault;
  if (!f || hub_keys_decode(&next, slice_of(f->now.bytes, f->now.len), &fault) != ERR_OK)
    sim_fail(s, "18 renewed", "the keys file cannot be read");
  next.entropy = s->hub.hub.entropy;
  hub_finish(&s->hub.hub);
  s->hub.hub = next;
}

/* Nobody may have been told of keys that the hub does not have any more. */
static void must_be_newest(struct sim *s) {
  struct own *own = s->own;
  const uint64_t number = s->hub.hub.manifest_number;
  if (number < own->manifest && sim_hears_world(s))
    sim_fail(s, "18 renewed", "the hub comes back with manifest %llu, and had told %llu",
             (unsigned long long)number, (unsigned long long)own->manifest);
  own->manifest = number;
}

static err open_journal(struct sim *s, struct own *own) {
  struct fault fault;
  size_t count;
  journal_close(own->journal);
  own->journal = NULL;
  TRY(journal_open(&own->journal, &own->second_files, &s->hub.hub.id, &fault));
  TRY(hub_keys_take_newer(&s->hub.hub, own->journal, put_keys, &own->files, &fault));
  s->hub.store->journal = own->journal;
  return journal_replay(&count, own->journal, &s->hub.hub, s->hub.store, &s->hub.now);
}

static void hub_open(struct sim *s) {
  struct own *own = s->own;
  if (!own || !own->journals) return; /* the first time nothing is set up */
  uint64_t struck = s->hub_disk.struck;
  err e = open_journal(s, own);
  if (e != ERR_OK && s->hub_disk.struck != struck) { /* somebody makes room */
    s->hub_disk.trouble = (struct disk_trouble){.flush = 0};
    e = open_journal(s, own);
  }
  if (e != ERR_OK && !s->hub_disk.dead)
    sim_fail(s, "18 renewed", "the journal does not bring the keys: %s", err_text(e));
  if (!s->hub_disk.dead) must_be_newest(s);
}

/* The hub is told by its program to take what the file has now. */
static err keep_keys(struct sim *s, const struct hub *next, const char *what) {
  struct own *own = s->own;
  struct fault fault;
  err e = hub_keys_keep(next, s->hub.store, &s->hub.now, what, "", put_keys, &own->files, &fault);
  if (e == ERR_OK) {
    own->manifest = next->manifest_number; /* the office has read that it is done */
    read_keys(s);
    if (!s->hub_disk.dead) must_be_newest(s);
  }
  if (e != ERR_OK) sim_say(s, "%s: %s", what, err_name(e));
  return e;
}

/* Of what is in use, to be changed. */
static void next_keys(struct sim *s, struct hub *out) {
  struct buf bytes = BUF_INIT(keys_bytes_max);
  struct fault fault;
  if (hub_keys_encode(&bytes, &s->hub.hub) != ERR_OK ||
      hub_keys_decode(out, buf_slice(&bytes), &fault) != ERR_OK)
    abort();
  out->entropy = s->hub.hub.entropy;
  buf_finish(&bytes);
}

static void setup(struct sim *s) {
  struct own *own = calloc(1, sizeof *own);
  if (!own) abort();
  s->own = own;
  own->first = (struct buf)BUF_INIT(keys_bytes_max);
  (void)snprintf(own->second.dir, sizeof own->second.dir, "second");
  own->files = disk_file_ops(&s->hub_disk);
  own->second_files = disk_file_ops(&own->second);
  s->disks[s->disk_count++] = &own->second;
  sim_put_term(s, 1, s->world.today - 60, s->world.today + 3000); /* today's registers stay in it for good */
  cut_all(s);
  s->hub.store->ops->close(s->hub.store);
  disk_copy(&own->early, "hub.db", &s->hub_disk, "hub.db");
  sim_hub_store(s, &s->hub, false);
  sim_add_device(s, &s->world.ben);
  for (int i = 0; i < 3; i++) {
    sim_pass(s, 1000);
    sim_settle(s);
  }
  if (!core_host_call(&last_of(s)->host, "device.status", "")) abort();
  own->last = core_host_id(last_of(s)->host.result, "device");
  put_first_keys(s);
}

static void begin(struct sim *s) {
  struct own *own = s->own;
  own->restores = sim_below(&s->random, 2) != 0;
  own->journals = !own->restores && sim_below(&s->random, 2);
  if (own->journals) hub_open(s);
}

/* ---- keys ---- */

/* As it is done: the hub stops, and starts with the new ones. */
static void renew(struct sim *s, unsigned what) {
  struct own *own = s->own;
  struct fault fault;
  struct hub next;
  if (own->rotations == rotations_max) return;
  own->rotations++;
  cut_all(s);
  if (s->hub_disk.dead) return;
  next_keys(s, &next);
  if (hub_keys_rotate(&next, what, &s->hub.now, &fault) != ERR_OK) sim_fail(s, "office", "%s", fault.text);
  err e = keep_keys(s, &next, "keys.rotate");
  sim_say(s, "the hub renews its keys (%u): %s", what, err_name(e));
  hub_finish(&next);
}

/* A flush of it fails, and the program ends with it. */
static err replace_and_die(void *ctx, const char *name, struct slice bytes) {
  struct disk *d = ctx;
  d->trouble = (struct disk_trouble){.sync = d->flushes + 1, .kills = true};
  return disk_file_ops(d).replace(d, name, bytes);
}

/* What the next program finds in the file it uses, and tells devices of: then the power must not take it. */
static void kill_over_keys(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  struct file_ops dying = own->files;
  struct fault fault;
  struct hub next;
  (void)any;
  if (own->rotations == rotations_max || s->hub_disk.dead) return;
  own->rotations++;
  cut_all(s);
  next_keys(s, &next);
  if (hub_keys_rotate(&next, HUB_INTAKE, &s->hub.now, &fault) != ERR_OK)
    sim_fail(s, "office", "%s", fault.text);
  dying.replace = replace_and_die;
  err e = hub_keys_keep(&next, s->hub.store, &s->hub.now, "keys.rotate", "", put_keys, &dying, &fault);
  sim_say(s, "the hub is killed while it renews its keys: %s", err_name(e));
  hub_finish(&next);
  sim_power(s);
  sim_kill_hub(s);
  sim_power(s);
}

static void rotate(struct sim *s, struct sim_device *any) {
  (void)any;
  renew(s, 1 + (unsigned)sim_below(&s->random, HUB_NOISE | HUB_INTAKE | HUB_SIGN));
}

/* Asked of the devices themselves: does one hold a bundle sealed to the key that has not come? */
static void must_be_unneeded(struct sim *s, struct sim_device *d, uint32_t number) {
  struct arena a = ARENA_INIT(1 << 26);
  struct fault fault;
  struct export_file f = {.count = 0};
  struct slice file = {NULL, 0};
  if (!sim_hears_world(s) || !core_host_call(&d->host, "export", "") ||
      item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &file) != ERR_OK)
    return;
  if (export_decode(&f, file, &a, &fault) != ERR_OK)
    sim_fail(s, "3 exported", "device %zu: %s", d->number, fault.text);
  for (size_t i = 0; i < f.count; i++) {
    struct bundle_parts parts;
    struct store_bundle found;
    if (bundle_parse(&parts, f.bundles[i]) != ERR_OK) continue;
    const struct bundle_header *h = &parts.header;
    if (h->intake_key == number && s->hub.store->ops->bundle_load(s->hub.store, &h->device, h->incarnation,
                                                                  h->seq, &a, &found) != ERR_OK)
      sim_fail(s, "18 renewed", "a key is destroyed that bundle %llu of device %zu is sealed to",
               (unsigned long long)h->seq, d->number);
  }
  arena_finish(&a);
}

static void burn(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  (void)any;
  own->old_keys = own->journals;
  own->restoring = own->restores;
  if (!own->old_keys && !own->restoring) return;
  sim_kill_hub(s);
}

/* Nobody destroys keys while a restored hub may have forgotten somebody: it cannot ask for whom it does not
 * know. */
static bool is_known(struct sim *s) {
  const struct own *own = s->own;
  struct store_device known;
  return s->hub.store->ops->device_load(s->hub.store, &own->last, &known) == ERR_OK;
}

/* When the power fails it may be there again. */
static void destroy_key(struct sim *s, enum hub_key_kind kind, uint32_t number) {
  struct hub next;
  if (s->hub_disk.dead) return;
  next_keys(s, &next);
  if (hub_key_destroy(&next, kind, number) != ERR_OK) abort();
  if (sim_chance(s, 200)) s->hub_disk.trouble.io = s->hub_disk.ios + 1 + sim_below(&s->random, 12);
  (void)keep_keys(s, &next, "keys.destroy");
  hub_finish(&next);
}

static void destroy_intake(struct sim *s) {
  struct hub *hub = &s->hub.hub;
  if (!is_known(s)) return;
  struct hub_box_key oldest = hub->intake[0];
  struct key_need need;
  if (hub_key_need(&need, hub, s->hub.store, &s->hub.now, HUB_INTAKE, oldest.number) != ERR_OK) return;
  if (need.devices || need.waiting || need.recent) return;
  for (size_t i = 0; i < s->device_count; i++) must_be_unneeded(s, s->devices[i], oldest.number);
  s->burnt[s->burnt_count++] = oldest;
  s->office_wrote = true; /* nobody else can open now what was sealed to it */
  sim_say(s, "intake key %u is destroyed", oldest.number);
  destroy_key(s, HUB_INTAKE, oldest.number);
  if (sim_below(&s->random, 2)) burn(s, NULL);
}

/* A device whose line cannot be opened by the old one any more asks for the manifest. */
static void destroy_noise(struct sim *s) {
  struct hub *hub = &s->hub.hub;
  if (hub->noise_count == 1) return;
  cut_all(s);
  sim_say(s, "noise key %u is destroyed", hub->noise[0].number);
  destroy_key(s, HUB_NOISE, hub->noise[0].number);
}

/* Whoever wants to destroy a key has put another in its place, and looks until everybody was there. */
static void wait_for_all(struct sim *s) {
  if (s->hub.hub.intake_count == 1) renew(s, HUB_INTAKE);
  for (int visit = 0; visit < 2; visit++) {
    cut_all(s);
    sim_pass(s, reconnect_max_ms);
    for (int i = 0; i < 20; i++) {
      (void)sim_round(s);
      sim_power(s);
    }
  }
}

static void destroy(struct sim *s, struct sim_device *any) {
  const struct own *own = s->own;
  struct disk_trouble kept;
  (void)any;
  if (own->restores) wait_for_all(s);
  sim_office_begin(s, &kept);
  if (sim_below(&s->random, 2))
    destroy_noise(s);
  else
    destroy_intake(s);
  sim_office_end(s, &kept);
}

/* ---- time, sticks, fires ---- */

/* Somebody works where there is no line. */
static void go_away(struct sim *s, struct sim_device *d) {
  (void)core_host_call(&d->host, "sync.hold", "hold:b", true);
  if (!d->retired && (d->unlocked || sim_unlock(d))) sim_mark(s, d);
}

/* Somebody is away for all of it, and in the office they do what they think is due. */
static void quarter(struct sim *s, struct sim_device *d) {
  struct own *own = s->own;
  if (own->restores || own->quarters == quarters_max) return;
  own->quarters++;
  go_away(s, d);
  if (sim_below(&s->random, 2)) rotate(s, d);
  sim_say(s, "a quarter of a year goes by");
  sim_pass(s, quarter_ms);
  if (sim_below(&s->random, 2)) destroy(s, d);
}

/* The last device has no right to anything until the office has looked at it. */
static void hub_boot(struct sim *s) {
  struct own *own = s->own;
  sim_boot_beside(s, &own->second);
  if (own->old_keys) {
    sim_say(s, "the keys file is restored from the first backup");
    struct fault fault;
    if (put_keys(&own->files, buf_slice(&own->first), &fault) != ERR_OK) return;
  }
  own->old_keys = false;
  read_keys(s);
  if (s->hub_disk.dead) return;
  if (!own->journals) must_be_newest(s);
  if (!own->restoring) return;
  sim_say(s, "the hub is restored from before it knew the last device");
  disk_copy(&s->hub_disk, "hub.db", &own->early, "hub.db");
  for (size_t i = 0; i < s->bundle_count; i++) s->bundles[i].stored = false;
  own->restoring = false;
  last_of(s)->retired = true;
  sim_restored(s);
}

/* ---- the end ---- */

/* Its file says who it is; then it is one of the hub's again, with what it brought meanwhile. */
static void take_back(struct sim *s) {
  struct own *own = s->own;
  struct sim_device *d = last_of(s);
  struct buf reply = BUF_INIT(export_file_bytes_max);
  struct change_set changes;
  sim_put_off(s, d);
  if (!sim_take_file(s, d, buf_slice(&s->bag), &reply))
    sim_fail(s, "18 renewed", "the last device is not let in");
  buf_finish(&reply);
  err e = device_approve(&changes, &s->hub.hub, s->hub.store, &s->hub.now, &s->world.cam, &own->last,
                         &s->world.ben, 1);
  if (e != ERR_OK)
    sim_fail(s, "18 renewed", "the last device did not come by its certificate: %s", err_text(e));
  sim_tell(s, &changes);
  for (size_t i = 0; i < s->bundle_count; i++) {
    if (s->bundles[i].stored && id_equal(&s->bundles[i].device, &own->last))
      sim_release(s, &s->bundles[i], "it is ours");
  }
  d->retired = false;
}

static void heal(struct sim *s) {
  if (last_of(s)->retired) take_back(s);
}

/* Whatever happened, everybody knows the newest keys now, and seals to them. */
static void check(struct sim *s) {
  const uint32_t newest = s->hub.hub.intake[s->hub.hub.intake_count - 1].number;
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    size_t before = s->bundle_count;
    if (!sim_unlock(d)) sim_fail(s, "18 renewed", "device %zu does not unlock: %s", i, d->host.text);
    if (!core_host_call(&d->host, "note.add", "learner:i activity:i text:t", &s->learners[0],
                        &s->world.strings, "All is well."))
      sim_fail(s, "18 renewed", "device %zu cannot write: %s", i, d->host.text);
    sim_pass(s, seal_pause_ms + 1);
    sim_settle(s);
    sim_pass(s, reconnect_max_ms);
    sim_settle(s);
    if (before == s->bundle_count) sim_fail(s, "18 renewed", "device %zu sends nothing", i);
    for (size_t b = before; b < s->bundle_count; b++) {
      struct bundle_parts parts;
      if (bundle_parse(&parts, buf_slice(&s->bundles[b].bytes)) != ERR_OK ||
          parts.header.intake_key != newest)
        sim_fail(s, "18 renewed", "device %zu seals to key %u, the newest is %u", i, parts.header.intake_key,
                 newest);
    }
  }
}

static const struct sim_action actions[] = {
    {.name = "rotate", .chance = 60, .act = rotate},
    {.name = "destroy", .chance = 140, .act = destroy},
    {.name = "quarter", .chance = 80, .act = quarter},
    {.name = "away", .chance = 80, .act = go_away},
    {.name = "a file is put off", .chance = 50, .act = sim_put_off},
    {.name = "a late file comes", .chance = 40, .act = sim_bring},
    {.name = "fire", .chance = 40, .act = burn},
    {.name = "killed over the keys", .chance = 15, .act = kill_over_keys},
    {.name = NULL},
};

const struct sim_world sim_world_rotation = {
    .name = "rotation",
    .devices = 1,
    .steps = 50,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_lost] = 4,
               [FAULT_partition] = 40,
               [FAULT_power] = 60,
               [FAULT_hub_power] = 30,
               [FAULT_hub_restart] = 20,
               [FAULT_sync] = 15,
               [FAULT_read] = 10,
               [FAULT_full] = 15,
               [FAULT_hub_sync] = 15,
               [FAULT_hub_full] = 10,
               [FAULT_memory] = 15},
    .actions = actions,
    .setup = setup,
    .begin = begin,
    .hub_boot = hub_boot,
    .hub_open = hub_open,
    .heal = heal,
    .check = check,
    .oracle = "18 renewed",
};
