/* keys.c: keys of a hub's own scripts: made and revoked by the administrator, shown once. */
#include "server/api/keys.h"

#include <string.h>

#include "server/api/access.h"
#include "server/api/lists.h"
#include "server/api/shape.h"
#include "server/core/people.h"

enum { key_secret_bytes = 32, key_text_bytes_max = 64 };
static const char begin[] = "tutti_";

#define AT(member) offsetof(struct store_key, member)
static const struct shape_field key_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_CHARS, AT(name), 0, NULL, NULL},
    {"roles", SHAPE_SET, AT(roles), 0, "role", NULL},
    {"created_at", SHAPE_TIME, AT(created_ms), 0, NULL, NULL},
    {"revoked_at", SHAPE_TIME, AT(revoked_ms), 0, NULL, NULL},
};
#undef AT
static const struct shape key_shape = SHAPE_OF(store_key, key_fields);

static void hash_secret(uint8_t out[hash_bytes], struct slice secret) {
  crypto_hash(out, "tutti.key", &secret, 1);
}

/* ---- asking with one ---- */

static bool cut(struct slice *text, const char *prefix) {
  struct slice p = slice_text(prefix);
  if (text->len < p.len || !slice_equal(slice_of(text->ptr, p.len), p)) return false;
  *text = slice_of(text->ptr + p.len, text->len - p.len);
  return true;
}

static bool read_header(uint8_t out[hash_bytes], struct slice header) {
  struct buf secret = BUF_INIT(key_secret_bytes);
  bool good = cut(&header, "Bearer ") && cut(&header, begin) && base64url_decode(&secret, header) == ERR_OK &&
              secret.len == key_secret_bytes;
  if (good) hash_secret(out, buf_slice(&secret));
  buf_wipe(&secret);
  return good;
}

err keys_check(struct api_call *c) {
  uint8_t hash[hash_bytes];
  struct store_key k = {.revoked_ms = 1};
  err e = ERR_NOT_FOUND;
  if (read_header(hash, c->x->request.bearer)) e = keys_load(c->store, hash, &k);
  if (e == ERR_NOT_FOUND || (e == ERR_OK && k.revoked_ms))
    return fault_set(&c->fault, ERR_NOT_UNLOCKED, "this hub knows no such key, or it was revoked");
  if (e != ERR_OK) return e;
  c->wait_ms = rates_take(&c->api->rates, &k.id, c->x->now.mono_ms);
  if (c->wait_ms)
    return fault_set(&c->fault, ERR_WAIT, "a key asks at most %d times a minute", key_requests_a_minute_max);
  c->login = (struct store_login){.user = k.id,
                                  .roles = k.roles,
                                  .expires_ms = c->x->now.wall_ms + office_idle_ms_max,
                                  .seen_ms = c->x->now.wall_ms};
  bytes_copy(c->login.user_name, k.name, sizeof k.name);
  return ERR_OK;
}

/* ---- how often ---- */

void rates_init(struct rates *r) {
  bytes_zero(r->entries, sizeof r->entries);
  ASSERT(pthread_mutex_init(&r->lock, NULL) == 0);
}

void rates_finish(struct rates *r) { ASSERT(pthread_mutex_destroy(&r->lock) == 0); }

static struct rates_entry *entry_of(struct rates *r, const struct id *key) {
  struct rates_entry *oldest = &r->entries[0];
  for (size_t i = 0; i < api_keys_max; i++) {
    if (id_equal(&r->entries[i].key, key)) return &r->entries[i];
    if (r->entries[i].since_ms < oldest->since_ms) oldest = &r->entries[i];
  }
  *oldest = (struct rates_entry){.key = *key};
  return oldest;
}

