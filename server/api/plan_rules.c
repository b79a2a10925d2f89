/* plan_rules.c: what only one register knows: an instrument has its number and one learner at a time, a
 * complaint goes to the service manager before the chair, half of a project's cost comes from elsewhere, a
 * withdrawal wins.
 */
#include <stdio.h>

#include "server/api/acts.h"
#include "server/api/plan.h"
#include "server/import/loans.h"

#define VALUE(column) (change->op.values[COL_AT(column)])

static err refuse(struct api_call *c, err code, const char *why) {
  return fault_set(&c->fault, code, "%s", why);
}
static bool given(const struct value *v) { return v->kind != VALUE_NULL; }
static int64_t number(const struct value *v) { return v->kind == VALUE_INT ? v->i : 0; }
/* A day that may be open: then it is after every other. */
static int64_t day_or_never(const struct value *v) { return v->kind == VALUE_INT ? v->i : INT32_MAX; }
static bool is_other(const struct plan_change *change, const struct row *row) {
  return !id_equal(&row->id, &change->op.row);
}

/* All entries of one register that stand, of one school or one partner (the other NULL), the latest first. */
static err standing(struct api_call *c, const struct plan_kind *kind, const struct id *school,
                    const struct id *partner, struct row **out, size_t *count) {
  enum { first_day = -36500, last_day = 84005 };
  struct plan_ask ask = {.kind = kind, .from = first_day, .to = last_day, .max = plan_standing_rows_max};
  if (school) ask.school = *school;
  if (partner) ask.partner = *partner;
  return plan_entries(c->store, &ask, &c->x->arena, out, count);
}

/* ---- loans ---- */

static err check_loan(struct api_call *c, struct plan_change *change) {
  return loan_check(c->store, &c->x->arena, &change->op, NULL, NULL, &c->fault);
}

/* ---- instruments ---- */

#define COL_AT(column) COL(instrument_loan, column)
/* By the instrument's number and the day, as in a list. */
static err new_loan_id(struct api_call *c, struct plan_change *change) {
  const struct table *t = schema_table(TABLE_instrument);
  struct row row;
  char day[date_text_bytes];
  if (VALUE(instrument).kind != VALUE_ID || VALUE(starts).kind != VALUE_INT) return ERR_OK;
  TRY(c->store->ops->load_row(c->store, t, &VALUE(instrument).id, &c->x->arena, &row));
  if (!row.exists) return ERR_OK;
  date_text(day, (int32_t)VALUE(starts).i);
  return acts_listed_id(c, TABLE_instrument_loan, &row.values[COL(instrument, serial)], slice_text(day),
                        &change->op.row);
}
#undef COL_AT

#define COL_AT(column) COL(instrument, column)
err plan_new_id(struct api_call *c, struct plan_change *change) {
  const struct slice nothing = {NULL, 0};
  change->op.row = entropy_id(&c->api->config.hub->entropy);
  switch (change->kind->table) {
  case TABLE_instrument_loan: return new_loan_id(c, change);
  case TABLE_instrument: return acts_listed_id(c, TABLE_instrument, &VALUE(serial), nothing, &change->op.row);
  default: return ERR_OK;
  }
}

/* The number is how a list of loans names it; two entries of one instrument would be lent twice at a time. */
static err check_serial(struct api_call *c, struct plan_change *change) {
  struct id other;
  TRY(plan_instrument_with(c->store, VALUE(serial).text, &change->op.row, &other));
  if (id_is_zero(&other)) return ERR_OK;
  return refuse(c, ERR_CONFLICT, "an instrument with that serial number is there: correct that one");
}
#undef COL_AT

/* ---- compliments and complaints ---- */

#define COL_AT(column) COL(feedback, column)
static err check_feedback(struct api_call *c, struct plan_change *change) {
  bool complaint = number(&VALUE(kind)) == ENUM_feedback_kind_complaint;
  int64_t came = number(&VALUE(date)), manager = day_or_never(&VALUE(manager_on));
  if (!complaint && given(&VALUE(chair_on)))
    return refuse(c, ERR_INVALID, "a compliment is not taken to the chair");
  if (given(&VALUE(chair_on)) && number(&VALUE(chair_on)) < manager)
    return refuse(c, ERR_INVALID, "a complaint goes to the service manager first, then to the chair");
  if ((given(&VALUE(manager_on)) && manager < came) ||
      (given(&VALUE(closed_on)) && number(&VALUE(closed_on)) < came))
    return refuse(c, ERR_INVALID, "nothing is done about it before it came");
  if (complaint && given(&VALUE(closed_on)) && !given(&VALUE(outcome)))
    return refuse(c, ERR_INVALID, "say what came of a complaint before it is closed");
  return ERR_OK;
}
#undef COL_AT

