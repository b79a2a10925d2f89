/* carry.c: files of other devices: looked at, taken, kept, given back. */
#include "client/core/carry.h"

#include <stdio.h>

#include "client/core/commands.h"
#include "client/core/small_file.h"
#include "proto/bundle.h"
#include "proto/fields.h"

static const char file_magic[] = "TUTTICA1";
enum { carried_fields = 12, carried_items_max = 16, carried_kept_bytes_max = export_file_bytes_max + 4096 };

static void name_of(char out[16], size_t at) { (void)snprintf(out, 16, "carried-%d", (int)at); }

void carry_init(struct carry *k) {
  bytes_zero(k, sizeof *k);
  k->bytes = (struct buf)BUF_INIT(carried_kept_bytes_max);
  k->arena = (struct arena)ARENA_INIT(carried_kept_bytes_max);
}

void carry_finish(struct carry *k) { carry_stop(k); }

/* ---- its file ---- */

static void put_fields(struct packer *p, const struct carried_file *k, struct slice file) {
  pack_array(p, carried_fields);
  pack_u64(p, k->state);
  pack_id(p, &k->hub);
  pack_id(p, &k->device);
  pack_id(p, &k->who);
  pack_bytes(p, slice_of(k->hash, hash_bytes));
  pack_i64(p, k->taken_ms);
  pack_u64(p, k->bundles);
  pack_u64(p, k->receipts);
  pack_u64(p, k->refused);
  pack_word(p, k->why == ERR_OK ? "" : err_name(k->why));
  pack_word(p, k->name);
  pack_bytes(p, file);
}

static void keep_name(struct carried_file *k, struct slice name) {
  bytes_copy(k->name, name.ptr, name.len);
  k->name[name.len] = 0;
}

static err take_fields(struct carried_file *out, struct slice *file, const item *root) {
  struct fields f = fields_of(root, carried_fields);
  out->state = (enum carried_state)field_u64(&f, CARRIED_ANSWERED);
  out->hub = field_id(&f);
  out->device = field_id(&f);
  out->who = field_id(&f);
  field_fixed(&f, out->hash, hash_bytes);
  out->taken_ms = field_time_ms(&f);
  out->bundles = field_u32(&f);
  out->receipts = field_u32(&f);
  out->refused = field_u32(&f);
  struct slice why = field_text(&f, program_bytes_max);
  struct slice name = field_text(&f, name_bytes_max);
  *file = field_bytes(&f, export_file_bytes_max);
  TRY(fields_end(&f));
  out->why = why.len ? receipt_reason(why) : ERR_OK;
  keep_name(out, name);
  return out->state == CARRIED_NOTHING ? ERR_CORRUPT : ERR_OK;
}

err carry_put(struct core *c, size_t at, const struct carried_file *known, struct slice file) {
  char name[16];
  struct buf content = BUF_INIT(carried_kept_bytes_max);
  struct packer p;
  name_of(name, at);
  pack_init(&p, &content);
  put_fields(&p, known, file);
  err e = pack_end(&p);
  if (e == ERR_OK) e = small_file_write(&c->config.files, name, file_magic, buf_slice(&content));
  buf_finish(&content);
  TRY(e);
  c->carry.list[at] = *known;
  core_topic(c, "sync", NULL);
  return ERR_OK;
}

static err read_file(struct core *c, size_t at, struct buf *out, struct carried_file *known,
                     struct slice *file) {
  char name[16];
  struct unpacked *u = NULL;
  name_of(name, at);
  TRY(small_file_read(out, &c->config.files, name, file_magic, NULL));
  err e = unpack(&u, buf_slice(out), carried_items_max);
  if (e == ERR_OK) e = take_fields(known, file, unpack_root(u));
  unpack_finish(u);
  return e;
}

err carry_get(struct core *c, size_t at, struct buf *out, struct slice *file) {
  struct carried_file known = {.state = CARRIED_NOTHING};
  err e = read_file(c, at, out, &known, file);
  if (e == ERR_OK || e == ERR_NO_MEMORY || e == ERR_IO) return e;
  log_write(c->config.log, LOG_WARN, "carry", "a carried file cannot be read code=%s", err_name(e));
  c->carry.list[at].state = CARRIED_DAMAGED;
  core_topic(c, "sync", NULL);
  return ERR_NOT_FOUND;
}

