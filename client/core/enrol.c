/* enrol.c: enrolment, from a code to an identity. */
#include "client/core/enrol.h"

#include <stdio.h>

#include "client/core/state.h"

enum { enrol_confirm_ms_max = enrol_token_ms_max };

void enrol_init(struct enrol *e) {
  bytes_zero(e, sizeof *e);
  e->manifest_bytes = (struct buf)BUF_INIT(enrol_manifest_bytes_max);
  e->memory = (struct arena)ARENA_INIT(1048576);
  frame_joiner_init(&e->joiner);
}

void enrol_finish(struct enrol *e) {
  frame_joiner_finish(&e->joiner);
  buf_finish(&e->manifest_bytes);
  arena_finish(&e->memory);
  crypto_wipe(e, sizeof *e);
}

static void enter(struct core *c, enum enrol_stage stage, uint64_t wait_ms) {
  ASSERT(stage < enrol_stage_count);
  c->enrol.stage = stage;
  c->enrol.deadline = stage == ENROL_IDLE ? 0 : c->now.mono_ms + wait_ms;
}

static err open_link(struct core *c, enum enrol_stage stage) {
  c->sync.link += 1;
  c->enrol.link = c->sync.link;
  enter(c, stage, handshake_ms_max);
  return actions_add(&c->actions, ACT_LINK_OPEN, c->enrol.link, slice_text(c->enrol.url));
}

static err close_link(struct core *c) {
  return actions_add(&c->actions, ACT_LINK_CLOSE, c->enrol.link, slice_of(NULL, 0));
}

static err send(struct core *c, struct slice bytes) {
  return actions_add(&c->actions, ACT_LINK_SEND, c->enrol.link, bytes);
}

/* Ends the attempt; the call that waits hears why. Keys and code stay in memory for another try. */
static err fail(struct core *c, err code, const char *text) {
  struct enrol *e = &c->enrol;
  struct fault fault = {.code = ERR_OK};
  bool waits = e->stage != ENROL_IDLE && e->stage != ENROL_SHOWN;
  enum enrol_stage before = e->stage;
  (void)fault_set(&fault, code, "%s", text);
  noise_finish(&e->noise);
  enter(c, ENROL_IDLE, 0);
  log_write(c->config.log, LOG_WARN, "enrol", "failed stage=%d code=%s", (int)before, err_name(code));
  if (waits) TRY(core_reply(c, e->host_id, e->call_id, NULL, &fault));
  return close_link(c);
}

/* ---- enrol.start ---- */

static err take_code(struct core *c, struct call *call, struct enrol_code *code) {
  TRY(enrol_parse(code, call->args[ARG_OF(enrol_start, code)].text, &call->fault));
  if (code->url.len == 0) code->url = slice_text(c->config.hub_url);
  if (code->url.len == 0)
    return fault_set(&call->fault, ERR_INVALID,
                     "this device was not told the hub's address; scan the code instead of typing it");
  if (code->url.len < enrol_url_bytes &&
      slice_equal(slice_of(code->url.ptr, code->url.len < 6 ? 0 : 6), slice_text("wss://")))
    return ERR_OK;
  return fault_set(&call->fault, ERR_INVALID,
                   "the hub's address in this code is not one that begins with wss://");
}

/* The same code keeps the same keys: a hub that had already made the device knows it again. */
static void take_keys(struct core *c, const struct enrol_code *code) {
  struct enrol *e = &c->enrol;
  bool same = e->has_keys && crypto_equal(e->seed, code->seed, enrol_seed_bytes);
  bytes_copy(e->seed, code->seed, enrol_seed_bytes);
  bytes_copy(e->fingerprint, code->fingerprint, enrol_fingerprint_bytes);
  bytes_zero(e->url, sizeof e->url);
  bytes_copy(e->url, code->url.ptr, code->url.len);
  if (same) return;
  crypto_sign_keys(&e->sign, &c->config.entropy);
  crypto_box_keys(&e->noise_keys, &c->config.entropy);
  e->has_keys = true;
}

static void wait_for_answer(struct core *c, struct call *call) {
  c->enrol.host_id = call->host_id;
  c->enrol.call_id = call->id;
  call->later = true;
}

