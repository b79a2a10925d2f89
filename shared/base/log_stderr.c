/* log_stderr.c: log lines with the time on standard error. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "shared/base/log.h"
#include "shared/base/now.h"

enum { log_line_bytes_max = 640 };

static const char *const level_names[] = {"debug", "info", "warn", "error"};

/* One write for the whole line, so that lines of two threads do not mix. */
static void write_line(void *ctx, enum log_level level, const char *text) {
  (void)ctx;
  struct timespec at = {0, 0};
  (void)clock_gettime(CLOCK_REALTIME, &at);
  char when[time_text_bytes], line[log_line_bytes_max];
  time_text(when, (int64_t)at.tv_sec * 1000);
  int len = snprintf(line, sizeof line, "%s %s %s\n", when, level_names[level], text);
  if (len <= 0) return;
  if ((size_t)len >= sizeof line) len = (int)sizeof line - 1;
  ssize_t written = write(STDERR_FILENO, line, (size_t)len);
  (void)written; /* there is nobody to tell */
}

struct log_sink log_stderr(enum log_level min) {
  return (struct log_sink){NULL, min, write_line};
}
