/* changeset.c: the plaintext of a bundle, and one changeset alone. Layout in PROTOCOL.md, "Content". */
#include "proto/compact.h"

enum {
  changeset_bytes_min = 6, /* count, author, flags, stamp, and an op of a form and a row */
  op_bytes_min = 2,
  clock_bytes_min = 4,
  ack_bytes_min = 2,
};

/* ---- op ---- */

static struct compact_form op_form(const struct op *op) {
  struct compact_form form = {.table = op->table, .units = op->units, .bases = (uint32_t)op->base_count};
  for (size_t i = 0; i < op->table->column_count; i++) {
    const struct column *c = &op->table->columns[i];
    if ((op->units >> c->unit & 1) == 0 || op->values[i].kind == VALUE_NULL) continue;
    if (!compact_is_key(op->table, i)) form.columns |= compact_column_bit(c);
  }
  return form;
}

static void write_op(struct compact_writer *w, const struct op *op) {
  const struct table *t = op->table;
  struct compact_form form = op_form(op);
  if (op->base_count > op_bases_max && w->error == ERR_OK) w->error = ERR_TOO_BIG;
  ASSERT(op->units != 0 && (t->key_count == 0 || (op->units & 1) != 0));
  compact_write_form(w, &form);
  compact_write_row(w, t, &op->row, op->values);
  for (size_t i = 0; i < t->column_count; i++)
    if ((form.columns & compact_column_bit(&t->columns[i])) != 0) compact_write_value(w, &op->values[i]);
  for (size_t b = 0; b < op->base_count; b++) {
    compact_write_number(w, op->bases[b].unit);
    compact_write_op_id(w, &op->bases[b].op);
  }
}

static err read_bases(struct compact_reader *r, struct op *op, size_t count) {
  if (count == 0) return ERR_OK;
  struct base *bases = arena_take(r->arena, count, sizeof *bases);
  if (bases == NULL) return ERR_NO_MEMORY;
  op->bases = bases;
  op->base_count = count;
  for (size_t b = 0; b < count; b++) {
    uint64_t unit;
    TRY(compact_read_number(r, op_units_max - 1, &unit));
    if ((op->units >> unit & 1) == 0) return ERR_MALFORMED;
    bases[b].unit = (uint8_t)unit;
    TRY(compact_read_op_id(r, &bases[b].op));
  }
  return ERR_OK;
}

static err read_op(struct compact_reader *r, struct op *op) {
  struct compact_form form;
  TRY(compact_read_form(r, false, &form));
  op->table = form.table;
  op->units = form.units;
  TRY(compact_read_row(r, op->table, &op->row, op->values));
  for (size_t i = 0; i < op->table->column_count; i++) {
    const struct column *c = &op->table->columns[i];
    if ((form.columns & compact_column_bit(c)) != 0) TRY(compact_read_value(r, c, &op->values[i]));
  }
  return read_bases(r, op, form.bases);
}

/* The first column, if any, whose value is not allowed. */
static err op_check(const struct op *op, struct fault *fault) {
  for (size_t i = 0; i < op->table->column_count; i++) {
    const struct column *c = &op->table->columns[i];
    if ((op->units >> c->unit & 1) != 0) TRY(value_check(op->table, c, &op->values[i], fault));
  }
  return ERR_OK;
}

/* ---- changeset ---- */

static void write_changeset(struct compact_writer *w, const struct changeset *cs) {
  ASSERT(cs->op_count > 0 && cs->op_count <= changeset_ops_max);
  compact_write_number(w, cs->op_count);
  compact_write_id(w, &cs->author);
  compact_write_number(w, cs->flags);
  compact_write_step(w, &w->stamp, cs->stamp);
  for (size_t i = 0; i < cs->op_count; i++) write_op(w, &cs->ops[i]);
}

static err read_changeset(struct compact_reader *r, uint64_t counter, uint64_t flags_known,
                          struct changeset *cs) {
  size_t count;
  uint64_t flags;
  TRY(compact_read_count(r, changeset_ops_max, op_bytes_min, &count));
  if (count == 0 || count > NUMBER_MAX - counter) return ERR_MALFORMED;
  TRY(compact_read_id(r, &cs->author));
  TRY(compact_read_number(r, UINT8_MAX, &flags));
  if ((flags & ~flags_known) != 0) return ERR_MALFORMED;
  TRY(compact_read_step(r, &r->stamp));
  struct op *ops = arena_take(r->arena, count, sizeof *ops);
  if (ops == NULL) return ERR_NO_MEMORY;
  cs->counter = counter;
  cs->stamp = r->stamp;
  cs->flags = (uint8_t)flags;
  cs->ops = ops;
  cs->op_count = count;
  for (size_t i = 0; i < count; i++) TRY(read_op(r, &ops[i]));
  return ERR_OK;
}

