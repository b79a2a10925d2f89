/* sim_act.c: what people, machines and bad luck do next, drawn from the seed. */
#include <stdlib.h>
#include <string.h>

#include "proto/transfer.h"
#include "tests/sim/sim.h"

static const struct id *session_of(const struct sim *s, size_t learner) {
  return learner == sim_learners - 1 ? &s->world.brass_today : &s->world.strings_today;
}

/* ---- what was said ---- */

static size_t learner_number(const struct sim *s, const struct id *id) {
  for (size_t i = 0; i < sim_learners; i++) {
    if (id_equal(id, &s->learners[i])) return i;
  }
  return sim_learners;
}

static uint8_t code_of(const item *row) {
  const item *code = item_get(row, "code");
  if (!code || item_kind(code) == ITEM_NIL) return 0;
  return (uint8_t)schema_enum_number(schema_enum("mark_code"), core_host_text(row, "code"));
}

/* Every row a reply shows after a change is said to be saved. Kit is followed in Brass only. */
static void note_said(struct sim *s, struct sim_device *d, size_t learners) {
  size_t count = 0;
  const item *rows = core_host_list(d->host.result, "rows", &count);
  for (size_t i = 0; i < count; i++) {
    struct id id = core_host_id(item_at(rows, i), "learner");
    size_t n = learner_number(s, &id);
    if (n >= learners) continue;
    d->said.last[n] = code_of(item_at(rows, i));
    d->said.ever[n][d->said.last[n]] = true;
    d->said.tries[n]++;
  }
}

/* The power failed under a change: it is there or it is not, and both are right. */
static void doubt(struct sim_device *d, size_t learner, uint8_t code) {
  for (size_t i = 0; i < sim_learners; i++) {
    if (learner != sim_learners && learner != i) continue;
    d->said.doubt[i] |= (uint8_t)(1U << code);
    d->said.tries[i]++;
  }
}

static void after_change(struct sim *s, struct sim_device *d, bool ok, const char *what, size_t learner,
                         uint8_t codes) {
  sim_say(s, "%zu %s %zu: %s", d->number, what, learner,
          ok             ? "said saved"
          : d->disk.dead ? "no power"
                         : d->host.code);
  if (ok) return note_said(s, d, learner == sim_learners - 1 ? sim_learners : sim_learners - 1);
  for (uint8_t code = 0; d->disk.dead && code < sim_codes; code++) {
    if (codes & 1U << code) doubt(d, learner, code);
  }
}

/* ---- a person at a device ---- */

static void mark(struct sim *s, struct sim_device *d) {
  size_t learner = sim_below(&s->random, d->number == 0 ? 3 : sim_learners);
  uint8_t code = (uint8_t)(1 + sim_below(&s->random, 5));
  const char *word = schema_enum_word(schema_enum("mark_code"), code);
#ifdef SIM_MUTANT_SAID_TOO_EARLY
  /* A host that answers by itself, and now and then never asks the core. */
  if (sim_chance(s, 50)) {
    d->said.last[learner] = code;
    d->said.ever[learner][code] = true;
    d->said.tries[learner]++;
    return;
  }
#endif
  int arrived = 960 + (int)sim_below(&s->random, 60);
  const struct id *session = session_of(s, learner), *who = &s->learners[learner];
  bool ok = code == ENUM_mark_code_L
                ? core_host_call(&d->host, "mark.set", "session:i learner:i code:w arrived:n comment:t",
                                 session, who, word, arrived, arrived % 2 ? "bus" : "train")
                : core_host_call(&d->host, "mark.set", "session:i learner:i code:w", session, who, word);
  after_change(s, d, ok, "marks", learner, (uint8_t)(1U << code));
}

enum { any_code = 0x7f };

