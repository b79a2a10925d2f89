/* schema.c: schema.def and enums.def as constant tables. The one place where they become data. */
#include "shared/schema/schema.h"

#include <string.h>

/* Numbers of tables, columns and words are known everywhere; what they are, only where rows of them are. */
#ifdef __wasm__
#define SCHEMA_OF_A_DEVICE
#endif

/* Vocabularies: the values of each, then the list of all, numbered by an enum of their own. */
#define ENUM(name)                                    static const struct enum_value values_##name[] = {
#define VALUE(name, word, number, label)              {#word, (number), (label), 1},
#define LATER_VALUE(name, word, number, label, added) {#word, (number), (label), (added)},
#define END_ENUM(name)                                                                                       \
  { NULL, 0, NULL, 0 }                                                                                       \
  }                                                                                                          \
  ;
#include "shared/schema/enums.def"
#undef ENUM
#undef VALUE
#undef LATER_VALUE
#undef END_ENUM

enum enum_position {
#define ENUM(name) POSITION_##name,
#define VALUE(name, word, number, label)
#define LATER_VALUE(name, word, number, label, added)
#define END_ENUM(name)
#include "shared/schema/enums.def"
#undef ENUM
  POSITION_COUNT
};

const struct enum_type schema_enums[] = {
#define ENUM(name) [POSITION_##name] = {#name, values_##name},
#include "shared/schema/enums.def"
#undef ENUM
#undef VALUE
#undef LATER_VALUE
#undef END_ENUM
};
const size_t schema_enum_count = POSITION_COUNT;

/* What the words in COLUMN's places mean. */
#define OF_ID(table)  .type = TYPE_ID, .of = #table
#define OF_ENUM(name) .type = TYPE_ENUM, .of = #name, .vocabulary = &schema_enums[POSITION_##name]
#define OF_SET(name)  .type = TYPE_SET, .of = #name, .vocabulary = &schema_enums[POSITION_##name]
#define OF_INT        .type = TYPE_INT
#define OF_BOOL       .type = TYPE_BOOL
#define OF_DATE       .type = TYPE_DATE
#define OF_MINUTE     .type = TYPE_MINUTE
#define OF_TIME       .type = TYPE_TIME
#define OF_TEXT       .type = TYPE_TEXT
#define IS_NONE                                                                                              \
  { CHECK_NONE, 0, 0 }
#define IS_REQUIRED                                                                                          \
  { CHECK_REQUIRED, 0, 0 }
#define IS_RANGE(first, last)                                                                                \
  { CHECK_RANGE, (first), (last) }
#define IS_LENGTH(max)                                                                                       \
  { CHECK_LENGTH, 0, (max) }
#define IS_LENGTH_REQUIRED(max)                                                                              \
  { CHECK_LENGTH_REQUIRED, 1, (max) }
#define HELD_BY_ALL          (AUDIENCE_DOOR | AUDIENCE_REGISTER | AUDIENCE_CARE | AUDIENCE_TEACHING)
#define HELD_BY_REGISTER     (AUDIENCE_REGISTER | AUDIENCE_CARE | AUDIENCE_TEACHING)
#define HELD_BY_CARE         (AUDIENCE_CARE | AUDIENCE_TEACHING)
#define HELD_BY_TEACHING     AUDIENCE_TEACHING
#define HELD_BY_DOOR         AUDIENCE_DOOR
#define HELD_BY_OFFICE       0
#define KEYED_NO_KEY         .key = "", .key_count = 0
#define KEYED_KEY1(table, a) .key = #a, .key_columns = {COL(table, a)}, .key_count = 1
#define KEYED_KEY2(table, a, b)                                                                              \
  .key = #a " " #b, .key_columns = {COL(table, a), COL(table, b)}, .key_count = 2

#define TABLE(table_name, table_id, key, held_by, scope_rule, added)                                         \
  static const struct column columns_##table_name[] = {
