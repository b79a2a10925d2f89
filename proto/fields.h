/* fields.h: takes the fields of a msgpack array in order, the mirror of struct packer: errors stick and are
 * looked at once, so that decoding reads like the schema of what is decoded. */
#ifndef TUTTI_PROTO_FIELDS_H
#define TUTTI_PROTO_FIELDS_H

#include "proto/codec.h"

struct fields {
  const item *array;
  size_t next, count;
  err error;
};
/* An array of exactly `count` fields, else ERR_MALFORMED. */
struct fields fields_of(const item *array, size_t count);
/* Between the two bounds. */
struct fields fields_between(const item *array, size_t count_min, size_t count_max);
/* The next field as it is; NULL once there is an error. */
const item *field_item(struct fields *f);
uint64_t field_u64(struct fields *f, uint64_t max);
uint32_t field_u32(struct fields *f);
/* Within NUMBER_MAX either way: whoever reads one may take two of them from each other. */
int64_t field_time_ms(struct fields *f);
struct id field_id(struct fields *f);
void field_fixed(struct fields *f, void *out, size_t len);
struct slice field_bytes(struct fields *f, size_t len_max);
struct slice field_text(struct fields *f, size_t bytes_max);
MUST_USE err fields_end(const struct fields *f);

#endif
