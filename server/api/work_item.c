/* work_item.c: one matter in full: every value with who wrote it, when and where, why one of them is in use,
 * what switching does, and what happened so far. */
#include <stdlib.h>

#include "server/api/work.h"

/* Two records or meetings are told apart by what each says of itself. */
struct work_fact {
  struct slice name, value;
};
struct work_choice {
  uint32_t number; /* from 1: what a decision names */
  const char *kind;
  bool in_use, unsure, office;
  struct slice label, brief, note, author, device;
  uint8_t code; /* of a mark */
  int64_t written_ms, received_ms;
  struct work_figure figure;
  struct work_fact *facts;
  size_t fact_count;
};
struct work_card {
  struct id id, learner, session;
  const char *kind, *state;
  struct slice topic, place, name, question, why, effect, span, heads;
  bool urgent, safe, can_decide, can_undo, own_mark;
  struct work_choice *choices;
  size_t choice_count;
  struct work_event *happened;
  size_t happened_count;
};

#define AT(member) offsetof(struct work_fact, member)
static const struct shape_field fact_fields[] = {
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"value", SHAPE_NAME, AT(value), 0, NULL, NULL},
};
#undef AT
static const struct shape fact_shape = SHAPE_OF(work_fact, fact_fields);

#define AT(member) offsetof(struct work_figure, member)
static const struct shape_field figure_fields[] = {
    {"known", SHAPE_BOOL, AT(known), 0, NULL, NULL},
    {"here", SHAPE_COUNT, AT(here), 0, NULL, NULL},
    {"of", SHAPE_COUNT, AT(of), 0, NULL, NULL},
};
#undef AT
static const struct shape figure_shape = SHAPE_OF(work_figure, figure_fields);

#define AT(member) offsetof(struct work_choice, member)
static const struct shape_field choice_fields[] = {
    {"choice", SHAPE_COUNT, AT(number), 0, NULL, NULL},
    {"kind", SHAPE_WORD, AT(kind), 0, NULL, NULL},
    {"label", SHAPE_NAME, AT(label), 0, NULL, NULL},
    {"brief", SHAPE_NAME, AT(brief), 0, NULL, NULL},
    {"code", SHAPE_ENUM, AT(code), 0, "mark_code", NULL},
    {"note", SHAPE_TEXT, AT(note), 0, NULL, NULL},
    {"in_use", SHAPE_BOOL, AT(in_use), 0, NULL, NULL},
    {"unsure", SHAPE_BOOL, AT(unsure), 0, NULL, NULL},
    {"office", SHAPE_BOOL, AT(office), 0, NULL, NULL},
    {"author_name", SHAPE_TEXT, AT(author), 0, NULL, NULL},
    {"device_name", SHAPE_TEXT, AT(device), 0, NULL, NULL},
    {"written_at", SHAPE_TIME, AT(written_ms), 0, NULL, NULL},
    {"received_at", SHAPE_TIME, AT(received_ms), 0, NULL, NULL},
    {"attendance", SHAPE_INSIDE, AT(figure), 0, NULL, &figure_shape},
    {"facts", SHAPE_LIST, AT(facts), AT(fact_count), NULL, &fact_shape},
};
#undef AT
static const struct shape choice_shape = SHAPE_OF(work_choice, choice_fields);

