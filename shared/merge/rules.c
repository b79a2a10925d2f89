/* rules.c: the merge rules as one table of small functions: which head is in use, and who hears of it. */
#include "shared/merge/rules.h"

/* Heads that stand are bits of one word. */
_Static_assert(heads_per_unit_max <= 64, "a bit for every head");

struct unit_view unit_view(const struct row *row, uint8_t unit) {
  struct unit_view v = {.table = row->table, .heads = &row->units[unit], .unit = unit};
  v.column_count = unit_columns(row->table, unit, v.columns);
  return v;
}

/* Columns of the natural key are part of the row's identity, so the row of equal keys is written with equal
 * keys by everybody. */
bool unit_is_constant(const struct unit_view *v) {
  return v->unit == 0 && v->column_count == v->table->key_count;
}

static bool values_equal(const struct head *a, const struct head *b, size_t count) {
  ASSERT(a->values && b->values);
  for (size_t i = 0; i < count; i++) {
    if (!value_equal(&a->values[i], &b->values[i])) return false;
  }
  return true;
}

static bool differ(const struct unit_view *v, size_t a, size_t b) {
  return !values_equal(&v->heads->heads[a], &v->heads->heads[b], v->column_count);
}

/* Settlements: pairs of values that need no person, whoever wrote them and whenever. */
static const struct value *value_of(const struct unit_view *v, const struct head *h, size_t column) {
  size_t place = 0;
  while (place < v->column_count && v->columns[place] != column) place++;
  ASSERT(place < v->column_count && h->values);
  return &h->values[place];
}

/* Who marked "late" with a time saw the learner come in; who marked "away" saw an empty chair, which is no
 * proof against it. The stamps cannot decide: the one who waits for the end of the session to mark "away"
 * often taps last, and must not undo what another person saw happen. Without a time "late" is an opinion like
 * any other. */
static bool late_settles_away(const struct unit_view *v, const struct head *late, const struct head *away) {
  const struct value *first = value_of(v, late, COL(mark, code)),
                     *second = value_of(v, away, COL(mark, code));
  if (first->kind != VALUE_INT || second->kind != VALUE_INT) return false;
  if (first->i != ENUM_mark_code_L || value_of(v, late, COL(mark, arrived))->kind == VALUE_NULL) return false;
  return second->i == ENUM_mark_code_AU || second->i == ENUM_mark_code_AN;
}

enum { MARK_UNIT = 1 }; /* code, arrived, amend_reason */
static const struct settlement {
  uint8_t table, unit;
  bool (*wins)(const struct unit_view *v, const struct head *winner, const struct head *loser);
} settlements[] = {
    {TABLE_mark, MARK_UNIT, late_settles_away},
};

static const struct settlement *settlement_of(const struct table *t, uint8_t unit) {
  for (size_t i = 0; i < sizeof settlements / sizeof settlements[0]; i++) {
    if (settlements[i].table == t->id && settlements[i].unit == unit) return &settlements[i];
  }
  return NULL;
}

/* The heads no other head settles away. No settlement runs in a circle, so one always stands. */
static uint64_t standing(const struct unit_view *v) {
  size_t count = v->heads->count;
  uint64_t all = count == 64 ? UINT64_MAX : ((uint64_t)1 << count) - 1;
  const struct settlement *s = settlement_of(v->table, v->unit);
  if (!s || count < 2) return all;
  uint64_t left = all;
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < count; j++) {
      if (i != j && s->wins(v, &v->heads->heads[j], &v->heads->heads[i])) left &= ~((uint64_t)1 << i);
    }
  }
  return left;
}

static bool stands(uint64_t set, size_t i) { return set >> i & 1; }

/* Who is in use. Heads are in falling order, so the first is the highest. */
static size_t highest(const struct unit_view *v) { return (size_t)__builtin_ctzll(standing(v)); }

static size_t lowest(const struct unit_view *v) { return v->heads->count - 1; }

