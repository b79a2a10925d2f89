/* session_state.h: private to this folder: what one device's connection remembers. Ten thousand of them stand
 * idle, so it is small. */
#ifndef TUTTI_SERVER_SESSION_STATE_H
#define TUTTI_SERVER_SESSION_STATE_H

#include "server/core/session.h"

enum session_state {
  STATE_OPENING,   /* nothing was said yet */
  STATE_HANDSHAKE, /* our message 2 is out */
  STATE_DEVICE,    /* message 3 is in: JOB_DEVICE, perhaps JOB_RESTORED */
  STATE_ONLINE,
  STATE_TOKEN,           /* JOB_TOKEN */
  STATE_ENROL_HANDSHAKE, /* our message 2 is out, with the token's secret mixed in */
  STATE_ENROL_CONFIRM,   /* a person compares six digits */
  STATE_ENROLLING,       /* JOB_ENROL */
  STATE_CLOSED,
};
/* One stream the device is granted. */
struct session_stream {
  struct stream_position held; /* what was sent, for which audience */
  uint64_t begun;              /* the hub's change number when this session began it; 0: it did not */
  bool dirty;                  /* there may be more to send */
  bool restart;                /* the device must forget what it holds of it first */
  bool whole;                  /* a checkpoint at held.position was sent */
  bool old;                    /* the device held something of it before this session */
  bool audited;                /* its digest was sent, or need not be: all of it came in this session */
  bool audit;                  /* the next checkpoint carries the digest */
};
/* May it have more of the feed than who was hardly away? See gate.h. */
enum session_entry {
  ENTRY_NEAR,   /* it needed no more yet */
  ENTRY_WAITS,  /* it stands at the gate */
  ENTRY_INSIDE, /* it counts as one of those who catch up */
  ENTRY_FREE,   /* it has caught up in this session, or has taken too long to count */
};
struct session {
  const struct hub *hub;
  struct gate *gate;
  enum session_state state;
  uint64_t started_ms, heard_ms, now_ms; /* monotonic */
  int32_t date;                          /* the grants are of */
  struct noise noise;
  struct frame_joiner in;
  struct opening opening; /* without its Noise message */

  /* the device */
  struct id device;
  uint32_t incarnation, epoch;
  uint64_t sealed_seq, receipt_seq, manifest;
  struct bundle_ref *asked; /* until JOB_DEVICE is asked; from malloc */
  size_t asked_count;
  struct chain_ref *earlier; /* until WELCOME; from malloc, and so are their answers */
  struct chain_end *held;
  size_t earlier_count;
  uint32_t schema; /* that its program knows: what came later is not sent to it */
  uint32_t receipt_epoch;
  int64_t skew_ms;
  char program[64], digits[7];
  uint8_t enrol_sign[key_bytes], enrol_kind;
  uint64_t found_seq;  /* what the hub has of this incarnation */
  uint64_t taken_seq;  /* the highest it was given of it */
  uint64_t order_last; /* the highest that was sent in this session */
  uint8_t found_hash[hash_bytes];
  bool revoked;
  struct slice certificate; /* from malloc; until the device is known */

  /* bundles */
  uint32_t bundles; /* asked and not answered */
  size_t bundle_bytes;
  struct slice *receipts; /* each from malloc */
  size_t receipt_count, receipt_cap;
  uint64_t reissues_known; /* change number up to which receipts signed anew were sent */
  bool reissues_asked, reissues_again;
  bool carrying; /* a piece of another device's file is being taken: one at a time */

  /* feed */
  bool subscribed, granted, grants_asked, grants_again, feed_asked;
  uint8_t grants_hash[hash_bytes];
  uint32_t credit;
  enum session_entry entry;
  uint64_t entry_ms, fed_bytes; /* since when `entry` is so; sent before it came in */
  struct session_stream *streams;
  size_t stream_count, next;
  uint32_t repair_pieces;          /* answered in this session */
  struct stream_position *claimed; /* what the device said it holds, until it is granted */
  size_t claimed_count;

  /* what this step says */
  struct buf out;
  struct session_action *actions;
  size_t *offsets; /* of each SEND in `out` */
  size_t action_count, action_cap;
};

/* session.c */
void session_forget_earlier(struct session *s);

/* session_out.c: every failure of these closes the connection. */
MUST_USE err session_room(struct session *s); /* for one more action */
MUST_USE err session_send_raw(struct session *s, struct slice bytes);
MUST_USE err session_send(struct session *s, const struct message *m);
MUST_USE err session_ask(struct session *s, struct job *job);        /* takes the job, also on failure */
MUST_USE err session_bye(struct session *s, enum bye_reason reason); /* and close */
void session_close(struct session *s);

/* session_enrol.c */
MUST_USE err session_on_token(struct session *s, struct job *job);
MUST_USE err session_on_enrol(struct session *s, struct slice bytes); /* message 3 */
MUST_USE err session_on_confirm(struct session *s, struct slice bytes);
MUST_USE err session_on_enrolled(struct session *s, struct job *job, const struct now *now);

/* session_sync.c */
MUST_USE err session_revoked(struct session *s); /* while it is online */
MUST_USE err session_welcome(struct session *s, const struct now *now);
MUST_USE err session_on_message(struct session *s, struct slice bytes);
MUST_USE err session_on_answer(struct session *s, struct job *job);
MUST_USE err session_keep_receipt(struct session *s, struct slice receipt);
MUST_USE err session_flush_receipts(struct session *s);
MUST_USE err session_ask_receipts(struct session *s); /* signed anew */
MUST_USE err session_tell_orders(struct session *s, const struct job *job);

/* session_feed.c */
MUST_USE err session_ask_grants(struct session *s);
MUST_USE err session_on_subscribe(struct session *s, const struct msg_subscribe *m);
MUST_USE err session_on_grants(struct session *s, const struct job *job);
MUST_USE err session_on_feed(struct session *s, const struct job *job);
MUST_USE err session_on_changes(struct session *s, const struct change_set *c);
MUST_USE err session_pump(struct session *s);
/* session_gate.c */
/* Before the next batch is read: false when the device must wait. */
bool session_may_catch_up(struct session *s);
void session_caught_up(struct session *s);
void session_leave_gate(struct session *s);
MUST_USE err session_at_gate(struct session *s); /* about once a second */
/* Tells the device when to come back, and closes. */
MUST_USE err session_retry(struct session *s, uint32_t ms);
/* session_repair.c */
/* When nothing else is going on: the digest of one stream the device held before this session. */
MUST_USE err session_audit(struct session *s);
MUST_USE err session_on_repair(struct session *s, const struct msg_repair *m);
MUST_USE err session_on_repaired(struct session *s, const struct job *job);
struct session_stream *session_stream_of(struct session *s, const struct stream_position *from);
void session_all_dirty(struct session *s);

#endif
