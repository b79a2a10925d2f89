/* words_matter.c: what is asked about a matter, what each answer comes to, and why one of them is in use. */
#include "server/api/words.h"

#include <string.h>

#include "server/core/upn.h"
#include "shared/base/fold.h"

struct asking {
  uint8_t table, unit;
  const char *topic, *question;
};
#define ASK(table, unit, topic, question) {TABLE_##table, unit, topic, question},
#define SAY(table, column, words)
static const struct asking askings[] = {
#include "server/api/words.def"
};
#undef ASK
#undef SAY
static const struct asking any_asking = {0, 0, "Records", "Which of these is right for {}?"};

static const struct asking *find_asking(const struct store_item *i) {
  for (size_t k = 0; k < sizeof askings / sizeof *askings; k++) {
    if (askings[k].table == i->table->id && askings[k].unit == i->unit) return &askings[k];
  }
  return &any_asking;
}

/* ---- whom it is about ---- */

static err say_place(struct words *w, struct matter_words *out) {
  struct view_register r;
  struct slice day;
  err e = views_session(w->store, &out->session, &w->now, w->arena, &r);
  if (e == ERR_NOT_FOUND) return ERR_OK;
  TRY(e);
  TRY(words_day(w, &day, r.date));
  return words_say(w, &out->place, "%.*s, %.*s", TEXT(r.activity_name), TEXT(day));
}

static err of_learner(struct words *w, struct matter_words *out, const struct id *learner) {
  out->learner = *learner;
  return words_row(w, &out->name, TABLE_learner, learner);
}

static err of_enrolment(struct words *w, struct matter_words *out, const struct row *row) {
  struct slice activity;
  TRY(of_learner(w, out, &row->values[COL(enrolment, learner)].id));
  TRY(words_row(w, &activity, TABLE_activity, &row->values[COL(enrolment, activity)].id));
  out->place = activity;
  return words_say(w, &out->name, "%.*s in %.*s", TEXT(out->name), TEXT(activity));
}

static err of_mark(struct words *w, struct matter_words *out, const struct id *session,
                   const struct id *learner) {
  out->session = *session;
  TRY(say_place(w, out));
  return of_learner(w, out, learner);
}

static err of_session(struct words *w, struct matter_words *out, const struct id *session) {
  out->session = *session;
  TRY(say_place(w, out));
  return words_row(w, &out->name, TABLE_session, session);
}

static err of_row(struct words *w, struct matter_words *out, const struct row *row) {
  const struct value *v = row->values;
  uint8_t column;
  switch (row->table->id) {
  case TABLE_mark: return of_mark(w, out, &v[COL(mark, session)].id, &v[COL(mark, learner)].id);
  case TABLE_register: return of_session(w, out, &v[COL(register, session)].id);
  case TABLE_session: return of_session(w, out, &row->id);
  case TABLE_learner: return of_learner(w, out, &row->id);
  case TABLE_enrolment: return of_enrolment(w, out, row);
  case TABLE_visit: return words_row(w, &out->name, TABLE_school, &v[COL(visit, school)].id);
  default: break;
  }
  if (schema_subject(row->table, &column) && v[column].kind == VALUE_ID)
    return of_learner(w, out, &v[column].id);
  return words_row(w, &out->name, row->table->id, &row->id);
}

static err load(struct words *w, struct row *out, const struct table *t, const struct id *id) {
  return w->store->ops->load_row(w->store, t, id, w->arena, out);
}

/* ---- what is asked ---- */

/* The answers in short, or whole where two are the same in short. */
static err join_answers(struct words *w, struct slice *out, const struct item_view *v) {
  struct slice whole = {NULL, 0}, brief = {NULL, 0}, last = {NULL, 0};
  bool twice = false;
  for (size_t i = 0; i < v->choice_count; i++) {
    struct value_words said;
    TRY(words_values(w, &said, v->choices[i].table, v->item.unit, v->choices[i].values));
    twice = twice || slice_equal(said.brief, last);
    last = said.brief;
    const char *between = i ? ", or " : "";
    TRY(words_say(w, &brief, "%.*s%s%.*s", TEXT(brief), between, TEXT(said.brief)));
    TRY(words_say(w, &whole, "%.*s%s%.*s", TEXT(whole), between, TEXT(said.inside)));
  }
  *out = twice ? whole : brief;
  return ERR_OK;
}

