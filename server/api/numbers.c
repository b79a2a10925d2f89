/* numbers.c: what schools and other systems call a learner: for the office alone, and every look is in the
 * audit. */
#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/shape.h"
#include "server/api/words.h"
#include "server/core/reconcile.h"
#include "server/core/upn.h"

#define COUNT(list)  (sizeof(list) / sizeof *(list))
#define UNIT(column) (1U << schema_table(TABLE_learner_key)->columns[COL(learner_key, column)].unit)

#define AT(member) offsetof(struct view_numbers, member)
static const struct shape_field record_fields[] = {
    {"learner", SHAPE_ID, AT(learner), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"ref", SHAPE_TEXT, AT(ref), 0, NULL, NULL},
    {"upn", SHAPE_TEXT, AT(upn), 0, NULL, NULL},
    {"mis_id", SHAPE_TEXT, AT(mis_id), 0, NULL, NULL},
    {"mis_aside", SHAPE_BOOL, AT(mis_aside), 0, NULL, NULL},
    {"version", SHAPE_LONG, AT(version), 0, NULL, NULL},
};
#undef AT
static const struct shape record_shape = SHAPE_OF(view_numbers, record_fields);

static uint8_t unit_of(size_t column) { return schema_table(TABLE_learner_key)->columns[column].unit; }

/* Records of one child that say different ones: nobody has two, but whom a school gave one for the time
 * being. It is a matter of the office's, by the record that stands. */
static err find_matter(struct api_call *c, const struct id *canonical, struct id *out) {
  struct store_item matter;
  struct id id;
  work_item_id(&id, ITEM_TWO_UPNS, schema_table(TABLE_learner), canonical, unit_of(COL(learner_key, upn)),
               NULL);
  err e = c->store->ops->work_item_load(c->store, &id, &c->x->arena, &matter);
  if (e == ERR_NOT_FOUND) return ERR_OK;
  TRY(e);
  if (matter.state == ITEM_OPEN) *out = id;
  return ERR_OK;
}

/* The same of the numbers that a school has for it; of several schools the first. */
static err find_mis_matter(struct api_call *c, const struct id *canonical, struct id *out) {
  struct id *schools;
  size_t count;
  TRY(c->store->ops->number_items(c->store, canonical, &c->x->arena, &schools, &count));
  if (count)
    work_item_id(out, ITEM_TWO_NUMBERS, schema_table(TABLE_learner), canonical,
                 unit_of(COL(learner_key, mis_id)), &schools[0]);
  return ERR_OK;
}

static json_t *matter_json(const struct id *matter) {
  char text[id_text_bytes];
  id_text(text, matter);
  return id_is_zero(matter) ? json_null() : json_string(text);
}

static err answer_records(struct api_call *c) {
  struct view_numbers *list = NULL;
  size_t count = 0;
  TRY(views_numbers(c->store, &c->id, &c->x->arena, &list, &count));
  if (count == 0) return fault_set(&c->fault, ERR_NOT_FOUND, "this hub has no learner with that id");
  struct id canonical, upns = {{0}}, numbers = {{0}};
  TRY(c->store->ops->alias_canonical(c->store, &c->id, &canonical));
  TRY(find_matter(c, &canonical, &upns));
  TRY(find_mis_matter(c, &canonical, &numbers));
  return api_answer_audited(c,
                            json_pack("{s:o, s:o, s:o}", "records", shape_list(&record_shape, list, count),
                                      "matter", matter_json(&upns), "mis_matter", matter_json(&numbers)),
                            "numbers.read");
}

err api_numbers(struct api_call *c) { return answer_records(c); }

