/* ingest.h: one path for bundles from socket, file and relay: caps -> signature -> order -> open -> bounded
 * decode -> admission -> merge -> one transaction. */
#ifndef TUTTI_SERVER_INGEST_H
#define TUTTI_SERVER_INGEST_H

#include "server/core/hub.h"

/* Runs on the writer's thread. All bundles of the group commit together; each job gets its signed receipt (or
 * an error that says why nothing was stored). Rerunnable from the same bytes; when the group fails, its
 * bundles are run one by one to isolate the poison. A full disk fails all with ERR_FULL and nothing changed.
 */
void ingest_group(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                  const struct now *now);

/* Lets every bundle go ahead that came before `before_ms` and still waits for one that is missing: the gap is
 * noted in the audit, and the missing one is still accepted later. So does one whose device has gone on under
 * a later incarnation for held_renamed_ms_max: what is missing was numbered anew, and came under that. And
 * every one that waits for nothing: when its turn came, this program was too old to open it. One that still
 * cannot be opened is passed over. The host calls it every few seconds with now - held_ms_max, for all
 * devices (NULL). ERR_OK with 0 when nothing waits. */
MUST_USE err ingest_release_held(size_t *released_out, struct change_set *changes_out, const struct hub *hub,
                                 struct store *store, const struct now *now, int64_t before_ms,
                                 const struct id *device);

/* The same for one device, by somebody who does not want to wait for that time: who and why is in the audit,
 * and in the life of the matter that has the device's id, with every bundle that went ahead. */
struct held_release {
  struct id by;
  struct slice why;
};
MUST_USE err ingest_release_held_by(size_t *released_out, struct change_set *changes_out,
                                    const struct hub *hub, struct store *store, const struct now *now,
                                    const struct id *device, const struct held_release *person);

/* The office's own writes (import, decisions): trusted, OP_OFFICE, the same merge, history and feed. Ops
 * whose values are in use already are skipped, so a second import changes nothing. `author` is the hub's id
 * for imports. All or nothing. With `dry_run` everything is checked and counted and nothing stays. */
struct office_result {
  size_t inserted, changed, unchanged;
  struct change_set changes;
};
/* What office_apply would do, counted by a connection that only reads. Every op's row must be another one.
 * `see` (or NULL) is told of each in turn what would be written, in `units` of `whole`, over what stands. */
typedef err office_seen(void *ctx, size_t place, const struct op *whole, const struct row *stands);
MUST_USE err office_look(struct office_result *out, const struct hub *hub, struct store *store,
                         const struct now *now, const struct op *ops, size_t count, office_seen *see,
                         void *ctx, struct fault *fault);
MUST_USE err office_apply(struct office_result *out, const struct hub *hub, struct store *store,
                          const struct now *now, const struct id *author, const struct op *ops, size_t count,
                          bool dry_run, struct arena *a, struct fault *fault);
/* The same for what somebody did on a screen: the audit calls it by its name in the same transaction, so that
 * no change stands for which nobody is named. Nothing is named that changes nothing. */
struct office_act {
  const char *action, *detail; /* codes and ids */
  struct slice words;          /* why, in words about `about`; empty for none */
  struct id about;
};
MUST_USE err office_do(struct office_result *out, const struct hub *hub, struct store *store,
                       const struct now *now, const struct id *author, const struct op *ops, size_t count,
                       const struct office_act *act, struct fault *fault);

#endif
