/* import_names.c: the names of what lists refer to, read once for a list that needs them. */
#include "server/import/import_names.h"

#include <stdlib.h>
#include <string.h>

#include "shared/base/fold.h"

enum { names_first_room = 256 };

struct kind {
  const char *name;
  uint8_t table;
  int by, or_by, reference; /* columns; -1: none */
};
static const struct kind kinds[] = {
    {"school", TABLE_school, COL(school, name), -1, COL(school, urn)},
    {"activity", TABLE_activity, COL(activity, name), -1, COL(activity, ref)},
    {"partner", TABLE_partner, COL(partner, name), -1, COL(partner, ref)},
    {"staff", TABLE_staff, COL(staff, name), COL(staff, email), -1},
};

static const struct kind *kind_of(const char *name) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
  return NULL;
}

bool import_names_have(const char *kind) { return kind_of(kind) != NULL; }

static struct slice text_of(const struct row *row, int column) {
  bool there = column >= 0 && row->values[column].kind == VALUE_TEXT;
  return there ? row->values[column].text : slice_of(NULL, 0);
}

/* Whoever has left and what is over give their names to others. */
static bool is_over(const struct import *im, const struct row *row) {
  const struct value *status = &row->values[COL(staff, status)], *ends = &row->values[COL(activity, ends)];
  switch (row->table->id) {
  case TABLE_staff: return status->kind == VALUE_INT && status->i == ENUM_staff_status_left;
  case TABLE_activity: return ends->kind == VALUE_INT && ends->i <= im->today;
  default: return row_removed(row);
  }
}

static err place_of(struct id *out, const struct import *im, const char *kind, struct slice text) {
  struct buf folded = BUF_INIT(text_bytes_max);
  err e = text_fold(&folded, text);
  if (e == ERR_OK) crypto_import_id(out, &im->hub->id, kind, buf_slice(&folded));
  buf_finish(&folded);
  return e;
}

static err room(struct import_names *n) {
  if (n->count < n->cap) return ERR_OK;
  size_t cap = n->cap ? 2 * n->cap : names_first_room;
  struct import_name *list = realloc(n->list, cap * sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  n->list = list;
  n->cap = cap;
  return ERR_OK;
}

/* What was entered at the office has no reference, or one that it was not made from. */
static err call_it(struct import *im, const struct kind *k, const struct row *row, struct slice *out) {
  struct slice reference = text_of(row, k->reference);
  char text[id_text_bytes];
  struct id made;
  crypto_import_id(&made, &im->hub->id, k->name, reference);
  if (!reference.len || !id_equal(&made, &row->id)) {
    id_text(text, &row->id);
    reference = slice_text(text);
  }
  *out = arena_copy(&im->arena, reference);
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}

static err add(struct import *im, const struct kind *k, const struct row *row, struct slice name) {
  struct import_names *n = &im->names;
  struct id place;
  size_t earlier;
  if (!name.len || name.len > import_reference_bytes_max) return ERR_OK;
  TRY(place_of(&place, im, k->name, name));
  TRY(room(n));
  TRY(id_set_add(&n->places, &place, n->count + 1, &earlier));
  if (earlier) {
    struct import_name *first = &n->list[earlier - 1];
    first->several = first->several || !id_equal(&first->row, &row->id);
    return ERR_OK;
  }
  struct import_name *one = &n->list[n->count++];
  *one = (struct import_name){.row = row->id};
  return call_it(im, k, row, &one->reference);
}

struct loading {
  struct import *im;
  const struct kind *kind;
};

static err see(void *ctx, const struct row *row) {
  const struct loading *l = ctx;
  if (is_over(l->im, row)) return ERR_OK;
  TRY(add(l->im, l->kind, row, text_of(row, l->kind->by)));
  return add(l->im, l->kind, row, text_of(row, l->kind->or_by));
}

static err load(struct import *im, const struct kind *k) {
  struct loading l = {im, k};
  uint32_t own = 1U << (k - kinds);
  if (im->names.loaded & own) return ERR_OK;
  struct arena a = ARENA_INIT(1 << 20);
  err e = im->store->ops->each_row(im->store, schema_table(k->table), &a, see, &l);
  arena_finish(&a);
  im->names.loaded |= own;
  return e;
}

err import_names_find(struct import *im, const char *kind, struct slice text,
                      const struct import_name **out) {
  const struct kind *k = kind_of(kind);
  struct id place;
  *out = NULL;
  if (!k || text.len > import_reference_bytes_max) return ERR_OK;
  TRY(load(im, k));
  TRY(place_of(&place, im, kind, text));
  size_t number = id_set_number(&im->names.places, &place);
  if (number) *out = &im->names.list[number - 1];
  return ERR_OK;
}

void import_names_finish(struct import_names *n) {
  id_set_finish(&n->places);
  free(n->list);
  *n = (struct import_names){.loaded = 0};
}

/* ---- a name in one column ---- */

static struct slice trimmed(struct slice text) {
  while (text.len && text.ptr[0] == ' ') text = slice_of(text.ptr + 1, text.len - 1);
  while (text.len && text.ptr[text.len - 1] == ' ') text.len--;
  return text;
}

void import_name_split(struct slice whole, struct slice *first, struct slice *last) {
  size_t at = 0;
  whole = trimmed(whole);
  *first = whole;
  *last = slice_of(NULL, 0);
  while (at < whole.len && whole.ptr[at] != ',') at++;
  bool comma = at < whole.len;
  if (!comma)
    while (at > 0 && whole.ptr[at - 1] != ' ') at--;
  if (at == 0) return;
  struct slice before = trimmed(slice_of(whole.ptr, at)), behind = slice_of(whole.ptr + at, whole.len - at);
  if (comma) behind = trimmed(slice_of(behind.ptr + 1, behind.len - 1));
  *first = comma ? behind : before;
  *last = comma ? before : behind;
}