/* ---- a partner's steps ---- */

#define COL_AT(column) COL(partner_step, column)
static err check_interest(struct api_call *c, const struct plan_change *change) {
  int64_t cost = number(&VALUE(cost)), elsewhere = number(&VALUE(elsewhere));
  if (!given(&VALUE(cost)) || !given(&VALUE(elsewhere)))
    return refuse(c, ERR_INVALID,
                  "an expression of interest says what the project costs, and how much comes from elsewhere");
  if (elsewhere > cost) return refuse(c, ERR_INVALID, "no more than all of the cost comes from elsewhere");
  if (2 * elsewhere < cost && number(&VALUE(met)) == ENUM_answer_yes)
    return refuse(c, ERR_CONFLICT,
                  "less than half of the cost comes from elsewhere: it does not meet what is asked for");
  return ERR_OK;
}

static void put_stage(struct plan_change *change, const struct id *partner, const struct value *step,
                      const struct value *day) {
  const struct table *t = schema_table(TABLE_partner);
  change->also =
      (struct op){.table = t, .row = *partner, .units = 1U << t->columns[COL(partner, stage)].unit};
  change->also.values[COL(partner, stage)] = *step;
  change->also.values[COL(partner, stage_on)] = *day;
}

/* The latest step beside the one at hand, as the partner is to stand by it; values of nothing without one. */
static err latest_other(struct api_call *c, const struct plan_change *change, const struct id *partner,
                        struct value *step, struct value *day) {
  struct row *rows;
  size_t count;
  TRY(standing(c, change->kind, NULL, partner, &rows, &count));
  *step = *day = value_null();
  for (size_t i = 0; i < count && !given(step); i++) {
    if (!is_other(change, &rows[i])) continue;
    *step = rows[i].values[COL_AT(step)];
    *day = rows[i].values[COL_AT(date)];
  }
  return ERR_OK;
}

/* Where the partnership stands is what its latest step says; what was said of it otherwise, and is later,
 * stays. So a step that is corrected or taken back moves the partner only from where it had put it. */
static err move_partner(struct api_call *c, struct plan_change *change, bool gone) {
  const struct row *before = &change->before;
  const struct row *from = before->exists ? before : NULL;
  const struct id partner = from ? from->values[COL_AT(partner)].id : VALUE(partner).id;
  struct value step = VALUE(step), day = VALUE(date), other_step = value_null(), other_day = value_null();
  struct row row;
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_partner), &partner, &c->x->arena, &row));
  const struct value *stage = &row.values[COL(partner, stage)], *since = &row.values[COL(partner, stage_on)];
  bool by_this = from && value_equal(stage, &from->values[COL_AT(step)]) &&
                 value_equal(since, &from->values[COL_AT(date)]);
  if (by_this) TRY(latest_other(c, change, &partner, &other_step, &other_day));
  if (by_this && (gone || (given(&other_day) && number(&other_day) > number(&day)))) {
    step = other_step;
    day = other_day;
  } else if (gone || (!by_this && given(since) && since->i > number(&day))) {
    return ERR_OK;
  }
  put_stage(change, &partner, &step, &day);
  return ERR_OK;
}

static err check_step(struct api_call *c, struct plan_change *change) {
  int64_t step = number(&VALUE(step));
  if (step == ENUM_partner_stage_agreement)
    return refuse(c, ERR_INVALID, "an agreement is written and signed on the partner's page");
  if (step == ENUM_partner_stage_interest) TRY(check_interest(c, change));
  if (step == ENUM_partner_stage_ended && !given(&VALUE(text)))
    return refuse(c, ERR_INVALID, "say why the partnership ended early");
  return move_partner(c, change, false);
}
#undef COL_AT

/* ---- schools ---- */

static int school_year(int64_t day) {
  struct date d = date_from_days((int32_t)day);
  return d.month >= 9 ? d.year : d.year - 1;
}

#define COL_AT(column) COL(provision, column)
static err check_provision(struct api_call *c, struct plan_change *change) {
  struct row *rows;
  size_t count;
  TRY(standing(c, change->kind, &VALUE(school).id, NULL, &rows, &count));
  for (size_t i = 0; i < count; i++)
    if (is_other(change, &rows[i]) && value_equal(&rows[i].values[COL_AT(mode)], &VALUE(mode)) &&
        school_year(rows[i].values[COL_AT(date)].i) == school_year(VALUE(date).i))
      return refuse(c, ERR_CONFLICT, "this school's count of that kind is there for this year: correct it");
  return ERR_OK;
}
#undef COL_AT

