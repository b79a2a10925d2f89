/* bytes.c: slices, and the only raw copies and fills of the project. */
#include "shared/base/bytes.h"

#include <string.h>

struct slice slice_text(const char *text) {
  return text ? slice_of(text, strlen(text)) : slice_of(NULL, 0);
}

bool slice_equal(struct slice a, struct slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int slice_compare(struct slice a, struct slice b) {
  size_t common = a.len < b.len ? a.len : b.len;
  int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Empty slices are {NULL, 0}, and the C library forbids NULL even for no bytes. */
void bytes_copy(void *to, const void *from, size_t len) {
  if (len) memcpy(to, from, len);
}

void bytes_move(void *to, const void *from, size_t len) {
  if (len) memmove(to, from, len);
}

void bytes_zero(void *to, size_t len) {
  if (len) memset(to, 0, len);
}

bool bytes_are_zero(const void *ptr, size_t len) {
  const uint8_t *p = ptr;
  uint8_t any = 0;
  for (size_t i = 0; i < len; i++) any |= p[i];
  return any == 0;
}
