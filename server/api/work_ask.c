/* work_ask.c: asking somebody in the field about a matter: the question travels to their devices, and the
 * answer is on the card. */
#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/work.h"
#include "server/core/fleet.h"
#include "server/core/ingest.h"
#include "server/core/views_questions.h"

enum { question_bytes_max = 2000, authors_max = 8 };

/* ---- on the card ---- */

#define AT(member) offsetof(struct view_question, member)
static const struct shape_field question_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"staff", SHAPE_ID, AT(staff), 0, NULL, NULL},
    {"staff_name", SHAPE_TEXT, AT(staff_name), 0, NULL, NULL},
    {"asked_by", SHAPE_TEXT, AT(asked_by), 0, NULL, NULL},
    {"text", SHAPE_NAME, AT(text), 0, NULL, NULL},
    {"asked_at", SHAPE_TIME, AT(asked_ms), 0, NULL, NULL},
    {"answer", SHAPE_TEXT, AT(answer), 0, NULL, NULL},
    {"answered_at", SHAPE_TIME, AT(answered_ms), 0, NULL, NULL},
    {"withdrawn", SHAPE_BOOL, AT(withdrawn), 0, NULL, NULL},
};
#undef AT
static const struct shape question_shape = SHAPE_OF(view_question, question_fields);

struct author {
  struct id id;
  struct slice name;
};
#define AT(member) offsetof(struct author, member)
static const struct shape_field author_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
};
#undef AT
static const struct shape author_shape = SHAPE_OF(author, author_fields);

static bool lists(const struct author *list, size_t count, const struct id *id) {
  for (size_t i = 0; i < count; i++) {
    if (id_equal(&list[i].id, id)) return true;
  }
  return false;
}

/* Who wrote what is contested, as far as they are staff who still work here. */
static err find_authors(struct api_call *c, const struct item_view *v, struct author *out, size_t *count) {
  for (size_t i = 0; i < v->choice_count && *count < authors_max; i++) {
    const struct id *author = &v->choices[i].head.author;
    struct row row = {.exists = false};
    if (v->choices[i].kind != CHOICE_HEAD || lists(out, *count, author)) continue;
    TRY(c->store->ops->load_row(c->store, schema_table(TABLE_staff), author, &c->x->arena, &row));
    const struct value *status = &row.values[COL(staff, status)], *name = &row.values[COL(staff, name)];
    if (!row.exists || (status->kind == VALUE_INT && status->i == ENUM_staff_status_left)) continue;
    out[(*count)++] =
        (struct author){.id = *author, .name = name->kind == VALUE_TEXT ? name->text : slice_of("", 0)};
  }
  return ERR_OK;
}

err work_questions_into(struct api_call *c, const struct id *matter, bool open, json_t *card) {
  struct view_question *questions;
  size_t count;
  TRY(views_questions(c->store, matter, &c->x->arena, &questions, &count));
  bool may = (c->login.roles & ACCESS_ROLE(office)) != 0 && open;
  int failed = json_object_set_new(card, "questions", shape_list(&question_shape, questions, count));
  failed |= json_object_set_new(card, "can_ask", json_boolean(may));
  return failed ? ERR_NO_MEMORY : ERR_OK;
}

err work_ask_into(struct api_call *c, const struct item_view *v, json_t *card) {
  struct author authors[authors_max];
  size_t count = 0;
  TRY(find_authors(c, v, authors, &count));
  if (json_object_set_new(card, "authors", shape_list(&author_shape, authors, count)) != 0)
    return ERR_NO_MEMORY;
  return work_questions_into(c, &v->item.id, v->item.state == ITEM_OPEN, card);
}

/* ---- asking ---- */

/* What a question is about, beside the address: a matter, a session, or a bundle. */
struct asking {
  struct slice staff, text, about;
  struct id to;
};
static const struct input_field ask_input[] = {
    {"staff", INPUT_TEXT, true, 32, offsetof(struct asking, staff)},
    {"text", INPUT_TEXT, true, question_bytes_max, offsetof(struct asking, text)},
    {"about", INPUT_TEXT, false, 12, offsetof(struct asking, about)},
};
struct asked { /* zero for what it is not about */
  struct id session, learner;
};

static err over(struct api_call *c) {
  return fault_set(&c->fault, ERR_CONFLICT, "this is decided or settled: there is nothing left to ask");
}

static err find_matter(struct api_call *c, struct asked *out) {
  struct item_view v;
  struct words w = work_words(c);
  struct matter_words m;
  TRY(work_load(c, &v));
  if (v.item.state != ITEM_OPEN) return over(c);
  TRY(words_matter(&w, &m, &v));
  *out = (struct asked){.session = m.session, .learner = m.learner};
  return ERR_OK;
}

