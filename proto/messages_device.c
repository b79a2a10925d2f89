/* messages_device.c: what a device says to the hub; BYE is said by either. Each message is packed and taken
 * in the order of its table in PROTOCOL.md. */
#include "proto/message_row.h"

#include <string.h>

#include "proto/digest.h"

enum { stream_fields = 3, bundle_ref_fields = 2, chain_ref_fields = 3 };

void pack_bounded(struct packer *p, size_t count, size_t count_max) {
  if (count > count_max && p->error == ERR_OK) p->error = ERR_TOO_BIG;
}

void streams_pack(struct packer *p, const struct stream_position *streams, size_t count) {
  pack_bounded(p, count, streams_per_device_max);
  pack_array(p, count);
  for (size_t i = 0; i < count; i++) {
    pack_array(p, stream_fields);
    pack_id(p, &streams[i].stream);
    pack_u64(p, streams[i].position);
    pack_u64(p, streams[i].audience);
  }
}

const struct stream_position *streams_take(struct fields *f, struct arena *a, size_t *count_out) {
  const item *array = field_item(f);
  if (array != NULL) f->error = item_array(array, streams_per_device_max, count_out);
  if (f->error != ERR_OK) return NULL;
  struct stream_position *list = arena_take(a, *count_out, sizeof *list);
  if (list == NULL) f->error = ERR_NO_MEMORY;
  for (size_t i = 0; i < *count_out && f->error == ERR_OK; i++) {
    struct fields one = fields_of(item_at(array, i), stream_fields);
    list[i].stream = field_id(&one);
    list[i].position = field_u64(&one, NUMBER_MAX);
    list[i].audience = (uint8_t)field_u64(&one, UINT8_MAX);
    f->error = fields_end(&one);
  }
  return list;
}

static void bundle_refs_pack(struct packer *p, const struct bundle_ref *refs, size_t count) {
  pack_bounded(p, count, hello_withheld_max);
  pack_array(p, count);
  for (size_t i = 0; i < count; i++) {
    pack_array(p, bundle_ref_fields);
    pack_u64(p, refs[i].incarnation);
    pack_u64(p, refs[i].seq);
  }
}

static const struct bundle_ref *bundle_refs_take(struct fields *f, struct arena *a, size_t *count_out) {
  const item *array = field_item(f);
  if (array != NULL) f->error = item_array(array, hello_withheld_max, count_out);
  if (f->error != ERR_OK) return NULL;
  struct bundle_ref *list = arena_take(a, *count_out, sizeof *list);
  if (list == NULL) f->error = ERR_NO_MEMORY;
  for (size_t i = 0; i < *count_out && f->error == ERR_OK; i++) {
    struct fields one = fields_of(item_at(array, i), bundle_ref_fields);
    list[i].incarnation = field_u32(&one);
    list[i].seq = field_u64(&one, NUMBER_MAX);
    f->error = fields_end(&one);
  }
  return list;
}

static void chain_refs_pack(struct packer *p, const struct chain_ref *refs, size_t count) {
  pack_bounded(p, count, hello_earlier_max);
  pack_array(p, count);
  for (size_t i = 0; i < count; i++) {
    pack_array(p, chain_ref_fields);
    pack_u64(p, refs[i].incarnation);
    pack_u64(p, refs[i].epoch);
    pack_u64(p, refs[i].seq);
  }
}

static const struct chain_ref *chain_refs_take(struct fields *f, struct arena *a, size_t *count_out) {
  const item *array = field_item(f);
  if (array != NULL) f->error = item_array(array, hello_earlier_max, count_out);
  if (f->error != ERR_OK) return NULL;
  struct chain_ref *list = arena_take(a, *count_out, sizeof *list);
  if (list == NULL) f->error = ERR_NO_MEMORY;
  for (size_t i = 0; i < *count_out && f->error == ERR_OK; i++) {
    struct fields one = fields_of(item_at(array, i), chain_ref_fields);
    list[i].incarnation = field_u32(&one);
    list[i].epoch = field_u32(&one);
    list[i].seq = field_u64(&one, NUMBER_MAX);
    f->error = fields_end(&one);
  }
  return list;
}

static void hello_pack(struct packer *p, const struct message *m) {
  const struct msg_hello *h = &m->hello;
  pack_id(p, &h->device);
  pack_u64(p, h->incarnation);
  pack_u64(p, h->sealed_seq);
  pack_u64(p, h->epoch);
  pack_u64(p, h->receipt_seq);
  pack_u64(p, h->schema);
  pack_i64(p, h->wall_ms);
  pack_u64(p, h->manifest);
  pack_text(p, h->program);
  bundle_refs_pack(p, h->withheld, h->withheld_count);
  chain_refs_pack(p, h->earlier, h->earlier_count);
  pack_bytes(p, h->certificate);
}
static void hello_take(struct fields *f, struct message *m, struct arena *a) {
  struct msg_hello *h = &m->hello;
  h->device = field_id(f);
  h->incarnation = field_u32(f);
  h->sealed_seq = field_u64(f, NUMBER_MAX);
  h->epoch = field_u32(f);
  h->receipt_seq = field_u64(f, NUMBER_MAX);
  h->schema = field_u32(f);
  h->wall_ms = field_time_ms(f);
  h->manifest = field_u64(f, NUMBER_MAX);
  h->program = field_text(f, program_bytes_max);
  h->withheld = bundle_refs_take(f, a, &h->withheld_count);
  h->earlier = chain_refs_take(f, a, &h->earlier_count);
  h->certificate = field_bytes(f, certificate_bytes_max);
}

