/* web_policy.c: Host and Origin rules, finding embedded files, and response heads with their security
 * headers. */
#include "shared/base/web_policy.h"

#include <stdio.h>

enum { web_number_bytes = 24 };

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c; }

static bool same_word(struct slice a, struct slice b) {
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++) {
    if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
  }
  return true;
}

static bool cut_prefix(struct slice *text, const char *prefix) {
  struct slice p = slice_text(prefix);
  if (text->len < p.len || !same_word(slice_of(text->ptr, p.len), p)) return false;
  *text = slice_of(text->ptr + p.len, text->len - p.len);
  return true;
}

/* What follows the name is ":port", or nothing when the port is the scheme's own. */
static bool port_is(struct slice rest, uint16_t port, bool tls) {
  if (rest.len == 0) return port == (tls ? 443 : 80);
  char text[web_number_bytes];
  int len = snprintf(text, sizeof text, ":%u", (unsigned)port);
  return len > 0 && slice_equal(rest, slice_of(text, (size_t)len));
}

bool web_host_is_ours(struct slice host, const struct web_names *ours) {
  for (size_t i = 0; i < ours->count; i++) {
    struct slice rest = host;
    if (cut_prefix(&rest, ours->names[i]) && port_is(rest, ours->port, ours->tls)) return true;
  }
  return false;
}

static bool is_port_or_nothing(struct slice rest) {
  if (rest.len == 0) return true;
  if (rest.len < 2 || rest.len > 6 || rest.ptr[0] != ':') return false;
  for (size_t i = 1; i < rest.len; i++) {
    if (rest.ptr[i] < '0' || rest.ptr[i] > '9') return false;
  }
  return true;
}

bool web_name_is_ours(struct slice host, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct slice rest = host;
    if (names[i][0] && cut_prefix(&rest, names[i]) && is_port_or_nothing(rest)) return true;
  }
  return false;
}

bool web_origin_is_ours(struct slice origin, const struct web_names *ours) {
  struct slice rest = origin;
  return cut_prefix(&rest, ours->tls ? "https://" : "http://") && web_host_is_ours(rest, ours);
}

bool web_origin_fits_host(struct slice origin, struct slice host, bool tls) {
  struct slice rest = origin;
  return host.len > 0 && cut_prefix(&rest, tls ? "https://" : "http://") && same_word(rest, host);
}

bool web_host_is_plain(struct slice host) {
  for (size_t i = 0; i < host.len; i++) {
    uint8_t c = lower(host.ptr[i]);
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
                 c == '[' || c == ']';
    if (!plain) return false;
  }
  return host.len > 0;
}

static bool last_part_has_dot(struct slice path) {
  for (size_t i = path.len; i > 0 && path.ptr[i - 1] != '/'; i--) {
    if (path.ptr[i - 1] == '.') return true;
  }
  return false;
}

const struct web_file *web_file_find(const struct web_file *files, size_t count, struct slice path) {
  size_t len = 0;
  while (len < path.len && path.ptr[len] != '?') len++;
  struct slice wanted = slice_of(path.ptr, len);
  if (!last_part_has_dot(wanted)) wanted = slice_text("/index.html");
  for (size_t i = 0; i < count; i++) {
    if (slice_equal(wanted, slice_text(files[i].path))) return &files[i];
  }
  return NULL;
}

/* Walks a comma separated header; the word is compared without its ";q=…". */
static bool list_has(struct slice list, struct slice word) {
  size_t at = 0;
  while (at < list.len) {
    while (at < list.len && (list.ptr[at] == ' ' || list.ptr[at] == ',' || list.ptr[at] == '\t')) at++;
    size_t start = at;
    while (at < list.len && list.ptr[at] != ',' && list.ptr[at] != ';' && list.ptr[at] != ' ') at++;
    if (same_word(slice_of(list.ptr + start, at - start), word)) return true;
    while (at < list.len && list.ptr[at] != ',') at++;
  }
  return false;
}

bool web_asks_to_close(struct slice connection) { return list_has(connection, slice_text("close")); }

/* "q=0", "q=0.000": the browser names it to say that it does not take it. */
static bool is_refused(struct slice parameters) {
  size_t at = 0;
  while (at < parameters.len && (parameters.ptr[at] == ' ' || parameters.ptr[at] == ';')) at++;
  struct slice rest = slice_of(parameters.ptr + at, parameters.len - at);
  if (!cut_prefix(&rest, "q=0")) return false;
  for (size_t i = 0; i < rest.len; i++) {
    if (rest.ptr[i] >= '1' && rest.ptr[i] <= '9') return false;
  }
  return true;
}

/* Is the coding in the list, and not to be refused? */
static bool takes(struct slice list, const char *coding) {
  size_t at = 0;
  while (at < list.len) {
    size_t end = at;
    while (end < list.len && list.ptr[end] != ',') end++;
    struct slice one = slice_of(list.ptr + at, end - at);
    size_t word = 0;
    while (word < one.len && one.ptr[word] != ';') word++;
    if (list_has(slice_of(one.ptr, word), slice_text(coding)))
      return !is_refused(slice_of(one.ptr + word, one.len - word));
    at = end + 1;
  }
  return false;
}

