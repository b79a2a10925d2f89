/* import.c: tutti-server import: a folder of CSV files, checked as a whole, previewed, and applied in one
 * transaction when asked. */
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "server/ctl/ctl.h"
#include "server/ctl/options.h"
#include "server/import/import_check.h"

struct import_args {
  const char *data, *folder;
  bool apply, json, uk_dates, new_numbers;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"apply", 'a', NULL, 0, "Apply the import; without it only a preview is made", 0},
    {"dates", 'D', "iso|uk", 0,
     "How 1/2/2026 is read: refused as ambiguous (iso, the default) or day first (uk)", 0},
    {"new-numbers", 'n', NULL, 0,
     "UPNs and the like that the files change were looked at, in the preview, and are right", 0},
    {"json", 'j', NULL, 0, "Print the result as JSON", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct import_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'a': a->apply = true; return 0;
  case 'j': a->json = true; return 0;
  case 'n': a->new_numbers = true; return 0;
  case 'D':
    a->uk_dates = slice_equal(slice_text(value), slice_text("uk"));
    if (!a->uk_dates && !slice_equal(slice_text(value), slice_text("iso")))
      argp_error(state, "--dates %s is neither iso nor uk", value);
    return 0;
  case ARGP_KEY_ARG:
    if (a->folder != NULL) argp_error(state, "one folder at a time: %s", value);
    a->folder = value;
    return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->folder == NULL)
      argp_error(state, "--data and a folder of CSV files are needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

enum { file_kinds_max = 32 };
struct file_rows {
  size_t rows[file_kinds_max];
  bool present[file_kinds_max];
};

/* Every file that is there, in the order references need. A folder without any is a mistake. */
static err read_files(struct import *im, const char *folder, struct file_rows *rows, struct fault *fault) {
  size_t found = 0;
  ASSERT(import_file_count <= file_kinds_max);
  for (size_t i = 0; i < import_file_count; i++) {
    char name[64], path[path_bytes_max];
    snprintf(name, sizeof name, "%s.csv", import_files[i].name);
    TRY(data_dir_path(path, folder, name, fault));
    rows->present[i] = access(path, F_OK) == 0;
    if (!rows->present[i]) continue;
    TRY(import_read(im, &import_files[i], path, fault));
    rows->rows[i] = im->file_rows;
    found++;
  }
  if (found == 0)
    return fault_set(fault, ERR_NOT_FOUND,
                     "%.150s holds none of the files an import reads (schools.csv, learners.csv, ...)",
                     folder);
  return ERR_OK;
}

static void print_errors(const struct import *im) {
  size_t shown = im->error_count < csv_errors_shown_max ? im->error_count : csv_errors_shown_max;
  for (size_t i = 0; i < shown; i++) {
    const struct import_error *e = &im->errors[i];
    fprintf(stderr, "%s.csv", e->file);
    if (e->row > 0) fprintf(stderr, ", row %zu", e->row);
    if (e->column[0] != 0) fprintf(stderr, ", %s", e->column);
    fprintf(stderr, ": %s\n", e->text);
  }
  if (im->error_count > shown) fprintf(stderr, "... and %zu more\n", im->error_count - shown);
  if (im->ambiguous) fprintf(stderr, "Dates that could be read two ways: --dates=uk reads the day first\n");
  fprintf(stderr, "tutti-server import: %zu %s; nothing was changed\n", im->error_count,
          im->error_count == 1 ? "error" : "errors");
}

/* A number that changes may be another child's: a person looks at each. */
static void print_numbers(const struct import *im) {
  for (size_t i = 0; i < im->rekey_count && i < import_rekeys_shown_max; i++) {
    const struct import_rekey *k = &im->rekeys[i];
    fprintf(stderr, "learners.csv, row %zu, %s: %.*s would become %.*s\n", k->row, k->column,
            (int)k->before.len, (const char *)k->before.ptr, (int)k->after.len, (const char *)k->after.ptr);
  }
  if (im->rekey_count > import_rekeys_shown_max)
    fprintf(stderr, "... and %zu more\n", im->rekey_count - import_rekeys_shown_max);
}

static bool numbers_unseen(const struct import_args *a, const struct import *im) {
  if (im->rekey_count == 0) return false;
  if (!a->json) print_numbers(im);
  if (!a->apply || a->new_numbers) return false;
  fprintf(stderr,
          "tutti-server import: %zu %s of learners would change, and another UPN may be another child: look "
          "there, then say --new-numbers; nothing was changed\n",
          im->rekey_count, im->rekey_count == 1 ? "number" : "numbers");
  return true;
}

static void print_json(const struct import *im, const struct office_result *r, const struct file_rows *rows,
                       bool applied) {
  json_t *files = json_object(), *errors = json_array();
  for (size_t i = 0; i < import_file_count; i++)
    if (rows->present[i])
      json_object_set_new(files, import_files[i].name, json_integer((json_int_t)rows->rows[i]));
  for (size_t i = 0; i < im->error_count && i < csv_errors_shown_max; i++) {
    const struct import_error *e = &im->errors[i];
    json_array_append_new(errors, json_pack("{s:s, s:I, s:s, s:s}", "file", e->file, "row",
                                            (json_int_t)e->row, "column", e->column, "text", e->text));
  }
  json_t *all =
      json_pack("{s:o, s:I, s:I, s:I, s:b, s:I, s:o}", "rows", files, "new", (json_int_t)r->inserted,
                "changed", (json_int_t)r->changed, "unchanged", (json_int_t)r->unchanged, "applied", applied,
                "error_count", (json_int_t)im->error_count, "errors", errors);
  json_dumpf(all, stdout, JSON_COMPACT);
  putchar('\n');
  json_decref(all);
}

static void print_result(const struct import *im, const struct office_result *r, const struct file_rows *rows,
                         bool applied) {
  for (size_t i = 0; i < import_file_count; i++)
    if (rows->present[i]) printf("%-12s %zu rows\n", import_files[i].name, rows->rows[i]);
  printf("%zu new, %zu changed, %zu unchanged: %s\n", r->inserted, r->changed, r->unchanged,
         applied ? "applied" : "preview only; add --apply to apply");
  (void)im;
}

static int import_folder(const struct import_args *a, struct data_dir *d, struct fault *fault) {
  struct now now = ctl_now();
  int32_t today, minute;
  uk_civil(now.wall_ms, &today, &minute);
  struct import im;
  struct file_rows rows = {0};
  struct office_result result = {0};
  import_init(&im, &d->hub, d->store, today, a->uk_dates);
  err e = read_files(&im, a->folder, &rows, fault);
  bool unreadable = e == ERR_NOT_FOUND || e == ERR_FORBIDDEN || e == ERR_INVALID || e == ERR_TOO_BIG;
  bool clean = e == ERR_OK && im.error_count == 0, unseen = clean && numbers_unseen(a, &im);
  if (unseen) {
    import_finish(&im);
    return EXIT_INPUT;
  }
  if (clean) {
    struct arena arena = ARENA_INIT(import_bytes_max);
    e = office_apply(&result, &d->hub, d->store, &now, &d->hub.id, im.ops, im.op_count, !a->apply, &arena,
                     fault);
    arena_finish(&arena);
  }
  fault->code = e;
  int code = e != ERR_OK ? ctl_fail(fault) : clean ? EXIT_OK : EXIT_INPUT;
  if (unreadable) code = EXIT_INPUT; /* what was given is at fault, and not the hub's directory */
  if (e == ERR_OK && a->json) print_json(&im, &result, &rows, clean && a->apply);
  if (e == ERR_OK && !a->json && !clean) print_errors(&im);
  if (e == ERR_OK && !a->json && clean) print_result(&im, &result, &rows, a->apply);
  import_finish(&im);
  return code;
}

int ctl_import(int argc, char **argv) {
  struct import_args a = {0};
  options_parse(
      options, parse_option, "FOLDER",
      "Check the CSV files of FOLDER (schools, terms, closures, staff, learners, contacts, needs, "
      "absences, partners, activities, enrolments, grants, timetable, contracts, instruments, loans, "
      "agreements, surveys, inclusion, population; all optional) against the hub and say what would change; "
      "with --apply change it, all or nothing. A second run "
      "changes nothing.",
      argc, argv, &a);
  struct fault fault = {0};
  struct data_dir d;
  fault.code = data_dir_open(&d, a.data, true, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  int code = import_folder(&a, &d, &fault);
  data_dir_close(&d);
  return code;
}
