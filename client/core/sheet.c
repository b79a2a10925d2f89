/* sheet.c: one learner's sheet: enrolments, notes and progress within what the signed-in person is granted.
 */
#include <stdlib.h>

#include "client/core/alias.h"
#include "client/core/commands.h"
#include "client/core/draft.h"
#include "client/core/learner_sql.h"
#include "client/core/roster.h"

/* Rows of one table about the learner that count: granted, latest first, without those a later row revises or
 * voids. */
enum { facts_max = 1000 };
struct facts {
  const struct row **list;
  size_t count;
};
struct sheet {
  struct core *core;
  struct learner_info info;
  struct slice name;
  struct enrolment_info *enrolments;
  size_t enrolment_count;
  struct facts notes, progress;
  int64_t here, away;
  struct id *ids; /* under which the child is known, the canonical one first */
  size_t id_count;
};

static const struct enrolment_info *enrolment_of(const struct sheet *s, const struct id *activity) {
  for (size_t i = 0; i < s->enrolment_count; i += 1) {
    if (id_equal(&s->enrolments[i].activity, activity)) return &s->enrolments[i];
  }
  return NULL;
}

static err take_enrolment(void *ctx, const struct enrolment_info *e) {
  struct sheet *s = ctx;
  struct arena *a = &s->core->arena;
  if (!e->granted || s->enrolment_count == list_items_max || enrolment_of(s, &e->activity)) return ERR_OK;
  struct enrolment_info *to = &s->enrolments[s->enrolment_count];
  *to = *e;
  to->name = arena_copy(a, e->name);
  to->instrument = arena_copy(a, e->instrument);
  to->section = arena_copy(a, e->section);
  if (!to->name.ptr || !to->instrument.ptr || !to->section.ptr) return ERR_NO_MEMORY;
  s->enrolment_count += 1;
  return ERR_OK;
}

static bool replaced(const struct facts *f, const struct row *row, size_t column) {
  for (size_t i = 0; i < f->count; i += 1) {
    const struct value *v = &f->list[i]->values[column];
    if (v->kind == VALUE_ID && id_equal(&v->id, &row->id)) return true;
  }
  return false;
}

/* Latest date first; of one day the latest written. */
static uint64_t stamp_of(const struct row *row) {
  return row->units[1].count ? row->units[1].heads[0].stamp : 0;
}

static int compare_facts(const void *left, const void *right) {
  const struct row *a = *(const struct row *const *)left;
  const struct row *b = *(const struct row *const *)right;
  const size_t column = a->table->id == TABLE_note ? COL(note, date) : COL(progress, date);
  int64_t days = b->values[column].i - a->values[column].i;
  if (days) return days < 0 ? -1 : 1;
  if (stamp_of(a) != stamp_of(b)) return stamp_of(a) > stamp_of(b) ? -1 : 1;
  return id_compare(&a->id, &b->id);
}

static err load_facts_of(struct sheet *s, const struct id *learner, enum store_select select, uint8_t table,
                         struct facts *out) {
  struct core *c = s->core;
  struct stmt *q = NULL;
  bool there = false;
  TRY(db_stmt(c->store->db, &q, c->store->selects[select]));
  stmt_id(q, 1, learner);
  for (;;) {
    TRY(stmt_step(q, &there));
    if (!there) return ERR_OK;
    struct row *row = arena_take(&c->arena, 1, sizeof *row);
    err e = row ? rows_read(c->store->rows, q, 0, schema_table(table), &c->arena, row) : ERR_NO_MEMORY;
    if (e != ERR_OK) {
      stmt_reset(q);
      return e;
    }
    if (out->count == facts_max) continue;
    out->list[out->count] = row;
    out->count += 1;
  }
}

static err load_facts(struct sheet *s, enum store_select select, uint8_t table, struct facts *out) {
  out->list = arena_take(&s->core->arena, facts_max, sizeof *out->list);
  if (!out->list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < s->id_count; i += 1) TRY(load_facts_of(s, &s->ids[i], select, table, out));
  return ERR_OK;
}

/* On a device that a tutor and a leader share both find what the tutor wrote; only one of them may read it.
 */
static bool may_read(const struct sheet *s, const struct id *activity, const struct id *author) {
  const struct enrolment_info *e = enrolment_of(s, activity);
  return e && (e->teaches || id_equal(author, &s->core->who));
}

/* What was revised or voided, or is others' to read, is left out; of the rest the latest stay. */
static void narrow(const struct sheet *s, struct facts *f, size_t activity_column, size_t author_column,
                   size_t replaces_column) {
  struct facts kept = {f->list, 0};
  bool gone[facts_max] = {false};
  for (size_t i = 0; i < f->count; i += 1) {
    const struct value *v = f->list[i]->values;
    gone[i] = replaced(f, f->list[i], replaces_column) ||
              !may_read(s, &v[activity_column].id, &v[author_column].id);
  }
  for (size_t i = 0; i < f->count; i += 1) {
    if (gone[i]) continue;
    kept.list[kept.count] = f->list[i];
    kept.count += 1;
  }
  *f = kept;
}

