/* report_call.c: reads what a request asks for, brings the sums up to date, and makes the table. */
#include "server/api/report_call.h"

#include <stdio.h>

#include "server/api/own.h"
#include "server/api/shape.h"
#include "server/api/sheet.h"
#include "server/core/inclusion.h"

/* Between two batches of changed activities other writers have their turn. */
enum { activities_at_once = 256 };

/* Who sees rows does not for that see what is known of a learner, or lent to one: where one stands alone, the
 * sum tells it. */
bool report_sees_rows(const struct api_call *c, const struct report *r) {
  bool known = r->whose == OF_INCLUSION || r->whose == OF_PEOPLE || r->whose == OF_PLAN;
  return (c->login.roles & (known ? OFFICE : ROWS)) != 0;
}

bool report_own_alone(const struct api_call *c) { return (c->login.roles & EVERYONE) == 0; }

/* Sums by activity: nothing of them is about a child by name, and none needs to know who the learners are. */
bool report_is_own(const struct report *r) { return r->whose == OF_MARKS || r->whose == OF_REGISTERS; }

/* ---- what is asked ---- */

static int32_t day(int year, int month, int d) {
  return date_to_days((struct date){(int16_t)year, (uint8_t)month, (uint8_t)d});
}

static int year_of(int32_t date) {
  struct date d = date_from_days(date);
  return d.month >= 9 ? d.year : d.year - 1;
}

static err whole_year(struct api_call *c, int year, struct report_ask *out, struct slice *name) {
  struct buf text = BUF_INIT(32);
  out->year = out->from = day(year, 9, 1);
  out->to = day(year + 1, 8, 31);
  err e = buf_printf(&text, "%d/%02d", year, (year + 1) % 100);
  if (e == ERR_OK) *name = arena_copy(&c->x->arena, buf_slice(&text));
  buf_finish(&text);
  return e;
}

static err term(struct api_call *c, int32_t starts, struct report_ask *out, struct slice *name) {
  struct report_period *terms;
  size_t count;
  TRY(reports_terms(c->store, &c->x->arena, &terms, &count));
  for (size_t i = 0; i < count; i++) {
    if (terms[i].from != starts) continue;
    out->year = day(year_of(terms[i].to), 9, 1); /* one that begins in August is of the year it runs into */
    out->from = terms[i].from;
    out->to = terms[i].to;
    *name = terms[i].name;
    return ERR_OK;
  }
  return fault_set(&c->fault, ERR_NOT_FOUND, "this hub has no term that begins on that day");
}

static bool read_year(struct slice text, int *out) {
  *out = 0;
  if (text.len != 4) return false;
  for (size_t i = 0; i < 4; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
    *out = *out * 10 + (text.ptr[i] - '0');
  }
  return *out >= report_year_first && *out <= report_year_last;
}

err report_period_read(struct api_call *c, struct slice text, struct report_ask *out, struct slice *name) {
  int32_t date, minute;
  int year;
  uint64_t entries;
  uk_civil(c->x->now.wall_ms, &date, &minute);
  TRY(c->store->ops->number_load(c->store, STORE_ENTRIES, &entries));
  out->entries = (int32_t)entries;
  out->today = date;
  TRY(disadvantaged_load(c->store, &out->disadvantaged));
  if (text.len == 0) return whole_year(c, year_of(date), out, name);
  if (read_year(text, &year)) return whole_year(c, year, out, name);
  if (date_parse(&date, text) == ERR_OK) return term(c, date, out, name);
  return fault_set(&c->fault, ERR_INVALID,
                   "\"period\" is the year in which a school year begins, like 2026, or a term's first day");
}

static err read_school(struct api_call *c, struct slice text, struct report_ask *ask) {
  if (text.len == 0) return ERR_OK;
  ask->in_school = true;
  if (slice_equal(text, slice_text("none")) || id_parse(&ask->school, text) == ERR_OK) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"school\" is a school's id, or none");
}

static err check_own(struct api_call *c, const struct report_ask *ask) {
  if (report_is_own(&reports[ask->report]) && ask->by == BY_ACTIVITY && !ask->in_school) return ERR_OK;
  return fault_set(&c->fault, ERR_FORBIDDEN,
                   "your role sees its own activities, one by one, and no other sums");
}

