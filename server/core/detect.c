/* detect.c: likely duplicates, two marks and two UPNs or school numbers of one child, found when one of their
 * rows changes. */
#include "server/core/detect.h"

#include <stdlib.h>

#include "server/core/alias.h"
#include "server/core/children.h"
#include "server/core/school_numbers.h"
#include "server/core/upns.h"

const struct table *detect_apart_table(const struct table *t) {
  switch (t->id) {
  case TABLE_learner: return schema_table(TABLE_learner_apart);
  case TABLE_session: return schema_table(TABLE_session_apart);
  default: return NULL;
  }
}

static void in_order(struct id pair[2], const struct id *a, const struct id *b) {
  bool swap = id_compare(a, b) > 0;
  pair[0] = swap ? *b : *a;
  pair[1] = swap ? *a : *b;
}

void detect_apart_id(struct id *out, const struct table *t, const struct id *a, const struct id *b) {
  struct id pair[2];
  in_order(pair, a, b);
  crypto_row_id(out, detect_apart_table(t)->id, pair, 2);
}

static uint8_t pointer_unit(const struct table *t) {
  size_t column = t->id == TABLE_learner ? COL(learner, merged_into) : COL(session, same_as);
  return t->columns[column].unit;
}

static err set_pair(struct work *w, const struct table *t, const struct id *a, const struct id *b,
                    bool open) {
  struct id pair[2];
  in_order(pair, a, b);
  struct store_item duplicate = {
      .kind = ITEM_DUPLICATE, .table = t, .row = pair[0], .other = pair[1], .unit = pointer_unit(t)};
  work_item_id(&duplicate.id, ITEM_DUPLICATE, t, &pair[0], duplicate.unit, &pair[1]);
  return w->store->ops->work_item_set(w->store, &duplicate, open, NULL, w->now.wall_ms);
}

/* ---- the same meeting ---- */

static bool is_number(const struct row *row, size_t column) { return row->values[column].kind == VALUE_INT; }

static bool overlap(const struct row *a, const struct row *b) {
  const size_t needed[] = {COL(session, date), COL(session, starts), COL(session, ends)};
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
    if (!is_number(a, needed[i]) || !is_number(b, needed[i])) return false;
  }
  return a->values[COL(session, date)].i == b->values[COL(session, date)].i &&
         a->values[COL(session, starts)].i < b->values[COL(session, ends)].i &&
         b->values[COL(session, starts)].i < a->values[COL(session, ends)].i;
}

/* The device that entered it first. */
static const struct id *maker(const struct row *row) {
  const struct unit_heads *u = &row->units[0];
  return u->count ? &u->heads[u->count - 1].op.device : NULL;
}

static bool is_adhoc(const struct row *row) {
  return is_number(row, COL(session, adhoc)) && row->values[COL(session, adhoc)].i != 0;
}

static bool stands(const struct row *row) {
  const struct value *status = &row->values[COL(session, status)];
  bool cancelled = status->kind == VALUE_INT && status->i == ENUM_session_status_cancelled;
  return row->exists && !row_removed(row) && !cancelled;
}

static bool one_meeting(const struct row *a, const struct row *b) {
  if (!stands(a) || !stands(b) || !(is_adhoc(a) || is_adhoc(b)) || !overlap(a, b)) return false;
  if (!value_equal(&a->values[COL(session, activity)], &b->values[COL(session, activity)])) return false;
  return maker(a) && maker(b) && !id_equal(maker(a), maker(b));
}

static err session_pair(struct work *w, const struct id *a, const struct id *b, bool *out) {
  struct row one, two;
  const struct table *t = schema_table(TABLE_session);
  TRY(w->store->ops->load_row(w->store, t, a, &w->arena, &one));
  TRY(w->store->ops->load_row(w->store, t, b, &w->arena, &two));
  *out = one_meeting(&one, &two);
  return ERR_OK;
}

/* ---- pairs ---- */

static err pair_is_free(struct work *w, const struct table *t, const struct id *a, const struct id *b,
                        bool *out) {
  struct id apart;
  detect_apart_id(&apart, t, a, b);
  return w->store->ops->pair_is_free(w->store, t, a, b, &apart, out);
}

/* What links two children is asked for only where it can make the difference. */
static err children_alike(struct work *w, const struct store_child *a, const struct store_child *b,
                          bool *out) {
  struct likeness_links links = {.activity = false};
  int points = likeness_points(&a->child, &b->child, &links);
  if (points < likeness_threshold && points + likeness_links_max >= likeness_threshold) {
    TRY(w->store->ops->child_links(w->store, &a->id, &b->id, &links));
    points = likeness_points(&a->child, &b->child, &links);
  }
  *out = points >= likeness_threshold;
  return ERR_OK;
}

