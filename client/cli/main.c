/* main.c: tutti: what a person at a shell may ask of a kiosk or of its files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli.h"
#include "shared/base/process.h"
#include "shared/crypto/crypto.h"

static const struct {
  const char *name, *summary;
  int (*run)(int argc, char **argv);
} subcommands[] = {
    {"export", "write what the hub has not confirmed into a sealed file", cli_export},
    {"import", "take the hub's reply file", cli_import},
    {"carry", "take another device's file to the office, and give back the reply", cli_carry},
    {"status", "what waits to be sent, and how the line is", cli_status},
    {"inspect", "what a file of ours is, without opening what is sealed", cli_inspect},
    {"call", "any command of the kiosk's own interface, as JSON", cli_call},
};
enum { subcommand_count = sizeof subcommands / sizeof *subcommands, kiosk_port = 8444 };

int cli_fail(const struct fault *fault) {
  fprintf(stderr, "tutti: %s\n", fault->text[0] != 0 ? fault->text : err_text(fault->code));
  switch (fault->code) {
  case ERR_NETWORK: return EXIT_NETWORK;
  case ERR_BUSY:
  case ERR_FULL:
  case ERR_READ_ONLY:
  case ERR_IO:
  case ERR_NOT_ENROLLED:
  case ERR_CORRUPT: return EXIT_DATA;
  case ERR_TRUNCATED:
  case ERR_TRAILING:
  case ERR_MALFORMED:
  case ERR_TOO_BIG:
  case ERR_OTHER_HUB:
  case ERR_BAD_SIGNATURE:
  case ERR_UNKNOWN_DEVICE:
  case ERR_VERSION: return EXIT_INPUT;
  default: return EXIT_FAILED;
  }
}

int cli_fail_file(const struct fault *fault) {
  int code = cli_fail(fault);
  return fault->code == ERR_CORRUPT ? EXIT_INPUT : code;
}

static const struct argp_option door_options[] = {
    {"data", 'd', "DIR", 0, "The data directory of a kiosk that is not running", 1},
    {"port", 'p', "PORT", 0, "The port of the running kiosk (8444)", 1},
    {0},
};
static error_t parse_door(int key, char *value, struct argp_state *state) {
  struct door_args *a = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    if (a->port == 0) a->port = kiosk_port;
    return 0;
  case 'd':
    if (*value == 0) argp_error(state, "--data needs the name of a directory");
    a->data = value;
    return 0;
  case 'p': {
    char *end;
    long port = strtol(value, &end, 10);
    if (*end != 0 || port < 1 || port > 65535)
      argp_error(state, "--port %s is not a port between 1 and 65535", value);
    a->port = (uint16_t)port;
    return 0;
  }
  default: return ARGP_ERR_UNKNOWN;
  }
}
const struct argp door_argp = {door_options, parse_door, NULL, NULL, NULL, NULL, NULL};

void cli_parse(const struct argp_option *options, argp_parser_t parser, const char *args_doc, const char *doc,
               const struct argp_child *children, int argc, char **argv, void *input) {
  const struct argp argp = {options, parser, args_doc, doc, children, NULL, NULL};
  argp_err_exit_status = EXIT_USAGE;
  if (argp_parse(&argp, argc, argv, 0, NULL, input) != 0) exit(EXIT_USAGE);
}

/* What was printed is the answer: one that nobody can have read is none. */
static int tell_end(int code) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return code;
  fputs("tutti: the answer could not be written: make room, or write it elsewhere\n", stderr);
  return code == EXIT_OK ? EXIT_FAILED : code;
}

static void print_help(FILE *to) {
  fputs("Usage: tutti COMMAND [OPTION...]\nA Tutti kiosk from the command line.\n\n", to);
  for (size_t i = 0; i < subcommand_count; i++)
    fprintf(to, "  %-8s %s\n", subcommands[i].name, subcommands[i].summary);
  fputs("\n`tutti COMMAND --help` lists a command's options; `tutti --version` prints the version.\n"
        "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the file given is damaged or not ours "
        "(nothing was changed),\n"
        "4 data directory without a device, busy, damaged, full or read-only, 5 no kiosk answers.\n",
        to);
}

int main(int argc, char **argv) {
  struct fault fault = {0};
  if (process_harden(&fault) != ERR_OK) return cli_fail(&fault);
  if (argc < 2) return print_help(stderr), EXIT_USAGE;
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
    return print_help(stdout), tell_end(EXIT_OK);
  if (strcmp(argv[1], "--version") == 0) return puts("tutti " TUTTI_VERSION), tell_end(EXIT_OK);
  if (crypto_init() != ERR_OK) return fputs("tutti: libsodium could not start\n", stderr), EXIT_FAILED;
  for (size_t i = 0; i < subcommand_count; i++) {
    if (strcmp(argv[1], subcommands[i].name) != 0) continue;
    char name[64];
    snprintf(name, sizeof name, "tutti %s", subcommands[i].name);
    argv[1] = name;
    return tell_end(subcommands[i].run(argc - 1, argv + 1));
  }
  fprintf(stderr, "tutti: there is no command \"%s\"; `tutti --help` lists them\n", argv[1]);
  return EXIT_USAGE;
}
