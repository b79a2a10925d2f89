/* views.h: private to this folder: what the office's views share. */
#ifndef TUTTI_SERVER_SQLITE_VIEWS_H
#define TUTTI_SERVER_SQLITE_VIEWS_H

#include "server/store/sqlite/sqlite_store.h"
#include "shared/db/closure_sql.h"
#include "shared/merge/merge.h"

/* In SQL: the id an id stands for; and everybody who stands for the same child or meeting, as a column "id".
 */
#define VIEW_CANON(id) "coalesce((SELECT canon FROM alias WHERE id=" id "), " id ")"
#define VIEW_CLASS(id)                                                                                       \
  "(SELECT " id " AS id UNION SELECT y.id FROM alias x JOIN alias y ON y.canon=x.canon WHERE x.id=" id ")"
/* What another system calls a child: by the record that stands, or by another one of it; and behind all
 * others a UPN that ends with a letter, which is a temporary one, and a school's number that was set aside.
 */
#define VIEW_NUMBER(column, id)                                                                              \
  "(SELECT vk." column " FROM learner_key vk WHERE vk.learner IN " VIEW_CLASS(                               \
      id) " AND vk." column "<>'' ORDER BY " VIEW_BEHIND(column) ", vk.learner<>" id ", vk.learner LIMIT 1)"
#define VIEW_BEHIND(column)                                                                                  \
  "iif('" column "'='upn', substr(vk." column ", -1)>'9', vk.mis_aside IS vk.mis_id)"
#define VIEW_CLASS_1       VIEW_CLASS("?1")
#define VIEW_CLASS_2       VIEW_CLASS("?2")
#define VIEW_CLASS_LEARNER VIEW_CLASS("m.learner")
#define VIEW_CLASS_SESSION VIEW_CLASS("m.session")
#define VIEW_CANON_LEARNER VIEW_CANON("m.learner")
#define VIEW_CANON_SESSION VIEW_CANON("m.session")
/* Where a child may have marks: every session of the activities they were ever enrolled in, and those they
 * visited. All marks of a child are found through it, because there is no index of marks by learner. */
#define VIEW_SESSIONS_OF(children)                                                                           \
  "(SELECT vs.id FROM enrolment ve JOIN session vs ON vs.activity=ve.activity WHERE ve.learner IN " children \
  " UNION SELECT vv.session FROM guest vv WHERE vv.learner IN " children ")"
#define VIEW_SESSIONS_OF_1 VIEW_SESSIONS_OF(VIEW_CLASS_1)
/* The marks of meetings, given as a table with a column "id". Theirs begin as the meeting's own does, so
 * there is no index of them: it took half as many pages as the marks themselves. Nor may SQLite make one for
 * the moment, of all marks there are, where it takes the meetings for many: hence the plus. */
#define VIEW_MARKS_OF(meetings, m) meetings " h_" m " CROSS JOIN mark " m " ON " VIEW_IS_OF(m, "h_" m ".id")
#define VIEW_IS_OF(m, meeting)     ROWS_BY_FIRST_KEY(m ".id", "+" m ".session", meeting)
#define VIEW_MARKS_OF_1            VIEW_MARKS_OF(VIEW_CLASS_1, "m")
#define VIEW_MARKS_OF_2            VIEW_MARKS_OF(VIEW_CLASS_2, "m")
/* Of several marks of one child at one meeting, which counts: that of the canonical child, at the canonical
 * meeting; of what is left the lowest ids. Every view counts by this order. */
#define VIEW_MARK_ORDER(session, learner)                                                                    \
  "m.learner<>" learner ", m.session<>" session ", m.learner, m.session"
/* The notices that cover the day of a mark, whoever of the same child they name. */
#define VIEW_EXPLAINED(mark)                                                                                 \
  "(SELECT w.id FROM mark k JOIN session v ON v.id=k.session JOIN absence_notice w ON w.learner "            \
  "IN " VIEW_CLASS("k.learner") " WHERE k.id=" mark                                                          \
                                " AND w.removed IS NOT 1 AND w.starts<=v.date AND w.ends>=v.date)"
/* A sign-in that nobody took back, nor undid by signing out. */
#define VIEW_DOOR_IN(session, learner)                                                                       \
  "(SELECT max(d.at) FROM arrival d WHERE d.session=" session " AND d.learner=" learner                      \
  " AND d.way=1 AND d.voids IS NULL AND NOT EXISTS(SELECT 1 FROM arrival u WHERE u.session=d.session AND "   \
  "u.voids=d.id))"
#define VIEW_EXPLAINED_1    VIEW_EXPLAINED("?1")
#define VIEW_EXPLAINED_ITEM VIEW_EXPLAINED("item.row")
/* What is open of the table `conflict`: away against away is no matter while a notice explains it. */
#define VIEW_OPEN_CONFLICT "(conflict.kind<>6 OR NOT EXISTS " VIEW_EXPLAINED("conflict.row") ")"
#define VIEW_MARK_ORDER_12 VIEW_MARK_ORDER("?1", "?2")
/* What a tutor wrote for tutors alone the office does not read, though it must be handed out to whom it is
 * about. */
