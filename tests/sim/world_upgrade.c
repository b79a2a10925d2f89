/* world_upgrade.c: devices and the hub are updated in the middle of life, each when somebody gets round to
 * it: hubs older than a device and newer than one, devices that stay old for weeks or skip a version, the
 * power that fails meanwhile. Nothing that was said saved is lost by it, what an older hub understands it
 * takes at once, what it cannot yet understand waits and says so, and whoever does not know a column leaves
 * it alone.
 *
 * Lived by the simulator of the newest schema; see sim_build.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum { pieces_max = 96, piece_bytes = 32, loans_max = 4, weeks_max = 2, since_stand = 2, since_remote = 3 };
static const int64_t week_ms = 7 * INT64_C(86400000);
struct own {
  bool office; /* this life has an office that writes; without one, order is looked at: see oracle_again.c */
  int weeks;
  char said[pieces_max][piece_bytes]; /* stands that were said saved */
  size_t said_count, tries;
  struct id loans[loans_max];
  size_t loan_count;
};

extern const struct sim_oracle sim_oracle_view;

static void begin(struct sim *s) {
  struct own *own = calloc(1, sizeof *own);
  if (!own) abort();
  s->own = own;
  own->office = sim_below(&s->random, 2) != 0;
}

static const struct sim_build *newest(const struct sim *s) { return s->builds[s->build_count - 1]; }

/* The next one or the one after it. */
static const struct sim_build *later_than(struct sim *s, const struct sim_build *b) {
  size_t at = 0;
  while (s->builds[at] != b) at++;
  return s->builds[at + 1 + sim_below(&s->random, s->build_count - at - 1)];
}

/* ---- updates ---- */

/* Whoever does it stops the program first, or just pulls the plug. */
static void device_becomes(struct sim *s, struct sim_device *d, const struct sim_build *b) {
  if (sim_below(&s->random, 2)) sim_step(d, EV_STOP, slice_of(NULL, 0));
  core_host_stop(&d->host);
  d->build = b;
  d->host.door = b->core;
  sim_kill_device(s, d);
  sim_say(s, "device %zu is updated to %u", d->number, (unsigned)b->schema);
}

/* A hub takes nothing that it cannot read; what is held it has not opened yet. */
static void must_be_readable(struct sim *s) {
  struct arena a = ARENA_INIT(1 << 26);
  for (size_t i = 0; i < s->bundle_count; i++) {
    struct receipt r;
    struct sim_bundle *b = &s->bundles[i];
    if (!b->stored || !sim_receipt(s, b, &a, &r) || r.status == RECEIPT_HELD) continue;
    if (sim_bundle_schema(s, b) > s->build->schema)
      sim_fail(s, "19 updated", "a hub of version %u took what only %u can say", s->build->schema,
               sim_bundle_schema(s, b));
  }
  arena_finish(&a);
}

/* The program keeps house when it starts. */
static void hub_open(struct sim *s) {
  struct disk_trouble kept;
  if (!s->own) return; /* the first time nothing is set up */
  sim_office_begin(s, &kept);
  sim_keep_house(s);
  sim_office_end(s, &kept);
}

static void hub_becomes(struct sim *s, const struct sim_build *b) {
  must_be_readable(s);
  for (size_t i = 0; i < s->device_count; i++) {
    if (s->devices[i]->up) sim_line_down(s, s->devices[i]);
  }
  if (s->hub_disk.dead) return;
  s->hub.store->ops->close(s->hub.store);
  s->hub.store = NULL;
  s->build = b;
  sim_hub_gate(s);
  sim_say(s, "the hub is updated to %u", (unsigned)b->schema);
  if (s->hub_disk.dead) return;
  if (sim_chance(s, 300)) s->hub_disk.trouble.io = s->hub_disk.ios + 1 + sim_below(&s->random, 40);
  sim_hub_store(s, &s->hub, false);
}

static void update_device(struct sim *s, struct sim_device *d) {
  if (d->build != newest(s)) device_becomes(s, d, later_than(s, d->build));
}

static void update_hub(struct sim *s, struct sim_device *any) {
  (void)any;
  if (s->build != newest(s)) hub_becomes(s, later_than(s, s->build));
}

/* ---- what only later programs can write ---- */

static struct sim_place place_of(struct sim *s, const struct sim_device *d, size_t *learner) {
  const struct hub_world *w = &s->world;
  *learner = sim_below(&s->random, d && d->named > 0 ? sim_learners : sim_learners - 1);
  if (*learner == sim_learners - 1) return (struct sim_place){w->brass, w->brass_today, w->kit};
  return (struct sim_place){w->strings, w->strings_today, s->learners[*learner]};
}

