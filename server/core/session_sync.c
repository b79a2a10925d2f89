/* session_sync.c: a known device online: its bundles in, their receipts out. */
#include <stdlib.h>

#include "proto/bundle.h"
#include "server/core/session_state.h"

static err ask_contact(struct session *s) {
  struct job *job = job_create(JOB_CONTACT);
  if (!job) return ERR_NO_MEMORY;
  job->device = s->device;
  job->order_last = s->order_last;
  job->incarnation = s->incarnation;
  job->sealed_seq = s->sealed_seq;
  job->skew_ms = s->skew_ms;
  if (s->sealed_seq <= s->found_seq) job->manifest = s->manifest;
  bytes_copy(job->program, s->program, sizeof job->program);
  return session_ask(s, job);
}

static err send_manifest(struct session *s) {
  struct message m = {.type = MSG_MANIFEST, .manifest = {.bytes = buf_slice(&s->hub->manifest)}};
  return session_send(s, &m);
}

/* Each once in a session: two answers may bring the same one. */
err session_tell_orders(struct session *s, const struct job *job) {
  if (job->order_last <= s->order_last) return ERR_OK;
  struct message m = {.type = MSG_ORDERS, .orders = job->orders};
  s->order_last = job->order_last;
  return session_send(s, &m);
}

/* A revoked device is let in to hand over what it has; when it has told that it goes, it is told that all is
 * done. */
static err on_contact(struct session *s, const struct job *job) {
  if (job->result != ERR_OK) return ERR_OK; /* a note that could not be taken is no reason to part */
  TRY(session_tell_orders(s, job));
  if (!job->gone || s->bundles > 0) return ERR_OK;
  TRY(session_flush_receipts(s));
  return session_bye(s, BYE_REVOKED);
}

err session_revoked(struct session *s) {
  if (s->revoked) return ERR_OK;
  s->revoked = true;
  s->granted = false;
  s->stream_count = 0;
  return ask_contact(s);
}

err session_welcome(struct session *s, const struct now *now) {
  s->state = STATE_ONLINE;
  s->credit = feed_credit_batches;
  struct message m = {.type = MSG_WELCOME,
                      .welcome = {.hub_ms = now->wall_ms,
                                  .epoch = s->epoch,
                                  .bundle_seq = s->found_seq,
                                  .manifest = s->hub->manifest_number,
                                  .lease_days = lease_days_default,
                                  .feed_credit = feed_credit_batches,
                                  .schema = schema_version}};
  m.welcome.earlier = s->held;
  m.welcome.earlier_count = s->earlier_count;
  bytes_copy(m.welcome.bundle_hash, s->found_hash, hash_bytes);
  TRY(session_send(s, &m));
  session_forget_earlier(s);
  /* Before what is signed with a key that the device may not know yet. */
  if (s->manifest < s->hub->manifest_number) TRY(send_manifest(s));
  TRY(session_flush_receipts(s));
  TRY(ask_contact(s));
  return session_ask_grants(s);
}

/* ---- bundles ---- */

/* Thousands of them must not come back in one moment. */
static err send_retry(struct session *s) {
  uint32_t chance;
  entropy_fill(&s->hub->entropy, &chance, sizeof chance);
  return session_retry(s, retry_ms + chance % (retry_ms / 2 + 1));
}

/* What the header claims is unproven, and only says when to stop waiting for more. */
static void note_taken(struct session *s, struct slice bytes) {
  struct bundle_parts parts;
  if (bundle_parse(&parts, bytes) != ERR_OK || parts.header.incarnation != s->incarnation) return;
  if (parts.header.seq > s->taken_seq) s->taken_seq = parts.header.seq;
}

static bool is_full(const struct session *s, size_t more_bytes) {
  return s->bundles >= session_bundles_max || s->bundle_bytes + more_bytes > session_bytes_max ||
         s->gate->bundles >= ingest_queue_bundles_max;
}