#define AT(member) offsetof(struct work_card, member)
static const struct shape_field card_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"kind", SHAPE_WORD, AT(kind), 0, NULL, NULL},
    {"state", SHAPE_WORD, AT(state), 0, NULL, NULL},
    {"topic", SHAPE_NAME, AT(topic), 0, NULL, NULL},
    {"place", SHAPE_TEXT, AT(place), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"question", SHAPE_NAME, AT(question), 0, NULL, NULL},
    {"learner", SHAPE_SOME_ID, AT(learner), 0, NULL, NULL},
    {"session", SHAPE_SOME_ID, AT(session), 0, NULL, NULL},
    {"urgent", SHAPE_BOOL, AT(urgent), 0, NULL, NULL},
    {"safe", SHAPE_BOOL, AT(safe), 0, NULL, NULL},
    {"can_decide", SHAPE_BOOL, AT(can_decide), 0, NULL, NULL},
    {"can_undo", SHAPE_BOOL, AT(can_undo), 0, NULL, NULL},
    {"own_mark", SHAPE_BOOL, AT(own_mark), 0, NULL, NULL},
    {"why", SHAPE_TEXT, AT(why), 0, NULL, NULL},
    {"effect", SHAPE_TEXT, AT(effect), 0, NULL, NULL},
    {"span", SHAPE_TEXT, AT(span), 0, NULL, NULL},
    {"heads", SHAPE_NAME, AT(heads), 0, NULL, NULL},
    {"choices", SHAPE_LIST, AT(choices), AT(choice_count), NULL, &choice_shape},
    {"happened", SHAPE_LIST, AT(happened), AT(happened_count), NULL, &work_event_shape},
};
#undef AT
static const struct shape card_shape = SHAPE_OF(work_card, card_fields);

static const char *const kinds[] = {[ITEM_CONFLICT] = "conflict",
                                    [ITEM_DUPLICATE] = "duplicate",
                                    [ITEM_TWO_MARKS] = "two_marks",
                                    [ITEM_TWO_UPNS] = "two_upns",
                                    [ITEM_TWO_NUMBERS] = "two_numbers"};
static const char *const states[] = {
    [ITEM_OPEN] = "open", [ITEM_DECIDED] = "decided", [ITEM_SETTLED] = "settled"};
static const char *const choice_kinds[] = {[CHOICE_HEAD] = "value",
                                           [CHOICE_REMOVE] = "remove",
                                           [CHOICE_KEEP] = "keep",
                                           [CHOICE_SAME] = "same",
                                           [CHOICE_APART] = "apart"};

/* ---- one choice ---- */

static err fill_head(struct words *w, struct work_choice *out, const struct item_view *v,
                     const struct item_choice *c) {
  struct written first;
  TRY(words_written(w, &first, v, c));
  out->written_ms = first.at_ms;
  out->received_ms = first.received_ms;
  out->unsure = c->head.flags & OP_UNSURE;
  out->office = (c->head.flags & (OP_OFFICE | OP_RESTORED)) == OP_OFFICE;
  bool mark = c->table->id == TABLE_mark && v->item.unit == c->table->columns[COL(mark, code)].unit;
  if (mark && c->values[0].kind == VALUE_INT) out->code = (uint8_t)c->values[0].i;
  TRY(views_author_name(w->store, &c->head.author, w->arena, &out->author));
  return views_device_name(w->store, &first.op.device, w->arena, &out->device);
}

static err add_fact(struct words *w, struct work_choice *out, const struct row *row, uint8_t column,
                    const char *name) {
  struct slice said;
  if (row->values[column].kind == VALUE_NULL) return ERR_OK;
  TRY(words_value(w, &said, &row->table->columns[column], &row->values[column]));
  out->facts[out->fact_count++] = (struct work_fact){slice_text(name), said};
  return ERR_OK;
}

static const struct {
  uint8_t table, column;
  const char *name;
} facts[] = {
    {TABLE_learner, COL(learner, first_name), "First name"},
    {TABLE_learner, COL(learner, last_name), "Last name"},
    {TABLE_learner, COL(learner, known_name), "Known as"},
    {TABLE_learner, COL(learner, dob), "Born"},
    {TABLE_learner, COL(learner, year_group), "Year"},
    {TABLE_learner, COL(learner, school), "School"},
    {TABLE_learner, COL(learner, status), "Status"},
    {TABLE_learner, COL(learner, ref), "Number"},
    {TABLE_session, COL(session, starts), "Starts"},
    {TABLE_session, COL(session, ends), "Ends"},
    {TABLE_session, COL(session, status), "Status"},
    {TABLE_session, COL(session, staff), "Taken by"},
    {TABLE_session, COL(session, place), "Place"},
};
enum { fact_count_max = sizeof facts / sizeof *facts };

