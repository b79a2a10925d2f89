/* answer.c: fields of a reply. */
#include "client/core/answer.h"

#include "shared/base/now.h"

void answer_id(struct packer *p, const char *name, const struct id *id) {
  pack_word(p, name);
  if (id && !id_is_zero(id))
    pack_id_hex(p, id);
  else
    pack_nil(p);
}

void answer_text(struct packer *p, const char *name, struct slice text) {
  pack_word(p, name);
  pack_text(p, text);
}

void answer_words(struct packer *p, const char *name, const char *text) {
  pack_word(p, name);
  if (text)
    pack_word(p, text);
  else
    pack_nil(p);
}

void answer_text_or_nil(struct packer *p, const char *name, struct slice text) {
  pack_word(p, name);
  if (text.len)
    pack_text(p, text);
  else
    pack_nil(p);
}

void answer_int(struct packer *p, const char *name, int64_t v) {
  pack_word(p, name);
  pack_i64(p, v);
}

void answer_int_or_nil(struct packer *p, const char *name, bool there, int64_t v) {
  pack_word(p, name);
  if (there)
    pack_i64(p, v);
  else
    pack_nil(p);
}

void answer_bool(struct packer *p, const char *name, bool v) {
  pack_word(p, name);
  pack_bool(p, v);
}

void answer_date(struct packer *p, const char *name, int64_t days) {
  char text[date_text_bytes];
  date_text(text, (int32_t)days);
  answer_words(p, name, text);
}

void answer_word(struct packer *p, const char *name, const char *of, int64_t number) {
  answer_words(p, name, number ? schema_enum_word(schema_enum(of), number) : NULL);
}

void answer_set(struct packer *p, const char *name, const char *of, int64_t bits) {
  const struct enum_type *e = schema_enum(of);
  size_t count = 0;
  for (const struct enum_value *v = e->values; v->word; v += 1) count += (bits >> (v->number - 1)) & 1;
  pack_word(p, name);
  pack_array(p, count);
  for (const struct enum_value *v = e->values; v->word; v += 1) {
    if ((bits >> (v->number - 1)) & 1) pack_word(p, v->word);
  }
}
