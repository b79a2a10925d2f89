/* log.c: one line an event, bounded, on one line whatever stands in it. */
#include "shared/base/log.h"

#include <stdarg.h>
#include <stdio.h>

enum { log_text_bytes_max = 512 };

/* A line that could hold a newline could be made to look like two events. */
static void flatten(char *text) {
  for (char *p = text; *p; p++) {
    if ((unsigned char)*p < 0x20 || *p == 0x7F) *p = ' ';
  }
}

void log_write(const struct log_sink *sink, enum log_level level, const char *component, const char *format,
               ...) {
  if (!sink || !sink->line || level < sink->min) return;
  char text[log_text_bytes_max];
  int head = snprintf(text, sizeof text, "%s: ", component);
  if (head < 0 || (size_t)head >= sizeof text) return;
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text + head, sizeof text - (size_t)head, format, args);
  va_end(args);
  flatten(text);
  sink->line(sink->ctx, level, text);
}