uint64_t rates_take(struct rates *r, const struct id *key, uint64_t mono_ms) {
  enum { minute_ms = 60000 };
  uint64_t wait_ms = 0;
  ASSERT(pthread_mutex_lock(&r->lock) == 0);
  struct rates_entry *e = entry_of(r, key);
  bool over = e->count == 0 || mono_ms >= e->since_ms + minute_ms;
  if (over) *e = (struct rates_entry){.key = *key, .since_ms = mono_ms};
  if (e->count < key_requests_a_minute_max)
    e->count++;
  else
    wait_ms = e->since_ms + minute_ms - mono_ms;
  ASSERT(pthread_mutex_unlock(&r->lock) == 0);
  return wait_ms;
}

/* ---- the administrator's list ---- */

static err answer_keys(struct api_call *c) {
  struct store_key *list = NULL;
  size_t count = 0;
  TRY(keys_list(c->store, &c->x->arena, &list, &count));
  return api_answer(c, json_pack("{s:o}", "keys", shape_list(&key_shape, list, count)));
}

err api_keys(struct api_call *c) { return answer_keys(c); }

struct key_input {
  struct slice name;
  struct input_texts role_texts;
  uint32_t roles;
};
#define FIELD(member) offsetof(struct key_input, member)
static const struct input_field key_input_fields[] = {
    {"name", INPUT_TEXT, true, 100, FIELD(name)},
    {"roles", INPUT_TEXTS, true, 4, FIELD(role_texts)},
};

static err check_room(struct api_call *c) {
  struct store_key *list = NULL;
  size_t count = 0, holding = 0;
  TRY(keys_list(c->store, &c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) holding += list[i].revoked_ms == 0;
  if (holding < api_keys_max) return ERR_OK;
  return fault_set(&c->fault, ERR_CONFLICT, "there are %d keys already: revoke one first", api_keys_max);
}

static err add_step(struct api_call *c) {
  const struct key_input *in = c->own;
  uint8_t secret[key_secret_bytes];
  struct buf text = BUF_INIT(key_text_bytes_max);
  struct store_key k = {
      .id = entropy_id(&c->api->config.hub->entropy), .roles = in->roles, .created_ms = c->x->now.wall_ms};
  TRY(check_room(c));
  entropy_fill(&c->api->config.hub->entropy, secret, sizeof secret);
  hash_secret(k.hash, slice_of(secret, sizeof secret));
  bytes_copy(k.name, in->name.ptr, in->name.len);
  err e = buf_append(&text, slice_text(begin));
  if (e == ERR_OK) e = base64url_encode(&text, slice_of(secret, sizeof secret));
  if (e == ERR_OK) e = people_key(c->store, c->x->now.wall_ms, &k, &c->login.user, "key.add");
  if (e == ERR_OK) e = api_answer(c, json_pack("{s:o}", "key", shape_text(buf_slice(&text))));
  crypto_wipe(secret, sizeof secret);
  buf_wipe(&text);
  return e;
}

/* Nothing that gives others rights: a key that leaks must not be able to make itself at home. */
err api_key_add(struct api_call *c) {
  struct key_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, key_input_fields, sizeof key_input_fields / sizeof *key_input_fields, in));
  TRY(lists_roles(c, &in->role_texts, EVERYONE & ~(uint32_t)ADMIN, &in->roles));
  if (in->roles == 0 || in->name.len == 0)
    return fault_set(&c->fault, ERR_INVALID, "a key needs a name and a role");
  return api_then(c, HTTP_WRITER, add_step);
}

static err revoke_step(struct api_call *c) {
  struct store_key *list = NULL;
  size_t count = 0, at = 0;
  TRY(keys_list(c->store, &c->x->arena, &list, &count));
  while (at < count && !id_equal(&list[at].id, &c->id)) at++;
  if (at == count) return fault_set(&c->fault, ERR_NOT_FOUND, "there is no such key");
  if (list[at].revoked_ms == 0) {
    list[at].revoked_ms = c->x->now.wall_ms;
    TRY(people_key(c->store, c->x->now.wall_ms, &list[at], &c->login.user, "key.revoke"));
  }
  return api_then(c, HTTP_READER, answer_keys);
}

err api_key_revoke(struct api_call *c) {
  TRY(input_read(c, NULL, 0, NULL));
  return api_then(c, HTTP_WRITER, revoke_step);
}
