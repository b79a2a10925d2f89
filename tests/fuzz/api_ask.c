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

/* ---- values ---- */

/* A short piece with its length in one byte. */
static struct slice short_piece(struct slice *in) {
  size_t len = input_u8(in);
  if (len > in->len) len = in->len;
  struct slice out = slice_of(in->ptr, len);
  *in = slice_of(in->ptr + len, in->len - len);
  return out;
}

/* `name`: the field or the noun that it is for. */
static void put_text(struct buf *out, struct slice *in, const struct ask_known *known, struct slice name) {
  uint8_t kind = input_u8(in);
  err e = ERR_OK;
  if (kind < 40) {
    e = buf_append(out, slice_text(ask_known_text(known, input_u8(in))));
  } else if (kind < 96) {
    e = buf_append(out, slice_text(ask_known_named(known, name, input_u8(in))));
  } else if (kind < 176) {
    uint8_t which = input_u8(in);
    const char *word = kind < 152 ? ask_word(name, which) : NULL;
    e = buf_append(out, slice_text(word ? word : words[which % COUNT(words)]));
  } else if (kind < 192) {
    e = buf_printf(out, "%u", input_u24(in));
  } else if (kind < 200) {
    e = base64url_encode(out, slice_text(files[input_u8(in) % COUNT(files)]));
  } else if (kind < 216) {
    e = base64url_encode(out, short_piece(in));
  } else {
    e = buf_append(out, short_piece(in));
  }
  ASSERT(e == ERR_OK);
}

/* A JSON text holds any bytes: those that are no UTF-8 as they are, so that the hub is asked with them too.
 */
static void put_json_text(struct buf *out, struct slice *in, const struct ask_known *known,
                          struct slice name) {
  struct buf text = BUF_INIT(65536);
  put_text(&text, in, known, name);
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

/* What an entry of the Local Plan says: the columns of the table that `kind` names, a few of them left out.
 */
static void put_entry(struct buf *out, const char *kind, struct slice *in, const struct ask_known *known) {
  const char *column;
  bool first = true;
  put_word(out, "{");
  for (uint8_t i = 0; (column = ask_column(kind, i)) != NULL; i++) {
    if (input_u8(in) >= 224) continue;
    ASSERT(buf_printf(out, "%s\"%s\":", first ? "" : ",", column) == ERR_OK);
    put_json_text(out, in, known, slice_text(column));
    first = false;
  }
  put_word(out, "}");
}

static void put_list(struct buf *out, size_t count, struct slice *in, const struct ask_known *known,
                     struct slice name) {
  put_word(out, "[");
  for (size_t i = 0; i < count; i++) {
    if (i) put_word(out, ",");
    put_json_text(out, in, known, name);
  }
  put_word(out, "]");
}

/* One field of a request: "days#!", "roles[]", "values{}!". */
struct field {
  struct slice name;
  char shape; /* '#', '[', '{', or 0 for a text */
};
static struct field field_of(const char *request) {
  size_t name = strcspn(request, " #[{!");
  return (struct field){.name = slice_of(request, name),
                        .shape = request[name] == '!' || request[name] == ' ' ? 0 : request[name]};
}

static void put_value(struct buf *out, const struct field *f, const char *kind, struct slice *in,
                      const struct ask_known *known) {
  static const char *const odd[] = {"null", "true", "-1", "0",      "1e400",
                                    "2.5",  "{}",   "[]", "[[[]]]", "18446744073709551616"};
  uint8_t how = input_u8(in);
  if (how >= 248) return put_word(out, odd[input_u8(in) % COUNT(odd)]);
  switch (f->shape) {
  case '#': ASSERT(buf_printf(out, "%u", how < 200 ? how % 16 : input_u24(in)) == ERR_OK); return;
  case '[': put_list(out, how % 8, in, known, f->name); return;
  case '{': put_entry(out, kind, in, known); return;
  default: put_json_text(out, in, known, f->name); return;
  }
}

/* What stands in the body under "kind" so far: the shape of what follows depends on it. */
static void read_kind(char kind[ask_name_bytes_max], const struct buf *body, size_t from) {
  size_t n = 0;
  for (size_t i = from + 1; i < body->len && body->ptr[i] != '"' && n + 1 < ask_name_bytes_max; i++)
    kind[n++] = (char)body->ptr[i];
  kind[n] = 0;
}

/* "name! email roles[]! days#": one field after the other; one byte in sixteen leaves it out. */
static void put_fields(struct buf *out, const char *request, struct slice *in,
                       const struct ask_known *known) {
  char kind[ask_name_bytes_max] = "";
  bool first = true;
  put_word(out, "{");
  while (*request) {
    size_t len = strcspn(request, " ");
    struct field f = field_of(request);
    if (input_u8(in) < 240) {
      ASSERT(buf_printf(out, "%s\"%.*s\":", first ? "" : ",", (int)f.name.len, (const char *)f.name.ptr) ==
             ERR_OK);
      size_t from = out->len;
      put_value(out, &f, kind, in, known);
      if (slice_equal(f.name, slice_text("kind"))) read_kind(kind, out, from);
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
  if (!open) return;
  /* An id of what the address names, by its first word or by a later one. */
  struct slice noun = slice_of(r->pattern + 5, strcspn(r->pattern + 5, "/"));
  const char *next = r->pattern + 5 + noun.len + 1;
  if (input_u8(in) < 128 && *next != '*') noun = slice_of(next, strcspn(next, "/"));
  put_text(out, in, known, noun);
}

static void put_query(struct buf *out, const struct route *r, struct slice *in,
                      const struct ask_known *known) {
  const char *names = r->query;
  char sign = '?';
  while (names && *names) {
    size_t len = strcspn(names, " ");
    if (input_u8(in) < 208) {
      ASSERT(buf_printf(out, "%c%.*s=", sign, (int)len, names) == ERR_OK);
      put_text(out, in, known, slice_of(names, len));
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
