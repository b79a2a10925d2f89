/* hub.h: the hub without sockets, files or threads: its keys, and the jobs that sessions and the office ask
 * of the store. */
#ifndef TUTTI_SERVER_HUB_H
#define TUTTI_SERVER_HUB_H

#include "proto/manifest.h"
#include "proto/messages.h"
#include "server/core/store.h"
#include "shared/base/log.h"
#include "shared/base/now.h"

enum { hub_keys_max = 16 };
struct hub_box_key {
  uint32_t number;
  uint64_t since,
      until;          /* manifests: the first that names it, the first that does not any more; 0: none yet */
  int64_t retired_ms; /* 0: it is current */
  struct box_keys keys;
};
struct hub_succession {
  uint16_t len;
  uint8_t bytes[succession_bytes_max];
};
/* Whoever reads safeguarding concerns. Only the public half: the hub can seal to them and open nothing. */
struct hub_reader {
  uint32_t number;
  uint8_t public_key[key_bytes];
  char name[concern_name_bytes_max + 1];
};
/* Everything a running hub knows by heart; immutable while it runs, shared by all threads. */
struct hub {
  struct id id;
  char name[201];
  char url[513]; /* "wss://host:port/sync", as devices reach it */
  struct sign_keys sign;
  struct hub_succession
      successions[successions_max]; /* of signing keys it has given up, whose secrets are gone */
  size_t succession_count;
  struct sign_ring signers; /* all its signing keys, the current one last */
  struct hub_box_key noise[hub_keys_max],
      intake[hub_keys_max]; /* the last one is current; older ones still open what was sealed to them */
  size_t noise_count, intake_count;
  uint8_t lease_root[key_bytes]; /* what every device's lease secret follows from, so that none is stored */
  struct hub_reader readers[concern_readers_max]; /* of concerns */
  size_t reader_count;
  uint32_t reader_last;                            /* the highest number ever given */
  char concern_phone[concern_phone_bytes_max + 1]; /* rung until a concern is receipted */
  uint64_t manifest_number;
  uint32_t backup_days;     /* how old a backup it may be restored from; 0: backup_days_default */
  uint32_t retention_years; /* records of learners who left are kept */
  uint32_t overdue_days;    /* a device that has not confirmed an erasure by then must be fetched */
  int64_t issued_ms;        /* of the manifest */
  struct buf manifest;      /* signed bytes */
  struct entropy entropy;
  const struct log_sink *log;
};
/* The keys file: magic, fixed-width fields, BLAKE2b checksum; mode 0600 is the caller's business. */
MUST_USE err hub_keys_generate(struct hub *out, const char *name, const char *url, const struct entropy *e,
                               const struct now *now);
MUST_USE err hub_keys_encode(struct buf *out, const struct hub *hub);
MUST_USE err hub_keys_decode(struct hub *out, struct slice bytes,
                             struct fault *fault); /* also builds and signs the manifest */
void hub_finish(struct hub *hub);                  /* wipes */

/* keys.c: new keys in the place of old ones. Retired Noise and intake secrets stay until they are destroyed,
 * because a device that was away for a year speaks to the one and has bundles sealed to the other. */
enum hub_key_kind { HUB_NOISE = 1, HUB_INTAKE = 2, HUB_SIGN = 4 };
/* `what`: one or several of them. One new manifest says it all. ERR_FULL with a sentence when a list is full;
 * nothing is changed then. */
MUST_USE err hub_keys_rotate(struct hub *hub, unsigned what, const struct now *now, struct fault *fault);
/* readers.c: who reads concerns, and whom a device says to ring. Each makes a new manifest; nothing is
 * changed with an error, which has a sentence. A reader who is removed still opens what was sealed to them.
 */
MUST_USE err hub_reader_add(struct hub *hub, const uint8_t public_key[key_bytes], const char *name,
                            const struct now *now, struct fault *fault);