/* A voiding fact only takes another one back. */
static void drop_voiding(struct facts *f) {
  size_t kept = 0;
  for (size_t i = 0; i < f->count; i += 1) {
    if (f->list[i]->values[COL(progress, voids)].kind == VALUE_ID &&
        f->list[i]->values[COL(progress, stage)].kind == VALUE_NULL &&
        f->list[i]->values[COL(progress, pos)].kind == VALUE_NULL &&
        f->list[i]->values[COL(progress, grade)].kind == VALUE_NULL) {
      continue;
    }
    f->list[kept] = f->list[i];
    kept += 1;
  }
  f->count = kept;
}

static void sort_facts(struct facts *f) {
  if (f->count) qsort(f->list, f->count, sizeof *f->list, compare_facts);
}

static err load_sheet(struct sheet *s, const struct id *learner) {
  struct core *c = s->core;
  int32_t first = 0;
  int32_t last = 0;
  struct id child;
  TRY(alias_learner(c->store, learner, &child));
  TRY(alias_learners_of(c->store, &child, &c->arena, &s->ids, &s->id_count));
  TRY(learner_load(c->store, &child, &c->arena, &s->info));
  TRY(learner_name(&c->arena, s->info.known, s->info.first, s->info.last, s->info.initial, &s->name));
  s->enrolments = arena_take(&c->arena, list_items_max, sizeof *s->enrolments);
  if (!s->enrolments) return ERR_NO_MEMORY;
  for (size_t i = 0; i < s->id_count; i += 1)
    TRY(enrolment_each(c->store, &s->ids[i], &c->who, core_today(c), take_enrolment, s));
  if (s->enrolment_count == 0) return ERR_FORBIDDEN;
  TRY(load_facts(s, SELECT_NOTES_OF_LEARNER, TABLE_note, &s->notes));
  TRY(load_facts(s, SELECT_PROGRESS_OF_LEARNER, TABLE_progress, &s->progress));
  sort_facts(&s->notes);
  sort_facts(&s->progress);
  narrow(s, &s->notes, COL(note, activity), COL(note, staff), COL(note, revises));
  narrow(s, &s->progress, COL(progress, activity), COL(progress, staff), COL(progress, voids));
  drop_voiding(&s->progress);
  TRY(term_days(c->store, core_today(c), &first, &last));
  return learner_attendance(c->store, s->ids, s->id_count, first, last, &s->here, &s->away);
}

bool row_is_sent(struct core *c, const struct row *row) {
  const struct pending_op *op = pending_latest(&c->store->pending, row->table->id, &row->id);
  for (; op; op = pending_earlier(&c->store->pending, op)) {
    bool done = false;
    for (size_t i = 0; i < c->outbox.count && !done; i += 1) {
      const struct outbox_bundle *b = &c->outbox.list[i];
      done = outbox_done(b) && b->facts.incarnation == op->incarnation &&
             b->facts.counter_first <= op->counter && op->counter <= b->facts.counter_last;
    }
    if (!done) return false;
  }
  return true;
}

/* ---- writing it ---- */

static const struct value *newest(const struct facts *f, size_t column) {
  for (size_t i = 0; i < f->count; i += 1) {
    if (f->list[i]->values[column].kind != VALUE_NULL) return &f->list[i]->values[column];
  }
  return NULL;
}

static int64_t newest_int(const struct facts *f, size_t column) {
  const struct value *v = newest(f, column);
  return v && v->kind == VALUE_INT ? v->i : 0;
}

/* "ABRSM 4, Merit" */
static err grade_text(struct core *c, const struct facts *f, struct slice *out) {
  *out = slice_of(NULL, 0);
  for (size_t i = 0; i < f->count; i += 1) {
    const struct value *v = f->list[i]->values;
    struct buf text = BUF_INIT(text_bytes_max);
    if (v[COL(progress, grade)].kind != VALUE_TEXT) continue;
    struct slice board = text_of(&v[COL(progress, board)]);
    struct slice grade = text_of(&v[COL(progress, grade)]);
    struct slice result = text_of(&v[COL(progress, result)]);
    err e = buf_printf(&text, "%.*s%s%.*s%s%.*s", (int)board.len, (const char *)board.ptr,
                       board.len ? " " : "", (int)grade.len, (const char *)grade.ptr, result.len ? ", " : "",
                       (int)result.len, (const char *)result.ptr);
    *out = arena_copy(&c->arena, buf_slice(&text));
    buf_finish(&text);
    return e == ERR_OK && !out->ptr ? ERR_NO_MEMORY : e;
  }
  return ERR_OK;
}