static err changeset_check(const struct changeset *cs, struct fault *fault) {
  for (size_t i = 0; i < cs->op_count; i++) TRY(op_check(&cs->ops[i], fault));
  return ERR_OK;
}

err changeset_encode(struct buf *out, const struct changeset *cs) {
  struct compact_writer w;
  ASSERT(cs->counter > 0 && cs->counter <= NUMBER_MAX - cs->op_count);
  compact_write_init(&w, out);
  compact_write_number(&w, changeset_since(cs));
  compact_write_number(&w, cs->counter);
  write_changeset(&w, cs);
  compact_write_finish(&w);
  return w.error;
}

err changeset_decode(struct changeset *out, struct slice bytes, struct arena *a) {
  struct compact_reader r;
  uint64_t counter;
  TRY(compact_read_init(&r, bytes, a));
  TRY(compact_read_schema(&r));
  TRY(compact_read_number(&r, NUMBER_MAX, &counter));
  if (counter == 0) return ERR_MALFORMED;
  TRY(read_changeset(&r, counter, OP_FLAGS, out));
  TRY(cursor_end(&r.in));
  return changeset_check(out, NULL);
}

/* ---- content ---- */

static void write_clock(struct compact_writer *w, const struct clock_sample *clock) {
  compact_write_id(w, &clock->boot);
  compact_write_number(w, clock->mono_ms);
  compact_write_signed(w, clock->wall_ms);
  compact_write_signed(w, clock->hub_ms);
}

static err read_clock(struct compact_reader *r, struct clock_sample *clock) {
  TRY(compact_read_id(r, &clock->boot));
  TRY(compact_read_number(r, NUMBER_MAX, &clock->mono_ms));
  TRY(compact_read_signed(r, &clock->wall_ms));
  return compact_read_signed(r, &clock->hub_ms);
}

int ack_compare(const struct ack *a, const struct ack *b) {
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  return a->number == b->number ? 0 : a->number < b->number ? -1 : 1;
}

static void write_ack(struct compact_writer *w, const struct ack *ack) {
  compact_write_number(w, ack->kind);
  compact_write_number(w, ack->number);
}

/* Rising, so that the same acks are the same bytes. */
static err read_ack(struct compact_reader *r, const struct ack *before, struct ack *out) {
  uint64_t kind;
  TRY(compact_read_number(r, NUMBER_MAX, &kind));
  TRY(compact_read_number(r, NUMBER_MAX, &out->number));
  bool known = kind == ACK_ERASED || kind == ACK_ORDER;
  if (!known || out->number == 0) return ERR_MALFORMED;
  out->kind = (enum ack_kind)kind;
  return before && ack_compare(before, out) >= 0 ? ERR_MALFORMED : ERR_OK;
}

/* What a bundle may hold beside its bytes; a sealer that meets ERR_TOO_BIG seals fewer changesets. */
static err content_caps(const struct bundle_content *c) {
  ASSERT(c->clock_count <= clock_samples_max && c->ack_count <= bundle_acks_max);
  if (c->changeset_count > bundle_changesets_max) return ERR_TOO_BIG;
  size_t ops = 0;
  for (size_t i = 0; i < c->changeset_count; i++) {
    const struct changeset *cs = &c->changesets[i];
    ASSERT(cs->counter > 0 && (i == 0 || cs->counter == cs[-1].counter + cs[-1].op_count));
    ASSERT((cs->flags & ~OP_UNSURE) == 0);
    ops += cs->op_count;
  }
  return ops > bundle_ops_max ? ERR_TOO_BIG : ERR_OK;
}

uint32_t content_since(const struct bundle_content *c) {
  uint32_t since = 1;
  for (size_t i = 0; i < c->changeset_count; i++) {
    uint32_t needs = changeset_since(&c->changesets[i]);
    if (needs > since) since = needs;
  }
  return since;
}

