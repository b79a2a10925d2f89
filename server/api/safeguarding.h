/* safeguarding.h: private to this folder: what the safeguarding role's routes share. */
#ifndef TUTTI_SERVER_API_SAFEGUARDING_H
#define TUTTI_SERVER_API_SAFEGUARDING_H

#include "server/api/call.h"
#include "server/core/safeguarding.h"

/* Every answer about a child's safety goes out through here: it is in the audit before anybody sees it. */
MUST_USE err safeguarding_read(struct api_call *c, json_t *body, const char *action);

/* cases.c */
MUST_USE err case_look(struct api_call *c, struct view_case_detail *out); /* the case of the address */
json_t *case_detail(const struct view_case_detail *d);                    /* NULL without memory */
void case_tell(struct api_call *c);

#endif
