/* hub_line.c: a scripted device's side of the line: handshake, frames, messages. */
#include "tests/lib/hub_world.h"

static void must(err e) { ASSERT(e == ERR_OK); }

void test_line_begin(struct test_line *t, struct test_device *d, const struct box_keys *box) {
  struct hub_host *h = d->host;
  *t = (struct test_line){.device = d, .arena = ARENA_INIT(1 << 28)};
  hub_line_open(&t->line, h);
  frame_joiner_init(&t->in);
  struct opening o = {.kind = OPENING_SYNC, .hub = h->hub.id, .noise_key = h->hub.noise[0].number};
  struct buf prologue = BUF_INIT(1024), message = BUF_INIT(1024), opening = BUF_INIT(1024);
  struct entropy e = hub_host_entropy(h);
  uint8_t ephemeral[key_bytes];
  entropy_fill(&e, ephemeral, sizeof ephemeral);
  must(opening_prologue(&prologue, &o));
  struct noise_config config = {.pattern = NOISE_XK,
                                .initiator = true,
                                .prologue = buf_slice(&prologue),
                                .local_static = box,
                                .remote_static = h->hub.noise[0].keys.public_key,
                                .ephemeral = ephemeral};
  must(noise_init(&t->noise, &config));
  must(noise_handshake_write(&t->noise, slice_of(NULL, 0), &message));
  o.noise = buf_slice(&message);
  must(opening_encode(&opening, &o));
  hub_line_bytes(&t->line, buf_slice(&opening));
  struct slice answer;
  struct buf payload = BUF_INIT(1024);
  ASSERT(hub_line_take(&t->line, &answer));
  must(noise_handshake_read(&t->noise, answer, &payload));
  buf_finish(&payload);
  buf_finish(&prologue);
  buf_finish(&message);
  buf_finish(&opening);
}

void test_line_hello(struct test_line *t, const struct msg_hello *hello) {
  struct message m = {.type = MSG_HELLO};
  struct buf payload = BUF_INIT(4096), message = BUF_INIT(8192);
  if (hello)
    m.hello = *hello;
  else
    m.hello = (struct msg_hello){.device = t->device->id,
                                 .incarnation = t->device->incarnation,
                                 .sealed_seq = t->device->seq,
                                 .schema = schema_version,
                                 .wall_ms = t->device->host->now.wall_ms,
                                 .manifest = 1,
                                 .program = slice_text("test 1")};
  must(message_encode(&payload, &m));
  must(noise_handshake_write(&t->noise, buf_slice(&payload), &message));
  hub_line_bytes(&t->line, buf_slice(&message));
  buf_finish(&payload);
  buf_finish(&message);
}

void test_line_open(struct test_line *t, struct test_device *d, const struct msg_hello *hello) {
  test_line_begin(t, d, &d->box);
  test_line_hello(t, hello);
}

void test_line_close(struct test_line *t) {
  hub_line_close(&t->line);
  frame_joiner_finish(&t->in);
  noise_finish(&t->noise);
  arena_finish(&t->arena);
}

static err emit(void *ctx, struct slice frame) {
  struct test_line *t = ctx;
  hub_line_bytes(&t->line, frame);
  return ERR_OK;
}

void test_line_send(struct test_line *t, const struct message *m) {
  struct buf bytes = BUF_INIT(message_bytes_max);
  must(message_encode(&bytes, m));
  must(frame_write(&t->noise, buf_slice(&bytes), emit, t));
  buf_finish(&bytes);
}

bool test_line_next(struct test_line *t, struct message *out) {
  struct slice frame;
  while (hub_line_take(&t->line, &frame)) {
    must(frame_read(&t->in, &t->noise, frame));
    if (!t->in.complete) continue;
    struct slice copy = arena_copy(&t->arena, buf_slice(&t->in.message));
    must(message_decode(out, copy, &t->arena));
    return true;
  }
  return false;
}

bool test_line_find(struct test_line *t, enum message_type type, struct message *out) {
  while (test_line_next(t, out)) {
    if (out->type == type) return true;
  }
  return false;
}

void test_line_subscribe(struct test_line *t, const struct stream_position *streams, size_t count,
                         uint32_t epoch) {
  struct message m = {.type = MSG_SUBSCRIBE,
                      .subscribe = {.epoch = epoch, .streams = streams, .count = count}};
  test_line_send(t, &m);
}
