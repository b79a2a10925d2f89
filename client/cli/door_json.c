/* door_json.c: a walk over jansson's values and msgpack's items. */
#include "client/cli/door_json.h"

static err pack_object(struct packer *p, const json_t *object) {
  const char *key;
  json_t *value;
  pack_map(p, json_object_size(object));
  json_object_foreach((json_t *)object, key, value) {
    pack_word(p, key);
    TRY(door_pack_json(p, value));
  }
  return ERR_OK;
}

err door_pack_json(struct packer *p, const json_t *value) {
  switch (json_typeof(value)) {
  case JSON_OBJECT: return pack_object(p, value);
  case JSON_ARRAY:
    pack_array(p, json_array_size(value));
    for (size_t i = 0; i < json_array_size(value); i++) TRY(door_pack_json(p, json_array_get(value, i)));
    return ERR_OK;
  case JSON_STRING:
    pack_text(p, slice_of(json_string_value(value), json_string_length(value)));
    return ERR_OK;
  case JSON_INTEGER: pack_i64(p, json_integer_value(value)); return ERR_OK;
  case JSON_TRUE: pack_bool(p, true); return ERR_OK;
  case JSON_FALSE: pack_bool(p, false); return ERR_OK;
  case JSON_NULL: pack_nil(p); return ERR_OK;
  default: return ERR_INVALID;
  }
}

static json_t *unpack_map(const item *value) {
  json_t *object = json_object();
  for (size_t i = 0; i < item_map_count(value); i++) {
    struct slice key;
    if (item_text(item_map_key(value, i), text_bytes_max, &key) != ERR_OK) continue;
    json_object_setn_new(object, (const char *)key.ptr, key.len, door_unpack_json(item_map_value(value, i)));
  }
  return object;
}

static json_t *unpack_array(const item *value) {
  json_t *array = json_array();
  size_t count = 0;
  if (item_array(value, SIZE_MAX, &count) != ERR_OK) return array;
  for (size_t i = 0; i < count; i++) json_array_append_new(array, door_unpack_json(item_at(value, i)));
  return array;
}

json_t *door_unpack_json(const item *value) {
  struct slice s;
  bool flag;
  int64_t number;
  switch (item_kind(value)) {
  case ITEM_MAP: return unpack_map(value);
  case ITEM_ARRAY: return unpack_array(value);
  case ITEM_BOOL: return item_bool(value, &flag) == ERR_OK ? json_boolean(flag) : json_null();
  case ITEM_INT:
    return item_i64(value, INT64_MIN, INT64_MAX, &number) == ERR_OK ? json_integer(number) : json_null();
  case ITEM_TEXT:
    return item_text(value, SIZE_MAX, &s) == ERR_OK ? json_stringn((const char *)s.ptr, s.len) : json_null();
  case ITEM_BYTES:
    return item_bytes(value, 0, SIZE_MAX, &s) == ERR_OK ? json_pack("{s:I}", "bytes", (json_int_t)s.len)
                                                        : json_null();
  default: return json_null();
  }
}
