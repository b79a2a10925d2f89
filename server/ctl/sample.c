/* sample.c: tutti-server sample: writes the made-up county's CSV files into a folder. */
#include "server/ctl/sample.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

enum { sample_learners_min = 100, sample_learners_max = 90000 };
struct sample_args {
  struct sample_size size;
  const char *out;
};

static const struct argp_option options[] = {
    {"seed", 's', "N", 0, "The same seed gives the same county (1)", 0},
    {"learners", 'l', "N", 0, "How many learners; everything else keeps its proportion (16000)", 0},
    {"date", 'd', "DATE", 0, "The timetable is for the week and term of this date (today)", 0},
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
  case 'o': a->out = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

int ctl_sample(int argc, char **argv) {
  int32_t today, minute;
  uk_civil(ctl_now().wall_ms, &today, &minute);
  struct sample_args a = {.size = {.seed = 1, .learners = 16000, .date = today}, .out = "sample"};
  options_parse(options, parse_option, NULL,
                "Write the CSV files of a made-up county, for `tutti-server import`.", argc, argv, &a);
  struct fault fault = {0};
  if (mkdir(a.out, 0700) != 0 && errno != EEXIST)
    fault.code = fault_set(&fault, ERR_READ_ONLY, "%.150s cannot be made: %s", a.out, strerror(errno));
  else
    fault.code = sample_write(&a.size, a.out, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  printf("A made-up county of %zu learners is in %s\n", a.size.learners, a.out);
  return EXIT_OK;
}
