/* import_check.c: headings, references, duplicates and the few rules that join cells; row by row, all
 * mistakes in one go. */
#include "server/import/import_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/import/csv_table.h"
#include "server/import/import_cell.h"
#include "server/import/import_keys.h"
#include "server/import/import_names.h"
#include "server/import/import_rows.h"

void import_init(struct import *im, const struct hub *hub, struct store *store, int32_t today,
                 bool uk_dates) {
  *im = (struct import){.hub = hub,
                        .store = store,
                        .today = today,
                        .uk_dates = uk_dates,
                        .arena = ARENA_INIT(import_bytes_max)};
}

void import_finish(struct import *im) {
  arena_finish(&im->arena);
  free(im->ops);
  free(im->sources);
  free(im->errors);
  id_set_finish(&im->known);
  id_set_finish(&im->in_file);
  id_set_finish(&im->counted);
  id_set_finish(&im->gone);
  import_keys_finish(&im->keys);
  import_names_finish(&im->names);
}

/* Counts a mistake and keeps the first ones. Running out of memory here only shortens the list. */
void import_note(struct import *im, size_t row, const char *column, const char *text) {
  im->error_count++;
  if (im->errors == NULL) im->errors = calloc(csv_errors_shown_max, sizeof *im->errors);
  if (im->errors == NULL || im->error_count > csv_errors_shown_max) return;
  struct import_error *e = &im->errors[im->error_count - 1];
  *e = (struct import_error){.file = im->file->name, .row = row};
  snprintf(e->column, sizeof e->column, "%s", column);
  snprintf(e->text, sizeof e->text, "%s", text);
}

void import_say(struct import *im, size_t row, const char *column, const char *format, ...) {
  char text[import_message_bytes_max];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  import_note(im, row, column, text);
}

static const struct column *column_of(const struct import *im, const struct import_cell *cell) {
  const struct table *t = schema_table(cell->beside ? cell->beside : im->file->table);
  for (uint8_t i = 0; i < t->column_count; i++)
    if (strcmp(t->columns[i].name, cell->column_name) == 0) return &t->columns[i];
  ASSERT(!"import.def names a column the schema does not have");
  return NULL;
}

/* ---- headings ---- */

static bool heading_known(const struct import *im, struct slice heading) {
  for (const struct import_cell *c = im->file->cells; c->csv != NULL; c++)
    if (slice_equal(slice_text(c->csv), heading)) return true;
  return false;
}

static bool column_in(const struct import *im, size_t cell, const struct slice *headings, size_t k) {
  if (im->map) return k < im->map_count && im->map[k] == cell + 1;
  return slice_equal(slice_text(im->file->cells[cell].csv), headings[k]);
}

/* A KEY and a value of one name are one to a person: what is wrong with them is said once, at the first. */
static bool said_earlier(const struct import *im, size_t cell) {
  for (size_t i = 0; i < cell; i++) {
    const struct import_cell *c = &im->file->cells[i];
    if (c->required && strcmp(c->csv, im->file->cells[cell].csv) == 0) return true;
  }
  return false;
}

/* A KEY and a value of one name are one column, whichever of the two a map means. */
static bool same_column(const struct import *im, size_t cell, const struct slice *headings, size_t k) {
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++) {
    bool named = strcmp(im->file->cells[i].csv, im->file->cells[cell].csv) == 0;
    if (named && column_in(im, i, headings, k)) return true;
  }
  return false;
}

static err read_header(void *ctx, const struct slice *cells, size_t count) {
  struct import *im = ctx;
  size_t before = im->error_count, row = im->taken.heading_row;
  im->heading_count = count;
  if (im->see) TRY(im->see(im->see_ctx, row, cells, count));
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++) {
    const struct import_cell *c = &im->file->cells[i];
    im->position[i] = -1;
    for (size_t k = 0; k < count; k++) {
      if (!same_column(im, i, cells, k)) continue;
      if (im->position[i] >= 0 && !said_earlier(im, i))
        import_say(im, row, c->csv, "stands twice in the heading");
      im->position[i] = (int)k;
    }
  }
  import_rows_beside(im);
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++) {
    const struct import_cell *c = &im->file->cells[i];
    bool needed = c->required && !(c->key && import_keys_named(im));
    if (im->position[i] < 0 && needed && !said_earlier(im, i))
      import_say(im, row, c->csv, "is missing from the heading");
  }
  for (size_t k = 0; k < count && !im->map; k++)
    if (!heading_known(im, cells[k]))
      import_say(im, row, "", "column %zu has a heading that %s.csv does not use", k + 1, im->file->name);
  return im->error_count > before ? ERR_INVALID : ERR_OK;
}