err enrol_start(struct core *c, struct call *call) {
  struct enrol_code code;
  if (c->identity.enrolled) TRY(renew_check(c, call));
  TRY(take_code(c, call, &code));
  if (c->enrol.stage != ENROL_IDLE) TRY(fail(c, ERR_CONFLICT, "another code was entered"));
  take_keys(c, &code);
  TRY(sync_close(c, "", 1));
  wait_for_answer(c, call);
  return open_link(c, ENROL_FETCH_OPENING);
}

/* ---- fetching the manifest ---- */

static err ask_manifest(struct core *c) {
  struct opening o = {.kind = OPENING_MANIFEST};
  struct buf bytes = BUF_INIT(256);
  err e = opening_encode(&bytes, &o);
  if (e == ERR_OK) e = send(c, buf_slice(&bytes));
  buf_finish(&bytes);
  enter(c, ENROL_FETCHING, handshake_ms_max);
  return e;
}

static err keep_manifest(struct enrol *e, struct slice bytes) {
  buf_clear(&e->manifest_bytes);
  arena_clear(&e->memory);
  TRY(buf_append(&e->manifest_bytes, bytes));
  return manifest_decode(&e->manifest, buf_slice(&e->manifest_bytes), NULL, &e->memory);
}

static err take_manifest(struct core *c, struct slice bytes) {
  struct enrol *e = &c->enrol;
  uint8_t fingerprint[enrol_fingerprint_bytes];
  if (keep_manifest(e, bytes) != ERR_OK)
    return fail(c, ERR_CRYPTO, "the hub at that address gave no valid statement of its keys");
  enrol_fingerprint(fingerprint, e->manifest.sign_public);
  if (!crypto_equal(fingerprint, e->fingerprint, sizeof fingerprint)) {
    return fail(c, ERR_OTHER_HUB, "the hub at that address is not the one this code is from");
  }
  if (e->manifest.version_min > protocol_version)
    return fail(c, ERR_VERSION, "this program is too old for the hub; update it first");
  TRY(close_link(c));
  return open_link(c, ENROL_OPENING);
}

/* ---- handshake ---- */

static err begin_noise(struct core *c, const struct opening *o) {
  struct enrol *e = &c->enrol;
  struct buf prologue = BUF_INIT(256);
  uint8_t ephemeral[key_bytes];
  uint8_t psk[key_bytes];
  entropy_fill(&c->config.entropy, ephemeral, sizeof ephemeral);
  enrol_psk(psk, e->seed);
  err result = opening_prologue(&prologue, o);
  struct noise_config config = {.pattern = NOISE_XKPSK3,
                                .initiator = true,
                                .prologue = buf_slice(&prologue),
                                .local_static = &e->noise_keys,
                                .remote_static = e->manifest.noise_public,
                                .psk = psk,
                                .ephemeral = ephemeral};
  noise_finish(&e->noise);
  if (result == ERR_OK) result = noise_init(&e->noise, &config);
  crypto_wipe(ephemeral, sizeof ephemeral);
  crypto_wipe(psk, sizeof psk);
  buf_finish(&prologue);
  return result;
}

static err send_opening(struct core *c) {
  struct enrol *e = &c->enrol;
  struct opening o = {.kind = OPENING_ENROL, .hub = e->manifest.hub, .noise_key = e->manifest.noise_key};
  struct buf message1 = BUF_INIT(256);
  struct buf whole = BUF_INIT(512);
  enrol_token_id(&o.token, e->seed);
  err result = begin_noise(c, &o);
  if (result == ERR_OK) result = noise_handshake_write(&e->noise, slice_of(NULL, 0), &message1);
  o.noise = buf_slice(&message1);
  if (result == ERR_OK) result = opening_encode(&whole, &o);
  if (result == ERR_OK) result = send(c, buf_slice(&whole));
  buf_finish(&message1);
  buf_finish(&whole);
  enter(c, ENROL_SHAKING, handshake_ms_max);
  return result;
}

static err write_message3(struct core *c, struct buf *payload, struct buf *message3) {
  struct enrol *e = &c->enrol;
  struct message m = {
      .type = MSG_ENROL,
      .enrol = {.kind = c->config.device_kind ? c->config.device_kind : ENUM_device_kind_kiosk,
                .program = slice_text(c->config.version)}};
  bytes_copy(m.enrol.sign_public, e->sign.public_key, key_bytes);
  buf_clear(payload);
  TRY(message_encode(payload, &m));
  TRY(noise_handshake_write(&e->noise, buf_slice(payload), message3));
  return send(c, buf_slice(message3));
}

