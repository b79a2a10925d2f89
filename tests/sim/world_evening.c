/* world_evening.c: what else happens in a hall. A tablet stands at the door and children sign in and out
 * there; lessons are moved to another time; somebody nobody knows walks in; after the register is finished
 * leaders ring about those who are away without a word. Whatever was said to be saved stands on the device
 * after every start and at the hub in the end, once, as it was said; nothing is there that nobody did; and
 * everybody sees at the door what was done there (23). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

enum { deeds_max = 256, deed_words_bytes = 24, at_the_door = 2, minute_first = 960 };
enum deed_kind { DEED_SIGN = 1, DEED_NOT_ME, DEED_CALL, DEED_MOVE, DEED_WALK_IN };
struct deed {
  enum deed_kind kind;
  const struct sim_device *by;
  bool said;     /* saved; otherwise the machine failed, and it may be there or not */
  bool found;    /* at the hub */
  struct id row; /* of a sign: its row; of a "not me": the row it takes back */
  size_t learner;
  int64_t way, minute, outcome;
  struct id session;
  char words[deed_words_bytes]; /* nobody else said the same */
};
struct evening {
  struct deed list[deeds_max];
  size_t count;
  struct id contacts[sim_learners];
};

/* ---- before it begins ---- */

static void put_contact(struct sim *s, size_t learner) {
  struct evening *e = s->own;
  struct id *id = &e->contacts[learner];
  struct op op = {.table = schema_table(TABLE_contact), .units = 1 | 1U << 1};
  *id = (struct id){{0xc0, (uint8_t)learner}};
  op.row = *id;
  op.values[COL(contact, learner)] = value_id(&s->learners[learner]);
  op.values[COL(contact, name)] = value_text(slice_text("Sam Sample"));
  op.values[COL(contact, phone)] = value_text(slice_text("020 7946 0000"));
  op.values[COL(contact, priority)] = value_int(1);
  hub_world_put(&s->hub, &op);
}

/* Nothing of it may come to the door: oracle 12 looks at every table. */
static void put_need(struct sim *s, size_t learner) {
  struct op op = {.table = schema_table(TABLE_need), .row = {{0xc1, (uint8_t)learner}}, .units = 1 | 1U << 1};
  op.values[COL(need, learner)] = value_id(&s->learners[learner]);
  op.values[COL(need, kind)] = value_int(ENUM_need_kind_medical);
  op.values[COL(need, text)] = value_text(slice_text("Asthma: blue inhaler"));
  hub_world_put(&s->hub, &op);
}

static void setup(struct sim *s) {
  struct op way = {.table = schema_table(TABLE_hub), .row = s->hub.hub.id, .units = 1U << 1 | 1U << 2};
  s->own = calloc(1, sizeof(struct evening));
  if (!s->own) abort();
  way.values[COL(hub, name)] = value_text(slice_text("Test Hub"));
  way.values[COL(hub, collection)] = value_int(ENUM_collection_own_way);
  hub_world_put(&s->hub, &way);
  for (size_t i = 0; i < sim_learners; i++) {
    put_contact(s, i);
    put_need(s, i);
  }
  sim_settle(s);
}

static const struct id *session_of(const struct sim *s, size_t learner) {
  return learner == sim_learners - 1 ? &s->world.brass_today : &s->world.strings_today;
}

/* ---- what people do ---- */

static struct deed *begin(struct sim *s, const struct sim_device *d, enum deed_kind kind) {
  struct evening *e = s->own;
  ASSERT(e->count < deeds_max);
  struct deed *deed = &e->list[e->count];
  *deed = (struct deed){.kind = kind, .by = d};
  (void)snprintf(deed->words, sizeof deed->words, "Deed%zu", e->count);
  return deed;
}

/* It is remembered when it was done, or may have been. */
static bool end(struct sim *s, struct sim_device *d, struct deed *deed, bool ok, const char *what) {
  struct evening *e = s->own;
  bool broken = d->disk.dead || d->host.step_error != ERR_OK;
  sim_say(s, "%zu %s: %s", d->number, what, ok ? "said saved" : broken ? "no answer" : d->host.code);
  if (!ok && !broken) sim_check_refusal(s, d, what);
  deed->said = ok;
  if (ok || broken) e->count++;
  return ok;
}

static bool is_in(struct sim_device *d) {
  if (d->retired) return false;
  if (!d->unlocked) (void)sim_unlock(d);
  return d->unlocked && !d->disk.dead && d->host.step_error == ERR_OK && !d->at_door;
}

