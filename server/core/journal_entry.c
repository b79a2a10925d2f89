/* journal_entry.c: entries of a transaction, and what they are made of. */
#include "server/core/journal_file.h"

err journal_put_entry(struct buf *out, enum journal_kind kind, struct slice bytes) {
  TRY(buf_put_u8(out, (uint8_t)kind));
  TRY(buf_put_u32(out, (uint32_t)bytes.len));
  return buf_append(out, bytes);
}

err journal_next_entry(struct cursor *c, enum journal_kind *kind, struct slice *bytes) {
  uint8_t k;
  uint32_t len;
  TRY(cursor_u8(c, &k));
  TRY(cursor_u32(c, &len));
  *kind = (enum journal_kind)k;
  return cursor_bytes(c, len, bytes);
}

err journal_add(struct journal *j, enum journal_kind kind, struct buf *bytes, err e) {
  if (e == ERR_OK) e = journal_put_entry(&j->entries, kind, buf_slice(bytes));
  buf_wipe(bytes);
  return e;
}

err journal_put_text(struct buf *out, const char *text) {
  struct slice t = slice_text(text);
  ASSERT(t.len <= UINT8_MAX);
  TRY(buf_put_u8(out, (uint8_t)t.len));
  return buf_append(out, t);
}

err journal_get_text(struct cursor *c, char *out, size_t size) {
  uint8_t len;
  TRY(cursor_u8(c, &len));
  if (len >= size) return ERR_CORRUPT;
  bytes_zero(out, size);
  return cursor_copy(c, out, len);
}

err journal_get_time(struct cursor *c, int64_t *out) {
  uint64_t v;
  TRY(cursor_u64(c, &v));
  *out = (int64_t)v;
  return ERR_OK;
}
