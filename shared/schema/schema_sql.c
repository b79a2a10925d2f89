/* schema_sql.c: the DDL of a schema table. Ids are blobs, whole numbers integers; heads and version stand
 * behind the columns. Columns may be NULL whatever their check says, because a device holds projections:
 * value_check guards what is written. */
#include <string.h>

#include "shared/schema/schema.h"

/* All of them are put together whenever a database is opened, to see whether it is in shape: printf would be
 * a good part of that. */
static err add(struct buf *out, const char *const *parts, size_t count) {
  for (size_t i = 0; i < count; i++) TRY(buf_append(out, slice_text(parts[i])));
  return ERR_OK;
}
#define ADD(out, ...)                                                                                        \
  add(out, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *sql_type(const struct column *c) {
  switch (c->type) {
  case TYPE_ID: return "BLOB";
  case TYPE_TEXT: return "TEXT";
  default: return "INTEGER";
  }
}

err schema_sql_table(struct buf *out, const struct table *t) {
  TRY(ADD(out, "CREATE TABLE IF NOT EXISTS ", t->name, "(id BLOB NOT NULL PRIMARY KEY"));
  for (size_t i = 0; i < t->column_count; i++) {
    TRY(ADD(out, ", ", t->columns[i].name, " ", sql_type(&t->columns[i])));
  }
  return ADD(out, ", heads BLOB NOT NULL, version INTEGER NOT NULL) STRICT, WITHOUT ROWID");
}

err schema_sql_column(struct buf *out, const struct table *t, const struct column *c) {
  return buf_printf(out, "ALTER TABLE %s ADD COLUMN %s %s", t->name, c->name, sql_type(c));
}

static bool is_required(const struct table *t, const char *column) {
  size_t i = 0;
  while (strcmp(t->columns[i].name, column) != 0) i++;
  return t->columns[i].check.kind == CHECK_REQUIRED;
}

/* Of a column that is mostly empty, such as whom a learner was merged into, the index holds the rows that
 * have one: nobody looks for the others by it. */
err schema_sql_index(struct buf *out, const struct schema_index *index) {
  const struct table *t = schema_table(index->table);
  const char *column = index->column;
  TRY(ADD(out, "CREATE INDEX IF NOT EXISTS ", t->name, "_by_", column, " ON ", t->name, "(", column, ")"));
  return is_required(t, column) ? ERR_OK : ADD(out, " WHERE ", column, " IS NOT NULL");
}

err schema_sql_index_drop(struct buf *out, const struct schema_index *index) {
  return ADD(out, "DROP INDEX IF EXISTS ", schema_table(index->table)->name, "_by_", index->column);
}
