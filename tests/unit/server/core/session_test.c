/* session_test.c: one device's connection, driven by hand: handshake, violations, deadlines, bundles and
 * receipts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/orders.h"
#include "tests/lib/line_world.h"

static struct line_world *const w = &line_world;

static void must_be_silent_and_closed(struct hub_line *l) {
  struct slice frame;
  assert_true(l->closed);
  assert_false(hub_line_take(l, &frame));
}

/* ---- opening ---- */

static void anybody_may_ask_for_the_manifest(void **state) {
  (void)state;
  struct hub_line l;
  struct slice frame;
  struct arena a = ARENA_INIT(65536);
  struct manifest m;
  hub_line_open(&l, &w->host);
  hub_line_bytes(&l, slice_text("M"));
  assert_true(hub_line_take(&l, &frame));
  assert_int_equal(manifest_decode(&m, frame, w->host.hub.sign.public_key, &a), ERR_OK);
  assert_true(id_equal(&m.hub, &w->host.hub.id));
  assert_true(l.closed);
  arena_finish(&a);
  hub_line_close(&l);
}

static void rubbish_instead_of_an_opening_is_answered_by_silence(void **state) {
  (void)state;
  const char *rubbish[] = {"", "GET / HTTP/1.1", "X", "H", "{\"type\":\"hello\"}"};
  for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++) {
    struct hub_line l;
    hub_line_open(&l, &w->host);
    hub_line_bytes(&l, slice_text(rubbish[i]));
    must_be_silent_and_closed(&l);
    hub_line_close(&l);
  }
}

static void data_before_the_handshake_is_the_end(void **state) {
  (void)state;
  test_line_begin(&w->line, &w->device, &w->device.box);
  uint8_t bundle[200] = {1};
  hub_line_bytes(&w->line.line, slice_of(bundle, sizeof bundle));
  must_be_silent_and_closed(&w->line.line);
  test_line_close(&w->line);
}

static void an_opening_for_another_hub_is_the_end(void **state) {
  (void)state;
  struct hub_line l;
  struct opening o = {.kind = OPENING_SYNC, .hub = w->host.hub.id, .noise_key = 1};
  uint8_t noise[noise_message1_overhead] = {5};
  struct buf bytes = BUF_INIT(1024);
  o.hub.b[0] ^= 1;
  o.noise = slice_of(noise, sizeof noise);
  assert_int_equal(opening_encode(&bytes, &o), ERR_OK);
  hub_line_open(&l, &w->host);
  hub_line_bytes(&l, buf_slice(&bytes));
  must_be_silent_and_closed(&l);
  buf_finish(&bytes);
  hub_line_close(&l);
}

/* ---- handshake ---- */

static void a_known_device_is_welcomed(void **state) {
  (void)state;
  struct message m;
  struct id id;
  test_line_open(&w->line, &w->device, NULL);
  assert_true(test_line_next(&w->line, &m));
  assert_int_equal(m.type, MSG_WELCOME);
  assert_int_equal(m.welcome.hub_ms, w->host.now.wall_ms);
  assert_int_equal(m.welcome.bundle_seq, 0);
  assert_int_equal(m.welcome.epoch, 1);
  assert_true(session_device(w->line.line.session, &id));
  assert_true(id_equal(&id, &w->device.id));
  test_line_close(&w->line);
}

static void knowing_an_id_without_its_key_is_not_enough(void **state) {
  (void)state;
  struct entropy e = hub_host_entropy(&w->host);
  struct box_keys own;
  crypto_box_keys(&own, &e);
  test_line_begin(&w->line, &w->device, &own);
  test_line_hello(&w->line, NULL);
  must_be_silent_and_closed(&w->line.line);
  test_line_close(&w->line);
}

static void an_unknown_device_is_the_end(void **state) {
  (void)state;
  struct msg_hello hello = {.device = {{1}}, .incarnation = 1, .schema = 1, .program = slice_text("t")};
  test_line_open(&w->line, &w->device, &hello);
  must_be_silent_and_closed(&w->line.line);
  test_line_close(&w->line);
}

