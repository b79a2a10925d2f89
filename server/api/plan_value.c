/* plan_value.c: values of the Local Plan's forms: texts on their way in and out. */
#include <stdio.h>

#include "server/api/acts.h"
#include "server/api/plan.h"

static err refuse(struct api_call *c, const struct plan_field *f, const char *why) {
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" %s", f->label, why);
}

static err read_whole(struct api_call *c, const struct plan_field *f, const struct column *column,
                      struct slice text, struct value *out) {
  int64_t n;
  TRY(acts_whole(c, f->label, text, column->check.low, column->check.high, &n));
  *out = value_int(n);
  return ERR_OK;
}

static err read_text(struct api_call *c, const struct plan_field *f, const struct column *column,
                     struct slice text, struct value *out) {
  if (!utf8_valid(text)) return refuse(c, f, "is not valid text");
  *out = value_text(text);
  if (utf8_length(text) <= (size_t)column->check.high) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" has more than %d characters", f->label,
                   (int)column->check.high);
}

err plan_value_read(struct api_call *c, const struct plan_field *f, struct slice text, struct value *out) {
  const struct column *column = &schema_table(f->table)->columns[f->column];
  struct id id;
  int32_t day;
  *out = value_null();
  if (text.len == 0) return ERR_OK;
  switch (column->type) {
  case TYPE_ID:
    if (id_parse(&id, text) != ERR_OK) return refuse(c, f, "must be an id of 32 hexadecimal digits");
    *out = value_id(&id);
    return ERR_OK;
  case TYPE_DATE:
    if (date_parse(&day, text) != ERR_OK)
      return refuse(c, f, "must be a day of the calendar, like 2026-11-21");
    *out = value_int(day);
    return ERR_OK;
  case TYPE_ENUM:
    *out = value_int(schema_enum_number(column->vocabulary, text));
    return out->i ? ERR_OK : refuse(c, f, "is none of the words there are");
  case TYPE_INT: return read_whole(c, f, column, text, out);
  default: return read_text(c, f, column, text, out);
  }
}

err plan_value_text(struct api_call *c, const struct column *column, const struct value *v,
                    struct slice *out) {
  char text[id_text_bytes] = "";
  const char *word;
  *out = slice_of(NULL, 0);
  switch (v->kind) {
  case VALUE_NULL: return ERR_OK;
  case VALUE_TEXT: *out = v->text; return ERR_OK;
  case VALUE_ID: id_text(text, &v->id); break;
  case VALUE_INT:
    word = column->type == TYPE_ENUM ? schema_enum_word(column->vocabulary, v->i) : NULL;
    if (word)
      (void)snprintf(text, sizeof text, "%s", word);
    else if (column->type == TYPE_DATE)
      date_text(text, (int32_t)v->i);
    else
      (void)snprintf(text, sizeof text, "%lld", (long long)v->i);
  }
  *out = arena_copy(&c->x->arena, slice_text(text));
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}
