/* import_map.c: headings met before, or guessed by the names that other systems give them. */
#include "server/import/import_map.h"

#include <string.h>

#include "shared/base/fold.h"

enum { heading_bytes_max = 400, map_bytes_max = 2048 };

/* ---- the beginning of a file ---- */

struct peeking {
  struct import_peek *out;
  struct arena *arena;
};

static err copy_cells(struct peeking *p, struct slice **out, const struct slice *cells, size_t count) {
  size_t wanted = p->out->heading_count;
  *out = arena_take(p->arena, wanted + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < wanted && i < count; i++) {
    (*out)[i] = arena_copy(p->arena, cells[i]);
    if (cells[i].len && !(*out)[i].ptr) return ERR_NO_MEMORY;
  }
  return ERR_OK;
}

static err peek_header(void *ctx, const struct slice *cells, size_t count) {
  struct peeking *p = ctx;
  p->out->heading_count = count;
  return copy_cells(p, &p->out->headings, cells, count);
}

/* ERR_TRAILING says that there is more, which nobody wants yet. */
static err peek_row(void *ctx, size_t row, const struct slice *cells, size_t count) {
  struct peeking *p = ctx;
  (void)row;
  if (p->out->row_count == import_sample_rows) return ERR_TRAILING;
  return copy_cells(p, &p->out->rows[p->out->row_count++], cells, count);
}

err import_peek(struct import_peek *out, const char *path, struct arena *a, struct fault *fault) {
  struct peeking p = {.out = out, .arena = a};
  *out = (struct import_peek){.row_count = 0};
  err e = csv_table_read(&out->taken, path, peek_header, peek_row, &p, fault);
  return e == ERR_TRAILING ? ERR_OK : e;
}

/* ---- guessing ---- */

struct names {
  const char *csv, *others;
};
static const struct names known[] = {
#define HEADING(csv, others) {csv, others},
#include "server/import/headings.def"
#undef HEADING
};

/* Letters and digits alone. */
static err plain(struct buf *out, struct slice text) {
  struct buf folded = BUF_INIT(heading_bytes_max);
  buf_clear(out);
  err e = text_fold(&folded, text);
  for (size_t i = 0; e == ERR_OK && i < folded.len; i++) {
    if (folded.ptr[i] != ' ') e = buf_put_u8(out, folded.ptr[i]);
  }
  buf_finish(&folded);
  return e;
}

static bool same_plain(struct slice heading, struct slice name) {
  struct buf a = BUF_INIT(heading_bytes_max), b = BUF_INIT(heading_bytes_max);
  bool same = plain(&a, heading) == ERR_OK && plain(&b, name) == ERR_OK && a.len > 0 &&
              slice_equal(buf_slice(&a), buf_slice(&b));
  buf_finish(&a);
  buf_finish(&b);
  return same;
}

static bool in_list(struct slice heading, const char *list) {
  struct slice rest = slice_text(list);
  while (rest.len) {
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '|') end++;
    if (same_plain(heading, slice_of(rest.ptr, end))) return true;
    size_t skip = end < rest.len ? end + 1 : end;
    rest = slice_of(rest.ptr + skip, rest.len - skip);
  }
  return false;
}

bool import_heading_is_known(struct slice heading) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (same_plain(heading, slice_text(known[i].csv)) || in_list(heading, known[i].others)) return true;
  }
  return false;
}

static bool is_taken(const struct import_map *m, const struct import_file *file, const char *csv) {
  for (size_t k = 0; k < m->count; k++) {
    if (m->cells[k] && strcmp(file->cells[m->cells[k] - 1].csv, csv) == 0) return true;
  }
  return false;
}

static bool give(struct import_map *m, const struct slice *headings, struct slice name, size_t cell) {
  for (size_t k = 0; k < m->count; k++) {
    if (m->cells[k] || !same_plain(headings[k], name)) continue;
    m->cells[k] = (uint8_t)(cell + 1);
    return true;
  }
  return false;
}

/* In the order of the list: of "Student" beside "Student no" the number says who it is. */
static void give_another(struct import_map *m, const struct slice *headings, const char *list, size_t cell) {
  struct slice rest = slice_text(list);
  while (rest.len) {
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '|') end++;
    if (give(m, headings, slice_of(rest.ptr, end), cell)) return;
    size_t skip = end < rest.len ? end + 1 : end;
    rest = slice_of(rest.ptr + skip, rest.len - skip);
  }
}

/* Its own name before another's, so that "ref" beside "UPN" is the reference. */
static void guess_by(struct import_map *m, const struct import_file *file, const struct slice *headings,
                     bool own) {
  for (size_t i = 0; file->cells[i].csv != NULL; i++) {
    const char *csv = file->cells[i].csv;
    if (own && !is_taken(m, file, csv)) (void)give(m, headings, slice_text(csv), i);
    for (size_t k = 0; !own && k < sizeof known / sizeof *known; k++) {
      bool of_it = strcmp(known[k].csv, csv) == 0 && !is_taken(m, file, csv);
      if (of_it) give_another(m, headings, known[k].others, i);
    }
  }
}

