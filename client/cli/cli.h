/* cli.h: tutti's subcommands and what they share. */
#ifndef TUTTI_CLIENT_CLI_H
#define TUTTI_CLIENT_CLI_H

#include <argp.h>

#include "client/cli/door.h"

enum exit_code {
  EXIT_OK = 0,
  EXIT_FAILED = 1, /* the call was refused or could not be done; the sentence on standard error says why */
  EXIT_USAGE = 2,
  EXIT_INPUT = 3,  /* the file given is damaged or not ours; nothing was changed */
  EXIT_DATA = 4,   /* the data directory holds no device, is busy, damaged, full or read-only */
  EXIT_NETWORK = 5 /* no kiosk answers */
};
int cli_export(int argc, char **argv);
int cli_import(int argc, char **argv);
int cli_carry(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_inspect(int argc, char **argv);
int cli_call(int argc, char **argv);

/* Prints the fault's sentence and gives the exit code that fits. */
int cli_fail(const struct fault *fault);
/* The same where damage is in the file given, not in the data directory. */
int cli_fail_file(const struct fault *fault);

/* Where the door is: a running kiosk's port, or a data directory that nobody has open. Shared options of
 * every subcommand that calls. */
struct door_args {
  const char *data;
  uint16_t port;
};
extern const struct argp door_argp; /* as a child parser; its input is a struct door_args */
void cli_parse(const struct argp_option *options, argp_parser_t parser, const char *args_doc, const char *doc,
               const struct argp_child *children, int argc, char **argv, void *input);

#endif
