/* plain_return.c: the yearly return once more: every child who came, looked at one by one. */
#include <stdlib.h>

#include "tests/contract/reports/plain_rows.h"

enum { not_in_a_year = -1 };

static int birthday_year(int64_t born) { /* the school year of the birthday */
  struct date d = date_from_days((int32_t)born);
  return d.month < 9 ? d.year - 1 : d.year;
}

/* Children begin Reception in the September after they turned four. */
static int year_group(const struct plain_row *l, const struct report_ask *ask) {
  int asked = date_from_days(ask->year).year, now = birthday_year(ask->today);
  const struct value *v = &l->values[COL(learner, year_group)];
  if (plain_given(l, COL(learner, dob))) return asked - birthday_year(plain_number(l, COL(learner, dob))) - 5;
  if (v->kind != VALUE_TEXT) return not_in_a_year;
  if (slice_equal(v->text, slice_text("R"))) return asked - now;
  char text[8] = "";
  bytes_copy(text, v->text.ptr, v->text.len < sizeof text ? v->text.len : sizeof text - 1);
  return atoi(text) - (now - asked);
}

static int key_stage(int year) { /* 0: Reception */
  static const int stages[] = {0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5};
  return year >= 0 && year < (int)(sizeof stages / sizeof *stages) ? stages[year] : not_in_a_year;
}

static void add_child(struct inclusion_return *out, const struct plain *p, const struct report_ask *ask,
                      const struct plain_row *l) {
  enum {
    all,
    reception,
    sexes = 7,
    remissions = 10,
    fsm = 13,
    premium,
    premium_unknown,
    looked_after,
    sends
  };
  int64_t *n = out->counts, sex = plain_said(p, &l->id, COL(inclusion, sex)),
          remission = plain_said(p, &l->id, COL(inclusion, remission)),
          send = plain_said(p, &l->id, COL(inclusion, send)),
          pupil_premium = plain_said(p, &l->id, COL(inclusion, pupil_premium));
  int stage = key_stage(year_group(l, ask));
  n[all]++;
  if (stage != not_in_a_year) n[reception + stage]++;
  n[sexes + (sex == ENUM_sex_F ? 0 : sex == ENUM_sex_M ? 1 : 2)]++;
  if (remission == ENUM_remission_part) n[remissions]++;
  if (remission == ENUM_remission_full) n[remissions + 1]++;
  if (remission == 0) n[remissions + 2]++;
  n[fsm] += plain_said(p, &l->id, COL(inclusion, fsm)) == ENUM_answer_yes;
  n[premium] += pupil_premium == ENUM_answer_yes;
  n[premium_unknown] += pupil_premium != ENUM_answer_yes && pupil_premium != ENUM_answer_no;
  n[looked_after] += plain_said(p, &l->id, COL(inclusion, cla)) == ENUM_answer_yes;
  if (send == ENUM_send_K) n[sends]++;
  if (send == ENUM_send_E) n[sends + 1]++;
  if (send == 0) n[sends + 2]++;
}

void plain_return(struct inclusion_return *out, const struct plain *p, const struct report_ask *ask,
                  const struct id *school) {
  const struct plain_table *t = &p->tables[TABLE_learner];
  *out = (struct inclusion_return){.counts = {0}};
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *l = &t->rows[i];
    struct id none = {{0}},
              own = plain_given(l, COL(learner, school)) ? l->values[COL(learner, school)].id : none;
    if (!plain_is_child(l) || !id_equal(&own, school) || plain_times(p, ask, &l->id, any_mode, 0) == 0)
      continue;
    add_child(out, p, ask, l);
  }
}
