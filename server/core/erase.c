/* erase.c: erasing one learner: rows, history, waiting bundles, the ledger's entry, and the word to every
 * device, in one transaction. */
#include "server/core/erase.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/core/journal.h"

enum { erase_arena_bytes_max = 268435456 };

void erase_hash(uint8_t out[hash_bytes], const struct id *hub, const struct id *id) {
  struct slice parts[2] = {id_slice(hub), id_slice(id)};
  crypto_hash(out, "tutti.erase", parts, 2);
}

struct erasing {
  const struct hub *hub;
  struct store *store;
  struct now now;
  const struct erase_order *order;
  struct erase_result *result;
  struct arena arena;
};

/* ---- may it be, and was it? ---- */

/* What is being followed up holds by itself. */
static err check_cases(struct erasing *e, const struct id *learner, struct fault *fault) {
  bool stands;
  TRY(e->store->ops->case_stands(e->store, learner, &stands));
  if (!stands) return ERR_OK;
  return fault_set(
      fault, ERR_FORBIDDEN,
      "An absence of this learner is still being followed up: the safeguarding lead must end that "
      "case before anything is erased.");
}

static err check_hold(struct erasing *e, const struct id *learner, struct fault *fault) {
  struct store_hold hold;
  char since[time_text_bytes];
  err found = e->store->ops->hold_load(e->store, learner, &e->arena, &hold);
  if (found == ERR_NOT_FOUND) return check_cases(e, learner, fault);
  TRY(found);
  time_text(since, hold.since_ms);
  return fault_set(
      fault, ERR_FORBIDDEN,
      "A safeguarding hold stands on this learner since %s: it must be lifted before anything is erased.",
      since);
}

static err check_there(struct erasing *e, const struct id *learner, struct fault *fault) {
  struct row row;
  uint8_t hash[hash_bytes];
  uint64_t number;
  TRY(e->store->ops->load_row(e->store, schema_table(TABLE_learner), learner, &e->arena, &row));
  if (row.exists) return ERR_OK;
  erase_hash(hash, &e->hub->id, learner);
  TRY(e->store->ops->erased(e->store, hash, &number));
  if (number) {
    e->result->before = true;
    e->result->number = number;
    return ERR_OK;
  }
  return fault_set(fault, ERR_NOT_FOUND,
                   "There is no learner with this id: look it up in the office's list.");
}

/* A journal's entry that is in the ledger already. */
static err check_done(struct erasing *e, struct fault *fault) {
  uint8_t hash[hash_bytes];
  uint64_t last, number;
  erase_hash(hash, &e->hub->id, &e->order->learner);
  TRY(e->store->ops->erased(e->store, hash, &number));
  TRY(e->store->ops->number_load(e->store, STORE_ERASURES, &last));
  e->result->before = number != 0;
  if (number != 0 || e->order->number > last) return ERR_OK;
  return fault_set(
      fault, ERR_CONFLICT,
      "Erasure %llu is of another learner here: this journal does not belong to this hub's data.",
      (unsigned long long)e->order->number);
}

/* ---- doing it ---- */

bool erase_lists(const struct row_key *key) {
  return key->table->key_count == 0 && key->table->id != TABLE_learner;
}

/* The learner's own hash, and those of rows without a natural key. */
static err make_hashes(struct erasing *e, struct write_erasure *w) {
  uint8_t(*hashes)[hash_bytes] = arena_take(&e->arena, w->row_count + 1, sizeof *hashes);
  if (!hashes) return ERR_NO_MEMORY;
  erase_hash(hashes[w->hash_count++], &e->hub->id, &w->learner);
  for (size_t i = 0; i < w->row_count; i++) {
    if (erase_lists(&w->rows[i])) erase_hash(hashes[w->hash_count++], &e->hub->id, &w->rows[i].id);
  }
  w->hashes = (const uint8_t(*)[hash_bytes])hashes;
  return ERR_OK;
}

/* Positions of the feed: the learner's, and one for each question. */
static uint64_t count_told(const struct write_erasure *w) {
  uint64_t told = 1;
  for (size_t i = 0; i < w->row_count; i++) told += w->rows[i].table->id == TABLE_question;
  return told;
}

