/* compact_read.c: the reading half of compact.h. Every number is bounded before it is used. */
#include "proto/compact.h"

#include "shared/crypto/crypto.h"

enum { sources_first = 16 };

err compact_read_init(struct compact_reader *r, struct slice bytes, struct arena *a) {
  r->in = cursor_of(bytes);
  r->arena = a;
  r->schema = schema_version;
  r->id_count = r->source_count = r->source_cap = r->form_count = 0;
  r->sources = NULL;
  r->stamp = r->version = 0;
  r->id_cap = bytes.len / (id_bytes + 1) + 1;
  if (r->id_cap > bundle_ids_max) r->id_cap = bundle_ids_max;
  r->ids = arena_take(a, r->id_cap, sizeof *r->ids);
  return r->ids == NULL ? ERR_NO_MEMORY : ERR_OK;
}

err compact_read_schema(struct compact_reader *r) {
  uint64_t schema;
  TRY(compact_read_number(r, UINT8_MAX, &schema)); /* more will never come: bytes that say so are rubbish */
  if (schema == 0) return ERR_MALFORMED;
  if (schema > schema_version) return ERR_VERSION;
  r->schema = (uint32_t)schema;
  return ERR_OK;
}

err compact_read_number(struct compact_reader *r, uint64_t max, uint64_t *out) {
  TRY(cursor_varint(&r->in, out));
  return *out <= max ? ERR_OK : ERR_MALFORMED;
}

err compact_read_signed(struct compact_reader *r, int64_t *out) {
  uint64_t v;
  TRY(cursor_varint(&r->in, &v));
  *out = (int64_t)(v >> 1 ^ ((v & 1) != 0 ? UINT64_MAX : 0));
  return ERR_OK;
}

err compact_read_step(struct compact_reader *r, uint64_t *last) {
  int64_t step;
  TRY(compact_read_signed(r, &step));
  if (step < -(int64_t)*last || step > (int64_t)(NUMBER_MAX - *last)) return ERR_MALFORMED;
  *last += (uint64_t)step;
  return ERR_OK;
}

err compact_read_count(struct compact_reader *r, size_t max, size_t bytes_min, size_t *out) {
  uint64_t count;
  TRY(cursor_varint(&r->in, &count));
  if (count > max) return ERR_TOO_BIG;
  if (count > cursor_left(&r->in) / bytes_min) return ERR_TRUNCATED;
  *out = (size_t)count;
  return ERR_OK;
}

static err read_id_no(struct compact_reader *r, uint64_t *no_out) {
  uint64_t no;
  TRY(compact_read_number(r, r->id_count, &no));
  if (no == 0) {
    struct slice bytes;
    TRY(cursor_bytes(&r->in, id_bytes, &bytes));
    if (r->id_count == r->id_cap) return ERR_TOO_BIG;
    r->ids[r->id_count++] = bytes.ptr;
    no = r->id_count;
  }
  *no_out = no - 1;
  return ERR_OK;
}

err compact_read_id(struct compact_reader *r, struct id *out) {
  uint64_t no;
  TRY(read_id_no(r, &no));
  bytes_copy(out->b, r->ids[no], id_bytes);
  return ERR_OK;
}

/* Which columns a form may fill: not the key's, and only those of its units. */
static err form_check_columns(const struct compact_reader *r, const struct compact_form *f, bool feed) {
  uint32_t rest = f->columns;
  for (size_t i = 0; i < f->table->column_count; i++) {
    const struct column *c = &f->table->columns[i];
    if ((rest & compact_column_bit(c)) == 0) continue;
    rest &= ~compact_column_bit(c);
    bool in_units = feed || (f->units >> c->unit & 1) != 0;
    if (!in_units || compact_is_key(f->table, i) || c->since > r->schema) return ERR_MALFORMED;
  }
  return rest == 0 ? ERR_OK : ERR_MALFORMED;
}

/* None that the writer's schema had not yet: what such a unit holds is not the writer's to say. Unit 0 names
 * what the row is: an op on a row known by its key always carries it. */
static err form_check_units(const struct compact_reader *r, const struct compact_form *f, bool feed) {
  if ((f->units & ~units_until(f->table, r->schema)) != 0) return ERR_MALFORMED;
  if (feed) return ERR_OK;
  if (f->units == 0 || (f->table->key_count > 0 && (f->units & 1) == 0)) return ERR_MALFORMED;
  return ERR_OK;
}

