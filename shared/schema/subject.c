/* subject.c: whom a row and an op are about. Erasure follows it, so a table with a column `learner` is about
 * that learner by being in the schema. */
#include <string.h>

#include "shared/schema/schema.h"

bool schema_subject(const struct table *t, uint8_t *column_out) {
  *column_out = op_columns_max;
  if (t->id == TABLE_learner) return true;
  for (uint8_t i = 0; i < t->column_count; i++) {
    *column_out = i;
    if (t->columns[i].type == TYPE_ID && strcmp(t->columns[i].name, "learner") == 0) return true;
  }
  return false;
}

bool op_subject(const struct op *op, struct id *out) {
  uint8_t column;
  if (!schema_subject(op->table, &column)) return false;
  if (column == op_columns_max) {
    *out = op->row;
    return true;
  }
  if (op->values[column].kind != VALUE_ID) return false;
  *out = op->values[column].id;
  return true;
}
