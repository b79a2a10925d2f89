/* views.h: what the office reads: registers of a day, one register with its history, learners, devices; and
 * its accounts. Implemented by server/store. */
#ifndef TUTTI_SERVER_VIEWS_H
#define TUTTI_SERVER_VIEWS_H

#include "server/core/store.h"

/* All text and lists live in the arena given. Times are ms since 1970, 0 for never; dates are days; minutes
 * -1 for none. */
enum register_view_state {
  VIEW_UPCOMING,
  VIEW_DUE,
  VIEW_OPEN,
  VIEW_CLOSED,
  VIEW_MISSING,
  VIEW_CANCELLED,
  VIEW_SHUT
};
/* due: started, untouched, not ended · open: opened or reopened · missing: ended and untouched · shut: nobody
 * touched it, and a closure says why */
struct view_totals {
  uint32_t here, late, away, event, unmarked, of;
};
struct view_register {
  struct id session, activity;
  struct slice activity_name, school_name, place;
  struct slice closure; /* why its school, or everything, is closed that day; empty where it is not */
  int32_t date, starts, ends;
  uint8_t status;         /* ENUM_session_status_… */
  uint8_t register_state; /* ENUM_register_state_…, 0 untouched */
  enum register_view_state state;
  struct view_totals totals;
  uint32_t headcount; /* counted in the room without names; 0: nobody was */
  struct slice *staff_names;
  size_t staff_count;
  int64_t updated_ms; /* last receipt that touched it */
};
struct view_mark_version {
  uint8_t code; /* 0 when this version changed only other units */
  int32_t arrived, departed;
  struct slice comment, amend_reason, author_name, device_name;
  int64_t written_ms, received_ms;
  bool in_use;
};
struct view_mark {
  struct id learner;
  struct slice learner_name, section;
  uint8_t code; /* 0 unmarked */
  int32_t arrived, departed;
  struct slice comment, amend_reason, author_name, device_name;
  int64_t written_ms, received_ms;
  bool conflict, enrolled;
  struct id explained_by; /* an absence notice that covers the day: an AU is shown as AN because of it */
  struct view_mark_version *history; /* oldest first */
  size_t history_count;
};
struct view_register_change {
  uint8_t state;
  struct slice reason, author_name, device_name;
  int64_t written_ms, received_ms;
};
struct view_register_detail {
  struct view_register summary;
  struct view_mark *marks;
  size_t mark_count;
  struct view_register_change *changes;
  size_t change_count;
};
struct view_learner {
  struct id id;
  struct slice name, known_name, year_group, school_name, status;
  struct slice *activities;
  size_t activity_count;
};
struct view_note {
  int32_t date;
  struct slice author_name, activity_name, text, next_step, learner_words;
  uint32_t areas; /* set of `area` */
};
struct view_progress {
  int32_t date;
  struct slice author_name, activity_name, board, grade, result, comment;
  uint8_t kind, stage, pos;
};
/* Days on which a learner is away, as the office was told before. */
struct view_notice {
  struct id id;
  int32_t starts, ends;
  struct slice reason, told_by;
};
/* What staff must know of a learner on the day. */
struct view_need {
  struct id id;
  struct slice text;
  int32_t expires; /* the last day on which it is shown, or 0 */
  uint8_t kind;
  uint64_t version;
};
/* What schools and other systems call a learner. */
struct view_numbers {
  struct id learner;
  struct slice name, ref, upn, mis_id; /* empty: none */
  bool mis_aside;                      /* another record's stands before this one's mis_id */
  uint64_t version;
};
/* Another record of the same child. */
struct view_same_learner {
  struct id id, into; /* into: the record that stands for it, or zeros */
  struct slice name, school_name, ref;
};
struct view_learner_detail {
  struct view_learner summary;
  struct id into; /* the record that stands for this one, or zeros */
  struct view_same_learner *same;
  size_t same_count;
  struct view_notice *notices; /* the latest first; those taken back are in no list */
  size_t notice_count;
  struct view_note *notes;
  size_t note_count;
  struct view_progress *progress;
  size_t progress_count;
  uint32_t here, away; /* in closed registers of meetings that took place, as reports count */
};
struct view_device {
  struct store_device device;
  struct slice *staff_names;
  size_t staff_count;
  uint32_t held, quarantined, open_conflicts;
  uint32_t repairs, restarts; /* how often what it held had to be put right, or sent anew */
};

MUST_USE err views_register(struct store *s, const struct id *session, const struct now *now, struct arena *a,
                            struct view_register_detail *out);
