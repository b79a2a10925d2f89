/* request_fuzz.c: the head of an HTTP request, one header a line, as both daemons judge it. */
#include <string.h>

#include "server/net/request.h"
#include "shared/base/limits.h"
#include "shared/base/web_policy.h"
#include "tests/lib/fuzz_input.h"

static const char *const names[] = {"hub.example", "localhost", "[::1]"};
static const struct own_names own = {names, 3};
static const struct web_names kiosk = {.names = names, .count = 3, .port = 8444};

static struct slice line(struct slice *in) {
  const uint8_t *end = in->len ? memchr(in->ptr, '\n', in->len) : NULL;
  size_t len = end ? (size_t)(end - in->ptr) : in->len;
  struct slice out = slice_of(in->ptr, len);
  *in = slice_of(in->ptr + len + (end != NULL), in->len - len - (end != NULL));
  return out;
}

/* Whoever is let through came by one of our names, from no other site, with a body we can hold. */
static void check_passed(const struct request_head *h, uint64_t body) {
  ASSERT(body <= http_body_bytes_max);
  ASSERT(web_host_is_plain(h->host) && web_name_is_ours(h->host, own.names, own.count));
  if (request_is_api(h->path) && h->origin.len > 0) ASSERT(web_origin_fits_host(h->origin, h->host, true));
  ASSERT(!h->transfer_encoding && h->content_lengths <= 1);
}

static void judge_files(struct slice path, struct slice accept, struct slice match) {
  static const struct web_file files[] = {
      {.path = "/index.html", .type = "text/html", .gzip = {.coding = "gzip"}},
      {.path = "/app.js", .type = "text/javascript", .gzip = {.coding = "gzip"}, .brotli = {.coding = "br"}}};
  const struct web_file *file = web_file_find(files, 2, path);
  ASSERT(!file || file == &files[0] || file == &files[1]);
  for (size_t i = 0; i < 2; i++) {
    const struct web_form *form = web_file_form(&files[i], accept);
    ASSERT(!form || form == &files[i].gzip || (form == &files[i].brotli && form->coding));
  }
  (void)web_etag_matches(match, "\"1\"");
  (void)request_name_of_url(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  uint8_t flags = input_u8(&in);
  struct request_head h = {.get = flags & 1,
                           .post = (flags & 3) == 2,
                           .head = (flags & 7) == 4,
                           .transfer_encoding = flags & 8,
                           .upgrade = flags & 16,
                           .content_lengths = flags >> 6};
  h.path = line(&in);
  h.host = line(&in);
  h.origin = line(&in);
  h.fetch_site = line(&in);
  if (h.content_lengths) h.content_length = line(&in);
  struct slice upgrade = line(&in), protocol = line(&in);
  uint64_t body = 0;
  const struct refusal *why = request_refusal(&h, &own, &body);
  if (!why) check_passed(&h, body);
  if (why) ASSERT(why->status >= 400 && why->code && why->text);
  if (!upgrade_refusal(&h, &own, upgrade, protocol)) ASSERT(slice_equal(h.path, slice_text("/sync")));
  if (web_host_is_ours(h.host, &kiosk)) ASSERT(web_host_is_plain(h.host));
  (void)web_origin_is_ours(h.origin, &kiosk);
  judge_files(h.path, upgrade, protocol);
  return 0;
}