err content_encode(struct buf *out, const struct bundle_content *c) {
  TRY(content_caps(c));
  size_t start = out->len;
  struct compact_writer w;
  compact_write_init(&w, out);
  compact_write_number(&w, content_since(c));
  compact_write_number(&w, c->clock_count);
  for (size_t i = 0; i < c->clock_count; i++) write_clock(&w, &c->clocks[i]);
  compact_write_number(&w, c->ack_count);
  for (size_t i = 0; i < c->ack_count; i++) write_ack(&w, &c->acks[i]);
  compact_write_number(&w, c->changeset_count);
  if (c->changeset_count > 0) compact_write_number(&w, c->changesets[0].counter);
  for (size_t i = 0; i < c->changeset_count; i++) write_changeset(&w, &c->changesets[i]);
  compact_write_finish(&w);
  TRY(w.error);
  return out->len - start > bundle_plain_bytes_max ? ERR_TOO_BIG : ERR_OK;
}

static err read_clocks(struct compact_reader *r, struct bundle_content *out) {
  TRY(compact_read_count(r, clock_samples_max, clock_bytes_min, &out->clock_count));
  struct clock_sample *clocks = arena_take(r->arena, out->clock_count, sizeof *clocks);
  if (clocks == NULL) return ERR_NO_MEMORY;
  out->clocks = clocks;
  for (size_t i = 0; i < out->clock_count; i++) TRY(read_clock(r, &clocks[i]));
  return ERR_OK;
}

static err read_acks(struct compact_reader *r, struct bundle_content *out) {
  TRY(compact_read_count(r, bundle_acks_max, ack_bytes_min, &out->ack_count));
  struct ack *acks = arena_take(r->arena, out->ack_count, sizeof *acks);
  if (acks == NULL) return ERR_NO_MEMORY;
  out->acks = acks;
  for (size_t i = 0; i < out->ack_count; i++) TRY(read_ack(r, i > 0 ? &acks[i - 1] : NULL, &acks[i]));
  return ERR_OK;
}

/* A changeset whose values are not allowed is set aside with its reason; its counters stay taken. */
static void refuse_bad_values(const struct compact_reader *r, struct changeset *cs, err *refused) {
  *refused = changeset_check(cs, NULL);
  bool later = r->schema < schema_version && changeset_since(cs) > r->schema;
  if (*refused == ERR_OK && later) *refused = ERR_INVALID; /* a word its writer cannot know */
  if (*refused != ERR_OK) cs->op_count = 0;
}

static err read_changesets(struct compact_reader *r, struct bundle_content *out, err *refused, size_t *at) {
  struct changeset *list = arena_take(r->arena, out->changeset_count, sizeof *list);
  if (list == NULL) return ERR_NO_MEMORY;
  out->changesets = list;
  uint64_t counter = 0;
  size_t ops = 0;
  if (out->changeset_count > 0) TRY(compact_read_number(r, NUMBER_MAX, &counter));
  if (out->changeset_count > 0 && counter == 0) return ERR_MALFORMED;
  for (*at = 0; *at < out->changeset_count; ++*at) {
    struct changeset *cs = &list[*at];
    TRY(read_changeset(r, counter, OP_UNSURE, cs));
    counter += cs->op_count;
    ops += cs->op_count;
    if (ops > bundle_ops_max) return ERR_TOO_BIG;
    refuse_bad_values(r, cs, &refused[*at]);
  }
  out->counter_end = counter;
  return cursor_end(&r->in);
}

static err content_read(struct compact_reader *r, struct bundle_content *out, err **refused_out, size_t *at) {
  TRY(compact_read_schema(r));
  out->schema = r->schema;
  TRY(read_clocks(r, out));
  TRY(read_acks(r, out));
  TRY(compact_read_count(r, bundle_changesets_max, changeset_bytes_min, &out->changeset_count));
  *refused_out = arena_take(r->arena, out->changeset_count, sizeof **refused_out);
  if (*refused_out == NULL) return ERR_NO_MEMORY;
  return read_changesets(r, out, *refused_out, at);
}

err content_decode(struct bundle_content *out, err **refused_out, struct slice plain, struct arena *a,
                   struct fault *fault) {
  if (plain.len > bundle_plain_bytes_max)
    return fault_set(fault, ERR_TOO_BIG, "A bundle's content has %zu bytes: at most %d are accepted.",
                     plain.len, (int)bundle_plain_bytes_max);
  struct compact_reader r;
  size_t at = 0;
  TRY(compact_read_init(&r, plain, a));
  err e = content_read(&r, out, refused_out, &at);
  if (e == ERR_OK) return ERR_OK;
  size_t offset = plain.len - cursor_left(&r.in);
  if (e == ERR_VERSION)
    return fault_set(fault, e,
                     "A bundle holds work that only a newer schema than %d can say: update this program.",
                     (int)schema_version);
  return fault_set(fault, e, "A bundle's content cannot be read at changeset %zu, byte %zu: %s.", at, offset,
                   err_text(e));
}
