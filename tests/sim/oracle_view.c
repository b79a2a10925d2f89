/* oracle_view.c: after healing everybody sees the same (4), and nobody what they may not (12). */
#include "tests/sim/sim.h"

static int64_t minute_of(const item *row, const char *name) {
  const item *i = item_get(row, name);
  return !i || item_kind(i) == ITEM_NIL ? -1 : core_host_int(row, name);
}

static void compare_row(struct sim *s, struct sim_device *d, const struct view_mark *m, const item *row) {
  uint8_t want = m->code == ENUM_mark_code_none || !sim_knows_code(d->build, m->code) ? 0 : m->code;
  if (!row) {
    if (want || m->enrolled)
      sim_fail(s, "4 same view", "device %zu lacks a learner the hub shows", d->number);
    return;
  }
  uint8_t has = sim_row_code(row);
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
  const item *rows = sim_rows_of(d, session, &count);
  if (!rows) sim_fail(s, "4 same view", "device %zu: register.get: %s", d->number, d->host.text);
  for (size_t i = 0; i < v.mark_count; i++)
    compare_row(s, d, &v.marks[i], sim_find_row(rows, count, &v.marks[i].learner));
  size_t shown = 0;
  for (size_t i = 0; i < v.mark_count; i++) shown += sim_find_row(rows, count, &v.marks[i].learner) != NULL;
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
  if (d->named > 0) return compare_register(s, d, &s->world.brass_today);
  if (core_host_call(&d->host, "register.get", "session:i", &s->world.brass_today))
    sim_fail(s, "12 nothing outside", "device %zu shows a register it was never granted", d->number);
  if (!s->kit_moves && core_host_call(&d->host, "learner.get", "learner:i", &s->world.kit))
    sim_fail(s, "12 nothing outside", "device %zu knows a learner it was never granted", d->number);
}

static void check_all(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) check_sees(s, s->devices[i]);
}

const struct sim_oracle sim_oracle_view = {.number = 4, .name = "same view", .end = check_all};
