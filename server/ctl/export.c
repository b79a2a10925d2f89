/* export.c: tutti-server export registers --csv: every mark between two dates, as a file an administrator
 * opens in a spreadsheet; notes; and files by a saved mapping. */
#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/api/csv.h"
#include "server/ctl/ctl.h"
#include "server/ctl/export_mapping.h"
#include "server/ctl/options.h"

struct export_args {
  const char *data, *what, *out, *name;
  uint32_t again;
  int32_t from, to;
  bool csv, bom;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"csv", 'c', NULL, 0, "As CSV, which is the only form yet", 0},
    {"from", 'f', "DATE", 0, "First date (1900-01-01)", 0},
    {"to", 't', "DATE", 0, "Last date (2199-12-31)", 0},
    {"name", 'n', "NAME", 0, "Of the saved mapping; with mapping", 0},
    {"again", 'a', "NUMBER", 0, "That file of the mapping once more, and not the next one", 0},
    {"out", 'o', "FILE", 0, "Write to FILE (standard output)", 0},
    {"bom", 'b', NULL, 0, "Begin with a byte-order mark, so that Excel reads names in every script", 0},
    {0},
};

static bool is_mapping(const struct export_args *a) { return strcmp(a->what, "mapping") == 0; }

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct export_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'c': a->csv = true; return 0;
  case 'b': a->bom = true; return 0;
  case 'o': a->out = value; return 0;
  case 'n': a->name = value; return 0;
  case 'a': a->again = (uint32_t)option_number(state, "--again", value, 1, INT32_MAX); return 0;
  case 'f': a->from = option_date(state, "--from", value); return 0;
  case 't': a->to = option_date(state, "--to", value); return 0;
  case ARGP_KEY_ARG:
    if (a->what != NULL) argp_error(state, "one kind at a time: %s", value);
    a->what = value;
    return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->what == NULL)
      argp_error(state, "--data and what to export are needed");
    else if (strcmp(a->what, "registers") != 0 && strcmp(a->what, "notes") != 0 && !is_mapping(a))
      argp_error(state, "%s cannot be exported; registers, notes and a mapping can", a->what);
    else if (is_mapping(a) != (a->name != NULL))
      argp_error(state, "--name goes with mapping, and mapping with --name");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* ---- one line ---- */

struct line {
  FILE *to;
  bool started;
};

static void cell(struct line *l, struct slice text) {
  static const char quote = '\'';
  if (l->started) fputc(',', l->to);
  l->started = true;
  if (text.len == 0) return;
  char defused[text_bytes_max + 1];
  if (csv_runs(text) && text.len < sizeof defused) {
    defused[0] = quote;
    bytes_copy(defused + 1, text.ptr, text.len);
    text = slice_of(defused, text.len + 1);
  }
  csv_fwrite(l->to, text.ptr, text.len);
}
static void cell_text(struct line *l, const char *text) { cell(l, slice_text(text)); }
static void cell_date(struct line *l, int32_t days) {
  char text[date_text_bytes];
  date_text(text, days);
  cell_text(l, text);
}
static void cell_minute(struct line *l, int32_t minute) {
  char text[16] = "";
  if (minute >= 0) snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
  cell_text(l, text);
}
static void cell_time(struct line *l, int64_t ms) {
  char text[time_text_bytes] = "";
  if (ms > 0) time_text(text, ms);
  cell_text(l, text);
}
static void cell_word(struct line *l, const char *vocabulary, int number) {
  const char *word = number == 0 ? "" : schema_enum_word(schema_enum(vocabulary), number);
  cell_text(l, word != NULL ? word : "");
}
static void line_end(struct line *l) {
  fputs("\r\n", l->to);
  l->started = false;
}

/* ---- kinds ---- */

static bool write_register_row(void *ctx, const struct view_export_row *r) {
  struct line *l = ctx;
  char session[id_text_bytes], learner[id_text_bytes];
  id_text(session, &r->session);
  id_text(learner, &r->learner);
  cell_date(l, r->date);
  cell_minute(l, r->starts);
  cell_minute(l, r->ends);
  cell(l, r->activity_ref);
  cell(l, r->activity_name);
  cell(l, r->school_urn);
  cell(l, r->school_name);
  cell_word(l, "session_status", r->session_status);
  cell_word(l, "register_state", r->register_state);
  cell(l, r->learner_ref);
  cell(l, r->first_name);
  cell(l, r->last_name);
  cell(l, r->section);
  cell_word(l, "mark_code", r->code);
  cell_minute(l, r->arrived);
  cell_minute(l, r->departed);
  cell(l, r->comment);
  cell(l, r->amend_reason);
  cell(l, r->author_name);
  cell(l, r->device_name);
  cell_time(l, r->written_ms);
  cell_time(l, r->received_ms);
  cell_text(l, r->conflict ? "yes" : "no");
  cell_text(l, session);
  cell_text(l, learner);
  line_end(l);
  return ferror(l->to) == 0;
}

