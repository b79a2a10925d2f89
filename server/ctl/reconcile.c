/* reconcile.c: tutti-server reconcile: what waits for a person, from a shell. The same functions serve the
 * office's page. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/release.h"
#include "server/core/views.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"
#include "server/ctl/reconcile_json.h"

struct reconcile_args {
  const char *data, *by, *why, *what, *heads, *changeset;
  long long take, incarnation, seq;
  bool json;
  const struct reconcile_verb *verb;
};
struct reconciled { /* what a verb works with */
  const struct reconcile_args *args;
  struct data_dir *dir;
  struct reconcile by;
  struct arena *arena;
  struct fault *fault;
  struct change_set changes;
  json_t *answer;
};
struct reconcile_verb {
  const char *name, *takes;
  bool changes; /* needs --by and --reason */
  err (*run)(struct reconciled *r);
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"by", 'b', "NAME", 0, "Who decides: the name of somebody who signs in at the office", 0},
    {"reason", 'r', "TEXT", 0, "Why; kept with the decision", 0},
    {"take", 't', "N", 0, "decide: the choice to take, 1 being the first of `show`", 0},
    {"heads", 'h', "HEX", 0, "decide: what `show` printed as heads, so that nothing unseen is decided", 0},
    {"incarnation", 'i', "N", 0, "release, reject: of the device (1)", 0},
    {"seq", 's', "N", 0,
     "release, reject: the bundle; without it `release` lets the device's held bundles go", 0},
    {"changeset", 'c', "N", 0, "release, reject: its place in the bundle (all that wait)", 0},
    {"json", 'j', NULL, 0, "Print JSON on one line", 0},
    {0},
};

/* ---- verbs ---- */

static err run_list(struct reconciled *r) {
  err e;
  r->answer = reconcile_list_json(r->dir->store, r->arena, &e);
  return e;
}

static err parse_what(const struct reconciled *r, struct id *out) {
  if (id_parse(out, slice_text(r->args->what)) == ERR_OK) return ERR_OK;
  return fault_set(r->fault, ERR_INVALID, "%.40s is not an id of 32 hexadecimal digits", r->args->what);
}

static err answer_item(struct reconciled *r, const struct id *id) {
  struct item_view v;
  err e = reconcile_show(&v, &r->by, id, r->arena);
  if (e == ERR_OK) r->answer = reconcile_item_json(r->dir->store, &v, r->arena, &e);
  return e;
}

static err run_show(struct reconciled *r) {
  struct id id;
  TRY(parse_what(r, &id));
  return answer_item(r, &id);
}

static err run_decide(struct reconciled *r) {
  const struct reconcile_args *a = r->args;
  struct decision d = {.why = slice_text(a->why), .choice = (size_t)a->take - 1};
  TRY(parse_what(r, &d.item));
  bool whole = a->heads && strlen(a->heads) == 2 * (size_t)key_bytes;
  if (!whole || hex_decode(d.heads, key_bytes, slice_text(a->heads)) != ERR_OK)
    return fault_set(r->fault, ERR_INVALID, "--heads must be what `show` printed as heads");
  if (a->take < 1) return fault_set(r->fault, ERR_INVALID, "--take says which choice of `show` it is");
  TRY(reconcile_decide(&r->changes, &r->by, &d));
  return answer_item(r, &d.item);
}

static err run_undo(struct reconciled *r) {
  struct id id;
  TRY(parse_what(r, &id));
  TRY(reconcile_undo(&r->changes, &r->by, &id, slice_text(r->args->why)));
  return answer_item(r, &id);
}

static err decide_quarantine(struct reconciled *r, enum store_quarantine_state decision) {
  const struct reconcile_args *a = r->args;
  struct quarantine_ref ref = {.incarnation = a->incarnation ? (uint32_t)a->incarnation : 1,
                               .seq = (uint64_t)a->seq,
                               .changeset = quarantine_all};
  if (a->changeset) ref.changeset = (uint32_t)strtoul(a->changeset, NULL, 10);
  TRY(parse_what(r, &ref.device));
  TRY(quarantine_decide_by(&r->changes, &r->dir->hub, r->dir->store, &r->by.now, &r->by.by, &ref, decision,
                           slice_text(a->why), r->fault));
  return run_list(r);
}

/* Past the gap: what is missing is reported in the audit, and taken when it comes all the same. */
static err release_held(struct reconciled *r) {
  struct id device;
  TRY(parse_what(r, &device));
  TRY(held_release_by(&r->changes, &r->dir->hub, r->dir->store, &r->by.now, &r->by.by, &device,
                      slice_text(r->args->why), r->fault));
  return run_list(r);
}