/* One bundle, or one piece of another device's file, that the hub is taking. */
static err ask_to_take(struct session *s, enum job_kind kind, const struct id *who, struct slice bytes) {
  struct job *job = job_create(kind);
  if (!job) return ERR_NO_MEMORY;
  job->device = s->device;
  job->who = *who;
  err e = buf_append(&job->bytes, bytes);
  if (e != ERR_OK) {
    job_destroy(job);
    return e;
  }
  s->bundles++;
  s->gate->bundles++;
  s->bundle_bytes += bytes.len;
  return session_ask(s, job);
}

static void note_answered(struct session *s, const struct job *job) {
  s->bundles--;
  s->gate->bundles--;
  s->bundle_bytes -= job->bytes.len;
}

static err on_bundle(struct session *s, struct slice bytes) {
  if (is_full(s, bytes.len)) return send_retry(s);
  note_taken(s, bytes);
  return ask_to_take(s, JOB_INGEST, &(struct id){{0}}, bytes);
}

static err on_carry(struct session *s, const struct msg_carry *m) {
  if (s->carrying) return ERR_FORBIDDEN;
  if (is_full(s, m->file.len)) return send_retry(s);
  s->carrying = true;
  return ask_to_take(s, JOB_CARRY, &m->who, m->file);
}

bool session_wants_input(const struct session *s) {
  return s->bundles < session_bundles_max / 2 && s->bundle_bytes < session_bytes_max / 2;
}

err session_keep_receipt(struct session *s, struct slice receipt) {
  struct slice *list = s->receipts;
  if (s->receipt_count == s->receipt_cap) {
    size_t grown = s->receipt_cap ? 2 * s->receipt_cap : session_receipts_max;
    list = realloc(s->receipts, grown * sizeof *list);
    if (!list) return ERR_NO_MEMORY;
    s->receipts = list;
    s->receipt_cap = grown;
  }
  uint8_t *copy = malloc(receipt.len);
  if (!copy) return ERR_NO_MEMORY;
  bytes_copy(copy, receipt.ptr, receipt.len);
  list[s->receipt_count++] = slice_of(copy, receipt.len);
  return ERR_OK;
}

static void forget_receipts(struct session *s) {
  for (size_t i = 0; i < s->receipt_count; i++) free((void *)(uintptr_t)s->receipts[i].ptr);
  free(s->receipts);
  s->receipts = NULL;
  s->receipt_count = s->receipt_cap = 0;
}

/* A receipt with thousands of exceptions may fill a message alone. */
err session_flush_receipts(struct session *s) {
  size_t sent = 0;
  while (sent < s->receipt_count) {
    size_t count = 0, bytes = 0;
    while (sent + count < s->receipt_count &&
           (count == 0 || bytes + s->receipts[sent + count].len < feed_batch_bytes_max)) {
      bytes += s->receipts[sent + count++].len;
    }
    struct message m = {.type = MSG_RECEIPTS, .receipts = {.receipts = s->receipts + sent, .count = count}};
    TRY(session_send(s, &m));
    sent += count;
  }
  forget_receipts(s);
  return ERR_OK;
}

/* What the device did wrong ends the connection; what is wrong here asks it to come back. */
static err refuse(struct session *s, err e) {
  switch (e) {
  case ERR_FULL:
  case ERR_READ_ONLY:
  case ERR_BUSY:
  case ERR_IO:
  case ERR_NO_MEMORY:
  case ERR_CORRUPT:
  case ERR_INTERNAL: return send_retry(s);
  case ERR_VERSION: return session_bye(s, BYE_UPDATE);
  case ERR_UNKNOWN_KEY: TRY(send_manifest(s)); return session_bye(s, BYE_ERROR);
  case ERR_FORK: /* WELCOME shows it which bundle the hub has */
  case ERR_GAP: return session_bye(s, BYE_ERROR);
  default: return e;
  }
}

static err not_taken(struct session *s, const char *what, err e) {
  char device[id_text_bytes];
  id_text(device, &s->device);
  log_write(s->hub->log, LOG_WARN, "session", "%s was not taken device=%s error=%s", what, device,
            err_name(e));
  TRY(session_flush_receipts(s));
  return refuse(s, e);
}

