/* sample.c: tutti-server sample: writes the made-up county's CSV files into a folder, or plays a term of it
 * into a hub that has them. */
#include "server/ctl/sample.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

enum { sample_learners_min = 100, sample_learners_max = 90000, sample_weeks_max = 60 };
struct sample_args {
  struct sample_size size;
  const char *out, *history; /* history: a hub's data directory, or NULL */
};

static const struct argp_option options[] = {
    {"seed", 's', "N", 0, "The same seed gives the same county (1)", 0},
    {"learners", 'l', "N", 0, "How many learners; everything else keeps its proportion (16000)", 0},
    {"date", 'd', "DATE", 0, "The timetable is for the week and term of this date (today)", 0},
    {"weeks", 'w', "N", 0, "The timetable goes back so many weeks, within the school year (0)", 0},
    {"history", 'H', "DATA", 0,
     "Write no files: play what devices would have recorded before the date into the hub in this directory, "
     "which "
     "has the county. Only for hubs that hold nobody's records",
     0},
    {"out", 'o', "DIR", 0, "The folder to write the CSV files into (sample)", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct sample_args *a = state->input;
  switch (key) {
  case 's': a->size.seed = (uint64_t)option_number(state, "--seed", value, 0, INT64_MAX); return 0;
  case 'l':
    a->size.learners =
        (size_t)option_number(state, "--learners", value, sample_learners_min, sample_learners_max);
    return 0;
  case 'd': a->size.date = option_date(state, "--date", value); return 0;
  case 'w': a->size.weeks = (int)option_number(state, "--weeks", value, 0, sample_weeks_max); return 0;
  case 'H': a->history = value; return 0;
  case 'o': a->out = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static int play(const struct sample_args *a) {
  struct fault fault = {0};
  struct sample_tally t;
  struct data_dir d;
  fault.code = data_dir_open(&d, a->history, true, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  fault.code = sample_history(&t, &d, a->size.seed, a->size.date, &fault);
  int code = fault.code == ERR_OK ? EXIT_OK : ctl_fail_inside(&fault);
  if (code == EXIT_OK)
    printf("%zu registers, %zu marks, %zu notes and %zu facts came from %zu devices in %zu bundles\n",
           t.registers, t.marks, t.notes, t.facts, t.devices, t.bundles);
  data_dir_close(&d);
  return code;
}

int ctl_sample(int argc, char **argv) {
  int32_t today, minute;
  uk_civil(ctl_now().wall_ms, &today, &minute);
  struct sample_args a = {.size = {.seed = 1, .learners = 16000, .date = today}, .out = "sample"};
  options_parse(options, parse_option, NULL,
                "Write the CSV files of a made-up county, for `tutti-server import`; or play its term.", argc,
                argv, &a);
  if (a.history != NULL) return play(&a);
  struct fault fault = {0};
  if (mkdir(a.out, 0700) != 0 && errno != EEXIST)
    fault.code = fault_set(&fault, ERR_READ_ONLY, "%.150s cannot be made: %s", a.out, strerror(errno));
  else
    fault.code = sample_write(&a.size, a.out, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  printf("A made-up county of %zu learners is in %s\n", a.size.learners, a.out);
  return EXIT_OK;
}