static void move(struct sim *s, struct sim_device *d) {
  if (!is_in(d)) return;
  struct deed *deed = begin(s, d, DEED_MOVE);
  bool brass = d->named > 0 && sim_below(&s->random, 2);
  deed->session = brass ? s->world.brass_today : s->world.strings_today;
  deed->minute = minute_first + 5 * (int64_t)(1 + sim_below(&s->random, 24));
  (void)end(s, d, deed,
            core_host_call(&d->host, "session.move", "session:i starts:n ends:n", &deed->session,
                           (int)deed->minute, (int)deed->minute + 60),
            "moves a lesson");
}

static void walk_in(struct sim *s, struct sim_device *d) {
  if (!is_in(d)) return;
  struct deed *deed = begin(s, d, DEED_WALK_IN);
  deed->session = s->world.strings_today;
  (void)end(s, d, deed,
            core_host_call(&d->host, "walk.in", "session:i first_name:t last_name:t", &deed->session,
                           deed->words, "Sample"),
            "writes down who walked in");
}

/* Whoever has no mark is away, says a leader who finishes: then there is somebody to ring about. */
static void ring(struct sim *s, struct sim_device *d) {
  size_t count = 0;
  if (!is_in(d)) return;
  if (!core_host_call(&d->host, "absences", "session:i", &s->world.strings_today))
    return sim_finish_as(s, d, "AU");
  const item *list = core_host_list(d->host.result, "absences", &count);
  if (count == 0) return sim_change(s, d);
  struct id learner = core_host_id(item_at(list, sim_below(&s->random, count)), "learner");
  struct deed *deed = begin(s, d, DEED_CALL);
  deed->session = s->world.strings_today;
  for (deed->learner = 0; deed->learner < sim_learners; deed->learner++) {
    if (id_equal(&learner, &s->learners[deed->learner])) break;
  }
  deed->outcome = 1 + (int64_t)sim_below(&s->random, 4);
  const char *outcome = schema_enum_word(schema_enum("call_outcome"), (uint8_t)deed->outcome);
  bool known = deed->learner < sim_learners;
  bool ok = known ? core_host_call(&d->host, "absence.call", "session:i learner:i contact:i outcome:w said:t",
                                   &deed->session, &learner,
                                   &((struct evening *)s->own)->contacts[deed->learner], outcome, deed->words)
                  : core_host_call(&d->host, "absence.call", "session:i learner:i outcome:w said:t",
                                   &deed->session, &learner, outcome, deed->words);
  (void)end(s, d, deed, ok, "rings about somebody");
}

/* ---- at the door ---- */

static void open_door(struct sim *s, struct sim_device *d) {
  if (!is_in(d)) return;
  bool ok = core_host_call(&d->host, "door.open", "");
  d->at_door = ok || d->disk.dead || d->host.step_error != ERR_OK;
  sim_say(s, "%zu goes to the door: %s", d->number, ok ? "there" : d->host.code);
}

static void not_me(struct sim *s, struct sim_device *d, const struct deed *sign) {
  const struct deed made = *sign;
  struct deed *deed = begin(s, d, DEED_NOT_ME);
  deed->row = made.row;
  deed->learner = made.learner;
  (void)end(s, d, deed, core_host_call(&d->host, "door.undo", "arrival:i", &made.row), "says: not me");
}

static void sign(struct sim *s, struct sim_device *d) {
  struct deed *deed = begin(s, d, DEED_SIGN);
  deed->learner = sim_below(&s->random, sim_learners);
  deed->way = 1 + (int64_t)sim_below(&s->random, 2);
  deed->session = *session_of(s, deed->learner);
  const char *way = schema_enum_word(schema_enum("arrival_way"), (uint8_t)deed->way);
  bool ok = core_host_call(&d->host, "door.sign", "learner:i way:w", &s->learners[deed->learner], way);
  if (ok) deed->row = core_host_id(d->host.result, "arrival");
  if (ok) deed->minute = core_host_int(d->host.result, "at");
  if (!end(s, d, deed, ok, deed->way == ENUM_arrival_way_in ? "signs in" : "signs out")) return;
  if (sim_below(&s->random, 4) == 0) not_me(s, d, deed);
}

static void door(struct sim *s, struct sim_device *any) {
  struct sim_device *d = s->devices[at_the_door];
  (void)any;
  if (d->disk.dead || d->host.step_error != ERR_OK) return;
  if (!d->at_door) return open_door(s, d);
  if (sim_below(&s->random, 8)) return sign(s, d);
  bool left = sim_unlock(d);
  sim_say(s, "%zu leaves the door: %s", d->number, left ? "left" : d->host.code);
}

/* ---- what a device has ---- */

struct looking {
  const struct deed *deed;
  size_t times;
};

static bool says(const struct row *row, size_t column, const char *words) {
  const struct value *v = &row->values[column];
  return v->kind == VALUE_TEXT && slice_equal(v->text, slice_text(words));
}

