/* outbox_test.c: the file of sealed bundles: torn ends, damage, receipts, old bundles. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/outbox_record.h"
#include "client/core/state.h"
#include "tests/lib/field_world.h"

static void file_path(const struct field_world *w, char out[128]) {
  (void)snprintf(out, 128, "%s/outbox", w->host.dir);
}

static long file_size(const struct field_world *w) {
  struct stat st;
  char path[128];
  file_path(w, path);
  assert_int_equal(stat(path, &st), 0);
  return (long)st.st_size;
}

static void write_at(const struct field_world *w, long at, const char *bytes, size_t len) {
  char path[128];
  file_path(w, path);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  assert_true(fd >= 0);
  assert_int_equal(pwrite(fd, bytes, len, at), (ssize_t)len);
  assert_int_equal(close(fd), 0);
}

static char read_byte(const struct field_world *w, long at) {
  char path[128], byte = 0;
  file_path(w, path);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  assert_true(fd >= 0);
  assert_int_equal(pread(fd, &byte, 1, at), 1);
  assert_int_equal(close(fd), 0);
  return byte;
}

static void cut_to(const struct field_world *w, long size) {
  char path[128];
  file_path(w, path);
  assert_int_equal(truncate(path, size), 0);
}

static void seal_mark(struct field_world *w, const char *code) {
  (void)field_mark(w, &fake_zoe, code);
  field_pause(w);
}

/* How long the file is. */
static long stop_with_two_bundles(struct field_world *w) {
  seal_mark(w, "P");
  seal_mark(w, "L");
  core_host_stop(&w->host);
  return file_size(w);
}

static size_t bundles(struct field_world *w) {
  size_t count = 0;
  (void)core_host_list(field_status(w), "bundles", &count);
  return count;
}

static void a_torn_end_is_cut_and_what_was_in_it_is_sealed_again(void **state) {
  struct field_world *w = *state;
  seal_mark(w, "P");
  struct id one = fake_player(1);
  long whole = file_size(w);
  (void)field_mark(w, &one, "AU");
  field_pause(w);
  long both = file_size(w);
  for (long size = whole; size < both; size += 41) {
    core_host_stop(&w->host);
    cut_to(w, size);
    core_host_start(&w->host);
    assert_int_equal(bundles(w), 1);
    assert_int_equal(file_size(w), whole);
    fake_hub_unlock(&w->hub, &fake_ann);
    core_host_pass(&w->host, seal_pause_ms);
    assert_int_equal(bundles(w), 2);
  }
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 2);
  assert_int_equal(w->hub.bundles[1].header.seq, 2);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
}

static void zeros_at_the_end_are_torn_too(void **state) {
  struct field_world *w = *state;
  static const char zeros[512] = {0};
  seal_mark(w, "P");
  long whole = file_size(w);
  core_host_stop(&w->host);
  write_at(w, whole, zeros, sizeof zeros);
  core_host_start(&w->host);
  assert_int_equal(file_size(w), whole);
  assert_int_equal(bundles(w), 1);
}

static void damage_before_a_whole_bundle_is_reported_and_nothing_is_cut(void **state) {
  struct field_world *w = *state;
  struct fault fault;
  long size = stop_with_two_bundles(w);
  write_at(w, 200, "x", 1);
  assert_int_equal(core_host_try_start(&w->host, &fault), ERR_CORRUPT);
  assert_non_null(strstr(fault.text, "outbox"));
  assert_int_equal(file_size(w), size);
}

/* Whatever the damage says about where the next record begins. */
static void damage_to_a_records_length_hides_no_bundle_behind_it(void **state) {
  struct field_world *w = *state;
  struct fault fault;
  long size = stop_with_two_bundles(w);
  for (long at = outbox_magic_bytes; at < outbox_magic_bytes + 5; at += 1) {
    char was = read_byte(w, at), other = (char)(was ^ 0x41);
    write_at(w, at, &other, 1);
    assert_int_equal(core_host_try_start(&w->host, &fault), ERR_CORRUPT);
    assert_int_equal(file_size(w), size);
    write_at(w, at, &was, 1);
  }
  core_host_start(&w->host);
}

