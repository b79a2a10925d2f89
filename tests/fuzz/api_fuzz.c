/* api_fuzz.c: what follows the head of a request to the office: paths, queries, cookies and JSON bodies of
 * any bytes, from somebody signed in and from a stranger. Each is answered, an error with its code and a
 * sentence, and none with "our fault". */
#include <string.h>

#include "tests/lib/fuzz_input.h"
#include "tests/unit/server/api/office_host.h"

enum { target_bytes_max = 512 };

/* The next line of the input as text; a zero byte would end it sooner for us than for the hub. */
static void line(char *out, size_t room, struct slice *in) {
  size_t len = 0;
  for (uint8_t c = input_u8(in); in->len > 0 && c != '\n'; c = input_u8(in))
    if (c != 0 && len + 1 < room) out[len++] = (char)c;
  out[len] = 0;
}

static void check_answer(const struct host *h) {
  ASSERT(h->status >= 200 && h->status < 500);
  if (h->status < 400) return;
  ASSERT(host_code(h)[0] != 0);
  ASSERT(json_string_length(json_object_get(h->json, "text")) > 5);
}

/* Addresses as a page asks for them, with any ending; or an address of the input's own. */
static void ask_any(struct host *h, uint8_t how, struct slice in) {
  static const char *const begins[] = {"",
                                       "/api/today?date=",
                                       "/api/registers/",
                                       "/api/learners/",
                                       "/api/today?",
                                       "/api/devices",
                                       "/api/status",
                                       "/api/me",
                                       "/api/work?kind=",
                                       "/api/work?after=",
                                       "/api/work/items/",
                                       "/api/work/decide/00000000000000000000000000000001",
                                       "/api/work/undo/00000000000000000000000000000001",
                                       "/api/work/keep",
                                       "/api/work/release/00000000000000000000000000000001",
                                       "/api/work/pass/00000000000000000000000000000001"};
  char target[target_bytes_max];
  /* The fourth bit says how it is asked. */
  const char *first = begins[(how & 7) | (how >> 1 & 8)];
  size_t begin = strlen(first);
  bytes_copy(target, first, begin);
  line(target + begin, sizeof target - begin, &in);
  if (how & 8)
    host_post_bytes(h, target, in);
  else
    host_get(h, target);
}

static void as_stranger(struct host *h, struct slice in) {
  line(h->cookie, sizeof h->cookie, &in);
  line(h->csrf, sizeof h->csrf, &in);
  ask_any(h, input_u8(&in), in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  struct host h;
  uint8_t kind = input_u8(&in) % 4;
  host_init(&h);
  (void)host_add_user(&h, "office", HOST_ROLE(office));
  if (kind > 1) host_sign_in(&h, "office");
  switch (kind) {
  case 0: /* only what reads the body: guesses cost by design */
    h.steps_max = 1;
    host_post_bytes(&h, "/api/sign-in", in);
    break;
  case 1: as_stranger(&h, in); break;
  case 2: host_post_bytes(&h, "/api/learners/search", in); break;
  default: ask_any(&h, input_u8(&in), in); break;
  }
  if (h.status != 0) check_answer(&h);
  host_finish(&h);
  return 0;
}
