/* store_sqlite.c: the embedded store's door: opening, transactions, and the table of its functions. */
#include "server/store/sqlite/store_sqlite.h"

#include <stdlib.h>

#include "server/core/journal.h"
#include "server/core/reports.h"
#include "server/store/sqlite/retention.h"
#include "server/store/sqlite/sqlite_store.h"

/* A big batch on a big file would spend half its time in checkpoints with SQLite's own settings. */
enum {
  writer_cache_kib = 131072,
  reader_cache_kib = 16384,
  checkpoint_pages = 20000,
  scratch_bytes_max = 1048576
};

/* Numbers given to streams and origins in a transaction that failed were never there. */
static void forget(struct sqlite_store *q) {
  q->stream_no = q->chain_no = 0;
  q->seen.last = 0;
  q->aliases = ALIAS_NOT_ASKED;
  rows_rolled_back(q->rows);
}

static err do_begin(struct store *s) {
  journal_forget(s->journal);
  return db_begin(sqlite_of(s)->db);
}

static err do_begin_read(struct store *s) { return db_begin_read(sqlite_of(s)->db); }

static err do_commit(struct store *s) {
  err e = journal_before_commit(s->journal, s);
  if (e == ERR_OK)
    e = db_commit(sqlite_of(s)->db);
  else
    db_rollback(sqlite_of(s)->db);
  sqlite_of(s)->aliases = ALIAS_NOT_ASKED;
  if (e == ERR_OK) {
    journal_forget(s->journal);
    return e;
  }
  journal_not_committed(s->journal);
  forget(sqlite_of(s));
  return e;
}

static void do_rollback(struct store *s) {
  journal_forget(s->journal);
  db_rollback(sqlite_of(s)->db);
  forget(sqlite_of(s));
}

static err do_others_wrote(struct store *s, bool *out) {
  struct sqlite_store *q = sqlite_of(s);
  int64_t version;
  TRY(db_version_of_others(q->db, &version));
  *out = version != q->others_version;
  q->others_version = version;
  return ERR_OK;
}

static void do_close(struct store *s) {
  struct sqlite_store *q = sqlite_of(s);
  rows_destroy(q->rows);
  db_close(q->db);
  for (size_t i = 0; i < TABLE_END; i++) {
    buf_finish(&q->scans[i]);
    buf_finish(&q->runs[i]);
    buf_finish(&q->laters[i]);
  }
  buf_finish(&q->blob);
  buf_finish(&q->folded);
  feed_memory_destroy(q->base.feed);
  contacts_destroy(q->base.contacts);
  free(q);
}

/* Mostly nothing is due, and then nothing is written. */
static err do_add_up(struct store *s, const struct now *now, size_t max, bool *more) {
  TRY(reports_are_due(s, now, more));
  return *more ? reports_refresh(s, now, max, more) : ERR_OK;
}

static bool do_is_stuck(struct store *s) { return db_is_stuck(sqlite_of(s)->db); }

static err do_scrub(struct store *s) { return db_vacuum(sqlite_of(s)->db); }

