/* message.c: finds a message's row and packs or takes it. */
#include "proto/message_row.h"

static const struct message_row *row_in(const struct message_row *rows, size_t count, uint64_t type) {
  for (size_t i = 0; i < count; i++)
    if (rows[i].type == type) return &rows[i];
  return NULL;
}

static const struct message_row *row_of(uint64_t type) {
  const struct message_row *row = row_in(device_messages, device_message_count, type);
  return row != NULL ? row : row_in(hub_messages, hub_message_count, type);
}

err message_encode(struct buf *out, const struct message *m) {
  const struct message_row *row = row_of(m->type);
  ASSERT(row != NULL);
  struct packer p;
  pack_init(&p, out);
  pack_array(&p, 1 + row->fields);
  pack_u64(&p, m->type);
  row->pack(&p, m);
  return pack_end(&p);
}

static err message_take(struct message *out, const item *root, struct arena *a) {
  struct fields f = fields_between(root, 1, codec_map_keys_max);
  const struct message_row *row = row_of(field_u64(&f, UINT8_MAX));
  TRY(f.error);
  if (row == NULL || f.count != 1 + row->fields) return ERR_MALFORMED;
  out->type = row->type;
  row->take(&f, out, a);
  return fields_end(&f);
}

err message_decode(struct message *out, struct slice bytes, struct arena *a) {
  struct unpacked *u;
  *out = (struct message){0};
  if (bytes.len > message_bytes_max) return ERR_TOO_BIG;
  TRY(unpack(&u, bytes, codec_items_max));
  err e = message_take(out, unpack_root(u), a);
  unpack_finish(u);
  return e;
}