/* Message 1 can be recorded and sent again; without the device's key nothing comes of it. */
static void a_replayed_message_1_leads_nowhere(void **state) {
  (void)state;
  struct hub_line l;
  struct slice frame;
  struct entropy e = hub_host_entropy(&w->host);
  uint8_t ephemeral[key_bytes], message3[128] = {0};
  struct opening o = {.kind = OPENING_SYNC, .hub = w->host.hub.id, .noise_key = 1};
  struct buf prologue = BUF_INIT(1024), message = BUF_INIT(1024), bytes = BUF_INIT(1024);
  struct noise n;
  entropy_fill(&e, ephemeral, sizeof ephemeral);
  assert_int_equal(opening_prologue(&prologue, &o), ERR_OK);
  struct noise_config config = {.pattern = NOISE_XK,
                                .initiator = true,
                                .prologue = buf_slice(&prologue),
                                .local_static = &w->device.box,
                                .remote_static = w->host.hub.noise[0].keys.public_key,
                                .ephemeral = ephemeral};
  assert_int_equal(noise_init(&n, &config), ERR_OK);
  assert_int_equal(noise_handshake_write(&n, slice_of(NULL, 0), &message), ERR_OK);
  o.noise = buf_slice(&message);
  assert_int_equal(opening_encode(&bytes, &o), ERR_OK);
  for (int replay = 0; replay < 2; replay++) {
    hub_line_open(&l, &w->host);
    hub_line_bytes(&l, buf_slice(&bytes));
    assert_true(hub_line_take(&l, &frame));
    hub_line_bytes(&l, slice_of(message3, sizeof message3));
    must_be_silent_and_closed(&l);
    hub_line_close(&l);
  }
  noise_finish(&n);
  buf_finish(&prologue);
  buf_finish(&message);
  buf_finish(&bytes);
}

static void whoever_does_not_finish_the_handshake_in_time_is_cut_off(void **state) {
  (void)state;
  test_line_begin(&w->line, &w->device, &w->device.box);
  hub_host_pass(&w->host, handshake_ms_max);
  assert_false(w->line.line.closed);
  hub_host_pass(&w->host, 1);
  must_be_silent_and_closed(&w->line.line);
  test_line_close(&w->line);
}

/* ---- records ---- */

static void open_online(void) {
  struct message m;
  test_line_open(&w->line, &w->device, NULL);
  while (test_line_next(&w->line, &m)) assert_false(w->line.line.closed);
}

static err keep(void *ctx, struct slice frame) {
  struct buf *out = ctx;
  buf_clear(out);
  return buf_append(out, frame);
}

static void write_record(struct buf *out) {
  struct message m = {.type = MSG_CREDIT, .credit = {.batches = 1}};
  struct buf bytes = BUF_INIT(1024);
  assert_int_equal(message_encode(&bytes, &m), ERR_OK);
  assert_int_equal(frame_write(&w->line.noise, buf_slice(&bytes), keep, out), ERR_OK);
  buf_finish(&bytes);
}

static void a_repeated_record_is_the_end(void **state) {
  (void)state;
  struct buf record = BUF_INIT(65536);
  open_online();
  write_record(&record);
  hub_line_bytes(&w->line.line, buf_slice(&record));
  assert_false(w->line.line.closed);
  hub_line_bytes(&w->line.line, buf_slice(&record));
  must_be_silent_and_closed(&w->line.line);
  buf_finish(&record);
  test_line_close(&w->line);
}

static void a_skipped_record_is_the_end(void **state) {
  (void)state;
  struct buf record = BUF_INIT(65536);
  open_online();
  write_record(&record);
  write_record(&record);
  hub_line_bytes(&w->line.line, buf_slice(&record));
  must_be_silent_and_closed(&w->line.line);
  buf_finish(&record);
  test_line_close(&w->line);
}

static void a_message_only_the_hub_sends_is_the_end(void **state) {
  (void)state;
  open_online();
  struct message m = {.type = MSG_RETRY, .retry = {.ms = 1}};
  test_line_send(&w->line, &m);
  must_be_silent_and_closed(&w->line.line);
  test_line_close(&w->line);
}

static void whoever_says_nothing_for_long_is_sent_home(void **state) {
  (void)state;
  struct message m;
  open_online();
  hub_host_pass(&w->host, idle_ms_max + 1);
  assert_true(test_line_find(&w->line, MSG_BYE, &m));
  assert_true(w->line.line.closed);
  test_line_close(&w->line);
}

