/* log.h: one line an event: level, component, message, key=value. Takes numbers and codes only, so no name or
 * secret can slip in as data. */
#ifndef TUTTI_BASE_LOG_H
#define TUTTI_BASE_LOG_H

#include <stdint.h>

#include "shared/base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
struct log_sink {
  void *ctx;
  enum log_level min;
  void (*line)(void *ctx, enum log_level level, const char *text); /* text has no newline */
};
/* A NULL sink drops the line. */
void log_write(const struct log_sink *sink, enum log_level level, const char *component, const char *format,
               ...) __attribute__((format(printf, 4, 5)));
/* Writes "2026-11-21T16:05:09Z info hub: …" lines to standard error (log_stderr.c; native only).
 * Async-signal-unsafe, thread-safe. */
struct log_sink log_stderr(enum log_level min);

#endif