static err take_numbers(struct erasing *e, struct write_erasure *w) {
  const struct store_ops *ops = e->store->ops;
  uint64_t last;
  TRY(ops->number_load(e->store, STORE_ERASURES, &last));
  TRY(ops->number_load(e->store, STORE_POSITION, &w->position));
  w->position += count_told(w);
  w->entry.number = e->order->number ? e->order->number : last + 1;
  TRY(ops->number_save(e->store, STORE_ERASURES, w->entry.number > last ? w->entry.number : last));
  TRY(ops->number_save(e->store, STORE_POSITION, w->position));
  return erase_scrub_later(e->store);
}

/* Of the words counts what the audit had, too: see views_audit_check. */
static err note(struct erasing *e, const struct write_erasure *w, const struct erased_counts *counts) {
  char detail[128];
  (void)snprintf(detail, sizeof detail, "erasure=%llu rows=%zu ops=%llu words=%llu",
                 (unsigned long long)w->entry.number, w->row_count, (unsigned long long)counts->ops,
                 (unsigned long long)counts->words);
  return e->store->ops->audit(e->store, e->now.wall_ms, &e->order->by, "learner.erase", detail);
}

static int in_order(const void *a, const void *b) { return row_key_compare(a, b); }

static err read_listed(struct row_key *out, struct slice rows) {
  struct cursor c = cursor_of(rows);
  while (cursor_left(&c) > 0) {
    uint8_t table;
    TRY(cursor_u8(&c, &table));
    TRY(cursor_copy(&c, &out->id, id_bytes));
    out->table = schema_table(table);
    if (!out->table) return ERR_VERSION;
    out++;
  }
  return ERR_OK;
}

/* What is about the learner, what may name the learner in words, and what the journal says that was erased.
 */
static err find_rows(struct erasing *e, const struct id *learner, struct row_key **out, size_t *out_count) {
  const struct store_ops *ops = e->store->ops;
  const size_t listed = e->order->rows.len / erase_row_bytes;
  struct row_key *about, *all;
  struct id *asked;
  size_t about_count, asked_count, kept = 0;
  TRY(ops->rows_about(e->store, learner, &e->arena, &about, &about_count));
  TRY(ops->questions_naming(e->store, learner, &e->arena, &asked, &asked_count));
  const size_t count = about_count + asked_count + listed;
  *out = all = arena_take(&e->arena, count + 1, sizeof *all);
  if (!all) return ERR_NO_MEMORY;
  if (about_count) bytes_copy(all, about, about_count * sizeof *all);
  for (size_t i = 0; i < asked_count; i++)
    all[about_count + i] = (struct row_key){.table = schema_table(TABLE_question), .id = asked[i]};
  TRY(read_listed(all + about_count + asked_count, e->order->rows));
  if (count > about_count) qsort(all, count, sizeof *all, in_order);
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || row_key_compare(&all[kept - 1], &all[i]) != 0) all[kept++] = all[i];
  *out_count = kept;
  return ERR_OK;
}

static err erase_one(struct erasing *e, const struct id *learner, bool everywhere) {
  struct row_key *rows;
  struct write_erasure w = {.entry = {.at_ms = e->order->at_ms ? e->order->at_ms : e->now.wall_ms,
                                      .by = e->order->by,
                                      .reason = e->order->reason},
                            .learner = *learner,
                            .everywhere = everywhere};
  struct erased_counts counts = {.ops = 0};
  TRY(find_rows(e, learner, &rows, &w.row_count));
  w.rows = rows;
  struct erase_subject subject = {
      .learner = *learner, .rows = rows, .row_count = w.row_count, .kept = &e->arena};
  TRY(make_hashes(e, &w));
  TRY(take_numbers(e, &w));
  TRY(erase_bundles(e->result, e->hub, e->store, &subject));
  TRY(e->store->ops->erase(e->store, &w, &counts));
  TRY(journal_erasure(e->store->journal, &w));
  struct erase_result *r = e->result;
  if (r->learners++ == 0) r->number = w.entry.number;
  r->rows += w.row_count;
  r->ops += counts.ops;
  r->changes.position = w.position;
  return note(e, &w, &counts);
}

