/* journal.h: the second path of what the office did: an append-only file, best on other storage than the
 * database. A hub that is restored from a backup replays from it what the backup lacks, before anybody can
 * connect. What devices sent is not in it: they send that again.
 *
 * File: 8 bytes of magic and the hub's id, then records: length of the body u32 · kind u8 (1 a transaction, 2
 * the one before was not committed) · number u64, rising by one · body · first 16 bytes of
 * BLAKE2b("tutti.journal", all before). The body of a transaction is a list of entries: kind u8 · length u32
 * · bytes.
 *
 * A transaction is appended and synced before its commit. A crash between the two is as if it came right
 * after the commit: the next start replays it. The database keeps the number of the last transaction it
 * contains. A record that a power cut tore is the last one, and is cut off. Its entries name children: it is
 * kept like the database, mode 0600. */
#ifndef TUTTI_SERVER_JOURNAL_H
#define TUTTI_SERVER_JOURNAL_H

#include "server/core/hub.h"
#include "shared/base/file.h"
#include "shared/merge/merge.h"

enum journal_kind {
  JOURNAL_OPS = 1,    /* length u32 and changeset_encode of one op, repeated: the office's ops, with their ids
                         and stamps */
  JOURNAL_DEVICE = 2, /* a device's keys, as it was enrolled or readmitted */
  JOURNAL_ORDER = 3,  /* what it was told to do */
  JOURNAL_KEYS = 4,   /* the hub's keys file, after they were renewed */
};
struct journal; /* of one writing process; the transactions of others are found by the file's length */

/* Opens or makes the file "HUB.journal" in `files`. ERR_CORRUPT with a sentence when a whole record stands
 * behind a damaged one. `files` must outlive it. */
MUST_USE err journal_open(struct journal **out, const struct file_ops *files, const struct id *hub,
                          struct fault *fault);
void journal_close(struct journal *j); /* NULL is accepted */

/* What the open transaction brings; NULL is accepted, and then nothing is kept. A failure is the
 * transaction's. */
MUST_USE err journal_op(struct journal *j, const struct merge_op *m);
MUST_USE err journal_device(struct journal *j, const struct store_device *d);
MUST_USE err journal_order(struct journal *j, const struct store_order *o);
MUST_USE err journal_keys(struct journal *j, struct slice keys_file);

/* For the store, around its transactions: begin and rollback forget; commit appends first. */
void journal_forget(struct journal *j);
MUST_USE err journal_before_commit(struct journal *j, struct store *store);
/* The commit that followed failed: the transaction is taken back, or nothing is written until a restart. */
void journal_not_committed(struct journal *j);

/* Everything that the database lacks, each transaction once, as it was; then a new epoch, if there was
 * anything. */
MUST_USE err journal_replay(size_t *count_out, struct journal *j, const struct hub *hub, struct store *store,
                            const struct now *now);
/* The newest keys file in it; empty when they were never renewed. */
MUST_USE err journal_newest_keys(struct journal *j, struct buf *out);

#endif
