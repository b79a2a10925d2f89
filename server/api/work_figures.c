/* work_figures.c: what deciding one way or the other does to the figures, computed from the marks that are
 * there. */
#include "server/api/work.h"

static bool is_mark(const struct item_view *v, const struct item_choice *c) {
  return c->kind == CHOICE_HEAD && c->table->id == TABLE_mark &&
         v->item.unit == c->table->columns[COL(mark, code)].unit;
}

static struct work_figure with_code(const struct view_attendance *a, const struct value *code) {
  int64_t n = code->kind == VALUE_INT ? code->i : ENUM_mark_code_none;
  bool here = n == ENUM_mark_code_P || n == ENUM_mark_code_L;
  bool away = n == ENUM_mark_code_AN || n == ENUM_mark_code_AU;
  return (struct work_figure){.here = a->here + here, .of = a->here + a->away + here + away, .known = true};
}

/* The value in use, and the first choice that comes to something else. */
static err say_switch(struct words *w, struct work_figures *out, const struct item_view *v,
                      const struct matter_words *m) {
  const struct work_figure *used = NULL;
  for (size_t i = 0; i < v->choice_count; i++) used = v->choices[i].in_use ? &out->choices[i] : used;
  for (size_t i = 0; used && i < v->choice_count; i++) {
    const struct work_figure *f = &out->choices[i];
    struct value_words said;
    if (f->here == used->here && f->of == used->of) continue;
    TRY(words_choice(w, &said, v, &v->choices[i]));
    return words_say(w, &out->effect, "Choosing “%.*s” moves %.*s from %u of %u to %u of %u sessions, %.*s.",
                     TEXT(said.label), TEXT(m->name), used->here, used->of, f->here, f->of, TEXT(out->span));
  }
  if (!used || v->choice_count < 2) return ERR_OK;
  return words_say(w, &out->effect, "Either way %.*s was at %u of %u sessions, %.*s.", TEXT(m->name),
                   used->here, used->of, TEXT(out->span));
}

static err of_marks(struct words *w, struct work_figures *out, const struct item_view *v,
                    const struct matter_words *m) {
  struct view_register session;
  struct view_attendance a;
  err e = views_session(w->store, &m->session, &w->now, w->arena, &session);
  if (e == ERR_NOT_FOUND) return ERR_OK;
  TRY(e);
  TRY(views_attendance(w->store, &m->learner, NULL, &m->session, session.date, w->arena, &a));
  out->span = a.span;
  if (!a.counts)
    return words_say(
        w, &out->effect,
        "Nothing of this session counts yet: its register is not closed, or it was not delivered.");
  for (size_t i = 0; i < v->choice_count; i++) out->choices[i] = with_code(&a, &v->choices[i].values[0]);
  return say_switch(w, out, v, m);
}

static err of_session(struct words *w, struct work_figures *out, const struct matter_words *m) {
  struct view_register r;
  TRY(views_session(w->store, &m->session, &w->now, w->arena, &r));
  uint32_t marks = r.totals.here + r.totals.late + r.totals.away;
  if (marks == 0) return ERR_OK;
  return words_say(w, &out->effect,
                   "%u mark%s of this session count%s if it was delivered, and do not if it was cancelled.",
                   marks, marks == 1 ? "" : "s", marks == 1 ? "s" : "");
}

static err of_records(struct words *w, struct work_figures *out, const struct store_item *i) {
  struct view_attendance one, other, both;
  int32_t today, minute;
  uk_civil(w->now.wall_ms, &today, &minute);
  TRY(views_attendance(w->store, &i->row, NULL, NULL, today, w->arena, &one));
  TRY(views_attendance(w->store, &i->other, NULL, NULL, today, w->arena, &other));
  TRY(views_attendance(w->store, &i->row, &i->other, NULL, today, w->arena, &both));
  out->span = both.span;
  return words_say(w, &out->effect,
                   "As two they were at %u of %u and at %u of %u sessions, %.*s; as one child at %u of %u.",
                   one.here, one.here + one.away, other.here, other.here + other.away, TEXT(both.span),
                   both.here, both.here + both.away);
}

/* What is known by a number, and is not any more. */
static err of_upns(struct words *w, struct work_figures *out, const struct item_view *v) {
  if (v->item.state != ITEM_OPEN) return ERR_OK;
  return words_say(
      w, &out->effect,
      "No figure changes. The other one is taken off its record: lists find the child, and files "
      "for other systems name it, by the one you choose alone. Records that part later have each "
      "their own again.");
}

static err of_numbers(struct words *w, struct work_figures *out, const struct item_view *v) {
  if (v->item.state != ITEM_OPEN) return ERR_OK;
  return words_say(
      w, &out->effect,
      "No figure changes. Files for other systems name the child by the one you choose; lists find "
      "the child by the other one too, which is set aside on its record. Records that part later "
      "have each their own again.");
}

err work_figures(struct words *w, struct work_figures *out, const struct item_view *v,
                 const struct matter_words *m) {
  *out = (struct work_figures){.choices = arena_take(w->arena, v->choice_count + 1, sizeof *out->choices)};
  if (!out->choices) return ERR_NO_MEMORY;
  if (v->item.kind == ITEM_DUPLICATE && v->item.table->id == TABLE_learner)
    return v->item.state == ITEM_OPEN ? of_records(w, out, &v->item) : ERR_OK;
  if (v->item.kind == ITEM_TWO_UPNS) return of_upns(w, out, v);
  if (v->item.kind == ITEM_TWO_NUMBERS) return of_numbers(w, out, v);
  if (v->choice_count && is_mark(v, &v->choices[0])) return of_marks(w, out, v, m);
  bool status = v->item.kind == ITEM_CONFLICT && v->item.table->id == TABLE_session &&
                v->item.unit == v->item.table->columns[COL(session, status)].unit;
  return status ? of_session(w, out, m) : ERR_OK;
}
