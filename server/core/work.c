/* work.c: the rows of one write transaction in memory, and ops merged into them. */
#include "server/core/work.h"

#include "server/core/alias.h"

#include <stdlib.h>

enum { slots_first = 1024, list_first = 64, row_bytes_max = 1073741824 };

void *list_room(void *list, size_t *cap, size_t count, size_t size) {
  if (count < *cap) return list;
  size_t grown = *cap ? 2 * *cap : list_first;
  void *moved = realloc(list, grown * size);
  if (moved) *cap = grown;
  return moved;
}

static uint64_t word(const uint8_t *bytes) {
  uint64_t v;
  bytes_copy(&v, bytes, sizeof v);
  return v;
}

void work_init(struct work *w, const struct hub *hub, struct store *store, const struct now *now) {
  *w = (struct work){.hub = hub, .store = store, .now = *now, .arena = ARENA_INIT(row_bytes_max)};
  w->seed = word(hub->sign.secret) | 1;
  int32_t minute;
  uk_civil(now->wall_ms, &w->today, &minute);
}

void work_finish(struct work *w) {
  arena_finish(&w->arena);
  free(w->rows);
  free(w->slots);
  free(w->history);
  free(w->seen);
  free(w->leaves);
  free(w->loose);
  free(w->looks);
  free(w->suspects);
  *w = (struct work){.failed = ERR_OK};
}

void work_clear(struct work *w) {
  arena_clear(&w->arena);
  if (w->slot_count) bytes_zero(w->slots, w->slot_count * sizeof *w->slots);
  w->row_count = w->history_count = w->seen_count = w->leave_count = w->loose_count = w->look_count = 0;
  w->erased.clean = NULL;
}

static size_t slot_of(const struct work *w, const struct table *t, const struct id *id) {
  uint64_t h = (word(id->b) ^ w->seed) * UINT64_C(0x9E3779B97F4A7C15);
  h = (h ^ (h >> 29) ^ word(id->b + 8) ^ t->id) * w->seed;
  size_t slot = (size_t)(h >> 24) & (w->slot_count - 1);
  while (w->slots[slot]) {
    const struct row *row = &w->slots[slot]->row;
    if (row->table == t && id_equal(&row->id, id)) break;
    slot = (slot + 1) & (w->slot_count - 1);
  }
  return slot;
}

static err grow_slots(struct work *w) {
  size_t count = w->slot_count ? 2 * w->slot_count : slots_first;
  struct work_row **slots = calloc(count, sizeof *slots);
  if (!slots) return ERR_NO_MEMORY;
  free(w->slots);
  w->slots = slots;
  w->slot_count = count;
  for (size_t i = 0; i < w->row_count; i++) {
    const struct row *row = &w->rows[i]->row;
    slots[slot_of(w, row->table, &row->id)] = w->rows[i];
  }
  return ERR_OK;
}

/* The row's place in memory; *fresh when it has yet to be loaded. */
static err place(struct work_row **out, struct work *w, const struct table *t, const struct id *id,
                 bool *fresh) {
  *fresh = false;
  if (2 * (w->row_count + 1) > w->slot_count) TRY(grow_slots(w));
  size_t slot = slot_of(w, t, id);
  *out = w->slots[slot];
  if (*out) return ERR_OK;
  struct work_row **rows = list_room(w->rows, &w->row_cap, w->row_count, sizeof(struct work_row *));
  struct work_row *r = arena_take(&w->arena, 1, sizeof *r);
  if (rows) w->rows = rows;
  if (!rows || !r) return ERR_NO_MEMORY;
  r->row.table = t;
  r->row.id = *id;
  w->rows[w->row_count++] = w->slots[slot] = r;
  *out = r;
  *fresh = true;
  return ERR_OK;
}

bool span_covers(int32_t starts, int32_t ends, int32_t date) {
  return starts <= date && (ends == 0 || date < ends);
}

/* A learner travels from the day somebody enrols them, so that a device has them before the first session. */
bool work_enrols(const struct work *w, const struct row *row) {
  const struct value *ends = &row->values[COL(enrolment, ends)];
  return row->exists && !row_removed(row) && (ends->kind != VALUE_INT || ends->i > w->today);
}

