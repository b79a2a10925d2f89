/* world_erasure.c: the office erases children while devices are out of reach with work about them, sealed,
 * not sealed, and in files that come weeks later; with safeguarding holds, and a hub that comes back from a
 * backup of before with its journal on a second path, which is trimmed night by night. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/erase.h"
#include "server/core/group.h"
#include "server/core/journal.h"
#include "tests/sim/sim.h"
#include "tests/sim/sim_erased.h"
#include "tests/sim/sim_question.h"
#include "tests/sim/sim_retire.h"

/* What the office said of a hold: nothing is known after it failed under the saying. */
enum hold { HOLD_NONE, HOLD_STANDS, HOLD_DOUBT };
enum { weeks_max = 2, nights = 21, night_ms = 86400000, backup_days = 2, questions_max = 12, visits_max = 6 };
struct own {
  struct disk second; /* the journal's */
  struct file_ops files;
  struct journal *journal;
  struct disk later; /* the backup of the last night that went by, if one did: an older one is of no use */
  bool is_later, kept[sim_bundles_max];
  bool restoring;
  bool told[sim_learners]; /* the office was told that they are erased */
  enum hold hold[sim_learners];
  int weeks, nights; /* nights: since the last backup */
  bool asks;         /* the office does, in this run */
  size_t asked, visits;
  enum sim_retired retired;
};
/* Zoe and Li; what people wrote about them stands nowhere else. */
static const size_t children[] = {0, 2};
static const char *const family[sim_learners] = {"Quicksilverish", NULL, "Oddlyfamilied"};
static const char *const words[sim_learners] = {"Embouchure of her own", NULL, "Slurs like nobody"};

static struct own *own_of(struct sim *s) {
  struct own *own = s->own;
  if (own) return own;
  own = calloc(1, sizeof *own);
  if (!own) abort();
  (void)snprintf(own->second.dir, sizeof own->second.dir, "second");
  own->files = disk_file_ops(&own->second);
  s->disks[s->disk_count++] = &own->second;
  s->own = own;
  return own;
}

static void begin(struct sim *s) { own_of(s)->asks = sim_below(&s->random, 3) == 0; }

static size_t any_child(struct sim *s) { return children[sim_below(&s->random, 2)]; }

/* ---- the hub and its journal start and stop together ---- */

static err replay(struct sim *s, struct own *own) {
  struct fault fault;
  size_t count;
  journal_close(own->journal);
  own->journal = NULL;
  TRY(journal_open(&own->journal, &own->files, &s->hub.hub.id, &fault));
  s->hub.store->journal = own->journal;
  return journal_replay(&count, own->journal, &s->hub.hub, s->hub.store, &s->hub.now);
}

static bool is_erased(struct sim *s, size_t child, uint64_t *number) {
  uint8_t hash[hash_bytes];
  erase_hash(hash, &s->hub.hub.id, &s->learners[child]);
  if (s->hub.store->ops->erased(s->hub.store, hash, number) != ERR_OK)
    sim_fail(s, "7 integrity", "the ledger cannot be read");
  return *number != 0;
}

/* What the office was told stands, whatever backup the hub came back from. */
static void check_office(struct sim *s, struct own *own) {
  struct arena a = ARENA_INIT(1 << 20);
  for (size_t i = 0; i < 2; i++) {
    const size_t child = children[i];
    struct store_hold hold;
    uint64_t number;
    bool gone = is_erased(s, child, &number);
    if (own->told[child] && !gone)
      sim_fail(s, "2 receipted", "the hub forgot that it erased learner %zu", child);
    err e = s->hub.store->ops->hold_load(s->hub.store, &s->learners[child], &a, &hold);
    if (own->hold[child] == HOLD_STANDS && e != ERR_OK)
      sim_fail(s, "2 receipted", "the hub forgot a hold: %s", err_text(e));
    if (own->hold[child] == HOLD_NONE && e != ERR_NOT_FOUND)
      sim_fail(s, "2 receipted", "the hub forgot that a hold was lifted: %s", err_text(e));
  }
  arena_finish(&a);
}

/* What a hub shows when it has started the office was told as well. */
static void read_office(struct sim *s, struct own *own) {
  uint64_t number;
  for (size_t i = 0; i < 2; i++) {
    if (is_erased(s, children[i], &number)) own->told[children[i]] = true;
  }
}

