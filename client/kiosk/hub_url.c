/* hub_url.c: takes "wss://host[:port]/path" apart, strictly. */
#include "client/kiosk/hub_url.h"

#include <stdio.h>

enum { hub_port_default = 443 };

static bool is_host_byte(uint8_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

/* Whatever may stand in a request line unescaped. */
static bool is_path_byte(uint8_t c) {
  return c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\' && c != '#';
}

static err take_host(char *out, struct cursor *c, struct fault *fault) {
  size_t len = 0;
  for (; c->ptr < c->end && is_host_byte(*c->ptr); c->ptr++) {
    if (len + 1 == hub_host_bytes) return fault_set(fault, ERR_INVALID, "the hub's name is too long");
    out[len++] = (char)*c->ptr;
  }
  out[len] = 0;
  if (len == 0)
    return fault_set(fault, ERR_INVALID, "the hub's address has no host name: give wss://host:port/sync");
  return ERR_OK;
}

static err take_port(uint16_t *out, struct cursor *c, struct fault *fault) {
  *out = hub_port_default;
  if (c->ptr == c->end || *c->ptr != ':') return ERR_OK;
  c->ptr++;
  unsigned port = 0;
  size_t digits = 0;
  for (; c->ptr < c->end && *c->ptr >= '0' && *c->ptr <= '9' && digits < 6; c->ptr++, digits++)
    port = port * 10 + (*c->ptr - '0');
  if (digits == 0 || port < 1 || port > 65535)
    return fault_set(fault, ERR_INVALID, "the hub's port is not a number from 1 to 65535");
  *out = (uint16_t)port;
  return ERR_OK;
}

static err take_path(char *out, struct cursor *c, struct fault *fault) {
  size_t len = 0;
  for (; c->ptr < c->end; c->ptr++) {
    bool fits = is_path_byte(*c->ptr) && len + 1 < hub_path_bytes && (len > 0 || *c->ptr == '/');
    if (!fits)
      return fault_set(
          fault, ERR_INVALID,
          "the hub's address has a character that does not belong there: give wss://host:port/sync");
    out[len++] = (char)*c->ptr;
  }
  if (len == 0) out[len++] = '/';
  out[len] = 0;
  return ERR_OK;
}

err hub_url_parse(struct hub_url *out, struct slice text, struct fault *fault) {
  *out = (struct hub_url){.port = 0};
  struct slice scheme = slice_text("wss://");
  if (text.len < scheme.len || !slice_equal(slice_of(text.ptr, scheme.len), scheme))
    return fault_set(fault, ERR_INVALID, "the hub is reached over TLS only: its address begins with wss://");
  struct cursor c = cursor_of(slice_of(text.ptr + scheme.len, text.len - scheme.len));
  TRY(take_host(out->host, &c, fault));
  TRY(take_port(&out->port, &c, fault));
  TRY(take_path(out->path, &c, fault));

  if (out->port == hub_port_default)
    (void)snprintf(out->authority, sizeof out->authority, "%s", out->host);
  else
    (void)snprintf(out->authority, sizeof out->authority, "%s:%u", out->host, (unsigned)out->port);
  return ERR_OK;
}