/* Folded search in names (and refs); `by_number`: also by the beginning of a UPN or of a school's own number.
 * Empty text lists all by name. `after` is an opaque cursor of the last
 * page or empty. */
MUST_USE err views_learners(struct store *s, struct slice text, bool by_number, struct slice after,
                            size_t limit, struct arena *a, struct view_learner **out, size_t *count,
                            struct slice *next, uint64_t *total);
MUST_USE err views_learner(struct store *s, const struct id *learner, struct arena *a,
                           struct view_learner_detail *out);
/* The record itself first, then the others of the same child; nobody's: count 0. */
MUST_USE err views_numbers(struct store *s, const struct id *learner, struct arena *a,
                           struct view_numbers **out, size_t *count);
/* Somebody else than the child of a record who has that UPN. Inside a transaction of the caller's. */
MUST_USE err views_upn_owner(struct store *s, struct slice upn, const struct id *but, struct arena *a,
                             struct view_numbers *out, bool *found);
/* By kind; with those whose last day is past, without those that were ended. */
MUST_USE err views_needs(struct store *s, const struct id *learner, struct arena *a, struct view_need **out,
                         size_t *count);
MUST_USE err views_devices(struct store *s, struct arena *a, struct view_device **out, size_t *count);
/* What would be stranded if a device were revoked, or lost, now. */
struct view_strand {
  struct store_device device;
  uint64_t unreceived; /* bundles it had sealed when it was last here, and that have not come */
  uint32_t held, quarantined, erasures, days_away; /* erasures: that it has not confirmed */
  struct slice *alone; /* names of activities that no other active device serves */
  size_t alone_count;
};
MUST_USE err views_strand(struct store *s, const struct id *device, const struct now *now, struct arena *a,
                          struct view_strand *out); /* ERR_NOT_FOUND */
/* Erasures, latest first, and how many of the devices that may have held something have told that it is gone.
 * One that was revoked and has not is nobody to wait for: it holds no grant, and empties itself when it is
 * heard of. It is counted by itself. */
struct view_erasure {
  struct store_erasure entry;
  uint32_t devices, confirmed, revoked;
};
MUST_USE err views_erasures(struct store *s, struct arena *a, struct view_erasure **out, size_t *count);
/* The devices that have not told so of one erasure; ERR_NOT_FOUND when there is none of that number. */
MUST_USE err views_erasure_waiting(struct store *s, uint64_t number, struct arena *a,
                                   struct store_device **out, size_t *count);
MUST_USE err views_holds(struct store *s, struct arena *a, struct store_hold **out,
                         size_t *count); /* lifted ones too, oldest first */
/* Export: one row per mark of closed and open registers between two dates, in a stable order; `row` returns
 * false to stop. */
struct view_export_row {
  struct id session, learner, activity;
  struct slice activity_ref, activity_name, school_urn, school_name, learner_ref, first_name, last_name,
      section, author_name, device_name, comment, amend_reason, upn, mis_id;
  int32_t date, starts, ends, arrived, departed;
  uint8_t session_status, register_state, code;
  int64_t written_ms, received_ms;
  bool conflict;
  struct id explained_by; /* as in view_mark */
};
MUST_USE err views_export_registers(struct store *s, int32_t from, int32_t to,
                                    bool (*row)(void *ctx, const struct view_export_row *r), void *ctx);
/* Notes between two dates, but for those between tutors alone, in the order (date, learner, id). */
struct view_export_note {
  struct id id, learner;
  struct slice learner_ref, learner_name;
  struct view_note note;
  int64_t received_ms;
};
MUST_USE err views_export_notes(struct store *s, int32_t from, int32_t to,
                                bool (*row)(void *ctx, const struct view_export_note *n), void *ctx);
struct view_counts { /* for status lines, the demo's check and tests */
  uint64_t learners, schools, staff, activities, enrolments, sessions, registers_closed, registers_open,
      marks, notes, progress, conflicts, quarantined, held, bundles, devices;
};
MUST_USE err views_counts(struct store *s, struct view_counts *out);
/* The same without looking through the large tables: what was taken back again is counted too. */
MUST_USE err views_counts_kept(struct store *s, struct view_counts *out);
/* 32 bytes over all rows' values and heads and the open conflicts: a function of the accepted changesets
 * alone. */
MUST_USE err views_digest(struct store *s, uint8_t out[hash_bytes]);

/* Names for an op's author and device; empty when nobody knows them. */
MUST_USE err views_author_name(struct store *s, const struct id *author, struct arena *a, struct slice *out);
MUST_USE err views_device_name(struct store *s, const struct id *device, struct arena *a, struct slice *out);

