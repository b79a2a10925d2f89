/* vectors_judge.c: reads lines "kind hex" and answers each with the name of the error a parser of the
 * protocol gives, or "OK": for a second implementation that wants to know whether both think alike. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/base/limits.h"
#include "tests/vectors/kinds.h"

/* An export file of a few bundles, twice over, and its kind. */
enum { line_bytes_max = 4194304 };

static int judge(char *line, const struct fixture *f) {
  char *hex = strchr(line, ' ');
  if (hex == NULL) return 1;
  *hex++ = 0;
  hex[strcspn(hex, "\n")] = 0;
  size_t len = strlen(hex) / 2;
  uint8_t *bytes = calloc(1, len + 1);
  struct buf out = BUF_INIT(export_file_bytes_max);
  bool good = bytes != NULL && hex_decode(bytes, len, slice_text(hex)) == ERR_OK;
  if (good) printf("%s\n", err_name(kind_named(line)->recode(&out, slice_of(bytes, len), f)));
  buf_finish(&out);
  free(bytes);
  return good ? 0 : 1;
}

int main(void) {
  struct fixture f;
  char *line = malloc(line_bytes_max);
  int failed = line == NULL || crypto_init() != ERR_OK;
  if (!failed) fixture_make(&f);
  while (!failed && fgets(line, line_bytes_max, stdin) != NULL) failed = judge(line, &f);
  free(line);
  return failed;
}
