/* store.h: what the hub needs of a database, batch-shaped; one store is one hub. server/store implements it. A struct store is one connection: one
 * thread at a time; the writer has one, each reader its own. */
#ifndef TUTTI_SERVER_STORE_H
#define TUTTI_SERVER_STORE_H

#include "proto/changeset.h"
#include "proto/receipt.h"
#include "shared/base/now.h"
#include "shared/crypto/crypto.h"

struct store {
  const struct store_ops *ops;
};

struct store_device {
  struct id id;
  char name[101];
  uint8_t kind, status; /* ENUM_device_kind_…, ENUM_device_status_… */
  uint8_t sign_public[key_bytes], noise_public[key_bytes];
  uint32_t incarnation;        /* the current one */
  uint64_t seq;                /* highest bundle taken in order, of that incarnation */
  uint8_t hash[hash_bytes];    /* of that bundle */
  int64_t enrolled_ms, last_contact_ms, last_receipt_ms, skew_ms;
  char program[64];
  char digits[7];              /* the six digits of its enrolment */
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
/* A bundle as the hub keeps it. `raw` only while it is held or quarantined; the receipt for good. */
struct store_bundle {
  struct id device;
  uint32_t incarnation;
  uint64_t seq;
  uint8_t hash[hash_bytes];
  enum receipt_status status;
  int64_t received_ms;
  struct slice receipt, raw;
};
/* One accepted op, as history keeps it: who wrote what when, by which bundle. */
struct store_history {
  struct op_id op;
  struct id author;
  uint64_t stamp;
  uint8_t flags;
  int64_t received_ms;
  uint32_t units;
  const struct value *values; /* op_columns_max, as in struct op */
  enum receipt_status status;
};
/* What a commit changed, for live push and the office's pages. Small: streams and topics, no rows. */
enum { change_streams_max = 256 };
struct change_set {
  uint64_t position; /* the hub's change number after it */
  struct id streams[change_streams_max];
  size_t stream_count;
  bool all_streams;   /* more than fit, or grants changed for many */
  bool grants;        /* somebody's grants or assignments changed: sessions ask JOB_GRANTS again */
  struct id sessions[change_streams_max]; /* whose registers or marks changed, for the office's page */
  size_t session_count;
  bool learners, devices;
};

/* Every function returns ERR_NOT_FOUND, ERR_FULL, ERR_READ_ONLY, ERR_BUSY, ERR_CORRUPT, ERR_IO as the engine says. Memory from the given arena. */
struct store_ops {
  err (*begin)(struct store *s); /* a write transaction */
  err (*commit)(struct store *s);
  void (*rollback)(struct store *s);
  err (*begin_read)(struct store *s); /* a snapshot; end with rollback */
  void (*close)(struct store *s);

  /* rows */
  err (*load_row)(struct store *s, const struct table *t, const struct id *id, struct arena *a, struct row *out);
  err (*save_row)(struct store *s, const struct row *row);
  /* history and order */
  err (*add_history)(struct store *s, const struct table *t, const struct id *row, const struct store_history *h, const struct slice *bundle_ref);
  err (*read_history)(struct store *s, const struct table *t, const struct id *row, struct arena *a, struct store_history **out, size_t *count);
  err (*seen)(struct store *s, const struct op_id *op, bool *out); /* accepted earlier? */
  err (*add_seen)(struct store *s, const struct op_id *first, uint64_t count);
  err (*next_position)(struct store *s, uint64_t *out); /* the hub's change number: one more for every changed row */
  err (*epoch)(struct store *s, uint32_t *out);
  /* streams: which ones a row travels with now, and one entry per (stream, row) at its latest position */
  err (*streams_of)(struct store *s, const struct row *row, struct arena *a, struct id **out, size_t *count);
  err (*stream_put)(struct store *s, const struct id *stream, const struct table *t, const struct id *row, enum feed_kind kind, uint64_t position);
  err (*read_feed)(struct store *s, const struct stream_position *from, size_t rows_max, struct arena *a, struct feed_batch *out);
  /* what a device may hold on a date: union of the grants of its assigned staff */
  err (*device_grants)(struct store *s, const struct id *device, int32_t date, struct arena *a, struct msg_grants_view *out);
  /* is `author` assigned to the device, and granted the activity on that date? */
  err (*admitted)(struct store *s, const struct id *device, const struct id *author, const struct id *activity, int32_t date, bool *out);
  /* conflicts: one row per (table, row, unit), opened and closed by merge outcomes */
  err (*conflict_set)(struct store *s, const struct table *t, const struct id *row, uint8_t unit, int kind, int64_t now_ms);
  /* devices, tokens, bundles */
  err (*device_load)(struct store *s, const struct id *device, struct store_device *out);
  err (*device_save)(struct store *s, const struct store_device *d);
  err (*token_load)(struct store *s, const struct id *token, struct store_token *out);
  err (*token_save)(struct store *s, const struct store_token *t);
  err (*bundle_load)(struct store *s, const struct id *device, uint32_t incarnation, uint64_t seq, struct arena *a, struct store_bundle *out);
  err (*bundle_save)(struct store *s, const struct store_bundle *b);
  err (*bundle_next_held)(struct store *s, const struct id *device, uint32_t incarnation, uint64_t seq, struct arena *a, struct store_bundle *out);
  err (*quarantine)(struct store *s, const struct store_bundle *b, uint32_t changeset, err reason, struct slice bytes);
  /* audit: who did what; detail is codes and ids, never names */
  err (*audit)(struct store *s, int64_t now_ms, const struct id *actor, const char *action, const char *detail);
};
struct msg_grants_view { /* as messages.h's msg_grants, without including it here */
  struct stream_grant {
    struct id stream;
    uint8_t audience;
    uint64_t position;
  } *streams;
  size_t stream_count;
  struct staff_name {
    struct id id;
    struct slice name;
  } *staff;
  size_t staff_count;
};

#endif
