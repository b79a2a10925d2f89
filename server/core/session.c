/* session.c: one device's connection as a table of transitions.
 *
 *              M: manifest, closed
 *             /
 *   OPENING -+-- H ------> HANDSHAKE -- message 3 --> DEVICE -- JOB_DEVICE (, JOB_RESTORED) --> ONLINE -- BYE
 * --> CLOSED
 *             \
 *              E --> TOKEN -- JOB_TOKEN --> ENROL_HANDSHAKE -- message 3 --> ENROL_CONFIRM -- digits agree
 * --> ENROLLING -- JOB_ENROL --> CLOSED
 *
 * An event that has no line in the table, and any error, is the end: the connection closes and nothing is
 * said. */
#include "server/core/session_state.h"

#include <stdlib.h>

err session_create(struct session **out, const struct hub *hub, struct gate *gate, const struct now *now) {
  struct session *s = calloc(1, sizeof *s);
  if (!s) return ERR_NO_MEMORY;
  s->hub = hub;
  s->gate = gate;
  s->state = STATE_OPENING;
  s->started_ms = s->heard_ms = s->now_ms = now->mono_ms;
  s->out = (struct buf)BUF_INIT((size_t)session_frames_max * frame_bytes_max);
  frame_joiner_init(&s->in);
  err e = session_room(s);
  if (e == ERR_OK)
    *out = s;
  else
    session_destroy(s);
  return e;
}

static void forget_certificate(struct session *s) {
  free((void *)(uintptr_t)s->certificate.ptr);
  s->certificate = (struct slice){NULL, 0};
}

void session_forget_earlier(struct session *s) {
  free(s->earlier);
  free(s->held);
  s->earlier = NULL;
  s->held = NULL;
  s->earlier_count = 0;
}

void session_destroy(struct session *s) {
  if (!s) return;
  session_leave_gate(s);
  s->gate->bundles -= s->bundles;
  noise_finish(&s->noise);
  frame_joiner_finish(&s->in);
  for (size_t i = 0; i < s->receipt_count; i++) free((void *)(uintptr_t)s->receipts[i].ptr);
  free(s->receipts);
  forget_certificate(s);
  free(s->asked);
  session_forget_earlier(s);
  free(s->streams);
  free(s->claimed);
  free(s->actions);
  free(s->offsets);
  buf_finish(&s->out);
  free(s);
}

bool session_device(const struct session *s, struct id *out) {
  *out = s->device;
  return s->state == STATE_ONLINE;
}

/* ---- opening ---- */

static const struct box_keys *noise_key(const struct hub *hub, uint32_t number) {
  for (size_t i = 0; i < hub->noise_count; i++) {
    if (hub->noise[i].number == number) return &hub->noise[i].keys;
  }
  return NULL;
}

static err begin_noise(struct session *s, const struct opening *o) {
  const struct box_keys *local = noise_key(s->hub, o->noise_key);
  if (!local) return ERR_UNKNOWN_KEY;
  uint8_t ephemeral[key_bytes];
  struct buf prologue = BUF_INIT(frame_bytes_max), payload = BUF_INIT(frame_bytes_max);
  entropy_fill(&s->hub->entropy, ephemeral, sizeof ephemeral);
  err e = opening_prologue(&prologue, o);
  struct noise_config config = {.pattern = o->kind == OPENING_ENROL ? NOISE_XKPSK3 : NOISE_XK,
                                .prologue = buf_slice(&prologue),
                                .local_static = local,
                                .ephemeral = ephemeral};
  if (e == ERR_OK) e = noise_init(&s->noise, &config);
  if (e == ERR_OK) e = noise_handshake_read(&s->noise, o->noise, &payload);
  if (e == ERR_OK && payload.len) e = ERR_MALFORMED;
  crypto_wipe(ephemeral, sizeof ephemeral);
  buf_finish(&prologue);
  buf_finish(&payload);
  return e;
}

static err answer_message1(struct session *s) {
  struct buf message = BUF_INIT(frame_bytes_max);
  err e = noise_handshake_write(&s->noise, slice_of(NULL, 0), &message);
  if (e == ERR_OK) e = session_send_raw(s, buf_slice(&message));
  buf_finish(&message);
  s->state = STATE_HANDSHAKE;
  return e;
}

