/* store.h: what the hub needs of a database, batch-shaped; one store is one hub. server/store implements it.
 * A struct store is one connection: one thread at a time; the writer has one, each reader its own. */
#ifndef TUTTI_SERVER_STORE_H
#define TUTTI_SERVER_STORE_H

#include "proto/changeset.h"
#include "proto/messages.h"
#include "proto/receipt.h"
#include "server/core/likeness.h"
#include "server/core/store_items.h"
#include "server/core/store_numbers.h"
#include "shared/base/now.h"
#include "shared/crypto/crypto.h"

struct feed_memory;                              /* batches read lately (job_feed.c) */
void feed_memory_destroy(struct feed_memory *m); /* NULL is accepted */
struct contacts;                                 /* heard of and not written yet (contact.c) */
void contacts_destroy(struct contacts *c);       /* NULL is accepted */
struct journal;
struct store_user; /* views.h */
struct store_key;
struct retention_ops;
struct store {
  const struct store_ops *ops;
  /* Where what is done now was asked from: an address in numbers, for the audit. Empty: this machine. */
  struct slice from;
  struct journal *journal;   /* of a writing connection; NULL: none is kept. The opener's. */
  struct feed_memory *feed;  /* NULL until one was read; the store's `close` destroys it */
  struct contacts *contacts; /* NULL until there was one; likewise */
  uint64_t kept_position;    /* the number of the last change when house was kept last */
};

/* ---- cases: absences that nobody explained, in registers that were closed. They are kept for good. ---- */
enum case_state { CASE_OPEN = 1, CASE_EXPLAINED = 2, CASE_ENDED = 3, CASE_HANDED_OVER = 4 };
enum case_event_kind {
  CASE_EVENT_OPENED = 1,
  CASE_EVENT_EXPLAINED = 2, /* by itself: a notice, a call, an amended mark, a meeting that was none */
  CASE_EVENT_AGAIN = 3,     /* by itself: what had explained it is gone */
  CASE_EVENT_STEP = 4,
  CASE_EVENT_TAKEN = 5,
  CASE_EVENT_ENDED = 6, /* by a person, with an outcome */
  CASE_EVENT_REOPENED = 7,
  CASE_EVENT_HANDED_OVER = 8,
  CASE_EVENT_RECEIPT = 9, /* whoever took it over says so */
};
/* Of case_outcomes as many say where the child was; the others pass it on. */
enum { case_outcomes_explain = 3 };
/* A mark that is or was "away, not told", beside the case it may have. The case has the mark's id. */
struct store_case {
  struct id id, session, learner;
  enum case_state state; /* 0: there is none */
  bool away;             /* it still says so, at a meeting that stands */
  bool closed;           /* in a register that is closed */
  bool explained;        /* by a notice that covers the day */
  bool by_hand;          /* a person opened it again: only a person ends it */
  /* What the family explained on the telephone, who to whom and when; empty: nobody did. */
  struct slice told;
};
struct write_case {
  struct id id, session, learner;
  enum case_state state; /* from now on; 0: as it was */
  enum case_event_kind kind;
  uint8_t outcome; /* with CASE_EVENT_ENDED */
  int64_t at_ms;
  struct id who;         /* zero: the hub itself */
  struct slice by, text; /* the name as it was then; what was done or why */
};

