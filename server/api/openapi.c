/* openapi.c: the API's own description, made from the table of its routes and the notes of openapi.def, so
 * that it names no address that is not there and misses none that is. */
#include <string.h>

#include "server/api/access.h"

#define ROUTE(method, pattern, query, who, token, answer, handler)                                           \
  {#handler, pattern, query, who, HTTP_##method},
static const struct described {
  const char *handler, *pattern, *query;
  uint32_t roles;
  enum http_method method;
} described[] = {
#include "server/api/routes.def"
};
#undef ROUTE

#define NOTE(handler, summary, request, answer) {#handler, summary, request, answer},
static const struct note {
  const char *handler, *summary, *request, *answer;
} notes[] = {
#include "server/api/openapi.def"
};
#undef NOTE

static const struct note *note_of(const struct described *d) {
  static const struct note none = {"", "", "", ""};
  for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
    if (strcmp(notes[i].handler, d->handler) == 0) return &notes[i];
  return &none;
}

static bool has_id(const struct described *d) { return d->pattern[strlen(d->pattern) - 1] == '*'; }

static struct slice next_word(const char **rest) {
  *rest += strspn(*rest, " ");
  size_t len = strcspn(*rest, " ");
  struct slice word = slice_of(*rest, len);
  *rest += len;
  return word;
}

static void put(json_t *object, struct slice name, json_t *value) {
  (void)json_object_setn_new(object, (const char *)name.ptr, name.len, value);
}

/* "name" a text, "days#" a whole number, "staff[]" a list of texts, "values{}" an object of texts; "!" at its
 * end: it must be there. */
static void put_field(json_t *properties, json_t *required, struct slice word) {
  const char *type = "string";
  if (word.ptr[word.len - 1] == '!') word.len--;
  bool must = word.ptr[word.len] == '!', list = word.ptr[word.len - 1] == ']',
       object = word.ptr[word.len - 1] == '}';
  if (list || object) word.len -= 2;
  if (word.ptr[word.len - 1] == '#') {
    word.len--;
    type = "integer";
  }
  put(properties, word,
      list     ? json_pack("{s:s, s:{s:s}}", "type", "array", "items", "type", type)
      : object ? json_pack("{s:s, s:{s:s}}", "type", "object", "additionalProperties", "type", type)
               : json_pack("{s:s}", "type", type));
  if (must) (void)json_array_append_new(required, json_stringn((const char *)word.ptr, word.len));
}

static json_t *request_body(const struct note *n) {
  json_t *properties = json_object(), *required = json_array();
  const char *rest = n->request;
  for (struct slice word = next_word(&rest); word.len; word = next_word(&rest))
    put_field(properties, required, word);
  json_t *schema =
      json_pack("{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0, "properties", properties);
  if (json_array_size(required) > 0)
    (void)json_object_set_new(schema, "required", required);
  else
    json_decref(required);
  return json_pack("{s:b, s:{s:{s:o}}}", "required", 1, "content", "application/json", "schema", schema);
}

static json_t *answer_content(const char *answer) {
  if (strcmp(answer, "csv") == 0) return json_pack("{s:{s:{s:s}}}", "text/csv", "schema", "type", "string");
  if (strcmp(answer, "events") == 0)
    return json_pack("{s:{s:{s:s}}}", "text/event-stream", "schema", "type", "string");
  json_t *properties = json_object();
  const char *rest = answer;
  for (struct slice word = next_word(&rest); word.len; word = next_word(&rest))
    put(properties, word, json_object());
  return json_pack("{s:{s:{s:s, s:o}}}", "application/json", "schema", "type", "object", "properties",
                   properties);
}

static json_t *responses(const struct note *n) {
  return json_pack("{s:{s:s, s:o}, s:{s:s}}", "200", "description", "done", "content",
                   answer_content(n->answer), "default", "$ref", "#/components/responses/Failure");
}

static json_t *parameters(const struct described *d) {
  json_t *list = json_array();
  if (has_id(d))
    (void)json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:{s:s, s:s}}", "name", "id", "in", "path",
                                                "required", 1, "schema", "type", "string", "pattern",
                                                "^[0-9a-f]{32}$"));
  const char *rest = d->query ? d->query : "";
  for (struct slice word = next_word(&rest); word.len; word = next_word(&rest))
    (void)json_array_append_new(list, json_pack("{s:s%, s:s, s:{s:s}}", "name", word.ptr, word.len, "in",
                                                "query", "schema", "type", "string"));
  return list;
}

static json_t *role_words(uint32_t roles) {
  json_t *list = json_array();
  for (int number = 1; number <= ENUM_role_partner; number++)
    if (roles >> (number - 1) & 1)
      (void)json_array_append_new(list, json_string(schema_enum_word(schema_enum("role"), number)));
  return list;
}

static json_t *operation(const struct described *d) {
  const struct note *n = note_of(d);
  json_t *out =
      json_pack("{s:s, s:s, s:o, s:o, s:o}", "operationId", d->handler, "summary", n->summary, "x-roles",
                role_words(d->roles), "parameters", parameters(d), "responses", responses(n));
  if (d->method == HTTP_POST) (void)json_object_set_new(out, "requestBody", request_body(n));
  if (d->roles == NOBODY) (void)json_object_set_new(out, "security", json_array());
  return out;
}

static void put_path(json_t *paths, const struct described *d) {
  char path[96];
  size_t len = strlen(d->pattern);
  ASSERT(len + 4 < sizeof path);
  bytes_copy(path, d->pattern, len + 1);
  if (has_id(d)) bytes_copy(path + len - 1, "{id}", 5);
  json_t *entry = json_object_get(paths, path);
  if (!entry) {
    entry = json_object();
    (void)json_object_set_new(paths, path, entry);
  }
  (void)json_object_set_new(entry, d->method == HTTP_POST ? "post" : "get", operation(d));
}

static json_t *components(void) {
  json_t *failure = json_pack("{s:s, s:[s,s], s:{s:{s:s}, s:{s:s}, s:{s:s}}}", "type", "object", "required",
                              "code", "text", "properties", "code", "type", "string", "text", "type",
                              "string", "wait_ms", "type", "integer");
  json_t *answer = json_pack("{s:s, s:{s:{s:o}}}", "description",
                             "what was wrong: `code` is stable, `text` is a sentence for a person, `wait_ms` "
                             "says when to try again",
                             "content", "application/json", "schema", failure);
  return json_pack("{s:{s:o}, s:{s:{s:s, s:s, s:s}, s:{s:s, s:s}}}", "responses", "Failure", answer,
                   "securitySchemes", "page", "type", "apiKey", "in", "cookie", "name", "__Host-tutti", "key",
                   "type", "http", "scheme", "bearer");
}

err api_openapi(struct api_call *c) {
  json_t *paths = json_object();
  for (size_t i = 0; i < sizeof described / sizeof *described; i++) put_path(paths, &described[i]);
  return api_answer(
      c, json_pack("{s:s, s:{s:s, s:s, s:s}, s:[{s:[]}, {s:[]}], s:o, s:o}", "openapi", "3.1.0", "info",
                   "title", "Tutti", "version", "1", "description",
                   "The office's interface. A page signs in and sends X-Tutti-CSRF with every POST; a script "
                   "sends a key: Authorization: Bearer tutti_... Lists end with `next`, which is the `after` "
                   "of the next page. An ETag sent back as If-None-Match gives 304 while nothing changed.",
                   "security", "page", "key", "paths", paths, "components", components()));
}
