/* transfer.c: the journey without network: every bundle without a receipt out as one file, the hub's reply
 * file back in. */
#include "proto/transfer.h"

#include <stdio.h>

#include "client/core/change.h"
#include "client/core/commands.h"

struct export_list {
  struct slice *bundles;
  size_t count, bytes;
};

static bool wanted(const struct core *c, const struct outbox_bundle *b) {
  return b->status == 0 && b->facts.incarnation == c->identity.incarnation;
}

/* As many as one file may hold, oldest first; what is left over goes into the next file once these are
 * receipted. */
static err collect(struct core *c, struct export_list *out) {
  out->bundles = arena_take(&c->arena, bundles_per_file_max, sizeof *out->bundles);
  if (!out->bundles) return ERR_NO_MEMORY;
  for (size_t i = 0; i < c->outbox.count && out->count < bundles_per_file_max; i += 1) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    struct buf bytes = BUF_INIT(bundle_bytes_max);
    if (!wanted(c, b)) continue;
    if (out->bytes + b->len > export_file_bytes_max - bundle_bytes_max) break;
    err e = outbox_read(&c->outbox, b, &bytes);
    struct slice copy = arena_copy(&c->arena, buf_slice(&bytes));
    buf_finish(&bytes);
    TRY(e);
    if (!copy.ptr) return ERR_NO_MEMORY;
    out->bundles[out->count] = copy;
    out->count += 1;
    out->bytes += b->len;
    c->exported_incarnation = b->facts.incarnation;
    c->exported_seq = b->facts.seq;
  }
  return ERR_OK;
}

void transfer_file_name(const struct core *c, struct slice name, const char *suffix,
                        char out[transfer_name_bytes]) {
  char date[date_text_bytes];
  size_t at = 0;
  date_text(date, core_today(c));
  for (size_t i = 0; i < name.len && at < 60; i += 1) {
    uint8_t b = name.ptr[i];
    bool plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
    char letter = '-';
    if (plain) letter = (char)b;
    if (plain || (at && out[at - 1] != '-')) out[at++] = letter;
  }
  while (at && out[at - 1] == '-') at -= 1;
  (void)snprintf(out + at, transfer_name_bytes - at, "%s%s%s", at ? "-" : "tutti-", date, suffix);
}

static err pack_export(struct core *c, struct packer *p, const struct export_list *list, struct slice file) {
  char name[transfer_name_bytes];
  struct unsent u;
  TRY(status_unsent(c, &u));
  transfer_file_name(c, c->identity.device_name, EXPORT_FILE_SUFFIX, name);
  pack_map(p, FIELDS_ExportFile);
  answer_words(p, "name", name);
  pack_word(p, "file");
  pack_bytes(p, file);
  answer_int(p, "bundles", (int64_t)list->count);
  answer_int(p, "registers", u.registers);
  answer_int(p, "notes", u.notes);
  return ERR_OK;
}

err call_export(struct core *c, struct call *call) {
  struct export_list list = {NULL, 0, 0};
  struct buf file = BUF_INIT(export_file_bytes_max);
  if (!c->identity.enrolled)
    return fault_set(&call->fault, ERR_NOT_ENROLLED,
                     "this device is not enrolled yet, so there is nothing to export");
  TRY(seal_if_room(c));
  TRY(collect(c, &list));
  struct export_file f = {.hub = c->identity.hub,
                          .device = c->identity.device,
                          .certificate = c->identity.certificate,
                          .bundles = list.bundles,
                          .count = list.count};
  err e = export_encode(&file, &f);
  if (e == ERR_OK) e = pack_export(c, call->out, &list, buf_slice(&file));
  buf_finish(&file);
  return e;
}

/* ---- reply file ---- */

static err check_owner(struct core *c, struct call *call, const struct reply_file *f) {
  if (!id_equal(&f->hub, &c->identity.hub))
    return fault_set(&call->fault, ERR_OTHER_HUB, "this reply file is of another hub");
  if (id_equal(&f->device, &c->identity.device)) return ERR_OK;
  return fault_set(&call->fault, ERR_FORBIDDEN, "this reply file is for another device");
}

err transfer_refused(struct call *call, err e) {
  if (e == ERR_NO_MEMORY) return e;
  if (call->fault.code != ERR_OK) return call->fault.code = ERR_MALFORMED;
  return fault_set(&call->fault, ERR_MALFORMED,
                   "this is no file of this hub or its devices, or it was not copied whole: %s", err_text(e));
}

err call_import(struct core *c, struct call *call) {
  struct reply_file f;
  size_t news = 0;
  size_t done = 0;
  size_t orders = 0;
  if (!c->identity.enrolled)
    return fault_set(&call->fault, ERR_NOT_ENROLLED, "this device is not enrolled yet");
  err e = reply_decode(&f, call->args[ARG_OF(import, file)].text, &c->arena, &call->fault);
  if (e != ERR_OK) return transfer_refused(call, e);
  TRY(check_owner(c, call, &f));
  e = sync_take_manifest(c, f.manifest);
  if (e == ERR_FULL || e == ERR_READ_ONLY) return change_unwritten(e, &call->fault);
  if (e != ERR_OK) return fault_set(&call->fault, e, "this reply file is not signed by the hub");
  TRY(change_unwritten(sync_take_receipts(c, f.receipts, f.count, &news, &done), &call->fault));
  TRY(change_unwritten(feed_confirm(c), &call->fault));
  TRY(change_unwritten(orders_take(c, f.orders, f.order_count, &orders), &call->fault));
  pack_map(call->out, FIELDS_ImportDone);
  answer_int(call->out, "receipts", (int64_t)news);
  answer_int(call->out, "bundles_done", (int64_t)done);
  answer_int(call->out, "orders", (int64_t)orders);
  return ERR_OK;
}
