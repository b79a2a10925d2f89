/* frame.c: messages cut into Noise transport messages, and put together again. */
#include "proto/messages.h"

enum { flag_bytes = 1, frame_last = 0, frame_more = 1 };

void frame_joiner_init(struct frame_joiner *j) {
  *j = (struct frame_joiner){.message = BUF_INIT(message_bytes_max + flag_bytes)};
}

void frame_joiner_finish(struct frame_joiner *j) { buf_wipe(&j->message); }

/* A connection that once carried a bundle does not keep its megabyte for the next small message. */
static void start_message(struct frame_joiner *j) {
  if (j->message.cap > frame_bytes_max) buf_wipe(&j->message);
  buf_clear(&j->message);
  j->complete = false;
}

err frame_read(struct frame_joiner *j, struct noise *n, struct slice frame) {
  if (j->complete) start_message(j);
  struct buf *message = &j->message;
  size_t start = message->len;
  if (frame.len > frame_bytes_max) return ERR_TOO_BIG;
  if (frame.len < flag_bytes + noise_tag_bytes) return ERR_TRUNCATED;
  size_t piece = frame.len - flag_bytes - noise_tag_bytes;
  if (start + piece > message_bytes_max) return ERR_TOO_BIG;
  TRY(noise_decrypt(n, frame, message));
  uint8_t flag = message->ptr[start];
  bytes_move(message->ptr + start, message->ptr + start + flag_bytes, piece);
  message->len = start + piece;
  /* Only the last frame may be short: nobody can keep a message open with a drip of tiny ones. */
  if (flag > frame_more || (flag == frame_more && piece != frame_plain_bytes_max)) return ERR_MALFORMED;
  j->complete = flag == frame_last;
  return ERR_OK;
}

static err write_piece(struct noise *n, struct slice piece, bool last, struct buf *plain, struct buf *frame) {
  buf_clear(plain);
  buf_clear(frame);
  TRY(buf_put_u8(plain, last ? frame_last : frame_more));
  TRY(buf_append(plain, piece));
  return noise_encrypt(n, buf_slice(plain), frame);
}

err frame_write(struct noise *n, struct slice message, err (*emit)(void *ctx, struct slice frame),
                void *ctx) {
  struct buf plain = BUF_INIT(frame_bytes_max), frame = BUF_INIT(frame_bytes_max);
  err e = message.len > message_bytes_max ? ERR_TOO_BIG : ERR_OK;
  bool last = false;
  while (e == ERR_OK && !last) {
    last = message.len <= frame_plain_bytes_max;
    struct slice piece = slice_of(message.ptr, last ? message.len : frame_plain_bytes_max);
    e = write_piece(n, piece, last, &plain, &frame);
    if (e == ERR_OK) e = emit(ctx, buf_slice(&frame));
    if (!last) message = slice_of(message.ptr + piece.len, message.len - piece.len);
  }
  buf_wipe(&plain);
  buf_finish(&frame);
  return e;
}
