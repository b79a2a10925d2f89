/* fake_retention.c: a retention schedule as it is before anybody changed it, and nothing past it. */
#include "server/core/retention.h"
#include "tests/unit/server/api/fake_views.h"

err retention_periods(struct store *s, uint32_t years, struct retention_period out[RETENTION_LINES]) {
  for (int i = 0; i < RETENTION_LINES; i++)
    out[i] = (struct retention_period){.months = retention_default((enum retention_line)i, years)};
  return ((struct fake_store *)s)->read_error;
}

err views_due(struct store *s, const int32_t before[RETENTION_LINES], struct view_due out[RETENTION_LINES]) {
  (void)before;
  bytes_zero(out, RETENTION_LINES * sizeof *out);
  return ((struct fake_store *)s)->read_error;
}

err views_due_learners(struct store *s, enum retention_line line, int32_t before, size_t max, struct arena *a,
                       struct view_expired **out, size_t *count) {
  (void)line, (void)before, (void)max, (void)a;
  *out = NULL;
  *count = 0;
  return ((struct fake_store *)s)->read_error;
}

err retention_runs(struct store *s, struct arena *a, struct store_retention **out, size_t *count) {
  (void)a;
  *out = NULL;
  *count = 0;
  return ((struct fake_store *)s)->read_error;
}

err retention_run_load(struct store *s, const struct id *id, struct store_retention *out) {
  (void)s, (void)id, (void)out;
  return ERR_NOT_FOUND;
}

err retention_retained(struct store *s, const struct id *run, struct arena *a, struct store_retained **out,
                       size_t *count) {
  (void)s, (void)run, (void)a, (void)out, (void)count;
  return ERR_NOT_FOUND;
}
