/* value.c: values and op ids: comparing, copying, and checking a value against its column. */
#include "shared/schema/schema.h"

enum { day_1900 = -25567, day_2200 = 84006, minutes_a_day = 1440 };
static const int64_t ms_a_day = 86400000;

bool value_equal(const struct value *a, const struct value *b) {
  if (a->kind != b->kind) return false;
  switch (a->kind) {
  case VALUE_NULL: return true;
  case VALUE_INT: return a->i == b->i;
  case VALUE_TEXT: return slice_equal(a->text, b->text);
  case VALUE_ID: return id_equal(&a->id, &b->id);
  }
  return false;
}

err value_copy(struct value *out, struct arena *a, const struct value *v) {
  struct value copy = *v;
  if (v->kind == VALUE_TEXT) {
    copy.text = arena_copy(a, v->text);
    if (!copy.text.ptr) return ERR_NO_MEMORY;
  }
  *out = copy;
  return ERR_OK;
}

/* ---- checking ---- */

/* "first_name" is "first name": whoever reads the sentence filled in a form, and knows no table. */
struct words {
  char text[48];
};

static struct words words_of(const char *name) {
  struct words w;
  size_t len = 0;
  for (; name[len] && len < sizeof w.text - 1; len++) w.text[len] = name[len] == '_' ? ' ' : name[len];
  while (len > 0 && w.text[len - 1] == ' ') len--;
  w.text[len] = 0;
  return w;
}

static err refuse(struct fault *fault, const struct table *t, const struct column *c, const char *why) {
  return fault_set(fault, ERR_INVALID, "\"%s\" of the %s %s.", words_of(c->name).text, words_of(t->name).text,
                   why);
}

static err check_text(const struct table *t, const struct column *c, struct slice text, struct fault *fault) {
  if (text.len > text_bytes_max) return refuse(fault, t, c, "is far too long: shorten it");
  if (!utf8_valid(text))
    return refuse(fault, t, c, "is not valid UTF-8 text: send plain Unicode without NUL");
  size_t len = utf8_length(text);
  if (c->check.kind == CHECK_LENGTH_REQUIRED && len == 0) return refuse(fault, t, c, "is empty: fill it in");
  if ((c->check.kind == CHECK_LENGTH || c->check.kind == CHECK_LENGTH_REQUIRED) &&
      len > (size_t)c->check.high) {
    return fault_set(fault, ERR_INVALID,
                     "\"%s\" of the %s has %zu characters: at most %d are kept, shorten it.",
                     words_of(c->name).text, words_of(t->name).text, len, (int)c->check.high);
  }
  return ERR_OK;
}

/* The bits that a SET's vocabulary knows. */
static int64_t known_bits(const struct enum_type *e) {
  int64_t bits = 0;
  for (const struct enum_value *v = e->values; v->word; v++) bits |= (int64_t)1 << (v->number - 1);
  return bits;
}

static bool in_range(int64_t v, int64_t low, int64_t high) { return v >= low && v <= high; }

static err check_int(const struct table *t, const struct column *c, int64_t v, struct fault *fault) {
  if (c->check.kind == CHECK_RANGE && !in_range(v, c->check.low, c->check.high)) {
    return fault_set(fault, ERR_INVALID, "\"%s\" of the %s is %lld: it must be from %d to %d.",
                     words_of(c->name).text, words_of(t->name).text, (long long)v, (int)c->check.low,
                     (int)c->check.high);
  }
  bool ok = true;
  switch (c->type) {
  case TYPE_BOOL: ok = v == 0 || v == 1; break;
  case TYPE_DATE: ok = in_range(v, day_1900, day_2200 - 1); break;
  case TYPE_MINUTE: ok = in_range(v, 0, minutes_a_day - 1); break;
  case TYPE_TIME: ok = in_range(v, day_1900 * ms_a_day, day_2200 * ms_a_day - 1); break;
  case TYPE_ENUM: ok = schema_enum_word(c->vocabulary, v) != NULL; break;
  case TYPE_SET: ok = v >= 0 && (v & ~known_bits(c->vocabulary)) == 0; break;
  case TYPE_INT:
  case TYPE_ID:
  case TYPE_TEXT: break;
  }
  return ok ? ERR_OK : refuse(fault, t, c, "is outside what it may be: choose one of the values offered");
}

err value_check(const struct table *t, const struct column *c, const struct value *v, struct fault *fault) {
  if (v->kind == VALUE_NULL) {
    bool required = c->check.kind == CHECK_REQUIRED || c->check.kind == CHECK_LENGTH_REQUIRED;
    return required ? refuse(fault, t, c, "is missing: fill it in") : ERR_OK;
  }
  if (v->kind != value_kind_of(c->type)) return refuse(fault, t, c, "has a value of the wrong kind");
  if (v->kind == VALUE_TEXT) return check_text(t, c, v->text, fault);
  return v->kind == VALUE_INT ? check_int(t, c, v->i, fault) : ERR_OK;
}

enum value_kind value_kind_of(enum column_type type) {
  if (type == TYPE_ID) return VALUE_ID;
  return type == TYPE_TEXT ? VALUE_TEXT : VALUE_INT;
}

bool op_id_equal(const struct op_id *a, const struct op_id *b) {
  return a->counter == b->counter && a->incarnation == b->incarnation && id_equal(&a->device, &b->device);
}

int op_id_compare(const struct op_id *a, const struct op_id *b) {
  int order = id_compare(&a->device, &b->device);
  if (order) return order;
  if (a->incarnation != b->incarnation) return a->incarnation < b->incarnation ? -1 : 1;
  return (a->counter > b->counter) - (a->counter < b->counter);
}