/* A learner that is not there is like nobody. */
static err learner_pair(struct work *w, const struct id *a, const struct id *b, bool *out) {
  struct store_child one, two;
  *out = false;
  err e = w->store->ops->child_load(w->store, a, &w->arena, &one);
  if (e == ERR_OK) e = w->store->ops->child_load(w->store, b, &w->arena, &two);
  if (e == ERR_NOT_FOUND) return ERR_OK;
  TRY(e);
  return children_alike(w, &one, &two, out);
}

static err judge_pair(struct work *w, const struct table *t, const struct id *a, const struct id *b) {
  bool open;
  TRY(pair_is_free(w, t, a, b, &open));
  if (open) TRY(t->id == TABLE_session ? session_pair(w, a, b, &open) : learner_pair(w, a, b, &open));
  return set_pair(w, t, a, b, open);
}

static err judge_items(struct work *w, const struct table *t, const struct id *id) {
  struct id *others;
  size_t count;
  TRY(w->store->ops->duplicate_items(w->store, id, &w->arena, &others, &count));
  for (size_t i = 0; i < count; i++) TRY(judge_pair(w, t, id, &others[i]));
  return ERR_OK;
}

/* Whatever was taken for it so far, and whatever looks like it now. Of those that do not, nothing is known
 * that would have to be closed; nor of one that just came. */
static err judge_session(struct work *w, const struct id *id, bool fresh, bool adhoc) {
  const struct table *t = schema_table(TABLE_session);
  struct id *others;
  size_t count;
  bool open;
  if (!fresh) TRY(judge_items(w, t, id));
  TRY(w->store->ops->session_candidates(w->store, id, adhoc, &w->arena, &others, &count));
  for (size_t i = 0; i < count; i++) {
    TRY(pair_is_free(w, t, id, &others[i], &open));
    if (open) TRY(session_pair(w, id, &others[i], &open));
    if (open) TRY(set_pair(w, t, id, &others[i], true));
  }
  return ERR_OK;
}

/* `all`: everybody, or NULL to ask the store. `near` has room for whoever is compared. */
static err judge_learner(struct work *w, const struct id *id, const struct children *all,
                         const struct store_child **near) {
  const struct table *t = schema_table(TABLE_learner);
  struct store_child loaded;
  const struct store_child *self = all ? children_find(all, id) : &loaded;
  size_t count;
  bool open;
  if (!all || children_paired(all, id)) TRY(judge_items(w, t, id));
  err e = all ? ERR_OK : w->store->ops->child_load(w->store, id, &w->arena, &loaded);
  if (e == ERR_NOT_FOUND || !self) return ERR_OK;
  TRY(e);
  TRY(children_near(near, &count, w, all, self));
  for (size_t i = 0; i < count; i++) {
    TRY(children_alike(w, self, near[i], &open));
    if (open) TRY(pair_is_free(w, t, id, &near[i]->id, &open));
    if (open) TRY(set_pair(w, t, id, &near[i]->id, true));
  }
  return ERR_OK;
}

/* ---- learners: looked at once, however many of their rows changed ---- */