static void change(struct sim *s, struct sim_device *d) {
  const struct id *session = &s->world.strings_today;
  switch (sim_below(&s->random, 8)) {
  case 0:
    after_change(s, d, core_host_call(&d->host, "mark.rest", "session:i code:w", session, "P"),
                 "marks the rest", sim_learners, any_code);
    break;
  case 1:
    after_change(s, d, core_host_call(&d->host, "undo", "session:i", session), "undoes", sim_learners,
                 any_code);
    break;
  case 2:
    after_change(s, d, core_host_call(&d->host, "register.finish", "session:i rest:w", session, "P"),
                 "finishes", sim_learners, any_code);
    break;
  case 3:
    after_change(s, d, core_host_call(&d->host, "register.reopen", "session:i reason:t", session, "late bus"),
                 "reopens", sim_learners, any_code);
    break;
  case 4: {
    bool ok = core_host_call(&d->host, "note.add", "learner:i activity:i text:t", &s->learners[0],
                             &s->world.strings, "Good bow hold.");
    sim_say(s, "%zu notes: %s", d->number, ok ? "saved" : "not");
    break;
  }
  default: mark(s, d);
  }
}

static void lock_or_hold(struct sim *s, struct sim_device *d) {
  if (sim_below(&s->random, 2)) {
    d->unlocked = !core_host_call(&d->host, "lock", "");
    sim_say(s, "%zu locks", d->number);
  } else if (!s->kind->usb) {
    bool hold = sim_below(&s->random, 2) != 0;
    (void)core_host_call(&d->host, "sync.hold", "hold:b", hold);
    sim_say(s, "%zu %s the line", d->number, hold ? "holds" : "lets go");
  }
}

/* ---- a file carried by hand ---- */

static bool ingest_one(struct sim *s, struct arena *a, struct slice bundle, struct slice *receipt_out) {
  struct job job;
  (void)sim_given(s, bundle);
  hub_host_ingest(&s->hub, &job, bundle);
  bool ok = job.result == ERR_OK;
  if (ok) *receipt_out = arena_copy(a, job.receipt);
  job_finish(&job);
  if (!s->hub_disk.dead) sim_find_stored(s);
  return ok && receipt_out->ptr;
}

static bool take_file(struct sim *s, struct sim_device *d, struct slice file, struct buf *reply) {
  static struct slice receipts[bundles_per_file_max];
  struct arena a = ARENA_INIT(1 << 26);
  struct fault fault = {.code = ERR_OK};
  struct export_file f;
  size_t count = 0;
  bool ok = export_decode(&f, file, &a, &fault) == ERR_OK;
  if (!ok) sim_fail(s, "3 exported", "device %zu exports what is no export file: %s", d->number, fault.text);
  for (size_t i = 0; i < f.count && !s->hub_disk.dead; i++) {
    if (ingest_one(s, &a, f.bundles[i], &receipts[count])) count++;
  }
  struct reply_file r = {.hub = f.hub,
                         .device = f.device,
                         .manifest = buf_slice(&s->hub.hub.manifest),
                         .receipts = receipts,
                         .count = count};
  ok = !s->hub_disk.dead && reply_encode(reply, &r) == ERR_OK;
  sim_say(s, "a file of %zu with %zu bundles: %zu receipts", d->number, f.count, count);
  arena_finish(&a);
  return ok;
}

/* Either file may be damaged on its way; both may be used twice. */
void sim_usb(struct sim *s, struct sim_device *d) {
  struct buf file = BUF_INIT(export_file_bytes_max), reply = BUF_INIT(export_file_bytes_max);
  struct slice bytes = {NULL, 0};
  if (core_host_call(&d->host, "export", "") &&
      item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &bytes) == ERR_OK) {
    if (buf_append(&file, bytes) != ERR_OK) abort();
    bool there = take_file(s, d, buf_slice(&file), &reply);
    if (there && sim_chance(s, 100)) reply.ptr[sim_below(&s->random, reply.len)] ^= 1;
    if (there && !sim_chance(s, 150)) {
      bool ok = core_host_call(&d->host, "import", "file:y", buf_slice(&reply));
      sim_say(s, "%zu imports: %s", d->number, ok ? "ok" : "not");
    }
  }
  buf_finish(&file);
  buf_finish(&reply);
}

/* ---- machines ---- */

static void remember_changes(struct sim_device *d) {
  if (core_host_call(&d->host, "sync.status", "")) d->changes = core_host_int(d->host.result, "changes");
}

static void power(struct sim *s, struct sim_device *d) {
  d->changes = -1;
  if (sim_below(&s->random, 3) == 0) {
    remember_changes(d);
    sim_say(s, "power of %zu fails", d->number);
    return sim_kill_device(s, d);
  }
  d->disk.fail_at = d->disk.flushes + 1 + sim_below(&s->random, 6);
  sim_say(s, "power of %zu will fail", d->number);
}

