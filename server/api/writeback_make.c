/* writeback_make.c: writes the rows that are new or different since the run before. What was sent is known by
 * a hash of each row as it was written, so that whatever changes a row sends it again: a mark, a notice that
 * explains it, a register that closes, a name, or a column of the mapping. */
#include "server/api/writeback_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { hash_kept_bytes = 8, entry_bytes = id_bytes + hash_kept_bytes };

#define FIELD(name, title, in) {#name, title, in},
const struct writeback_field_info writeback_fields[FIELD_END] = {
#include "server/api/writeback.def"
};
const char *const writeback_dates_words[DATES_END] = {[DATES_ISO] = "2026-11-21",
                                                      [DATES_UK] = "21/11/2026",
                                                      [DATES_DOTS] = "21.11.2026",
                                                      [DATES_COMPACT] = "20261121"};

/* ---- one row ---- */

struct making {
  const struct writeback_settings *w;
  struct writeback_made *out;
  struct slice before;
  struct sheet *sheet;
  struct buf children;
  size_t known; /* rows that were sent before and are still there */
  err failed;
};
enum { scratch_bytes = 24, scratches = 6 };
struct cells {
  struct slice at[FIELD_END];
  char scratch[scratches][scratch_bytes];
  char id[id_text_bytes];
};

static struct slice date_cell(char out[scratch_bytes], int32_t days, enum writeback_dates dates) {
  struct date d = date_from_days(days);
  switch (dates) {
  case DATES_UK: (void)snprintf(out, scratch_bytes, "%02d/%02d/%04d", d.day, d.month, d.year); break;
  case DATES_DOTS: (void)snprintf(out, scratch_bytes, "%02d.%02d.%04d", d.day, d.month, d.year); break;
  case DATES_COMPACT: (void)snprintf(out, scratch_bytes, "%04d%02d%02d", d.year, d.month, d.day); break;
  default: (void)snprintf(out, scratch_bytes, "%04d-%02d-%02d", d.year, d.month, d.day);
  }
  return slice_text(out);
}

static struct slice minute_cell(char out[scratch_bytes], int32_t minute) {
  if (minute < 0) return slice_of(NULL, 0);
  (void)snprintf(out, scratch_bytes, "%02d:%02d", minute / 60 % 24, minute % 60);
  return slice_text(out);
}

static struct slice label(const char *vocabulary, int number) {
  const char *text = number ? schema_enum_label(schema_enum(vocabulary), number) : NULL;
  return text ? slice_text(text) : slice_of(NULL, 0);
}

static void hash_row(uint8_t out[hash_bytes], const struct making *m, const struct cells *cells) {
  struct slice parts[writeback_columns_max];
  for (size_t i = 0; i < m->w->column_count; i++) parts[i] = cells->at[m->w->columns[i].field];
  crypto_hash(out, "tutti.writeback", parts, m->w->column_count);
}

static int compare_entry(const void *a, const void *b) { return memcmp(a, b, id_bytes); }

/* What was sent of that row before, or NULL. */
static const uint8_t *sent_before(const struct making *m, const struct id *key) {
  if (m->before.len == 0) return NULL;
  return bsearch(key->b, m->before.ptr, m->before.len / entry_bytes, entry_bytes, compare_entry);
}

static void write_row(struct making *m, const struct cells *cells, const struct id *child) {
  for (size_t i = 0; i < m->w->column_count; i++) sheet_text(m->sheet, cells->at[m->w->columns[i].field]);
  sheet_row(m->sheet);
  m->out->rows++;
  m->failed = buf_append(&m->children, slice_of(child->b, id_bytes));
}

static bool take_row(struct making *m, struct cells *cells, const struct id *key, const struct id *child) {
  uint8_t hash[hash_bytes];
  id_text(cells->id, key);
  cells->at[FIELD_row_id] = slice_text(cells->id);
  hash_row(hash, m, cells);
  const uint8_t *before = sent_before(m, key);
  bool same = before && memcmp(before + id_bytes, hash, hash_kept_bytes) == 0;
  m->known += before != NULL;
  m->out->fresh += before == NULL;
  m->out->changed += before && !same;
  if (!same) write_row(m, cells, child);
  if (m->failed == ERR_OK) m->failed = buf_append(&m->out->state, slice_of(key->b, id_bytes));
  if (m->failed == ERR_OK) m->failed = buf_append(&m->out->state, slice_of(hash, hash_kept_bytes));
  return m->failed == ERR_OK;
}

/* ---- attendance: marks of closed registers ---- */

