/* upns.c: two UPNs for one child: what each record says, which is in use, and what choosing writes. */
#include "server/core/upns.h"

#include "server/core/detect.h"
#include "server/core/upn.h"

static uint8_t upn_unit(void) { return schema_table(TABLE_learner_key)->columns[COL(learner_key, upn)].unit; }

void upns_matter(struct store_item *out, const struct id *learner) {
  *out = (struct store_item){
      .kind = ITEM_TWO_UPNS, .table = schema_table(TABLE_learner), .row = *learner, .unit = upn_unit()};
  work_item_id(&out->id, out->kind, out->table, learner, out->unit, NULL);
}

err upns_row(struct store *s, const struct id *learner, struct arena *a, struct row **out) {
  struct id id;
  *out = arena_take(a, 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  crypto_row_id(&id, TABLE_learner_key, learner, 1);
  return s->ops->load_row(s, schema_table(TABLE_learner_key), &id, a, *out);
}

err upns_rows(struct store *s, const struct id *learner, struct arena *a, struct row ***out, size_t *count) {
  struct id *members, canonical;
  size_t member_count;
  *count = 0;
  TRY(s->ops->alias_members(s, learner, a, &members, &member_count));
  if (member_count == 0) return ERR_OK;
  TRY(s->ops->alias_canonical(s, learner, &canonical));
  if (!id_equal(&canonical, learner)) return ERR_OK;
  *out = arena_take(a, member_count, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  TRY(upns_row(s, learner, a, &(*out)[(*count)++]));
  for (size_t i = 0; i < member_count; i++) {
    if (!id_equal(&members[i], learner)) TRY(upns_row(s, &members[i], a, &(*out)[(*count)++]));
  }
  return ERR_OK;
}

static struct slice lasting(const struct value *v) {
  bool is = v->kind == VALUE_TEXT && v->text.len && !upn_is_temporary(v->text);
  return is ? v->text : slice_of(NULL, 0);
}

struct slice upns_lasting(const struct row *row) {
  return row->exists ? lasting(&row->values[COL(learner_key, upn)]) : slice_of(NULL, 0);
}

bool upns_disagree(struct row *const *rows, size_t count) {
  struct slice first = {NULL, 0};
  for (size_t i = 0; i < count; i++) {
    struct slice upn = upns_lasting(rows[i]);
    if (upn.len && first.len && !slice_equal(upn, first)) return true;
    if (upn.len) first = upn;
  }
  return false;
}

err upns_said(struct store *s, const struct id *learner, struct arena *a, bool *out) {
  struct row **rows, *own;
  size_t count;
  TRY(upns_row(s, learner, a, &own));
  TRY(upns_rows(s, learner, a, &rows, &count));
  *out = upns_lasting(own).len > 0;
  for (size_t i = 0; i < count; i++) *out = *out || upns_lasting(rows[i]).len > 0;
  return ERR_OK;
}

err upns_judge(struct store *s, const struct id *learner, struct arena *a, int64_t now_ms) {
  struct store_item two;
  struct row **rows;
  size_t count;
  upns_matter(&two, learner);
  TRY(upns_rows(s, learner, a, &rows, &count));
  return s->ops->work_item_set(s, &two, upns_disagree(rows, count), NULL, now_ms);
}

/* ---- the matter, looked at and decided ---- */

static bool is_listed(const struct item_view *v, struct slice upn) {
  for (size_t i = 0; i < v->choice_count; i++)
    if (slice_equal(v->choices[i].values[0].text, upn)) return true;
  return false;
}

/* What a decision took away is in the record's history, and stands on the card as what was not chosen. */
static err add_earlier(struct reconciling *r, struct item_view *out, const struct row *row) {
  struct store_history *list;
  size_t count;
  TRY(r->by->store->ops->read_history(r->by->store, row->table, &row->id, r->arena, &list, &count));
  for (size_t i = count; i > 0; i--) { /* in the order of stamps */
    const struct store_history *h = &list[i - 1];
    const struct value *upn = &h->values[COL(learner_key, upn)];
    if (!(h->units >> out->item.unit & 1) || lasting(upn).len == 0) continue;
    if (is_listed(out, upn->text)) return ERR_OK;
    const struct item_choice c = {
        .kind = CHOICE_HEAD,
        .table = row->table,
        .row = row->id,
        .head = {.op = h->op, .stamp = h->stamp, .author = h->author, .flags = h->flags},
        .values = upn};
    return reconcile_add_choice(r, out, &c);
  }
  return ERR_OK;
}

/* Each number once, by the first record that says it; the first of all is in use: views.h orders them so. */
err upns_load(struct reconciling *r, struct item_view *out) {
  struct row **rows;
  size_t count;
  TRY(upns_rows(r->by->store, &out->item.row, r->arena, &rows, &count));
  for (size_t i = 0; i < count; i++) {
    TRY(reconcile_add_row(r, rows[i]->table, &rows[i]->id));
    struct slice upn = upns_lasting(rows[i]);
    if (upn.len == 0 || is_listed(out, upn)) continue;
    TRY(reconcile_add_head(r, out, r->rows[i], out->item.unit, merge_in_use(r->rows[i], out->item.unit)));
    out->choices[out->choice_count - 1].in_use = out->choice_count == 1;
  }
  for (size_t i = 0; i < count && out->item.state == ITEM_DECIDED; i++) {
    if (rows[i]->exists && upns_lasting(rows[i]).len == 0) TRY(add_earlier(r, out, rows[i]));
  }
  return ERR_OK;
}

/* The other ones are taken off their records. A temporary one says nothing against a child, and stays. */
err upns_decide(struct reconciling *r, const struct item_view *v, size_t choice) {
  for (size_t i = 0; i < r->row_count; i++) {
    struct slice upn = upns_lasting(r->rows[i]);
    if (upn.len == 0 || slice_equal(upn, v->choices[choice].values[0].text)) continue;
    struct op op = reconcile_op(r->rows[i]);
    op.units |= (uint32_t)1 << v->item.unit;
    TRY(office_write(&r->office, &op, NULL, r->by->fault));
  }
  return ERR_OK;
}

/* ---- a number that comes back ---- */

static err told_apart(struct reconciling *r, const struct id *a, const struct id *b, bool *out) {
  struct id apart;
  const struct table *t = schema_table(TABLE_learner);
  detect_apart_id(&apart, t, a, b);
  TRY(r->by->store->ops->pair_is_free(r->by->store, t, a, b, &apart, out));
  *out = !*out;
  return ERR_OK;
}

static err say_taken(struct reconciling *r, const struct id *other, struct slice upn) {
  enum { ref_bytes_said = 40 };
  struct row learner;
  TRY(r->by->store->ops->load_row(r->by->store, schema_table(TABLE_learner), other, r->arena, &learner));
  const struct value *v = &learner.values[COL(learner, ref)];
  struct slice ref = slice_of(NULL, 0);
  if (learner.exists && v->kind == VALUE_TEXT && v->text.len <= ref_bytes_said) ref = v->text;
  return fault_set(r->by->fault, ERR_CONFLICT,
                   "Another child%s%.*s has the UPN %.*s by now, and no two have one: nothing was changed. "
                   "Take it off that learner’s page first, or merge the two if they are one child.",
                   ref.len ? ", reference " : "", (int)ref.len, ref.len ? (const char *)ref.ptr : "",
                   (int)upn.len, (const char *)upn.ptr);
}

static err check_one(struct reconciling *r, const struct id *learner, struct slice upn, bool parted) {
  const struct store_ops *ops = r->by->store->ops;
  const struct store_child saying = {.id = *learner, .child = {.upn = upn}};
  struct store_child *list;
  struct id own;
  size_t count;
  TRY(ops->alias_canonical(r->by->store, learner, &own));
  TRY(ops->child_candidates(r->by->store, &saying, r->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    struct id canonical;
    bool says = !parted;
    TRY(ops->alias_canonical(r->by->store, &list[i].id, &canonical));
    if (id_equal(&canonical, &own)) continue;
    if (parted) TRY(told_apart(r, learner, &list[i].id, &says));
    if (says) return say_taken(r, &list[i].id, upn);
  }
  return ERR_OK;
}

err upns_check_free(struct reconciling *r, bool parted) {
  for (size_t i = 0; i < r->row_count; i++) {
    const struct id *learner = &r->rows[i]->values[COL(learner_key, learner)].id;
    struct row *now;
    if (!r->rows[i]->exists || upns_lasting(r->rows[i]).len) continue;
    TRY(upns_row(r->by->store, learner, r->arena, &now));
    if (upns_lasting(now).len) TRY(check_one(r, learner, upns_lasting(now), parted));
  }
  return ERR_OK;
}