/* ---- rows ---- */

struct slice import_cell_at(const struct import *im, const struct row_in_progress *r, size_t cell) {
  return im->position[cell] < 0 ? (struct slice){NULL, 0} : r->cells[im->position[cell]];
}

static bool number_is(const struct value *v, int64_t number) {
  return v->kind == VALUE_INT && v->i == number;
}

static err note_gone(struct import *im, const struct table *t, const struct id *id,
                     const struct value *values) {
  size_t earlier;
  bool gone = t->id == TABLE_staff && number_is(&values[COL(staff, status)], ENUM_staff_status_left);
  return gone ? id_set_add(&im->gone, id, 1, &earlier) : ERR_OK;
}

err import_known(struct import *im, const char *kind, const struct id *id, bool *out) {
  *out = id_set_has(&im->known, id);
  if (*out) return ERR_OK;
  uint8_t table = 0;
  for (size_t i = 0; i < import_file_count; i++)
    if (strcmp(import_files[i].kind, kind) == 0) table = import_files[i].table;
  struct arena a = ARENA_INIT(1 << 20);
  struct row row = {0};
  err e = im->store->ops->load_row(im->store, schema_table(table), id, &a, &row);
  *out = e == ERR_OK && row.exists;
  if (*out) e = note_gone(im, row.table, id, row.values);
  arena_finish(&a);
  size_t earlier;
  if (*out && e == ERR_OK) e = id_set_add(&im->known, id, 1, &earlier);
  return e;
}

/* Lists that people make have the name of a school, and not its number. */
static err by_name(struct import *im, struct row_in_progress *r, size_t cell, struct slice text,
                   struct id *out, bool *known) {
  const struct import_cell *c = &im->file->cells[cell];
  const struct import_name *name;
  TRY(import_names_find(im, c->of, text, &name));
  if (!name) return ERR_OK;
  if (name->several) {
    *known = true;
    import_say(im, r->number, c->csv, "is the name of several: give the reference");
    return ERR_OK;
  }
  *out = name->row;
  r->named[cell] = name->reference;
  return import_known(im, c->of, out, known);
}

static err reference(struct import *im, struct row_in_progress *r, size_t cell, struct slice text,
                     struct value *out) {
  const struct import_cell *c = &im->file->cells[cell];
  struct id id;
  bool known;
  crypto_import_id(&id, &im->hub->id, c->of, text);
  TRY(import_known(im, c->of, &id, &known));
  bool learner = strcmp(c->of, "learner") == 0;
  if (!known && learner) TRY(import_keys_owner(im, text, &id, &known));
  if (!known && !learner) TRY(by_name(im, r, cell, text, &id, &known));
  if (!known && learner && im->keys.several_schools)
    import_say(
        im, r->number, c->csv,
        "no learner with this reference or UPN is in the hub or in this import, and several schools have "
        "numbers of their own");
  else if (!known)
    import_say(im, r->number, c->csv, "no %s with this reference%s is in the hub or in this import", c->of,
               import_names_have(c->of) ? " or name" : "");
  *out = value_id(&id);
  return ERR_OK;
}

static err read_cells(struct import *im, struct row_in_progress *r) {
  import_keys_take(im, r);
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++) {
    const struct import_cell *c = &im->file->cells[i];
    struct slice text = import_cell_at(im, r, i);
    bool needed = c->required && !(c->key && import_keys_given(r));
    if (needed && text.len == 0 && !said_earlier(im, i)) import_say(im, r->number, c->csv, "is empty");
    if (c->key || c->beside || c->whole_name || im->position[i] < 0) continue;
    const struct column *column = column_of(im, c);
    size_t index = (size_t)(column - r->op.table->columns);
    struct fault fault = {0};
    if (strcmp(c->csv, "phone") == 0 && text.len > 0) TRY(import_telephone(&text, &im->arena));
    if (c->of != NULL && text.len > 0)
      TRY(reference(im, r, i, text, &r->op.values[index]));
    else {
      err e = import_cell(&r->op.values[index], r->op.table, column, text, im->uk_dates, &fault);
      if (e != ERR_OK) import_say(im, r->number, c->csv, "%s", fault.text);
      if (e == ERR_CONFLICT) im->ambiguous++;
    }
    r->given |= 1u << index;
  }
  return ERR_OK;
}