static err ask_token(struct session *s) {
  struct job *job = job_create(JOB_TOKEN);
  if (!job) return ERR_NO_MEMORY;
  job->token = s->opening.token;
  s->state = STATE_TOKEN;
  return session_ask(s, job);
}

static err on_opening(struct session *s, const struct session_event *event) {
  struct opening o;
  TRY(opening_decode(&o, event->bytes));
  if (o.kind == OPENING_MANIFEST) {
    TRY(session_send_raw(s, buf_slice(&s->hub->manifest)));
    session_close(s);
    return ERR_OK;
  }
  if (!id_equal(&o.hub, &s->hub->id)) return ERR_OTHER_HUB;
  TRY(begin_noise(s, &o));
  s->opening = o;
  s->opening.noise = (struct slice){NULL, 0};
  return o.kind == OPENING_ENROL ? ask_token(s) : answer_message1(s);
}

/* ---- who is it ---- */

static err keep_certificate(struct session *s, struct slice certificate) {
  uint8_t *copy = malloc(certificate.len + 1);
  if (!copy) return ERR_NO_MEMORY;
  bytes_copy(copy, certificate.ptr, certificate.len);
  s->certificate = slice_of(copy, certificate.len);
  return ERR_OK;
}

static err keep_earlier(struct session *s, const struct msg_hello *m) {
  if (m->earlier_count == 0) return ERR_OK;
  s->earlier = calloc(m->earlier_count, sizeof *s->earlier);
  s->held = calloc(m->earlier_count, sizeof *s->held);
  if (!s->earlier || !s->held) return ERR_NO_MEMORY;
  bytes_copy(s->earlier, m->earlier, m->earlier_count * sizeof *s->earlier);
  s->earlier_count = m->earlier_count;
  return ERR_OK;
}

static err keep_hello(struct session *s, const struct msg_hello *m, const struct now *now) {
  if (m->program.len >= sizeof s->program) return ERR_TOO_BIG;
  if (m->schema == 0) return ERR_MALFORMED;
  s->device = m->device;
  s->incarnation = m->incarnation;
  s->sealed_seq = m->sealed_seq;
  s->receipt_seq = m->receipt_seq;
  s->receipt_epoch = m->epoch;
  s->manifest = m->manifest;
  s->schema = m->schema;
  s->skew_ms = m->wall_ms - now->wall_ms;
  bytes_copy(s->program, m->program.ptr, m->program.len);
  s->program[m->program.len] = 0;
  TRY(keep_certificate(s, m->certificate));
  TRY(keep_earlier(s, m));
  if (m->withheld_count == 0) return ERR_OK;
  s->asked = calloc(m->withheld_count, sizeof *s->asked);
  if (!s->asked) return ERR_NO_MEMORY;
  bytes_copy(s->asked, m->withheld, m->withheld_count * sizeof *s->asked);
  s->asked_count = m->withheld_count;
  return ERR_OK;
}

static err ask_device(struct session *s) {
  struct job *job = job_create(JOB_DEVICE);
  if (!job) return ERR_NO_MEMORY;
  job->device = s->device;
  job->incarnation = s->incarnation;
  job->receipt_seq = s->receipt_seq;
  job->receipt_epoch = s->receipt_epoch;
  job->asked_count = s->asked_count;
  if (s->asked_count) bytes_copy(job->asked, s->asked, s->asked_count * sizeof *s->asked);
  job->earlier_count = s->earlier_count;
  if (s->earlier_count) bytes_copy(job->earlier, s->earlier, s->earlier_count * sizeof *s->earlier);
  free(s->asked);
  s->asked = NULL;
  s->asked_count = 0;
  return session_ask(s, job);
}

static err on_message3(struct session *s, const struct session_event *event) {
  struct buf payload = BUF_INIT(frame_bytes_max);
  struct arena a = ARENA_INIT(frame_bytes_max);
  struct message m;
  err e = noise_handshake_read(&s->noise, event->bytes, &payload);
  if (e == ERR_OK) e = message_decode(&m, buf_slice(&payload), &a);
  if (e == ERR_OK && m.type != MSG_HELLO) e = ERR_MALFORMED;
  if (e == ERR_OK) e = keep_hello(s, &m.hello, &event->now);
  arena_finish(&a);
  buf_finish(&payload);
  TRY(e);
  s->state = STATE_DEVICE;
  return ask_device(s);
}