/* The question with a name at {} and the answers at []. */
static err fill(struct words *w, struct slice *out, const char *question, struct slice name,
                struct slice answers) {
  const char *who = strstr(question, "{}"), *what = strstr(question, "[]");
  if (!who) return words_say(w, out, "%s", question);
  if (!what) return words_say(w, out, "%.*s%.*s%s", (int)(who - question), question, TEXT(name), who + 2);
  ASSERT(who < what);
  return words_say(w, out, "%.*s%.*s%.*s%.*s%s", (int)(who - question), question, TEXT(name),
                   (int)(what - who - 2), who + 2, TEXT(answers), what + 2);
}

static err ask_conflict(struct words *w, struct matter_words *out, const struct item_view *v) {
  const struct asking *a = find_asking(&v->item);
  struct row row;
  struct slice answers = {NULL, 0};
  TRY(load(w, &row, v->item.table, &v->item.row));
  TRY(of_row(w, out, &row));
  out->topic = slice_text(a->topic);
  if (strstr(a->question, "[]")) TRY(join_answers(w, &answers, v));
  if (answers.len) TRY(words_say(w, &out->brief, "%.*s?", TEXT(answers)));
  if (answers.len) TRY(words_upper(w, &out->brief));
  if (!answers.len) TRY(fill(w, &out->brief, a->question, slice_text("this"), answers));
  return fill(w, &out->question, a->question, out->name, answers);
}

/* ---- what speaks for one child ---- */

static bool same_fact(const struct row *a, const struct row *b, size_t column) {
  return a->values[column].kind != VALUE_NULL && value_equal(&a->values[column], &b->values[column]);
}

/* As people say it: the name that is used, whatever its accents and capitals. */
static err fold_name(struct buf *out, const struct row *row) {
  const struct value *known = &row->values[COL(learner, known_name)];
  const struct value *parts[] = {known->kind == VALUE_TEXT ? known : &row->values[COL(learner, first_name)],
                                 &row->values[COL(learner, last_name)]};
  for (size_t i = 0; i < 2; i++) {
    if (parts[i]->kind != VALUE_TEXT) continue;
    TRY(text_fold(out, parts[i]->text));
    TRY(buf_put_u8(out, ' '));
  }
  return ERR_OK;
}

static err same_name(const struct row *a, const struct row *b, bool *out) {
  struct buf one = BUF_INIT(text_bytes_max), other = BUF_INIT(text_bytes_max);
  err e = fold_name(&one, a);
  if (e == ERR_OK) e = fold_name(&other, b);
  *out = e == ERR_OK && one.len > 0 && slice_equal(buf_slice(&one), buf_slice(&other));
  buf_finish(&one);
  buf_finish(&other);
  return e;
}

static bool walked_in(const struct row *row) {
  const struct value *status = &row->values[COL(learner, status)];
  return status->kind == VALUE_INT && status->i == ENUM_learner_status_provisional;
}

enum { alike_of_thousand = 880 };

static bool given(struct slice a, struct slice b) { return a.len && slice_equal(a, b); }
static bool short_form(struct slice a, struct slice b) { return a.len && b.len && likeness_nickname(a, b); }
static bool alike(struct slice a, struct slice b) {
  return a.len && b.len && likeness_jaro_winkler(a, b) >= alike_of_thousand;
}

/* Whichever name each goes by. */
static bool any_first(const struct likeness_child *a, const struct likeness_child *b,
                      bool fits(struct slice, struct slice)) {
  return fits(a->first, b->first) || fits(a->first, b->known) || fits(a->known, b->first) ||
         fits(a->known, b->known);
}

/* Of two who are not called the same; NULL when their names say nothing. */
static const char *names_alike(const struct likeness_child *a, const struct likeness_child *b) {
  if (given(a->first, b->last) && given(a->last, b->first)) return "first and last name swapped";
  if (given(a->last, b->last) && given(a->first, b->first)) return "same full name";
  if (given(a->last, b->last) && any_first(a, b, given)) return "one is called as the other is named";
  if (given(a->last, b->last) && any_first(a, b, short_form)) return "a short form of the name";
  return alike(a->last, b->last) && any_first(a, b, alike) ? "names alike" : NULL;
}

static const char *births_alike(const struct likeness_child *a, const struct likeness_child *b) {
  if (!a->born || !b->born) return NULL;
  if (a->born == b->born) return "same date of birth";
  if (likeness_swapped(a->born, b->born)) return "born with day and month swapped";
  return likeness_one_digit(a->born, b->born) ? "born one digit apart" : NULL;
}

/* Not the numbers themselves, which the office alone knows. */
static const char *upns_alike(const struct likeness_child *a, const struct likeness_child *b) {
  if (a->upn.len && slice_equal(a->upn, b->upn)) return "same UPN";
  return upns_differ(a->upn, b->upn) ? "different UPNs" : NULL;
}

