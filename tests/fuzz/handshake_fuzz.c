/* handshake_fuzz.c: Noise messages of somebody without the keys: whatever is sent in place of the right
 * message is refused, and after one wrong message nothing is accepted any more. */
#include "shared/crypto/noise.h"
#include "tests/lib/fuzz_input.h"

struct pair {
  struct noise device, hub;
  struct buf right, wrong, payload;
};

static const uint8_t psk[key_bytes] = {7};

static void must(err e) { ASSERT(e == ERR_OK); }

static void begin(struct pair *p, enum noise_pattern pattern) {
  struct box_keys device, hub;
  crypto_box_keys_from_secret(&device, (const uint8_t[key_bytes]){1});
  crypto_box_keys_from_secret(&hub, (const uint8_t[key_bytes]){2});
  struct noise_config config = {.pattern = pattern,
                                .initiator = true,
                                .prologue = slice_text("fuzz"),
                                .local_static = &device,
                                .remote_static = hub.public_key,
                                .psk = pattern == NOISE_XKPSK3 ? psk : NULL,
                                .ephemeral = (const uint8_t[key_bytes]){3}};
  must(noise_init(&p->device, &config));
  config.initiator = false;
  config.local_static = &hub;
  config.remote_static = NULL;
  config.ephemeral = (const uint8_t[key_bytes]){4};
  must(noise_init(&p->hub, &config));
  p->right = p->wrong = p->payload = (struct buf)BUF_INIT(noise_message_bytes_max * 2);
}

/* Message `step` (from 0), or afterwards a record, as its writer makes it. */
static void write_right(struct pair *p, unsigned step) {
  struct noise *from = step % 2 ? &p->hub : &p->device;
  buf_clear(&p->right);
  if (step < 3)
    must(noise_handshake_write(from, slice_text("hello"), &p->right));
  else
    must(noise_encrypt(from, slice_text("hello"), &p->right));
}

static err read_any(struct pair *p, unsigned step, struct slice message) {
  struct noise *to = step % 2 ? &p->device : &p->hub;
  buf_clear(&p->payload);
  return step < 3 ? noise_handshake_read(to, message, &p->payload) : noise_decrypt(to, message, &p->payload);
}

/* Either arbitrary bytes, or the right message cut or with some of its bytes changed. */
static void make_wrong(struct pair *p, struct slice *in) {
  struct slice piece = input_piece(in);
  buf_clear(&p->wrong);
  if (input_u8(in) % 2) {
    must(buf_append(&p->wrong, piece));
    return;
  }
  size_t len = p->right.len;
  if (piece.len > 0) len -= input_u8(&piece) % (len + 1);
  must(buf_append(&p->wrong, slice_of(p->right.ptr, len)));
  for (size_t at = 0; piece.len > 1; at++) {
    at += input_u8(&piece);
    if (at < p->wrong.len) p->wrong.ptr[at] ^= input_u8(&piece);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  struct pair p;
  uint8_t head = input_u8(&in);
  unsigned stop = (head >> 1) % 5;
  must(crypto_init());
  begin(&p, head % 2 ? NOISE_XKPSK3 : NOISE_XK);
  for (unsigned step = 0; step < stop; step++) {
    write_right(&p, step);
    must(read_any(&p, step, buf_slice(&p.right)));
  }
  write_right(&p, stop);
  make_wrong(&p, &in);
  if (!slice_equal(buf_slice(&p.wrong), buf_slice(&p.right))) {
    ASSERT(read_any(&p, stop, buf_slice(&p.wrong)) == ERR_CRYPTO);
    ASSERT(p.payload.len == 0);
    ASSERT(read_any(&p, stop, buf_slice(&p.right)) == ERR_CRYPTO);
  }
  noise_finish(&p.device);
  noise_finish(&p.hub);
  buf_finish(&p.right);
  buf_finish(&p.wrong);
  buf_finish(&p.payload);
  return 0;
}