static err check_ask(struct api_call *c, const struct report_ask *ask) {
  const struct report *report = &reports[ask->report];
  if (report_own_alone(c)) return check_own(c, ask);
  if (!(report->by >> ask->by & 1))
    return fault_set(&c->fault, ERR_INVALID, "this report cannot be cut that way");
  if (ask->by == BY_ACTIVITY && !ask->in_school)
    return fault_set(&c->fault, ERR_INVALID, "name a school, or none, to see its activities");
  if (ask->by == BY_PARTNER && ask->in_school)
    return fault_set(&c->fault, ERR_INVALID, "by partner there is the whole hub alone, and no single school");
  if ((ask->by == BY_ACTIVITY || ask->in_school) && !report_sees_rows(c, report))
    return fault_set(&c->fault, ERR_FORBIDDEN,
                     "your role sees sums, and no single activity or school's own table");
  return ERR_OK;
}

err report_call_read(struct api_call *c) {
  struct report_call *r = arena_take(&c->x->arena, 1, sizeof *r);
  if (!r) return ERR_NO_MEMORY;
  c->own = r;
  const struct report *report = report_named(c->parameters[0]);
  if (!report)
    return fault_set(&c->fault, ERR_INVALID, "\"report\" is one of the names that /api/reports gives");
  r->ask.report = (enum report_id)(report - reports);
  r->ask.by = c->parameters[1].len ? report_by_named(c->parameters[1]) : BY_HUB;
  if (r->ask.by == BY_END)
    return fault_set(
        &c->fault, ERR_INVALID,
        "\"by\" is hub, term, area, school, activity, kind, phase, stage, partner, people or line");
  TRY(read_school(c, c->parameters[3], &r->ask));
  TRY(report_period_read(c, c->parameters[2], &r->ask, &r->period_name));
  return check_ask(c, &r->ask);
}

/* ---- fresh sums ---- */

static err refresh_step(struct api_call *c) {
  struct report_call *r = c->own;
  bool more;
  TRY(reports_refresh(c->store, &c->x->now, activities_at_once, &more));
  return more ? api_then(c, HTTP_WRITER, refresh_step) : api_then(c, HTTP_READER, r->next);
}

err report_when_fresh(struct api_call *c, struct report_call *r, err (*next)(struct api_call *c)) {
  bool due;
  r->next = next;
  TRY(reports_are_due(c->store, &c->x->now, &due));
  return due ? api_then(c, HTTP_WRITER, refresh_step) : next(c);
}

/* ---- the table ---- */

/* Of terms within terms, the inner one. */
static struct slice term_name(const struct report_period *terms, size_t count, int32_t span) {
  const struct report_period *in = NULL;
  for (size_t i = 0; i < count; i++) {
    const struct report_period *t = &terms[i];
    if (t->from > span || t->to < span) continue;
    if (!in || t->from > in->from || (t->from == in->from && t->to < in->to)) in = t;
  }
  return in ? in->name : slice_text("Between terms");
}

static err name_terms(struct api_call *c, struct report_table *t) {
  struct report_period *terms;
  size_t count;
  TRY(reports_terms(c->store, &c->x->arena, &terms, &count));
  for (size_t r = 0; r < t->count; r++) {
    int32_t span;
    TRY(date_parse(&span, t->rows[r].name));
    t->rows[r].name = term_name(terms, count, span);
  }
  return ERR_OK;
}

static err read_places(struct api_call *c, const struct report_ask *ask, struct report_place **out,
                       struct arena *a, size_t *count) {
  if (ask->by == BY_ACTIVITY)
    return reports_activities(c->store, ask->in_school ? &ask->school : NULL, a, out, count);
  if (ask->by == BY_PARTNER) return reports_partners(c->store, a, out, count);
  return reports_schools(c->store, a, out, count);
}

static err keep_own(struct api_call *c, struct report_line *lines, size_t *count) {
  struct own_set own;
  size_t kept = 0;
  TRY(own_read(c, &own));
  for (size_t i = 0; i < *count; i++)
    if (own_has(&own, &lines[i].key)) lines[kept++] = lines[i];
  *count = kept;
  return ERR_OK;
}

