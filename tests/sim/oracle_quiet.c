/* oracle_quiet.c: after healing there is nothing left to send. */
#include "tests/sim/sim.h"

static void check_quiet(struct sim *s, struct sim_device *d) {
  if (d->gone) return;
  if (!core_host_call(&d->host, "sync.status", ""))
    sim_fail(s, "10 quiet", "device %zu has no status", d->number);
  int64_t changes = core_host_int(d->host.result, "changes");
  struct slice badge = core_host_text(d->host.result, "badge"), line = core_host_text(d->host.result, "line");
  if (changes && !d->retired)
    sim_fail(s, "10 quiet", "device %zu still has %lld changes to send, badge %.*s, line %.*s", d->number,
             (long long)changes, (int)badge.len, (const char *)badge.ptr, (int)line.len,
             (const char *)line.ptr);
}

static void check_all(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) check_quiet(s, s->devices[i]);
}

const struct sim_oracle sim_oracle_quiet = {.number = 10, .name = "quiet", .end = check_all};
