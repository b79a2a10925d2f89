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

/* Values of a row as they are put back; a row that was not there had none. A child that was written down
 * stays as written: only what was said of them is taken back. */
static void put_old(struct op *back, const struct op *written, const struct value *old) {
  if (written->table->id == TABLE_learner) {
    *back = *written;
    back->bases = NULL;
    back->base_count = 0;
    return;
  }
  *back = (struct op){.table = written->table, .row = written->row, .units = written->units};
  for (size_t k = 0; k < back->table->column_count; k += 1) {
    uint8_t unit = back->table->columns[k].unit;
    if (!(back->units >> unit & 1)) continue;
    if (unit == 0) back->values[k] = written->values[k];
    if (unit != 0 && old) back->values[k] = old[k];
  }
  fill_required(back);
}

static bool all_new(const struct change *ch, const struct changeset *cs) {
  for (size_t i = 0; i < cs->op_count; i += 1) {
    if (ch->rows[i]->row.exists) return false;
  }
  return true;
}

err undo_encode(struct buf *out, const struct change *ch, const struct changeset *cs) {
  struct changeset back = *cs;
  if (all_new(ch, cs)) return buf_put_u8(out, undo_of_new_rows);
  struct op *ops = arena_take(&ch->core->arena, cs->op_count, sizeof *ops);
  if (!ops) return ERR_NO_MEMORY;
  for (size_t i = 0; i < cs->op_count; i += 1) put_old(&ops[i], &cs->ops[i], ch->rows[i]->row.values);
  back.ops = ops;
  return changeset_encode(out, &back);
}

err undo_decode(struct changeset *out, struct slice inverse, const struct changeset *written,
                struct arena *a) {
  if (inverse.len != 1 || inverse.ptr[0] != undo_of_new_rows) return changeset_decode(out, inverse, a);
  struct op *ops = arena_take(a, written->op_count, sizeof *ops);
  if (!ops) return ERR_NO_MEMORY;
  for (size_t i = 0; i < written->op_count; i += 1) put_old(&ops[i], &written->ops[i], NULL);
  *out = *written;
  out->ops = ops;
  return ERR_OK;
}
