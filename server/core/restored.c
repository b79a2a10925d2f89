/* restored.c: epochs, and the numbers of what the office writes, of a hub that lost some. */
#include "server/core/restored.h"

#include "shared/base/limits.h"

/* 1 January 2026: before that there was no hub. */
static const int64_t first_minute_ms = INT64_C(1767225600000);

enum { day_minutes = 24 * 60 };

static uint64_t minutes(const struct now *now) {
  return now->wall_ms > first_minute_ms ? (uint64_t)(now->wall_ms - first_minute_ms) / 60000 : 0;
}

uint64_t epoch_after(uint64_t known, uint64_t told, const struct now *now) {
  const uint64_t next = (known > told ? known : told) + 1;
  return minutes(now) > next ? minutes(now) : next;
}

bool epoch_is_likely(uint64_t epoch, const struct now *now) {
  return epoch <= minutes(now) + (uint64_t)epochs_ahead_max * day_minutes;
}

err office_counter_leaps(struct store *store, const struct now *now) {
  uint64_t counter;
  TRY(store->ops->number_load(store, STORE_OFFICE_COUNTER, &counter));
  const uint64_t next = counter + office_counter_leap, at_least = minutes(now) * office_counter_leap;
  return store->ops->number_save(store, STORE_OFFICE_COUNTER, next > at_least ? next : at_least);
}
