/* keys.h: private to this folder: asking with a key in place of a sign-in. */
#ifndef TUTTI_SERVER_API_KEYS_H
#define TUTTI_SERVER_API_KEYS_H

#include "server/api/call.h"

/* Fills the call's login from its Authorization header. ERR_NOT_UNLOCKED, ERR_WAIT. */
MUST_USE err keys_check(struct api_call *c);

#endif
