/* session_enrol.c: a device that is not one yet: its token opens the handshake, a person compares six digits,
 * then it gets its certificate. */
#include <stdio.h>

#include "server/core/session_state.h"

/* The secret of the token must be known before message 3; who does not hold it never gets further. */
err session_on_token(struct session *s, struct job *job) {
  TRY(job->result);
  noise_set_psk(&s->noise, job->psk);
  struct buf message = BUF_INIT(noise_message_bytes_max);
  err e = noise_handshake_write(&s->noise, slice_of(NULL, 0), &message);
  if (e == ERR_OK) e = session_send_raw(s, buf_slice(&message));
  buf_finish(&message);
  s->state = STATE_ENROL_HANDSHAKE;
  return e;
}

static err keep_request(struct session *s, const struct msg_enrol *m) {
  if (m->kind != ENUM_device_kind_kiosk && m->kind != ENUM_device_kind_phone) return ERR_INVALID;
  if (m->program.len >= sizeof s->program) return ERR_TOO_BIG;
  bytes_copy(s->enrol_sign, m->sign_public, key_bytes);
  s->enrol_kind = m->kind;
  bytes_copy(s->program, m->program.ptr, m->program.len);
  s->program[m->program.len] = 0;
  crypto_six_digits(s->digits, noise_transcript(&s->noise));
  log_write(s->hub->log, LOG_INFO, "session", "a device asks to be enrolled digits=%s", s->digits);
  return ERR_OK;
}

err session_on_enrol(struct session *s, struct slice bytes) {
  struct buf payload = BUF_INIT(noise_message_bytes_max);
  struct arena a = ARENA_INIT(frame_bytes_max);
  struct message m;
  err e = noise_handshake_read(&s->noise, bytes, &payload);
  if (e == ERR_OK) e = message_decode(&m, buf_slice(&payload), &a);
  if (e == ERR_OK && m.type != MSG_ENROL) e = ERR_MALFORMED;
  if (e == ERR_OK) e = keep_request(s, &m.enrol);
  arena_finish(&a);
  buf_finish(&payload);
  if (e == ERR_OK) s->state = STATE_ENROL_CONFIRM;
  return e;
}

err session_on_confirm(struct session *s, struct slice bytes) {
  struct arena a = ARENA_INIT(frame_bytes_max);
  struct message m;
  TRY(frame_read(&s->in, &s->noise, bytes));
  if (!s->in.complete) return ERR_OK;
  err e = message_decode(&m, buf_slice(&s->in.message), &a);
  arena_finish(&a);
  TRY(e);
  if (m.type == MSG_BYE) {
    session_close(s);
    return ERR_OK;
  }
  if (m.type != MSG_ENROL_CONFIRM) return ERR_MALFORMED;
  struct job *job = job_create(JOB_ENROL);
  if (!job) return ERR_NO_MEMORY;
  job->token = s->opening.token;
  bytes_copy(job->noise_public, noise_remote_static(&s->noise), key_bytes);
  bytes_copy(job->enrol.sign_public, s->enrol_sign, key_bytes);
  job->enrol.kind = s->enrol_kind;
  job->enrol.program = slice_text(s->program);
  (void)snprintf(job->digits, sizeof job->digits, "%s", s->digits);
  s->state = STATE_ENROLLING;
  return session_ask(s, job);
}

err session_on_enrolled(struct session *s, struct job *job, const struct now *now) {
  TRY(job->result);
  struct message m = {.type = MSG_ENROLLED,
                      .enrolled = {.device = job->found.id,
                                   .device_name = slice_text(job->found.name),
                                   .certificate = job->certificate,
                                   .manifest = buf_slice(&s->hub->manifest),
                                   .hub_ms = now->wall_ms,
                                   .staff = job->grants.staff,
                                   .staff_count = job->grants.staff_count}};
  hub_lease_secret(m.enrolled.lease_secret, s->hub, &job->found.id);
  err e = session_send(s, &m);
  crypto_wipe(m.enrolled.lease_secret, key_bytes);
  TRY(e);
  log_write(s->hub->log, LOG_INFO, "session", "a device was enrolled digits=%s", s->digits);
  return session_bye(s, BYE_DONE);
}
