/* contact.c: when devices were heard of, kept in memory until something is written. */
#include "server/core/contact.h"

#include <stdio.h>
#include <stdlib.h>

struct contact {
  struct id device;
  uint32_t incarnation;
  uint64_t sealed_seq, manifest;
  int64_t at_ms, skew_ms;
  char program[64];
};
struct contacts {
  struct contact list[contacts_noted_max];
  size_t count;
};

void contacts_destroy(struct contacts *c) { free(c); }

static struct contact contact_of(const struct job *job, const struct now *now) {
  struct contact c = {.device = job->device,
                      .incarnation = job->incarnation,
                      .sealed_seq = job->sealed_seq,
                      .manifest = job->manifest,
                      .at_ms = now->wall_ms,
                      .skew_ms = job->skew_ms};
  (void)snprintf(c.program, sizeof c.program, "%s", job->program);
  return c;
}

/* Of a device that is not known any more there is nothing to note, and nobody else's work may wait for it. */
static err write_one(struct store *store, const struct contact *c) {
  struct store_device d;
  err e = store->ops->device_load(store, &c->device, &d);
  if (e == ERR_NOT_FOUND) return ERR_OK;
  TRY(e);
  d.last_contact_ms = c->at_ms;
  d.skew_ms = c->skew_ms;
  if (c->manifest > d.manifest) d.manifest = c->manifest;
  (void)snprintf(d.program, sizeof d.program, "%s", c->program);
  TRY(store->ops->device_save(store, &d));
  return store->ops->device_sealed(store, &c->device, c->incarnation, c->sealed_seq);
}

bool contact_note(struct store *store, const struct job *job, const struct now *now) {
  if (!store->contacts) store->contacts = calloc(1, sizeof *store->contacts);
  struct contacts *c = store->contacts;
  if (!c || c->count == contacts_noted_max) return false;
  c->list[c->count++] = contact_of(job, now);
  return true;
}

bool contacts_wait(const struct store *store) { return store->contacts && store->contacts->count > 0; }

err contacts_write(struct store *store) {
  for (size_t i = 0; contacts_wait(store) && i < store->contacts->count; i++)
    TRY(write_one(store, &store->contacts->list[i]));
  return ERR_OK;
}

void contacts_written(struct store *store) {
  if (store->contacts) store->contacts->count = 0;
}

err contact_write(struct store *store, const struct job *job, const struct now *now) {
  const struct contact c = contact_of(job, now);
  TRY(contacts_write(store));
  return write_one(store, &c);
}