/* Where a reader of a stream stands. Two with nothing between their places are told the same. */
struct feed_edges {
  uint64_t position;     /* the hub's change number */
  uint64_t before, last; /* the last entry up to the reader's place, and the last of all; 0: none */
};
struct store_device {
  struct id id;
  char name[101];
  uint8_t kind, status; /* ENUM_device_kind_…, ENUM_device_status_… */
  uint8_t sign_public[key_bytes], noise_public[key_bytes];
  uint32_t incarnation;     /* the current one */
  uint64_t seq;             /* highest bundle taken in order, of that incarnation */
  uint8_t hash[hash_bytes]; /* of that bundle */
  int64_t enrolled_ms, last_contact_ms, last_receipt_ms, skew_ms;
  uint64_t manifest; /* whatever it has not sent was sealed under this one, or a later one */
  char program[64];
  char digits[7]; /* the six digits of its enrolment */
};
struct store_token {
  struct id id;
  uint8_t psk[key_bytes];
  char name[101];
  uint8_t kind;
  struct id staff[staff_on_device_max];
  size_t staff_count;
  int64_t expires_ms;
  struct id used_by; /* zero: not used */
};
/* A bundle as the hub keeps it. `raw` only while something of it is held, quarantined or refused; the receipt
 * for good. */
struct store_bundle {
  struct id device;
  uint32_t incarnation;
  uint64_t seq;
  uint8_t hash[hash_bytes];
  enum receipt_status status;
  int64_t received_ms; /* when it first came: a held one keeps that */
  struct slice receipt, raw;
  /* The change number at which the receipt was signed anew; 0: it is the first one. */
  uint64_t reissued;
  uint64_t number;        /* as bundle_save gave it; set by bundle_load */
  uint32_t intake, epoch; /* the key its device sealed it to, and the receipt's; for bundle_save */
};
/* How long a held bundle waits for the one before it: until it came before `came_ms`, or until the first one
 * of a later incarnation of its device did before `renamed_ms`; what was missing then came under that. */
struct store_patience {
  int64_t came_ms, renamed_ms;
};
/* A changeset that waits for the office, or was refused: what the receipt says, and what the office did about
 * it. */
enum store_quarantine_state { QUARANTINE_WAITS = 1, QUARANTINE_RELEASED = 2, QUARANTINE_REJECTED = 3 };
struct store_quarantine {
  uint64_t bundle; /* bundle_save's number */
  struct id device;
  uint32_t incarnation;
  uint64_t seq;
  uint32_t changeset;
  enum receipt_status status; /* RECEIPT_QUARANTINED or RECEIPT_REFUSED, when it came */
  err reason;
  int64_t received_ms;
  enum store_quarantine_state state;
  struct id by; /* who released or rejected it, when and why; zero while it waits */
  int64_t at_ms;
  struct slice why;
};
struct store_learner_key {   /* what schools and other systems call a learner */
  struct id learner, school; /* school: zero where it is not known */
  struct slice upn, mis_id;  /* empty: none */
};
struct store_child { /* a learner as duplicates are found by */
  struct id id;
  struct likeness_child child;
};
/* A list that the office brought in at once: see run.h. Its ops have the office's counters first to last. */
struct store_run {
  struct id id, who;
  struct slice what, name;  /* "learners", "rollover"; how the office calls it: the file's name */
  int64_t at_ms, undone_ms; /* undone_ms 0: it stands */
  uint64_t first, last, position, inserted, changed;
  uint64_t undo_first, undo_last; /* the ops that took it back */
};
struct store_run_row {
  const struct table *table;
  struct id row;
  bool fresh; /* it came with the run */
};
typedef err store_reference_seen(void *ctx, const struct table *t, const struct id *row, const struct id *to);
typedef err store_row_seen(void *ctx, const struct row *row);
enum item_event_kind { EVENT_OPENED = 1, EVENT_SHOWN, EVENT_DECIDED, EVENT_UNDONE, EVENT_SETTLED };
struct store_item_event {
  enum item_event_kind kind;
  int64_t at_ms;
  struct id who;   /* zero: nobody, it came by itself */
  struct op_id op; /* that caused it; counter 0: none */
  uint64_t ops;    /* of a decision: how many from `op` on */
  struct slice why;
};
/* How far one counter sequence of bundles is taken in order. */
struct store_chain {
  struct id device;
  uint32_t incarnation;
  uint64_t seq; /* 0: nothing yet */
  uint8_t hash[hash_bytes];
};
/* One accepted op, as history keeps it: who wrote what when, by which bundle. */
struct store_history {
  struct op_id op;
  struct id author;
  uint64_t stamp;
  uint8_t flags;
  int64_t received_ms;
  uint64_t bundle_seq; /* of the op's device and incarnation; 0: written at the hub */
  uint32_t units;
  const struct value *values; /* op_columns_max, as in struct op */
  const struct base *bases;   /* the heads it replaced */
  size_t base_count;
};
/* What a device said it has done, and when the hub first heard of it. */
struct store_ack {
  struct id device;
  struct ack ack;
  int64_t received_ms;
};
/* What a device told of itself when it was last here, and how often what it held had to be put right. */
struct store_device_note {
  uint32_t incarnation;
  uint64_t sealed; /* the highest bundle it has sealed in that incarnation */
  uint32_t repairs, restarts;
};
/* A piece of a device's list of what it holds of a stream (struct msg_repair); slices are borrowed. */
struct store_repair {
  struct stream_position at;
  struct slice after, rows;
  bool last;
};
/* An erasure as the ledger keeps it. Whom it was about is not in it: only hashes (erase.h). */
struct store_erasure {
  uint64_t number; /* from 1 */
  int64_t at_ms;
  struct id by;        /* who decided */
  struct slice reason; /* in the office's words, which must name nobody */
};
/* While it stands the learner cannot be erased: their records may be evidence. */
struct store_hold {
  struct id learner, by;
  struct slice reason;
  int64_t since_ms, lifted_ms; /* lifted_ms 0: it stands */
};
/* What a device was told to do. */
struct store_order {
  struct id device;
  uint64_t number;
  uint8_t kind; /* enum order_kind */
  bool done;    /* it has said so */
  struct slice bytes;
};
/* What a staff member may write from a device: when they were assigned to it, and what they were granted.
 * Days; an end is the first day without, 0 none. */