static bool takes_back(const struct row *row, const struct id *arrival) {
  const struct value *v = &row->values[COL(arrival, voids)];
  return v->kind == VALUE_ID && id_equal(&v->id, arrival);
}

static bool is_of(const struct row *row, const struct deed *deed) {
  switch (deed->kind) {
  case DEED_SIGN: return row->table->id == TABLE_arrival && id_equal(&row->id, &deed->row);
  case DEED_NOT_ME: return row->table->id == TABLE_arrival && takes_back(row, &deed->row);
  case DEED_CALL:
    return row->table->id == TABLE_absence_call && says(row, COL(absence_call, said), deed->words);
  case DEED_WALK_IN:
    return row->table->id == TABLE_learner && says(row, COL(learner, first_name), deed->words);
  case DEED_MOVE: break;
  }
  return false;
}

static void see(void *ctx, const struct row *row) {
  struct looking *l = ctx;
  l->times += is_of(row, l->deed);
}

static uint8_t table_of(enum deed_kind kind) {
  if (kind == DEED_CALL) return TABLE_absence_call;
  return kind == DEED_WALK_IN ? TABLE_learner : TABLE_arrival;
}

/* A move may be another's by now: what is in use is the model's to say. */
static void boot(struct sim *s, struct sim_device *d) {
  const struct evening *e = s->own;
  for (size_t i = 0; i < e->count && d->unlocked && !d->at_door; i++) {
    struct looking l = {.deed = &e->list[i]};
    if (l.deed->by != d || !l.deed->said || l.deed->kind == DEED_MOVE) continue;
    err failed = d->build->inside->each(d->host.core, table_of(l.deed->kind), see, &l);
    if (failed != ERR_OK) return; /* it is asked again when it starts anew */
    if (l.times != 1)
      sim_fail(s, "23 evening", "device %zu said that deed %zu is saved, and has it %zu times", d->number, i,
               l.times);
  }
}

/* ---- what the hub has ---- */

struct finding {
  struct sim *s;
  struct evening *e;
};

/* A sign that nobody was told of has no row of a known name. */
static bool may_be(const struct sim *s, const struct row *row, const struct deed *d) {
  const struct value *learner = &row->values[COL(arrival, learner)], *way = &row->values[COL(arrival, way)];
  return d->kind == DEED_SIGN && !d->said && !d->found &&
         row->values[COL(arrival, voids)].kind == VALUE_NULL &&
         id_equal(&learner->id, &s->learners[d->learner]) && way->i == d->way;
}

static void check_values(struct sim *s, const struct row *row, const struct deed *d) {
  bool right = true;
  switch (d->kind) {
  case DEED_SIGN:
    right = row->values[COL(arrival, way)].i == d->way && row->values[COL(arrival, at)].i == d->minute &&
            id_equal(&row->values[COL(arrival, session)].id, &d->session) &&
            id_equal(&row->values[COL(arrival, learner)].id, &s->learners[d->learner]);
    break;
  case DEED_NOT_ME: right = id_equal(&row->values[COL(arrival, learner)].id, &s->learners[d->learner]); break;
  case DEED_CALL:
    right = row->values[COL(absence_call, outcome)].i == d->outcome &&
            id_equal(&row->values[COL(absence_call, session)].id, &d->session) &&
            id_equal(&row->values[COL(absence_call, staff)].id, &d->by->staff);
    break;
  case DEED_WALK_IN:
    right = row->values[COL(learner, status)].i == ENUM_learner_status_provisional &&
            says(row, COL(learner, last_name), "Sample");
    break;
  case DEED_MOVE: break;
  }
  if (!right) sim_fail(s, "23 evening", "the hub has a %s otherwise than it was said", row->table->name);
}

static err find(void *ctx, const struct row *row) {
  const struct finding *f = ctx;
  bool visitor = row->table->id != TABLE_learner ||
                 row->values[COL(learner, status)].i == ENUM_learner_status_provisional;
  struct deed *of = NULL;
  for (size_t i = 0; i < f->e->count && !of; i++) {
    if (is_of(row, &f->e->list[i])) of = &f->e->list[i];
  }
  for (size_t i = 0; i < f->e->count && !of && row->table->id == TABLE_arrival; i++) {
    struct deed *d = &f->e->list[i];
    if (!may_be(f->s, row, d)) continue;
    of = d;
    d->row = row->id;
    d->minute = row->values[COL(arrival, at)].i;
  }
  if (!of && visitor) sim_fail(f->s, "23 evening", "the hub has a %s that nobody wrote", row->table->name);
  if (!of) return ERR_OK;
  if (of->found) sim_fail(f->s, "23 evening", "the hub has a %s twice", row->table->name);
  of->found = true;
  check_values(f->s, row, of);
  return ERR_OK;
}

