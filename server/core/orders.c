/* orders.c: orders and what leads to them: revoking a device, and taking it back. */
#include "server/core/orders.h"

#include <stdio.h>

#include "server/core/journal.h"
#include "server/core/office.h"

/* Numbers rise with the hub's clock, so that one restored from an old backup does not use a number again that
 * the device has heard. */
static uint64_t next_number(uint64_t last, const struct now *now) {
  uint64_t wall = now->wall_ms > 0 ? (uint64_t)now->wall_ms : 0;
  return wall > last ? wall : last + 1;
}

err order_issue(const struct hub *hub, struct store *store, const struct now *now, const struct id *device,
                enum order_kind kind, uint64_t value) {
  struct order o = {
      .hub = hub->id, .device = *device, .kind = kind, .issued_ms = now->wall_ms, .value = value};
  uint64_t last;
  TRY(store->ops->order_last(store, device, &last));
  o.number = next_number(last, now);
  struct buf bytes = BUF_INIT(order_bytes_max);
  err e = order_encode(&bytes, &o, hub->sign.secret);
  struct store_order stored = {
      .device = *device, .number = o.number, .kind = (uint8_t)kind, .bytes = buf_slice(&bytes)};
  if (e == ERR_OK) e = store->ops->order_save(store, &stored);
  if (e == ERR_OK) e = journal_order(store->journal, &stored);
  buf_finish(&bytes);
  return e;
}

static bool is_waiting(const struct store_order *list, size_t count, enum order_kind kind) {
  for (size_t i = 0; i < count; i++) {
    if (list[i].kind == kind && !list[i].done) return true;
  }
  return false;
}

static bool was_done(const struct store_order *list, size_t count, enum order_kind kind) {
  for (size_t i = 0; i < count; i++) {
    if (list[i].kind == kind && list[i].done) return true;
  }
  return false;
}

/* The office may revoke by the device's row alone; the order follows from that when it is first asked for. */
static err load_orders(const struct hub *hub, struct store *store, const struct now *now,
                       const struct store_device *device, struct arena *a, struct store_order **list,
                       size_t *count) {
  bool revoked = device->status == ENUM_device_status_revoked;
  TRY(store->ops->orders_load(store, &device->id, a, list, count));
  bool lacks = revoked && !is_waiting(*list, *count, ORDER_WIPE) && !was_done(*list, *count, ORDER_WIPE);
  if (!lacks) return ERR_OK;
  TRY(order_issue(hub, store, now, &device->id, ORDER_WIPE, WIPE_SENT));
  return store->ops->orders_load(store, &device->id, a, list, count);
}

err orders_waiting_for(struct orders_waiting *out, const struct hub *hub, struct store *store,
                       const struct now *now, const struct store_device *device, uint64_t after,
                       struct arena *a) {
  struct store_order *list;
  size_t count;
  bool revoked = device->status == ENUM_device_status_revoked;
  TRY(load_orders(hub, store, now, device, a, &list, &count));
  struct slice *bytes = arena_take(a, orders_per_message_max, sizeof *bytes);
  if (!bytes) return ERR_NO_MEMORY;
  *out = (struct orders_waiting){.list = bytes};
  out->gone = revoked && was_done(list, count, ORDER_WIPE) && !is_waiting(list, count, ORDER_WIPE);
  for (size_t i = 0; i < count && out->count < orders_per_message_max; i++) {
    bool withdrawn = list[i].kind == ORDER_WIPE && !revoked; /* the office took the device back */
    if (list[i].done || withdrawn || list[i].number <= after) continue;
    bytes[out->count++] = list[i].bytes;
    out->last = list[i].number;
  }
  return ERR_OK;
}

/* ---- what the office does ---- */

struct act {
  const struct hub *hub;
  struct store *store;
  const struct now *now;
  const struct id *actor, *device;
  struct office office;
  struct office_result result;
};

static err set_status(struct act *a, int status) {
  struct op op = {.table = schema_table(TABLE_device), .row = *a->device, .units = 1U << 2};
  op.values[COL(device, status)] = value_int(status);
  return office_op(&a->office, &op, NULL);
}

static err assign(struct act *a, const struct id *staff) {
  struct id keys[2] = {*a->device, *staff};
  struct op op = {.table = schema_table(TABLE_device_staff), .units = 3};
  crypto_row_id(&op.row, TABLE_device_staff, keys, 2);
  op.values[COL(device_staff, device)] = value_id(a->device);
  op.values[COL(device_staff, staff)] = value_id(staff);
  op.values[COL(device_staff, starts)] = value_int(a->office.work.today);
  return office_op(&a->office, &op, NULL);
}

static err write_rows(struct act *a, int status, const struct id *staff, size_t staff_count) {
  err e = office_begin(&a->office, &a->result, a->hub, a->store, a->now, a->actor);
  if (e == ERR_OK) e = set_status(a, status);
  for (size_t i = 0; e == ERR_OK && i < staff_count; i++) e = assign(a, &staff[i]);
  if (e == ERR_OK) e = office_end(&a->office);
  office_finish(&a->office);
  return e;
}

static err note(struct act *a, const char *action, const char *what, uint64_t number) {
  char device[id_text_bytes], detail[96];
  id_text(device, a->device);
  (void)snprintf(detail, sizeof detail, "device=%s %s=%llu", device, what, (unsigned long long)number);
  return a->store->ops->audit(a->store, a->now->wall_ms, a->actor, action, detail);
}

