/* work.h: private to this folder: what waits for a person, as it is listed, shown and decided.
 *
 *                  counts   conflicts, duplicates,   decide,     quarantine and held bundles,
 *                           missing registers        take back   their release
 *   office           yes    yes                      yes         yes
 *   administrator    yes    yes                      no          yes
 *   safeguarding     urgent where a child may be     those       no
 *                           missing: one says here,  alone
 *                           one away and not told
 *   hub lead         yes    no (learners' own rows)  no          no
 */
#ifndef TUTTI_SERVER_API_WORK_H
#define TUTTI_SERVER_API_WORK_H

#include "server/api/access.h"
#include "server/api/shape.h"
#include "server/api/words.h"

struct words work_words(struct api_call *c);
/* Somebody who acts, by the store of the thread that runs this step. */
struct reconcile work_by(struct api_call *c);
bool work_sees_all(const struct api_call *c); /* and not only where a child may be missing */
bool work_sees(const struct api_call *c, const struct item_view *v);
/* Whoever decided something may take that back, whatever it has become. */
bool work_decides(const struct api_call *c, const struct item_view *v);
/* The last time it was decided; NULL: never. */
const struct store_item_event *work_decision(const struct item_view *v);
/* Loads the matter named by the address. ERR_NOT_FOUND with a sentence, ERR_FORBIDDEN for who must not see
 * it. */
err work_load(struct api_call *c, struct item_view *out);
/* The matter in full; a new reference, or NULL without memory. */
err work_item_json(struct api_call *c, const struct item_view *v, json_t **out);

/* The answer to a change: the matter as it is now, read by a reader, which sees what was committed. */
err work_answer_item(struct api_call *c);
/* work_ask.c: adds what was asked about it, and who wrote what is contested. */
err work_ask_into(struct api_call *c, const struct item_view *v, json_t *card);
/* What was asked about a register or a bundle; `open`: there is something left to ask. */
err work_questions_into(struct api_call *c, const struct id *matter, bool open, json_t *card);
/* What the address names is over: whoever has not answered is not asked any more. On the writer's thread. */
err work_withdraw_questions(struct api_call *c);
/* The same as ops behind `first`, for an act that ends the matter in one transaction. */
err work_with_questions(struct api_call *c, const struct op *first, size_t first_count, struct op **out,
                        size_t *out_count);
err work_no_bundle(struct api_call *c); /* ERR_NOT_FOUND, in words */
err work_bundle_waits(struct api_call *c, bool *out);

/* Why a changeset waits, in words. */
const char *work_reason(err reason);

/* What somebody did, and when, for a time line. */
struct work_event {
  int64_t at_ms;
  size_t place; /* of what happened in the same moment */
  struct slice who, text, reason;
  struct op_id decision; /* the first op that decided; counter 0: it is no decision */
};
extern const struct shape work_event_shape;
/* The life of a matter as events behind those that are there already. `opened`: how it came to be one, in
 * words. */
err work_life(struct words *w, const struct store_item_event *life, size_t life_count, const char *opened,
              struct work_event **events, size_t *count);

/* What choosing comes to, as figures: of a conflict about a mark, of two records of one child. */
struct work_figures {
  struct slice span, effect; /* effect: a sentence; empty when no figure is known to depend on it */
  struct work_figure {
    uint32_t here, of;
    bool known;
  } * choices; /* as many as the matter has */
};
err work_figures(struct words *w, struct work_figures *out, const struct item_view *v,
                 const struct matter_words *m);

#endif
