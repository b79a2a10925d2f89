/* options_test.c: the kiosk's command line: what it takes, and one sentence for what it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/kiosk/options.h"
#include "shared/base/bytes.h"

enum { words_max = 16 };

/* Splits at spaces; getopt may reorder the array, not the words. */
static err read_line(struct options *out, const char *line, struct fault *fault) {
  static char words[512];
  char *argv[words_max + 1] = {"tutti-kiosk"};
  int argc = 1;
  strncpy(words, line, sizeof words - 1);
  for (char *w = strtok(words, " "); w && argc < words_max; w = strtok(NULL, " ")) argv[argc++] = w;
  return options_read(out, argc, argv, fault);
}

static void refused(const char *line, const char *because) {
  struct options options;
  struct fault fault;
  assert_int_equal(read_line(&options, line, &fault), ERR_INVALID);
  if (!strstr(fault.text, because)) fail_msg("'%s' should say '%s', says '%s'", line, because, fault.text);
}

static void everything_has_a_default_but_the_data_directory(void **state) {
  (void)state;
  struct options o;
  assert_int_equal(read_line(&o, "--data /d", NULL), ERR_OK);
  assert_string_equal(o.data, "/d");
  assert_int_equal(o.port, 8444);
  assert_null(o.hub);
  assert_null(o.ca);
  assert_false(o.offline);
  assert_int_equal(o.log, LOG_INFO);
  refused("--port 9000", "--data");
}

static void every_option_is_taken(void **state) {
  (void)state;
  struct options o;
  const char *line = "--data=/d --port 1 --hub wss://hub.example:8443/sync --ca ca.pem --offline --log debug";
  assert_int_equal(read_line(&o, line, NULL), ERR_OK);
  assert_int_equal(o.port, 1);
  assert_string_equal(o.hub, "wss://hub.example:8443/sync");
  assert_string_equal(o.ca, "ca.pem");
  assert_true(o.offline);
  assert_int_equal(o.log, LOG_DEBUG);
}

static void what_is_wrong_is_named(void **state) {
  (void)state;
  refused("--data /d --prot 1", "'--prot'");
  refused("--data /d extra", "'extra'");
  refused("--data", "'--data' needs a value");
  refused("--data /d --port 0", "--port '0'");
  refused("--data /d --port 65536", "--port '65536'");
  refused("--data /d --port 80x", "--port '80x'");
  refused("--data /d --port -1", "--port '-1'");
  refused("--data /d --log loud", "--log 'loud'");
  refused("--data /d --hub ws://hub.example/sync", "TLS only");
}

static void help_names_every_exit_code(void **state) {
  (void)state;
  struct options o;
  assert_int_equal(read_line(&o, "--help", NULL), ERR_OK);
  assert_true(o.help);
  struct buf text = BUF_INIT(4096);
  assert_int_equal(options_help(&text), ERR_OK);
  assert_int_equal(buf_put_u8(&text, 0), ERR_OK);
  for (char code = '0'; code <= '5'; code++) {
    const char line[] = {'\n', ' ', ' ', code, ' ', ' ', 0};
    assert_non_null(strstr((const char *)text.ptr, line));
  }
  buf_finish(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_has_a_default_but_the_data_directory),
      cmocka_unit_test(every_option_is_taken),
      cmocka_unit_test(what_is_wrong_is_named),
      cmocka_unit_test(help_names_every_exit_code),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
