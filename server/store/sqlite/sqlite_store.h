/* sqlite_store.h: private to this folder: the store behind its door, and the statements that its parts share.
 */
#ifndef TUTTI_SERVER_SQLITE_STORE_H
#define TUTTI_SERVER_SQLITE_STORE_H

#include "server/store/sqlite/feed_run.h"
#include "server/store/sqlite/store_sqlite.h"
#include "shared/db/rows.h"

/* Whether anything stands for anything else, as this transaction found it. */
enum alias_look { ALIAS_NOT_ASKED, ALIAS_NONE, ALIAS_SOME };

struct sqlite_store {
  struct store base;
  struct db *db;
  struct rows *rows;
  struct buf blob, folded;      /* kept for their memory */
  struct buf scans[TABLE_END];  /* statements that read a whole table, made at their first use */
  struct buf runs[TABLE_END];   /* and those that read neighbours */
  struct buf laters[TABLE_END]; /* and those that read what is newer */
  int64_t others_version;       /* see others_wrote */
  struct id stream;             /* the one asked for last, and its number; 0: none */
  int64_t stream_no;
  struct id chain_device; /* the counter sequence asked for last, and its number; 0: none */
  uint32_t chain_incarnation;
  int64_t chain_no;
  struct op_range seen; /* accepted ops, as found last; `last` 0: none */
  enum alias_look aliases;
  struct likeness_words words; /* made when they are needed */
};
static inline struct sqlite_store *sqlite_of(struct store *s) { return (struct sqlite_store *)s; }

/* system_sql.c: the hub's own tables beside the schema's; inside a transaction. ERR_VERSION for a newer hub's
 * file. */
MUST_USE err system_ensure(struct sqlite_store *q);
/* Before the schema's tables are made. */
MUST_USE err system_make_way(struct sqlite_store *q);
MUST_USE err authored_fill(struct sqlite_store *q); /* authored_sql.c */
MUST_USE err number_load(struct store *s, enum store_number n, uint64_t *out);
MUST_USE err number_save(struct store *s, enum store_number n, uint64_t v);
/* audit_sql.c */
MUST_USE err audit_write(struct store *s, int64_t now_ms, const struct id *actor, const char *action,
                         const char *detail);
MUST_USE err audit_write_saying(struct store *s, int64_t now_ms, const struct id *actor, const char *action,
                                const char *detail, const struct audit_said *said);

/* write_sql.c */
MUST_USE err store_save(struct store *s, const struct write_set *w);
MUST_USE err store_load_row(struct store *s, const struct table *t, const struct id *id, struct arena *a,
                            struct row *out);
MUST_USE err store_load_rows(struct store *s, struct row **rows, size_t count, struct arena *a);

/* history_sql.c */
MUST_USE err history_origin(struct sqlite_store *q, const struct write_history *h, uint32_t *no_out);
MUST_USE err history_add(struct sqlite_store *q, const struct write_history *list,
                         size_t count); /* in the order of their counters */
MUST_USE err history_loose_add(struct sqlite_store *q, const struct write_loose *l);
/* When the bundle came that brought an op; 0 for the hub's own. */
MUST_USE err history_received(struct sqlite_store *q, const struct op_id *op, int64_t *out);
MUST_USE err history_read(struct store *s, const struct table *t, const struct id *row, struct arena *a,
                          struct store_history **out, size_t *count);
/* order_sql.c */
MUST_USE err seen_add(struct sqlite_store *q, const struct op_range *r);
MUST_USE err seen_test(struct store *s, const struct op_id *op, bool *out);
MUST_USE err seen_last(struct store *s, const struct id *device, uint32_t incarnation, uint64_t *out);
/* The number of a device's counter sequence, given at its first use. */
MUST_USE err chain_number(struct sqlite_store *q, const struct id *device, uint32_t incarnation,
                          int64_t *out);
MUST_USE err chain_find(struct sqlite_store *q, const struct id *device, uint32_t incarnation,
                        int64_t *out); /* 0: none */

