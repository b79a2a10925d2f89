/* fuzz_input.h: an input of a fuzz target taken apart: small numbers, and pieces with their lengths in front.
 */
#ifndef TUTTI_TESTS_LIB_FUZZ_INPUT_H
#define TUTTI_TESTS_LIB_FUZZ_INPUT_H

#include "shared/base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Past the end every number is 0 and every piece is empty, so that any bytes are an input. */
static inline uint8_t input_u8(struct slice *in) {
  if (in->len == 0) return 0;
  uint8_t v = in->ptr[0];
  *in = slice_of(in->ptr + 1, in->len - 1);
  return v;
}

static inline uint32_t input_u24(struct slice *in) {
  uint32_t low = input_u8(in), middle = input_u8(in);
  return low | middle << 8 | (uint32_t)input_u8(in) << 16;
}

/* A piece: two bytes of length, then at most so many bytes. */
static inline struct slice input_piece(struct slice *in) {
  size_t len = input_u8(in);
  len |= (size_t)input_u8(in) << 8;
  if (len > in->len) len = in->len;
  struct slice out = slice_of(in->ptr, len);
  *in = slice_of(in->ptr + len, in->len - len);
  return out;
}

/* The rest of the input as changes to a real file, between two offsets: each is a place and its new byte. */
static inline void input_patch(struct slice *in, struct buf *file, size_t from, size_t to) {
  while (in->len > 0) {
    size_t at = input_u24(in);
    uint8_t value = input_u8(in);
    if (to > from) file->ptr[from + at % (to - from)] = value;
  }
}

#endif
