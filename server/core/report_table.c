/* report_table.c: the reports' names, and one table of a report from the lines the store added up. */
#include <stdlib.h>

#include "server/core/plan.h"

#define RATE      REPORT_RATE
#define NUMBER    REPORT_NUMBER
#define MIDDLE    REPORT_MIDDLE
#define RATIO     REPORT_RATIO
#define MARKS     OF_MARKS
#define REGISTERS OF_REGISTERS
#define LESSONS   OF_LESSONS
#define LEARNERS  OF_LEARNERS
#define GROUPS    OF_GROUPS
#define SCHOOLS   OF_SCHOOLS
#define INCLUSION OF_INCLUSION
#define PEOPLE    OF_PEOPLE
#define PARTNERS  OF_PARTNERS
#define CASES     OF_CASES
#define PLAN      OF_PLAN
#define REPORT(name, title, shape, whose, by, part, whole, sentence)                                         \
  {#name, title, shape, whose, by, part, whole, sentence},
const struct report reports[REPORT_END] = {
#include "server/core/reports.def"
};
#undef REPORT

#define REPORT(name, title, shape, whose, by, part, whole, sentence)
#define FUNCTION(name, title) {#name, title},
const struct report_function_name report_functions[FUNCTION_END] = {
#include "server/core/reports.def"
};
#undef REPORT

/* The file once more, line by line: a report stands below its function. */
enum report_function report_function(enum report_id report) {
  static const struct {
    int function, report;
  } lines[] = {
#define REPORT(name, title, shape, whose, by, part, whole, sentence) {FUNCTION_END, REPORT_##name},
#define FUNCTION(name, title)                                        {FUNCTION_##name, REPORT_END},
#include "server/core/reports.def"
#undef REPORT
  };
  enum report_function in = FUNCTION_END;
  for (size_t i = 0; lines[i].report != (int)report; i++)
    if (lines[i].function != FUNCTION_END) in = (enum report_function)lines[i].function;
  return in;
}

const char *report_beside(const struct report *r) {
  static const char *const titles[REPORT_END] = {
#define REPORT(name, title, shape, whose, by, part, whole, sentence)
#define BESIDE(name, title) [REPORT_##name] = title,
#include "server/core/reports.def"
#undef REPORT
  };
  return titles[r - reports];
}

const struct report *report_named(struct slice name) {
  for (size_t i = 0; i < REPORT_END; i++)
    if (slice_equal(name, slice_text(reports[i].name))) return &reports[i];
  return NULL;
}

bool report_of_children(const struct report *r) {
  return r->whose == OF_MARKS || r->whose == OF_LEARNERS || r->whose == OF_CASES ||
         r->whose == OF_INCLUSION || r->whose == OF_PEOPLE;
}

/* Who moved up is looked for in the school year before, and who stayed long in all of them. */
bool report_lacks_entries(const struct report_ask *ask) {
  const struct report *r = &reports[ask->report];
  if (!report_of_children(r) || r->whose == OF_CASES || ask->report == REPORT_progression) return false;
  if (ask->report == REPORT_longevity) return ask->entries > 0;
  bool before = ask->report == REPORT_moving_up || ask->report == REPORT_continuation;
  return (before ? ask->from - 365 : ask->from) < ask->entries;
}

static const char *const by_words[BY_END] = {"hub",   "term",  "area",    "school", "activity", "kind",
                                             "phase", "stage", "partner", "people", "line"};
const char *report_by_word(enum report_by by) { return by_words[by]; }
enum report_by report_by_named(struct slice word) {
  for (int by = 0; by < BY_END; by++)
    if (slice_equal(word, slice_text(by_words[by]))) return (enum report_by)by;
  return BY_END;
}

/* ---- rows in the making ---- */

enum { cell_part, cell_rest, cell_people, cell_near, cells_each = cell_near + report_near_max };
struct making {
  const struct report_ask *ask;
  const struct report_table *hub;
  const struct report_line *lines;
  const struct report_place *places;
  size_t line_count, place_count;
  struct arena *arena;
  int32_t spans[report_spans_max];
  size_t span_count;
  struct report_row *rows;
  size_t *areas;  /* of each row, an index into `area` */
  int64_t *cells; /* rows × columns */
  bool *hidden;
  size_t count, columns;
  struct report_row *area;
  int64_t *area_cells;
  bool *area_hidden;
  size_t area_count;
};

/* Groups of people are told apart by kind, in the hub or in an area. */
static bool of_people(const struct making *m) { return reports[m->ask->report].whose == OF_PEOPLE; }

static bool by_place(const struct making *m) {
  return m->ask->by != BY_TERM && m->ask->by != BY_KIND && m->ask->by != BY_PHASE && m->ask->by != BY_LINE &&
         !of_people(m);
}

static err find_spans(struct making *m) {
  for (size_t i = 0; i < m->line_count; i++) {
    size_t at = 0;
    while (at < m->span_count && m->spans[at] != m->lines[i].span) at++;
    if (at < m->span_count) continue;
    if (at == report_spans_max) return ERR_TOO_BIG;
    m->spans[m->span_count++] = m->lines[i].span;
  }
  return ERR_OK;
}

static size_t span_index(const struct making *m, int32_t span) {
  size_t at = 0;
  while (m->spans[at] != span) at++;
  return at;
}

static int compare_id(const void *key, const void *place) {
  return id_compare(key, &((const struct report_place *)place)->id);
}

static struct slice kind_name(int32_t kind, struct arena *a) {
  const char *mode = schema_enum_label(schema_enum("mode"), report_kind_mode(kind));
  const char *setting = schema_enum_label(schema_enum("setting"), report_kind_setting(kind));
  struct buf text = BUF_INIT(200);
  err e = buf_printf(&text, "%s%s%s", mode ? mode : "Other", setting ? ", " : "", setting ? setting : "");
  struct slice out = e == ERR_OK ? arena_copy(a, buf_slice(&text)) : slice_of(NULL, 0);
  buf_finish(&text);
  return out;
}

static struct slice span_name(int32_t span, struct arena *a) {
  char text[date_text_bytes];
  date_text(text, span);
  return arena_copy(a, slice_text(text));
}

static const char *nowhere(enum report_by by) {
  return by == BY_ACTIVITY ? "Unnamed" : by == BY_PARTNER ? "No partner" : "No school";
}

static void name_row(struct making *m, struct report_row *row, const struct report_line *line) {
  const struct report_place *place = NULL;
  if (by_place(m) && m->place_count)
    place = bsearch(&line->key, m->places, m->place_count, sizeof *m->places, compare_id);
  row->id = line->key;
  if (place) {
    row->name = place->name;
    row->area = place->area;
  } else if (m->ask->by == BY_KIND) {
    row->name = kind_name(line->kind, m->arena);
  } else if (m->ask->by == BY_PHASE) {
    const char *phase = schema_enum_label(schema_enum("phase"), line->kind);
    row->name = slice_text(phase ? phase : "No phase");
  } else if (m->ask->by == BY_STAGE) {
    const char *stage = schema_enum_label(schema_enum("stage"), line->kind);
    row->name = slice_text(stage ? stage : "Not known");
    row->order = stage ? line->kind : INT32_MAX;
  } else if (m->ask->by == BY_TERM) {
    row->name = span_name(line->span, m->arena);
  } else if (of_people(m)) {
    row->name = slice_text(schema_enum_label(schema_enum("people"), line->kind));
    row->area = line->area;
    row->order = line->kind;
  } else if (m->ask->by == BY_LINE) {
    row->name = slice_text(plan_lines[line->kind].title);
    row->area = slice_text(report_functions[plan_kinds[plan_lines[line->kind].kind].function].title);
    row->order = line->kind;
  } else {
    row->name = slice_text(nowhere(m->ask->by));
  }
}

static bool same_row(const struct making *m, const struct report_line *x, const struct report_line *y) {
  if (m->ask->by == BY_TERM) return x->span == y->span;
  return x->kind == y->kind && id_equal(&x->key, &y->key) && slice_equal(x->area, y->area);
}

static bool in_period(const struct making *m, const struct report_line *line) {
  return line->span == 0 || (line->span >= m->ask->from && line->span <= m->ask->to);
}

static void add(int64_t *cells, const struct report_line *line) {
  cells[cell_part] += line->part;
  cells[cell_rest] += line->whole - line->part;
  if (line->people > cells[cell_people]) cells[cell_people] = line->people;
  for (size_t i = 0; i < report_near_max; i++) cells[cell_near + i] += line->near[i];
}

static void add_to_row(struct report_row *row, const struct report_line *line) {
  row->part += line->part;
  row->whole += line->whole;
  row->beside += line->beside;
  row->of += line->of;
}

/* Lines come in the order of their rows, so a row is made when its first line is seen. */
static void gather(struct making *m) {
  for (size_t i = 0; i < m->line_count; i++) {
    const struct report_line *line = &m->lines[i];
    if (i == 0 || !same_row(m, line, line - 1)) name_row(m, &m->rows[m->count++], line);
    size_t row = m->count - 1, column = m->ask->by == BY_TERM ? 0 : span_index(m, line->span);
    add(&m->cells[row * m->columns + column * cells_each], line);
    if (in_period(m, line)) add_to_row(&m->rows[row], line);
  }
}

static size_t area_of(struct making *m, struct slice name) {
  size_t at = 0;
  while (at < m->area_count && !slice_equal(m->area[at].name, name)) at++;
  if (at == m->area_count) m->area[m->area_count++].name = name;
  return at;
}

static void gather_areas(struct making *m) {
  for (size_t r = 0; r < m->count; r++) {
    size_t at = m->areas[r] = area_of(m, of_people(m) ? m->rows[r].name : m->rows[r].area);
    add_to_row(&m->area[at], &(struct report_line){.part = m->rows[r].part,
                                                   .whole = m->rows[r].whole,
                                                   .beside = m->rows[r].beside,
                                                   .of = m->rows[r].of});
    for (size_t c = 0; c < m->columns; c++) {
      int64_t *sum = &m->area_cells[at * m->columns + c], one = m->cells[r * m->columns + c];
      *sum = c % cells_each == cell_people ? (one > *sum ? one : *sum) : *sum + one;
    }
  }
}

static err take(struct making *m) {
  size_t n = m->line_count + 1;
  m->columns = (m->span_count ? m->span_count : 1) * cells_each;
  m->rows = arena_take(m->arena, n, sizeof *m->rows);
  m->areas = arena_take(m->arena, n, sizeof *m->areas);
  m->cells = arena_take(m->arena, n * m->columns, sizeof *m->cells);
  m->hidden = arena_take(m->arena, n, sizeof *m->hidden);
  m->area = arena_take(m->arena, n, sizeof *m->area);
  m->area_cells = arena_take(m->arena, n * m->columns, sizeof *m->area_cells);
  m->area_hidden = arena_take(m->arena, n, sizeof *m->area_hidden);
  bool all = m->rows && m->areas && m->cells && m->hidden && m->area && m->area_cells && m->area_hidden;
  return all ? ERR_OK : ERR_NO_MEMORY;
}

/* Rows in which one learner may count twice add up to more than their sum. By how much is a number of
 * children too: it stands in the group as a row that is not shown. */
static void add_overlap(struct making *m) {
  int64_t *sum = m->area_cells, *over = &m->cells[m->count * m->columns], all[cells_each] = {0};
  add(all, &m->hub->sum);
  for (size_t c = 0; c < m->columns; c++) {
    over[c] = c == cell_people ? 0 : sum[c] - all[c];
    sum[c] = all[c];
  }
  m->areas[m->count++] = 0;
}

static bool rows_overlap(const struct making *m) {
  enum report_whose whose = reports[m->ask->report].whose;
  return m->hub && m->count && (whose == OF_LEARNERS || whose == OF_INCLUSION);
}

/* First the rows within their areas, then the areas within the hub: the sums of both are shown elsewhere. An
 * area that is hidden to cover another one takes its rows with it, or they would add up to it. */
static err hide(struct making *m, struct report_row *total) {
  size_t *one = arena_take(m->arena, m->area_count + 1, sizeof *one), count = m->count;
  if (!one) return ERR_NO_MEMORY;
  if (rows_overlap(m)) add_overlap(m);
  report_hide(m->hidden, m->area_hidden, m->cells, m->areas, m->count, m->columns, m->area_count);
  report_hide(m->area_hidden, &total->hidden, m->area_cells, one, m->area_count, m->columns, 1);
  m->count = count;
  for (size_t r = 0; r < m->count; r++) m->rows[r].hidden = m->hidden[r] || m->area_hidden[m->areas[r]];
  for (size_t g = 0; g < m->area_count; g++) m->area[g].hidden = m->area_hidden[g];
  return ERR_OK;
}

/* Groups of people, and lines, overlap and add up to nothing, so each is hidden for itself. */
static void hide_each(struct making *m) {
  for (size_t r = 0; r < m->count; r++) {
    if (m->ask->by == BY_LINE && !plan_lines[m->rows[r].order].children) continue;
    size_t group = 0;
    bool alone;
    report_hide(&m->rows[r].hidden, &alone, &m->cells[r * m->columns], &group, 1, m->columns, 1);
  }
}

/* A group's areas add up to its row of the whole hub, which is shown elsewhere. */
static void hide_areas_of_people(struct making *m, struct report_table *out) {
  report_hide(m->hidden, m->area_hidden, m->cells, m->areas, m->count, m->columns, m->area_count);
  for (size_t r = 0; r < m->count; r++) {
    bool open = m->area_hidden[m->areas[r]];
    m->rows[r].hidden = m->hidden[r] || open;
    if (open) out->open |= 1U << m->rows[r].order;
  }
}

static bool is_few(int64_t people) { return people > 0 && people < report_small; }

static int by_name(const void *a, const void *b) {
  const struct report_row *x = a, *y = b;
  if (x->order != y->order) return x->order < y->order ? -1 : 1;
  size_t len = x->name.len < y->name.len ? x->name.len : y->name.len;
  for (size_t i = 0; i < len; i++)
    if (x->name.ptr[i] != y->name.ptr[i]) return x->name.ptr[i] < y->name.ptr[i] ? -1 : 1;
  if (x->name.len != y->name.len) return x->name.len < y->name.len ? -1 : 1;
  return id_compare(&x->id, &y->id);
}

/* Lines of people come by group and area, and stay so. */
static void put_in_order(const struct making *m, struct report_table *out) {
  if (out->count > 1 && !of_people(m)) qsort(out->rows, out->count, sizeof *out->rows, by_name);
}

/* What is hidden leaves this function as nothing. */
static void blank(struct report_row *row) {
  if (row->hidden) row->part = row->whole = row->beside = row->of = 0;
}

/* A stage's row is its share of everybody. */
static void share_of(struct report_row *row, const struct report_row *total) {
  row->part = row->whole;
  row->whole = total->whole;
}

/* Rows that say nothing of the period are left out. */
static void finish(struct making *m, struct report_table *out) {
  bool areas = m->ask->by == BY_AREA && !of_people(m);
  struct report_row *from = areas ? m->area : m->rows;
  size_t count = areas ? m->area_count : m->ask->by == BY_HUB ? 0 : m->count;
  out->rows = from;
  for (size_t i = 0; i < count; i++) {
    if (from[i].whole == 0 && from[i].part == 0 && from[i].beside == 0) continue;
    out->rows[out->count] = from[i];
    if (m->ask->by == BY_STAGE) share_of(&out->rows[out->count], &out->total);
    struct slice *area = areas ? &out->rows[out->count].name : &out->rows[out->count].area;
    if (m->ask->by == BY_AREA && area->len == 0) *area = slice_text("No area");
    blank(&out->rows[out->count++]);
  }
  put_in_order(m, out);
  blank(&out->total);
}

static void add_up(struct making *m, struct report_table *out) {
  for (size_t i = 0; i < m->line_count; i++) {
    const struct report_line *line = &m->lines[i];
    if (!in_period(m, line)) continue;
    out->sum.part += line->part;
    out->sum.whole += line->whole;
    out->sum.beside += line->beside;
    for (size_t k = 0; k < report_near_max; k++) out->sum.near[k] += line->near[k];
  }
  if (!of_people(m) && m->ask->by != BY_LINE) add_to_row(&out->total, &out->sum);
}

/* A median of five children tells of none of them. */
static void hide_middles(struct making *m, struct report_table *out) {
  for (size_t r = 0; r < m->count; r++) m->rows[r].hidden = is_few(m->rows[r].whole);
  out->total.hidden = is_few(out->total.whole);
}

/* What the whole hub's table does not show must not be the sum of what this one does. */
static void take_total(struct making *m, struct report_table *out) {
  if (!m->hub) return;
  bool hidden = m->hub->total.hidden || out->total.hidden;
  for (size_t r = 0; r < m->count; r++) m->rows[r].hidden = m->rows[r].hidden || hidden;
  out->total = m->hub->total;
  out->total.hidden = hidden;
}

err report_table_make(struct report_table *out, const struct report_ask *ask, const struct report_line *lines,
                      size_t line_count, const struct report_place *places, size_t place_count, bool small,
                      const struct report_table *hub, struct arena *a) {
  struct making m = {.ask = ask,
                     .hub = hub,
                     .lines = lines,
                     .line_count = line_count,
                     .places = places,
                     .place_count = place_count,
                     .arena = a};
  const struct report *report = &reports[ask->report];
  *out = (struct report_table){.count = 0};
  TRY(find_spans(&m));
  TRY(take(&m));
  gather(&m);
  gather_areas(&m);
  add_up(&m, out);
  if (small && report->shape == REPORT_MIDDLE)
    hide_middles(&m, out);
  else if (small && of_people(&m) && ask->by == BY_AREA)
    hide_areas_of_people(&m, out);
  else if (small && (of_people(&m) || ask->by == BY_LINE))
    hide_each(&m);
  else if (small && report_of_children(report))
    TRY(hide(&m, &out->total));
  take_total(&m, out);
  finish(&m, out);
  return ERR_OK;
}

void report_table_agree(struct report_table *t, const struct report_table *other) {
  if (t->total.hidden || !other->total.hidden) return;
  t->total.hidden = true;
  blank(&t->total);
  for (size_t r = 0; r < t->count; r++) {
    t->rows[r].hidden = true;
    blank(&t->rows[r]);
  }
}

void report_people_agree(struct report_table *people, struct report_table *areas) {
  for (size_t i = 0; i < people->count; i++) {
    struct report_row *row = &people->rows[i];
    row->hidden = row->hidden || (areas->open >> row->order & 1);
    for (size_t k = 0; k < areas->count; k++) {
      if (areas->rows[k].order != row->order) continue;
      areas->rows[k].hidden = areas->rows[k].hidden || row->hidden;
      blank(&areas->rows[k]);
    }
    blank(row);
  }
}

/* From 0 to 4, and the same for all numbers of a row, so that no part is more than its whole. */
static int64_t offset_of(const struct report_row *row, enum report_by by, const uint8_t key[key_bytes]) {
  uint8_t hash[hash_bytes];
  bool has_id = !id_is_zero(&row->id);
  const struct slice parts[] = {slice_of(key, key_bytes), slice_text(report_by_word(by)),
                                has_id ? slice_of(row->id.b, id_bytes) : row->name,
                                has_id ? slice_of(NULL, 0) : row->area};
  crypto_hash(hash, "tutti.rounding", parts, sizeof parts / sizeof *parts);
  return (hash[0] << 8 | hash[1]) % report_small;
}

static void round_row(struct report_row *row, enum report_by by, const uint8_t key[key_bytes]) {
  int64_t *const counts[] = {&row->part, &row->whole, &row->beside}, offset = offset_of(row, by, key);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    *counts[i] = (*counts[i] + offset) / report_small * report_small;
}

/* Everybody is one number, however many rows say it. */
static void share_of_rounded(struct report_row *row, const struct report_row *total) {
  row->whole = total->whole;
  if (row->part > row->whole) row->part = row->whole;
}

/* Of lines only those that count children. */
static void round_lines(struct report_table *t, const uint8_t key[key_bytes]) {
  for (size_t r = 0; r < t->count; r++)
    if (plan_lines[t->rows[r].order].children) round_row(&t->rows[r], BY_LINE, key);
  t->rounded = true;
}

void report_table_round(struct report_table *t, const struct report_ask *ask, const uint8_t key[key_bytes]) {
  if (ask->by == BY_LINE) round_lines(t, key);
  if (!report_of_children(&reports[ask->report]) || reports[ask->report].shape == REPORT_MIDDLE) return;
  round_row(&t->total, BY_HUB, key);
  for (size_t r = 0; r < t->count; r++) {
    struct report_row *row = &t->rows[r];
    round_row(row, ask->by, key);
    if (ask->by == BY_STAGE && !row->hidden) share_of_rounded(row, &t->total);
  }
  t->rounded = true;
}