/* The name of the device is the office's and comes with the certificate; until then it is empty. */
static err show_digits(struct core *c) {
  struct enrol *e = &c->enrol;
  struct packer p;
  struct buf result = BUF_INIT(4096);
  char digits[7];
  crypto_six_digits(digits, noise_transcript(&e->noise));
  pack_init(&p, &result);
  pack_map(&p, FIELDS_Enrolling);
  answer_words(&p, "digits", digits);
  answer_text(&p, "hub_name", e->manifest.hub_name);
  answer_text(&p, "device_name", slice_of(NULL, 0));
  err code = pack_end(&p);
  struct slice bytes = buf_slice(&result);
  if (code == ERR_OK) code = core_reply(c, e->host_id, e->call_id, &bytes, NULL);
  buf_finish(&result);
  enter(c, ENROL_SHOWN, enrol_confirm_ms_max);
  return code;
}

static err shake(struct core *c, struct slice bytes) {
  struct buf payload = BUF_INIT(4096);
  struct buf message3 = BUF_INIT(4096);
  err code = noise_handshake_read(&c->enrol.noise, bytes, &payload);
  bool trusted = code == ERR_OK;
  if (trusted) code = write_message3(c, &payload, &message3);
  buf_finish(&payload);
  buf_finish(&message3);
  if (!trusted)
    return fail(c, ERR_CRYPTO, "the hub did not accept this code; it may have been used or has expired");
  TRY(code);
  return show_digits(c);
}

/* ---- enrol.confirm ---- */

static err emit(void *ctx, struct slice frame) { return send(ctx, frame); }

err enrol_confirm(struct core *c, struct call *call) {
  struct enrol *e = &c->enrol;
  struct message m = {.type = MSG_ENROL_CONFIRM};
  struct buf bytes = BUF_INIT(256);
  if (e->stage != ENROL_SHOWN)
    return fault_set(&call->fault, ERR_CONFLICT, "there is no enrolment to confirm; enter the code first");
  err code = message_encode(&bytes, &m);
  if (code == ERR_OK) code = frame_write(&e->noise, buf_slice(&bytes), emit, c);
  buf_finish(&bytes);
  TRY(code);
  wait_for_answer(c, call);
  enter(c, ENROL_CONFIRMING, handshake_ms_max);
  return ERR_OK;
}

static bool is_for_us(const struct core *c, const struct certificate *cert, const struct msg_enrolled *m) {
  const struct enrol *e = &c->enrol;
  return id_equal(&cert->hub, &e->manifest.hub) && id_equal(&cert->device, &m->device) &&
         crypto_equal(cert->sign_public, e->sign.public_key, key_bytes) &&
         crypto_equal(cert->noise_public, e->noise_keys.public_key, key_bytes);
}

/* Who may sign in becomes durable before the identity: a device that is enrolled knows its people. */
static err become(struct core *c, const struct msg_enrolled *m, const struct manifest *manifest) {
  struct enrol *e = &c->enrol;
  bool changed = false;
  struct identity next = {.hub = manifest->hub,
                          .device = m->device,
                          .incarnation = 1,
                          .sign = e->sign,
                          .noise = e->noise_keys,
                          .url = slice_text(e->url),
                          .hub_name = manifest->hub_name,
                          .device_name = m->device_name,
                          .certificate = m->certificate,
                          .manifest_bytes = m->manifest};
  entropy_fill(&c->config.entropy, next.device_secret, sizeof next.device_secret);
  sign_ring_add(&next.hub_keys, e->manifest.sign_public);
  bytes_copy(next.lease_secret, m->lease_secret, key_bytes);
  lease_renew(&next.lease, lease_days_default, m->hub_ms, &c->now);
  clock_learn(&c->clock, &c->now, &c->now, m->hub_ms);
  next.clock = c->clock;
  if (c->identity.enrolled) TRY(renew_discard(c));
  TRY(gone_forget(&c->gone, &c->config.files));
  TRY(roll_replace(&c->roll, m->staff, m->staff_count, &changed));
  if (!changed) TRY(roll_save(&c->roll)); /* the file may hold the PINs of what was discarded */
  err code = identity_put(&c->identity, &next, &c->config.files);
  crypto_wipe(&next, sizeof next);
  return code;
}

