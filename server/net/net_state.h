/* net_state.h: private to this folder: the running server and its connections, all touched by the loop's
 * thread only, except what `presence` guards. */
#ifndef TUTTI_NET_STATE_H
#define TUTTI_NET_STATE_H

#include <libwebsockets.h>
#include <uv.h>

#include "server/core/session.h"
#include "server/net/net.h"
#include "server/net/out_queue.h"
#include "server/net/presence.h"
#include "server/net/request.h"
#include "server/net/workers.h"
#include "shared/base/limits.h"
#include "shared/base/web_policy.h"

enum { net_conns_max = connections_max + 512, net_names_max = 5, net_slot_bits = 16 };
_Static_assert(net_conns_max < (1 << net_slot_bits), "a handle holds the place and how often it was used");

struct net;
enum conn_kind { CONN_SYNC, CONN_HTTP };
/* What every connection begins with. A handle is never used twice, so late work for a connection that is gone
 * finds nobody. */
struct conn {
  enum conn_kind kind;
  struct net *net;
  struct lws *wsi;
  uint64_t handle;
  bool doomed; /* closed by the reaper, outside of the library's callbacks */
  bool reaped; /* asked to close; the library says when it is gone */
};
struct sync_conn {
  struct conn conn; /* first */
  struct session *session;
  struct buf incoming;
  struct out_queue out;
  unsigned jobs; /* asked and not answered */
  bool paused, closing, online, ping_due;
  struct id device;
  uint64_t heard_ms, pinged_ms;
};
enum http_state { HTTP_HEAD, HTTP_BODY, HTTP_WAIT, HTTP_SEND, HTTP_EVENTS };
enum http_part {
  PART_PATH,
  PART_QUERY,
  PART_COOKIE,
  PART_CSRF,
  PART_BEARER,
  PART_TYPE,
  PART_KNOWN,
  PART_PEER,
  PART_BODY,
  PART_COUNT
};
struct http_conn {
  struct conn conn; /* first */
  enum http_state state;
  uint64_t deadline_ms; /* 0: none */
  uint64_t body_len;    /* still to come */
  enum http_method method;
  struct buf text;                 /* the parts of the request, one after the other */
  size_t part_len[PART_COUNT - 1]; /* of all but the body, which is the rest */
  bool from_browser;
  bool closes;    /* the connection ends with this answer, which says so */
  struct buf out; /* LWS_PRE spare bytes, head, body */
  size_t sent;
  const struct web_form *form; /* or the body is a file's */
  int64_t events_until_ms;
  uint64_t beat_ms;
};
struct net {
  const struct net_config *config;
  const struct hub *hub; /* with its present keys, for what begins now */
  struct lws_context *context;
  uv_loop_t loop;
  uv_signal_t on_term, on_int, on_hup;
  uv_timer_t sweep, reap;
  uv_async_t done;
  struct workers *workers;
  struct presence *presence;
  struct gate gate;
  char hub_name[256];
  const char *names[net_names_max];
  struct conn **conns; /* net_conns_max places */
  uint32_t *generations;
  size_t conn_count, conn_top, event_streams;
  struct change_set changes; /* gathered from finished jobs, then told to everybody */
  bool stopping;
  bool paused_any;
  int file_max; /* a socket of this number or above is turned away: accepting without free numbers would spin
                 */
  uint64_t stop_by_ms;
  uint64_t keep_at_ms;                /* when to keep house next */
  err kept;                           /* how that went last */
  uint64_t look_at_ms;                /* when to look at the certificate next */
  struct net_certificate certificate; /* the one in use */
  uint64_t position;                  /* the change number everybody has heard of */
  uint8_t piece[LWS_PRE + web_piece_bytes];
};

/* ---- conns.c ---- */
/* `size` bytes, zeroed, in the table and on the wsi; NULL when the table or the memory is full. */
struct conn *conn_create(struct net *net, struct lws *wsi, enum conn_kind kind, size_t size);
void conn_forget(struct conn *conn); /* out of the table, off the wsi, freed */
struct conn *conn_find(struct net *net, uint64_t handle);
struct conn *conn_of(struct lws *wsi, enum conn_kind kind); /* NULL when the wsi has none of that kind */
void conn_doom(struct conn *conn);
void conns_reap(struct net *net);
void conns_each(struct net *net, void (*visit)(struct conn *conn, const void *with), const void *with);

/* ---- sync.c: devices ---- */
int sync_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
void sync_step(struct sync_conn *c, const struct session_event *event);
void sync_sweep(struct sync_conn *c, const struct now *now);
void sync_job_done(struct net *net, uint64_t handle, struct job *job);
void sync_resume(struct sync_conn *c);
void sync_forget(struct sync_conn *c);

/* ---- http.c, answer.c, events.c: the office ---- */
int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
void http_exchange_done(struct net *net, uint64_t handle, struct http_exchange *x);
void http_sweep(struct http_conn *c, const struct now *now);
void http_forget(struct http_conn *c);
MUST_USE err answer_begin(struct http_conn *c, const struct web_head *head, struct slice body);
MUST_USE err answer_refusal(struct http_conn *c, const struct refusal *why);
int answer_write(struct http_conn *c);
void events_open(struct http_conn *c, int64_t until_ms);
void events_sweep(struct http_conn *c, const struct now *now);
/* Tells every stream what to ask for again. */
void events_tell(struct net *net, const struct change_set *changes);

#endif
