/* sim_retire.c: records that the retention schedule removes. */
#include "tests/sim/sim_retire.h"

#include "server/core/retention.h"
#include "tests/sim/sim_inside.h"

enum { visit_id = 0xfa, meeting_id = 0xfb, years_ago = 1200, kept_months = 24, entries_max = 8 };
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

/* ---- register entries of somebody who still plays ---- */

static struct id meeting(uint8_t no) { return (struct id){{meeting_id, no}}; }

static struct op entry(struct sim *s, uint8_t no) {
  struct id session = meeting(no);
  struct op op = {.table = schema_table(TABLE_mark), .units = 3};
  crypto_row_id(&op.row, TABLE_mark, (const struct id[]){session, s->learners[1]}, 2);
  op.values[COL(mark, session)] = value_id(&session);
  op.values[COL(mark, learner)] = value_id(&s->learners[1]);
  op.values[COL(mark, code)] = value_int(ENUM_mark_code_P);
  op.values[COL(mark, comment)] = value_text(slice_text(sim_visit_words));
  op.units |= 1U << op.table->columns[COL(mark, comment)].unit;
  return op;
}

static void put_meeting(struct sim *s, uint8_t no) {
  struct op op = {.table = schema_table(TABLE_session), .row = meeting(no), .units = 7};
  op.values[COL(session, activity)] = value_id(&s->world.strings);
  op.values[COL(session, date)] = value_int(s->world.today - years_ago);
  op.values[COL(session, starts)] = value_int(960);
  op.values[COL(session, ends)] = value_int(1020);
  op.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  hub_world_put(&s->hub, &op);
}

void sim_put_entry(struct sim *s, uint8_t no, enum sim_retired so_far) {
  struct arena a = ARENA_INIT(1 << 20);
  struct office_result result;
  struct fault fault;
  const struct op op = entry(s, no);
  put_meeting(s, no);
  err e =
      office_apply(&result, &s->hub.hub, s->hub.store, &s->hub.now, &s->world.ben, &op, 1, false, &a, &fault);
  arena_finish(&a);
  if (e == ERR_OK && so_far == SIM_RETIRED)
    sim_fail(s, "16 erased", "an entry of years ago is taken again after it was removed");
  if (e == ERR_ERASED && so_far == SIM_NOT_RETIRED)
    sim_fail(s, "office", "an entry is refused, and nothing was removed");
  if (e != ERR_OK && e != ERR_ERASED) sim_fail(s, "office", "an entry cannot be written: %s", fault.text);
  if (e == ERR_OK) sim_tell(s, &result.changes);
}

static void entries_are_gone(struct sim *s) {
  for (uint8_t no = 1; no <= entries_max; no++) {
    struct arena a = ARENA_INIT(1 << 20);
    struct row row;
    const struct op op = entry(s, no);
    if (s->hub.store->ops->load_row(s->hub.store, op.table, &op.row, &a, &row) != ERR_OK)
      sim_fail(s, "7 integrity", "the hub cannot read a row");
    if (row.exists) sim_fail(s, "16 erased", "the hub still has entry %u of years ago", no);
    arena_finish(&a);
  }
}

/* One that was ordered before the hub went down is gone on with, and then there may be more. */
static err retire_line(struct sim *s, enum retention_line line) {
  struct store_retention run = {.who = s->world.ben, .by = "Ben", .line = line, .months = kept_months};
  struct retention_piece piece = {.more = true};
  struct fault fault;
  while (piece.more) TRY(retention_step(&piece, &s->hub.hub, s->hub.store, &s->hub.now, &fault));
  TRY(retention_order(&run, &s->hub.hub, s->hub.store, &s->hub.now, &fault));
  for (piece.more = true; piece.more;)
    TRY(retention_step(&piece, &s->hub.hub, s->hub.store, &s->hub.now, &fault));
  return ERR_OK;
}

err sim_retire(struct sim *s) {
  TRY(retire_line(s, RETENTION_LINE_visits));
  return retire_line(s, RETENTION_LINE_entries);
}

void sim_visits_are_gone(struct sim *s, const struct sim_device *d) {
  char table[sim_table_name_bytes];
  entries_are_gone(s);
  err e = d->build->inside->search(d->host.core, slice_text(sim_visit_words), table);
  if (e != ERR_OK) sim_fail(s, "7 integrity", "device %zu cannot be searched: %s", d->number, err_text(e));
  if (table[0])
    sim_fail(s, "16 erased", "device %zu still has a visit or an entry of years ago in %s", d->number, table);
}
