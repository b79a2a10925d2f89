/* store_row.h: a row as a device would have written it, with one head a unit. */
#ifndef TUTTI_TESTS_STORE_ROW_H
#define TUTTI_TESTS_STORE_ROW_H

#include "shared/schema/row.h"

static const struct id store_row_device = {{1}}, store_row_author = {{2}};

/* Its heads live in `a`. */
static inline struct row store_row(uint8_t table, const struct id *id, uint64_t version, struct arena *a) {
  struct row row = {.table = schema_table(table), .id = *id, .exists = true, .version = version};
  for (uint8_t unit = 0; unit < row.table->unit_count; unit++) {
    uint8_t columns[op_columns_max];
    if (unit_columns(row.table, unit, columns) == 0) continue;
    struct head *head = arena_take(a, 1, sizeof *head);
    ASSERT(head);
    *head = (struct head){.op = {.device = store_row_device, .incarnation = 1, .counter = version},
                          .author = store_row_author,
                          .stamp = 1795262400000};
    row.units[unit] = (struct unit_heads){.heads = head, .count = 1};
  }
  return row;
}

#endif