static void hub_open(struct sim *s) {
  struct own *own = own_of(s);
  uint64_t struck = s->hub_disk.struck + own->second.struck;
  err e = replay(s, own);
  if (e != ERR_OK && s->hub_disk.struck + own->second.struck != struck) { /* somebody makes room */
    s->hub_disk.trouble = own->second.trouble = (struct disk_trouble){.flush = 0};
    e = replay(s, own);
  }
  sim_end_with(s, &own->second);
  if (s->hub_disk.dead) return;
  if (e != ERR_OK) sim_fail(s, "7 integrity", "the journal is not replayed: %s", err_text(e));
  check_office(s, own);
  read_office(s, own);
}

static void hub_boot(struct sim *s) {
  struct own *own = own_of(s);
  sim_boot_beside(s, &own->second);
  if (!own->restoring) return;
  sim_say(s, "the hub is restored from its %s backup", own->is_later ? "latest" : "first");
  disk_copy(&s->hub_disk, "hub.db", own->is_later ? &own->later : &s->base_disk, "hub.db");
  for (size_t i = 0; i < s->bundle_count; i++) s->bundles[i].stored = own->is_later && own->kept[i];
  own->restoring = false;
  sim_restored(s);
}

static void setup(struct sim *s) {
  s->hub.hub.backup_days = backup_days;
  for (size_t i = 0; i < 2; i++) {
    const size_t child = children[i];
    struct op op = {.table = schema_table(TABLE_learner), .row = s->learners[child], .units = 1U << 1};
    op.values[COL(learner, first_name)] = value_text(slice_text(i == 0 ? "Zo\xc3\xab" : "Li"));
    op.values[COL(learner, last_name)] = value_text(slice_text(family[child]));
    hub_world_put(&s->hub, &op);
    s->words[child] = words[child];
  }
  sim_settle(s);
}

/* ---- the office ---- */

/* Its disks may fail it: then it was told so, and whoever runs the hub starts it again. */
static bool was_struck(struct sim *s, uint64_t before, err e, const char *what) {
  struct own *own = s->own;
  sim_end_with(s, &own->second);
  bool struck = s->hub_disk.dead || s->hub_disk.struck + own->second.struck != before;
  if (!struck && e != ERR_OK) sim_fail(s, "office", "%s: %s", what, err_text(e));
  if (e != ERR_OK) sim_kill_hub(s);
  return e != ERR_OK;
}

static uint64_t struck_so_far(const struct sim *s) {
  const struct own *own = s->own;
  return s->hub_disk.struck + own->second.struck;
}

static void tell(struct sim *s, const struct change_set *changes) {
  for (size_t i = 0; i < s->hub.line_count; i++) {
    struct session_event event = {.kind = SESSION_CHANGED, .now = s->hub.now, .changes = changes};
    hub_line_changed(s->hub.lines[i], &event);
  }
}

static err order(struct sim *s, size_t child, struct erase_result *r) {
  struct fault fault;
  const struct erase_order o = {
      .learner = s->learners[child], .by = s->world.ben, .reason = slice_text("the family asked")};
  return erase_learner(r, &s->hub.hub, s->hub.store, &s->hub.now, &o, &fault);
}

static void erase_child(struct sim *s, size_t child) {
  struct own *own = s->own;
  struct erase_result r;
  uint64_t struck = struck_so_far(s);
  if (was_struck(s, struck, sim_end_cases(s, &s->hub, child), "end a case")) return;
  bool held = own->hold[child] == HOLD_STANDS && !own->told[child];
  bool doubt = own->hold[child] == HOLD_DOUBT;
  if (!held) s->erased[child] = true;
  err e = order(s, child, &r);
  sim_say(s, "the office erases learner %zu: %s", child, err_name(e));
  if (held && e == ERR_OK) sim_fail(s, "office", "learner %zu was erased in spite of a hold", child);
  if ((held || doubt) && e == ERR_FORBIDDEN) {
    own->hold[child] = HOLD_STANDS;
    return;
  }
  if (was_struck(s, struck, e, "erase")) return;
  own->told[child] = true;
  own->hold[child] = HOLD_NONE;
  if (!r.before) tell(s, &r.changes);
}

/* Of all flushes that may fail this is the one about which nobody knows afterwards what it kept. */
static void erase(struct sim *s, struct sim_device *any) {
  (void)any;
  if (sim_chance(s, 600)) s->hub_disk.trouble.sync = s->hub_disk.flushes + 1;
  erase_child(s, any_child(s));
}

