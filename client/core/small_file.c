/* small_file.c: magic, content and checksum. */
#include "client/core/small_file.h"

#include "shared/base/limits.h"
#include "shared/crypto/crypto.h"

enum { magic_bytes = 8 };

static void sum(uint8_t out[hash_bytes], struct slice bytes) { crypto_hash(out, "tutti.file", &bytes, 1); }

/* At most as much as the caller takes. */
static err read_whole(struct buf *out, const struct file_ops *ops, const char *name) {
  struct file *file = NULL;
  TRY(ops->open(ops->ctx, name, false, &file));
  uint64_t size = 0;
  err e = ops->size(file, &size);
  if (e == ERR_OK && (size > out->max || size < magic_bytes + hash_bytes)) e = ERR_CORRUPT;
  if (e == ERR_OK) e = buf_append_zeros(out, (size_t)size);
  if (e == ERR_OK) e = ops->read(file, 0, out->ptr, (size_t)size);
  ops->close(file);
  return e;
}

/* The last letter of a magic counts its versions. */
static bool is_newer(const uint8_t *found, const char *magic) {
  bool same_kind = slice_equal(slice_of(found, magic_bytes - 1), slice_of(magic, magic_bytes - 1));
  return same_kind && found[magic_bytes - 1] > (uint8_t)magic[magic_bytes - 1];
}

err small_file_read(struct buf *out, const struct file_ops *ops, const char *name, const char magic[9],
                    struct fault *fault) {
  struct buf whole = BUF_INIT(out->max + magic_bytes + hash_bytes);
  err e = read_whole(&whole, ops, name);
  uint8_t expected[hash_bytes];
  if (e == ERR_OK) {
    size_t content = whole.len - magic_bytes - hash_bytes;
    sum(expected, slice_of(whole.ptr, whole.len - hash_bytes));
    bool whole_and_right = crypto_equal(expected, whole.ptr + whole.len - hash_bytes, hash_bytes);
    bool ours = slice_equal(slice_of(whole.ptr, magic_bytes), slice_text(magic));
    e = ours && whole_and_right ? buf_append(out, slice_of(whole.ptr + magic_bytes, content)) : ERR_CORRUPT;
    if (whole_and_right && is_newer(whole.ptr, magic)) e = ERR_VERSION;
  }
  buf_wipe(&whole);
  if (e == ERR_VERSION)
    return fault_set(fault, e,
                     "a newer version of Tutti wrote the file %s of this device: update this program", name);
  if (e == ERR_CORRUPT)
    return fault_set(fault, e,
                     "the file %s of this device is damaged; restore it from a backup or enrol again", name);
  if (e != ERR_OK && e != ERR_NOT_FOUND)
    return fault_set(fault, e, "the file %s of this device cannot be read: %s", name, err_text(e));
  return e;
}

err small_file_write(const struct file_ops *ops, const char *name, const char magic[9],
                     struct slice content) {
  struct buf whole = BUF_INIT(content.len + magic_bytes + hash_bytes);
  uint8_t hash[hash_bytes];
  err e = buf_append(&whole, slice_text(magic));
  if (e == ERR_OK) e = buf_append(&whole, content);
  if (e == ERR_OK) {
    sum(hash, buf_slice(&whole));
    e = buf_append(&whole, slice_of(hash, hash_bytes));
  }
  if (e == ERR_OK) e = ops->replace(ops->ctx, name, buf_slice(&whole));
  buf_wipe(&whole);
  return e;
}
