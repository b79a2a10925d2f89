/* store.h: the device's encrypted database: rows of the hub with this device's own work laid over them, the
 * changesets not yet confirmed, and where each stream of the feed stands. Open only while somebody is signed
 * in (or in setup). */
#ifndef TUTTI_CLIENT_STORE_H
#define TUTTI_CLIENT_STORE_H

#include "client/core/pending.h"
#include "proto/changeset.h"
#include "shared/db/rows.h"

/* Where a stream of the feed stands on this device. */
struct stream {
  int64_t no; /* short name inside the database, from 1 */
  struct id id;
  uint64_t position;   /* up to which rows were taken */
  uint64_t checkpoint; /* up to which everything is here */
  uint8_t audience;
  uint32_t generation; /* rises with every restart; rows of an older one are dropped at the checkpoint */
  bool granted;
  bool caught_up;      /* had a checkpoint on this line; not stored */
  uint32_t mismatches; /* digests that differed on this line; not stored */
};
/* SELECTs made once at open from the schema's column lists. */
enum store_select {
  SELECT_MARKS_OF_SESSION,
  SELECT_NOTES_OF_LEARNER,
  SELECT_PROGRESS_OF_LEARNER,
  store_select_count
};
struct store {
  struct db *db;
  struct rows *rows;
  char *selects[store_select_count];
  struct pending pending;
  struct stream *streams;
  size_t stream_count, stream_cap;
  uint64_t counter_next; /* of the next op */
  uint64_t stamp_last;
  uint32_t feed_epoch;   /* the hub's epoch that positions belong to */
  uint32_t feed_schema;  /* of the program that fetched the rows: what came later it was not sent */
  bool vacuum;           /* something was erased: rewrite the file when nothing else is going on */
  uint64_t vacuum_at;    /* monotonic; not before */
  bool overlays;         /* the table of overlays may hold something: most often it does not */
  bool feed_open;        /* a transaction is open for the feed */
  uint32_t feed_batches; /* that brought something, in it */
  uint64_t feed_since;   /* monotonic; when it was opened */
  bool feed_lost;        /* it could not be kept: what the hub brought in it has to be asked for again */
};
struct store_config {
  const char *path, *vfs;
  const uint8_t *key;
  bool create; /* false: ERR_NOT_FOUND when it is not there */
  uint32_t incarnation;
  uint64_t counter_sealed; /* highest counter the outbox knows: numbers up to it are never used again */
};
MUST_USE err store_open(struct store **out, const struct store_config *config, struct fault *fault);
/* The same database under another key, in another file; complete and durable when it returns. */
MUST_USE err store_copy(struct store *s, const struct store_config *to, struct fault *fault);
void store_close(struct store *s);   /* NULL is accepted */
void store_abandon(struct store *s); /* as a crash would */
/* Batches of the feed share a transaction until a checkpoint, feed_commit_batches or somebody else's
 * transaction: a crash only means that they are asked for again. store_begin ends it. */
MUST_USE err store_begin_feed(struct store *s);
MUST_USE err store_end_feed(struct store *s);
MUST_USE err store_begin(struct store *s);
MUST_USE err store_commit(struct store *s);
void store_rollback(struct store *s); /* nothing outside a transaction */
/* Commits when the work in it went well, else takes it back; gives what failed first. */
MUST_USE err store_end(struct store *s, err work);
/* Streams and pending ops as the database has them, after a transaction that changed them failed. */
MUST_USE err store_reload(struct store *s);
MUST_USE err store_reload_pending(struct store *s);

/* ---- kept changesets (store_sql.c) ---- */
struct kept {
  uint64_t counter, stamp;
  uint32_t incarnation, ops;
  struct id stream, session; /* session: zero when it is about none */
  uint32_t notes;            /* notes and progress facts in it */
  bool done;                 /* the feed contains it */
  struct slice bytes;        /* changeset_encode */
  struct slice undo;         /* "Ben Thorne marked away", empty when it cannot be undone */
  struct slice inverse;      /* a changeset that puts the old values back */
};
MUST_USE err kept_insert(struct store *s, const struct kept *k);
MUST_USE err kept_load(struct store *s, uint64_t counter, struct arena *a,
                       struct kept *out); /* ERR_NOT_FOUND */
/* Calls back for those of the incarnation from `counter` on, in order; slices live during the call.
 * ERR_TRAILING from `each` ends without a failure. */
