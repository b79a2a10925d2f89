/* learner.c: finding learners by name, and one learner's sheet. */
#include "client/core/commands.h"
#include "client/core/learner_sql.h"
#include "client/core/roster.h"
#include "shared/base/fold.h"

err grant_allows(struct core *c, const struct id *activity, int32_t date, bool *out) {
  return grant_find(c->store, &c->who, activity, date, core_today(c), out);
}

/* ---- learner.find ---- */

struct found {
  struct id id;
  struct slice name, fold, year_group, school;
};
struct finding {
  struct core *core;
  struct slice wanted;
  struct buf folded;
  struct found list[search_results_max];
  size_t count;
};

/* Both given names count, so that a nickname and a full name find the same child. */
static err fold_names(struct buf *out, const struct learner_info *l) {
  buf_clear(out);
  TRY(text_fold(out, l->known));
  TRY(buf_put_u8(out, ' '));
  TRY(text_fold(out, l->first));
  TRY(buf_put_u8(out, ' '));
  TRY(text_fold(out, l->last));
  TRY(buf_put_u8(out, ' '));
  return text_fold(out, l->initial);
}

/* Kept in the order of names; when there are too many the last ones fall out. */
static err keep(struct finding *f, const struct found *one) {
  size_t at = f->count;
  while (at > 0 && slice_compare(one->fold, f->list[at - 1].fold) < 0) at -= 1;
  if (at == search_results_max) return ERR_OK;
  if (f->count < search_results_max) f->count += 1;
  for (size_t i = f->count - 1; i > at; i -= 1) f->list[i] = f->list[i - 1];
  f->list[at] = *one;
  return ERR_OK;
}

static err look_at(void *ctx, const struct learner_info *l) {
  struct finding *f = ctx;
  struct arena *a = &f->core->arena;
  TRY(fold_names(&f->folded, l));
  if (!text_fold_matches(buf_slice(&f->folded), f->wanted)) return ERR_OK;
  struct found one = {
      .id = l->id, .year_group = arena_copy(a, l->year_group), .school = arena_copy(a, l->school)};
  TRY(learner_name(a, l->known, l->first, l->last, l->initial, &one.name));
  buf_clear(&f->folded);
  TRY(text_fold(&f->folded, one.name));
  one.fold = arena_copy(a, buf_slice(&f->folded));
  if (!one.fold.ptr || !one.year_group.ptr || !one.school.ptr) return ERR_NO_MEMORY;
  return keep(f, &one);
}

struct names {
  struct packer *p;
  size_t count;
};

static err count_current(void *ctx, const struct enrolment_info *e) {
  struct names *n = ctx;
  n->count += e->current && e->granted;
  return ERR_OK;
}

static err pack_current(void *ctx, const struct enrolment_info *e) {
  struct names *n = ctx;
  if (e->current && e->granted) pack_text(n->p, e->name);
  return ERR_OK;
}

static err pack_found(struct core *c, struct packer *p, const struct found *one) {
  struct names names = {p, 0};
  pack_map(p, FIELDS_LearnerItem);
  answer_id(p, "id", &one->id);
  answer_text(p, "name", one->name);
  answer_text_or_nil(p, "year_group", one->year_group);
  answer_text_or_nil(p, "school", one->school);
  pack_word(p, "activities");
  TRY(enrolment_each(c->store, &one->id, &c->who, core_today(c), count_current, &names));
  pack_array(p, names.count);
  return enrolment_each(c->store, &one->id, &c->who, core_today(c), pack_current, &names);
}

static err find(struct core *c, struct finding *f, struct slice text) {
  TRY(text_fold(&f->folded, text));
  f->wanted = arena_copy(&c->arena, buf_slice(&f->folded));
  if (!f->wanted.ptr) return ERR_NO_MEMORY;
  return f->wanted.len ? learner_each(c->store, &c->who, core_today(c), look_at, f) : ERR_OK;
}

err call_learner_find(struct core *c, struct call *call) {
  struct finding f = {.core = c, .folded = BUF_INIT(4 * text_bytes_max)};
  err e = find(c, &f, call->args[ARG_OF(learner_find, text)].text);
  buf_finish(&f.folded);
  TRY(e);
  pack_map(call->out, FIELDS_Learners);
  pack_word(call->out, "learners");
  pack_array(call->out, f.count);
  for (size_t i = 0; i < f.count; i += 1) TRY(pack_found(c, call->out, &f.list[i]));
  return ERR_OK;
}