static err erase_all(struct erasing *e, struct fault *fault) {
  struct id *same;
  size_t count;
  if (e->order->number) {
    TRY(check_done(e, fault));
    return e->result->before ? ERR_OK : erase_one(e, &e->order->learner, true);
  }
  TRY(check_there(e, &e->order->learner, fault));
  if (e->result->before) return ERR_OK;
  TRY(e->store->ops->same_learners(e->store, &e->order->learner, &e->arena, &same, &count));
  for (size_t i = 0; i < count; i++) TRY(check_hold(e, &same[i], fault));
  for (size_t i = 0; i < count; i++) TRY(erase_one(e, &same[i], count > 1));
  return ERR_OK;
}

/* What waited for the office and says nothing any more is rejected, so that its device hears of it too. The
 * erasure stands already; what cannot be rejected now the office rejects by hand. */
static void reject_emptied(struct erasing *e) {
  for (size_t i = 0; i < e->result->emptied_count; i++) {
    struct change_set changes;
    struct fault fault;
    err failed =
        quarantine_decide_by(&changes, e->hub, e->store, &e->now, &e->order->by, &e->result->emptied[i],
                             QUARANTINE_REJECTED, slice_text("erased"), &fault);
    if (failed != ERR_OK)
      log_write(e->hub->log, LOG_WARN, "erase", "a changeset that says nothing still waits error=%s",
                err_name(failed));
    else
      e->result->changes = changes;
  }
}

/* Registers and lists may show the learner anywhere, so everybody looks again. */
static void tell(struct erase_result *r) {
  r->changes.all_streams = r->changes.learners = r->changes.devices = true;
}

err erase_learner(struct erase_result *out, const struct hub *hub, struct store *store, const struct now *now,
                  const struct erase_order *order, struct fault *fault) {
  struct erasing e = {.hub = hub,
                      .store = store,
                      .now = *now,
                      .order = order,
                      .result = out,
                      .arena = ARENA_INIT(erase_arena_bytes_max)};
  bytes_zero(out, sizeof *out);
  if (order->reason.len == 0 || order->reason.len > erase_reason_bytes_max || !utf8_valid(order->reason))
    return fault_set(fault, ERR_INVALID, "An erasure needs a reason of at most %d bytes.",
                     erase_reason_bytes_max);
  struct fault own = {.code = ERR_OK};
  err result = store->ops->begin(store);
  if (result == ERR_OK && order->first) result = order->first(order->ctx);
  if (result == ERR_OK) result = erase_all(&e, &own);
  if (result == ERR_OK && order->also && !out->before) result = order->also(order->ctx, out);
  if (result == ERR_OK && !order->dry_run && !out->before)
    result = store->ops->commit(store);
  else
    store->ops->rollback(store);
  bool done = result == ERR_OK && !order->dry_run && !out->before;
  if (done) reject_emptied(&e);
  if (done) tell(out);
  out->emptied = NULL;
  arena_finish(&e.arena);
  if (result == ERR_OK) return ERR_OK;
  if (own.code != ERR_OK) return fault_set(fault, result, "%s", own.text);
  return fault_set(fault, result, "The learner could not be erased, and nothing was changed: %s.",
                   err_text(result));
}

err erase_replay(const struct hub *hub, struct store *store, const struct now *now,
                 const struct erase_order *order) {
  ASSERT(order->number);
  struct erase_result unused = {.number = 0};
  struct erasing e = {.hub = hub,
                      .store = store,
                      .now = *now,
                      .order = order,
                      .result = &unused,
                      .arena = ARENA_INIT(erase_arena_bytes_max)};
  err result = erase_all(&e, NULL);
  arena_finish(&e.arena);
  return result;
}

err erase_scrub_later(struct store *store) {
  uint64_t due;
  TRY(store->ops->number_load(store, STORE_SCRUB_DUE, &due));
  return store->ops->number_save(store, STORE_SCRUB_DUE, due + 1);
}

