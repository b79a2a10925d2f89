/* sync.h: the line to the hub.
 *
 *            enrolled, not held, time has come             up                message 2 right WELCOME IDLE
 * ───────────────────────────────────▶ OPENING ─────────▶ SHAKING ─────────────────▶ GREETING ─────────▶
 * ONLINE ▲                                           │                  │                           │ │
 *    └────── down, refused, deadline, stale session, BYE, hold: close, then wait with jitter
 * ◀──┴──────────────────┘
 *
 * IDLE has a reason: not enrolled, held, waiting, refused. A hub that has everything of ours and asks for
 * patience (feed_at) has no room for one more that catches up: what is sealed before then is delivered all
 * the same, but nothing is subscribed to. */
#ifndef TUTTI_CLIENT_SYNC_H
#define TUTTI_CLIENT_SYNC_H

#include "proto/messages.h"
#include "shared/base/now.h"

struct core;
struct outbox_bundle;

enum sync_state {
  SYNC_IDLE,
  SYNC_OPENING,
  SYNC_FETCHING,
  SYNC_SHAKING,
  SYNC_GREETING,
  SYNC_ONLINE,
  sync_state_count
};
enum { sync_reason_bytes = 200 };
/* How far the hub has come with the bundles of one incarnation. */
struct sync_chain {
  uint32_t incarnation;
  uint64_t hub_seq;   /* highest the hub had at WELCOME */
  uint64_t send_next; /* seq of the next one to send */
  bool foreign;       /* that one is not ours: of ours none can follow it */
};
struct sync {
  enum sync_state state;
  bool hold;         /* a person holds the line down */
  bool refused;      /* the hub said no (revoked, update needed): shown until it says yes */
  uint32_t link;     /* id of the last link asked for */
  uint64_t deadline; /* of the handshake, or the end of the session; monotonic */
  uint64_t retry_at; /* monotonic; 0: at once */
  uint64_t feed_at;  /* monotonic: before it the hub has no time to bring us up to date; 0: it has */
  uint32_t failures; /* since the last WELCOME */
  char reason[sync_reason_bytes];
  bool fetch; /* the hub refused the handshake: ask for its manifest first */
  struct noise noise;
  bool noise_made;
  struct frame_joiner joiner;
  struct now hello_sent;
  struct sync_chain chain;                      /* of this incarnation */
  struct sync_chain earlier[hello_earlier_max]; /* those HELLO named */
  size_t earlier_count;
  uint32_t in_flight;  /* sent in this session and not receipted */
  bool carrying;       /* a piece of another device's file was sent in this session and not answered */
  uint32_t epoch;      /* the hub's, from WELCOME */
  uint32_t hub_schema; /* the hub's, from the last WELCOME; 0: not known yet */
  size_t granted;      /* streams the hub last granted */
  int64_t combined_ms; /* hub time when what others wrote was last all here, before this line; 0: never */
  bool subscribed;     /* in this session */
  bool feed_dropped;   /* batches came while nobody was signed in: a new session is needed */
  struct buf grants;   /* the last MSG_GRANTS of this session, for when the database opens */
};
void sync_init(struct sync *s, bool hold);
void sync_finish(struct sync *s);
MUST_USE err sync_up(struct core *c);
MUST_USE err sync_bytes(struct core *c, struct slice bytes);
MUST_USE err sync_down(struct core *c, struct slice reason);
/* Whatever can be done now: open, close, subscribe, send. At the end of every step. */
MUST_USE err sync_run(struct core *c);
/* As the last WELCOME said it; NULL when that did not speak of this incarnation. */
const struct sync_chain *sync_chain_of(const struct core *c, uint32_t incarnation);
/* Bundles that the hub is too old for: they wait here, and nothing behind them can go. */
bool sync_outdates_hub(const struct core *c, const struct outbox_bundle *b);
/* Whether the line, or what others wrote, waits for a time (monotonic), and for which. */
bool sync_waits(const struct core *c, uint64_t *until_out);
/* The earliest time sync_run should be called again; 0: none. */
uint64_t sync_wake_at(const struct core *c);
void sync_now(struct core *c);
MUST_USE err sync_hold(struct core *c, bool hold);
/* Closes the line with a reason and waits; `wait_ms` 0: by the usual back-off. */
MUST_USE err sync_close(struct core *c, const char *reason, uint64_t wait_ms);
/* "off", "held", "connecting", "online", "refused". */
const char *sync_line(const struct core *c);
MUST_USE err sync_send(struct core *c, const struct message *m);
/* The hub asks for patience. */
MUST_USE err sync_take_retry(struct core *c, uint32_t ms);

/* sync_receive.c: one message from the hub. */
MUST_USE err sync_receive(struct core *c, struct slice bytes);
/* A new incarnation, because the hub knows bundles under our numbers that are not ours. */
MUST_USE err sync_fork(struct core *c);
/* After the database was opened: what a fork left unfinished. */
MUST_USE err sync_fork_finish(struct core *c);
/* Verifies receipts and keeps what is new, durably. */
MUST_USE err sync_take_receipts(struct core *c, const struct slice *receipts, size_t count, size_t *news_out,
                                size_t *done_out);
/* A manifest with a higher number replaces the one held. */
MUST_USE err sync_take_manifest(struct core *c, struct slice bytes);

/* feed_apply.c */
/* Before subscribing: nothing has caught up yet, and positions of another epoch are forgotten. */
MUST_USE err feed_epoch(struct core *c);
MUST_USE err feed_apply(struct core *c, const struct feed_batch *batch);
/* Commits what the feed brought once nothing more comes, or feed_commit_ms after it began to come; then
 * rewrites the file if something was erased. */
MUST_USE err feed_settle(struct core *c);
/* Hub time up to which what others wrote is all here: now, while the line brings it; 0: never since this
 * program started. */
int64_t feed_combined_ms(const struct core *c);
MUST_USE err feed_grants(struct core *c, const struct msg_grants *grants);
/* Pending ops that the feed contains by now are pending no more; streams that are no longer granted are
 * purged. */
MUST_USE err feed_confirm(struct core *c);

#endif