/* The lease may have ended, or the register may not be there. */
static bool has_screen(struct sim_device *d, const struct sim_place *at) {
  size_t count;
  if (d->disk.dead || d->host.step_error != ERR_OK) return false;
  return (d->unlocked || sim_unlock(d)) && sim_rows_of(d, &at->session, &count) != NULL;
}

static bool write_on(struct sim *s, struct sim_device *d, const char *column, const struct value *v) {
  size_t learner;
  const struct sim_place at = place_of(s, d, &learner);
  if (!has_screen(d, &at)) return false;
  err e = d->build->inside->write_mark(d->host.core, &d->host.now, &at, column, v);
  sim_say(s, "%zu writes the %s of %zu: %s", d->number, column, learner, err_name(e));
  if (e != ERR_OK)
    d->host.step_error = e; /* the host makes another core, and somebody asks whether it was struck */
  return e == ERR_OK;
}

static void write_stand(struct sim *s, struct sim_device *d) {
  struct own *own = s->own;
  char text[piece_bytes];
  if (d->build->schema < since_stand || own->said_count == pieces_max) return;
  (void)snprintf(text, sizeof text, "Stand %zu-%zu;", d->number, own->tries++);
  const struct value v = value_text(slice_text(text));
  if (write_on(s, d, "stand", &v)) (void)snprintf(own->said[own->said_count++], piece_bytes, "%s", text);
}

static void write_seat(struct sim *s, struct sim_device *d) {
  const struct value v = value_int((int64_t)sim_below(&s->random, 500));
  if (d->build->schema >= since_remote) (void)write_on(s, d, "seat", &v);
}

static void mark_remote(struct sim *s, struct sim_device *d) {
  if (d->build->schema < since_remote || d->disk.dead || (!d->unlocked && !sim_unlock(d))) return;
  sim_mark_as(s, d, "R");
}

/* What the hub is too old for comes before what it would understand: held for a gap at first, and when that
 * is closed it still cannot be opened, until the hub is updated. */
static void bring_the_end_first(struct sim *s, struct sim_device *d) {
  enum { rounds = 8 };
  if (d->build->schema <= s->build->schema) return sim_usb(s, d);
  if (d->disk.dead || (!d->unlocked && !sim_unlock(d))) return;
  (void)core_host_call(&d->host, "sync.hold", "hold:b", true);
  sim_power(s);
  sim_mark(s, d);
  sim_pass(s, seal_pause_ms + 1);
  if (d->build->schema >= since_remote && sim_below(&s->random, 2))
    mark_remote(s, d);
  else
    write_stand(s, d);
  sim_pass(s, seal_pause_ms + 1);
  sim_usb_last(s, d);
  sim_power(s);
  (void)core_host_call(&d->host, "sync.hold", "hold:b", false);
  sim_pass(s, 2 * (int64_t)reconnect_first_ms);
  for (int n = 0; n < rounds && sim_round(s); n++) sim_power(s);
}

/* ---- the office ---- */

static void office_stand(struct sim *s, struct sim_device *any) {
  const struct own *own = s->own;
  size_t learner;
  const struct sim_place at = place_of(s, NULL, &learner);
  const struct value v = value_text(slice_text("By the door"));
  struct disk_trouble kept;
  (void)any;
  if (!own->office || s->build->schema < since_stand) return;
  s->office_wrote = true;
  sim_office_begin(s, &kept);
  s->build->write_mark(&s->hub, &at, "stand", &v);
  sim_office_end(s, &kept);
  sim_say(s, "the office writes the stand of %zu", learner);
}

static void lend(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  struct disk_trouble kept;
  (void)any;
  if (!own->office || s->build->schema < since_stand || own->loan_count == loans_max) return;
  struct id *loan = &own->loans[own->loan_count++];
  loan->b[0] = (uint8_t)(0x70 + own->loan_count);
  s->office_wrote = true;
  sim_office_begin(s, &kept);
  s->build->lend(&s->hub, &s->world.strings, loan, "a music stand");
  sim_office_end(s, &kept);
  sim_say(s, "the office lends something");
}

static void enrol_or_remove(struct sim *s, struct sim_device *any) {
  const struct own *own = s->own;
  if (own->office) sim_office_actions[0].act(s, any);
}

static void weeks(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  (void)any;
  if (own->weeks == weeks_max) return;
  own->weeks++;
  sim_say(s, "three weeks go by");
  sim_pass(s, 3 * week_ms);
}

