/* out_queue.c: binary messages written one after the other, as fast as the socket takes them. */
#include "server/net/out_queue.h"

#include <stdlib.h>

struct out_message {
  struct out_message *next;
  size_t len;
  uint8_t bytes[]; /* LWS_PRE spare bytes first: the library writes its header there */
};

bool out_queue_put(struct out_queue *q, struct slice bytes, size_t bytes_max) {
  if (bytes.len > bytes_max || q->bytes > bytes_max - bytes.len) return false;
  struct out_message *message = malloc(sizeof *message + LWS_PRE + bytes.len);
  if (!message) return false;
  *message = (struct out_message){.len = bytes.len};
  bytes_copy(message->bytes + LWS_PRE, bytes.ptr, bytes.len);
  if (q->last)
    q->last->next = message;
  else
    q->first = message;
  q->last = message;
  q->bytes += bytes.len;
  return true;
}

static void drop_first(struct out_queue *q) {
  struct out_message *message = q->first;
  q->first = message->next;
  if (!q->first) q->last = NULL;
  q->bytes -= message->len;
  free(message);
}

int out_queue_write(struct out_queue *q, struct lws *wsi) {
  while (q->first) {
    if (lws_send_pipe_choked(wsi)) {
      lws_callback_on_writable(wsi);
      return 0;
    }
    /* Frames are 64 KiB at most; what the socket does not take the library keeps and sends first. */
    if (lws_write(wsi, q->first->bytes + LWS_PRE, q->first->len, LWS_WRITE_BINARY) < 0) return -1;
    drop_first(q);
  }
  return 0;
}

void out_queue_finish(struct out_queue *q) {
  while (q->first) drop_first(q);
}
