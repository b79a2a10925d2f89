/* journal_people.c: accounts, keys of scripts, and what people did about cases, into the journal and back. Of
 * passwords, recovery codes and keys it holds hashes, as the database does; the second step's secret follows
 * from the hub's keys. */
#include "server/core/erase.h"
#include "server/core/journal_file.h"

enum { entry_bytes_max = 65536 };

/* ---- an account: all of it but when it was last used and a second step that is being set up ---- */

static err put_sign_in(struct buf *out, const struct store_user *u) {
  TRY(buf_append(out, slice_of(u->salt, salt_bytes)));
  TRY(buf_append(out, slice_of(u->hash, key_bytes)));
  TRY(buf_put_u32(out, u->passes));
  TRY(buf_put_u32(out, u->memory_kib));
  TRY(buf_put_u32(out, u->wrong));
  TRY(buf_put_u64(out, (uint64_t)u->wait_until_ms));
  return buf_put_u8(out, u->locked);
}

static err put_second_step(struct buf *out, const struct store_user *u) {
  TRY(buf_put_u8(out, u->has_totp));
  TRY(buf_append(out, slice_of(u->totp, salt_bytes)));
  TRY(buf_put_u64(out, u->totp_step));
  TRY(buf_put_u32(out, (uint32_t)u->totp_drift));
  TRY(buf_put_u8(out, (uint8_t)u->code_count));
  return buf_append(out, slice_of(u->codes, u->code_count * hash_bytes));
}

static err put_activities(struct buf *out, struct store *s, const struct id *user) {
  struct arena a = ARENA_INIT(1 << 20);
  struct id *list;
  size_t count;
  err e = s->ops->user_activities(s, user, &a, &list, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++) e = buf_append(out, id_slice(&list[i]));
  arena_finish(&a);
  return e;
}

static err put_user(struct buf *out, struct store *s, const struct store_user *u) {
  TRY(buf_append(out, id_slice(&u->id)));
  TRY(journal_put_text(out, u->name));
  TRY(buf_put_u32(out, u->roles));
  TRY(buf_put_u64(out, (uint64_t)u->ended_ms));
  TRY(put_sign_in(out, u));
  TRY(put_second_step(out, u));
  return put_activities(out, s, &u->id);
}

err journal_user(struct journal *j, struct store *s, const struct store_user *u) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(entry_bytes_max);
  err e = put_user(&bytes, s, u);
  return journal_add(j, JOURNAL_USER, &bytes, e);
}

static err get_sign_in(struct cursor *c, struct store_user *u) {
  uint8_t locked;
  TRY(cursor_copy(c, u->salt, salt_bytes));
  TRY(cursor_copy(c, u->hash, key_bytes));
  TRY(cursor_u32(c, &u->passes));
  TRY(cursor_u32(c, &u->memory_kib));
  TRY(cursor_u32(c, &u->wrong));
  TRY(journal_get_time(c, &u->wait_until_ms));
  TRY(cursor_u8(c, &locked));
  u->locked = locked != 0;
  return ERR_OK;
}

static err get_second_step(struct cursor *c, struct store_user *u) {
  uint8_t has, count;
  uint32_t drift;
  TRY(cursor_u8(c, &has));
  TRY(cursor_copy(c, u->totp, salt_bytes));
  TRY(cursor_u64(c, &u->totp_step));
  TRY(cursor_u32(c, &drift));
  TRY(cursor_u8(c, &count));
  if (count > recovery_codes_max) return ERR_CORRUPT;
  u->has_totp = has != 0;
  u->totp_drift = (int32_t)drift;
  u->code_count = count;
  return cursor_copy(c, u->codes, (size_t)count * hash_bytes);
}

static err get_user(struct cursor *c, struct store_user *u) {
  TRY(cursor_copy(c, &u->id, id_bytes));
  TRY(journal_get_text(c, u->name, sizeof u->name));
  TRY(cursor_u32(c, &u->roles));
  TRY(journal_get_time(c, &u->ended_ms));
  TRY(get_sign_in(c, u));
  return get_second_step(c, u);
}