struct store_span {
  struct id activity; /* zero for an assignment */
  uint8_t role;       /* ENUM_grant_role_…, 0 for an assignment */
  int32_t starts, ends;
};
struct store_rights {
  const struct store_span *assigned, *granted;
  size_t assigned_count, granted_count;
};
/* What a commit changed, for live push and the office's pages. Small: streams and topics, no rows. */
enum { change_streams_max = 256 };
struct change_set {
  uint64_t position; /* the hub's change number after it */
  uint32_t epoch;    /* 0, or the new one after a restore was noticed */
  struct id streams[change_streams_max];
  size_t stream_count;
  bool all_streams; /* more than fit, or grants changed for many */
  bool grants;      /* somebody's grants or assignments changed: sessions ask JOB_GRANTS again */
  struct id sessions[change_streams_max]; /* whose registers or marks changed, for the office's page */
  size_t session_count, session_latest;   /* and the index of the one that was named last */
  bool learners, devices;
  bool days;     /* what meets on a day reads otherwise: closed days, terms, what an activity is called */
  bool receipts; /* a receipt was signed anew: sessions ask JOB_RECEIPTS */
};

/* ---- what one write brings: all of it in the transaction that is open ---- */
struct write_history {
  const struct table *table;
  struct id row;
  struct op_id op;
  struct id author;
  uint64_t stamp;
  uint8_t flags;
  uint32_t units;
  const struct value *values;
  const struct base *bases;
  size_t base_count;
  uint64_t bundle; /* bundle_save's number; 0: written at the hub */
};
/* One entry per (stream, row) at its latest position, which lies behind all that was put into the stream
 * before. The entry it replaces stands at the row's earlier version, so it is found without an index of its
 * own. */
