/* sim_retire.c: records that the retention schedule removes. */
#include "tests/sim/sim_retire.h"

#include "server/core/retention.h"
#include "tests/sim/sim_inside.h"

enum { visit_id = 0xfa, years_ago = 1200, kept_months = 24 };
const char sim_visit_words[] = "Tamtam of long ago";

void sim_put_visit(struct sim *s, const struct sim_device *d, uint8_t no) {
  struct op op = {.table = schema_table(TABLE_visit), .row = {{visit_id, no}}};
  op.units = 1U | 1U << 1 | 1U << 9 | 1U << 10;
  op.values[COL(visit, school)] = value_id(&s->world.brass); /* any id: nobody looks at the school */
  op.values[COL(visit, staff)] = value_id(&d->staff);
  op.values[COL(visit, date)] = value_int(s->world.today - years_ago);
  op.values[COL(visit, summary)] = value_text(slice_text(sim_visit_words));
  op.values[COL(visit, status)] = value_int(ENUM_visit_status_final);
  hub_world_put(&s->hub, &op);
}

/* One that was ordered before the hub went down is gone on with, and then there may be more. */
err sim_retire(struct sim *s) {
  struct store_retention run = {
      .who = s->world.ben, .by = "Ben", .line = RETENTION_LINE_visits, .months = kept_months};
  struct retention_piece piece = {.more = true};
  struct fault fault;
  while (piece.more) TRY(retention_step(&piece, &s->hub.hub, s->hub.store, &s->hub.now, &fault));
  TRY(retention_order(&run, &s->hub.hub, s->hub.store, &s->hub.now, &fault));
  for (piece.more = true; piece.more;)
    TRY(retention_step(&piece, &s->hub.hub, s->hub.store, &s->hub.now, &fault));
  return ERR_OK;
}

void sim_visits_are_gone(struct sim *s, const struct sim_device *d) {
  char table[sim_table_name_bytes];
  err e = d->build->inside->search(d->host.core, slice_text(sim_visit_words), table);
  if (e != ERR_OK) sim_fail(s, "7 integrity", "device %zu cannot be searched: %s", d->number, err_text(e));
  if (table[0]) sim_fail(s, "16 erased", "device %zu still has a visit of years ago in %s", d->number, table);
}
