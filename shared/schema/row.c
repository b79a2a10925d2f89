/* row.c: which columns a unit has, and the order heads stand in. */
#include "shared/schema/row.h"

size_t unit_columns(const struct table *t, uint8_t unit, uint8_t out[op_columns_max]) {
  size_t count = 0;
  for (uint8_t i = 0; i < t->column_count; i++) {
    if (t->columns[i].unit == unit) out[count++] = i;
  }
  return count;
}

int head_compare(const struct head *a, const struct head *b) {
  if (a->stamp != b->stamp) return a->stamp > b->stamp ? -1 : 1;
  return op_id_compare(&b->op, &a->op);
}

int row_removed_column(const struct table *t) {
  switch (t->id) {
  case TABLE_enrolment: return COL(enrolment, removed);
  case TABLE_session: return COL(session, removed);
  case TABLE_absence_notice: return COL(absence_notice, removed);
  case TABLE_note: return COL(note, removed);
  case TABLE_progress: return COL(progress, removed);
  default: return -1;
  }
}

bool row_removed(const struct row *row) {
  int column = row_removed_column(row->table);
  return column >= 0 && row->values[column].kind == VALUE_INT && row->values[column].i != 0;
}