static err take_enrolled(struct core *c, const struct msg_enrolled *m) {
  struct enrol *e = &c->enrol;
  struct certificate cert;
  struct manifest manifest;
  if (certificate_decode(&cert, m->certificate, e->manifest.sign_public, &c->arena) != ERR_OK ||
      !is_for_us(c, &cert, m) ||
      manifest_decode(&manifest, m->manifest, e->manifest.sign_public, &c->arena) != ERR_OK) {
    return fail(c, ERR_CRYPTO, "the hub's certificate for this device is not valid");
  }
  err made = become(c, m, &manifest);
  if (made == ERR_FULL)
    return fail(c, made,
                "the storage of this device is full: free some space, then enter the same code again");
  if (made == ERR_READ_ONLY)
    return fail(c, made,
                "the data folder of this device cannot be written to: see to that, then enter the same "
                "code again");
  TRY(made);
  TRY(close_link(c));
  entropy_fill(&c->config.entropy, c->db_key, key_bytes);
  c->has_key = c->setup = true;
  uint32_t host_id = e->host_id;
  uint64_t call_id = e->call_id;
  enrol_finish(e);
  enrol_init(e);
  core_topic(c, "device", NULL);
  struct packer p;
  struct buf result = BUF_INIT(call_bytes_max);
  pack_init(&p, &result);
  status_device(c, &p);
  err code = pack_end(&p);
  struct slice bytes = buf_slice(&result);
  if (code == ERR_OK) code = core_reply(c, host_id, call_id, &bytes, NULL);
  buf_finish(&result);
  return code;
}

static err confirming(struct core *c, struct slice bytes) {
  struct enrol *e = &c->enrol;
  struct message m;
  err code = frame_read(&e->joiner, &e->noise, bytes);
  if (code == ERR_OK && !e->joiner.complete) return ERR_OK;
  struct slice copy = arena_copy(&c->arena, buf_slice(&e->joiner.message));
  if (code == ERR_OK) code = message_decode(&m, copy, &c->arena);
  if (code == ERR_NO_MEMORY) return code;
  if (code == ERR_OK && m.type == MSG_ENROLLED) return take_enrolled(c, &m.enrolled);
  return fail(c, ERR_NETWORK, "the hub did not finish the enrolment; try the same code again");
}

/* ---- the link ---- */

err enrol_up(struct core *c) {
  switch (c->enrol.stage) {
  case ENROL_FETCH_OPENING: return ask_manifest(c);
  case ENROL_OPENING: return send_opening(c);
  default: return ERR_OK;
  }
}

err enrol_bytes(struct core *c, struct slice bytes) {
  switch (c->enrol.stage) {
  case ENROL_FETCHING: return take_manifest(c, bytes);
  case ENROL_SHAKING: return shake(c, bytes);
  case ENROL_CONFIRMING: return confirming(c, bytes);
  default: return fail(c, ERR_NETWORK, "the hub closed the enrolment");
  }
}

/* A hub that does not want a device closes without a word, like a line that breaks. */
err enrol_down(struct core *c, struct slice reason) {
  static const char lost[] = "the connection to the hub was lost";
  char text[128];
  struct slice words = reason.len && reason.len < 120 && utf8_valid(reason) ? reason : slice_text(lost);
  if (c->enrol.stage == ENROL_SHAKING)
    return fail(c, ERR_NETWORK, "the hub did not accept this code; it may have been used or has expired");
  /* Reached it was: six digits were compared. What the line says of its end is no second cause. */
  if (c->enrol.stage == ENROL_CONFIRMING)
    return fail(c, ERR_NETWORK,
                "the hub ended this before the device was enrolled: enter the code again. If that ends the "
                "same way, it was used on another device: ask for a new one");
  (void)snprintf(text, sizeof text, "%.*s", (int)words.len, (const char *)words.ptr);
  return fail(c, ERR_NETWORK, text);
}

err enrol_tick(struct core *c) {
  if (c->enrol.stage == ENROL_IDLE || c->now.mono_ms < c->enrol.deadline) return ERR_OK;
  return fail(c, ERR_NETWORK, "the hub did not answer in time");
}