static err suspect(struct work *w, const struct id *learner) {
  struct id *list = list_room(w->suspects, &w->suspect_cap, w->suspect_count, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  w->suspects = list;
  w->suspects[w->suspect_count++] = *learner;
  return ERR_OK;
}

static int by_id(const void *a, const void *b) { return id_compare(a, b); }

/* Each once, in the order of their ids. */
static size_t sort_suspects(struct work *w) {
  size_t kept = 0;
  if (w->suspect_count) qsort(w->suspects, w->suspect_count, sizeof *w->suspects, by_id);
  for (size_t i = 0; i < w->suspect_count; i++) {
    if (kept == 0 || !id_equal(&w->suspects[i], &w->suspects[kept - 1])) w->suspects[kept++] = w->suspects[i];
  }
  return kept;
}

/* To read everybody costs about what asking for some hundreds does. */
static err judge_suspects(struct work *w) {
  enum { read_all_min = 256 };
  struct children all;
  size_t count = sort_suspects(w);
  bool many = count >= read_all_min;
  w->suspect_count = 0;
  if (count == 0) return ERR_OK;
  const struct store_child **near = arena_take(&w->arena, children_near_max, sizeof(struct store_child *));
  if (!near) return ERR_NO_MEMORY;
  if (many) TRY(children_read(&all, w));
  for (size_t i = 0; i < count; i++) TRY(judge_learner(w, &w->suspects[i], many ? &all : NULL, near));
  return ERR_OK;
}

/* ---- two marks ---- */

static bool marks_differ(const struct row *a, const struct row *b) {
  return !value_equal(&a->values[COL(mark, code)], &b->values[COL(mark, code)]) ||
         !value_equal(&a->values[COL(mark, arrived)], &b->values[COL(mark, arrived)]);
}

static err judge_marks(struct work *w, const struct id *session, const struct id *learner) {
  struct id *marks;
  size_t count;
  bool open = false;
  struct row first, row;
  const struct table *t = schema_table(TABLE_mark);
  struct store_item two = {.kind = ITEM_TWO_MARKS,
                           .table = schema_table(TABLE_session),
                           .row = *session,
                           .other = *learner,
                           .unit = t->columns[COL(mark, code)].unit};
  TRY(w->store->ops->marks_of_child(w->store, session, learner, false, &w->arena, &marks, &count));
  for (size_t i = 0; i < count; i++) {
    TRY(w->store->ops->load_row(w->store, t, &marks[i], &w->arena, i ? &row : &first));
    open = open || (i && marks_differ(&first, &row));
  }
  work_item_id(&two.id, ITEM_TWO_MARKS, two.table, session, two.unit, learner);
  return w->store->ops->work_item_set(w->store, &two, open, NULL, w->now.wall_ms);
}

static err judge_mark(struct work *w, const struct row *mark) {
  struct id session, learner;
  bool alone;
  const struct store_ops *ops = w->store->ops;
  TRY(ops->alias_is_alone(w->store, &mark->values[COL(mark, session)].id,
                          &mark->values[COL(mark, learner)].id, &alone));
  if (alone) return ERR_OK;
  TRY(ops->alias_canonical(w->store, &mark->values[COL(mark, session)].id, &session));
  TRY(ops->alias_canonical(w->store, &mark->values[COL(mark, learner)].id, &learner));
  return judge_marks(w, &session, &learner);
}

/* Every meeting and child that the class of an id has marks of, or had an item of. */
static err judge_marks_about(struct work *w, const struct id *id) {
  struct id *pairs;
  size_t count;
  TRY(w->store->ops->two_marks_candidates(w->store, id, &w->arena, &pairs, &count));
  for (size_t i = 0; i + 1 < count; i += 2) TRY(judge_marks(w, &pairs[i], &pairs[i + 1]));
  return ERR_OK;
}

/* ---- two UPNs, or two numbers at one school ---- */

static err judge_numbers(struct work *w, const struct id *learner) {
  TRY(upns_judge(w->store, learner, &w->arena, w->now.wall_ms));
  return school_numbers_judge(w->store, learner, &w->arena, w->now.wall_ms);
}

/* Of somebody who stands alone there is no matter, and was none: when a class parts each of it is looked at.
 * A learner may go to another school, and a number may change. */
static err judge_numbers_of(struct work *w, const struct id *learner, bool aliases) {
  struct id *members, canonical;
  size_t count;
  TRY(suspect(w, learner));
  if (!aliases) return ERR_OK;
  TRY(w->store->ops->alias_members(w->store, learner, &w->arena, &members, &count));
  if (count == 0) return ERR_OK;
  TRY(w->store->ops->alias_canonical(w->store, learner, &canonical));
  return judge_numbers(w, &canonical);
}

/* ---- what changed ---- */

static err judge_apart(struct work *w, const struct table *t, const struct row *row) {
  return judge_pair(w, t, &row->values[row->table->key_columns[0]].id,
                    &row->values[row->table->key_columns[1]].id);
}

static err judge_row(struct work *w, const struct work_row *r, bool aliases) {
  const struct row *row = &r->row;
  switch (row->table->id) {
  case TABLE_learner: return judge_numbers_of(w, &row->id, aliases);
  case TABLE_session: return judge_session(w, &row->id, r->before == 0, is_adhoc(row));
  case TABLE_enrolment: return suspect(w, &row->values[COL(enrolment, learner)].id);
  case TABLE_learner_key: return judge_numbers_of(w, &row->values[COL(learner_key, learner)].id, aliases);
  case TABLE_contact: return suspect(w, &row->values[COL(contact, learner)].id);
  case TABLE_mark: return judge_mark(w, row);
  case TABLE_learner_apart: return judge_apart(w, schema_table(TABLE_learner), row);
  case TABLE_session_apart: return judge_apart(w, schema_table(TABLE_session), row);
  default: return ERR_OK;
  }
}

/* Of marks nothing has to be asked while nobody stands for anybody else. */
err detect(struct work *w) {
  bool aliases;
  TRY(w->store->ops->alias_there(w->store, &aliases));
  for (size_t i = 0; i < w->row_count; i++) {
    const struct row *row = &w->rows[i]->row;
    bool idle = row->table->id == TABLE_mark && !aliases;
    if (w->rows[i]->changed && !idle) TRY(judge_row(w, w->rows[i], aliases));
  }
  for (size_t i = 0; i < w->look_count; i++) {
    bool learner = w->looks[i].table->id == TABLE_learner;
    TRY(learner ? suspect(w, &w->looks[i].id) : judge_session(w, &w->looks[i].id, false, true));
    if (learner) TRY(judge_numbers(w, &w->looks[i].id));
    TRY(judge_marks_about(w, &w->looks[i].id));
  }
  return w->more ? ERR_OK : judge_suspects(w);
}
