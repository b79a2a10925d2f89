/* core.c: the door: one event in, actions out. */
#include "client/core/core.h"

#include <stdlib.h>

#include "client/core/commands.h"

/* ---- creating ---- */

int64_t core_hub_told_ms(const struct core *c) {
  const struct clock *k = &c->identity.clock;
  return k->known ? clock_hub_ms(k, &k->learned) : 0;
}

static err load(struct core *c, struct fault *fault) {
  TRY(gone_load(&c->gone, &c->config.files, c->config.db_path, fault));
  TRY(identity_load(&c->identity, &c->config.files, fault));
  TRY(roll_load(&c->roll, &c->config.files, fault));
  /* Makes durable what the files above were found to say: before that no other file is removed for it. */
  TRY(outbox_load(&c->outbox, &c->config.files, &c->identity.hub_keys, core_hub_told_ms(c), fault));
  TRY(rekey_tidy(c));
  TRY(carry_load(c));
  c->clock = c->identity.clock;
  if (seal_acks_wait(c)) c->seal_at = c->now.mono_ms;
  /* Enrolled, but stopped before the first PIN: there is no database yet, so setup begins again with a fresh
   * key. */
  if (c->identity.enrolled && !c->identity.database && !roll_has_pins(&c->roll)) core_set_up(c);
  return ERR_OK;
}

void core_set_up(struct core *c) {
  entropy_fill(&c->config.entropy, c->db_key, key_bytes);
  c->has_key = c->setup = true;
}

err core_create(struct core **out, const struct core_config *config, struct fault *fault) {
  struct fault own = {.code = ERR_OK};
  struct fault *f = fault ? fault : &own;
  f->code = ERR_OK;
  TRY(crypto_init());
  struct core *c = calloc(1, sizeof *c);
  if (!c) return fault_set(f, ERR_NO_MEMORY, "there is not enough memory to start");
  c->config = *config;
  c->now = config->now;
  c->actions = (struct actions)ACTIONS_INIT;
  c->arena = (struct arena)ARENA_INIT(step_arena_bytes_max);
  roster_init(&c->roster);
  sync_init(&c->sync, config->hold);
  carry_init(&c->carry);
  enrol_init(&c->enrol);
  err e = load(c, f);
  if (e != ERR_OK) {
    if (f->code == ERR_OK) (void)fault_set(f, e, "the device's files cannot be opened: %s", err_text(e));
    core_destroy(c);
    return e;
  }
  *out = c;
  return ERR_OK;
}

void core_destroy(struct core *c) {
  if (!c) return;
  store_close(c->store);
  outbox_finish(&c->outbox);
  identity_finish(&c->identity);
  sync_finish(&c->sync);
  carry_finish(&c->carry);
  enrol_finish(&c->enrol);
  roster_finish(&c->roster);
  actions_finish(&c->actions);
  arena_finish(&c->arena);
  crypto_wipe(c, sizeof *c);
  free(c);
}

/* ---- small services ---- */

static const char everything[] = "everything"; /* more topics than an event names */

void core_topic(struct core *c, const char *topic, const struct id *id) {
  char text[topic_bytes] = {0};
  struct slice head = slice_text(topic);
  ASSERT(head.len + id_text_bytes < topic_bytes);
  bytes_copy(text, head.ptr, head.len);
  if (id) id_text(text + head.len, id);
  for (size_t i = 0; i < c->topics.count; i += 1) {
    bool all = slice_equal(slice_text(c->topics.list[i]), slice_text(everything));
    if (all || slice_equal(slice_text(c->topics.list[i]), slice_text(text))) return;
  }
  if (c->topics.count == topics_max) {
    c->topics.count = 0;
    bytes_copy(text, everything, sizeof everything);
  }
  bytes_copy(c->topics.list[c->topics.count], text, topic_bytes);
  c->topics.count += 1;
}

void core_wake(uint64_t *earliest, uint64_t at_mono_ms) {
  if (at_mono_ms && (*earliest == 0 || at_mono_ms < *earliest)) *earliest = at_mono_ms;
}

int32_t core_today(const struct core *c) {
  int32_t days = 0;
  int32_t minute = 0;
  uk_civil(clock_hub_ms(&c->clock, &c->now), &days, &minute);
  return days;
}

int32_t core_minute(const struct core *c) {
  int32_t days = 0;
  int32_t minute = 0;
  uk_civil(clock_hub_ms(&c->clock, &c->now), &days, &minute);
  return minute;
}

/* ---- calls ---- */

typedef err call_fn(struct core *c, struct call *call);

static call_fn *const call_functions[] = {
#define SHAPE(name)
#define FIELD(name, type, need)
#define END_SHAPE(name)
#define COMMAND(name, word, who, result) call_##name,
#define ARG(name, type, need)
#define END_COMMAND(name)
#include "client/core/commands.def"
#undef SHAPE
#undef FIELD
#undef END_SHAPE
#undef COMMAND
#undef ARG
#undef END_COMMAND
};

