/* safeguarding.c: the one door through which sensitive answers leave. */
#include "server/api/safeguarding.h"

err safeguarding_read(struct api_call *c, json_t *body, const char *action) {
  return api_answer_audited(c, body, action);
}
