/* loans.c: what holds of every loan of an instrument. */
#include "server/import/loans.h"

#include "server/core/plan.h"

#define VALUE(column) (loan->values[COL(instrument_loan, column)])

static int64_t number(const struct value *v) { return v->kind == VALUE_INT ? v->i : 0; }
/* A day that may be open: then it is after every other. */
static int64_t day_or_never(const struct value *v) { return v->kind == VALUE_INT ? v->i : INT32_MAX; }

bool loans_overlap(const struct value *one, const struct value *other) {
  enum { at = COL(instrument_loan, instrument), out = COL(instrument_loan, starts) };
  const size_t back = COL(instrument_loan, returned);
  return value_equal(&one[at], &other[at]) && number(&one[out]) < day_or_never(&other[back]) &&
         number(&other[out]) < day_or_never(&one[back]);
}

static err check_days(const struct op *loan, struct fault *fault) {
  if (number(&VALUE(due)) < number(&VALUE(starts)))
    return fault_set(fault, ERR_INVALID, "a loan is due back after the day it goes out");
  if (day_or_never(&VALUE(returned)) < number(&VALUE(starts)))
    return fault_set(fault, ERR_INVALID, "an instrument cannot come back before it goes out");
  return ERR_OK;
}

static err check_instrument(struct store *s, struct arena *a, const struct op *loan, struct fault *fault) {
  struct row row;
  TRY(s->ops->load_row(s, schema_table(TABLE_instrument), &VALUE(instrument).id, a, &row));
  if (day_or_never(&row.values[COL(instrument, ends)]) < number(&VALUE(starts)))
    return fault_set(fault, ERR_CONFLICT, "the hub no longer had this instrument on that day");
  return ERR_OK;
}

static err check_others(struct store *s, struct arena *a, const struct op *loan, loan_passed *passed,
                        const void *ctx, struct fault *fault) {
  struct row *rows;
  size_t count;
  TRY(plan_loans(s, &VALUE(instrument).id, a, &rows, &count));
  for (size_t i = 0; i < count; i++) {
    char day[date_text_bytes];
    bool own = id_equal(&rows[i].id, &loan->row) || (passed && passed(ctx, &rows[i].id));
    if (own || !loans_overlap(rows[i].values, loan->values)) continue;
    date_text(day, (int32_t)rows[i].values[COL(instrument_loan, starts)].i);
    return fault_set(fault, ERR_CONFLICT,
                     "this instrument has been out since %s: say first when it came back, or lend another",
                     day);
  }
  return ERR_OK;
}

/* Of the records of one child that were merged the newest one counts. */
err loan_looked_after(struct store *s, struct arena *a, const struct id *learner, bool *out) {
  struct id *same;
  size_t count;
  int64_t newest = INT64_MIN;
  *out = false;
  TRY(s->ops->same_learners(s, learner, a, &same, &count));
  for (size_t i = 0; i < count; i++) {
    struct row known;
    struct id id;
    crypto_row_id(&id, TABLE_inclusion, &same[i], 1);
    TRY(s->ops->load_row(s, schema_table(TABLE_inclusion), &id, a, &known));
    const struct value *as_at = &known.values[COL(inclusion, as_at)];
    if (as_at->kind != VALUE_INT || as_at->i < newest) continue;
    newest = as_at->i;
    *out = number(&known.values[COL(inclusion, cla)]) == ENUM_answer_yes;
  }
  return ERR_OK;
}

/* What the office knows decides where nothing is said; the opposite of it is refused. */
static err settle_charge(struct store *s, struct arena *a, struct op *loan, struct fault *fault) {
  bool looked_after;
  TRY(loan_looked_after(s, a, &VALUE(learner).id, &looked_after));
  if (!looked_after) return ERR_OK;
  if (number(&VALUE(charge)) == ENUM_charge_paid || number(&VALUE(charge)) == ENUM_charge_remission)
    return fault_set(fault, ERR_CONFLICT,
                     "the hub knows that this child is looked after: the loan is free of charge");
  if (VALUE(charge).kind == VALUE_NULL) VALUE(charge) = value_int(ENUM_charge_looked_after);
  return ERR_OK;
}

err loan_check(struct store *s, struct arena *a, struct op *loan, loan_passed *passed, const void *ctx,
               struct fault *fault) {
  TRY(check_days(loan, fault));
  TRY(check_instrument(s, a, loan, fault));
  TRY(check_others(s, a, loan, passed, ctx, fault));
  return settle_charge(s, a, loan, fault);
}