/* Lines by school, of which the tables of the hub, of areas and of schools are made: read once for all tables
 * that must agree, for of a large hub reading them is most of the time. */
struct school_lines {
  struct arena *arena;
  struct report_line *lines;
  size_t count;
  bool read;
};

static bool made_of_schools(const struct report_ask *ask) {
  enum report_whose whose = reports[ask->report].whose;
  bool schools = ask->by == BY_HUB || ask->by == BY_AREA || ask->by == BY_SCHOOL;
  return schools && whose != OF_PEOPLE && whose != OF_PLAN;
}

static err read_lines(struct api_call *c, const struct report_ask *ask, struct school_lines *kept,
                      struct arena *a, struct report_line **out, size_t *count) {
  if (!made_of_schools(ask)) return reports_read(c->store, ask, a, out, count);
  if (!kept->read) TRY(reports_read(c->store, ask, kept->arena, &kept->lines, &kept->count));
  kept->read = true;
  *out = kept->lines;
  *count = kept->count;
  return ERR_OK;
}

/* What it consists of lives in `a`, or with the lines kept. */
static err make_table(struct api_call *c, const struct report_ask *ask, bool small, struct arena *a,
                      struct school_lines *kept, struct report_table *out) {
  struct report_ask all = *ask;
  struct report_line *lines;
  struct report_place *places = NULL;
  struct report_table hub;
  size_t line_count, place_count = 0;
  bool partners = ask->by == BY_PARTNER; /* one learner may count with several: the total is the hub's */
  all.by = BY_HUB;
  if (partners) TRY(make_table(c, &all, small, a, kept, &hub));
  TRY(read_lines(c, ask, kept, a, &lines, &line_count));
  if (report_own_alone(c)) TRY(keep_own(c, lines, &line_count));
  TRY(read_places(c, ask, &places, a, &place_count));
  return report_table_make(out, ask, lines, line_count, places, place_count, small, partners ? &hub : NULL,
                           a);
}

/* Areas and the hub are made of schools; activities are for whoever sees rows. */
static bool is_other_cut(const struct report_ask *ask, enum report_by by) {
  bool schools = ask->by == BY_SCHOOL || ask->by == BY_AREA || ask->by == BY_HUB;
  if (by == BY_HUB || by == BY_AREA || by == BY_ACTIVITY || by == ask->by) return false;
  return (reports[ask->report].by >> by & 1) && !(schools && by == BY_SCHOOL);
}

static err agree_on_sum(struct api_call *c, const struct report_ask *ask, struct school_lines *kept,
                        struct report_table *out) {
  for (int by = 0; by < BY_END; by++) {
    struct report_ask other = *ask;
    struct report_table table;
    struct arena a = ARENA_INIT(report_bytes_max);
    if (!is_other_cut(ask, (enum report_by)by)) continue;
    other.by = (enum report_by)by;
    err e = make_table(c, &other, true, &a, kept, &table);
    if (e == ERR_OK) report_table_agree(out, &table);
    arena_finish(&a);
    TRY(e);
  }
  return ERR_OK;
}

/* Groups of people: one of the two tables there are, with what the other one does not show left out too. */
static err agree_on_people(struct api_call *c, const struct report_ask *ask, struct arena *a,
                           struct school_lines *kept, struct report_table *out) {
  struct report_ask other = *ask;
  struct report_table beside;
  if (ask->by == BY_HUB) return ERR_OK;
  other.by = ask->by == BY_AREA ? BY_PEOPLE : BY_AREA;
  TRY(make_table(c, &other, true, a, kept, &beside));
  report_people_agree(ask->by == BY_PEOPLE ? out : &beside, ask->by == BY_PEOPLE ? &beside : out);
  return ERR_OK;
}

static err agree(struct api_call *c, const struct report_ask *ask, struct arena *a, struct school_lines *kept,
                 struct report_table *out) {
  const struct report *report = &reports[ask->report];
  if (report->whose == OF_PEOPLE) return agree_on_people(c, ask, a, kept, out);
  return report_of_children(report) && report->shape != REPORT_MIDDLE ? agree_on_sum(c, ask, kept, out)
                                                                      : ERR_OK;
}

