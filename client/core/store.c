/* store.c: opening the database, its transactions, and what is loaded into memory at the start. */
#include "client/core/store.h"

#include <stdlib.h>

enum { cache_kib = 4096, pending_arena_bytes_max = 4194304 };

struct loading {
  struct store *store;
  struct arena arena;
};

static err take_kept(void *ctx, const struct kept *k) {
  struct loading *l = ctx;
  struct changeset cs;
  if (k->done) return ERR_OK;
  arena_clear(&l->arena);
  TRY(changeset_decode(&cs, k->bytes, &l->arena));
  for (size_t i = 0; i < cs.op_count; i += 1) {
    if (op_is_blank(&cs.ops[i])) continue; /* of a learner who was erased */
    struct pending_op op = {.table = cs.ops[i].table->id,
                            .incarnation = k->incarnation,
                            .changeset = k->counter,
                            .counter = k->counter + i,
                            .row = cs.ops[i].row,
                            .stream = k->stream};
    TRY(pending_add(&l->store->pending, &op));
  }
  return ERR_OK;
}

static err load_pending(struct store *s) {
  struct loading l = {s, ARENA_INIT(pending_arena_bytes_max)};
  err e = kept_from(s, 0, 0, take_kept, &l);
  arena_finish(&l.arena);
  return e;
}

static err ensure(struct store *s) {
  TRY(db_begin(s->db));
  err e = store_sql_ensure(s->db);
  if (e == ERR_OK) return db_commit(s->db);
  db_rollback(s->db);
  return e;
}

static err load(struct store *s, const struct store_config *config) {
  uint64_t highest = 0;
  int64_t epoch = 0;
  int64_t schema = 0;
  TRY(ensure(s));
  TRY(rows_create(&s->rows, s->db));
  TRY(store_sql_selects(s));
  TRY(store_sql_highest(s, &highest, &s->stamp_last));
  s->counter_next = (highest > config->counter_sealed ? highest : config->counter_sealed) + 1;
  TRY(store_meta_get(s, "feed_epoch", &epoch));
  TRY(store_meta_get(s, "feed_schema", &schema));
  s->feed_epoch = (uint32_t)epoch;
  s->feed_schema = (uint32_t)schema;
  TRY(store_streams_load(s));
  TRY(overlay_look(s));
  return load_pending(s);
}

static struct db_config how_to_open(const struct store_config *config) {
  return (struct db_config){.path = config->path,
                            .vfs = config->vfs,
                            .key = config->key,
                            .create = config->create,
                            .exclusive = true,
                            .gathered_log = true,
                            .cache_kib = cache_kib,
                            .wal_autocheckpoint = device_wal_pages,
                            .small_pages = true};
}

err store_copy(struct store *s, const struct store_config *to, struct fault *fault) {
  const struct db_config db = how_to_open(to);
  TRY(store_end_feed(s));
  return db_copy(s->db, &db, fault);
}

err store_open(struct store **out, const struct store_config *config, struct fault *fault) {
  struct store *s = calloc(1, sizeof *s);
  if (!s) return ERR_NO_MEMORY;
  const struct db_config db = how_to_open(config);
  err e = db_open(&s->db, &db, fault);
  if (e == ERR_VERSION) {
    store_close(s);
    return fault_set(
        fault, e,
        "a newer version of Tutti wrote this device's data: update this program. Nothing is lost; "
        "what was recorded can still be sent and exported");
  }
  if (e == ERR_NOT_FOUND) {
    store_close(s);
    return fault_set(fault, e,
                     "the database of this device is not there; restore all its files from one backup, or "
                     "enrol again. What was sealed can still be sent and exported");
  }
  if (e == ERR_OK) e = load(s, config);
  if (e != ERR_OK) {
    if (fault && fault->code == ERR_OK)
      (void)fault_set(fault, e, "the database of this device cannot be opened: %s", err_text(e));
    store_close(s);
    return e;
  }
  *out = s;
  return ERR_OK;
}

static void finish(struct store *s) {
  rows_destroy(s->rows);
  pending_finish(&s->pending);
  free(s->streams);
}

static void finish_selects(struct store *s) {
  for (size_t i = 0; i < store_select_count; i += 1) free(s->selects[i]);
  free(s);
}

void store_close(struct store *s) {
  if (!s) return;
  if (s->db) db_rollback(s->db); /* what the feed left open is asked for again */
  finish(s);
  if (s->db) db_close(s->db);
  finish_selects(s);
}

void store_abandon(struct store *s) {
  if (!s) return;
  finish(s);
  if (s->db) db_abandon(s->db);
  finish_selects(s);
}

err store_reload_pending(struct store *s) {
  pending_finish(&s->pending);
  return load_pending(s);
}

err store_reload(struct store *s) {
  pending_finish(&s->pending);
  s->stream_count = 0;
  TRY(store_streams_load(s));
  TRY(overlay_look(s));
  return load_pending(s);
}

err store_begin_feed(struct store *s) {
  if (s->feed_open) return ERR_OK;
  TRY(db_begin(s->db));
  s->feed_open = true;
  s->feed_batches = 0;
  return ERR_OK;
}

err store_end_feed(struct store *s) {
  if (!s->feed_open) return ERR_OK;
  s->feed_open = false;
  err e = db_commit(s->db);
  if (e == ERR_OK) return ERR_OK;
  rows_rolled_back(s->rows);
  s->feed_lost = true;
  TRY(store_reload(s));
  return e;
}

err store_begin(struct store *s) {
  TRY(store_end_feed(s));
  return db_begin(s->db);
}

err store_commit(struct store *s) { return db_commit(s->db); }

void store_rollback(struct store *s) {
  s->feed_open = false;
  db_rollback(s->db);
  rows_rolled_back(s->rows);
}

err store_end(struct store *s, err work) {
  if (work == ERR_OK) work = store_commit(s);
  if (work != ERR_OK) store_rollback(s);
  return work;
}
