/* work.c: who sees and decides what waits, and small things its addresses share. */
#include "server/api/work.h"

struct words work_words(struct api_call *c) {
  return (struct words){.store = c->store, .arena = &c->x->arena, .now = c->x->now};
}

struct reconcile work_by(struct api_call *c) {
  return (struct reconcile){.hub = c->api->config.hub,
                            .store = c->store,
                            .now = c->x->now,
                            .by = c->login.user,
                            .fault = &c->fault};
}

static bool has_role(const struct api_call *c, uint32_t roles) { return (c->login.roles & roles) != 0; }

bool work_sees_all(const struct api_call *c) { return has_role(c, BUNDLES); }

const struct store_item_event *work_decision(const struct item_view *v) {
  for (size_t i = v->event_count; i > 0; i--) {
    if (v->events[i - 1].kind == EVENT_DECIDED) return &v->events[i - 1];
  }
  return NULL;
}

static bool decided_by(const struct item_view *v, const struct id *who) {
  const struct store_item_event *d = work_decision(v);
  return d && id_equal(&d->who, who);
}

/* What schools call a child is for the office alone, whoever else settles what people disagree about. */
static bool is_of_numbers(const struct item_view *v) {
  return v->item.kind == ITEM_TWO_UPNS || v->item.kind == ITEM_TWO_NUMBERS ||
         v->item.table->id == TABLE_learner_key;
}

bool work_sees(const struct api_call *c, const struct item_view *v) {
  if (is_of_numbers(v)) return has_role(c, OFFICE);
  return work_sees_all(c) || item_is_urgent(v) || decided_by(v, &c->login.user);
}

bool work_decides(const struct api_call *c, const struct item_view *v) {
  if (has_role(c, OFFICE)) return true;
  return has_role(c, DECIDES) && (item_is_urgent(v) || decided_by(v, &c->login.user));
}

err work_load(struct api_call *c, struct item_view *out) {
  const struct reconcile by = work_by(c);
  err e = reconcile_look(out, &by, &c->id, &c->x->arena);
  if (e == ERR_NOT_FOUND)
    return fault_set(&c->fault, e,
                     "there is no such matter; if there was, whoever it was about has been erased since");
  TRY(e);
  if (work_sees(c, out)) return ERR_OK;
  return fault_set(&c->fault, ERR_FORBIDDEN,
                   is_of_numbers(out) ? "a learner's numbers elsewhere are for the office alone"
                                      : "your role sees only where a child may be missing");
}

const char *work_reason(err reason) {
  static const struct {
    err reason;
    const char *words;
  } table[] = {
      {ERR_FORBIDDEN,
       "Its author may not write there: no grant for the activity, or not assigned to the device."},
      {ERR_REVOKED, "The device had been revoked when it came."},
      {ERR_NOT_FOUND, "It names a session or a row that the hub does not have."},
      {ERR_INVALID, "It holds a value that is not allowed, so it cannot be released."},
      {ERR_TOO_BIG, "Too many values of its row disagree already: decide those first."},
      {ERR_FORK,
       "Another bundle came under the same number: the device was copied, or restored from a backup."},
      {ERR_UNKNOWN_DEVICE, "The device came back to a hub that no longer knew it."},
      {ERR_ERASED, "It is about a learner who was erased, so it can only be rejected."},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    if (table[i].reason == reason) return table[i].words;
  }
  return "It could not be taken as it was.";
}

#define AT(member) offsetof(struct work_event, member)
static const struct shape_field event_fields[] = {
    {"at", SHAPE_TIME, AT(at_ms), 0, NULL, NULL},
    {"who", SHAPE_TEXT, AT(who), 0, NULL, NULL},
    {"text", SHAPE_NAME, AT(text), 0, NULL, NULL},
    {"reason", SHAPE_TEXT, AT(reason), 0, NULL, NULL},
};
#undef AT
const struct shape work_event_shape = SHAPE_OF(work_event, event_fields);

/* Whoever looked first is in the life, but changed nothing. */
static const char *const event_words[] = {[EVENT_DECIDED] = "decided it.",
                                          [EVENT_UNDONE] = "took the decision back.",
                                          [EVENT_SETTLED] = "Later entries agreed: it settled itself.",
                                          [EVENT_SHOWN] = "looked at it first."};

/* What a decision or its undoing brings about by itself is part of it. */
static bool is_part(const struct store_item_event *e, const struct store_item_event *next) {
  bool by_itself = e->kind == EVENT_SETTLED || e->kind == EVENT_OPENED;
  return by_itself && next->at_ms == e->at_ms && (next->kind == EVENT_DECIDED || next->kind == EVENT_UNDONE);
}

err work_life(struct words *w, const struct store_item_event *life, size_t life_count, const char *opened,
              struct work_event **events, size_t *count) {
  struct work_event *list = arena_take(w->arena, *count + life_count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  if (*count) bytes_copy(list, *events, *count * sizeof *list);
  *events = list;
  for (size_t i = 0; i < life_count; i++) {
    if (i + 1 < life_count && is_part(&life[i], &life[i + 1])) continue;
    struct work_event *out = &list[*count];
    *out = (struct work_event){.at_ms = life[i].at_ms, .place = (*count)++, .reason = life[i].why};
    out->text = slice_text(life[i].kind == EVENT_OPENED ? opened : event_words[life[i].kind]);
    if (life[i].kind == EVENT_DECIDED) out->decision = life[i].op;
    if (!id_is_zero(&life[i].who)) TRY(views_author_name(w->store, &life[i].who, w->arena, &out->who));
  }
  return ERR_OK;
}
