/* shape.c: walks the tables of shape.h. */
#include "server/api/shape.h"

#include <string.h>

json_t *shape_text(struct slice text) {
  return json_stringn(text.len ? (const char *)text.ptr : "", text.len);
}

const char *shape_state_word(enum register_view_state state) {
  static const char *const words[] = {
      [VIEW_UPCOMING] = "upcoming", [VIEW_DUE] = "due",         [VIEW_OPEN] = "open",
      [VIEW_CLOSED] = "closed",     [VIEW_MISSING] = "missing", [VIEW_CANCELLED] = "cancelled",
      [VIEW_SHUT] = "shut",
  };
  ASSERT((size_t)state < sizeof words / sizeof words[0]);
  return words[state];
}

/* Values are copied out, because a field's place is known only as a number. */
#define READER(name, type)                                                                                   \
  static type name(const uint8_t *at) {                                                                      \
    type value;                                                                                              \
    bytes_copy(&value, at, sizeof value);                                                                    \
    return value;                                                                                            \
  }
READER(read_id, struct id)
READER(read_slice, struct slice)
READER(read_names, const struct slice *)
READER(read_records, const void *)
READER(read_word, const char *)
READER(read_size, size_t)
READER(read_small, int32_t)
READER(read_count, uint32_t)
READER(read_signed, int64_t)
READER(read_long, uint64_t)
READER(read_state, enum register_view_state)
READER(read_bool, bool)
#undef READER

static json_t *word_of(const struct shape_field *f, int64_t number) {
  const char *word = schema_enum_word(schema_enum(f->of), number);
  return word ? json_string(word) : json_null();
}

static json_t *words_of(const struct shape_field *f, uint32_t set) {
  json_t *list = json_array();
  for (int64_t number = 1; number <= 32; number++) {
    if (!(set >> (number - 1) & 1)) continue;
    json_t *word = word_of(f, number);
    /* A bit of a later schema has no word here. */
    if (json_is_null(word)) continue;
    if (json_array_append_new(list, word) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

static json_t *names_of(const struct slice *names, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) {
    if (json_array_append_new(list, shape_text(names[i])) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

static json_t *text_value(const struct shape_field *f, const uint8_t *at) {
  char text[id_text_bytes]; /* a date is shorter */
  struct slice slice;
  struct id id;
  switch (f->kind) {
  case SHAPE_ID:
    id = read_id(at);
    id_text(text, &id);
    return json_string(text);
  case SHAPE_SOME_ID:
    id = read_id(at);
    id_text(text, &id);
    return id_is_zero(&id) ? json_null() : json_string(text);
  case SHAPE_WORD: return json_string(read_word(at));
  case SHAPE_DAY:
  case SHAPE_DATE:
    if (f->kind == SHAPE_DAY && read_small(at) == 0) return json_null();
    date_text(text, read_small(at));
    return json_string(text);
  case SHAPE_CHARS: return json_string((const char *)at);
  default:
    slice = read_slice(at);
    return f->kind == SHAPE_TEXT && slice.len == 0 ? json_null() : shape_text(slice);
  }
}

static json_t *number_or_null(int64_t number, bool is_null) {
  return is_null ? json_null() : json_integer((json_int_t)number);
}

static json_t *number_value(const struct shape_field *f, const uint8_t *at) {
  switch (f->kind) {
  case SHAPE_MINUTE: return number_or_null(read_small(at), read_small(at) < 0);
  case SHAPE_TIME: return number_or_null(read_signed(at), read_signed(at) == 0);
  case SHAPE_SMALL: return number_or_null(*at, *at == 0);
  case SHAPE_COUNT:
  case SHAPE_CHILDREN: return json_integer((json_int_t)read_count(at));
  case SHAPE_LONG: return json_integer((json_int_t)read_long(at));
  default: return json_integer((json_int_t)read_signed(at));
  }
}

static json_t *value_of(const struct shape_field *f, const void *record) {
  const uint8_t *at = (const uint8_t *)record + f->offset, *count = (const uint8_t *)record + f->count;
  switch (f->kind) {
  case SHAPE_ID:
  case SHAPE_SOME_ID:
  case SHAPE_NAME:
  case SHAPE_WORD:
  case SHAPE_TEXT:
  case SHAPE_CHARS:
  case SHAPE_DAY:
  case SHAPE_DATE: return text_value(f, at);
  case SHAPE_MINUTE:
  case SHAPE_TIME:
  case SHAPE_SMALL:
  case SHAPE_COUNT:
  case SHAPE_CHILDREN:
  case SHAPE_LONG:
  case SHAPE_SIGNED: return number_value(f, at);
  case SHAPE_ENUM: return word_of(f, *at);
  case SHAPE_SET: return words_of(f, read_count(at));
  case SHAPE_STATE: return json_string(shape_state_word(read_state(at)));
  case SHAPE_BOOL: return json_boolean(read_bool(at));
  case SHAPE_NAMES: return names_of(read_names(at), read_size(count));
  case SHAPE_INSIDE: return shape_object(f->item, at);
  case SHAPE_LIST: return shape_list(f->item, read_records(at), read_size(count));
  }
  ASSERT(!"a field of no kind");
  return NULL;
}

bool shape_into(json_t *object, const struct shape *shape, const void *record) {
  for (size_t i = 0; i < shape->count; i++) {
    const struct shape_field *f = &shape->fields[i];
    if (f->kind == SHAPE_CHILDREN && shape->tells_no_children) continue;
    if (json_object_set_new(object, f->name, value_of(f, record)) != 0) return false;
  }
  return object != NULL;
}

json_t *shape_object(const struct shape *shape, const void *record) {
  json_t *object = json_object();
  if (shape_into(object, shape, record)) return object;
  json_decref(object);
  return NULL;
}

json_t *shape_list(const struct shape *shape, const void *records, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) {
    if (json_array_append_new(list, shape_object(shape, (const uint8_t *)records + i * shape->bytes)) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}
