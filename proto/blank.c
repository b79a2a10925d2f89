/* blank.c: ops of an erased learner are taken out of changesets in which others' ops must stay. */
#include "proto/changeset.h"
#include "shared/crypto/crypto.h"

void op_blank(struct op *op) {
  const struct id nobody[2] = {{{0}}, {{0}}};
  *op = (struct op){.table = schema_table(TABLE_mark), .units = 1};
  op->values[COL(mark, session)] = value_id(&nobody[0]);
  op->values[COL(mark, learner)] = value_id(&nobody[1]);
  crypto_row_id(&op->row, TABLE_mark, nobody, 2);
}

bool op_is_blank(const struct op *op) {
  const struct value *session = &op->values[COL(mark, session)], *learner = &op->values[COL(mark, learner)];
  return op->table->id == TABLE_mark && session->kind == VALUE_ID && id_is_zero(&session->id) &&
         learner->kind == VALUE_ID && id_is_zero(&learner->id);
}

err changeset_blank(struct changeset *out, const struct changeset *cs, op_about *about, void *ctx,
                    struct arena *a, size_t *left_out) {
  struct op *ops = NULL;
  *out = *cs;
  *left_out = 0;
  for (size_t i = 0; i < cs->op_count; i++) {
    bool blank = op_is_blank(&cs->ops[i]);
    *left_out += !blank;
    if (blank || !about(ctx, &cs->ops[i])) continue;
    if (ops == NULL) {
      ops = arena_take(a, cs->op_count, sizeof *ops);
      if (ops == NULL) return ERR_NO_MEMORY;
      bytes_copy(ops, cs->ops, cs->op_count * sizeof *ops);
      out->ops = ops;
    }
    op_blank(&ops[i]);
    --*left_out;
  }
  return ERR_OK;
}
