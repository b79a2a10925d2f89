/* import_rows.c: what spreadsheets make of a list: cells that nobody filled, totals beneath, names in one
 * column. */
#include "server/import/import_rows.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/import/import_keys.h"
#include "server/import/import_names.h"

/* ---- names ---- */

static int cell_named(const struct import *im, const char *csv) {
  for (int i = 0; im->file->cells[i].csv != NULL; i++)
    if (strcmp(im->file->cells[i].csv, csv) == 0) return i;
  return -1;
}

static int whole_name(const struct import *im) {
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++)
    if (im->file->cells[i].whole_name) return im->position[i];
  return -1;
}

/* Where they stand behind the cells of the file. */
enum { beside_first, beside_last, beside_number, beside_count };
_Static_assert(import_row_cells_max == csv_cells_max + beside_count, "room for them");

static void name_beside(struct import *im) {
  if (whole_name(im) < 0) return;
  int first = cell_named(im, "first_name"), last = cell_named(im, "last_name");
  if (im->position[first] >= 0 || im->position[last] >= 0) return;
  im->position[first] = (int)im->heading_count + beside_first;
  im->position[last] = (int)im->heading_count + beside_last;
}

/* ---- places in the order of the list ---- */

static const struct import_cell *counted(const struct import *im) {
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++)
    if (im->file->cells[i].counted_of) return &im->file->cells[i];
  return NULL;
}

static bool is_beside(const struct import *im, const char *csv) {
  return im->position[cell_named(im, csv)] == (int)im->heading_count + beside_number;
}

static void number_beside(struct import *im) {
  const struct import_cell *c = counted(im);
  if (c == NULL || im->position[cell_named(im, c->csv)] >= 0) return;
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++)
    if (strcmp(im->file->cells[i].csv, c->csv) == 0) im->position[i] = (int)im->heading_count + beside_number;
}

/* The first place that no row above has taken of those of one reference. */
static err count_row(struct import *im, struct slice of, struct slice *out) {
  size_t earlier = 1;
  char *text = arena_take(&im->arena, 8, 1);
  if (!text) return ERR_NO_MEMORY;
  for (unsigned n = 1; earlier && n <= csv_rows_of_one_max; n++) {
    struct slice parts[2] = {of, slice_of(&n, sizeof n)};
    struct id place;
    uint8_t hash[hash_bytes];
    crypto_hash(hash, "tutti.counted", parts, 2);
    bytes_copy(place.b, hash, id_bytes);
    TRY(id_set_add(&im->counted, &place, 1, &earlier));
    (void)snprintf(text, 8, "%u", n);
  }
  *out = slice_text(text);
  return ERR_OK;
}

/* ---- all of it ---- */

void import_rows_beside(struct import *im) {
  name_beside(im);
  number_beside(im);
}

err import_rows_take(struct import *im, struct slice own[import_row_cells_max], const struct slice *cells,
                     size_t count) {
  const struct import_cell *c = counted(im);
  struct slice *beside = own + im->heading_count;
  int name = whole_name(im);
  for (size_t k = 0; k < im->heading_count; k++) own[k] = k < count ? cells[k] : slice_of(NULL, 0);
  for (size_t k = 0; k < beside_count; k++) beside[k] = slice_of(NULL, 0);
  if (name >= 0) import_name_split(own[name], &beside[beside_first], &beside[beside_last]);
  if (c == NULL || !is_beside(im, c->csv)) return ERR_OK;
  int of = im->position[cell_named(im, c->counted_of)];
  return of < 0 ? ERR_OK : count_row(im, own[of], &beside[beside_number]);
}

/* ---- what is none of the list's ---- */

bool import_rows_ragged(const struct import *im, const struct slice *cells, size_t count) {
  for (size_t k = im->heading_count; k < count; k++)
    if (cells[k].len) return true;
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++) {
    int at = im->position[i];
    if (at >= (int)count && at < (int)im->heading_count) return true;
  }
  return false;
}

static bool is_total(struct slice text) {
  static const char *const words[] = {"total", "grand total", "sub total", "subtotal", "count", "sum"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t len = strlen(words[i]);
    if (text.len < len || strncasecmp((const char *)text.ptr, words[i], len) != 0) continue;
    if (text.len == len || strchr(" :s", text.ptr[len]) != NULL) return true;
  }
  return false;
}

/* Something is lacking without which there is no row. */
static bool is_lacking(const struct import *im, const struct slice *cells, size_t count) {
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++) {
    int at = im->position[i];
    if (!im->file->cells[i].required || at < 0 || at >= (int)im->heading_count) continue;
    if (at >= (int)count || cells[at].len == 0) return true;
  }
  return import_keys_named(im) || whole_name(im) >= 0;
}

static bool is_kept(const struct import *im, const struct slice *cells, size_t count, bool *total) {
  enum { total_cells_max = 3, alone_min = 3 };
  size_t full = 0, first = 0;
  for (size_t k = count; k > 0; k--) {
    full += cells[k - 1].len > 0;
    if (cells[k - 1].len) first = k - 1;
  }
  if (full == 0) return false;
  struct slice text = cells[first];
  *total = full <= total_cells_max && is_total(text);
  bool words = full == 1 && im->heading_count >= alone_min && memchr(text.ptr, ' ', text.len) != NULL;
  return (*total || words) && is_lacking(im, cells, count);
}

static void say_kept(struct import *im) {
  for (size_t i = 0; i < im->beneath_count; i++) {
    const struct import_beneath *b = &im->beneath[i];
    if (b->total)
      import_say(im, b->row, "", "is a total, and rows of the list stand behind it: take it out");
    else
      import_say(im, b->row, "", "has one cell alone, and rows of the list stand behind it: take it out");
  }
  im->beneath_count = 0;
}

bool import_rows_beneath(struct import *im, size_t number, const struct slice *cells, size_t count) {
  bool total = false;
  if (is_kept(im, cells, count, &total) && im->beneath_count < import_beneath_max) {
    im->beneath[im->beneath_count++] = (struct import_beneath){.row = number, .total = total};
    return true;
  }
  say_kept(im);
  return false;
}
