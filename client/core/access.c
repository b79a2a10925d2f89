/* access.c: signing in and out, PINs, and the database's key in memory. */
#include "client/core/change.h"
#include "client/core/commands.h"
#include "client/core/draft.h"
#include "client/core/erase.h"
#include "client/core/learner_sql.h"

static struct password_cost cost_of(const struct core *c) {
  if (c->config.pin_memory_kib == 0) return password_cost_interactive;
  return (struct password_cost){c->config.pin_passes ? c->config.pin_passes : 1, c->config.pin_memory_kib};
}

struct slice staff_name(struct core *c, const struct id *id) {
  struct slice name = {NULL, 0};
  const struct roll_entry *e = roll_find(&c->roll, id);
  if (e) return slice_text(e->name);
  if (!c->store || staff_name_load(c->store, id, &c->arena, &name) != ERR_OK) return slice_of(NULL, 0);
  return name;
}

/* ---- the database ---- */

static err remember_database(struct core *c) {
  struct identity next = c->identity;
  if (next.database) return ERR_OK;
  next.database = true;
  return identity_put(&c->identity, &next, &c->config.files);
}

/* A device that was set back does not know which numbers it has used, and a hub that was restored from before
 * may not know either; other people's ops name them. So every start leaves some out, by chance: two lives
 * that begin at one copy do not meet. */
static void leap(struct core *c) {
  uint32_t chance;
  if (c->counter_floor == 0) {
    entropy_fill(&c->config.entropy, &chance, sizeof chance);
    c->counter_floor = c->store->counter_next + chance % device_counter_leap_max;
  }
  if (c->store->counter_next < c->counter_floor) c->store->counter_next = c->counter_floor;
}

static err open_store(struct core *c, struct fault *fault) {
  char path[database_path_bytes_max];
  TRY(database_path(path, c->config.db_path, c->roll.database));
  struct store_config config = {.path = path,
                                .vfs = c->config.db_vfs,
                                .key = c->db_key,
                                .create = !c->identity.database,
                                .incarnation = c->identity.incarnation,
                                .counter_sealed = seal_counter_sealed(c)};
  TRY(store_open(&c->store, &config, fault));
  leap(c);
  TRY(remember_database(c));
  TRY(term_remember(c));
  if (c->store->stamp_last > c->clock.stamp_last) c->clock.stamp_last = c->store->stamp_last;
  TRY(sync_fork_finish(c));
  TRY(erase_resume(c));
  TRY(draft_tidy(c->store));
  return seal_count(c);
}

/* The file that counts no more goes after nothing holds it open. A session that was under way begins anew:
 * what it had begun to bring is forgotten, as after a power cut. */
err access_rekey(struct core *c, struct fault *fault) {
  bool done = false;
  TRY(rekey_run(c, &done));
  if (!done) return ERR_OK;
  store_abandon(c->store);
  c->store = NULL;
  roster_forget(&c->roster);
  c->sync.feed_dropped = c->sync.subscribed;
  TRY(rekey_tidy(c));
  return open_store(c, fault);
}

err access_open_store(struct core *c, struct fault *fault) {
  if (c->store) return ERR_OK;
  TRY(open_store(c, fault));
  return access_rekey(c, fault);
}

static void forget_key(struct core *c) {
  crypto_wipe(c->db_key, sizeof c->db_key);
  c->has_key = false;
  c->setup = false;
  c->who = (struct id){{0}};
}

/* Room that confirmed work left behind is given back when nobody waits for an answer. */
static err tidy_store(struct core *c) {
  bool loose = false;
  TRY(store_sql_is_loose(c->store, &loose));
  if (!loose && !c->store->vacuum) return ERR_OK;
  c->store->vacuum = true;
  c->store->vacuum_at = 0;
  TRY(erase_finish(c));
  return seal_now(c);
}

void access_forget(struct core *c) {
  store_close(c->store);
  c->store = NULL;
  c->seal_at = 0;
  roster_finish(&c->roster);
  forget_key(c);
}

/* Even with a full disk the screen locks; what could not be sealed stays in the database and is counted as
 * not clean. */
err access_lock(struct core *c) {
  err e = c->store ? store_end_feed(c->store) : ERR_OK;
  if (e == ERR_OK && c->store) e = term_remember(c);
  if (e == ERR_OK) e = seal_now(c);
  if (e == ERR_OK && c->store) e = outbox_mark(&c->outbox, false);
  if (e == ERR_OK && c->store) e = tidy_store(c);
  access_forget(c);
  core_topic(c, "device", NULL);
  core_topic(c, "sync", NULL);
  return e == ERR_FULL || e == ERR_READ_ONLY ? ERR_OK : e;
}

/* ---- commands ---- */

static err pin_failure(struct core *c, struct call *call, const struct roll_entry *e, err why) {
  call->wait_ms = roll_wait_ms(e, &c->now);
  call->attempts_left = roll_attempts_left(e);
  if (call->attempts_left == 0) why = ERR_LOCKED;
  switch (why) {
  case ERR_WRONG_SECRET:
    return fault_set(&call->fault, why, "that PIN is wrong; %d attempts are left", (int)call->attempts_left);
  case ERR_WAIT:
    return fault_set(&call->fault, why, "wait %d seconds before the next attempt",
                     (int)((call->wait_ms + 999) / 1000));
  case ERR_LOCKED:
    return fault_set(&call->fault, why,
                     "this PIN is locked after ten wrong attempts; ask the office. What was recorded is kept "
                     "and can be sent");
  case ERR_NOT_FOUND:
    return fault_set(&call->fault, why,
                     "no PIN is set for this person on this device; somebody signed in can set one");
  default: return change_unwritten(why, &call->fault);
  }
}