/* Every fifth byte begins what may be a bundle's head, and each is a checksum over 64 KiB: after so many of
 * them it is taken for damage with something behind it. */
static void a_tail_that_is_all_heads_keeps_nobody_waiting(void **state) {
  struct field_world *w = *state;
  struct fault fault;
  static const char head[5] = {0, 0, 1, 0, 1};
  static char heads[sizeof head << 18];
  seal_mark(w, "P");
  for (size_t i = 0; i < sizeof heads; i += sizeof head) bytes_copy(heads + i, head, sizeof head);
  long size = file_size(w);
  core_host_stop(&w->host);
  write_at(w, size, "\xff", 1);
  write_at(w, size + 1, heads, sizeof heads);
  assert_int_equal(core_host_try_start(&w->host, &fault), ERR_CORRUPT);
  assert_int_equal(file_size(w), size + 1 + (long)sizeof heads);
}

static void sealing_twice_makes_one_bundle(void **state) {
  struct field_world *w = *state;
  seal_mark(w, "P");
  field_pause(w);
  core_host_step(&w->host, EV_STOP, 0, slice_of(NULL, 0));
  field_restart(w);
  field_pause(w);
  assert_int_equal(bundles(w), 1);
}

static void a_crash_between_sealing_and_anything_else_seals_nothing_twice(void **state) {
  struct field_world *w = *state;
  seal_mark(w, "P");
  field_restart(w);
  struct id one = fake_player(1);
  (void)field_mark(w, &one, "P");
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 2);
  assert_int_equal(w->hub.bundles[0].content.changeset_count, 1);
  assert_int_equal(w->hub.bundles[1].content.changeset_count, 1);
  assert_true(w->hub.bundles[1].content.changesets[0].counter >
              w->hub.bundles[0].content.changesets[0].counter);
}

static void much_work_becomes_several_bundles(void **state) {
  struct field_world *w = *state;
  char text[1901];
  memset(text, 'm', sizeof text - 1);
  text[sizeof text - 1] = 0;
  for (int i = 0; i < 700; i += 1) {
    assert_true(
        core_host_call(&w->host, "note.add", "learner:i activity:i text:t", &fake_ben, &fake_solo, text));
  }
  assert_int_equal(core_host_int(field_status(w), "notes"), 700);
  field_online(w);
  assert_true(w->hub.bundle_count > 1);
  size_t changesets = 0;
  for (size_t i = 0; i < w->hub.bundle_count; i += 1) changesets += w->hub.bundles[i].content.changeset_count;
  assert_int_equal(changesets, 700);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
}

/* ---- the file alone ---- */

static void sign_one(struct receipt *r, const struct sign_keys *keys, struct buf *out) {
  assert_int_equal(receipt_encode(out, r, keys->secret), ERR_OK);
}

static void add_bundle(struct outbox *o, uint64_t seq, size_t len) {
  uint8_t *bytes = calloc(len, 1);
  uint64_t tag = seq;
  assert_non_null(bytes);
  bytes[0] = (uint8_t)seq;
  struct outbox_facts f = {.incarnation = 1,
                           .seq = seq,
                           .counter_first = seq,
                           .counter_last = seq,
                           .changesets = 1,
                           .tags = &tag,
                           .tag_count = 1};
  assert_int_equal(outbox_add(o, &f, slice_of(bytes, len)), ERR_OK);
  free(bytes);
}

static void receipted(struct outbox *o, const struct sign_keys *keys, struct receipt r) {
  struct buf bytes = BUF_INIT(4096);
  bool news = false;
  bytes_copy(r.bundle_hash, outbox_find(o, r.incarnation, r.seq)->hash, hash_bytes);
  sign_one(&r, keys, &bytes);
  assert_int_equal(outbox_receipt(o, buf_slice(&bytes), &r, &news), ERR_OK);
  assert_true(news);
  buf_finish(&bytes);
}

