/* noise_test.c: what a handshake or a record does when anything about it is wrong. */
#include "shared/crypto/noise.h"

#include "tests/unit/shared/crypto/test_entropy.h"

/* Two parties on one test: 0 is the initiator. */
struct pair {
  struct noise side[2];
  struct box_keys keys[2];
  uint8_t ephemeral[2][key_bytes], psk[key_bytes];
};

static void pair_begin(struct pair *p, enum noise_pattern pattern) {
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 11);
  for (int i = 0; i < 2; i++) {
    crypto_box_keys(&p->keys[i], &e);
    entropy_fill(&e, p->ephemeral[i], key_bytes);
  }
  entropy_fill(&e, p->psk, key_bytes);
  for (int i = 0; i < 2; i++) {
    struct noise_config config = {.pattern = pattern,
                                  .initiator = i == 0,
                                  .prologue = slice_text("tutti.v1"),
                                  .local_static = &p->keys[i],
                                  .remote_static = i == 0 ? p->keys[1].public_key : NULL,
                                  .psk = pattern == NOISE_XKPSK3 ? p->psk : NULL,
                                  .ephemeral = p->ephemeral[i]};
    assert_int_equal(noise_init(&p->side[i], &config), ERR_OK);
  }
}

static void pair_finish(struct pair *p) {
  noise_finish(&p->side[0]);
  noise_finish(&p->side[1]);
}

/* Writes message `step` into `out`, and reads it on the other side unless told not to. */
static void write_step(struct pair *p, int step, struct buf *out) {
  buf_clear(out);
  assert_int_equal(noise_handshake_write(&p->side[step % 2], slice_text("pay"), out), ERR_OK);
}

static void read_step(struct pair *p, int step, struct slice message) {
  struct buf payload = BUF_INIT(64);
  assert_int_equal(noise_handshake_read(&p->side[1 - step % 2], message, &payload), ERR_OK);
  assert_true(slice_equal(buf_slice(&payload), slice_text("pay")));
  buf_finish(&payload);
}

static void run_steps(struct pair *p, int count) {
  struct buf message = BUF_INIT(noise_message_bytes_max);
  for (int step = 0; step < count; step++) {
    write_step(p, step, &message);
    read_step(p, step, buf_slice(&message));
  }
  buf_finish(&message);
}

static void assert_dead(struct noise *n) {
  struct buf out = BUF_INIT(4096);
  assert_false(noise_ready(n));
  assert_int_equal(noise_handshake_write(n, slice_text(""), &out), ERR_CRYPTO);
  assert_int_equal(
      noise_handshake_read(n, slice_text("a message that is long enough to be one, had it been"), &out),
      ERR_CRYPTO);
  assert_int_equal(noise_encrypt(n, slice_text(""), &out), ERR_CRYPTO);
  assert_int_equal(noise_decrypt(n, slice_text("0123456789abcdef"), &out), ERR_CRYPTO);
  assert_int_equal(out.len, 0);
  buf_finish(&out);
  struct noise wiped;
  bytes_zero(&wiped, sizeof wiped);
  wiped.failed = true;
  assert_memory_equal(n, &wiped, sizeof wiped);
}

/* Handshakes that go wrong */
static void overheads_are_as_declared(void **state) {
  (void)state;
  const size_t overhead[] = {noise_message1_overhead, noise_message2_overhead, noise_message3_overhead};
  struct pair p;
  struct buf message = BUF_INIT(256);
  pair_begin(&p, NOISE_XK);
  for (int step = 0; step < 3; step++) {
    write_step(&p, step, &message);
    assert_int_equal(message.len, 3 + overhead[step]);
    read_step(&p, step, buf_slice(&message));
  }
  buf_finish(&message);
  pair_finish(&p);
}

/* Reads a spoilt message on a copy of the reader, which must refuse it and die. */
static void assert_refused(const struct noise *reader, struct slice message) {
  struct noise copy = *reader;
  struct buf payload = BUF_INIT(noise_message_bytes_max + 64);
  assert_int_equal(noise_handshake_read(&copy, message, &payload), ERR_CRYPTO);
  assert_int_equal(payload.len, 0);
  assert_dead(&copy);
  buf_finish(&payload);
}