void import_map_guess(struct import_map *out, const struct import_file *file, const struct slice *headings,
                      size_t count) {
  *out = (struct import_map){.count = count < csv_cells_max ? count : csv_cells_max};
  guess_by(out, file, headings, true);
  guess_by(out, file, headings, false);
}

/* Whatever must be there and is, counts for a file; whatever is lacking, against it: also what could be
 * counted, or any list of numbers and names would be one of contacts. */
static int fitness(const struct import_file *file, const struct slice *headings, size_t count) {
  struct import_map m;
  int points = 0;
  import_map_guess(&m, file, headings, count);
  for (size_t k = 0; k < m.count; k++) points += m.cells[k] ? 2 : -1;
  for (size_t i = 0; file->cells[i].csv != NULL; i++) {
    const struct import_cell *c = &file->cells[i];
    if (c->required && !is_taken(&m, file, c->csv)) points -= c->counted_of ? 8 : 4;
  }
  return points;
}

const struct import_file *import_file_guess(const struct slice *headings, size_t count) {
  size_t best = 0;
  for (size_t i = 1; i < import_file_count; i++) {
    if (fitness(&import_files[i], headings, count) > fitness(&import_files[best], headings, count)) best = i;
  }
  return &import_files[best];
}

const struct import_file *import_file_named(struct slice name) {
  for (size_t i = 0; i < import_file_count; i++) {
    if (slice_equal(slice_text(import_files[i].name), name)) return &import_files[i];
  }
  return NULL;
}

/* ---- by name ---- */

err import_map_named(struct import_map *out, const struct import_file *file, const struct slice *names,
                     size_t count) {
  if (count > csv_cells_max) return ERR_TOO_BIG;
  *out = (struct import_map){.count = count};
  for (size_t k = 0; k < count; k++) {
    bool found = names[k].len == 0;
    for (size_t i = 0; !found && file->cells[i].csv != NULL; i++) {
      found = slice_equal(slice_text(file->cells[i].csv), names[k]);
      if (found) out->cells[k] = (uint8_t)(i + 1);
    }
    if (!found) return ERR_INVALID;
  }
  return ERR_OK;
}

/* ---- remembered ---- */

err import_map_hash(uint8_t out[hash_bytes], const struct slice *headings, size_t count) {
  struct buf all = BUF_INIT(csv_line_bytes_max), one = BUF_INIT(heading_bytes_max);
  err e = ERR_OK;
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    if (plain(&one, headings[i]) != ERR_OK) buf_clear(&one);
    e = buf_append(&all, buf_slice(&one));
    if (e == ERR_OK) e = buf_put_u8(&all, '\n');
  }
  struct slice whole = buf_slice(&all);
  if (e == ERR_OK) crypto_hash(out, "tutti.headings", &whole, 1);
  buf_finish(&all);
  buf_finish(&one);
  return e;
}

err import_map_recall(struct import_map *out, const struct import_file **file, struct store *store,
                      const struct slice *headings, size_t count, struct arena *a) {
  uint8_t hash[hash_bytes];
  struct slice table, text, names[csv_cells_max];
  size_t named = 0;
  bool day_first;
  TRY(import_map_hash(hash, headings, count));
  TRY(store->ops->heading_map_load(store, hash, a, &table, &text, &day_first));
  *file = import_file_named(table);
  for (size_t from = 0, i = 0; i <= text.len && named < csv_cells_max; i++) {
    if (i < text.len && text.ptr[i] != ',') continue;
    names[named++] = slice_of(text.ptr + from, i - from);
    from = i + 1;
  }
  bool fits = *file && named == count && import_map_named(out, *file, names, named) == ERR_OK;
  out->day_first = day_first;
  return fits ? ERR_OK : ERR_NOT_FOUND;
}

err import_map_keep(struct store *store, const struct import_map *map, const struct import_file *file,
                    const struct slice *headings, size_t count) {
  uint8_t hash[hash_bytes];
  struct buf text = BUF_INIT(map_bytes_max);
  err e = import_map_hash(hash, headings, count);
  for (size_t k = 0; e == ERR_OK && k < map->count; k++) {
    const char *name = map->cells[k] ? file->cells[map->cells[k] - 1].csv : "";
    e = buf_printf(&text, "%s%s", k ? "," : "", name);
  }
  if (e == ERR_OK)
    e = store->ops->heading_map_save(store, hash, slice_text(file->name), buf_slice(&text), map->day_first);
  buf_finish(&text);
  return e;
}
