/* core_host.h: a field client in this process for tests: a core on a temporary directory, calls by name,
 * replies checked against commands.def, and the line's bytes in both directions. */
#ifndef TUTTI_TESTS_CORE_HOST_H
#define TUTTI_TESTS_CORE_HOST_H

#include "proto/codec.h"
#include "tests/lib/core_door.h"

enum { core_host_frames_max = 8192, core_host_topics_max = 256 };
struct core_host {
  struct core *core;
  const struct core_door *door; /* the build it runs; this one at first */
  struct core_config config;    /* may be changed before core_host_start */
  struct now now;               /* 2026-11-21T12:00:00Z at first */
  uint64_t random;
  bool unchecked; /* replies are not compared with this build's commands.def */
  bool unread; /* of answers only whether they are failures is looked at: a figure would contain the rest */
  char dir[64], db_path[96];

  /* the last call's answer */
  bool replied, succeeded;
  struct buf reply_bytes;
  struct unpacked *reply;
  const item *result; /* NULL after a failure, and when unread */
  char code[32], text[256];
  int64_t unmarked, wait_ms, attempts_left; /* -1: absent */

  /* what the core asked of its host */
  uint32_t link;    /* the link it wants or has; 0: none */
  bool link_wanted; /* ACT_LINK_OPEN came and was not answered */
  char url[600];
  struct buf frames[core_host_frames_max]; /* binary messages to the hub, not taken yet: first … count - 1 */
  size_t first, count;
  char topics[core_host_topics_max][48]; /* of `changed` events, until core_host_forget_topics */
  size_t topic_count;
  uint64_t tick_at; /* 0: none asked */
  err step_error;   /* of the last step */
};
/* A new directory, no core yet; `seed` decides all its randomness. Aborts when the machine fails: a test
 * cannot go on then. */
void core_host_init(struct core_host *h, uint64_t seed);
void core_host_start(
    struct core_host *h); /* creates the core and ticks it once; fails the test when that fails */
MUST_USE err core_host_try_start(struct core_host *h, struct fault *fault);
void core_host_stop(struct core_host *h);   /* as the power cut does: destroyed without EV_STOP */
void core_host_finish(struct core_host *h); /* removes the directory */
/* One step with any event; its actions are taken in. */
void core_host_step(struct core_host *h, enum event_kind kind, uint32_t id, struct slice bytes);
/* Time passes on both clocks, and the core is ticked. */
void core_host_pass(struct core_host *h, int64_t ms);
/* A call. `format` names each argument and its type, "session:i code:w arrived:n": i const struct id * · t, w
 * const char * · n int · b int (bool) · y struct slice (bytes) · d int (days) · s const char * (words of a
 * set, separated by spaces). True when it did not fail; the result is in h->result. A call whose answer comes
 * later leaves h->replied false. */
bool core_host_call(struct core_host *h, const char *command, const char *format, ...);
/* Reading results; each fails the test when the field is absent or of another kind. */
int64_t core_host_int(const item *map, const char *name);
bool core_host_bool(const item *map, const char *name);
struct slice core_host_text(const item *map, const char *name);
bool core_host_says(const item *map, const char *name,
                    const char *text); /* the field is that text; NULL: it is nil */
struct id core_host_id(const item *map, const char *name);
const item *core_host_list(const item *map, const char *name, size_t *count_out);
bool core_host_changed(const struct core_host *h, const char *topic,
                       const struct id *id); /* was the topic told? id may be NULL */
void core_host_forget_topics(struct core_host *h);
/* The next binary message to the hub, or false. It lives until the next start. */
bool core_host_take(struct core_host *h, struct slice *out);

#endif
