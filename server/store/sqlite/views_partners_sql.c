/* views_partners_sql.c: partners with their agreements, surveys and activities. */
#include "server/core/partners.h"
#include "server/store/sqlite/views.h"

/* ?1: today. */
#define IN_FORCE                                                                                             \
  "(g.status=2 AND g.signed_1 IS NOT NULL AND g.signed_2 IS NOT NULL AND g.starts<=?1 AND (g.ends IS NULL "  \
  "OR g.ends>=?1))"
_Static_assert(ENUM_agreement_status_live == 2, "as in SQL");
#define MINE "p.id IN (SELECT activity FROM person_activity WHERE person=?2)"

static err read_partner(struct stmt *s, struct arena *a, void *to) {
  struct partner_line *out = to;
  *out = (struct partner_line){.kind = (uint8_t)stmt_column_int(s, 5),
                               .stage = (uint8_t)stmt_column_int(s, 6),
                               .stage_on = column_day(s, 7),
                               .activities = (uint32_t)stmt_column_int(s, 8),
                               .agreements = (uint32_t)stmt_column_int(s, 9),
                               .surveys_due = (uint32_t)stmt_column_int(s, 10),
                               .surveys_back = (uint32_t)stmt_column_int(s, 11),
                               .version = (uint64_t)stmt_column_int(s, 12)};
  if (!stmt_column_id(s, 0, &out->id)) return ERR_CORRUPT;
  TRY(column_text(s, 1, a, &out->name));
  TRY(column_text(s, 2, a, &out->contact));
  TRY(column_text(s, 3, a, &out->email));
  return column_text(s, 4, a, &out->phone);
}

err partners_read(struct store *store, int32_t today, const struct id *person, struct arena *a,
                  struct partner_line **out, size_t *count) {
  struct stmt *s;
  err e = ERR_OK;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT p.id, p.name, p.contact, p.email, p.phone, p.kind, p.stage, p.stage_on, (SELECT count(*) FROM "
      "activity v WHERE v.partner=p.id AND (v.ends IS NULL OR v.ends>?1)), (SELECT count(*) FROM agreement g "
      "WHERE g.partner=p.id AND g.removed IS NOT 1 AND " IN_FORCE
      "), (SELECT count(*) FROM survey v WHERE v.partner=p.id AND v.removed IS NOT 1 AND (v.due<=?1 OR "
      "v.received IS NOT NULL)), (SELECT count(*) FROM survey v WHERE v.partner=p.id AND v.removed IS NOT 1 "
      "AND v.received IS NOT NULL), p.version FROM partner p WHERE p.removed IS NOT 1 AND (?2 IS NULL "
      "OR " MINE ") ORDER BY p.name, p.id"));
  stmt_int(s, 1, today);
  stmt_id(s, 2, person);
  *out = read_list(&e, s, sizeof **out, read_partner, a, count);
  return e;
}

static err read_agreement(struct stmt *s, struct arena *a, void *to) {
  struct partner_agreement *out = to;
  *out = (struct partner_agreement){.functions = (uint32_t)stmt_column_int(s, 1),
                                    .status = (uint8_t)stmt_column_int(s, 2),
                                    .in_force = stmt_column_int(s, 3) != 0,
                                    .starts = column_day(s, 4),
                                    .ends = column_day(s, 5),
                                    .signed_1 = column_day(s, 6),
                                    .signed_2 = column_day(s, 7),
                                    .version = (uint64_t)stmt_column_int(s, 10)};
  if (!stmt_column_id(s, 0, &out->id)) return ERR_CORRUPT;
  TRY(column_text(s, 8, a, &out->signer_1));
  return column_text(s, 9, a, &out->signer_2);
}

static err read_survey(struct stmt *s, struct arena *a, void *to) {
  struct partner_survey *out = to;
  *out = (struct partner_survey){
      .due = column_day(s, 1), .received = column_day(s, 2), .version = (uint64_t)stmt_column_int(s, 5)};
  if (!stmt_column_id(s, 0, &out->id)) return ERR_CORRUPT;
  TRY(column_text(s, 3, a, &out->term_name));
  return column_text(s, 4, a, &out->answers);
}

static err bound(struct sqlite_store *q, const char *sql, int32_t today, const struct id *partner,
                 struct stmt **out) {
  TRY(db_stmt(q->db, out, sql));
  stmt_int(*out, 1, today);
  stmt_id(*out, 2, partner);
  return ERR_OK;
}

#define AGREEMENTS(side)                                                                                     \
  "SELECT g.id, g.functions, g.status, " IN_FORCE ", g.starts, g.ends, g.signed_1, g.signed_2, g.signer_1, " \
  "g.signer_2, g.version FROM agreement g WHERE g." side                                                     \
  "=?2 AND g.removed IS NOT 1 ORDER BY g.starts DESC, g.id"
#define SURVEYS(side)                                                                                        \
  "SELECT v.id, v.due, v.received, t.name, v.answers, v.version FROM survey v LEFT JOIN term t ON "          \
  "t.id=v.term WHERE v." side "=?2 AND v.removed IS NOT 1 AND ?1>=0 ORDER BY v.due DESC, v.id"
static err read_agreed(struct sqlite_store *q, const char *agreements, const char *surveys, int32_t today,
                       const struct id *side, struct arena *a, struct partner_detail *out) {
  struct stmt *s;
  err e = ERR_OK;
  TRY(bound(q, agreements, today, side, &s));
  out->agreements = read_list(&e, s, sizeof *out->agreements, read_agreement, a, &out->agreement_count);
  TRY(e);
  TRY(bound(q, surveys, today, side, &s));
  out->surveys = read_list(&e, s, sizeof *out->surveys, read_survey, a, &out->survey_count);
  return e;
}

err partner_read(struct store *store, int32_t today, const struct id *partner, struct arena *a,
                 struct partner_detail *out) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  err e = ERR_OK;
  TRY(read_agreed(q, AGREEMENTS("partner"), SURVEYS("partner"), today, partner, a, out));
  TRY(bound(q,
            "SELECT v.id, v.name, c.name FROM activity v LEFT JOIN school c ON c.id=v.school WHERE "
            "v.partner=?2 AND (v.ends IS NULL OR v.ends>?1) ORDER BY v.name, c.name, v.id",
            today, partner, &s));
  out->activities = read_list(&e, s, sizeof *out->activities, view_activity_read, a, &out->activity_count);
  return e;
}

err partner_read_school(struct store *store, int32_t today, const struct id *school, struct arena *a,
                        struct partner_detail *out) {
  *out = (struct partner_detail){.activity_count = 0};
  return read_agreed(sqlite_of(store), AGREEMENTS("school"), SURVEYS("school"), today, school, a, out);
}

/* An account names activities, partners, or both: ids of either stand in one table. */
err partner_owns(struct store *store, const struct id *person, struct arena *a, struct id **out,
                 size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT v.id FROM activity v WHERE v.id IN (SELECT activity FROM person_activity WHERE "
              "person=?1) OR v.partner IN (SELECT o.activity FROM person_activity o JOIN partner p ON "
              "p.id=o.activity WHERE o.person=?1 AND p.removed IS NOT 1) ORDER BY v.id"));
  stmt_id(s, 1, person);
  return read_ids(s, a, out, count);
}
