/* me.h: private to this folder: a person as /api/sign-in and /api/me name them. */
#ifndef TUTTI_SERVER_API_ME_H
#define TUTTI_SERVER_API_ME_H

#include <jansson.h>

#include "server/core/views.h"

/* {name, role}; NULL without memory. */
json_t *me_object(const struct store_login *login);

#endif
