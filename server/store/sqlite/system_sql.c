/* system_sql.c: the hub's own tables beside the schema's: numbers, order, history, feed, devices, people.
 * Migrations are steps that only add. */
#include "server/store/sqlite/sqlite_store.h"

enum { store_version_number = 0 };

/* Devices, streams and origins are numbered, so that what is written for every mark is small. A feed entry
 * stands at (stream, position) in one whole number: it is found again by the row's version, without an index.
 * Entries are kept in runs (feed_run.c), each under the place of its last one. */
static const char *const steps[] = {
    "CREATE TABLE chain(no INTEGER PRIMARY KEY, device BLOB NOT NULL, incarnation INTEGER NOT NULL, seq "
    "INTEGER NOT NULL, hash BLOB NOT NULL,"
    " UNIQUE(device, incarnation)) STRICT;"
    "CREATE TABLE seen(chain INTEGER NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL, PRIMARY "
    "KEY(chain, last)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE bundle(no INTEGER PRIMARY KEY, chain INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT "
    "NULL, status INTEGER NOT NULL,"
    " received INTEGER NOT NULL, receipt BLOB NOT NULL, raw BLOB, reissued INTEGER, intake INTEGER NOT NULL, "
    "epoch INTEGER NOT NULL, "
    "UNIQUE(chain, seq)) "
    "STRICT;"
    "CREATE INDEX bundle_held ON bundle(received) WHERE status=3;"
    "CREATE TABLE device_order(device BLOB NOT NULL, number INTEGER NOT NULL, kind INTEGER NOT NULL, bytes "
    "BLOB NOT NULL, PRIMARY KEY(device, number)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE device_ack(kind INTEGER NOT NULL, number INTEGER NOT NULL, device BLOB NOT NULL, received "
    "INTEGER NOT NULL, PRIMARY KEY(kind, number, device)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX bundle_reissued ON bundle(reissued) WHERE reissued IS NOT NULL;"
    "CREATE TABLE quarantine(bundle INTEGER NOT NULL, changeset INTEGER NOT NULL, status INTEGER NOT NULL, "
    "reason TEXT NOT NULL,"
    " state INTEGER NOT NULL DEFAULT 1, who BLOB, at INTEGER, why TEXT, PRIMARY KEY(bundle, changeset)) "
    "STRICT, WITHOUT ROWID;"
    "CREATE INDEX quarantine_waits ON quarantine(bundle) WHERE state=1;"
    "CREATE TABLE device_note(device BLOB PRIMARY KEY, incarnation INTEGER NOT NULL DEFAULT 0, sealed "
    "INTEGER "
    "NOT NULL DEFAULT 0, repairs INTEGER NOT NULL DEFAULT 0, restarts INTEGER NOT NULL DEFAULT 0) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE erasure(number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor BLOB NOT NULL, reason TEXT "
    "NOT NULL, position INTEGER NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE erased(hash BLOB PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE hold(no INTEGER PRIMARY KEY, learner BLOB NOT NULL, actor BLOB NOT NULL, reason TEXT NOT "
    "NULL, since INTEGER NOT NULL, lifted INTEGER) STRICT;"
    "CREATE UNIQUE INDEX hold_standing ON hold(learner) WHERE lifted IS NULL;"
    "CREATE TABLE history(no INTEGER PRIMARY KEY, chain INTEGER NOT NULL, first INTEGER NOT NULL, last "
    "INTEGER NOT NULL,"
    " bundle INTEGER NOT NULL, ops BLOB NOT NULL, UNIQUE(chain, last)) STRICT;"
    "CREATE TABLE stream(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE feed(place INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT;"
    "CREATE TABLE conflict(row BLOB NOT NULL, tbl INTEGER NOT NULL, unit INTEGER NOT NULL, kind INTEGER NOT "
    "NULL, opened INTEGER NOT NULL,"
    " PRIMARY KEY(row, tbl, unit)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE loose(row BLOB NOT NULL, tbl INTEGER NOT NULL, chain INTEGER NOT NULL, counter INTEGER NOT "
    "NULL, PRIMARY KEY(row, tbl, chain, counter)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE item(id BLOB PRIMARY KEY, kind INTEGER NOT NULL, conflict INTEGER NOT NULL, tbl INTEGER "
    "NOT "
    "NULL, row BLOB NOT NULL, unit INTEGER NOT NULL, other BLOB, state INTEGER NOT NULL, decision INTEGER "
    "NOT "
    "NULL DEFAULT 0, ops INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;"
    "CREATE TABLE item_event(item BLOB NOT NULL, no INTEGER NOT NULL, event INTEGER NOT NULL, at INTEGER NOT "
    "NULL, who BLOB, device BLOB, incarnation INTEGER, counter INTEGER, why TEXT, PRIMARY KEY(item, no)) "
    "STRICT, WITHOUT ROWID;"
    "CREATE TABLE absence_case(id BLOB PRIMARY KEY, session BLOB NOT NULL, learner BLOB NOT NULL, state "
    "INTEGER NOT NULL, opened INTEGER NOT NULL, changed INTEGER NOT NULL, outcome INTEGER, taken TEXT) "
    "STRICT, "
    "WITHOUT ROWID;"
    "CREATE INDEX absence_case_session ON absence_case(session);"
    "CREATE INDEX absence_case_learner ON absence_case(learner);"
    "CREATE INDEX absence_case_open ON absence_case(opened) WHERE state=1;"
    "CREATE TABLE absence_case_event(id BLOB NOT NULL, no INTEGER NOT NULL, kind INTEGER NOT NULL, at "
    "INTEGER "
    "NOT NULL, who BLOB, by TEXT, text TEXT, PRIMARY KEY(id, no)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE touched(session BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE guest(learner BLOB NOT NULL, session BLOB NOT NULL, PRIMARY KEY(learner, session)) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE device_key(device BLOB PRIMARY KEY, name TEXT NOT NULL, kind INTEGER NOT NULL, status "
    "INTEGER NOT NULL, sign BLOB NOT NULL,"
    " noise BLOB NOT NULL, incarnation INTEGER NOT NULL, enrolled INTEGER NOT NULL, contact INTEGER NOT "
    "NULL, receipt INTEGER NOT NULL,"
    " skew INTEGER NOT NULL, program TEXT NOT NULL, digits TEXT NOT NULL, manifest INTEGER NOT NULL) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE token(id BLOB PRIMARY KEY, psk BLOB NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, "
    "staff BLOB NOT NULL,"
    " expires INTEGER NOT NULL, used BLOB) STRICT, WITHOUT ROWID;"
    "CREATE TABLE audit(no INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind INTEGER NOT NULL, actor BLOB NOT "
    "NULL, action TEXT NOT NULL, detail TEXT NOT NULL, address TEXT NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE INDEX audit_actor ON audit(actor);"
    "CREATE INDEX audit_at ON audit(at);"
    "CREATE TABLE api_key(id BLOB PRIMARY KEY, hash BLOB NOT NULL UNIQUE, name TEXT NOT NULL, roles INTEGER "
    "NOT NULL, created INTEGER NOT NULL, revoked INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE person_activity(person BLOB NOT NULL, activity BLOB NOT NULL, PRIMARY KEY(person, "
    "activity)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE person(id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, roles INTEGER NOT NULL, salt BLOB "
    "NOT NULL, hash BLOB NOT NULL,"
    " passes INTEGER NOT NULL, memory INTEGER NOT NULL, wrong INTEGER NOT NULL, wait INTEGER NOT NULL, "
    "locked INTEGER NOT NULL, totp BLOB, next BLOB, step INTEGER NOT NULL, drift INTEGER NOT NULL, codes "
    "BLOB "
    "NOT NULL, last INTEGER NOT NULL, ended INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE login(cookie BLOB PRIMARY KEY, person BLOB NOT NULL, name TEXT NOT NULL, roles INTEGER NOT "
    "NULL, csrf BLOB NOT NULL,"
    " expires INTEGER NOT NULL, seen INTEGER NOT NULL, limited INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE learner_name(learner BLOB PRIMARY KEY, folded TEXT NOT NULL, parts TEXT NOT NULL) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE run(id BLOB PRIMARY KEY, at INTEGER NOT NULL, who BLOB NOT NULL, what TEXT NOT NULL, name "
    "TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, position INTEGER NOT NULL, inserted "
    "INTEGER "
    "NOT NULL, changed INTEGER NOT NULL, undone INTEGER NOT NULL, undo_first INTEGER NOT NULL, undo_last "
    "INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE run_row(run BLOB NOT NULL, tbl INTEGER NOT NULL, row BLOB NOT NULL, fresh INTEGER NOT "
    "NULL, "
    "PRIMARY KEY(run, tbl, row)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE heading_map(hash BLOB PRIMARY KEY, tbl TEXT NOT NULL, map TEXT NOT NULL, day_first INTEGER "
    "NOT NULL) STRICT, WITHOUT "
    "ROWID;"
    "CREATE TABLE likeness_key(key INTEGER NOT NULL, learner BLOB NOT NULL, PRIMARY KEY(key, learner)) "
    "STRICT, "
    "WITHOUT ROWID;"
    "CREATE INDEX hub_learner_born ON learner(dob) WHERE dob IS NOT NULL;"
    "CREATE TABLE alias(id BLOB PRIMARY KEY, tbl INTEGER NOT NULL, canon BLOB NOT NULL) STRICT, WITHOUT "
    "ROWID;"
    "CREATE INDEX alias_canon ON alias(canon);"
    "CREATE INDEX item_row ON item(row) WHERE state=1 AND other IS NOT NULL;"
    "CREATE INDEX item_other ON item(other) WHERE state=1 AND other IS NOT NULL;"
    "CREATE INDEX session_adhoc ON session(activity, date) WHERE adhoc=1;"
    "CREATE INDEX hub_enrolment_learner ON enrolment(learner, activity, starts, ends);"
    "CREATE INDEX hub_enrolment_activity ON enrolment(activity, learner, starts, ends);"
    "CREATE INDEX hub_enrolment_end ON enrolment(ends) WHERE ends IS NOT NULL;"
    "CREATE INDEX hub_device_staff_device ON device_staff(device);"
    "CREATE INDEX hub_grant_staff ON grant_(staff);"
    "CREATE INDEX hub_register_session ON register(session);"
    "INSERT INTO number(n, v) VALUES(2, 1);",
    "CREATE TABLE tally_due(activity BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX tally_due_at ON tally_due(at);"
    "CREATE TABLE tally_activity(activity BLOB NOT NULL, span INTEGER NOT NULL, kind INTEGER NOT NULL, "
    "school "
    "BLOB, due INTEGER NOT NULL, closed INTEGER NOT NULL, timely INTEGER NOT NULL, delivered INTEGER NOT "
    "NULL, "
    "here INTEGER NOT NULL, late INTEGER NOT NULL, told INTEGER NOT NULL, not_told INTEGER NOT NULL, event "
    "INTEGER "
    "NOT NULL, people INTEGER NOT NULL, PRIMARY KEY(activity, span)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE tally_learner(learner BLOB NOT NULL, activity BLOB NOT NULL, span INTEGER NOT NULL, kind "
    "INTEGER NOT NULL, school BLOB, here INTEGER NOT NULL, late INTEGER NOT NULL, told INTEGER NOT NULL, "
    "not_told "
    "INTEGER NOT NULL, event INTEGER NOT NULL, due INTEGER NOT NULL, taught INTEGER NOT NULL, charged "
    "INTEGER NOT "
    "NULL, disputed INTEGER NOT NULL, makeup INTEGER NOT NULL, waiting INTEGER NOT NULL, cause0 INTEGER NOT "
    "NULL, cause1 INTEGER NOT NULL, cause2 INTEGER NOT NULL, cause3 INTEGER NOT NULL, cause4 INTEGER NOT "
    "NULL, cause5 INTEGER NOT NULL, first INTEGER, last INTEGER, PRIMARY KEY(learner, activity, span)) "
    "STRICT, "
    "WITHOUT ROWID;"
    "CREATE INDEX tally_learner_activity ON tally_learner(activity);"
    "CREATE TABLE target(year INTEGER NOT NULL, report TEXT NOT NULL, measure INTEGER NOT NULL, goal INTEGER "
    "NOT NULL, baseline INTEGER NOT NULL, note TEXT NOT NULL, who BLOB NOT NULL, at INTEGER NOT NULL, "
    "PRIMARY "
    "KEY(year, report)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE snapshot(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, at INTEGER NOT NULL, who BLOB "
    "NOT NULL, "
    "title TEXT NOT NULL, adjusts BLOB, body TEXT NOT NULL) STRICT;"
    "CREATE TABLE writeback(id BLOB NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, spec TEXT NOT NULL, who BLOB "
    "NOT "
    "NULL, at INTEGER NOT NULL, runs INTEGER NOT NULL, state BLOB NOT NULL) STRICT;"
    "CREATE TABLE writeback_run(id BLOB NOT NULL UNIQUE, mapping BLOB NOT NULL, no INTEGER NOT NULL, at "
    "INTEGER "
    "NOT NULL, who BLOB NOT NULL, row_count INTEGER NOT NULL, fresh INTEGER NOT NULL, changed INTEGER NOT "
    "NULL, "
    "gone INTEGER NOT NULL, xlsx INTEGER NOT NULL, body BLOB, UNIQUE(mapping, no)) STRICT;"
    "CREATE TABLE writeback_child(learner BLOB NOT NULL, run BLOB NOT NULL, PRIMARY KEY(learner, run)) "
    "STRICT, "
    "WITHOUT ROWID;"
    "CREATE INDEX writeback_child_run ON writeback_child(run);"
    "INSERT INTO tally_due(activity, at) VALUES(zeroblob(16), 0);",
    "", /* authored_fill */
    "CREATE TABLE audit_said(no INTEGER PRIMARY KEY, about BLOB NOT NULL, hash BLOB NOT NULL, salt BLOB, "
    "words TEXT) STRICT;"
    "CREATE INDEX hub_learner_year ON learner(year_group) WHERE dob IS NULL;"
    "CREATE INDEX hub_inclusion_learner ON inclusion(learner, as_at, fsm, pupil_premium, cla, send, sex, "
    "remission);",
    "CREATE TABLE tally_home(year INTEGER NOT NULL, home BLOB NOT NULL, partner BLOB NOT NULL, came "
    "INTEGER NOT NULL, regular INTEGER NOT NULL, out_of_school INTEGER NOT NULL, stage1 INTEGER NOT "
    "NULL, stage2 INTEGER NOT NULL, stage3 INTEGER NOT NULL, stage4 INTEGER NOT NULL, stage5 INTEGER "
    "NOT NULL, yes1 INTEGER NOT NULL, yes2 INTEGER NOT NULL, yes3 INTEGER NOT NULL, yes4 INTEGER NOT "
    "NULL, yes5 INTEGER NOT NULL, yes6 INTEGER NOT NULL, yes7 INTEGER NOT NULL, no1 INTEGER NOT NULL, "
    "no2 INTEGER NOT NULL, no3 INTEGER NOT NULL, no4 INTEGER NOT NULL, no5 INTEGER NOT NULL, no6 "
    "INTEGER NOT NULL, no7 INTEGER NOT NULL, supported INTEGER NOT NULL, not_supported INTEGER NOT "
    "NULL, female INTEGER NOT NULL, male INTEGER NOT NULL, PRIMARY KEY(year, home, partner)) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE tally_spell(home BLOB NOT NULL, partner BLOB NOT NULL, days BLOB NOT NULL, PRIMARY "
    "KEY(home, "
    "partner)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE tally_owed(starts INTEGER NOT NULL, ends INTEGER NOT NULL, activity BLOB NOT NULL, kind "
    "INTEGER NOT NULL, school BLOB NOT NULL, due INTEGER NOT NULL, taught INTEGER NOT NULL, makeup INTEGER "
    "NOT "
    "NULL, waiting INTEGER NOT NULL, cause0 INTEGER NOT NULL, cause1 INTEGER NOT NULL, cause2 INTEGER NOT "
    "NULL, "
    "cause3 INTEGER NOT NULL, cause4 INTEGER NOT NULL, cause5 INTEGER NOT NULL, charged INTEGER NOT NULL, "
    "owed "
    "INTEGER NOT NULL, disputed INTEGER NOT NULL, PRIMARY KEY(starts, ends, activity)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX tally_owed_activity ON tally_owed(activity);"
    "CREATE TABLE tally_home_due(home BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;"
    "CREATE INDEX hub_activity_school ON activity(school) WHERE school IS NOT NULL;"
    "CREATE INDEX hub_activity_partner ON activity(partner) WHERE partner IS NOT NULL;"
    "CREATE INDEX hub_learner_school ON learner(school) WHERE school IS NOT NULL;"
    "CREATE INDEX hub_progress_voids ON progress(voids) WHERE voids IS NOT NULL;"
    "INSERT OR REPLACE INTO tally_due(activity, at) VALUES(zeroblob(16), 0);",
    "", /* system_make_way */
    "CREATE TABLE retention_period(line TEXT PRIMARY KEY, months INTEGER NOT NULL, who BLOB NOT NULL, at "
    "INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE retention_run(number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, who BLOB NOT NULL, by "
    "TEXT NOT NULL, line TEXT NOT NULL, months INTEGER NOT NULL, before INTEGER NOT NULL, at INTEGER NOT "
    "NULL, ended INTEGER NOT NULL, cursor BLOB NOT NULL, records INTEGER NOT NULL, learners INTEGER NOT "
    "NULL, held INTEGER NOT NULL) STRICT;"
    "CREATE INDEX retention_run_now ON retention_run(number) WHERE ended=0;"
    "CREATE TABLE retention_learner(run BLOB NOT NULL, hash BLOB NOT NULL, last INTEGER NOT NULL, held "
    "INTEGER NOT NULL, records INTEGER NOT NULL, erasure INTEGER NOT NULL, PRIMARY KEY(run, hash)) STRICT, "
    "WITHOUT ROWID;"
    "CREATE INDEX item_of_row ON item(row);"
    "CREATE INDEX item_of_other ON item(other) WHERE other IS NOT NULL;"
    "CREATE TABLE row_count(tbl INTEGER PRIMARY KEY, rows INTEGER NOT NULL) STRICT;"
    "INSERT INTO row_count SELECT 7, count(*) FROM learner UNION SELECT 9, count(*) FROM enrolment UNION "
    "SELECT 10, count(*) FROM session UNION SELECT 11, count(*) FROM register UNION SELECT 12, count(*) FROM "
    "mark UNION SELECT 14, count(*) FROM note UNION SELECT 15, count(*) FROM progress;"
    "CREATE INDEX hub_register_open ON register(state) WHERE state IN (1, 3);",
    "CREATE INDEX hub_contract_school ON contract(school);"
    "CREATE INDEX hub_learner_nowhere ON learner(last_name) WHERE school IS NULL;"
    "CREATE INDEX item_event_decided ON item_event(at, item) WHERE event=3;"
    "CREATE INDEX item_open ON item(kind) WHERE state=1;"
    "CREATE INDEX absence_case_over ON absence_case(changed) WHERE state<>1;"
    "CREATE INDEX hub_question_open ON question(item) WHERE withdrawn IS NOT 1 AND answer IS NULL;",
    "ALTER TABLE absence_case_event ADD COLUMN outcome INTEGER;"
    "UPDATE absence_case_event SET outcome=(SELECT c.outcome FROM absence_case c WHERE "
    "c.id=absence_case_event.id) WHERE kind=6;",
    "ALTER TABLE retention_run ADD COLUMN stopped TEXT NOT NULL DEFAULT '';",
};
_Static_assert(CASE_EVENT_ENDED == 6, "as in SQL");
_Static_assert(TABLE_learner == 7 && TABLE_enrolment == 9 && TABLE_session == 10 && TABLE_register == 11 &&
                   TABLE_mark == 12 && TABLE_note == 14 && TABLE_progress == 15 &&
                   ENUM_register_state_closed == 2,
               "as in SQL");