static void a_hub_that_stops_says_so(void **state) {
  (void)state;
  struct message m;
  open_online();
  hub_line_event(&w->line.line, SESSION_STOP);
  assert_true(test_line_find(&w->line, MSG_BYE, &m));
  assert_int_equal(m.bye.reason, BYE_STOPPING);
  assert_true(w->line.line.closed);
  test_line_close(&w->line);
}

/* ---- bundles ---- */

static void send_bundle(const struct id *learner, int code) {
  struct buf bundle;
  test_device_mark(&w->device, &w->world.ada, &w->world.strings_today, learner, code, -1);
  test_device_seal(&w->device, &bundle);
  struct message m = {.type = MSG_BUNDLE, .bundle = {.bytes = buf_slice(&bundle)}};
  test_line_send(&w->line, &m);
  buf_finish(&bundle);
}

static void a_bundle_is_answered_by_its_receipt(void **state) {
  (void)state;
  struct message m;
  open_online();
  send_bundle(&w->world.zoe, ENUM_mark_code_P);
  assert_true(test_line_find(&w->line, MSG_RECEIPTS, &m));
  assert_int_equal(m.receipts.count, 1);
  struct receipt r = test_receipt(&w->host, m.receipts.receipts[0], &w->line.arena);
  assert_int_equal(r.seq, 1);
  assert_int_equal(r.status, RECEIPT_APPLIED);
  test_line_close(&w->line);
}

static void receipts_of_bundles_sent_together_come_together(void **state) {
  (void)state;
  struct message m;
  open_online();
  w->line.line.lazy = true;
  send_bundle(&w->world.zoe, ENUM_mark_code_P);
  send_bundle(&w->world.jo, ENUM_mark_code_P);
  send_bundle(&w->world.li, ENUM_mark_code_P);
  hub_line_work(&w->line.line);
  assert_true(test_line_find(&w->line, MSG_RECEIPTS, &m));
  assert_int_equal(m.receipts.count, 3);
  test_line_close(&w->line);
}

static void the_welcome_says_where_the_hub_stands(void **state) {
  (void)state;
  struct message m;
  open_online();
  send_bundle(&w->world.zoe, ENUM_mark_code_P);
  test_line_close(&w->line);
  test_line_open(&w->line, &w->device, NULL);
  assert_true(test_line_find(&w->line, MSG_WELCOME, &m));
  assert_int_equal(m.welcome.bundle_seq, 1);
  assert_memory_equal(m.welcome.bundle_hash, w->device.previous, hash_bytes);
  test_line_close(&w->line);
}

static void the_receipt_of_a_bundle_that_came_by_file_comes_with_the_welcome(void **state) {
  (void)state;
  struct message m;
  struct buf bundle;
  struct job job;
  test_device_mark(&w->device, &w->world.ada, &w->world.strings_today, &w->world.zoe, ENUM_mark_code_P, -1);
  test_device_seal(&w->device, &bundle);
  hub_host_ingest(&w->host, &job, buf_slice(&bundle));
  test_line_open(&w->line, &w->device, NULL);
  assert_true(test_line_find(&w->line, MSG_RECEIPTS, &m));
  assert_int_equal(m.receipts.count, 1);
  assert_true(slice_equal(m.receipts.receipts[0], job.receipt));
  test_line_close(&w->line);
  struct msg_hello hello = {.device = w->device.id,
                            .incarnation = 1,
                            .sealed_seq = 1,
                            .epoch = 1,
                            .receipt_seq = 1,
                            .schema = 1,
                            .manifest = 1};
  test_line_open(&w->line, &w->device, &hello);
  assert_false(test_line_find(&w->line, MSG_RECEIPTS, &m));
  test_line_close(&w->line);
  job_finish(&job);
  buf_finish(&bundle);
}

static void a_device_that_sends_more_than_the_hub_takes_is_told_to_come_back(void **state) {
  (void)state;
  struct message m;
  open_online();
  w->line.line.lazy = true;
  for (int i = 0; i < session_bundles_max; i++) {
    assert_int_equal(session_wants_input(w->line.line.session), i < session_bundles_max / 2);
    send_bundle(&w->world.zoe, ENUM_mark_code_P);
  }
  assert_false(w->line.line.closed);
  send_bundle(&w->world.zoe, ENUM_mark_code_P);
  assert_true(w->line.line.closed);
  assert_true(test_line_find(&w->line, MSG_RETRY, &m));
  test_line_close(&w->line);
}

