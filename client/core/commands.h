/* commands.h: one function for each command of commands.def. It writes the result to call->out, or returns an
 * error, best with a sentence in call->fault. Everything it reports as done is durable. */
#ifndef TUTTI_CLIENT_COMMANDS_H
#define TUTTI_CLIENT_COMMANDS_H

#include "client/core/state.h"

#define SHAPE(name)
#define FIELD(name, type, need)
#define END_SHAPE(name)
#define COMMAND(name, word, who, result) MUST_USE err call_##name(struct core *c, struct call *call);
#define ARG(name, type, need)
#define END_COMMAND(name)
#include "client/core/commands.def"
#undef SHAPE
#undef FIELD
#undef END_SHAPE
#undef COMMAND
#undef ARG
#undef END_COMMAND

#endif