/* Of a number: whose record says it, as the office knows them, and the list that brought it in. */
static const struct {
  uint8_t column;
  const char *name;
} record_facts[] = {
    {COL(learner, dob), "Born"},
    {COL(learner, year_group), "Year"},
    {COL(learner, school), "School"},
    {COL(learner, ref), "Number"},
};
enum {
  record_fact_count = sizeof record_facts / sizeof *record_facts,
  runs_searched_max = 5000,
};

static err add_list(struct words *w, struct work_choice *out, const struct op_id *op) {
  struct store_run *list;
  size_t count;
  struct slice said;
  TRY(w->store->ops->run_list(w->store, runs_searched_max, w->arena, &list, &count));
  for (size_t i = 0; out->office && i < count; i++) {
    if (op->counter < list[i].first || op->counter > list[i].last) continue;
    TRY(words_say(w, &said, "%.*s", TEXT(list[i].name.len ? list[i].name : list[i].what)));
    out->facts[out->fact_count++] = (struct work_fact){slice_text("List"), said};
    break;
  }
  return ERR_OK;
}

static err fill_record(struct words *w, struct work_choice *out, const struct item_view *v,
                       const struct item_choice *c) {
  struct row numbers, row;
  struct written first;
  struct slice name;
  out->facts = arena_take(w->arena, record_fact_count + 2, sizeof *out->facts);
  if (!out->facts) return ERR_NO_MEMORY;
  TRY(w->store->ops->load_row(w->store, c->table, &c->row, w->arena, &numbers));
  const struct id *learner = &numbers.values[COL(learner_key, learner)].id;
  TRY(w->store->ops->load_row(w->store, schema_table(TABLE_learner), learner, w->arena, &row));
  TRY(words_row(w, &name, TABLE_learner, learner));
  out->facts[out->fact_count++] = (struct work_fact){slice_text("Record"), name};
  for (size_t i = 0; i < record_fact_count; i++)
    TRY(add_fact(w, out, &row, record_facts[i].column, record_facts[i].name));
  TRY(words_written(w, &first, v, c));
  return add_list(w, out, &first.op);
}

static err fill_facts(struct words *w, struct work_choice *out, const struct item_choice *c) {
  struct row row;
  out->facts = arena_take(w->arena, fact_count_max, sizeof *out->facts);
  if (!out->facts) return ERR_NO_MEMORY;
  TRY(w->store->ops->load_row(w->store, c->table, &c->row, w->arena, &row));
  for (size_t i = 0; i < fact_count_max; i++) {
    if (facts[i].table == c->table->id) TRY(add_fact(w, out, &row, facts[i].column, facts[i].name));
  }
  return ERR_OK;
}

static err fill_choice(struct words *w, struct work_choice *out, const struct item_view *v, size_t i,
                       const struct work_figures *figures) {
  const struct item_choice *c = &v->choices[i];
  struct value_words said;
  *out = (struct work_choice){.number = (uint32_t)i + 1,
                              .kind = choice_kinds[c->kind],
                              .in_use = c->in_use,
                              .figure = figures->choices[i]};
  TRY(words_choice(w, &said, v, c));
  out->label = said.label;
  out->brief = said.brief;
  out->note = said.note;
  if (c->kind == CHOICE_HEAD) TRY(fill_head(w, out, v, c));
  bool numbers = v->item.kind == ITEM_TWO_UPNS || v->item.kind == ITEM_TWO_NUMBERS;
  if (numbers) return fill_record(w, out, v, c);
  return c->kind == CHOICE_SAME ? fill_facts(w, out, c) : ERR_OK;
}

/* ---- what happened ---- */

enum { writings_max = 40 }; /* of a row, the latest */

static int compare_events(const void *left, const void *right) {
  const struct work_event *a = left, *b = right;
  if (a->at_ms != b->at_ms) return a->at_ms < b->at_ms ? -1 : 1;
  return a->place < b->place ? -1 : a->place > b->place;
}

