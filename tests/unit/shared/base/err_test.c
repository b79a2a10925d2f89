/* err_test.c: every error has words, faults keep whole characters, lines of the log stay lines, entropy
 * differs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/base/bytes.h"
#include "shared/base/entropy.h"
#include "shared/base/log.h"

static void every_error_has_a_name_and_a_sentence(void **state) {
  (void)state;
  for (int e = 0; e < ERR_COUNT; e++) {
    assert_true(strlen(err_name((err)e)) > 0);
    assert_true(strlen(err_text((err)e)) > 0);
    for (int other = 0; other < e; other++) assert_string_not_equal(err_name((err)e), err_name((err)other));
  }
  assert_string_equal(err_name(ERR_NOT_FOUND), "NOT_FOUND");
  assert_int_equal(ERR_OK, 0);
}

static void a_fault_returns_its_code_with_or_without_a_place_for_words(void **state) {
  (void)state;
  struct fault f;
  assert_int_equal(fault_set(NULL, ERR_IO, "%s", "x"), ERR_IO);
  assert_int_equal(fault_set(&f, ERR_TOO_BIG, "%d is too big", 7), ERR_TOO_BIG);
  assert_int_equal(f.code, ERR_TOO_BIG);
  assert_string_equal(f.text, "7 is too big");
}

static void a_long_fault_is_cut_between_characters(void **state) {
  (void)state;
  static const char *const characters[] = {"a", "é", "€", "🎻"};
  for (size_t i = 0; i < 4; i++) {
    for (size_t shift = 0; shift < 4; shift++) {
      char text[512] = "";
      (void)memset(text, '.', shift);
      for (size_t len = shift; len < 400; len += strlen(characters[i])) {
        (void)memcpy(text + len, characters[i], strlen(characters[i]));
      }
      struct fault f;
      (void)fault_set(&f, ERR_INVALID, "%s", text);
      assert_true(utf8_valid(slice_text(f.text)));
      assert_true(strlen(f.text) > fault_text_bytes_max - 6);
    }
  }
}

static void a_broken_promise_ends_the_program(void **state) {
  (void)state;
  (void)fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    (void)close(STDERR_FILENO);
    (void)signal(SIGABRT, SIG_DFL);
    ASSERT(child != 0);
    _exit(0);
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status));
  assert_int_equal(WTERMSIG(status), SIGABRT);
}

struct seen {
  int lines;
  char text[1024];
};

static void remember(void *ctx, enum log_level level, const char *text) {
  struct seen *seen = ctx;
  (void)level;
  seen->lines++;
  (void)strncpy(seen->text, text, sizeof seen->text - 1);
}

static void a_line_stays_one_line_whatever_stands_in_it(void **state) {
  (void)state;
  struct seen seen = {0};
  const struct log_sink sink = {&seen, LOG_INFO, remember};
  log_write(&sink, LOG_WARN, "hub", "bytes=%d\n\x1b[2Jend", 12);
  assert_string_equal(seen.text, "hub: bytes=12  [2Jend");
  log_write(&sink, LOG_DEBUG, "hub", "quiet");
  assert_int_equal(seen.lines, 1);
  log_write(NULL, LOG_ERROR, "hub", "nobody listens");
  char big[2000];
  (void)memset(big, 'x', sizeof big - 1);
  big[sizeof big - 1] = 0;
  log_write(&sink, LOG_ERROR, "hub", "%s", big);
  assert_int_equal(seen.lines, 2);
  assert_true(strlen(seen.text) < 600);
}

static void a_line_on_standard_error_begins_with_the_time(void **state) {
  (void)state;
  int ends[2], kept = dup(STDERR_FILENO);
  assert_int_equal(pipe(ends), 0);
  assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
  const struct log_sink sink = log_stderr(LOG_INFO);
  log_write(&sink, LOG_ERROR, "hub", "devices=%d", 3);
  assert_true(dup2(kept, STDERR_FILENO) >= 0);
  char line[200] = "";
  ssize_t len = read(ends[0], line, sizeof line - 1);
  assert_true(len > 30);
  assert_int_equal(line[10], 'T');
  assert_string_equal(line + 19, "Z error hub: devices=3\n");
  (void)close(ends[0]), (void)close(ends[1]), (void)close(kept);
}

static void two_draws_of_entropy_differ(void **state) {
  (void)state;
  const struct entropy e = entropy_system();
  struct id a = entropy_id(&e), b = entropy_id(&e);
  assert_false(id_equal(&a, &b));
  uint8_t bytes[1000] = {0};
  entropy_fill(&e, bytes, sizeof bytes);
  assert_false(bytes_are_zero(bytes + 900, 100));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_error_has_a_name_and_a_sentence),
      cmocka_unit_test(a_fault_returns_its_code_with_or_without_a_place_for_words),
      cmocka_unit_test(a_long_fault_is_cut_between_characters),
      cmocka_unit_test(a_broken_promise_ends_the_program),
      cmocka_unit_test(a_line_stays_one_line_whatever_stands_in_it),
      cmocka_unit_test(a_line_on_standard_error_begins_with_the_time),
      cmocka_unit_test(two_draws_of_entropy_differ),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
