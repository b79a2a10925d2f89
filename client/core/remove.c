/* remove.c: what somebody entered by mistake, taken away again: a session that was not in the timetable, a
 * note of one's own. The row stays, with its history; it is in no list any more. */
#include "client/core/change.h"
#include "client/core/commands.h"
#include "client/core/register.h"

static err load(struct core *c, struct call *call, uint8_t table, const struct id *id, struct row *out,
                const char *what) {
  TRY(rows_load(c->store->rows, schema_table(table), id, &c->arena, out));
  if (out->exists && !row_removed(out)) return ERR_OK;
  return fault_set(&call->fault, ERR_NOT_FOUND, "there is no such %s on this device", what);
}

static err commit(struct core *c, struct call *call, uint8_t table, const struct id *id,
                  const struct id *activity) {
  struct change ch;
  struct change_row *r = NULL;
  TRY(change_begin(&ch, c, activity, NULL));
  TRY(change_row(&ch, table, id, &r));
  change_remove(r);
  TRY(change_commit(&ch, &call->fault));
  pack_map(call->out, FIELDS_Nothing);
  return ERR_OK;
}

err call_session_remove(struct core *c, struct call *call) {
  const struct id *id = &call->args[ARG_OF(session_remove, session)].id;
  struct row row;
  TRY(register_open(c, call, id));
  TRY(load(c, call, TABLE_session, id, &row, "session"));
  const struct value *adhoc = &row.values[COL(session, adhoc)];
  if (adhoc->kind != VALUE_INT || !adhoc->i)
    return fault_set(&call->fault, ERR_FORBIDDEN,
                     "this session is in the timetable: cancel it, or ask the office to remove it");
  struct id activity = row.values[COL(session, activity)].id;
  TRY(commit(c, call, TABLE_session, id, &activity));
  roster_forget(&c->roster);
  core_topic(c, "today", NULL);
  return ERR_OK;
}

err call_note_remove(struct core *c, struct call *call) {
  const struct id *id = &call->args[ARG_OF(note_remove, note)].id;
  struct row row;
  TRY(load(c, call, TABLE_note, id, &row, "note"));
  if (!id_equal(&row.values[COL(note, staff)].id, &c->who))
    return fault_set(&call->fault, ERR_FORBIDDEN,
                     "this note is a colleague's: only they, or the office, remove it");
  struct id activity = row.values[COL(note, activity)].id, learner = row.values[COL(note, learner)].id;
  TRY(commit(c, call, TABLE_note, id, &activity));
  core_topic(c, "learner:", &learner);
  return ERR_OK;
}
