/* person.c: passwords of people at the office, and what each does with their own sign-in: a new password, the
 * second step, a sign that they are there. */
#include "server/api/person.h"

#include "server/api/access.h"
#include "server/api/factor.h"
#include "server/api/input.h"
#include "server/api/qr.h"
#include "server/api/shape.h"
#include "server/core/people.h"

struct password_cost person_password_cost(const struct api *a) {
  return a->config.password.memory_kib ? a->config.password : password_cost_interactive;
}

err person_check_password(struct api_call *c, struct slice password) {
  if (utf8_valid(password) && utf8_length(password) >= person_password_chars_min) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "a password needs at least %d characters",
                   person_password_chars_min);
}

err person_make_secret(struct api_call *c, struct person_secret *out, struct slice password) {
  entropy_fill(&c->api->config.hub->entropy, out->salt, sizeof out->salt);
  out->cost = person_password_cost(c->api);
  return crypto_password_key(out->hash, password, out->salt, out->cost);
}

void person_take_secret(struct store_user *u, const struct person_secret *secret) {
  bytes_copy(u->salt, secret->salt, sizeof u->salt);
  bytes_copy(u->hash, secret->hash, sizeof u->hash);
  u->passes = secret->cost.passes;
  u->memory_kib = secret->cost.memory_kib;
  u->wrong = 0;
  u->wait_until_ms = 0;
  u->locked = false;
}

void person_forget(struct slice *secret) {
  union {
    const uint8_t *lent;
    uint8_t *ours;
  } bytes = {.lent = secret->ptr};
  if (secret->len > 0) crypto_wipe(bytes.ours, secret->len);
  *secret = slice_of(NULL, 0);
}

struct within {
  struct api_call *c;
  err (*step)(struct api_call *c);
  err answer;
};

/* Somebody was refused, which is no failure: a wrong attempt counts. */
static bool is_refusal(err e) {
  return e == ERR_WRONG_SECRET || e == ERR_CODE_NEEDED || e == ERR_FORBIDDEN || e == ERR_LOCKED ||
         e == ERR_WAIT;
}

static err take_step(void *ctx) {
  struct within *w = ctx;
  w->answer = w->step(w->c);
  return is_refusal(w->answer) ? ERR_OK : w->answer;
}

err person_within(struct api_call *c, err (*step)(struct api_call *c)) {
  struct within w = {.c = c, .step = step};
  TRY(people_within(c->store, take_step, &w));
  return w.answer;
}

/* ---- somebody is there ---- */

static err touch(struct api_call *c) {
  c->login.seen_ms = c->x->now.wall_ms;
  TRY(logins_touch(c->store, &c->login));
  return api_answer(c, json_object());
}

/* What a page asks by itself is no sign of a person; this is. */
err api_stay(struct api_call *c) {
  TRY(input_read(c, NULL, 0, NULL));
  bool lately = c->x->now.wall_ms - c->login.seen_ms < office_touch_ms;
  return lately ? api_answer(c, json_object()) : api_then(c, HTTP_WRITER, touch);
}

/* ---- one's own record ---- */

static err load_own(struct api_call *c, struct store_user *u) {
  err e = users_load_id(c->store, &c->login.user, u);
  return e == ERR_NOT_FOUND ? fault_set(&c->fault, ERR_FORBIDDEN, "a key has no password of its own") : e;
}

/* One more wrong answer to somebody who is signed in: the same count as at the door, so that a page left open
 * gives nobody more guesses. */
static err count_wrong(struct api_call *c, struct store_user *u, const char *what, const char *text) {
  u->wrong++;
  u->locked = u->wrong >= signin_lock_attempts;
  TRY(users_save(c->store, u));
  TRY(audit_add(c->store, c->x->now.wall_ms, &u->id, "second-step.refused", what));
  if (u->locked) TRY(logins_end(c->store, &u->id, NULL));
  return fault_set(&c->fault, ERR_WRONG_SECRET, "%s", text);
}

