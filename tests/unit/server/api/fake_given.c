/* fake_given.c: lessons owed, needs and files for other systems, in a hub in which nothing was recorded yet.
 */
#include "server/core/owed.h"
#include "server/core/writeback.h"
#include "tests/unit/server/api/fake_views.h"

err owed_schools(struct store *s, int32_t from, int32_t to, struct arena *a, struct owed_school **out,
                 size_t *count) {
  (void)from, (void)to, (void)a;
  *out = NULL;
  *count = 0;
  return ((struct fake_store *)s)->read_error;
}
err owed_school(struct store *s, const struct id *school, int32_t from, int32_t to, struct arena *a,
                struct owed_school *out) {
  (void)s, (void)school, (void)from, (void)to, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
err owed_enrolments(struct store *s, const struct id *school, int32_t from, int32_t to, struct arena *a,
                    struct owed_enrolment **out, size_t *count) {
  (void)school;
  struct owed_school *none = NULL;
  err e = owed_schools(s, from, to, a, &none, count);
  *out = NULL;
  return e;
}

err writeback_mappings(struct store *s, struct arena *a, struct writeback_mapping **out, size_t *count) {
  (void)a;
  *out = NULL;
  *count = 0;
  return ((struct fake_store *)s)->read_error;
}
err writeback_runs(struct store *s, struct arena *a, struct writeback_run **out, size_t *count) {
  (void)a;
  *out = NULL;
  *count = 0;
  return ((struct fake_store *)s)->read_error;
}
err writeback_load(struct store *s, const struct id *id, struct arena *a, struct writeback_mapping *out) {
  (void)s, (void)id, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
err writeback_run_load(struct store *s, const struct id *id, struct arena *a, struct writeback_run *out) {
  (void)s, (void)id, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
err writeback_save(struct store *s, const struct writeback_mapping *m, const struct id *who) {
  (void)s, (void)m, (void)who;
  return ERR_READ_ONLY;
}
err writeback_drop(struct store *s, const struct id *id) {
  (void)s, (void)id;
  return ERR_READ_ONLY;
}
err writeback_run_write(struct store *s, const struct writeback_run *run, const struct id *who,
                        struct slice state, const struct id *children, size_t child_count) {
  (void)s, (void)run, (void)who, (void)state, (void)children, (void)child_count;
  return ERR_READ_ONLY;
}
err views_export_registers(struct store *s, int32_t from, int32_t to,
                           bool (*row)(void *ctx, const struct view_export_row *r), void *ctx) {
  (void)from, (void)to, (void)row, (void)ctx;
  return ((struct fake_store *)s)->read_error;
}
err views_export_facts(struct store *s, int32_t from, int32_t to,
                       bool (*row)(void *ctx, const struct view_export_fact *f), void *ctx) {
  (void)from, (void)to, (void)row, (void)ctx;
  return ((struct fake_store *)s)->read_error;
}
err views_numbers(struct store *s, const struct id *learner, struct arena *a, struct view_numbers **out,
                  size_t *count) {
  (void)learner, (void)a;
  *out = NULL;
  *count = 0;
  return ((struct fake_store *)s)->read_error;
}
err views_upn_owner(struct store *s, struct slice upn, const struct id *but, struct arena *a,
                    struct view_numbers *out, bool *found) {
  (void)upn, (void)but, (void)a, (void)out;
  *found = false;
  return ((struct fake_store *)s)->read_error;
}
err views_needs(struct store *s, const struct id *learner, struct arena *a, struct view_need **out,
                size_t *count) {
  (void)learner, (void)a;
  *out = NULL;
  *count = 0;
  return ((struct fake_store *)s)->read_error;
}
