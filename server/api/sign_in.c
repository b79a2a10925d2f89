/* sign_in.c: signing in with name and password, and out again.
 *
 *   look (reader)   the request, and whether a wait or a lock stands against it
 *   claim (writer)  the attempt is counted as wrong before the password is looked at, so that guesses made at
 *                   the same moment cannot share one count
 *   prove (reader)  Argon2id, for names that nobody has too
 *   settle (writer) right: the code of the second step is looked at, the count is taken back and a sign-in
 *                   opens; wrong: the audit hears of it
 */
#include "server/api/access.h"
#include "server/api/factor.h"
#include "server/api/input.h"
#include "server/api/me.h"
#include "server/api/person.h"
#include "server/core/people.h"

struct sign_in {
  struct slice name, password, code;
  bool known, has_address;
  struct store_user user;
  uint8_t address[hash_bytes], unknown[hash_bytes]; /* keys of attempts in memory */
  uint8_t key[key_bytes];
};
enum { user_name_bytes_max = sizeof((struct store_user *)0)->name - 1 };
static const struct input_field sign_in_input[] = {
    {"name", INPUT_TEXT, true, user_name_bytes_max, offsetof(struct sign_in, name)},
    {"password", INPUT_SECRET, true, password_bytes_max, offsetof(struct sign_in, password)},
    {"code", INPUT_SECRET, false, factor_code_text_bytes_max, offsetof(struct sign_in, code)},
};

static err must_wait(struct api_call *c, uint64_t wait_ms) {
  c->wait_ms = wait_ms;
  return fault_set(&c->fault, ERR_WAIT, "too many wrong attempts: try again in %llu seconds",
                   (unsigned long long)((wait_ms + 999) / 1000));
}

/* The store's clock may have gone back since; that must not shut anybody out for longer than the delay. */
static uint64_t user_wait_ms(const struct store_user *u, int64_t now_ms) {
  if (u->wait_until_ms <= now_ms) return 0;
  uint64_t left = (uint64_t)(u->wait_until_ms - now_ms), most = attempts_delay_ms(u->wrong);
  return left < most ? left : most;
}