static size_t office_first(const struct unit_view *v) {
  for (size_t i = 0; i < v->heads->count; i++) {
    if (is_office(&v->heads->heads[i])) return i;
  }
  return 0;
}

/* Whose bases count. A base that has not been seen yet is asked for with no flags, as a field op. */
static bool anybody_replaces(uint8_t by, uint8_t old) {
  (void)by, (void)old;
  return true;
}

/* A first value stays until the office decides, or takes a decision back. */
static bool office_replaces(uint8_t by, uint8_t old) {
  (void)old;
  return by & (OP_OFFICE | OP_RESTORED);
}

/* A proposal is written by somebody who saw the office's value, and must not take its place for that. */
static bool field_is_replaced(uint8_t by, uint8_t old) {
  (void)by;
  return !(old & OP_OFFICE);
}

/* Who hears of it. */
static enum conflict_kind nobody(const struct unit_view *v) {
  (void)v;
  return CONFLICT_NONE;
}

/* The order of stamps decided, and the winner's stamp is a guess. */
static enum conflict_kind unsure(const struct unit_view *v) {
  uint64_t left = standing(v);
  size_t used = highest(v);
  if (!(v->heads->heads[used].flags & OP_UNSURE)) return CONFLICT_NONE;
  for (size_t i = 0; i < v->heads->count; i++) {
    if (stands(left, i) && differ(v, used, i)) return CONFLICT_UNSURE;
  }
  return CONFLICT_NONE;
}

/* Two standing heads with different values, by different authors where `authors` says so. */
static bool collide(const struct unit_view *v, bool authors) {
  uint64_t left = standing(v);
  const struct head *heads = v->heads->heads;
  for (size_t i = 0; i < v->heads->count; i++) {
    for (size_t j = 0; stands(left, i) && j < i; j++) {
      if (!stands(left, j) || (authors && id_equal(&heads[i].author, &heads[j].author))) continue;
      if (differ(v, i, j)) return true;
    }
  }
  return false;
}

static enum conflict_kind human(const struct unit_view *v) {
  return collide(v, false) ? CONFLICT_HUMAN : CONFLICT_NONE;
}

/* Everybody says "away", and only whether the family told us is open. */
static bool all_away(const struct unit_view *v) {
  if (v->table->id != TABLE_mark || v->unit != MARK_UNIT) return false;
  for (size_t i = 0; i < v->heads->count; i++) {
    const struct value *code = value_of(v, &v->heads->heads[i], COL(mark, code));
    bool away = code->kind == VALUE_INT && (code->i == ENUM_mark_code_AU || code->i == ENUM_mark_code_AN);
    if (!away) return false;
  }
  return true;
}

/* One author on two devices is one mind that changed: the last word counts, if its clock can be trusted. */
static enum conflict_kind human_authors(const struct unit_view *v) {
  enum conflict_kind kind = collide(v, true) ? CONFLICT_HUMAN : unsure(v);
  return kind != CONFLICT_NONE && all_away(v) ? CONFLICT_AWAY : kind;
}

static enum conflict_kind once(const struct unit_view *v) {
  return collide(v, false) ? CONFLICT_ONCE : CONFLICT_NONE;
}

/* What the field wrote waits for the office, in use where the office has said nothing yet, unless both say
 * the same. Of the office's only one is kept, so every other head is the field's. */
static enum conflict_kind proposal(const struct unit_view *v) {
  size_t used = office_first(v);
  if (!is_office(&v->heads->heads[used])) return CONFLICT_PROPOSAL;
  for (size_t i = 0; i < v->heads->count; i++) {
    if (differ(v, used, i)) return CONFLICT_PROPOSAL;
  }
  return CONFLICT_NONE;
}

/* clang-format off */
static const struct rule_law laws[] = {
    /*                       in use        base takes its place  who hears      of the office's own ops */
    [RULE_LWW]           = { highest,      anybody_replaces,     unsure,        false },
    [RULE_ONCE]          = { lowest,       office_replaces,      once,          false },
    [RULE_ADD]           = { highest,      anybody_replaces,     nobody,        false },
    [RULE_OFFICE]        = { office_first, field_is_replaced,    proposal,      true  },
    [RULE_HUMAN]         = { highest,      anybody_replaces,     human,         false },
    [RULE_HUMAN_AUTHORS] = { highest,      anybody_replaces,     human_authors, false },
};
/* clang-format on */

