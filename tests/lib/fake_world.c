/* fake_world.c: the scripted hub's rows: two staff, three activities, their learners and today's sessions;
 * and what bundles do to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "shared/merge/merge.h"
#include "tests/lib/fake_hub.h"

const struct id fake_ann = {{0xa1}}, fake_bob = {{0xa2}}, fake_strings = {{0xb1}}, fake_solo = {{0xb2}},
                fake_brass = {{0xb3}};
const struct id fake_strings_today = {{0xc1}}, fake_solo_today = {{0xc2}}, fake_brass_today = {{0xc3}};
const struct id fake_ben = {{0xd0, 0xff}}, fake_zoe = {{0xd1, 0, 0}}, fake_school = {{0xe2}};
static const struct id fake_term = {{0xe1}};

struct id fake_player(size_t n) {
  return (struct id){{0xd1, (uint8_t)(n >> 8), (uint8_t)n}};
}

void fake_world_make(struct fake_hub *f, size_t players);
void fake_world_apply(struct fake_hub *f, struct fake_bundle *b);

void fake_hub_touch(struct fake_hub *f, struct fake_row *r) {
  f->position += 1;
  r->position = f->position;
}

struct fake_row *fake_hub_find(struct fake_hub *f, uint8_t table, const struct id *id) {
  for (size_t i = 0; i < f->row_count; i += 1) {
    if (f->rows[i].row.table->id == table && id_equal(&f->rows[i].row.id, id)) return &f->rows[i];
  }
  return NULL;
}

static struct fake_row *add_row(struct fake_hub *f, const struct id *stream, uint8_t table,
                                const struct id *id) {
  assert_true(f->row_count < fake_rows_max);
  struct fake_row *r = &f->rows[f->row_count];
  *r = (struct fake_row){.stream = *stream, .row = {.table = schema_table(table), .id = *id}};
  f->row_count += 1;
  return r;
}

/* Every unit is the office's. */
struct row *fake_hub_row(struct fake_hub *f, const struct id *stream, uint8_t table, const struct id *id) {
  struct fake_row *r = add_row(f, stream, table, id);
  r->row.exists = true;
  for (uint8_t unit = 0; unit < r->row.table->unit_count; unit += 1) {
    struct head *h = arena_take(&f->arena, 1, sizeof *h);
    if (!h) abort();
    f->counter += 1;
    *h = (struct head){.op = {f->id, 1, f->counter},
                       .author = f->id,
                       .stamp = 1795000000000 + f->counter,
                       .flags = OP_OFFICE};
    r->row.units[unit] = (struct unit_heads){.heads = h, .count = 1};
  }
  fake_hub_touch(f, r);
  return &r->row;
}

static struct value text(struct fake_hub *f, const char *t) {
  return value_text(arena_copy(&f->arena, slice_text(t)));
}

static void add_grant(struct fake_hub *f, const struct id *staff, const struct id *activity) {
  struct id keys[2] = {*staff, *activity};
  struct id id;
  crypto_row_id(&id, TABLE_grant_, keys, 2);
  struct row *r = fake_hub_row(f, activity, TABLE_grant_, &id);
  r->values[COL(grant_, staff)] = value_id(staff);
  r->values[COL(grant_, activity)] = value_id(activity);
  r->values[COL(grant_, role)] = value_int(ENUM_grant_role_tutor);
  r->values[COL(grant_, starts)] = value_int(20000);
}

static int32_t today(struct fake_hub *f) {
  int32_t days = 0;
  int32_t minute = 0;
  uk_civil(f->host->now.wall_ms, &days, &minute);
  return days;
}

static void add_activity(struct fake_hub *f, const struct id *id, const char *name, int mode,
                         const struct id *session) {
  struct row *r = fake_hub_row(f, id, TABLE_activity, id);
  r->values[COL(activity, name)] = text(f, name);
  r->values[COL(activity, mode)] = value_int(mode);
  r->values[COL(activity, school)] = value_id(&fake_school);
  r->values[COL(activity, place)] = text(f, "Hall");
  r = fake_hub_row(f, id, TABLE_session, session);
  r->values[COL(session, activity)] = value_id(id);
  r->values[COL(session, date)] = value_int(today(f));
  r->values[COL(session, starts)] = value_int(960);
  r->values[COL(session, ends)] = value_int(1020);
  r->values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  f->streams[f->stream_count++] = *id;
}

static void add_learner(struct fake_hub *f, const struct id *id, const struct id *activity, const char *first,
                        const char *last, const char *section) {
  struct id keys[2] = {*id, *activity};
  struct id enrolment;
  crypto_row_id(&enrolment, TABLE_enrolment, keys, 2);
  struct row *r = fake_hub_row(f, activity, TABLE_learner, id);
  r->values[COL(learner, first_name)] = text(f, first);
  r->values[COL(learner, last_name)] = text(f, last);
  r->values[COL(learner, year_group)] = text(f, "8");
  r->values[COL(learner, school)] = value_id(&fake_school);
  r = fake_hub_row(f, activity, TABLE_enrolment, &enrolment);
  r->values[COL(enrolment, learner)] = value_id(id);
  r->values[COL(enrolment, activity)] = value_id(activity);
  r->values[COL(enrolment, starts)] = value_int(20000);
  r->values[COL(enrolment, section)] = text(f, section);
  r->values[COL(enrolment, instrument)] = text(f, section);
}

