/* change_undo.c: the inverse of a changeset. */
#include "client/core/change_undo.h"

static void fill_required(struct op *op) {
  struct value *code = &op->values[COL(mark, code)];
  struct value *state = &op->values[COL(register, state)];
  if (op->table->id == TABLE_mark && op->units >> 1 & 1 && code->kind == VALUE_NULL)
    *code = value_int(ENUM_mark_code_none);
  if (op->table->id == TABLE_register && state->kind == VALUE_NULL)
    *state = value_int(ENUM_register_state_open);
}

err undo_inverse(struct changeset *out, const struct change *ch, const struct changeset *cs) {
  struct op *ops = arena_take(&ch->core->arena, cs->op_count, sizeof *ops);
  if (!ops) return ERR_NO_MEMORY;
  for (size_t i = 0; i < cs->op_count; i += 1) {
    const struct row *row = &ch->rows[i]->row;
    ops[i] = (struct op){.table = row->table, .row = row->id, .units = cs->ops[i].units};
    for (size_t k = 0; k < row->table->column_count; k += 1) {
      uint8_t unit = row->table->columns[k].unit;
      if (!(ops[i].units >> unit & 1)) continue;
      ops[i].values[k] = unit == 0 ? cs->ops[i].values[k] : row->values[k];
    }
    fill_required(&ops[i]);
  }
  *out = *cs;
  out->ops = ops;
  return ERR_OK;
}
