/* keys_need.c: who may still need a key that was retired. */
#include "server/core/hub.h"

static int64_t oldest_backup_ms(const struct hub *hub, const struct now *now) {
  const int64_t day_ms = 86400000;
  return now->wall_ms - day_ms * (hub->backup_days ? hub->backup_days : backup_days_default);
}

err hub_key_need(struct key_need *out, const struct hub *hub, struct store *store, const struct now *now,
                 enum hub_key_kind kind, uint32_t number) {
  uint64_t until;
  *out = (struct key_need){.devices = 0};
  TRY(hub_key_until(&until, hub, kind, number));
  TRY(store->ops->devices_behind(store, until, &out->devices));
  if (kind != HUB_INTAKE) return ERR_OK;
  return store->ops->bundles_sealed_to(store, number, oldest_backup_ms(hub, now), &out->waiting,
                                       &out->recent);
}