/* What a hub does once a minute; its other housekeeping waits for nobody here. */
static void keep_house(struct sim *s, struct sim_device *any) {
  uint64_t struck = struck_so_far(s);
  bool done;
  (void)any;
  err e = erase_scrub(&s->hub.hub, s->hub.store, &done);
  sim_say(s, "the hub rewrites its file: %s", e != ERR_OK ? err_name(e) : done ? "done" : "later");
  (void)was_struck(s, struck, e, "scrub");
}

static void hold_child(struct sim *s, size_t child, bool stands) {
  struct own *own = s->own;
  struct fault fault;
  uint64_t struck = struck_so_far(s), number;
  const struct id *learner = &s->learners[child];
  const struct store_hold hold = {.learner = *learner,
                                  .by = s->world.ben,
                                  .reason = slice_text("a case is open"),
                                  .since_ms = s->hub.now.wall_ms};
  if (is_erased(s, child, &number) || own->hold[child] == (stands ? HOLD_STANDS : HOLD_NONE)) return;
  bool doubt = own->hold[child] == HOLD_DOUBT;
  own->hold[child] = HOLD_DOUBT;
  err e = stands ? erase_hold(&s->hub.hub, s->hub.store, &s->hub.now, &hold, &fault)
                 : erase_lift(&s->hub.hub, s->hub.store, &s->hub.now, learner, &s->world.ben, &fault);
  sim_say(s, "the office %s a hold on learner %zu: %s", stands ? "sets" : "lifts", child, err_name(e));
  if (doubt && e == (stands ? ERR_EXISTS : ERR_NOT_FOUND)) e = ERR_OK;
  if (!was_struck(s, struck, e, "hold")) own->hold[child] = stands ? HOLD_STANDS : HOLD_NONE;
}

static void hold(struct sim *s, struct sim_device *any) {
  size_t child = any_child(s);
  (void)any;
  hold_child(s, child, sim_below(&s->random, 2) != 0);
}

static void write_about(struct sim *s, struct sim_device *d) {
  size_t child = any_child(s);
  if (d->retired) return;
  if (!d->unlocked) (void)sim_unlock(d);
  bool ok = core_host_call(&d->host, "note.add", "learner:i activity:i text:t", &s->learners[child],
                           &s->world.strings, words[child]);
  sim_say(s, "%zu notes about learner %zu: %s", d->number, child, ok ? "saved" : "not");
  if (ok) sim_note_added(d, child);
}

/* The first device's work of today comes from somebody who has no right to it any more: it waits. */
static void end_grant(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  struct disk_trouble kept;
  (void)any;
  if (s->devices[0]->retired) return;
  write_about(s, s->devices[0]);
  sim_power(s);
  sim_office_begin(s, &kept);
  own->second.trouble = (struct disk_trouble){.flush = 0};
  hub_world_grant(&s->hub, &s->world.ada, &s->world.strings, ENUM_grant_role_tutor, s->world.today - 30,
                  s->world.today);
  sim_office_end(s, &kept);
  s->office_wrote = s->devices[0]->retired = true;
  sim_say(s, "the grant of 0 has ended");
}

/* ---- questions about a register, whose words name a child ---- */

/* Nobody is asked in the name of a child who is gone. */
static const char *words_about(struct sim *s) {
  size_t child = any_child(s);
  return s->erased[child] ? "Is it finished?" : words[child];
}

static void ask_in_words(struct sim *s, struct sim_device *d, const char *text) {
  struct own *own = s->own;
  struct disk_trouble kept;
  const struct id id = {{sim_question_id, (uint8_t)++own->asked}};
  char matter[id_text_bytes];
  struct op op = {.table = schema_table(TABLE_question), .row = id, .units = 3};
  id_text(matter, &s->world.strings_today);
  op.values[COL(question, staff)] = value_id(&d->staff);
  op.values[COL(question, item)] = value_text(slice_text(matter));
  op.values[COL(question, session)] = value_id(&s->world.strings_today);
  op.values[COL(question, text)] = value_text(slice_text(text));
  s->office_wrote = true;
  sim_office_begin(s, &kept);
  own->second.trouble = (struct disk_trouble){.flush = 0};
  hub_world_put(&s->hub, &op);
  sim_office_end(s, &kept);
  sim_say(s, "the office asks %zu", d->number);
}