static void note_loaded(struct work *w, struct work_row *r) {
  const struct table *t = r->row.table;
  r->before = r->row.exists ? r->row.version : 0;
  if (!r->row.exists) return;
  for (uint8_t unit = 0; unit < t->unit_count; unit++) {
    if (r->row.units[unit].count) r->conflicts[unit] = (uint8_t)merge_conflict(&r->row, unit);
  }
  r->pointer = alias_pointer(&r->row);
  if (t->id == TABLE_enrolment) r->enrolled = work_enrols(w, &r->row);
  if (t->id == TABLE_session) r->day = horizon_date(&r->row);
}

err work_row(struct work_row **out, struct work *w, const struct table *t, const struct id *id) {
  bool fresh;
  TRY(place(out, w, t, id, &fresh));
  if (!fresh) return ERR_OK;
  TRY(w->store->ops->load_row(w->store, t, id, &w->arena, &(*out)->row));
  note_loaded(w, *out);
  return ERR_OK;
}

struct work_row *work_find(const struct work *w, const struct table *t, const struct id *id) {
  return w->slot_count ? w->slots[slot_of(w, t, id)] : NULL;
}

/* Rows on their way in, to be loaded together. */
struct coming {
  struct work *w;
  struct row **rows;
  size_t count, cap, first; /* first: of those in the work that are new */
};

static err expect_ops(struct coming *c, const struct op *ops, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct work_row *r;
    bool fresh;
    TRY(place(&r, c->w, ops[i].table, &ops[i].row, &fresh));
    if (!fresh) continue;
    struct row **rows = list_room(c->rows, &c->cap, c->count, sizeof(struct row *));
    if (!rows) return ERR_NO_MEMORY;
    c->rows = rows;
    c->rows[c->count++] = &r->row;
  }
  return ERR_OK;
}

static err load_coming(struct coming *c, err expected) {
  struct work *w = c->w;
  err e = expected;
  if (e == ERR_OK && c->count) e = w->store->ops->load_rows(w->store, c->rows, c->count, &w->arena);
  for (size_t i = c->first; e == ERR_OK && i < w->row_count; i++) note_loaded(w, w->rows[i]);
  free(c->rows);
  return e;
}

err work_prefetch(struct work *w, const struct changeset *list, size_t count) {
  struct coming c = {.w = w, .first = w->row_count};
  err e = ERR_OK;
  for (size_t i = 0; e == ERR_OK && i < count; i++) e = expect_ops(&c, list[i].ops, list[i].op_count);
  return load_coming(&c, e);
}

err work_prefetch_ops(struct work *w, const struct op *ops, size_t count) {
  struct coming c = {.w = w, .first = w->row_count};
  return load_coming(&c, expect_ops(&c, ops, count));
}

static const struct op_range *find_range(const struct work *w, const struct op_id *op) {
  for (size_t i = w->seen_count; i > 0; i--) {
    const struct op_range *r = &w->seen[i - 1];
    bool within = op->counter >= r->first && op->counter <= r->last;
    if (within && r->incarnation == op->incarnation && id_equal(&r->device, &op->device)) return r;
  }
  return NULL;
}

err work_seen(struct work *w, const struct op_id *op, bool *out) {
  *out = find_range(w, op) != NULL;
  return *out ? ERR_OK : w->store->ops->seen(w->store, op, out);
}

static bool seen_for_merge(void *ctx, const struct op_id *op) {
  struct work *w = ctx;
  bool seen = false;
  if (w->failed == ERR_OK) w->failed = work_seen(w, op, &seen);
  return seen;
}