err call_enrol_start(struct core *c, struct call *call) { return enrol_start(c, call); }
err call_enrol_confirm(struct core *c, struct call *call) { return enrol_confirm(c, call); }

/* The host destroys the core after these: its own disk or memory failed. */
static bool is_fatal(err e) {
  return e == ERR_IO || e == ERR_CORRUPT || e == ERR_NO_MEMORY || e == ERR_INTERNAL;
}

static void pack_failure(struct packer *p, const struct call *call, err e) {
  bool said = call->fault.code == e;
  pack_map(p, FIELDS_Failure);
  answer_words(p, "code", err_name(e));
  answer_words(p, "text", said ? call->fault.text : err_text(e));
  answer_int_or_nil(p, "unmarked", call->unmarked >= 0, call->unmarked);
  answer_int_or_nil(p, "wait_ms", call->wait_ms >= 0, call->wait_ms);
  answer_int_or_nil(p, "attempts_left", call->attempts_left >= 0, call->attempts_left);
}

static void pack_reply_head(struct packer *p, uint64_t call_id, bool failed) {
  pack_array(p, 3);
  pack_u64(p, call_id);
  pack_u64(p, failed);
}

err core_reply(struct core *c, uint32_t host_id, uint64_t call_id, const struct slice *result,
               const struct fault *fault) {
  struct buf bytes = BUF_INIT(reply_bytes_max);
  struct packer p;
  struct call call = {.unmarked = -1, .wait_ms = -1, .attempts_left = -1};
  if (fault) call.fault = *fault;
  pack_init(&p, &bytes);
  pack_reply_head(&p, call_id, fault != NULL);
  if (fault) pack_failure(&p, &call, fault->code);
  err e = pack_end(&p);
  if (e == ERR_OK && !fault) e = buf_append(&bytes, *result);
  if (e == ERR_OK) e = actions_add(&c->actions, ACT_REPLY, host_id, buf_slice(&bytes));
  buf_finish(&bytes);
  return e;
}

static err check_who(struct core *c, struct call *call, enum call_who who) {
  if (who == CALL_ANYONE || (who != CALL_DOOR && core_unlocked(c))) return ERR_OK;
  if (who == CALL_SETUP && c->setup) return ERR_OK;
  if (core_door_open(c)) {
    if (who == CALL_DOOR) return ERR_OK;
    return fault_set(&call->fault, ERR_FORBIDDEN, "this device is at the door; leave that with a PIN first");
  }
  if (!c->identity.enrolled)
    return fault_set(&call->fault, ERR_NOT_ENROLLED, "this device is not enrolled yet");
  if (core_unlocked(c)) return fault_set(&call->fault, ERR_CONFLICT, "this device is not at the door");
  return fault_set(&call->fault, ERR_NOT_UNLOCKED,
                   "nobody is signed in; choose your name and enter your PIN");
}

static err run_call(struct core *c, struct call *call, const item *root) {
  struct slice word = {NULL, 0};
  const item *name = item_at(root, 1);
  if (item_text(name, 64, &word) != ERR_OK)
    return fault_set(&call->fault, ERR_INVALID, "a call names its command");
  int number = call_find(word);
  if (number < 0)
    return fault_set(&call->fault, ERR_INVALID, "there is no command called %.*s", (int)word.len,
                     (const char *)word.ptr);
  TRY(call_read_args(call->args, &call_commands[number], item_at(root, 2), &call->fault));
  TRY(check_who(c, call, call_commands[number].who));
  TRY(call_functions[number](c, call));
  return call->later ? ERR_OK : pack_end(call->out);
}

/* The reply's head is written first, so that a result is packed where it goes; a failure starts again. */
static err answer_call(struct core *c, struct call *call, const item *root, struct buf *out) {
  struct packer p;
  pack_init(&p, out);
  call->out = &p;
  pack_reply_head(&p, call->id, false);
  err e = run_call(c, call, root);
  if (e == ERR_OK || is_fatal(e)) return e;
  buf_clear(out);
  pack_init(&p, out);
  pack_reply_head(&p, call->id, true);
  pack_failure(&p, call, e);
  return pack_end(&p);
}

/* Bytes that are no call at all have no id to answer to: they are answered as call 0. */
static err read_call(struct unpacked **u, struct slice bytes, uint64_t *id_out) {
  size_t count = 0;
  TRY(unpack(u, bytes, codec_items_max));
  TRY(item_array(unpack_root(*u), 3, &count));
  if (count != 3) return ERR_MALFORMED;
  return item_u64(item_at(unpack_root(*u), 0), UINT32_MAX, id_out);
}

