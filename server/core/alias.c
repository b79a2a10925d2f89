/* alias.c: rows that stand for the same child, or the same meeting. `merged_into` and `same_as` point from
 * one row to another; who is reached over such pointers is one class, and one member of it is canonical: the
 * one that points nowhere; where pointers run in a circle, the lowest id of the circle. Ops keep the ids they
 * name, so taking a pointer back restores both.
 *
 * The store keeps the classes of more than one member, so that reading resolves an id by one look. They
 * follow from the rows alone. */
#include "server/core/alias.h"

static int pointer_column(const struct table *t) {
  switch (t->id) {
  case TABLE_learner: return COL(learner, merged_into);
  case TABLE_session: return COL(session, same_as);
  default: return -1;
  }
}

struct id alias_pointer(const struct row *row) {
  int column = pointer_column(row->table);
  if (column < 0 || !row->exists || row->values[column].kind != VALUE_ID) return (struct id){{0}};
  return row->values[column].id;
}

/* The rows whose classes may change, in one table. */
struct classes {
  struct work *w;
  const struct table *table;
  struct id *ids, *to, *canon; /* to: where it points; canon: of its class */
  size_t count, cap;
};

static bool is_in(const struct classes *c, const struct id *id, size_t *at) {
  for (*at = 0; *at < c->count; (*at)++) {
    if (id_equal(&c->ids[*at], id)) return true;
  }
  return false;
}

static err add(struct classes *c, const struct id *id) {
  size_t at;
  if (id_is_zero(id) || is_in(c, id, &at)) return ERR_OK;
  if (c->count == alias_members_max) return ERR_TOO_BIG;
  c->ids[c->count++] = *id;
  return ERR_OK;
}

static err add_class(struct classes *c, const struct id *id) {
  struct id *members;
  size_t count;
  if (id_is_zero(id)) return ERR_OK;
  TRY(c->w->store->ops->alias_members(c->w->store, id, &c->w->arena, &members, &count));
  TRY(add(c, id));
  for (size_t i = 0; i < count; i++) TRY(add(c, &members[i]));
  return ERR_OK;
}

/* Whole old classes, and the whole class of every new target: nothing outside points in or is pointed at. */
static err collect(struct classes *c) {
  struct work *w = c->w;
  for (size_t i = 0; i < w->row_count; i++) {
    struct work_row *r = w->rows[i];
    if (!r->changed || r->row.table != c->table) continue;
    struct id now = alias_pointer(&r->row);
    if (id_equal(&now, &r->pointer)) continue;
    TRY(add_class(c, &r->row.id));
    TRY(add_class(c, &now));
  }
  return ERR_OK;
}

static err load_pointers(struct classes *c) {
  for (size_t i = 0; i < c->count; i++) {
    struct work_row *r;
    TRY(work_row(&r, c->w, c->table, &c->ids[i]));
    c->to[i] = alias_pointer(&r->row);
    if (id_equal(&c->to[i], &c->ids[i])) c->to[i] = (struct id){{0}};
  }
  return ERR_OK;
}

static size_t next_of(const struct classes *c, size_t at) {
  size_t next;
  return !id_is_zero(&c->to[at]) && is_in(c, &c->to[at], &next) ? next : at;
}

/* After as many steps as there are members one stands at the end, or inside the circle. */
static struct id canonical(const struct classes *c, size_t at) {
  for (size_t i = 0; i < c->count; i++) at = next_of(c, at);
  size_t lowest = at;
  for (size_t on = next_of(c, at); on != at; on = next_of(c, on)) {
    if (id_compare(&c->ids[on], &c->ids[lowest]) < 0) lowest = on;
  }
  return c->ids[lowest];
}

static err save(struct classes *c) {
  const struct store_ops *ops = c->w->store->ops;
  for (size_t i = 0; i < c->count; i++) c->canon[i] = canonical(c, i);
  for (size_t i = 0; i < c->count; i++) {
    size_t members = 0;
    for (size_t k = 0; k < c->count; k++) members += id_equal(&c->canon[i], &c->canon[k]);
    TRY(ops->alias_save(c->w->store, &c->ids[i], c->table->id, members > 1 ? &c->canon[i] : NULL));
  }
  return ERR_OK;
}

/* A learner, contacts, needs and notices about them leave every stream they travelled with, and enter those
 * of the new class; whatever stays is written as a row after its leave. */
static err travel(struct classes *c) {
  for (size_t i = 0; i < c->count && c->table->id == TABLE_learner; i++) {
    struct id *streams;
    size_t count;
    struct work *w = c->w;
    TRY(w->store->ops->learner_streams(w->store, &c->ids[i], w->today, &w->arena, &streams, &count));
    TRY(work_touch_learner(w, &c->ids[i], NULL));
    for (size_t k = 0; k < count; k++) TRY(work_touch_learner(w, &c->ids[i], &streams[k]));
  }
  return ERR_OK;
}

static err update(struct work *w, const struct table *t) {
  struct classes c = {.w = w, .table = t};
  bool any = false;
  for (size_t i = 0; i < w->row_count && !any; i++) {
    if (!w->rows[i]->changed || w->rows[i]->row.table != t) continue;
    struct id now = alias_pointer(&w->rows[i]->row);
    any = !id_equal(&now, &w->rows[i]->pointer);
  }
  if (!any) return ERR_OK;
  c.ids = arena_take(&w->arena, (size_t)3 * alias_members_max, sizeof *c.ids);
  if (!c.ids) return ERR_NO_MEMORY;
  c.to = c.ids + alias_members_max;
  c.canon = c.to + alias_members_max;
  TRY(collect(&c));
  TRY(load_pointers(&c));
  TRY(travel(&c));
  TRY(save(&c));
  for (size_t i = 0; i < c.count; i++) TRY(work_look_again(w, t, &c.ids[i]));
  return ERR_OK;
}

err alias_update(struct work *w) {
  TRY(update(w, schema_table(TABLE_learner)));
  return update(w, schema_table(TABLE_session));
}
