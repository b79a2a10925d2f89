/* api_ask.c: an input's bytes as questions. */
#include "tests/fuzz/api_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct route {
  enum http_method method;
  const char *pattern, *query, *handler;
} routes[] = {
#define ROUTE(method, pattern, query, who, token, answer, handler) {HTTP_##method, pattern, query, #handler},
#include "server/api/routes.def"
#undef ROUTE
};

static const struct note {
  const char *handler, *request;
} notes[] = {
#define NOTE(handler, summary, request, answer) {#handler, request},
#include "server/api/openapi.def"
#undef NOTE
};

/* What fields hold when they are right, and a little of what they hold when they are not. */
/* U+202E, which turns what follows around. */
static const char right_to_left[] = {(char)0xe2, (char)0x80, (char)0xae, ' ', 't', 'x', 't', 0};
static const char *const words[] = {
    "2026-11-21",
    "2026-02-31",
    "2025-09-01",
    "2027-08-31",
    "0000-00-00",
    "2026",
    "2026-autumn",
    "all",
    "conflicts",
    "duplicates",
    "missing",
    "quarantine",
    "held",
    "urgent",
    "tutor",
    "leader",
    "office",
    "lead",
    "partner",
    "admin",
    "safeguarding",
    "P",
    "L",
    "AU",
    "AN",
    "SE",
    "new",
    "changed",
    "gone",
    "unchanged",
    "csv",
    "xlsx",
    "uk",
    "us",
    "iso",
    "learners",
    "schools",
    "staff",
    "enrolments",
    "activities",
    "sent",
    "now",
    "tablet",
    "kiosk",
    "phone",
    "browser",
    "sign-in",
    "read",
    "change",
    "export",
    "device",
    "people",
    "attendance",
    "tuition",
    "completeness",
    "owed",
    "ref",
    "first_name",
    "last_name",
    "dob",
    "true",
    "false",
    "0",
    "1",
    "000000",
    "10:30",
    "24:00",
    "weather",
    "school",
    "ten green bottles",
    "office person",
    "=cmd|'/c calc'!A0",
    right_to_left,
    "Zo\xc3\xab",
    "../../etc/passwd",
    "",
};
static const char *const files[] = {
    "ref,first_name,last_name,dob\n0017,Jo,Sampleton,2015-02-01\n0018,Li,Sampleton,2014-03-01\n",
    "ref,first_name,dob\n1,Jo,1/2/26\n2,=cmd|x,\n3,Li\n",
    "PK\x03\x04",
    "urn,name\n100001,Sample Primary\n",
};

static const char *request_of(const char *handler) {
  for (size_t i = 0; i < COUNT(notes); i++)
    if (strcmp(notes[i].handler, handler) == 0) return notes[i].request;
  return "";
}

/* ---- what answers taught ---- */

static void learn_text(struct ask_known *k, const char *text, size_t len) {
  if (len == 0 || len >= ask_text_bytes_max || strlen(text) != len) return;
  for (size_t i = 0; i < k->count; i++)
    if (strcmp(k->texts[i], text) == 0) return;
  if (k->count == ask_texts_max) return;
  bytes_copy(k->texts[k->count++], text, len + 1);
}

void ask_learn(struct ask_known *k, const json_t *answer) {
  if (json_is_string(answer)) {
    const char *text = json_string_value(answer);
    bool told = json_string_length(answer) >= 8;
    if (told) learn_text(k, text, json_string_length(answer));
  } else if (json_is_array(answer)) {
    for (size_t i = 0; i < json_array_size(answer); i++) ask_learn(k, json_array_get(answer, i));
  } else if (json_is_object(answer)) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)answer, name, value) ask_learn(k, value);
  }
}

/* The latest first: what the answer before this one held. */
static const char *known_text(const struct ask_known *k, uint8_t which) {
  return k->count ? k->texts[k->count - 1 - which % k->count] : "";
}

/* ---- values ---- */

/* A short piece with its length in one byte. */
static struct slice short_piece(struct slice *in) {
  size_t len = input_u8(in);
  if (len > in->len) len = in->len;
  struct slice out = slice_of(in->ptr, len);
  *in = slice_of(in->ptr + len, in->len - len);
  return out;
}

static void put_text(struct buf *out, struct slice *in, const struct ask_known *known) {
  uint8_t kind = input_u8(in);
  err e = ERR_OK;
  if (kind < 96)
    e = buf_append(out, slice_text(known_text(known, input_u8(in))));
  else if (kind < 176)
    e = buf_append(out, slice_text(words[input_u8(in) % COUNT(words)]));
  else if (kind < 192)
    e = buf_printf(out, "%u", input_u24(in));
  else if (kind < 200)
    e = base64url_encode(out, slice_text(files[input_u8(in) % COUNT(files)]));
  else if (kind < 216)
    e = base64url_encode(out, short_piece(in));
  else
    e = buf_append(out, short_piece(in));
  ASSERT(e == ERR_OK);
}

/* A JSON text holds any bytes: those that are no UTF-8 as they are, so that the hub is asked with them too.
 */
static void put_json_text(struct buf *out, struct slice *in, const struct ask_known *known) {
  struct buf text = BUF_INIT(65536);
  put_text(&text, in, known);
  ASSERT(buf_put_u8(out, '"') == ERR_OK);
  for (size_t i = 0; i < text.len; i++) {
    uint8_t c = text.ptr[i];
    err e = c < 0x20 || c == '"' || c == '\\' ? buf_printf(out, "\\u%04x", c) : buf_put_u8(out, c);
    ASSERT(e == ERR_OK);
  }
  ASSERT(buf_put_u8(out, '"') == ERR_OK);
  buf_finish(&text);
}

