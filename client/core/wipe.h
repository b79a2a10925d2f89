/* wipe.h: how a device ends: revoked by the office, or emptied by the person who holds it.
 *
 *   ordered ─ work sealed ─▶ everything receipted ─▶ acknowledgement receipted ─▶ `gone` written ─▶ keys,
 *   database and outbox removed. Forced (stolen): ordered ─▶ `gone` written ─▶ removed.
 *
 * Each step looks at what is there and does what is missing, so that a restart in between goes on. Nothing
 * unsent is destroyed before the file `gone` says so, and nothing is kept once it does. */
#ifndef TUTTI_CLIENT_WIPE_H
#define TUTTI_CLIENT_WIPE_H

#include "proto/order.h"
#include "shared/base/file.h"

struct core;

/* Why the device is empty; kept in the file `gone`. */
enum gone_reason { GONE_NOT, GONE_REVOKED, GONE_FORCED, GONE_RESET };
struct gone {
  enum gone_reason reason;
};
/* What a device that was emptied says of itself; GONE_NOT when it was not. When the removal was not finished,
 * it is now. `db_path` names the database. ERR_CORRUPT with a sentence. */
MUST_USE err gone_load(struct gone *out, const struct file_ops *ops, const char *db_path,
                       struct fault *fault);
/* A device that is enrolled anew is not gone any more; before its new identity is written. */
MUST_USE err gone_forget(struct gone *g, const struct file_ops *ops);

/* Takes orders of this device, from the line or a file: verified, each once, by rising number. One that
 * cannot be trusted is dropped. */
MUST_USE err orders_take(struct core *c, const struct slice *orders, size_t count, size_t *news_out);
/* What of an order to wipe can be done now. At the end of every step, and after somebody signed in. */
MUST_USE err wipe_run(struct core *c);
/* A sentence that says how the device stands with being revoked; NULL when it is not. */
const char *wipe_words(struct core *c);
/* Empties the device: files, keys, memory. The caller has made sure that nothing is lost by it. */
MUST_USE err wipe_destroy(struct core *c, enum gone_reason reason);

#endif
