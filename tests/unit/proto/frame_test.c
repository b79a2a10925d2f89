/* frame_test.c: messages pass whole through frames of at most 64 KiB; whatever else a peer frames is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/messages.h"

enum { frames_kept_max = 32 };
struct wire {
  struct noise device, hub;
  struct buf frames[frames_kept_max];
  size_t count;
};

/* Frames need transport keys alone; where those come from is the handshake's business. */
static void wire_init(struct wire *w) {
  *w = (struct wire){0};
  w->device.step = w->hub.step = 3;
  w->device.initiator = true;
  w->device.send_key[0] = w->hub.receive_key[0] = 1;
  w->hub.send_key[0] = w->device.receive_key[0] = 2;
}

static void wire_finish(struct wire *w) {
  for (size_t i = 0; i < frames_kept_max; i++) buf_finish(&w->frames[i]);
}

static err keep(void *ctx, struct slice frame) {
  struct wire *w = ctx;
  assert_true(w->count < frames_kept_max && frame.len <= frame_bytes_max);
  w->frames[w->count].max = frame_bytes_max;
  buf_clear(&w->frames[w->count]);
  return buf_append(&w->frames[w->count++], frame);
}

static struct buf message_of(size_t len) {
  struct buf out = BUF_INIT(message_bytes_max + 1);
  assert_int_equal(buf_append_zeros(&out, len), ERR_OK);
  for (size_t i = 0; i < len; i++) out.ptr[i] = (uint8_t)(i * 31);
  return out;
}

static void messages_of_every_size_pass(void **state) {
  (void)state;
  static const size_t sizes[] = {0,
                                 1,
                                 frame_plain_bytes_max - 1,
                                 frame_plain_bytes_max,
                                 frame_plain_bytes_max + 1,
                                 2 * frame_plain_bytes_max,
                                 200000,
                                 message_bytes_max};
  struct wire w;
  struct frame_joiner j;
  wire_init(&w);
  frame_joiner_init(&j);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct buf message = message_of(sizes[i]);
    w.count = 0;
    assert_int_equal(frame_write(&w.device, buf_slice(&message), keep, &w), ERR_OK);
    for (size_t k = 0; k < w.count; k++) {
      assert_int_equal(frame_read(&j, &w.hub, buf_slice(&w.frames[k])), ERR_OK);
      assert_true(j.complete == (k + 1 == w.count));
    }
    assert_true(slice_equal(buf_slice(&j.message), buf_slice(&message)));
    buf_finish(&message);
  }
  frame_joiner_finish(&j);
  wire_finish(&w);
}

static void a_message_past_the_limit_is_not_sent(void **state) {
  (void)state;
  struct wire w;
  struct buf message = message_of(message_bytes_max + 1);
  wire_init(&w);
  assert_int_equal(frame_write(&w.device, buf_slice(&message), keep, &w), ERR_TOO_BIG);
  assert_int_equal(w.count, 0);
  buf_finish(&message);
  wire_finish(&w);
}

/* A peer with the right keys that frames as it likes. */
static err read_plain(struct wire *w, struct frame_joiner *j, uint8_t flag, size_t len) {
  struct buf plain = BUF_INIT(frame_bytes_max), frame = BUF_INIT(frame_bytes_max);
  assert_int_equal(buf_put_u8(&plain, flag), ERR_OK);
  assert_int_equal(buf_append_zeros(&plain, len), ERR_OK);
  assert_int_equal(noise_encrypt(&w->device, buf_slice(&plain), &frame), ERR_OK);
  err e = frame_read(j, &w->hub, buf_slice(&frame));
  buf_finish(&plain);
  buf_finish(&frame);
  return e;
}

static void endless_fragments_end_at_the_limit(void **state) {
  (void)state;
  struct wire w;
  struct frame_joiner j;
  wire_init(&w);
  frame_joiner_init(&j);
  err e = ERR_OK;
  size_t frames = 0;
  for (; e == ERR_OK && frames < 100; frames++) e = read_plain(&w, &j, 1, frame_plain_bytes_max);
  assert_int_equal(e, ERR_TOO_BIG);
  assert_int_equal(frames, message_bytes_max / frame_plain_bytes_max + 1);
  frame_joiner_finish(&j);
}