/* Two without a name when one was erased meanwhile. */
static err load_children(struct words *w, struct store_child *one, struct store_child *two,
                         const struct row *a, const struct row *b) {
  err e = w->store->ops->child_load(w->store, &a->id, w->arena, one);
  if (e == ERR_OK) e = w->store->ops->child_load(w->store, &b->id, w->arena, two);
  if (e == ERR_NOT_FOUND) *one = *two = (struct store_child){.child = {.born = 0}};
  return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* "Same name, same school, one walked in": what a person would look at first. */
static err say_evidence(struct words *w, struct slice *out, const struct row *a, const struct row *b) {
  bool name;
  struct store_child one, two;
  struct likeness_links links = {.phone = false};
  TRY(same_name(a, b, &name));
  TRY(load_children(w, &one, &two, a, b));
  TRY(w->store->ops->child_links(w->store, &a->id, &b->id, &links));
  const char *facts[] = {upns_alike(&one.child, &two.child),
                         name ? "same name" : names_alike(&one.child, &two.child),
                         births_alike(&one.child, &two.child),
                         same_fact(a, b, COL(learner, school)) ? "same school" : NULL,
                         same_fact(a, b, COL(learner, year_group)) ? "same year" : NULL,
                         links.phone ? "same telephone" : NULL,
                         links.activity ? "same activity" : NULL,
                         walked_in(a) != walked_in(b) ? "one walked in" : NULL};
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    if (facts[i]) TRY(words_say(w, out, "%.*s%s%s", TEXT(*out), out->len ? ", " : "", facts[i]));
  }
  return out->len ? words_upper(w, out) : ERR_OK;
}

static err load_evidence(struct words *w, struct slice *out, const struct store_item *i) {
  struct row a, b;
  TRY(load(w, &a, i->table, &i->row));
  TRY(load(w, &b, i->table, &i->other));
  return say_evidence(w, out, &a, &b);
}

static err ask_learners(struct words *w, struct matter_words *out, const struct store_item *i) {
  struct slice other;
  TRY(of_learner(w, out, &i->row));
  TRY(words_row(w, &other, TABLE_learner, &i->other));
  out->topic = slice_text("Duplicate");
  out->brief = slice_text("One child, or two?");
  TRY(load_evidence(w, &out->place, i));
  if (slice_equal(out->name, other))
    return words_say(w, &out->question, "Is %.*s one child, entered twice?", TEXT(other));
  TRY(words_say(w, &out->question, "Are %.*s and %.*s one child?", TEXT(out->name), TEXT(other)));
  return words_say(w, &out->name, "%.*s and %.*s", TEXT(out->name), TEXT(other));
}

static err ask_duplicate(struct words *w, struct matter_words *out, const struct store_item *i) {
  if (i->table->id == TABLE_learner) return ask_learners(w, out, i);
  TRY(of_session(w, out, &i->row));
  out->topic = slice_text("Duplicate");
  out->brief = slice_text("One meeting, or two?");
  return words_say(w, &out->question, "Is %.*s one meeting, entered twice?", TEXT(out->name));
}

static err ask_two_marks(struct words *w, struct matter_words *out, const struct store_item *i) {
  TRY(of_mark(w, out, &i->row, &i->other));
  out->topic = slice_text("Attendance");
  out->brief = slice_text("Two records, two marks");
  return words_say(w, &out->question, "Which mark of %.*s counts?", TEXT(out->name));
}

static err ask_two_upns(struct words *w, struct matter_words *out, const struct store_item *i) {
  TRY(of_learner(w, out, &i->row));
  out->topic = slice_text("Two UPNs for one child");
  out->brief = slice_text("Two UPNs for one child");
  return words_say(w, &out->question, "Which UPN is right for %.*s?", TEXT(out->name));
}

static err ask_two_numbers(struct words *w, struct matter_words *out, const struct store_item *i) {
  TRY(of_learner(w, out, &i->row));
  TRY(words_row(w, &out->place, TABLE_school, &i->other));
  out->topic = slice_text("Two numbers at one school");
  out->brief = slice_text("Two numbers at one school");
  return words_say(w, &out->question, "Which number does %.*s have at %.*s?", TEXT(out->name),
                   TEXT(out->place));
}

err words_matter(struct words *w, struct matter_words *out, const struct item_view *v) {
  *out = (struct matter_words){.topic = {NULL, 0}};
  switch (v->item.kind) {
  case ITEM_CONFLICT: return ask_conflict(w, out, v);
  case ITEM_DUPLICATE: return ask_duplicate(w, out, &v->item);
  case ITEM_TWO_MARKS: return ask_two_marks(w, out, &v->item);
  case ITEM_TWO_UPNS: return ask_two_upns(w, out, &v->item);
  case ITEM_TWO_NUMBERS: return ask_two_numbers(w, out, &v->item);
  }
  return ERR_INTERNAL;
}

