/* retention.c: the lines of the retention schedule, and their periods. */
#include "server/core/retention.h"

#include <stdio.h>

#include "server/core/hub.h"
#include "server/core/journal_file.h"

const struct retention_rule retention_rules[RETENTION_LINES] = {
#define LINE(name, title, months, least, most, since, done, why)                                             \
  {#name, title, why, months, least, most, RETENTION_##since, RETENTION_##done},
#include "server/core/retention.def"
};

static const struct line_table {
  enum retention_line line;
  uint8_t table;
  bool names; /* a learner */
} tables[] = {
#define OF(line, table, day)    {RETENTION_LINE_##line, TABLE_##table, true},
#define MARKS(line, table, day) {RETENTION_LINE_##line, TABLE_##table, true},
#define ALONE(line, table, day) {RETENTION_LINE_##line, TABLE_##table, false},
#include "server/core/retention.def"
};

const struct retention_kept retention_kept_kinds[] = {
#define KEPT(name, title, why) {#name, title, why},
#include "server/core/retention.def"
};
const size_t retention_kept_count = sizeof retention_kept_kinds / sizeof *retention_kept_kinds;

enum retention_line retention_named(struct slice name) {
  int line = 0;
  while (line < RETENTION_LINES && !slice_equal(name, slice_text(retention_rules[line].name))) line++;
  return (enum retention_line)line;
}

bool retention_removes(const struct table *t) {
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    if (tables[i].table == t->id) return true;
  return false;
}

bool retention_is_about_learners(enum retention_line line) {
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    if (tables[i].line == line && !tables[i].names) return false;
  return true;
}

static bool is_day_of(struct date d) {
  struct date back = date_from_days(date_to_days(d));
  return back.month == d.month && back.day == d.day;
}

int32_t retention_before(int32_t today, uint32_t months) {
  struct date d = date_from_days(today);
  int32_t month = d.year * 12 + d.month - 1 - (int32_t)months;
  d.year = (int16_t)(month / 12);
  d.month = (uint8_t)(month % 12 + 1);
  while (!is_day_of(d)) d.day--; /* the 31st of a month that has none */
  return date_to_days(d);
}

uint32_t retention_default(enum retention_line line, uint32_t years) {
  if (line != RETENTION_LINE_register) return retention_rules[line].months;
  return 12 * (years ? years : (uint32_t)retention_years_default);
}

static err check(enum retention_line line, uint32_t months, struct fault *fault) {
  const struct retention_rule *rule = &retention_rules[line];
  if (months == 0 && rule->months == 0) return ERR_OK;
  if (months >= rule->least && months <= rule->most) return ERR_OK;
  return fault_set(fault, ERR_INVALID, "%s are kept for %u to %u months%s: %u is outside that.", rule->title,
                   rule->least, rule->most, rule->months ? "" : ", or 0 for as long as the hub wants",
                   months);
}

static err set(struct store *s, const struct hub *hub, const struct now *now, const struct id *who,
               enum retention_line line, uint32_t months) {
  struct retention_period all[RETENTION_LINES];
  char detail[80];
  TRY(s->ops->retention->periods(s, hub->retention_years, all));
  const struct retention_period p = {.months = months, .set = true, .who = *who, .at_ms = now->wall_ms};
  (void)snprintf(detail, sizeof detail, "line=%s before=%u after=%u", retention_rules[line].name,
                 all[line].months, months);
  TRY(s->ops->retention->period_set(s, line, &p));
  TRY(journal_period(s->journal, retention_rules[line].name, &p));
  return s->ops->audit(s, now->wall_ms, who, "retention.set", detail);
}

err retention_set(struct store *s, const struct hub *hub, const struct now *now, const struct id *who,
                  enum retention_line line, uint32_t months, struct fault *fault) {
  TRY(check(line, months, fault));
  TRY(s->ops->begin(s));
  err e = set(s, hub, now, who, line, months);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e == ERR_OK) return ERR_OK;
  s->ops->rollback(s);
  return fault_set(fault, e, "The period could not be stored: %s.", err_text(e));
}

err retention_replay_period(struct store *s, struct slice bytes) {
  enum { line_bytes_max = 64 };
  struct cursor c = cursor_of(bytes);
  struct retention_period p = {.set = true};
  char name[line_bytes_max];
  TRY(journal_get_text(&c, name, sizeof name));
  TRY(cursor_u32(&c, &p.months));
  TRY(cursor_copy(&c, &p.who, id_bytes));
  TRY(journal_get_time(&c, &p.at_ms));
  enum retention_line line = retention_named(slice_text(name));
  return line == RETENTION_LINES ? ERR_VERSION : s->ops->retention->period_set(s, line, &p);
}
