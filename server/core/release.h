/* release.h: what waits in quarantine, and the office's word about it. */
#ifndef TUTTI_SERVER_RELEASE_H
#define TUTTI_SERVER_RELEASE_H

#include "server/core/hub.h"

/* What waits of a bundle, as a matter that somebody may be asked about: the last eight bytes are its hash's
 * first. A number of arrival a restored hub would give to another one. */
struct id quarantine_matter(const uint8_t hash[hash_bytes]);
/* Why the office does something: some text, and not a book. ERR_INVALID and a sentence. */
MUST_USE err reason_check(struct slice why, struct fault *fault);

/* A changeset that the hub holds back, or (quarantine_all) every one of its bundle. */
enum { quarantine_all = UINT32_MAX };
struct quarantine_ref {
  struct id device;
  uint32_t incarnation;
  uint64_t seq;
  uint32_t changeset; /* its place in the bundle */
  int64_t at_ms;      /* of a decision that a journal replays; 0: now */
};
/* Release: the changeset is decoded from the bundle's own bytes and merged with its own op ids, author and
 * (pinned) stamp, as if it had been admitted when it came; what is missing in the author's rights is
 * overridden by name, in the audit, with a reason. Releasing it again changes nothing.
 *
 * It goes back as far as it can: a released changeset's ops are history for ever. To undo one, the office
 * writes the earlier values again (read_history has them), as ops that name the released ones as bases.
 *
 * Reject: it stays where it is, its receipt says REJECTED, and the office may still release it later.
 *
 * Either way the bundle's receipt is signed anew and reaches the device, and when nothing of it waits any
 * more whoever was asked about it is not asked any more. ERR_NOT_FOUND, ERR_CONFLICT (nothing of it waits),
 * ERR_FORBIDDEN, ERR_INVALID (no reason given) change nothing and say why in `fault`. */
MUST_USE err quarantine_decide_by(struct change_set *changes_out, const struct hub *hub, struct store *store,
                                  const struct now *now, const struct id *by,
                                  const struct quarantine_ref *ref, enum store_quarantine_state decision,
                                  struct slice why, struct fault *fault);

/* What waits for a bundle that does not come goes ahead without it, of one device: see
 * ingest_release_held_by. Who did that and why stands in the life of the matter that has the device's id.
 * ERR_CONFLICT: nothing waits.
 */
MUST_USE err held_release_by(struct change_set *changes_out, const struct hub *hub, struct store *store,
                             const struct now *now, const struct id *by, const struct id *device,
                             struct slice why, struct fault *fault);

/* A bundle of which something waits, opened to be looked at. What is in it was not admitted: it is what the
 * device says. Everything lives in `a`. */
struct quarantine_view {
  struct store_bundle bundle;
  struct store_quarantine *rows; /* its changesets that waited or wait */
  size_t row_count;
  err unreadable; /* ERR_OK, or why `content` is empty */
  struct bundle_content content;
  err *refused; /* of each changeset: what is wrong with its values */
};
MUST_USE err quarantine_look(struct quarantine_view *out, const struct hub *hub, struct store *store,
                             uint64_t number, struct arena *a); /* ERR_NOT_FOUND */

#endif
