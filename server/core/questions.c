/* questions.c: a question ends with its matter, and an answer is audited. */
#include "server/core/questions.h"

#include <stdio.h>

static err withdraw(struct office *o, const struct id *list, size_t count, struct fault *fault) {
  const struct table *t = schema_table(TABLE_question);
  for (size_t i = 0; i < count; i++) {
    struct op op = {.table = t, .row = list[i], .units = 1U << t->columns[COL(question, withdrawn)].unit};
    op.values[COL(question, withdrawn)] = value_int(1);
    TRY(office_op(o, &op, fault));
  }
  return ERR_OK;
}

err questions_withdraw(struct office *o, const struct id *matter, struct fault *fault) {
  struct store *s = o->work.store;
  char text[id_text_bytes];
  struct id *list;
  size_t count;
  id_text(text, matter);
  TRY(s->ops->questions_open(s, slice_text(text), &o->work.arena, &list, &count));
  return withdraw(o, list, count, fault);
}

static err find_gone(struct store *store, const struct store_asked *asked, size_t count, struct arena *a,
                     struct id **out, size_t *gone) {
  *gone = 0;
  *out = arena_take(a, count + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) {
    struct store_item matter;
    err e = store->ops->work_item_load(store, &asked[i].about, a, &matter);
    if (e == ERR_NOT_FOUND) (*out)[(*gone)++] = asked[i].question;
    if (e != ERR_NOT_FOUND) TRY(e);
  }
  return ERR_OK;
}

err questions_end(const struct hub *hub, struct store *store, const struct now *now,
                  const struct store_asked *asked, size_t count, struct arena *a,
                  struct change_set *changed) {
  struct office_result result = {.changed = 0};
  struct fault fault = {.code = ERR_OK};
  struct office o;
  struct id *gone;
  size_t gone_count;
  TRY(find_gone(store, asked, count, a, &gone, &gone_count));
  if (gone_count == 0) return ERR_OK;
  err e = office_begin(&o, &result, hub, store, now, &hub->id);
  if (e == ERR_OK) e = withdraw(&o, gone, gone_count, &fault);
  if (e == ERR_OK) e = office_end(&o);
  office_finish(&o);
  if (e == ERR_OK) changed->position = result.changes.position;
  return e;
}

static err withdraw_over(const struct hub *hub, struct store *store, const struct now *now,
                         const struct id *list, size_t count) {
  struct office_result result = {.changed = 0};
  struct fault fault = {.code = ERR_OK};
  struct office o;
  TRY(store->ops->begin(store));
  err e = office_begin(&o, &result, hub, store, now, &hub->id);
  if (e == ERR_OK) e = withdraw(&o, list, count, &fault);
  if (e == ERR_OK) e = office_end(&o);
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e != ERR_OK) store->ops->rollback(store);
  office_finish(&o);
  return e;
}

err questions_keep(const struct hub *hub, struct store *store, const struct now *now) {
  struct arena arena = ARENA_INIT(job_bytes_max);
  struct id *list;
  size_t count;
  err e = store->ops->questions_over(store, &arena, &list, &count);
  if (e == ERR_OK && count) e = withdraw_over(hub, store, now, list, count);
  arena_finish(&arena);
  return e;
}

err questions_note(struct work *w) {
  const struct table *t = schema_table(TABLE_question);
  for (size_t i = 0; i < w->history_count; i++) {
    const struct write_history *h = &w->history[i];
    char id[id_text_bytes], detail[64];
    bool answers = h->table == t && h->units >> t->columns[COL(question, answer)].unit & 1;
    if (!answers) continue;
    id_text(id, &h->row);
    (void)snprintf(detail, sizeof detail, "question=%s", id);
    TRY(w->store->ops->audit(w->store, w->now.wall_ms, &h->author, "question.answer", detail));
  }
  return ERR_OK;
}
