/* calls.h: commands.def as constant tables: which commands there are, what they take, and the count of each
 * shape's fields. */
#ifndef TUTTI_CLIENT_CALLS_H
#define TUTTI_CLIENT_CALLS_H

#include "proto/codec.h"
#include "shared/schema/schema.h"

enum call_kind {
  CALL_TEXT,
  CALL_LONG_TEXT,
  CALL_INT,
  CALL_BOOL,
  CALL_BYTES,
  CALL_ID,
  CALL_DATE,
  CALL_MINUTE,
  CALL_TIME,
  CALL_WORD,
  CALL_OF,
  CALL_LIST,
  CALL_WORDS,
  CALL_TEXTS
};
struct call_type {
  enum call_kind kind;
  const char *of; /* the enum or shape, else NULL */
};
/* A field of a shape or an argument of a command; lists of them end with name == NULL. */
struct call_field {
  const char *name;
  struct call_type type;
  bool required;
};
enum call_who { CALL_ANYONE, CALL_SETUP, CALL_UNLOCKED, CALL_DOOR };
struct call_command {
  const char *word;
  enum call_who who;
  const char *result;
  const struct call_field *args;
};
struct call_shape {
  const char *name;
  const struct call_field *fields;
};
extern const struct call_command call_commands[];
extern const size_t call_command_count;
extern const struct call_shape call_shapes[];
extern const size_t call_shape_count;

/* The number of each command in call_commands. */
enum call_number {
#define SHAPE(name)
#define FIELD(name, type, need)
#define END_SHAPE(name)
#define COMMAND(name, word, who, result) CALL_##name,
#define ARG(name, type, need)
#define END_COMMAND(name)
#include "client/core/commands.def"
#undef SHAPE
#undef FIELD
#undef END_SHAPE
#undef COMMAND
#undef ARG
#undef END_COMMAND
};

/* ARG_OF(mark_set, code): the number of an argument. One byte each, so that an offset is a number; never
 * instantiated. */
#define SHAPE(name)
#define FIELD(name, type, need)
#define END_SHAPE(name)
#define COMMAND(name, word, who, result) struct call_args_##name {
#define ARG(name, type, need)            char name;
#define END_COMMAND(name)                                                                                    \
  char end_;                                                                                                 \
  }                                                                                                          \
  ;
#include "client/core/commands.def"
#undef SHAPE
#undef FIELD
#undef END_SHAPE
#undef COMMAND
#undef ARG
#undef END_COMMAND
#define ARG_OF(command, arg) offsetof(struct call_args_##command, arg)

/* FIELDS_Totals: how many fields a shape has. Every field is written, an absent one as nil. */
#define SHAPE(name)             enum { FIELDS_##name = 0
#define FIELD(name, type, need) +1
#define END_SHAPE(name)                                                                                      \
  }                                                                                                          \
  ;
#define COMMAND(name, word, who, result)
#define ARG(name, type, need)
#define END_COMMAND(name)
#include "client/core/commands.def"
#undef SHAPE
#undef FIELD
#undef END_SHAPE
#undef COMMAND
#undef ARG
#undef END_COMMAND

/* An argument as it was given: DATE as days, WORD as the enum's number, WORDS as a set, BOOL as 0 or 1 in
 * `i`. Text and bytes are borrowed from the call. */
enum { call_args_max = 16 };
struct arg {
  bool given;
  int64_t i;
  struct slice text;
  struct id id;
};
/* Number of the command called `word`, or -1. */
int call_find(struct slice word);
/* Reads the arguments: ERR_INVALID with a sentence that names the argument unless all are known, the required
 * ones are there, and each is of its type. */
MUST_USE err call_read_args(struct arg out[call_args_max], const struct call_command *command,
                            const item *args, struct fault *fault);

#endif