static void a_fork_is_the_end_of_the_session_but_not_of_the_device(void **state) {
  (void)state;
  struct message m;
  open_online();
  send_bundle(&w->world.zoe, ENUM_mark_code_P);
  w->device.seq = 0;
  bytes_zero(w->device.previous, hash_bytes);
  send_bundle(&w->world.jo, ENUM_mark_code_P);
  assert_true(test_line_find(&w->line, MSG_BYE, &m));
  assert_int_equal(m.bye.reason, BYE_ERROR);
  test_line_close(&w->line);
  test_line_open(&w->line, &w->device, NULL);
  assert_true(test_line_find(&w->line, MSG_WELCOME, &m));
  assert_memory_not_equal(m.welcome.bundle_hash, w->device.previous, hash_bytes);
  test_line_close(&w->line);
}

static struct order next_order(void) {
  struct message m;
  struct order o;
  assert_true(test_line_next(&w->line, &m));
  assert_int_equal(m.type, MSG_ORDERS);
  assert_int_equal(m.orders.count, 1);
  assert_int_equal(order_decode(&o, m.orders.orders[0], w->host.hub.sign.public_key), ERR_OK);
  assert_true(id_equal(&o.device, &w->device.id));
  return o;
}

static void send_ack(uint64_t number) {
  struct buf bundle;
  w->device.acks[w->device.ack_count++] = (struct ack){ACK_ORDER, number};
  test_device_seal(&w->device, &bundle);
  struct message m = {.type = MSG_BUNDLE, .bundle = {.bytes = buf_slice(&bundle)}};
  test_line_send(&w->line, &m);
  buf_finish(&bundle);
}

static void a_device_revoked_while_it_is_online_hears_of_it_at_once(void **state) {
  (void)state;
  struct message m;
  open_online();
  while (test_line_next(&w->line, &m)) continue;
  hub_world_revoke(&w->host, &w->device.id);
  assert_int_equal(next_order().kind, ORDER_WIPE);
  assert_false(w->line.line.closed);
  test_line_close(&w->line);
}

static void an_order_is_told_until_it_is_carried_out(void **state) {
  (void)state;
  struct message m;
  assert_int_equal(
      device_lease(NULL, &w->host.hub, w->host.store, &w->host.now, &w->world.ada, &w->device.id, 5, NULL),
      ERR_OK);
  assert_int_equal(
      device_lease(NULL, &w->host.hub, w->host.store, &w->host.now, &w->world.ada, &w->device.id, 7, NULL),
      ERR_OK);
  uint64_t number = 0;
  for (int i = 0; i < 2; i++) {
    test_line_open(&w->line, &w->device, NULL);
    assert_true(test_line_find(&w->line, MSG_WELCOME, &m));
    struct order o = next_order(); /* the newer one took the older one's place */
    assert_int_equal(o.kind, ORDER_LEASE);
    assert_int_equal(o.value, 7);
    number = o.number;
    if (i == 1) send_ack(number);
    test_line_close(&w->line);
  }
  test_line_open(&w->line, &w->device, NULL);
  assert_false(test_line_find(&w->line, MSG_ORDERS, &m));
  test_line_close(&w->line);
}

static void a_device_that_the_office_took_back_is_not_told_to_empty_itself(void **state) {
  (void)state;
  struct message m;
  struct change_set changes;
  assert_int_equal(
      device_revoke(&changes, &w->host.hub, w->host.store, &w->host.now, &w->world.ada, &w->device.id, true),
      ERR_OK);
  assert_true(changes.grants);
  struct op op = {.table = schema_table(TABLE_device), .row = w->device.id, .units = 1U << 2};
  op.values[COL(device, status)] = value_int(ENUM_device_status_active);
  hub_world_put(&w->host, &op);
  test_line_open(&w->line, &w->device, NULL);
  assert_false(test_line_find(&w->line, MSG_ORDERS, &m));
  test_line_close(&w->line);
}

