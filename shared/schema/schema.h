/* schema.h: schema.def as constant tables, and the values, rows and ops everything else passes around. */
#ifndef TUTTI_SCHEMA_SCHEMA_H
#define TUTTI_SCHEMA_SCHEMA_H

#include "shared/base/arena.h"
#include "shared/base/id.h"
#include "shared/base/limits.h"

enum { schema_version = 1 };

/* How a column's value looks: ID 16 bytes · INT, DATE (days since 1970), MINUTE (0-1439), TIME (ms since
 * 1970), BOOL, ENUM, SET: int64 · TEXT: UTF-8. */
enum column_type {
  TYPE_ID,
  TYPE_INT,
  TYPE_BOOL,
  TYPE_DATE,
  TYPE_MINUTE,
  TYPE_TIME,
  TYPE_ENUM,
  TYPE_SET,
  TYPE_TEXT
};
enum rule { RULE_LWW, RULE_ONCE, RULE_ADD, RULE_OFFICE, RULE_HUMAN, RULE_HUMAN_AUTHORS };
/* Audiences of a scope, widest projection last. A column or table names the narrowest audience that may hold
 * it; OFFICE never leaves the hub. */
enum audience { AUDIENCE_DOOR = 1, AUDIENCE_REGISTER = 2, AUDIENCE_CARE = 4, AUDIENCE_TEACHING = 8 };
/* As masks of the audiences that hold it: ALL = 15, REGISTER = 2|4|8, CARE = 4|8, TEACHING = 8, DOOR = 1,
 * OFFICE = 0. */
enum scope_rule {
  SCOPE_HUB,              /* never leaves the hub */
  SCOPE_REFERENCE,        /* every device of the hub */
  SCOPE_STAFF,            /* every device of the hub */
  SCOPE_ACTIVITY_SELF,    /* the row is the activity */
  SCOPE_ACTIVITY,         /* column `activity` */
  SCOPE_SESSION_ACTIVITY, /* column `session`, then that session's activity */
  SCOPE_PERSON,           /* column `staff`: the devices that this person signs in on */
  SCOPE_AUTHORED, /* column `activity`, and the grant of column `staff` there: what it wrote comes back */
  SCOPE_LEARNER,  /* every activity the learner (column `learner`, or the row itself) is enrolled in */
};
enum check_kind { CHECK_NONE, CHECK_REQUIRED, CHECK_RANGE, CHECK_LENGTH, CHECK_LENGTH_REQUIRED };
struct check {
  enum check_kind kind;
  int32_t low, high;
};

struct enum_value {
  const char *word;
  uint8_t number;
  const char *label;
  uint8_t since;
};
struct enum_type {
  const char *name;
  const struct enum_value *values; /* ends with word == NULL */
};

struct column {
  const char *name;
  uint8_t id;
  enum column_type type;
  const char *of; /* the enum's name for ENUM and SET, the table's for ID, else NULL */
  enum rule rule;
  uint8_t unit, since;
  struct check check;
  uint8_t audience;
  const struct enum_type *vocabulary; /* for ENUM and SET, else NULL */
};
struct table {
  const char *name; /* also its SQL name: "grant_" is the one that differs from its word */
  uint8_t id;
  const char *key; /* columns of the natural key, in order, separated by spaces; "" for a random id */
  uint8_t audience;
  enum scope_rule scope;
  uint8_t since;
  const struct column *columns;
  uint8_t column_count, unit_count;  /* units are 0 … unit_count - 1; unit 0 may be empty */
  uint8_t key_columns[4], key_count; /* the same as indexes into columns and values */
};
/* Every table's and column's number: TABLE_mark, and COLUMN_mark_code = index into values (not its wire id).
 */
enum table_id {
#define TABLE(name, id, key, audience, scope, since) TABLE_##name = (id),
#define COLUMN(name, id, type, rule, unit, since, check, audience)
#define INDEX(table, column)
#define HUB_INDEX(table, column)
#define END(name)
#include "shared/schema/schema.def"
#undef TABLE
#undef COLUMN
#undef INDEX
#undef HUB_INDEX
#undef END
  TABLE_END
};
#include "shared/schema/schema_columns.h" /* COLUMN_<table>_<column>, ENUM_<name>_<word>: enums expanded from the .def files */

const struct table *schema_table(uint8_t id); /* NULL when unknown */
/* The table with the next higher number, NULL after the last: numbers may leave gaps. From 0 on it is every
 * one. */
const struct table *schema_after(uint8_t id);
const struct table *schema_table_named(const char *name);
const struct enum_type *schema_enum(const char *name); /* NULL when unknown */
/* Every enum stands in this list. The browser's core has neither tables nor words of what never leaves the
 * hub. */
