/* frame_fuzz.c: the joiner of frames on its own: whole messages, pieces with a right seal around anything,
 * and frames of any bytes. A model beside it says what must come out. */
#include <string.h>

#include "proto/messages.h"
#include "tests/lib/fuzz_input.h"

enum { steps_max = 64, full = 0x80 };

struct wire {
  struct noise device, hub;
  struct frame_joiner joiner;
  struct buf plain, frame;
  struct buf expected; /* the message so far, as the model has it */
  bool begun;          /* the message has pieces already */
};

static void must(err e) { ASSERT(e == ERR_OK); }

/* Frames need transport keys alone; where those come from is the handshake's business. */
static void wire_init(struct wire *w) {
  *w = (struct wire){.plain = BUF_INIT(frame_bytes_max),
                     .frame = BUF_INIT(frame_bytes_max),
                     .expected = BUF_INIT(message_bytes_max + frame_bytes_max)};
  w->device.step = w->hub.step = 3;
  w->device.initiator = true;
  w->device.send_key[0] = w->hub.receive_key[0] = 1;
  w->hub.send_key[0] = w->device.receive_key[0] = 2;
  frame_joiner_init(&w->joiner);
}

static void wire_finish(struct wire *w) {
  frame_joiner_finish(&w->joiner);
  buf_finish(&w->plain);
  buf_finish(&w->frame);
  buf_finish(&w->expected);
}

/* What the protocol says of one decrypted frame behind those before it. */
static bool model_takes(struct wire *w, struct slice plain) {
  uint8_t flag = plain.ptr[0];
  struct slice piece = slice_of(plain.ptr + 1, plain.len - 1);
  if (!w->begun) buf_clear(&w->expected);
  if (flag > 1 || w->expected.len + piece.len > message_bytes_max) return false;
  if (flag == 1 && piece.len != frame_plain_bytes_max) return false;
  must(buf_append(&w->expected, piece));
  w->begun = flag == 1;
  return true;
}

/* One sealed frame around `w->plain`; false when the connection ends. */
static bool give_sealed(struct wire *w) {
  buf_clear(&w->frame);
  must(noise_encrypt(&w->device, buf_slice(&w->plain), &w->frame));
  bool takes = model_takes(w, buf_slice(&w->plain));
  err e = frame_read(&w->joiner, &w->hub, buf_slice(&w->frame));
  ASSERT((e == ERR_OK) == takes);
  if (!takes) return false;
  ASSERT(w->joiner.complete == !w->begun);
  ASSERT(slice_equal(buf_slice(&w->joiner.message), buf_slice(&w->expected)));
  return true;
}

/* A flag and a piece: of the input, or as many bytes as a frame holds. */
static bool give_piece(struct wire *w, uint8_t how, struct slice *in) {
  buf_clear(&w->plain);
  must(buf_put_u8(&w->plain, how & full ? 1 : input_u8(in)));
  if (how & full)
    must(buf_append_zeros(&w->plain, frame_plain_bytes_max));
  else
    must(buf_append(&w->plain, input_piece(in)));
  if (w->plain.len > frame_plain_bytes_max + 1) w->plain.len = frame_plain_bytes_max + 1;
  return give_sealed(w);
}

/* Nobody without the key makes a frame that is taken, and after one such frame nothing is. */
static bool give_raw(struct wire *w, struct slice *in) {
  ASSERT(frame_read(&w->joiner, &w->hub, input_piece(in)) != ERR_OK);
  return false;
}

static err read_emitted(void *ctx, struct slice frame) {
  struct wire *w = ctx;
  return frame_read(&w->joiner, &w->hub, frame);
}

static bool give_message(struct wire *w, struct slice *in) {
  struct buf message = BUF_INIT(message_bytes_max + 1);
  if (w->begun) return true; /* a writer does not begin one in the middle of another */
  must(buf_append_zeros(&message, input_u24(in) % (message_bytes_max + 2)));
  struct slice head = input_piece(in);
  if (head.len > message.len) head.len = message.len;
  if (head.len > 0) bytes_copy(message.ptr, head.ptr, head.len);
  err e = frame_write(&w->device, buf_slice(&message), read_emitted, w);
  ASSERT(e == (message.len > message_bytes_max ? ERR_TOO_BIG : ERR_OK));
  if (e == ERR_OK) {
    ASSERT(w->joiner.complete && slice_equal(buf_slice(&w->joiner.message), buf_slice(&message)));
    buf_clear(&w->expected);
  }
  buf_finish(&message);
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  struct wire w;
  bool open = true;
  must(crypto_init());
  wire_init(&w);
  for (size_t step = 0; open && in.len > 0 && step < steps_max; step++) {
    uint8_t how = input_u8(&in);
    switch (how & full ? 0 : how % 4) {
    case 1: open = give_raw(&w, &in); break;
    case 2: open = give_message(&w, &in); break;
    default: open = give_piece(&w, how, &in); break;
    }
    ASSERT(w.joiner.message.len <= message_bytes_max);
  }
  wire_finish(&w);
  return 0;
}
