/* guests_sql.c: a learner's marks are found through their enrolments: activity, sessions, marks. Here stand
 * the few of learners who came without being enrolled. An index of all marks by learner touched a page of its
 * own for every mark, which with millions stored cost more than the mark. */
#include <stdlib.h>

#include "server/store/sqlite/sqlite_store.h"

enum { run_marks_min = 4, listed_max = 256 };

/* The meeting at hand, and who was ever enrolled where it belongs: an enrolment that ended leads to the
 * activity's sessions too. */
struct place {
  struct id session, activity; /* activity zero: nobody knows it */
  struct id listed;            /* the activity that `list` is of */
  struct id list[listed_max];  /* rising */
  size_t count;
  bool whole; /* the list has room for all of them */
};

static err find_activity(struct sqlite_store *q, struct place *p) {
  struct stmt *s;
  bool there;
  p->activity = (struct id){{0}};
  TRY(db_stmt(q->db, &s, "SELECT activity FROM session WHERE id=?1"));
  stmt_id(s, 1, &p->session);
  TRY(stmt_step(s, &there));
  if (there) (void)stmt_column_id(s, 0, &p->activity);
  stmt_reset(s);
  return ERR_OK;
}

static err list_enrolled(struct sqlite_store *q, struct place *p) {
  struct stmt *s;
  bool there;
  p->listed = p->activity;
  p->count = 0;
  TRY(db_stmt(
      q->db, &s,
      "SELECT learner FROM enrolment INDEXED BY hub_enrolment_activity WHERE activity=?1 ORDER BY learner"));
  stmt_id(s, 1, &p->activity);
  TRY(stmt_step(s, &there));
  while (there && p->count < listed_max) {
    (void)stmt_column_id(s, 0, &p->list[p->count++]);
    TRY(stmt_step(s, &there));
  }
  p->whole = !there;
  stmt_reset(s);
  return ERR_OK;
}

static err ask_enrolled(struct sqlite_store *q, const struct id *learner, const struct id *activity,
                        bool *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "SELECT 1 FROM enrolment WHERE learner=?1 AND activity=?2"));
  stmt_id(s, 1, learner);
  stmt_id(s, 2, activity);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

static int by_id(const void *a, const void *b) { return id_compare(a, b); }

static err is_enrolled(struct sqlite_store *q, const struct place *p, const struct id *learner, bool *out) {
  *out = false;
  if (id_is_zero(&p->activity)) return ERR_OK;
  if (!p->whole || !id_equal(&p->listed, &p->activity)) return ask_enrolled(q, learner, &p->activity, out);
  *out = p->count && bsearch(learner, p->list, p->count, sizeof *p->list, by_id);
  return ERR_OK;
}

static const struct id *session_of(const struct row *mark) { return &mark->values[COL(mark, session)].id; }
static const struct id *learner_of(const struct row *mark) { return &mark->values[COL(mark, learner)].id; }

/* Whose mark it is may come later than what it says. */
static bool is_whole(const struct row *mark) {
  return mark->values[COL(mark, session)].kind == VALUE_ID &&
         mark->values[COL(mark, learner)].kind == VALUE_ID;
}

static err note(struct sqlite_store *q, const struct place *p, const struct row *mark) {
  struct stmt *s;
  bool enrolled;
  TRY(is_enrolled(q, p, learner_of(mark), &enrolled));
  if (enrolled) return ERR_OK;
  TRY(db_stmt(q->db, &s, "INSERT INTO guest(learner, session) VALUES(?1, ?2) ON CONFLICT DO NOTHING"));
  stmt_id(s, 1, learner_of(mark));
  stmt_id(s, 2, session_of(mark));
  return stmt_run(s);
}

/* The marks of one meeting. Of a register's worth it is cheaper to ask once who is enrolled. */
static err note_run(struct sqlite_store *q, struct place *p, const struct row *const *marks, size_t count) {
  p->session = *session_of(marks[0]);
  TRY(find_activity(q, p));
  bool list = count >= run_marks_min && !id_is_zero(&p->activity) && !id_equal(&p->listed, &p->activity);
  if (list) TRY(list_enrolled(q, p));
  for (size_t i = 0; i < count; i++) TRY(note(q, p, marks[i]));
  return ERR_OK;
}

err guests_note(struct sqlite_store *q, const struct row *const *marks, size_t count) {
  struct place p = {.whole = false};
  for (size_t done = 0, n; done < count; done += n) {
    n = 1;
    if (!is_whole(marks[done])) continue;
    while (done + n < count && is_whole(marks[done + n]) &&
           id_equal(session_of(marks[done]), session_of(marks[done + n])))
      n++;
    TRY(note_run(q, &p, marks + done, n));
  }
  return ERR_OK;
}
