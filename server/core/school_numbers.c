/* school_numbers.c: two numbers for one child at one school: what each record says, which is in use, and what
 * choosing writes. */
#include "server/core/school_numbers.h"

#include "server/core/upn.h"
#include "server/core/upns.h"

static uint8_t mis_unit(void) {
  return schema_table(TABLE_learner_key)->columns[COL(learner_key, mis_id)].unit;
}

static uint8_t aside_unit(void) {
  return schema_table(TABLE_learner_key)->columns[COL(learner_key, mis_aside)].unit;
}

void school_numbers_matter(struct store_item *out, const struct id *learner, const struct id *school) {
  *out = (struct store_item){.kind = ITEM_TWO_NUMBERS,
                             .table = schema_table(TABLE_learner),
                             .row = *learner,
                             .other = *school,
                             .unit = mis_unit()};
  work_item_id(&out->id, out->kind, out->table, learner, out->unit, school);
}

/* ---- what the records say ---- */

static struct slice number_of(const struct row *numbers) {
  const struct value *v = &numbers->values[COL(learner_key, mis_id)];
  return numbers->exists && v->kind == VALUE_TEXT ? v->text : slice_of(NULL, 0);
}

bool school_numbers_aside(const struct row *numbers) {
  return number_of(numbers).len && value_equal(&numbers->values[COL(learner_key, mis_id)],
                                               &numbers->values[COL(learner_key, mis_aside)]);
}

/* A number without its zeros, which lists drop: what is the same then is no second one. Empty: none in use.
 */
static struct slice in_use(const struct row *numbers) {
  return school_numbers_aside(numbers) ? slice_of(NULL, 0) : number_bare(number_of(numbers));
}

struct record { /* of a child, with a number at a school */
  struct row *numbers;
  struct id school;
};

static err add_record(struct store *s, struct row *numbers, struct arena *a, struct record *list,
                      size_t *count) {
  struct row learner;
  if (number_of(numbers).len == 0) return ERR_OK;
  const struct id *id = &numbers->values[COL(learner_key, learner)].id;
  TRY(s->ops->load_row(s, schema_table(TABLE_learner), id, a, &learner));
  const struct value *school = &learner.values[COL(learner, school)];
  if (!learner.exists || school->kind != VALUE_ID)
    return ERR_OK; /* of no school: nobody can say what it means */
  list[(*count)++] = (struct record){numbers, school->id};
  return ERR_OK;
}

/* The record that stands first; of one that stands alone its own. */
static err read_records(struct store *s, const struct id *learner, struct arena *a, struct record **out,
                        size_t *count) {
  struct row **rows, *own;
  size_t row_count;
  *count = 0;
  TRY(upns_rows(s, learner, a, &rows, &row_count));
  *out = arena_take(a, row_count + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < row_count; i++) TRY(add_record(s, rows[i], a, *out, count));
  if (row_count) return ERR_OK;
  TRY(upns_row(s, learner, a, &own));
  return add_record(s, own, a, *out, count);
}

static bool disagree(const struct record *list, size_t count, const struct id *school) {
  struct slice first = {NULL, 0};
  for (size_t i = 0; i < count; i++) {
    struct slice number = in_use(list[i].numbers);
    if (number.len == 0 || !id_equal(&list[i].school, school)) continue;
    if (first.len && !slice_equal(number, first)) return true;
    first = number;
  }
  return false;
}

static void add_school(struct id *list, size_t *count, const struct id *school) {
  for (size_t i = 0; i < *count; i++)
    if (id_equal(&list[i], school)) return;
  list[(*count)++] = *school;
}

err school_numbers_schools(struct store *s, const struct id *learner, struct arena *a, struct id **out,
                           size_t *count) {
  struct record *list;
  size_t record_count;
  *count = 0;
  TRY(read_records(s, learner, a, &list, &record_count));
  *out = arena_take(a, record_count + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < record_count; i++) add_school(*out, count, &list[i].school);
  return ERR_OK;
}

/* Also schools of which a matter is open, for a record may have left them. */
err school_numbers_judge(struct store *s, const struct id *learner, struct arena *a, int64_t now_ms) {
  struct record *list;
  struct id *schools, *asked;
  size_t record_count, count = 0, asked_count;
  TRY(read_records(s, learner, a, &list, &record_count));
  TRY(s->ops->number_items(s, learner, a, &asked, &asked_count));
  schools = arena_take(a, record_count + asked_count + 1, sizeof *schools);
  if (!schools) return ERR_NO_MEMORY;
  for (size_t i = 0; i < record_count; i++) add_school(schools, &count, &list[i].school);
  for (size_t i = 0; i < asked_count; i++) add_school(schools, &count, &asked[i]);
  for (size_t i = 0; i < count; i++) {
    struct store_item two;
    school_numbers_matter(&two, learner, &schools[i]);
    TRY(s->ops->work_item_set(s, &two, disagree(list, record_count, &schools[i]), NULL, now_ms));
  }
  return ERR_OK;
}

err school_numbers_said(struct store *s, const struct id *learner, const struct id *school, struct arena *a,
                        bool *out) {
  struct record *list;
  size_t count;
  *out = false;
  TRY(read_records(s, learner, a, &list, &count));
  for (size_t i = 0; i < count; i++)
    *out = *out || (id_equal(&list[i].school, school) && in_use(list[i].numbers).len);
  return ERR_OK;
}

/* ---- the matter, looked at and decided ---- */

static bool is_listed(const struct item_view *v, struct slice number) {
  for (size_t i = 0; i < v->choice_count; i++)
    if (slice_equal(number_bare(v->choices[i].values[0].text), number_bare(number))) return true;
  return false;
}

static err add_choice(struct reconciling *r, struct item_view *out, size_t place, bool used) {
  const struct row *row = r->rows[place];
  if (is_listed(out, number_of(row))) return ERR_OK;
  TRY(reconcile_add_head(r, out, row, out->item.unit, merge_in_use(row, out->item.unit)));
  out->choices[out->choice_count - 1].in_use = used;
  return ERR_OK;
}

/* Each number once, by the first record that has it; the first of all is in use. Once it was decided, what
 * was set aside stands behind it. */
err school_numbers_load(struct reconciling *r, struct item_view *out) {
  struct record *list;
  size_t count;
  TRY(read_records(r->by->store, &out->item.row, r->arena, &list, &count));
  for (size_t i = 0; i < count; i++)
    if (id_equal(&list[i].school, &out->item.other))
      TRY(reconcile_add_row(r, list[i].numbers->table, &list[i].numbers->id));
  for (size_t i = 0; i < r->row_count; i++)
    if (!school_numbers_aside(r->rows[i])) TRY(add_choice(r, out, i, out->choice_count == 0));
  for (size_t i = 0; i < r->row_count && out->item.state == ITEM_DECIDED; i++)
    if (school_numbers_aside(r->rows[i])) TRY(add_choice(r, out, i, false));
  return ERR_OK;
}

err school_numbers_decide(struct reconciling *r, const struct item_view *v, size_t choice) {
  struct slice chosen = number_bare(v->choices[choice].values[0].text);
  for (size_t i = 0; i < r->row_count; i++) {
    struct slice number = in_use(r->rows[i]);
    if (number.len == 0 || slice_equal(number, chosen)) continue;
    struct op op = reconcile_op(r->rows[i]);
    op.units |= (uint32_t)1 << aside_unit();
    op.values[COL(learner_key, mis_aside)] = r->rows[i]->values[COL(learner_key, mis_id)];
    TRY(office_write(&r->office, &op, NULL, r->by->fault));
  }
  return ERR_OK;
}
