/* factor.h: private to this folder: the second step of signing in: codes of RFC 6238 that a phone shows, and
 * recovery codes for when it is lost. Pure: the store's record in, the changed record out. */
#ifndef TUTTI_SERVER_API_FACTOR_H
#define TUTTI_SERVER_API_FACTOR_H

#include "server/core/hub.h"
#include "server/core/views.h"

enum {
  factor_secret_bytes = 20,        /* as RFC 4226 recommends */
  factor_secret_text_bytes = 33,   /* base32 */
  factor_uri_bytes = 1024,         /* otpauth://totp/… */
  factor_code_text_bytes_max = 32, /* of what somebody types */
  recovery_text_bytes = 20,        /* "7KQ2-M0XD-4TZH-9BCW" */
};
/* Follows from the hub's keys and the record's salt, so that a copy of the database alone holds none. */
void factor_secret(uint8_t out[factor_secret_bytes], const struct hub *hub, const struct id *user,
                   const uint8_t salt[salt_bytes]);
MUST_USE err factor_secret_text(char out[factor_secret_text_bytes],
                                const uint8_t secret[factor_secret_bytes]);
MUST_USE err factor_uri(struct buf *out, const struct hub *hub, const char *user,
                        const uint8_t secret[factor_secret_bytes]);

/* Which step a typed code belongs to: the window lies around where the phone's clock was the last time.
 * ERR_WRONG_SECRET for none in it, and for one that was used, or an earlier one. */
MUST_USE err factor_step(uint64_t *step_out, const uint8_t secret[factor_secret_bytes], struct slice typed,
                         const struct store_user *u, int64_t now_ms);
/* What a person typed: six digits, or a recovery code. Takes it: changes the record, which the caller saves.
 * *recovery_out: it was a recovery code, which is gone now. */
MUST_USE err factor_take(struct store_user *u, bool *recovery_out, const struct hub *hub, struct slice typed,
                         int64_t now_ms);
/* The same for a secret that is being set up: it becomes the record's. */
MUST_USE err factor_confirm(struct store_user *u, const struct hub *hub, struct slice typed, int64_t now_ms);
/* New recovery codes in place of the old ones: what is shown once, and their hashes in the record. */
void factor_new_codes(struct store_user *u, char out[recovery_codes_max][recovery_text_bytes],
                      const struct entropy *entropy);

#endif