/* A day is the same however it is written: 2026-09-01, and 01/09/2026 where that is asked for. */
static struct slice key_part(const struct import *im, const struct row_in_progress *r, size_t key,
                             char day[date_text_bytes]) {
  for (size_t i = key + 1; im->file->cells[i].csv != NULL; i++) {
    const struct import_cell *c = &im->file->cells[i];
    if (c->key || strcmp(c->csv, im->file->cells[key].csv) != 0) continue;
    if (r->named[i].len) return r->named[i];
    if (c->of) continue;
    const struct column *column = column_of(im, c);
    const struct value *v = &r->op.values[column - r->op.table->columns];
    if (column->type != TYPE_DATE || v->kind != VALUE_INT) break;
    date_text(day, (int32_t)v->i);
    return slice_text(day);
  }
  return import_cell_at(im, r, key);
}

/* What does not fit is left out. */
static size_t put(uint8_t text[import_reference_bytes_max], size_t len, struct slice part) {
  size_t room = import_reference_bytes_max - len, n = part.len < room ? part.len : room;
  if (n) bytes_copy(text + len, part.ptr, n);
  return len + n;
}

/* By what the list calls it; zero for a row without any name. */
static void reference_id(const struct import *im, const struct row_in_progress *r, struct id *out) {
  const struct table *t = r->op.table;
  if (im->file->kind[0] == 0) {
    struct id keys[sizeof t->key_columns];
    for (uint8_t k = 0; k < t->key_count; k++) keys[k] = r->op.values[t->key_columns[k]].id;
    crypto_row_id(out, t->id, keys, t->key_count);
    return;
  }
  uint8_t text[import_reference_bytes_max];
  char day[date_text_bytes];
  size_t len = 0;
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++) {
    if (!im->file->cells[i].key) continue;
    /* The same heading may stand under a value cell too: both have the same position. */
    if (len) len = put(text, len, slice_text("|"));
    len = put(text, len, key_part(im, r, i, day));
  }
  *out = (struct id){{0}};
  if (len) crypto_import_id(out, &im->hub->id, im->file->kind, slice_of(text, len));
}

/* Our own reference before a number of another system. */
static err row_id(struct import *im, struct row_in_progress *r) {
  struct id reference;
  reference_id(im, r, &reference);
  r->op.row = reference;
  if (im->file->table != TABLE_learner) return ERR_OK;
  err e = import_keys_match(im, r, &reference, &r->op.row);
  if (e != ERR_NOT_FOUND) return e;
  return id_is_zero(&reference) ? import_keys_call(im, r) : ERR_OK;
}

/* Units are whole: columns the file does not give keep what the hub holds. New rows get unit 0 and the values
 * a new row needs. */
static void fill_units(struct row_in_progress *r) {
  const struct table *t = r->op.table;
  for (uint8_t i = 0; i < t->column_count; i++)
    if ((r->given >> i & 1) != 0 && (t->columns[i].unit != 0 || !r->stored.exists || t->key_count > 0))
      r->op.units |= 1u << t->columns[i].unit;
  for (uint8_t i = 0; i < t->column_count; i++)
    if ((r->given >> i & 1) == 0 && (r->op.units >> t->columns[i].unit & 1) != 0)
      r->op.values[i] = r->stored.values[i];
}

static void set_new(struct row_in_progress *r, size_t column, int64_t value) {
  const struct value *v = &r->op.values[column];
  if (v->kind == VALUE_NULL) r->op.values[column] = value_int(value);
  r->op.units |= 1u << r->op.table->columns[column].unit;
}

/* Who stands in a list is there: what was taken out of use comes back, where the list does not say otherwise.
 */
static void back_in_use(struct row_in_progress *r, size_t column, bool out, struct value in) {
  if (!out || (r->given >> column & 1)) return;
  uint32_t unit = 1u << r->op.table->columns[column].unit;
  for (uint8_t i = 0; i < r->op.table->column_count; i++) {
    bool same = 1u << r->op.table->columns[i].unit == unit && (r->op.units & unit) == 0;
    if (same) r->op.values[i] = r->stored.values[i];
  }
  r->op.units |= unit;
  r->op.values[column] = in;
}

