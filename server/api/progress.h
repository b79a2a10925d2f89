/* progress.h: private to this folder: how far long work is that a page waits for. Whoever works tells it in
 * passing, on the reader's or the writer's thread; the page asks on another. In memory, bounded, locks
 * inside.
 */
#ifndef TUTTI_SERVER_API_PROGRESS_H
#define TUTTI_SERVER_API_PROGRESS_H

#include <pthread.h>

#include "shared/base/bytes.h"
#include "shared/base/id.h"

enum progress_stage { PROGRESS_NONE, PROGRESS_READING, PROGRESS_COMPARING, PROGRESS_WRITING };
enum { progress_works_max = 32, progress_step = 256 /* rows between two words */ };
struct progress_work {
  struct id of; /* the file */
  enum progress_stage stage;
  size_t done, rows;
};
struct progress {
  pthread_mutex_t lock; /* guards all works */
  struct progress_work works[progress_works_max];
};
void progress_init(struct progress *p);
void progress_finish(struct progress *p);
/* Of what nobody told anything so far it takes a free place, and none where all are taken. */
void progress_tell(struct progress *p, const struct id *of, enum progress_stage stage, size_t done,
                   size_t rows);
/* It is done, or failed. */
void progress_end(struct progress *p, const struct id *of);
/* PROGRESS_NONE: nobody works on it. */
struct progress_work progress_of(struct progress *p, const struct id *of);

#endif
