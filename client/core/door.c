/* door.c: the device on a stand at the entrance: whoever types their own name there signs in or out. It shows
 * first names and initials, and nothing of whoever is in the building. */
#include "client/core/change.h"
#include "client/core/commands.h"
#include "client/core/door_sql.h"
#include "shared/base/fold.h"

err door_set(struct core *c, bool open) {
  struct identity next = c->identity;
  next.door = open;
  TRY(identity_put(&c->identity, &next, &c->config.files));
  c->door_last = (struct door_arrival){.minute = 0};
  core_topic(c, "device", NULL);
  return ERR_OK;
}

err call_door_open(struct core *c, struct call *call) {
  TRY(door_set(c, true));
  roster_forget(&c->roster);
  status_device(c, call->out);
  return ERR_OK;
}

/* ---- door.find ---- */

/* Three letters, or the whole of a shorter name; an initial may follow. */
static bool answers_to(struct slice given, struct slice wanted, struct slice whole) {
  size_t letters = 0;
  if (wanted.len == 0 || wanted.len > whole.len) return false;
  if (!slice_equal(slice_of(whole.ptr, wanted.len), wanted)) return false;
  for (size_t i = 0; i < wanted.len; i += 1)
    letters += wanted.ptr[i] != ' ' && (wanted.ptr[i] & 0xC0) != 0x80;
  return letters >= door_letters_min || slice_equal(given, wanted);
}

struct shown {
  struct id learner;
  struct slice name, fold, instrument;
  bool tie; /* somebody else has the same name here */
};
struct finding {
  struct core *core;
  struct slice wanted;
  struct shown list[door_names_max];
  size_t count, all;
};

static err fold_copy(struct core *c, struct slice text, struct slice *out) {
  struct buf folded = BUF_INIT(text_bytes_max);
  err e = text_fold(&folded, text);
  *out = arena_copy(&c->arena, buf_slice(&folded));
  buf_finish(&folded);
  return e == ERR_OK && !out->ptr ? ERR_NO_MEMORY : e;
}

/* By name, then by instrument; the last ones fall out. */
static void keep(struct finding *f, struct shown *one) {
  size_t at = f->count;
  for (size_t i = 0; i < f->count; i += 1) {
    if (!slice_equal(f->list[i].fold, one->fold)) continue;
    f->list[i].tie = one->tie = true;
  }
  while (at > 0 && slice_compare(one->fold, f->list[at - 1].fold) < 0) at -= 1;
  f->all += 1;
  if (at == door_names_max) return;
  if (f->count < door_names_max) f->count += 1;
  for (size_t i = f->count - 1; i > at; i -= 1) f->list[i] = f->list[i - 1];
  f->list[at] = *one;
}

static err look_at(void *ctx, const struct door_player *p) {
  struct finding *f = ctx;
  struct core *c = f->core;
  struct shown one = {.learner = p->learner};
  struct slice given;
  for (size_t i = 0; i < f->count; i += 1) {
    if (id_equal(&f->list[i].learner, &p->learner)) return ERR_OK; /* plays twice today */
  }
  TRY(fold_copy(c, p->given, &given));
  TRY(learner_name(&c->arena, slice_of(NULL, 0), p->given, slice_of(NULL, 0), p->initial, &one.name));
  TRY(fold_copy(c, one.name, &one.fold));
  if (!answers_to(given, f->wanted, one.fold)) return ERR_OK;
  one.instrument = arena_copy(&c->arena, p->instrument);
  if (!one.instrument.ptr) return ERR_NO_MEMORY;
  keep(f, &one);
  return ERR_OK;
}

err call_door_find(struct core *c, struct call *call) {
  struct finding f = {.core = c};
  struct packer *p = call->out;
  bool own_way = false;
  TRY(fold_copy(c, call->args[ARG_OF(door_find, text)].text, &f.wanted));
  TRY(door_each(c->store, &c->who, core_today(c), NULL, look_at, &f));
  TRY(door_own_way(c->store, &own_way));
  pack_map(p, FIELDS_DoorNames);
  pack_word(p, "names");
  pack_array(p, f.count);
  for (size_t i = 0; i < f.count; i += 1) {
    const struct shown *one = &f.list[i];
    pack_map(p, FIELDS_DoorName);
    answer_id(p, "learner", &one->learner);
    answer_text(p, "name", one->name);
    answer_text_or_nil(p, "instrument", one->tie ? one->instrument : slice_of(NULL, 0));
  }
  answer_bool(p, "more", f.all > f.count);
  answer_bool(p, "own_way", own_way);
  return ERR_OK;
}

