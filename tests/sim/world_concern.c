/* world_concern.c: people write safeguarding concerns between their marks. Whoever was told "sealed" finds it
 * at the hub, byte for byte, once, opened by its readers alone, and is told that it was delivered (20). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/concern.h"
#include "server/core/safeguarding.h"
#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

enum { concerns_max = 64, concern_words_bytes = 40 };
struct writing { /* asked for on a device; `said`: it was told that it is sealed */
  const struct sim_device *by;
  bool said, found;
  char words[concern_words_bytes];
};
struct concerns {
  struct box_keys reader;
  struct writing list[concerns_max];
  size_t count;
};

static void setup(struct sim *s) {
  struct concerns *c = calloc(1, sizeof *c);
  struct fault fault;
  const uint8_t secret[key_bytes] = {20};
  if (!c) abort();
  crypto_box_keys_from_secret(&c->reader, secret);
  if (hub_reader_add(&s->hub.hub, c->reader.public_key, "Safeguarding lead", &s->hub.now, &fault) != ERR_OK)
    abort();
  s->own = c;
}

/* One that is not told of the reader yet takes none; one that cannot answer may have taken it all the same.
 */
static void write_one(struct sim *s, struct sim_device *d) {
  struct concerns *c = s->own;
  if (d->retired || c->count == concerns_max) return;
  if (!d->unlocked) (void)sim_unlock(d);
  struct writing *w = &c->list[c->count++];
  *w = (struct writing){.by = d};
  (void)snprintf(w->words, sizeof w->words, "Concern %zu of device %zu", c->count, d->number);
  size_t about = sim_below(&s->random, 2); /* Zoe or Jo, or nobody by name */
  w->said =
      about ? core_host_call(&d->host, "concern.add", "learner:i text:t", &s->learners[about - 1], w->words)
            : core_host_call(&d->host, "concern.add", "text:t", w->words);
  sim_say(s, "%zu writes concern %zu: %s", d->number, c->count, w->said ? "said sealed" : d->host.code);
}

static const struct sim_action actions[] = {
    {.name = "concern", .fault = FAULT_none, .chance = 150, .act = write_one},
    {.name = NULL},
};

static struct writing *written(struct concerns *c, struct slice text) {
  for (size_t i = 0; i < c->count; i++) {
    if (slice_equal(slice_text(c->list[i].words), text)) return &c->list[i];
  }
  return NULL;
}

static void check_at_hub(struct sim *s, const struct view_concern *one) {
  struct concerns *c = s->own;
  struct arena a = ARENA_INIT(1 << 20);
  struct buf sealed = BUF_INIT(text_bytes_max);
  struct concern opened;
  struct row own;
  err e = base64url_decode(&sealed, one->sealed);
  if (e == ERR_OK) e = concern_open(&opened, buf_slice(&sealed), &s->hub.hub.id, &one->id, 1, &c->reader, &a);
  if (e != ERR_OK) sim_fail(s, "20 concerns", "one at the hub does not open: %s", err_text(e));
  struct writing *w = written(c, opened.text);
  if (!w || w->found)
    sim_fail(s, "20 concerns", w ? "one is at the hub twice" : "one is at the hub that nobody wrote");
  w->found = true;
  e = w->by->build->inside->row(w->by->host.core, TABLE_concern, &one->id, &a, &own);
  bool same = e == ERR_OK && own.exists && slice_equal(own.values[COL(concern, sealed)].text, one->sealed);
  if (!same) sim_fail(s, "20 concerns", "device %zu has other bytes than the hub", w->by->number);
  for (size_t i = 0; i < s->hub.hub.intake_count; i++) {
    if (concern_open(&opened, buf_slice(&sealed), &s->hub.hub.id, &one->id, 1, &s->hub.hub.intake[i].keys,
                     &a) == ERR_OK)
      sim_fail(s, "20 concerns", "a key of the hub's opens one");
  }
  buf_finish(&sealed);
  arena_finish(&a);
}

static void check_told(struct sim *s, struct sim_device *d) {
  size_t count = 0;
  if (!core_host_call(&d->host, "concerns", ""))
    sim_fail(s, "20 concerns", "device %zu: %s", d->number, d->host.text);
  const item *list = core_host_list(d->host.result, "concerns", &count);
  for (size_t i = 0; i < count; i++) {
    if (!core_host_says(item_at(list, i), "state", "delivered"))
      sim_fail(s, "20 concerns", "device %zu does not say that its concern was delivered", d->number);
  }
}

static void check(struct sim *s) {
  struct concerns *c = s->own;
  struct arena a = ARENA_INIT(1 << 24);
  struct view_concern *list;
  size_t count;
  if (views_concerns(s->hub.store, concerns_max, &a, &list, &count) != ERR_OK)
    sim_fail(s, "20 concerns", "the hub cannot list them");
  for (size_t i = 0; i < count; i++) check_at_hub(s, &list[i]);
  for (size_t i = 0; i < c->count; i++) {
    if (c->list[i].said && !c->list[i].found)
      sim_fail(s, "20 concerns", "\"%s\" was said to be sealed, and is not at the hub", c->list[i].words);
  }
  for (size_t i = 0; i < s->device_count; i++) check_told(s, s->devices[i]);
  arena_finish(&a);
}

const struct sim_world sim_world_concern = {
    .name = "concern",
    .devices = 2,
    .steps = 60,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_lost] = 4,
               [FAULT_power] = 30,
               [FAULT_hub_restart] = 20,
               [FAULT_clock] = 20,
               [FAULT_garbage] = 10,
               [FAULT_memory] = 10,
               [FAULT_full] = 10},
    .actions = actions,
    .setup = setup,
    .check = check,
    .oracle = "20 concerns",
};