enum { step_count = sizeof steps / sizeof *steps, step_authored = 3, step_likeness = 6 };

static err load(struct db *db, int64_t n, uint64_t *out) {
  struct stmt *s;
  bool there;
  *out = 0;
  TRY(db_stmt(db, &s, "SELECT v FROM number WHERE n=?1"));
  stmt_int(s, 1, n);
  TRY(stmt_step(s, &there));
  if (there) *out = (uint64_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

static err save(struct db *db, int64_t n, uint64_t v) {
  struct stmt *s;
  TRY(db_stmt(db, &s, "INSERT INTO number(n, v) VALUES(?1, ?2) ON CONFLICT(n) DO UPDATE SET v=excluded.v"));
  stmt_int(s, 1, n);
  stmt_int(s, 2, (int64_t)v);
  return stmt_run(s);
}

static err load_version(struct db *db, uint64_t *out) {
  TRY(db_exec(db, "CREATE TABLE IF NOT EXISTS number(n INTEGER PRIMARY KEY, v INTEGER NOT NULL) STRICT"));
  return load(db, store_version_number, out);
}

/* What likely duplicates are found by had the name that a table of the schema has since. */
err system_make_way(struct sqlite_store *q) {
  uint64_t version;
  TRY(load_version(q->db, &version));
  bool older = version > 0 && version < step_likeness;
  return older ? db_exec(q->db, "ALTER TABLE learner_key RENAME TO likeness_key") : ERR_OK;
}

err system_ensure(struct sqlite_store *q) {
  struct db *db = q->db;
  uint64_t version;
  TRY(load_version(db, &version));
  if (version > step_count) return ERR_VERSION;
  for (uint64_t i = version; i < step_count; i++) TRY(db_exec(db, steps[i]));
  if (version < step_authored) TRY(authored_fill(q));
  return version == step_count ? ERR_OK : save(db, store_version_number, step_count);
}

err number_load(struct store *s, enum store_number n, uint64_t *out) {
  return load(sqlite_of(s)->db, n, out);
}

err number_save(struct store *s, enum store_number n, uint64_t v) { return save(sqlite_of(s)->db, n, v); }
