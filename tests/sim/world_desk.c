/* world_desk.c: two leaders disagree while the office reconciles: decides, takes decisions back, and in the
 * end merges two children, says that one was expected away, and takes some of it back. Hub and devices must
 * show the same all the time. */
#include "server/core/reconcile.h"

#include <stdlib.h>

#include "tests/sim/sim.h"

enum { items_max = 64 };
extern const struct sim_oracle sim_oracle_view;

static struct reconcile office(struct sim *s, struct fault *fault) {
  return (struct reconcile){
      .hub = &s->hub.hub, .store = s->hub.store, .now = s->hub.now, .by = s->world.ben, .fault = fault};
}

/* ---- deciding and undoing ---- */

static size_t list_items(struct sim *s, struct arena *a, struct store_item **out) {
  size_t count = 0;
  if (s->hub.store->ops->work_item_list(s->hub.store, items_max, a, out, &count) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub cannot list what waits");
  return count;
}

/* The last item that was decided, so that it can be taken back. */
static struct id *decided_of(struct sim *s) {
  if (!s->own) s->own = calloc(1, sizeof(struct id));
  if (!s->own) abort();
  return s->own;
}

static void decide(struct sim *s, struct sim_device *any) {
  struct arena a = ARENA_INIT(1 << 22);
  struct store_item *list;
  struct fault fault = {.code = ERR_OK};
  struct reconcile by = office(s, &fault);
  struct disk_trouble kept;
  (void)any;
  s->office_wrote = true;
  sim_office_begin(s, &kept);
  size_t count = list_items(s, &a, &list);
  struct item_view v;
  if (count && reconcile_show(&v, &by, &list[sim_below(&s->random, count)].id, &a) == ERR_OK) {
    struct change_set changes;
    struct decision d = {.item = v.item.id, .why = slice_text("asked both")};
    d.choice = sim_below(&s->random, v.choice_count);
    bytes_copy(d.heads, v.heads, key_bytes);
    if (reconcile_decide(&changes, &by, &d) != ERR_OK) sim_fail(s, "office", "cannot decide: %s", fault.text);
    sim_tell(s, &changes);
    *decided_of(s) = v.item.id;
    sim_say(s, "the office decides one of %zu", count);
  }
  arena_finish(&a);
  sim_office_end(s, &kept);
}

static void undo(struct sim *s, struct sim_device *any) {
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  struct reconcile by = office(s, &fault);
  struct disk_trouble kept;
  (void)any;
  if (id_is_zero(decided_of(s))) return;
  s->office_wrote = true;
  sim_office_begin(s, &kept);
  err e = reconcile_undo(&changes, &by, decided_of(s), slice_text("the other one was right"));
  if (e != ERR_OK && e != ERR_CONFLICT) sim_fail(s, "office", "cannot undo: %s", fault.text);
  if (e == ERR_OK) sim_tell(s, &changes);
  sim_say(s, "the office %s", e == ERR_OK ? "takes a decision back" : "cannot take a decision back any more");
  *decided_of(s) = (struct id){{0}};
  sim_office_end(s, &kept);
}

/* ---- at the end: what changes how rows are read ---- */

static void merge(struct sim *s, const struct id *from, const struct id *into) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *from, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(into ? ENUM_learner_status_merged : ENUM_learner_status_active);
  if (into) op.values[COL(learner, merged_into)] = value_id(into);
  hub_world_put(&s->hub, &op);
}

static void notice(struct sim *s, const struct id *learner, bool removed) {
  const struct id id = {{0xab, learner->b[0]}};
  struct op op = {.table = schema_table(TABLE_absence_notice), .row = id, .units = 1 | 1U << 1};
  op.values[COL(absence_notice, learner)] = value_id(learner);
  op.values[COL(absence_notice, starts)] = value_int(s->world.today - 1);
  op.values[COL(absence_notice, ends)] = value_int(s->world.today + 1);
  if (removed) op.values[COL(absence_notice, removed)] = value_int(1);
  if (removed) op.units |= 1U << 3;
  hub_world_put(&s->hub, &op);
}

/* Not earlier, for what a person was told is saved would then be shown under another name or word. */
static void heal(struct sim *s) {
  struct disk_trouble kept;
  s->office_wrote = true;
  sim_office_begin(s, &kept);
  const struct id *zoe = &s->learners[0], *jo = &s->learners[1], *li = &s->learners[2];
  if (sim_below(&s->random, 2)) notice(s, li, false);
  if (sim_below(&s->random, 4)) merge(s, jo, zoe);
  if (sim_below(&s->random, 3) == 0) merge(s, zoe, jo); /* in a circle, perhaps */
  if (sim_below(&s->random, 3) == 0) merge(s, jo, NULL);
  if (sim_below(&s->random, 2)) notice(s, zoe, false);
  if (sim_below(&s->random, 3) == 0) notice(s, li, true);
  sim_office_end(s, &kept);
}

/* Hub and devices show one child where there were two; then everything is taken back, and the oracles find
 * each child with their own marks and history again. */
static void check(struct sim *s) {
  sim_oracle_view.end(s);
  merge(s, &s->learners[0], NULL);
  merge(s, &s->learners[1], NULL);
  sim_settle(s);
}

static const struct sim_action actions[] = {
    {.name = "office decides", .chance = 80, .act = decide},
    {.name = "office undoes", .chance = 50, .act = undo},
    {.name = NULL},
};

const struct sim_world sim_world_desk = {
    .name = "desk",
    .devices = 3,
    .steps = 60,
    .faults = {[FAULT_line] = 80,
               [FAULT_late] = 80,
               [FAULT_twice] = 8,
               [FAULT_partition] = 20,
               [FAULT_power] = 20,
               [FAULT_hub_power] = 10,
               [FAULT_hub_restart] = 20,
               [FAULT_clock] = 20,
               [FAULT_garbage] = 10},
    .actions = actions,
    .heal = heal,
    .check = check,
};
