/* oracle_authored.c: a note that was said to be saved stays in sight of whoever wrote it, a leader too; and
 * in the end it stands on every device of theirs and of the activity's tutors, and on no other (28). */
#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

static bool is_there(struct sim_device *d, const struct id *note) {
  struct arena a = ARENA_INIT(1 << 20);
  struct row row = {.exists = true};
  if (d->build->inside->row(d->host.core, TABLE_note, note, &a, &row) != ERR_OK) row.exists = true;
  arena_finish(&a);
  return row.exists;
}

void sim_note_added(struct sim_device *d, size_t learner) {
  if (d->note_count == sim_notes_kept) return;
  d->notes[d->note_count++] = (struct sim_note){core_host_id(d->host.result, "note"), learner};
}

static bool is_judged(const struct sim *s, const struct sim_device *d) {
  return d->unlocked && !d->retired && !d->gone && !d->forgetful && !s->forgot;
}

static void look(struct sim *s, struct sim_device *d) {
  for (size_t i = 0; is_judged(s, d) && i < d->note_count; i++) {
    if (!s->erased[d->notes[i].learner] && !is_there(d, &d->notes[i].id))
      sim_fail(s, "28 own notes", "device %zu has lost sight of a note that was written on it", d->number);
  }
}

/* ---- in the end ---- */

static err compare(void *ctx, const struct row *note) {
  struct sim *s = ctx;
  const struct value *staff = &note->values[COL(note, staff)];
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    if (d->gone || d->retired || !d->unlocked) continue;
    bool wanted = d->named == 0 || (staff->kind == VALUE_ID && id_equal(&staff->id, &d->staff));
    struct arena a = ARENA_INIT(1 << 20);
    struct row row;
    err e = d->build->inside->row(d->host.core, TABLE_note, &note->id, &a, &row);
    bool there = e == ERR_OK && row.exists;
    arena_finish(&a);
    if (e != ERR_NOT_UNLOCKED && there != wanted)
      sim_fail(s, "28 own notes", "device %zu %s", d->number,
               wanted ? "lacks a note of its own user's, or of its activity" : "holds a note of others");
  }
  return ERR_OK;
}

static void compare_all(struct sim *s) {
  struct arena a = ARENA_INIT(1 << 24);
  for (size_t i = 0; i < s->device_count; i++) {
    if (!s->devices[i]->gone) (void)sim_unlock(s->devices[i]);
  }
  const struct store_ops *ops = s->hub.store->ops;
  if (ops->each_row(s->hub.store, schema_table(TABLE_note), &a, compare, s) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub's notes cannot be read");
  arena_finish(&a);
}

const struct sim_oracle sim_oracle_authored = {
    .number = 28, .name = "own notes", .look = look, .end = compare_all};
