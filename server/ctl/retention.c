/* retention.c: tutti-server retention: the schedule with what is past each line's period; applied, with a
 * certificate of what was done, signed by the hub. The page "Data protection" does the same. */
#include "server/core/retention.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/api/certificate.h"
#include "server/api/saved_years.h"
#include "server/core/erase.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

enum { retention_arena_bytes = 268435456 };
struct retention_args {
  const char *data, *certificate, *line;
  bool apply, stop;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"line", 'l', "NAME", 0, "One line of the schedule; without it all of them", 0},
    {"apply", 'a', NULL, 0, "Remove what is due; without it nothing is changed", 0},
    {"stop", 's', NULL, 0, "Stop the run that goes on: what is removed stays so, the rest is kept", 0},
    {"certificate", 'c', "FILE", 0,
     "Where the signed certificate goes; it must not be there yet (required by --apply)", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct retention_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'l': a->line = value; return 0;
  case 'a': a->apply = true; return 0;
  case 's': a->stop = true; return 0;
  case 'c': a->certificate = value; return 0;
  case ARGP_KEY_END:
    if (a->data == NULL) argp_error(state, "--data is needed");
    if (a->apply && a->stop) argp_error(state, "--apply and --stop are two things");
    if (a->apply && a->certificate == NULL) argp_error(state, "--apply needs a --certificate");
    if (a->line && retention_named(slice_text(a->line)) == RETENTION_LINES)
      argp_error(state, "the schedule has no line \"%s\"; without --line it is shown", a->line);
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

struct schedule {
  struct data_dir *d;
  struct now now;
  struct retention_period periods[RETENTION_LINES];
  int32_t before[RETENTION_LINES]; /* 0: not asked for, or kept */
  struct view_due due[RETENTION_LINES];
  struct store_retention runs[RETENTION_LINES + 1]; /* that were ordered, or gone on with */
  size_t run_count;
};

static err look(struct schedule *s, const char *line, struct fault *fault) {
  int32_t today, minute;
  uk_civil(s->now.wall_ms, &today, &minute);
  err e = retention_periods(s->d->store, s->d->hub.retention_years, s->periods);
  for (int i = 0; i < RETENTION_LINES; i++) {
    bool asked = line == NULL || strcmp(retention_rules[i].name, line) == 0;
    if (asked && s->periods[i].months) s->before[i] = retention_before(today, s->periods[i].months);
  }
  if (e == ERR_OK) e = views_due(s->d->store, s->before, s->due);
  return e == ERR_OK ? e : fault_set(fault, e, "The schedule could not be looked at: %s.", err_text(e));
}

/* ---- the dry run ---- */

static void print_line(const struct schedule *s, int line) {
  const struct retention_rule *rule = &retention_rules[line];
  const struct view_due *due = &s->due[line];
  char before[date_text_bytes], oldest[date_text_bytes] = "-";
  date_text(before, s->before[line]);
  if (due->oldest) date_text(oldest, due->oldest);
  printf("  %-10s %4u months  before %s  ", rule->name, s->periods[line].months, before);
  if (rule->done == RETENTION_LEARNER)
    printf("%llu learners, with all that is left of them", (unsigned long long)due->learners);
  else if (due->learners)
    printf("%llu records of %llu learners", (unsigned long long)due->records,
           (unsigned long long)due->learners);
  else
    printf("%llu records", (unsigned long long)due->records);
  printf(", the oldest %s", oldest);
  if (due->held) printf("; %llu learners kept by a hold or an open case", (unsigned long long)due->held);
  puts("");
}

static void print(const struct schedule *s) {
  puts("The retention schedule, and what is past it:");
  for (int i = 0; i < RETENTION_LINES; i++) {
    if (s->before[i]) print_line(s, i);
    if (!s->before[i] && !s->periods[i].months)
      printf("  %-10s kept until a period is set\n", retention_rules[i].name);
  }
  puts("Nothing was changed. `--apply --certificate FILE` removes it; periods are set on the page Data "
       "protection.");
}

/* ---- applying it ---- */

/* A run may take hours, and says when it was over. */
static err run_on(struct schedule *s, struct store_retention *run, struct fault *fault) {
  struct retention_piece piece = {.more = true};
  while (piece.more) {
    const struct now now = ctl_now();
    TRY(retention_step(&piece, &s->d->hub, s->d->store, &now, fault));
  }
  return retention_run_load(s->d->store, &run->id, run);
}

static bool is_due(const struct schedule *s, int line) {
  return s->before[line] && s->due[line].records + s->due[line].learners + s->due[line].held > 0;
}

/* What a board was told of a year must be there to be shown when the entries behind it are gone. */
static err entries_wait(const struct schedule *s, int line, bool *out) {
  char years[saved_years_words_bytes];
  json_t *unsaved;
  *out = false;
  if (line != RETENTION_LINE_entries) return ERR_OK;
  TRY(saved_years_lacking(s->d->store, s->due[line].oldest, s->before[line], &unsaved));
  saved_years_words(years, unsaved);
  *out = json_array_size(unsaved) > 0;
  json_decref(unsaved);
  if (*out)
    printf(
        "  %-10s stay: no figures of %s are saved, and they follow from these entries. Save a report of each "
        "year first, on the page Reports.\n",
        retention_rules[line].name, years);
  return ERR_OK;
}

static err apply_line(struct schedule *s, int line, struct fault *fault) {
  struct store_retention *run = &s->runs[s->run_count];
  *run = (struct store_retention){.who = s->d->hub.id,
                                  .by = "the command line",
                                  .line = (enum retention_line)line,
                                  .months = s->periods[line].months};
  TRY(retention_order(run, &s->d->hub, s->d->store, &s->now, fault));
  s->run_count++;
  return run_on(s, run, fault);
}

/* A run that a stopped hub or a full disk has left is gone on with first. */
static err go_on(struct schedule *s, const char *line, struct fault *fault) {
  err e = s->d->store->ops->retention->run_now(s->d->store, &s->runs[0]);
  if (e == ERR_NOT_FOUND) return ERR_OK;
  TRY(e);
  s->run_count++;
  TRY(run_on(s, &s->runs[0], fault));
  return look(s, line, fault);
}

static err apply(struct schedule *s, const char *line, struct fault *fault) {
  bool scrubbed;
  TRY(go_on(s, line, fault));
  for (int i = 0; i < RETENTION_LINES; i++) {
    bool wait;
    if (!is_due(s, i)) continue;
    TRY(entries_wait(s, i, &wait));
    if (!wait) TRY(apply_line(s, i, fault));
  }
  return erase_scrub(&s->d->hub, s->d->store, &scrubbed);
}

/* Made before anything is removed: what cannot be certified is not done. */
static err open_certificate(const char *path, FILE **out, struct fault *fault) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  *out = fd < 0 ? NULL : fdopen(fd, "w");
  if (*out) return ERR_OK;
  return fault_set(fault, errno == EEXIST ? ERR_EXISTS : ERR_IO, "%.200s cannot be made: %s", path,
                   strerror(errno));
}