static err form_read_full(struct compact_reader *r, bool feed, struct compact_form *f) {
  uint64_t kind = 0, table, units = 0, columns = 0, bases = 0;
  if (feed) TRY(compact_read_number(r, FEED_ERASE, &kind));
  if (feed && kind == 0) return ERR_MALFORMED;
  TRY(compact_read_number(r, UINT32_MAX, &table));
  if (kind <= FEED_ROW) TRY(compact_read_number(r, UINT32_MAX, &units));
  if (kind <= FEED_ROW) TRY(compact_read_number(r, UINT32_MAX, &columns));
  if (!feed) TRY(compact_read_number(r, op_bases_max, &bases));
  const struct table *t = table <= UINT8_MAX ? schema_table((uint8_t)table) : NULL;
  if (t == NULL || t->since > r->schema) return ERR_MALFORMED;
  *f = (struct compact_form){t, (uint8_t)kind, (uint32_t)units, (uint32_t)columns, (uint32_t)bases};
  TRY(form_check_units(r, f, feed));
  return form_check_columns(r, f, feed);
}

err compact_read_form(struct compact_reader *r, bool feed, struct compact_form *out) {
  uint64_t no;
  TRY(compact_read_number(r, r->form_count, &no));
  if (no != 0) {
    *out = r->forms[no - 1];
    return ERR_OK;
  }
  TRY(form_read_full(r, feed, out));
  if (r->form_count < compact_forms_max) r->forms[r->form_count++] = *out;
  return ERR_OK;
}

err compact_read_value(struct compact_reader *r, const struct column *c, struct value *out) {
  switch (c->type) {
  case TYPE_ID: out->kind = VALUE_ID; return compact_read_id(r, &out->id);
  case TYPE_TEXT: {
    uint64_t len;
    out->kind = VALUE_TEXT;
    TRY(cursor_varint(&r->in, &len));
    if (len > text_bytes_max) return ERR_TOO_BIG;
    return cursor_bytes(&r->in, (size_t)len, &out->text);
  }
  case TYPE_INT:
  case TYPE_BOOL:
  case TYPE_DATE:
  case TYPE_MINUTE:
  case TYPE_TIME:
  case TYPE_ENUM:
  case TYPE_SET:
  default: out->kind = VALUE_INT; return compact_read_signed(r, &out->i);
  }
}

err compact_read_row(struct compact_reader *r, const struct table *t, struct id *row, struct value *values) {
  if (t->key_count == 0) return compact_read_id(r, row);
  struct id keys[sizeof t->key_columns];
  for (size_t k = 0; k < t->key_count; k++) {
    TRY(compact_read_id(r, &keys[k]));
    values[t->key_columns[k]] = value_id(&keys[k]);
  }
  crypto_row_id(row, t->id, keys, t->key_count);
  return ERR_OK;
}

static err source_add(struct compact_reader *r) {
  if (r->source_count == compact_sources_max) return ERR_TOO_BIG;
  if (r->source_count == r->source_cap) {
    size_t cap = r->source_cap == 0 ? sources_first : 2 * r->source_cap;
    struct compact_source *list = arena_take(r->arena, cap, sizeof *list);
    if (list == NULL) return ERR_NO_MEMORY;
    for (size_t i = 0; i < r->source_count; i++) list[i] = r->sources[i];
    r->sources = list;
    r->source_cap = cap;
  }
  struct compact_source *source = &r->sources[r->source_count];
  uint64_t incarnation;
  TRY(read_id_no(r, &source->device));
  TRY(compact_read_number(r, UINT32_MAX, &incarnation));
  if (incarnation == 0) return ERR_MALFORMED; /* they count from 1 */
  source->incarnation = (uint32_t)incarnation;
  r->source_count++;
  return ERR_OK;
}

err compact_read_op_id(struct compact_reader *r, struct op_id *out) {
  uint64_t no;
  TRY(compact_read_number(r, r->source_count, &no));
  if (no == 0) {
    TRY(source_add(r));
    no = r->source_count;
  }
  struct compact_source *source = &r->sources[no - 1];
  TRY(compact_read_step(r, &source->last));
  if (source->last == 0) return ERR_MALFORMED; /* counters begin at 1 */
  bytes_copy(out->device.b, r->ids[source->device], id_bytes);
  out->incarnation = source->incarnation;
  out->counter = source->last;
  return ERR_OK;
}