static void spoil_every_byte(enum noise_pattern pattern) {
  struct pair p;
  struct buf message = BUF_INIT(256);
  pair_begin(&p, pattern);
  for (int step = 0; step < 3; step++) {
    const struct noise *reader = &p.side[1 - step % 2];
    write_step(&p, step, &message);
    for (size_t i = 0; i < message.len; i++) {
      message.ptr[i] ^= 0x01;
      assert_refused(reader, buf_slice(&message));
      message.ptr[i] ^= 0x01;
      assert_refused(reader, slice_of(message.ptr, i));
    }
    assert_int_equal(buf_put_u8(&message, 0), ERR_OK);
    assert_refused(reader, buf_slice(&message));
    message.len--;
    read_step(&p, step, buf_slice(&message));
  }
  assert_true(noise_ready(&p.side[0]) && noise_ready(&p.side[1]));
  buf_finish(&message);
  pair_finish(&p);
}

static void no_spoilt_xk_message_is_read(void **state) {
  (void)state;
  spoil_every_byte(NOISE_XK);
}

static void no_spoilt_xkpsk3_message_is_read(void **state) {
  (void)state;
  spoil_every_byte(NOISE_XKPSK3);
}

static void low_order_ephemerals_are_refused(void **state) {
  (void)state;
  /* Zero, one, and the two points of order eight that RFC 7748 implementations meet. */
  const uint8_t points[][key_bytes] = {
      {0},
      {1},
      {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
       0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
      {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
       0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
  };
  for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
    struct pair p;
    uint8_t message[noise_message1_overhead] = {0};
    pair_begin(&p, NOISE_XK);
    bytes_copy(message, points[i], key_bytes);
    assert_refused(&p.side[1], slice_of(message, sizeof message));
    pair_finish(&p);
  }
}

static void a_low_order_static_key_of_the_hub_is_refused(void **state) {
  (void)state;
  struct pair p;
  const uint8_t nobody[key_bytes] = {0};
  struct buf out = BUF_INIT(256);
  pair_begin(&p, NOISE_XK);
  struct noise_config config = {
      .initiator = true, .local_static = &p.keys[0], .remote_static = nobody, .ephemeral = p.ephemeral[0]};
  assert_int_equal(noise_init(&p.side[0], &config), ERR_OK);
  assert_int_equal(noise_handshake_write(&p.side[0], slice_text(""), &out), ERR_CRYPTO);
  assert_int_equal(out.len, 0);
  assert_dead(&p.side[0]);
  buf_finish(&out);
  pair_finish(&p);
}

static void an_ephemeral_nobody_drew_is_refused(void **state) {
  (void)state;
  struct pair p;
  const uint8_t zeros[key_bytes] = {0};
  pair_begin(&p, NOISE_XK);
  struct noise_config config = {.local_static = &p.keys[1], .ephemeral = zeros};
  assert_int_equal(noise_init(&p.side[1], &config), ERR_CRYPTO);
  assert_dead(&p.side[1]);
  pair_finish(&p);
}

static void another_prologue_fails_at_the_first_message(void **state) {
  (void)state;
  struct pair p;
  struct buf message = BUF_INIT(256);
  pair_begin(&p, NOISE_XK);
  struct noise_config config = {
      .prologue = slice_text("tutti.v2"), .local_static = &p.keys[1], .ephemeral = p.ephemeral[1]};
  assert_int_equal(noise_init(&p.side[1], &config), ERR_OK);
  write_step(&p, 0, &message);
  assert_refused(&p.side[1], buf_slice(&message));
  buf_finish(&message);
  pair_finish(&p);
}

static void another_hubs_key_fails_at_the_first_message(void **state) {
  (void)state;
  struct pair p;
  struct buf message = BUF_INIT(256);
  pair_begin(&p, NOISE_XK);
  struct noise_config config = {
      .prologue = slice_text("tutti.v1"), .local_static = &p.keys[0], .ephemeral = p.ephemeral[1]};
  assert_int_equal(noise_init(&p.side[1], &config), ERR_OK);
  write_step(&p, 0, &message);
  assert_refused(&p.side[1], buf_slice(&message));
  buf_finish(&message);
  pair_finish(&p);
}

static void another_token_fails_at_the_third_message(void **state) {
  (void)state;
  struct pair p;
  struct buf message = BUF_INIT(256);
  const uint8_t other[key_bytes] = {3};
  pair_begin(&p, NOISE_XKPSK3);
  run_steps(&p, 2);
  noise_set_psk(&p.side[1], other);
  write_step(&p, 2, &message);
  assert_refused(&p.side[1], buf_slice(&message));
  buf_finish(&message);
  pair_finish(&p);
}

static void a_token_may_be_given_after_the_first_message(void **state) {
  (void)state;
  struct pair p;
  struct buf message = BUF_INIT(256);
  pair_begin(&p, NOISE_XKPSK3);
  struct noise_config config = {.pattern = NOISE_XKPSK3,
                                .prologue = slice_text("tutti.v1"),
                                .local_static = &p.keys[1],
                                .ephemeral = p.ephemeral[1]};
  assert_int_equal(noise_init(&p.side[1], &config), ERR_OK);
  run_steps(&p, 2);
  write_step(&p, 2, &message);
  assert_refused(&p.side[1], buf_slice(&message)); /* no token is not an empty token */
  noise_set_psk(&p.side[1], p.psk);
  read_step(&p, 2, buf_slice(&message));
  assert_true(noise_ready(&p.side[1]));
  buf_finish(&message);
  pair_finish(&p);
}

static void a_token_of_zeros_is_not_the_absence_of_one(void **state) {
  (void)state;
  struct pair p;
  struct buf message = BUF_INIT(256);
  const uint8_t zeros[key_bytes] = {0};
  pair_begin(&p, NOISE_XKPSK3);
  noise_set_psk(&p.side[0], zeros);
  p.side[1].has_psk = false;
  bytes_zero(p.side[1].psk, key_bytes);
  run_steps(&p, 2);
  write_step(&p, 2, &message);
  assert_refused(&p.side[1], buf_slice(&message));
  buf_finish(&message);
  pair_finish(&p);
}

static void speaking_out_of_turn_is_final(void **state) {
  (void)state;
  struct pair p;
  struct buf out = BUF_INIT(256);
  pair_begin(&p, NOISE_XK);
  assert_int_equal(noise_handshake_write(&p.side[1], slice_text(""), &out), ERR_CRYPTO);
  assert_dead(&p.side[1]);
  assert_int_equal(noise_handshake_read(&p.side[0], slice_text("0123456789"), &out), ERR_CRYPTO);
  assert_dead(&p.side[0]);
  pair_begin(&p, NOISE_XK);
  assert_int_equal(noise_encrypt(&p.side[0], slice_text("data before the handshake"), &out), ERR_CRYPTO);
  assert_dead(&p.side[0]);
  pair_begin(&p, NOISE_XK);
  run_steps(&p, 3);
  assert_int_equal(noise_handshake_write(&p.side[1], slice_text("a fourth"), &out), ERR_CRYPTO);
  assert_dead(&p.side[1]);
  buf_finish(&out);
  pair_finish(&p);
}

static void a_replayed_first_message_meets_another_second(void **state) {
  (void)state;
  struct pair p;
  struct buf first = BUF_INIT(256), second = BUF_INIT(256), third = BUF_INIT(256);
  pair_begin(&p, NOISE_XK);
  write_step(&p, 0, &first);
  read_step(&p, 0, buf_slice(&first));
  write_step(&p, 1, &second);
  read_step(&p, 1, buf_slice(&second));
  write_step(&p, 2, &third);
  /* The hub again, with the fresh ephemeral it would have drawn: the recorded third message no longer fits.
   */
  p.ephemeral[1][0] ^= 0xff;
  struct noise_config config = {
      .prologue = slice_text("tutti.v1"), .local_static = &p.keys[1], .ephemeral = p.ephemeral[1]};
  assert_int_equal(noise_init(&p.side[1], &config), ERR_OK);
  read_step(&p, 0, buf_slice(&first));
  write_step(&p, 1, &second);
  assert_refused(&p.side[1], buf_slice(&third));
  buf_finish(&first);
  buf_finish(&second);
  buf_finish(&third);
  pair_finish(&p);
}

static void handshake_payloads_have_a_ceiling(void **state) {
  (void)state;
  struct pair p;
  static const uint8_t zeros[noise_message_bytes_max + 1];
  struct buf out = BUF_INIT(noise_message_bytes_max + 1), payload = BUF_INIT(noise_message_bytes_max);
  struct slice largest = slice_of(zeros, noise_message_bytes_max - noise_message1_overhead);
  pair_begin(&p, NOISE_XK);
  assert_int_equal(noise_handshake_write(&p.side[0], largest, &out), ERR_OK);
  assert_int_equal(out.len, noise_message_bytes_max);
  assert_int_equal(noise_handshake_read(&p.side[1], buf_slice(&out), &payload), ERR_OK);
  pair_begin(&p, NOISE_XK);
  largest.len++;
  assert_int_equal(noise_handshake_write(&p.side[0], largest, &out), ERR_CRYPTO);
  assert_dead(&p.side[0]);
  assert_refused(&p.side[1], slice_of(zeros, sizeof zeros));
  buf_finish(&out);
  buf_finish(&payload);
  pair_finish(&p);
}

/* Records */
static void sent(struct pair *p, int from, const char *text, struct buf *out) {
  buf_clear(out);
  assert_int_equal(noise_encrypt(&p->side[from], slice_text(text), out), ERR_OK);
}

static void records_travel_both_ways(void **state) {
  (void)state;
  struct pair p;
  struct buf record = BUF_INIT(64), plain = BUF_INIT(64);
  pair_begin(&p, NOISE_XK);
  run_steps(&p, 3);
  for (int i = 0; i < 6; i++) {
    const char *text = i % 3 ? "some words" : "";
    sent(&p, i % 2, text, &record);
    buf_clear(&plain);
    assert_int_equal(noise_decrypt(&p.side[1 - i % 2], buf_slice(&record), &plain), ERR_OK);
    assert_true(slice_equal(buf_slice(&plain), slice_text(text)));
  }
  buf_finish(&record);
  buf_finish(&plain);
  pair_finish(&p);
}

static void a_repeated_record_is_refused_for_good(void **state) {
  (void)state;
  struct pair p;
  struct buf record = BUF_INIT(64), plain = BUF_INIT(64);
  pair_begin(&p, NOISE_XK);
  run_steps(&p, 3);
  sent(&p, 0, "once", &record);
  assert_int_equal(noise_decrypt(&p.side[1], buf_slice(&record), &plain), ERR_OK);
  assert_int_equal(noise_decrypt(&p.side[1], buf_slice(&record), &plain), ERR_CRYPTO);
  assert_int_equal(plain.len, 4);
  assert_dead(&p.side[1]);
  buf_finish(&record);
  buf_finish(&plain);
  pair_finish(&p);
}

static void a_skipped_record_is_refused_for_good(void **state) {
  (void)state;
  struct pair p;
  struct buf first = BUF_INIT(64), second = BUF_INIT(64), plain = BUF_INIT(64);
  pair_begin(&p, NOISE_XK);
  run_steps(&p, 3);
  sent(&p, 1, "first", &first);
  sent(&p, 1, "second", &second);
  assert_int_equal(noise_decrypt(&p.side[0], buf_slice(&second), &plain), ERR_CRYPTO);
  assert_int_equal(noise_decrypt(&p.side[0], buf_slice(&first), &plain), ERR_CRYPTO);
  assert_dead(&p.side[0]);
  buf_finish(&first);
  buf_finish(&second);
  buf_finish(&plain);
  pair_finish(&p);
}

static void ones_own_record_reflected_is_refused(void **state) {
  (void)state;
  struct pair p;
  struct buf record = BUF_INIT(64), plain = BUF_INIT(64);
  pair_begin(&p, NOISE_XK);
  run_steps(&p, 3);
  sent(&p, 0, "echo", &record);
  assert_int_equal(noise_decrypt(&p.side[0], buf_slice(&record), &plain), ERR_CRYPTO);
  buf_finish(&record);
  buf_finish(&plain);
  pair_finish(&p);
}

static void every_spoilt_record_is_refused(void **state) {
  (void)state;
  struct pair p;
  struct buf record = BUF_INIT(64), plain = BUF_INIT(64);
  pair_begin(&p, NOISE_XKPSK3);
  run_steps(&p, 3);
  sent(&p, 0, "a record", &record);
  for (size_t i = 0; i < record.len; i++) {
    struct noise flipped = p.side[1], cut = p.side[1];
    record.ptr[i] ^= 0x20;
    assert_int_equal(noise_decrypt(&flipped, buf_slice(&record), &plain), ERR_CRYPTO);
    record.ptr[i] ^= 0x20;
    assert_int_equal(noise_decrypt(&cut, slice_of(record.ptr, i), &plain), ERR_CRYPTO);
    assert_dead(&flipped);
    assert_dead(&cut);
  }
  assert_int_equal(noise_decrypt(&p.side[1], buf_slice(&record), &plain), ERR_OK);
  buf_finish(&record);
  buf_finish(&plain);
  pair_finish(&p);
}

static void a_record_has_at_most_65535_bytes(void **state) {
  (void)state;
  struct pair p;
  static const uint8_t zeros[noise_message_bytes_max + 1];
  struct buf record = BUF_INIT(noise_message_bytes_max + 1), plain = BUF_INIT(noise_message_bytes_max);
  pair_begin(&p, NOISE_XK);
  run_steps(&p, 3);
  struct slice largest = slice_of(zeros, noise_message_bytes_max - noise_tag_bytes), larger = largest;
  larger.len++;
  assert_int_equal(noise_encrypt(&p.side[0], larger, &record), ERR_TOO_BIG);
  assert_int_equal(noise_encrypt(&p.side[0], largest, &record), ERR_OK);
  assert_int_equal(record.len, noise_message_bytes_max);
  assert_int_equal(noise_decrypt(&p.side[1], buf_slice(&record), &plain), ERR_OK);
  assert_int_equal(plain.len, largest.len);
  assert_int_equal(noise_decrypt(&p.side[1], slice_of(zeros, sizeof zeros), &plain), ERR_CRYPTO);
  assert_dead(&p.side[1]);
  buf_finish(&record);
  buf_finish(&plain);
  pair_finish(&p);
}

static void the_last_counter_is_never_used(void **state) {
  (void)state;
  struct pair p;
  struct buf record = BUF_INIT(64);
  pair_begin(&p, NOISE_XK);
  run_steps(&p, 3);
  p.side[0].send_n = UINT64_MAX - 1;
  sent(&p, 0, "the last but one", &record);
  assert_int_equal(noise_encrypt(&p.side[0], slice_text(""), &record), ERR_CRYPTO);
  assert_dead(&p.side[0]);
  buf_finish(&record);
  pair_finish(&p);
}

static void a_full_buffer_costs_no_counter(void **state) {
  (void)state;
  struct pair p;
  struct buf small = BUF_INIT(4), record = BUF_INIT(64), plain = BUF_INIT(64);
  pair_begin(&p, NOISE_XK);
  run_steps(&p, 3);
  assert_int_equal(noise_encrypt(&p.side[0], slice_text("text"), &small), ERR_TOO_BIG);
  sent(&p, 0, "text", &record);
  assert_int_equal(noise_decrypt(&p.side[1], buf_slice(&record), &plain), ERR_OK);
  buf_finish(&small);
  buf_finish(&record);
  buf_finish(&plain);
  pair_finish(&p);
}

static void the_handshakes_secrets_are_wiped_when_it_is_over(void **state) {
  (void)state;
  struct pair p;
  pair_begin(&p, NOISE_XKPSK3);
  run_steps(&p, 3);
  for (int i = 0; i < 2; i++) {
    const struct noise *n = &p.side[i];
    assert_true(bytes_are_zero(&n->s, sizeof n->s) && bytes_are_zero(&n->e, sizeof n->e));
    assert_true(bytes_are_zero(n->psk, key_bytes) && bytes_are_zero(n->ck, sizeof n->ck) &&
                bytes_are_zero(n->k, key_bytes));
  }
  pair_finish(&p);
  assert_dead(&p.side[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(overheads_are_as_declared),
      cmocka_unit_test(no_spoilt_xk_message_is_read),
      cmocka_unit_test(no_spoilt_xkpsk3_message_is_read),
      cmocka_unit_test(low_order_ephemerals_are_refused),
      cmocka_unit_test(a_low_order_static_key_of_the_hub_is_refused),
      cmocka_unit_test(an_ephemeral_nobody_drew_is_refused),
      cmocka_unit_test(another_prologue_fails_at_the_first_message),
      cmocka_unit_test(another_hubs_key_fails_at_the_first_message),
      cmocka_unit_test(another_token_fails_at_the_third_message),
      cmocka_unit_test(a_token_may_be_given_after_the_first_message),
      cmocka_unit_test(a_token_of_zeros_is_not_the_absence_of_one),
      cmocka_unit_test(speaking_out_of_turn_is_final),
      cmocka_unit_test(a_replayed_first_message_meets_another_second),
      cmocka_unit_test(handshake_payloads_have_a_ceiling),
      cmocka_unit_test(records_travel_both_ways),
      cmocka_unit_test(a_repeated_record_is_refused_for_good),
      cmocka_unit_test(a_skipped_record_is_refused_for_good),
      cmocka_unit_test(ones_own_record_reflected_is_refused),
      cmocka_unit_test(every_spoilt_record_is_refused),
      cmocka_unit_test(a_record_has_at_most_65535_bytes),
      cmocka_unit_test(the_last_counter_is_never_used),
      cmocka_unit_test(a_full_buffer_costs_no_counter),
      cmocka_unit_test(the_handshakes_secrets_are_wiped_when_it_is_over),
  };
  if (crypto_init() != ERR_OK) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
