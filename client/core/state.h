/* state.h: everything a core holds, for the files of this folder. core.c is the door; each other file owns
 * the part that carries its name. */
#ifndef TUTTI_CLIENT_STATE_H
#define TUTTI_CLIENT_STATE_H

#include "client/core/actions.h"
#include "client/core/answer.h"
#include "client/core/calls.h"
#include "client/core/carry.h"
#include "client/core/enrol.h"
#include "client/core/identity.h"
#include "client/core/outbox.h"
#include "client/core/rekey.h"
#include "client/core/roll.h"
#include "client/core/roster.h"
#include "client/core/store.h"
#include "client/core/sync.h"
#include "client/core/wipe.h"

enum { step_arena_bytes_max = 268435456, reply_bytes_max = export_file_bytes_max + 65536, topic_bytes = 48 };

/* What the UI should ask for again, collected through one step. */
struct topics {
  char list[topics_max][topic_bytes];
  size_t count;
};
/* What was done last at the door. */
struct door_arrival {
  struct id id, session, activity, learner;
  int64_t way, minute;
};
struct core {
  struct core_config config;
  struct now now; /* of the step that runs */
  struct actions actions;
  struct arena arena; /* cleared at the end of every step */
  struct topics topics;
  uint64_t tick_asked; /* the last ACT_TICK_AT; 0: none */

  struct gone gone; /* why there is no identity any more */
  struct identity identity;
  struct roll roll;
  struct outbox outbox;
  struct carry carry;
  struct store *store; /* NULL while nobody is signed in */
  struct clock clock;
  uint64_t counter_floor; /* op numbers below it are not used since this start; 0: the database was not opened
                             yet */
  uint64_t keep_at; /* monotonic: the identity in memory has a newer clock and lease than the file; 0: no */
  uint8_t db_key[key_bytes];
  bool has_key;     /* db_key is set: somebody is signed in, or setup goes on */
  bool setup;       /* enrolled, and PINs may be set without one */
  struct id who;    /* zero: nobody */
  uint64_t seal_at; /* monotonic; 0: nothing to seal */
  struct unsealed { /* what the database holds beyond the outbox */
    uint32_t changesets, notes;
    uint64_t tags[bundle_tags_max];
    uint32_t tag_count;
  } unsealed;

  uint64_t exported_seq; /* the last bundle that went into an export file */
  uint32_t exported_incarnation;

  struct door_arrival door_last; /* "not me" takes it back; zero: nothing */
  struct roster roster;          /* the register in view */
  struct sync sync;
  struct enrol enrol;
};

/* One call from the UI. */
struct call {
  uint32_t host_id; /* echoed in ACT_REPLY */
  uint64_t id;      /* the UI's own */
  struct arg args[call_args_max];
  struct packer *out; /* the result is written here */
  struct fault fault;
  int64_t unmarked, wait_ms, attempts_left; /* for Failure; below zero: absent */
  bool later;                               /* the reply comes in a later step */
};

/* core.c */
/* Adds a topic once: "today", or "register:" with an id. */
void core_set_up(struct core *c); /* a fresh key, and PINs may be set without one */
void core_topic(struct core *c, const char *topic, const struct id *id);
/* Replies to a call whose answer came later. `result` is an encoded value, or NULL with a fault. */
MUST_USE err core_reply(struct core *c, uint32_t host_id, uint64_t call_id, const struct slice *result,
                        const struct fault *fault);
/* The hub's time when it last told it; 0: never. */
int64_t core_hub_told_ms(const struct core *c);
/* Wakes the core at `at` (monotonic) or earlier. */
void core_wake(uint64_t *earliest, uint64_t at_mono_ms);
/* Today's civil date and the minute of the day, by hub time as far as it is known. */
int32_t core_today(const struct core *c);
int32_t core_minute(const struct core *c);
/* Somebody signed in and is before the screen: the door, once opened, is everybody's. */
static inline bool core_unlocked(const struct core *c) { return !id_is_zero(&c->who) && !c->identity.door; }
static inline bool core_door_open(const struct core *c) { return !id_is_zero(&c->who) && c->identity.door; }

