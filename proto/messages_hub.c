/* messages_hub.c: what the hub says to a device. Each message is packed and taken in the order of its table
 * in PROTOCOL.md. */
#include "proto/message_row.h"

enum { staff_fields = 2, chain_end_fields = 2 };

static void staff_pack(struct packer *p, const struct staff_ref *staff, size_t count) {
  pack_bounded(p, count, staff_on_device_max);
  pack_array(p, count);
  for (size_t i = 0; i < count; i++) {
    pack_array(p, staff_fields);
    pack_id(p, &staff[i].id);
    pack_text(p, staff[i].name);
  }
}

static const struct staff_ref *staff_take(struct fields *f, struct arena *a, size_t *count_out) {
  const item *array = field_item(f);
  if (array != NULL) f->error = item_array(array, staff_on_device_max, count_out);
  if (f->error != ERR_OK) return NULL;
  struct staff_ref *list = arena_take(a, *count_out, sizeof *list);
  if (list == NULL) f->error = ERR_NO_MEMORY;
  for (size_t i = 0; i < *count_out && f->error == ERR_OK; i++) {
    struct fields one = fields_of(item_at(array, i), staff_fields);
    list[i].id = field_id(&one);
    list[i].name = field_text(&one, name_bytes_max);
    f->error = fields_end(&one);
  }
  return list;
}

/* A list of documents, each at least one byte long. */
static const struct slice *slices_take(struct fields *f, struct arena *a, size_t count_max, size_t bytes_max,
                                       size_t *count_out) {
  const item *array = field_item(f);
  if (array != NULL) f->error = item_array(array, count_max, count_out);
  if (f->error != ERR_OK) return NULL;
  struct slice *list = arena_take(a, *count_out, sizeof *list);
  if (list == NULL) f->error = ERR_NO_MEMORY;
  for (size_t i = 0; i < *count_out && f->error == ERR_OK; i++)
    f->error = item_bytes(item_at(array, i), 1, bytes_max, &list[i]);
  return list;
}

static void chain_ends_pack(struct packer *p, const struct chain_end *ends, size_t count) {
  pack_bounded(p, count, hello_earlier_max);
  pack_array(p, count);
  for (size_t i = 0; i < count; i++) {
    pack_array(p, chain_end_fields);
    pack_u64(p, ends[i].seq);
    pack_bytes(p, slice_of(ends[i].hash, hash_bytes));
  }
}

static const struct chain_end *chain_ends_take(struct fields *f, struct arena *a, size_t *count_out) {
  const item *array = field_item(f);
  if (array != NULL) f->error = item_array(array, hello_earlier_max, count_out);
  if (f->error != ERR_OK) return NULL;
  struct chain_end *list = arena_take(a, *count_out, sizeof *list);
  if (list == NULL) f->error = ERR_NO_MEMORY;
  for (size_t i = 0; i < *count_out && f->error == ERR_OK; i++) {
    struct fields one = fields_of(item_at(array, i), chain_end_fields);
    list[i].seq = field_u64(&one, NUMBER_MAX);
    field_fixed(&one, list[i].hash, hash_bytes);
    f->error = fields_end(&one);
  }
  return list;
}

static void welcome_pack(struct packer *p, const struct message *m) {
  const struct msg_welcome *w = &m->welcome;
  pack_i64(p, w->hub_ms);
  pack_u64(p, w->epoch);
  pack_u64(p, w->bundle_seq);
  pack_bytes(p, slice_of(w->bundle_hash, hash_bytes));
  pack_u64(p, w->manifest);
  pack_u64(p, w->lease_days);
  pack_u64(p, w->feed_credit);
  pack_u64(p, w->schema);
  chain_ends_pack(p, w->earlier, w->earlier_count);
}
static void welcome_take(struct fields *f, struct message *m, struct arena *a) {
  struct msg_welcome *w = &m->welcome;
  w->hub_ms = field_time_ms(f);
  w->epoch = field_u32(f);
  w->bundle_seq = field_u64(f, NUMBER_MAX);
  field_fixed(f, w->bundle_hash, hash_bytes);
  w->manifest = field_u64(f, NUMBER_MAX);
  w->lease_days = field_u32(f);
  w->feed_credit = field_u32(f);
  w->schema = field_u32(f);
  w->earlier = chain_ends_take(f, a, &w->earlier_count);
}

