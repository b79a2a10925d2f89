/* journal.h: the second path of what the office did: an append-only file, best on other storage than the
 * database. A hub that is restored from a backup replays from it what the backup lacks, before anybody can
 * connect. What devices sent is not in it: they send that again.
 *
 * File: 8 bytes of magic, the hub's id and how often the file was rewritten u64, then records: length of the
 * body u32 · kind u8 (1 a transaction, 2 the one before was not committed, 3 the time) · number u64 · body
 * · first 16 bytes of BLAKE2b("tutti.journal", all before). The body of a transaction is a list of entries:
 * kind u8 · length u32 · bytes.
 *
 * A transaction is appended and synced before its commit. A crash between the two is as if it came right
 * after the commit: the next start replays it. The database keeps the number of the last transaction it
 * contains; when that was taken back, because its flush failed, and is there all the same after a power cut,
 * the next start appends it again under its number. A record that a power cut tore is the last one, and is
 * cut off. Its entries name children: it is kept like the database, mode 0600.
 *
 * Once a day, when the hub keeps house, the time is written into it: all before is from before then. Its
 * number is that of the last transaction. What is older than any backup the hub may be restored from is
 * dropped (journal_keep), by rewriting the file from such a record on.
 *
 * Once a learner is erased, the file is rewritten without what was said of them, and without the reasons of
 * all decisions, which may name anybody (journal_scrub). The new one
 * takes the old one's name when it is whole and durable; other processes see by its head that it is another.
 */
#ifndef TUTTI_SERVER_JOURNAL_H
#define TUTTI_SERVER_JOURNAL_H

#include "server/core/hub.h"
#include "server/core/views.h"
#include "shared/base/file.h"
#include "shared/merge/merge.h"

enum journal_kind {
  JOURNAL_OPS = 1,    /* changeset_encode of one op: the office's, with its id and stamp */
  JOURNAL_DEVICE = 2, /* a device's keys, as it was enrolled or readmitted */
  JOURNAL_ORDER = 3,  /* what it was told to do */
  JOURNAL_KEYS = 4,   /* the hub's keys file, after they were renewed */
  JOURNAL_ERASURE =
      5,            /* a learner's id, number, time, by whom, which rows, why; in a transaction without ops */
  JOURNAL_HOLD = 6, /* a safeguarding hold, as it was set or lifted */
  JOURNAL_DECISION = 7, /* a release or rejection of what waited in quarantine; in a transaction of its own */
  JOURNAL_USER = 8,     /* an account, whole, and the activities it sees; of secrets their hashes */
  JOURNAL_KEY = 9,      /* a key of scripts, as a hash, made or revoked */
  JOURNAL_CASE = 10,    /* what somebody did about an unexplained absence */
  JOURNAL_RETIRED = 11, /* rows that a run of the retention schedule removed; in a transaction without ops */
  JOURNAL_PERIOD = 12,  /* for how long a line of the retention schedule is kept, by whom and since when */
  JOURNAL_RUN = 13,     /* a run of the schedule, whole, as it stood after a piece */
  JOURNAL_RETAINED = 14, /* what became of one learner in it, as a hash */
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
/* `w` as it is erased: of its rows those without a natural key stand in the journal, so that a hub that comes
 * back from before it knew one leaves out what devices bring of it, too. */
MUST_USE err journal_erasure(struct journal *j, const struct write_erasure *w);
/* The number of the piece, and all its rows, each a table's number and an id. */
MUST_USE err journal_retired(struct journal *j, const struct write_erasure *w);
struct retention_period;
MUST_USE err journal_period(struct journal *j, const char *line, const struct retention_period *p);
/* Set, or lifted when lifted_ms is not 0: then who lifted it, and no reason. */
MUST_USE err journal_hold(struct journal *j, const struct store_hold *hold);
/* What it is about, the state it got, by whom, when and why; `changeset` may be quarantine_all. */
MUST_USE err journal_decision(struct journal *j, const struct store_quarantine *q);

/* After users_save and whatever gave it activities, in the same transaction. */
MUST_USE err journal_user(struct journal *j, struct store *s, const struct store_user *u);
MUST_USE err journal_key(struct journal *j, const struct store_key *k);
/* `state` is the one the case has afterwards, and never 0. */
MUST_USE err journal_case(struct journal *j, const struct write_case *w);

/* For the store, around its transactions: begin and rollback forget; commit appends first. */
void journal_forget(struct journal *j);
MUST_USE err journal_before_commit(struct journal *j, struct store *store);
/* The commit that followed failed: the transaction is taken back, or nothing is written until a restart. */
void journal_not_committed(struct journal *j);

/* Everything that the database lacks, each transaction once, as it was; then a new epoch, if there was
 * anything. Ops about a learner who is erased here are left out. A decision about a bundle that the backup
 * does not hold, or that cannot be carried out yet, is skipped and stands in the audit: the device sends that
 * bundle again, it waits as it did, and the office decides once more. To remember it would let a decision of
 * long ago act unseen on whatever comes under that number. */
MUST_USE err journal_replay(size_t *count_out, struct journal *j, const struct hub *hub, struct store *store,
                            const struct now *now);
/* Blanks every op about somebody in the ledger of erasures, leaves out holds on them, and has every decision
 * say "erased" for why: a blank op keeps its counter and stamp, so that no number is used twice after a
 * replay. Takes a write transaction of its own, by which no other process appends meanwhile. When it fails
 * the old file is whole, and it can be asked again. NULL is accepted. */
MUST_USE err journal_scrub(struct journal *j, const struct hub *hub, struct store *store);
/* Notes the time, if that was not done today, and drops what stands before a noted time that is older than
 * hub->backup_days and a margin, and behind which the time was noted on as many days: a clock that leaps
 * ahead drops nothing. Some days go at once, so that the file is not rewritten every night. In a write
 * transaction of its own; until the new file has taken the old one's place the old one is whole. NULL is
 * accepted. */
MUST_USE err journal_keep(struct journal *j, const struct hub *hub, struct store *store,
                          const struct now *now);
/* Before a replay: does it hold everything since this database was written? Not of a backup from before there
 * was a journal, or before what it was trimmed to. */
MUST_USE err journal_reaches(bool *out, struct journal *j, struct store *store);
/* The newest keys file in it; empty when they were never renewed. */
MUST_USE err journal_newest_keys(struct journal *j, struct buf *out);

#endif