/* history_blob.c: an op's values as bytes: per column that has one, its wire id and the value; not those of a
 * natural key, which the row's id stands for. */
MUST_USE err history_values_encode(struct buf *out, const struct table *t, uint32_t units,
                                   const struct value *values);
MUST_USE err history_values_decode(struct value out[op_columns_max], const struct table *t,
                                   struct slice bytes, struct arena *a);

extern const struct horizon_ops horizon_ops; /* horizon_sql.c */

/* feed_sql.c */
/* An entry of the feed has its table and kind in one number. */
enum { feed_kind_step = 64 };
_Static_assert((int)TABLE_END <= feed_kind_step, "or a table's rows would be another's departures");
_Static_assert(feed_kind_step *FEED_ERASE <= feed_code_end, "or a run would take it for something else");
static inline const struct table *feed_entry_table(const struct feed_entry *e) {
  return schema_table(e->code % feed_kind_step);
}
static inline enum feed_kind feed_entry_kind(const struct feed_entry *e) {
  return (enum feed_kind)(e->code / feed_kind_step + FEED_ROW);
}
/* The entries of a stream one after the other: while it is `there`, it stands at one. It must be ended, and
 * has been where a step fails. */
struct feed_scan {
  struct stmt *s;
  int64_t after;
  struct feed_entry list[feed_run_entries_max];
  size_t count, next;
  bool there;
};
MUST_USE err feed_scan_begin(struct feed_scan *scan, struct sqlite_store *q, const struct id *stream,
                             uint64_t after); /* position */
MUST_USE err feed_scan_stream(struct feed_scan *scan, struct sqlite_store *q, int64_t stream, uint64_t after);
MUST_USE err feed_scan_next(struct feed_scan *scan);
void feed_scan_end(struct feed_scan *scan);
static inline const struct feed_entry *feed_scan_at(const struct feed_scan *scan) {
  return &scan->list[scan->next];
}
/* Streams are numbered from 1 on. */
MUST_USE err feed_streams(struct sqlite_store *q, int64_t *last);
/* Takes away what stands at these places, which rise. */
MUST_USE err feed_remove(struct sqlite_store *q, const int64_t *places, size_t count);
MUST_USE err feed_put(struct sqlite_store *q, const struct write_feed *list, size_t count);
MUST_USE err feed_edges(struct store *s, const struct stream_position *from, struct feed_edges *out);
MUST_USE err feed_count(struct store *s, const struct id *stream, uint64_t after, uint64_t until,
                        uint64_t *out);
MUST_USE err feed_read(struct store *s, const struct stream_position *from, size_t rows_max, struct arena *a,
                       struct feed_batch *out);
MUST_USE err learner_streams(struct store *s, const struct id *learner, int32_t date, struct arena *a,
                             struct id **out, size_t *count);
MUST_USE err learner_rows(struct store *s, uint8_t table, const struct id *learner, struct arena *a,
                          struct id **out, size_t *count);
MUST_USE err enrolments_ended(struct store *s, int32_t after, int32_t until, struct arena *a, struct id **out,
                              size_t *count);

/* alias_sql.c */
MUST_USE err alias_members(struct store *s, const struct id *id, struct arena *a, struct id **out,
                           size_t *count);
MUST_USE err alias_save(struct store *s, const struct id *id, uint8_t table, const struct id *canon);
MUST_USE err alias_canonical(struct store *s, const struct id *id, struct id *out);
MUST_USE err alias_there(struct store *s, bool *out);
MUST_USE err alias_is_alone(struct store *s, const struct id *session, const struct id *learner, bool *out);

/* detect_sql.c */
MUST_USE err duplicate_items(struct store *s, const struct id *id, struct arena *a, struct id **out,
                             size_t *count);
MUST_USE err duplicate_list(struct store *s, struct arena *a, struct id **out, size_t *count);
MUST_USE err session_candidates(struct store *s, const struct id *session, bool adhoc, struct arena *a,
                                struct id **out, size_t *count);