static void receipts_pack(struct packer *p, const struct message *m) {
  pack_bounded(p, m->receipts.count, receipts_per_message_max);
  pack_array(p, m->receipts.count);
  for (size_t i = 0; i < m->receipts.count; i++) pack_bytes(p, m->receipts.receipts[i]);
}
static void receipts_take(struct fields *f, struct message *m, struct arena *a) {
  m->receipts.receipts = slices_take(f, a, receipts_per_message_max, receipt_bytes_max, &m->receipts.count);
}

static void feed_pack(struct packer *p, const struct message *m) {
  err e = feed_encode(p, &m->feed.batch);
  if (p->error == ERR_OK) p->error = e;
}
static void feed_take(struct fields *f, struct message *m, struct arena *a) {
  const item *batch = field_item(f);
  if (batch != NULL) f->error = feed_decode(&m->feed.batch, batch, a);
}

static void manifest_pack(struct packer *p, const struct message *m) { pack_bytes(p, m->manifest.bytes); }
static void manifest_take(struct fields *f, struct message *m, struct arena *a) {
  (void)a;
  m->manifest.bytes = field_bytes(f, manifest_bytes_max);
}

static void grants_pack(struct packer *p, const struct message *m) {
  streams_pack(p, m->grants.streams, m->grants.stream_count);
  staff_pack(p, m->grants.staff, m->grants.staff_count);
}
static void grants_take(struct fields *f, struct message *m, struct arena *a) {
  m->grants.streams = streams_take(f, a, &m->grants.stream_count);
  m->grants.staff = staff_take(f, a, &m->grants.staff_count);
}

static void retry_pack(struct packer *p, const struct message *m) { pack_u64(p, m->retry.ms); }
static void retry_take(struct fields *f, struct message *m, struct arena *a) {
  (void)a;
  m->retry.ms = field_u32(f);
}

static void enrolled_pack(struct packer *p, const struct message *m) {
  const struct msg_enrolled *e = &m->enrolled;
  pack_id(p, &e->device);
  pack_text(p, e->device_name);
  pack_bytes(p, e->certificate);
  pack_bytes(p, e->manifest);
  pack_i64(p, e->hub_ms);
  staff_pack(p, e->staff, e->staff_count);
  pack_bytes(p, slice_of(e->lease_secret, key_bytes));
}
static void enrolled_take(struct fields *f, struct message *m, struct arena *a) {
  struct msg_enrolled *e = &m->enrolled;
  e->device = field_id(f);
  e->device_name = field_text(f, name_bytes_max);
  e->certificate = field_bytes(f, certificate_bytes_max);
  e->manifest = field_bytes(f, manifest_bytes_max);
  e->hub_ms = field_time_ms(f);
  e->staff = staff_take(f, a, &e->staff_count);
  field_fixed(f, e->lease_secret, key_bytes);
}

static void orders_pack(struct packer *p, const struct message *m) {
  pack_bounded(p, m->orders.count, orders_per_message_max);
  pack_array(p, m->orders.count);
  for (size_t i = 0; i < m->orders.count; i++) pack_bytes(p, m->orders.orders[i]);
}
static void orders_take(struct fields *f, struct message *m, struct arena *a) {
  m->orders.orders = slices_take(f, a, orders_per_message_max, order_bytes_max, &m->orders.count);
}

static void carried_pack(struct packer *p, const struct message *m) {
  pack_u64(p, m->carried.refused);
  pack_text(p, m->carried.why);
  pack_bytes(p, m->carried.reply);
}
static void carried_take(struct fields *f, struct message *m, struct arena *a) {
  (void)a;
  m->carried.refused = field_u32(f);
  m->carried.why = field_text(f, program_bytes_max);
  m->carried.reply = field_bytes(f, message_bytes_max);
}

const struct message_row hub_messages[hub_message_count] = {
    {MSG_WELCOME, 9, welcome_pack, welcome_take},
    {MSG_RECEIPTS, 1, receipts_pack, receipts_take},
    {MSG_FEED, 1, feed_pack, feed_take},
    {MSG_MANIFEST, 1, manifest_pack, manifest_take},
    {MSG_GRANTS, 2, grants_pack, grants_take},
    {MSG_RETRY, 1, retry_pack, retry_take},
    {MSG_ENROLLED, 7, enrolled_pack, enrolled_take},
    {MSG_ORDERS, 1, orders_pack, orders_take},
    {MSG_CARRIED, 3, carried_pack, carried_take},
};