static err add_event(struct words *w, struct work_card *card, int64_t at_ms, struct work_event **out) {
  struct work_event *list = arena_take(w->arena, card->happened_count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  if (card->happened_count) bytes_copy(list, card->happened, card->happened_count * sizeof *list);
  card->happened = list;
  *out = &list[card->happened_count];
  **out = (struct work_event){.at_ms = at_ms, .place = card->happened_count++};
  return ERR_OK;
}

static err say_version(struct words *w, struct value_words *out, const struct item_view *v,
                       const struct table *t, const struct store_history *h) {
  struct value values[op_columns_max];
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(t, v->item.unit, columns);
  for (size_t i = 0; i < count; i++) values[i] = h->values[columns[i]];
  return words_values(w, out, t, v->item.unit, values);
}

/* When it was written; and when it came, where that was not at once. */
static err add_writing(struct words *w, struct work_card *card, const struct item_view *v,
                       const struct table *t, const struct store_history *h) {
  enum { at_once_ms = 60000 };
  struct work_event *out;
  struct value_words said;
  struct slice device;
  TRY(say_version(w, &said, v, t, h));
  TRY(views_device_name(w->store, &h->op.device, w->arena, &device));
  TRY(add_event(w, card, (int64_t)h->stamp, &out));
  TRY(views_author_name(w->store, &h->author, w->arena, &out->who));
  TRY(words_say(w, &out->text, "wrote “%.*s”, on %.*s.", TEXT(said.label), TEXT(device)));
  if (h->received_ms - (int64_t)h->stamp < at_once_ms) return ERR_OK;
  TRY(add_event(w, card, h->received_ms, &out));
  return words_say(w, &out->text, "That reached the hub from %.*s.", TEXT(device));
}

/* What each decision came to, where one value says it. */
static err say_decisions(struct words *w, struct work_card *card, const struct item_view *v) {
  struct store_history *list;
  size_t count;
  struct value_words said;
  TRY(w->store->ops->read_history(w->store, v->item.table, &v->item.row, w->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    if (!(list[i].units >> v->item.unit & 1)) continue;
    for (size_t k = 0; k < card->happened_count; k++) {
      struct work_event *e = &card->happened[k];
      if (e->decision.counter == 0 || !op_id_equal(&e->decision, &list[i].op)) continue;
      TRY(say_version(w, &said, v, v->item.table, &list[i]));
      TRY(words_say(w, &e->text, "decided: “%.*s”.", TEXT(said.label)));
    }
  }
  return ERR_OK;
}

/* Two records, or two marks, have no value of the matter's own that a decision wrote: what is in use now is
 * what the last one came to. */
static err say_choice(struct words *w, struct work_card *card, const struct item_view *v) {
  struct work_event *last = NULL;
  for (size_t i = 0; v->item.state == ITEM_DECIDED && i < card->happened_count; i++)
    if (card->happened[i].decision.counter) last = &card->happened[i];
  for (size_t i = 0; last && i < card->choice_count; i++)
    if (card->choices[i].in_use)
      return words_say(w, &last->text, "decided: “%.*s”.", TEXT(card->choices[i].label));
  return ERR_OK;
}

/* The office's own ops are the matter's decisions, and stand in its life. */
static err add_writings(struct words *w, struct work_card *card, const struct item_view *v,
                        const struct table *t, const struct id *row) {
  struct store_history *list;
  size_t count;
  TRY(w->store->ops->read_history(w->store, t, row, w->arena, &list, &count));
  for (size_t i = count > writings_max ? count - writings_max : 0; i < count; i++) {
    bool field = !(list[i].flags & (OP_OFFICE | OP_RESTORED));
    if (field && list[i].units >> v->item.unit & 1) TRY(add_writing(w, card, v, t, &list[i]));
  }
  return ERR_OK;
}

static err fill_happened(struct words *w, struct work_card *card, const struct item_view *v) {
  if (v->item.kind == ITEM_CONFLICT) TRY(add_writings(w, card, v, v->item.table, &v->item.row));
  for (size_t i = 0; i < v->choice_count && v->item.kind == ITEM_TWO_MARKS; i++)
    TRY(add_writings(w, card, v, v->choices[i].table, &v->choices[i].row));
  static const char *const opened[] = {
      [ITEM_CONFLICT] = "The entries met here and did not agree.",
      [ITEM_DUPLICATE] = "The two records were found to be alike.",
      [ITEM_TWO_MARKS] = "The entries met here and did not agree.",
      [ITEM_TWO_UPNS] = "The records stand for one child, and said different UPNs.",
      [ITEM_TWO_NUMBERS] = "The records stand for one child, and had different numbers at one school.",
  };
  TRY(work_life(w, v->events, v->event_count, opened[v->item.kind], &card->happened, &card->happened_count));
  TRY(v->item.kind == ITEM_CONFLICT ? say_decisions(w, card, v) : say_choice(w, card, v));
  if (card->happened_count)
    qsort(card->happened, card->happened_count, sizeof *card->happened, compare_events);
  return ERR_OK;
}

/* ---- the whole ---- */

static bool takes_own_mark(const struct item_view *v) {
  return v->item.kind == ITEM_CONFLICT && v->item.table->id == TABLE_mark &&
         v->item.unit == v->item.table->columns[COL(mark, code)].unit;
}

static err fill_words(struct words *w, struct work_card *out, const struct matter_words *m,
                      const struct item_view *v) {
  char heads[2 * key_bytes + 1];
  out->topic = m->topic;
  out->place = m->place;
  out->name = m->name;
  out->question = m->question;
  out->learner = m->learner;
  out->session = m->session;
  hex_encode(heads, slice_of(v->heads, key_bytes));
  TRY(words_say(w, &out->heads, "%s", heads));
  return words_why(w, &out->why, v);
}

static err fill_choices(struct words *w, struct work_card *out, const struct item_view *v,
                        const struct matter_words *m) {
  struct work_figures figures;
  TRY(work_figures(w, &figures, v, m));
  out->effect = figures.effect;
  out->span = figures.span;
  out->choices = arena_take(w->arena, v->choice_count + 1, sizeof *out->choices);
  if (!out->choices) return ERR_NO_MEMORY;
  for (size_t i = 0; i < v->choice_count; i++) TRY(fill_choice(w, &out->choices[i], v, i, &figures));
  out->choice_count = v->choice_count;
  return ERR_OK;
}

err work_item_json(struct api_call *c, const struct item_view *v, json_t **out) {
  struct words w = work_words(c);
  struct matter_words m;
  bool open = v->item.state == ITEM_OPEN, decides = work_decides(c, v);
  struct work_card card = {.id = v->item.id,
                           .kind = kinds[v->item.kind],
                           .state = states[v->item.state],
                           .urgent = open && item_is_urgent(v),
                           .safe = open && item_is_safe(v),
                           .can_decide = open && decides,
                           .can_undo = v->item.state == ITEM_DECIDED && decides,
                           .own_mark = open && decides && takes_own_mark(v)};
  TRY(words_matter(&w, &m, v));
  TRY(fill_words(&w, &card, &m, v));
  TRY(fill_choices(&w, &card, v, &m));
  TRY(fill_happened(&w, &card, v));
  *out = shape_object(&card_shape, &card);
  if (!*out) return ERR_NO_MEMORY;
  err e = work_ask_into(c, v, *out);
  if (e != ERR_OK) json_decref(*out);
  return e;
}

/* Who looked is noted once the answer stands. */
static err note_looked(struct api_call *c) {
  const struct reconcile by = work_by(c);
  char text[id_text_bytes];
  struct item_view v;
  id_text(text, &c->id);
  err e = reconcile_look(&v, &by, &c->id, &c->x->arena);
  if (e == ERR_OK && v.item.state == ITEM_OPEN) e = reconcile_note_shown(&by, &c->id);
  if (e != ERR_OK && e != ERR_NOT_FOUND) return e;
  return api_audit_look(c, "item.read", text);
}

err api_work_item(struct api_call *c) {
  struct item_view v;
  json_t *body;
  TRY(work_load(c, &v));
  TRY(work_item_json(c, &v, &body));
  TRY(api_answer(c, body));
  return api_then(c, HTTP_WRITER, note_looked);
}