MUST_USE err hub_reader_remove(struct hub *hub, uint32_t number, const struct now *now, struct fault *fault);
MUST_USE err hub_concern_phone(struct hub *hub, const char *phone, const struct now *now,
                               struct fault *fault);
/* The manifest from which on a device needs this key no more. ERR_NOT_FOUND; ERR_CONFLICT for one that is
 * current. */
MUST_USE err hub_key_until(uint64_t *out, const struct hub *hub, enum hub_key_kind kind, uint32_t number);
/* keys_need.c: who may still need a retired key. A bundle that came lately may come again, from a device
 * whose hub was restored from a backup of before. A device that a restored hub has forgotten counts only when
 * it has come back. */
struct key_need {
  uint64_t devices; /* that may hold something sealed to it, or know the hub by it */
  uint64_t waiting; /* bundles at the hub that nobody could open any more; of intake keys */
  uint64_t
      recent; /* bundles that came since the oldest backup the hub may be restored from; of intake keys */
};
MUST_USE err hub_key_need(struct key_need *out, const struct hub *hub, struct store *store,
                          const struct now *now, enum hub_key_kind kind, uint32_t number);
/* Whatever anybody needs; see hub_key_need. */
MUST_USE err hub_key_destroy(struct hub *hub, enum hub_key_kind kind, uint32_t number);
/* Signs the manifest anew, and gathers the signing keys. */
MUST_USE err hub_manifest_make(struct hub *hub);

/* What a device was given at enrolment, so that a code read over the telephone can renew its lease. */
void hub_lease_secret(uint8_t out[key_bytes], const struct hub *hub, const struct id *device);

/* ---- jobs: what needs the store. A session asks, a thread with a store connection runs, the session gets
 * the same job back with its answer. ---- */
