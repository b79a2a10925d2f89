/* oracle_inside.c: once it has synced, a device holds nothing outside its grants, in whatever table (12). */
#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

struct look {
  struct sim *s;
  const struct sim_device *d;
};

static uint8_t audience_of(const struct sim_device *d) {
  uint8_t leader = AUDIENCE_REGISTER | AUDIENCE_CARE;
  return d->named == 0 ? leader | AUDIENCE_TEACHING : leader;
}

static const struct value *value_named(const struct row *row, const char *name) {
  for (size_t i = 0; i < row->table->column_count; i++) {
    if (slice_equal(slice_text(row->table->columns[i].name), slice_text(name))) return &row->values[i];
  }
  return NULL;
}

static bool is_either(const struct value *v, const struct id *strings, const struct id *brass, bool both) {
  return v && v->kind == VALUE_ID && (id_equal(&v->id, strings) || (both && id_equal(&v->id, brass)));
}

/* As the office has it now: whoever has left an activity leaves its devices. */
static bool is_enrolled(struct sim *s, const struct id *learner, const struct id *activity) {
  struct arena a = ARENA_INIT(1 << 20);
  struct id keys[2] = {*learner, *activity}, id;
  struct row row;
  int32_t today, minute;
  crypto_row_id(&id, TABLE_enrolment, keys, 2);
  uk_civil(s->hub.now.wall_ms, &today, &minute);
  if (s->hub.store->ops->load_row(s->hub.store, schema_table(TABLE_enrolment), &id, &a, &row) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub cannot read a row");
  const struct value *ends = &row.values[COL(enrolment, ends)];
  bool there = row.exists && !(ends->kind == VALUE_INT && ends->i <= today);
  arena_finish(&a);
  return there;
}

static bool is_old(const struct look *l, const struct value *session) {
  return l->s->old && session && session->kind == VALUE_ID && id_equal(&session->id, &l->s->old->meeting);
}

static bool is_followed(const struct look *l, const struct id *learner) {
  const struct hub_world *w = &l->s->world;
  return is_enrolled(l->s, learner, &w->strings) ||
         (l->d->named > 0 && is_enrolled(l->s, learner, &w->brass));
}

/* What a row belongs to must be granted. */
static bool is_granted(const struct look *l, const struct row *row) {
  const struct hub_world *w = &l->s->world;
  bool both = l->d->named > 0;
  const struct value self = value_id(&row->id);
  switch (row->table->scope) {
  case SCOPE_HUB: return false;
  case SCOPE_ACTIVITY_SELF: return !l->d->retired && is_either(&self, &w->strings, &w->brass, both);
  case SCOPE_ACTIVITY:
  case SCOPE_AUTHORED:
    return !l->d->retired && is_either(value_named(row, "activity"), &w->strings, &w->brass, both);
  case SCOPE_SESSION_ACTIVITY:
    return !l->d->retired &&
           (is_either(value_named(row, "session"), &w->strings_today, &w->brass_today, both) ||
            is_old(l, value_named(row, "session")));
  case SCOPE_PERSON: {
    const struct value *staff = value_named(row, "staff");
    return staff && staff->kind == VALUE_ID && id_equal(&staff->id, &l->d->staff);
  }
  case SCOPE_LEARNER: {
    const struct value *learner = row->table->id == TABLE_learner ? &self : value_named(row, "learner");
    return !l->d->retired && learner && learner->kind == VALUE_ID && is_followed(l, &learner->id);
  }
  default: return true;
  }
}

/* Whoever wrote a row knows it. */
static bool is_own(const struct look *l, const struct row *row) {
  for (uint8_t u = 0; u < row->table->unit_count; u++) {
    for (size_t i = 0; i < row->units[u].count; i++) {
      if (!id_equal(&row->units[u].heads[i].author, &l->d->staff)) return false;
    }
  }
  return !l->d->retired;
}

/* Somebody who walked in plays nowhere yet: whoever wrote them down alone has their name. */
static bool walked_in(const struct look *l, const struct row *row) {
  return row->table->id == TABLE_learner &&
         row->values[COL(learner, status)].i == ENUM_learner_status_provisional && is_own(l, row);
}

/* Meetings of a term that is over are on no device, nor what belongs to them. The hub may have looked at its
 * calendar some minutes ago. */
static bool is_past(const struct look *l, const struct row *row) {
  const struct value self = value_id(&row->id);
  const struct value *session = row->table->id == TABLE_session ? &self : value_named(row, "session");
  int32_t day, minute;
  uk_civil(l->s->hub.now.wall_ms - 86400000, &day, &minute);
  if (!l->s->old || day < l->s->old->turns || row->table->scope == SCOPE_AUTHORED) return false;
  return is_old(l, session);
}

static void check_row(void *ctx, const struct row *row) {
  const struct look *l = ctx;
  const struct table *t = row->table;
  const uint8_t audience = audience_of(l->d) | AUDIENCE_DOOR;
  if (is_past(l, row))
    sim_fail(l->s, "12 nothing outside", "device %zu holds a %s of the term before", l->d->number, t->name);
  if (!is_granted(l, row) && !walked_in(l, row))
    sim_fail(l->s, "12 nothing outside", "device %zu holds a %s it is not granted", l->d->number, t->name);
  if (!(t->audience & audience) && !is_own(l, row))
    sim_fail(l->s, "12 nothing outside", "device %zu holds a %s, which is not for it", l->d->number, t->name);
  for (size_t i = 0; i < t->column_count; i++) {
    if (t->columns[i].audience & audience || row->values[i].kind == VALUE_NULL || is_own(l, row)) continue;
    sim_fail(l->s, "12 nothing outside", "device %zu holds %s.%s, which is not for it", l->d->number, t->name,
             t->columns[i].name);
  }
}

static void check_all(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) {
    struct look l = {s, s->devices[i]};
    for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
      err e = t->scope == SCOPE_HUB ? ERR_OK : l.d->build->inside->each(l.d->host.core, t->id, check_row, &l);
      if (e != ERR_OK && e != ERR_NOT_UNLOCKED)
        sim_fail(s, "7 integrity", "device %zu: its %s rows cannot be read: %s", i, t->name, err_text(e));
    }
  }
}

const struct sim_oracle sim_oracle_inside = {.number = 12, .name = "nothing outside", .end = check_all};
