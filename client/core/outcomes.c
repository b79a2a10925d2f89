/* outcomes.c: the changesets that the hub did not simply apply, each in words: what it was, what became of it
 * and what to do. Names only for somebody who may see them; a locked device shows numbers. */
#include "client/core/change_words.h"
#include "client/core/commands.h"
#include "shared/merge/merge.h"

struct outcome {
  const struct outbox_bundle *bundle;
  const struct receipt_exception *exception;
  uint32_t place; /* of the changeset in its bundle, from 0 */
  int64_t at_ms;
  struct slice text; /* empty: nobody may see it now, or it is not kept any more */
  bool settled;      /* a conflict that has been decided since */
};
struct outcomes {
  struct outcome list[list_items_max];
  size_t count, all;
};

/* ---- reason and advice ---- */

/* The first line that fits counts; ERR_OK stands for every reason. */
static const struct outcome_words {
  enum receipt_status status;
  err reason;
  const char *why, *advice;
} words[] = {
    {RECEIPT_CONFLICT, ERR_OK, "somebody else recorded something different about the same thing",
     "Nothing is lost. The office decides which stands; tell them if you know."},
    {RECEIPT_HELD, ERR_OK, "an earlier bundle of this device has not reached the office",
     "Send now, or export and carry the file to the office: the earlier one goes with it. If it stays, ring "
     "the "
     "office."},
    {RECEIPT_QUARANTINED, ERR_FORBIDDEN, "you were not assigned to it on this device on that day",
     "The office keeps it. Ring them: they can correct the assignment and let it through."},
    {RECEIPT_QUARANTINED, ERR_REVOKED, "the office has revoked this device",
     "The office keeps it. Ring them: they can let it through."},
    {RECEIPT_QUARANTINED, ERR_NOT_FOUND, "the office does not know the session or learner it is about",
     "The office keeps it. Ring them: they can add what is missing and let it through."},
    {RECEIPT_QUARANTINED, ERR_TOO_BIG, "too many versions of the same thing wait for a decision",
     "The office keeps it. Ring them: they can decide the open ones first."},
    {RECEIPT_QUARANTINED, ERR_FORK, "another copy of this device sent other work under the same numbers",
     "The office keeps it. Ring them before you use either copy further."},
    {RECEIPT_QUARANTINED, ERR_OK, "the office wants to look at it first", "The office keeps it. Ring them."},
    {RECEIPT_REFUSED, ERR_INVALID, "it holds a value that the office's program does not allow",
     "Record it again. If it is refused again, tell the office what you recorded."},
    {RECEIPT_REFUSED, ERR_REJECTED, "the office looked at it and did not take it",
     "It does not count. Ring them if you think it should; they can still let it through."},
    {RECEIPT_REFUSED, ERR_FORK, "another copy of this device sent other work under the same numbers",
     "What this copy had was numbered anew and sent again."},
    {RECEIPT_REFUSED, ERR_OK, "the office's program could not read it",
     "It is kept here and at the office. Ring them, and do not enrol this device anew before that."},
};

static const struct outcome_words *words_of(const struct receipt_exception *x) {
  const struct outcome_words *found = &words[sizeof words / sizeof words[0] - 1];
  for (size_t i = sizeof words / sizeof words[0]; i > 0; i -= 1) {
    const struct outcome_words *w = &words[i - 1];
    if (w->status == x->status && (w->reason == ERR_OK || w->reason == x->reason)) found = w;
  }
  return found;
}

static const char *status_word(enum receipt_status s) {
  switch (s) {
  case RECEIPT_CONFLICT: return "conflict";
  case RECEIPT_HELD: return "held";
  case RECEIPT_QUARANTINED: return "quarantined";
  default: return "refused";
  }
}

/* ---- which there are ---- */

static void add(struct outcomes *o, const struct outbox_bundle *b, const struct receipt_exception *x,
                uint32_t place) {
  o->all += 1;
  if (o->count == list_items_max) return;
  o->list[o->count] =
      (struct outcome){.bundle = b, .exception = x, .place = place, .at_ms = b->facts.sealed_ms};
  o->count += 1;
}

/* Those that need help, or those that are only contested. */
static void add_bundle(struct outcomes *o, const struct outbox_bundle *b, bool help) {
  if (b->status == 0 || b->status == RECEIPT_APPLIED) return;
  const struct receipt_exception *whole = outbox_whole(b);
  if (whole && !help) return;
  for (uint32_t i = 0; whole && i < b->facts.changesets; i += 1) add(o, b, whole, i);
  for (size_t i = 0; !whole && i < b->exception_count; i += 1) {
    const struct receipt_exception *x = &b->exceptions[i];
    if (x->reason == ERR_ERASED) continue; /* there is nobody left to tell of */
    if (x->status != RECEIPT_APPLIED && (x->status != RECEIPT_CONFLICT) == help) add(o, b, x, x->changeset);
  }
}

