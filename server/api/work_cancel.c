/* work_cancel.c: a register that is missing because the meeting did not take place: the office says so, with
 * the cause that lessons owed follow from, and why it thinks so. */
#include <stdio.h>

#include "server/api/input.h"
#include "server/api/work.h"
#include "server/core/ingest.h"
#include "server/core/release.h"

struct cancelling {
  struct slice cause, reason;
};
static const struct input_field cancel_input[] = {
    {"cause", INPUT_TEXT, true, 32, offsetof(struct cancelling, cause)},
    {"reason", INPUT_TEXT, true, reason_bytes_max, offsetof(struct cancelling, reason)},
};

/* Only what is missing: a register that somebody finished says that it took place. */
static err check_missing(struct api_call *c) {
  struct view_register r;
  err e = views_session(c->store, &c->id, &c->x->now, &c->x->arena, &r);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "this hub has no session with that id");
  TRY(e);
  if (r.state == VIEW_CANCELLED) return fault_set(&c->fault, ERR_CONFLICT, "it is cancelled already");
  if (r.state == VIEW_CLOSED)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "its register is finished: it took place. Open the register to see it");
  return ERR_OK;
}

static err write_it(struct api_call *c, const struct op *op, struct slice reason) {
  struct office_result result;
  struct op *ops;
  size_t count;
  char detail[id_text_bytes];
  const struct office_act act = {
      .action = "session.cancel", .detail = detail, .words = reason, .about = c->id};
  id_text(detail, &c->id);
  TRY(work_with_questions(c, op, 1, &ops, &count));
  TRY(office_do(&result, c->api->config.hub, c->store, &c->x->now, &c->login.user, ops, count, &act,
                &c->fault));
  c->x->changes = result.changes;
  return ERR_OK;
}

static err cancel_step(struct api_call *c) {
  const struct cancelling *in = c->own;
  const struct table *t = schema_table(TABLE_session);
  struct op op = {.table = t, .row = c->id, .units = 1U << t->columns[COL(session, status)].unit};
  TRY(check_missing(c));
  op.values[COL(session, status)] = value_int(ENUM_session_status_cancelled);
  op.values[COL(session, cause)] = value_int(schema_enum_number(schema_enum("cancel_cause"), in->cause));
  TRY(write_it(c, &op, in->reason));
  return api_answer(c, json_object());
}

err api_work_cancel(struct api_call *c) {
  struct cancelling *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, cancel_input, sizeof cancel_input / sizeof *cancel_input, in));
  TRY(reason_check(in->reason, &c->fault));
  if (schema_enum_number(schema_enum("cancel_cause"), in->cause) == 0)
    return fault_set(&c->fault, ERR_INVALID,
                     "\"cause\" must be one of the causes a session is cancelled for");
  return api_then(c, HTTP_WRITER, cancel_step);
}
