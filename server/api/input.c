/* input.c: a request's JSON body: one flat object, every field known, bounded and of its type. */
#include "server/api/input.h"

static const struct input_field *find_field(const struct input_field *fields, size_t count,
                                            const char *name) {
  for (size_t i = 0; i < count; i++) {
    if (slice_equal(slice_text(fields[i].name), slice_text(name))) return &fields[i];
  }
  return NULL;
}

/* Only a plain word is said back. */
static bool is_word(const char *name) {
  enum { word_bytes_max = 40 };
  size_t len = 0;
  for (; name[len]; len++) {
    char c = name[len];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!plain || len == word_bytes_max) return false;
  }
  return len > 0;
}

static err unknown_field(struct api_call *c, const char *name) {
  if (is_word(name)) return fault_set(&c->fault, ERR_INVALID, "\"%s\" is no field of this request", name);
  return fault_set(&c->fault, ERR_INVALID, "the request has a field that Tutti does not know");
}

static err read_text(struct api_call *c, const struct input_field *f, const json_t *value, void *at) {
  if (!json_is_string(value)) return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be text", f->name);
  struct slice text = slice_of(json_string_value(value), json_string_length(value));
  if (text.len > f->max)
    return fault_set(&c->fault, ERR_TOO_BIG, "\"%s\" has more than %u bytes", f->name, f->max);
  struct slice copy = arena_copy(&c->x->arena, text);
  if (!copy.ptr) return ERR_NO_MEMORY;
  bytes_copy(at, &copy, sizeof copy);
  return ERR_OK;
}

static err read_number(struct api_call *c, const struct input_field *f, const json_t *value, void *at) {
  json_int_t number = json_is_integer(value) ? json_integer_value(value) : 0;
  if (number < 1 || number > (json_int_t)f->max)
    return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be a whole number from 1 to %u", f->name, f->max);
  uint32_t small = (uint32_t)number;
  bytes_copy(at, &small, sizeof small);
  return ERR_OK;
}

static err read_texts(struct api_call *c, const struct input_field *f, const json_t *value, void *at) {
  const struct input_field one = {f->name, INPUT_TEXT, true, input_text_bytes_max, 0};
  struct input_texts texts = {NULL, json_array_size(value)};
  if (!json_is_array(value))
    return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be a list of texts", f->name);
  if (texts.count > f->max)
    return fault_set(&c->fault, ERR_TOO_BIG, "\"%s\" has more than %u entries", f->name, f->max);
  struct slice *list = arena_take(&c->x->arena, texts.count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < texts.count; i++) TRY(read_text(c, &one, json_array_get(value, i), &list[i]));
  texts.list = list;
  bytes_copy(at, &texts, sizeof texts);
  return ERR_OK;
}

static err read_pairs(struct api_call *c, const struct input_field *f, json_t *value, void *at) {
  struct input_pairs pairs = {NULL, 0};
  const char *name;
  json_t *one;
  if (!json_is_object(value))
    return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be an object of texts", f->name);
  if (json_object_size(value) > f->max)
    return fault_set(&c->fault, ERR_TOO_BIG, "\"%s\" has more than %u fields", f->name, f->max);
  struct input_pair *list = arena_take(&c->x->arena, json_object_size(value) + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  json_object_foreach(value, name, one) {
    const struct input_field text = {name, INPUT_TEXT, true, text_bytes_max, 0};
    if (!is_word(name)) return unknown_field(c, name);
    if (json_is_null(one)) continue;
    TRY(read_text(c, &text, one, &list[pairs.count].text));
    list[pairs.count].name = arena_copy(&c->x->arena, slice_text(name));
    if (!list[pairs.count++].name.ptr) return ERR_NO_MEMORY;
  }
  pairs.list = list;
  bytes_copy(at, &pairs, sizeof pairs);
  return ERR_OK;
}

static err read_field(struct api_call *c, const struct input_field *f, json_t *value, void *out) {
  if (!value || json_is_null(value)) {
    if (!f->required) return ERR_OK;
    return fault_set(&c->fault, ERR_INVALID, "\"%s\" is missing", f->name);
  }
  void *at = (uint8_t *)out + f->offset;
  switch (f->kind) {
  case INPUT_NUMBER: return read_number(c, f, value, at);
  case INPUT_TEXTS: return read_texts(c, f, value, at);
  case INPUT_PAIRS: return read_pairs(c, f, value, at);
  case INPUT_TEXT:
  case INPUT_SECRET: break;
  }
  return read_text(c, f, value, at);
}

static err read_object(struct api_call *c, const struct input_field *fields, size_t count, json_t *object,
                       void *out) {
  const char *name;
  json_t *value;
  if (!json_is_object(object))
    return fault_set(&c->fault, ERR_MALFORMED, "the request must be a JSON object");
  json_object_foreach(object, name, value) {
    if (!find_field(fields, count, name)) return unknown_field(c, name);
  }
  for (size_t i = 0; i < count; i++)
    TRY(read_field(c, &fields[i], json_object_get(object, fields[i].name), out));
  return ERR_OK;
}

/* The parser's copy of a secret goes back to the heap overwritten. */
static void wipe_secrets(const struct input_field *fields, size_t count, json_t *object) {
  for (size_t i = 0; i < count; i++) {
    const json_t *value = json_object_get(object, fields[i].name);
    if (fields[i].kind != INPUT_SECRET || !json_is_string(value)) continue;
    union {
      const char *lent;
      char *ours;
    } text = {.lent = json_string_value(value)};
    crypto_wipe(text.ours, json_string_length(value));
  }
}

err input_read(struct api_call *c, const struct input_field *fields, size_t count, void *out) {
  struct slice body = c->x->request.body;
  json_error_t where;
  json_t *object =
      json_loadb(body.len ? (const char *)body.ptr : "", body.len, JSON_REJECT_DUPLICATES, &where);
  /* The parser's own sentence quotes what it read, which may be a password. */
  if (!object) {
    if (json_error_code(&where) == json_error_out_of_memory) return ERR_NO_MEMORY;
    if (json_error_code(&where) == json_error_duplicate_key)
      return fault_set(&c->fault, ERR_MALFORMED, "the request names a field twice");
    return fault_set(&c->fault, ERR_MALFORMED, "the request is not JSON: line %d, column %d", where.line,
                     where.column);
  }
  err e = read_object(c, fields, count, object, out);
  wipe_secrets(fields, count, object);
  json_decref(object);
  return e;
}
