/* detect.c: likely duplicates and two marks of one child, found when one of their rows changes. */
#include "server/core/detect.h"

#include <stdlib.h>

#include "server/core/alias.h"
#include "server/core/reconcile.h"

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

static err pair_is_open(struct work *w, const struct table *t, const struct id *a, const struct id *b,
                        bool *out) {
  struct id apart;
  const struct store_ops *ops = w->store->ops;
  detect_apart_id(&apart, t, a, b);
  TRY(ops->pair_is_free(w->store, t, a, b, &apart, out));
  if (!*out) return ERR_OK;
  return t->id == TABLE_session ? session_pair(w, a, b, out) : ops->learner_pair(w->store, a, b, out);
}

static err judge_pair(struct work *w, const struct table *t, const struct id *a, const struct id *b) {
  bool open;
  TRY(pair_is_open(w, t, a, b, &open));
  return set_pair(w, t, a, b, open);
}

/* Whatever was taken for it so far, and whatever looks like it now. Of those that do not, nothing is known
 * that would have to be closed. */
static err judge_duplicates(struct work *w, const struct table *t, const struct id *id) {
  struct id *others;
  size_t count;
  bool open;
  TRY(w->store->ops->duplicate_items(w->store, id, &w->arena, &others, &count));
  for (size_t i = 0; i < count; i++) TRY(judge_pair(w, t, id, &others[i]));
  TRY(w->store->ops->duplicate_candidates(w->store, t, id, &w->arena, &others, &count));
  for (size_t i = 0; i < count; i++) {
    TRY(pair_is_open(w, t, id, &others[i], &open));
    if (open) TRY(set_pair(w, t, id, &others[i], true));
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

/* In the order of their ids, so that neighbours fall on the same pages. */
static err judge_suspects(struct work *w) {
  if (w->suspect_count) qsort(w->suspects, w->suspect_count, sizeof *w->suspects, by_id);
  for (size_t i = 0; i < w->suspect_count; i++) {
    bool again = i > 0 && id_equal(&w->suspects[i], &w->suspects[i - 1]);
    if (!again) TRY(judge_duplicates(w, schema_table(TABLE_learner), &w->suspects[i]));
  }
  w->suspect_count = 0;
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

/* ---- what changed ---- */

static err judge_apart(struct work *w, const struct table *t, const struct row *row) {
  return judge_pair(w, t, &row->values[row->table->key_columns[0]].id,
                    &row->values[row->table->key_columns[1]].id);
}

static err judge_row(struct work *w, const struct row *row) {
  switch (row->table->id) {
  case TABLE_learner: return suspect(w, &row->id);
  case TABLE_session: return judge_duplicates(w, row->table, &row->id);
  case TABLE_enrolment: return suspect(w, &row->values[COL(enrolment, learner)].id);
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
    if (w->rows[i]->changed && !idle) TRY(judge_row(w, row));
  }
  for (size_t i = 0; i < w->look_count; i++) {
    bool learner = w->looks[i].table->id == TABLE_learner;
    TRY(learner ? suspect(w, &w->looks[i].id) : judge_duplicates(w, w->looks[i].table, &w->looks[i].id));
    TRY(judge_marks_about(w, &w->looks[i].id));
  }
  return w->more ? ERR_OK : judge_suspects(w);
}
