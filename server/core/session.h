/* session.h: one device's connection as a pure state machine: frames in, frames and jobs out. No sockets, no
 * clock. */
#ifndef TUTTI_SERVER_SESSION_H
#define TUTTI_SERVER_SESSION_H

#include "server/core/gate.h"
#include "server/core/hub.h"

struct session;

enum session_event_kind {
  SESSION_BYTES,   /* bytes: one binary WebSocket message */
  SESSION_JOB,     /* job: an answered job, given back; the session finishes it */
  SESSION_CHANGED, /* changes: something was committed; the session decides whether it concerns its streams */
  SESSION_TICK,    /* the sweep, about once a second: deadlines, daily end */
  SESSION_STOP,    /* the hub is stopping: say BYE and close */
};
struct session_event {
  enum session_event_kind kind;
  struct now now;
  struct slice bytes;
  struct job *job;
  const struct change_set *changes;
};
enum session_action_kind {
  SESSION_SEND, /* bytes: one binary message; the session's until the next step */
  SESSION_ASK, /* job: now the host's; it comes back by SESSION_JOB, or is destroyed (job_destroy) by the host
                  when the connection is gone */
  SESSION_CLOSE, /* close the connection; generic, no reason on the wire */
};
struct session_action {
  enum session_action_kind kind;
  struct slice bytes;
  struct job *job;
};
/* `gate` outlives the session; all sessions of a hub share it. */
MUST_USE err session_create(struct session **out, const struct hub *hub, struct gate *gate,
                            const struct now *now);
void session_step(struct session *s, const struct session_event *event, const struct session_action **out,
                  size_t *out_count);
void session_destroy(struct session *s);
/* False while as many bundles wait as one session may have: the host stops reading from the socket until it
 * is true again. A device that is let through all the same is told to come back later (MSG_RETRY). */
bool session_wants_input(const struct session *s);
/* For the devices page: false until the handshake is done. */
bool session_device(const struct session *s, struct id *out);

#endif