#define VIEW_NOTE_FOR_OFFICE(n) n ".removed IS NOT 1 AND " n ".visibility IS NOT 1"
_Static_assert(ENUM_visibility_tutor == 1, "as in SQL");
/* A meeting whose marks count: it took place, nobody says otherwise, and its register is closed. One that was
 * entered twice has the register of whichever entry has one; its own comes first. */
#define VIEW_COUNTS(s)                                                                                       \
  s ".removed IS NOT 1 AND " s ".status=2 AND NOT " VIEW_DISPUTED(s) " AND " VIEW_STATE(s) "=2"
#define VIEW_DISPUTED(s)  "EXISTS(SELECT 1 FROM conflict cs WHERE cs.row=" s ".id AND cs.tbl=10 AND cs.unit=2)"
#define VIEW_STATE(s)     "coalesce(" VIEW_STATE_OWN(s) ", " VIEW_STATE_OTHER(s) ")"
#define VIEW_STATE_OWN(s) "(SELECT rs.state FROM register rs WHERE " VIEW_IS_OF("rs", s ".id") ")"
#define VIEW_STATE_OTHER(s)                                                                                  \
  "(SELECT ro.state FROM alias zs CROSS JOIN register ro ON " VIEW_STATE_OF " WHERE zs.canon=" s             \
  ".id ORDER BY ro.state DESC LIMIT 1)"
#define VIEW_STATE_OF VIEW_IS_OF("ro", "zs.id")
_Static_assert(ENUM_session_status_delivered == 2 && ENUM_register_state_closed == 2 && TABLE_session == 10,
               "as in SQL");
#define VIEW_CLOSURE CLOSURE_REASON
/* A session that another one stands for is in no list. */
#define VIEW_STANDS(s)                                                                                       \
  s ".removed IS NOT 1 AND NOT EXISTS(SELECT 1 FROM alias z WHERE z.id=" s ".id AND z.canon<>z.id)"

/* Of the activity ?2 from the day ?1 on: planned, and nobody has touched it. */
#define VIEW_PLANNED                                                                                         \
  "s.activity=?2 AND s.date>=?1 AND s.status=1 AND " VIEW_STANDS(                                            \
      "s") " AND NOT EXISTS (SELECT 1 FROM "                                                                 \
           "register r WHERE " VIEW_IS_OF("r", "s.id") ") AND NOT EXISTS "                                   \
                                                       "(SELECT 1 FROM mark m "                              \
                                                       "WHERE " VIEW_IS_OF("m", "s."                         \
                                                                                "id") ")"
_Static_assert(ENUM_session_status_scheduled == 1, "as in SQL");

/* The statement whose row view_summary reads, bound to one session; or to all of a day, in no order. */
MUST_USE err view_session_stmt(struct sqlite_store *q, const struct id *session, struct stmt **out);
MUST_USE err view_day_stmt(struct sqlite_store *q, int32_t date, struct stmt **out);
struct view_place { /* what a summary still needs after its row was read */
  struct id staff;
  bool has_staff;
};
MUST_USE err view_summary(struct stmt *s, const struct now *now, struct arena *a, struct view_register *out,
                          struct view_place *place);
MUST_USE err view_totals(struct sqlite_store *q, struct view_register *r);
MUST_USE err view_staff_names(struct sqlite_store *q, struct view_register *r, const struct view_place *place,
                              struct arena *a);

/* Who wrote an op, and where: empty when it is not known. An account may be called "office": what was done by
 * command on its machine was done by "The hub itself", and where people of the office wrote is "Office". */
MUST_USE err view_author(struct sqlite_store *q, const struct id *author, struct arena *a, struct slice *out);
MUST_USE err view_device_name(struct sqlite_store *q, const struct id *device, struct arena *a,
                              struct slice *out);
/* When the hub got an op; its stamp for the hub's own. */
MUST_USE err view_received(struct sqlite_store *q, const struct head *h, int64_t *out);
/* The head in use of a unit, or NULL. */
const struct head *view_head(const struct row *row, uint8_t unit);
int32_t value_minute(const struct value *v); /* -1 for none */
struct slice value_words(const struct value *v);
/* Is anything about the row open for a person to decide? */
MUST_USE err view_conflict(struct sqlite_store *q, const struct table *t, const struct id *row, bool *out);
/* The notice that explains an absence, zero without one; *code becomes AN where it was AU. */
MUST_USE err view_explained(struct sqlite_store *q, const struct id *mark, uint8_t *code, struct id *out);
/* The marks of a child at a meeting, whatever ids they name, that which counts first; and whether a person
 * should look at any of them, or at there being two. */
MUST_USE err view_child_marks(struct sqlite_store *q, const struct id *session, const struct id *learner,
                              struct arena *a, struct id **out, size_t *count, bool *conflict);
/* Texts of a statement's first column, at most `max`. */
MUST_USE err view_texts(struct stmt *s, struct arena *a, size_t max, struct slice **out, size_t *count);

/* The rows of a statement of a day (?1), an activity or a learner (?2) and how many at most (?3). */
MUST_USE err view_rows_on(struct sqlite_store *q, const char *sql, const struct id *about, int32_t day,
                          size_t most, size_t size, row_reader *one, struct arena *a, void **out,
                          size_t *count);
/* id, name, the school's name: into a struct view_activity. */
MUST_USE err view_activity_read(struct stmt *s, struct arena *a, void *at);

#endif
