/* needs.c: what staff must know of a learner on the day, as the office and safeguarding write it. Every look
 * is in the audit before anybody sees it. */
#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/shape.h"

#define COUNT(list)  (sizeof(list) / sizeof *(list))
#define UNIT(column) (1U << schema_table(TABLE_need)->columns[COL(need, column)].unit)

struct need_input {
  struct slice kind_word, text, expires_day, version;
  uint8_t kind;
  int32_t expires;
};
#define FIELD(member) offsetof(struct need_input, member)
static const struct input_field need_fields[] = {
    {"kind", INPUT_TEXT, true, 20, FIELD(kind_word)},
    {"text", INPUT_TEXT, true, INPUT_CHARACTERS(500), FIELD(text)},
    {"expires", INPUT_TEXT, false, 10, FIELD(expires_day)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

#define AT(member) offsetof(struct view_need, member)
static const struct shape_field shown_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"kind", SHAPE_ENUM, AT(kind), 0, "need_kind", NULL},
    {"text", SHAPE_NAME, AT(text), 0, NULL, NULL},
    {"expires", SHAPE_DAY, AT(expires), 0, NULL, NULL},
    {"version", SHAPE_LONG, AT(version), 0, NULL, NULL},
};
#undef AT
static const struct shape shown_shape = SHAPE_OF(view_need, shown_fields);

static err load_learner(struct api_call *c, struct row *out) {
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_learner), &c->id, &c->x->arena, out));
  return out->exists ? ERR_OK : fault_set(&c->fault, ERR_NOT_FOUND, "this hub has no learner with that id");
}

err api_needs(struct api_call *c) {
  struct view_need *list = NULL;
  struct row learner;
  size_t count = 0;
  TRY(load_learner(c, &learner));
  TRY(views_needs(c->store, &c->id, &c->x->arena, &list, &count));
  return api_answer_audited(c, json_pack("{s:o}", "needs", shape_list(&shown_shape, list, count)),
                            "needs.read");
}

static err read_need(struct api_call *c) {
  struct need_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, need_fields, COUNT(need_fields), in));
  TRY(acts_word(c, "kind", "need_kind", in->kind_word, &in->kind));
  TRY(acts_day(c, "expires", in->expires_day, &in->expires));
  if (in->kind == 0) return fault_set(&c->fault, ERR_INVALID, "say which kind of need it is");
  if (in->text.len == 0) return fault_set(&c->fault, ERR_INVALID, "say what staff must know");
  if (in->expires && in->expires < acts_today(c))
    return fault_set(&c->fault, ERR_INVALID,
                     "the last day is past, so no device would show it; end it instead");
  return ERR_OK;
}

/* A list that brings the same words in later finds it. */
static err listed_id(struct api_call *c, const struct row *learner, struct id *out) {
  const struct need_input *in = c->own;
  struct buf words = BUF_INIT(text_bytes_max);
  err e = buf_printf(&words, "%s|", schema_enum_word(schema_enum("need_kind"), in->kind));
  if (e == ERR_OK) e = buf_append(&words, in->text);
  if (e == ERR_OK)
    e = acts_listed_id(c, TABLE_need, &learner->values[COL(learner, ref)], buf_slice(&words), out);
  buf_finish(&words);
  return e;
}

static void say(struct op *op, const struct need_input *in) {
  op->units |= UNIT(kind);
  op->values[COL(need, kind)] = value_int(in->kind);
  op->values[COL(need, text)] = value_text(in->text);
  if (in->expires) op->values[COL(need, expires)] = value_int(in->expires);
}

static err add_step(struct api_call *c) {
  struct row learner;
  struct op op = {.table = schema_table(TABLE_need), .units = UNIT(learner)};
  TRY(load_learner(c, &learner));
  TRY(listed_id(c, &learner, &op.row));
  op.values[COL(need, learner)] = value_id(&c->id);
  say(&op, c->own);
  return acts_write(c, &op, "need.add", "need");
}

err api_need_add(struct api_call *c) {
  TRY(read_need(c));
  return api_then(c, HTTP_WRITER, add_step);
}

static err load_need(struct api_call *c, struct row *out) {
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_need), &c->id, &c->x->arena, out));
  if (out->exists && !row_removed(out)) return ERR_OK;
  return fault_set(&c->fault, ERR_NOT_FOUND, "there is no need with that id, or it has ended");
}

static err edit_step(struct api_call *c) {
  const struct need_input *in = c->own;
  struct op op = {.table = schema_table(TABLE_need), .row = c->id};
  struct row row;
  TRY(load_need(c, &row));
  TRY(acts_unchanged(c, &row, in->version));
  say(&op, in);
  return acts_write(c, &op, "need.edit", "need");
}

err api_need_edit(struct api_call *c) {
  TRY(read_need(c));
  return api_then(c, HTTP_WRITER, edit_step);
}

static err end_step(struct api_call *c) {
  struct op op = {.table = schema_table(TABLE_need), .row = c->id, .units = UNIT(removed)};
  struct row row;
  TRY(load_need(c, &row));
  op.values[COL(need, removed)] = value_int(1);
  return acts_write(c, &op, "need.end", "need");
}

err api_need_end(struct api_call *c) { return api_then(c, HTTP_WRITER, end_step); }