static err run_release(struct reconciled *r) {
  return r->args->seq ? decide_quarantine(r, QUARANTINE_RELEASED) : release_held(r);
}

static err run_reject(struct reconciled *r) {
  if (!r->args->seq) return fault_set(r->fault, ERR_INVALID, "--seq says which bundle");
  return decide_quarantine(r, QUARANTINE_REJECTED);
}

static const struct reconcile_verb verbs[] = {
    {"list", NULL, false, run_list},          {"show", "ITEM", false, run_show},
    {"decide", "ITEM", true, run_decide},     {"undo", "ITEM", true, run_undo},
    {"release", "DEVICE", true, run_release}, {"reject", "DEVICE", true, run_reject},
};

static const struct reconcile_verb *find_verb(const char *name) {
  for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
    if (strcmp(verbs[i].name, name) == 0) return &verbs[i];
  return NULL;
}

/* ---- options ---- */

static error_t take_argument(struct reconcile_args *a, char *value, struct argp_state *state) {
  if (!a->verb) {
    a->verb = find_verb(value);
    if (!a->verb) argp_error(state, "what is \"%s\"?", value);
  } else if (a->verb->takes && !a->what) {
    a->what = value;
  } else {
    argp_error(state, "what is \"%s\"?", value);
  }
  return 0;
}

static error_t check_end(const struct reconcile_args *a, struct argp_state *state) {
  if (!a->verb) argp_error(state, "say what to do: list, show, decide, undo, release or reject");
  if (a->verb && a->verb->takes && !a->what) argp_error(state, "%s needs %s", a->verb->name, a->verb->takes);
  if (!a->data) argp_error(state, "--data is needed");
  if (a->verb && a->verb->changes && (!a->by || !a->why))
    argp_error(state, "%s needs --by NAME and --reason TEXT", a->verb->name);
  return 0;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct reconcile_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'b': a->by = value; return 0;
  case 'r': a->why = value; return 0;
  case 'h': a->heads = value; return 0;
  case 'j': a->json = true; return 0;
  case 't': a->take = option_number(state, "--take", value, 1, 1000); return 0;
  case 'i': a->incarnation = option_number(state, "--incarnation", value, 1, UINT32_MAX); return 0;
  case 's': a->seq = option_number(state, "--seq", value, 1, INT64_MAX); return 0;
  case 'c':
    (void)option_number(state, "--changeset", value, 0, bundle_changesets_max);
    a->changeset = value;
    return 0;
  case ARGP_KEY_ARG: return take_argument(a, value, state);
  case ARGP_KEY_END: return check_end(a, state);
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* ---- running ---- */

/* Who only looks may do so without a name; the hub itself then looked. */
static err find_person(struct reconciled *r) {
  struct store_user user;
  r->by = (struct reconcile){
      .hub = &r->dir->hub, .store = r->dir->store, .now = ctl_now(), .by = r->dir->hub.id, .fault = r->fault};
  if (!r->args->by) return ERR_OK;
  err e = users_load(r->dir->store, slice_text(r->args->by), &user);
  if (e == ERR_NOT_FOUND)
    return fault_set(r->fault, e, "there is nobody called \"%.100s\": see `tutti-server user`", r->args->by);
  r->by.by = user.id;
  return e;
}

static err run(struct reconciled *r) {
  TRY(find_person(r));
  TRY(r->args->verb->run(r));
  if (r->answer) json_dumpf(r->answer, stdout, r->args->json ? JSON_COMPACT : JSON_INDENT(2));
  putchar('\n');
  return ERR_OK;
}

static err reconcile(const void *args, struct data_dir *d, struct fault *fault) {
  struct arena arena = ARENA_INIT(1 << 28);
  struct reconciled r = {.args = args, .dir = d, .arena = &arena, .fault = fault};
  err e = run(&r);
  json_decref(r.answer);
  arena_finish(&arena);
  return e;
}

int ctl_reconcile(int argc, char **argv) {
  struct reconcile_args a = {0};
  options_parse(
      options, parse_option, "list|show|decide|undo|release|reject [ITEM|DEVICE]",
      "Show what waits for a person, and decide it: what disagrees, proposals, and what the hub keeps "
      "in quarantine. Everything can be undone, and everything is kept with who did it and why.",
      argc, argv, &a);
  return ctl_within(a.data, reconcile, &a);
}
