/* conns.c: the table of connections: handles that never lie, and the reaper. */
#include <stdlib.h>

#include "server/net/net_state.h"

static uint64_t slot_mask(void) { return ((uint64_t)1 << net_slot_bits) - 1; }

struct conn *conn_create(struct net *net, struct lws *wsi, enum conn_kind kind, size_t size) {
  size_t slot = 0;
  if (net->conn_count == net_conns_max) return NULL;
  if (net->conn_count == net->conn_top)
    slot = net->conn_top;
  else
    while (net->conns[slot]) slot++;
  struct conn *conn = calloc(1, size);
  if (!conn) return NULL;
  *conn = (struct conn){.kind = kind, .net = net, .wsi = wsi};
  conn->handle = (uint64_t)++net->generations[slot] << net_slot_bits | slot;
  net->conns[slot] = conn;
  net->conn_count++;
  if (slot == net->conn_top) net->conn_top++;
  lws_set_opaque_user_data(wsi, conn);
  return conn;
}

void conn_forget(struct conn *conn) {
  struct net *net = conn->net;
  net->conns[conn->handle & slot_mask()] = NULL;
  net->conn_count--;
  while (net->conn_top > 0 && !net->conns[net->conn_top - 1]) net->conn_top--;
  lws_set_opaque_user_data(conn->wsi, NULL);
  free(conn);
}

struct conn *conn_find(struct net *net, uint64_t handle) {
  size_t slot = (size_t)(handle & slot_mask());
  struct conn *conn = slot < net_conns_max ? net->conns[slot] : NULL;
  return conn && conn->handle == handle ? conn : NULL;
}

struct conn *conn_of(struct lws *wsi, enum conn_kind kind) {
  struct conn *conn = lws_get_opaque_user_data(wsi);
  return conn && conn->kind == kind ? conn : NULL;
}

static void reap_soon(uv_timer_t *timer) { conns_reap(timer->data); }

void conn_doom(struct conn *conn) {
  conn->doomed = true;
  (void)uv_timer_start(&conn->net->reap, reap_soon, 0, 0);
}

static void reap(struct conn *conn, const void *with) {
  (void)with;
  if (!conn->doomed || conn->reaped) return;
  conn->reaped = true;
  if (conn->kind == CONN_SYNC) lws_close_reason(conn->wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
  lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC); /* the callback forgets it */
}

void conns_reap(struct net *net) { conns_each(net, reap, NULL); }

void conns_each(struct net *net, void (*visit)(struct conn *conn, const void *with), const void *with) {
  for (size_t i = 0; i < net->conn_top; i++) {
    if (net->conns[i]) visit(net->conns[i], with);
  }
}
