/* row.c: which columns a unit has, and the order heads stand in. */
#include "shared/schema/row.h"

size_t unit_columns(const struct table *t, uint8_t unit, uint8_t out[op_columns_max]) {
  size_t count = 0;
  for (uint8_t i = 0; i < t->column_count; i++) {
    if (t->columns[i].unit == unit) out[count++] = i;
  }
  return count;
}

int row_key_compare(const struct row_key *a, const struct row_key *b) {
  if (a->table->id != b->table->id) return a->table->id < b->table->id ? -1 : 1;
  return id_compare(&a->id, &b->id);
}

bool row_key_in(const struct row_key *list, size_t count, const struct table *t, const struct id *id) {
  struct row_key key = {.table = t, .id = *id};
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = row_key_compare(&list[middle], &key);
    if (order == 0) return true;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

int head_compare(const struct head *a, const struct head *b) {
  if (a->stamp != b->stamp) return a->stamp > b->stamp ? -1 : 1;
  return op_id_compare(&b->op, &a->op);
}

/* The Local Plan's registers begin with their column `removed`. A device has none of them. */
#ifdef __wasm__
static bool is_register(const struct table *t) {
  (void)t;
  return false;
}
#else
static bool is_register(const struct table *t) { return t->id >= TABLE_voice && t->id <= TABLE_governance; }
#endif

int row_removed_column(const struct table *t) {
  switch (t->id) {
  case TABLE_enrolment: return COL(enrolment, removed);
  case TABLE_session: return COL(session, removed);
  case TABLE_absence_notice: return COL(absence_notice, removed);
  case TABLE_contact: return COL(contact, removed);
  case TABLE_need: return COL(need, removed);
  case TABLE_note: return COL(note, removed);
  case TABLE_progress: return COL(progress, removed);
  case TABLE_partner: return COL(partner, removed);
  case TABLE_agreement: return COL(agreement, removed);
  case TABLE_survey: return COL(survey, removed);
  case TABLE_closure: return COL(closure, removed);
  case TABLE_term: return COL(term, removed);
  case TABLE_population: return COL(population, removed);
  default: return is_register(t) ? (int)COL(voice, removed) : -1;
  }
}

bool row_removed(const struct row *row) {
  int column = row_removed_column(row->table);
  return column >= 0 && row->values[column].kind == VALUE_INT && row->values[column].i != 0;
}