/* A fresh file with ten bundles of a million bytes, each done on day 1 and kept for the days given. */
static void ten_done(struct field_world *w, struct outbox *o, struct sign_keys *keys, uint32_t keep_days) {
  char path[128];
  core_host_stop(&w->host);
  file_path(w, path);
  assert_int_equal(unlink(path), 0);
  crypto_sign_keys(keys, &w->host.config.entropy);
  struct sign_ring ring = {.count = 0};
  sign_ring_add(&ring, keys->public_key);
  assert_int_equal(outbox_load(o, &w->host.config.files, &ring, 0, NULL), ERR_OK);
  for (uint64_t seq = 1; seq <= 10; seq += 1) {
    add_bundle(o, seq, 1000000);
    receipted(o, keys,
              (struct receipt){.incarnation = 1,
                               .seq = seq,
                               .status = RECEIPT_APPLIED,
                               .received_ms = 86400000,
                               .epoch = 1,
                               .position = seq,
                               .keep_days = keep_days});
  }
}

static size_t count_on_day(struct field_world *w, struct outbox *o, const struct sign_keys *keys,
                           const struct file_ops *files, int64_t day) {
  struct sign_ring ring = {.count = 0};
  sign_ring_add(&ring, keys->public_key);
  outbox_finish(o);
  assert_int_equal(outbox_load(o, files ? files : &w->host.config.files, &ring, day * 86400000, NULL),
                   ERR_OK);
  return o->count;
}

static void a_bundle_is_kept_as_long_as_its_receipt_says(void **state) {
  struct field_world *w = *state;
  struct outbox o;
  struct sign_keys keys;
  ten_done(w, &o, &keys, 120);
  assert_int_equal(count_on_day(w, &o, &keys, NULL, outbox_keep_days + 2), 10);
  assert_int_equal(count_on_day(w, &o, &keys, NULL, 121), 10);
  assert_int_equal(count_on_day(w, &o, &keys, NULL, 122), 1);
  assert_true(file_size(w) < 1100000); /* the receipts went with their bundles */
  outbox_finish(&o);
}

/* However far this device's own clock runs ahead: only the hub's word makes a bundle old. */
static void nothing_is_old_before_the_hub_says_what_day_it_is(void **state) {
  struct field_world *w = *state;
  struct outbox o;
  struct sign_keys keys;
  ten_done(w, &o, &keys, 0);
  assert_int_equal(count_on_day(w, &o, &keys, NULL, 0), 10);
  add_bundle(&o, 11, 100);
  receipted(&o, &keys,
            (struct receipt){.incarnation = 1,
                             .seq = 11,
                             .status = RECEIPT_CONFLICT,
                             .received_ms = (outbox_keep_days + 2) * INT64_C(86400000),
                             .epoch = 1,
                             .position = 11});
  assert_int_equal(count_on_day(w, &o, &keys, NULL, 0), 1); /* a receipt is the hub's word */
  outbox_finish(&o);
}

static void only_what_is_done_is_ever_left_out(void **state) {
  struct field_world *w = *state;
  static const enum receipt_status kept[] = {0, RECEIPT_HELD, RECEIPT_QUARANTINED, RECEIPT_REFUSED};
  struct outbox o;
  struct sign_keys keys;
  ten_done(w, &o, &keys, 0);
  for (uint64_t seq = 11; seq <= 14; seq += 1) {
    enum receipt_status status = kept[seq - 11];
    add_bundle(&o, seq, 100);
    if (status == 0) continue;
    receipted(&o, &keys,
              (struct receipt){.incarnation = 1,
                               .seq = seq,
                               .status = status,
                               .received_ms = 86400000,
                               .epoch = 1,
                               .position = seq});
  }
  assert_int_equal(count_on_day(w, &o, &keys, NULL, 4000), 5);
  assert_int_equal(o.list[0].facts.seq, 10); /* the newest done one: it tells a restored hub */
  for (size_t i = 1; i < 5; i += 1) assert_int_equal(o.list[i].status, kept[i - 1]);
  outbox_finish(&o);
}

static err no_room(void *ctx, const char *name, struct slice bytes) {
  (void)ctx, (void)name, (void)bytes;
  return ERR_FULL;
}

static void a_rewrite_that_finds_no_room_changes_nothing(void **state) {
  struct field_world *w = *state;
  struct outbox o;
  struct sign_keys keys;
  ten_done(w, &o, &keys, 0);
  long before = file_size(w);
  struct file_ops files = w->host.config.files;
  files.replace = no_room;
  assert_int_equal(count_on_day(w, &o, &keys, &files, 4000), 10);
  assert_int_equal(file_size(w), before);
  assert_int_equal(count_on_day(w, &o, &keys, NULL, 4000), 1);
  outbox_finish(&o);
}