static err revoke(struct act *a, bool forced) {
  struct store_device d;
  TRY(a->store->ops->device_load(a->store, a->device, &d));
  TRY(write_rows(a, ENUM_device_status_revoked, NULL, 0));
  TRY(order_issue(a->hub, a->store, a->now, a->device, ORDER_WIPE, forced ? WIPE_FORCED : WIPE_SENT));
  TRY(note(a, "device.revoke", "forced", forced));
  return a->store->ops->commit(a->store);
}

static err approve(struct act *a, const struct id *staff, size_t staff_count) {
  struct store_device d;
  TRY(a->store->ops->device_load(a->store, a->device, &d));
  if (d.status != ENUM_device_status_readmitted) return ERR_CONFLICT;
  TRY(write_rows(a, ENUM_device_status_active, staff, staff_count));
  TRY(note(a, "device.approve", "staff", staff_count));
  return a->store->ops->commit(a->store);
}

/* Whoever has a stolen device may be on the telephone too. */
static err load_trusted(struct act *a, struct fault *fault) {
  struct store_device d;
  TRY(a->store->ops->device_load(a->store, a->device, &d));
  if (d.status != ENUM_device_status_revoked) return ERR_OK;
  return fault_set(fault, ERR_CONFLICT, "this device was revoked: nothing opens it; enrol it anew");
}

static err lease(struct act *a, uint32_t days, struct fault *fault) {
  TRY(load_trusted(a, fault));
  TRY(order_issue(a->hub, a->store, a->now, a->device, ORDER_LEASE, days));
  TRY(note(a, "device.lease", "days", days));
  return a->store->ops->commit(a->store);
}

static err end(struct act *a, err e, struct change_set *changes_out) {
  if (e != ERR_OK) a->store->ops->rollback(a->store);
  if (changes_out) *changes_out = a->result.changes;
  if (changes_out && e != ERR_OK) bytes_zero(changes_out, sizeof *changes_out);
  return e;
}

err device_revoke(struct change_set *changes_out, const struct hub *hub, struct store *store,
                  const struct now *now, const struct id *actor, const struct id *device, bool forced) {
  struct act a = {.hub = hub, .store = store, .now = now, .actor = actor, .device = device};
  err e = store->ops->begin(store);
  if (e == ERR_OK) e = revoke(&a, forced);
  return end(&a, e, changes_out);
}

err device_approve(struct change_set *changes_out, const struct hub *hub, struct store *store,
                   const struct now *now, const struct id *actor, const struct id *device,
                   const struct id *staff, size_t staff_count) {
  struct act a = {.hub = hub, .store = store, .now = now, .actor = actor, .device = device};
  if (staff_count == 0) return ERR_INVALID;
  err e = store->ops->begin(store);
  if (e == ERR_OK) e = approve(&a, staff, staff_count);
  return end(&a, e, changes_out);
}

static err check_one_person(struct act *a, struct fault *fault) {
  struct arena arena = ARENA_INIT(job_bytes_max);
  struct msg_grants grants;
  int32_t day, minute;
  uk_civil(a->now->wall_ms, &day, &minute);
  err e = a->store->ops->device_grants(a->store, a->device, day, &arena, &grants);
  size_t people = e == ERR_OK ? grants.staff_count : 0;
  arena_finish(&arena);
  TRY(e);
  if (people == 1) return ERR_OK;
  return fault_set(fault, ERR_CONFLICT,
                   people ? "several people work on this device: take the one off it and put them back, then "
                            "a colleague lets them choose a new PIN"
                          : "nobody works on this device: put somebody on it first");
}

static err code(struct act *a, char out[lease_code_text_bytes],
                const uint8_t challenge[lease_challenge_bytes], uint32_t days, struct fault *fault) {
  uint8_t secret[key_bytes];
  TRY(load_trusted(a, fault));
  if (days == lease_new_pin) {
    TRY(check_one_person(a, fault));
    TRY(note(a, "device.pin_code", "people", 1));
  } else {
    TRY(note(a, "device.lease_code", "days", days));
  }
  TRY(a->store->ops->commit(a->store));
  hub_lease_secret(secret, a->hub, a->device);
  lease_code(out, secret, challenge, days);
  crypto_wipe(secret, sizeof secret);
  return ERR_OK;
}

err device_code(char out[lease_code_text_bytes], const struct hub *hub, struct store *store,
                const struct now *now, const struct id *actor, const struct id *device,
                const uint8_t challenge[lease_challenge_bytes], uint32_t days, struct fault *fault) {
  struct act a = {.hub = hub, .store = store, .now = now, .actor = actor, .device = device};
  err e = store->ops->begin(store);
  if (e == ERR_OK) e = code(&a, out, challenge, days, fault);
  return end(&a, e, NULL);
}

/* Connected devices hear of grants when they ask for them, and of their orders with those. */
err device_lease(struct change_set *changes_out, const struct hub *hub, struct store *store,
                 const struct now *now, const struct id *actor, const struct id *device, uint32_t days,
                 struct fault *fault) {
  struct act a = {.hub = hub, .store = store, .now = now, .actor = actor, .device = device};
  if (days > lease_days_max) return ERR_INVALID;
  err e = store->ops->begin(store);
  if (e == ERR_OK) e = lease(&a, days, fault);
  a.result.changes.grants = a.result.changes.devices = true;
  return end(&a, e, changes_out);
}
