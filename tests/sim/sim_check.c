/* sim_check.c: the oracles. Each asks the hub or the device, and compares with what was said or given, never
 * with its own word. */
#include "tests/sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/db/db.h"
#include "tests/sim/sim_inside.h"

static const item *rows_of(struct sim_device *d, const struct id *session, size_t *count) {
  *count = 0;
  if (!core_host_call(&d->host, "register.get", "session:i", session)) return NULL;
  return core_host_list(d->host.result, "rows", count);
}

static uint8_t row_code(const item *row) {
  const item *code = item_get(row, "code");
  if (!code || item_kind(code) == ITEM_NIL) return 0;
  return (uint8_t)schema_enum_number(schema_enum("mark_code"), core_host_text(row, "code"));
}

static const item *find_row(const item *rows, size_t count, const struct id *learner) {
  for (size_t i = 0; i < count; i++) {
    struct id id = core_host_id(item_at(rows, i), "learner");
    if (id_equal(&id, learner)) return item_at(rows, i);
  }
  return NULL;
}

/* ---- 1, 3: what a device said is saved is there when its power is back ---- */

static bool alone(const struct sim *s, const struct sim_device *d, size_t learner) {
  for (size_t i = 0; i < s->device_count; i++) {
    if (s->devices[i] != d && s->devices[i]->said.tries[learner]) return false;
  }
  return true;
}

static bool anybody_said(const struct sim *s, size_t learner, uint8_t code) {
  for (size_t i = 0; i < s->device_count; i++) {
    const struct sim_said *said = &s->devices[i]->said;
    if (said->ever[learner][code] || said->doubt[learner] & 1U << code) return true;
  }
  return false;
}

static void check_said(struct sim *s, struct sim_device *d, size_t learner, const item *row) {
  struct sim_said *said = &d->said;
  uint8_t code = row ? row_code(row) : 0;
  if (!said->tries[learner]) return;
  bool fits = alone(s, d, learner) ? code == said->last[learner] || said->doubt[learner] & 1U << code
                                   : code == 0 || anybody_said(s, learner, code);
  if (!fits)
    sim_fail(s, "1 said saved", "device %zu, learner %zu: said %d, shows %d", d->number, learner,
             said->last[learner], code);
  /* What was in doubt is decided now. */
  if (!alone(s, d, learner)) return;
  said->last[learner] = code;
  said->ever[learner][code] = true;
  said->doubt[learner] = 0;
}

static void check_session(struct sim *s, struct sim_device *d, const struct id *session, size_t from,
                          size_t to) {
  size_t count = 0;
  const item *rows = rows_of(d, session, &count);
  if (d->disk.dead || d->retired) return;
  if (!rows && d->said.tries[from])
    sim_fail(s, "1 said saved", "device %zu lost a register: %s", d->number, d->host.text);
  for (size_t i = from; rows && i < to; i++) check_said(s, d, i, find_row(rows, count, &s->learners[i]));
}

void sim_check_device_kept(struct sim *s, struct sim_device *d) {
  check_session(s, d, &s->world.strings_today, 0, 3);
  if (d->number > 0 && !d->disk.dead) check_session(s, d, &s->world.brass_today, 3, 4);
  if (d->disk.dead || d->changes <= 0) return;
  if (!core_host_call(&d->host, "sync.status", "")) return;
  int64_t now = core_host_int(d->host.result, "changes");
  if (now < d->changes)
    sim_fail(s, "3 in the outbox", "device %zu had %lld changes to send, now %lld", d->number,
             (long long)d->changes, (long long)now);
  d->changes = -1;
}

/* ---- 2: what the hub receipted, it has ---- */

static void check_stored(struct sim *s, const struct sim_bundle *b) {
  struct arena a = ARENA_INIT(1 << 22);
  struct store_bundle found;
  err e = s->hub.store->ops->bundle_load(s->hub.store, &b->device, b->incarnation, b->seq, &a, &found);
  uint8_t hash[hash_bytes];
  bundle_hash(hash, buf_slice(&b->bytes));
  if (e != ERR_OK || memcmp(hash, found.hash, hash_bytes) != 0)
    sim_fail(s, "2 receipted", "bundle %llu was stored and is gone", (unsigned long long)b->seq);
  arena_finish(&a);
}

