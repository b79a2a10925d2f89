/* main.c: tutti-server: finds the subcommand in one table and runs it. */
#include <stdio.h>
#include <string.h>

#include "server/ctl/ctl.h"
#include "shared/base/process.h"

static const struct subcommand subcommands[] = {
    {"init", "make a new hub in a data directory", ctl_init},
    {"sample", "write the CSV files of a made-up county", ctl_sample},
    {"import", "check CSV files against the hub, and apply them when asked", ctl_import},
    {"enrol", "make a one-time code for a new device", ctl_enrol},
    {"user", "add people who sign in at the office page", ctl_user},
    {"run", "serve devices and the office", ctl_run},
    {"import-bundle", "take an export file of a device and write the reply file", ctl_import_bundle},
    {"export", "write registers as CSV", ctl_export},
    {"reconcile", "list what waits for a person; decide it, undo it, release or reject quarantine",
     ctl_reconcile},
    {"erase", "erase a learner's records here and on every device", ctl_erase},
    {"hold", "keep a learner's records from being erased", ctl_hold},
    {"retention", "erase learners whose records were kept long enough", ctl_retention},
    {"subject-access", "write everything about one learner into a folder", ctl_subject_access},
    {"collection", "say whether learners may sign themselves out at the door", ctl_collection},
    {"devices", "revoke and take back devices, renew leases, see what revoking would strand", ctl_devices},
    {"keys", "list, renew and destroy the hub's keys", ctl_keys},
    {"safeguarding-key", "say who reads safeguarding concerns", ctl_safeguarding_key},
    {"backup", "copy the hub into a new directory, also while it runs", ctl_backup},
    {"restore", "make a hub from a backup, and prove that it is whole", ctl_restore},
    {"status", "count what the hub holds", ctl_status},
};
enum { subcommand_count = sizeof subcommands / sizeof *subcommands };

static void print_help(FILE *to) {
  fputs("Usage: tutti-server COMMAND [OPTION...]\nThe hub of Tutti: registers and progression notes of a "
        "music-education hub.\n\n",
        to);
  for (size_t i = 0; i < subcommand_count; i++)
    fprintf(to, "  %-16s %s\n", subcommands[i].name, subcommands[i].summary);
  fputs("\n`tutti-server COMMAND --help` lists a command's options; `tutti-server --version` prints the "
        "version.\n"
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 errors in an input file (nothing was changed),\n"
        "4 data directory missing, busy, full or read-only, 5 port in use or certificate unusable.\n",
        to);
}

/* What was printed is a command's answer: one that a full disk cut short was not given. */
static int say_if_unsaid(int code) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return code;
  fputs("tutti-server: standard output could not be written, so what this command says is not whole\n",
        stderr);
  return code == EXIT_OK ? EXIT_FAILED : code;
}

int main(int argc, char **argv) {
  struct fault fault = {0};
  if (process_harden(&fault) != ERR_OK) return ctl_fail(&fault);
  if (argc < 2) return print_help(stderr), EXIT_USAGE;
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) return print_help(stdout), EXIT_OK;
  if (strcmp(argv[1], "--version") == 0) return puts("tutti-server " TUTTI_VERSION), EXIT_OK;
  if (crypto_init() != ERR_OK) return fputs("tutti-server: libsodium could not start\n", stderr), EXIT_FAILED;
  for (size_t i = 0; i < subcommand_count; i++) {
    if (strcmp(argv[1], subcommands[i].name) != 0) continue;
    char name[64];
    snprintf(name, sizeof name, "tutti-server %s", subcommands[i].name);
    argv[1] = name;
    return say_if_unsaid(subcommands[i].run(argc - 1, argv + 1));
  }
  fprintf(stderr, "tutti-server: there is no command \"%s\"; `tutti-server --help` lists them\n", argv[1]);
  return EXIT_USAGE;
}