static err load_user(struct api_call *c, struct sign_in *s) {
  err e = users_load(c->store, s->name, &s->user);
  s->known = e == ERR_OK && s->user.ended_ms == 0;
  return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* Names that nobody has wait and lock like the others, so that no answer tells which is which. */
static uint64_t wait_ms(struct api_call *c, const struct sign_in *s, uint32_t *tries) {
  *tries = s->user.wrong;
  if (s->known) return user_wait_ms(&s->user, c->x->now.wall_ms);
  return attempts_name_wait(&c->api->attempts, s->unknown, c->x->now.mono_ms, tries);
}

static err check_limits(struct api_call *c, const struct sign_in *s) {
  uint64_t wait = 0;
  uint32_t tries;
  if (s->has_address) wait = attempts_address_wait(&c->api->attempts, s->address, c->x->now.mono_ms);
  if (wait > 0) return must_wait(c, wait);
  wait = wait_ms(c, s, &tries);
  if (s->known ? s->user.locked : tries >= signin_lock_attempts)
    return fault_set(&c->fault, ERR_LOCKED,
                     "this name is locked after too many wrong attempts: ask the administrator to unlock it");
  return wait > 0 ? must_wait(c, wait) : ERR_OK;
}

static err audit(struct api_call *c, const struct sign_in *s, const char *action, const char *detail) {
  const struct id *actor = s->known ? &s->user.id : &c->api->config.hub->id;
  return audit_add(c->store, c->x->now.wall_ms, actor, action, detail);
}

static void forget_secrets(struct sign_in *s) {
  person_forget(&s->password);
  person_forget(&s->code);
}

/* ---- settle ---- */
static err open_session(struct api_call *c, struct sign_in *s, const char *how) {
  struct store_login login;
  uint8_t before[hash_bytes];
  if (!(s->user.roles & PARTNERS)) {
    TRY(audit(c, s, "sign-in.refused", "role"));
    return fault_set(&c->fault, ERR_FORBIDDEN, "this role works on a device, not at the office");
  }
  TRY(audit(c, s, "sign-in", how));
  TRY(logins_sweep(c->store, c->x->now.wall_ms));
  if (access_cookie_hash(before, c->x->request.cookie)) {
    err e = logins_remove(c->store, before);
    if (e != ERR_OK && e != ERR_NOT_FOUND) return e;
  }
  err e = access_open(c, &s->user, &login);
  if (e == ERR_OK) e = logins_save(c->store, &login);
  if (e == ERR_OK) e = api_answer(c, me_object(&login));
  crypto_wipe(&login, sizeof login);
  return e;
}

/* The password was right: this attempt was no guess at it. What was wrong before still counts, so that
 * knowing the password gives no more guesses at the code. */
static err ask_for_code(struct api_call *c, struct sign_in *s) {
  if (s->user.wrong > 0) s->user.wrong--;
  s->user.locked = s->user.wrong >= signin_lock_attempts;
  s->user.wait_until_ms = 0;
  TRY(users_save(c->store, &s->user));
  if (s->has_address) attempts_forgive(&c->api->attempts, s->address);
  return fault_set(&c->fault, ERR_CODE_NEEDED, "type the six digits that your authenticator app shows");
}

static err refuse(struct api_call *c, struct sign_in *s, const char *what, const char *text) {
  uint32_t tries;
  TRY(audit(c, s, "sign-in.refused", what));
  c->wait_ms = wait_ms(c, s, &tries);
  return fault_set(&c->fault, ERR_WRONG_SECRET, "%s", text);
}

static err let_in(struct api_call *c, struct sign_in *s, const char *how, bool recovery) {
  s->user.wrong = 0;
  s->user.wait_until_ms = 0;
  s->user.locked = false;
  s->user.last_ms = c->x->now.wall_ms;
  TRY(recovery ? people_used_code(c->store, &s->user) : users_save(c->store, &s->user));
  if (s->has_address) attempts_forgive(&c->api->attempts, s->address);
  return open_session(c, s, how);
}

static err judge(struct api_call *c) {
  struct sign_in *s = c->own;
  bool recovery = false;
  /* Loaded again: the password may have changed while the hash was made. */
  TRY(load_user(c, s));
  bool right = s->known & crypto_equal(s->key, s->user.hash, key_bytes);
  crypto_wipe(s->key, sizeof s->key);
  if (!right)
    return refuse(c, s, s->known ? "password" : "name", "that name and password do not belong together");
  if (!s->user.has_totp) return let_in(c, s, "password", false);
  if (s->code.len == 0) return ask_for_code(c, s);
  err e = factor_take(&s->user, &recovery, c->api->config.hub, s->code, c->x->now.wall_ms);
  person_forget(&s->code);
  if (e != ERR_OK) return refuse(c, s, "code", "that code is not right, or was used already");
  return let_in(c, s, recovery ? "recovery code" : "password and code", recovery);
}

static err settle(struct api_call *c) { return person_within(c, judge); }

/* ---- prove ---- */
static err prove(struct api_call *c) {
  static const uint8_t nobodys_salt[salt_bytes] = {0};
  struct sign_in *s = c->own;
  struct password_cost cost = person_password_cost(c->api);
  if (s->known) cost = (struct password_cost){s->user.passes, s->user.memory_kib};
  err e = crypto_password_key(s->key, s->password, s->known ? s->user.salt : nobodys_salt, cost);
  person_forget(&s->password);
  return e == ERR_OK ? api_then(c, HTTP_WRITER, settle) : e;
}

/* ---- claim ---- */
/* One commit in either case, because time would tell too. */
static err count_attempt(struct api_call *c, struct sign_in *s) {
  struct attempts *a = &c->api->attempts;
  uint64_t mono_ms = c->x->now.mono_ms;
  if (s->has_address) attempts_count(a, s->address, mono_ms, signin_address_window_ms);
  if (!s->known) {
    attempts_count(a, s->unknown, mono_ms, signin_unknown_ms_max);
    return audit(c, s, "sign-in.tried", "name");
  }
  s->user.wrong++;
  s->user.wait_until_ms = c->x->now.wall_ms + (int64_t)attempts_delay_ms(s->user.wrong);
  s->user.locked = s->user.wrong >= signin_lock_attempts;
  if (s->user.locked)
    log_write(c->api->config.log, LOG_WARN, "api", "an account is locked after %u wrong sign-ins",
              s->user.wrong);
  return users_save(c->store, &s->user);
}

static err count(struct api_call *c) {
  struct sign_in *s = c->own;
  TRY(load_user(c, s));
  TRY(check_limits(c, s));
  return count_attempt(c, s);
}

static err claim(struct api_call *c) {
  err e = person_within(c, count);
  if (e == ERR_OK) return api_then(c, HTTP_READER, prove);
  forget_secrets(c->own);
  return e;
}

/* ---- look ---- */
err api_sign_in(struct api_call *c) {
  struct sign_in *s = arena_take(&c->x->arena, 1, sizeof *s);
  if (!s) return ERR_NO_MEMORY;
  c->own = s;
  TRY(input_read(c, sign_in_input, sizeof sign_in_input / sizeof sign_in_input[0], s));
  attempts_name(s->unknown, s->name);
  s->has_address = attempts_address(s->address, c->x->request.peer);
  err e = load_user(c, s);
  if (e == ERR_OK) e = check_limits(c, s);
  if (e == ERR_OK) return api_then(c, HTTP_WRITER, claim);
  forget_secrets(s);
  return e;
}

/* ---- out ---- */
static err close_session(struct api_call *c) {
  TRY(audit_add(c->store, c->x->now.wall_ms, &c->login.user, "sign-out", ""));
  err e = logins_remove(c->store, c->login.cookie_hash);
  if (e != ERR_OK && e != ERR_NOT_FOUND) return e;
  access_close(c);
  return api_answer(c, json_object());
}

err api_sign_out(struct api_call *c) {
  TRY(input_read(c, NULL, 0, NULL));
  return api_then(c, HTTP_WRITER, close_session);
}