/* Sessions between two days that are still as the timetable has them, with somebody named to hold them; and
 * who is enrolled in an activity on a day. Both in an order that does not depend on ids. */
struct view_slot {
  struct id session, activity, staff;
  int32_t date, starts, ends;
  uint8_t mode;
};
MUST_USE err views_timetable(struct store *s, int32_t from, int32_t to, struct arena *a,
                             struct view_slot **out, size_t *count);
MUST_USE err views_enrolled(struct store *s, const struct id *activity, int32_t date, struct arena *a,
                            struct id **out, size_t *count);

/* ---- what waits for a person ---- */
/* Registers of the days `from` to `to` that should be closed and are not, the oldest first: ended and
 * untouched, or opened on an earlier day and never finished. Without totals; at most `max`. */
MUST_USE err views_missing(struct store *s, int32_t from, int32_t to, size_t max, const struct now *now,
                           struct arena *a, struct view_register **out, size_t *count);
/* One session as in that list, with its totals; ERR_NOT_FOUND. */
MUST_USE err views_session(struct store *s, const struct id *session, const struct now *now, struct arena *a,
                           struct view_register *out);
/* Devices on which somebody was at work who was granted the activity on a day, whenever they came to the
 * device: those that are not revoked, the one heard last first. */
struct view_server {
  struct id device;
  struct slice name;
  int64_t last_contact_ms;
};
MUST_USE err views_servers(struct store *s, const struct id *activity, int32_t date, struct arena *a,
                           struct view_server **out, size_t *count);
/* Bundles of a device that wait for one that has not come. */
struct view_held {
  struct id device;
  struct slice device_name;
  uint64_t missing, first, last; /* numbers: the one waited for, and those that are here */
  uint32_t bundles;
  int64_t since_ms;
};
MUST_USE err views_held(struct store *s, struct arena *a, struct view_held **out, size_t *count);
/* Matters that a person decided, the latest first; when that was, beside each. */
struct view_decided {
  struct id item;
  int64_t at_ms;
};
MUST_USE err views_decided(struct store *s, size_t max, struct arena *a, struct view_decided **out,
                           size_t *count);
/* What a row of a table that people have names for is called; empty when nobody knows. */
MUST_USE err views_row_name(struct store *s, uint8_t table, const struct id *id, struct arena *a,
                            struct slice *out);
/* Attendance of one child over the term around a day, or the school year where the hub has no such term:
 * marks in closed registers of delivered sessions. `other`: a second record taken for the same child, or
 * NULL. `without`: a session left out, or NULL; `counts`: would a mark at it be counted? */
struct view_attendance {
  uint32_t here, away;
  bool counts;
  struct slice span; /* "Autumn term 2026" */
};
MUST_USE err views_attendance(struct store *s, const struct id *learner, const struct id *other,
                              const struct id *without, int32_t date, struct arena *a,
                              struct view_attendance *out);

/* ---- staff, what they are granted, and what there is to grant ---- */
struct view_staff {
  struct id id;
  struct slice name, email;
  uint32_t roles;
  uint8_t status;           /* ENUM_staff_status_… */
  uint32_t grants, devices; /* that hold on the day */
  uint64_t version;
};
/* By name; who left comes last. */
MUST_USE err views_staff(struct store *s, int32_t date, struct arena *a, struct view_staff **out,
                         size_t *count);
MUST_USE err views_staff_member(struct store *s, const struct id *staff, int32_t date, struct arena *a,
                                struct view_staff *out); /* ERR_NOT_FOUND */
struct view_grant {
  struct id activity;
  struct slice activity_name, school_name;
  uint8_t role;
  int32_t starts, ends; /* ends: the first day without, 0 none */
};
MUST_USE err views_grants(struct store *s, const struct id *staff, struct arena *a, struct view_grant **out,
                          size_t *count);
struct view_activity {
  struct id id;
  struct slice name, school_name;
};
MUST_USE err
views_activities(struct store *s, int32_t date, struct arena *a, struct view_activity **out,
                 size_t *count); /* that have not ended, by name, at most activities_listed_max */

/* ---- keys of a hub's own scripts: shown once, only their hash is kept ---- */
struct store_key {
  struct id id;
  uint8_t hash[hash_bytes];
  char name[101];
  uint32_t roles;
  int64_t created_ms, revoked_ms; /* 0: it holds */
};
MUST_USE err keys_save(struct store *s, const struct store_key *k);
MUST_USE err keys_load(struct store *s, const uint8_t hash[hash_bytes], struct store_key *out);
MUST_USE err keys_list(struct store *s, struct arena *a, struct store_key **out, size_t *count);

