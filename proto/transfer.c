/* transfer.c: export and reply files: magic, one msgpack array, a hash over both. */
#include "proto/transfer.h"

#include "proto/bundle.h"
#include "proto/fields.h"
#include "proto/receipt.h"

enum { magic_bytes = 8, file_items_max = bundles_per_file_max + orders_per_message_max + 8 };
static const uint8_t export_magic[magic_bytes] = {'T', 'U', 'T', 'T', 'I', 'E', 'X', '1'};
static const uint8_t reply_magic[magic_bytes] = {'T', 'U', 'T', 'T', 'I', 'R', 'P', '1'};

/* Both files have one shape: who, about whom, one signed document, and a list; a reply has one of orders
 * too. */
struct file {
  struct id hub, device;
  struct slice document;
  const struct slice *list;
  size_t count;
  const struct slice *orders;
  size_t order_count;
};
struct file_kind {
  const uint8_t *magic;
  const char *name, *other;
  size_t fields, document_bytes_max, item_bytes_max;
};
static const struct file_kind export_kind = {
    export_magic, "an export of a device", "a reply of the hub", 4, certificate_bytes_max, bundle_bytes_max};
static const struct file_kind reply_kind = {reply_magic, "a reply of the hub", "an export of a device",
                                            5,           manifest_bytes_max,   receipt_bytes_max};

static void file_hash(uint8_t out[hash_bytes], struct slice bytes) {
  crypto_hash(out, "tutti.file", &bytes, 1);
}

static void list_pack(struct packer *p, const struct slice *list, size_t count) {
  pack_array(p, count);
  for (size_t i = 0; i < count; i++) pack_bytes(p, list[i]);
}

static err file_encode(struct buf *out, const struct file_kind *kind, const struct file *f) {
  struct packer p;
  uint8_t hash[hash_bytes];
  size_t start = out->len;
  if (f->count > bundles_per_file_max || f->order_count > orders_per_message_max) return ERR_TOO_BIG;
  TRY(buf_append(out, slice_of(kind->magic, magic_bytes)));
  pack_init(&p, out);
  pack_array(&p, kind->fields);
  pack_id(&p, &f->hub);
  pack_id(&p, &f->device);
  pack_bytes(&p, f->document);
  list_pack(&p, f->list, f->count);
  if (kind == &reply_kind) list_pack(&p, f->orders, f->order_count);
  TRY(pack_end(&p));
  file_hash(hash, slice_of(out->ptr + start, out->len - start));
  TRY(buf_append(out, slice_of(hash, hash_bytes)));
  return out->len - start > export_file_bytes_max ? ERR_TOO_BIG : ERR_OK;
}

/* Says what the file is instead, when that can be seen. */
static err magic_check(const struct file_kind *kind, struct slice bytes, struct fault *fault) {
  struct slice found = slice_of(bytes.ptr, bytes.len < magic_bytes ? bytes.len : magic_bytes);
  if (slice_equal(found, slice_of(kind->magic, magic_bytes))) return ERR_OK;
  const uint8_t *other = kind->magic == export_magic ? reply_magic : export_magic;
  if (slice_equal(found, slice_of(other, magic_bytes)))
    return fault_set(fault, ERR_MALFORMED, "This file is %s, not %s: choose the other one.", kind->other,
                     kind->name);
  return fault_set(fault, ERR_MALFORMED, "This file is not %s: it does not begin like one.", kind->name);
}

static err file_caps(const struct file_kind *kind, struct slice bytes, struct fault *fault) {
  if (bytes.len > export_file_bytes_max)
    return fault_set(fault, ERR_TOO_BIG, "This file is larger than %d bytes, so it is not %s.",
                     (int)export_file_bytes_max, kind->name);
  TRY(magic_check(kind, bytes, fault));
  uint8_t hash[hash_bytes];
  size_t body = bytes.len < magic_bytes + hash_bytes ? 0 : bytes.len - hash_bytes;
  if (body > 0) file_hash(hash, slice_of(bytes.ptr, body));
  if (body == 0 || !slice_equal(slice_of(hash, hash_bytes), slice_of(bytes.ptr + body, hash_bytes)))
    return fault_set(fault, ERR_CORRUPT,
                     "This file was copied only in part or changed on the way: copy it again.");
  return ERR_OK;
}

static err list_take(struct fields *f, size_t count_max, size_t bytes_max, const struct slice **out,
                     size_t *count_out, struct arena *a) {
  const item *array = field_item(f);
  if (array == NULL) return f->error;
  TRY(item_array(array, count_max, count_out));
  struct slice *list = arena_take(a, *count_out, sizeof *list);
  if (list == NULL) return ERR_NO_MEMORY;
  for (size_t i = 0; i < *count_out; i++) TRY(item_bytes(item_at(array, i), 0, bytes_max, &list[i]));
  *out = list;
  return ERR_OK;
}

static err file_take(struct file *out, const struct file_kind *kind, const item *root, struct arena *a) {
  struct fields f = fields_of(root, kind->fields);
  out->hub = field_id(&f);
  out->device = field_id(&f);
  out->document = field_bytes(&f, kind->document_bytes_max);
  TRY(list_take(&f, bundles_per_file_max, kind->item_bytes_max, &out->list, &out->count, a));
  if (kind == &reply_kind)
    TRY(list_take(&f, orders_per_message_max, order_bytes_max, &out->orders, &out->order_count, a));
  return fields_end(&f);
}

static err file_decode(struct file *out, const struct file_kind *kind, struct slice bytes, struct arena *a,
                       struct fault *fault) {
  struct unpacked *u = NULL;
  *out = (struct file){0};
  TRY(file_caps(kind, bytes, fault));
  struct slice body = slice_of(bytes.ptr + magic_bytes, bytes.len - magic_bytes - hash_bytes);
  err e = unpack(&u, body, file_items_max);
  if (e == ERR_OK) e = file_take(out, kind, unpack_root(u), a);
  unpack_finish(u);
  if (e != ERR_OK)
    return fault_set(fault, e, "This file cannot be read as %s: %s. Make it again.", kind->name, err_text(e));
  return ERR_OK;
}

err export_encode(struct buf *out, const struct export_file *f) {
  return file_encode(out, &export_kind,
                     &(struct file){.hub = f->hub,
                                    .device = f->device,
                                    .document = f->certificate,
                                    .list = f->bundles,
                                    .count = f->count});
}

err export_decode(struct export_file *out, struct slice bytes, struct arena *a, struct fault *fault) {
  struct file f;
  TRY(file_decode(&f, &export_kind, bytes, a, fault));
  *out = (struct export_file){f.hub, f.device, f.document, f.list, f.count};
  return ERR_OK;
}

err reply_encode(struct buf *out, const struct reply_file *f) {
  return file_encode(
      out, &reply_kind,
      &(struct file){f->hub, f->device, f->manifest, f->receipts, f->count, f->orders, f->order_count});
}

err reply_decode(struct reply_file *out, struct slice bytes, struct arena *a, struct fault *fault) {
  struct file f;
  TRY(file_decode(&f, &reply_kind, bytes, a, fault));
  *out = (struct reply_file){f.hub, f.device, f.document, f.list, f.count, f.orders, f.order_count};
  return ERR_OK;
}