static void old_receipted_bundles_are_left_out_but_the_chain_goes_on(void **state) {
  struct field_world *w = *state;
  struct outbox o;
  struct sign_keys keys;
  const int64_t day = 86400000;
  core_host_stop(&w->host);
  char path[128];
  file_path(w, path);
  assert_int_equal(unlink(path), 0);
  crypto_sign_keys(&keys, &w->host.config.entropy);
  struct sign_ring ring = {.count = 0};
  sign_ring_add(&ring, keys.public_key);
  assert_int_equal(outbox_load(&o, &w->host.config.files, &ring, 0, NULL), ERR_OK);
  for (uint64_t seq = 1; seq <= 10; seq += 1) {
    struct buf bytes = BUF_INIT(4096);
    struct receipt r = {.incarnation = 1,
                        .seq = seq,
                        .status = seq == 3 ? RECEIPT_HELD : RECEIPT_APPLIED,
                        .received_ms = day,
                        .epoch = 1,
                        .position = seq};
    bool news = false;
    add_bundle(&o, seq, 1000000);
    bytes_copy(r.bundle_hash, o.list[seq - 1].hash, hash_bytes);
    sign_one(&r, &keys, &bytes);
    assert_int_equal(outbox_receipt(&o, buf_slice(&bytes), &r, &news), ERR_OK);
    assert_true(news);
    assert_int_equal(outbox_receipt(&o, buf_slice(&bytes), &r, &news), ERR_OK);
    assert_false(news);
    buf_finish(&bytes);
  }
  outbox_finish(&o);
  assert_int_equal(outbox_load(&o, &w->host.config.files, &ring, 30 * day, NULL), ERR_OK);
  assert_int_equal(o.count, 10);
  outbox_finish(&o);
  assert_int_equal(outbox_load(&o, &w->host.config.files, &ring, (outbox_keep_days + 2) * day, NULL), ERR_OK);
  assert_int_equal(o.count, 2);
  assert_int_equal(o.list[0].facts.seq, 3);
  assert_int_equal(o.list[0].status, RECEIPT_HELD);
  assert_int_equal(o.list[1].facts.seq, 10);
  assert_true(file_size(w) < 3000000);
  outbox_finish(&o);
}

static void a_receipt_under_another_key_is_not_read_back(void **state) {
  struct field_world *w = *state;
  struct outbox o;
  struct sign_keys keys;
  struct sign_keys others;
  struct buf bytes = BUF_INIT(4096);
  bool news = false;
  core_host_stop(&w->host);
  crypto_sign_keys(&keys, &w->host.config.entropy);
  crypto_sign_keys(&others, &w->host.config.entropy);
  struct sign_ring ring = {.count = 0};
  sign_ring_add(&ring, keys.public_key);
  assert_int_equal(outbox_load(&o, &w->host.config.files, &ring, 0, NULL), ERR_OK);
  add_bundle(&o, 1, 100);
  struct receipt r = {.incarnation = 1, .seq = 1, .status = RECEIPT_APPLIED, .epoch = 1, .position = 1};
  bytes_copy(r.bundle_hash, o.list[0].hash, hash_bytes);
  sign_one(&r, &others, &bytes);
  assert_int_equal(outbox_receipt(&o, buf_slice(&bytes), &r, &news), ERR_OK);
  outbox_finish(&o);
  assert_int_equal(outbox_load(&o, &w->host.config.files, &ring, 0, NULL), ERR_OK);
  assert_int_equal(o.list[0].status, 0);
  outbox_finish(&o);
  buf_finish(&bytes);
}