const struct rule_law *unit_law(const struct unit_view *v) {
  enum rule rule = v->column_count ? v->table->columns[v->columns[0]].rule : RULE_LWW;
  ASSERT((size_t)rule < sizeof laws / sizeof laws[0]);
  return &laws[rule];
}

size_t merge_in_use(const struct row *row, uint8_t unit) {
  ASSERT(row->units[unit].count > 0);
  if (row->units[unit].count == 1) return 0;
  const struct unit_view v = unit_view(row, unit);
  return unit_law(&v)->in_use(&v);
}

/* ---- removal ---- */

static const struct value *value_in(const struct row *row, const struct head *h, const struct unit_view *v,
                                    size_t place) {
  return h->values ? &h->values[place] : &row->values[v->columns[place]];
}

static bool says_the_same(const struct row *row, const struct unit_view *v, const struct head *a,
                          const struct head *b) {
  for (size_t i = 0; i < v->column_count; i++) {
    if (!value_equal(value_in(row, a, v, i), value_in(row, b, v, i))) return false;
  }
  return true;
}

/* Some head of the unit is neither a removal's own nor what a removal saw. Unit 0 never changes. */
static bool holds_unseen(const struct row *row, uint8_t unit) {
  const struct unit_view v = unit_view(row, unit);
  for (size_t i = 0; i < v.heads->count; i++) {
    bool seen = merge_removal_wrote(row, &v.heads->heads[i].op);
    for (size_t k = 0; !seen && k < v.heads->count; k++) {
      seen = merge_removal_wrote(row, &v.heads->heads[k].op) &&
             says_the_same(row, &v, &v.heads->heads[i], &v.heads->heads[k]);
    }
    if (!seen) return true;
  }
  return false;
}

bool merge_removal_wrote(const struct row *row, const struct op_id *op) {
  int column = row_removed_column(row->table);
  if (column < 0) return false;
  const struct unit_heads *u = &row->units[row->table->columns[column].unit];
  for (size_t i = 0; i < u->count; i++) {
    if (op_id_equal(&u->heads[i].op, op)) return true;
  }
  return false;
}

static enum conflict_kind removed_conflict(const struct row *row, uint8_t unit) {
  uint8_t removed = row->table->columns[row_removed_column(row->table)].unit;
  if (unit != removed) return CONFLICT_NONE;
  const struct unit_view v = unit_view(row, removed);
  if (v.heads->count > 1 && collide(&v, false)) return CONFLICT_HUMAN;
  for (uint8_t other = 1; other < row->table->unit_count; other++) {
    if (other != removed && holds_unseen(row, other)) return CONFLICT_REMOVED;
  }
  return CONFLICT_NONE;
}

enum conflict_kind merge_conflict(const struct row *row, uint8_t unit) {
  const struct unit_heads *u = &row->units[unit];
  if (row_removed(row)) return removed_conflict(row, unit);
  /* Nearly every unit has one head, and the office's is never in conflict with itself. */
  if (u->count == 0 || (u->count == 1 && is_office(&u->heads[0]))) return CONFLICT_NONE;
  const struct unit_view v = unit_view(row, unit);
  const struct rule_law *law = unit_law(&v);
  return u->count > 1 || law->office_keeps_one ? law->conflict(&v) : CONFLICT_NONE;
}

bool merge_settles(const struct table *t, uint8_t unit, const struct head *a, const struct head *b) {
  struct unit_view v = {.table = t, .unit = unit};
  v.column_count = unit_columns(t, unit, v.columns);
  if (values_equal(a, b, v.column_count)) return true;
  const struct settlement *s = settlement_of(t, unit);
  return s && (s->wins(&v, a, b) || s->wins(&v, b, a));
}