static bool may_ask(const struct sim *s, const struct sim_device *d) {
  const struct own *own = s->own;
  return own->asks && own->asked < questions_max && !d->retired;
}

static void ask(struct sim *s, struct sim_device *d) {
  if (may_ask(s, d)) ask_in_words(s, d, words_about(s));
}

static void answer_in_words(struct sim *s, struct sim_device *d, const char *text) {
  struct id id;
  if (!sim_find_question(d, &id)) return;
  bool ok = core_host_call(&d->host, "question.answer", "question:i text:t", &id, text);
  sim_say(s, "%zu answers question %u: %s", d->number, (unsigned)id.b[1], ok ? "saved" : "not");
}

static void answer(struct sim *s, struct sim_device *d) { answer_in_words(s, d, words_about(s)); }

/* ---- visits of years ago, which the retention schedule removes ---- */

static void put_visit(struct sim *s, struct sim_device *d) {
  struct own *own = s->own;
  struct disk_trouble kept;
  if (own->visits == visits_max) return;
  s->office_wrote = true;
  sim_office_begin(s, &kept);
  own->second.trouble = (struct disk_trouble){.flush = 0};
  sim_put_visit(s, d, (uint8_t)++own->visits);
  sim_put_entry(s, (uint8_t)own->visits, own->retired);
  sim_office_end(s, &kept);
  sim_say(s, "a visit of years ago is entered for %zu", d->number);
}

static void retire(struct sim *s, struct sim_device *any) {
  uint64_t struck = struck_so_far(s);
  (void)any;
  if (own_of(s)->retired == SIM_NOT_RETIRED) own_of(s)->retired = SIM_PERHAPS_RETIRED;
  err e = sim_retire(s);
  sim_say(s, "the retention schedule is applied: %s", err_name(e));
  if (was_struck(s, struck, e, "retire")) return;
  own_of(s)->retired = SIM_RETIRED;
  const struct change_set all = {.all_streams = true};
  tell(s, &all);
}

/* ---- what else happens ---- */

/* A copy of a store that is closed is whole. */
static void back_up(struct sim *s) {
  struct own *own = s->own;
  s->hub_disk.trouble = own->second.trouble = (struct disk_trouble){.flush = 0};
  for (size_t i = 0; i < s->device_count; i++) {
    if (s->devices[i]->up) sim_line_down(s, s->devices[i]);
  }
  s->hub.store->ops->close(s->hub.store);
  s->hub.store = NULL;
  disk_copy(&own->later, "hub.db", &s->hub_disk, "hub.db");
  sim_hub_store(s, &s->hub, false);
  own->is_later = true;
  own->nights = 1;
  for (size_t i = 0; i < sim_bundles_max; i++) own->kept[i] = i < s->bundle_count && s->bundles[i].stored;
}

/* What no backup needs leaves the journal, and no backup is older than the hub counts on. */
static void pass_night(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  (void)any;
  if (own->nights++ == backup_days) back_up(s);
  sim_pass(s, night_ms);
  uint64_t struck = struck_so_far(s);
  err e = journal_keep(own->journal, &s->hub.hub, s->hub.store, &s->hub.now);
  (void)was_struck(s, struck, e, "keep the journal");
  sim_power(s);
}

/* Twice, or a device would have forgotten what a late file brings. */
static void weeks(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  if (own->weeks == weeks_max) return;
  own->weeks++;
  sim_say(s, "three weeks go by");
  for (int i = 0; i < nights; i++) pass_night(s, any);
}

static void burn(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  (void)any;
  own->restoring = true;
  sim_kill_hub(s);
}

/* Until nobody has anything to say, or the power is gone. */
static void talk(struct sim *s) {
  enum { rounds_max = 24 };
  sim_power(s);
  for (int n = 0; n < rounds_max && sim_round(s); n++) sim_power(s);
  sim_power(s);
}

/* Asked, answered and erased in one day: no backup knows the question, and the journal soon does not either.
 * Only its list of erased rows tells a restored hub whose the answer is, that its device sends once more. */
