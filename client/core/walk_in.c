/* walk_in.c: somebody nobody on this device has heard of stands in the hall: a provisional learner with a
 * name, marked here. Who it is, and whether the office knows them already, is the office's to say. */
#include "client/core/commands.h"
#include "client/core/learner_sql.h"
#include "client/core/register.h"

static bool is_space(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

static struct slice trimmed(struct slice text) {
  while (text.len && is_space(text.ptr[0])) text = slice_of(text.ptr + 1, text.len - 1);
  while (text.len && is_space(text.ptr[text.len - 1])) text.len -= 1;
  return text;
}

/* The child and the mark are one change: with room for the first alone, whoever tries again would make a
 * second child. Undo takes the mark back and not the child, of whom a note may have been written by then; so
 * whoever undid it by mistake, and writes the name again, finds the same child. */
static err put_learner(struct change *ch, const struct id *session, struct slice first, struct slice last,
                       struct id *learner) {
  struct change_row *r = NULL;
  bool again = false;
  TRY(visitor_find(ch->core->store, session, first, last, learner, &again));
  if (again) return ERR_OK;
  *learner = entropy_id(&ch->core->config.entropy);
  TRY(change_row(ch, TABLE_learner, learner, &r));
  change_set(r, COL(learner, first_name), value_text(first));
  change_set(r, COL(learner, last_name), last.len ? value_text(last) : value_null());
  change_set(r, COL(learner, status), value_int(ENUM_learner_status_provisional));
  return ERR_OK;
}

err call_walk_in(struct core *c, struct call *call) {
  const struct arg *args = call->args;
  const struct id *session = &args[ARG_OF(walk_in, session)].id;
  const struct arg *last = &args[ARG_OF(walk_in, last_name)];
  struct slice first_name = trimmed(args[ARG_OF(walk_in, first_name)].text);
  struct slice last_name = last->given ? trimmed(last->text) : slice_of(NULL, 0);
  struct mark_wish here = {.code = ENUM_mark_code_P};
  struct change ch;
  struct id learner;
  TRY(register_open(c, call, session));
  TRY(register_check_open(c, call));
  if (first_name.len == 0) return fault_set(&call->fault, ERR_INVALID, "a visitor needs a name");
  TRY(change_begin(&ch, c, &c->roster.session.activity, session));
  TRY(put_learner(&ch, session, first_name, last_name, &learner));
  TRY(mark_put(&ch, &learner, &here));
  TRY(register_text(c, &ch.undo, first_name, " marked here"));
  return register_commit(c, call, &ch);
}