extern const struct enum_type schema_enums[];
extern const size_t schema_enum_count;
/* Whose work visiting schools is, by their roles in staff. */
enum { visiting_roles = 1 << (ENUM_role_office - 1) | 1 << (ENUM_role_lead - 1) };
static inline bool roles_visit(int64_t roles) { return (roles & visiting_roles) != 0; }
const char *schema_enum_word(const struct enum_type *e, int64_t n); /* NULL when unknown */
const char *schema_enum_label(const struct enum_type *e, int64_t n);
int schema_enum_number(const struct enum_type *e, struct slice word); /* 0 when unknown */
/* Indexes declared with INDEX, for DDL. */
struct schema_index {
  uint8_t table;
  const char *column;
  bool hub_only; /* a device does without: every durable tap would write a page of it */
};
extern const struct schema_index schema_indexes[];
extern const size_t schema_index_count;

/* The SQL that makes a table, and adds one column to an older one (schema_sql.c). */
MUST_USE err schema_sql_table(struct buf *out, const struct table *t);
MUST_USE err schema_sql_column(struct buf *out, const struct table *t, const struct column *c);
MUST_USE err schema_sql_index(struct buf *out, const struct schema_index *index);
MUST_USE err schema_sql_index_drop(struct buf *out, const struct schema_index *index);

/* A value. Text and ids are borrowed from wherever the value came from, unless copied into an arena. */
enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_ID };
struct value {
  enum value_kind kind;
  union {
    int64_t i;
    struct slice text;
    struct id id;
  };
};
static inline struct value value_null(void) { return (struct value){.kind = VALUE_NULL}; }
static inline struct value value_int(int64_t i) { return (struct value){.kind = VALUE_INT, .i = i}; }
static inline struct value value_text(struct slice s) {
  return (struct value){.kind = VALUE_TEXT, .text = s};
}
static inline struct value value_id(const struct id *id) {
  return (struct value){.kind = VALUE_ID, .id = *id};
}
/* The kind that values of a column type have, when they are not VALUE_NULL. */
enum value_kind value_kind_of(enum column_type type);
bool value_equal(const struct value *a, const struct value *b);
/* A copy whose text lives in `a`; VALUE_NULL without memory never happens: ERR_NO_MEMORY is returned. */
MUST_USE err value_copy(struct value *out, struct arena *a, const struct value *v);
/* Kind, range, length (code points), valid UTF-8, known enum number. ERR_INVALID and a sentence naming table
 * and column. */
MUST_USE err value_check(const struct table *t, const struct column *c, const struct value *v,
                         struct fault *fault);

/* Who wrote: (device, incarnation) is one counter sequence; the author is a staff id (the hub's own id for
 * the office's import). */
struct op_id {
  struct id device;
  uint32_t incarnation;
  uint64_t counter; /* from 1 */
};
bool op_id_equal(const struct op_id *a, const struct op_id *b);
int op_id_compare(const struct op_id *a, const struct op_id *b); /* device, incarnation, counter */

/* A base: the head of one unit that the author saw. */
struct base {
  uint8_t unit;
  struct op_id op;
};
enum {
  OP_UNSURE = 1 /* written before hub time was known or across a clock jump */,
  OP_OFFICE = 2 /* written at the hub */,
  /* Written at the hub to bring back a head that a decision replaced and that was undone: with the author and
   * the other flags of that head, so that the heads differ again as they did. */
  OP_RESTORED = 4,
  OP_FLAGS = OP_UNSURE | OP_OFFICE | OP_RESTORED
};
/* One row, some of its units. Values of columns outside `units` are VALUE_NULL and mean nothing. Unit 0 is
 * present in every op of a natural-key table and in the op that creates a row. Everything pointed to is
 * borrowed from the decoder's arena. */
struct op {
  const struct table *table;
  struct id row;
  uint32_t units; /* bit n: unit n is set */
  struct value values[op_columns_max];
  const struct base *bases;
  size_t base_count;
};
/* Whom a row is about: the learner in its column `learner`, or the learner it is. *out is that column's
 * index, op_columns_max for the learner's own row. False for a table about nobody. */
bool schema_subject(const struct table *t, uint8_t *column_out);
/* The learner an op is about, as far as the op says so: one on an existing row without a natural key may
 * leave unit 0 out. */
bool op_subject(const struct op *op, struct id *out);
/* One user action: accepted whole or not at all. Op k has op_id (device, incarnation, counter + k). */
struct changeset {
  uint64_t counter; /* of its first op */
  uint64_t stamp;   /* milliseconds, hybrid: see SYNC rules in proto/PROTOCOL.md; one stamp for all its ops */
  struct id author;
  uint8_t flags; /* OP_UNSURE */
  const struct op *ops;
  size_t op_count;
};
/* What came with which schema version (since.c). All columns of a unit came at once, so a unit did: an op
 * never wipes a column its writer does not know. */
uint8_t unit_since(const struct table *t, uint8_t unit);
/* The units that a schema version knows, as bits. */
uint32_t units_until(const struct table *t, uint32_t schema);
/* Of the words a value says; 1 for everything that is no word. */
uint8_t value_since(const struct column *c, const struct value *v);
/* The lowest schema version that can say it. */
uint32_t op_since(const struct op *op);
uint32_t changeset_since(const struct changeset *cs);

#endif
