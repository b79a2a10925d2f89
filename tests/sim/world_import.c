/* world_import.c: the office brings in lists of learners and enrolments while people mark, and takes some of
 * them back; meanwhile the hub's power fails, its disk is full or loses a flush, and memory runs out. A list
 * is there whole or not at all, whatever happened; what was said to be brought in stays; and in the end the
 * hub holds what the lists say that stand (22). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/core/run.h"
#include "server/import/import_check.h"
#include "server/import/import_map.h"
#include "tests/sim/memory.h"
#include "tests/sim/sim.h"

enum { pupils = 8, lists_max = 64, csv_bytes = 1024, words_bytes = 24, never = -1 };
/* The first two are in the hub before any list is; they play in Strings without one. */
static const char *const references[pupils] = {"Jo", "Li", "P1", "P2", "P3", "P4", "P5", "P6"};

/* What the lists say of one child. */
struct pupil {
  bool there, left;       /* as a learner */
  int name;               /* the last name's number; never: as it was */
  bool enrolled, removed; /* in Strings, by a list */
};
struct list {
  struct id id;
  bool enrolments;      /* of these, or of learners */
  bool names[pupils];   /* who stands in it */
  bool changes[pupils]; /* whom it says something new of */
  struct pupil before[pupils];
  int name;
  bool stands; /* brought in, and not taken back */
  bool doubt;  /* a flush failed under the last thing that was tried with it, and nothing was written since */
  bool warned; /* and whoever tried it was told so, or the power failed */
};
struct desk {
  struct pupil now[pupils];
  struct list lists[lists_max];
  size_t count;
  int names;
};

static void setup(struct sim *s) {
  struct desk *d = calloc(1, sizeof *d);
  if (!d) abort();
  for (size_t i = 0; i < pupils; i++) d->now[i] = (struct pupil){.there = i < 2, .name = never};
  s->own = d;
}

/* ---- what the model says ---- */

static struct pupil after(const struct pupil *p, const struct list *l) {
  struct pupil next = *p;
  if (l->enrolments) {
    next.enrolled = true;
    next.removed = false;
  } else {
    next.there = true;
    next.left = false;
    next.name = l->name;
  }
  return next;
}

static bool same(const struct pupil *a, const struct pupil *b) {
  return a->there == b->there && a->left == b->left && a->name == b->name && a->enrolled == b->enrolled &&
         a->removed == b->removed;
}

static void bring_in(struct desk *d, struct list *l) {
  for (size_t i = 0; i < pupils; i++) {
    if (!l->names[i]) continue;
    struct pupil next = after(&d->now[i], l);
    l->before[i] = d->now[i];
    l->changes[i] = !same(&next, &d->now[i]);
    d->now[i] = next;
  }
  l->stands = true;
}

/* A row that came with the list is put out of use; any other is as it was. */
static void take_back(struct desk *d, struct list *l) {
  for (size_t i = 0; i < pupils; i++) {
    struct pupil *p = &d->now[i], *old = &l->before[i];
    if (!l->changes[i]) continue;
    if (l->enrolments) {
      p->removed = !old->enrolled || old->removed;
    } else {
      p->left = !old->there || old->left;
      if (old->there) p->name = old->name;
    }
  }
  l->stands = false;
}

/* Somebody wrote over it later. */
static bool is_covered(const struct desk *d, const struct list *l) {
  for (const struct list *k = l + 1; k < d->lists + d->count; k++) {
    for (size_t i = 0; k->stands && k->enrolments == l->enrolments && i < pupils; i++) {
      if (l->changes[i] && k->changes[i]) return true;
    }
  }
  return false;
}

/* ---- what the hub has ---- */

static struct id learner_of(const struct sim *s, size_t pupil) {
  struct id id;
  crypto_import_id(&id, &s->hub.hub.id, "learner", slice_text(references[pupil]));
  return id;
}