const struct web_form *web_file_form(const struct web_file *file, struct slice accept_encoding) {
  if (file->brotli.coding && takes(accept_encoding, "br")) return &file->brotli;
  if (accept_encoding.len == 0 || takes(accept_encoding, "gzip") || takes(accept_encoding, "*"))
    return &file->gzip;
  return NULL;
}

bool web_etag_matches(struct slice if_none_match, const char *etag) {
  struct slice rest = if_none_match;
  (void)cut_prefix(&rest, "W/"); /* a proxy may have weakened it */
  return rest.len > 0 && (list_has(rest, slice_text(etag)) || slice_equal(rest, slice_text("*")));
}

const char *web_status_text(unsigned status) {
  static const struct {
    unsigned status;
    const char *text;
  } texts[] = {{101, "Switching Protocols"},
               {200, "OK"},
               {204, "No Content"},
               {304, "Not Modified"},
               {308, "Permanent Redirect"},
               {400, "Bad Request"},
               {401, "Unauthorized"},
               {403, "Forbidden"},
               {404, "Not Found"},
               {405, "Method Not Allowed"},
               {406, "Not Acceptable"},
               {408, "Request Timeout"},
               {409, "Conflict"},
               {411, "Length Required"},
               {413, "Content Too Large"},
               {415, "Unsupported Media Type"},
               {426, "Upgrade Required"},
               {429, "Too Many Requests"},
               {500, "Internal Server Error"},
               {501, "Not Implemented"},
               {503, "Service Unavailable"},
               {507, "Insufficient Storage"}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    if (texts[i].status == status) return texts[i].text;
  }
  return "Error";
}

/* The pages need their own scripts, styles, fonts, pictures and one connection home, and nothing else. 'self'
 * covers the WebSocket. */
#define POLICY(scripts, types)                                                                               \
  "Content-Security-Policy: default-src 'none'; script-src 'self'" scripts "; style-src 'self'; "            \
  "font-src 'self'; img-src 'self' data:; "                                                                  \
  "connect-src 'self'; manifest-src 'self'; " types                                                          \
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n"
/* Nothing on these pages makes markup or scripts out of text. */
static const char page_policy[] = POLICY("", "require-trusted-types-for 'script'; trusted-types 'none'; ");
static const char core_policy[] =
    POLICY(" 'wasm-unsafe-eval'; worker-src 'self'; require-trusted-types-for 'script'; "
           "trusted-types tutti",
           "");
static const char security_headers[] = "X-Content-Type-Options: nosniff\r\n"
                                       "Referrer-Policy: no-referrer\r\n"
                                       "Cross-Origin-Opener-Policy: same-origin\r\n"
                                       "Cross-Origin-Resource-Policy: same-origin\r\n"
                                       "Permissions-Policy: geolocation=(), microphone=()\r\n";

static err write_caching(struct buf *out, const struct web_head *head) {
  bool kept = head->etag && !head->secret;
  TRY(buf_printf(out, "Cache-Control: %s\r\n", kept ? "no-cache" : "no-store"));
  if (!head->etag) return ERR_OK;
  return buf_printf(out, "ETag: %s\r\nVary: Accept-Encoding\r\n", head->etag);
}

static err write_body_headers(struct buf *out, const struct web_head *head) {
  if (head->type) TRY(buf_printf(out, "Content-Type: %s\r\n", head->type));
  if (head->file_name)
    TRY(buf_printf(out, "Content-Disposition: attachment; filename=\"%s\"\r\n", head->file_name));
  if (head->coding) TRY(buf_printf(out, "Content-Encoding: %s\r\n", head->coding));
  if (head->endless || head->status == 304) return ERR_OK;
  return buf_printf(out, "Content-Length: %llu\r\n", (unsigned long long)head->length);
}

err web_head_write(struct buf *out, const struct web_head *head) {
  TRY(buf_printf(out, "HTTP/1.1 %u %s\r\n", head->status, web_status_text(head->status)));
  TRY(buf_append(out, slice_text(head->runs_core ? core_policy : page_policy)));
  TRY(buf_append(out, slice_text(security_headers)));
  TRY(write_body_headers(out, head));
  TRY(write_caching(out, head));
  if (head->location) TRY(buf_printf(out, "Location: %s\r\n", head->location));
  if (head->allow) TRY(buf_printf(out, "Allow: %s\r\n", head->allow));
  if (head->retry_after_s) TRY(buf_printf(out, "Retry-After: %u\r\n", head->retry_after_s));
  if (head->set_cookie) TRY(buf_printf(out, "Set-Cookie: %s\r\n", head->set_cookie));
  if (head->close) TRY(buf_printf(out, "Connection: close\r\n"));
  return buf_append(out, slice_text("\r\n"));
}