typedef err kept_each(void *ctx, const struct kept *k);
MUST_USE err kept_from(struct store *s, uint32_t incarnation, uint64_t counter, kept_each *each, void *ctx);
/* The feed contains every one from `first` to `last` now. */
MUST_USE err kept_done(struct store *s, uint64_t first, uint64_t last);
/* The counter of the earliest of the latest `count`; 0 when there are fewer. */
MUST_USE err kept_latest(struct store *s, uint32_t count, uint64_t *out);
/* Forgets done ones with counters from `from` up to, and without, `below`. */
MUST_USE err kept_trim(struct store *s, uint64_t from, uint64_t below);
/* What done ones of a stream said and named is forgotten; that they were there is not. */
MUST_USE err kept_blank(struct store *s, const struct id *stream);
MUST_USE err kept_blank_meeting(struct store *s, const struct id *session);
MUST_USE err kept_undone(struct store *s, uint64_t counter); /* its undo was used */
/* How many changesets of the incarnation stand from `first` up to, and without, `counter`. */
MUST_USE err kept_place(struct store *s, uint32_t incarnation, uint64_t first, uint64_t counter,
                        uint32_t *out);
MUST_USE err kept_replace(struct store *s, uint64_t counter, uint32_t incarnation, struct slice bytes);
/* The latest that can be undone of a session and how many there are, at most undo_steps_max; zero counter:
 * none. */
MUST_USE err kept_undo(struct store *s, const struct id *session, struct arena *a, struct kept *out,
                       size_t *steps_out);

/* ---- streams and membership (feed_sql.c) ---- */
struct stream *store_stream(struct store *s, const struct id *id); /* NULL when unknown */
MUST_USE err store_stream_add(struct store *s, const struct id *id, struct stream **out);
MUST_USE err store_stream_save(struct store *s, const struct stream *st);
MUST_USE err store_stream_remove(struct store *s, const struct id *id);
MUST_USE err store_streams_load(struct store *s);
/* Positions belong to this epoch now, and to rows as this program knows them. */
MUST_USE err store_epoch_save(struct store *s, uint32_t epoch);
MUST_USE err member_put(struct store *s, const struct stream *st, const struct row *const *rows,
                        size_t count);
MUST_USE err member_exists(struct store *s, uint8_t table, const struct id *row,
                           bool *out); /* in any stream */
/* For whom the row's streams beside this one bring it; for all where one of them was not heard of yet. */
MUST_USE err member_audience(struct store *s, const struct stream *beside, uint8_t table,
                             const struct id *row, uint8_t *out);
MUST_USE err member_remove(struct store *s, const struct stream *st, uint8_t table, const struct id *row,
                           bool *elsewhere_out);
MUST_USE err member_remove_all(struct store *s, uint8_t table, const struct id *row);
/* Up to `max` members of a stream with a generation below `generation`, into `a`. */
struct member {
  uint8_t table;
  struct id row;
};
MUST_USE err member_stale(struct store *s, const struct stream *st, uint32_t generation, size_t max,
                          struct arena *a, struct member **out, size_t *count_out);
/* Calls back for each member of a stream, by (table, row). */
typedef err member_fn(void *ctx, const struct member *m);
MUST_USE err member_each(struct store *s, const struct stream *st, member_fn *each, void *ctx);
/* The hub's own form of a row that carries pending ops here: what it becomes when they are confirmed. */
MUST_USE err overlay_put(struct store *s, uint8_t table, const struct id *row, struct slice bytes);
MUST_USE err overlay_get(struct store *s, uint8_t table, const struct id *row, struct buf *out,
                         bool *found_out);
MUST_USE err overlay_look(struct store *s); /* sets s->overlays */
MUST_USE err overlay_remove(struct store *s, uint8_t table, const struct id *row);

/* The ids of a statement whose first place is bound and whose second is a limit: at most list_items_max. */
MUST_USE err store_sql_ids(struct stmt *q, struct id out[list_items_max], size_t *count_out);
/* store_sql.c: what a new database needs beside the schema's tables. */
MUST_USE err store_sql_ensure(struct db *db);
MUST_USE err store_sql_selects(struct store *s);
/* Whether the file has become much larger than what it holds. */
MUST_USE err store_sql_is_loose(struct store *s, bool *out);
/* Highest counter and stamp ever used. */
MUST_USE err store_sql_highest(struct store *s, uint64_t *counter_out, uint64_t *stamp_out);
MUST_USE err store_meta_get(struct store *s, const char *name, int64_t *out); /* 0 when absent */
MUST_USE err store_meta_set(struct store *s, const char *name, int64_t v);

#endif
