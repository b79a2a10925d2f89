/* identity.h: who this device is: keys, certificate, manifest. A file beside the database, readable while
 * nobody is signed in, because a locked device must still send and export. */
#ifndef TUTTI_CLIENT_IDENTITY_H
#define TUTTI_CLIENT_IDENTITY_H

#include "client/core/clock.h"
#include "client/core/lease.h"
#include "proto/manifest.h"
#include "shared/base/file.h"

/* Slices point into the identity's own memory, or, in one that is about to be put, anywhere. */
struct identity {
  bool enrolled;
  bool database; /* there is one: only a PIN opens it */
  struct id hub, device;
  uint32_t incarnation;            /* from 1; rises when this device was cloned or restored */
  uint8_t forked_from[hash_bytes]; /* the last bundle of the incarnation before, zero in the first */
  struct sign_keys sign;
  struct box_keys noise;
  uint8_t device_secret[key_bytes];
  struct sign_ring hub_keys; /* pinned: the hub's signing keys, the current one last */
  struct clock clock;        /* hub time when last in contact */
  struct lease lease;
  uint8_t lease_secret[key_bytes];
  uint64_t order_number; /* highest one carried out, or under way */
  uint64_t wipe_order;   /* the one that revokes this device; 0: none */
  bool wipe_forced;
  bool door; /* whoever signs in next opens the door with it, unless they leave it */
  struct slice url, hub_name, device_name, certificate, manifest_bytes;
  struct manifest manifest; /* decoded from manifest_bytes */
  struct arena memory;
};
/* Not enrolled yet is ERR_OK with enrolled == false. ERR_CORRUPT with a sentence. */
MUST_USE err identity_load(struct identity *out, const struct file_ops *ops, struct fault *fault);
/* Makes `from` durable and then *id. `from` may share memory with *id; it is not changed. */
MUST_USE err identity_put(struct identity *id, const struct identity *from, const struct file_ops *ops);
void identity_finish(struct identity *id); /* wipes */

#endif
