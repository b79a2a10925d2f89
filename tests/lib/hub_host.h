/* hub_host.h: a hub in this process for tests: keys from a seed, a store in a temporary directory, jobs run
 * at once, sessions driven by hand. */
#ifndef TUTTI_TESTS_HUB_HOST_H
#define TUTTI_TESTS_HUB_HOST_H

#include "server/core/ingest.h"
#include "server/core/session.h"
#include "server/store/sqlite/store_sqlite.h"

enum { hub_host_lines_max = 64, hub_line_frames_max = 4096 };
struct hub_line;
struct hub_host {
  struct hub hub;
  struct store *store;
  struct gate gate;
  struct now now; /* 2026-11-21T12:00:00Z at first; tests move it */
  uint64_t random;
  char dir[64], path[96];
  struct hub_line *lines[hub_host_lines_max]; /* those that hear of changes */
  size_t line_count;
};
/* Aborts when the machine fails: a test cannot go on then. */
void hub_host_open(struct hub_host *h, uint64_t seed);
void hub_host_close(struct hub_host *h);  /* removes the directory */
void hub_host_reopen(struct hub_host *h); /* as after a restart; a store that was closed is NULL */
struct entropy hub_host_entropy(struct hub_host *h);
void hub_host_pass(struct hub_host *h, int64_t ms); /* time goes by, for everybody */
/* What dates changed though nobody wrote, and what was held for nothing but an older program; no week goes
 * by. Lines hear of it. */
void hub_host_keep(struct hub_host *h);
void hub_host_tidy(struct hub_host *h); /* the housekeeping job, which the hub asks for every few seconds */
void hub_host_digest(struct hub_host *h, uint8_t out[hash_bytes]);
struct view_counts hub_host_counts(struct hub_host *h);
/* Ingests one bundle without a session; the job is the caller's (job_finish). */
void hub_host_ingest(struct hub_host *h, struct job *job, struct slice bundle);
/* One connection to the hub; a job it asks for is run before the call returns. Frames to the device wait in
 * order. */
struct hub_line {
  struct hub_host *host;
  struct session *session;
  struct buf frames[hub_line_frames_max];
  size_t first, count; /* frames not taken yet: first … count - 1 */
  bool closed;
  bool lazy; /* jobs wait in `waiting` until hub_line_work */
  struct job *waiting[hub_line_frames_max];
  size_t waiting_count;
};
void hub_line_open(struct hub_line *l, struct hub_host *h);
void hub_line_close(struct hub_line *l);
void hub_line_bytes(struct hub_line *l, struct slice bytes);
void hub_line_event(struct hub_line *l, enum session_event_kind kind);
void hub_line_changed(struct hub_line *l, const struct session_event *event);
void hub_line_work(struct hub_line *l);
/* The next frame for the device, or false. It lives until hub_line_close. */
bool hub_line_take(struct hub_line *l, struct slice *out);

#endif