static void erase_what_was_asked(struct sim *s, struct sim_device *d) {
  struct own *own = s->own;
  const size_t child = any_child(s);
  if (!may_ask(s, d) || s->erased[child] || own->hold[child] != HOLD_NONE) return;
  ask_in_words(s, d, words[child]);
  talk(s);
  answer_in_words(s, d, words[child]);
  sim_pass(s, seal_pause_ms + 1);
  talk(s);
  erase_child(s, child);
  sim_power(s);
  keep_house(s, d);
  if (sim_below(&s->random, 2)) burn(s, d);
}

/* The flush of the journal fails and the program ends with it. The next one finds the record, and what it
 * follows from it must not be gone when the house burns. */
static void kill_over_journal(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  const size_t child = any_child(s);
  if (s->erased[child] || own->hold[child] != HOLD_NONE) return;
  own->second.trouble =
      (struct disk_trouble){.sync = own->second.flushes + 1 + sim_below(&s->random, 2), .kills = true};
  erase_child(s, child);
  sim_power(s);
  own->second.trouble = (struct disk_trouble){.flush = 0};
  if (sim_below(&s->random, 2)) burn(s, any);
}

/* Two histories from one backup, each as long as the other: in the second an erasure stands where the first
 * had somebody's note, which a file brings again, so that no device proves anything. Only their epochs
 * differ. */
static void burn_twice_and_erase(struct sim *s, struct sim_device *d) {
  struct own *own = s->own;
  const size_t child = any_child(s);
  if (!may_ask(s, d) || s->erased[child] || own->hold[child] != HOLD_NONE) return;
  ask_in_words(s, d, "Is it finished?");
  burn(s, d);
  sim_pass(s, 2 * (int64_t)reconnect_first_ms);
  talk(s);
  write_about(s, d);
  sim_put_off(s, d);
  sim_pass(s, seal_pause_ms + 1);
  talk(s);
  burn(s, d);
  sim_power(s);
  erase_child(s, child);
  sim_power(s);
  sim_bring(s, d);
}

/* The storage of the journal fails, whatever the hub does then. */
static void fail_second(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  struct disk_trouble *t = &own->second.trouble;
  (void)any;
  switch (sim_below(&s->random, 3)) {
  case 0: t->io = own->second.ios + 1 + sim_below(&s->random, 4); break;
  case 1:
    t->kills = sim_takes_program(s);
    t->sync = own->second.flushes + 1 + sim_below(&s->random, 2);
    break;
  default: t->full = !t->full; break;
  }
  sim_say(s, "the journal's disk will fail");
}

/* ---- the end ---- */

/* Whatever the office began it ends; and then the hub may be restored once more. */
static void heal(struct sim *s) {
  struct own *own = s->own;
  own->second.trouble = (struct disk_trouble){.flush = 0};
  for (size_t i = 0; i < 2; i++) {
    const size_t child = children[i];
    if (!s->erased[child]) continue;
    hold_child(s, child, false);
    erase_child(s, child);
  }
  /* Whose absence is being followed up is kept, and their entries with them. */
  if (own->visits && sim_end_cases(s, &s->hub, 1) != ERR_OK) sim_fail(s, "office", "a case cannot be ended");
  if (own->visits) retire(s, NULL);
  if (sim_below(&s->random, 2)) return;
  burn(s, NULL);
  sim_power(s);
}

static void check_hub(struct sim *s, size_t child) {
  const struct own *own = s->own;
  sim_word_is_gone(s, &s->hub_disk, family[child]);
  sim_word_is_gone(s, &s->hub_disk, words[child]);
  sim_word_is_gone(s, &own->second, family[child]);
  sim_word_is_gone(s, &own->second, words[child]);
  sim_tables_forget(s, child);
}

/* What the hub keeps sealed it can open. */
static void check_kept(struct sim *s) {
  struct arena a = ARENA_INIT(1 << 26);
  struct store_bundle b;
  uint64_t number = 0;
  while (s->hub.store->ops->bundle_raw(s->hub.store, number, &a, &b, &number) == ERR_OK) {
    struct bundle_parts parts;
    struct buf plain = BUF_INIT(bundle_bytes_max);
    if (bundle_parse(&parts, b.raw) != ERR_OK ||
        bundle_open(&plain, &parts, &hub_intake(&s->hub.hub, parts.header.intake_key)->keys) != ERR_OK)
      sim_fail(s, "16 erased", "a bundle that waits cannot be opened");
    for (size_t i = 0; i < sim_learners; i++) {
      const struct slice all = buf_slice(&plain);
      if (!s->erased[i]) continue;
      if (sim_holds(all, id_slice(&s->learners[i])) || (words[i] && sim_holds(all, slice_text(words[i]))))
        sim_fail(s, "16 erased", "bundle %llu still names learner %zu", (unsigned long long)b.seq, i);
    }
    buf_finish(&plain);
  }
  arena_finish(&a);
}