static bool write_note_row(void *ctx, const struct view_export_note *n) {
  struct line *l = ctx;
  char note[id_text_bytes], learner[id_text_bytes], areas[256] = "";
  const struct enum_type *area = schema_enum("area");
  size_t len = 0;
  for (const struct enum_value *v = area->values; v->word != NULL; v++)
    if ((n->note.areas >> (v->number - 1) & 1) != 0 && len < sizeof areas)
      len += (size_t)snprintf(areas + len, sizeof areas - len, "%s%s", len == 0 ? "" : ";", v->word);
  id_text(note, &n->id);
  id_text(learner, &n->learner);
  cell_date(l, n->note.date);
  cell(l, n->learner_ref);
  cell(l, n->learner_name);
  cell(l, n->note.activity_name);
  cell(l, n->note.author_name);
  cell_text(l, areas);
  cell(l, n->note.text);
  cell(l, n->note.next_step);
  cell(l, n->note.learner_words);
  cell_time(l, n->received_ms);
  cell_text(l, note);
  cell_text(l, learner);
  line_end(l);
  return ferror(l->to) == 0;
}

static const char register_heading[] =
    "date,starts,ends,activity_ref,activity,school_urn,school,session_status,register,learner_ref,first_name,"
    "last_name,section,code,arrived,"
    "departed,comment,amend_reason,author,device,written_at,received_at,conflict,session,learner_id\r\n";
static const char note_heading[] = "date,learner_ref,learner,activity,author,areas,text,next_step,learner_"
                                   "words,received_at,note,learner_id\r\n";

/* ---- where it goes ---- */

struct target {
  const char *path; /* NULL: standard output */
  char part[path_bytes_max];
  FILE *to;
};

static err cannot_write(const char *path, int why, struct fault *fault) {
  bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
  return fault_set(fault, full ? ERR_FULL : ERR_READ_ONLY, "%.150s cannot be written: %.60s", path,
                   strerror(why));
}

/* Nobody else on the machine reads it, whatever stood there before; and that stays until the new one is
 * whole. A pipe, a device or what a link leads to takes it as it comes. */
static err target_open(struct target *t, const char *path, struct fault *fault) {
  struct stat st;
  *t = (struct target){.path = path, .to = path ? NULL : stdout};
  if (path == NULL) return ERR_OK;
  int len = snprintf(t->part, sizeof t->part, "%s.part", path);
  if (len < 0 || (size_t)len >= sizeof t->part) return cannot_write(path, ENAMETOOLONG, fault);
  if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
    t->part[0] = 0;
  else
    (void)unlink(t->part);
  int flags = t->part[0] ? O_CREAT | O_EXCL : O_TRUNC;
  int fd = open(t->part[0] ? t->part : path, O_WRONLY | O_CLOEXEC | flags, 0600);
  if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) (void)fchmod(fd, 0600);
  t->to = fd < 0 ? NULL : fdopen(fd, "wb");
  return t->to ? ERR_OK : cannot_write(path, errno, fault);
}

static err target_close(struct target *t, err e, struct fault *fault) {
  if (e == ERR_FULL && t->to && ferror(t->to))
    (void)cannot_write(t->path ? t->path : "standard output", ENOSPC, fault);
  if (t->path == NULL || t->to == NULL) return e;
  bool flushed = fflush(t->to) == 0 && !ferror(t->to), part = t->part[0] != 0;
  if (flushed && part && fsync(fileno(t->to)) != 0) flushed = false;
  if (e == ERR_OK && !flushed) e = cannot_write(t->path, errno, fault);
  if (fclose(t->to) != 0 && e == ERR_OK) e = cannot_write(t->path, errno, fault);
  if (e == ERR_OK && part && (rename(t->part, t->path) != 0 || ctl_name_kept(t->path) != ERR_OK))
    e = cannot_write(t->path, errno, fault);
  if (e != ERR_OK && part) (void)unlink(t->part);
  return e;
}

static err write_rows(const struct export_args *a, struct data_dir *d, FILE *to) {
  struct line l = {.to = to};
  bool registers = strcmp(a->what, "registers") == 0;
  TRY(audit_add(d->store, ctl_now().wall_ms, &d->hub.id, registers ? "export.registers" : "export.notes",
                "by command line"));
  if (a->bom) fputs("\xef\xbb\xbf", to);
  fputs(registers ? register_heading : note_heading, to);
  err e = registers ? views_export_registers(d->store, a->from, a->to, write_register_row, &l)
                    : views_export_notes(d->store, a->from, a->to, write_note_row, &l);
  if (e == ERR_OK && (fflush(to) != 0 || ferror(to) != 0)) e = ERR_FULL;
  return e;
}

int ctl_export(int argc, char **argv) {
  struct export_args a = {.from = date_to_days((struct date){1900, 1, 1}),
                          .to = date_to_days((struct date){2199, 12, 31})};
  options_parse(
      options, parse_option, "registers|notes|mapping",
      "Write registers (one line a mark) or notes between two dates, or the next file of a mapping.", argc,
      argv, &a);
  struct fault fault = {0};
  struct data_dir d;
  fault.code = data_dir_open(&d, a.data, true, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  struct target t;
  err e = target_open(&t, a.out, &fault);
  if (e == ERR_OK)
    e = is_mapping(&a) ? export_mapping(&d, a.data, a.name, a.again, t.to, &fault) : write_rows(&a, &d, t.to);
  fault.code = target_close(&t, e, &fault);
  data_dir_close(&d);
  return fault.code == ERR_OK ? EXIT_OK : ctl_fail_inside(&fault);
}
