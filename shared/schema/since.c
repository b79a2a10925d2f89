/* since.c: which schema version a thing came with, and so the lowest one that can say what an op says. */
#include "shared/schema/schema.h"

uint8_t unit_since(const struct table *t, uint8_t unit) {
  for (size_t i = 0; i < t->column_count; i++) {
    if (t->columns[i].unit == unit) return t->columns[i].since;
  }
  return t->since;
}

uint32_t units_until(const struct table *t, uint32_t schema) {
  uint32_t units = 0;
  for (uint8_t unit = 0; unit < t->unit_count; unit++) {
    if (unit_since(t, unit) <= schema) units |= UINT32_C(1) << unit;
  }
  return units;
}

uint8_t value_since(const struct column *c, const struct value *v) {
  uint8_t since = 1;
  if (!c->vocabulary || v->kind != VALUE_INT) return since;
  for (const struct enum_value *word = c->vocabulary->values; word->word; word++) {
    bool said = c->type == TYPE_SET ? v->i >> (word->number - 1) & 1 : v->i == word->number;
    if (said && word->since > since) since = word->since;
  }
  return since;
}

static void raise(uint32_t *since, uint8_t to) {
  if (to > *since) *since = to;
}

uint32_t op_since(const struct op *op) {
  uint32_t since = op->table->since;
  for (size_t i = 0; i < op->table->column_count; i++) {
    const struct column *c = &op->table->columns[i];
    if ((op->units >> c->unit & 1) == 0) continue;
    raise(&since, c->since);
    raise(&since, value_since(c, &op->values[i]));
  }
  return since;
}

uint32_t changeset_since(const struct changeset *cs) {
  uint32_t since = 1;
  for (size_t i = 0; i < cs->op_count; i++) {
    uint32_t needs = op_since(&cs->ops[i]);
    if (needs > since) since = needs;
  }
  return since;
}
