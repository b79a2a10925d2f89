/* term.c: the lease in the life of a core: its clock made durable, the terms it counts by, and the code that
 * a person reads out of the telephone. */
#include "client/core/commands.h"
#include "client/core/learner_sql.h"

struct lease term_lease(const struct core *c) {
  struct lease now = c->identity.lease;
  lease_advance(&now, &c->now);
  return now;
}

int64_t term_days_left(const struct core *c) {
  struct lease now = term_lease(c);
  return lease_days_left(&now);
}

/* The wall clock moving on within one boot need not be written each time; another boot is, so that many short
 * ones add up. */
static bool is_due(const struct core *c) {
  const struct now *seen = &c->identity.lease.seen;
  if (c->keep_at && c->now.mono_ms >= c->keep_at) return true;
  return !id_equal(&seen->boot, &c->now.boot) || lease_passed_ms(seen, &c->now) >= lease_save_ms;
}

static err keep(struct core *c, const struct lease *l) {
  struct identity next = c->identity;
  next.lease = *l;
  c->keep_at = 0;
  err e = identity_put(&c->identity, &next, &c->config.files);
  return e == ERR_FULL || e == ERR_READ_ONLY ? ERR_OK : e;
}

err term_run(struct core *c) {
  if (!c->identity.enrolled) return ERR_OK;
  struct lease now = term_lease(c);
  if (!id_is_zero(&c->who) && lease_has_ended(&now)) TRY(access_lock(c));
  if (!is_due(c) && now.ahead == c->identity.lease.ahead) return ERR_OK;
  now = term_lease(c); /* locking reads the terms anew */
  if (lease_days_left(&now) != lease_days_left(&c->identity.lease)) core_topic(c, "device", NULL);
  return keep(c, &now);
}

/* A contact that is lost with the power is made up by the next one: the lease counts from the one before
 * until then. So nobody waits for two writes of the disk while work is to be sent. A screen that says that
 * the device is closed hears of it. */
void term_renew(struct core *c, uint32_t days, int64_t hub_ms) {
  int64_t before = term_days_left(c);
  c->identity.clock = c->clock;
  lease_renew(&c->identity.lease, days, hub_ms, &c->now);
  if (term_days_left(c) != before) core_topic(c, "device", NULL);
  if (c->keep_at == 0) c->keep_at = c->now.mono_ms + lease_keep_ms;
}

err term_keep(struct core *c) {
  if (!c->identity.enrolled || c->keep_at == 0) return ERR_OK;
  struct lease now = term_lease(c);
  return keep(c, &now);
}

uint64_t term_wake_at(const struct core *c) {
  const struct now *seen = &c->identity.lease.seen;
  uint64_t at = c->keep_at;
  if (!c->identity.enrolled) return 0;
  if (id_equal(&seen->boot, &c->now.boot)) core_wake(&at, seen->mono_ms + lease_save_ms);
  return at;
}

err term_remember(struct core *c) {
  struct lease now = term_lease(c);
  struct lease_term terms[lease_terms_max];
  bytes_zero(terms, sizeof terms);
  uint8_t count = 0;
  TRY(term_list(c->store, terms, lease_terms_max, &count));
  bool same = count == now.term_count &&
              slice_equal(slice_of(terms, sizeof terms), slice_of(now.terms, sizeof terms));
  if (same) return ERR_OK;
  bytes_copy(now.terms, terms, sizeof terms);
  now.term_count = count;
  return keep(c, &now);
}

/* ---- commands ---- */

static err check_enrolled(const struct core *c, struct call *call) {
  if (c->identity.enrolled) return ERR_OK;
  return fault_set(&call->fault, ERR_NOT_ENROLLED, "this device is not enrolled yet");
}

/* It stays the same while somebody is on the telephone, through restarts too. */
err call_lease_challenge(struct core *c, struct call *call) {
  char text[lease_challenge_text_bytes];
  TRY(check_enrolled(c, call));
  if (!c->identity.lease.challenged) {
    struct identity next = c->identity;
    entropy_fill(&c->config.entropy, next.lease.challenge, lease_challenge_bytes);
    next.lease.challenged = true;
    TRY(identity_put(&c->identity, &next, &c->config.files));
  }
  lease_challenge_text(text, c->identity.lease.challenge);
  pack_map(call->out, FIELDS_LeaseChallenge);
  answer_words(call->out, "challenge", text);
  answer_int(call->out, "wait_ms", lease_wait_ms(&c->identity.lease, &c->now));
  return ERR_OK;
}

static err code_failure(struct core *c, struct call *call, err why) {
  call->wait_ms = lease_wait_ms(&c->identity.lease, &c->now);
  if (why == ERR_MALFORMED)
    return fault_set(&call->fault, why, "a code has ten letters and digits; listen to the office again");
  if (why == ERR_WAIT)
    return fault_set(&call->fault, why, "wait %d seconds before the next code",
                     (int)((call->wait_ms + 999) / 1000));
  return fault_set(&call->fault, why,
                   "that code does not fit the words this device shows; read them to the office again");
}

/* Counted durably before anybody hears how it was. Digits missing are a slip, not a guess. */
static err try_code(struct core *c, struct slice code, uint32_t *days) {
  if (!c->identity.lease.challenged) return ERR_CONFLICT;
  if (lease_wait_ms(&c->identity.lease, &c->now) > 0) return ERR_WAIT;
  struct identity next = c->identity;
  err e = lease_code_check(days, code, c->identity.lease_secret, c->identity.lease.challenge);
  if (e == ERR_MALFORMED) return e;
  next.lease.wrong = next.lease.wrong < UINT8_MAX ? (uint8_t)(next.lease.wrong + 1) : UINT8_MAX;
  next.lease.tried = c->now;
  TRY(identity_put(&c->identity, &next, &c->config.files));
  return e;
}

err call_lease_renew(struct core *c, struct call *call) {
  uint32_t days = 0;
  TRY(check_enrolled(c, call));
  err e = try_code(c, call->args[ARG_OF(lease_renew, code)].text, &days);
  if (e == ERR_CONFLICT)
    return fault_set(&call->fault, e, "this device shows no words yet; ask for them first (lease.challenge)");
  if (e == ERR_WAIT || e == ERR_MALFORMED || e == ERR_WRONG_SECRET) return code_failure(c, call, e);
  TRY(e);
  if (days == lease_new_pin) {
    TRY(renew_pin(c, call));
  } else {
    struct identity next = c->identity;
    lease_advance(&next.lease, &c->now);
    lease_renew(&next.lease, days, next.lease.at_ms, &c->now);
    TRY(identity_put(&c->identity, &next, &c->config.files));
  }
  core_topic(c, "device", NULL);
  status_device(c, call->out);
  return ERR_OK;
}
