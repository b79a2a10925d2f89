/* engine.h: what a storage engine shows this suite: how to open an empty store, and another connection to it.
 */
#ifndef TUTTI_TESTS_STORE_ENGINE_H
#define TUTTI_TESTS_STORE_ENGINE_H

#include "server/core/views.h"

struct store *engine_open(void);   /* a new, empty store, writing */
struct store *engine_reader(void); /* another connection to it, reading */
struct store *engine_again(void);  /* a writing connection to what is there */
/* How many marks it keeps apart because their learner is not enrolled where they were made. */
size_t engine_visitors(struct store *s);
void engine_remove(void); /* after everything was closed */

#endif