err carry_load(struct core *c) {
  for (size_t at = 0; at < carried_files_max; at += 1) {
    struct carried_file *k = &c->carry.list[at];
    struct buf bytes = BUF_INIT(carried_kept_bytes_max);
    struct slice file;
    err e = read_file(c, at, &bytes, k, &file);
    buf_finish(&bytes);
    if (e == ERR_NO_MEMORY || e == ERR_IO) return e;
    if (e != ERR_OK) k->state = e == ERR_NOT_FOUND ? CARRIED_NOTHING : CARRIED_DAMAGED;
  }
  return ERR_OK;
}

/* ---- what is told of them ---- */

static bool is_of_our_hub(const struct core *c, const struct carried_file *k) {
  return c->identity.enrolled && id_equal(&k->hub, &c->identity.hub);
}

bool carry_waits(const struct core *c) {
  for (size_t i = 0; i < carried_files_max; i += 1) {
    const struct carried_file *k = &c->carry.list[i];
    if (k->state == CARRIED_WAITING && is_of_our_hub(c, k)) return true;
  }
  return false;
}

static const char *state_word(const struct core *c, size_t at) {
  const struct carried_file *k = &c->carry.list[at];
  if (k->state == CARRIED_DAMAGED) return "damaged";
  if (k->state == CARRIED_ANSWERED) return k->receipts ? "answered" : "refused";
  if (c->identity.enrolled && !is_of_our_hub(c, k)) return "stays";
  return c->carry.going && c->carry.at == at && c->sync.state == SYNC_ONLINE ? "sending" : "waiting";
}

static void pack_one(struct packer *p, const struct carried_file *k, size_t number, const char *state) {
  bool damaged = k->state == CARRIED_DAMAGED;
  pack_map(p, FIELDS_CarriedFile);
  answer_int(p, "number", (int64_t)number);
  answer_words(p, "state", state);
  answer_text_or_nil(p, "device_name", damaged ? slice_of(NULL, 0) : slice_text(k->name));
  answer_int(p, "bundles", damaged ? 0 : k->bundles);
  answer_int(p, "refused", damaged ? 0 : k->refused);
  answer_words(p, "why", damaged || k->why == ERR_OK ? NULL : err_text(k->why));
  answer_int_or_nil(p, "taken_at", !damaged && number > 0, k->taken_ms);
}

void carry_pack(const struct core *c, struct packer *p) {
  size_t count = 0;
  for (size_t i = 0; i < carried_files_max; i += 1) count += c->carry.list[i].state != CARRIED_NOTHING;
  pack_word(p, "carried");
  pack_array(p, count);
  for (size_t i = 0; i < carried_files_max; i += 1) {
    if (c->carry.list[i].state != CARRIED_NOTHING) pack_one(p, &c->carry.list[i], i + 1, state_word(c, i));
  }
}

/* ---- taking one ---- */

/* Whose it is said to be. Who it is of in truth the hub finds out, by the signature of each bundle. */
static err check_bundles(struct call *call, const struct export_file *f) {
  if (f->count == 0)
    return fault_set(&call->fault, ERR_NOT_FOUND, "there is nothing in this file that the office lacks");
  for (size_t i = 0; i < f->count; i += 1) {
    struct bundle_parts parts;
    bool right = bundle_parse(&parts, f->bundles[i]) == ERR_OK;
    right = right && id_equal(&parts.header.hub, &f->hub) && id_equal(&parts.header.device, &f->device);
    if (!right)
      return fault_set(&call->fault, ERR_MALFORMED,
                       "this file was not made by one device alone: export it again");
  }
  return ERR_OK;
}

static err check_owner(struct core *c, struct call *call, const struct export_file *f) {
  if (!id_equal(&f->hub, &c->identity.hub))
    return fault_set(&call->fault, ERR_OTHER_HUB,
                     "this file belongs to another hub: this device's line does not lead there");
  if (id_equal(&f->device, &c->identity.device))
    return fault_set(&call->fault, ERR_CONFLICT,
                     "this is this device's own file: take it to the office, or open it on another device");
  return check_bundles(call, f);
}

