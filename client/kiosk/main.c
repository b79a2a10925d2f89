/* main.c: tutti-kiosk: reads its options, makes sure of its surroundings, runs, and says in one sentence why
 * it stopped. */
#include <stdio.h>

#include "client/kiosk/ca_file.h"
#include "client/kiosk/daemon.h"
#include "client/kiosk/ui.h"
#include "shared/base/process.h"
#include "shared/crypto/crypto.h"

enum { help_bytes_max = 4096 };

static int leave(enum exit_way way, const struct fault *fault) {
  (void)fprintf(stderr, "tutti-kiosk: %s\n", fault->text);
  return (int)way;
}

static int print_help(void) {
  struct buf text = BUF_INIT(help_bytes_max);
  bool whole = options_help(&text) == ERR_OK && fwrite(text.ptr, 1, text.len, stdout) == text.len;
  buf_finish(&text);
  return whole && fflush(stdout) == 0 ? EXIT_WAY_OK : EXIT_WAY_FAILED;
}

/* The core's own failures are about its files; the rest of the machine fails in general. */
static enum exit_way way_of(err e) {
  switch (e) {
  case ERR_OK: return EXIT_WAY_OK;
  case ERR_EXISTS: return EXIT_WAY_PORT;
  case ERR_CORRUPT:
  case ERR_VERSION:
  case ERR_BUSY:
  case ERR_FULL:
  case ERR_IO:
  case ERR_READ_ONLY: return EXIT_WAY_DATA;
  default: return EXIT_WAY_FAILED;
  }
}

static int run(const struct options *options) {
  struct fault fault = {.text = ""};
  struct data_dir dir;
  if (process_harden(&fault) != ERR_OK) return leave(EXIT_WAY_FAILED, &fault);
  if (crypto_init() != ERR_OK) {
    (void)fault_set(&fault, ERR_INTERNAL, "libsodium could not start");
    return leave(EXIT_WAY_FAILED, &fault);
  }
  if (options->ca && ca_file_check(options->ca, &fault) != ERR_OK) return leave(EXIT_WAY_CERTIFICATE, &fault);
  if (ui_port_check(options->port, &fault) != ERR_OK) return leave(EXIT_WAY_PORT, &fault);
  if (data_dir_open(&dir, options->data, true, &fault) != ERR_OK) return leave(EXIT_WAY_DATA, &fault);
  struct log_sink log = log_stderr(options->log);
  err e = daemon_run(options, &dir, &log, &fault);
  data_dir_close(&dir);
  return e == ERR_OK ? EXIT_WAY_OK : leave(way_of(e), &fault);
}

int main(int argc, char **argv) {
  struct options options;
  struct fault fault;
  if (options_read(&options, argc, argv, &fault) != ERR_OK) return leave(EXIT_WAY_USAGE, &fault);
  if (options.help) return print_help();
  if (options.version) return puts("tutti-kiosk " TUTTI_VERSION) < 0 ? EXIT_WAY_FAILED : EXIT_WAY_OK;
  return run(&options);
}