static void load(struct sim *s, uint8_t table, const struct id *id, struct arena *a, struct row *out) {
  if (s->hub.store->ops->load_row(s->hub.store, schema_table(table), id, a, out) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub cannot read a row");
}

static bool has_number(const struct row *row, size_t column, int64_t number) {
  return row->values[column].kind == VALUE_INT && row->values[column].i == number;
}

static void check_learner(struct sim *s, const struct pupil *p, size_t i, struct arena *a) {
  struct row row;
  char name[words_bytes] = "Testing";
  struct id id = learner_of(s, i);
  load(s, TABLE_learner, &id, a, &row);
  if (row.exists != p->there)
    sim_fail(s, "22 lists", "%s is there: %d, but %d", references[i], p->there, row.exists);
  if (!p->there) return;
  if (p->name != never) (void)snprintf(name, sizeof name, "Name %d", p->name);
  if (!slice_equal(row.values[COL(learner, last_name)].text, slice_text(name)))
    sim_fail(s, "22 lists", "%s has another last name than %s", references[i], name);
  if (has_number(&row, COL(learner, status), ENUM_learner_status_left) != p->left)
    sim_fail(s, "22 lists", "%s %s", references[i], p->left ? "has not left" : "has left");
}

static void check_enrolment(struct sim *s, const struct pupil *p, size_t i, struct arena *a) {
  struct row row;
  struct id id, keys[2] = {learner_of(s, i), s->world.strings};
  if (i < 2) return;
  crypto_row_id(&id, TABLE_enrolment, keys, 2);
  load(s, TABLE_enrolment, &id, a, &row);
  if (row.exists != p->enrolled) sim_fail(s, "22 lists", "%s is enrolled: %d", references[i], row.exists);
  if (p->enrolled && has_number(&row, COL(enrolment, removed), 1) != p->removed)
    sim_fail(s, "22 lists", "the enrolment of %s is removed: %d", references[i], !p->removed);
}

static void check_hub(struct sim *s) {
  const struct desk *d = s->own;
  struct arena a = ARENA_INIT(1 << 22);
  for (size_t i = 0; i < pupils && sim_hears_world(s); i++) {
    check_learner(s, &d->now[i], i, &a);
    check_enrolment(s, &d->now[i], i, &a);
  }
  arena_finish(&a);
}

/* Is it remembered, and as one that stands? */
static bool stands_at_hub(struct sim *s, const struct list *l, bool *there) {
  struct arena a = ARENA_INIT(1 << 20);
  struct store_run run;
  err e = s->hub.store->ops->run_load(s->hub.store, &l->id, &a, &run);
  if (e != ERR_OK && e != ERR_NOT_FOUND) sim_fail(s, "7 integrity", "the hub cannot read a run");
  *there = e == ERR_OK;
  bool stands = *there && run.undone_ms == 0;
  arena_finish(&a);
  return stands;
}

/* What a failed flush left behind may be found at the hub's next start, until something else is written. */
static void end_doubt(struct sim *s) {
  struct desk *d = s->own;
  for (size_t i = 0; i < d->count; i++) {
    struct list *l = &d->lists[i];
    bool there, stands = l->doubt && stands_at_hub(s, l, &there);
    if (!l->doubt || stands == l->stands) continue;
    sim_say(s, "list %zu %s after all", i, stands ? "is there" : "is taken back");
    if (!l->warned) sim_fail(s, "22 lists", "list %zu: nobody was told that this may happen", i);
    if (stands)
      bring_in(d, l);
    else
      take_back(d, l);
  }
}

/* ---- a hub in trouble ---- */

static void make_trouble(struct sim *s) {
  struct disk *d = &s->hub_disk;
  if (!sim_strikes(s, FAULT_import)) return;
  switch (sim_below(&s->random, 5)) {
  case 0: d->trouble.flush = d->flushes + 1 + sim_below(&s->random, 2); break;
  case 1: d->trouble.io = d->ios + 1 + sim_below(&s->random, 40); break;
  case 2: d->trouble.sync = d->flushes + 1 + sim_below(&s->random, 2); break;
  case 3: d->trouble.full = true; break;
  default: memory_fail_at(1 + sim_below(&s->random, sim_below(&s->random, 2) ? 60 : 3000));
  }
  sim_say(s, "the hub is in for trouble");
}

/* Whoever heard that it did not work starts the hub anew, or makes room and goes on. */
static void recover(struct sim *s, struct list *l, err e, uint64_t struck, const struct fault *fault) {
  struct desk *d = s->own;
  bool failed = e != ERR_OK && e != ERR_CONFLICT;
  l->warned = s->hub_disk.dead || (failed && strstr(fault->text, "look at Import's list"));
  memory_fail_at(0);
  for (size_t i = 0; i < d->count && e == ERR_OK; i++) d->lists[i].doubt = false;
  if (failed) l->doubt = s->hub_disk.dead || s->hub_disk.struck != struck;
  if (failed && !s->hub_disk.dead && sim_below(&s->random, 2)) sim_kill_hub(s);
  if (!s->hub_disk.dead) s->hub_disk.trouble = (struct disk_trouble){.flush = 0};
  sim_power(s);
  end_doubt(s);
}

/* An office that was told "no" finds everything as it was. */
static void must_be_as_before(struct sim *s, const uint8_t before[hash_bytes], const struct disk *d) {
  struct disk_trouble kept = d->trouble;
  memory_fail_at(0);
  sim_office_begin(s, &kept);
  if (sim_hears_world(s)) sim_must_equal(s, "22 lists", &s->hub, before);
  sim_office_end(s, &kept);
}

/* ---- lists ---- */

static void write_csv(const struct list *l, char out[csv_bytes]) {
  size_t len = (size_t)snprintf(
      out, csv_bytes, "%s\n", l->enrolments ? "learner_ref,activity_ref,starts" : "ref,first_name,last_name");
  for (size_t i = 0; i < pupils; i++) {
    const char *ref = references[i];
    if (!l->names[i]) continue;
    len += l->enrolments ? (size_t)snprintf(out + len, csv_bytes - len, "%s,Strings,2026-09-01\n", ref)
                         : (size_t)snprintf(out + len, csv_bytes - len, "%s,%s,Name %d\n", ref, ref, l->name);
  }
}

static void read_csv(struct sim *s, struct import *im, const struct list *l, const char *text) {
  char path[] = "/tmp/tutti-sim-XXXXXX";
  struct fault fault;
  int fd = mkstemp(path);
  size_t len = strlen(text);
  if (fd < 0 || write(fd, text, len) != (ssize_t)len || close(fd) != 0) abort();
  import_init(im, &s->hub.hub, s->hub.store, s->world.today, false);
  err e =
      import_read(im, import_file_named(slice_text(l->enrolments ? "enrolments" : "learners")), path, &fault);
  (void)unlink(path);
  if (e != ERR_OK) sim_fail(s, "22 lists", "a list cannot be read: %s", fault.text);
  if (im->error_count) sim_fail(s, "22 lists", "a list is not understood: %s", im->errors[0].text);
}

static err apply(struct sim *s, const struct list *l, const struct import *im, struct fault *fault) {
  uint64_t versions[pupils] = {0};
  struct office_result result;
  struct store_run run = {
      .id = l->id, .who = s->world.ben, .what = slice_text("learners"), .name = slice_text("list.csv")};
  for (size_t i = 0; i < im->op_count; i++) versions[i] = im->sources[i].version;
  memory_enter();
  err e = run_apply(&result, &s->hub.hub, s->hub.store, &s->hub.now, &run, im->ops, versions, im->op_count,
                    NULL, fault);
  memory_leave();
  if (e == ERR_OK) sim_tell(s, &result.changes);
  return e;
}

/* Learners whom no list brought in yet cannot be enrolled by one. */
static bool choose(struct sim *s, struct desk *d, struct list *l) {
  bool any = false;
  *l = (struct list){.enrolments = sim_below(&s->random, 3) == 0};
  sim_fill(&s->random, &l->id, sizeof l->id);
  for (size_t i = 0; i < pupils; i++) {
    l->names[i] = sim_below(&s->random, 2) && (!l->enrolments || (i >= 2 && d->now[i].there));
    any = any || l->names[i];
  }
  l->name = d->names++;
  return any;
}

static bool says_nothing_new(const struct list *l) {
  for (size_t i = 0; i < pupils; i++) {
    if (l->changes[i]) return false;
  }
  return true;
}

static void must_stand(struct sim *s, struct desk *d, struct list *l) {
  bool there, stands = stands_at_hub(s, l, &there);
  bring_in(d, l);
  l->stands = there;
  if (!sim_hears_world(s)) return;
  if (there && says_nothing_new(l)) sim_fail(s, "22 lists", "a list that says nothing new is kept");
  if (!stands && !says_nothing_new(l))
    sim_fail(s, "22 lists", "a list was said to be brought in, and is not");
}

static void import_list(struct sim *s, struct sim_device *any) {
  struct desk *d = s->own;
  struct import im;
  char text[csv_bytes];
  uint8_t before[hash_bytes];
  struct fault fault = {.code = ERR_OK};
  struct disk_trouble kept;
  (void)any;
  if (d->count == lists_max) return;
  end_doubt(s);
  struct list *l = &d->lists[d->count];
  if (!choose(s, d, l)) return;
  d->count++;
  s->office_wrote = true;
  sim_office_begin(s, &kept);
  write_csv(l, text);
  read_csv(s, &im, l, text);
  sim_digest(s, &s->hub, before);
  sim_office_end(s, &kept);
  make_trouble(s);
  const uint64_t struck = s->hub_disk.struck;
  err e = apply(s, l, &im, &fault);
  sim_say(s, "the office brings in %zu %s: %s", im.op_count, l->enrolments ? "enrolments" : "learners",
          err_name(e));
  import_finish(&im);
  if (e != ERR_OK && !s->hub_disk.dead) must_be_as_before(s, before, &s->hub_disk);
  recover(s, l, e, struck, &fault);
  if (e == ERR_OK) must_stand(s, d, l);
  check_hub(s);
}

/* ---- taking back ---- */

static err undo(struct sim *s, const struct list *l, struct fault *fault) {
  struct run_blocks blocks;
  struct office_result result;
  size_t kept;
  memory_enter();
  err e =
      run_undo(&result, &kept, &blocks, &s->hub.hub, s->hub.store, &s->hub.now, &s->world.ben, &l->id, fault);
  memory_leave();
  if (e == ERR_OK) sim_tell(s, &result.changes);
  return e;
}

static struct list *one_that_stands(struct sim *s, struct desk *d) {
  size_t from = d->count > 3 ? d->count - 3 : 0;
  struct list *l = d->count ? &d->lists[from + sim_below(&s->random, d->count - from)] : NULL;
  return l && l->stands ? l : NULL;
}

static void undo_list(struct sim *s, struct sim_device *any) {
  struct desk *d = s->own;
  struct fault fault = {.code = ERR_OK};
  struct disk_trouble kept;
  uint8_t before[hash_bytes];
  bool there;
  (void)any;
  end_doubt(s);
  struct list *l = one_that_stands(s, d);
  if (!l) return;
  s->office_wrote = true;
  sim_office_begin(s, &kept);
  sim_digest(s, &s->hub, before);
  sim_office_end(s, &kept);
  make_trouble(s);
  const uint64_t struck = s->hub_disk.struck;
  err e = undo(s, l, &fault);
  sim_say(s, "the office takes a list back: %s", err_name(e));
  if (e == ERR_OK && sim_hears_world(s) && is_covered(d, l))
    sim_fail(s, "22 lists", "a list is taken back from under a later one");
  if (e != ERR_OK && !s->hub_disk.dead) must_be_as_before(s, before, &s->hub_disk);
  recover(s, l, e, struck, &fault);
  if (e == ERR_OK) take_back(d, l);
  if (e == ERR_OK && sim_hears_world(s) && stands_at_hub(s, l, &there))
    sim_fail(s, "22 lists", "a list was said to be taken back, and stands");
  check_hub(s);
}

/* ---- in the end ---- */

static void check(struct sim *s) {
  const struct desk *d = s->own;
  bool there;
  end_doubt(s);
  for (size_t i = 0; i < d->count; i++) {
    if (stands_at_hub(s, &d->lists[i], &there) != d->lists[i].stands)
      sim_fail(s, "22 lists", "list %zu %s", i, d->lists[i].stands ? "is gone" : "came back");
  }
  check_hub(s);
}

static const struct sim_action actions[] = {
    {.name = "import", .chance = 120, .act = import_list},
    {.name = "import taken back", .chance = 90, .act = undo_list},
    {.name = NULL},
};

const struct sim_world sim_world_import = {
    .name = "import",
    .devices = 2,
    .steps = 50,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_partition] = 20,
               [FAULT_power] = 20,
               [FAULT_hub_power] = 10,
               [FAULT_hub_restart] = 10,
               [FAULT_hub_sync] = 10,
               [FAULT_hub_full] = 10,
               [FAULT_garbage] = 10,
               [FAULT_import] = 500},
    .actions = actions,
    .setup = setup,
    .check = check,
    .oracle = "22 lists",
};
