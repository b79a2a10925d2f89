/* world_desk.c: two leaders disagree while the office reconciles: decides, takes decisions back, and in the
 * end merges two children, says that one was expected away, and takes some of it back. Hub and devices must
 * show the same all the time. Beside that it writes what is its own, and the power fails in the middle: what
 * it did and what the audit says that it did are there together or not at all (27). Of children whom no
 * device knows it says UPNs, and merges and parts them: it is asked where one has two, and nowhere else (11).
 */
#include "server/core/reconcile.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/sim_upns.h"

enum { items_max = 64, acts_max = 24, act_words_bytes = 48 };
extern const struct sim_oracle sim_oracle_view;

struct own {
  struct id decided; /* the last item that was, so that it can be taken back */
  size_t acts;
  bool told[acts_max]; /* that it is done */
};

static void setup(struct sim *s) {
  s->own = calloc(1, sizeof(struct own));
  if (!s->own) abort();
}

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

static struct id *decided_of(struct sim *s) {
  struct own *own = s->own;
  return &own->decided;
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
    err e = reconcile_decide(&changes, &by, &d);
    /* Two children who have one UPN are not told apart before that is put right. */
    bool may_not = e == ERR_CONFLICT && v.item.kind == ITEM_DUPLICATE;
    if (e != ERR_OK && !may_not) sim_fail(s, "office", "cannot decide: %s", fault.text);
    if (e == ERR_OK) sim_tell(s, &changes);
    if (e == ERR_OK) *decided_of(s) = v.item.id;
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

/* ---- learners whom no device knows ---- */

static void about_upns(struct sim *s, struct sim_device *any) {
  struct disk_trouble kept;
  (void)any;
  s->office_wrote = true;
  sim_office_begin(s, &kept);
  switch (sim_below(&s->random, 3)) {
  case 0: sim_say_upn(s); break;
  case 1: sim_say_number(s); break;
  default: sim_merge_upns(s);
  }
  sim_check_upns(s);
  sim_office_end(s, &kept);
}

/* ---- what it writes by itself ---- */

static struct id act_row(size_t number) { return (struct id){{0xac, (uint8_t)number}}; }

static void act_words(char out[act_words_bytes], const struct id *row) {
  char text[id_text_bytes];
  id_text(text, row);
  (void)snprintf(out, act_words_bytes, "voice=%s", text);
}

/* What young people said is in no stream. */
static void act(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  struct office_result result;
  struct fault fault;
  char words[act_words_bytes];
  (void)any;
  if (own->acts == acts_max) return;
  struct op op = {.table = schema_table(TABLE_voice), .row = act_row(own->acts), .units = 1U << 2};
  op.values[COL(voice, date)] = value_int(s->world.today);
  op.values[COL(voice, age_band)] = value_int(1);
  op.values[COL(voice, people)] = value_int(5);
  op.values[COL(voice, answers)] = value_text(slice_text("More drums."));
  act_words(words, &op.row);
  const struct office_act called = {.action = "plan.add", .detail = words};
  if (sim_chance(s, 500)) s->hub_disk.trouble.io = s->hub_disk.ios + 1 + sim_below(&s->random, 16);
  err e = office_do(&result, &s->hub.hub, s->hub.store, &s->hub.now, &s->world.ben, &op, 1, &called, &fault);
  sim_say(s, "the office writes entry %zu: %s", own->acts, err_name(e));
  if (e != ERR_OK && !s->hub_disk.dead) sim_fail(s, "office", "cannot write: %s", fault.text);
  own->told[own->acts++] = e == ERR_OK;
}

static size_t count_audited(struct sim *s, const char *words) {
  enum { page = 100 };
  struct arena a = ARENA_INIT(1 << 22);
  struct audit_query q = {.kind = AUDIT_CHANGE, .to_ms = INT64_MAX, .limit = page};
  size_t found = 0, count = 0;
  do {
    struct view_audit *list;
    arena_clear(&a);
    if (views_audit(s->hub.store, &q, &a, &list, &count) != ERR_OK)
      sim_fail(s, "7 integrity", "the audit cannot be read");
    for (size_t i = 0; i < count; i++)
      found += slice_equal(list[i].detail, slice_text(words)) && id_equal(&list[i].actor, &s->world.ben);
    if (count) q.before = list[count - 1].number;
  } while (count == page);
  arena_finish(&a);
  return found;
}

static void check_acts(struct sim *s) {
  const struct own *own = s->own;
  for (size_t i = 0; i < own->acts; i++) {
    struct arena a = ARENA_INIT(1 << 20);
    struct row row;
    const struct id id = act_row(i);
    char words[act_words_bytes];
    act_words(words, &id);
    if (s->hub.store->ops->load_row(s->hub.store, schema_table(TABLE_voice), &id, &a, &row) != ERR_OK)
      sim_fail(s, "7 integrity", "the hub cannot read a row");
    size_t named = count_audited(s, words);
    if (own->told[i] && !row.exists) sim_fail(s, "27 named", "entry %zu was said to be done, and is gone", i);
    if (named != row.exists)
      sim_fail(s, "27 named", "entry %zu is %sthere, and the audit names it %zu times", i,
               row.exists ? "" : "not ", named);
    arena_finish(&a);
  }
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

/* Hub and devices show one child where there were two. */
static void check(struct sim *s) {
  check_acts(s);
  sim_check_upns(s);
  sim_oracle_view.end(s);
}

/* The oracles find each child with their own marks and history again. */
static void take_back(struct sim *s) {
  merge(s, &s->learners[0], NULL);
  merge(s, &s->learners[1], NULL);
  sim_settle(s);
  sim_pass(s, reconnect_max_ms); /* whose silent line the hub let go just now hears of it with the next one */
  sim_settle(s);
}

static const struct sim_action actions[] = {
    {.name = "office decides", .chance = 80, .act = decide},
    {.name = "office undoes", .chance = 50, .act = undo},
    {.name = "office writes", .chance = 60, .act = act},
    {.name = "office says and merges", .chance = 60, .act = about_upns},
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
    .setup = setup,
    .heal = heal,
    .check = check,
    .after = take_back,
    .oracle = "27 named",
};
