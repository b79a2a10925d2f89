/* carried.h: a device's export file that somebody carried to the hub, whoever takes it: the command line, the
 * office's page, or another device that brings it over its line. Its bundles go the way all bundles go; what
 * came of them goes back as a reply file. */
#ifndef TUTTI_SERVER_CARRIED_H
#define TUTTI_SERVER_CARRIED_H

#include "proto/transfer.h"
#include "server/core/hub.h"

struct carried {
  const struct id *carrier;      /* the device that brought it over its line; NULL: a person did */
  size_t brought;                /* so many of the file's bundles were brought, from its beginning */
  size_t fresh, known;           /* the hub has them since now, or had them before */
  size_t refused, first_refused; /* it does not take them; the first one's place in the file, from 1 */
  err why;                       /* and the reason */
  bool came_back; /* the hub did not know the device, but its certificate: it waits for the office */
  /* carried_reply's: of the bundles the hub has, as they stand now. */
  size_t receipts, waiting,
      aside;                 /* waiting for an earlier one; set aside, in part or whole, for the office */
  struct change_set changes; /* what others should hear of, if position is not 0 */
};

/* What is wrong with the file itself is found before anything is done; `fault` says it. Slices borrow from
 * `bytes`, the list lives in `a`. ERR_OTHER_HUB, and what export_decode gives. */
MUST_USE err carried_open(struct export_file *out, struct slice bytes, const struct hub *hub, struct arena *a,
                          struct fault *fault);
/* The next of its bundles, as many as one transaction takes; again until `brought` is the file's count. The
 * same file once more changes nothing. An error is the machine's (a full disk …), and the bundles of earlier
 * calls stay. On the writer's thread, as the next one. */
MUST_USE err carried_bring(struct carried *c, const struct export_file *f, const struct hub *hub,
                           struct store *store, const struct now *now);
/* After the last bundle: the receipts as they stand, and what the device is to do. The audit has `actor`; of
 * what another device brought, only when something of it was new, so that nobody fills it by bringing the
 * same again and again. */
MUST_USE err carried_reply(struct carried *c, struct buf *out, const struct export_file *f,
                           const struct hub *hub, struct store *store, const struct now *now,
                           const struct id *actor);
/* JOB_CARRY: one piece, in one transaction. An error in job->result is the machine's; what is wrong with the
 * piece is told. */
MUST_USE err carried_by_device(struct job *job, const struct hub *hub, struct store *store,
                               const struct now *now);

#endif
