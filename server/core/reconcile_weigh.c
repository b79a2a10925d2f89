/* reconcile_weigh.c: which matters cannot wait, and which may be kept as they are without a look. */
#include "server/core/reconcile.h"

/* How a mark counts. */
enum standing { STANDING_NONE, STANDING_HERE, STANDING_AWAY, STANDING_EXCUSED };

static enum standing standing_of(int64_t code) {
  switch (code) {
  case ENUM_mark_code_P:
  case ENUM_mark_code_L: return STANDING_HERE;
  case ENUM_mark_code_AN:
  case ENUM_mark_code_AU: return STANDING_AWAY;
  case ENUM_mark_code_SE: return STANDING_EXCUSED;
  default: return STANDING_NONE;
  }
}

/* The code is the first column of its unit. */
static bool is_code(const struct item_view *v, const struct item_choice *c) {
  return c->kind == CHOICE_HEAD && c->table->id == TABLE_mark &&
         v->item.unit == c->table->columns[COL(mark, code)].unit;
}

static int64_t code_of(const struct item_choice *c) {
  return c->values[0].kind == VALUE_INT ? c->values[0].i : ENUM_mark_code_none;
}

bool item_is_urgent(const struct item_view *v) {
  bool here = false, lost = false;
  for (size_t i = 0; i < v->choice_count; i++) {
    const struct item_choice *c = &v->choices[i];
    if (!is_code(v, c)) return false;
    here = here || standing_of(code_of(c)) == STANDING_HERE;
    lost = lost || code_of(c) == ENUM_mark_code_AU;
  }
  return here && lost;
}

static bool is_last_word(const struct item_view *v, const struct item_choice *c) {
  for (uint8_t i = 0; i < c->table->column_count; i++) {
    if (c->table->columns[i].unit == v->item.unit) return c->table->columns[i].rule == RULE_LWW;
  }
  return false;
}

bool item_is_safe(const struct item_view *v) {
  if (v->item.kind != ITEM_CONFLICT || v->choice_count == 0) return false;
  for (size_t i = 0; i < v->choice_count; i++) {
    const struct item_choice *c = &v->choices[i];
    if (c->kind != CHOICE_HEAD) return false;
    bool same = is_code(v, c) && standing_of(code_of(c)) == standing_of(code_of(&v->choices[0]));
    /* A register's state is a last word too, but what is counted depends on it. */
    if (!same && (c->table->id == TABLE_register || !is_last_word(v, c))) return false;
  }
  return true;
}