/* A value's text; empty for every other kind. */
static inline struct slice text_of(const struct value *v) {
  return v->kind == VALUE_TEXT ? v->text : slice_of(NULL, 0);
}

/* access.c: the database's key in memory, and who is signed in. */
MUST_USE err access_open_store(struct core *c, struct fault *fault);
/* While the database is open: a new key for it, when one is due. */
MUST_USE err access_rekey(struct core *c, struct fault *fault);
/* Seals, closes the database, forgets the key. */
MUST_USE err access_lock(struct core *c);
void access_forget(struct core *c); /* the same without sealing */
/* The name of a staff member; empty when unknown. Lives until the end of the step. */
struct slice staff_name(struct core *c, const struct id *id);

/* door.c: durable, so that a power cut brings the door back. */
MUST_USE err door_set(struct core *c, bool open);

/* seal.c */
MUST_USE err seal_now(struct core *c);
/* The same, but a full disk or outbox is no reason to stop: what is not sealed stays in the database, and is
 * tried again. */
MUST_USE err seal_if_room(struct core *c);
/* After a changeset was committed: it is counted, and sealed when the pause is over. */
void seal_note_change(struct core *c, const struct id *session, uint32_t notes);
/* Counts what the database holds beyond the outbox; right after it was opened. */
MUST_USE err seal_count(struct core *c);
uint64_t seal_counter_sealed(const struct core *c);
/* Tells the hub that an erasure or order is carried out, with the next bundle or alone. Durable when it
 * returns, whether the database is open or not; asked for again it does nothing. */
MUST_USE err ack_queue(struct core *c, enum ack_kind kind, uint64_t number);
bool seal_acks_wait(const struct core *c); /* some are in no bundle yet */

/* transfer.c */
/* A damaged input file is the caller's, never this device's own files being damaged. */
MUST_USE err transfer_refused(struct call *call, err e);
/* "Kiosk-1-2026-11-21.tutti": letters and digits of a device's name only, for any file system. */
enum { transfer_name_bytes = 96 };
void transfer_file_name(const struct core *c, struct slice device_name, const char *suffix,
                        char out[transfer_name_bytes]);

/* term.c: the lease as it stands now, made durable from time to time. */
struct lease term_lease(const struct core *c);
int64_t term_days_left(const struct core *c);
MUST_USE err term_run(struct core *c);
/* When it should be looked at again; 0: not at all. */
uint64_t term_wake_at(const struct core *c);
/* A contact: the clock it brought (c->clock) and the lease, durable within lease_keep_ms or by term_keep. */
void term_renew(struct core *c, uint32_t days, int64_t hub_ms);
MUST_USE err term_keep(struct core *c);
/* The terms, while the database is open. */
MUST_USE err term_remember(struct core *c);

/* status.c */
void status_device(struct core *c, struct packer *p);
MUST_USE err status_sync(struct core *c, struct packer *p);
struct unsent {
  uint32_t registers, notes, changes;
  bool help;
  bool full;         /* nothing more can be sealed before the office has taken some of it */
  bool outdates_hub; /* the hub must be updated before it can take some of it */
};
MUST_USE err status_unsent(struct core *c, struct unsent *out);

/* sheet.c: everything this device wrote on the row is in a bundle that the hub has accepted. */
bool row_is_sent(struct core *c, const struct row *row);

/* visit.c: whether visiting schools is the signed-in person's work. */
MUST_USE err visit_allowed(struct core *c, bool *out);

/* learner.c: whether the signed-in person may work with an activity on a date, and has not lost it
 * by today. */
MUST_USE err grant_allows(struct core *c, const struct id *activity, int32_t date, bool *out);

#endif
