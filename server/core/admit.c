/* admit.c: admission. The author must be assigned to the device, and be granted the activity of every row the
 * changeset writes: for a session and what hangs on it on the session's date, for anything else on the day it
 * was written or the day it came. */
#include "server/core/admit.h"

void admit_init(struct admit *a, struct work *w) {
  *a = (struct admit){.work = w, .arena = ARENA_INIT(job_bytes_max)};
}

void admit_finish(struct admit *a) { arena_finish(&a->arena); }

/* What a field device may write at all. The rest is the office's; in the field it would be a way to grant
 * oneself rights. */
static bool field_writes(const struct table *t) {
  switch (t->id) {
  case TABLE_learner:
  case TABLE_enrolment:
  case TABLE_session:
  case TABLE_register:
  case TABLE_mark:
  case TABLE_arrival:
  case TABLE_absence_call:
  case TABLE_absence_notice:
  case TABLE_note:
  case TABLE_progress:
  case TABLE_concern:
  case TABLE_question:
  case TABLE_visit: return true;
  default: return false;
  }
}

static err find_rights(struct admit *a, const struct id *device, const struct id *author,
                       const struct store_rights **out) {
  for (size_t i = 0; i < a->count; i++) {
    struct admit_author *one = &a->authors[i];
    *out = &one->rights;
    if (id_equal(&one->author, author) && id_equal(&one->device, device)) return ERR_OK;
  }
  struct admit_author *one = &a->authors[a->next];
  a->next = (a->next + 1) % admit_authors_max;
  if (a->count < admit_authors_max) a->count++;
  *one = (struct admit_author){.device = *device, .author = *author};
  *out = &one->rights;
  return a->work->store->ops->rights(a->work->store, device, author, &a->arena, &one->rights);
}

/* One changeset under judgement. */
struct judge {
  struct work *work;
  const struct store_rights *rights;
  const struct changeset *cs;
  int32_t written, today;
  bool door; /* a grant for the door is enough */
};

static bool assigned_on(const struct judge *j, int32_t date) {
  for (size_t i = 0; i < j->rights->assigned_count; i++) {
    const struct store_span *s = &j->rights->assigned[i];
    if (span_covers(s->starts, s->ends, date)) return true;
  }
  return false;
}

/* A grant for the door lets a kiosk show names and take arrivals, not write registers. */
static bool granted_on(const struct judge *j, const struct id *activity, int32_t date) {
  for (size_t i = 0; i < j->rights->granted_count; i++) {
    const struct store_span *s = &j->rights->granted[i];
    if ((s->role == ENUM_grant_role_door && !j->door) || !span_covers(s->starts, s->ends, date)) continue;
    if (!activity || id_equal(&s->activity, activity)) return true;
  }
  return false;
}

static bool granted(const struct judge *j, const struct id *activity) {
  return granted_on(j, activity, j->written) || granted_on(j, activity, j->today);
}

static bool has_unit(const struct op *op, uint8_t unit) { return op->units >> unit & 1; }

/* A value as the row has it, and as the op would have it; both must be permitted where both are there. */
struct claim {
  const struct value *stored, *written;
};
static struct claim claim_of(const struct row *row, const struct op *op, size_t column) {
  struct claim c = {.stored = NULL};
  if (row->exists && row->values[column].kind != VALUE_NULL) c.stored = &row->values[column];
  if (op && has_unit(op, op->table->columns[column].unit) && op->values[column].kind != VALUE_NULL)
    c.written = &op->values[column];
  return c;
}

static const struct op *op_on(const struct changeset *cs, const struct table *t, const struct id *row) {
  for (size_t i = 0; i < cs->op_count; i++) {
    if (cs->ops[i].table == t && id_equal(&cs->ops[i].row, row)) return &cs->ops[i];
  }
  return NULL;
}

static bool claim_granted(const struct judge *j, struct claim activity, int32_t date) {
  if (activity.stored && !granted_on(j, &activity.stored->id, date)) return false;
  return !activity.written || granted_on(j, &activity.written->id, date);
}

/* The session as it is and as this changeset makes it. */
static err judge_session(const struct judge *j, const struct id *id, err *reason) {
  struct work_row *r;
  const struct table *t = schema_table(TABLE_session);
  TRY(work_row(&r, j->work, t, id));
  const struct op *op = op_on(j->cs, t, id);
  struct claim activity = claim_of(&r->row, op, COL(session, activity)),
               date = claim_of(&r->row, op, COL(session, date));
  *reason = ERR_NOT_FOUND;
  if (!activity.stored && !activity.written) return ERR_OK;
  if (!date.stored && !date.written) return ERR_OK;
  *reason = ERR_FORBIDDEN;
  if (date.stored && !claim_granted(j, activity, (int32_t)date.stored->i)) return ERR_OK;
  if (date.written && !date.stored && !claim_granted(j, activity, (int32_t)date.written->i)) return ERR_OK;
  *reason = ERR_OK;
  return ERR_OK;
}

