/* progress.c: a few works and how far each is. */
#include "server/api/progress.h"

#include "shared/base/err.h"

void progress_init(struct progress *p) {
  *p = (struct progress){.works = {{.done = 0}}};
  ASSERT(pthread_mutex_init(&p->lock, NULL) == 0);
}

void progress_finish(struct progress *p) { ASSERT(pthread_mutex_destroy(&p->lock) == 0); }

/* The work, or where one may begin; NULL: there is neither. Under the lock. */
static struct progress_work *find(struct progress *p, const struct id *of) {
  struct progress_work *free_place = NULL;
  for (size_t i = 0; i < progress_works_max; i++) {
    struct progress_work *w = &p->works[i];
    if (w->stage != PROGRESS_NONE && id_equal(&w->of, of)) return w;
    if (w->stage == PROGRESS_NONE) free_place = w;
  }
  return free_place;
}

void progress_tell(struct progress *p, const struct id *of, enum progress_stage stage, size_t done,
                   size_t rows) {
  ASSERT(pthread_mutex_lock(&p->lock) == 0);
  struct progress_work *w = find(p, of);
  if (w) *w = (struct progress_work){*of, stage, done < rows ? done : rows, rows};
  ASSERT(pthread_mutex_unlock(&p->lock) == 0);
}

void progress_end(struct progress *p, const struct id *of) { progress_tell(p, of, PROGRESS_NONE, 0, 0); }

struct progress_work progress_of(struct progress *p, const struct id *of) {
  struct progress_work out = {.stage = PROGRESS_NONE};
  ASSERT(pthread_mutex_lock(&p->lock) == 0);
  const struct progress_work *w = find(p, of);
  if (w) out = *w;
  ASSERT(pthread_mutex_unlock(&p->lock) == 0);
  return out;
}
