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
  struct box_keys keys;
};
/* Everything a running hub knows by heart; immutable while it runs, shared by all threads. */
struct hub {
  struct id id;
  char name[201];
  char url[513]; /* "wss://host:port/sync", as devices reach it */
  struct sign_keys sign;
  struct hub_box_key noise[hub_keys_max],
      intake[hub_keys_max]; /* the last one is current; older ones still open what was sealed to them */
  size_t noise_count, intake_count;
  uint8_t lease_root[key_bytes]; /* what every device's lease secret follows from, so that none is stored */
  uint64_t manifest_number;
  int64_t issued_ms;   /* of the manifest */
  struct buf manifest; /* signed bytes */
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
/* What a device was given at enrolment, so that a code read over the telephone can renew its lease. */
void hub_lease_secret(uint8_t out[key_bytes], const struct hub *hub, const struct id *device);

/* ---- jobs: what needs the store. A session asks, a thread with a store connection runs, the session gets
 * the same job back with its answer. ---- */
enum job_kind {
  JOB_DEVICE,   /* who is this device? (handshake) */
  JOB_TOKEN,    /* which psk belongs to this enrolment token? */
  JOB_ENROL,    /* consume the token, create the device: one idempotent transaction. Writer. */
  JOB_INGEST,   /* one bundle. Writer: run in groups by ingest_group. */
  JOB_GRANTS,   /* streams and staff of a device now */
  JOB_FEED,     /* the next batch of a stream */
  JOB_RECEIPTS, /* receipts of a device that were signed anew since the session last heard of any */
  JOB_CONTACT,  /* note when a device was seen, its clock skew and program. Writer. */
  JOB_KEEP,     /* housekeeping: releases what was held too long, and notices what another process committed.
                   Writer. */
  JOB_RESTORED, /* a device holds a receipt the hub does not remember: it was restored, so its epoch rises.
                   Writer. */
};
static inline bool job_needs_writer(enum job_kind k) {
  return k == JOB_ENROL || k == JOB_INGEST || k == JOB_CONTACT || k == JOB_RESTORED || k == JOB_KEEP;
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
  struct buf bytes;       /* JOB_INGEST: the bundle; owned by the job */
  uint64_t receipt_seq;   /* JOB_DEVICE, JOB_RESTORED: highest receipt the device holds, of `incarnation` */
  uint32_t receipt_epoch; /* JOB_RESTORED: and its epoch */
  struct stream_position from;                 /* JOB_FEED */
  struct bundle_ref asked[hello_withheld_max]; /* JOB_DEVICE: bundles whose receipt withholds something */
  size_t asked_count;
  /* JOB_KEEP: the change number everybody has heard of. JOB_RECEIPTS: up to which the session has heard of
   * receipts signed anew; JOB_DEVICE and JOB_RECEIPTS answer with the present one. */
  uint64_t known_position;
  int64_t skew_ms;
  char program[64];
  char digits[7]; /* JOB_ENROL: the six digits both sides showed */
  /* out */
  struct store_device found; /* JOB_DEVICE, JOB_ENROL */
  uint8_t psk[key_bytes];    /* JOB_TOKEN */
  uint32_t epoch;            /* JOB_DEVICE, JOB_RESTORED: the hub's present one */
  struct slice receipt;   /* JOB_INGEST: encoded; empty with an error in `result` when nothing was stored */
  struct slice *released; /* JOB_INGEST: final receipts of bundles that were held until this one came;
                             JOB_DEVICE: those it lacks, and those it asked about; JOB_RECEIPTS */
  size_t released_count;
  struct slice certificate; /* JOB_ENROL */
  struct msg_grants grants; /* JOB_GRANTS, JOB_ENROL (staff only) */
  struct feed_batch feed;   /* JOB_FEED */
  struct change_set
      changes; /* JOB_INGEST, JOB_ENROL, JOB_RESTORED: what others should hear of, if position is not 0 */
};
void job_init(struct job *job, enum job_kind kind);
void job_finish(struct job *job); /* frees what the job owns, not the job itself */
/* Jobs that sessions ask are made by job_create. Whoever holds one last (the session after SESSION_JOB, the
 * host when the connection is gone) destroys it. */
struct job *job_create(enum job_kind kind); /* NULL without memory */
void job_destroy(struct job *job);          /* NULL is accepted */
/* Runs any job but JOB_INGEST. The job carries its own result; this never fails. */
void job_run(struct job *job, const struct hub *hub, struct store *store, const struct now *now);

#endif
