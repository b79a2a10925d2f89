/* access.h: private to this folder: who asks, by cookie, and whether they may. */
#ifndef TUTTI_SERVER_API_ACCESS_H
#define TUTTI_SERVER_API_ACCESS_H

#include "server/api/call.h"

enum { cookie_bytes = 32, cookie_text_bytes = 44, csrf_text_bytes = 33 };
/* Sets of `role`, as routes name them. Tutors and leaders do not sign in at the office. */
#define ACCESS_ROLE(name) (1U << (ENUM_role_##name - 1))
/* Beside the roles: also who has not set up the second step yet, and must. */
#define ACCESS_LIMITED (1U << 30)
/* Not with a key: a device outlives the key that enrolled it. */
#define ACCESS_IN_PERSON (1U << 29)
enum {
  NOBODY = 0,
  EVERYONE = ACCESS_ROLE(office) | ACCESS_ROLE(lead) | ACCESS_ROLE(safeguarding) | ACCESS_ROLE(admin),
  PARTNERS = EVERYONE | ACCESS_ROLE(partner), /* partners, too: those see what is their own */
  ARRIVING = PARTNERS | ACCESS_LIMITED,
  ADMIN = ACCESS_ROLE(admin),
  PARTNER_ROWS = ACCESS_ROLE(office) | ACCESS_ROLE(safeguarding) | ACCESS_ROLE(admin) | ACCESS_ROLE(partner),
  ROWS = ACCESS_ROLE(office) | ACCESS_ROLE(safeguarding) | ACCESS_ROLE(admin),
  OFFICE = ACCESS_ROLE(office),
  SAFEGUARDING = ACCESS_ROLE(safeguarding),
  DECIDES = ACCESS_ROLE(office) | ACCESS_ROLE(safeguarding),
  BUNDLES = ACCESS_ROLE(office) | ACCESS_ROLE(admin),
  IN_PERSON = BUNDLES | ACCESS_IN_PERSON,
  LEADS = ACCESS_ROLE(lead),
  ANSWERS = ACCESS_ROLE(office) | ACCESS_ROLE(lead),
};

/* All that is asked of a request before its handler runs. */
MUST_USE err access_check(struct api_call *c);
/* The hash a store knows the request's cookie by; false when it has none, or more than one. */
bool access_cookie_hash(uint8_t out[hash_bytes], struct slice cookie_header);
/* A fresh sign-in for this person: fills `login`, and the answer's cookie. */
MUST_USE err access_open(struct api_call *c, const struct store_user *user, struct store_login *login);
/* Whether whoever has these roles must have a second step. */
bool access_needs_factor(const struct api *a, uint32_t roles);
/* The cookie goes. */
void access_close(struct api_call *c);
void access_csrf_text(char out[csrf_text_bytes], const struct store_login *login);

#endif
