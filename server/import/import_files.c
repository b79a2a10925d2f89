/* import_files.c: import.def, expanded once. */
#include "server/import/import_files.h"

#define REQUIRED true
#define OPTIONAL false
#define FILE(name_, table_, kind_)                                                                           \
  {                                                                                                          \
    .name = #name_, .table = TABLE_##table_, .kind = (kind_), .cells = {
#define CELL(csv_, column_, need) {.csv = #csv_, .column_name = #column_, .required = (need)},
#define REF(csv_, column_, kind_, need)                                                                      \
  {.csv = #csv_, .column_name = #column_, .of = #kind_, .required = (need)},
#define COUNTED(csv_, column_, of_)                                                                          \
  {.csv = #csv_, .column_name = #column_, .counted_of = #of_, .required = true},
#define BESIDE(csv_, table_, column_) {.csv = #csv_, .column_name = #column_, .beside = TABLE_##table_},
#define WHOLE_NAME(csv_)              {.csv = #csv_, .whole_name = true},
#define KEY(csv_)                     {.csv = #csv_, .key = true, .required = true},
#define KEY_IF_ANY(csv_)              {.csv = #csv_, .key = true},
#define END_FILE                                                                                             \
  }                                                                                                          \
  }                                                                                                          \
  ,
const struct import_file import_files[] = {
#include "server/import/import.def"
};
const size_t import_file_count = sizeof import_files / sizeof *import_files;
