/* fake_views.c: the views of views.h over arrays. */
#include "tests/unit/server/api/fake_views.h"

#include "server/core/reports.h"
#include "server/core/views_day.h"
#include "server/core/views_questions.h"
#include "server/core/views_schools.h"

#include <stdio.h>

static struct fake_store *fake_of(struct store *s) { return (struct fake_store *)s; }
#define NOTHING(out, count) (*(out) = NULL, *(count) = 0, ((struct fake_store *)s)->read_error)

/* ---- an empty store, for what the API asks of the core ---- */
static err fake_begin(struct store *s) {
  struct fake_store *f = fake_of(s);
  ASSERT(f->writable && !f->inside);
  f->inside = true;
  f->user_read = false;
  return ERR_OK;
}
static err fake_begin_read(struct store *s) { return fake_of(s)->read_error; }
static err fake_commit(struct store *s) {
  fake_of(s)->commits++;
  fake_of(s)->inside = false;
  return ERR_OK;
}
static void fake_rollback(struct store *s) { fake_of(s)->inside = false; }
static err fake_number_load(struct store *s, enum store_number n, uint64_t *out) {
  (void)s, (void)n;
  *out = 0;
  return ERR_OK;
}
static err fake_number_save(struct store *s, enum store_number n, uint64_t v) {
  (void)s, (void)n, (void)v;
  return ERR_OK;
}
static err no_item(struct store *s, const struct id *id, struct arena *a, struct store_item *out) {
  (void)s, (void)id, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
static err no_items(struct store *s, size_t max, struct arena *a, struct store_item **out, size_t *count) {
  (void)max, (void)a;
  return NOTHING(out, count);
}
static err no_life(struct store *s, const struct id *id, struct arena *a, struct store_item_event **out,
                   size_t *count) {
  (void)s, (void)id, (void)a;
  *out = NULL;
  *count = 0;
  return ERR_OK;
}
static err no_quarantine(struct store *s, uint64_t bundle, size_t max, struct arena *a,
                         struct store_quarantine **out, size_t *count) {
  (void)s, (void)bundle, (void)max, (void)a;
  *out = NULL;
  *count = 0;
  return ERR_OK;
}
static err no_held(struct store *s, const struct store_patience *until, const struct id *device,
                   uint64_t *after, struct arena *a, struct store_bundle *out) {
  (void)after, (void)s, (void)until, (void)device, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
static err no_bundle(struct store *s, uint64_t after, struct arena *a, struct store_bundle *out,
                     uint64_t *number_out) {
  (void)s, (void)after, (void)a, (void)out, (void)number_out;
  return ERR_NOT_FOUND;
}
static err no_device(struct store *s, const struct id *device, struct store_device *out) {
  (void)s, (void)device, (void)out;
  return ERR_NOT_FOUND;
}
static err no_token(struct store *s, const struct id *token, struct store_token *out) {
  (void)s, (void)token;
  *out = (struct store_token){.kind = 0};
  return ERR_NOT_FOUND;
}
static err no_row(struct store *s, const struct table *t, const struct id *id, struct arena *a,
                  struct row *out) {
  (void)s, (void)t, (void)id, (void)a;
  *out = (struct row){.exists = false};
  return ERR_OK;
}
static const struct store_ops fake_ops = {.device_load = no_device,
                                          .token_load = no_token,
                                          .load_row = no_row,
                                          .begin = fake_begin,
                                          .commit = fake_commit,
                                          .rollback = fake_rollback,
                                          .begin_read = fake_begin_read,
                                          .number_load = fake_number_load,
                                          .number_save = fake_number_save,
                                          .work_item_load = no_item,
                                          .work_item_list = no_items,
                                          .work_item_events = no_life,
                                          .quarantine_list = no_quarantine,
                                          .bundle_held = no_held,
                                          .bundle_raw = no_bundle,
                                          .user_load = users_load_id,
                                          .user_save = users_save,
                                          .user_sign_out = logins_end,
                                          .user_activities = partner_activities,
                                          .user_give = partner_give,
                                          .user_take = partner_forget,
                                          .key_save = keys_save,
                                          .audit = audit_add};

void fake_store_init(struct fake_store *f) { *f = (struct fake_store){.store = {.ops = &fake_ops}}; }

/* ---- what the office reads ---- */
err views_day(struct store *s, const struct day_wanted *wanted, const struct now *now, struct arena *a,
              struct view_day *out) {
  struct fake_store *f = fake_of(s);
  (void)now;
  *out = (struct view_day){.late = 0};
  f->date = wanted->date;
  if (f->read_error != ERR_OK) return f->read_error;
  out->list = arena_take(a, f->register_count + 1, sizeof *out->list);
  if (!out->list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < f->register_count; i++) out->list[i] = f->registers[i].summary;
  for (size_t i = 0; i < f->register_count; i++) out->counts[out->list[i].state]++;
  out->count = out->total = f->register_count;
  return ERR_OK;
}

err views_register(struct store *s, const struct id *session, const struct now *now, struct arena *a,
                   struct view_register_detail *out) {
  struct fake_store *f = fake_of(s);
  (void)now;
  (void)a;
  if (f->read_error != ERR_OK) return f->read_error;
  for (size_t i = 0; i < f->register_count; i++) {
    if (!id_equal(session, &f->registers[i].summary.session)) continue;
    *out = f->registers[i];
    return ERR_OK;
  }
  return ERR_NOT_FOUND;
}

static size_t keep(char *to, size_t max, struct slice from) {
  ASSERT(from.len <= max);
  bytes_copy(to, from.ptr, from.len);
  return from.len;
}

err views_learners(struct store *s, struct slice text, bool by_number, struct slice after, size_t limit,
                   struct arena *a, struct view_learner **out, size_t *count, struct slice *next,
                   uint64_t *total) {
  struct fake_store *f = fake_of(s);
  (void)by_number;
  f->text_len = keep(f->text, sizeof f->text, text);
  f->after_len = keep(f->after, sizeof f->after, after);
  f->limit = limit;
  if (f->read_error != ERR_OK) return f->read_error;
  struct view_learner *list = arena_take(a, 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  *list = f->learner.summary;
  *out = list;
  *count = 1;
  *next = f->next;
  *total = f->learner_total;
  return ERR_OK;
}

err views_learner(struct store *s, const struct id *learner, struct arena *a,
                  struct view_learner_detail *out) {
  struct fake_store *f = fake_of(s);
  (void)a;
  if (f->read_error != ERR_OK) return f->read_error;
  if (!id_equal(learner, &f->learner.summary.id)) return ERR_NOT_FOUND;
  *out = f->learner;
  return ERR_OK;
}

err views_devices(struct store *s, struct arena *a, struct view_device **out, size_t *count) {
  struct fake_store *f = fake_of(s);
  (void)a;
  if (f->read_error != ERR_OK) return f->read_error;
  *out = f->devices;
  *count = f->device_count;
  return ERR_OK;
}

err views_counts_kept(struct store *s, struct view_counts *out) {
  struct fake_store *f = fake_of(s);
  if (f->read_error != ERR_OK) return f->read_error;
  *out = f->counts;
  return ERR_OK;
}

/* ---- what waits for a person: nothing ---- */
err views_missing(struct store *s, int32_t from, int32_t to, size_t max, const struct now *now,
                  struct arena *a, struct view_register **out, size_t *count) {
  (void)from, (void)to, (void)max, (void)now, (void)a;
  return NOTHING(out, count);
}

err views_session(struct store *s, const struct id *session, const struct now *now, struct arena *a,
                  struct view_register *out) {
  (void)s, (void)session, (void)now, (void)a, (void)out;
  return ERR_NOT_FOUND;
}

err views_servers(struct store *s, const struct id *activity, int32_t date, struct arena *a,
                  struct view_server **out, size_t *count) {
  (void)s, (void)activity, (void)date, (void)a;
  *out = NULL;
  *count = 0;
  return ERR_OK;
}

err views_concerns(struct store *s, size_t max, struct arena *a, struct view_concern **out, size_t *count) {
  (void)max, (void)a;
  return NOTHING(out, count);
}

err views_erasures(struct store *s, struct arena *a, struct view_erasure **out, size_t *count) {
  (void)a;
  return NOTHING(out, count);
}

err views_erasure_waiting(struct store *s, uint64_t number, struct arena *a, struct store_device **out,
                          size_t *count) {
  (void)s, (void)number, (void)a, (void)out, (void)count;
  return ERR_NOT_FOUND;
}

err views_fleet(struct store *s, struct arena *a, struct view_fleet_device **out, size_t *count) {
  (void)a;
  return NOTHING(out, count);
}

err views_cases(struct store *s, size_t max, struct arena *a, struct view_case **out, size_t *count,
                uint64_t *open) {
  (void)max, (void)a;
  *open = 0;
  return NOTHING(out, count);
}

err views_case(struct store *s, const struct id *id, struct arena *a, struct view_case_detail *out) {
  (void)s, (void)id, (void)a, (void)out;
  return ERR_NOT_FOUND;
}

err views_door_alerts(struct store *s, int32_t from, size_t max, struct arena *a,
                      struct view_door_alert **out, size_t *count) {
  (void)from, (void)max, (void)a;
  return NOTHING(out, count);
}

err views_held(struct store *s, struct arena *a, struct view_held **out, size_t *count) {
  (void)a;
  return NOTHING(out, count);
}

err views_decided(struct store *s, size_t max, struct arena *a, struct view_decided **out, size_t *count) {
  (void)max, (void)a;
  return NOTHING(out, count);
}

static err no_name(struct slice *out) {
  *out = (struct slice){NULL, 0};
  return ERR_OK;
}

err views_row_name(struct store *s, uint8_t table, const struct id *id, struct arena *a, struct slice *out) {
  (void)s, (void)table, (void)id, (void)a;
  return no_name(out);
}

err views_author_name(struct store *s, const struct id *author, struct arena *a, struct slice *out) {
  (void)s, (void)author, (void)a;
  return no_name(out);
}
err views_device_name(struct store *s, const struct id *device, struct arena *a, struct slice *out) {
  (void)s, (void)device, (void)a;
  return no_name(out);
}
err views_attendance(struct store *s, const struct id *learner, const struct id *other,
                     const struct id *without, int32_t date, struct arena *a, struct view_attendance *out) {
  (void)learner, (void)other, (void)without, (void)date, (void)a;
  *out = (struct view_attendance){.here = 0};
  return fake_of(s)->read_error;
}

/* ---- people who sign in ---- */
static err may_write(const struct fake_store *f) {
  ASSERT(f->writable);
  return f->write_error;
}

err users_load(struct store *s, struct slice name, struct store_user *out) {
  struct fake_store *f = fake_of(s);
  f->user_read = f->inside;
  if (f->read_error != ERR_OK) return f->read_error;
  for (size_t i = 0; i < f->user_count; i++) {
    if (!slice_equal(name, slice_text(f->users[i].name))) continue;
    *out = f->users[i];
    return ERR_OK;
  }
  return ERR_NOT_FOUND;
}

err users_load_id(struct store *s, const struct id *id, struct store_user *out) {
  struct fake_store *f = fake_of(s);
  f->user_read = f->inside;
  if (f->read_error != ERR_OK) return f->read_error;
  for (size_t i = 0; i < f->user_count; i++) {
    if (!id_equal(id, &f->users[i].id)) continue;
    *out = f->users[i];
    return ERR_OK;
  }
  return ERR_NOT_FOUND;
}

err users_list(struct store *s, struct arena *a, struct store_user **out, size_t *count) {
  struct fake_store *f = fake_of(s);
  (void)a;
  *out = f->users;
  *count = f->user_count;
  return f->read_error;
}

err users_save(struct store *s, const struct store_user *u) {
  struct fake_store *f = fake_of(s);
  ASSERT(f->inside && f->user_read);
  TRY(may_write(f));
  for (size_t i = 0; i < f->user_count; i++) {
    if (id_equal(&u->id, &f->users[i].id)) f->users[i] = *u;
  }
  return ERR_OK;
}

static struct store_login *find_login(struct fake_store *f, const uint8_t cookie_hash[hash_bytes]) {
  for (size_t i = 0; i < f->login_count; i++) {
    if (slice_equal(slice_of(f->logins[i].cookie_hash, hash_bytes), slice_of(cookie_hash, hash_bytes)))
      return &f->logins[i];
  }
  return NULL;
}

err logins_save(struct store *s, const struct store_login *l) {
  struct fake_store *f = fake_of(s);
  TRY(may_write(f));
  ASSERT(f->login_count < fake_logins_max);
  f->logins[f->login_count++] = *l;
  return ERR_OK;
}

err logins_load(struct store *s, const uint8_t cookie_hash[hash_bytes], struct store_login *out) {
  struct fake_store *f = fake_of(s);
  const struct store_login *l = find_login(f, cookie_hash);
  if (!l) return ERR_NOT_FOUND;
  *out = *l;
  return ERR_OK;
}

err logins_remove(struct store *s, const uint8_t cookie_hash[hash_bytes]) {
  struct fake_store *f = fake_of(s);
  TRY(may_write(f));
  struct store_login *l = find_login(f, cookie_hash);
  if (!l) return ERR_NOT_FOUND;
  *l = f->logins[--f->login_count];
  return ERR_OK;
}

err audit_add(struct store *s, int64_t now_ms, const struct id *actor, const char *action,
              const char *detail) {
  struct fake_store *f = fake_of(s);
  TRY(may_write(f));
  ASSERT(f->audit_count < fake_audit_max);
  struct fake_audit *entry = &f->audit[f->audit_count++];
  *entry = (struct fake_audit){.now_ms = now_ms, .actor = *actor};
  snprintf(entry->action, sizeof entry->action, "%s", action);
  snprintf(entry->detail, sizeof entry->detail, "%s", detail);
  return ERR_OK;
}

err logins_touch(struct store *s, const struct store_login *l) {
  struct fake_store *f = fake_of(s);
  TRY(may_write(f));
  struct store_login *found = find_login(f, l->cookie_hash);
  if (found) *found = *l;
  return ERR_OK;
}

err logins_end(struct store *s, const struct id *user, const uint8_t *except) {
  struct fake_store *f = fake_of(s);
  TRY(may_write(f));
  for (size_t i = f->login_count; i-- > 0;) {
    struct store_login *l = &f->logins[i];
    bool spared = except && crypto_equal(l->cookie_hash, except, hash_bytes);
    if (id_equal(&l->user, user) && !spared) *l = f->logins[--f->login_count];
  }
  return ERR_OK;
}

err logins_sweep(struct store *s, int64_t now_ms) {
  struct fake_store *f = fake_of(s);
  TRY(may_write(f));
  for (size_t i = f->login_count; i-- > 0;) {
    if (login_ends(&f->logins[i]) <= now_ms) f->logins[i] = f->logins[--f->login_count];
  }
  return ERR_OK;
}

err partner_activities(struct store *s, const struct id *person, struct arena *a, struct id **out,
                       size_t *count) {
  struct fake_store *f = fake_of(s);
  (void)person, (void)a;
  *out = &f->partners;
  *count = 1;
  return f->read_error;
}

err partner_give(struct store *s, const struct id *person, const struct id *activity) {
  struct fake_store *f = fake_of(s);
  (void)person;
  TRY(may_write(f));
  f->partners = *activity;
  return ERR_OK;
}

err partner_forget(struct store *s, const struct id *person) {
  (void)person;
  return may_write(fake_of(s));
}

/* ---- lists that are empty ---- */
#define EMPTY_LIST(name, type)                                                                               \
  err name(struct store *s, int32_t date, struct arena *a, struct type **out, size_t *count) {               \
    (void)date, (void)a;                                                                                     \
    *out = NULL;                                                                                             \
    *count = 0;                                                                                              \
    return fake_of(s)->read_error;                                                                           \
  }
EMPTY_LIST(views_staff, view_staff)
EMPTY_LIST(views_activities, view_activity)

err views_staff_member(struct store *s, const struct id *staff, int32_t date, struct arena *a,
                       struct view_staff *out) {
  (void)s, (void)staff, (void)date, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
err views_grants(struct store *s, const struct id *staff, struct arena *a, struct view_grant **out,
                 size_t *count) {
  (void)staff, (void)a;
  return NOTHING(out, count);
}
err views_strand(struct store *s, const struct id *device, const struct now *now, struct arena *a,
                 struct view_strand *out) {
  (void)s, (void)device, (void)now, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
err views_audit(struct store *s, const struct audit_query *q, struct arena *a, struct view_audit **out,
                size_t *count) {
  (void)q, (void)a;
  return NOTHING(out, count);
}
err views_audit_check(struct store *s, uint64_t *count_out, uint64_t *broken_out) {
  *count_out = *broken_out = 0;
  return fake_of(s)->read_error;
}

/* ---- keys ---- */
err keys_save(struct store *s, const struct store_key *k) {
  struct fake_store *f = fake_of(s);
  TRY(may_write(f));
  for (size_t i = 0; i < f->key_count; i++) {
    if (!id_equal(&f->keys[i].id, &k->id)) continue;
    f->keys[i] = *k;
    return ERR_OK;
  }
  ASSERT(f->key_count < fake_keys_max);
  f->keys[f->key_count++] = *k;
  return ERR_OK;
}

err keys_load(struct store *s, const uint8_t hash[hash_bytes], struct store_key *out) {
  struct fake_store *f = fake_of(s);
  for (size_t i = 0; i < f->key_count; i++) {
    if (!crypto_equal(f->keys[i].hash, hash, hash_bytes)) continue;
    *out = f->keys[i];
    return ERR_OK;
  }
  return ERR_NOT_FOUND;
}

err keys_list(struct store *s, struct arena *a, struct store_key **out, size_t *count) {
  struct fake_store *f = fake_of(s);
  (void)a;
  *out = f->keys;
  *count = f->key_count;
  return f->read_error;
}
/* ---- reports of a hub in which nothing was recorded yet ---- */

err reports_refresh(struct store *s, const struct now *now, size_t max, bool *more) {
  (void)s, (void)now, (void)max;
  *more = false;
  return ERR_OK;
}
err reports_are_due(struct store *s, const struct now *now, bool *out) {
  (void)now;
  *out = false;
  return ((struct fake_store *)s)->read_error;
}
err reports_read(struct store *s, const struct report_ask *ask, struct arena *a, struct report_line **out,
                 size_t *count) {
  (void)ask, (void)a;
  return NOTHING(out, count);
}
err reports_schools(struct store *s, struct arena *a, struct report_place **out, size_t *count) {
  (void)a;
  return NOTHING(out, count);
}
err reports_activities(struct store *s, const struct id *school, struct arena *a, struct report_place **out,
                       size_t *count) {
  (void)school, (void)a;
  return NOTHING(out, count);
}
err reports_terms(struct store *s, struct arena *a, struct report_period **out, size_t *count) {
  (void)a;
  return NOTHING(out, count);
}
err reports_sessions(struct store *s, const struct id *activity, const struct id *school, int32_t from,
                     int32_t to, struct arena *a, struct report_session **out, size_t *count) {
  (void)activity, (void)school, (void)from, (void)to, (void)a;
  return NOTHING(out, count);
}
err targets_read(struct store *s, int32_t year, struct arena *a, struct report_target **out, size_t *count) {
  (void)year, (void)a;
  return NOTHING(out, count);
}
err target_write(struct store *s, const struct report_target *t, const struct id *who, int64_t now_ms) {
  (void)s, (void)t, (void)who, (void)now_ms;
  return ERR_READ_ONLY;
}
err snapshots_read(struct store *s, struct arena *a, struct report_snapshot **out, size_t *count) {
  (void)a;
  return NOTHING(out, count);
}
err snapshot_load(struct store *s, const struct id *id, struct arena *a, struct report_snapshot *out) {
  (void)s, (void)id, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
err snapshot_write(struct store *s, const struct report_snapshot *snapshot, const struct id *who) {
  (void)s, (void)snapshot, (void)who;
  return ERR_READ_ONLY;
}
err views_closures(struct store *s, const struct closures_wanted *wanted, struct arena *a,
                   struct view_closure **out, size_t *count) {
  (void)wanted, (void)a;
  return NOTHING(out, count);
}
err views_schools(struct store *s, int32_t today, struct arena *a, struct view_school **out, size_t *count) {
  (void)today, (void)a;
  return NOTHING(out, count);
}
err views_school(struct store *s, const struct id *school, int32_t today, struct arena *a,
                 struct view_school_detail *out) {
  (void)s, (void)school, (void)today, (void)a, (void)out;
  return ERR_NOT_FOUND;
}
err views_questions(struct store *s, const struct id *matter, struct arena *a, struct view_question **out,
                    size_t *count) {
  (void)matter, (void)a;
  return NOTHING(out, count);
}