struct write_feed {
  struct id stream;
  const struct table *table;
  struct id row;
  enum feed_kind kind;
  uint64_t position, before; /* before: 0 when the row was not in the stream */
};
struct write_conflict {
  const struct table *table;
  struct id row;
  uint8_t unit, kind; /* kind: enum conflict_kind; 0 closes it */
  struct id item;     /* its work item: work_item_id of it */
  struct op_id op;    /* that opened or closed it */
};
/* An accepted op that no head of its row leads to: history would not find it again. */
struct write_loose {
  const struct table *table;
  struct id row;
  struct op_id op;
};
struct op_range { /* accepted ops of one counter sequence */
  struct id device;
  uint32_t incarnation;
  uint64_t first, last;
};
/* A row that only travels again has nothing new but its version. */
enum write_row { WRITE_ROW_CHANGED, WRITE_ROW_FRESH, WRITE_ROW_AGAIN };
struct write_set {
  const struct row *const *rows; /* in order of (table, id), so that pages are filled one after the other */
  const uint8_t *how;            /* of each, enum write_row; NULL: changed, or perhaps fresh */
  size_t row_count;
  const struct write_history *history; /* in the order of their counters */
  size_t history_count;
  const struct write_feed *feed;
  size_t feed_count;
  const struct write_conflict *conflicts;
  size_t conflict_count;
  const struct write_loose *loose;
  size_t loose_count;
  const struct op_range *seen;
  size_t seen_count;
  const struct id *sessions; /* whose registers it touched */
  size_t session_count;
  bool moves_only; /* with what travels no figure changes */
  int64_t now_ms;
};
/* Everything about one learner goes, and what stays of it is the ledger's entry. */
struct write_erasure {
  struct store_erasure entry;
  struct id learner;
  const struct row_key *rows; /* about the learner, in the order of row_key_compare */
  size_t row_count;
  const uint8_t (*hashes)[hash_bytes]; /* by which ops on them are known again */
  size_t hash_count;
  uint64_t position; /* of the feed's entry that tells every device; before it stand those of its questions */
  bool everywhere;   /* its rows may travel in streams of anybody: they were merged, or a journal says so */
};
struct erased_counts {
  uint64_t ops;   /* of the history, blanked */
  uint64_t words; /* reasons in the audit, blanked */
};
/* Words that somebody typed for an entry of the audit. They stand beside it: its hash covers a hash of theirs
 * under a salt, so that they can go with whoever they are about, nobody can try words against what is left,
 * and the entries still follow from each other. */
struct audit_said {
  struct id about; /* a session */
  struct slice words;
  uint8_t salt[salt_bytes];
};

/* Every function returns ERR_NOT_FOUND, ERR_FULL, ERR_READ_ONLY, ERR_BUSY, ERR_CORRUPT, ERR_IO as the engine
 * says. Memory from the given arena. Whatever writes may be called inside begin and commit, or alone (then it
 * is its own transaction). */
struct store_ops {
  err (*begin)(struct store *s);  /* a write transaction */
  err (*commit)(struct store *s); /* rolled back when it fails */
  void (*rollback)(struct store *s);
  err (*begin_read)(struct store *s); /* a snapshot; end with rollback */
  void (*close)(struct store *s);
  /* Whether another connection has committed since this was asked last, or since the store was opened. */
  err (*others_wrote)(struct store *s, bool *out);
  /* The file takes no more of what the log holds, until the hub is started anew. */
  bool (*is_stuck)(struct store *s);
  /* Brings up to `max` sums of the reports up to date, in a transaction of its own; `more`: there may be
   * others. See reports_refresh. */
  err (*add_up)(struct store *s, const struct now *now, size_t max, bool *more);
  err (*number_load)(struct store *s, enum store_number n,
                     uint64_t *out); /* 0 before the first save; the epoch begins with 1 */
  err (*number_save)(struct store *s, enum store_number n, uint64_t v);

