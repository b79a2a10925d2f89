/* reconcile.h: what waits for a person at the office: looked at, decided, undone. */
#ifndef TUTTI_SERVER_RECONCILE_H
#define TUTTI_SERVER_RECONCILE_H

#include "server/core/hub.h"
#include "shared/merge/merge.h"

/* Who decides, when, and where the words go when that cannot be. */
struct reconcile {
  const struct hub *hub;
  struct store *store;
  struct now now;
  struct id by; /* a person who signs in at the office */
  struct fault *fault;
};

/* The same matter has the same id for ever: first 16 bytes of H("tutti.item", kind ‖ table ‖ row ‖ unit ‖
 * other). `other` may be NULL. */
void work_item_id(struct id *out, enum work_item_kind kind, const struct table *t, const struct id *row,
                  uint8_t unit, const struct id *other);

/* One way to decide. */
enum choice_kind {
  CHOICE_HEAD,   /* what a head says */
  CHOICE_REMOVE, /* the row stays removed */
  CHOICE_KEEP,   /* it is not, with what was written to it meanwhile */
  CHOICE_SAME,   /* both rows are one, and `row` is the one that stands */
  CHOICE_APART,  /* they are not, and nobody is asked again */
};
struct item_choice {
  enum choice_kind kind;
  /* Of a head: its row (of a mark among two), who wrote it, and what it says, in the unit's columns. */
  const struct table *table;
  struct id row;
  struct head head;
  const struct value *values;
  bool in_use;
};
struct item_view {
  struct store_item item;
  struct item_choice *choices;
  size_t choice_count;
  /* Of the heads the choices stand for. Whoever decides gives it back, so that nobody decides about what they
   * have not seen. */
  uint8_t heads[key_bytes];
  struct store_item_event *events;
  size_t event_count;
};
/* Notes who looked first. ERR_NOT_FOUND. Everything lives in `a`. */
MUST_USE err reconcile_show(struct item_view *out, const struct reconcile *r, const struct id *matter,
                            struct arena *a);
/* The same from a connection that only reads: nobody is noted until reconcile_note_shown. */
MUST_USE err reconcile_look(struct item_view *out, const struct reconcile *r, const struct id *matter,
                            struct arena *a);
MUST_USE err reconcile_note_shown(const struct reconcile *r, const struct id *matter);

/* How a matter weighs, from its choices alone. Urgent: one says that the child is here, another that it is
 * away and nobody was told, so somebody must know where it is. Safe: what is in use may be kept without a
 * look, because no figure and no other row depends on which value it is. */
bool item_is_urgent(const struct item_view *v);
bool item_is_safe(const struct item_view *v);

/* A decision is an op of the office (of a removal or of two marks several) whose bases are all the heads.
 * ERR_CONFLICT: it is decided or settled already, or the heads changed since. */
struct decision {
  struct id item;
  size_t choice;          /* index into the choices */
  const struct op *other; /* instead: values of the office's own for the unit of an ITEM_CONFLICT; or NULL */
  uint8_t heads[key_bytes];
  struct slice why;
};
MUST_USE err reconcile_decide(struct change_set *changes_out, const struct reconcile *r,
                              const struct decision *d);
/* The decision is taken back: what it replaced stands again, as new ops (see merge.h), and the matter is
 * open. ERR_CONFLICT: it was not decided, or somebody has written since. */
MUST_USE err reconcile_undo(struct change_set *changes_out, const struct reconcile *r,
                            const struct id *matter, struct slice why);

#endif
