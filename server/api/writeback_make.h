/* writeback_make.h: a mapping's settings, and a file of what is new or different by them. Knows of no
 * request: a shell makes the same files. */
#ifndef TUTTI_SERVER_API_WRITEBACK_MAKE_H
#define TUTTI_SERVER_API_WRITEBACK_MAKE_H

#include <jansson.h>

#include "server/api/sheet.h"
#include "server/core/writeback.h"

enum writeback_what { IN_ATTENDANCE = 1, IN_PROGRESS = 2, IN_BOTH = 3 };
enum writeback_field {
#define FIELD(name, title, in) FIELD_##name,
#include "server/api/writeback.def"
  FIELD_END
};
struct writeback_field_info {
  const char *name, *title;
  enum writeback_what in;
};
extern const struct writeback_field_info writeback_fields[FIELD_END];
enum writeback_dates { DATES_ISO, DATES_UK, DATES_DOTS, DATES_COMPACT, DATES_END };
extern const char *const writeback_dates_words[DATES_END]; /* each shows the 21st of November 2026 */

enum { writeback_codes = ENUM_mark_code_SE + 1, writeback_heading_bytes_max = 60 };
struct writeback_column {
  enum writeback_field field;
  struct slice heading;
};
/* Slices live where the settings were read from. */
struct writeback_settings {
  enum writeback_what what;
  enum sheet_format format;
  struct sheet_style style;
  enum writeback_dates dates;
  int32_t from; /* days before it are left out */
  struct writeback_column columns[writeback_columns_max];
  size_t column_count;
  struct slice codes[writeback_codes]; /* by number of mark_code; empty: its word */
};
/* As they are stored; a new reference, NULL without memory. */
json_t *writeback_settings_json(const struct writeback_settings *w);
/* ERR_INVALID with a sentence; texts are copied into `a`. */
MUST_USE err writeback_settings_read(struct writeback_settings *out, const json_t *from, struct arena *a,
                                     struct fault *fault);

struct writeback_made {
  struct buf file, state; /* the caller finishes both */
  struct id *children;    /* who stands in the file; in the arena */
  size_t child_count;
  uint32_t rows, fresh, changed, gone;
};
/* On a reader. `before` is what was sent by the run before; a workbook is made on the disk of `folder`:
 * ERR_FULL. */
MUST_USE err writeback_make(struct writeback_made *out, const struct writeback_settings *w,
                            struct slice before, struct store *store, struct arena *a, const char *folder);

#endif
