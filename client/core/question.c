/* question.c: what the office asks the person signed in, and what they answer: once, and with no line too. */
#include "client/core/change.h"
#include "client/core/commands.h"
#include "client/core/question_sql.h"

static err answer_questions(struct core *c, struct packer *p) {
  struct id ids[list_items_max];
  size_t count = 0;
  TRY(question_ids(c->store, &c->who, ids, &count));
  pack_map(p, FIELDS_Questions);
  pack_word(p, "questions");
  pack_array(p, count);
  for (size_t i = 0; i < count; i += 1) {
    struct row row;
    TRY(rows_load(c->store->rows, schema_table(TABLE_question), &ids[i], &c->arena, &row));
    const struct value *session = &row.values[COL(question, session)];
    pack_map(p, FIELDS_Question);
    answer_id(p, "id", &ids[i]);
    answer_text(p, "text", text_of(&row.values[COL(question, text)]));
    answer_text_or_nil(p, "asked_by", text_of(&row.values[COL(question, asked_by)]));
    answer_id(p, "session", session->kind == VALUE_ID ? &session->id : NULL);
  }
  return ERR_OK;
}

err call_question_list(struct core *c, struct call *call) { return answer_questions(c, call->out); }

err call_question_answer(struct core *c, struct call *call) {
  const struct id *id = &call->args[ARG_OF(question_answer, question)].id;
  struct slice text = call->args[ARG_OF(question_answer, text)].text;
  struct change ch;
  struct change_row *r = NULL;
  TRY(change_begin(&ch, c, &c->who, NULL));
  TRY(change_row(&ch, TABLE_question, id, &r));
  const struct value *v = r->row.values;
  if (!r->row.exists || !id_equal(&v[COL(question, staff)].id, &c->who))
    return fault_set(&call->fault, ERR_NOT_FOUND, "nobody asks you that on this device");
  if (v[COL(question, withdrawn)].kind == VALUE_INT && v[COL(question, withdrawn)].i)
    return fault_set(&call->fault, ERR_CONFLICT, "the office has decided it meanwhile: no answer is needed");
  if (v[COL(question, answer)].kind == VALUE_TEXT)
    return fault_set(&call->fault, ERR_CONFLICT, "that is answered already");
  if (text.len == 0) return fault_set(&call->fault, ERR_INVALID, "write an answer first");
  change_set(r, COL(question, answer), value_text(text));
  TRY(change_commit(&ch, &call->fault));
  core_topic(c, "questions", NULL);
  return answer_questions(c, call->out);
}