static err look(struct core *c, struct call *call, struct slice file, struct carried_file *out) {
  struct export_file f;
  struct certificate certificate;
  if (!c->identity.enrolled)
    return fault_set(&call->fault, ERR_NOT_ENROLLED, "this device is not enrolled yet");
  if (file.len > carried_file_bytes_max)
    return fault_set(&call->fault, ERR_TOO_BIG,
                     "this file is larger than what one device carries for another: take it to the office");
  err e = export_decode(&f, file, &c->arena, &call->fault);
  if (e != ERR_OK) return transfer_refused(call, e);
  TRY(check_owner(c, call, &f));
  *out = (struct carried_file){.state = CARRIED_WAITING,
                               .hub = f.hub,
                               .device = f.device,
                               .who = core_unlocked(c) ? c->who : (struct id){{0}},
                               .taken_ms = clock_hub_ms(&c->clock, &c->now),
                               .bundles = (uint32_t)f.count};
  bytes_copy(out->hash, file.ptr + file.len - hash_bytes, hash_bytes);
  e = certificate_decode_by(&certificate, f.certificate, &c->identity.hub_keys, &c->arena);
  if (e == ERR_OK && id_equal(&certificate.device, &f.device)) keep_name(out, certificate.name);
  return e == ERR_NO_MEMORY ? e : ERR_OK;
}

/* The place of the same file, else a free one; carried_files_max: there is none. */
static size_t place_for(const struct core *c, const struct carried_file *k) {
  size_t free_one = carried_files_max;
  for (size_t i = carried_files_max; i > 0; i -= 1) {
    const struct carried_file *here = &c->carry.list[i - 1];
    if (here->state == CARRIED_NOTHING) free_one = i - 1;
    bool whole = here->state == CARRIED_WAITING || here->state == CARRIED_ANSWERED;
    if (whole && crypto_equal(here->hash, k->hash, hash_bytes)) return i - 1;
  }
  return free_one;
}

static err take(struct core *c, struct call *call, size_t at, const struct carried_file *k,
                struct slice file) {
  if (at == carried_files_max)
    return fault_set(
        &call->fault, ERR_FULL,
        "this device carries %d files of others already: give a reply back, or remove one; nothing "
        "was changed",
        (int)carried_files_max);
  if (c->carry.list[at].state != CARRIED_NOTHING) return ERR_OK;
  err e = carry_put(c, at, k, file);
  if (e == ERR_FULL)
    return fault_set(&call->fault, e, "there is no room on this device for that file; nothing was changed");
  return e;
}

err call_carry(struct core *c, struct call *call) {
  struct carried_file k;
  struct slice file = call->args[ARG_OF(carry, file)].text;
  TRY(look(c, call, file, &k));
  size_t at = place_for(c, &k);
  bool known = at < carried_files_max && c->carry.list[at].state != CARRIED_NOTHING;
  if (call->args[ARG_OF(carry, look)].i == 0) TRY(take(c, call, at, &k, file));
  bool there = known || call->args[ARG_OF(carry, look)].i == 0;
  pack_one(call->out, there ? &c->carry.list[at] : &k, there ? at + 1 : 0,
           there ? state_word(c, at) : "waiting");
  return ERR_OK;
}

/* ---- giving back, and forgetting ---- */

static err find(struct core *c, struct call *call, const struct arg *number, size_t *at) {
  *at = (size_t)(number->i - 1);
  bool there = number->i >= 1 && number->i <= carried_files_max;
  if (there && c->carry.list[*at].state != CARRIED_NOTHING) return ERR_OK;
  return fault_set(&call->fault, ERR_NOT_FOUND, "that file is not here any more");
}

err call_carry_reply(struct core *c, struct call *call) {
  size_t at;
  char name[transfer_name_bytes];
  struct slice reply;
  struct buf bytes = BUF_INIT(carried_kept_bytes_max);
  TRY(find(c, call, &call->args[ARG_OF(carry_reply, number)], &at));
  if (c->carry.list[at].state != CARRIED_ANSWERED)
    return fault_set(&call->fault, ERR_NOT_FOUND, "the office has not answered that file yet");
  err e = carry_get(c, at, &bytes, &reply);
  if (e == ERR_OK) {
    transfer_file_name(c, slice_text(c->carry.list[at].name), REPLY_FILE_SUFFIX, name);
    pack_map(call->out, FIELDS_CarriedReply);
    answer_words(call->out, "name", name);
    pack_word(call->out, "file");
    pack_bytes(call->out, reply);
  }
  buf_finish(&bytes);
  if (e != ERR_NOT_FOUND) return e;
  return fault_set(&call->fault, e, "that reply cannot be read any more: the same file can be carried again");
}

err call_carry_forget(struct core *c, struct call *call) {
  size_t at;
  char name[16];
  TRY(find(c, call, &call->args[ARG_OF(carry_forget, number)], &at));
  name_of(name, at);
  TRY(c->config.files.remove(c->config.files.ctx, name));
  c->carry.list[at].state = CARRIED_NOTHING;
  if (c->carry.going && c->carry.at == at) carry_stop(&c->carry);
  core_topic(c, "sync", NULL);
  return status_sync(c, call->out);
}
