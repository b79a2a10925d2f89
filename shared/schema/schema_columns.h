/* schema_columns.h: COL(mark, code) is a column's index into `values`; ENUM_mark_code_P is a word's number.
 * Expanded from the .def files. */
#ifndef TUTTI_SCHEMA_COLUMNS_H
#define TUTTI_SCHEMA_COLUMNS_H

#include <stddef.h>

/* One byte a column, so that a member's offset is the column's index. Never instantiated. */
#define TABLE(name, id, key, audience, scope, since)               struct schema_columns_##name {
#define COLUMN(name, id, type, rule, unit, since, check, audience) char name;
#define INDEX(table, column)
#define HUB_INDEX(table, column)
#define END(name)                                                                                            \
  }                                                                                                          \
  ;
#include "shared/schema/schema.def"
#undef TABLE
#undef COLUMN
#undef INDEX
#undef HUB_INDEX
#undef END
#define COL(table, column) offsetof(struct schema_columns_##table, column)

enum schema_enum_numbers {
#define ENUM(name)
#define VALUE(name, word, number, label)              ENUM_##name##_##word = (number),
#define LATER_VALUE(name, word, number, label, added) ENUM_##name##_##word = (number),
#define END_ENUM(name)
#include "shared/schema/enums.def"
#undef ENUM
#undef VALUE
#undef LATER_VALUE
#undef END_ENUM
};

#endif
