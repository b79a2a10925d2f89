/* outgoing.c: a queue of whole messages. */
#include "client/kiosk/outgoing.h"

#include <stdlib.h>

const lws_retry_bo_t loopback_rests = {.secs_since_valid_ping = 0, .secs_since_valid_hangup = 0};

bool outgoing_put(struct outgoing *o, struct slice bytes, size_t bytes_max) {
  if (o->bytes + bytes.len > bytes_max) return false;
  struct outgoing_message *message = malloc(sizeof *message + LWS_PRE + bytes.len);
  if (!message) return false;
  *message = (struct outgoing_message){.len = bytes.len};
  bytes_copy(message->bytes + LWS_PRE, bytes.ptr, bytes.len);
  if (o->last)
    o->last->next = message;
  else
    o->first = message;
  o->last = message;
  o->bytes += bytes.len;
  return true;
}

void outgoing_drop_first(struct outgoing *o) {
  struct outgoing_message *message = o->first;
  o->first = message->next;
  if (!o->first) o->last = NULL;
  o->bytes -= message->len;
  free(message);
}

void outgoing_finish(struct outgoing *o) {
  while (o->first) outgoing_drop_first(o);
}