err work_accept(struct work *w, const struct op_id *first, uint64_t count) {
  struct op_range *last = w->seen_count ? &w->seen[w->seen_count - 1] : NULL;
  if (last && last->last + 1 == first->counter && last->incarnation == first->incarnation &&
      id_equal(&last->device, &first->device)) {
    last->last += count;
    return ERR_OK;
  }
  struct op_range *seen = list_room(w->seen, &w->seen_cap, w->seen_count, sizeof *seen);
  if (!seen) return ERR_NO_MEMORY;
  w->seen = seen;
  w->seen[w->seen_count++] = (struct op_range){.device = first->device,
                                               .incarnation = first->incarnation,
                                               .first = first->counter,
                                               .last = first->counter + count - 1};
  return ERR_OK;
}

/* One op on a row is weighed by the merge itself. Of several each counts in full, whatever its bases make
 * room for, so a changeset that fits can always be applied. */
static bool op_fits(struct work *w, struct work_row *r, const struct merge_op *m) {
  r->coming++;
  r->coming_bases += (uint32_t)m->op->base_count;
  if (r->coming == 1) return merge_room(&r->row, m, seen_for_merge, w) == ERR_OK;
  for (uint8_t unit = 0; unit < m->op->table->unit_count; unit++) {
    const struct unit_heads *u = &r->row.units[unit];
    if (!(m->op->units >> unit & 1)) continue;
    if (u->count + r->coming > heads_per_unit_max) return false;
    if (u->ghost_count + r->coming_bases > ghosts_per_unit_max) return false;
  }
  return true;
}

err work_fits(struct work *w, const struct op_id *first, const struct changeset *cs, const uint32_t *places,
              bool *out) {
  *out = true;
  for (size_t i = 0; i < cs->op_count; i++) {
    struct work_row *r;
    struct merge_op m = {.op = &cs->ops[i],
                         .id = {first->device, first->incarnation, first->counter + (places ? places[i] : i)},
                         .flags = cs->flags & OP_UNSURE};
    TRY(work_row(&r, w, m.op->table, &m.op->row));
    *out = op_fits(w, r, &m) && *out;
  }
  for (size_t i = 0; i < cs->op_count; i++) {
    struct work_row *r;
    TRY(work_row(&r, w, cs->ops[i].table, &cs->ops[i].row));
    r->coming = r->coming_bases = 0;
  }
  return w->failed;
}

static err note_history(struct work *w, const struct merge_op *m, uint64_t bundle) {
  struct write_history *history = list_room(w->history, &w->history_cap, w->history_count, sizeof *history);
  if (!history) return ERR_NO_MEMORY;
  w->history = history;
  history[w->history_count++] = (struct write_history){.table = m->op->table,
                                                       .row = m->op->row,
                                                       .op = m->id,
                                                       .author = m->author,
                                                       .stamp = m->stamp,
                                                       .flags = m->flags,
                                                       .units = m->op->units,
                                                       .values = m->op->values,
                                                       .bases = m->op->bases,
                                                       .base_count = m->op->base_count,
                                                       .bundle = bundle};
  return ERR_OK;
}

static err note_loose(struct work *w, const struct row *row, const struct op_id *op) {
  if (merge_is_head(row, op)) return ERR_OK;
  struct write_loose *loose = list_room(w->loose, &w->loose_cap, w->loose_count, sizeof *loose);
  if (!loose) return ERR_NO_MEMORY;
  w->loose = loose;
  w->loose[w->loose_count++] = (struct write_loose){.table = row->table, .row = row->id, .op = *op};
  return ERR_OK;
}

err work_apply(struct work *w, const struct merge_op *m, uint64_t bundle, struct merge_outcome *out) {
  struct work_row *r;
  TRY(work_row(&r, w, m->op->table, &m->op->row));
  if (!r->changed && r->row.exists) TRY(work_streams(w, &r->row, r->streams_before, &r->stream_before_count));
  TRY(merge_apply(&r->row, m, seen_for_merge, w, &w->arena, out));
  if (w->failed != ERR_OK) return w->failed;
  r->changed = true;
  r->conflicted = out->conflict_after;
  if (out->conflict_after != out->conflict_before) r->turned = m->id;
  TRY(note_loose(w, &r->row, &m->id));
  for (size_t i = 0; i < out->unnamed_count; i++) TRY(note_loose(w, &r->row, &out->unnamed[i]));
  return note_history(w, m, bundle);
}