MUST_USE err child_load(struct store *s, const struct id *learner, struct arena *a, struct store_child *out);
MUST_USE err child_list(struct store *s, struct arena *a, struct store_child **out, size_t *count);
MUST_USE err child_candidates(struct store *s, const struct store_child *of, struct arena *a,
                              struct store_child **out, size_t *count);
MUST_USE err learner_keys(struct store *s, struct arena *a, struct store_learner_key **out, size_t *count);
MUST_USE err child_links(struct store *s, const struct id *a, const struct id *b, struct likeness_links *out);
MUST_USE err pair_is_free(struct store *s, const struct table *t, const struct id *a, const struct id *b,
                          const struct id *apart, bool *out);
MUST_USE err marks_of_child(struct store *s, const struct id *session, const struct id *learner, bool all,
                            struct arena *a, struct id **out, size_t *count);
MUST_USE err two_marks_candidates(struct store *s, const struct id *id, struct arena *a, struct id **out,
                                  size_t *count);

size_t feed_project(struct row *row, uint8_t audience); /* empties what it may not see; bytes it may take */
/* digest_sql.c */
MUST_USE err stream_digest(struct store *s, const struct stream_position *at, uint8_t out[hash_bytes]);
MUST_USE err stream_repair(struct store *s, const struct store_repair *asked, size_t rows_max,
                           struct arena *a, struct feed_batch *out);
/* device_notes_sql.c */
MUST_USE err device_sealed(struct store *s, const struct id *device, uint32_t incarnation, uint64_t seq);
MUST_USE err device_repaired(struct store *s, const struct id *device, bool restarted);
MUST_USE err device_note_load(struct store *s, const struct id *device, struct store_device_note *out);

/* rights_sql.c */
MUST_USE err device_grants(struct store *s, const struct id *device, int32_t date, struct arena *a,
                           struct msg_grants *out);
MUST_USE err author_rights(struct store *s, const struct id *device, const struct id *author, struct arena *a,
                           struct store_rights *out);

/* devices_sql.c */
MUST_USE err device_load(struct store *s, const struct id *device, struct store_device *out);
MUST_USE err device_save(struct store *s, const struct store_device *d);
MUST_USE err chain_load(struct store *s, const struct id *device, uint32_t incarnation,
                        struct store_chain *out);
MUST_USE err chain_save(struct store *s, const struct store_chain *c);
MUST_USE err token_load(struct store *s, const struct id *token, struct store_token *out);
MUST_USE err token_save(struct store *s, const struct store_token *t);

/* bundles_sql.c */
MUST_USE err bundle_load(struct store *s, const struct id *device, uint32_t incarnation, uint64_t seq,
                         struct arena *a, struct store_bundle *out);
MUST_USE err bundle_held(struct store *s, const struct store_patience *until, const struct id *device,
                         uint64_t *after, struct arena *a, struct store_bundle *out);
MUST_USE err bundles_sealed_to(struct store *s, uint32_t intake, int64_t since_ms, uint64_t *waiting_out,
                               uint64_t *recent_out);
MUST_USE err bundle_save(struct store *s, const struct store_bundle *b, uint64_t *number_out);
MUST_USE err receipts_since_epoch(struct store *s, const struct id *device, const struct chain_ref *told,
                                  size_t max, struct arena *a, struct slice **out, size_t *count);
MUST_USE err receipts_reissued(struct store *s, const struct id *device, uint64_t after, size_t max,
                               struct arena *a, struct slice **out, size_t *count);

/* conflicts_sql.c: what changed about conflicts, in the order of their rows. */
MUST_USE err conflicts_save(struct sqlite_store *q, const struct write_conflict *list, size_t count,
                            int64_t now_ms);

/* items_sql.c */
MUST_USE err work_item_note_conflict(struct sqlite_store *q, const struct write_conflict *c, int64_t now_ms);
MUST_USE err work_item_set(struct store *s, const struct store_item *item, bool open, const struct op_id *op,
                           int64_t now_ms);
