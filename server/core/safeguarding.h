/* safeguarding.h: what the safeguarding role reads. Implemented by server/store; nobody else's routes name
 * it. */
#ifndef TUTTI_SERVER_SAFEGUARDING_H
#define TUTTI_SERVER_SAFEGUARDING_H

#include "server/core/store.h"

/* A concern as the hub has it: sealed. All text lives in the arena given. */
struct view_concern {
  struct id id;
  struct slice author_name, device_name;
  struct slice sealed; /* base64url of what concern_seal made */
  int64_t written_ms, received_ms;
};
/* Latest first, at most `max`. */
MUST_USE err views_concerns(struct store *s, size_t max, struct arena *a, struct view_concern **out,
                            size_t *count);

/* A case as a list shows it: an absence that nobody explained, or that something has explained since. */
struct view_case {
  struct id id, session, learner;
  struct slice learner_name, activity_name, school_name, taken_by;
  int32_t date, starts, ends;
  uint8_t state, outcome;
  int64_t opened_ms, changed_ms;
  int32_t door_in;   /* minute of a sign-in at the door that nobody took back; -1 none */
  uint32_t calls;    /* that were made about it */
  uint8_t last_call; /* ENUM_call_outcome_… of the latest; 0 none */
  bool held;         /* a safeguarding hold stands on the learner */
};
/* Open ones first, then the others, of each the latest first: at most `max`, so that however many wait, the
 * child who is missing tonight is among them. `open` is how many are open in all. */
MUST_USE err views_cases(struct store *s, size_t max, struct arena *a, struct view_case **out, size_t *count,
                         uint64_t *open);
struct view_case_event {
  uint8_t kind;
  int64_t at_ms;
  struct slice by, text;
};
struct view_case_call {
  int64_t at_ms; /* when it reached the hub's clock: the changeset's stamp */
  int32_t minute;
  uint8_t outcome;
  struct slice staff_name, contact_name, said;
};
struct view_case_contact {
  struct slice name, relation, phone;
  bool do_not_contact, may_not_collect;
};
struct view_case_arrival {
  uint8_t way;
  int32_t minute;
};
struct view_case_detail {
  struct view_case summary;
  struct view_case_event *events;
  size_t event_count;
  struct view_case_call *calls;
  size_t call_count;
  struct view_case_contact *contacts;
  size_t contact_count;
  struct view_case_arrival *arrivals;
  size_t arrival_count;
};
MUST_USE err views_case(struct store *s, const struct id *id, struct arena *a,
                        struct view_case_detail *out); /* ERR_NOT_FOUND */
/* Somebody who signed in at the door and is away or unmarked in a register that is closed. */
struct view_door_alert {
  struct id session, learner;
  struct slice learner_name, activity_name;
  int32_t date, minute; /* of the sign-in */
  uint8_t code;         /* 0: unmarked */
};
MUST_USE err views_door_alerts(struct store *s, int32_t from, size_t max, struct arena *a,
                               struct view_door_alert **out, size_t *count);

#endif