#define COLUMN(column_name, column_id, column_type, column_rule, column_unit, added, column_check, held_by)  \
  {.name = #column_name,                                                                                     \
   .id = (column_id),                                                                                        \
   OF_##column_type,                                                                                         \
   .rule = RULE_##column_rule,                                                                               \
   .unit = (column_unit),                                                                                    \
   .since = (added),                                                                                         \
   .check = IS_##column_check,                                                                               \
   .audience = HELD_BY_##held_by},
#define INDEX(table, column)
#define HUB_INDEX(table, column)
#define END(table_name)                                                                                      \
  }                                                                                                          \
  ;
#include "shared/schema/schema.def"
#undef TABLE
#undef COLUMN
#undef END

/* A table's units, measured: every column is a member of unit + 1 bytes, and a union is as big as its biggest
 * member. */
#define TABLE(table_name, table_id, key, held_by, scope_rule, added) union units_##table_name {
#define COLUMN(column_name, column_id, column_type, column_rule, column_unit, added, column_check, held_by)  \
  char column_name[(column_unit) + 1];
#define END(table_name)                                                                                      \
  }                                                                                                          \
  ;                                                                                                          \
  _Static_assert(sizeof(union units_##table_name) <= op_units_max, "units of " #table_name);                 \
  _Static_assert(sizeof(struct schema_columns_##table_name) <= op_columns_max, "columns of " #table_name);
#include "shared/schema/schema.def"
#undef TABLE
#undef COLUMN
#undef END

/* As long as its last table here: a device's core ends earlier. */
static const struct table tables[] = {
#define TABLE(table_name, table_id, table_key, held_by, scope_rule, added)                                   \
  [table_id] = {.name = #table_name,                                                                         \
                .id = (table_id),                                                                            \
                KEYED_##table_key,                                                                           \
                .audience = HELD_BY_##held_by,                                                               \
                .scope = SCOPE_##scope_rule,                                                                 \
                .since = (added),                                                                            \
                .columns = columns_##table_name,                                                             \
                .column_count = sizeof(struct schema_columns_##table_name),                                  \
                .unit_count = sizeof(union units_##table_name)},
#define COLUMN(column_name, column_id, column_type, column_rule, column_unit, added, column_check, held_by)
#define END(table_name)
#include "shared/schema/schema.def"
#undef TABLE
#undef COLUMN
#undef INDEX
#undef HUB_INDEX
#undef END
};

const struct schema_index schema_indexes[] = {
#define TABLE(table_name, table_id, key, held_by, scope_rule, added)
#define COLUMN(column_name, column_id, column_type, column_rule, column_unit, added, column_check, held_by)
#define INDEX(table, column)     {TABLE_##table, #column, false},
#define HUB_INDEX(table, column) {TABLE_##table, #column, true},
#define END(table_name)
#include "shared/schema/schema.def"
};
const size_t schema_index_count = sizeof schema_indexes / sizeof *schema_indexes;

enum { table_count = sizeof tables / sizeof *tables };

const struct table *schema_table(uint8_t id) {
  return id < table_count && tables[id].name ? &tables[id] : NULL;
}

const struct table *schema_after(uint8_t id) {
  for (size_t next = (size_t)id + 1; next < table_count; next++) {
    if (tables[next].name) return &tables[next];
  }
  return NULL;
}

const struct table *schema_table_named(const char *name) {
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    if (strcmp(t->name, name) == 0) return t;
  }
  return NULL;
}

const struct enum_type *schema_enum(const char *name) {
  for (size_t i = 0; i < schema_enum_count; i++) {
    if (strcmp(schema_enums[i].name, name) == 0) return &schema_enums[i];
  }
  return NULL;
}

static const struct enum_value *find_number(const struct enum_type *e, int64_t n) {
  const struct enum_value *v = e->values;
  while (v->word && v->number != n) v++;
  return v;
}

const char *schema_enum_word(const struct enum_type *e, int64_t n) { return find_number(e, n)->word; }

const char *schema_enum_label(const struct enum_type *e, int64_t n) { return find_number(e, n)->label; }

int schema_enum_number(const struct enum_type *e, struct slice word) {
  for (const struct enum_value *v = e->values; v->word; v++) {
    if (slice_equal(slice_text(v->word), word)) return v->number;
  }
  return 0;
}
