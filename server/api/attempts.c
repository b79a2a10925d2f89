/* attempts.c: a small table of wrong sign-ins, and the delays that follow from them. */
#include "server/api/attempts.h"

#include <arpa/inet.h>

void attempts_init(struct attempts *a) {
  bytes_zero(a->entries, sizeof a->entries);
  ASSERT(pthread_mutex_init(&a->lock, NULL) == 0);
}

void attempts_finish(struct attempts *a) { ASSERT(pthread_mutex_destroy(&a->lock) == 0); }

uint64_t attempts_delay_ms(uint32_t wrong) {
  if (wrong <= signin_attempts_free) return 0;
  uint32_t doublings = wrong - signin_attempts_free - 1;
  uint32_t most = signin_lock_attempts - signin_attempts_free;
  return (uint64_t)signin_delay_first_ms << (doublings < most ? doublings : most);
}

static void make_key(uint8_t key[hash_bytes], const char *kind, struct slice what) {
  const struct slice parts[] = {slice_text(kind), what};
  crypto_hash(key, "tutti.attempts", parts, 2);
}

bool attempts_address(uint8_t key[hash_bytes], struct slice address) {
  enum { v6_bytes = 16, v6_network_bytes = 8, v4_bytes = 4 };
  static const uint8_t mapped[v6_bytes - v4_bytes] = {[10] = 0xff, [11] = 0xff};
  static const uint8_t loopback[v6_bytes] = {[15] = 1};
  char text[INET6_ADDRSTRLEN];
  if (address.len == 0 || address.len >= sizeof text) return false;
  bytes_copy(text, address.ptr, address.len);
  text[address.len] = 0;
  uint8_t raw[v6_bytes];
  struct slice network = slice_of(raw, v6_network_bytes);
  if (inet_pton(AF_INET, text, raw) == 1) {
    network = slice_of(raw, v4_bytes);
  } else if (inet_pton(AF_INET6, text, raw) != 1) {
    return false;
  } else if (slice_equal(slice_of(raw, sizeof mapped), slice_of(mapped, sizeof mapped))) {
    network = slice_of(raw + sizeof mapped, v4_bytes);
  } else if (slice_equal(slice_of(raw, v6_bytes), slice_of(loopback, v6_bytes))) {
    return false;
  }
  if (network.len == v4_bytes && network.ptr[0] == 127) return false;
  make_key(key, "address", network);
  return true;
}

void attempts_name(uint8_t key[hash_bytes], struct slice name) { make_key(key, "name", name); }

/* ---- the table; the lock is held ---- */
/* Threads read the clock before they get here, so that one may come with an earlier time than the last. */
static uint64_t elapsed(uint64_t from_ms, uint64_t to_ms) { return to_ms > from_ms ? to_ms - from_ms : 0; }

static bool is_over(const struct attempts_entry *e, uint64_t mono_ms) {
  return e->wrong == 0 || elapsed(e->first_ms, mono_ms) >= e->keep_ms;
}

static struct attempts_entry *find(struct attempts *a, const uint8_t key[hash_bytes]) {
  for (size_t i = 0; i < signin_watched_max; i++) {
    struct attempts_entry *e = &a->entries[i];
    if (e->wrong > 0 && slice_equal(slice_of(e->key, hash_bytes), slice_of(key, hash_bytes))) return e;
  }
  return NULL;
}

/* A free place, or the one that matters least: somebody who tries once from everywhere must not push out who
 * tries often. */
static struct attempts_entry *place(struct attempts *a, uint64_t mono_ms) {
  struct attempts_entry *least = &a->entries[0];
  for (size_t i = 0; i < signin_watched_max; i++) {
    struct attempts_entry *e = &a->entries[i];
    if (is_over(e, mono_ms)) return e;
    if (e->wrong < least->wrong || (e->wrong == least->wrong && e->last_ms < least->last_ms)) least = e;
  }
  return least;
}

static struct attempts_entry look(struct attempts *a, const uint8_t key[hash_bytes], uint64_t mono_ms) {
  struct attempts_entry out = {0};
  ASSERT(pthread_mutex_lock(&a->lock) == 0);
  const struct attempts_entry *e = find(a, key);
  if (e && !is_over(e, mono_ms)) out = *e;
  ASSERT(pthread_mutex_unlock(&a->lock) == 0);
  return out;
}

uint64_t attempts_address_wait(struct attempts *a, const uint8_t key[hash_bytes], uint64_t mono_ms) {
  struct attempts_entry e = look(a, key, mono_ms);
  return e.wrong < signin_address_attempts_max ? 0 : e.keep_ms - elapsed(e.first_ms, mono_ms);
}

uint64_t attempts_name_wait(struct attempts *a, const uint8_t key[hash_bytes], uint64_t mono_ms,
                            uint32_t *wrong) {
  struct attempts_entry e = look(a, key, mono_ms);
  *wrong = e.wrong;
  uint64_t since = elapsed(e.last_ms, mono_ms), delay = attempts_delay_ms(e.wrong);
  return since < delay ? delay - since : 0;
}

void attempts_count(struct attempts *a, const uint8_t key[hash_bytes], uint64_t mono_ms, uint64_t keep_ms) {
  ASSERT(pthread_mutex_lock(&a->lock) == 0);
  struct attempts_entry *e = find(a, key);
  if (!e || is_over(e, mono_ms)) {
    if (!e) e = place(a, mono_ms);
    *e = (struct attempts_entry){.first_ms = mono_ms, .keep_ms = keep_ms};
    bytes_copy(e->key, key, hash_bytes);
  }
  e->last_ms = mono_ms;
  if (e->wrong < UINT32_MAX) e->wrong++;
  ASSERT(pthread_mutex_unlock(&a->lock) == 0);
}

void attempts_forgive(struct attempts *a, const uint8_t key[hash_bytes]) {
  ASSERT(pthread_mutex_lock(&a->lock) == 0);
  struct attempts_entry *e = find(a, key);
  if (e) e->wrong--;
  ASSERT(pthread_mutex_unlock(&a->lock) == 0);
}
