/* undo.c: taking the latest step of a register back, as new ops with their own bases. */
#include "client/core/change_undo.h"
#include "client/core/commands.h"
#include "client/core/register.h"

/* Whether the row holds what the op says. The time a register was put into a state is a stamp and need not be
 * compared. */
static bool holds(const struct op *written, const struct row *row, uint8_t unit) {
  const struct table *t = written->table;
  for (size_t i = 0; i < t->column_count; i += 1) {
    if (t->columns[i].unit != unit) continue;
    if (t->id == TABLE_register && i == COL(register, at)) continue;
    if (!value_equal(&written->values[i], &row->values[i])) return false;
  }
  return true;
}

static void put_back(struct change_row *r, const struct op *back, uint8_t unit) {
  for (size_t i = 0; i < back->table->column_count; i += 1) {
    if (back->table->columns[i].unit == unit) change_set(r, i, back->values[i]);
  }
}

static err undo_op(struct change *ch, const struct op *written, const struct op *back, bool *any) {
  struct change_row *r = NULL;
  bool here = false;
  TRY(change_row(ch, back->table->id, &back->row, &r));
  for (uint8_t unit = 1; unit < back->table->unit_count; unit += 1) {
    if (!(back->units >> unit & 1)) continue;
    /* What somebody changed since stays, and what is as it was needs nothing. */
    if (!holds(written, &r->row, unit) || holds(back, &r->row, unit)) continue;
    put_back(r, back, unit);
    here = true;
  }
  if (here && back->table->key_count) put_back(r, back, 0);
  if (back->table->id == TABLE_register) r->stamp_column = COL(register, at);
  *any = *any || here;
  return ERR_OK;
}

static bool touches_register(const struct changeset *cs) {
  for (size_t i = 0; i < cs->op_count; i += 1) {
    if (cs->ops[i].table->id == TABLE_register) return true;
  }
  return false;
}

static err forget_step(struct core *c, const struct kept *k) {
  TRY(store_begin(c->store));
  return store_end(c->store, kept_undone(c->store, k->counter));
}

static err undo_step(struct core *c, struct call *call, struct change *ch, const struct kept *k) {
  struct changeset written;
  struct changeset back;
  bool any = false;
  TRY(changeset_decode(&written, k->bytes, &c->arena));
  err e = undo_decode(&back, k->inverse, &written, &c->arena);
  if (e ==
      ERR_INVALID) /* such as a word that this one has no name for: it can keep it, but not put it back */
    return fault_set(&call->fault, ERR_CONFLICT,
                     "a newer program wrote what was there before: update this one to undo that");
  TRY(e);
  if (written.op_count != back.op_count) return ERR_CORRUPT;
  if (!touches_register(&back)) TRY(register_check_open(c, call));
  for (size_t i = 0; i < back.op_count; i += 1) TRY(undo_op(ch, &written.ops[i], &back.ops[i], &any));
  if (any) return ERR_OK;
  TRY(forget_step(c, k));
  TRY(roster_take_undo(c));
  return fault_set(&call->fault, ERR_CONFLICT, "that was changed by somebody else since; nothing was undone");
}

err call_undo(struct core *c, struct call *call) {
  const struct id *session = &call->args[ARG_OF(undo, session)].id;
  struct change ch;
  struct kept k;
  size_t steps = 0;
  TRY(register_open(c, call, session));
  TRY(kept_undo(c->store, session, &c->arena, &k, &steps));
  if (steps == 0) return fault_set(&call->fault, ERR_CONFLICT, "there is nothing to undo in this register");
  TRY(change_begin(&ch, c, &c->roster.session.activity, session));
  TRY(undo_step(c, call, &ch, &k));
  ch.undoes = k.counter;
  return register_commit(c, call, &ch);
}