void sim_check_hub_kept(struct sim *s) {
  for (size_t i = 0; i < s->bundle_count; i++) {
    if (s->bundles[i].stored) check_stored(s, &s->bundles[i]);
  }
}

static bool is_stored(const struct sim *s, const struct id *device, uint64_t seq) {
  for (size_t i = 0; i < s->bundle_count; i++) {
    const struct sim_bundle *b = &s->bundles[i];
    if (b->stored && b->seq == seq && id_equal(&b->device, device)) return true;
  }
  return false;
}

static void check_receipts(struct sim *s, struct sim_device *d) {
  size_t count = 0;
  if (!core_host_call(&d->host, "device.status", "")) return;
  struct id device = core_host_id(d->host.result, "device");
  if (!core_host_call(&d->host, "sync.status", "")) return;
  const item *list = core_host_list(d->host.result, "bundles", &count);
  for (size_t i = 0; i < count; i++) {
    const item *b = item_at(list, i);
    const item *at = item_get(b, "receipt_at");
    uint64_t seq = (uint64_t)core_host_int(b, "seq");
    if (at && item_kind(at) != ITEM_NIL && !is_stored(s, &device, seq))
      sim_fail(s, "2 receipted", "device %zu holds a receipt for bundle %llu, the hub never stored it",
               d->number, (unsigned long long)seq);
  }
}

/* ---- 9: garbage changes nothing ---- */

static void digest(struct sim *s, struct hub_host *h, uint8_t out[hash_bytes]) {
  if (views_digest(h->store, out) != ERR_OK) sim_fail(s, "7 integrity", "the hub cannot be read");
}

static void must_equal(struct sim *s, const char *oracle, struct hub_host *h,
                       const uint8_t before[hash_bytes]) {
  uint8_t after[hash_bytes];
  digest(s, h, after);
  if (memcmp(before, after, hash_bytes) != 0) sim_fail(s, oracle, "the hub's digest is another");
}

void sim_check_garbage(struct sim *s) {
  uint8_t before[hash_bytes];
  struct buf bytes = BUF_INIT(bundle_bytes_max);
  struct job job;
  digest(s, &s->hub, before);
  if (s->bundle_count && sim_below(&s->random, 2)) {
    const struct sim_bundle *b = &s->bundles[sim_below(&s->random, s->bundle_count)];
    if (buf_append(&bytes, buf_slice(&b->bytes)) != ERR_OK) abort();
    bytes.ptr[sim_below(&s->random, bytes.len)] ^= (uint8_t)(1U << sim_below(&s->random, 8));
  } else {
    if (buf_append_zeros(&bytes, 1 + sim_below(&s->random, 2000)) != ERR_OK) abort();
    sim_fill(&s->random, bytes.ptr, bytes.len);
  }
  hub_host_ingest(&s->hub, &job, buf_slice(&bytes));
  if (job.result == ERR_OK) sim_fail(s, "9 garbage", "the hub took a damaged bundle");
  job_finish(&job);
  if (!s->hub_disk.dead) must_equal(s, "9 garbage", &s->hub, before);
  struct sim_device *d = s->devices[sim_below(&s->random, s->device_count)];
  if (d->up && !s->hub_disk.dead) {
    hub_line_bytes(&d->line, slice_of(bytes.ptr, bytes.len < 900 ? bytes.len : 900));
    if (!d->line.closed) sim_fail(s, "9 garbage", "the hub goes on after a frame of garbage");
    must_equal(s, "9 garbage", &s->hub, before);
  }
  buf_finish(&bytes);
  sim_say(s, "garbage is refused");
}

/* ---- 4, 12: after healing everybody sees the same ---- */

static int64_t minute_of(const item *row, const char *name) {
  const item *i = item_get(row, name);
  return !i || item_kind(i) == ITEM_NIL ? -1 : core_host_int(row, name);
}

static void compare_row(struct sim *s, struct sim_device *d, const struct view_mark *m, const item *row) {
  uint8_t want = m->code == ENUM_mark_code_none ? 0 : m->code;
  if (!row) {
    if (want || m->enrolled)
      sim_fail(s, "4 same view", "device %zu lacks a learner the hub shows", d->number);
    return;
  }
  uint8_t has = row_code(row);
  if (has == ENUM_mark_code_none) has = 0;
  if (has != want) sim_fail(s, "4 same view", "device %zu shows %d, the hub %d", d->number, has, want);
  if (want && minute_of(row, "arrived") != m->arrived)
    sim_fail(s, "4 same view", "device %zu and the hub differ about a minute", d->number);
  if (want && !core_host_says(row, "comment", NULL) &&
      !slice_equal(core_host_text(row, "comment"), m->comment))
    sim_fail(s, "4 same view", "device %zu and the hub differ about a comment", d->number);
  if (core_host_bool(row, "conflict") != m->conflict)
    sim_fail(s, "4 same view", "device %zu and the hub differ about a conflict", d->number);
}

