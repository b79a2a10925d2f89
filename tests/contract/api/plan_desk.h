/* plan_desk.h: somebody at an office desk who writes in the Local Plan's registers. */
#ifndef TUTTI_TESTS_PLAN_DESK_H
#define TUTTI_TESTS_PLAN_DESK_H

#include "tests/contract/api/desk.h"

const char *plan_hex(const struct id *id); /* one of four texts, used in turn */
/* The id of the entry that the last answer holds. */
struct id plan_answered(void);
/* `values` are taken. */
void plan_add(const char *kind, json_t *values);
void plan_correct(const struct id *id, const char *kind, json_t *values);
void plan_take_back(const struct id *id, const char *kind, const char *reason);
/* Entries of the audit that say so; the office sits down again. */
size_t plan_audited(const char *action, const char *detail);
/* The number of a line of the report; -1 where it is not there, -2 where it is hidden. */
long long plan_line(const char *title);
struct id plan_add_instrument(const char *serial);
/* `back` and `charge` may be NULL. */
void plan_lend(const struct id *instrument, const struct id *learner, const char *out, const char *back,
               const char *charge);
/* Zoe's transition of that kind, of which it is known that she went on. */
void plan_follow(const char *kind, const char *consent);

#endif