static err judge_activity(const struct judge *j, const struct op *op, size_t column, err *reason) {
  struct work_row *r;
  TRY(work_row(&r, j->work, op->table, &op->row));
  struct claim activity = claim_of(&r->row, op, column);
  *reason = ERR_NOT_FOUND;
  if (!activity.stored && !activity.written) return ERR_OK;
  *reason = ERR_FORBIDDEN;
  if (activity.stored && !granted(j, &activity.stored->id)) return ERR_OK;
  if (activity.written && !granted(j, &activity.written->id)) return ERR_OK;
  *reason = ERR_OK;
  return ERR_OK;
}

/* Notes and progress are signed: nobody writes them in a colleague's name, nor on what a colleague signed. */
static err judge_signed(const struct judge *j, const struct op *op, size_t activity, size_t staff,
                        err *reason) {
  TRY(judge_activity(j, op, activity, reason));
  struct work_row *r;
  TRY(work_row(&r, j->work, op->table, &op->row));
  struct claim signer = claim_of(&r->row, op, staff);
  bool other = (signer.stored && !id_equal(&signer.stored->id, &j->cs->author)) ||
               (signer.written && !id_equal(&signer.written->id, &j->cs->author));
  if (*reason == ERR_OK && other) *reason = ERR_FORBIDDEN;
  return ERR_OK;
}

/* A learner is the author's who teaches them, or enrols them with this very changeset; a new one is anybody's
 * who teaches. */
static err judge_learner(const struct judge *j, const struct id *learner, err *reason) {
  struct work_row *r;
  struct id *streams;
  size_t count;
  *reason = ERR_OK;
  TRY(work_row(&r, j->work, schema_table(TABLE_learner), learner));
  if (!r->row.exists && granted(j, NULL)) return ERR_OK;
  for (size_t i = 0; i < j->cs->op_count; i++) {
    const struct op *op = &j->cs->ops[i];
    if (op->table->id != TABLE_enrolment || !id_equal(&op->values[COL(enrolment, learner)].id, learner))
      continue;
    if (granted(j, &op->values[COL(enrolment, activity)].id)) return ERR_OK;
  }
  struct work *w = j->work;
  TRY(w->store->ops->learner_streams(w->store, learner, j->written, &w->arena, &streams, &count));
  for (size_t i = 0; i < count; i++) {
    if (granted(j, &streams[i])) return ERR_OK;
  }
  *reason = ERR_FORBIDDEN;
  return ERR_OK;
}

static err judge_notice(const struct judge *j, const struct op *op, err *reason) {
  struct work_row *r;
  TRY(work_row(&r, j->work, op->table, &op->row));
  struct claim learner = claim_of(&r->row, op, COL(absence_notice, learner));
  *reason = learner.stored || learner.written ? ERR_OK : ERR_NOT_FOUND;
  if (learner.stored) TRY(judge_learner(j, &learner.stored->id, reason));
  if (learner.written && *reason == ERR_OK) TRY(judge_learner(j, &learner.written->id, reason));
  return ERR_OK;
}

/* What somebody did at the door is not written over, only taken back by another row. */
static err judge_arrival(const struct judge *j, const struct op *op, err *reason) {
  struct judge at_door = *j;
  struct work_row *r;
  at_door.door = true;
  TRY(work_row(&r, j->work, op->table, &op->row));
  *reason = ERR_FORBIDDEN;
  if (r->row.exists || !has_unit(op, 0)) return ERR_OK;
  return judge_session(&at_door, &op->values[COL(arrival, session)].id, reason);
}

/* A call is signed and as final as an arrival. */
static err judge_call(const struct judge *j, const struct op *op, err *reason) {
  struct work_row *r;
  TRY(work_row(&r, j->work, op->table, &op->row));
  *reason = ERR_FORBIDDEN;
  if (r->row.exists || !has_unit(op, 0)) return ERR_OK;
  if (!id_equal(&op->values[COL(absence_call, staff)].id, &j->cs->author)) return ERR_OK;
  return judge_session(j, &op->values[COL(absence_call, session)].id, reason);
}

/* Whoever may sign in on the device may be afraid for a child, granted or not: nobody is told to wait. It is
 * signed, and as final as a call. */
static err judge_concern(const struct judge *j, const struct op *op, err *reason) {
  struct work_row *r;
  TRY(work_row(&r, j->work, op->table, &op->row));
  bool own = id_equal(&op->values[COL(concern, staff)].id, &j->cs->author);
  *reason = r->row.exists || !has_unit(op, 0) || !own ? ERR_FORBIDDEN : ERR_OK;
  return ERR_OK;
}