#define COL_AT(column) COL(area_leader, column)
static err check_leader(struct api_call *c, struct plan_change *change) {
  struct row *rows;
  size_t count;
  int64_t from = number(&VALUE(starts)), until = day_or_never(&VALUE(ends));
  TRY(standing(c, change->kind, &VALUE(school).id, NULL, &rows, &count));
  for (size_t i = 0; i < count; i++)
    if (is_other(change, &rows[i]) && rows[i].values[COL_AT(starts)].i <= until &&
        day_or_never(&rows[i].values[COL_AT(ends)]) >= from)
      return refuse(c, ERR_CONFLICT,
                    "this school has an area music leader in those days: end the other one's first");
  return ERR_OK;
}
#undef COL_AT

/* ---- others ---- */

#define COL_AT(column) COL(signpost, column)
static err check_signpost(struct api_call *c, struct plan_change *change) {
  if (given(&VALUE(partner)) || given(&VALUE(provider))) return ERR_OK;
  return refuse(c, ERR_INVALID, "say to which partner or other provider");
}
#undef COL_AT

/* ---- consent ---- */

static err withdrew_as(struct api_call *c, const struct plan_change *change, const struct id *learner,
                       size_t consent, bool *out) {
  struct row_key *keys;
  size_t count;
  TRY(c->store->ops->rows_about(c->store, learner, &c->x->arena, &keys, &count));
  for (size_t i = 0; i < count; i++) {
    struct row row;
    if (keys[i].table->id != change->kind->table) continue;
    TRY(c->store->ops->load_row(c->store, keys[i].table, &keys[i].id, &c->x->arena, &row));
    *out = *out || (is_other(change, &row) && !row_removed(&row) &&
                    number(&row.values[consent]) == ENUM_consent_withdrawn);
  }
  return ERR_OK;
}

/* Whether this learner has withdrawn in another entry of the register, by whichever record of them. */
static err withdrew_before(struct api_call *c, const struct plan_change *change, const struct id *learner,
                           size_t consent, bool *out) {
  struct id *same;
  size_t count;
  *out = false;
  TRY(c->store->ops->same_learners(c->store, learner, &c->x->arena, &same, &count));
  for (size_t i = 0; i < count; i++) TRY(withdrew_as(c, change, &same[i], consent, out));
  return ERR_OK;
}

static err check_consent(struct api_call *c, struct plan_change *change, const struct id *learner,
                         size_t consent, bool *withdrawn) {
  bool before;
  *withdrawn = number(&change->op.values[consent]) == ENUM_consent_withdrawn;
  if (*withdrawn) return ERR_OK;
  TRY(withdrew_before(c, change, learner, consent, &before));
  if (before || number(&change->before.values[consent]) == ENUM_consent_withdrawn)
    return refuse(c, ERR_CONFLICT,
                  "this learner has withdrawn their consent: if that was a mistake, take that entry back");
  return ERR_OK;
}

#define COL_AT(column) COL(transition, column)
static err check_transition(struct api_call *c, struct plan_change *change) {
  bool withdrawn;
  TRY(check_consent(c, change, &VALUE(learner).id, COL_AT(consent), &withdrawn));
  if (withdrawn) VALUE(school) = VALUE(outcome) = VALUE(note) = value_null();
  return ERR_OK;
}
#undef COL_AT

#define COL_AT(column) COL(destination, column)
static err check_destination(struct api_call *c, struct plan_change *change) {
  bool withdrawn;
  TRY(check_consent(c, change, &VALUE(learner).id, COL_AT(consent), &withdrawn));
  if (withdrawn) VALUE(went) = VALUE(note) = value_null();
  return ERR_OK;
}
#undef COL_AT

err plan_check_void(struct api_call *c, struct plan_change *change) {
  return change->kind->table == TABLE_partner_step ? move_partner(c, change, true) : ERR_OK;
}

err plan_check(struct api_call *c, struct plan_change *change) {
  static const struct {
    uint8_t table;
    err (*check)(struct api_call *c, struct plan_change *change);
  } rules[] = {
      {TABLE_instrument, check_serial},       {TABLE_instrument_loan, check_loan},
      {TABLE_feedback, check_feedback},       {TABLE_partner_step, check_step},
      {TABLE_provision, check_provision},     {TABLE_area_leader, check_leader},
      {TABLE_signpost, check_signpost},       {TABLE_transition, check_transition},
      {TABLE_destination, check_destination},
  };
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (rules[i].table == change->kind->table) return rules[i].check(c, change);
  return ERR_OK;
}
