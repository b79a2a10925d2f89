/* codec.h: msgpack behind a bounds scan. The only user of msgpack-c. Everything that comes from a peer or a
 * UI is scanned before it is unpacked. */
#ifndef TUTTI_PROTO_CODEC_H
#define TUTTI_PROTO_CODEC_H

#include "shared/base/arena.h"
#include "shared/base/id.h"
#include "shared/base/limits.h"

/* ---- writing: errors stick, so a message reads like its schema and is checked once at the end ---- */
struct packer {
  struct buf *out;
  err error;
};
void pack_init(struct packer *p, struct buf *out);
void pack_nil(struct packer *p);
void pack_bool(struct packer *p, bool v);
void pack_u64(struct packer *p, uint64_t v);
void pack_i64(struct packer *p, int64_t v);
void pack_bytes(struct packer *p, struct slice v);
void pack_text(struct packer *p, struct slice v);
void pack_word(struct packer *p, const char *text);
void pack_id(struct packer *p, const struct id *id);     /* 16 bytes */
void pack_id_hex(struct packer *p, const struct id *id); /* 32 digits: at the UI's door */
void pack_array(struct packer *p, size_t count);
void pack_map(struct packer *p, size_t count);
MUST_USE err pack_end(const struct packer *p);

/* ---- reading ---- */
/* One message, exactly: refuses trailing bytes (ERR_TRAILING), missing ones (ERR_TRUNCATED), and
 * (ERR_MALFORMED) non-minimal lengths and integers, extension types, floats, NaN, bad UTF-8 or NUL in text,
 * duplicate map keys (text keys only), nesting past codec_depth_max; ERR_TOO_BIG for more than items_max
 * objects or a count that the bytes left cannot hold. Allocates nothing. */
MUST_USE err codec_scan(struct slice bytes, size_t items_max);

struct unpacked;          /* owns the objects of one message; text and bytes stay borrowed from the input */
typedef struct item item; /* one object, opaque */
/* Scans, then unpacks. */
MUST_USE err unpack(struct unpacked **out, struct slice bytes, size_t items_max);
void unpack_finish(struct unpacked *u); /* NULL is accepted */
const item *unpack_root(const struct unpacked *u);

enum item_kind { ITEM_NIL, ITEM_BOOL, ITEM_INT, ITEM_TEXT, ITEM_BYTES, ITEM_ARRAY, ITEM_MAP };
enum item_kind item_kind(const item *i);
/* Each ERR_MALFORMED when it is not that kind; bounds are inclusive and ERR_INVALID outside. */
MUST_USE err item_u64(const item *i, uint64_t max, uint64_t *out);
MUST_USE err item_i64(const item *i, int64_t min, int64_t max, int64_t *out);
MUST_USE err item_bool(const item *i, bool *out);
MUST_USE err item_text(const item *i, size_t bytes_max, struct slice *out);
MUST_USE err item_bytes(const item *i, size_t len_min, size_t len_max, struct slice *out);
MUST_USE err item_id(const item *i, struct id *out);           /* 16 bytes */
MUST_USE err item_id_hex(const item *i, struct id *out);       /* 32 digits */
MUST_USE err item_fixed(const item *i, void *out, size_t len); /* bytes of exactly that length */
MUST_USE err item_array(const item *i, size_t count_max, size_t *count_out);
const item *item_at(const item *array, size_t index);
/* The value under a text key of a map; NULL when it is absent or the item is not a map. */
const item *item_get(const item *map, const char *key);
size_t item_map_count(const item *map);
const item *item_map_key(const item *map, size_t index);
const item *item_map_value(const item *map, size_t index);

#endif
