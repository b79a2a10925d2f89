/* carry.h: export files of other devices, which this one brings to the hub over its own line, and the hub's
 * replies, which it holds for them.
 *
 *   taken ─ sent in pieces, each answered ─▶ the reply stands in the file's place ─ given back ─▶ forgotten
 *
 * Each stands in a file of its own beside the outbox, which knows nothing of them. It is sealed to the hub:
 * this device can read none of it, and need not be unlocked. What is lost with this device is lost to nobody,
 * for whoever it is of keeps every bundle until it has the receipt; so a file that was sent in part begins
 * anew after a restart, and emptying this device, whose own secrets they are not, leaves them where they are.
 */
#ifndef TUTTI_CLIENT_CARRY_H
#define TUTTI_CLIENT_CARRY_H

#include "proto/messages.h"
#include "proto/transfer.h"
#include "shared/base/file.h"

struct core;

enum carried_state {
  CARRIED_NOTHING,  /* the place is free */
  CARRIED_WAITING,  /* the file is here */
  CARRIED_ANSWERED, /* the reply is */
  CARRIED_DAMAGED,  /* neither can be read any more */
  carried_state_count
};
struct carried_file {
  enum carried_state state;
  struct id hub, device;
  struct id who;            /* was signed in when it was taken; zero: nobody */
  uint8_t hash[hash_bytes]; /* of the export file, which has it as its end */
  int64_t taken_ms;
  uint32_t bundles, receipts, refused;
  err why; /* the first that was refused, was */
  char name[name_bytes_max +
            1]; /* the device's, as its certificate says; empty when no key here signed that */
};
struct carry {
  struct carried_file list[carried_files_max];
  /* the one that is being sent, from its beginning since this program started */
  bool going;
  size_t at;
  struct buf bytes;   /* its file */
  struct arena arena; /* the list of its bundles, and the receipts so far */
  struct export_file file;
  size_t next, piece; /* the first bundle that is not answered, and how many of them are with the hub */
  struct slice *receipts;
  size_t receipt_count;
  uint32_t refused;
  err why;
};
void carry_init(struct carry *k);
void carry_finish(struct carry *k);
/* One that cannot be read is no reason not to start: it is shown as damaged. */
MUST_USE err carry_load(struct core *c);
/* Something waits here for the hub of this device. */
bool carry_waits(const struct core *c);
/* `list` of the reply to sync.status. */
void carry_pack(const struct core *c, struct packer *p);
/* Puts `file` and what is known of it into its place, durably; what was there stays when that fails. */
MUST_USE err carry_put(struct core *c, size_t at, const struct carried_file *known, struct slice file);
/* The file of a place, or the reply; appended to `out`. One that is damaged is known as that from then on. */
MUST_USE err carry_get(struct core *c, size_t at, struct buf *out, struct slice *file);

/* carry_send.c: while the line is online, and nothing of this device's own is on its way. */
MUST_USE err carry_send(struct core *c);
MUST_USE err carry_answered(struct core *c, const struct msg_carried *m);
void carry_stop(struct carry *k); /* what was sent so far is forgotten */

#endif
