/* fake_partners.c: a hub without partners, of whose learners nothing is known, in which nothing
 * meets and nothing waits. */
#include "server/core/inclusion.h"
#include "server/core/partners.h"
#include "server/core/plan.h"
#include "server/core/views_activities.h"
#include "server/core/views_questions.h"
#include "server/core/views_schools.h"
#include "tests/unit/server/api/fake_views.h"

#define NOTHING(out, count) (*(out) = NULL, *(count) = 0, ((struct fake_store *)s)->read_error)

err disadvantaged_load(struct store *s, uint32_t *out) {
  (void)s;
  *out = DISADVANTAGED_ANY;
  return ERR_OK;
}
err reports_partners(struct store *s, struct arena *a, struct report_place **out, size_t *count) {
  (void)a;
  return NOTHING(out, count);
}
err disadvantaged_save(struct store *s, uint32_t signs) {
  (void)s, (void)signs;
  return ERR_READ_ONLY;
}
err inclusion_learners(struct store *s, const struct report_ask *ask, struct arena *a,
                       struct inclusion_line **out, size_t *count) {
  (void)ask, (void)a;
  return NOTHING(out, count);
}
err inclusion_returns(struct store *s, const struct report_ask *ask, struct arena *a,
                      struct inclusion_return **out, size_t *count) {
  (void)ask, (void)a;
  return NOTHING(out, count);
}
err partners_read(struct store *s, int32_t today, const struct id *person, struct arena *a,
                  struct partner_line **out, size_t *count) {
  (void)today, (void)person, (void)a;
  return NOTHING(out, count);
}
err partner_read(struct store *s, int32_t today, const struct id *partner, struct arena *a,
                 struct partner_detail *out) {
  (void)s, (void)today, (void)partner, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
err partner_owns(struct store *s, const struct id *person, struct arena *a, struct id **out, size_t *count) {
  return partner_activities(s, person, a, out, count);
}
err plan_entries(struct store *s, const struct plan_ask *ask, struct arena *a, struct row **out,
                 size_t *count) {
  (void)ask, (void)a;
  return NOTHING(out, count);
}
err plan_count(struct store *s, const struct plan_ask *ask, uint64_t *out) {
  (void)ask;
  *out = 0;
  return ((struct fake_store *)s)->read_error;
}
err plan_loans(struct store *s, const struct id *instrument, struct arena *a, struct row **out,
               size_t *count) {
  (void)instrument, (void)a;
  return NOTHING(out, count);
}
err plan_instrument_with(struct store *s, struct slice serial, const struct id *beside, struct id *out) {
  (void)serial, (void)beside;
  *out = (struct id){{0}};
  return ((struct fake_store *)s)->read_error;
}
err partner_read_school(struct store *s, int32_t today, const struct id *school, struct arena *a,
                        struct partner_detail *out) {
  (void)today, (void)school, (void)a;
  *out = (struct partner_detail){.activity_count = 0};
  return ((struct fake_store *)s)->read_error;
}

/* ---- the audit's ---- */
enum audit_kind audit_kind_of(const char *action) {
  (void)action;
  return AUDIT_READ;
}
err views_bundle_asked(struct store *s, const struct id *matter, uint64_t *number_out) {
  (void)s, (void)matter, (void)number_out;
  return ERR_NOT_FOUND;
}
err views_bundle_hash(struct store *s, uint64_t number, uint8_t out[hash_bytes]) {
  (void)s, (void)number, (void)out;
  return ERR_NOT_FOUND;
}

err views_activity_lines(struct store *s, const struct activities_wanted *wanted, int32_t today,
                         struct arena *a, struct view_activities *out) {
  (void)s, (void)wanted, (void)today, (void)a;
  *out = (struct view_activities){.count = 0};
  return ERR_OK;
}
err views_activity(struct store *s, const struct id *activity, int32_t today, struct arena *a,
                   struct view_activity_detail *out) {
  (void)s, (void)activity, (void)today, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
err views_endings(struct store *s, const struct id *activity, int32_t date, bool back, struct arena *a,
                  struct view_endings *out) {
  (void)s, (void)activity, (void)date, (void)back, (void)a;
  *out = (struct view_endings){.held = 0};
  return ERR_OK;
}
err views_planned(struct store *s, const struct id *activity, int32_t from, const struct planned_slot *slot,
                  struct arena *a, struct view_planned_list *out) {
  (void)s, (void)activity, (void)from, (void)slot, (void)a;
  *out = (struct view_planned_list){.count = 0};
  return ERR_OK;
}
err views_terms(struct store *s, struct arena *a, struct view_term **out, size_t *count) {
  (void)a;
  return NOTHING(out, count);
}
err views_places(struct store *s, const struct id *learner, int32_t today, struct arena *a,
                 struct view_place_at **out, size_t *count) {
  (void)learner, (void)today, (void)a;
  return NOTHING(out, count);
}