static void find_moves(struct sim *s, const struct id *session, struct arena *a) {
  struct evening *e = s->own;
  struct store_history *list = NULL;
  size_t count = 0;
  if (s->hub.store->ops->read_history(s->hub.store, schema_table(TABLE_session), session, a, &list, &count) !=
      ERR_OK)
    sim_fail(s, "7 integrity", "a history cannot be read");
  for (size_t i = 0; i < e->count; i++) {
    struct deed *d = &e->list[i];
    if (d->kind != DEED_MOVE || !id_equal(&d->session, session)) continue;
    for (size_t k = 0; k < count && !d->found; k++)
      d->found = list[k].bundle_seq && list[k].values[COL(session, starts)].i == d->minute;
  }
}

/* ---- what everybody sees ---- */

static bool is_taken_back(const struct evening *e, const struct deed *sign) {
  for (size_t i = 0; i < e->count; i++) {
    if (e->list[i].kind == DEED_NOT_ME && e->list[i].found && id_equal(&e->list[i].row, &sign->row))
      return true;
  }
  return false;
}

/* The minute of the last one; -1: none. */
static int64_t last_of(const struct evening *e, size_t learner, int64_t way) {
  int64_t last = -1;
  for (size_t i = 0; i < e->count; i++) {
    const struct deed *d = &e->list[i];
    bool counts = d->kind == DEED_SIGN && d->found && d->learner == learner && d->way == way;
    if (counts && d->minute > last && !is_taken_back(e, d)) last = d->minute;
  }
  return last;
}

static int64_t minute_of(const item *row, const char *name) {
  const item *i = item_get(row, name);
  return !i || item_kind(i) == ITEM_NIL ? -1 : core_host_int(row, name);
}

/* Whoever came in again has not left. */
static void check_shown(struct sim *s, struct sim_device *d, size_t learner) {
  size_t count = 0;
  int64_t in = last_of(s->own, learner, ENUM_arrival_way_in),
          out = last_of(s->own, learner, ENUM_arrival_way_out);
  const item *rows = sim_rows_of(d, session_of(s, learner), &count);
  const item *row = rows ? sim_find_row(rows, count, &s->learners[learner]) : NULL;
  if (out < in) out = -1;
  if (!row) sim_fail(s, "23 evening", "device %zu does not show learner %zu", d->number, learner);
  if (minute_of(row, "door_in") != in || minute_of(row, "door_out") != out)
    sim_fail(s, "23 evening",
             "device %zu shows that learner %zu was at the door at %lld and %lld, not %lld and %lld",
             d->number, learner, (long long)minute_of(row, "door_in"), (long long)minute_of(row, "door_out"),
             (long long)in, (long long)out);
}

static void check(struct sim *s) {
  struct finding f = {s, s->own};
  struct arena a = ARENA_INIT(1 << 24);
  static const uint8_t tables[] = {TABLE_arrival, TABLE_absence_call, TABLE_learner};
  for (size_t i = 0; i < sizeof tables; i++) {
    if (s->hub.store->ops->each_row(s->hub.store, schema_table(tables[i]), &a, find, &f) != ERR_OK)
      sim_fail(s, "7 integrity", "the hub cannot read its rows");
  }
  find_moves(s, &s->world.strings_today, &a);
  find_moves(s, &s->world.brass_today, &a);
  for (size_t i = 0; i < f.e->count; i++) {
    if (f.e->list[i].said && !f.e->list[i].found)
      sim_fail(s, "23 evening", "deed %zu (%d) was said to be saved, and is not at the hub", i,
               (int)f.e->list[i].kind);
  }
  for (size_t i = 0; i < s->device_count; i++) {
    for (size_t k = 0; k < (i ? sim_learners : sim_learners - 1); k++) check_shown(s, s->devices[i], k);
  }
  arena_finish(&a);
}

static const struct sim_action actions[] = {
    {.name = "door", .chance = 200, .act = door},
    {.name = "move", .chance = 60, .act = move},
    {.name = "walk in", .chance = 50, .act = walk_in},
    {.name = "ring", .chance = 200, .act = ring},
    {.name = NULL},
};

const struct sim_world sim_world_evening = {
    .name = "evening",
    .devices = 3,
    .steps = 60,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_lost] = 4,
               [FAULT_partition] = 20,
               [FAULT_power] = 40,
               [FAULT_hub_power] = 10,
               [FAULT_hub_restart] = 20,
               [FAULT_sync] = 10,
               [FAULT_full] = 10,
               [FAULT_memory] = 10,
               [FAULT_garbage] = 10},
    .actions = actions,
    .setup = setup,
    .boot = boot,
    .check = check,
    .oracle = "23 evening",
};
