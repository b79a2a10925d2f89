/* shape.h: private to this folder: what views give, written as JSON by tables: one line a field. */
#ifndef TUTTI_SERVER_API_SHAPE_H
#define TUTTI_SERVER_API_SHAPE_H

#include <jansson.h>

#include "server/core/views.h"

/* What stands at a field's offset, and how it is written. "or null": for what is absent. */
enum shape_kind {
  SHAPE_ID,       /* struct id: 32 hexadecimal digits */
  SHAPE_SOME_ID,  /* the same, or null for zero */
  SHAPE_NAME,     /* struct slice: text, always */
  SHAPE_WORD,     /* const char *: text, always */
  SHAPE_TEXT,     /* struct slice: text, or null when empty */
  SHAPE_CHARS,    /* char[]: text up to its zero */
  SHAPE_DATE,     /* int32_t: "2026-11-21" */
  SHAPE_DAY,      /* the same, or null for 0 */
  SHAPE_MINUTE,   /* int32_t: minutes of the day, or null when negative */
  SHAPE_TIME,     /* int64_t: ms since 1970, or null for 0 */
  SHAPE_ENUM,     /* uint8_t: the word in vocabulary `of`, or null for 0 */
  SHAPE_SET,      /* uint32_t: a list of words */
  SHAPE_STATE,    /* enum register_view_state: its word */
  SHAPE_SMALL,    /* uint8_t, or null for 0 */
  SHAPE_COUNT,    /* uint32_t */
  SHAPE_CHILDREN, /* uint32_t: how many children; not told by a shape for those who see such numbers only in
                     reports */
  SHAPE_LONG,     /* uint64_t */
  SHAPE_SIGNED,   /* int64_t */
  SHAPE_BOOL,     /* bool */
  SHAPE_NAMES,    /* struct slice *, its count at `count`: a list of texts */
  SHAPE_INSIDE,   /* a struct of shape `item`: an object */
  SHAPE_LIST,     /* a pointer to structs of shape `item`, their count at `count`: a list of objects */
};
struct shape;
struct shape_field {
  const char *name;
  enum shape_kind kind;
  size_t offset, count;
  const char *of;
  const struct shape *item;
};
struct shape {
  const struct shape_field *fields;
  size_t count, bytes; /* of one struct */
  bool tells_no_children;
};
#define SHAPE_OF(record, list)                                                                               \
  { list, sizeof(list) / sizeof((list)[0]), sizeof(struct record), false }
/* The same without any SHAPE_CHILDREN. */
#define SHAPE_WITHOUT_CHILDREN(record, list)                                                                 \
  { list, sizeof(list) / sizeof((list)[0]), sizeof(struct record), true }

/* A new reference, or NULL without memory. */
json_t *shape_object(const struct shape *shape, const void *record);
json_t *shape_list(const struct shape *shape, const void *records, size_t count);
/* Adds the fields to an object that is there; false without memory. */
bool shape_into(json_t *object, const struct shape *shape, const void *record);
json_t *shape_text(struct slice text);
const char *shape_state_word(enum register_view_state state);

#endif
