/* session_fuzz.c: a connection to the hub that sends what it likes: at once, in the middle of a handshake, or
 * as a known device. The hub answers or closes; what it holds does not change. */
#include <stdio.h>
#include <string.h>

#include "tests/lib/fuzz_input.h"
#include "tests/lib/hub_world.h"

static struct hub_host host;
static struct hub_world world;
static struct test_device device;
static uint8_t before[hash_bytes];

static void make_hub(void) {
  hub_host_open(&host, 5);
  hub_world_make(&world, &host);
  test_device_enrol(&device, &host, &world.ada, NULL);
  hub_host_digest(&host, before);
}

/* Records with a right seal around any plaintext: what a device gone wrong could send. */
static err emit(void *ctx, struct slice frame) {
  hub_line_bytes(ctx, frame);
  return ERR_OK;
}

static void send_sealed(struct test_line *t, struct slice in) {
  while (in.len > 0 && !t->line.closed) {
    struct slice piece = input_piece(&in);
    if (piece.len > 0) ASSERT(frame_write(&t->noise, piece, emit, &t->line) == ERR_OK);
  }
}

static void send_plain(struct hub_line *l, struct slice in) {
  while (in.len > 0 && !l->closed) {
    struct slice piece = input_piece(&in);
    hub_line_bytes(l, piece);
  }
}

static void as_stranger(struct slice in) {
  static struct hub_line line;
  hub_line_open(&line, &host);
  send_plain(&line, in);
  hub_line_event(&line, SESSION_TICK);
  hub_line_close(&line);
}

/* 1: message 3 and what follows is the input; 2: the input is HELLO's plaintext; 3: after a whole handshake,
 * sealed messages; 4: the same, not sealed. */
static void as_device(uint8_t kind, struct slice in) {
  static struct test_line t;
  if (kind >= 3)
    test_line_open(&t, &device, NULL);
  else
    test_line_begin(&t, &device, &device.box);
  if (kind == 2) {
    struct buf message = BUF_INIT(noise_message_bytes_max);
    struct slice hello = input_piece(&in);
    if (noise_handshake_write(&t.noise, hello, &message) == ERR_OK)
      hub_line_bytes(&t.line, buf_slice(&message));
    buf_finish(&message);
  }
  if (kind == 2 || kind == 3)
    send_sealed(&t, in);
  else
    send_plain(&t.line, in);
  hub_line_event(&t.line, SESSION_TICK);
  test_line_close(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  uint8_t after[hash_bytes];
  if (!host.store) make_hub();
  uint8_t kind = input_u8(&in) % 5;
  if (kind == 0)
    as_stranger(in);
  else
    as_device(kind, in);
  hub_host_digest(&host, after);
  ASSERT(memcmp(before, after, sizeof after) == 0);
  return 0;
}
