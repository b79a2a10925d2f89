/* change_words.c: a changeset in words: those its undo shows, or, where it has none, what its ops say. */
#include "client/core/change_words.h"

#include <stdio.h>

#include "client/core/register.h"

enum { words_bytes = 1200 };

static err text_of_parts(struct core *c, const char *before, struct slice name, const char *after,
                         struct slice *out) {
  char text[words_bytes];
  int len = snprintf(text, sizeof text, "%s%.*s%s", before, (int)name.len, (const char *)name.ptr, after);
  if (len < 0 || (size_t)len >= sizeof text) return ERR_TOO_BIG;
  *out = arena_copy(&c->arena, slice_of(text, (size_t)len));
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}

/* A learner this device no longer holds is "a learner". */
static err name_of(struct core *c, const struct value *learner, struct slice *out) {
  *out = slice_text("a learner");
  if (learner->kind != VALUE_ID) return ERR_OK;
  err e = learner_name_of(c->store->rows, &c->arena, &learner->id, out);
  return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static size_t count_of(const struct changeset *cs, uint8_t table) {
  size_t count = 0;
  for (size_t i = 0; i < cs->op_count; i += 1) count += cs->ops[i].table->id == table;
  return count;
}

static err say_mark(struct core *c, const struct changeset *cs, const struct op *op, struct slice *out) {
  char text[64];
  struct slice name;
  size_t marks = count_of(cs, TABLE_mark);
  const struct value *code = &op->values[COL(mark, code)];
  if (marks > 1) {
    (void)snprintf(text, sizeof text, "%zu marks", marks);
    return text_of_parts(c, text, slice_of("", 0), "", out);
  }
  (void)snprintf(text, sizeof text, " marked %s", code->kind == VALUE_INT ? mark_words(code->i) : "");
  TRY(name_of(c, &op->values[COL(mark, learner)], &name));
  return text_of_parts(c, "", name, code->kind == VALUE_INT ? text : ": a time or comment", out);
}

static const char *register_words(const struct op *op) {
  const struct value *state = &op->values[COL(register, state)];
  int64_t s = state->kind == VALUE_INT ? state->i : 0;
  if (s == ENUM_register_state_closed) return "Register finished";
  return s == ENUM_register_state_reopened ? "Register reopened" : "Register opened";
}

/* The tables in the order in which they tell what somebody did: a mark opens its register by the way. */
static const uint8_t telling[] = {
    TABLE_mark,    TABLE_note,      TABLE_progress, TABLE_absence_notice, TABLE_absence_call, TABLE_register,
    TABLE_session, TABLE_enrolment, TABLE_concern,  TABLE_question,       TABLE_visit,
};

static const struct op *telling_op(const struct changeset *cs) {
  for (size_t t = 0; t < sizeof telling; t += 1) {
    for (size_t i = 0; i < cs->op_count; i += 1) {
      if (cs->ops[i].table->id == telling[t]) return &cs->ops[i];
    }
  }
  return NULL;
}

static err say_about(struct core *c, const char *what, const struct value *learner, struct slice *out) {
  struct slice name;
  TRY(name_of(c, learner, &name));
  return text_of_parts(c, what, name, "", out);
}

err change_words(struct core *c, const struct kept *k, const struct changeset *cs, struct slice *out) {
  if (k->undo.len) return text_of_parts(c, "", k->undo, "", out);
  const struct op *op = telling_op(cs);
  switch (op ? op->table->id : 0) {
  case TABLE_mark: return say_mark(c, cs, op, out);
  case TABLE_note: return say_about(c, "Note about ", &op->values[COL(note, learner)], out);
  case TABLE_progress: return say_about(c, "Progress of ", &op->values[COL(progress, learner)], out);
  case TABLE_absence_notice:
    return say_about(c, "Absence notice for ", &op->values[COL(absence_notice, learner)], out);
  case TABLE_absence_call: return say_about(c, "Call about ", &op->values[COL(absence_call, learner)], out);
  case TABLE_enrolment: return say_about(c, "Enrolment of ", &op->values[COL(enrolment, learner)], out);
  case TABLE_register: return text_of_parts(c, register_words(op), slice_of("", 0), "", out);
  case TABLE_concern: return text_of_parts(c, "A safeguarding concern", slice_of("", 0), "", out);
  case TABLE_question: return text_of_parts(c, "An answer to the office", slice_of("", 0), "", out);
  case TABLE_visit: return text_of_parts(c, "A school visit", slice_of("", 0), "", out);
  case TABLE_session: return text_of_parts(c, "Session added or changed", slice_of("", 0), "", out);
  default: return text_of_parts(c, "A change", slice_of("", 0), "", out);
  }
}