MUST_USE err work_item_load(struct store *s, const struct id *id, struct arena *a, struct store_item *out);
MUST_USE err work_item_list(struct store *s, size_t max, struct arena *a, struct store_item **out,
                            size_t *count);
MUST_USE err work_item_events(struct store *s, const struct id *id, struct arena *a,
                              struct store_item_event **out, size_t *count);
MUST_USE err work_item_note(struct store *s, const struct id *id, const struct store_item_event *event);

/* quarantine_sql.c */
MUST_USE err quarantine_add(struct store *s, uint64_t bundle, const struct receipt_exception *x);
MUST_USE err quarantine_decide(struct store *s, const struct store_quarantine *q);
MUST_USE err quarantine_list(struct store *s, uint64_t bundle, size_t max, struct arena *a,
                             struct store_quarantine **out, size_t *count);

/* orders_sql.c */
MUST_USE err devices_behind(struct store *s, uint64_t manifest, uint64_t *out);
MUST_USE err order_save(struct store *s, const struct store_order *o);
MUST_USE err order_last(struct store *s, const struct id *device, uint64_t *out);
MUST_USE err orders_load(struct store *s, const struct id *device, struct arena *a, struct store_order **out,
                         size_t *count);

/* acks_sql.c */
MUST_USE err ack_save(struct store *s, const struct id *device, const struct ack *ack, int64_t received_ms);
MUST_USE err ack_load(struct store *s, const struct id *device, const struct ack *ack, struct store_ack *out);
MUST_USE err acks_read(struct store *s, const struct ack *ack, struct arena *a, struct store_ack **out,
                       size_t *count);

/* cases_sql.c */
MUST_USE err cases_of_session(struct store *s, const struct id *session, struct arena *a,
                              struct store_case **out, size_t *count);
/* questions_sql.c */
MUST_USE err questions_open(struct store *s, struct slice matter, struct arena *a, struct id **out,
                            size_t *count);
MUST_USE err number_items(struct store *s, const struct id *learner, struct arena *a, struct id **out,
                          size_t *count);
MUST_USE err questions_asked(struct store *s, struct arena *a, struct store_asked **out, size_t *count);
MUST_USE err questions_over(struct store *s, struct arena *a, struct id **out, size_t *count);
MUST_USE err case_sessions(struct store *s, const struct id *learner, struct arena *a, struct id **out,
                           size_t *count);
MUST_USE err case_write(struct store *s, const struct write_case *w);
MUST_USE err case_stands(struct store *s, const struct id *learner, bool *out);

/* holds_sql.c */
MUST_USE err hold_load(struct store *s, const struct id *learner, struct arena *a, struct store_hold *out);
MUST_USE err hold_save(struct store *s, const struct store_hold *hold);
MUST_USE err hold_lift(struct store *s, const struct id *learner, int64_t now_ms);
/* erase_sql.c */
MUST_USE err same_learners(struct store *s, const struct id *learner, struct arena *a, struct id **out,
                           size_t *count);
MUST_USE err store_rows_about(struct store *s, const struct id *learner, struct arena *a,
                              struct row_key **out, size_t *count);
/* The id of a learner's mark at a meeting, and whether there is one. */
MUST_USE err mark_there(struct sqlite_store *q, const struct id *session, const struct id *learner,
                        struct id *mark, bool *out);
/* erase_feed_sql.c: while the rows are there. */
MUST_USE err feed_erase(struct sqlite_store *q, const struct write_erasure *w);
/* erase_words_sql.c */
MUST_USE err questions_naming(struct store *s, const struct id *learner, struct arena *a, struct id **out,
                              size_t *count);
/* Reasons of the office about a session of theirs, or in which their name stands. While their rows are there.
 */