static bool never_began(const struct row *row, size_t starts, size_t ends) {
  const struct value *a = &row->values[starts], *b = &row->values[ends];
  return a->kind == VALUE_INT && b->kind == VALUE_INT && b->i <= a->i;
}

static void revive(const struct import *im, struct row_in_progress *r) {
  const struct row *row = &r->stored;
  if (!row->exists) return;
  switch (row->table->id) {
  case TABLE_learner:
    back_in_use(r, COL(learner, status),
                number_is(&row->values[COL(learner, status)], ENUM_learner_status_left),
                value_int(ENUM_learner_status_active));
    return;
  case TABLE_staff:
    back_in_use(r, COL(staff, status), number_is(&row->values[COL(staff, status)], ENUM_staff_status_left),
                value_int(ENUM_staff_status_active));
    return;
  case TABLE_activity: {
    const struct value *ends = &row->values[COL(activity, ends)];
    back_in_use(r, COL(activity, ends), ends->kind == VALUE_INT && ends->i <= im->today, value_null());
    return;
  }
  case TABLE_grant_:
    back_in_use(r, COL(grant_, ends), never_began(row, COL(grant_, starts), COL(grant_, ends)), value_null());
    return;
  case TABLE_enrolment:
  case TABLE_contact:
  case TABLE_need:
  case TABLE_absence_notice:
  case TABLE_closure:
  case TABLE_term:
  case TABLE_partner:
  case TABLE_agreement:
  case TABLE_survey:
  case TABLE_instrument:
  case TABLE_instrument_loan:
  case TABLE_population:
  case TABLE_session:
    back_in_use(r, (size_t)row_removed_column(row->table), row_removed(row), value_int(0));
    return;
  default: return;
  }
}

static void defaults(struct row_in_progress *r) {
  if (r->stored.exists) return;
  switch (r->op.table->id) {
  case TABLE_learner: set_new(r, COL(learner, status), ENUM_learner_status_active); return;
  case TABLE_staff: set_new(r, COL(staff, status), ENUM_staff_status_active); return;
  case TABLE_session:
    set_new(r, COL(session, status), ENUM_session_status_scheduled);
    set_new(r, COL(session, adhoc), 0);
    return;
  default: return;
  }
}

/* What the door shows beside the first name: it follows from the last name, and goes with it. */
static void initial(struct row_in_progress *r) {
  if (r->op.table->id != TABLE_learner || (r->given >> COL(learner, last_name) & 1) == 0) return;
  const struct value *last = &r->op.values[COL(learner, last_name)];
  r->given |= 1u << COL(learner, initial);
  if (last->kind != VALUE_TEXT) return;
  size_t len = 1;
  while (len < last->text.len && (last->text.ptr[len] & 0xc0) == 0x80) len++;
  r->op.values[COL(learner, initial)] = value_text(slice_of(last->text.ptr, len));
}

/* What is older than what the hub holds of a learner changes nothing. */
static void keep_newer(struct row_in_progress *r) {
  if (r->op.table->id != TABLE_inclusion || !r->stored.exists) return;
  const struct value *given = &r->op.values[COL(inclusion, as_at)],
                     *held = &r->stored.values[COL(inclusion, as_at)];
  if (held->kind != VALUE_INT || held->i <= given->i) return;
  for (uint8_t i = 0; i < r->op.table->column_count; i++) r->op.values[i] = r->stored.values[i];
}

static void with_somebody(struct import *im, const struct row_in_progress *r, size_t partner, size_t school) {
  bool with_partner = r->op.values[partner].kind == VALUE_ID,
       with_school = r->op.values[school].kind == VALUE_ID;
  if (with_partner == with_school)
    import_say(im, r->number, "partner_ref", "name a partner or a school, and not both");
}

static void in_the_past(struct import *im, const struct row_in_progress *r, size_t column,
                        const char *heading) {
  const struct value *v = &r->op.values[column];
  if (v->kind == VALUE_INT && v->i > im->today) import_say(im, r->number, heading, "lies in the future");
}