static void hub_power(struct sim *s) {
  if (sim_below(&s->random, 3) == 0) {
    sim_say(s, "power of the hub fails");
    return sim_kill_hub(s);
  }
  s->hub_disk.fail_at = s->hub_disk.flushes + 1 + sim_below(&s->random, 3);
  sim_say(s, "power of the hub will fail");
}

static void clock_jump(struct sim *s, struct sim_device *d) {
  static const int64_t jumps[] = {60000, 3600000, 86400000, INT64_C(315360000000)};
  int64_t by = jumps[sim_below(&s->random, 4)] * (sim_below(&s->random, 2) ? 1 : -1);
  d->host.now.wall_ms += by;
  sim_say(s, "clock of %zu jumps by %lld s", d->number, (long long)(by / 1000));
}

/* ---- the office ---- */

static void office(struct sim *s) {
  int32_t today = s->world.today;
  uint64_t fail_at = s->hub_disk.fail_at;
  bool in = sim_below(&s->random, 2) != 0;
  s->hub_disk.fail_at = 0;
  s->office_wrote = true;
  if (in)
    hub_world_enrol(&s->hub, &s->world.kit, &s->world.strings, today, 0);
  else
    hub_world_enrol(&s->hub, &s->world.kit, &s->world.strings, today - 1, today);
  if (fail_at) s->hub_disk.fail_at = s->hub_disk.flushes + 1;
  sim_say(s, "the office %s Kit", in ? "enrols" : "removes");
}

/* Ada's grant ends tomorrow; a day goes by while she is out of reach. */
static void end_grant(struct sim *s) {
  struct sim_device *d = s->devices[0];
  if (d->retired) return;
  (void)core_host_call(&d->host, "sync.hold", "hold:b", true);
  sim_power(s);
  mark(s, d);
  sim_power(s);
  s->office_wrote = true;
  s->hub_disk.fail_at = 0;
  hub_world_grant(&s->hub, &s->world.ada, &s->world.strings, ENUM_grant_role_tutor, s->world.today - 30,
                  s->world.today + 1);
  d->retired = true;
  sim_say(s, "the grant of 0 ends");
  sim_pass(s, 86400000);
  (void)core_host_call(&d->host, "sync.hold", "hold:b", false);
}

static bool hub_restart(struct sim *s) {
  if (!sim_chance(s, 20)) return false;
  sim_say(s, "the hub restarts");
  for (size_t i = 0; i < s->device_count; i++) {
    if (s->devices[i]->up) hub_line_event(&s->devices[i]->line, SESSION_STOP);
  }
  (void)sim_round(s);
  if (s->hub_disk.dead) return true;
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    if (!d->up) continue;
    sim_cut_line(s, d);
    core_host_step(&d->host, EV_LINK_DOWN, d->link, slice_of(NULL, 0));
  }
  s->hub.store->ops->close(s->hub.store);
  s->hub.store = NULL;
  if (!s->hub_disk.dead) sim_hub_store(s, &s->hub, false);
  return true;
}

void sim_act(struct sim *s) {
  struct sim_device *d = s->devices[sim_below(&s->random, s->device_count)];
  const struct sim_world_kind *k = s->kind;
  if (sim_chance(s, k->cut)) return power(s, d);
  if (sim_chance(s, k->hub_cut)) return hub_power(s);
  if (k->restore && sim_chance(s, 30)) {
    s->restoring = true;
    return sim_kill_hub(s);
  }
  if (sim_chance(s, k->office)) return office(s);
  if (sim_chance(s, k->clock)) return clock_jump(s, d);
  if (k->grant_ends && sim_chance(s, 50)) return end_grant(s);
  if (sim_chance(s, 20)) return sim_check_garbage(s);
  if (hub_restart(s)) return;
  if (sim_chance(s, k->usb ? 200 : 20)) return sim_usb(s, d);
  if (sim_chance(s, 80)) return lock_or_hold(s, d);
  if (d->retired) return;
  if (!d->unlocked) (void)sim_unlock(d);
  if (d->unlocked && !d->disk.dead) change(s, d);
}