static void a_revoked_device_hands_over_its_work_and_is_sent_away(void **state) {
  (void)state;
  struct message m;
  struct buf bundle;
  hub_world_revoke(&w->host, &w->device.id);
  test_device_mark(&w->device, &w->world.ada, &w->world.strings_today, &w->world.zoe, ENUM_mark_code_P, -1);
  test_device_seal(&w->device, &bundle);
  test_line_open(&w->line, &w->device, NULL);
  assert_true(test_line_next(&w->line, &m));
  assert_int_equal(m.type, MSG_WELCOME);
  struct order order = next_order();
  assert_int_equal(order.kind, ORDER_WIPE);
  assert_int_equal(order.value, WIPE_SENT);
  assert_false(test_line_next(&w->line, &m));
  m = (struct message){.type = MSG_BUNDLE, .bundle = {.bytes = buf_slice(&bundle)}};
  test_line_send(&w->line, &m);
  assert_true(test_line_next(&w->line, &m));
  assert_int_equal(m.type, MSG_RECEIPTS);
  assert_int_equal(test_receipt(&w->host, m.receipts.receipts[0], &w->line.arena).status,
                   RECEIPT_QUARANTINED);
  assert_false(w->line.line.closed);
  buf_finish(&bundle);
  send_ack(order.number);
  assert_true(test_line_next(&w->line, &m));
  assert_int_equal(m.type, MSG_RECEIPTS);
  assert_int_equal(test_receipt(&w->host, m.receipts.receipts[0], &w->line.arena).status, RECEIPT_APPLIED);
  assert_true(test_line_next(&w->line, &m));
  assert_int_equal(m.type, MSG_BYE);
  assert_int_equal(m.bye.reason, BYE_REVOKED);
  test_line_close(&w->line);
}

static void the_welcome_says_how_far_the_hub_came_with_each_earlier_incarnation(void **state) {
  (void)state;
  struct message m;
  open_online();
  send_bundle(&w->world.zoe, ENUM_mark_code_P);
  test_line_close(&w->line);
  const struct chain_ref earlier[] = {{2, 0, 0}, {1, 1, 1}};
  struct msg_hello hello = {.device = w->device.id,
                            .incarnation = 3,
                            .schema = 1,
                            .manifest = 1,
                            .earlier = earlier,
                            .earlier_count = 2};
  test_line_open(&w->line, &w->device, &hello);
  assert_true(test_line_find(&w->line, MSG_WELCOME, &m));
  assert_int_equal(m.welcome.epoch, 1);
  assert_int_equal(m.welcome.earlier_count, 2);
  assert_int_equal(m.welcome.earlier[0].seq, 0);
  assert_int_equal(m.welcome.earlier[1].seq, 1);
  assert_memory_equal(m.welcome.earlier[1].hash, w->device.previous, hash_bytes);
  test_line_close(&w->line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, line_world_open, line_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(anybody_may_ask_for_the_manifest),
      TEST(rubbish_instead_of_an_opening_is_answered_by_silence),
      TEST(data_before_the_handshake_is_the_end),
      TEST(an_opening_for_another_hub_is_the_end),
      TEST(a_known_device_is_welcomed),
      TEST(knowing_an_id_without_its_key_is_not_enough),
      TEST(an_unknown_device_is_the_end),
      TEST(a_replayed_message_1_leads_nowhere),
      TEST(whoever_does_not_finish_the_handshake_in_time_is_cut_off),
      TEST(a_repeated_record_is_the_end),
      TEST(a_skipped_record_is_the_end),
      TEST(a_message_only_the_hub_sends_is_the_end),
      TEST(whoever_says_nothing_for_long_is_sent_home),
      TEST(a_hub_that_stops_says_so),
      TEST(a_bundle_is_answered_by_its_receipt),
      TEST(receipts_of_bundles_sent_together_come_together),
      TEST(the_welcome_says_where_the_hub_stands),
      TEST(the_receipt_of_a_bundle_that_came_by_file_comes_with_the_welcome),
      TEST(a_device_that_sends_more_than_the_hub_takes_is_told_to_come_back),
      TEST(a_fork_is_the_end_of_the_session_but_not_of_the_device),
      TEST(a_revoked_device_hands_over_its_work_and_is_sent_away),
      TEST(a_device_revoked_while_it_is_online_hears_of_it_at_once),
      TEST(an_order_is_told_until_it_is_carried_out),
      TEST(a_device_that_the_office_took_back_is_not_told_to_empty_itself),
      TEST(the_welcome_says_how_far_the_hub_came_with_each_earlier_incarnation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
