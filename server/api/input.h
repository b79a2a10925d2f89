/* input.h: private to this folder: reading a request's JSON body by a table of what it may hold. */
#ifndef TUTTI_SERVER_API_INPUT_H
#define TUTTI_SERVER_API_INPUT_H

#include "server/api/call.h"

enum input_kind {
  INPUT_TEXT,   /* struct slice, at most `max` bytes, in the exchange's arena; empty when absent */
  INPUT_SECRET, /* the same; the parsed copy is wiped, and so must the caller do with this one */
  INPUT_TEXTS,  /* struct input_texts: a list of at most `max` texts of input_text_bytes_max; NULL when absent
                 */
  INPUT_NUMBER, /* uint32_t, 1 to `max`; left as it is when absent */
  INPUT_PAIRS,  /* struct input_pairs: an object of at most `max` texts by name; null in it is absent */
};
enum { input_text_bytes_max = 64 };
/* `max` of a text whose characters the schema counts: as many bytes as they can have, for the schema's
 * sentence says how many there are, and this one's how many bytes. */
#define INPUT_CHARACTERS(n) (4 * (n))
struct input_texts {
  const struct slice *list;
  size_t count;
};
struct input_pairs {
  const struct input_pair { struct slice name, text; /* a text of text_bytes_max at most */ } * list;
  size_t count;
};
struct input_field {
  const char *name;
  enum input_kind kind;
  bool required;
  uint32_t max;
  size_t offset;
};
/* ERR_MALFORMED for what is not one JSON object; ERR_INVALID or ERR_TOO_BIG with a sentence that names the
 * field. null is the same as absent. */
MUST_USE err input_read(struct api_call *c, const struct input_field *fields, size_t count, void *out);

#endif
