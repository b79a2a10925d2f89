/* api_known.h: what whoever asks the office API goes by: what earlier answers held, under the names they had
 * there, and the words that a field of a name takes. */
#ifndef TUTTI_TESTS_FUZZ_API_KNOWN_H
#define TUTTI_TESTS_FUZZ_API_KNOWN_H

#include <jansson.h>

#include "shared/base/bytes.h"

enum { ask_texts_max = 1024, ask_text_bytes_max = 128, ask_name_bytes_max = 32 };
/* A text, the field it stood in (an id: what it is the id of), and the noun of the address it was asked at.
 */
struct ask_text {
  char name[ask_name_bytes_max], place[ask_name_bytes_max], text[ask_text_bytes_max];
};
struct ask_known {
  struct ask_text texts[ask_texts_max];
  size_t count;
};
/* Takes the texts of an answer; `target`: the address it came from, "/api/learners/search". */
void ask_learn(struct ask_known *k, const char *target, const json_t *answer);
/* One of them, the latest first: what the answer before this one held. "" when there is none. */
const char *ask_known_text(const struct ask_known *k, uint8_t which);
/* One that stood under that name, in one or many: "school" is the id of one of "schools". Any, when there is
 * none. */
const char *ask_known_named(const struct ask_known *k, struct slice name, uint8_t which);
/* What a field of that name holds when it is right, by the columns of the schema that have it and by the
 * lists of the hub; NULL: nobody knows. Not for ids. */
const char *ask_word(struct slice name, uint8_t which);
/* The column of that number of the table of that name: what a `values` object is keyed by; NULL after the
 * last. */
const char *ask_column(const char *table, uint8_t which);

#endif