/* Everybody else who is signed in as this person was so without what is new. */
static err change_own(struct api_call *c, const struct store_user *u, const char *action, bool ends_others) {
  const struct people_change change = {.user = u,
                                       .ends_logins = ends_others,
                                       .except = c->login.cookie_hash,
                                       .actor = u->id,
                                       .action = action,
                                       .detail = "own"};
  return people_change(c->store, c->x->now.wall_ms, &change);
}

/* ---- a new password ---- */

struct changing {
  struct slice old, fresh;
  uint8_t key[key_bytes];
  struct person_secret secret;
};
static const struct input_field password_input[] = {
    {"old", INPUT_SECRET, true, password_bytes_max, offsetof(struct changing, old)},
    {"password", INPUT_SECRET, true, password_bytes_max, offsetof(struct changing, fresh)},
};

static err change_password(struct api_call *c) {
  struct changing *in = c->own;
  struct store_user u;
  TRY(load_own(c, &u));
  bool right = crypto_equal(in->key, u.hash, key_bytes);
  crypto_wipe(in->key, sizeof in->key);
  if (!right) return count_wrong(c, &u, "password", "that is not your present password");
  person_take_secret(&u, &in->secret);
  TRY(change_own(c, &u, "account.password", true));
  return api_answer(c, json_object());
}

static err save_password(struct api_call *c) { return person_within(c, change_password); }

err api_password(struct api_call *c) {
  struct changing *in = arena_take(&c->x->arena, 1, sizeof *in);
  struct store_user u;
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, password_input, sizeof password_input / sizeof *password_input, in));
  err e = person_check_password(c, in->fresh);
  if (e == ERR_OK) e = load_own(c, &u);
  if (e == ERR_OK)
    e = crypto_password_key(in->key, in->old, u.salt, (struct password_cost){u.passes, u.memory_kib});
  if (e == ERR_OK) e = person_make_secret(c, &in->secret, in->fresh);
  person_forget(&in->old);
  person_forget(&in->fresh);
  return e == ERR_OK ? api_then(c, HTTP_WRITER, save_password) : e;
}

/* ---- the second step ---- */

struct coding {
  struct slice code;
  char codes[recovery_codes_max][recovery_text_bytes];
};
static const struct input_field code_input[] = {
    {"code", INPUT_SECRET, true, factor_code_text_bytes_max, offsetof(struct coding, code)},
};
static const struct input_field begin_input[] = {
    {"code", INPUT_SECRET, false, factor_code_text_bytes_max, offsetof(struct coding, code)},
};

err api_second_step(struct api_call *c) {
  struct store_user u;
  TRY(load_own(c, &u));
  return api_answer(c, json_pack("{s:b, s:b, s:i}", "on", (int)u.has_totp, "needed",
                                 (int)access_needs_factor(c->api, u.roles), "codes_left", (int)u.code_count));
}

static err read_code(struct api_call *c, const struct input_field *fields) {
  struct coding *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  return input_read(c, fields, 1, in);
}

/* Who has a second step changes it with that step alone: a page left open is not enough. */
static err take_code(struct api_call *c, struct store_user *u, struct slice *code, bool *recovery_out) {
  if (u->locked) return ERR_LOCKED;
  err e = factor_take(u, recovery_out, c->api->config.hub, *code, c->x->now.wall_ms);
  person_forget(code);
  if (e == ERR_OK) return ERR_OK;
  return count_wrong(c, u, "code", "that code is not right, or was used already");
}

static err prove(struct api_call *c, struct store_user *u, bool *recovery_out) {
  struct coding *in = c->own;
  return take_code(c, u, &in->code, recovery_out);
}

err person_prove(struct api_call *c, struct slice *code) {
  struct store_user u;
  bool recovery = false;
  TRY(load_own(c, &u));
  if (!u.has_totp) return ERR_OK;
  if (code->len == 0)
    return fault_set(&c->fault, ERR_CODE_NEEDED, "type the six digits that your authenticator app shows");
  TRY(take_code(c, &u, code, &recovery));
  return recovery ? people_used_code(c->store, &u) : users_save(c->store, &u);
}