static void a_time_of_sealing_before_1970_is_taken_as_unknown(void **state) {
  struct field_world *w = *state;
  struct outbox o;
  const struct sign_ring keys = {.count = 1, .keys = {{1}}};
  core_host_stop(&w->host);
  assert_int_equal(w->host.config.files.remove(w->host.config.files.ctx, "outbox"), ERR_OK);
  struct outbox_facts f = {
      .incarnation = 1, .seq = 1, .counter_first = 1, .counter_last = 1, .changesets = 1, .sealed_ms = -1};
  assert_int_equal(outbox_load(&o, &w->host.config.files, &keys, 0, NULL), ERR_OK);
  assert_int_equal(outbox_add(&o, &f, slice_text("sealed")), ERR_OK);
  assert_int_equal(o.list[0].facts.sealed_ms, 0);
  outbox_finish(&o);
  assert_int_equal(outbox_load(&o, &w->host.config.files, &keys, 0, NULL), ERR_OK);
  assert_int_equal(o.count, 1);
  assert_int_equal(o.list[0].facts.sealed_ms, 0);
  outbox_finish(&o);
}

/* A record of a hand that can make checksums: sealing would go on for ever behind a counter that falls. */
static void a_bundle_whose_numbers_do_not_rise_is_refused(void **state) {
  struct field_world *w = *state;
  struct fault fault;
  struct buf body = BUF_INIT(1024), record = BUF_INIT(1024);
  struct outbox_facts f = {.incarnation = 1, .seq = 9, .counter_first = 1, .counter_last = 0};
  seal_mark(w, "P");
  long size = file_size(w);
  core_host_stop(&w->host);
  assert_int_equal(outbox_bundle_encode(&body, &f, slice_text("sealed")), ERR_OK);
  assert_int_equal(outbox_record_encode(&record, OUTBOX_BUNDLE, buf_slice(&body)), ERR_OK);
  write_at(w, size, (const char *)record.ptr, record.len);
  assert_int_equal(core_host_try_start(&w->host, &fault), ERR_CORRUPT);
  assert_non_null(strstr(fault.text, "outbox"));
  buf_finish(&body);
  buf_finish(&record);
}

/* ---- acknowledgements ---- */

static const struct bundle_content *content_of_last(const struct field_world *w) {
  assert_true(w->hub.bundle_count > 0);
  return &w->hub.bundles[w->hub.bundle_count - 1].content;
}

static void an_ack_is_told_alone_while_nobody_is_signed_in(void **state) {
  struct field_world *w = *state;
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_int_equal(ack_queue(w->host.core, ACK_ORDER, 7), ERR_OK);
  assert_int_equal(ack_queue(w->host.core, ACK_ERASED, 9), ERR_OK);
  assert_int_equal(ack_queue(w->host.core, ACK_ORDER, 7), ERR_OK);
  field_pause(w);
  field_online(w);
  const struct bundle_content *c = content_of_last(w);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_int_equal(c->changeset_count, 0);
  assert_int_equal(c->ack_count, 2);
  assert_int_equal(ack_compare(&c->acks[0], &(struct ack){ACK_ERASED, 9}), 0);
  assert_int_equal(ack_compare(&c->acks[1], &(struct ack){ACK_ORDER, 7}), 0);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
}

static void an_ack_goes_with_the_work_that_waits_and_is_told_once(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  assert_int_equal(ack_queue(w->host.core, ACK_ERASED, 1), ERR_OK);
  field_pause(w);
  assert_int_equal(ack_queue(w->host.core, ACK_ERASED, 1), ERR_OK);
  field_pause(w);
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_int_equal(content_of_last(w)->changeset_count, 1);
  assert_int_equal(content_of_last(w)->ack_count, 1);
}

static void an_ack_survives_a_power_cut_before_it_is_sealed(void **state) {
  struct field_world *w = *state;
  assert_int_equal(ack_queue(w->host.core, ACK_ORDER, 3), ERR_OK);
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_int_equal(bundles(w), 1);
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_int_equal(bundles(w), 1);
  field_online(w);
  assert_int_equal(content_of_last(w)->ack_count, 1);
}

static void work_goes_on_behind_a_bundle_that_only_acknowledges(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  seal_mark(w, "P");
  assert_int_equal(ack_queue(w->host.core, ACK_ERASED, 1), ERR_OK);
  field_pause(w);
  field_restart(w);
  (void)field_mark(w, &one, "AU");
  field_pause(w);
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 3);
  assert_int_equal(w->hub.bundles[1].content.changeset_count, 0);
  const struct changeset *before = &w->hub.bundles[0].content.changesets[0];
  assert_true(w->hub.bundles[2].content.changesets[0].counter >= before->counter + before->op_count);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  field_restart(w);
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 3);
}

