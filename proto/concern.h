/* concern.h: a safeguarding concern as a device seals it: away from the hub's own keys too. Whoever wrote it
 * cannot read it again; the hub keeps bytes. */
#ifndef TUTTI_PROTO_CONCERN_H
#define TUTTI_PROTO_CONCERN_H

#include "proto/manifest.h"

struct concern {
  int64_t written_ms;
  struct id author;
  struct slice author_name;
  struct id learner;         /* zero: about nobody by name */
  struct slice learner_name; /* as the device shows it; empty: nobody */
  struct slice text;         /* at most concern_text_bytes_max */
};
/* Appends version u8 · count u8 · for each reader its key's number u32 and crypto_seal of the content key ·
 * the content as padded msgpack under that key, bound to hub, row and all before it. ERR_NOT_FOUND without
 * readers, ERR_TOO_BIG for what does not fit into a row. */
MUST_USE err concern_seal(struct buf *out, const struct concern *c, const struct manifest *m,
                          const struct id *row, const struct entropy *e);
/* Text and names borrow from `a`. ERR_UNKNOWN_KEY when it was not sealed to that number, ERR_CRYPTO when the
 * key or anything else is another one. */
MUST_USE err concern_open(struct concern *out, struct slice sealed, const struct id *hub,
                          const struct id *row, uint32_t number, const struct box_keys *keys,
                          struct arena *a);

#endif