/* ---- an op alone ---- */

static err add_unit(struct words *w, struct slice *out, const struct op *op, uint8_t unit) {
  uint8_t columns[op_columns_max];
  struct value values[op_columns_max];
  struct value_words said;
  size_t count = unit_columns(op->table, unit, columns);
  for (size_t i = 0; i < count; i++) values[i] = op->values[columns[i]];
  TRY(words_values(w, &said, op->table, unit, values));
  const char *between = out->len ? "; " : "";
  if (said.note.len)
    return words_say(w, out, "%.*s%s%.*s (“%.*s”)", TEXT(*out), between, TEXT(said.label), TEXT(said.note));
  return words_say(w, out, "%.*s%s%.*s", TEXT(*out), between, TEXT(said.label));
}

/* The row as it would be called: what the op leaves out is as the hub has it. */
static err row_of_op(struct words *w, struct row *row, const struct op *op) {
  TRY(load(w, row, op->table, &op->row));
  for (uint8_t i = 0; i < op->table->column_count; i++) {
    if (op->units >> op->table->columns[i].unit & 1) row->values[i] = op->values[i];
  }
  return ERR_OK;
}

err words_op(struct words *w, struct slice *out, const struct op *op) {
  struct row row;
  struct matter_words about = {.topic = {NULL, 0}};
  struct slice values = {NULL, 0};
  TRY(row_of_op(w, &row, op));
  TRY(of_row(w, &about, &row));
  for (uint8_t unit = 1; unit < op->table->unit_count; unit++) {
    if (op->units >> unit & 1) TRY(add_unit(w, &values, op, unit));
  }
  bool placed = about.place.len > 0 && op->table->id == TABLE_mark;
  return words_say(w, out, "%.*s%s%.*s: %.*s", TEXT(about.name), placed ? ", " : "",
                   placed ? (int)about.place.len : 0, placed ? (const char *)about.place.ptr : "",
                   TEXT(values));
}

/* ---- the answers ---- */

static err keep_record(struct words *w, struct value_words *out, const struct item_choice *c) {
  struct view_register r;
  struct slice name;
  TRY(words_say(w, &out->brief, "one"));
  if (c->table->id == TABLE_session) {
    TRY(views_session(w->store, &c->row, &w->now, w->arena, &r));
    return words_say(w, &out->label, "One meeting: the entry from %02d:%02d to %02d:%02d stands",
                     r.starts / 60, r.starts % 60, r.ends / 60, r.ends % 60);
  }
  TRY(words_row(w, &name, TABLE_learner, &c->row));
  return words_say(w, &out->label, "One child: the record of %.*s stands", TEXT(name));
}

err words_choice(struct words *w, struct value_words *out, const struct item_view *v,
                 const struct item_choice *c) {
  bool child = v->item.table->id == TABLE_learner;
  *out = (struct value_words){.label = {NULL, 0}};
  switch (c->kind) {
  case CHOICE_HEAD: return words_values(w, out, c->table, v->item.unit, c->values);
  case CHOICE_REMOVE: out->label = slice_text("It stays removed"); break;
  case CHOICE_KEEP: out->label = slice_text("It stands, with what was written to it since"); break;
  case CHOICE_APART: out->label = slice_text(child ? "Not the same person" : "Two meetings"); break;
  case CHOICE_SAME: return keep_record(w, out, c);
  }
  out->brief = out->label;
  return ERR_OK;
}

/* ---- when ---- */

static bool says_the_same(const struct store_history *h, const struct item_view *v,
                          const struct item_choice *c) {
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(c->table, v->item.unit, columns);
  if (!(h->units >> v->item.unit & 1) || !id_equal(&h->author, &c->head.author)) return false;
  for (size_t i = 0; i < count; i++) {
    if (!value_equal(&h->values[columns[i]], &c->values[i])) return false;
  }
  return true;
}