/* Behind an empty range that begins elsewhere, work would count as sealed that never was. */
static void a_bundle_that_only_acknowledges_moves_no_counter(void **state) {
  (void)state;
  struct outbox_bundle list[1] = {
      {.facts = {.incarnation = 1, .seq = 4, .counter_first = 3, .counter_last = 9, .changesets = 2}}};
  struct outbox o = {.list = list, .count = 1};
  struct outbox_facts f = {.incarnation = 1, .seq = 5, .counter_first = 10, .counter_last = 9};
  assert_true(outbox_follows(&o, &f));
  f.counter_first = 11, f.counter_last = 10;
  assert_false(outbox_follows(&o, &f));
  f.counter_first = 9, f.counter_last = 8;
  assert_false(outbox_follows(&o, &f));
  f.counter_first = 10, f.counter_last = 10;
  assert_false(outbox_follows(&o, &f));
  f.incarnation = 2, f.seq = 1, f.counter_first = 1, f.counter_last = 0;
  assert_true(outbox_follows(&o, &f));
}

static void an_ack_of_an_incarnation_the_hub_never_took_waits_again(void **state) {
  (void)state;
  struct ack acks[] = {{ACK_ERASED, 1}, {ACK_ERASED, 2}, {ACK_ORDER, 1}}, waiting[4];
  struct outbox_bundle list[2] = {{.facts = {.incarnation = 1, .seq = 1, .acks = acks, .ack_count = 1}},
                                  {.facts = {.incarnation = 1, .seq = 2, .acks = acks + 1, .ack_count = 1}}};
  struct outbox o = {.list = list, .count = 2, .acks = acks, .ack_count = 3};
  list[0].status = RECEIPT_APPLIED;
  assert_int_equal(outbox_acks_waiting(&o, 1, waiting, 4), 1);
  assert_int_equal(ack_compare(&waiting[0], &acks[2]), 0);
  assert_int_equal(outbox_acks_waiting(&o, 2, waiting, 4), 2);
  assert_int_equal(ack_compare(&waiting[0], &acks[1]), 0);
  assert_int_equal(outbox_acks_waiting(&o, 2, waiting, 1), 1);
  assert_int_equal(ack_compare(&waiting[0], &acks[1]), 0);
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_torn_end_is_cut_and_what_was_in_it_is_sealed_again),
      IN_WORLD(zeros_at_the_end_are_torn_too),
      IN_WORLD(damage_before_a_whole_bundle_is_reported_and_nothing_is_cut),
      IN_WORLD(damage_to_a_records_length_hides_no_bundle_behind_it),
      IN_WORLD(a_tail_that_is_all_heads_keeps_nobody_waiting),
      IN_WORLD(sealing_twice_makes_one_bundle),
      IN_WORLD(a_crash_between_sealing_and_anything_else_seals_nothing_twice),
      IN_WORLD(much_work_becomes_several_bundles),
      IN_WORLD(old_receipted_bundles_are_left_out_but_the_chain_goes_on),
      IN_WORLD(a_bundle_is_kept_as_long_as_its_receipt_says),
      IN_WORLD(nothing_is_old_before_the_hub_says_what_day_it_is),
      IN_WORLD(only_what_is_done_is_ever_left_out),
      IN_WORLD(a_rewrite_that_finds_no_room_changes_nothing),
      IN_WORLD(a_receipt_under_another_key_is_not_read_back),
      IN_WORLD(a_bundle_whose_numbers_do_not_rise_is_refused),
      IN_WORLD(an_ack_is_told_alone_while_nobody_is_signed_in),
      IN_WORLD(an_ack_goes_with_the_work_that_waits_and_is_told_once),
      IN_WORLD(an_ack_survives_a_power_cut_before_it_is_sealed),
      IN_WORLD(work_goes_on_behind_a_bundle_that_only_acknowledges),
      cmocka_unit_test(a_bundle_that_only_acknowledges_moves_no_counter),
      cmocka_unit_test(an_ack_of_an_incarnation_the_hub_never_took_waits_again),
      IN_WORLD(a_time_of_sealing_before_1970_is_taken_as_unknown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
