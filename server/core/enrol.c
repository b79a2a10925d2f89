/* enrol.c: a token becomes a device, once; the device's own keys prove that it is the same one asking again.
 */
#include <stdio.h>

#include "server/core/job.h"
#include "server/core/journal.h"
#include "server/core/office.h"

static err check_token(const struct store_token *t, const struct now *now) {
  if (now->wall_ms >= t->expires_ms) return ERR_TOKEN_EXPIRED;
  return id_is_zero(&t->used_by) ? ERR_OK : ERR_TOKEN_USED;
}

static bool same_keys(const struct store_device *d, const struct job *job) {
  return crypto_equal(d->noise_public, job->noise_public, key_bytes) &&
         crypto_equal(d->sign_public, job->enrol.sign_public, key_bytes);
}

static err copy_text(char *out, size_t size, struct slice text) {
  if (text.len >= size) return ERR_TOO_BIG;
  bytes_copy(out, text.ptr, text.len);
  out[text.len] = 0;
  return ERR_OK;
}

static err describe(struct store_device *d, const struct job *job, const struct store_token *t,
                    const struct hub *hub, const struct now *now) {
  *d = (struct store_device){.id = entropy_id(&hub->entropy),
                             .kind = job->enrol.kind,
                             .status = ENUM_device_status_active,
                             .incarnation = 1,
                             .manifest = hub->manifest_number,
                             .enrolled_ms = now->wall_ms,
                             .last_contact_ms = now->wall_ms};
  bytes_copy(d->sign_public, job->enrol.sign_public, key_bytes);
  bytes_copy(d->noise_public, job->noise_public, key_bytes);
  (void)snprintf(d->name, sizeof d->name, "%s", t->name);
  (void)snprintf(d->digits, sizeof d->digits, "%s", job->digits);
  return copy_text(d->program, sizeof d->program, job->enrol.program);
}

err office_device(struct office *o, const struct store_device *d) {
  struct op op = {.table = schema_table(TABLE_device), .row = d->id, .units = 7};
  op.values[COL(device, name)] = value_text(slice_text(d->name));
  op.values[COL(device, kind)] = value_int(d->kind);
  op.values[COL(device, status)] = value_int(d->status);
  op.values[COL(device, enrolled_at)] = value_int(d->enrolled_ms);
  return office_op(o, &op, NULL);
}

static err write_staff_row(struct office *o, const struct store_device *d, const struct id *staff) {
  struct id keys[2] = {d->id, *staff};
  struct op op = {.table = schema_table(TABLE_device_staff), .units = 3};
  crypto_row_id(&op.row, TABLE_device_staff, keys, 2);
  op.values[COL(device_staff, device)] = value_id(&d->id);
  op.values[COL(device_staff, staff)] = value_id(staff);
  op.values[COL(device_staff, starts)] = value_int(o->work.today);
  return office_op(o, &op, NULL);
}

static err write_rows(struct job *job, const struct store_device *d, const struct store_token *t,
                      const struct hub *hub, struct store *store, const struct now *now) {
  struct office o;
  struct office_result result = {.inserted = 0};
  err e = office_begin(&o, &result, hub, store, now, &hub->id);
  if (e == ERR_OK) e = office_device(&o, d);
  for (size_t i = 0; e == ERR_OK && i < t->staff_count; i++) e = write_staff_row(&o, d, &t->staff[i]);
  if (e == ERR_OK) e = office_end(&o);
  office_finish(&o);
  job->changes = result.changes;
  return e;
}

static err make_device(struct job *job, struct store_token *t, const struct hub *hub, struct store *store,
                       const struct now *now) {
  struct store_device *d = &job->found;
  TRY(check_token(t, now));
  TRY(describe(d, job, t, hub, now));
  TRY(write_rows(job, d, t, hub, store, now));
  TRY(store->ops->device_save(store, d));
  TRY(journal_device(store->journal, d));
  t->used_by = d->id;
  TRY(store->ops->token_save(store, t));
  return store->ops->audit(store, now->wall_ms, &d->id, "device.enrol", d->digits);
}

static err certify(struct job *job, const struct hub *hub) {
  const struct store_device *d = &job->found;
  struct certificate c = {
      .hub = hub->id, .device = d->id, .name = slice_text(d->name), .enrolled_ms = d->enrolled_ms};
  bytes_copy(c.sign_public, d->sign_public, key_bytes);
  bytes_copy(c.noise_public, d->noise_public, key_bytes);
  struct buf bytes = BUF_INIT(message_bytes_max);
  err e = certificate_encode(&bytes, &c, hub->sign.secret);
  if (e == ERR_OK) job->certificate = arena_copy(&job->arena, buf_slice(&bytes));
  buf_finish(&bytes);
  return e == ERR_OK && !job->certificate.ptr ? ERR_NO_MEMORY : e;
}

static err enrol(struct job *job, struct store_token *t, const struct hub *hub, struct store *store,
                 const struct now *now) {
  bool again = false;
  TRY(store->ops->token_load(store, &job->token, t));
  if (!id_is_zero(&t->used_by)) {
    TRY(store->ops->device_load(store, &t->used_by, &job->found));
    again = same_keys(&job->found, job);
  }
  if (!again) TRY(make_device(job, t, hub, store, now));
  int32_t day, minute;
  uk_civil(now->wall_ms, &day, &minute);
  TRY(certify(job, hub));
  TRY(store->ops->device_grants(store, &job->found.id, day, &job->arena, &job->grants));
  return store->ops->commit(store);
}

err job_enrol(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  struct store_token t;
  TRY(store->ops->begin(store));
  err e = enrol(job, &t, hub, store, now);
  crypto_wipe(t.psk, sizeof t.psk);
  if (e != ERR_OK) bytes_zero(&job->changes, sizeof job->changes);
  return e;
}
