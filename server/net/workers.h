/* workers.h: the threads with a store: one writer that commits bundles in groups, a few readers. Bounded
 * queues in, finished work out in order. */
#ifndef TUTTI_NET_WORKERS_H
#define TUTTI_NET_WORKERS_H

#include "server/net/net.h"

struct workers;

/* Finished work. Exactly one of job and exchange is set; the taker owns it. */
struct done {
  struct done *next;
  uint64_t owner; /* as given when it was asked */
  struct job *job;
  struct http_exchange *exchange;
};
/* `wake` is called from any thread after something was done. */
MUST_USE err workers_start(struct workers **out, const struct net_config *config, void (*wake)(void *ctx),
                           void *ctx, struct fault *fault);
/* What is begun from now on is done with these keys; the hub they replace must still outlive the workers. */
void workers_take_keys(struct workers *w, const struct hub *hub);
/* Takes ownership, unless the queue is full: ERR_BUSY, ERR_NO_MEMORY. */
MUST_USE err workers_ask_job(struct workers *w, uint64_t owner, struct job *job);
MUST_USE err workers_ask_http(struct workers *w, uint64_t owner, struct http_exchange *x);
/* Everything done since the last call, oldest first, linked by next; free each with free(). NULL: nothing. */
struct done *workers_take_done(struct workers *w);
/* Bundles waiting for the writer. */
size_t workers_waiting_bytes(struct workers *w);
bool workers_are_idle(struct workers *w);
/* Lets every thread finish what it is doing, throws away what still waits, joins and frees. NULL is accepted.
 */
void workers_stop(struct workers *w);

void exchange_destroy(struct http_exchange *x); /* frees all of it; NULL is accepted */

#endif