/* ---- people who sign in at the office ---- */
struct store_user {
  struct id id;
  char name[101];
  uint32_t roles; /* set of `role` */
  uint8_t salt[salt_bytes], hash[key_bytes];
  uint32_t passes, memory_kib;
  uint32_t wrong; /* attempts since the last right one */
  int64_t wait_until_ms;
  bool locked;
  /* The second step: no secret is stored, it follows from the hub's keys and these. `next` is one that is
   * being set up. */
  bool has_totp, has_next;
  uint8_t totp[salt_bytes], next[salt_bytes];
  uint64_t totp_step; /* of the last code that was taken: it and every earlier one are refused */
  int32_t totp_drift; /* steps that the phone's clock was off by then */
  uint8_t codes[recovery_codes_max][hash_bytes]; /* hashes of recovery codes that were not used yet */
  size_t code_count;
  int64_t last_ms, ended_ms; /* the last sign-in, 0: never; when the account ended, 0: it did not */
};
MUST_USE err users_load(struct store *s, struct slice name, struct store_user *out);
MUST_USE err users_load_id(struct store *s, const struct id *id, struct store_user *out);
MUST_USE err users_list(struct store *s, struct arena *a, struct store_user **out,
                        size_t *count); /* by name */
/* In its own transaction. ERR_EXISTS: another account has that name, and stays. */
MUST_USE err users_save(struct store *s, const struct store_user *u);
struct store_login { /* a browser session; only the hash of its cookie is kept */
  uint8_t cookie_hash[hash_bytes];
  struct id user;
  char user_name[101];
  uint32_t roles;
  uint8_t csrf[16];
  int64_t expires_ms, seen_ms; /* the end whatever happens; the last sign of a person */
  bool limited;                /* may set up the second step, and nothing else */
};
static inline int64_t login_ends(const struct store_login *l) {
  int64_t idle = l->seen_ms + office_idle_ms_max;
  return idle < l->expires_ms ? idle : l->expires_ms;
}
MUST_USE err logins_save(struct store *s, const struct store_login *l);
MUST_USE err logins_load(struct store *s, const uint8_t cookie_hash[hash_bytes], struct store_login *out);
MUST_USE err logins_remove(struct store *s, const uint8_t cookie_hash[hash_bytes]);
/* Somebody is there, or has done what lifts a limit. */
MUST_USE err logins_touch(struct store *s, const struct store_login *l);
/* All of one person's but `except`, which may be NULL. */
MUST_USE err logins_end(struct store *s, const struct id *user, const uint8_t *except);
/* Those that ended by then. */
MUST_USE err logins_sweep(struct store *s, int64_t now_ms);
/* What a partner's account names: activities, and partners all of whose activities are its own (partners.h).
 */
MUST_USE err partner_activities(struct store *s, const struct id *person, struct arena *a, struct id **out,
                                size_t *count);
MUST_USE err partner_give(struct store *s, const struct id *person, const struct id *activity);
MUST_USE err partner_forget(struct store *s, const struct id *person);

/* ---- the audit: only ever added to; each entry's hash covers the one before it ---- */
/* In the transaction that is open, or its own. */
MUST_USE err audit_add(struct store *s, int64_t now_ms, const struct id *actor, const char *action,
                       const char *detail);
enum audit_kind {
  AUDIT_ANY,
  AUDIT_SIGN_IN, /* in, out, refused, the second step */
  AUDIT_READ,    /* of rows about a child */
  AUDIT_CHANGE,
  AUDIT_EXPORT,
  AUDIT_DEVICE,
  AUDIT_PEOPLE, /* accounts, staff, keys */
};
enum audit_kind audit_kind_of(const char *action);
struct view_audit {
  uint64_t number;
  int64_t at_ms;
  struct id actor; /* an account, a member of staff, a device, a key, or the hub itself */
  struct slice actor_name, action, detail, address;
  struct slice words; /* why, as somebody typed it; empty for none */
  bool words_erased;  /* there were some, and they went with whoever they were about */
};
struct audit_query {
  enum audit_kind kind;
  struct id actor;        /* zero: anybody */
  int64_t from_ms, to_ms; /* to_ms is the first that is too late */
  uint64_t before;        /* entries with lower numbers; 0: from the last one on */
  size_t limit;
};
/* The latest first. */
MUST_USE err views_audit(struct store *s, const struct audit_query *q, struct arena *a,
                         struct view_audit **out, size_t *count);
/* Walks all of it: how many entries there are, and the number of the first that does not follow from the one
 * before it, 0 when all do. */
MUST_USE err views_audit_check(struct store *s, uint64_t *count_out, uint64_t *broken_out);

#endif
