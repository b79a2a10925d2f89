/* subject_access.c: tutti-server subject-access: everything about one learner as a folder that anybody can
 * open: a page to read, a table for each kind of record, and one file for machines. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/api/csv.h"
#include "server/api/subject.h"
#include "server/api/subject_page.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

enum { subject_arena_bytes = 268435456 };
struct subject_args {
  const char *data, *learner, *out;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"learner", 'l', "ID", 0, "Whom it is about: the learner's id, or the office's reference (required)", 0},
    {"out", 'o', "DIR", 0, "A folder that is not there yet (required)", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct subject_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'l': a->learner = value; return 0;
  case 'o': a->out = value; return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->learner == NULL || a->out == NULL)
      argp_error(state, "--data, --learner and --out are needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* Nobody else on the machine reads it, and nothing is written over. */
static FILE *open_new(const char *dir, const char *name) {
  char path[path_bytes_max];
  int len = snprintf(path, sizeof path, "%s/%s", dir, name);
  int fd =
      len > 0 && (size_t)len < sizeof path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
  return fd < 0 ? NULL : fdopen(fd, "w");
}

static bool close_whole(FILE *f) {
  bool good = fflush(f) == 0 && !ferror(f) && fsync(fileno(f)) == 0;
  return fclose(f) == 0 && good;
}

/* ---- words ---- */

static void put_csv(FILE *to, const char *text) {
  fputc('"', to);
  if (csv_runs(slice_text(text))) fputc('\'', to);
  for (; *text; text++) {
    if (*text == '"') fputc('"', to);
    fputc(*text, to);
  }
  fputc('"', to);
}

/* A record's own value, several of them, or what else was written: "code: Here, written_at: ...". */
static err cell_text(struct buf *out, const json_t *v) {
  const char *name;
  json_t *one;
  size_t i;
  if (json_is_string(v)) return buf_append(out, slice_text(json_string_value(v)));
  if (json_is_boolean(v)) return buf_append(out, slice_text(json_is_true(v) ? "yes" : "no"));
  if (json_is_integer(v)) return buf_printf(out, "%lld", (long long)json_integer_value(v));
  if (json_is_array(v)) {
    json_array_foreach(v, i, one) {
      if (i) TRY(buf_append(out, slice_text("; ")));
      TRY(cell_text(out, one));
    }
    return ERR_OK;
  }
  i = 0;
  json_object_foreach((json_t *)(uintptr_t)v, name, one) {
    TRY(buf_printf(out, "%s%s: ", i++ ? ", " : "", name));
    TRY(cell_text(out, one));
  }
  return ERR_OK;
}

/* One cell, whatever is in it. */
static bool put_value(FILE *to, const json_t *v) {
  struct buf text = BUF_INIT(subject_arena_bytes);
  err e = cell_text(&text, v);
  if (e == ERR_OK) e = buf_put_u8(&text, 0);
  if (e == ERR_OK) put_csv(to, (const char *)text.ptr);
  buf_finish(&text);
  return e == ERR_OK;
}

/* ---- files ---- */

/* The last column holds what else was written in the others. */
static const char *heading(const struct table *t, size_t column) {
  return column < t->column_count ? t->columns[column].name : "also_written";
}

static bool write_csv(const char *dir, const struct table *t, const json_t *rows) {
  char name[64];
  (void)snprintf(name, sizeof name, "%s.csv", t->name);
  FILE *to = open_new(dir, name);
  if (!to) return false;
  bool good = true;
  for (size_t c = 0; c <= t->column_count; c++) fprintf(to, "%s%s", c ? "," : "\xef\xbb\xbf", heading(t, c));
  for (size_t i = 0; i < json_array_size(rows); i++) {
    fputs("\r\n", to);
    for (size_t c = 0; c <= t->column_count; c++) {
      if (c) fputc(',', to);
      good = put_value(to, json_object_get(json_array_get(rows, i), heading(t, c))) && good;
    }
  }
  fputs("\r\n", to);
  return close_whole(to) && good;
}

static bool write_page(const char *dir, const json_t *all) {
  struct buf page = BUF_INIT(subject_arena_bytes);
  FILE *to = open_new(dir, "index.html");
  bool good = to && subject_page(&page, all) == ERR_OK && fwrite(page.ptr, 1, page.len, to) == page.len;
  if (to && !close_whole(to)) good = false;
  buf_finish(&page);
  return good;
}

static bool write_all(const char *dir, const json_t *all) {
  const json_t *records = json_object_get(all, "records");
  FILE *json = open_new(dir, "records.json");
  bool good = json && json_dumpf(all, json, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0;
  if (json && !close_whole(json)) good = false;
  for (const struct table *t = schema_after(0); good && t; t = schema_after(t->id)) {
    const json_t *rows = json_object_get(records, t->name);
    if (rows) good = write_csv(dir, t, rows);
  }
  return good && write_page(dir, all) && ctl_directory_kept(dir) == ERR_OK && ctl_name_kept(dir) == ERR_OK;
}

static err collect(const void *args, struct data_dir *d, struct fault *fault) {
  const struct subject_args *a = args;
  struct arena arena = ARENA_INIT(subject_arena_bytes);
  struct now now = ctl_now();
  struct id learner;
  char text[id_text_bytes];
  json_t *all = NULL;
  ctl_learner(&learner, &d->hub, a->learner);
  err e = subject_json(&all, d->hub.name, d->store, &now, &learner, &arena);
  if (e == ERR_NOT_FOUND) e = fault_set(fault, e, "this hub has no learner with that id or reference");
  id_text(text, &learner);
  if (e == ERR_OK) e = audit_add(d->store, now.wall_ms, &d->hub.id, "subject.access", text);
  if (e == ERR_OK && mkdir(a->out, 0700) != 0)
    e = fault_set(fault, errno == EEXIST ? ERR_EXISTS : ERR_IO, "%.200s cannot be made: %s", a->out,
                  strerror(errno));
  if (e == ERR_OK && !write_all(a->out, all))
    e = fault_set(fault, ERR_IO, "%.200s could not be written", a->out);
  json_decref(all);
  arena_finish(&arena);
  return e;
}

int ctl_subject_access(int argc, char **argv) {
  struct subject_args a = {0};
  options_parse(options, parse_option, "",
                "Write everything the hub holds about one learner into a new folder: index.html to read, a "
                "CSV for each "
                "kind of record, records.json for machines.",
                argc, argv, &a);
  int code = ctl_within(a.data, collect, &a);
  if (code == EXIT_OK) printf("written to %s\n", a.out);
  return code;
}
