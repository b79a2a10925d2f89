/* calls.c: commands.def expanded into tables, and arguments read by them. */
#include "client/core/calls.h"

#include <string.h>

#include "shared/base/now.h"

#define CALL_TYPE_TEXT                                                                                       \
  { CALL_TEXT, NULL }
#define CALL_TYPE_LONG_TEXT                                                                                  \
  { CALL_LONG_TEXT, NULL }
#define CALL_TYPE_INT                                                                                        \
  { CALL_INT, NULL }
#define CALL_TYPE_BOOL                                                                                       \
  { CALL_BOOL, NULL }
#define CALL_TYPE_BYTES                                                                                      \
  { CALL_BYTES, NULL }
#define CALL_TYPE_ID                                                                                         \
  { CALL_ID, NULL }
#define CALL_TYPE_DATE                                                                                       \
  { CALL_DATE, NULL }
#define CALL_TYPE_MINUTE                                                                                     \
  { CALL_MINUTE, NULL }
#define CALL_TYPE_TIME                                                                                       \
  { CALL_TIME, NULL }
#define CALL_TYPE_WORD(e)                                                                                    \
  { CALL_WORD, #e }
#define CALL_TYPE_OF(s)                                                                                      \
  { CALL_OF, #s }
#define CALL_TYPE_LIST(s)                                                                                    \
  { CALL_LIST, #s }
#define CALL_TYPE_WORDS(e)                                                                                   \
  { CALL_WORDS, #e }
#define CALL_TYPE_TEXTS                                                                                      \
  { CALL_TEXTS, NULL }
#define NEED_REQUIRED true
#define NEED_OPTIONAL false

#define SHAPE(name)             static const struct call_field fields_of_##name[] = {
#define FIELD(name, type, need) {#name, CALL_TYPE_##type, NEED_##need},
#define END_SHAPE(name)                                                                                      \
  { NULL, {CALL_TEXT, NULL}, false }                                                                         \
  }                                                                                                          \
  ;
#define COMMAND(name, word, who, result) static const struct call_field args_of_##name[] = {
#define ARG(name, type, need)            {#name, CALL_TYPE_##type, NEED_##need},
#define END_COMMAND(name)                                                                                    \
  { NULL, {CALL_TEXT, NULL}, false }                                                                         \
  }                                                                                                          \
  ;
#include "client/core/commands.def"
#undef SHAPE
#undef FIELD
#undef END_SHAPE
#undef COMMAND
#undef ARG
#undef END_COMMAND

#define FIELD(name, type, need)
#define END_SHAPE(name)
#define ARG(name, type, need)
#define END_COMMAND(name)

const struct call_command call_commands[] = {
#define SHAPE(name)
#define COMMAND(name, word, who, result) {word, CALL_##who, #result, args_of_##name},
#include "client/core/commands.def"
#undef SHAPE
#undef COMMAND
};
const size_t call_command_count = sizeof call_commands / sizeof call_commands[0];

const struct call_shape call_shapes[] = {
#define SHAPE(name) {#name, fields_of_##name},
#define COMMAND(name, word, who, result)
#include "client/core/commands.def"
#undef SHAPE
#undef COMMAND
};
const size_t call_shape_count = sizeof call_shapes / sizeof call_shapes[0];

int call_find(struct slice word) {
  for (size_t i = 0; i < call_command_count; i += 1) {
    if (slice_equal(slice_text(call_commands[i].word), word)) return (int)i;
  }
  return -1;
}

static err read_text(struct arg *out, const item *i, size_t bytes_max) {
  if (item_kind(i) != ITEM_TEXT) return ERR_INVALID;
  TRY(item_text(i, bytes_max, &out->text));
  return ERR_OK;
}

static err read_word(int64_t *out, const char *of, const item *i) {
  struct slice word = {NULL, 0};
  TRY(item_text(i, text_bytes_max, &word));
  *out = schema_enum_number(schema_enum(of), word);
  return *out ? ERR_OK : ERR_INVALID;
}

static err read_words(int64_t *out, const char *of, const item *i) {
  size_t count = 0;
  TRY(item_array(i, 64, &count));
  *out = 0;
  for (size_t k = 0; k < count; k += 1) {
    int64_t number = 0;
    TRY(read_word(&number, of, item_at(i, k)));
    *out |= (int64_t)1 << (number - 1);
  }
  return ERR_OK;
}

static err read_date(int64_t *out, const item *i) {
  struct slice text = {NULL, 0};
  int32_t days = 0;
  TRY(item_text(i, date_text_bytes, &text));
  TRY(date_parse(&days, text));
  *out = days;
  return ERR_OK;
}

static err read_arg(struct arg *out, const struct call_type *type, const item *i) {
  bool yes = false;
  switch (type->kind) {
  case CALL_TEXT: return read_text(out, i, text_bytes_max);
  case CALL_LONG_TEXT: return read_text(out, i, draft_bytes_max);
  case CALL_INT: return item_i64(i, INT32_MIN, INT32_MAX, &out->i);
  case CALL_TIME: return item_i64(i, 0, INT64_MAX, &out->i);
  case CALL_MINUTE: return item_i64(i, 0, 1439, &out->i);
  case CALL_BOOL:
    TRY(item_bool(i, &yes));
    out->i = yes;
    return ERR_OK;
  case CALL_BYTES: return item_bytes(i, 0, export_file_bytes_max, &out->text);
  case CALL_ID: return item_id_hex(i, &out->id);
  case CALL_DATE: return read_date(&out->i, i);
  case CALL_WORD: return read_word(&out->i, type->of, i);
  case CALL_WORDS: return read_words(&out->i, type->of, i);
  default: return ERR_INVALID;
  }
}

static const char *type_words(const struct call_type *type) {
  switch (type->kind) {
  case CALL_TEXT:
  case CALL_LONG_TEXT: return "text";
  case CALL_INT: return "a whole number";
  case CALL_TIME: return "a time in milliseconds since 1970";
  case CALL_MINUTE: return "a minute of the day from 0 to 1439";
  case CALL_BOOL: return "true or false";
  case CALL_BYTES: return "bytes";
  case CALL_ID: return "an id of 32 hexadecimal digits";
  case CALL_DATE: return "a date like 2026-11-21";
  case CALL_WORD: return "one of the words of its list:";
  default: return "a list of words of:";
  }
}

static const struct call_field *field_named(const struct call_field *fields, struct slice name,
                                            size_t *index_out) {
  for (size_t i = 0; fields[i].name; i += 1) {
    if (!slice_equal(slice_text(fields[i].name), name)) continue;
    *index_out = i;
    return &fields[i];
  }
  return NULL;
}

static err read_entry(struct arg out[call_args_max], const struct call_command *command, const item *key,
                      const item *value, struct fault *fault) {
  struct slice name = {NULL, 0};
  size_t index = 0;
  if (item_text(key, 64, &name) != ERR_OK)
    return fault_set(fault, ERR_INVALID, "%s: an argument has no name", command->word);
  const struct call_field *field = field_named(command->args, name, &index);
  if (!field)
    return fault_set(fault, ERR_INVALID, "%s takes no argument called %.*s", command->word, (int)name.len,
                     name.ptr);
  if (item_kind(value) == ITEM_NIL) return ERR_OK;
  if (read_arg(&out[index], &field->type, value) != ERR_OK) {
    return fault_set(fault, ERR_INVALID, "%s: %s must be %s %s", command->word, field->name,
                     type_words(&field->type), field->type.of ? field->type.of : "");
  }
  out[index].given = true;
  return ERR_OK;
}

err call_read_args(struct arg out[call_args_max], const struct call_command *command, const item *args,
                   struct fault *fault) {
  bytes_zero(out, call_args_max * sizeof *out);
  if (item_kind(args) != ITEM_MAP)
    return fault_set(fault, ERR_INVALID, "%s: the arguments are not a map", command->word);
  for (size_t i = 0; i < item_map_count(args); i += 1) {
    TRY(read_entry(out, command, item_map_key(args, i), item_map_value(args, i), fault));
  }
  for (size_t i = 0; command->args[i].name; i += 1) {
    ASSERT(i < call_args_max);
    if (command->args[i].required && !out[i].given) {
      return fault_set(fault, ERR_INVALID, "%s needs the argument %s", command->word, command->args[i].name);
    }
  }
  return ERR_OK;
}