static void in_order(struct import *im, const struct row_in_progress *r, size_t from, size_t to,
                     const char *heading, bool may_be_equal) {
  const struct value *a = &r->op.values[from], *b = &r->op.values[to];
  if (a->kind != VALUE_INT || b->kind != VALUE_INT) return;
  if (b->i < a->i || (b->i == a->i && !may_be_equal))
    import_say(im, r->number, heading, "comes before it starts");
}

/* What is over may stand in a list. */
static void check_holder(struct import *im, const struct row_in_progress *r) {
  const struct value *staff = &r->op.values[COL(grant_, staff)], *ends = &r->op.values[COL(grant_, ends)];
  bool over = ends->kind == VALUE_INT && ends->i <= im->today;
  if (!over && staff->kind == VALUE_ID && id_set_has(&im->gone, &staff->id))
    import_say(im, r->number, "staff_ref", "has left: list them in staff.csv again, or end the grant");
}

static void check_upn(struct import *im, const struct row_in_progress *r) {
  const struct value *ref = &r->op.values[COL(learner, ref)];
  if (ref->kind == VALUE_TEXT && upn_is_shaped(ref->text) && !upn_is_right(ref->text))
    import_say(im, r->number, "ref", "looks like a UPN, but its first letter does not fit its digits");
}

static void rules(struct import *im, const struct row_in_progress *r) {
  switch (r->op.table->id) {
  case TABLE_term: in_order(im, r, COL(term, starts), COL(term, ends), "ends", false); return;
  case TABLE_closure: in_order(im, r, COL(closure, starts), COL(closure, ends), "ends", true); return;
  case TABLE_enrolment: in_order(im, r, COL(enrolment, starts), COL(enrolment, ends), "ends", true); return;
  case TABLE_grant_:
    in_order(im, r, COL(grant_, starts), COL(grant_, ends), "ends", true);
    check_holder(im, r);
    return;
  case TABLE_session: in_order(im, r, COL(session, starts), COL(session, ends), "ends", false); return;
  case TABLE_contract: in_order(im, r, COL(contract, starts), COL(contract, ends), "ends", true); return;
  case TABLE_agreement:
    with_somebody(im, r, COL(agreement, partner), COL(agreement, school));
    in_order(im, r, COL(agreement, starts), COL(agreement, ends), "ends", true);
    return;
  case TABLE_survey: with_somebody(im, r, COL(survey, partner), COL(survey, school)); return;
  case TABLE_inclusion: in_the_past(im, r, COL(inclusion, as_at), "as_at"); return;
  case TABLE_population: in_the_past(im, r, COL(population, as_at), "as_at"); return;
  case TABLE_learner: {
    const struct value *dob = &r->op.values[COL(learner, dob)];
    if (dob->kind == VALUE_INT && dob->i >= im->today) import_say(im, r->number, "dob", "is not in the past");
    check_upn(im, r);
    return;
  }
  default: return;
  }
}

/* What a row without a natural key says of other rows is said once: a list that says another would pass for
 * unchanged. */
static void what_is_once(struct import *im, const struct row_in_progress *r) {
  const struct table *t = r->op.table;
  if (!r->stored.exists || t->key_count > 0) return;
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++) {
    const struct import_cell *c = &im->file->cells[i];
    if (c->of == NULL || im->position[i] < 0) continue;
    const struct column *column = column_of(im, c);
    size_t index = (size_t)(column - t->columns);
    if (column->unit != 0 || value_equal(&r->op.values[index], &r->stored.values[index])) continue;
    import_say(
        im, r->number, c->csv,
        "is not the one that the hub has in this row, and cannot be changed: leave the row out, and say it "
        "at the office");
  }
}

static err room_for_op(struct import *im) {
  if (im->op_count < im->op_cap) return ERR_OK;
  size_t cap = im->op_cap == 0 ? 4096 : im->op_cap * 2;
  struct op *ops = realloc(im->ops, cap * sizeof *ops);
  if (ops) im->ops = ops;
  struct import_source *sources = realloc(im->sources, cap * sizeof *sources);
  if (sources) im->sources = sources;
  if (!ops || !sources) return ERR_NO_MEMORY;
  im->op_cap = cap;
  return ERR_OK;
}

