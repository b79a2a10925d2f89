/* compact_write.c: the writing half of compact.h; each function mirrors one of compact_read.c. */
#include "proto/compact.h"

#include <stdlib.h>

enum { sources_first = 16 };

void compact_write_init(struct compact_writer *w, struct buf *out) {
  w->out = out;
  w->error = ERR_OK;
  w->ids = (struct id_list){0};
  w->sources = NULL;
  w->source_count = w->source_cap = 0;
  w->form_count = w->form_last = 0;
  w->stamp = w->version = 0;
}

void compact_write_finish(struct compact_writer *w) {
  id_list_finish(&w->ids);
  free(w->sources);
  w->sources = NULL;
}

bool compact_is_key(const struct table *t, size_t column) {
  for (size_t k = 0; k < t->key_count; k++)
    if (t->key_columns[k] == column) return true;
  return false;
}

void compact_write_number(struct compact_writer *w, uint64_t v) {
  if (w->error == ERR_OK) w->error = buf_put_varint(w->out, v);
}

void compact_write_signed(struct compact_writer *w, int64_t v) {
  compact_write_number(w, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0));
}

void compact_write_step(struct compact_writer *w, uint64_t *last, uint64_t v) {
  if (v > NUMBER_MAX && w->error == ERR_OK) w->error = ERR_TOO_BIG;
  if (w->error != ERR_OK) return;
  compact_write_signed(w, (int64_t)v - (int64_t)*last);
  *last = v;
}

static void write_bytes(struct compact_writer *w, struct slice bytes) {
  if (w->error == ERR_OK) w->error = buf_append(w->out, bytes);
}

/* 0 and sixteen bytes the first time, then its number from 1. */
static uint64_t write_id_no(struct compact_writer *w, const struct id *id) {
  size_t known = w->ids.count;
  uint64_t no = 0;
  if (w->error == ERR_OK) w->error = id_list_intern(&w->ids, id, &no);
  if (w->error != ERR_OK) return 0;
  if (w->ids.count > known) {
    compact_write_number(w, 0);
    write_bytes(w, id_slice(id));
  } else {
    compact_write_number(w, no + 1);
  }
  return no;
}

void compact_write_id(struct compact_writer *w, const struct id *id) { (void)write_id_no(w, id); }

static bool form_equal(const struct compact_form *a, const struct compact_form *b) {
  return a->table == b->table && a->kind == b->kind && a->units == b->units && a->columns == b->columns &&
         a->bases == b->bases;
}

/* Its number from 1, or 0 when it has to be written in full. */
static size_t form_no(struct compact_writer *w, const struct compact_form *form) {
  if (w->form_last != 0 && form_equal(&w->forms[w->form_last - 1], form)) return w->form_last;
  for (size_t i = 0; i < w->form_count; i++)
    if (form_equal(&w->forms[i], form)) return w->form_last = i + 1;
  return 0;
}

void compact_write_form(struct compact_writer *w, const struct compact_form *form) {
  size_t no = form_no(w, form);
  compact_write_number(w, no);
  if (no != 0) return;
  if (form->kind != 0) compact_write_number(w, form->kind);
  compact_write_number(w, form->table->id);
  if (form->kind <= FEED_ROW) {
    compact_write_number(w, form->units);
    compact_write_number(w, form->columns);
  }
  if (form->kind == 0) compact_write_number(w, form->bases);
  if (w->form_count < compact_forms_max) w->forms[w->form_count++] = *form;
}

void compact_write_value(struct compact_writer *w, const struct value *v) {
  ASSERT(v->kind != VALUE_NULL); /* a form names only columns that hold a value */
  if (v->kind == VALUE_INT) {
    compact_write_signed(w, v->i);
  } else if (v->kind == VALUE_ID) {
    compact_write_id(w, &v->id);
  } else {
    if (v->text.len > text_bytes_max && w->error == ERR_OK) w->error = ERR_TOO_BIG;
    compact_write_number(w, v->text.len);
    write_bytes(w, v->text);
  }
}

void compact_write_row(struct compact_writer *w, const struct table *t, const struct id *row,
                       const struct value *values) {
  if (t->key_count == 0) compact_write_id(w, row);
  for (size_t k = 0; k < t->key_count; k++) {
    ASSERT(values[t->key_columns[k]].kind == VALUE_ID);
    compact_write_id(w, &values[t->key_columns[k]].id);
  }
}

static struct compact_source *source_add(struct compact_writer *w, const struct op_id *op) {
  if (w->error == ERR_OK && w->source_count == compact_sources_max) w->error = ERR_TOO_BIG;
  if (w->error == ERR_OK && w->source_count == w->source_cap) {
    size_t cap = w->source_cap == 0 ? sources_first : 2 * w->source_cap;
    struct compact_source *list = realloc(w->sources, cap * sizeof *list);
    if (list == NULL) {
      w->error = ERR_NO_MEMORY;
    } else {
      w->sources = list;
      w->source_cap = cap;
    }
  }
  if (w->error != ERR_OK) return NULL;
  compact_write_number(w, 0);
  uint64_t device = write_id_no(w, &op->device);
  compact_write_number(w, op->incarnation);
  struct compact_source *source = &w->sources[w->source_count++];
  *source = (struct compact_source){.device = device, .incarnation = op->incarnation};
  return source;
}

/* Searched from the newest: neighbours in a list tend to come from the same device. */
static struct compact_source *source_find(struct compact_writer *w, const struct op_id *op) {
  for (size_t i = w->source_count; i > 0; i--) {
    struct compact_source *source = &w->sources[i - 1];
    if (source->incarnation == op->incarnation && id_equal(&w->ids.list[source->device], &op->device)) {
      compact_write_number(w, i);
      return source;
    }
  }
  return source_add(w, op);
}

void compact_write_op_id(struct compact_writer *w, const struct op_id *op) {
  struct compact_source *source = source_find(w, op);
  if (source != NULL) compact_write_step(w, &source->last, op->counter);
}