static bool take_mark(void *ctx, const struct view_export_row *r) {
  struct making *m = ctx;
  const struct writeback_settings *w = m->w;
  struct cells c = {.at = {{NULL, 0}}};
  if (r->register_state != ENUM_register_state_closed) return true;
  if (r->session_status == ENUM_session_status_cancelled || r->code >= writeback_codes) return true;
  struct slice code = w->codes[r->code];
  c.at[FIELD_date] = date_cell(c.scratch[0], r->date, w->dates);
  c.at[FIELD_starts] = minute_cell(c.scratch[1], r->starts);
  c.at[FIELD_ends] = minute_cell(c.scratch[2], r->ends);
  c.at[FIELD_arrived] = minute_cell(c.scratch[3], r->arrived);
  c.at[FIELD_departed] = minute_cell(c.scratch[4], r->departed);
  c.at[FIELD_learner_ref] = r->learner_ref;
  c.at[FIELD_upn] = r->upn;
  c.at[FIELD_mis_id] = r->mis_id;
  c.at[FIELD_first_name] = r->first_name;
  c.at[FIELD_last_name] = r->last_name;
  c.at[FIELD_activity_ref] = r->activity_ref;
  c.at[FIELD_activity] = r->activity_name;
  c.at[FIELD_section] = r->section;
  c.at[FIELD_school_urn] = r->school_urn;
  c.at[FIELD_school] = r->school_name;
  c.at[FIELD_code] = code.len ? code : slice_text(schema_enum_word(schema_enum("mark_code"), r->code));
  c.at[FIELD_comment] = r->comment;
  c.at[FIELD_staff] = r->author_name;
  struct id keys[2] = {r->session, r->learner}, key;
  crypto_row_id(&key, TABLE_mark, keys, 2);
  return take_row(m, &c, &key, &r->learner);
}

/* ---- progress ---- */

static bool take_fact(void *ctx, const struct view_export_fact *f) {
  struct making *m = ctx;
  struct cells c = {.at = {{NULL, 0}}};
  if (f->pos) (void)snprintf(c.scratch[1], scratch_bytes, "%d", f->pos);
  c.at[FIELD_date] = date_cell(c.scratch[0], f->date, m->w->dates);
  c.at[FIELD_pos] = slice_text(c.scratch[1]);
  c.at[FIELD_kind] = label("progress_kind", f->kind);
  c.at[FIELD_stage] = label("stage", f->stage);
  c.at[FIELD_learner_ref] = f->learner_ref;
  c.at[FIELD_upn] = f->upn;
  c.at[FIELD_mis_id] = f->mis_id;
  c.at[FIELD_first_name] = f->first_name;
  c.at[FIELD_last_name] = f->last_name;
  c.at[FIELD_activity_ref] = f->activity_ref;
  c.at[FIELD_activity] = f->activity_name;
  c.at[FIELD_board] = f->board;
  c.at[FIELD_grade] = f->grade;
  c.at[FIELD_result] = f->result;
  c.at[FIELD_comment] = f->comment;
  c.at[FIELD_staff] = f->staff_name;
  return take_row(m, &c, &f->id, &f->learner);
}

/* ---- all of it ---- */

static int compare_ids(const void *a, const void *b) { return id_compare(a, b); }

static err keep_children(struct making *m, struct arena *a) {
  size_t count = m->children.len / id_bytes, kept = 0;
  struct id *list = arena_take(a, count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  if (count) bytes_copy(list, m->children.ptr, m->children.len);
  qsort(list, count, sizeof *list, compare_ids);
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || !id_equal(&list[i], &list[kept - 1])) list[kept++] = list[i];
  m->out->children = list;
  m->out->child_count = kept;
  return ERR_OK;
}

static err make_rows(struct making *m, struct store *store) {
  int32_t last = date_to_days((struct date){2199, 12, 31});
  for (size_t i = 0; i < m->w->column_count; i++) sheet_text(m->sheet, m->w->columns[i].heading);
  sheet_row(m->sheet);
  err e = m->w->what == IN_ATTENDANCE ? views_export_registers(store, m->w->from, last, take_mark, m)
                                      : views_export_facts(store, m->w->from, last, take_fact, m);
  return e == ERR_OK ? m->failed : e;
}

err writeback_make(struct writeback_made *out, const struct writeback_settings *w, struct slice before,
                   struct store *store, struct arena *a, const char *folder) {
  struct making m = {.w = w, .out = out, .before = before, .children = BUF_INIT(writeback_state_bytes_max)};
  *out = (struct writeback_made){.file = BUF_INIT(http_answer_bytes_max),
                                 .state = BUF_INIT(writeback_state_bytes_max)};
  TRY(sheet_open_styled(&m.sheet, w->format, w->what == IN_ATTENDANCE ? "Attendance" : "Progress", folder,
                        w->style));
  err made = make_rows(&m, store), closed = sheet_close(m.sheet, &out->file);
  err e = made != ERR_OK ? made : closed;
  if (e == ERR_OK) e = keep_children(&m, a);
  buf_finish(&m.children);
  out->gone = (uint32_t)(before.len / entry_bytes - m.known);
  if (out->state.len) qsort(out->state.ptr, out->state.len / entry_bytes, entry_bytes, compare_entry);
  return e;
}
