/* options.c: glibc's argp does the parsing; here are the few checks it leaves to us. */
#include "server/ctl/options.h"

#include <errno.h>
#include <stdlib.h>

#include "server/ctl/ctl.h"

void options_parse(const struct argp_option *options, argp_parser_t parser, const char *args_doc,
                   const char *doc, int argc, char **argv, void *input) {
  const struct argp argp = {options, parser, args_doc, doc, NULL, NULL, NULL};
  argp_err_exit_status = EXIT_USAGE;
  if (argp_parse(&argp, argc, argv, 0, NULL, input) != 0) exit(EXIT_USAGE);
}

long long option_number(struct argp_state *state, const char *name, const char *value, long long low,
                        long long high) {
  char *end;
  errno = 0;
  long long n = strtoll(value, &end, 10);
  if (errno != 0 || end == value || *end != 0 || n < low || n > high)
    argp_error(state, "%s %s is not a whole number between %lld and %lld", name, value, low, high);
  return n;
}

int32_t option_date(struct argp_state *state, const char *name, const char *value) {
  int32_t days = 0;
  if (date_parse(&days, slice_text(value)) != ERR_OK)
    argp_error(state, "%s %s is not a date like 2026-02-01", name, value);
  return days;
}

void option_text(struct argp_state *state, const char *name, const char *value, char *out, size_t size) {
  struct slice text = slice_text(value);
  if (text.len >= size) argp_error(state, "%s has more than %zu bytes", name, size - 1);
  if (text.len < size) bytes_copy(out, value, text.len + 1);
}
