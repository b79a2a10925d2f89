/* answer.h: writing the values of a reply, each under its field's name; what is absent is nil. */
#ifndef TUTTI_CLIENT_ANSWER_H
#define TUTTI_CLIENT_ANSWER_H

#include "proto/codec.h"
#include "shared/schema/schema.h"

void answer_id(struct packer *p, const char *name, const struct id *id); /* NULL or zero: nil */
void answer_text(struct packer *p, const char *name, struct slice text);
void answer_words(struct packer *p, const char *name, const char *text);        /* NULL: nil */
void answer_text_or_nil(struct packer *p, const char *name, struct slice text); /* empty: nil */
void answer_int(struct packer *p, const char *name, int64_t v);
void answer_int_or_nil(struct packer *p, const char *name, bool there, int64_t v);
void answer_bool(struct packer *p, const char *name, bool v);
void answer_date(struct packer *p, const char *name, int64_t days);
/* The word of an enum's number; 0: nil. */
void answer_word(struct packer *p, const char *name, const char *of, int64_t number);
/* The words of a set's bits. */
void answer_set(struct packer *p, const char *name, const char *of, int64_t bits);

#endif