  /* rows: a row that is not there is loaded with `exists` false */
  err (*load_row)(struct store *s, const struct table *t, const struct id *id, struct arena *a,
                  struct row *out);
  /* Table and id of each are set by the caller, whose list is put in the order of the keys. */
  err (*load_rows)(struct store *s, struct row **rows, size_t count, struct arena *a);
  err (*save)(struct store *s, const struct write_set *w);
  /* Every accepted op of a row, oldest first, whatever became of it. They are found from its heads through
   * the ops that each names as bases, and `loose`. */
  err (*read_history)(struct store *s, const struct table *t, const struct id *row, struct arena *a,
                      struct store_history **out, size_t *count);
  err (*seen)(struct store *s, const struct op_id *op, bool *out); /* accepted earlier? */
  err (*seen_last)(struct store *s, const struct id *device, uint32_t incarnation,
                   uint64_t *out); /* the highest accepted counter, or 0 */

  /* streams. A learner travels with every activity of an enrolment that has not ended by `date`. */
  err (*learner_streams)(struct store *s, const struct id *learner, int32_t date, struct arena *a,
                         struct id **out, size_t *count);
  /* Rows of an absence notice, contact or need: what travels with the learner. */
  err (*learner_rows)(struct store *s, uint8_t table, const struct id *learner, struct arena *a,
                      struct id **out, size_t *count);
  /* Who stands for the same child or meeting, itself among them; none when it stands alone. */
  err (*alias_members)(struct store *s, const struct id *id, struct arena *a, struct id **out, size_t *count);
  err (*alias_save)(struct store *s, const struct id *id, uint8_t table,
                    const struct id *canon);                                    /* NULL: it stands alone */
  err (*alias_canonical)(struct store *s, const struct id *id, struct id *out); /* itself when alone */
  err (*alias_there)(struct store *s, bool *out); /* does anything stand for something else? */
  err (*alias_is_alone)(struct store *s, const struct id *session, const struct id *learner, bool *out);

  /* what detect.c asks: rows that were taken for one and are not decided about; … */
  err (*duplicate_items)(struct store *s, const struct id *id, struct arena *a, struct id **out,
                         size_t *count);
  /* (all who stand in such an item, by id, for whoever would ask about many) … */
  err (*duplicate_list)(struct store *s, struct arena *a, struct id **out, size_t *count);
  /* … meetings that may be the same as one (of one that is itself not ad hoc less has to be asked), and
   * children: ERR_NOT_FOUND for one that is not there; … */
  err (*session_candidates)(struct store *s, const struct id *session, bool adhoc, struct arena *a,
                            struct id **out, size_t *count);
  err (*child_load)(struct store *s, const struct id *learner, struct arena *a, struct store_child *out);
  err (*child_list)(struct store *s, struct arena *a, struct store_child **out, size_t *count); /* by id */
  err (*child_candidates)(struct store *s, const struct store_child *of, struct arena *a,
                          struct store_child **out, size_t *count);
  /* Of everybody who has a number elsewhere, in the order of their ids. */
  err (*learner_keys)(struct store *s, struct arena *a, struct store_learner_key **out, size_t *count);
  /* The schools whose numbers of this child are a matter that is open. */
  err (*number_items)(struct store *s, const struct id *learner, struct arena *a, struct id **out,
                      size_t *count);
  err (*child_links)(struct store *s, const struct id *a, const struct id *b, struct likeness_links *out);
  /* … a pair nobody has merged or told apart (`apart`: the row that would say so); … */
  err (*pair_is_free)(struct store *s, const struct table *t, const struct id *a, const struct id *b,
                      const struct id *apart, bool *out);
  /* … a child's marks at a meeting, by canonical ids, the one that counts first, with `all` also those that
   * were taken back; … */
  err (*marks_of_child)(struct store *s, const struct id *session, const struct id *learner, bool all,
                        struct arena *a, struct id **out, size_t *count);
  /* … and meetings and children, in pairs, that an id's class has marks or an open item of. */
  err (*two_marks_candidates)(struct store *s, const struct id *id, struct arena *a, struct id **out,
                              size_t *count);
  err (*enrolments_ended)(struct store *s, int32_t after, int32_t until, struct arena *a, struct id **out,
                          size_t *count); /* after < ends <= until */
  err (*feed_edges)(struct store *s, const struct stream_position *from, struct feed_edges *out);
  /* How many entries stand at after < place <= until. What was put there once is only ever taken away: with a
   * change of its row, which stands behind the last one then, or by an erasure. */
  err (*feed_count)(struct store *s, const struct id *stream, uint64_t after, uint64_t until, uint64_t *out);
  /* The next rows of a stream as the audience in `from` may see them. */
  err (*read_feed)(struct store *s, const struct stream_position *from, size_t rows_max, struct arena *a,
                   struct feed_batch *out);
  /* What a device should hold of a stream, as 32 bytes: proto/digest.h. */
  err (*stream_digest)(struct store *s, const struct stream_position *at, uint8_t out[hash_bytes]);
  /* The rows and leaves that put a device's list right; ERR_TOO_BIG when it is more than a batch holds. */
  err (*stream_repair)(struct store *s, const struct store_repair *asked, size_t rows_max, struct arena *a,
                       struct feed_batch *out);
  /* what a device may hold on a date: union of the grants of its assigned staff */
  err (*device_grants)(struct store *s, const struct id *device, int32_t date, struct arena *a,
                       struct msg_grants *out);
  err (*rights)(struct store *s, const struct id *device, const struct id *author, struct arena *a,
                struct store_rights *out);

