/* target.c: whether a target is met, by the figure as it is shown. */
#include "server/core/reports.h"

/* A number that is rounded up or down to a multiple of five may be four more in truth, or four less. */
static int64_t slack_of(const struct report_table *now) { return now->rounded ? report_small - 1 : 0; }

static bool reaches(const struct report_target *t, int64_t part, int64_t whole) {
  switch (t->measure) {
  case TARGET_GROWTH: return 100 * (part - t->baseline) >= t->goal * t->baseline;
  case TARGET_SHARE: return whole > 0 && 100 * part >= t->goal * whole;
  default: return part >= t->goal;
  }
}

enum target_state target_judge(const struct report_target *t, const struct report_table *now) {
  const struct report_row *total = &now->total;
  int64_t slack = slack_of(now), least_whole = total->whole > slack ? total->whole - slack : 1;
  if (total->hidden) return TARGET_HIDDEN;
  if (slack == 0) return reaches(t, total->part, total->whole) ? TARGET_MET : TARGET_NOT_YET;
  if (reaches(t, total->part - slack, total->whole + slack)) return TARGET_MET;
  return reaches(t, total->part + slack, least_whole) ? TARGET_NEAR : TARGET_NOT_YET;
}