err report_table_load(struct api_call *c, const struct report_ask *ask, bool small, struct arena *a,
                      struct report_table *out) {
  struct school_lines kept = {.arena = a};
  TRY(make_table(c, ask, small, a, &kept, out));
  if (small) TRY(agree(c, ask, a, &kept, out));
  if (small) report_table_round(out, ask, c->api->config.hub->lease_root);
  return ask->by == BY_TERM ? name_terms(c, out) : ERR_OK;
}

/* Whoever compares two years in Excel sees no page that says it. */
void report_say_lacking(struct sheet *s, const struct report_ask *ask) {
  char line[160], day[date_text_bytes];
  if (!report_lacks_entries(ask)) return;
  date_text(day, ask->entries);
  (void)snprintf(line, sizeof line,
                 "Register entries from before %s were removed by the retention schedule and do not count.",
                 day);
  sheet_text(s, slice_text(line));
  sheet_row(s);
}

/* ---- as JSON ---- */

static const char *const shapes[] = {
    [REPORT_RATE] = "rate", [REPORT_NUMBER] = "number", [REPORT_MIDDLE] = "middle", [REPORT_RATIO] = "ratio"};

json_t *report_json(const struct report *r, bool own_alone) {
  json_t *by = json_array();
  uint32_t cuts = own_alone ? 1U << BY_ACTIVITY : r->by;
  for (int i = 0; i < BY_END; i++)
    if (cuts >> i & 1) json_array_append_new(by, json_string(report_by_word((enum report_by)i)));
  bool yearly = r->whose == OF_LEARNERS || r->whose == OF_INCLUSION || r->whose == OF_SCHOOLS ||
                r->whose == OF_PEOPLE || r->whose == OF_PLAN;
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s, s:b, s:o}", "name", r->name, "title", r->title,
                   "says", r->sentence, "shape", shapes[r->shape], "part", r->part, "whole", r->whole,
                   "beside", report_beside(r), "function",
                   report_functions[report_function((enum report_id)(r - reports))].name, "yearly", yearly,
                   "by", by);
}

static json_t *row_json(const struct report *report, const struct report_row *row) {
  json_t *out = json_pack("{s:o, s:b}", "name", shape_text(row->name), "hidden", row->hidden);
  if (!out) return NULL;
  int failed = 0;
  if (!id_is_zero(&row->id)) {
    char text[id_text_bytes];
    id_text(text, &row->id);
    failed |= json_object_set_new(out, "id", json_string(text));
  }
  if (row->area.len) failed |= json_object_set_new(out, "area", shape_text(row->area));
  if (!row->hidden) {
    failed |= json_object_set_new(out, "part", json_integer(row->part));
    failed |= json_object_set_new(out, "whole", json_integer(row->whole));
    if (report_beside(report)) failed |= json_object_set_new(out, "beside", json_integer(row->beside));
  }
  if (!row->hidden && report_beside(report))
    failed |= json_object_set_new(out, "beside", json_integer(row->beside));
  if (!row->hidden && report->shape == REPORT_RATIO)
    failed |= json_object_set_new(out, "of", json_integer(row->of));
  if (failed == 0) return out;
  json_decref(out);
  return NULL;
}

json_t *report_table_json(const struct report_ask *ask, struct slice period, const struct report_table *t) {
  char from[date_text_bytes], to[date_text_bytes], entries[date_text_bytes];
  struct report_row total = t->total;
  json_t *rows = json_array();
  total.name = slice_text("All");
  date_text(from, ask->from);
  date_text(to, ask->to);
  date_text(entries, ask->entries);
  for (size_t i = 0; i < t->count; i++)
    if (json_array_append_new(rows, row_json(&reports[ask->report], &t->rows[i])) != 0) {
      json_decref(rows);
      return NULL;
    }
  return json_pack("{s:s, s:s, s:o, s:s, s:s, s:b, s:o, s:o, s:s*}", "report", reports[ask->report].name,
                   "by", report_by_word(ask->by), "period", shape_text(period), "from", from, "to", to,
                   "rounded", t->rounded, "total", row_json(&reports[ask->report], &total), "rows", rows,
                   "entries_from", report_lacks_entries(ask) ? entries : NULL);
}
