/* sim_upns.c: two UPNs for one child, or two numbers at one school. */
#include "tests/sim/sim_upns.h"

#include "server/core/reconcile.h"

enum { pupils = 3 };
/* Two for good and a temporary one, which says nothing against one child. */
static const char *const upns[] = {NULL, "P000000000001", "D000000000002", "B99900000001A"};
enum { upn_count = sizeof upns / sizeof *upns, lasting_first = 1, lasting_last = 2 };

/* Two, of which one is said with its zeros and without; and the schools that give them, or none. */
static const char *const school_numbers[] = {NULL, "17", "00017", "18"};
enum { number_count = sizeof school_numbers / sizeof *school_numbers, school_count = 2 };

static struct id school(size_t n) { return n ? (struct id){{0xbd, (uint8_t)n}} : (struct id){{0}}; }

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

static void goes_to(struct sim *s, size_t n) {
  const struct table *t = schema_table(TABLE_learner);
  size_t where = sim_below(&s->random, school_count + 1);
  struct op op = {.table = t, .row = pupil(n), .units = 1U << t->columns[COL(learner, school)].unit};
  const struct id at = school(where);
  if (where) op.values[COL(learner, school)] = value_id(&at);
  hub_world_put(&s->hub, &op);
  sim_say(s, "the office says that pupil %zu is at school %zu", n, where);
}

static void say_number(struct sim *s, size_t n) {
  size_t which = sim_below(&s->random, number_count);
  const struct id id = pupil(n);
  struct op op = {.table = schema_table(TABLE_learner_key), .units = 1 | 1U << 2};
  crypto_row_id(&op.row, TABLE_learner_key, &id, 1);
  op.values[COL(learner_key, learner)] = value_id(&id);
  if (school_numbers[which])
    op.values[COL(learner_key, mis_id)] = value_text(slice_text(school_numbers[which]));
  hub_world_put(&s->hub, &op);
  sim_say(s, "the office says number %zu of pupil %zu", which, n);
}

/* A list of everybody, or one who goes to another school. */
void sim_say_number(struct sim *s) {
  size_t only = sim_below(&s->random, 2 * pupils);
  for (size_t n = 0; n < pupils; n++) {
    enter(s, n);
    if (only == n || only >= pupils) goes_to(s, n);
    if (only >= pupils) say_number(s, n);
  }
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
  size_t school[pupils]; /* 0: none */
  size_t number[pupils]; /* 1 or 2; 0: none that is in use */
};

static size_t number_of(const struct value *v) {
  for (size_t i = 1; i < upn_count; i++)
    if (v->kind == VALUE_TEXT && slice_equal(v->text, slice_text(upns[i]))) return i;
  return 0;
}

static size_t number_in_use(const struct row *row) {
  const struct value *v = &row->values[COL(learner_key, mis_id)];
  if (value_equal(v, &row->values[COL(learner_key, mis_aside)])) return 0;
  for (size_t i = 1; i < number_count; i++)
    if (v->kind == VALUE_TEXT && slice_equal(v->text, slice_text(school_numbers[i])))
      return i < number_count - 1 ? 1 : 2;
  return 0;
}

static size_t school_of(const struct row *learner) {
  const struct value *v = &learner->values[COL(learner, school)];
  for (size_t i = 1; learner->exists && i <= school_count; i++) {
    const struct id at = school(i);
    if (v->kind == VALUE_ID && id_equal(&v->id, &at)) return i;
  }
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
    t->school[n] = school_of(&row);
    for (size_t k = 0; row.exists && k < pupils; k++) {
      const struct id other = pupil(k);
      const struct value *to = &row.values[COL(learner, merged_into)];
      if (to->kind == VALUE_ID && id_equal(&to->id, &other)) t->into[n] = k;
    }
    crypto_row_id(&numbers, TABLE_learner_key, &id, 1);
    load(s, TABLE_learner_key, &numbers, &a, &row);
    t->upn[n] = row.exists ? number_of(&row.values[COL(learner_key, upn)]) : 0;
    t->number[n] = row.exists ? number_in_use(&row) : 0;
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

static bool must_ask_at(const struct told *t, size_t n, size_t at) {
  bool said[3] = {false};
  for (size_t k = 0; k < pupils; k++) said[t->school[k] == at ? t->number[k] : 0] |= stands_for(t, k) == n;
  return said[1] && said[2];
}

static bool asks(struct sim *s, const struct id *matter) {
  struct arena a = ARENA_INIT(1 << 20);
  struct store_item found;
  err e = s->hub.store->ops->work_item_load(s->hub.store, matter, &a, &found);
  arena_finish(&a);
  if (e != ERR_OK && e != ERR_NOT_FOUND) sim_fail(s, "7 integrity", "the hub cannot read a matter");
  return e == ERR_OK && found.state == ITEM_OPEN;
}

static struct id matter_of(enum work_item_kind kind, size_t column, size_t n, const struct id *at) {
  const struct id learner = pupil(n);
  struct id id;
  work_item_id(&id, kind, schema_table(TABLE_learner), &learner,
               schema_table(TABLE_learner_key)->columns[column].unit, at);
  return id;
}

void sim_check_upns(struct sim *s) {
  struct told t;
  read_all(s, &t);
  for (size_t n = 0; n < pupils; n++) {
    const struct id upns_asked = matter_of(ITEM_TWO_UPNS, COL(learner_key, upn), n, NULL);
    bool asked = asks(s, &upns_asked);
    if (asked != must_ask(&t, n))
      sim_fail(s, "11 conflicts", "somebody is %sasked about two UPNs of pupil %zu", asked ? "" : "not ", n);
    for (size_t k = 1; k <= school_count; k++) {
      const struct id at = school(k), matter = matter_of(ITEM_TWO_NUMBERS, COL(learner_key, mis_id), n, &at);
      asked = asks(s, &matter);
      if (asked != must_ask_at(&t, n, k))
        sim_fail(s, "11 conflicts", "somebody is %sasked about two numbers of pupil %zu at school %zu",
                 asked ? "" : "not ", n, k);
    }
  }
}
