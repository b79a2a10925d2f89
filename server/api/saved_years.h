/* saved_years.h: private to the hub's programs: the school years whose figures stand in no saved report. */
#ifndef TUTTI_SERVER_API_SAVED_YEARS_H
#define TUTTI_SERVER_API_SAVED_YEARS_H

#include <jansson.h>

#include "server/core/store.h"

/* "2018/19", … of every school year from that of a day to that of the last day before another, as an array
 * that is the caller's; empty when all are saved, or nothing is from before. A year is saved by a report of
 * that year, or by the whole hub's sums beside one of the two years after it. */
MUST_USE err saved_years_lacking(struct store *s, int32_t from, int32_t before, json_t **out);
/* "2018/19 and 2019/20": of such an array; cut where it is long. */
enum { saved_years_words_bytes = 200 };
void saved_years_words(char out[saved_years_words_bytes], const json_t *years);

#endif
