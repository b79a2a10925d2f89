/* merge_case.h: a table with every rule, and short ways to write ops and to apply them. */
#ifndef TUTTI_TESTS_MERGE_CASE_H
#define TUTTI_TESTS_MERGE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shared/merge/merge.h"

/* Unit 0 ONCE, 1 LWW, 2 HUMAN, 3 HUMAN_AUTHORS, 4 ADD, 5 OFFICE; units 1 and 5 have a number and a text. */
enum rules_columns {
  RULES_FIRST,
  RULES_LWW,
  RULES_LWW_TEXT,
  RULES_HUMAN,
  RULES_AUTHORS,
  RULES_ADD,
  RULES_OFFICE,
  RULES_OFFICE_TEXT
};
enum rules_units { UNIT_ONCE, UNIT_LWW, UNIT_HUMAN, UNIT_AUTHORS, UNIT_ADD, UNIT_OFFICE };
extern const struct table rules_table;

/* An op with room for its own bases. */
enum { test_bases_max = 80 };
struct test_op {
  struct op op;
  struct base bases[test_bases_max];
  struct merge_op m;
};
/* Device, incarnation 1 and counter; the author's id; the stamp. */
struct test_op test_op(const struct table *t, uint8_t device, uint64_t counter, uint8_t author,
                       uint64_t stamp);
void test_op_set(struct test_op *o, size_t column, struct value v);
void test_op_base(struct test_op *o, uint8_t unit, const struct test_op *base);
struct op_id test_op_id(uint8_t device, uint64_t counter);
/* An op of rules_table that writes one number; OFFICE_DEVICE's ops are the office's. The author is the
 * device. */
enum { OFFICE_DEVICE = 9 };
struct test_op test_number(size_t column, uint8_t device, uint64_t counter, uint64_t stamp, int64_t value);

/* A row, the ops it accepted, and its memory. */
enum { test_seen_max = 256 };
struct test_row {
  struct row row;
  struct arena arena;
  struct op_id seen[test_seen_max];
  size_t seen_count;
  struct merge_outcome last;
};
void test_row_begin(struct test_row *r, const struct table *t);
void test_row_finish(struct test_row *r);
err test_row_try(struct test_row *r, struct test_op *o);
void test_row_apply(struct test_row *r, struct test_op *o); /* must succeed */
void assert_number(const struct test_row *r, size_t column, int64_t value);

#endif