/* ---- door.sign and door.undo ---- */

/* Coming in, one comes to what is not over yet, the first of it; going, one goes from what began last. */
struct choosing {
  struct core *core;
  int64_t way, now;
  struct door_player chosen;
  bool any;
};

static err choose(void *ctx, const struct door_player *p) {
  struct choosing *k = ctx;
  struct arena *a = &k->core->arena;
  bool better = k->way == ENUM_arrival_way_in ? k->chosen.ends <= k->now : p->starts <= k->now;
  if (k->any && !better) return ERR_OK;
  k->chosen = *p;
  k->any = true;
  k->chosen.session_name = arena_copy(a, p->session_name);
  if (!k->chosen.session_name.ptr) return ERR_NO_MEMORY;
  return learner_name(a, slice_of(NULL, 0), p->given, slice_of(NULL, 0), p->initial, &k->chosen.given);
}

static err put_arrival(struct core *c, struct call *call, const struct door_arrival *d,
                       const struct id *voids) {
  struct change ch;
  struct change_row *r = NULL;
  TRY(change_begin(&ch, c, &d->activity, NULL));
  TRY(change_row(&ch, TABLE_arrival, &d->id, &r));
  change_set(r, COL(arrival, session), value_id(&d->session));
  change_set(r, COL(arrival, learner), value_id(&d->learner));
  if (voids) change_set(r, COL(arrival, voids), value_id(voids));
  change_set(r, COL(arrival, way), value_int(d->way));
  change_set(r, COL(arrival, at), value_int(d->minute));
  TRY(change_commit(&ch, &call->fault));
  core_topic(c, "register:", &d->session);
  core_topic(c, "sync", NULL);
  return ERR_OK;
}

err call_door_sign(struct core *c, struct call *call) {
  const struct arg *args = call->args;
  const struct id *learner = &args[ARG_OF(door_sign, learner)].id;
  struct choosing k = {.core = c, .way = args[ARG_OF(door_sign, way)].i, .now = core_minute(c)};
  bool own_way = false;
  TRY(door_own_way(c->store, &own_way));
  if (k.way == ENUM_arrival_way_out && !own_way)
    return fault_set(&call->fault, ERR_FORBIDDEN, "a member of staff sees you off: ask one of them");
  TRY(door_each(c->store, &c->who, core_today(c), learner, choose, &k));
  if (!k.any)
    return fault_set(&call->fault, ERR_NOT_FOUND, "that name is not on today's list: ask a member of staff");
  struct door_arrival d = {.id = entropy_id(&c->config.entropy),
                           .session = k.chosen.session,
                           .activity = k.chosen.activity,
                           .learner = *learner,
                           .way = k.way,
                           .minute = k.now};
  TRY(put_arrival(c, call, &d, NULL));
  c->door_last = d;
  pack_map(call->out, FIELDS_DoorDone);
  answer_id(call->out, "arrival", &d.id);
  answer_text(call->out, "name", k.chosen.given);
  answer_text(call->out, "session_name", k.chosen.session_name);
  answer_int(call->out, "at", d.minute);
  return ERR_OK;
}

/* "Not me": a row of its own, for the first one may have gone to the hub already. */
err call_door_undo(struct core *c, struct call *call) {
  struct door_arrival d = c->door_last;
  if (id_is_zero(&d.id) || !id_equal(&d.id, &call->args[ARG_OF(door_undo, arrival)].id))
    return fault_set(&call->fault, ERR_NOT_FOUND, "that is too long ago: ask a member of staff");
  d.id = entropy_id(&c->config.entropy);
  TRY(put_arrival(c, call, &d, &c->door_last.id));
  c->door_last = (struct door_arrival){.minute = 0};
  pack_map(call->out, FIELDS_Nothing);
  return ERR_OK;
}
