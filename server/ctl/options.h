/* options.h: what several subcommands' options have in common. */
#ifndef TUTTI_SERVER_CTL_OPTIONS_H
#define TUTTI_SERVER_CTL_OPTIONS_H

#include <argp.h>
#include <stddef.h>
#include <stdint.h>

/* Parses with argp: prints usage and exits with EXIT_USAGE on an unknown option or a missing argument. */
void options_parse(const struct argp_option *options, argp_parser_t parser, const char *args_doc,
                   const char *doc, int argc, char **argv, void *input);
/* A whole number between bounds, or argp_error naming the option. */
long long option_number(struct argp_state *state, const char *name, const char *value, long long low,
                        long long high);
/* A date as days since 1970, or argp_error naming the option. */
int32_t option_date(struct argp_state *state, const char *name, const char *value);

/* Copies what was given where it must fit, or argp_error naming the option. */
void option_text(struct argp_state *state, const char *name, const char *value, char *out, size_t size);

#endif
