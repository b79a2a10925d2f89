/* reconcile_json.c: one matter with its choices and its life, as a person or a script reads it. */
#include "server/ctl/reconcile_json.h"

#include "server/core/views.h"

enum { list_max = 1000 };

static const char *const kinds[] = {[ITEM_CONFLICT] = "conflict",
                                    [ITEM_DUPLICATE] = "duplicate",
                                    [ITEM_TWO_MARKS] = "two_marks",
                                    [ITEM_TWO_UPNS] = "two_upns",
                                    [ITEM_TWO_NUMBERS] = "two_numbers"};
static const char *const conflicts[] = {
    [CONFLICT_NONE] = "none",         [CONFLICT_HUMAN] = "human",   [CONFLICT_ONCE] = "once",
    [CONFLICT_PROPOSAL] = "proposal", [CONFLICT_UNSURE] = "unsure", [CONFLICT_REMOVED] = "removed",
    [CONFLICT_AWAY] = "away"};
static const char *const states[] = {
    [ITEM_OPEN] = "open", [ITEM_DECIDED] = "decided", [ITEM_SETTLED] = "settled"};
static const char *const events[] = {[EVENT_OPENED] = "opened",
                                     [EVENT_SHOWN] = "shown",
                                     [EVENT_DECIDED] = "decided",
                                     [EVENT_UNDONE] = "undone",
                                     [EVENT_SETTLED] = "settled"};
static const char *const choices[] = {[CHOICE_HEAD] = "value",
                                      [CHOICE_REMOVE] = "remove",
                                      [CHOICE_KEEP] = "keep",
                                      [CHOICE_SAME] = "same",
                                      [CHOICE_APART] = "apart"};

static json_t *text_json(struct slice text) { return json_stringn((const char *)text.ptr, text.len); }

static json_t *id_json(const struct id *id) {
  char text[id_text_bytes];
  id_text(text, id);
  return json_string(text);
}

static json_t *time_json(int64_t ms) {
  char text[time_text_bytes];
  time_text(text, ms);
  return json_string(text);
}

static json_t *value_json(const struct column *c, const struct value *v) {
  char date[date_text_bytes];
  switch (v->kind) {
  case VALUE_NULL: return json_null();
  case VALUE_ID: return id_json(&v->id);
  case VALUE_TEXT: return text_json(v->text);
  case VALUE_INT: break;
  }
  const char *word = c->type == TYPE_ENUM ? schema_enum_word(c->vocabulary, v->i) : NULL;
  if (word) return json_string(word);
  if (c->type == TYPE_BOOL) return json_boolean(v->i != 0);
  if (c->type != TYPE_DATE) return json_integer((json_int_t)v->i);
  date_text(date, (int32_t)v->i);
  return json_string(date);
}

static json_t *values_json(const struct table *t, uint8_t unit, const struct value *values) {
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(t, unit, columns);
  json_t *out = json_object();
  for (size_t i = 0; i < count; i++)
    json_object_set_new(out, t->columns[columns[i]].name, value_json(&t->columns[columns[i]], &values[i]));
  return out;
}

static void
set_name(json_t *to, const char *key, struct store *s, const struct id *id, struct arena *a, err *e,
         err (*name_of)(struct store *s, const struct id *id, struct arena *a, struct slice *out)) {
  struct slice name = {NULL, 0};
  if (*e == ERR_OK) *e = name_of(s, id, a, &name);
  json_object_set_new(to, key, text_json(name));
}

static json_t *choice_json(struct store *s, const struct item_view *v, const struct item_choice *c,
                           struct arena *a, err *e) {
  json_t *out = json_object();
  json_object_set_new(out, "choice", json_string(choices[c->kind]));
  json_object_set_new(out, "in_use", json_boolean(c->in_use));
  if (c->kind == CHOICE_HEAD || c->kind == CHOICE_SAME) json_object_set_new(out, "row", id_json(&c->row));
  if (c->kind != CHOICE_HEAD) return out;
  json_object_set_new(out, "values", values_json(c->table, v->item.unit, c->values));
  set_name(out, "author", s, &c->head.author, a, e, views_author_name);
  set_name(out, "device", s, &c->head.op.device, a, e, views_device_name);
  json_object_set_new(out, "written", time_json((int64_t)c->head.stamp));
  json_object_set_new(out, "unsure", json_boolean(c->head.flags & OP_UNSURE));
  json_object_set_new(out, "office", json_boolean(c->head.flags & OP_OFFICE));
  json_object_set_new(out, "restored", json_boolean(c->head.flags & OP_RESTORED));
  return out;
}

