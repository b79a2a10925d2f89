/* fleet.c: codes for new devices, and who works on which device. */
#include "server/core/fleet.h"

#include <stdio.h>

#include "proto/manifest.h"
#include "server/core/office.h"

enum { fleet_bytes_max = 16777216 };

/* ---- a code for a new device ---- */

err staff_work_here(struct store *store, const struct id *staff, size_t count, struct fault *fault) {
  for (size_t i = 0; i < count; i++) {
    struct arena a = ARENA_INIT(1 << 20);
    struct row row = {.exists = false};
    err e = store->ops->load_row(store, schema_table(TABLE_staff), &staff[i], &a, &row);
    const struct value *status = &row.values[COL(staff, status)];
    bool there = row.exists, left = status->kind == VALUE_INT && status->i == ENUM_staff_status_left;
    arena_finish(&a);
    TRY(e);
    if (!there) return fault_set(fault, ERR_INVALID, "this hub has no member of staff with one of those ids");
    if (left)
      return fault_set(fault, ERR_CONFLICT,
                       "one of these members of staff has left: bring them back among the staff first");
  }
  return ERR_OK;
}

static err save_token(const struct store_token *t, struct store *store, const struct now *now,
                      const struct id *actor) {
  TRY(store->ops->begin(store));
  err e = store->ops->token_save(store, t);
  if (e == ERR_OK) e = store->ops->audit(store, now->wall_ms, actor, "device.offer", "");
  if (e == ERR_OK) return store->ops->commit(store);
  store->ops->rollback(store);
  return e;
}

err device_offer(struct buf *link, struct buf *typed, struct store_token *t, const struct hub *hub,
                 struct store *store, const struct now *now, const struct id *actor, struct fault *fault) {
  struct enrol_code code = {.url = slice_text(hub->url)};
  TRY(staff_work_here(store, t->staff, t->staff_count, fault));
  entropy_fill(&hub->entropy, code.seed, sizeof code.seed);
  enrol_fingerprint(code.fingerprint, hub->sign.public_key);
  enrol_token_id(&t->id, code.seed);
  enrol_psk(t->psk, code.seed);
  err e = enrol_link(link, &code);
  if (e == ERR_OK) e = enrol_typed(typed, &code);
  crypto_wipe(&code, sizeof code);
  return e == ERR_OK ? save_token(t, store, now, actor) : e;
}

/* ---- who works on it ---- */

struct assigning {
  const struct hub *hub;
  struct store *store;
  const struct now *now;
  const struct id *actor, *device;
  struct arena arena;
  struct msg_grants present;
  struct office office;
  struct office_result result;
};

static bool holds(const struct id *list, size_t count, const struct id *id) {
  for (size_t i = 0; i < count; i++) {
    if (id_equal(&list[i], id)) return true;
  }
  return false;
}

static bool is_present(const struct assigning *a, const struct id *staff) {
  for (size_t i = 0; i < a->present.staff_count; i++) {
    if (id_equal(&a->present.staff[i].id, staff)) return true;
  }
  return false;
}

/* The row of a pair: it begins today; or, `end`, it ends today and keeps its beginning. */
static err write_pair(struct assigning *a, const struct id *staff, bool end) {
  struct id keys[2] = {*a->device, *staff};
  struct op op = {.table = schema_table(TABLE_device_staff), .units = 3};
  struct row row;
  crypto_row_id(&op.row, TABLE_device_staff, keys, 2);
  TRY(a->store->ops->load_row(a->store, op.table, &op.row, &a->arena, &row));
  op.values[COL(device_staff, device)] = value_id(a->device);
  op.values[COL(device_staff, staff)] = value_id(staff);
  op.values[COL(device_staff, starts)] = value_int(a->office.work.today);
  if (end && row.exists) op.values[COL(device_staff, starts)] = row.values[COL(device_staff, starts)];
  if (end) op.values[COL(device_staff, ends)] = value_int(a->office.work.today);
  return office_op(&a->office, &op, NULL);
}

static err write_pairs(struct assigning *a, const struct id *staff, size_t count) {
  for (size_t i = 0; i < a->present.staff_count; i++) {
    const struct id *one = &a->present.staff[i].id;
    if (!holds(staff, count, one)) TRY(write_pair(a, one, true));
  }
  for (size_t i = 0; i < count; i++)
    if (!is_present(a, &staff[i])) TRY(write_pair(a, &staff[i], false));
  return ERR_OK;
}

static err assign(struct assigning *a, const struct id *staff, size_t count) {
  struct store_device d;
  char device[id_text_bytes], detail[96];
  TRY(a->store->ops->device_load(a->store, a->device, &d));
  if (d.status != ENUM_device_status_active) return ERR_CONFLICT;
  err e = office_begin(&a->office, &a->result, a->hub, a->store, a->now, a->actor);
  if (e == ERR_OK)
    e = a->store->ops->device_grants(a->store, a->device, a->office.work.today, &a->arena, &a->present);
  if (e == ERR_OK) e = write_pairs(a, staff, count);
  if (e == ERR_OK) e = office_end(&a->office);
  office_finish(&a->office);
  TRY(e);
  id_text(device, a->device);
  (void)snprintf(detail, sizeof detail, "device=%s staff=%zu", device, count);
  TRY(a->store->ops->audit(a->store, a->now->wall_ms, a->actor, "device.staff", detail));
  return a->store->ops->commit(a->store);
}

err device_assign(struct change_set *changes_out, const struct hub *hub, struct store *store,
                  const struct now *now, const struct id *actor, const struct id *device,
                  const struct id *staff, size_t staff_count) {
  struct assigning a = {.hub = hub,
                        .store = store,
                        .now = now,
                        .actor = actor,
                        .device = device,
                        .arena = ARENA_INIT(fleet_bytes_max)};
  err e = store->ops->begin(store);
  if (e == ERR_OK) e = assign(&a, staff, staff_count);
  if (e != ERR_OK) store->ops->rollback(store);
  *changes_out = a.result.changes;
  if (e != ERR_OK) bytes_zero(changes_out, sizeof *changes_out);
  arena_finish(&a.arena);
  return e;
}