enum job_kind {
  JOB_DEVICE,   /* who is this device? (handshake) */
  JOB_READMIT,  /* it is not known, but has a certificate. Writer. */
  JOB_TOKEN,    /* which psk belongs to this enrolment token? */
  JOB_ENROL,    /* consume the token, create the device: one idempotent transaction. Writer. */
  JOB_INGEST,   /* one bundle. Writer: run in groups by ingest_group. */
  JOB_GRANTS,   /* streams and staff of a device now; what it is to do */
  JOB_FEED,     /* the next batch of a stream */
  JOB_REPAIR,   /* what differs between a device's list of a stream and the hub's */
  JOB_REPAIRED, /* note that a device was put right. Writer. */
  JOB_RECEIPTS, /* receipts of a device that were signed anew since the session last heard of any */
  JOB_CONTACT,  /* note when a device was seen, its clock skew and program; what it is to do. Writer. */
  JOB_KEEP,     /* housekeeping: releases what was held too long, and notices what another process committed.
                   Writer. */
  JOB_RESTORED, /* a device holds a receipt the hub does not remember: it was restored, so its epoch rises.
                   Writer. */
  JOB_CARRY,    /* a piece of another device's export file. Writer. */
};
static inline bool job_needs_writer(enum job_kind k) {
  return k == JOB_ENROL || k == JOB_INGEST || k == JOB_CONTACT || k == JOB_RESTORED || k == JOB_KEEP ||
         k == JOB_READMIT || k == JOB_REPAIRED || k == JOB_CARRY;
}
struct job {
  enum job_kind kind;
  err result;
  struct arena arena; /* everything the answer points to */
  /* in */
  struct id device;
  uint32_t incarnation;
  struct id token;
  uint8_t noise_public[key_bytes];
  struct msg_enrol enrol;
  struct buf bytes;       /* JOB_INGEST: the bundle; JOB_READMIT: the certificate; JOB_CARRY: the piece, which
                             `device` brings; owned by the job */
  struct id who;          /* JOB_CARRY: as in struct msg_carry */
  uint64_t receipt_seq;   /* JOB_DEVICE, JOB_RESTORED: highest receipt the device holds, of `incarnation` */
  uint32_t receipt_epoch; /* and its epoch */
  struct stream_position from; /* JOB_FEED, JOB_REPAIR, JOB_REPAIRED */
  bool digest;                 /* JOB_FEED: with the digest, if the batch is a checkpoint */
  uint64_t begun; /* JOB_FEED: the hub's change number when the session began the stream, 0: it did not; then
                     that number, also where this batch begins it */
  uint8_t after[1 + id_bytes]; /* JOB_REPAIR, with `bytes`: see struct msg_repair */
  bool has_after, last,
      restart;         /* JOB_REPAIR; `restart` is also JOB_REPAIRED's, and an answer: too much differs */
  uint64_t sealed_seq; /* JOB_CONTACT */
  uint32_t schema;     /* JOB_FEED: the device's */
  struct bundle_ref asked[hello_withheld_max]; /* JOB_DEVICE: bundles whose receipt withholds something */
  size_t asked_count;
  struct chain_ref earlier[hello_earlier_max]; /* JOB_DEVICE: what the device holds of earlier incarnations */
  struct chain_end held[hello_earlier_max];    /* and how far the hub has come with each */
  size_t earlier_count;
  /* JOB_KEEP: the change number everybody has heard of. JOB_RECEIPTS: up to which the session has heard of
   * receipts signed anew; JOB_DEVICE and JOB_RECEIPTS answer with the present one. */
  uint64_t known_position;
  int64_t skew_ms;
  uint64_t order_last; /* JOB_CONTACT, JOB_GRANTS: the highest order the session has sent; then the highest
                          of `orders` */
  uint64_t manifest;   /* JOB_CONTACT: what it holds, when the hub has all it had sealed by then; else 0 */
  char program[64];
  char digits[7]; /* JOB_ENROL: the six digits both sides showed */
  /* out */
  struct store_device found; /* JOB_DEVICE, JOB_ENROL, JOB_GRANTS */
  uint8_t psk[key_bytes];    /* JOB_TOKEN */
  uint32_t epoch;            /* JOB_DEVICE, JOB_RESTORED: the hub's present one */
  struct slice receipt;   /* JOB_INGEST: encoded; empty with an error in `result` when nothing was stored */
  struct slice *released; /* JOB_INGEST: final receipts of bundles that were held until this one came;
                             JOB_DEVICE: those it lacks, and those it asked about; JOB_RECEIPTS */
  size_t released_count;
  struct slice certificate;  /* JOB_ENROL */
  struct msg_grants grants;  /* JOB_GRANTS, JOB_ENROL (staff only) */
  struct msg_orders orders;  /* JOB_CONTACT, JOB_GRANTS: above that, not carried out yet */
  bool gone;                 /* JOB_CONTACT: the device was revoked, and has emptied itself */
  struct feed_batch feed;    /* JOB_FEED: packed, without items */
  uint32_t refused;          /* JOB_CARRY: bundles that were not taken */
  err why;                   /* and the first one's reason, or the file's */
  struct slice reply;        /* JOB_CARRY: the reply file; empty when the file was refused */
  struct change_set changes; /* JOB_INGEST, JOB_CARRY, JOB_ENROL, JOB_RESTORED: what others should hear of, if
                                position is not 0 */
  bool more;                 /* JOB_KEEP: something is done piece by piece, and wants to go on soon */
  const char *failed;        /* JOB_KEEP: what of it `result` is about, for the log; static, or NULL */
};
void job_init(struct job *job, enum job_kind kind);
void job_finish(struct job *job); /* frees what the job owns, not the job itself */
/* Jobs that sessions ask are made by job_create. Whoever holds one last (the session after SESSION_JOB, the
 * host when the connection is gone) destroys it. */
struct job *job_create(enum job_kind kind); /* NULL without memory */
void job_destroy(struct job *job);          /* NULL is accepted */
/* Runs any job but JOB_INGEST. The job carries its own result; this never fails. */
void job_run(struct job *job, const struct hub *hub, struct store *store, const struct now *now);

/* What several commits changed, as one set. */
void changes_gather(struct change_set *into, const struct change_set *more);
bool changes_are_empty(const struct change_set *c);

#endif
