/* channel.c: what passes over one connection, byte for byte: opening, three Noise messages, the first frames.
 */
#include "tests/vectors/describe.h"
#include "tests/vectors/documents.h"

enum { noise_key_no = 2 };
struct meeting {
  struct noise device, hub;
  struct opening opening;
  struct buf prologue, message1, message2, message3, first;
};

static void must(err e) { ASSERT(e == ERR_OK); }

static void meeting_init(struct meeting *m, const struct fixture *f, enum opening_kind kind,
                         const uint8_t *psk) {
  *m = (struct meeting){.prologue = BUF_INIT(128),
                        .message1 = BUF_INIT(frame_bytes_max),
                        .message2 = BUF_INIT(frame_bytes_max),
                        .message3 = BUF_INIT(frame_bytes_max),
                        .first = BUF_INIT(frame_bytes_max)};
  m->opening = (struct opening){.kind = kind, .hub = f->hub, .noise_key = noise_key_no};
  if (kind == OPENING_ENROL) enrol_token_id(&m->opening.token, f->enrol_seed);
  must(opening_prologue(&m->prologue, &m->opening));
  struct noise_config config = {.pattern = kind == OPENING_ENROL ? NOISE_XKPSK3 : NOISE_XK,
                                .initiator = true,
                                .prologue = buf_slice(&m->prologue),
                                .local_static = &f->device_noise,
                                .remote_static = f->hub_noise.public_key,
                                .psk = psk,
                                .ephemeral = f->device_ephemeral};
  must(noise_init(&m->device, &config));
  config.initiator = false, config.local_static = &f->hub_noise, config.remote_static = NULL;
  config.ephemeral = f->hub_ephemeral;
  must(noise_init(&m->hub, &config));
}

static void meeting_shake(struct meeting *m, struct slice payload) {
  struct buf read = BUF_INIT(frame_bytes_max);
  must(noise_handshake_write(&m->device, slice_of(NULL, 0), &m->message1));
  must(noise_handshake_read(&m->hub, buf_slice(&m->message1), &read));
  must(noise_handshake_write(&m->hub, slice_of(NULL, 0), &m->message2));
  must(noise_handshake_read(&m->device, buf_slice(&m->message2), &read));
  must(noise_handshake_write(&m->device, payload, &m->message3));
  must(noise_handshake_read(&m->hub, buf_slice(&m->message3), &read));
  ASSERT(slice_equal(buf_slice(&read), payload) && noise_ready(&m->hub) && noise_ready(&m->device));
  m->opening.noise = buf_slice(&m->message1);
  must(opening_encode(&m->first, &m->opening));
  buf_finish(&read);
}

static err frame_keep(void *ctx, struct slice frame) {
  json_array_append_new(ctx, describe_hex(frame));
  return ERR_OK;
}

static json_t *frames_json(struct noise *n, struct slice message) {
  json_t *frames = json_array();
  must(frame_write(n, message, frame_keep, frames));
  return frames;
}

static json_t *meeting_json(struct meeting *m, const char *name, struct slice payload,
                            const struct fixture *f) {
  char digits[7];
  crypto_six_digits(digits, noise_transcript(&m->device));
  return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "name", name,
                   "device_ephemeral_secret", describe_hex(slice_of(f->device_ephemeral, key_bytes)),
                   "hub_ephemeral_secret", describe_hex(slice_of(f->hub_ephemeral, key_bytes)), "prologue",
                   describe_hex(buf_slice(&m->prologue)), "opening", describe_hex(buf_slice(&m->first)),
                   "message_2", describe_hex(buf_slice(&m->message2)), "message_3_payload",
                   describe_hex(payload), "message_3", describe_hex(buf_slice(&m->message3)),
                   "transcript_hash", describe_hex(slice_of(noise_transcript(&m->device), hash_long_bytes)),
                   "six_digits", digits);
}

static void meeting_finish(struct meeting *m) {
  noise_finish(&m->device), noise_finish(&m->hub);
  buf_finish(&m->prologue), buf_finish(&m->message1), buf_finish(&m->message2), buf_finish(&m->message3);
  buf_finish(&m->first);
}

static json_t *meet(const struct samples *s, const char *name, enum opening_kind kind,
                    const char *payload_name, const char *answer_name, const char *next_name) {
  struct meeting m;
  uint8_t psk[key_bytes];
  struct slice payload = samples_named(s, payload_name)->bytes;
  enrol_psk(psk, s->fixture.enrol_seed);
  meeting_init(&m, &s->fixture, kind, kind == OPENING_ENROL ? psk : NULL);
  meeting_shake(&m, payload);
  json_t *out = meeting_json(&m, name, payload, &s->fixture);
  if (kind == OPENING_ENROL) json_object_set_new(out, "psk", describe_hex(slice_of(psk, key_bytes)));
  json_object_set_new(out, "hub_message", describe_hex(samples_named(s, answer_name)->bytes));
  json_object_set_new(out, "hub_frames", frames_json(&m.hub, samples_named(s, answer_name)->bytes));
  json_object_set_new(out, "device_message", describe_hex(samples_named(s, next_name)->bytes));
  json_object_set_new(out, "device_frames", frames_json(&m.device, samples_named(s, next_name)->bytes));
  meeting_finish(&m);
  return out;
}

json_t *channel_document(const struct samples *s) {
  struct buf manifest = BUF_INIT(1);
  must(opening_encode(&manifest, &(struct opening){.kind = OPENING_MANIFEST}));
  json_t *out =
      json_pack("{s:s, s:o, s:[o,o]}", "about",
                "Connections from the first byte, with the static keys of keys.json; hub noise key number 2.",
                "manifest_opening", describe_hex(buf_slice(&manifest)), "handshakes",
                meet(s, "sync", OPENING_SYNC, "hello", "welcome", "bundle message"),
                meet(s, "enrol", OPENING_ENROL, "enrol", "enrolled", "enrol confirm"));
  buf_finish(&manifest);
  return out;
}