/* What the command erased beside the hub while it rewrote is not of that. */
static err scrubbed(struct store *store, uint64_t due, bool *done_out) {
  uint64_t now;
  TRY(store->ops->begin(store));
  err e = store->ops->number_load(store, STORE_SCRUB_DUE, &now);
  *done_out = e == ERR_OK && now == due;
  if (*done_out) e = store->ops->number_save(store, STORE_SCRUB_DUE, 0);
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e != ERR_OK) store->ops->rollback(store);
  return e;
}

err erase_scrub(const struct hub *hub, struct store *store, bool *done_out) {
  uint64_t due;
  *done_out = true;
  TRY(store->ops->number_load(store, STORE_SCRUB_DUE, &due));
  if (!due) return ERR_OK;
  err journal = journal_scrub(store->journal, hub, store), file = store->ops->scrub(store);
  err e = journal != ERR_OK ? journal : file;
  *done_out = false;
  if (e == ERR_BUSY || e == ERR_FULL) return ERR_OK;
  TRY(e);
  return scrubbed(store, due, done_out);
}

/* ---- holds ---- */

static err hold_on(const struct hub *hub, struct store *store, const struct now *now,
                   const struct store_hold *hold, struct fault *fault) {
  struct arena a = ARENA_INIT(erase_arena_bytes_max);
  struct row row;
  struct store_hold standing;
  err e = store->ops->load_row(store, schema_table(TABLE_learner), &hold->learner, &a, &row);
  bool there = e == ERR_OK && row.exists;
  err found = e == ERR_OK ? store->ops->hold_load(store, &hold->learner, &a, &standing) : ERR_OK;
  arena_finish(&a);
  TRY(e);
  (void)hub;
  if (!there)
    return fault_set(fault, ERR_NOT_FOUND,
                     "There is no learner with this id: look it up in the office's list.");
  if (found == ERR_OK) return fault_set(fault, ERR_EXISTS, "A hold stands on this learner already.");
  if (found != ERR_NOT_FOUND) return found;
  TRY(store->ops->hold_save(store, hold));
  TRY(journal_hold(store->journal, hold));
  return store->ops->audit(store, now->wall_ms, &hold->by, "learner.hold", "set");
}

static err finish(struct store *store, err e, const struct fault *own, struct fault *fault) {
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e == ERR_OK) return ERR_OK;
  store->ops->rollback(store);
  if (own->code != ERR_OK) return fault_set(fault, e, "%s", own->text);
  return fault_set(fault, e, "The hold could not be stored: %s.", err_text(e));
}

err erase_hold(const struct hub *hub, struct store *store, const struct now *now,
               const struct store_hold *hold, struct fault *fault) {
  struct fault own = {.code = ERR_OK};
  if (hold->reason.len == 0 || hold->reason.len > erase_reason_bytes_max || !utf8_valid(hold->reason))
    return fault_set(fault, ERR_INVALID, "A hold needs a reason of at most %d bytes.",
                     erase_reason_bytes_max);
  TRY(store->ops->begin(store));
  return finish(store, hold_on(hub, store, now, hold, &own), &own, fault);
}

static err lift(struct store *store, const struct now *now, const struct id *learner, const struct id *by,
                struct fault *fault) {
  err e = store->ops->hold_lift(store, learner, now->wall_ms);
  if (e == ERR_NOT_FOUND) return fault_set(fault, e, "No hold stands on this learner.");
  TRY(e);
  const struct store_hold lifted = {.learner = *learner, .by = *by, .lifted_ms = now->wall_ms};
  TRY(journal_hold(store->journal, &lifted));
  return store->ops->audit(store, now->wall_ms, by, "learner.hold", "lifted");
}

err erase_lift(const struct hub *hub, struct store *store, const struct now *now, const struct id *learner,
               const struct id *by, struct fault *fault) {
  struct fault own = {.code = ERR_OK};
  (void)hub;
  TRY(store->ops->begin(store));
  return finish(store, lift(store, now, learner, by, &own), &own, fault);
}