static void a_drip_of_small_or_empty_fragments_is_refused(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, frame_plain_bytes_max - 1};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct wire w;
    struct frame_joiner j;
    wire_init(&w);
    frame_joiner_init(&j);
    assert_int_equal(read_plain(&w, &j, 1, sizes[i]), ERR_MALFORMED);
    frame_joiner_finish(&j);
  }
}

static void flags_other_than_last_and_more_are_refused(void **state) {
  (void)state;
  struct wire w;
  struct frame_joiner j;
  wire_init(&w);
  frame_joiner_init(&j);
  assert_int_equal(read_plain(&w, &j, 2, 5), ERR_MALFORMED);
  assert_false(j.complete);
  frame_joiner_finish(&j);
}

static void frames_too_short_or_too_long_are_refused_unread(void **state) {
  (void)state;
  uint8_t *bytes = test_calloc(1, frame_bytes_max + 1);
  struct wire w;
  struct frame_joiner j;
  wire_init(&w);
  frame_joiner_init(&j);
  for (size_t len = 0; len <= noise_tag_bytes; len++)
    assert_int_equal(frame_read(&j, &w.hub, slice_of(bytes, len)), ERR_TRUNCATED);
  assert_int_equal(frame_read(&j, &w.hub, slice_of(bytes, frame_bytes_max + 1)), ERR_TOO_BIG);
  assert_int_equal(frame_read(&j, &w.hub, slice_of(bytes, 100)), ERR_CRYPTO);
  frame_joiner_finish(&j);
  test_free(bytes);
}

static void a_repeated_or_skipped_frame_is_refused(void **state) {
  (void)state;
  for (size_t skip = 0; skip < 2; skip++) {
    struct wire w;
    struct frame_joiner j;
    struct buf message = message_of(10);
    wire_init(&w);
    frame_joiner_init(&j);
    for (size_t i = 0; i < 3; i++)
      assert_int_equal(frame_write(&w.device, buf_slice(&message), keep, &w), ERR_OK);
    assert_int_equal(frame_read(&j, &w.hub, buf_slice(&w.frames[0])), ERR_OK);
    assert_int_equal(frame_read(&j, &w.hub, buf_slice(&w.frames[skip == 0 ? 0 : 2])), ERR_CRYPTO);
    frame_joiner_finish(&j);
    buf_finish(&message);
    wire_finish(&w);
  }
}

static void a_connection_does_not_keep_a_bundle_s_memory(void **state) {
  (void)state;
  struct wire w;
  struct frame_joiner j;
  struct buf big = message_of(message_bytes_max), small = message_of(10);
  wire_init(&w);
  frame_joiner_init(&j);
  assert_int_equal(frame_write(&w.device, buf_slice(&big), keep, &w), ERR_OK);
  assert_int_equal(frame_write(&w.device, buf_slice(&small), keep, &w), ERR_OK);
  for (size_t i = 0; i < w.count; i++)
    assert_int_equal(frame_read(&j, &w.hub, buf_slice(&w.frames[i])), ERR_OK);
  assert_true(j.complete && j.message.cap <= frame_bytes_max);
  frame_joiner_finish(&j);
  buf_finish(&big), buf_finish(&small);
  wire_finish(&w);
}

static int start(void **state) {
  (void)state;
  return crypto_init() == ERR_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages_of_every_size_pass),
      cmocka_unit_test(a_message_past_the_limit_is_not_sent),
      cmocka_unit_test(endless_fragments_end_at_the_limit),
      cmocka_unit_test(a_drip_of_small_or_empty_fragments_is_refused),
      cmocka_unit_test(flags_other_than_last_and_more_are_refused),
      cmocka_unit_test(frames_too_short_or_too_long_are_refused_unread),
      cmocka_unit_test(a_repeated_or_skipped_frame_is_refused),
      cmocka_unit_test(a_connection_does_not_keep_a_bundle_s_memory),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