static void check_told(struct sim *s, size_t child) {
  struct arena a = ARENA_INIT(1 << 20);
  struct store_device *list;
  size_t count = 0;
  uint64_t number = 0;
  if (!is_erased(s, child, &number)) sim_fail(s, "16 erased", "learner %zu is not in the ledger", child);
  if (views_erasure_waiting(s->hub.store, number, &a, &list, &count) != ERR_OK || count)
    sim_fail(s, "16 erased", "%zu devices did not confirm erasure %llu", count, (unsigned long long)number);
  arena_finish(&a);
}

static void check_visits(struct sim *s) {
  const struct own *own = s->own;
  sim_word_is_gone(s, &s->hub_disk, sim_visit_words);
  sim_word_is_gone(s, &own->second, sim_visit_words);
}

static void check(struct sim *s) {
  const struct own *own = s->own;
  bool done = false, any = own->visits > 0;
  for (size_t i = 0; i < sim_learners; i++) any = any || s->erased[i];
  if (!any) return;
  if (erase_scrub(&s->hub.hub, s->hub.store, &done) != ERR_OK || !done)
    sim_fail(s, "16 erased", "the hub does not rewrite its file");
  check_kept(s);
  for (size_t i = 0; i < s->device_count; i++) sim_cut_line(s, s->devices[i]);
  for (size_t child = 0; child < sim_learners; child++) {
    if (!s->erased[child]) continue;
    check_told(s, child);
    for (size_t i = 0; i < s->device_count; i++)
      sim_device_forgets(s, s->devices[i], child, family[child], words[child]);
  }
  for (size_t i = 0; own->visits && i < s->device_count; i++) sim_visits_are_gone(s, s->devices[i]);
  s->hub.store->ops->close(s->hub.store);
  if (own->visits) check_visits(s);
  for (size_t child = 0; child < sim_learners; child++) {
    if (s->erased[child]) check_hub(s, child);
  }
  sim_hub_store(s, &s->hub, false);
}

static const struct sim_action actions[] = {
    {.name = "erase", .chance = 50, .act = erase},
    {.name = "hold", .chance = 30, .act = hold},
    {.name = "grant ends", .chance = 35, .act = end_grant},
    {.name = "housekeeping", .chance = 60, .act = keep_house},
    {.name = "note", .chance = 150, .act = write_about},
    {.name = "ask", .chance = 80, .act = ask},
    {.name = "answer", .chance = 60, .act = answer},
    {.name = "erase what was asked", .chance = 40, .act = erase_what_was_asked},
    {.name = "visit", .chance = 40, .act = put_visit},
    {.name = "retire", .chance = 40, .act = retire},
    {.name = "a file is put off", .chance = 50, .act = sim_put_off},
    {.name = "a late file comes", .chance = 40, .act = sim_bring},
    {.name = "night", .chance = 30, .act = pass_night},
    {.name = "weeks", .chance = 20, .act = weeks},
    {.name = "fire", .chance = 15, .act = burn},
    {.name = "two fires, and erase", .chance = 30, .act = burn_twice_and_erase},
    {.name = "journal's disk", .chance = 20, .act = fail_second},
    {.name = "a file for the office", .chance = 30, .act = sim_bring_to_office},
    {.name = "killed over the journal", .chance = 15, .act = kill_over_journal},
    {.name = NULL},
};

const struct sim_world sim_world_erasure = {
    .name = "erasure",
    .devices = 2,
    .steps = 50,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_lost] = 4,
               [FAULT_partition] = 20,
               [FAULT_power] = 60,
               [FAULT_hub_power] = 40,
               [FAULT_hub_restart] = 20,
               [FAULT_sync] = 15,
               [FAULT_read] = 10,
               [FAULT_full] = 15,
               [FAULT_hub_sync] = 15,
               [FAULT_hub_full] = 10,
               [FAULT_memory] = 15},
    .actions = actions,
    .setup = setup,
    .begin = begin,
    .hub_boot = hub_boot,
    .hub_open = hub_open,
    .heal = heal,
    .check = check,
    .oracle = "16 erased",
};