static json_t *event_json(struct store *s, const struct store_item_event *event, struct arena *a, err *e) {
  json_t *out = json_object();
  json_object_set_new(out, "event", json_string(events[event->kind]));
  json_object_set_new(out, "at", time_json(event->at_ms));
  if (!id_is_zero(&event->who)) set_name(out, "who", s, &event->who, a, e, views_author_name);
  if (event->op.counter) set_name(out, "device", s, &event->op.device, a, e, views_device_name);
  if (event->why.len) json_object_set_new(out, "why", text_json(event->why));
  return out;
}

static json_t *head_json(const struct store_item *i) {
  json_t *out = json_object();
  json_object_set_new(out, "id", id_json(&i->id));
  json_object_set_new(out, "kind", json_string(kinds[i->kind]));
  if (i->kind == ITEM_CONFLICT) json_object_set_new(out, "conflict", json_string(conflicts[i->conflict]));
  json_object_set_new(out, "state", json_string(states[i->state]));
  json_object_set_new(out, "table", json_string(i->table->name));
  json_object_set_new(out, "row", id_json(&i->row));
  if (i->kind == ITEM_CONFLICT) json_object_set_new(out, "unit", json_integer(i->unit));
  if (i->kind != ITEM_CONFLICT) json_object_set_new(out, "other", id_json(&i->other));
  json_object_set_new(out, "opened", time_json(i->opened_ms));
  return out;
}

json_t *reconcile_item_json(struct store *s, const struct item_view *v, struct arena *a, err *e) {
  char heads[2 * key_bytes + 1];
  json_t *out = head_json(&v->item), *list = json_array(), *life = json_array();
  hex_encode(heads, slice_of(v->heads, key_bytes));
  json_object_set_new(out, "heads", json_string(heads));
  for (size_t i = 0; i < v->choice_count; i++)
    json_array_append_new(list, choice_json(s, v, &v->choices[i], a, e));
  for (size_t i = 0; i < v->event_count; i++) json_array_append_new(life, event_json(s, &v->events[i], a, e));
  json_object_set_new(out, "choices", list);
  json_object_set_new(out, "life", life);
  return out;
}

static json_t *quarantine_json(struct store *s, const struct store_quarantine *q, struct arena *a, err *e) {
  json_t *out = json_object();
  json_object_set_new(out, "device", id_json(&q->device));
  set_name(out, "device_name", s, &q->device, a, e, views_device_name);
  json_object_set_new(out, "incarnation", json_integer(q->incarnation));
  json_object_set_new(out, "seq", json_integer((json_int_t)q->seq));
  json_object_set_new(out, "changeset", json_integer(q->changeset));
  json_object_set_new(out, "status", json_string(q->status == RECEIPT_REFUSED ? "refused" : "quarantined"));
  json_object_set_new(out, "reason", json_string(err_name(q->reason)));
  json_object_set_new(out, "received", time_json(q->received_ms));
  return out;
}

json_t *reconcile_list_json(struct store *s, struct arena *a, err *e) {
  struct store_item *items = NULL;
  struct store_quarantine *waiting = NULL;
  struct view_counts counts = {0};
  size_t item_count = 0, waiting_count = 0;
  json_t *out = json_object(), *list = json_array(), *quarantine = json_array();
  *e = s->ops->work_item_list(s, list_max, a, &items, &item_count);
  if (*e == ERR_OK) *e = s->ops->quarantine_list(s, 0, list_max, a, &waiting, &waiting_count);
  if (*e == ERR_OK) *e = views_counts(s, &counts);
  for (size_t i = 0; *e == ERR_OK && i < item_count; i++) json_array_append_new(list, head_json(&items[i]));
  for (size_t i = 0; *e == ERR_OK && i < waiting_count; i++)
    json_array_append_new(quarantine, quarantine_json(s, &waiting[i], a, e));
  json_object_set_new(out, "items", list);
  json_object_set_new(out, "quarantine", quarantine);
  json_object_set_new(out, "held", json_integer((json_int_t)counts.held));
  return out;
}