static err on_ingested(struct session *s, struct job *job) {
  note_answered(s, job);
  if (job->result != ERR_OK) return not_taken(s, "a bundle", job->result);
  TRY(session_keep_receipt(s, job->receipt));
  for (size_t i = 0; i < job->released_count; i++) TRY(session_keep_receipt(s, job->released[i]));
  if (s->bundles == 0 || s->receipt_count >= session_receipts_max) TRY(session_flush_receipts(s));
  /* The device waits for checkpoints that include its own work, also in streams where it changed nothing. */
  session_all_dirty(s);
  if (s->revoked && s->bundles == 0) return ask_contact(s);
  return session_pump(s);
}

static err on_carried(struct session *s, struct job *job) {
  note_answered(s, job);
  s->carrying = false;
  if (job->result != ERR_OK) return not_taken(s, "another device's file", job->result);
  TRY(session_flush_receipts(s));
  struct message m = {.type = MSG_CARRIED,
                      .carried = {.refused = job->refused,
                                  .why = slice_text(job->why == ERR_OK ? "" : err_name(job->why)),
                                  .reply = job->reply}};
  return session_send(s, &m);
}

err session_ask_receipts(struct session *s) {
  s->reissues_again = s->reissues_asked;
  if (s->reissues_asked) return ERR_OK;
  struct job *job = job_create(JOB_RECEIPTS);
  if (!job) return ERR_NO_MEMORY;
  job->device = s->device;
  job->known_position = s->reissues_known;
  s->reissues_asked = true;
  return session_ask(s, job);
}

static err on_reissued(struct session *s, const struct job *job) {
  s->reissues_asked = false;
  TRY(job->result);
  s->reissues_known = job->known_position;
  for (size_t i = 0; i < job->released_count; i++) TRY(session_keep_receipt(s, job->released[i]));
  if (s->receipt_count) TRY(session_flush_receipts(s));
  return s->reissues_again ? session_ask_receipts(s) : ERR_OK;
}

err session_on_answer(struct session *s, struct job *job) {
  switch (job->kind) {
  case JOB_INGEST: return on_ingested(s, job);
  case JOB_GRANTS: return session_on_grants(s, job);
  case JOB_FEED: return session_on_feed(s, job);
  case JOB_REPAIR: return session_on_repaired(s, job);
  case JOB_REPAIRED: return ERR_OK; /* as little as a contact's */
  case JOB_RECEIPTS: return on_reissued(s, job);
  case JOB_CONTACT: return on_contact(s, job);
  case JOB_CARRY: return on_carried(s, job);
  case JOB_DEVICE:
  case JOB_READMIT:
  case JOB_TOKEN:
  case JOB_ENROL:
  case JOB_KEEP:
  case JOB_RESTORED: break;
  }
  return ERR_INTERNAL;
}

/* ---- messages ---- */

static err on_credit(struct session *s, uint32_t batches) {
  s->credit = batches > feed_credit_max - s->credit ? feed_credit_max : s->credit + batches;
  return session_pump(s);
}

static err on_message(struct session *s, const struct message *m) {
  switch (m->type) {
  case MSG_BUNDLE: return on_bundle(s, m->bundle.bytes);
  case MSG_SUBSCRIBE: return session_on_subscribe(s, &m->subscribe);
  case MSG_CREDIT: return on_credit(s, m->credit.batches);
  case MSG_REPAIR: return session_on_repair(s, &m->repair);
  case MSG_CARRY: return on_carry(s, &m->carry);
  case MSG_BYE: session_close(s); return ERR_OK;
  case MSG_HELLO:
  case MSG_ENROL:
  case MSG_ENROL_CONFIRM:
  case MSG_WELCOME:
  case MSG_RECEIPTS:
  case MSG_FEED:
  case MSG_MANIFEST:
  case MSG_GRANTS:
  case MSG_RETRY:
  case MSG_ENROLLED:
  case MSG_ORDERS:
  case MSG_CARRIED: break;
  }
  return ERR_MALFORMED;
}

err session_on_message(struct session *s, struct slice bytes) {
  struct message m;
  TRY(frame_read(&s->in, &s->noise, bytes));
  if (!s->in.complete) return ERR_OK;
  struct arena a = ARENA_INIT(job_bytes_max);
  err e = message_decode(&m, buf_slice(&s->in.message), &a);
  if (e == ERR_OK) e = on_message(s, &m);
  arena_finish(&a);
  return e;
}