static void compare_register(struct sim *s, struct sim_device *d, const struct id *session) {
  struct arena a = ARENA_INIT(1 << 22);
  struct view_register_detail v;
  size_t count = 0;
  if (views_register(s->hub.store, session, &s->hub.now, &a, &v) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub cannot show a register");
  const item *rows = rows_of(d, session, &count);
  if (!rows) sim_fail(s, "4 same view", "device %zu: register.get: %s", d->number, d->host.text);
  for (size_t i = 0; i < v.mark_count; i++)
    compare_row(s, d, &v.marks[i], find_row(rows, count, &v.marks[i].learner));
  size_t shown = 0;
  for (size_t i = 0; i < v.mark_count; i++) shown += find_row(rows, count, &v.marks[i].learner) != NULL;
  if (shown != count) sim_fail(s, "4 same view", "device %zu shows a learner the hub does not", d->number);
  arena_finish(&a);
}

static void check_sees(struct sim *s, struct sim_device *d) {
  bool in = sim_unlock(d);
  if (d->retired) {
    if (in && core_host_call(&d->host, "register.get", "session:i", &s->world.strings_today))
      sim_fail(s, "12 nothing outside", "device %zu still shows a register it has lost", d->number);
    if (in && core_host_call(&d->host, "learner.get", "learner:i", &s->learners[0]))
      sim_fail(s, "12 nothing outside", "device %zu still knows a learner it has lost", d->number);
    return;
  }
  if (!in) sim_fail(s, "1 said saved", "device %zu does not unlock: %s", d->number, d->host.text);
  compare_register(s, d, &s->world.strings_today);
  if (d->number > 0) return compare_register(s, d, &s->world.brass_today);
  if (core_host_call(&d->host, "register.get", "session:i", &s->world.brass_today))
    sim_fail(s, "12 nothing outside", "device %zu shows a register it was never granted", d->number);
  if (!s->kind->office && core_host_call(&d->host, "learner.get", "learner:i", &s->world.kit))
    sim_fail(s, "12 nothing outside", "device %zu knows a learner it was never granted", d->number);
}

/* ---- 1, 5, 11: everything said is in force or in history, and nothing more often than it was asked for ----
 */

static bool by_device(const struct view_mark_version *v, const struct sim_device *d) {
  char name[16];
  (void)snprintf(name, sizeof name, "Phone %zu", d->number);
  return slice_equal(v->device_name, slice_text(name));
}

static void check_history(struct sim *s, const struct view_mark *m, size_t learner, bool quarantined) {
  for (size_t i = 0; i < s->device_count; i++) {
    const struct sim_device *d = s->devices[i];
    bool found[sim_codes] = {false};
    uint32_t count = 0;
    for (size_t k = 0; m && k < m->history_count; k++) {
      if (!by_device(&m->history[k], d) || !m->history[k].code) continue;
      if (m->history[k].code < sim_codes) found[m->history[k].code] = true;
      count++;
    }
    if (count > d->said.tries[learner])
      sim_fail(s, "5 once", "learner %zu: %u marks of device %zu, asked for %u", learner, count, i,
               d->said.tries[learner]);
    for (uint8_t code = 1; code < ENUM_mark_code_none && !quarantined; code++) {
      if (d->said.ever[learner][code] && !found[code] && alone(s, d, learner))
        sim_fail(s, "11 in history", "learner %zu: device %zu said %d is saved, the hub has no trace",
                 learner, i, code);
    }
  }
}

static void check_marks(struct sim *s) {
  struct arena a = ARENA_INIT(1 << 22);
  bool quarantined = hub_host_counts(&s->hub).quarantined > 0;
  for (size_t n = 0; n < sim_learners; n++) {
    struct view_register_detail v;
    const struct view_mark *m = NULL;
    const struct id *session = n == 3 ? &s->world.brass_today : &s->world.strings_today;
    if (views_register(s->hub.store, session, &s->hub.now, &a, &v) != ERR_OK) abort();
    for (size_t i = 0; i < v.mark_count; i++) {
      if (id_equal(&v.marks[i].learner, &s->learners[n])) m = &v.marks[i];
    }
    check_history(s, m, n, quarantined);
  }
  arena_finish(&a);
}

/* ---- 5, 6: order and repetition change nothing ---- */

static void ingest_again(struct sim *s, struct hub_host *h, const struct sim_bundle *b, struct buf *receipt) {
  struct job job;
  hub_host_ingest(h, &job, buf_slice(&b->bytes));
  if (job.result != ERR_OK)
    sim_fail(s, "6 again", "bundle %llu is refused: %s", (unsigned long long)b->seq, err_text(job.result));
  if (buf_append(receipt, job.receipt) != ERR_OK) abort();
  job_finish(&job);
}

static void check_again(struct sim *s) {
  uint8_t before[hash_bytes];
  digest(s, &s->hub, before);
  for (size_t i = 0; i < s->bundle_count; i++) {
    struct buf first = BUF_INIT(1 << 20), second = BUF_INIT(1 << 20);
    if (!s->bundles[i].stored) continue;
    ingest_again(s, &s->hub, &s->bundles[i], &first);
    ingest_again(s, &s->hub, &s->bundles[i], &second);
    if (!slice_equal(buf_slice(&first), buf_slice(&second)))
      sim_fail(s, "6 again", "one bundle has two receipts");
    buf_finish(&first);
    buf_finish(&second);
  }
  must_equal(s, "6 again", &s->hub, before);
}

static void check_order(struct sim *s) {
  uint8_t before[hash_bytes];
  size_t order[sim_bundles_max];
  if (s->office_wrote) return;
  digest(s, &s->hub, before);
  struct hub_host other = s->hub;
  other.line_count = 0;
  (void)snprintf(other.path, sizeof other.path, "base/hub.db");
  sim_hub_store(s, &other, false);
  for (size_t i = 0; i < s->bundle_count; i++) {
    size_t k = sim_below(&s->random, i + 1);
    order[i] = order[k];
    order[k] = i;
  }
  for (size_t i = 0; i < s->bundle_count; i++) {
    const struct sim_bundle *b = &s->bundles[order[i]];
    struct buf receipt = BUF_INIT(1 << 20);
    if (!b->stored) continue;
    other.now = b->stored_at;
    ingest_again(s, &other, b, &receipt);
    buf_finish(&receipt);
  }
  must_equal(s, "5 any order", &other, before);
  other.store->ops->close(other.store);
}

/* ---- 7, 10 ---- */

static void check_hub_file(struct sim *s) {
  struct db *db = NULL;
  for (size_t i = 0; i < s->device_count; i++) sim_cut_line(s, s->devices[i]);
  s->hub.store->ops->close(s->hub.store);
  err e = db_open(&db, &(struct db_config){.path = "hub/hub.db", .vfs = "sim"}, NULL);
  if (e == ERR_OK) e = db_check(db);
  if (e != ERR_OK) sim_fail(s, "7 integrity", "the hub's database: %s", err_text(e));
  db_close(db);
}

static void check_quiet(struct sim *s, struct sim_device *d) {
  if (!core_host_call(&d->host, "sync.status", ""))
    sim_fail(s, "10 quiet", "device %zu has no status", d->number);
  int64_t changes = core_host_int(d->host.result, "changes");
  struct slice badge = core_host_text(d->host.result, "badge"), line = core_host_text(d->host.result, "line");
  if (changes && !d->retired)
    sim_fail(s, "10 quiet", "device %zu still has %lld changes to send, badge %.*s, line %.*s", d->number,
             (long long)changes, (int)badge.len, (const char *)badge.ptr, (int)line.len,
             (const char *)line.ptr);
}

void sim_check_end(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) {
    check_quiet(s, s->devices[i]);
    check_receipts(s, s->devices[i]);
    check_sees(s, s->devices[i]);
    err e = sim_inside_check(s->devices[i]->host.core);
    if (e != ERR_OK) sim_fail(s, "7 integrity", "device %zu: %s", i, err_text(e));
  }
  sim_check_hub_kept(s);
  check_marks(s);
  check_again(s);
  check_order(s);
  check_hub_file(s);
}