static err find_entry(struct core *c, struct call *call, const struct id *staff, struct roll_entry **out) {
  if (!c->identity.enrolled)
    return fault_set(&call->fault, ERR_NOT_ENROLLED, "this device is not enrolled yet");
  *out = roll_find(&c->roll, staff);
  if (*out) return ERR_OK;
  return fault_set(&call->fault, ERR_NOT_FOUND, "that person may not sign in on this device");
}

static void answer_device(struct core *c, struct call *call) { status_device(c, call->out); }

/* A roll that changed while a PIN was looked at is the hub's doing; the next session brings the feed up to
 * date with the new person. */
static err sign_in(struct core *c, struct call *call, const struct id *staff) {
  err e = access_open_store(c, &call->fault);
  if (e != ERR_OK) {
    forget_key(c);
    return e;
  }
  c->has_key = true;
  c->who = *staff;
  core_topic(c, "device", NULL);
  core_topic(c, "today", NULL);
  core_topic(c, "sync", NULL);
  return ERR_OK;
}

/* A device that is being revoked is let in once more: so what its database holds beyond the outbox is sealed.
 */
static err check_lease(struct core *c, struct call *call) {
  if (c->identity.wipe_order != 0 || term_days_left(c) > 0) return ERR_OK;
  return fault_set(
      &call->fault, ERR_LEASE_ENDED,
      "this device has been without contact to the office for too long; connect it, or ring the office for a "
      "code. What was recorded is kept and can be sent");
}

err call_unlock(struct core *c, struct call *call) {
  const struct id *staff = &call->args[ARG_OF(unlock, staff)].id;
  struct slice pin = call->args[ARG_OF(unlock, pin)].text;
  struct roll_entry *entry = NULL;
  uint8_t key[key_bytes];
  bool leaves = call->args[ARG_OF(unlock, leave_door)].i != 0;
  TRY(find_entry(c, call, staff, &entry));
  ASSERT(entry);
  /* In setup the key is nowhere but in memory until the first PIN. */
  if (!entry->has_pin && entry->wrong == 0) return pin_failure(c, call, entry, ERR_NOT_FOUND);
  if (core_door_open(c) && !leaves)
    return fault_set(&call->fault, ERR_CONFLICT, "this device is at the door: say that you leave that");
  /* The door stays open for the others while somebody tries. */
  if (!core_door_open(c) && (c->store || c->setup)) TRY(access_lock(c));
  TRY(check_lease(c, call));
  err e = roll_open(&c->roll, entry, key, pin, c->identity.device_secret, &c->now);
  core_topic(c, "device", NULL);
  if (e == ERR_OK) bytes_copy(c->db_key, key, key_bytes);
  crypto_wipe(key, sizeof key);
  if (e != ERR_OK) return pin_failure(c, call, entry, e);
  TRY(sign_in(c, call, staff));
  if (leaves && c->identity.door) TRY(door_set(c, false));
  TRY(wipe_run(c));
  answer_device(c, call);
  return ERR_OK;
}

err call_lock(struct core *c, struct call *call) {
  bool keep = c->setup && !roll_has_pins(&c->roll);
  if (!keep && (c->store || c->setup)) TRY(access_lock(c));
  pack_map(call->out, FIELDS_Nothing);
  return ERR_OK;
}

/* A working PIN of somebody else is theirs; one that is missing or destroyed can be set anew by whoever holds
 * the database open. */
static err check_may_set(struct core *c, struct call *call, const struct roll_entry *e) {
  if (c->setup || !e->has_pin || id_equal(&e->id, &c->who)) return ERR_OK;
  return fault_set(&call->fault, ERR_FORBIDDEN,
                   "that person has a PIN of their own; only they can change it");
}

err call_pin_set(struct core *c, struct call *call) {
  struct slice pin = call->args[ARG_OF(pin_set, pin)].text;
  struct roll_entry *entry = NULL;
  TRY(find_entry(c, call, &call->args[ARG_OF(pin_set, staff)].id, &entry));
  ASSERT(entry);
  TRY(check_may_set(c, call, entry));
  TRY(pin_check_strength(pin, &call->fault));
  TRY(change_unwritten(roll_set_pin(&c->roll, entry, c->db_key, pin, c->identity.device_secret, cost_of(c),
                                    &c->config.entropy),
                       &call->fault));
  /* Only now does the database come into being: a device that stops before its first PIN has nothing that
   * nobody can open. */
  TRY(access_open_store(c, &call->fault));
  core_topic(c, "device", NULL);
  pack_map(call->out, FIELDS_Nothing);
  return ERR_OK;
}

err call_setup_done(struct core *c, struct call *call) {
  if (!roll_has_pins(&c->roll))
    return fault_set(&call->fault, ERR_CONFLICT, "set at least one PIN first, or nobody can sign in");
  if (!core_unlocked(c)) TRY(access_lock(c));
  pack_map(call->out, FIELDS_Nothing);
  return ERR_OK;
}

err call_device_status(struct core *c, struct call *call) {
  answer_device(c, call);
  return ERR_OK;
}
