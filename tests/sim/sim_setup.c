/* sim_setup.c: the hub on its disk, the devices enrolled over a line without faults. */
#include <stdio.h>
#include <stdlib.h>

#include <string.h>

#include "tests/sim/sim.h"

static const char pin[] = "274951";

static void must(struct sim *s, err e, const char *what) {
  if (e != ERR_OK) sim_fail(s, "setup", "%s: %s", what, err_text(e));
}

void sim_hub_store(struct sim *s, struct hub_host *h, bool create) {
  struct fault fault = {.code = ERR_OK};
  struct store_sqlite_config config = {.path = h->path, .vfs = "sim", .create = create};
  h->store = NULL;
  uint64_t struck = s->hub_disk.struck;
  err e = s->build->hub->try_open(&h->store, &config, &fault);
  if (e != ERR_OK && s->hub_disk.struck != struck) { /* somebody makes room */
    s->hub_disk.trouble = (struct disk_trouble){.flush = 0};
    e = s->build->hub->try_open(&h->store, &config, &fault);
  }
  if (e != ERR_OK && !s->hub_disk.dead) sim_fail(s, "7 integrity", "the hub does not open: %s", fault.text);
  if (e == ERR_OK && h == &s->hub && s->kind->hub_open) s->kind->hub_open(s);
}

void sim_hub_gate(struct sim *s) {
  gate_finish(&s->hub.gate);
  gate_init(&s->hub.gate);
  s->crowded = false;
  if (s->kind->catch_ups == 0) return;
  s->hub.gate.room = s->kind->catch_ups;
  s->hub.gate.near_bytes = 0;
}

static void make_hub(struct sim *s) {
  struct hub_host *h = &s->hub;
  *h = (struct hub_host){.random = 0x4855, .now = {.wall_ms = 1795262400000, .mono_ms = 1000000}};
  must(s, crypto_init(), "libsodium");
  (void)snprintf(h->path, sizeof h->path, "hub/hub.db");
  struct entropy e = hub_host_entropy(h);
  must(s, hub_keys_generate(&h->hub, "Test Hub", "wss://localhost:8443/sync", &e, &h->now), "keys");
  sim_hub_store(s, h, true);
  sim_hub_gate(s);
  s->build->furnish(&s->world, h);
  const struct id *all[sim_learners] = {&s->world.zoe, &s->world.jo, &s->world.li, &s->world.kit};
  for (size_t i = 0; i < sim_learners; i++) s->learners[i] = *all[i];
}

static void fill(void *ctx, void *out, size_t len) {
  struct sim_device *d = ctx;
  sim_fill(&d->entropy, out, len);
}

static void make_link(struct sim *s, const struct sim_device *d, struct buf *link) {
  struct entropy e = hub_host_entropy(&s->hub);
  struct enrol_code code = {.url = slice_text(s->hub.hub.url)};
  struct store_token t = {.kind = ENUM_device_kind_phone,
                          .staff = {d->staff},
                          .staff_count = 1,
                          .expires_ms = s->hub.now.wall_ms + enrol_token_ms_max};
  entropy_fill(&e, code.seed, sizeof code.seed);
  enrol_fingerprint(code.fingerprint, s->hub.hub.sign.public_key);
  enrol_token_id(&t.id, code.seed);
  enrol_psk(t.psk, code.seed);
  (void)snprintf(t.name, sizeof t.name, "Phone %zu", d->number);
  must(s, s->hub.store->ops->token_save(s->hub.store, &t), "token");
  must(s, enrol_link(link, &code), "link");
  must(s, buf_put_u8(link, 0), "link");
}

static bool ring_the_office(struct sim_device *d) {
  uint8_t challenge[lease_challenge_bytes];
  char code[lease_code_text_bytes];
  if (!core_host_call(&d->host, "lease.challenge", "")) return false;
  if (lease_challenge_parse(challenge, core_host_text(d->host.result, "challenge")) != ERR_OK) return false;
  lease_code(code, d->lease_secret, challenge, lease_days_default);
  return core_host_call(&d->host, "lease.renew", "code:t", code);
}

static bool enter(struct sim_device *d) {
  const char *arguments = d->at_door ? "staff:i pin:t leave_door:b" : "staff:i pin:t";
  return core_host_call(&d->host, "unlock", arguments, &d->staff, pin, true);
}

