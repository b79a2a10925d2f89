/* job.c: a job's life, from asking to being put away. */
#include "server/core/job.h"

#include <stdlib.h>

void job_init(struct job *job, enum job_kind kind) {
  *job = (struct job){
      .kind = kind, .arena = ARENA_INIT(job_bytes_max), .bytes = BUF_INIT(carried_piece_bytes_max)};
}

void job_finish(struct job *job) {
  arena_finish(&job->arena);
  buf_finish(&job->bytes);
  crypto_wipe(job->psk, sizeof job->psk);
}

struct job *job_create(enum job_kind kind) {
  struct job *job = malloc(sizeof *job);
  if (job) job_init(job, kind);
  return job;
}

void job_destroy(struct job *job) {
  if (!job) return;
  job_finish(job);
  free(job);
}
