/* schema_sql.c: the DDL of a schema table. Ids are blobs, whole numbers integers; heads and version stand
 * behind the columns. Columns may be NULL whatever their check says, because a device holds projections:
 * value_check guards what is written. */
#include "shared/schema/schema.h"

static const char *sql_type(const struct column *c) {
  switch (c->type) {
  case TYPE_ID: return "BLOB";
  case TYPE_TEXT: return "TEXT";
  default: return "INTEGER";
  }
}

err schema_sql_table(struct buf *out, const struct table *t) {
  TRY(buf_printf(out, "CREATE TABLE IF NOT EXISTS %s(id BLOB NOT NULL PRIMARY KEY", t->name));
  for (size_t i = 0; i < t->column_count; i++) {
    TRY(buf_printf(out, ", %s %s", t->columns[i].name, sql_type(&t->columns[i])));
  }
  return buf_printf(out, ", heads BLOB NOT NULL, version INTEGER NOT NULL) STRICT, WITHOUT ROWID");
}

err schema_sql_column(struct buf *out, const struct table *t, const struct column *c) {
  return buf_printf(out, "ALTER TABLE %s ADD COLUMN %s %s", t->name, c->name, sql_type(c));
}

err schema_sql_index(struct buf *out, const struct schema_index *index) {
  const char *table = schema_table(index->table)->name;
  return buf_printf(out, "CREATE INDEX IF NOT EXISTS %s_by_%s ON %s(%s)", table, index->column, table,
                    index->column);
}

err schema_sql_index_drop(struct buf *out, const struct schema_index *index) {
  return buf_printf(out, "DROP INDEX IF EXISTS %s_by_%s", schema_table(index->table)->name, index->column);
}