/* The secret is shown once, as a picture and as letters to type. */
static err show_secret(struct api_call *c, const struct store_user *u) {
  uint8_t secret[factor_secret_bytes];
  char text[factor_secret_text_bytes];
  struct buf uri = BUF_INIT(factor_uri_bytes);
  json_t *qr = NULL;
  factor_secret(secret, c->api->config.hub, &u->id, u->next);
  err e = factor_secret_text(text, secret);
  if (e == ERR_OK) e = factor_uri(&uri, c->api->config.hub, u->name, secret);
  if (e == ERR_OK) e = buf_put_u8(&uri, 0);
  if (e == ERR_OK) e = qr_json(&qr, (const char *)uri.ptr);
  if (e == ERR_OK) e = api_answer(c, json_pack("{s:s, s:s, s:o}", "secret", text, "link", uri.ptr, "qr", qr));
  crypto_wipe(secret, sizeof secret);
  crypto_wipe(text, sizeof text);
  buf_wipe(&uri);
  return e;
}

static err begin(struct api_call *c) {
  struct store_user u;
  bool recovery = false;
  TRY(load_own(c, &u));
  if (u.has_totp) TRY(prove(c, &u, &recovery));
  entropy_fill(&c->api->config.hub->entropy, u.next, sizeof u.next);
  u.has_next = true;
  /* A recovery code is used for good, also where the hub is restored before the rest is done. */
  TRY(recovery ? people_used_code(c->store, &u) : users_save(c->store, &u));
  return show_secret(c, &u);
}

static err begin_step(struct api_call *c) { return person_within(c, begin); }

err api_second_step_begin(struct api_call *c) {
  TRY(read_code(c, begin_input));
  return api_then(c, HTTP_WRITER, begin_step);
}

static err give_codes(struct api_call *c, struct store_user *u, const char *action, bool ends_others) {
  struct coding *in = c->own;
  factor_new_codes(u, in->codes, &c->api->config.hub->entropy);
  TRY(change_own(c, u, action, ends_others));
  json_t *list = json_array();
  for (size_t i = 0; i < recovery_codes_max; i++)
    (void)json_array_append_new(list, json_string(in->codes[i]));
  crypto_wipe(in->codes, sizeof in->codes);
  return api_answer(c, json_pack("{s:o}", "codes", list));
}

static err confirm(struct api_call *c) {
  struct coding *in = c->own;
  struct store_user u;
  TRY(load_own(c, &u));
  err e = factor_confirm(&u, c->api->config.hub, in->code, c->x->now.wall_ms);
  if (e == ERR_CONFLICT) return fault_set(&c->fault, e, "begin again: no second step is being set up");
  if (e != ERR_OK)
    return fault_set(&c->fault, e,
                     "that is not the code of this moment: is the phone's clock set by the network?");
  c->login.limited = false;
  c->login.seen_ms = c->x->now.wall_ms;
  TRY(give_codes(c, &u, "second-step.on", true));
  return logins_touch(c->store, &c->login);
}

static err confirm_step(struct api_call *c) { return person_within(c, confirm); }

err api_second_step_confirm(struct api_call *c) {
  TRY(read_code(c, code_input));
  return api_then(c, HTTP_WRITER, confirm_step);
}

static err renew_codes(struct api_call *c) {
  struct store_user u;
  bool recovery;
  TRY(load_own(c, &u));
  if (!u.has_totp) return fault_set(&c->fault, ERR_CONFLICT, "there is no second step yet: set it up first");
  TRY(prove(c, &u, &recovery));
  return give_codes(c, &u, "second-step.codes", false);
}

static err codes_step(struct api_call *c) { return person_within(c, renew_codes); }

err api_second_step_codes(struct api_call *c) {
  TRY(read_code(c, code_input));
  return api_then(c, HTTP_WRITER, codes_step);
}
