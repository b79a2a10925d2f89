/* job_keep.c: what the hub does by itself every few seconds, whoever is connected. */
#include "server/core/contact.h"
#include "server/core/erase.h"
#include "server/core/horizon.h"
#include "server/core/ingest.h"
#include "server/core/job.h"
#include "server/core/journal.h"
#include "server/core/questions.h"
#include "server/core/retention.h"
#include "server/core/sweep.h"

enum { sums_at_once = 32 };
typedef err chore(struct job *job, const struct hub *hub, struct store *store, const struct now *now);

static err note_contacts(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  (void)job, (void)hub, (void)now;
  if (!contacts_wait(store)) return ERR_OK;
  TRY(store->ops->begin(store));
  TRY(contacts_write(store));
  TRY(store->ops->commit(store));
  contacts_written(store);
  return ERR_OK;
}

/* What was changed is not known one by one, only that it was. */
static void tell_all(struct job *job, uint64_t position) {
  const struct change_set all = {.position = position,
                                 .all_streams = true,
                                 .grants = true,
                                 .learners = true,
                                 .devices = true,
                                 .days = true,
                                 .receipts = true};
  changes_gather(&job->changes, &all);
}

/* It names nothing of what it changed, and the number of a later chore's would hide that it did. */
static err sweep(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  uint64_t before, after;
  TRY(store->ops->number_load(store, STORE_POSITION, &before));
  TRY(sweep_now(hub, store, now));
  TRY(store->ops->number_load(store, STORE_POSITION, &after));
  if (after != before) tell_all(job, after);
  return ERR_OK;
}

/* A piece at a time, so that nobody waits long for the store. */
static err retire(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  enum { idle_pieces_max = 8 }; /* that only looked, and found nothing to remove */
  struct retention_piece piece = {.more = true};
  struct fault fault = {.code = ERR_OK};
  for (int i = 0; i < idle_pieces_max && piece.more && piece.changes.position == 0; i++)
    TRY(retention_step(&piece, hub, store, now, &fault));
  job->more = piece.more;
  changes_gather(&job->changes, &piece.changes);
  return ERR_OK;
}

/* Once for all that a run erases, when it is over, or at the hour that was said: it takes as long as the hub
 * is large, and nobody writes meanwhile. */
static err scrub(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  bool scrubbed;
  int64_t until;
  if (job->more) return ERR_OK;
  TRY(retention_rewrite_waits(store, now->wall_ms, &until));
  return until ? ERR_OK : erase_scrub(hub, store, &scrubbed);
}

static err turn_term(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  struct horizon_piece piece;
  TRY(horizon_step(&piece, hub, store, now));
  changes_gather(&job->changes, &piece.changes);
  job->more = job->more || piece.more;
  return ERR_OK;
}

/* Nothing is lost, and nobody would notice before the disk is full: it is said once, and shown beside the
 * devices until it is over. */
static err note_stuck(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  uint64_t known;
  bool stuck = store->ops->is_stuck(store);
  TRY(store->ops->number_load(store, STORE_STUCK, &known));
  if (stuck == (known != 0)) return ERR_OK;
  TRY(store->ops->number_save(store, STORE_STUCK, stuck ? (uint64_t)now->wall_ms : 0));
  job->changes.devices = true;
  if (stuck)
    log_write(
        hub->log, LOG_ERROR, "store",
        "the disk did not keep pages of the database file: nothing is lost, for the log has them, but it "
        "grows until the hub is started anew. Look at the disk, then restart the hub");
  else
    log_write(hub->log, LOG_INFO, "store", "the database file is written again");
  return ERR_OK;
}

static err keep_journal(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  (void)job;
  return journal_keep(store->journal, hub, store, now);
}

static err release_held(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  size_t released;
  struct change_set changes;
  err e = ingest_release_held(&released, &changes, hub, store, now, now->wall_ms - held_ms_max, NULL);
  changes_gather(&job->changes, &changes);
  return e;
}

static err take_back_questions(struct job *job, const struct hub *hub, struct store *store,
                               const struct now *now) {
  (void)job;
  return questions_keep(hub, store, now);
}

/* While nobody writes, what the last hour changed in the reports is added up, so that whoever opens one in
 * the morning does not wait for the evening's registers. While somebody does, it would be out of date at
 * once. */
static err add_up(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  uint64_t position;
  bool more;
  (void)job, (void)hub;
  TRY(store->ops->number_load(store, STORE_POSITION, &position));
  bool quiet = position == store->kept_position;
  store->kept_position = position;
  return quiet ? store->ops->add_up(store, now, sums_at_once, &more) : ERR_OK;
}

static const struct {
  const char *what;
  chore *run;
} chores[] = {
    {"noting which devices were here", note_contacts},
    {"letting go what a date has ended", sweep},
    {"removing what was kept long enough", retire},
    {"rewriting the files after an erasure", scrub},
    {"letting go the meetings of a term that is over", turn_term},
    {"looking after the database file", note_stuck},
    {"trimming the journal", keep_journal},
    {"releasing bundles that were held long enough", release_held},
    {"taking back questions that are over", take_back_questions},
    {"adding up the reports", add_up},
};

/* An import by command line commits beside a running hub. The change number alone does not tell: the hub's
 * own next one, which is higher, may be heard of first. */
static err tell_others(struct job *job, struct store *store, bool elsewhere) {
  uint64_t position;
  TRY(store->ops->number_load(store, STORE_POSITION, &position));
  bool unheard = position > job->known_position && position > job->changes.position;
  if (elsewhere || unheard) tell_all(job, position);
  return ERR_OK;
}

/* None of them waits for another: a journal that cannot be trimmed must not keep a device's bundles held.
 * What another process committed is asked once, so it is told whatever fails. */
err job_keep(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  bool elsewhere;
  err failed = ERR_OK;
  TRY(store->ops->others_wrote(store, &elsewhere));
  for (size_t i = 0; i < sizeof chores / sizeof *chores; i++) {
    err e = chores[i].run(job, hub, store, now);
    if (e == ERR_OK) continue;
    store->ops->rollback(store);
    if (failed == ERR_OK) job->failed = chores[i].what;
    if (failed == ERR_OK) failed = e;
  }
  err e = tell_others(job, store, elsewhere);
  return failed != ERR_OK ? failed : e;
}
