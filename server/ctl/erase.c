/* erase.c: tutti-server erase: a learner's records are erased here and on every device, and which devices
 * have yet to confirm it. */
#include "server/core/erase.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "server/core/retention.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

struct erase_args {
  const char *data, *learner, *reason;
  bool list, dry_run, json;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"learner", 'l', "ID", 0, "Whom to erase: the learner's id, or the office's reference", 0},
    {"reason", 'r', "TEXT", 0, "Why; kept in the ledger, so it must name nobody", 0},
    {"dry-run", 'n', NULL, 0, "Count what would go, and change nothing", 0},
    {"list", 'L', NULL, 0, "List erasures, and the devices that have yet to confirm each", 0},
    {"json", 'j', NULL, 0, "Print JSON", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct erase_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'l': a->learner = value; return 0;
  case 'r': a->reason = value; return 0;
  case 'n': a->dry_run = true; return 0;
  case 'L': a->list = true; return 0;
  case 'j': a->json = true; return 0;
  case ARGP_KEY_END:
    if (a->data == NULL) argp_error(state, "--data is needed");
    if (!a->list && (a->learner == NULL || a->reason == NULL))
      argp_error(state, "--learner and --reason are needed, or --list");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

void ctl_learner(struct id *out, const struct hub *hub, const char *text) {
  if (id_parse(out, slice_text(text)) != ERR_OK) crypto_import_id(out, &hub->id, "learner", slice_text(text));
}

static void print_json(json_t *all) {
  json_dumpf(all, stdout, JSON_COMPACT);
  putchar('\n');
  json_decref(all);
}

/* ---- erasing ---- */

static void print_result(const struct erase_result *r, const struct erase_args *a, bool scrubbed) {
  if (a->json) {
    print_json(json_pack("{s:I, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:b}", "number", (json_int_t)r->number,
                         "dry_run", a->dry_run, "done_before", r->before, "learners", (json_int_t)r->learners,
                         "rows", (json_int_t)r->rows, "ops", (json_int_t)r->ops, "bundles",
                         (json_int_t)r->bundles, "unreadable_bundles", (json_int_t)r->unreadable,
                         "file_rewritten", scrubbed));
    return;
  }
  if (r->before) {
    printf("Erased already, as erasure %llu: nothing was changed.\n", (unsigned long long)r->number);
    return;
  }
  printf("%s %llu rows and %llu entries of the history; %llu waiting bundles %s it.\n",
         a->dry_run ? "Would erase" : "Erased", (unsigned long long)r->rows, (unsigned long long)r->ops,
         (unsigned long long)r->bundles, a->dry_run ? "name" : "were cleared of");
  if (r->learners > 1)
    printf("These are %llu learners that were merged into one.\n", (unsigned long long)r->learners);
  if (r->unreadable)
    printf("%llu waiting bundles cannot be read by anybody, so nobody can say whom they name.\n",
           (unsigned long long)r->unreadable);
  if (a->dry_run) return;
  printf("This is erasure %llu; `tutti-server erase --list` shows which devices have yet to confirm it.\n",
         (unsigned long long)r->number);
  if (!scrubbed) puts("The file is in use, and is rewritten by the running hub within a minute.");
}

static err erase(const struct erase_args *a, struct data_dir *d, struct fault *fault) {
  struct now now = ctl_now();
  struct erase_result r;
  struct erase_order order = {.by = d->hub.id, .reason = slice_text(a->reason), .dry_run = a->dry_run};
  bool scrubbed = false;
  ctl_learner(&order.learner, &d->hub, a->learner);
  TRY(erase_learner(&r, &d->hub, d->store, &now, &order, fault));
  if (!a->dry_run) {
    err e = retention_rewrite_from(d->store, 0); /* whatever was put off for the night */
    if (e == ERR_OK) e = erase_scrub(&d->hub, d->store, &scrubbed);
    if (e != ERR_OK)
      return fault_set(fault, e, "The learner is erased, but the file could not be rewritten: %s.",
                       err_text(e));
  }
  print_result(&r, a, scrubbed);
  return ERR_OK;
}

/* ---- listing ---- */

static json_t *device_json(const struct store_device *dev) {
  char id[id_text_bytes], seen[time_text_bytes];
  id_text(id, &dev->id);
  time_text(seen, dev->last_contact_ms);
  return json_pack("{s:s, s:s, s:s}", "device", id, "name", dev->name, "last_contact", seen);
}

static json_t *erasure_json(const struct view_erasure *e, const struct store_device *waiting, size_t count) {
  char at[time_text_bytes];
  json_t *devices = json_array();
  time_text(at, e->entry.at_ms);
  for (size_t i = 0; i < count; i++) json_array_append_new(devices, device_json(&waiting[i]));
  return json_pack("{s:I, s:s, s:s%, s:I, s:I, s:I, s:o}", "number", (json_int_t)e->entry.number, "at", at,
                   "reason", (const char *)e->entry.reason.ptr, e->entry.reason.len, "devices",
                   (json_int_t)e->devices, "confirmed", (json_int_t)e->confirmed, "revoked",
                   (json_int_t)e->revoked, "waiting", devices);
}

static void print_erasure(const struct view_erasure *e, const struct store_device *waiting, size_t count) {
  char at[time_text_bytes];
  time_text(at, e->entry.at_ms);
  printf("%6llu  %s  %u of %u devices confirmed  %.*s\n", (unsigned long long)e->entry.number, at,
         e->confirmed, e->devices, (int)e->entry.reason.len, (const char *)e->entry.reason.ptr);
  if (e->revoked) printf("        %u more were revoked before they confirmed it\n", e->revoked);
  for (size_t i = 0; i < count; i++) {
    time_text(at, waiting[i].last_contact_ms);
    printf("        waits for \"%s\", last seen %s\n", waiting[i].name, at);
  }
}

static err list(const struct erase_args *a, struct data_dir *d, struct arena *arena) {
  struct view_erasure *erasures;
  size_t count;
  json_t *all = json_array();
  err e = views_erasures(d->store, arena, &erasures, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    struct store_device *waiting;
    size_t waiting_count;
    e = views_erasure_waiting(d->store, erasures[i].entry.number, arena, &waiting, &waiting_count);
    if (e == ERR_OK && a->json)
      json_array_append_new(all, erasure_json(&erasures[i], waiting, waiting_count));
    else if (e == ERR_OK)
      print_erasure(&erasures[i], waiting, waiting_count);
  }
  if (e == ERR_OK && a->json)
    print_json(all);
  else
    json_decref(all);
  if (e == ERR_OK && !a->json && count == 0) puts("Nobody was erased.");
  return e;
}

static err run(const void *args, struct data_dir *d, struct fault *fault) {
  const struct erase_args *a = args;
  if (!a->list) return erase(a, d, fault);
  struct arena arena = ARENA_INIT(1 << 26);
  err e = list(a, d, &arena);
  arena_finish(&arena);
  return e;
}

int ctl_erase(int argc, char **argv) {
  struct erase_args a = {0};
  options_parse(
      options, parse_option, NULL,
      "Erase everything about one learner, here and on every device: the learner, enrolments, marks, notes, "
      "progress, absence notices, their history, and what waits in bundles. What still comes about the "
      "learner is left out. A safeguarding hold blocks it.",
      argc, argv, &a);
  return ctl_within(a.data, run, &a);
}
