/* compact.h: the byte stream inside bundles and feed batches, where an id, the form of an op and a counter
 * are written in full once and by number or difference afterwards. Used by changeset.c and feed.c alone. */
#ifndef TUTTI_PROTO_COMPACT_H
#define TUTTI_PROTO_COMPACT_H

#include "proto/changeset.h"

/* Who numbered some ops: one device in one incarnation. Counters are written as differences to `last`. */
struct compact_source {
  uint64_t device; /* the id's number in this stream */
  uint32_t incarnation;
  uint64_t last;
};
/* What ops or rows that look alike have in common. Columns are bits by wire id: 1 << (id - 1). */
struct compact_form {
  const struct table *table;
  uint8_t kind;     /* enum feed_kind in a feed, 0 in changesets */
  uint32_t units;   /* that an op sets, or of which a row has heads */
  uint32_t columns; /* those that hold a value; key columns are named by the row's key instead */
  uint32_t bases;   /* how many follow; changesets only */
};

/* ---- writing: errors stick ---- */
struct compact_writer {
  struct buf *out;
  err error;
  struct id_list ids;
  struct compact_source *sources;
  size_t source_count, source_cap;
  struct compact_form forms[compact_forms_max];
  size_t form_count, form_last;
  uint64_t stamp, version; /* last written */
};
void compact_write_init(struct compact_writer *w, struct buf *out);
void compact_write_finish(struct compact_writer *w);
void compact_write_number(struct compact_writer *w, uint64_t v);
void compact_write_signed(struct compact_writer *w, int64_t v);
/* The difference from *last, which becomes v. */
void compact_write_step(struct compact_writer *w, uint64_t *last, uint64_t v);
void compact_write_id(struct compact_writer *w, const struct id *id);
void compact_write_form(struct compact_writer *w, const struct compact_form *form);
void compact_write_value(struct compact_writer *w, const struct value *v);
void compact_write_op_id(struct compact_writer *w, const struct op_id *op);

/* ---- reading: nothing is believed ---- */
struct compact_reader {
  struct cursor in;
  struct arena *arena;
  uint32_t schema;     /* that the writer named; never newer than ours */
  const uint8_t **ids; /* into the input */
  size_t id_count, id_cap;
  struct compact_source *sources;
  size_t source_count, source_cap;
  struct compact_form forms[compact_forms_max];
  size_t form_count;
  uint64_t stamp, version;
};
MUST_USE err compact_read_init(struct compact_reader *r, struct slice bytes, struct arena *a);
/* ERR_VERSION for a newer one than ours: a writer names the lowest that can say what it says. */
MUST_USE err compact_read_schema(struct compact_reader *r);
/* At most `max`, else ERR_MALFORMED. */
MUST_USE err compact_read_number(struct compact_reader *r, uint64_t max, uint64_t *out);
MUST_USE err compact_read_signed(struct compact_reader *r, int64_t *out);
/* Moves *last by a written difference; it stays between 0 and NUMBER_MAX. */
MUST_USE err compact_read_step(struct compact_reader *r, uint64_t *last);
MUST_USE err compact_read_id(struct compact_reader *r, struct id *out);
MUST_USE err compact_read_form(struct compact_reader *r, bool feed, struct compact_form *out);
MUST_USE err compact_read_value(struct compact_reader *r, const struct column *c, struct value *out);
MUST_USE err compact_read_op_id(struct compact_reader *r, struct op_id *out);
/* A count of things of at least `bytes_min` bytes each, which must fit what is left. */
MUST_USE err compact_read_count(struct compact_reader *r, size_t max, size_t bytes_min, size_t *out);

/* A column's bit in a form. */
static inline uint32_t compact_column_bit(const struct column *c) { return UINT32_C(1) << (c->id - 1); }
/* The row an op or a feed item is about: by its natural key, whose ids are values of it, or by its id. */
void compact_write_row(struct compact_writer *w, const struct table *t, const struct id *row,
                       const struct value *values);
MUST_USE err compact_read_row(struct compact_reader *r, const struct table *t, struct id *row,
                              struct value *values);
/* True when the column is part of the table's natural key. */
bool compact_is_key(const struct table *t, size_t column);

#endif