struct numbers_input {
  struct slice upn, mis_id, version;
  char mended[upn_bytes + 1];
};
#define FIELD(member) offsetof(struct numbers_input, member)
static const struct input_field numbers_fields[] = {
    {"upn", INPUT_TEXT, false, 40, FIELD(upn)},
    {"mis_id", INPUT_TEXT, false, 64, FIELD(mis_id)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

static err check_upn(struct api_call *c, struct numbers_input *in) {
  in->upn = upn_mend(in->mended, in->upn);
  if (in->upn.len == 0 || upn_is_right(in->upn)) return ERR_OK;
  if (!upn_is_shaped(in->upn))
    return fault_set(&c->fault, ERR_INVALID,
                     "a UPN is a letter, eleven digits, and a digit or a letter: 13 characters");
  return fault_set(&c->fault, ERR_INVALID, "this UPN is mistyped: its first letter does not fit its digits");
}

/* Asked on the writer's thread: nobody takes it meanwhile. */
static err check_free(struct api_call *c, struct slice upn) {
  struct view_numbers other;
  bool found = false;
  if (upn.len == 0) return ERR_OK;
  TRY(views_upn_owner(c->store, upn, &c->id, &c->x->arena, &other, &found));
  if (!found) return ERR_OK;
  return fault_set(&c->fault, ERR_CONFLICT,
                   "%.*s has this UPN already, and no two learners have one: if they are one child, merge "
                   "the two records",
                   TEXT(other.name));
}

/* A school gives a number once; two schools may use one. */
static err check_mis_free(struct api_call *c, const struct row *learner, struct slice mis_id) {
  struct store_learner_key *list;
  size_t count;
  struct id own, other;
  const struct value *school = &learner->values[COL(learner, school)];
  if (mis_id.len == 0 || school->kind != VALUE_ID) return ERR_OK;
  TRY(c->store->ops->alias_canonical(c->store, &c->id, &own));
  TRY(c->store->ops->learner_keys(c->store, &c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    if (!id_equal(&list[i].school, &school->id)) continue;
    if (!slice_equal(number_bare(list[i].mis_id), number_bare(mis_id))) continue;
    TRY(c->store->ops->alias_canonical(c->store, &list[i].learner, &other));
    if (id_equal(&own, &other)) continue;
    struct words w = {.store = c->store, .arena = &c->x->arena, .now = c->x->now};
    struct slice name;
    TRY(words_row(&w, &name, TABLE_learner, &other));
    return fault_set(
        &c->fault, ERR_CONFLICT,
        "%.*s has this number at the same school already, and a school gives it once: if they are "
        "one child, merge the two records",
        TEXT(name));
  }
  return ERR_OK;
}

static struct value said(struct slice text) { return text.len ? value_text(text) : value_null(); }

static err set_step(struct api_call *c) {
  const struct numbers_input *in = c->own;
  struct op op = {.table = schema_table(TABLE_learner_key),
                  .units = UNIT(learner) | UNIT(upn) | UNIT(mis_id)};
  struct row learner, row;
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_learner), &c->id, &c->x->arena, &learner));
  if (!learner.exists) return fault_set(&c->fault, ERR_NOT_FOUND, "this hub has no learner with that id");
  crypto_row_id(&op.row, TABLE_learner_key, &c->id, 1);
  TRY(c->store->ops->load_row(c->store, op.table, &op.row, &c->x->arena, &row));
  TRY(acts_unchanged(c, &row, in->version));
  TRY(check_free(c, in->upn));
  TRY(check_mis_free(c, &learner, in->mis_id));
  bool nothing = !row.exists && in->upn.len + in->mis_id.len == 0;
  if (nothing) return api_then(c, HTTP_READER, answer_records);
  op.values[COL(learner_key, learner)] = value_id(&c->id);
  op.values[COL(learner_key, upn)] = said(in->upn);
  op.values[COL(learner_key, mis_id)] = said(in->mis_id);
  TRY(acts_apply(c, &op, 1, "numbers.set", "learner", &c->id));
  return api_then(c, HTTP_READER, answer_records);
}

err api_numbers_set(struct api_call *c) {
  struct numbers_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, numbers_fields, COUNT(numbers_fields), in));
  TRY(check_upn(c, in));
  return api_then(c, HTTP_WRITER, set_step);
}
