/* describe_content.c: changesets and feed batches as JSON. Columns and units go by their names in the schema.
 */
#include "tests/vectors/describe.h"

enum { arena_bytes_max = 268435456 };

static json_t *number(uint64_t v) { return json_integer((json_int_t)v); }

static json_t *value_json(const struct value *v) {
  switch (v->kind) {
  case VALUE_INT: return json_integer(v->i);
  case VALUE_TEXT: return describe_text(v->text);
  case VALUE_ID: return describe_id(&v->id);
  case VALUE_NULL:
  default: return json_null();
  }
}

static json_t *op_id_json(const struct op_id *op) {
  return json_pack("{s:o, s:I, s:I}", "device", describe_id(&op->device), "incarnation",
                   (json_int_t)op->incarnation, "counter", (json_int_t)op->counter);
}

static json_t *values_json(const struct table *t, const struct value *values, uint32_t units) {
  json_t *object = json_object();
  for (size_t i = 0; i < t->column_count; i++)
    if ((units >> t->columns[i].unit & 1) != 0 && values[i].kind != VALUE_NULL)
      json_object_set_new(object, t->columns[i].name, value_json(&values[i]));
  return object;
}

static json_t *op_json(const struct op *op) {
  json_t *bases = json_array(), *units = json_array();
  for (unsigned unit = 0; unit < op->table->unit_count; unit++)
    if ((op->units >> unit & 1) != 0) json_array_append_new(units, number(unit));
  for (size_t b = 0; b < op->base_count; b++)
    json_array_append_new(
        bases, json_pack("{s:i, s:o}", "unit", op->bases[b].unit, "op", op_id_json(&op->bases[b].op)));
  return json_pack("{s:s, s:o, s:o, s:o, s:o}", "table", op->table->name, "row", describe_id(&op->row),
                   "units", units, "values", values_json(op->table, op->values, op->units), "bases", bases);
}

json_t *describe_changeset(const struct changeset *cs) {
  json_t *ops = json_array();
  for (size_t i = 0; i < cs->op_count; i++) json_array_append_new(ops, op_json(&cs->ops[i]));
  return json_pack("{s:I, s:I, s:o, s:i, s:o}", "counter", (json_int_t)cs->counter, "stamp",
                   (json_int_t)cs->stamp, "author", describe_id(&cs->author), "flags", cs->flags, "ops", ops);
}

static json_t *clock_json(const struct clock_sample *c) {
  return json_pack("{s:o, s:I, s:I, s:I}", "boot", describe_id(&c->boot), "mono_ms", (json_int_t)c->mono_ms,
                   "wall_ms", (json_int_t)c->wall_ms, "hub_ms", (json_int_t)c->hub_ms);
}

static json_t *ack_json(const struct ack *ack) {
  return json_pack("{s:i, s:I}", "kind", (int)ack->kind, "number", (json_int_t)ack->number);
}

json_t *describe_content(struct slice bytes) {
  struct arena a = ARENA_INIT(arena_bytes_max);
  struct bundle_content c;
  struct fault fault;
  err *refused;
  ASSERT(content_decode(&c, &refused, bytes, &a, &fault) == ERR_OK);
  json_t *clocks = json_array(), *acks = json_array(), *list = json_array();
  for (size_t i = 0; i < c.clock_count; i++) json_array_append_new(clocks, clock_json(&c.clocks[i]));
  for (size_t i = 0; i < c.ack_count; i++) json_array_append_new(acks, ack_json(&c.acks[i]));
  for (size_t i = 0; i < c.changeset_count; i++)
    json_array_append_new(list, describe_changeset(&c.changesets[i]));
  arena_finish(&a);
  return json_pack("{s:I, s:o, s:o, s:o}", "schema", (json_int_t)c.schema, "clocks", clocks, "acks", acks,
                   "changesets", list);
}

static json_t *head_json(const struct table *t, uint8_t unit, const struct head *h) {
  uint8_t columns[op_columns_max];
  json_t *object = json_pack("{s:o, s:o, s:I, s:i}", "op", op_id_json(&h->op), "author",
                             describe_id(&h->author), "stamp", (json_int_t)h->stamp, "flags", h->flags);
  if (h->values == NULL) return object;
  json_t *values = json_object();
  size_t count = unit_columns(t, unit, columns);
  for (size_t i = 0; i < count; i++)
    if (h->values[i].kind != VALUE_NULL)
      json_object_set_new(values, t->columns[columns[i]].name, value_json(&h->values[i]));
  json_object_set_new(object, "values", values);
  return object;
}

static json_t *unit_json(const struct table *t, uint8_t unit, const struct unit_heads *u) {
  json_t *heads = json_array(), *ghosts = json_array();
  for (size_t i = 0; i < u->count; i++) json_array_append_new(heads, head_json(t, unit, &u->heads[i]));
  for (size_t i = 0; i < u->ghost_count; i++) json_array_append_new(ghosts, op_id_json(&u->ghosts[i]));
  return json_pack("{s:i, s:o, s:o}", "unit", unit, "heads", heads, "ghosts", ghosts);
}

static json_t *item_json(const struct feed_item *entry) {
  static const char *const kinds[] = {"", "row", "leave", "erase"};
  json_t *object = json_pack("{s:s, s:s, s:o, s:I}", "kind", kinds[entry->kind], "table", entry->table->name,
                             "row", describe_id(&entry->id), "version", (json_int_t)entry->version);
  if (entry->kind == FEED_ERASE) json_object_set_new(object, "erasure", number(entry->erasure));
  if (entry->row == NULL) return object;
  json_t *units = json_array();
  for (uint8_t unit = 0; unit < entry->table->unit_count; unit++)
    if (entry->row->units[unit].count > 0)
      json_array_append_new(units, unit_json(entry->table, unit, &entry->row->units[unit]));
  json_object_set_new(object, "values", values_json(entry->table, entry->row->values, UINT32_MAX));
  json_object_set_new(object, "units", units);
  return object;
}

json_t *describe_feed(const struct feed_batch *b) {
  json_t *items = json_array();
  for (size_t i = 0; i < b->count; i++) json_array_append_new(items, item_json(&b->items[i]));
  json_t *digest = b->has_digest ? describe_hex(slice_of(b->digest, hash_bytes)) : json_null();
  return json_pack("{s:o, s:i, s:I, s:I, s:b, s:b, s:b, s:o, s:o}", "stream", describe_id(&b->stream),
                   "audience", b->audience, "from", (json_int_t)b->from, "to", (json_int_t)b->to,
                   "checkpoint", b->checkpoint, "restart", b->restart, "repair", b->repair, "items", items,
                   "digest", digest);
}