static void put_word(struct buf *out, const char *text) {
  ASSERT(buf_append(out, slice_text(text)) == ERR_OK);
}

enum value_type { VALUE_IS_TEXT, VALUE_IS_NUMBER, VALUE_IS_LIST };
static void put_value(struct buf *out, enum value_type type, struct slice *in,
                      const struct ask_known *known) {
  static const char *const odd[] = {"null", "true", "-1", "0",      "1e400",
                                    "2.5",  "{}",   "[]", "[[[]]]", "18446744073709551616"};
  uint8_t kind = input_u8(in);
  if (kind >= 248) return put_word(out, odd[input_u8(in) % COUNT(odd)]);
  if (type == VALUE_IS_NUMBER) {
    ASSERT(buf_printf(out, "%u", kind < 200 ? kind % 16 : input_u24(in)) == ERR_OK);
  } else if (type == VALUE_IS_TEXT) {
    put_json_text(out, in, known);
  } else {
    put_word(out, "[");
    for (uint8_t i = 0; i < kind % 8; i++) {
      if (i) put_word(out, ",");
      put_json_text(out, in, known);
    }
    put_word(out, "]");
  }
}

/* "name! email roles[]! days#": one field after the other; one byte in sixteen leaves it out. */
static void put_fields(struct buf *out, const char *request, struct slice *in,
                       const struct ask_known *known) {
  bool first = true;
  put_word(out, "{");
  while (*request) {
    size_t len = strcspn(request, " "), name = strcspn(request, " #[!");
    bool list = memchr(request, '[', len) != NULL, number = memchr(request, '#', len) != NULL;
    if (input_u8(in) < 240) {
      ASSERT(buf_printf(out, "%s\"%.*s\":", first ? "" : ",", (int)name, request) == ERR_OK);
      put_value(out, list ? VALUE_IS_LIST : number ? VALUE_IS_NUMBER : VALUE_IS_TEXT, in, known);
      first = false;
    }
    request += len + (request[len] == ' ');
  }
  put_word(out, "}");
}

/* ---- the address ---- */

static void put_path(struct buf *out, const struct route *r, struct slice *in,
                     const struct ask_known *known) {
  size_t len = strlen(r->pattern);
  bool open = r->pattern[len - 1] == '*';
  ASSERT(buf_append(out, slice_of((const uint8_t *)r->pattern, len - open)) == ERR_OK);
  if (open) put_text(out, in, known);
}

static void put_query(struct buf *out, const struct route *r, struct slice *in,
                      const struct ask_known *known) {
  const char *names = r->query;
  char sign = '?';
  while (names && *names) {
    size_t len = strcspn(names, " ");
    if (input_u8(in) < 208) {
      ASSERT(buf_printf(out, "%c%.*s=", sign, (int)len, names) == ERR_OK);
      put_text(out, in, known);
      sign = '&';
    }
    names += len + (names[len] == ' ');
  }
}

/* A zero byte would end it sooner for us than for the hub. */
static void keep_target(struct ask *a, const struct buf *target) {
  size_t n = 0;
  for (size_t i = 0; i < target->len && n + 1 < sizeof a->target; i++)
    if (target->ptr[i]) a->target[n++] = (char)target->ptr[i];
  a->target[n] = 0;
}

static const struct route anywhere = {HTTP_POST, "(none)", NULL, ""};

/* FNV-1a, folded to sixteen bits. */
static uint16_t place_of(const struct route *r) {
  uint32_t h = UINT32_C(2166136261);
  h = (h ^ (r->method == HTTP_POST ? 'P' : 'G')) * UINT32_C(16777619);
  for (const char *c = r->pattern; *c; c++) h = (h ^ (uint8_t)*c) * UINT32_C(16777619);
  return (uint16_t)(h ^ h >> 16);
}

/* The route whose place comes next, all around: so that an input keeps its meaning when routes are added. */
static const struct route *route_at(uint16_t which) {
  const struct route *best = &routes[0];
  for (size_t i = 1; i < COUNT(routes); i++) {
    uint16_t way = (uint16_t)(place_of(&routes[i]) - which), shortest = (uint16_t)(place_of(best) - which);
    if (way < shortest) best = &routes[i];
  }
  return best;
}

void ask_take(struct ask *out, struct slice *in, const struct ask_known *known) {
  uint8_t high = input_u8(in), low = input_u8(in), who = input_u8(in), how = input_u8(in);
  const struct route *r = how % 32 == 29 ? &anywhere : route_at((uint16_t)(high << 8 | low));
  struct buf target = BUF_INIT(1 << 20);
  *out = (struct ask){.method = r->method,
                      .pattern = r->pattern,
                      .who = who % (ASK_OTHER_HUB + 1),
                      .without_token = how % 32 == 31,
                      .from_elsewhere = how / 32 == 7,
                      .body = BUF_INIT(1 << 20)};
  if (r == &anywhere) {
    struct slice raw = short_piece(in);
    if (how & 1) out->method = HTTP_GET;
    ASSERT(buf_append(&target, raw) == ERR_OK);
  } else {
    put_path(&target, r, in, known);
    put_query(&target, r, in, known);
  }
  keep_target(out, &target);
  buf_finish(&target);
  if (out->method == HTTP_GET) return;
  if (how % 32 == 30 || r == &anywhere)
    ASSERT(buf_append(&out->body, input_piece(in)) == ERR_OK);
  else
    put_fields(&out->body, request_of(r->handler), in, known);
}

void ask_finish(struct ask *a) { buf_finish(&a->body); }
