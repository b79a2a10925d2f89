/* words.h: private to this folder: a matter for a person in plain words, generated from schema and rules. */
#ifndef TUTTI_SERVER_API_WORDS_H
#define TUTTI_SERVER_API_WORDS_H

#include "server/core/reconcile.h"
#include "server/core/views.h"

struct words {
  struct store *store;
  struct arena *arena; /* every text lives here */
  struct now now;
};
/* Text by a format, in the arena. TEXT gives a slice to its %.*s. */
#define TEXT(s) (int)(s).len, (s).len ? (const char *)(s).ptr : ""
err words_say(struct words *w, struct slice *out, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
err words_upper(struct words *w, struct slice *text); /* its first letter, where that is a plain one */
err words_day(struct words *w, struct slice *out, int32_t date);                    /* "Sat 21 Nov" */
err words_span(struct words *w, struct slice *out, int64_t from_ms, int64_t to_ms); /* "18 minutes" */
/* What a row is called: "Zoë Testing", "Saturday Strings on Sat 21 Nov"; never empty. */
err words_row(struct words *w, struct slice *out, uint8_t table, const struct id *id);

/* One value alone: "6 May 2014", "Riverside", "nothing". */
err words_value(struct words *w, struct slice *out, const struct column *c, const struct value *v);
/* A unit's values, in column order: "Late, arrived 10:21", the same inside a sentence, in short "late", and a
 * remark beside them. */
struct value_words {
  struct slice label, inside, brief, note;
};
err words_values(struct words *w, struct value_words *out, const struct table *t, uint8_t unit,
                 const struct value *values);

/* Whom a matter is about, and what is asked. */
struct matter_words {
  struct slice topic, name, place; /* place: where and when, empty for what has none */
  struct slice question;           /* a whole sentence, with the name in it */
  struct slice brief;              /* the same beside the name: "Late, or away?" */
  struct id learner, session;      /* zero for what has none */
};
err words_matter(struct words *w, struct matter_words *out, const struct item_view *v);
/* What a choice comes to, and in short. */
err words_choice(struct words *w, struct value_words *out, const struct item_view *v,
                 const struct item_choice *c);
/* When and where a value was written first: one that a decision replaced and that was taken back is an op of
 * the hub, in the voice of who wrote it, and what is asked is what that person did. */
struct written {
  int64_t at_ms, received_ms;
  struct op_id op;
};
err words_written(struct words *w, struct written *out, const struct item_view *v,
                  const struct item_choice *c);
/* What an op says, as far as it can be told: "Zoë Testing, Strings, Sat 21 Nov: Here". */
err words_op(struct words *w, struct slice *out, const struct op *op);
/* Why the value in use is in use: a sentence by the rule that decided it. */
err words_why(struct words *w, struct slice *out, const struct item_view *v);

#endif
