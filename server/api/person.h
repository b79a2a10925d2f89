/* person.h: private to this folder: a password as it is kept, for whoever sets one. */
#ifndef TUTTI_SERVER_API_PERSON_H
#define TUTTI_SERVER_API_PERSON_H

#include "server/api/call.h"

enum { person_password_chars_min = 10 };
/* A new password as a record keeps it. On a reader: it takes a while, on purpose. */
struct person_secret {
  uint8_t salt[salt_bytes], hash[key_bytes];
  struct password_cost cost;
};
struct password_cost person_password_cost(const struct api *a);
MUST_USE err person_check_password(struct api_call *c, struct slice password);
MUST_USE err person_make_secret(struct api_call *c, struct person_secret *out, struct slice password);
void person_take_secret(struct store_user *u, const struct person_secret *secret);
/* A step of the writer that loads an account, checks and saves it: in one transaction, so that nothing that
 * `tutti-server user` does beside the hub is lost. A refusal keeps what was counted with it. */
MUST_USE err person_within(struct api_call *c, err (*step)(struct api_call *c));
/* Inside person_within: whoever has a second step proves with a fresh code that it is they; overwrites it.
 * ERR_CODE_NEEDED without one. */
MUST_USE err person_prove(struct api_call *c, struct slice *code);
/* Overwrites what a request said, in the exchange's memory. */
void person_forget(struct slice *secret);

#endif