static err on_call(struct core *c, const struct event *event) {
  struct call call = {.host_id = event->id, .unmarked = -1, .wait_ms = -1, .attempts_left = -1};
  struct unpacked *u = NULL;
  struct buf out = BUF_INIT(reply_bytes_max);
  err e = read_call(&u, event->bytes, &call.id);
  if (e == ERR_OK) {
    e = answer_call(c, &call, unpack_root(u), &out);
  } else if (e != ERR_NO_MEMORY) {
    struct fault fault;
    (void)fault_set(&fault, ERR_MALFORMED, "that is not a call: %s", err_text(e));
    unpack_finish(u);
    return core_reply(c, event->id, 0, NULL, &fault);
  }
  if (e == ERR_OK && !call.later) e = actions_add(&c->actions, ACT_REPLY, event->id, buf_slice(&out));
  unpack_finish(u);
  buf_finish(&out);
  return e;
}

/* ---- events ---- */

static bool is_enrol_link(const struct core *c, uint32_t id) {
  return c->enrol.stage != ENROL_IDLE && c->enrol.link == id;
}

static bool is_sync_link(const struct core *c, uint32_t id) {
  return c->sync.state != SYNC_IDLE && c->sync.link == id;
}

static err on_link(struct core *c, const struct event *event) {
  if (is_enrol_link(c, event->id)) {
    if (event->kind == EV_LINK_UP) return enrol_up(c);
    return event->kind == EV_LINK_BYTES ? enrol_bytes(c, event->bytes) : enrol_down(c, event->bytes);
  }
  if (!is_sync_link(c, event->id)) return ERR_OK;
  if (event->kind == EV_LINK_UP) return sync_up(c);
  return event->kind == EV_LINK_BYTES ? sync_bytes(c, event->bytes) : sync_down(c, event->bytes);
}

/* A full disk must not stop the program: what is not sealed stays in the database. */
static err seal_if_due(struct core *c, bool now) {
  if (c->seal_at == 0 || (!now && c->now.mono_ms < c->seal_at)) return ERR_OK;
  return seal_if_room(c);
}

/* What the hub brought and finds no room is asked for again: see take_loss in sync.c. */
static err end_feed(struct core *c) {
  err e = c->store ? store_end_feed(c->store) : ERR_OK;
  return e == ERR_FULL || e == ERR_READ_ONLY ? ERR_OK : e;
}

static err on_stop(struct core *c) {
  TRY(end_feed(c));
  TRY(seal_if_due(c, true));
  TRY(term_keep(c));
  if (!c->store || c->unsealed.changesets) return ERR_OK;
  err e = outbox_mark(&c->outbox, false);
  return e == ERR_FULL || e == ERR_READ_ONLY ? ERR_OK : e;
}

static err on_event(struct core *c, const struct event *event) {
  switch (event->kind) {
  case EV_CALL: return on_call(c, event);
  case EV_LINK_UP:
  case EV_LINK_BYTES:
  case EV_LINK_DOWN: return on_link(c, event);
  case EV_STOP: return on_stop(c);
  case EV_TICK: return ERR_OK;
  }
  return ERR_OK;
}

static err tell_topics(struct core *c) {
  struct buf bytes = BUF_INIT(call_bytes_max);
  struct packer p;
  if (c->topics.count == 0) return ERR_OK;
  pack_init(&p, &bytes);
  pack_array(&p, 3);
  pack_u64(&p, 0);
  pack_word(&p, "changed");
  pack_map(&p, FIELDS_Changed);
  pack_word(&p, "topics");
  pack_array(&p, c->topics.count);
  for (size_t i = 0; i < c->topics.count; i += 1) pack_word(&p, c->topics.list[i]);
  err e = pack_end(&p);
  if (e == ERR_OK) e = actions_add(&c->actions, ACT_CHANGED, 0, buf_slice(&bytes));
  buf_finish(&bytes);
  c->topics.count = 0;
  return e;
}

/* Asks for the next tick, once for each time it changes. A time that has passed is now. */
static err ask_tick(struct core *c) {
  uint64_t at = 0;
  core_wake(&at, c->seal_at);
  core_wake(&at, sync_wake_at(c));
  core_wake(&at, c->enrol.deadline);
  core_wake(&at, term_wake_at(c));
  if (at == 0 || at == c->tick_asked) return ERR_OK;
  c->tick_asked = at;
  return actions_tick_at(&c->actions, at);
}

static err step(struct core *c, const struct event *event) {
  if (event->kind == EV_TICK) c->tick_asked = 0;
  TRY(on_event(c, event));
  TRY(seal_if_due(c, false));
  TRY(enrol_tick(c));
  TRY(wipe_run(c));
  TRY(term_run(c));
  TRY(sync_run(c));
  TRY(tell_topics(c));
  return ask_tick(c);
}

err core_step(struct core *c, const struct event *event, const struct action **out, size_t *out_count) {
  actions_clear(&c->actions);
  c->now = event->now;
  err e = step(c, event);
  arena_clear(&c->arena);
  *out = c->actions.list;
  *out_count = e == ERR_OK ? c->actions.count : 0;
  return e;
}
