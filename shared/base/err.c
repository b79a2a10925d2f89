/* err.c: the names and sentences of err.def, faults with their input, and the assertion that stays in release
 * builds. */
#include "shared/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct err_words {
  const char *name, *text;
};
static const struct err_words err_table[ERR_COUNT] = {
#define ERR(name, sentence) [ERR_##name] = {#name, sentence},
#include "shared/base/err.def"
#undef ERR
};

static const struct err_words *err_find(err e) {
  ASSERT((unsigned)e < ERR_COUNT);
  return &err_table[e];
}

const char *err_name(err e) { return err_find(e)->name; }

const char *err_text(err e) { return err_find(e)->text; }

/* A sentence that was cut must not end inside a character: it travels as UTF-8. */
static void trim_partial_character(char *text, size_t len) {
  size_t start = len;
  while (start > 0 && len - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
  if (start == 0) return;
  unsigned char lead = (unsigned char)text[start - 1];
  size_t need = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (need > len - start) text[start - 1] = 0;
}

err fault_set(struct fault *f, err code, const char *format, ...) {
  if (!f) return code;
  va_list args;
  va_start(args, format);
  int len = vsnprintf(f->text, sizeof f->text, format, args);
  va_end(args);
  f->code = code;
  if (len < 0) f->text[0] = 0;
  if (len >= (int)sizeof f->text) trim_partial_character(f->text, sizeof f->text - 1);
  return code;
}

_Noreturn void assert_failed(const char *cond, const char *file, int line) {
  (void)fprintf(stderr, "%s:%d: this should always hold: %s\n", file, line, cond);
  abort();
}