/* The key of the handshake must be the registered one: knowing a device's id proves nothing. */
static err on_found(struct session *s, struct job *job) {
  if (!crypto_equal(job->found.noise_public, noise_remote_static(&s->noise), key_bytes))
    return ERR_WRONG_SECRET;
  s->revoked = job->found.status == ENUM_device_status_revoked;
  s->epoch = job->epoch;
  return ERR_OK;
}

/* One receipt that the hub does not remember proves that it was restored. Of several the latest counts: the
 * hub's epoch has to rise past it. */
static bool proves(const struct session *s, const struct chain_ref *told, uint64_t held) {
  return told->epoch > s->epoch || (told->epoch == s->epoch && told->seq > held);
}

static err ask_restored(struct session *s, const struct chain_ref *proof) {
  struct job *job = job_create(JOB_RESTORED);
  if (!job) return ERR_NO_MEMORY;
  job->device = s->device;
  job->incarnation = proof->incarnation;
  job->receipt_seq = proof->seq;
  job->receipt_epoch = proof->epoch;
  return session_ask(s, job);
}

static err look_for_restore(struct session *s, bool *asked_out) {
  struct chain_ref proof = {s->incarnation, s->receipt_epoch, s->receipt_seq};
  *asked_out = proves(s, &proof, s->found_seq);
  for (size_t i = 0; i < s->earlier_count; i++) {
    bool better = !*asked_out || s->earlier[i].epoch > proof.epoch;
    if (!better || !proves(s, &s->earlier[i], s->held[i].seq)) continue;
    proof = s->earlier[i];
    *asked_out = true;
  }
  return *asked_out ? ask_restored(s, &proof) : ERR_OK;
}

/* The hub was restored from before it knew the device, or a stranger knocks. */
static err ask_readmit(struct session *s) {
  struct job *job = job_create(JOB_READMIT);
  if (!job) return ERR_NO_MEMORY;
  job->device = s->device;
  job->incarnation = s->incarnation;
  job->receipt_seq = s->receipt_seq;
  bytes_copy(job->noise_public, noise_remote_static(&s->noise), key_bytes);
  err e = buf_append(&job->bytes, s->certificate);
  forget_certificate(s);
  if (e == ERR_OK) return session_ask(s, job);
  job_destroy(job);
  return e;
}

static err on_device(struct session *s, const struct session_event *event) {
  struct job *job = event->job;
  if (job->kind == JOB_DEVICE && job->result == ERR_NOT_FOUND && s->certificate.len) return ask_readmit(s);
  forget_certificate(s);
  TRY(job->result);
  if (job->kind != JOB_RESTORED) {
    TRY(on_found(s, job));
    s->found_seq = s->taken_seq = job->found.seq;
    s->reissues_known = job->known_position;
    bytes_copy(s->found_hash, job->found.hash, hash_bytes);
    for (size_t i = 0; i < job->released_count; i++) TRY(session_keep_receipt(s, job->released[i]));
    if (s->earlier_count) bytes_copy(s->held, job->held, s->earlier_count * sizeof *s->held);
    bool asked;
    TRY(look_for_restore(s, &asked));
    if (asked) return ERR_OK;
  }
  s->epoch = job->epoch;
  return session_welcome(s, &event->now);
}

/* ---- the table ---- */

static err on_token(struct session *s, const struct session_event *event) {
  return session_on_token(s, event->job);
}
static err on_enrol(struct session *s, const struct session_event *event) {
  return session_on_enrol(s, event->bytes);
}
static err on_confirm(struct session *s, const struct session_event *event) {
  return session_on_confirm(s, event->bytes);
}
static err on_enrolled(struct session *s, const struct session_event *event) {
  return session_on_enrolled(s, event->job, &event->now);
}
static err on_bytes(struct session *s, const struct session_event *event) {
  return session_on_message(s, event->bytes);
}
static err on_answer(struct session *s, const struct session_event *event) {
  return session_on_answer(s, event->job);
}
static err on_changed(struct session *s, const struct session_event *event) {
  return session_on_changes(s, event->changes);
}

