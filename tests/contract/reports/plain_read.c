/* plain_read.c: every row that a report can be about, and what the definitions ask most often of them, worked
 * out once. */
#include "tests/contract/reports/plain_rows.h"

/* Who stands for a row: pointers are followed to their end. */
static struct id stands_for(const struct plain *p, uint8_t table, size_t column, const struct id *id) {
  struct id at = *id;
  for (int steps = 0; steps < 8; steps++) {
    const struct plain_row *r = plain_find(p, table, &at);
    if (!r || r->values[column].kind != VALUE_ID) break;
    at = r->values[column].id;
  }
  return at;
}
struct id plain_child_of(const struct plain *p, const struct id *learner) {
  return stands_for(p, TABLE_learner, COL(learner, merged_into), learner);
}
static struct id meeting_of(const struct plain *p, const struct id *session) {
  return stands_for(p, TABLE_session, COL(session, same_as), session);
}

static const struct plain_row *find_register(const struct plain *p, const struct plain_row *s) {
  const struct plain_table *t = &p->tables[TABLE_register];
  const struct plain_row *other = NULL;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *r = &t->rows[i];
    if (plain_names(r, COL(register, session), &s->id)) return r;
    struct id meeting = meeting_of(p, &r->values[COL(register, session)].id);
    if (!id_equal(&meeting, &s->id)) continue;
    if (!other || plain_number(r, COL(register, state)) > plain_number(other, COL(register, state)))
      other = r;
  }
  return other;
}

/* The code a child has at a meeting: of several marks the child's own record's at the meeting's own entry,
 * and so on down, see VIEW_MARK_ORDER. */
static int64_t find_code(const struct plain *p, const struct id *child, const struct plain_row *meeting) {
  const struct plain_table *t = &p->tables[TABLE_mark];
  const struct plain_row *best = NULL;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *m = &t->rows[i];
    const struct id *learner = &m->values[COL(mark, learner)].id,
                    *session = &m->values[COL(mark, session)].id;
    if (!id_equal(&p->children[i], child) || !id_equal(&p->meetings[i], &meeting->id)) continue;
    if (plain_number(m, COL(mark, code)) == ENUM_mark_code_none) continue;
    if (!best) {
      best = m;
      continue;
    }
    const struct id *bl = &best->values[COL(mark, learner)].id, *bs = &best->values[COL(mark, session)].id;
    int mine[2] = {!id_equal(learner, child), !id_equal(session, &meeting->id)};
    int theirs[2] = {!id_equal(bl, child), !id_equal(bs, &meeting->id)};
    int order = mine[0] != theirs[0]      ? mine[0] - theirs[0]
                : mine[1] != theirs[1]    ? mine[1] - theirs[1]
                : id_compare(learner, bl) ? id_compare(learner, bl)
                                          : id_compare(session, bs);
    if (order < 0) best = m;
  }
  return best ? plain_number(best, COL(mark, code)) : 0;
}

/* What is asked most often is worked out once, by the same loops. */
static void work_out(struct plain *p) {
  const struct plain_table *marks = &p->tables[TABLE_mark], *places = &p->tables[TABLE_enrolment],
                           *learners = &p->tables[TABLE_learner], *sessions = &p->tables[TABLE_session];
  p->children = arena_take(&p->arena, marks->count + 1, sizeof *p->children);
  p->meetings = arena_take(&p->arena, marks->count + 1, sizeof *p->meetings);
  p->places = arena_take(&p->arena, places->count + 1, sizeof *p->places);
  p->registers = arena_take(&p->arena, sessions->count + 1, sizeof *p->registers);
  p->codes = arena_take(&p->arena, learners->count * sessions->count + 1, sizeof *p->codes);
  ASSERT(p->children && p->meetings && p->places && p->registers && p->codes);
  for (size_t i = 0; i < marks->count; i++) {
    p->children[i] = plain_child_of(p, &marks->rows[i].values[COL(mark, learner)].id);
    p->meetings[i] = meeting_of(p, &marks->rows[i].values[COL(mark, session)].id);
  }
  for (size_t i = 0; i < places->count; i++)
    p->places[i] = plain_child_of(p, &places->rows[i].values[COL(enrolment, learner)].id);
  for (size_t s = 0; s < sessions->count; s++) {
    p->registers[s] = find_register(p, &sessions->rows[s]);
    for (size_t l = 0; l < learners->count; l++)
      p->codes[l * sessions->count + s] = find_code(p, &learners->rows[l].id, &sessions->rows[s]);
  }
}

void plain_read(struct plain *p, struct store *store, const struct now *now) {
  *p = (struct plain){.now_ms = now->wall_ms, .arena = ARENA_INIT(1 << 30)};
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    err e = plain_sql_rows(&p->tables[t->id], store, t, &p->arena);
    ASSERT(e == ERR_OK);
  }
  err rest = plain_sql_cases(p, store);
  if (rest == ERR_OK) rest = plain_sql_disputes(p, store);
  ASSERT(rest == ERR_OK);
  work_out(p);
}