static void pack_note(struct sheet *s, struct packer *p, const struct row *row) {
  const struct value *v = row->values;
  const struct enrolment_info *e = enrolment_of(s, &v[COL(note, activity)].id);
  pack_map(p, FIELDS_Note);
  answer_id(p, "id", &row->id);
  answer_id(p, "activity", &v[COL(note, activity)].id);
  answer_text_or_nil(p, "activity_name", e ? e->name : slice_of(NULL, 0));
  answer_date(p, "date", v[COL(note, date)].i);
  answer_text_or_nil(p, "author_name", staff_name(s->core, &v[COL(note, staff)].id));
  answer_set(p, "areas", "area", v[COL(note, areas)].kind == VALUE_INT ? v[COL(note, areas)].i : 0);
  answer_text_or_nil(p, "text", text_of(&v[COL(note, text)]));
  answer_text_or_nil(p, "next_step", text_of(&v[COL(note, next_step)]));
  answer_text_or_nil(p, "learner_words", text_of(&v[COL(note, learner_words)]));
  answer_word(p, "visibility", "visibility",
              v[COL(note, visibility)].kind == VALUE_INT ? v[COL(note, visibility)].i
                                                         : ENUM_visibility_tutor);
  answer_bool(p, "sent", row_is_sent(s->core, row));
  answer_bool(p, "own", id_equal(&v[COL(note, staff)].id, &s->core->who));
}

static void pack_fact(struct sheet *s, struct packer *p, const struct row *row) {
  const struct value *v = row->values;
  const struct value *pos = &v[COL(progress, pos)];
  pack_map(p, FIELDS_Progress);
  answer_id(p, "id", &row->id);
  answer_id(p, "activity", &v[COL(progress, activity)].id);
  answer_date(p, "date", v[COL(progress, date)].i);
  answer_text_or_nil(p, "author_name", staff_name(s->core, &v[COL(progress, staff)].id));
  answer_word(p, "kind", "progress_kind",
              v[COL(progress, kind)].kind == VALUE_INT ? v[COL(progress, kind)].i : ENUM_progress_kind_stage);
  answer_word(p, "stage", "stage", v[COL(progress, stage)].kind == VALUE_INT ? v[COL(progress, stage)].i : 0);
  answer_int_or_nil(p, "pos", pos->kind == VALUE_INT, pos->kind == VALUE_INT ? pos->i : 0);
  answer_text_or_nil(p, "board", text_of(&v[COL(progress, board)]));
  answer_text_or_nil(p, "grade", text_of(&v[COL(progress, grade)]));
  answer_text_or_nil(p, "result", text_of(&v[COL(progress, result)]));
  answer_text_or_nil(p, "comment", text_of(&v[COL(progress, comment)]));
  answer_bool(p, "sent", row_is_sent(s->core, row));
}

static void pack_facts(struct sheet *s, struct packer *p, const char *name, const struct facts *f,
                       void (*one)(struct sheet *, struct packer *, const struct row *)) {
  size_t count = f->count < list_items_max ? f->count : list_items_max;
  pack_word(p, name);
  pack_array(p, count);
  for (size_t i = 0; i < count; i += 1) one(s, p, f->list[i]);
}

static void pack_enrolments(const struct sheet *s, struct packer *p) {
  size_t count = 0;
  for (size_t i = 0; i < s->enrolment_count; i += 1) count += s->enrolments[i].current;
  pack_word(p, "enrolments");
  pack_array(p, count);
  for (size_t i = 0; i < s->enrolment_count; i += 1) {
    const struct enrolment_info *e = &s->enrolments[i];
    if (!e->current) continue;
    pack_map(p, FIELDS_Enrolment);
    answer_id(p, "activity", &e->activity);
    answer_text(p, "name", e->name);
    answer_text_or_nil(p, "instrument", e->instrument);
    answer_text_or_nil(p, "section", e->section);
  }
}

static err pack_sheet(struct sheet *s, struct packer *p) {
  struct slice grade, draft;
  int64_t pos = newest_int(&s->progress, COL(progress, pos));
  TRY(grade_text(s->core, &s->progress, &grade));
  TRY(draft_get(s->core->store, &s->core->who, &s->info.id, &s->core->arena, &draft));
  const struct value *next = newest(&s->notes, COL(note, next_step));
  pack_map(p, FIELDS_Learner);
  answer_id(p, "id", &s->info.id);
  answer_text(p, "name", s->name);
  answer_text_or_nil(p, "year_group", s->info.year_group);
  answer_text_or_nil(p, "school", s->info.school);
  answer_word(p, "stage", "stage", newest_int(&s->progress, COL(progress, stage)));
  answer_int_or_nil(p, "pos", pos != 0, pos);
  answer_text_or_nil(p, "grade", grade);
  answer_text_or_nil(p, "next_step", next ? text_of(next) : slice_of(NULL, 0));
  pack_enrolments(s, p);
  pack_facts(s, p, "notes", &s->notes, pack_note);
  pack_facts(s, p, "progress", &s->progress, pack_fact);
  answer_int(p, "here", s->here);
  answer_int(p, "away", s->away);
  answer_text_or_nil(p, "draft", draft);
  return ERR_OK;
}

err call_learner_get(struct core *c, struct call *call) {
  struct sheet s = {.core = c};
  err e = load_sheet(&s, &call->args[ARG_OF(learner_get, learner)].id);
  if (e == ERR_NOT_FOUND) return fault_set(&call->fault, e, "there is no such learner on this device");
  if (e == ERR_FORBIDDEN) return fault_set(&call->fault, e, "this learner is in none of your activities");
  TRY(e);
  return pack_sheet(&s, call->out);
}