/* What somebody saw at a school is theirs to write, whose work visiting is; the office has its own way. */
static err judge_visit(const struct judge *j, const struct op *op, err *reason) {
  struct work_row *r, *author;
  TRY(work_row(&r, j->work, op->table, &op->row));
  TRY(work_row(&author, j->work, schema_table(TABLE_staff), &j->cs->author));
  struct claim visitor = claim_of(&r->row, op, COL(visit, staff));
  const struct value *roles = &author->row.values[COL(staff, roles)];
  bool may = roles->kind == VALUE_INT && roles_visit(roles->i);
  bool own = !visitor.stored || id_equal(&visitor.stored->id, &j->cs->author);
  if (visitor.written && !id_equal(&visitor.written->id, &j->cs->author)) own = false;
  *reason = !visitor.stored && !visitor.written ? ERR_NOT_FOUND : may && own ? ERR_OK : ERR_FORBIDDEN;
  return ERR_OK;
}

/* Whoever was asked answers, and writes nothing else of it. */
static err judge_answer(const struct judge *j, const struct op *op, err *reason) {
  struct work_row *r;
  TRY(work_row(&r, j->work, op->table, &op->row));
  const struct value *asked = &r->row.values[COL(question, staff)];
  bool own = asked->kind == VALUE_ID && id_equal(&asked->id, &j->cs->author);
  bool answers = op->units == 1U << op->table->columns[COL(question, answer)].unit;
  *reason = !r->row.exists ? ERR_NOT_FOUND : own && answers ? ERR_OK : ERR_FORBIDDEN;
  return ERR_OK;
}

/* Who are one child, or which entries one meeting, is the office's to say. */
static bool points(const struct op *op) {
  switch (op->table->id) {
  case TABLE_learner: return op->values[COL(learner, merged_into)].kind == VALUE_ID;
  case TABLE_session: return op->values[COL(session, same_as)].kind == VALUE_ID;
  default: return false;
  }
}

/* In the field only what was entered there is removed: a meeting that was not in the timetable, and one's own
 * words, which judge_signed looks after. */
static err judge_removal(const struct judge *j, const struct op *op, err *reason) {
  struct work_row *r;
  if (op->table->id != TABLE_session || !has_unit(op, op->table->columns[COL(session, removed)].unit))
    return ERR_OK;
  TRY(work_row(&r, j->work, op->table, &op->row));
  if (!r->row.exists) return ERR_OK;
  const struct value *adhoc = &r->row.values[COL(session, adhoc)];
  if (adhoc->kind != VALUE_INT || !adhoc->i) *reason = ERR_FORBIDDEN;
  return ERR_OK;
}

static err judge_place(const struct judge *j, const struct op *op, err *reason) {
  switch (op->table->id) {
  case TABLE_learner: return judge_learner(j, &op->row, reason);
  case TABLE_absence_notice: return judge_notice(j, op, reason);
  case TABLE_enrolment: return judge_activity(j, op, COL(enrolment, activity), reason);
  case TABLE_session: return judge_session(j, &op->row, reason);
  case TABLE_register: return judge_session(j, &op->values[COL(register, session)].id, reason);
  case TABLE_mark: return judge_session(j, &op->values[COL(mark, session)].id, reason);
  case TABLE_arrival: return judge_arrival(j, op, reason);
  case TABLE_absence_call: return judge_call(j, op, reason);
  case TABLE_concern: return judge_concern(j, op, reason);
  case TABLE_question: return judge_answer(j, op, reason);
  case TABLE_visit: return judge_visit(j, op, reason);
  case TABLE_note: return judge_signed(j, op, COL(note, activity), COL(note, staff), reason);
  case TABLE_progress: return judge_signed(j, op, COL(progress, activity), COL(progress, staff), reason);
  default: *reason = ERR_FORBIDDEN; return ERR_OK;
  }
}

bool admit_is_of_the_field(const struct changeset *cs) {
  for (size_t i = 0; i < cs->op_count; i++) {
    if (!field_writes(cs->ops[i].table)) return false;
  }
  return true;
}

static err judge_op(const struct judge *j, const struct op *op, err *reason) {
  *reason = ERR_FORBIDDEN;
  if (points(op)) return ERR_OK;
  TRY(judge_place(j, op, reason));
  return *reason == ERR_OK ? judge_removal(j, op, reason) : ERR_OK;
}

err admit_changeset(struct admit *a, const struct id *device, const struct changeset *cs, err *reason) {
  struct judge j = {.work = a->work, .cs = cs, .today = a->work->today};
  int32_t minute;
  int64_t latest = a->work->now.wall_ms;
  int64_t written_ms = cs->stamp > (uint64_t)latest ? latest : (int64_t)cs->stamp;
  uk_civil(written_ms, &j.written, &minute);
  TRY(find_rights(a, device, &cs->author, &j.rights));
  *reason = ERR_FORBIDDEN;
  if (!assigned_on(&j, j.written) && !assigned_on(&j, j.today)) return ERR_OK;
  if (!admit_is_of_the_field(cs)) return ERR_OK;
  for (size_t i = 0; i < cs->op_count; i++) {
    TRY(judge_op(&j, &cs->ops[i], reason));
    if (*reason != ERR_OK) return ERR_OK;
  }
  *reason = ERR_OK;
  return ERR_OK;
}
