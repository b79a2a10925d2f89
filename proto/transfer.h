/* transfer.h: the two files of a journey without network: sealed bundles out, receipts back. */
#ifndef TUTTI_PROTO_TRANSFER_H
#define TUTTI_PROTO_TRANSFER_H

#include "proto/codec.h"
#include "shared/crypto/crypto.h"

#define EXPORT_FILE_SUFFIX ".tutti"
#define REPLY_FILE_SUFFIX  ".tutti-reply"
/* Export: magic "TUTTIEX1", then msgpack [hub id, device id, certificate, [bundle, …]], then BLAKE2b-256 of
 * everything before (half-copied files are noticed; authenticity is each bundle's own). */
struct export_file {
  struct id hub, device;
  struct slice certificate;
  const struct slice *bundles;
  size_t count;
};
/* ERR_TOO_BIG past bundles_per_file_max or export_file_bytes_max: make two files. */
MUST_USE err export_encode(struct buf *out, const struct export_file *f);
/* ERR_MALFORMED for another sort of file, ERR_CORRUPT for one copied in part or changed, ERR_TOO_BIG; `fault`
 * says what to do. Slices borrow from `bytes`, the list lives in `a`. Neither bundles nor document are looked
 * into. */
MUST_USE err export_decode(struct export_file *out, struct slice bytes, struct arena *a, struct fault *fault);
/* Reply: magic "TUTTIRP1", then msgpack [hub id, device id, manifest, [receipt, …], [order, …]], then the
 * same hash. */
struct reply_file {
  struct id hub, device;
  struct slice manifest;
  const struct slice *receipts;
  size_t count;
  const struct slice *orders; /* signed, by rising number */
  size_t order_count;
};
MUST_USE err reply_encode(struct buf *out, const struct reply_file *f);
MUST_USE err reply_decode(struct reply_file *out, struct slice bytes, struct arena *a, struct fault *fault);

#endif