MUST_USE err reasons_erase(struct sqlite_store *q, const struct id *learner, uint64_t *count_out);
MUST_USE err store_erase(struct store *s, const struct write_erasure *w, struct erased_counts *out);
MUST_USE err erased_find(struct store *s, const uint8_t hash[hash_bytes], uint64_t *number_out);
MUST_USE err erasure_at(struct sqlite_store *q, uint64_t position, uint64_t *number_out);
MUST_USE err bundle_raw_save(struct store *s, uint64_t number, struct slice raw);
MUST_USE err bundle_raw(struct store *s, uint64_t after, struct arena *a, struct store_bundle *out,
                        uint64_t *number_out);
/* history_erase_sql.c: blanks the ops on these rows wherever they stand in the history; while they are there.
 */
MUST_USE err history_erase(struct sqlite_store *q, const struct row_key *rows, size_t count,
                           uint64_t *ops_out);

/* write_sql.c: how many rows the large tables have, kept so that nobody counts them. */
MUST_USE err row_count_add(struct sqlite_store *q, const struct table *t, int64_t more);

/* guests_sql.c: marks of learners who are not enrolled in the activity, so that the marks of a learner are
 * found without an index of all marks. Those of one meeting stand beside each other.
 */
MUST_USE err guests_note(struct sqlite_store *q, const struct row *const *marks, size_t count);

/* names_sql.c: what names people search by. */
/* runs_sql.c, and references_sql.c for what refers to a row */
MUST_USE err run_save(struct store *s, const struct store_run *run);
MUST_USE err run_load(struct store *s, const struct id *id, struct arena *a, struct store_run *out);
MUST_USE err run_list(struct store *s, size_t max, struct arena *a, struct store_run **out, size_t *count);
MUST_USE err run_rows_add(struct store *s, const struct id *run, const struct store_run_row *rows,
                          size_t count);
MUST_USE err run_rows(struct store *s, const struct id *run, struct arena *a, struct store_run_row **out,
                      size_t *count);
MUST_USE err references_since(struct store *s, const struct table *t, uint64_t position,
                              store_reference_seen *seen, void *ctx);
MUST_USE err each_row(struct store *s, const struct table *t, struct arena *a, store_row_seen *seen,
                      void *ctx);
MUST_USE err heading_map_load(struct store *s, const uint8_t hash[hash_bytes], struct arena *a,
                              struct slice *table, struct slice *map, bool *day_first);
MUST_USE err heading_map_save(struct store *s, const uint8_t hash[hash_bytes], struct slice table,
                              struct slice map, bool day_first);
/* A statement that reads a whole table, by id: of views_digest_sql.c. */
MUST_USE err scan_sql(struct sqlite_store *q, const struct table *t, const char **out);
/* The names that stand in a learner_name's `parts`, which must outlive them. */
void learner_parts(struct likeness_child *out, struct slice parts);
MUST_USE err learner_name_save(struct sqlite_store *q, const struct row *learner, enum write_row how);
size_t likeness_keys_of(int64_t out[likeness_keys_max], struct sqlite_store *q,
                        const struct likeness_child *c);

/* ---- reading lists ---- */
/* Copies a text column into the arena: empty for NULL. */
MUST_USE err column_text(struct stmt *s, int column, struct arena *a, struct slice *out);
/* What one row says, into `out`, which is one of the list's. */
typedef err row_reader(struct stmt *s, struct arena *a, void *out);
/* All rows of a bound statement, in `a`; NULL for none, and what was read so far after an error. */
void *read_list(err *e, struct stmt *s, size_t size, row_reader *one, struct arena *a, size_t *count);
/* All ids that a statement of one column gives. */
MUST_USE err read_ids(struct stmt *s, struct arena *a, struct id **out, size_t *count);
/* A list that grows in an arena: room for one more of `size` behind `count`. NULL without memory. */
void *arena_room(struct arena *a, void *list, size_t *cap, size_t count, size_t size);
/* A day that may be missing is 0, a minute -1. */
int32_t column_day(struct stmt *s, int column);
int32_t column_minute(struct stmt *s, int column);
/* "Ada Byron": the known name before the first. */
MUST_USE err person_name(struct stmt *s, int known, int first, int last, struct arena *a, struct slice *out);

#endif
