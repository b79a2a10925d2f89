/* plan_rules.c: what only one register knows: an instrument is with one learner at a time, a complaint goes
 * to the service manager before the chair, half of a project's cost comes from elsewhere, a withdrawal wins.
 */
#include "server/api/plan.h"

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

/* All entries of one register that stand, of one school or one partner. */
static err standing(struct api_call *c, const struct plan_kind *kind, const struct id *school,
                    struct row **out, size_t *count) {
  enum { first_day = -36500, last_day = 84005 };
  const struct plan_ask ask = {
      .kind = kind, .from = first_day, .to = last_day, .school = *school, .max = plan_export_rows_max};
  return plan_entries(c->store, &ask, &c->x->arena, out, count);
}

/* ---- loans ---- */

#define COL_AT(column) COL(instrument_loan, column)
static err check_other_loans(struct api_call *c, const struct plan_change *change) {
  struct row *rows;
  size_t count;
  int64_t from = number(&VALUE(starts)), until = day_or_never(&VALUE(returned));
  TRY(plan_loans(c->store, &VALUE(instrument).id, &c->x->arena, &rows, &count));
  for (size_t i = 0; i < count; i++) {
    const struct value *out = &rows[i].values[COL_AT(starts)], *back = &rows[i].values[COL_AT(returned)];
    char day[date_text_bytes];
    if (!is_other(change, &rows[i]) || out->i >= until || day_or_never(back) <= from) continue;
    date_text(day, (int32_t)out->i);
    return fault_set(&c->fault, ERR_CONFLICT,
                     "this instrument has been out since %s: say first when it came back, or lend another",
                     day);
  }
  return ERR_OK;
}

static err check_instrument(struct api_call *c, const struct plan_change *change) {
  struct row row;
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_instrument), &VALUE(instrument).id, &c->x->arena,
                              &row));
  if (day_or_never(&row.values[COL(instrument, ends)]) < number(&VALUE(starts)))
    return refuse(c, ERR_CONFLICT, "the hub no longer had this instrument on that day");
  return ERR_OK;
}

/* What the office knows decides where nothing is said; the opposite of it is refused. */
static err settle_charge(struct api_call *c, struct plan_change *change) {
  struct row known;
  struct id id;
  crypto_row_id(&id, TABLE_inclusion, &VALUE(learner).id, 1);
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_inclusion), &id, &c->x->arena, &known));
  if (number(&known.values[COL(inclusion, cla)]) != ENUM_answer_yes) return ERR_OK;
  if (number(&VALUE(charge)) == ENUM_charge_paid || number(&VALUE(charge)) == ENUM_charge_remission)
    return refuse(c, ERR_CONFLICT,
                  "the hub knows that this child is looked after: the loan is free of charge");
  if (!given(&VALUE(charge))) VALUE(charge) = value_int(ENUM_charge_looked_after);
  return ERR_OK;
}

static err check_loan(struct api_call *c, struct plan_change *change) {
  if (number(&VALUE(due)) < number(&VALUE(starts)))
    return refuse(c, ERR_INVALID, "a loan is due back after the day it goes out");
  TRY(check_instrument(c, change));
  TRY(check_other_loans(c, change));
  return settle_charge(c, change);
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

/* Where the partnership stands is what the latest step says. */
static err move_partner(struct api_call *c, struct plan_change *change) {
  struct row partner;
  const struct table *t = schema_table(TABLE_partner);
  TRY(c->store->ops->load_row(c->store, t, &VALUE(partner).id, &c->x->arena, &partner));
  const struct value *since = &partner.values[COL(partner, stage_on)];
  if (since->kind == VALUE_INT && since->i > number(&VALUE(date))) return ERR_OK;
  change->also =
      (struct op){.table = t, .row = partner.id, .units = 1U << t->columns[COL(partner, stage)].unit};
  change->also.values[COL(partner, stage)] = VALUE(step);
  change->also.values[COL(partner, stage_on)] = VALUE(date);
  return ERR_OK;
}

static err check_step(struct api_call *c, struct plan_change *change) {
  int64_t step = number(&VALUE(step));
  if (step == ENUM_partner_stage_agreement)
    return refuse(c, ERR_INVALID, "an agreement is written and signed on the partner's page");
  if (step == ENUM_partner_stage_interest) TRY(check_interest(c, change));
  if (step == ENUM_partner_stage_ended && !given(&VALUE(text)))
    return refuse(c, ERR_INVALID, "say why the partnership ended early");
  return change->before.exists ? ERR_OK : move_partner(c, change);
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
  TRY(standing(c, change->kind, &VALUE(school).id, &rows, &count));
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
  TRY(standing(c, change->kind, &VALUE(school).id, &rows, &count));
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

/* Whether this learner has withdrawn in another entry of the register. */
static err withdrew_before(struct api_call *c, const struct plan_change *change, const struct id *learner,
                           size_t consent, bool *out) {
  struct row_key *keys;
  size_t count;
  *out = false;
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

err plan_check(struct api_call *c, struct plan_change *change) {
  static const struct {
    uint8_t table;
    err (*check)(struct api_call *c, struct plan_change *change);
  } rules[] = {
      {TABLE_instrument_loan, check_loan},  {TABLE_feedback, check_feedback},
      {TABLE_partner_step, check_step},     {TABLE_provision, check_provision},
      {TABLE_area_leader, check_leader},    {TABLE_signpost, check_signpost},
      {TABLE_transition, check_transition}, {TABLE_destination, check_destination},
  };
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (rules[i].table == change->kind->table) return rules[i].check(c, change);
  return ERR_OK;
}