/* History is in the order of stamps. */
err words_written(struct words *w, struct written *out, const struct item_view *v,
                  const struct item_choice *c) {
  struct store_history *list;
  size_t count;
  bool restored = c->head.flags & OP_RESTORED;
  *out = (struct written){.at_ms = (int64_t)c->head.stamp, .op = c->head.op};
  TRY(w->store->ops->read_history(w->store, c->table, &c->row, w->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    const struct store_history *h = &list[i];
    bool it =
        restored ? !(h->flags & OP_RESTORED) && says_the_same(h, v, c) : op_id_equal(&h->op, &c->head.op);
    if (it) *out = (struct written){(int64_t)h->stamp, h->received_ms, h->op};
  }
  if (out->received_ms == 0) out->received_ms = out->at_ms;
  return ERR_OK;
}

/* ---- why ---- */

static const struct item_choice *in_use(const struct item_view *v) {
  for (size_t i = 0; i < v->choice_count; i++) {
    if (v->choices[i].in_use) return &v->choices[i];
  }
  return NULL;
}

static enum rule rule_of(const struct item_view *v) {
  const struct table *t = v->choices[0].table;
  for (uint8_t i = 0; i < t->column_count; i++) {
    if (t->columns[i].unit == v->item.unit) return t->columns[i].rule;
  }
  return RULE_LWW;
}

/* The first of the others; choices stand in falling order of their stamps. */
static const struct item_choice *another(const struct item_view *v, const struct item_choice *used) {
  for (size_t i = 0; i < v->choice_count; i++) {
    if (&v->choices[i] != used) return &v->choices[i];
  }
  return NULL;
}

static err why_latest(struct words *w, struct slice *out, const struct item_view *v,
                      const struct item_choice *used) {
  const struct item_choice *other = another(v, used);
  struct value_words said;
  struct written mine, theirs;
  struct slice span;
  TRY(words_choice(w, &said, v, other));
  TRY(words_written(w, &mine, v, used));
  TRY(words_written(w, &theirs, v, other));
  if (used->head.stamp < other->head.stamp)
    return words_say(w, out, "whoever wrote down a time of arrival saw it, so it stands over a later “%.*s”.",
                     TEXT(said.label));
  TRY(words_span(w, &span, theirs.at_ms, mine.at_ms));
  const char *unsure = used->head.flags & OP_UNSURE ? " The clock of its device was not certain." : "";
  if (mine.at_ms <= theirs.at_ms)
    return words_say(w, out, "both were written at the same moment, and one had to be shown.%s", unsure);
  return words_say(w, out,
                   "it was written %.*s after “%.*s”, and the later entry is shown until somebody decides.%s",
                   TEXT(span), TEXT(said.label), unsure);
}

static err why_value(struct words *w, struct slice *out, const struct item_view *v) {
  const struct item_choice *used = in_use(v);
  if (!used || used->kind != CHOICE_HEAD || !another(v, used)) return ERR_OK;
  switch (rule_of(v)) {
  case RULE_ONCE:
    return words_say(w, out, "it was written first, and a first entry stays until the office decides.");
  case RULE_OFFICE:
    return words_say(w, out,
                     (used->head.flags & (OP_OFFICE | OP_RESTORED)) == OP_OFFICE
                         ? "the office wrote it. What a device writes here is a proposal, and waits for you."
                         : "the office has said nothing here yet, so the latest proposal is shown.");
  case RULE_HUMAN:
  case RULE_HUMAN_AUTHORS:
  case RULE_LWW:
  case RULE_ADD: break;
  }
  return why_latest(w, out, v, used);
}

static bool is_of_standing(const struct item_view *v) {
  struct id standing;
  crypto_row_id(&standing, TABLE_learner_key, &v->item.row, 1);
  return id_equal(&v->choices[0].row, &standing);
}

err words_why(struct words *w, struct slice *out, const struct item_view *v) {
  *out = (struct slice){NULL, 0};
  if (v->item.state != ITEM_OPEN || v->choice_count == 0) return ERR_OK;
  if (v->item.kind == ITEM_DUPLICATE)
    return words_say(w, out, "nothing is put together by itself: both records stay until somebody decides.");
  if (v->item.kind == ITEM_TWO_MARKS)
    return words_say(w, out, "it is the mark of the record that stands. A child counts once at a meeting.");
  if (v->item.kind == ITEM_TWO_UPNS)
    return words_say(w, out, "%s",
                     is_of_standing(v)
                         ? "it is the number of the record that stands for the child."
                         : "the record that stands for the child has none, and this is another record's.");
  if (v->item.kind == ITEM_TWO_NUMBERS)
    return words_say(w, out, "%s",
                     is_of_standing(v)
                         ? "it is the number of the record that stands for the child."
                         : "the record that stands for the child has none in use there, and this is another "
                           "record's.");
  if (v->choices[0].kind != CHOICE_HEAD)
    return words_say(
        w, out,
        "it was removed by somebody who had not seen everything that was written to it. Keeping it "
        "brings all of that back.");
  return why_value(w, out, v);
}
