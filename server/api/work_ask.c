/* work_ask.c: asking somebody in the field about a matter: the question travels to their devices, and the
 * answer is on the card. */
#include <stdio.h>

#include "server/api/input.h"
#include "server/api/lists.h"
#include "server/api/work.h"
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

err work_ask_into(struct api_call *c, const struct item_view *v, json_t *card) {
  struct author authors[authors_max];
  struct view_question *questions;
  size_t author_count = 0, question_count;
  TRY(find_authors(c, v, authors, &author_count));
  TRY(views_questions(c->store, &v->item.id, &c->x->arena, &questions, &question_count));
  int failed = json_object_set_new(card, "authors", shape_list(&author_shape, authors, author_count));
  failed |= json_object_set_new(card, "questions", shape_list(&question_shape, questions, question_count));
  bool may = (c->login.roles & ACCESS_ROLE(office)) != 0 && v->item.state == ITEM_OPEN;
  failed |= json_object_set_new(card, "can_ask", json_boolean(may));
  return failed ? ERR_NO_MEMORY : ERR_OK;
}

/* ---- asking ---- */

struct asking {
  struct slice staff, text;
  struct id to;
};
static const struct input_field ask_input[] = {
    {"staff", INPUT_TEXT, true, 32, offsetof(struct asking, staff)},
    {"text", INPUT_TEXT, true, question_bytes_max, offsetof(struct asking, text)},
};

static err make_question(struct api_call *c, const struct item_view *v, struct op *op,
                         char matter[id_text_bytes]) {
  const struct asking *in = c->own;
  struct words w = work_words(c);
  struct matter_words m;
  TRY(words_matter(&w, &m, v));
  id_text(matter, &v->item.id);
  *op = (struct op){
      .table = schema_table(TABLE_question), .row = entropy_id(&c->api->config.hub->entropy), .units = 3};
  op->values[COL(question, staff)] = value_id(&in->to);
  op->values[COL(question, item)] = value_text(slice_text(matter));
  if (!id_is_zero(&m.session)) op->values[COL(question, session)] = value_id(&m.session);
  if (!id_is_zero(&m.learner)) op->values[COL(question, learner)] = value_id(&m.learner);
  op->values[COL(question, asked_by)] = value_text(slice_text(c->login.user_name));
  op->values[COL(question, text)] = value_text(in->text);
  return ERR_OK;
}

static err ask_step(struct api_call *c) {
  const struct asking *in = c->own;
  struct office_result result;
  struct item_view v;
  struct op op;
  char matter[id_text_bytes], detail[80];
  TRY(work_load(c, &v));
  if (v.item.state != ITEM_OPEN)
    return fault_set(&c->fault, ERR_CONFLICT, "this is decided or settled: there is nothing left to ask");
  TRY(lists_staff_exist(c, &in->to, 1));
  TRY(make_question(c, &v, &op, matter));
  TRY(office_apply(&result, c->api->config.hub, c->store, &c->x->now, &c->login.user, &op, 1, false,
                   &c->x->arena, &c->fault));
  c->x->changes = result.changes;
  (void)snprintf(detail, sizeof detail, "item=%s", matter);
  TRY(audit_add(c->store, c->x->now.wall_ms, &c->login.user, "item.ask", detail));
  return api_then(c, HTTP_READER, work_answer_item);
}

err api_work_ask(struct api_call *c) {
  struct asking *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, ask_input, sizeof ask_input / sizeof *ask_input, in));
  if (in->text.len == 0) return fault_set(&c->fault, ERR_INVALID, "write the question");
  if (id_parse(&in->to, in->staff) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"staff\" must be an id of 32 hexadecimal digits");
  return api_then(c, HTTP_WRITER, ask_step);
}