/* ---- while not everybody is updated ---- */

static void talk(struct sim *s) {
  enum { passes = 6 };
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    d->cut_off = 0;
    if (!sim_unlock(d)) sim_fail(s, "19 updated", "device %zu does not unlock: %s", i, d->host.text);
    (void)core_host_call(&d->host, "sync.hold", "hold:b", false);
  }
  for (int n = 0; n < passes; n++) {
    sim_settle(s);
    sim_pass(s, n < 2 ? seal_pause_ms + 1 : reconnect_max_ms);
  }
  sim_settle(s);
}

/* What the hub understands it has; what it does not waits, and the screen says for what. */
static void must_wait_for_the_hub_alone(struct sim *s, struct sim_device *d) {
  bool held = false;
  const uint32_t waits = d->build->inside->next_schema(d->host.core, &held);
  if (waits && waits <= s->build->schema)
    sim_fail(s, "19 updated", "device %zu keeps what a hub of version %u understands", d->number,
             s->build->schema);
  if (!core_host_call(&d->host, "sync.status", "")) sim_fail(s, "19 updated", "%s", d->host.text);
  const struct slice reason = core_host_says(d->host.result, "reason", NULL)
                                  ? slice_of(NULL, 0)
                                  : core_host_text(d->host.result, "reason");
  const bool told = sim_holds(reason, slice_text("hub must be updated"));
  if (waits && !held && !(core_host_says(d->host.result, "badge", "help") && told))
    sim_fail(s, "19 updated", "device %zu does not say that the hub must be updated, but %.*s", d->number,
             (int)reason.len, (const char *)reason.ptr);
  if (!waits && told)
    sim_fail(s, "19 updated", "device %zu says that the hub must be updated, and needs it for nothing",
             d->number);
}

static void update_devices(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) {
    if (s->devices[i]->build != newest(s)) device_becomes(s, s->devices[i], newest(s));
    sim_power(s);
  }
}

static void heal(struct sim *s) {
  talk(s);
  must_be_readable(s);
  for (size_t i = 0; i < s->device_count; i++) must_wait_for_the_hub_alone(s, s->devices[i]);
  const bool hub_first = sim_below(&s->random, 2) != 0;
  if (!hub_first) update_devices(s);
  if (s->build != newest(s)) hub_becomes(s, newest(s));
  sim_power(s);
  if (hub_first) talk(s);
  if (hub_first) sim_ask(s, &sim_oracle_view, sim_oracle_view.end);
  update_devices(s);
}

/* ---- when everybody is ---- */

static bool is_at_hub(struct sim *s, const char *text) {
  for (size_t i = 0; i < s->bundle_count; i++) {
    if (s->bundles[i].stored && sim_bundle_holds(s, &s->bundles[i], slice_text(text))) return true;
  }
  return false;
}

/* Nobody is refused for being of another age. */
static void must_be_taken(struct sim *s, struct sim_bundle *b) {
  struct arena a = ARENA_INIT(1 << 22);
  struct receipt r;
  if (sim_receipt(s, b, &a, &r)) {
    for (size_t i = 0; i < r.exception_count; i++) {
      if (r.exceptions[i].status == RECEIPT_REFUSED)
        sim_fail(s, "19 updated", "a changeset of bundle %llu was refused: %s", (unsigned long long)b->seq,
                 err_name(r.exceptions[i].reason));
    }
  }
  arena_finish(&a);
}

/* By the tables, not by the product's own reckoning. */
static uint32_t needed_for(const struct changeset *cs) {
  uint32_t needs = 1;
  for (size_t i = 0; i < cs->op_count; i++) {
    const struct op *op = &cs->ops[i];
    for (size_t c = 0; c < op->table->column_count; c++) {
      const struct column *column = &op->table->columns[c];
      const struct value *v = &op->values[c];
      if (!(op->units >> column->unit & 1)) continue;
      const bool remote = op->table->id == TABLE_mark && c == COL(mark, code) && v->kind == VALUE_INT &&
                          v->i > ENUM_mark_code_none;
      if (column->since > needs) needs = column->since;
      if (remote && since_remote > needs) needs = since_remote;
    }
  }
  return needs;
}