static err keep_op(struct import *im, const struct row_in_progress *r, bool beside) {
  TRY(room_for_op(im));
  im->sources[im->op_count] = (struct import_source){
      .number = r->number, .version = r->stored.exists ? r->stored.version : 0, .beside = beside};
  struct op *op = &im->ops[im->op_count];
  *op = r->op;
  for (uint8_t i = 0; i < op->table->column_count; i++)
    TRY(value_copy(&op->values[i], &im->arena, &r->op.values[i]));
  im->op_count++;
  return ERR_OK;
}

static err keep_numbers(struct import *im, const struct row_in_progress *r, struct arena *a) {
  struct row_in_progress numbers;
  if (!import_keys_given(r)) return ERR_OK;
  TRY(import_keys_row(im, r, a, &numbers));
  return numbers.op.units ? keep_op(im, &numbers, true) : ERR_OK;
}

static err weigh_row(struct import *im, struct row_in_progress *r, struct arena *a) {
  TRY(im->store->ops->load_row(im->store, r->op.table, &r->op.row, a, &r->stored));
  initial(r);
  fill_units(r);
  defaults(r);
  revive(im, r);
  rules(im, r);
  what_is_once(im, r);
  keep_newer(r);
  TRY(note_gone(im, r->op.table, &r->op.row, r->op.values));
  TRY(keep_op(im, r, false));
  return keep_numbers(im, r, a);
}

static err finish_row(struct import *im, struct row_in_progress *r) {
  size_t earlier, before = im->error_count;
  TRY(row_id(im, r));
  if (im->error_count > before) return ERR_OK;
  TRY(id_set_add(&im->in_file, &r->op.row, r->number, &earlier));
  if (earlier != 0) {
    const char *what = import_keys_given(r) ? "is of the same learner" : "has the same reference";
    import_say(im, r->number, "", "row %zu %s already", earlier, what);
    return ERR_OK;
  }
  if (im->file->kind[0] != 0) TRY(id_set_add(&im->known, &r->op.row, r->number, &earlier));
  struct arena a = ARENA_INIT(1 << 20);
  err e = weigh_row(im, r, &a);
  arena_finish(&a);
  return e;
}

static err read_row(void *ctx, size_t number, const struct slice *cells, size_t count) {
  struct import *im = ctx;
  struct slice own[import_row_cells_max];
  if (im->see) TRY(im->see(im->see_ctx, number, cells, count));
  if (import_rows_beneath(im, number, cells, count)) return ERR_OK;
  if (import_rows_ragged(im, cells, count)) {
    import_say(im, number, "", "has %zu cells, the heading has %zu", count, im->heading_count);
    return ERR_OK;
  }
  if (im->told && im->file_rows % import_told_rows == 0)
    im->told(im->told_ctx, im->file_rows, im->taken.lines);
  im->file_rows++;
  TRY(import_rows_take(im, own, cells, count));
  struct row_in_progress r = {.number = number, .cells = own, .op = {.table = schema_table(im->file->table)}};
  size_t before = im->error_count;
  TRY(read_cells(im, &r));
  return im->error_count > before ? ERR_OK : finish_row(im, &r);
}

err import_read(struct import *im, const struct import_file *file, const char *path, struct fault *fault) {
  im->file = file;
  im->file_rows = im->beneath_count = 0;
  id_set_clear(&im->in_file);
  id_set_clear(&im->counted);
  size_t before = im->error_count, first = im->op_count;
  struct fault reading = {0};
  im->taken = (struct csv_taken){.delimiter = 0};
  err e = im->store->ops->begin_read(im->store); /* every row is compared with one state of the hub */
  if (e == ERR_OK) e = csv_table_read(&im->taken, path, read_header, read_row, im, &reading);
  if (e == ERR_OK) e = import_loans_check(im, first);
  im->store->ops->rollback(im->store);
  if (e == ERR_OK) return ERR_OK;
  if (im->error_count > before && reading.text[0] == 0)
    return ERR_OK; /* a heading's mistakes are noted already */
  if (e != ERR_MALFORMED && e != ERR_TOO_BIG && e != ERR_INVALID) {
    if (fault != NULL && reading.text[0] != 0) *fault = reading;
    return fault != NULL && fault->text[0] != 0 ? e : fault_set(fault, e, "%s: %s", file->name, err_text(e));
  }
  import_say(im, 0, "", "%s", reading.text[0] != 0 ? reading.text : err_text(e));
  return ERR_OK;
}