static void add_reference(struct fake_hub *f) {
  struct row *r = fake_hub_row(f, &stream_reference, TABLE_term, &fake_term);
  r->values[COL(term, name)] = text(f, "Autumn 2026");
  r->values[COL(term, starts)] = value_int(today(f) - 60);
  r->values[COL(term, ends)] = value_int(today(f) + 28);
  r = fake_hub_row(f, &stream_reference, TABLE_school, &fake_school);
  r->values[COL(school, name)] = text(f, "St Mary's");
  static const char *const names[] = {"Ann Bell", "Bob Carr"};
  const struct id *ids[] = {&fake_ann, &fake_bob};
  for (size_t i = 0; i < 2; i += 1) {
    r = fake_hub_row(f, &stream_staff, TABLE_staff, ids[i]);
    r->values[COL(staff, name)] = text(f, names[i]);
    f->staff[f->staff_count++] = (struct staff_ref){*ids[i], slice_text(names[i])};
  }
}

void fake_world_make(struct fake_hub *f, size_t players) {
  static const char *const sections[] = {"Violin I", "Flute", "Violin II", "Trumpet", "Basses", "Cello"};
  f->streams[f->stream_count++] = stream_reference;
  f->streams[f->stream_count++] = stream_staff;
  add_reference(f);
  add_activity(f, &fake_strings, "County Strings", ENUM_mode_ensemble, &fake_strings_today);
  add_activity(f, &fake_solo, "Cello lesson", ENUM_mode_individual, &fake_solo_today);
  add_activity(f, &fake_brass, "Brass Band", ENUM_mode_ensemble, &fake_brass_today);
  add_grant(f, &fake_ann, &fake_strings);
  add_grant(f, &fake_ann, &fake_solo);
  add_grant(f, &fake_bob, &fake_brass);
  add_learner(f, &fake_ben, &fake_solo, "Ben", "Thorne", "Cello");
  for (size_t i = 0; i < players; i += 1) {
    struct id id = fake_player(i);
    char last[32];
    (void)snprintf(last, sizeof last, "Player%03d", (int)i);
    add_learner(f, &id, &fake_strings,
                i == 0   ? "Zo\xc3\xab"
                : i == 1 ? "\xc3\x98rjan"
                         : "Kim",
                last, sections[i % 6]);
  }
}

/* ---- what bundles do ---- */

static bool never_seen(void *ctx, const struct op_id *op) {
  (void)ctx, (void)op;
  return false;
}

/* The activity a row of the field travels with. */
static struct id stream_of(struct fake_hub *f, const struct op *op) {
  size_t column = 0;
  switch (op->table->id) {
  case TABLE_mark:
  case TABLE_register:
    column = op->table->id == TABLE_mark ? COL(mark, session) : COL(register, session);
    break;
  case TABLE_arrival: column = COL(arrival, session); break;
  case TABLE_absence_call: column = COL(absence_call, session); break;
  case TABLE_session: return op->values[COL(session, activity)].id;
  case TABLE_visit: return op->values[COL(visit, staff)].id;
  case TABLE_note: return op->values[COL(note, activity)].id;
  default: return op->values[COL(progress, activity)].id;
  }
  struct fake_row *session = fake_hub_find(f, TABLE_session, &op->values[column].id);
  assert_non_null(session);
  return session->row.values[COL(session, activity)].id;
}

static void apply_op(struct fake_hub *f, const struct fake_bundle *b, const struct changeset *cs, size_t k) {
  const struct op *op = &cs->ops[k];
  struct fake_row *r = fake_hub_find(f, op->table->id, &op->row);
  struct merge_outcome outcome;
  if (!r) {
    struct id stream = stream_of(f, op);
    r = add_row(f, &stream, op->table->id, &op->row);
  }
  struct merge_op m = {.op = op,
                       .id = {b->header.device, b->header.incarnation, cs->counter + k},
                       .author = cs->author,
                       .stamp = cs->stamp,
                       .flags = cs->flags};
  if (merge_apply(&r->row, &m, never_seen, NULL, &f->arena, &outcome) != ERR_OK) abort();
  fake_hub_touch(f, r);
}

void fake_world_apply(struct fake_hub *f, struct fake_bundle *b) {
  for (size_t i = 0; i < b->content.changeset_count; i += 1) {
    for (size_t k = 0; k < b->content.changesets[i].op_count; k += 1)
      apply_op(f, b, &b->content.changesets[i], k);
  }
}