/* Whoever is signed in was so with what the account no longer is. */
err journal_apply_user(struct store *s, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct store_user u = {.roles = 0}, known;
  TRY(get_user(&c, &u));
  err e = s->ops->user_load(s, &u.id, &known);
  if (e != ERR_OK && e != ERR_NOT_FOUND) return e;
  if (e == ERR_OK) u.last_ms = known.last_ms;
  TRY(s->ops->user_save(s, &u));
  TRY(s->ops->user_sign_out(s, &u.id, NULL));
  TRY(s->ops->user_take(s, &u.id));
  while (cursor_left(&c) > 0) {
    struct id activity;
    TRY(cursor_copy(&c, &activity, id_bytes));
    TRY(s->ops->user_give(s, &u.id, &activity));
  }
  return ERR_OK;
}

/* ---- a key of scripts ---- */

static err put_key(struct buf *out, const struct store_key *k) {
  TRY(buf_append(out, id_slice(&k->id)));
  TRY(buf_append(out, slice_of(k->hash, hash_bytes)));
  TRY(journal_put_text(out, k->name));
  TRY(buf_put_u32(out, k->roles));
  TRY(buf_put_u64(out, (uint64_t)k->created_ms));
  return buf_put_u64(out, (uint64_t)k->revoked_ms);
}

err journal_key(struct journal *j, const struct store_key *k) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(entry_bytes_max);
  err e = put_key(&bytes, k);
  return journal_add(j, JOURNAL_KEY, &bytes, e);
}

err journal_apply_key(struct store *s, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct store_key k = {.roles = 0};
  TRY(cursor_copy(&c, &k.id, id_bytes));
  TRY(cursor_copy(&c, k.hash, hash_bytes));
  TRY(journal_get_text(&c, k.name, sizeof k.name));
  TRY(cursor_u32(&c, &k.roles));
  TRY(journal_get_time(&c, &k.created_ms));
  TRY(journal_get_time(&c, &k.revoked_ms));
  return s->ops->key_save(s, &k);
}

/* ---- what somebody did about a case ---- */

static err put_case(struct buf *out, const struct write_case *w) {
  TRY(buf_append(out, id_slice(&w->learner))); /* first, for journal_scrub */
  TRY(buf_append(out, id_slice(&w->id)));
  TRY(buf_append(out, id_slice(&w->session)));
  TRY(buf_put_u8(out, (uint8_t)w->state));
  TRY(buf_put_u8(out, (uint8_t)w->kind));
  TRY(buf_put_u8(out, w->outcome));
  TRY(buf_put_u64(out, (uint64_t)w->at_ms));
  TRY(buf_append(out, id_slice(&w->who)));
  TRY(buf_put_u8(out, (uint8_t)w->by.len));
  TRY(buf_append(out, w->by));
  return buf_append(out, w->text);
}

err journal_case(struct journal *j, const struct write_case *w) {
  if (!j) return ERR_OK;
  ASSERT(w->by.len <= UINT8_MAX && w->state != 0);
  struct buf bytes = BUF_INIT(entry_bytes_max);
  err e = put_case(&bytes, w);
  return journal_add(j, JOURNAL_CASE, &bytes, e);
}

static err get_case(struct cursor *c, struct write_case *w) {
  uint8_t state, kind, by;
  TRY(cursor_copy(c, &w->learner, id_bytes));
  TRY(cursor_copy(c, &w->id, id_bytes));
  TRY(cursor_copy(c, &w->session, id_bytes));
  TRY(cursor_u8(c, &state));
  TRY(cursor_u8(c, &kind));
  TRY(cursor_u8(c, &w->outcome));
  TRY(journal_get_time(c, &w->at_ms));
  TRY(cursor_copy(c, &w->who, id_bytes));
  TRY(cursor_u8(c, &by));
  TRY(cursor_bytes(c, by, &w->by));
  if (state < CASE_OPEN || state > CASE_HANDED_OVER || kind < CASE_EVENT_OPENED || kind > CASE_EVENT_RECEIPT)
    return ERR_CORRUPT;
  w->state = (enum case_state)state;
  w->kind = (enum case_event_kind)kind;
  w->text = slice_of(c->ptr, cursor_left(c));
  return ERR_OK;
}

/* The register that opened the case comes again from its device, and finds it as people left it. */
err journal_apply_case(struct store *s, const struct id *hub, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct write_case w = {.outcome = 0};
  uint8_t hash[hash_bytes];
  uint64_t erased;
  TRY(get_case(&c, &w));
  erase_hash(hash, hub, &w.learner);
  TRY(s->ops->erased(s, hash, &erased));
  return erased ? ERR_OK : s->ops->case_write(s, &w);
}
