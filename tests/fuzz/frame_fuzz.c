/* frame_fuzz.c: the joiner of frames on its own: whole messages, pieces with a right seal around anything,
 * and frames of any bytes. A model beside it says what must come out. */
#include <string.h>

#include "proto/messages.h"
#include "tests/lib/fuzz_input.h"

/* A message that is as long as it may be, and a frame or two: what more an input carries takes time and shows
 * nothing new. */
enum { steps_max = 64, full = 0x80, carried_bytes_max = message_bytes_max + 2 * frame_bytes_max };

struct wire {
  struct noise device, hub;
  struct frame_joiner joiner;
  struct buf plain, frame, given;
  struct buf expected; /* the message so far, as the model has it */
  bool begun;          /* the message has pieces already */
  size_t carried;      /* bytes so far, in frames of either kind */
};

static void must(err e) { ASSERT(e == ERR_OK); }

/* Frames need transport keys alone; where those come from is the handshake's business. The harness's own
 * buffers are kept from one input to the next: to ask for a megabyte again was half of the time. */
static void wire_init(struct wire *w) {
  struct wire kept = *w;
  if (kept.plain.max == 0)
    kept = (struct wire){.plain = BUF_INIT(frame_bytes_max),
                         .frame = BUF_INIT(frame_bytes_max),
                         .given = BUF_INIT(message_bytes_max + 1),
                         .expected = BUF_INIT(message_bytes_max + frame_bytes_max)};
  *w =
      (struct wire){.plain = kept.plain, .frame = kept.frame, .given = kept.given, .expected = kept.expected};
  buf_clear(&w->expected);
  w->device.step = w->hub.step = 3;
  w->device.initiator = true;
  w->device.send_key[0] = w->hub.receive_key[0] = 1;
  w->hub.send_key[0] = w->device.receive_key[0] = 2;
  frame_joiner_init(&w->joiner);
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

/* The last piece stands where it should; what stood before it was looked at when it came, and is once more
 * when the message is complete. */
static void check_joined(const struct wire *w, size_t piece) {
  struct slice got = buf_slice(&w->joiner.message), want = buf_slice(&w->expected);
  size_t from = w->joiner.complete ? 0 : want.len - piece;
  ASSERT(got.len == want.len);
  if (want.len == 0) return;
  ASSERT(slice_equal(slice_of(got.ptr + from, got.len - from), slice_of(want.ptr + from, want.len - from)));
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
  check_joined(w, w->plain.len - 1);
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
  w->carried += w->plain.len;
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

/* Lengths that a message may have, and one more; of the other numbers, most, the low bits alone. */
static size_t message_len(struct slice *in) {
  uint32_t n = input_u24(in);
  return n <= message_bytes_max + 1 ? n : n % 4096;
}

static bool give_message(struct wire *w, struct slice *in) {
  struct buf *message = &w->given;
  if (w->begun) return true; /* a writer does not begin one in the middle of another */
  buf_clear(message);
  must(buf_append_zeros(message, message_len(in)));
  w->carried += message->len;
  struct slice head = input_piece(in);
  if (head.len > message->len) head.len = message->len;
  if (head.len > 0) bytes_copy(message->ptr, head.ptr, head.len);
  err e = frame_write(&w->device, buf_slice(message), read_emitted, w);
  ASSERT(e == (message->len > message_bytes_max ? ERR_TOO_BIG : ERR_OK));
  if (e == ERR_OK) {
    ASSERT(w->joiner.complete && slice_equal(buf_slice(&w->joiner.message), buf_slice(message)));
    buf_clear(&w->expected);
  }
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  static struct wire w;
  bool open = true;
  must(crypto_init());
  wire_init(&w);
  for (size_t step = 0; open && in.len > 0 && step < steps_max && w.carried < carried_bytes_max; step++) {
    uint8_t how = input_u8(&in);
    switch (how & full ? 0 : how % 4) {
    case 1: open = give_raw(&w, &in); break;
    case 2: open = give_message(&w, &in); break;
    default: open = give_piece(&w, how, &in); break;
    }
    ASSERT(w.joiner.message.len <= message_bytes_max);
  }
  frame_joiner_finish(&w.joiner);
  return 0;
}
