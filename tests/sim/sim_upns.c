/* sim_upns.c: two UPNs for one child. */
#include "tests/sim/sim_upns.h"

#include "server/core/reconcile.h"

enum { pupils = 3 };
/* Two for good and a temporary one, which says nothing against one child. */
static const char *const upns[] = {NULL, "P000000000001", "D000000000002", "B99900000001A"};
enum { upn_count = sizeof upns / sizeof *upns, lasting_first = 1, lasting_last = 2 };

static struct id pupil(size_t n) { return (struct id){{0xbc, (uint8_t)(n + 1)}}; }

static void load(struct sim *s, uint8_t table, const struct id *id, struct arena *a, struct row *out) {
  if (s->hub.store->ops->load_row(s->hub.store, schema_table(table), id, a, out) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub cannot read a row");
}

/* Names that nobody would take for one another. */
static void enter(struct sim *s, size_t n) {
  static const char *const first[pupils] = {"Anselm", "Philippa", "Guy"};
  static const char *const last[pupils] = {"Testworthy", "Madeup", "Sample"};
  struct arena a = ARENA_INIT(1 << 20);
  struct row row;
  const struct id id = pupil(n);
  load(s, TABLE_learner, &id, &a, &row);
  struct op op = {.table = schema_table(TABLE_learner), .row = id, .units = 1 | 1U << 1 | 1U << 4};
  op.values[COL(learner, ref)] = value_text(slice_text(last[n]));
  op.values[COL(learner, first_name)] = value_text(slice_text(first[n]));
  op.values[COL(learner, last_name)] = value_text(slice_text(last[n]));
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_active);
  if (!row.exists) hub_world_put(&s->hub, &op);
  arena_finish(&a);
}

void sim_say_upn(struct sim *s) {
  size_t n = sim_below(&s->random, pupils), which = sim_below(&s->random, upn_count);
  const struct id id = pupil(n);
  struct op op = {.table = schema_table(TABLE_learner_key), .units = 1 | 1U << 1};
  enter(s, n);
  crypto_row_id(&op.row, TABLE_learner_key, &id, 1);
  op.values[COL(learner_key, learner)] = value_id(&id);
  if (upns[which]) op.values[COL(learner_key, upn)] = value_text(slice_text(upns[which]));
  hub_world_put(&s->hub, &op);
  sim_say(s, "the office says UPN %zu of pupil %zu", which, n);
}

/* In a chain or a circle, perhaps; into itself is: they part. */
void sim_merge_upns(struct sim *s) {
  size_t from = sim_below(&s->random, pupils), to = sim_below(&s->random, pupils);
  const struct id id = pupil(from), into = pupil(to);
  struct op op = {.table = schema_table(TABLE_learner), .row = id, .units = 1U << 4};
  bool parts = from == to;
  enter(s, from);
  enter(s, to);
  op.values[COL(learner, status)] =
      value_int(parts ? ENUM_learner_status_active : ENUM_learner_status_merged);
  if (!parts) op.values[COL(learner, merged_into)] = value_id(&into);
  hub_world_put(&s->hub, &op);
  sim_say(s, "the office merges pupil %zu into %zu", from, to);
}

/* ---- by brute force ---- */

struct told {
  size_t into[pupils]; /* itself: nowhere */
  size_t upn[pupils];
};

static size_t number_of(const struct value *v) {
  for (size_t i = 1; i < upn_count; i++)
    if (v->kind == VALUE_TEXT && slice_equal(v->text, slice_text(upns[i]))) return i;
  return 0;
}

static void read_all(struct sim *s, struct told *t) {
  struct arena a = ARENA_INIT(1 << 20);
  for (size_t n = 0; n < pupils; n++) {
    const struct id id = pupil(n);
    struct id numbers;
    struct row row;
    load(s, TABLE_learner, &id, &a, &row);
    t->into[n] = n;
    for (size_t k = 0; row.exists && k < pupils; k++) {
      const struct id other = pupil(k);
      const struct value *to = &row.values[COL(learner, merged_into)];
      if (to->kind == VALUE_ID && id_equal(&to->id, &other)) t->into[n] = k;
    }
    crypto_row_id(&numbers, TABLE_learner_key, &id, 1);
    load(s, TABLE_learner_key, &numbers, &a, &row);
    t->upn[n] = row.exists ? number_of(&row.values[COL(learner_key, upn)]) : 0;
  }
  arena_finish(&a);
}

/* Who stands for a pupil: where the pointers end, or the first of the circle they run in. */
static size_t stands_for(const struct told *t, size_t n) {
  for (size_t i = 0; i < pupils; i++) n = t->into[n];
  size_t first = n;
  for (size_t on = t->into[n]; on != n; on = t->into[on])
    if (on < first) first = on;
  return first;
}

static bool must_ask(const struct told *t, size_t n) {
  bool said[upn_count] = {false};
  for (size_t k = 0; k < pupils; k++) said[t->upn[k]] |= stands_for(t, k) == n;
  return said[lasting_first] && said[lasting_last];
}

void sim_check_upns(struct sim *s) {
  struct arena a = ARENA_INIT(1 << 20);
  struct told t;
  read_all(s, &t);
  for (size_t n = 0; n < pupils; n++) {
    const struct id learner = pupil(n);
    struct id id;
    struct store_item matter;
    work_item_id(&id, ITEM_TWO_UPNS, schema_table(TABLE_learner), &learner,
                 schema_table(TABLE_learner_key)->columns[COL(learner_key, upn)].unit, NULL);
    err e = s->hub.store->ops->work_item_load(s->hub.store, &id, &a, &matter);
    bool asks = e == ERR_OK && matter.state == ITEM_OPEN;
    if (e != ERR_OK && e != ERR_NOT_FOUND) sim_fail(s, "7 integrity", "the hub cannot read a matter");
    if (asks != must_ask(&t, n))
      sim_fail(s, "11 conflicts", "somebody is %sasked about two UPNs of pupil %zu", asks ? "" : "not ", n);
  }
  arena_finish(&a);
}
