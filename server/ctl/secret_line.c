/* secret_line.c: a password or passphrase as one line of standard input. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "server/ctl/ctl.h"

/* Byte by byte, so that no buffer of the library keeps it. */
static err read_line(char *out, size_t *len, const char *what, struct fault *fault) {
  char c = 0;
  ssize_t n = 1;
  for (*len = 0; n != 0 && c != '\n';) {
    n = read(STDIN_FILENO, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fault_set(fault, ERR_IO, "standard input cannot be read: %.80s", strerror(errno));
    if (n == 0 || c == '\n') break;
    if (*len == password_bytes_max)
      return fault_set(fault, ERR_INVALID, "the %s has more than %d bytes", what, password_bytes_max);
    out[(*len)++] = c;
  }
  if (n == 0 && *len == 0) return fault_set(fault, ERR_INVALID, "no %s came on standard input", what);
  if (*len > 0 && out[*len - 1] == '\r') --*len;
  return ERR_OK;
}

err ctl_secret_line(char out[secret_line_bytes_max], const char *what, struct fault *fault) {
  size_t len;
  TRY(read_line(out, &len, what, fault));
  out[len] = 0;
  if (!utf8_valid(slice_of(out, len)) || memchr(out, 0, len))
    return fault_set(fault, ERR_INVALID, "the %s is not text in UTF-8", what);
  if (utf8_length(slice_of(out, len)) < secret_chars_min)
    return fault_set(fault, ERR_INVALID, "the %s must have at least %d characters", what, secret_chars_min);
  return ERR_OK;
}