static err find_missing(struct api_call *c, struct asked *out) {
  struct view_register r;
  err e = views_session(c->store, &c->id, &c->x->now, &c->x->arena, &r);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "this hub has no session with that id");
  TRY(e);
  out->session = c->id;
  return r.state == VIEW_CANCELLED || r.state == VIEW_CLOSED || r.state == VIEW_SHUT ? over(c) : ERR_OK;
}

static err find_bundle(struct api_call *c, struct asked *out) {
  bool waits;
  (void)out;
  err e = work_bundle_waits(c, &waits);
  if (e == ERR_NOT_FOUND) return work_no_bundle(c);
  TRY(e);
  return waits ? ERR_OK : over(c);
}

static const struct about {
  const char *word;
  err (*find)(struct api_call *c, struct asked *out);
  err (*answer)(struct api_call *c);
} abouts[] = {
    {"item", find_matter, work_answer_item},
    {"missing", find_missing, api_work_missing},
    {"quarantine", find_bundle, api_work_quarantine},
};

static const struct about *about_of(struct slice word) {
  for (size_t i = 0; i < sizeof abouts / sizeof *abouts; i++)
    if (slice_equal(word, slice_text(abouts[i].word))) return &abouts[i];
  return word.len == 0 ? abouts : NULL;
}

static struct op make_question(struct api_call *c, const struct asked *about, const char *matter) {
  const struct asking *in = c->own;
  struct op op = {
      .table = schema_table(TABLE_question), .row = entropy_id(&c->api->config.hub->entropy), .units = 3};
  op.values[COL(question, staff)] = value_id(&in->to);
  op.values[COL(question, item)] = value_text(slice_text(matter));
  if (!id_is_zero(&about->session)) op.values[COL(question, session)] = value_id(&about->session);
  if (!id_is_zero(&about->learner)) op.values[COL(question, learner)] = value_id(&about->learner);
  op.values[COL(question, asked_by)] = value_text(slice_text(c->login.user_name));
  op.values[COL(question, text)] = value_text(in->text);
  return op;
}

static err ask_step(struct api_call *c) {
  const struct asking *in = c->own;
  const struct about *about = about_of(in->about);
  struct asked asked = {.session = {{0}}};
  char matter[id_text_bytes];
  TRY(about->find(c, &asked));
  TRY(staff_work_here(c->store, &in->to, 1, &c->fault));
  id_text(matter, &c->id);
  struct op op = make_question(c, &asked, matter);
  TRY(acts_apply(c, &op, 1, "item.ask", about->word, &c->id));
  return api_then(c, HTTP_READER, about->answer);
}

err work_with_questions(struct api_call *c, const struct op *first, size_t first_count, struct op **out,
                        size_t *out_count) {
  const struct table *t = schema_table(TABLE_question);
  char matter[id_text_bytes];
  struct id *list;
  size_t count;
  id_text(matter, &c->id);
  TRY(c->store->ops->questions_open(c->store, slice_text(matter), &c->x->arena, &list, &count));
  struct op *ops = arena_take(&c->x->arena, first_count + count + 1, sizeof *ops);
  if (!ops) return ERR_NO_MEMORY;
  *out = ops;
  *out_count = first_count + count;
  for (size_t i = 0; i < first_count; i++) *ops++ = first[i];
  for (size_t i = 0; i < count; i++) {
    *ops = (struct op){.table = t, .row = list[i], .units = 1U << t->columns[COL(question, withdrawn)].unit};
    ops++->values[COL(question, withdrawn)] = value_int(1);
  }
  return ERR_OK;
}

err work_withdraw_questions(struct api_call *c) {
  struct office_result result;
  struct op *ops;
  size_t count;
  TRY(work_with_questions(c, NULL, 0, &ops, &count));
  if (count == 0) return ERR_OK;
  TRY(office_apply(&result, c->api->config.hub, c->store, &c->x->now, &c->login.user, ops, count, false,
                   &c->x->arena, &c->fault));
  /* Beside what the act itself changed: rare enough that everybody asks again. */
  c->x->changes.position = result.changes.position;
  c->x->changes.all_streams = true;
  return ERR_OK;
}

err api_work_ask(struct api_call *c) {
  struct asking *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, ask_input, sizeof ask_input / sizeof *ask_input, in));
  if (in->text.len == 0) return fault_set(&c->fault, ERR_INVALID, "write the question");
  if (!about_of(in->about))
    return fault_set(&c->fault, ERR_INVALID, "\"about\" is item, missing or quarantine");
  if (id_parse(&in->to, in->staff) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"staff\" must be an id of 32 hexadecimal digits");
  return api_then(c, HTTP_WRITER, ask_step);
}