static void add_all(struct outcomes *o, const struct core *c, bool help) {
  for (size_t i = c->outbox.count; i > 0; i -= 1) add_bundle(o, &c->outbox.list[i - 1], help);
}

/* ---- what each was ---- */

/* The changesets of one bundle go by, and the outcomes that are about them pick up their words. */
struct telling {
  struct core *core;
  struct outcome *first;
  size_t count;  /* of one bundle, by rising place */
  uint64_t next; /* the counter that comes if nothing was forgotten in between */
  uint32_t place;
};

static err is_open(struct core *c, const struct changeset *cs, bool *out) {
  *out = false;
  for (size_t i = 0; i < cs->op_count && !*out; i += 1) {
    struct row row;
    TRY(rows_load(c->store->rows, cs->ops[i].table, &cs->ops[i].row, &c->arena, &row));
    for (uint8_t unit = 0; row.exists && unit < row.table->unit_count; unit += 1) {
      if (cs->ops[i].units >> unit & 1 && merge_conflict(&row, unit) != CONFLICT_NONE) *out = true;
    }
  }
  return ERR_OK;
}

static err tell(struct core *c, struct outcome *o, const struct kept *k) {
  struct changeset cs;
  int32_t day = 0;
  int32_t minute = 0;
  bool allowed = false;
  o->at_ms = (int64_t)k->stamp;
  if (k->bytes.len == 0) { /* of an activity that was purged, or a meeting: what differs is the office's */
    o->settled = o->exception->status == RECEIPT_CONFLICT;
    return ERR_OK;
  }
  uk_civil(o->at_ms, &day, &minute);
  /* What belongs to a person is theirs; the rest is of an activity. */
  if (id_equal(&k->stream, &c->who))
    allowed = true;
  else
    TRY(grant_allows(c, &k->stream, day, &allowed));
  struct slice bytes = arena_copy(&c->arena, k->bytes);
  if (!bytes.ptr) return ERR_NO_MEMORY;
  TRY(changeset_decode(&cs, bytes, &c->arena));
  if (o->exception->status == RECEIPT_CONFLICT) {
    bool open = false;
    TRY(is_open(c, &cs, &open));
    o->settled = !open;
  }
  return allowed ? change_words(c, k, &cs, &o->text) : ERR_OK;
}

static err tell_next(void *ctx, const struct kept *k) {
  struct telling *t = ctx;
  if (t->count == 0 || k->counter != t->next) return ERR_TRAILING;
  if (t->first->place == t->place) {
    TRY(tell(t->core, t->first, k));
    t->first += 1;
    t->count -= 1;
  }
  t->place += 1;
  t->next = k->counter + k->ops;
  return ERR_OK;
}

static err tell_all(struct core *c, struct outcomes *o) {
  for (size_t i = 0; i < o->count;) {
    const struct outbox_bundle *b = o->list[i].bundle;
    size_t end = i + 1;
    while (end < o->count && o->list[end].bundle == b) end += 1;
    struct telling t = {
        .core = c, .first = &o->list[i], .count = end - i, .next = b->facts.counter_first, .place = 0};
    TRY(kept_from(c->store, b->facts.incarnation, b->facts.counter_first, tell_next, &t));
    i = end;
  }
  return ERR_OK;
}

/* ---- the answer ---- */

static void pack_outcome(struct packer *p, const struct outcome *o) {
  const struct outcome_words *w = words_of(o->exception);
  pack_map(p, FIELDS_Outcome);
  answer_int(p, "seq", (int64_t)o->bundle->facts.seq);
  answer_int(p, "place", (int64_t)o->place + 1);
  answer_int(p, "of", o->bundle->facts.changesets);
  answer_text_or_nil(p, "text", o->text);
  answer_int(p, "at", o->at_ms);
  answer_words(p, "status", status_word(o->exception->status));
  answer_words(p, "reason", w->why);
  answer_words(p, "advice", w->advice);
}

err call_sync_outcomes(struct core *c, struct call *call) {
  struct outcomes *o = arena_take(&c->arena, 1, sizeof *o);
  size_t shown = 0;
  if (!o) return ERR_NO_MEMORY;
  add_all(o, c, true);
  add_all(o, c, false);
  if (core_unlocked(c)) TRY(tell_all(c, o));
  for (size_t i = 0; i < o->count; i += 1) shown += !o->list[i].settled;
  pack_map(call->out, FIELDS_Outcomes);
  pack_word(call->out, "outcomes");
  pack_array(call->out, shown);
  for (size_t i = 0; i < o->count; i += 1) {
    if (!o->list[i].settled) pack_outcome(call->out, &o->list[i]);
  }
  answer_int(call->out, "more", (int64_t)(o->all - o->count));
  return ERR_OK;
}
