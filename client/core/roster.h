/* roster.h: one register as the UI sees it, kept in memory while it is worked on, so that a tap reads nothing
 * back from the disk. */
#ifndef TUTTI_CLIENT_ROSTER_H
#define TUTTI_CLIENT_ROSTER_H

#include "proto/codec.h"
#include "shared/db/rows.h"

struct core;

struct session_info {
  struct id id, activity;
  struct slice name, place, school;
  struct slice closure; /* why the school, or everything, is closed that day; empty where it is not */
  int32_t date;
  int64_t starts, ends, mode, status, cause;
  int64_t headcount; /* -1: nobody counted */
  bool adhoc;
};
struct totals {
  int64_t here, late, away, event, unmarked, of;
};
struct roster_row {
  struct id learner;
  struct slice name, section, instrument, year_group, comment, amend_reason, notice;
  struct id author;
  int64_t code;              /* 0: unmarked */
  int64_t arrived, departed; /* -1: none */
  int64_t door_in, door_out; /* what the learner's own last sign-in and sign-out said; -1: none */
  bool enrolled, has_notice;
  bool conflict; /* somebody should look at the mark */
  bool away;     /* … but only whether the family told us: no matter where there is a notice */
  bool two;      /* the child has another mark here, under another id, that says something else */
  bool others;   /* … or the same */
  bool marked;   /* by the mark of the ids in `mark`: of a learner and a session, which may be aliases */
  struct id mark[2];
  uint32_t section_rank;
  struct slice section_fold, name_fold;
};
struct roster {
  bool valid;
  struct session_info session;
  int64_t state; /* register_state, 0: untouched */
  struct slice reason;
  struct roster_row *rows;
  size_t count, cap;
  struct slice undo; /* what the latest step did */
  size_t undo_steps;
  bool aliases; /* some child or meeting on this device has two ids */
  struct arena memory;
};
void roster_init(struct roster *r);
void roster_finish(struct roster *r);
void roster_forget(struct roster *r);                      /* it will be read again */
struct roster_row roster_row_of(const struct id *learner); /* nothing is known of them yet */
/* Makes c->roster hold the session. ERR_NOT_FOUND, or ERR_FORBIDDEN without a grant. */
MUST_USE err roster_open(struct core *c, const struct id *session);
struct roster_row *roster_find(struct roster *r,
                               const struct id *learner); /* NULL when neither enrolled nor marked */
/* Takes a mark's new values; a visitor who was not there is added, one whose mark was taken back is removed.
 */
MUST_USE err roster_take_mark(struct core *c, const struct row *mark);
void roster_take_register(struct core *c, const struct row *reg);
MUST_USE err roster_take_undo(struct core *c);
struct totals roster_totals(const struct roster *r);
/* A lesson of one. */
bool roster_is_solo(const struct roster *r);

void pack_totals(struct packer *p, const struct totals *t);
void pack_roster_row(struct core *c, struct packer *p, const struct roster_row *row);
/* The session of the register in view, as it stands. */
void pack_roster_session(struct packer *p, const struct roster *r);
void pack_undo(struct packer *p, const struct roster *r);
struct session_state { /* what SessionItem adds to the session */
  int64_t register_state;
  struct totals totals;
  struct id solo; /* zero: not a lesson of one */
  struct slice solo_name;
  int64_t solo_code;
};
void pack_session(struct packer *p, const struct session_info *s, const struct session_state *state);
/* The register's row id. */
void register_id(struct id *out, const struct id *session);
void mark_id(struct id *out, const struct id *session, const struct id *learner);
/* Known name and last name. */
MUST_USE err learner_name(struct arena *a, struct slice known, struct slice first, struct slice last,
                          struct slice initial, struct slice *out);
/* Of a learner on this device; ERR_NOT_FOUND for others. */
MUST_USE err learner_name_of(struct rows *rows, struct arena *a, const struct id *learner, struct slice *out);

#endif
