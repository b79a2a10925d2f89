/* partners.h: private to this folder: what the routes of partners, agreements and surveys share. */
#ifndef TUTTI_SERVER_API_PARTNERS_H
#define TUTTI_SERVER_API_PARTNERS_H

#include "server/api/call.h"
#include "server/api/shape.h"

/* The partner of the address with all that is its own: the answer to every change, too. */
err partner_answer(struct api_call *c);
/* ERR_NOT_FOUND with a sentence, unless there is such a partner in use. */
MUST_USE err partner_there(struct api_call *c, const struct id *partner);

/* The school of the address likewise (schools.c). */
err school_answer(struct api_call *c);
MUST_USE err school_there(struct api_call *c, const struct id *school);
/* struct partner_agreement and struct partner_survey, whoever they are with. */
extern const struct shape partner_agreement_shape, partner_survey_shape;

#endif