static const struct store_ops ops = {
    .begin = do_begin,
    .commit = do_commit,
    .rollback = do_rollback,
    .begin_read = do_begin_read,
    .close = do_close,
    .others_wrote = do_others_wrote,
    .is_stuck = do_is_stuck,
    .add_up = do_add_up,
    .number_load = number_load,
    .number_save = number_save,
    .load_row = store_load_row,
    .load_rows = store_load_rows,
    .save = store_save,
    .read_history = history_read,
    .seen = seen_test,
    .seen_last = seen_last,
    .learner_streams = learner_streams,
    .learner_rows = learner_rows,
    .alias_members = alias_members,
    .alias_save = alias_save,
    .alias_canonical = alias_canonical,
    .alias_there = alias_there,
    .alias_is_alone = alias_is_alone,
    .duplicate_items = duplicate_items,
    .duplicate_list = duplicate_list,
    .session_candidates = session_candidates,
    .child_load = child_load,
    .child_list = child_list,
    .learner_keys = learner_keys,
    .number_items = number_items,
    .child_candidates = child_candidates,
    .child_links = child_links,
    .pair_is_free = pair_is_free,
    .marks_of_child = marks_of_child,
    .two_marks_candidates = two_marks_candidates,
    .enrolments_ended = enrolments_ended,
    .feed_edges = feed_edges,
    .feed_count = feed_count,
    .read_feed = feed_read,
    .stream_digest = stream_digest,
    .stream_repair = stream_repair,
    .device_sealed = device_sealed,
    .device_repaired = device_repaired,
    .device_note_load = device_note_load,
    .device_grants = device_grants,
    .rights = author_rights,
    .device_load = device_load,
    .device_save = device_save,
    .chain_load = chain_load,
    .chain_save = chain_save,
    .token_load = token_load,
    .token_save = token_save,
    .bundle_load = bundle_load,
    .bundle_held = bundle_held,
    .bundle_save = bundle_save,
    .bundles_sealed_to = bundles_sealed_to,
    .ack_save = ack_save,
    .ack_load = ack_load,
    .acks_read = acks_read,
    .devices_behind = devices_behind,
    .order_save = order_save,
    .order_last = order_last,
    .orders_load = orders_load,
    .quarantine = quarantine_add,
    .quarantine_decide = quarantine_decide,
    .quarantine_list = quarantine_list,
    .receipts_reissued = receipts_reissued,
    .receipts_since_epoch = receipts_since_epoch,
    .run_save = run_save,
    .run_load = run_load,
    .run_list = run_list,
    .run_rows_add = run_rows_add,
    .run_rows = run_rows,
    .references_since = references_since,
    .each_row = each_row,
    .heading_map_load = heading_map_load,
    .heading_map_save = heading_map_save,
    .work_item_set = work_item_set,
    .work_item_load = work_item_load,
    .work_item_list = work_item_list,
    .work_item_events = work_item_events,
    .work_item_note = work_item_note,
    .cases_of_session = cases_of_session,
    .questions_open = questions_open,
    .questions_asked = questions_asked,
    .questions_over = questions_over,
    .case_sessions = case_sessions,
    .case_write = case_write,
    .case_stands = case_stands,
    .user_load = users_load_id,
    .user_save = users_save,
    .user_sign_out = logins_end,
    .user_activities = partner_activities,
    .user_give = partner_give,
    .user_take = partner_forget,
    .key_save = keys_save,
    .hold_load = hold_load,
    .hold_save = hold_save,
    .hold_lift = hold_lift,
    .same_learners = same_learners,
    .rows_about = store_rows_about,
    .questions_naming = questions_naming,
    .erase = store_erase,
    .erased = erased_find,
    .bundle_raw = bundle_raw,
    .bundle_raw_save = bundle_raw_save,
    .scrub = do_scrub,
    .retention = &retention_ops,
    .horizon = &horizon_ops,
    .audit = audit_write,
    .audit_saying = audit_write_saying,
};

static err ensure(struct sqlite_store *q) {
  TRY(db_begin(q->db));
  err e = system_make_way(q);
  if (e == ERR_OK) e = rows_ensure(q->db);
  if (e == ERR_OK) e = system_ensure(q);
  if (e == ERR_OK) return db_commit(q->db);
  db_rollback(q->db);
  return e;
}

static err open_all(struct sqlite_store *q, const struct store_sqlite_config *config, struct fault *fault) {
  struct db_config db = {.path = config->path,
                         .vfs = config->vfs,
                         .create = config->create,
                         .read_only = config->read_only,
                         .gathered_log = true,
                         .cache_kib = config->read_only ? reader_cache_kib : writer_cache_kib,
                         .wal_autocheckpoint = checkpoint_pages};
  TRY(db_open(&q->db, &db, fault));
  err e = config->read_only ? ERR_OK : ensure(q);
  if (e == ERR_OK) e = rows_create(&q->rows, q->db);
  if (e == ERR_OK) e = db_version_of_others(q->db, &q->others_version);
  if (e == ERR_OK) return ERR_OK;
  return fault_set(fault, e, "The hub's database %s could not be prepared: %s.", config->path, err_text(e));
}

/* A hub is never made over another one. */
static err refuse_existing(const struct store_sqlite_config *config, struct fault *fault) {
  struct db *db = NULL;
  const struct db_config look = {
      .path = config->path, .vfs = config->vfs, .read_only = true, .gathered_log = true};
  err e = db_open(&db, &look, NULL);
  db_close(db);
  if (e == ERR_NOT_FOUND) return ERR_OK;
  return fault_set(fault, ERR_EXISTS, "There is a database at %s already: choose another directory.",
                   config->path);
}

err store_sqlite_open(struct store **out, const struct store_sqlite_config *config, struct fault *fault) {
  ASSERT(!(config->create && config->read_only));
  if (config->create) TRY(refuse_existing(config, fault));
  struct sqlite_store *q = calloc(1, sizeof *q);
  if (!q) return fault_set(fault, ERR_NO_MEMORY, "There is no memory for the hub's database.");
  q->base.ops = &ops;
  q->blob = (struct buf)BUF_INIT(scratch_bytes_max);
  q->folded = (struct buf)BUF_INIT(scratch_bytes_max);
  err e = open_all(q, config, fault);
  if (e != ERR_OK) {
    do_close(&q->base);
    return e;
  }
  *out = &q->base;
  return ERR_OK;
}

err store_sqlite_backup(struct store *store, const char *path, struct fault *fault) {
  return db_backup(sqlite_of(store)->db, path, fault);
}