  /* devices, tokens, bundles */
  err (*device_load)(struct store *s, const struct id *device, struct store_device *out);
  /* Of a known device neither name, kind nor status is changed: those are the office's, in its row of the
   * schema. */
  err (*device_save)(struct store *s, const struct store_device *d);
  err (*device_sealed)(struct store *s, const struct id *device, uint32_t incarnation, uint64_t seq);
  err (*device_repaired)(struct store *s, const struct id *device, bool restarted);
  err (*device_note_load)(struct store *s, const struct id *device,
                          struct store_device_note *out); /* zeros when nothing is noted */
  err (*chain_load)(struct store *s, const struct id *device, uint32_t incarnation,
                    struct store_chain *out); /* seq 0 when there is none */
  err (*chain_save)(struct store *s, const struct store_chain *c);
  err (*token_load)(struct store *s, const struct id *token, struct store_token *out);
  err (*token_save)(struct store *s, const struct store_token *t);
  err (*bundle_load)(struct store *s, const struct id *device, uint32_t incarnation, uint64_t seq,
                     struct arena *a, struct store_bundle *out);
  /* The earliest bundle that is still held and was waited for long enough, or to which nothing is missing, of
   * one device or (NULL) of any: what follows the number `after` (0 at first), which then names it.
   * ERR_NOT_FOUND when there is none. */
  err (*bundle_held)(struct store *s, const struct store_patience *until, const struct id *device,
                     uint64_t *after, struct arena *a, struct store_bundle *out);
  err (*bundle_save)(struct store *s, const struct store_bundle *b,
                     uint64_t *number_out); /* inserts or replaces */
  /* Of those sealed to this intake key or an earlier one: that are held or wait for a decision, and that
   * came since then. */
  err (*bundles_sealed_to)(struct store *s, uint32_t intake, int64_t since_ms, uint64_t *waiting_out,
                           uint64_t *recent_out);
  /* Heard again, an acknowledgement keeps its first time. */
  err (*ack_save)(struct store *s, const struct id *device, const struct ack *ack, int64_t received_ms);
  /* ERR_NOT_FOUND when the device has not told it yet. */
  err (*ack_load)(struct store *s, const struct id *device, const struct ack *ack, struct store_ack *out);
  /* All of one kind and number, by device. */
  err (*acks_read)(struct store *s, const struct ack *ack, struct arena *a, struct store_ack **out,
                   size_t *count);
  /* Devices that may still need what only manifests before this one named; one that has emptied itself needs
   * nothing. */
  err (*devices_behind)(struct store *s, uint64_t manifest, uint64_t *count_out);
  /* Takes the place of one of the same kind and device that is not done. */
  err (*order_save)(struct store *s, const struct store_order *o);
  err (*order_last)(struct store *s, const struct id *device, uint64_t *number_out); /* 0: none yet */
  err (*orders_load)(struct store *s, const struct id *device, struct arena *a, struct store_order **out,
                     size_t *count); /* by number */
  /* A changeset of a bundle that waits for the office, or was refused; its bytes stay in the bundle's `raw`.
   */
  err (*quarantine)(struct store *s, uint64_t bundle, const struct receipt_exception *x);
  err (*quarantine_decide)(struct store *s, const struct store_quarantine *q); /* state, by, at, why */
  /* In the order they came: of one bundle by its number, or (0) those of all bundles that wait. */
  err (*quarantine_list)(struct store *s, uint64_t bundle, size_t max, struct arena *a,
                         struct store_quarantine **out, size_t *count);
  /* Opens or settles one that no unit's conflict stands for; `op` caused it (NULL: none). */
  err (*work_item_set)(struct store *s, const struct store_item *item, bool open, const struct op_id *op,
                       int64_t now_ms);
  err (*work_item_load)(struct store *s, const struct id *id, struct arena *a, struct store_item *out);
  err (*work_item_list)(struct store *s, size_t max, struct arena *a, struct store_item **out,
                        size_t *count); /* open ones, the oldest first */
  err (*work_item_events)(struct store *s, const struct id *id, struct arena *a,
                          struct store_item_event **out, size_t *count);
  /* Adds to its life; EVENT_DECIDED and EVENT_SETTLED close it, EVENT_OPENED and EVENT_UNDONE open it. A
   * second EVENT_SHOWN since it was opened is not noted. */
  err (*work_item_note)(struct store *s, const struct id *id, const struct store_item_event *event);
  /* Receipts of a device's bundles that were signed anew after a change number, oldest first. */
  err (*receipts_reissued)(struct store *s, const struct id *device, uint64_t after, size_t max,
                           struct arena *a, struct slice **out, size_t *count);
  /* Receipts of a device's bundles that were signed in later epochs, oldest first. */
  err (*receipts_since_epoch)(struct store *s, const struct id *device, const struct chain_ref *told,
                              size_t max, struct arena *a, struct slice **out, size_t *count);
  /* cases */
  err (*cases_of_session)(struct store *s, const struct id *session, struct arena *a, struct store_case **out,
                          size_t *count); /* marks that are a matter, and those that have a case */
  /* Questions about a matter (its id in hexadecimal) that nobody has withdrawn. */
  err (*questions_open)(struct store *s, struct slice matter, struct arena *a, struct id **out,
                        size_t *count);
  /* Those about matters that are there, which nobody has answered or withdrawn. */
  err (*questions_asked)(struct store *s, struct arena *a, struct store_asked **out, size_t *count);
  /* Those that nobody has answered or withdrawn, and whose matter is no matter any more. */
  err (*questions_over)(struct store *s, struct arena *a, struct id **out, size_t *count);
  err (*case_sessions)(struct store *s, const struct id *learner, struct arena *a, struct id **out,
                       size_t *count); /* where whoever is the same child is or was a matter */
  err (*case_write)(struct store *s, const struct write_case *w); /* makes it when it is not there */
  err (*case_stands)(struct store *s, const struct id *learner, bool *out); /* one of theirs is open */
  /* Who signs in at the office, what a partner's account sees, and keys of scripts: views.h has the rest. */
  err (*user_load)(struct store *s, const struct id *id, struct store_user *out);
  err (*user_save)(struct store *s, const struct store_user *u);
  err (*user_sign_out)(struct store *s, const struct id *user, const uint8_t *except); /* or NULL */
  err (*user_activities)(struct store *s, const struct id *user, struct arena *a, struct id **out,
                         size_t *count);
  err (*user_give)(struct store *s, const struct id *user, const struct id *activity);
  err (*user_take)(struct store *s, const struct id *user); /* all that was given */
  err (*key_save)(struct store *s, const struct store_key *k);
  /* Lists brought in at once. run_save inserts, or says that one was undone. */
  err (*run_save)(struct store *s, const struct store_run *run);
  err (*run_load)(struct store *s, const struct id *id, struct arena *a, struct store_run *out);
  err (*run_list)(struct store *s, size_t max, struct arena *a, struct store_run **out,
                  size_t *count); /* the latest first */
  err (*run_rows_add)(struct store *s, const struct id *run, const struct store_run_row *rows, size_t count);
  err (*run_rows)(struct store *s, const struct id *run, struct arena *a, struct store_run_row **out,
                  size_t *count); /* by table and id */
  /* Rows of a table whose version is above a position, each with every id it names. */
  err (*references_since)(struct store *s, const struct table *t, uint64_t position,
                          store_reference_seen *seen, void *ctx);
  /* Every row of a table, by id. The arena is cleared before each. */
  err (*each_row)(struct store *s, const struct table *t, struct arena *a, store_row_seen *seen, void *ctx);
  /* Which table a file with these headings was for, how its columns were mapped, and whether 1/2/2026 is of
   * February. ERR_NOT_FOUND. */
  err (*heading_map_load)(struct store *s, const uint8_t hash[hash_bytes], struct arena *a,
                          struct slice *table, struct slice *map, bool *day_first);
  err (*heading_map_save)(struct store *s, const uint8_t hash[hash_bytes], struct slice table,
                          struct slice map, bool day_first);
  /* erasure */
  err (*hold_load)(struct store *s, const struct id *learner, struct arena *a,
                   struct store_hold *out); /* the one that stands, or ERR_NOT_FOUND */
  err (*hold_save)(struct store *s,
                   const struct store_hold *hold); /* a new one; ERR_EXISTS when one stands */
  err (*hold_lift)(struct store *s, const struct id *learner, int64_t now_ms); /* ERR_NOT_FOUND */
  /* Everybody who is the same child as this learner by merging, the learner included. */
  err (*same_learners)(struct store *s, const struct id *learner, struct arena *a, struct id **out,
                       size_t *count);
  err (*rows_about)(struct store *s, const struct id *learner, struct arena *a, struct row_key **out,
                    size_t *count);
  /* Questions about no one learner whose words may name this one: about a register of an activity of theirs,
   * to staff of one about nothing but a bundle, or wherever their name stands. One may be listed twice. */
  err (*questions_naming)(struct store *s, const struct id *learner, struct arena *a, struct id **out,
                          size_t *count);
  err (*erase)(struct store *s, const struct write_erasure *w, struct erased_counts *out);
  err (*erased)(struct store *s, const uint8_t hash[hash_bytes], uint64_t *number_out); /* 0: not erased */
  /* The next bundle behind `after` (0: the first) whose bytes are still kept; ERR_NOT_FOUND. */
  err (*bundle_raw)(struct store *s, uint64_t after, struct arena *a, struct store_bundle *out,
                    uint64_t *number_out);
  /* Other bytes for a bundle that is kept. */
  err (*bundle_raw_save)(struct store *s, uint64_t number, struct slice raw);
  /* Rewrites the file so that nothing erased is left in unused parts of it, and empties the log. Outside a
   * transaction. ERR_BUSY, ERR_FULL: try again later. */
  err (*scrub)(struct store *s);
  const struct retention_ops *retention; /* retention.h */
  const struct horizon_ops *horizon;     /* horizon.h */
  /* audit: who did what; detail is codes and ids, never names */
  err (*audit)(struct store *s, int64_t now_ms, const struct id *actor, const char *action,
               const char *detail);
  err (*audit_saying)(struct store *s, int64_t now_ms, const struct id *actor, const char *action,
                      const char *detail, const struct audit_said *said);
};

#endif
