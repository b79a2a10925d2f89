/* project.c: a batch of the feed cut down to what an older device knows: it gets no row of a table and no
 * unit that came later. Words travel as they are: a device keeps a number it has no word for. */
#include "server/core/job.h"

static void project_row(struct row *row, uint32_t units) {
  for (size_t i = 0; i < row->table->column_count; i++) {
    if ((units >> row->table->columns[i].unit & 1) == 0) row->values[i] = value_null();
  }
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    if ((units >> unit & 1) == 0) row->units[unit] = (struct unit_heads){.count = 0};
  }
}

err job_project(struct feed_batch *batch, uint32_t schema, struct arena *a) {
  batch->schema = schema < schema_version ? schema : schema_version;
  if (batch->schema == schema_version) return ERR_OK;
  struct feed_item *known = arena_take(a, batch->count, sizeof *known);
  size_t count = 0;
  if (!known) return ERR_NO_MEMORY;
  for (size_t i = 0; i < batch->count; i++) {
    struct feed_item one = batch->items[i];
    if (one.table->since > schema) continue;
    if (one.kind == FEED_ROW) {
      struct row *row = arena_take(a, 1, sizeof *row);
      if (!row) return ERR_NO_MEMORY;
      *row = *one.row;
      project_row(row, units_until(row->table, schema));
      one.row = row;
    }
    known[count++] = one;
  }
  batch->items = known;
  batch->count = count;
  return ERR_OK;
}