static err on_stop(struct session *s, const struct session_event *event) {
  (void)event;
  TRY(session_flush_receipts(s));
  return session_bye(s, BYE_STOPPING);
}

/* Grants have dates, so every day may bring others. */
static err on_sweep(struct session *s, const struct session_event *event) {
  const struct now *now = &event->now;
  int32_t day, minute;
  if (now->mono_ms - s->heard_ms > idle_ms_max || now->mono_ms - s->started_ms > session_ms_max)
    return session_bye(s, BYE_DONE);
  if (s->receipt_count) TRY(session_flush_receipts(s));
  TRY(session_at_gate(s));
  if (s->state == STATE_CLOSED) return ERR_OK;
  uk_civil(now->wall_ms, &day, &minute);
  bool new_day = s->date && s->date != day;
  s->date = day;
  return new_day ? session_ask_grants(s) : session_audit(s);
}

static const struct transition {
  enum session_state in;
  enum session_event_kind on;
  err (*run)(struct session *s, const struct session_event *event);
} transitions[] = {
    {STATE_OPENING, SESSION_BYTES, on_opening},       {STATE_HANDSHAKE, SESSION_BYTES, on_message3},
    {STATE_DEVICE, SESSION_JOB, on_device},           {STATE_TOKEN, SESSION_JOB, on_token},
    {STATE_ENROL_HANDSHAKE, SESSION_BYTES, on_enrol}, {STATE_ENROL_CONFIRM, SESSION_BYTES, on_confirm},
    {STATE_ENROLLING, SESSION_JOB, on_enrolled},      {STATE_ONLINE, SESSION_BYTES, on_bytes},
    {STATE_ONLINE, SESSION_JOB, on_answer},           {STATE_ONLINE, SESSION_CHANGED, on_changed},
    {STATE_ONLINE, SESSION_TICK, on_sweep},           {STATE_ONLINE, SESSION_STOP, on_stop},
};

static const struct transition *find(enum session_state in, enum session_event_kind on) {
  for (size_t i = 0; i < sizeof transitions / sizeof *transitions; i++) {
    if (transitions[i].in == in && transitions[i].on == on) return &transitions[i];
  }
  return NULL;
}

/* Before it is online a connection has little time; a person comparing digits has as long as the token. */
static bool too_late(const struct session *s, const struct now *now) {
  if (s->state == STATE_ONLINE) return false;
  bool person = s->state == STATE_ENROL_CONFIRM || s->state == STATE_ENROLLING;
  return now->mono_ms - s->started_ms > (person ? (uint64_t)enrol_token_ms_max : (uint64_t)handshake_ms_max);
}

static void run(struct session *s, const struct session_event *event) {
  const struct transition *t = find(s->state, event->kind);
  bool late = too_late(s, &event->now);
  bool ignored = !t && (event->kind == SESSION_CHANGED || event->kind == SESSION_TICK);
  if (event->kind == SESSION_BYTES) s->heard_ms = event->now.mono_ms;
  if (ignored && !late) return;
  if (late || !t) {
    session_close(s);
    return;
  }
  err e = t->run(s, event);
  if (e == ERR_OK) return;
  log_write(s->hub->log, LOG_INFO, "session", "a connection was closed error=%s", err_name(e));
  session_close(s);
}

/* What the last step said is over; a big answer's memory is given back. */
static void forget_last(struct session *s) {
  enum { kept_bytes_max = 2048 };
  if (s->out.cap > kept_bytes_max) buf_finish(&s->out);
  buf_clear(&s->out);
  s->action_count = 0;
}

void session_step(struct session *s, const struct session_event *event, const struct session_action **out,
                  size_t *out_count) {
  forget_last(s);
  s->now_ms = event->now.mono_ms;
  if (s->state != STATE_CLOSED) run(s, event);
  if (event->kind == SESSION_JOB) job_destroy(event->job);
  for (size_t i = 0; i < s->action_count; i++) {
    if (s->actions[i].kind == SESSION_SEND) s->actions[i].bytes.ptr = s->out.ptr + s->offsets[i];
  }
  *out = s->actions;
  *out_count = s->action_count;
}