/* What an older hub would understand is not sealed behind what it would not. */
static void must_begin_anew(struct sim *s, const struct sim_bundle *b) {
  struct arena a = ARENA_INIT(1 << 26);
  struct bundle_parts parts;
  struct bundle_content content;
  struct buf plain = BUF_INIT(bundle_bytes_max);
  err *refused = NULL;
  if (bundle_parse(&parts, buf_slice(&b->bytes)) != ERR_OK ||
      bundle_open(&plain, &parts, sim_intake(s, parts.header.intake_key)) != ERR_OK ||
      content_decode(&content, &refused, buf_slice(&plain), &a, NULL) != ERR_OK)
    sim_fail(s, "19 updated", "bundle %llu cannot be read by the newest", (unsigned long long)b->seq);
  const uint32_t first = content.changeset_count ? needed_for(&content.changesets[0]) : 1;
  if (first != content.schema)
    sim_fail(s, "19 updated", "bundle %llu says that it needs %u, and begins with what needs %u",
             (unsigned long long)b->seq, content.schema, first);
  buf_finish(&plain);
  arena_finish(&a);
}

/* Nobody had to compare row by row with the hub: what an update brought is right at once. */
static void must_need_no_repair(struct sim *s, struct sim_device *d) {
  struct store_device_note note;
  struct id device;
  d->build->inside->device(d->host.core, &device);
  if (s->hub.store->ops->device_note_load(s->hub.store, &device, &note) != ERR_OK)
    sim_fail(s, "7 integrity", "a device's note cannot be read");
  if (note.repairs || note.restarts)
    sim_fail(s, "19 updated", "device %zu had %u streams repaired", d->number,
             (unsigned)(note.repairs + note.restarts));
}

static void must_have_loan(struct sim *s, struct sim_device *d, const struct id *loan) {
  struct arena a = ARENA_INIT(1 << 20);
  struct row row;
  const uint8_t table = sim_table_named("loan");
  err e = d->build->inside->row(d->host.core, table, loan, &a, &row);
  if (e != ERR_OK || !row.exists ||
      !slice_equal(row.values[sim_column_named(row.table, "what")].text, slice_text("a music stand")))
    sim_fail(s, "19 updated", "device %zu was updated and lacks a loan that the office wrote", d->number);
  arena_finish(&a);
}

static void check(struct sim *s) {
  const struct own *own = s->own;
  for (size_t i = 0; i < s->bundle_count; i++) {
    if (!s->bundles[i].stored) continue;
    must_be_taken(s, &s->bundles[i]);
    must_begin_anew(s, &s->bundles[i]);
  }
  for (size_t i = 0; i < own->said_count; i++) {
    if (!is_at_hub(s, own->said[i]))
      sim_fail(s, "19 updated", "%s was said saved, and the hub never got it", own->said[i]);
  }
  for (size_t i = 0; i < s->device_count; i++) {
    if (!sim_unlock(s->devices[i])) sim_fail(s, "19 updated", "device %zu: %s", i, s->devices[i]->host.text);
    must_need_no_repair(s, s->devices[i]);
    for (size_t n = 0; n < own->loan_count; n++) must_have_loan(s, s->devices[i], &own->loans[n]);
  }
}

static const struct sim_action actions[] = {
    {.name = "device is updated", .chance = 50, .act = update_device},
    {.name = "hub is updated", .chance = 30, .act = update_hub},
    {.name = "stand", .chance = 120, .act = write_stand},
    {.name = "seat", .chance = 60, .act = write_seat},
    {.name = "remote", .chance = 60, .act = mark_remote},
    {.name = "office writes a stand", .chance = 50, .act = office_stand},
    {.name = "office lends", .chance = 40, .act = lend},
    {.name = "office enrols", .chance = 30, .act = enrol_or_remove},
    {.name = "weeks", .chance = 20, .act = weeks},
    {.name = "a file", .chance = 20, .act = sim_usb},
    {.name = "the end of a file comes first", .chance = 120, .act = bring_the_end_first},
    {.name = "a file is put off", .chance = 30, .act = sim_put_off},
    {.name = "a late file comes", .chance = 30, .act = sim_bring},
    {.name = NULL},
};

const struct sim_world sim_world_upgrade = {
    .name = "upgrade",
    .devices = 2,
    .steps = 50,
    .updates = true,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_lost] = 4,
               [FAULT_partition] = 20,
               [FAULT_power] = 60,
               [FAULT_hub_power] = 30,
               [FAULT_hub_restart] = 20,
               [FAULT_garbage] = 20,
               [FAULT_sync] = 10,
               [FAULT_read] = 10,
               [FAULT_full] = 10,
               [FAULT_hub_sync] = 10,
               [FAULT_hub_full] = 10,
               [FAULT_memory] = 10},
    .actions = actions,
    .begin = begin,
    .hub_open = hub_open,
    .heal = heal,
    .check = check,
    .oracle = "19 updated",
};