static void bundle_pack(struct packer *p, const struct message *m) { pack_bytes(p, m->bundle.bytes); }
static void bundle_take(struct fields *f, struct message *m, struct arena *a) {
  (void)a;
  m->bundle.bytes = field_bytes(f, bundle_bytes_max);
}

static void subscribe_pack(struct packer *p, const struct message *m) {
  pack_u64(p, m->subscribe.epoch);
  streams_pack(p, m->subscribe.streams, m->subscribe.count);
}
static void subscribe_take(struct fields *f, struct message *m, struct arena *a) {
  m->subscribe.epoch = field_u32(f);
  m->subscribe.streams = streams_take(f, a, &m->subscribe.count);
}

static void credit_pack(struct packer *p, const struct message *m) { pack_u64(p, m->credit.batches); }
static void credit_take(struct fields *f, struct message *m, struct arena *a) {
  (void)a;
  m->credit.batches = field_u32(f);
}

static void enrol_pack(struct packer *p, const struct message *m) {
  pack_bytes(p, slice_of(m->enrol.sign_public, key_bytes));
  pack_u64(p, m->enrol.kind);
  pack_text(p, m->enrol.program);
}
static void enrol_take(struct fields *f, struct message *m, struct arena *a) {
  (void)a;
  field_fixed(f, m->enrol.sign_public, key_bytes);
  m->enrol.kind = (uint8_t)field_u64(f, UINT8_MAX);
  m->enrol.program = field_text(f, program_bytes_max);
}

static void nothing_pack(struct packer *p, const struct message *m) { (void)p, (void)m; }
static void nothing_take(struct fields *f, struct message *m, struct arena *a) { (void)f, (void)m, (void)a; }

static void bye_pack(struct packer *p, const struct message *m) { pack_u64(p, m->bye.reason); }
/* A reason this program does not know is still an end. */
static void bye_take(struct fields *f, struct message *m, struct arena *a) {
  (void)a;
  uint64_t reason = field_u64(f, UINT8_MAX);
  m->bye.reason = reason >= BYE_DONE && reason <= BYE_ERROR ? (enum bye_reason)reason : BYE_ERROR;
}

enum { repair_last = 1, repair_restart = 2 };

static void repair_pack(struct packer *p, const struct message *m) {
  const struct msg_repair *r = &m->repair;
  pack_id(p, &r->stream);
  pack_u64(p, r->audience);
  pack_u64(p, (r->last ? repair_last : 0) | (r->restart ? repair_restart : 0));
  pack_bytes(p, r->after);
  pack_bytes(p, r->rows);
}

/* Rising, and behind the piece before: the hub looks through both lists once. */
static bool rises(const struct msg_repair *r) {
  struct slice before = r->after;
  for (size_t at = 0; at < r->rows.len; at += digest_entry_bytes) {
    struct slice key = slice_of(r->rows.ptr + at, digest_key_bytes);
    if (before.len && memcmp(before.ptr, key.ptr, digest_key_bytes) >= 0) return false;
    before = key;
  }
  return true;
}

static void repair_take(struct fields *f, struct message *m, struct arena *a) {
  (void)a;
  struct msg_repair *r = &m->repair;
  r->stream = field_id(f);
  r->audience = (uint8_t)field_u64(f, UINT8_MAX);
  uint64_t flags = field_u64(f, repair_last | repair_restart);
  r->after = field_bytes(f, digest_key_bytes);
  r->rows = field_bytes(f, (size_t)repair_rows_max * digest_entry_bytes);
  r->last = (flags & repair_last) != 0;
  r->restart = (flags & repair_restart) != 0;
  if (f->error != ERR_OK) return;
  bool whole =
      (r->after.len == 0 || r->after.len == digest_key_bytes) && r->rows.len % digest_entry_bytes == 0;
  bool alone = !r->restart || (r->last && r->rows.len == 0 && r->after.len == 0);
  if (!whole || !alone || (r->rows.len == 0 && !r->last) || !rises(r)) f->error = ERR_MALFORMED;
}

static void carry_pack(struct packer *p, const struct message *m) {
  pack_id(p, &m->carry.who);
  pack_bytes(p, m->carry.file);
}
static void carry_take(struct fields *f, struct message *m, struct arena *a) {
  (void)a;
  m->carry.who = field_id(f);
  m->carry.file = field_bytes(f, carried_piece_bytes_max);
}

const struct message_row device_messages[device_message_count] = {
    {MSG_HELLO, 12, hello_pack, hello_take},
    {MSG_BUNDLE, 1, bundle_pack, bundle_take},
    {MSG_SUBSCRIBE, 2, subscribe_pack, subscribe_take},
    {MSG_CREDIT, 1, credit_pack, credit_take},
    {MSG_ENROL, 3, enrol_pack, enrol_take},
    {MSG_ENROL_CONFIRM, 0, nothing_pack, nothing_take},
    {MSG_BYE, 1, bye_pack, bye_take},
    {MSG_REPAIR, 5, repair_pack, repair_take},
    {MSG_CARRY, 2, carry_pack, carry_take},
};
