/* readmit.c: from a certificate back to a device. */
#include "server/core/readmit.h"

#include <stdio.h>

#include "server/core/journal.h"
#include "server/core/office.h"

/* A certificate does not say what sort of device it is of. */
static err describe(struct store_device *d, const struct certificate *c) {
  *d = (struct store_device){.id = c->device,
                             .kind = ENUM_device_kind_kiosk,
                             .status = ENUM_device_status_readmitted,
                             .incarnation = 1,
                             .enrolled_ms = c->enrolled_ms};
  if (c->name.len >= sizeof d->name) return ERR_TOO_BIG;
  bytes_copy(d->name, c->name.ptr, c->name.len);
  bytes_copy(d->sign_public, c->sign_public, key_bytes);
  bytes_copy(d->noise_public, c->noise_public, key_bytes);
  return ERR_OK;
}

static err check(struct store_device *out, const struct hub *hub, const struct id *device,
                 const uint8_t *noise_public, struct slice certificate) {
  struct certificate c;
  struct arena a = ARENA_INIT(certificate_bytes_max);
  err e = certificate_decode_by(&c, certificate, &hub->signers, &a);
  arena_finish(&a);
  TRY(e);
  if (!id_equal(&c.hub, &hub->id)) return ERR_OTHER_HUB;
  bool same =
      id_equal(&c.device, device) && (!noise_public || crypto_equal(c.noise_public, noise_public, key_bytes));
  return same ? describe(out, &c) : ERR_WRONG_SECRET;
}

static err write_row(struct change_set *changes_out, const struct hub *hub, struct store *store,
                     const struct now *now, const struct store_device *d) {
  struct office o;
  struct office_result result = {.inserted = 0};
  err e = office_begin(&o, &result, hub, store, now, &hub->id);
  if (e == ERR_OK) e = office_device(&o, d);
  if (e == ERR_OK) e = office_end(&o);
  office_finish(&o);
  *changes_out = result.changes;
  return e;
}

static err readmit(struct change_set *changes_out, const struct hub *hub, struct store *store,
                   const struct now *now, const struct store_device *d) {
  struct store_device known;
  err e = store->ops->device_load(store, &d->id, &known);
  if (e != ERR_NOT_FOUND) return e == ERR_OK ? ERR_EXISTS : e;
  TRY(write_row(changes_out, hub, store, now, d));
  TRY(store->ops->device_save(store, d));
  TRY(journal_device(store->journal, d));
  TRY(store->ops->audit(store, now->wall_ms, &d->id, "device.readmit", "by its certificate"));
  return store->ops->commit(store);
}

err device_readmit(struct change_set *changes_out, const struct hub *hub, struct store *store,
                   const struct now *now, const struct id *device, const uint8_t *noise_public,
                   struct slice certificate) {
  struct store_device d;
  bytes_zero(changes_out, sizeof *changes_out);
  TRY(check(&d, hub, device, noise_public, certificate));
  err e = store->ops->begin(store);
  if (e == ERR_OK) e = readmit(changes_out, hub, store, now, &d);
  if (e == ERR_OK) return e;
  store->ops->rollback(store);
  bytes_zero(changes_out, sizeof *changes_out);
  return e;
}
