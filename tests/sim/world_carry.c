/* world_carry.c: devices whose line comes and goes carry each other's files: taken twice, damaged on the way,
 * forgotten, given back late or never, while the power fails on both sides. What was said to be taken is
 * there after every start, and what is said to be answered is at the hub (24). */
#include <stdlib.h>

#include "proto/transfer.h"
#include "tests/sim/sim.h"

struct taken { /* what a person was told of one place of a device */
  bool said;
  size_t of; /* the device it came from */
};
struct carrying {
  struct taken places[sim_devices_max][carried_files_max];
};

static void setup(struct sim *s) {
  s->own = calloc(1, sizeof(struct carrying));
  if (!s->own) abort();
}

static struct taken *places_of(struct sim *s, const struct sim_device *d) {
  struct carrying *c = s->own;
  return c->places[d->number];
}

static bool export_of(struct sim_device *d, struct buf *out) {
  struct slice bytes;
  if (!core_host_call(&d->host, "export", "")) return false;
  if (item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &bytes) != ERR_OK) abort();
  if (buf_append(out, bytes) != ERR_OK) abort();
  return core_host_int(d->host.result, "bundles") > 0;
}

static struct sim_device *another(struct sim *s, const struct sim_device *d) {
  size_t step = 1 + (size_t)sim_below(&s->random, s->device_count - 1);
  return s->devices[(d->number + step) % s->device_count];
}

static void take_damaged(struct sim *s, struct sim_device *d, struct buf *file) {
  file->ptr[sim_below(&s->random, file->len)] ^= (uint8_t)(1U << sim_below(&s->random, 8));
  if (core_host_call(&d->host, "carry", "file:y", buf_slice(file)))
    sim_fail(s, "24 carried", "device %zu takes a file that was damaged on its way", d->number);
}

static void take(struct sim *s, struct sim_device *d) {
  struct buf file = BUF_INIT(export_file_bytes_max);
  struct sim_device *of = another(s, d);
  if (export_of(of, &file)) {
    if (sim_chance(s, 100)) {
      take_damaged(s, d, &file);
    } else if (core_host_call(&d->host, "carry", "file:y", buf_slice(&file))) {
      int64_t number = core_host_int(d->host.result, "number");
      places_of(s, d)[number - 1] = (struct taken){true, of->number};
      sim_say(s, "%zu carries a file of %zu, place %lld", d->number, of->number, (long long)number);
    } else {
      sim_say(s, "%zu does not take a file of %zu: %s", d->number, of->number, d->host.code);
    }
  }
  buf_finish(&file);
}

static const item *status_of(struct sim *s, struct sim_device *d, size_t *count) {
  *count = 0;
  (void)s;
  return core_host_call(&d->host, "sync.status", "") ? core_host_list(d->host.result, "carried", count)
                                                     : NULL;
}

/* Whose it is it says itself. */
static void import_reply(struct sim *s, struct sim_device *of, struct slice reply) {
  of->heard++;
  bool ok = core_host_call(&of->host, "import", "file:y", reply);
  of->imported = true;
  sim_say(s, "%zu imports what came back: %s", of->number, ok ? "ok" : of->host.code);
  if (!ok && s->calm) sim_fail(s, "24 carried", "device %zu: %s", of->number, of->host.text);
}

static bool give_back(struct sim *s, struct sim_device *d, int64_t number) {
  struct buf reply = BUF_INIT(export_file_bytes_max);
  struct slice bytes;
  struct taken *t = &places_of(s, d)[number - 1];
  bool there = t->said && core_host_call(&d->host, "carry.reply", "number:n", (int)number);
  if (there && item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &bytes) != ERR_OK)
    abort();
  if (there && buf_append(&reply, bytes) != ERR_OK) abort();
  if (there) import_reply(s, s->devices[t->of], buf_slice(&reply));
  buf_finish(&reply);
  return there;
}

static void forget(struct sim *s, struct sim_device *d, int64_t number) {
  places_of(s, d)[number - 1].said = false;
  (void)core_host_call(&d->host, "carry.forget", "number:n", (int)number);
  sim_say(s, "%zu forgets place %lld", d->number, (long long)number);
}

static void end_one(struct sim *s, struct sim_device *d) {
  size_t count;
  const item *list = status_of(s, d, &count);
  if (count == 0) return;
  const item *one = item_at(list, (size_t)sim_below(&s->random, count));
  int64_t number = core_host_int(one, "number");
  bool answered = core_host_says(one, "state", "answered");
  if (answered && !sim_chance(s, 150)) (void)give_back(s, d, number);
  if (answered ? sim_chance(s, 600) : sim_chance(s, 100)) forget(s, d, number);
}

static const struct sim_action actions[] = {
    {.name = "a file is taken", .fault = FAULT_none, .chance = 120, .act = take},
    {.name = "a file is given back or forgotten", .fault = FAULT_none, .chance = 120, .act = end_one},
    {.name = NULL},
};

static bool is_listed(const item *list, size_t count, int64_t number) {
  for (size_t i = 0; i < count; i++) {
    const item *one = item_at(list, i);
    if (core_host_int(one, "number") == number) return !core_host_says(one, "state", "damaged");
  }
  return false;
}

static void boot(struct sim *s, struct sim_device *d) {
  size_t count;
  const item *list = status_of(s, d, &count);
  for (size_t i = 0; list && i < carried_files_max; i++) {
    if (places_of(s, d)[i].said && !is_listed(list, count, (int64_t)i + 1))
      sim_fail(s, "24 carried", "device %zu lost the file it was said to carry in place %zu", d->number,
               i + 1);
  }
}

static void is_whole(struct sim *s, struct sim_device *d, const item *one) {
  struct slice state = core_host_text(one, "state");
  if (!core_host_says(one, "state", "answered") || core_host_int(one, "refused") > 0)
    sim_fail(s, "24 carried", "device %zu still carries a file that is %.*s", d->number, (int)state.len,
             (const char *)state.ptr);
}

/* Everybody's line has been up: all was brought, and all can be given back. */
static void check(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    size_t count;
    const item *list = status_of(s, d, &count);
    int64_t numbers[carried_files_max];
    for (size_t k = 0; k < count; k++) {
      is_whole(s, d, item_at(list, k));
      numbers[k] = core_host_int(item_at(list, k), "number");
    }
    for (size_t k = 0; k < count; k++) (void)give_back(s, d, numbers[k]);
  }
}

const struct sim_world sim_world_carry = {
    .name = "carry",
    .devices = 3,
    .steps = 60,
    .faults = {[FAULT_line] = 80,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_lost] = 6,
               [FAULT_bits] = 4,
               [FAULT_power] = 40,
               [FAULT_hub_power] = 20,
               [FAULT_hub_restart] = 20,
               [FAULT_hub_full] = 10,
               [FAULT_clock] = 10,
               [FAULT_sync] = 10,
               [FAULT_read] = 10,
               [FAULT_memory] = 15,
               [FAULT_full] = 15},
    .actions = actions,
    .setup = setup,
    .boot = boot,
    .check = check,
    .oracle = "24 carried",
};