bool sim_unlock(struct sim_device *d) {
  d->unlocked = enter(d);
  bool ended = !d->unlocked && strcmp(d->host.code, "LEASE_ENDED") == 0;
  if (ended && ring_the_office(d)) d->unlocked = enter(d);
  if (d->unlocked) d->at_door = false;
  return d->unlocked;
}

static void enrol(struct sim *s, struct sim_device *d) {
  struct buf link = BUF_INIT(2048);
  struct core_host *h = &d->host;
  make_link(s, d, &link);
  (void)core_host_call(h, "enrol.start", "code:t", (const char *)link.ptr);
  buf_finish(&link);
  sim_settle(s);
  if (!h->replied || !h->result) sim_fail(s, "setup", "enrol.start: %s", h->text);
  (void)core_host_call(h, "enrol.confirm", "");
  sim_settle(s);
  if (!h->replied || !h->result) sim_fail(s, "setup", "enrol.confirm: %s", h->text);
  struct id device = core_host_id(h->result, "device");
  hub_lease_secret(d->lease_secret, &s->hub.hub, &device);
  if (!core_host_call(h, "pin.set", "staff:i pin:t", &d->staff, pin) ||
      !core_host_call(h, "setup.done", "") || !sim_unlock(d))
    sim_fail(s, "setup", "pin: %s", h->text);
}

struct sim_device *sim_add_machine(struct sim *s, const struct id *staff) {
  struct sim_device *d = calloc(1, sizeof *d);
  if (!d || s->device_count == sim_devices_max) abort();
  struct core_host *h = &d->host;
  d->number = d->named = s->device_count;
  d->staff = *staff;
  d->changes = -1;
  d->disk.random = 31 + d->number;
  d->entropy = s->plan->seed * 77 + d->number;
  (void)snprintf(d->disk.dir, sizeof d->disk.dir, "%zu", d->number);
  (void)snprintf(h->db_path, sizeof h->db_path, "%zu/core.db", d->number);
  h->reply_bytes = (struct buf)BUF_INIT((size_t)export_file_bytes_max * 2);
  d->build = s->builds[0];
  h->door = d->build->core;
  h->now = s->hub.now;
  h->now.boot.b[0] = (uint8_t)(1 + d->number);
  h->config = (struct core_config){.db_path = h->db_path,
                                   .db_vfs = "sim",
                                   .files = disk_file_ops(&d->disk),
                                   .entropy = {d, fill},
                                   .version = "tutti-sim 0.1.0",
                                   .hub_url = "wss://localhost:8443/sync",
                                   .pin_passes = 1,
                                   .pin_memory_kib = 8};
  s->disks[s->disk_count++] = &d->disk;
  s->devices[s->device_count++] = d;
  return d;
}

struct sim_device *sim_add_device(struct sim *s, const struct id *staff) {
  struct sim_device *d = sim_add_machine(s, staff);
  sim_device_start(s, d);
  enrol(s, d);
  return d;
}

/* A copy of a store that is closed is whole. */
static void take_base(struct sim *s) {
  s->hub.store->ops->close(s->hub.store);
  disk_copy(&s->base_disk, "hub.db", &s->hub_disk, "hub.db");
  sim_hub_store(s, &s->hub, false);
}

void sim_setup(struct sim *s) {
  (void)snprintf(s->hub_disk.dir, sizeof s->hub_disk.dir, "hub");
  (void)snprintf(s->base_disk.dir, sizeof s->base_disk.dir, "base");
  s->hub_disk.random = 13;
  s->disks[s->disk_count++] = &s->hub_disk;
  s->disks[s->disk_count++] = &s->base_disk;
  disk_vfs_register(s->disks, sim_disks_max, 0x5a5a);
  make_hub(s);
  for (int i = 0; i < s->kind->devices; i++) (void)sim_add_device(s, i == 0 ? &s->world.ada : &s->world.ben);
  for (int i = 0; i < 3; i++) {
    sim_pass(s, 1000);
    sim_settle(s);
  }
  if (s->kind->setup) s->kind->setup(s);
  for (size_t i = 0; i < s->device_count; i++) sim_line_down(s, s->devices[i]);
  take_base(s);
  for (size_t i = 0; i < s->device_count && s->kind->by_hand; i++)
    (void)core_host_call(&s->devices[i]->host, "sync.hold", "hold:b", true);
}
