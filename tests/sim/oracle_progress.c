/* oracle_progress.c: what the office writes reaches every device that is on the line at once, as often as it
 * writes (4): nobody waits for the next connection. */
#include <stdio.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

/* More than a device has credit for, so that it must have given some back. */
enum { writes = feed_credit_batches + 1 };

static void write_name(struct sim *s, int n) {
  char name[24];
  struct op op = {.table = schema_table(TABLE_activity), .row = s->world.strings, .units = 1U << 1};
  (void)snprintf(name, sizeof name, "Strings %d", n);
  op.values[COL(activity, name)] = value_text(slice_text(name));
  hub_world_put(&s->hub, &op);
  sim_settle(s);
}

static void check_name(struct sim *s, struct sim_device *d, int n) {
  char name[24];
  struct arena a = ARENA_INIT(1 << 20);
  struct row row;
  (void)snprintf(name, sizeof name, "Strings %d", n);
  err e = d->build->inside->row(d->host.core, TABLE_activity, &s->world.strings, &a, &row);
  const struct value *v = &row.values[COL(activity, name)];
  if (e == ERR_OK && !(row.exists && v->kind == VALUE_TEXT && slice_equal(v->text, slice_text(name))))
    sim_fail(s, "4 progress", "device %zu is on the line and does not hear of change %d", d->number, n);
  arena_finish(&a);
}

/* Everybody connects anew: after healing a line may have been silent for so long that the hub let it go. */
static void connect_all(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) {
    sim_line_down(s, s->devices[i]);
    (void)core_host_call(&s->devices[i]->host, "sync.now", "");
  }
  sim_settle(s);
}

static void check_all(struct sim *s) {
  connect_all(s);
  for (int n = 0; n < writes; n++) {
    write_name(s, n);
    for (size_t i = 0; i < s->device_count; i++) {
      struct sim_device *d = s->devices[i];
      if (d->retired) continue;
      if (!d->up) sim_fail(s, "4 progress", "device %zu does not stay on the line", d->number);
      check_name(s, d, n);
    }
  }
}

const struct sim_oracle sim_oracle_progress = {.number = 4, .name = "progress", .end = check_all};
