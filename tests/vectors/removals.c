/* removals.c: a session that somebody took out while others worked on it: what the merge makes of it, in the
 * orders in which it may come. */
#include "shared/merge/merge.h"
#include "tests/vectors/describe.h"
#include "tests/vectors/merges.h"

enum { WHEN = 1, STATUS = 2, PLACE = 4, REMOVED = 6, arena_bytes_max = 65536, stories_ops_max = 4 };
static const uint64_t stamp_first = 1795276800000;

/* The same few ops tell every story. */
enum { ENTERED, TAKEN_OUT, CANCELLED, SAID_AGAIN, KEPT, NOT_TAKEN_OUT, act_count };
struct acts {
  struct op ops[act_count];
  struct base bases[act_count][stories_ops_max];
  struct merge_op made[act_count];
};

static void write_status(struct op *op, int64_t status, bool weather) {
  op->units |= 1U << STATUS;
  op->values[COL(session, status)] = value_int(status);
  op->values[COL(session, cause)] = weather ? value_int(ENUM_cancel_cause_weather) : value_null();
}

static void write_removed(struct op *op, bool removed) {
  op->units |= 1U << REMOVED;
  op->values[COL(session, removed)] = value_int(removed);
}

/* What whoever entered it wrote, and whoever takes it out writes again, as they see it. */
static void write_rest(struct op *op) {
  op->units |= 1U << WHEN | 1U << PLACE;
  op->values[COL(session, date)] = value_int(20778);
  op->values[COL(session, starts)] = value_int(960);
  op->values[COL(session, ends)] = value_int(1020);
  op->values[COL(session, place)] = value_text(slice_text("Hall"));
}

static void on(struct acts *a, int act, uint8_t unit, int base) {
  struct op *op = &a->ops[act];
  a->bases[act][op->base_count++] = (struct base){unit, a->made[base].id};
  op->bases = a->bases[act];
}

static void name_acts(struct acts *a, const struct fixture *f) {
  const struct id *devices[act_count] = {&f->device,       &f->device, &f->other_device,
                                         &f->other_device, &f->hub,    &f->other_device};
  const char *authors[act_count] = {"tutor", "tutor", "leader", "leader", "office", "leader"};
  for (size_t i = 0; i < act_count; i++) {
    a->ops[i] = (struct op){.table = schema_table(TABLE_session), .row = fixture_id("session")};
    a->made[i] = (struct merge_op){.op = &a->ops[i],
                                   .id = {*devices[i], 1, i + 1},
                                   .author = fixture_id(authors[i]),
                                   .stamp = stamp_first + 1000 * i,
                                   .flags = i == KEPT ? OP_OFFICE : 0};
  }
}

static void make_acts(struct acts *a, const struct fixture *f) {
  static const uint8_t seen[] = {WHEN, STATUS, PLACE};
  struct id activity = fixture_id("activity");
  name_acts(a, f);
  a->ops[ENTERED].units = 1;
  a->ops[ENTERED].values[COL(session, activity)] = value_id(&activity);
  a->ops[ENTERED].values[COL(session, adhoc)] = value_int(1);
  write_rest(&a->ops[ENTERED]), write_rest(&a->ops[TAKEN_OUT]);
  write_status(&a->ops[ENTERED], ENUM_session_status_delivered, false);
  write_status(&a->ops[TAKEN_OUT], ENUM_session_status_delivered, false);
  write_removed(&a->ops[TAKEN_OUT], true);
  for (size_t i = 0; i < sizeof seen; i++) on(a, TAKEN_OUT, seen[i], ENTERED);
  write_status(&a->ops[CANCELLED], ENUM_session_status_cancelled, true);
  on(a, CANCELLED, STATUS, ENTERED);
  write_status(&a->ops[SAID_AGAIN], ENUM_session_status_delivered, false);
  on(a, SAID_AGAIN, STATUS, ENTERED);
  write_status(&a->ops[KEPT], ENUM_session_status_cancelled, true);
  write_removed(&a->ops[KEPT], false);
  on(a, KEPT, REMOVED, TAKEN_OUT), on(a, KEPT, STATUS, TAKEN_OUT), on(a, KEPT, STATUS, CANCELLED);
  write_removed(&a->ops[NOT_TAKEN_OUT], false);
}

static const struct story {
  const char *name;
  int acts[stories_ops_max]; /* -1 ends them */
} stories[] = {
    {"taken out by who had seen all of it", {ENTERED, TAKEN_OUT, -1}},
    {"taken out while somebody cancelled it", {ENTERED, TAKEN_OUT, CANCELLED, -1}},
    {"cancelled, and taken out by who had not seen that", {ENTERED, CANCELLED, TAKEN_OUT, -1}},
    {"taken out before it came", {TAKEN_OUT, CANCELLED, ENTERED, -1}},
    {"taken out while somebody said the same again", {ENTERED, TAKEN_OUT, SAID_AGAIN, -1}},
    {"kept by the office", {ENTERED, TAKEN_OUT, CANCELLED, KEPT}},
    {"taken out, and not, by two", {ENTERED, TAKEN_OUT, NOT_TAKEN_OUT, -1}},
};

struct told {
  const struct acts *acts;
  const struct story *story;
  size_t applied;
};
static bool seen(void *ctx, const struct op_id *op) {
  const struct told *t = ctx;
  for (size_t i = 0; i < t->applied; i++)
    if (op_id_equal(&t->acts->made[t->story->acts[i]].id, op)) return true;
  return false;
}

static json_t *result_json(const struct row *row) {
  json_t *out = json_object();
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    char key[4] = {(char)('0' + unit), 0};
    if (merge_conflict(row, unit) != CONFLICT_NONE)
      json_object_set_new(out, key, json_string(merges_conflict(merge_conflict(row, unit))));
  }
  return json_pack("{s:b, s:i, s:o}", "removed", (int)row->values[COL(session, removed)].i, "status",
                   (int)row->values[COL(session, status)].i, "conflicts", out);
}

static json_t *act_json(const struct merge_op *m) {
  struct changeset one = {.counter = m->id.counter,
                          .stamp = m->stamp,
                          .author = m->author,
                          .flags = m->flags,
                          .ops = m->op,
                          .op_count = 1};
  json_t *out = describe_changeset(&one);
  json_object_set_new(out, "device", describe_id(&m->id.device));
  return out;
}

static json_t *story_json(const struct acts *acts, const struct story *story) {
  struct arena a = ARENA_INIT(arena_bytes_max);
  struct row row = {.table = schema_table(TABLE_session)};
  struct merge_outcome outcome;
  struct told t = {.acts = acts, .story = story};
  json_t *list = json_array();
  for (; t.applied < stories_ops_max && story->acts[t.applied] >= 0; t.applied++) {
    const struct merge_op *m = &acts->made[story->acts[t.applied]];
    ASSERT(merge_apply(&row, m, seen, &t, &a, &outcome) == ERR_OK);
    json_array_append_new(list, act_json(m));
  }
  json_t *out = json_pack("{s:s, s:s, s:o, s:o}", "name", story->name, "table", row.table->name, "changesets",
                          list, "gives", result_json(&row));
  arena_finish(&a);
  return out;
}

json_t *removals_list(const struct samples *s) {
  struct acts acts = {0};
  json_t *list = json_array();
  make_acts(&acts, &s->fixture);
  for (size_t i = 0; i < sizeof stories / sizeof *stories; i++)
    json_array_append_new(list, story_json(&acts, &stories[i]));
  return list;
}
