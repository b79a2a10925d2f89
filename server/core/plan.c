/* plan.c: plan.def, expanded once. */
#include "server/core/plan.h"

/* Who sees, who writes. The lead sees no learner's own rows. */
#define ROLE(name) (1U << (ENUM_role_##name - 1))
enum {
  OFFICE_ONLY = ROLE(office),
  OFFICE_AND_LEAD = OFFICE_ONLY | ROLE(lead),
  LEADERS = OFFICE_AND_LEAD,
  LEADERS_AND_PARTNERS = LEADERS | ROLE(partner),
  ALL_BUT_PARTNERS = OFFICE_AND_LEAD | ROLE(safeguarding) | ROLE(admin),
};
#define NAMED true
#define OPEN  false

#define KIND(name, in, from, until, of_partner, of_school, see, write, whose, heading, single, why)          \
  {.table = TABLE_##name,                                                                                    \
   .function = FUNCTION_##in,                                                                                \
   .first = COL(name, from),                                                                                 \
   .last = COL(name, until),                                                                                 \
   .partner = #of_partner,                                                                                   \
   .school = #of_school,                                                                                     \
   .sees = (see),                                                                                            \
   .writes = (write),                                                                                        \
   .named = (whose),                                                                                         \
   .title = (heading),                                                                                       \
   .one = (single),                                                                                          \
   .says = (why)},
const struct plan_kind plan_kinds[PLAN_END] = {
#include "server/core/plan.def"
};

#define NEEDED                                 true, false, false
#define ASKED                                  false, false, false
#define NEEDED_LISTED                          true, true, false
#define ASKED_LISTED                           false, true, false
#define ASKED_KEPT                             false, false, true
#define FIELD(name, column, label, help, need) {TABLE_##name, COL(name, column), label, help, need},
const struct plan_field plan_fields[] = {
#include "server/core/plan.def"
};
const size_t plan_field_count = sizeof plan_fields / sizeof *plan_fields;

#define CHILDREN                     true
#define THINGS                       false
#define ANY                          0
#define GIVEN(column)                0
#define IS(column, vocabulary, name) ENUM_##vocabulary##_##name
#define LINE(line, in, measure, column, from, until, condition, whose, part_of, heading)                     \
  {.name = #line,                                                                                            \
   .title = (heading),                                                                                       \
   .kind = PLAN_##in,                                                                                        \
   .children = (whose),                                                                                      \
   .of = LINE_##part_of,                                                                                     \
   .word = (condition)},
const struct plan_line plan_lines[LINE_END] = {
#include "server/core/plan.def"
};

const struct plan_kind *plan_kind_named(struct slice table) {
  for (size_t i = 0; i < PLAN_END; i++)
    if (slice_equal(table, slice_text(schema_table(plan_kinds[i].table)->name))) return &plan_kinds[i];
  return NULL;
}

enum plan_state plan_state_of(const struct row *row, int32_t today) {
  static const struct {
    uint8_t table;
    size_t due, done;
  } kept[] = {
#define DUE(name, by, when) {TABLE_##name, COL(name, by), COL(name, when)},
#include "server/core/plan.def"
  };
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
    if (kept[i].table != row->table->id) continue;
    const struct value *due = &row->values[kept[i].due];
    if (row->values[kept[i].done].kind == VALUE_INT) return PLAN_DONE;
    return due->kind == VALUE_INT && due->i < today ? PLAN_LATE : PLAN_OPEN;
  }
  return PLAN_NONE;
}
