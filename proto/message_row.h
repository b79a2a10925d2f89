/* message_row.h: one row per message type, so that encoding, decoding and the list of types cannot disagree.
 */
#ifndef TUTTI_PROTO_MESSAGE_ROW_H
#define TUTTI_PROTO_MESSAGE_ROW_H

#include "proto/fields.h"
#include "proto/messages.h"

struct message_row {
  enum message_type type;
  size_t fields; /* after the type */
  void (*pack)(struct packer *p, const struct message *m);
  void (*take)(struct fields *f, struct message *m, struct arena *a);
};
enum { device_message_count = 9, hub_message_count = 9 };
extern const struct message_row device_messages[device_message_count]; /* messages_device.c */
extern const struct message_row hub_messages[hub_message_count];       /* messages_hub.c */

/* What the reader would refuse is not written: ERR_TOO_BIG. */
void pack_bounded(struct packer *p, size_t count, size_t count_max);
/* Lists of streams, which both sides send: [[stream, position, audience], …]. */
void streams_pack(struct packer *p, const struct stream_position *streams, size_t count);
const struct stream_position *streams_take(struct fields *f, struct arena *a, size_t *count_out);

#endif