static err reload(struct schedule *s) {
  for (size_t i = 0; i < s->run_count; i++) TRY(retention_run_load(s->d->store, &s->runs[i].id, &s->runs[i]));
  return ERR_OK;
}

static err write_certificate(struct schedule *s, const char *path, FILE *to, struct fault *fault) {
  struct arena a = ARENA_INIT(retention_arena_bytes);
  json_t *json = NULL;
  err e = reload(s);
  if (e == ERR_OK) e = certificate_make(&json, &s->d->hub, s->d->store, s->runs, s->run_count, &a);
  bool good = e == ERR_OK && json_dumpf(json, to, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0 &&
              fflush(to) == 0 && fsync(fileno(to)) == 0 && ctl_name_kept(path) == ERR_OK;
  json_decref(json);
  arena_finish(&a);
  return good
             ? ERR_OK
             : fault_set(fault, ERR_IO,
                         "It is done, but the certificate could not be written: the page Data protection has "
                         "it too.");
}

static uint64_t removed(const struct schedule *s) {
  uint64_t records = 0;
  for (size_t i = 0; i < s->run_count; i++) records += s->runs[i].records;
  return records;
}

static void print_done(const struct schedule *s) {
  for (size_t i = 0; i < s->run_count; i++)
    printf("Run %llu, %s: %llu records of %llu learners are gone, %llu learners are kept.\n",
           (unsigned long long)s->runs[i].number, retention_rules[s->runs[i].line].title,
           (unsigned long long)s->runs[i].records, (unsigned long long)s->runs[i].learners,
           (unsigned long long)s->runs[i].held);
  if (s->run_count == 0) puts("Nothing was past its period.");
}

/* Each piece is done for good before the next one's turn: what is gone is certified, whatever came then. */
static err broken_off(struct schedule *s, err why, const char *path, FILE *to, struct fault *fault) {
  TRY(write_certificate(s, path, to, fault));
  return fault_set(
      fault, why,
      "It stopped after %llu records, which the certificate counts: %s. The rest is removed when "
      "the hub runs, or by asking again with another certificate.",
      (unsigned long long)removed(s), err_text(why));
}

static err apply_and_certify(struct schedule *s, const struct retention_args *a, struct fault *fault) {
  FILE *to = NULL;
  TRY(open_certificate(a->certificate, &to, fault));
  err e = apply(s, a->line, fault);
  bool nothing = e != ERR_OK && (reload(s) != ERR_OK || removed(s) == 0);
  if (e == ERR_OK)
    e = write_certificate(s, a->certificate, to, fault);
  else if (!nothing)
    e = broken_off(s, e, a->certificate, to, fault);
  if (fclose(to) != 0 && e == ERR_OK) e = ERR_IO;
  if (nothing) (void)unlink(a->certificate);
  if (e == ERR_OK) print_done(s);
  return e;
}

static err stop(struct data_dir *d, struct fault *fault) {
  const struct now now = ctl_now();
  struct store_retention run;
  err e = d->store->ops->retention->run_now(d->store, &run);
  if (e == ERR_OK) e = retention_stop(&run, d->store, &now, &run.id, &d->hub.id, "the command line", fault);
  if (e == ERR_NOT_FOUND) return fault_set(fault, e, "No run of the schedule goes on.");
  TRY(e);
  printf("Run %llu, %s, is stopped: %llu records of %llu learners are gone, the rest is kept. The page Data "
         "protection has its certificate.\n",
         (unsigned long long)run.number, retention_rules[run.line].title, (unsigned long long)run.records,
         (unsigned long long)run.learners);
  return ERR_OK;
}

static err run(const void *args, struct data_dir *d, struct fault *fault) {
  const struct retention_args *a = args;
  if (a->stop) return stop(d, fault);
  struct schedule s = {.d = d, .now = ctl_now()};
  TRY(look(&s, a->line, fault));
  if (a->apply) return apply_and_certify(&s, a, fault);
  print(&s);
  return ERR_OK;
}

int ctl_retention(int argc, char **argv) {
  struct retention_args a = {0};
  options_parse(
      options, parse_option, "",
      "Show what is past the periods of the retention schedule, or with --apply remove it. Holds and "
      "open cases keep whoever they are about. `retention_years` in hub.conf is the period of the "
      "last line, until one is set on the page Data protection.",
      argc, argv, &a);
  return ctl_within(a.data, run, &a);
}
