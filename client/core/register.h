/* register.h: what the commands on a register share: opening it with its permission, and answering with what
 * changed. */
#ifndef TUTTI_CLIENT_REGISTER_H
#define TUTTI_CLIENT_REGISTER_H

#include "client/core/change.h"

/* Opens the register in c->roster, with a sentence when it cannot be. */
MUST_USE err register_open(struct core *c, struct call *call, const struct id *session);
/* ERR_CONFLICT with a sentence when it is closed. */
MUST_USE err register_check_open(struct core *c, struct call *call);
/* Puts the register into a state; `reason` may be empty. */
MUST_USE err register_put_state(struct change *ch, int64_t state, struct slice reason);
/* Closes the register; a scheduled session becomes a delivered one. */
MUST_USE err register_put_closed(struct change *ch);
/* Commits, brings the roster up to date, and writes MarkDone. */
MUST_USE err register_commit(struct core *c, struct call *call, struct change *ch);
/* Text in the step's arena; a format without names of its own. */
MUST_USE err register_text(struct core *c, const char **out, struct slice name, const char *what);

/* What a mark should become. */
struct mark_wish {
  int64_t code;
  bool has_arrived, has_departed, has_comment;
  int64_t arrived, departed;
  struct slice comment;
};
/* Puts a mark into the change; nothing when it is so already. The first mark of an untouched register opens
 * it. */
MUST_USE err mark_put(struct change *ch, const struct id *learner, const struct mark_wish *wish);
/* "here", "late", … as undo and messages say it. */
const char *mark_words(int64_t code);

#endif
