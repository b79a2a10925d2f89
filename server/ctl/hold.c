/* hold.c: tutti-server hold: a safeguarding hold on a learner, who then cannot be erased. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "server/core/erase.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

struct hold_args {
  const char *verb, *data, *learner, *reason;
  bool json;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"learner", 'l', "ID", 0, "The learner's id, or the office's reference", 0},
    {"reason", 'r', "TEXT", 0, "Why it is set; needed to set one", 0},
    {"json", 'j', NULL, 0, "Print the list as JSON", 0},
    {0},
};

static bool is_verb(const char *word) {
  return strcmp(word, "set") == 0 || strcmp(word, "lift") == 0 || strcmp(word, "list") == 0;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct hold_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'l': a->learner = value; return 0;
  case 'r': a->reason = value; return 0;
  case 'j': a->json = true; return 0;
  case ARGP_KEY_ARG:
    if (a->verb != NULL || !is_verb(value)) argp_error(state, "what is \"%s\"?", value);
    a->verb = value;
    return 0;
  case ARGP_KEY_END:
    if (a->verb == NULL) argp_error(state, "say what to do: hold set, hold lift, or hold list");
    if (a->data == NULL) argp_error(state, "--data is needed");
    if (a->verb != NULL && strcmp(a->verb, "list") != 0 && a->learner == NULL)
      argp_error(state, "--learner is needed");
    if (a->verb != NULL && strcmp(a->verb, "set") == 0 && a->reason == NULL)
      argp_error(state, "--reason is needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static json_t *hold_json(const struct store_hold *h) {
  char learner[id_text_bytes], since[time_text_bytes], lifted[time_text_bytes];
  id_text(learner, &h->learner);
  time_text(since, h->since_ms);
  time_text(lifted, h->lifted_ms);
  return json_pack("{s:s, s:s%, s:s, s:s?}", "learner", learner, "reason", (const char *)h->reason.ptr,
                   h->reason.len, "since", since, "lifted", h->lifted_ms ? lifted : NULL);
}

static void print_hold(const struct store_hold *h) {
  char learner[id_text_bytes], since[time_text_bytes], lifted[time_text_bytes];
  id_text(learner, &h->learner);
  time_text(since, h->since_ms);
  time_text(lifted, h->lifted_ms);
  printf("%s  since %s  %s%s  %.*s\n", learner, since, h->lifted_ms ? "lifted " : "stands",
         h->lifted_ms ? lifted : "", (int)h->reason.len, (const char *)h->reason.ptr);
}

static err list(const struct hold_args *a, struct data_dir *d) {
  struct arena arena = ARENA_INIT(1 << 26);
  struct store_hold *holds;
  size_t count = 0;
  json_t *all = json_array();
  err e = views_holds(d->store, &arena, &holds, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    if (a->json)
      json_array_append_new(all, hold_json(&holds[i]));
    else
      print_hold(&holds[i]);
  }
  if (e == ERR_OK && a->json) json_dumpf(all, stdout, JSON_COMPACT), putchar('\n');
  if (e == ERR_OK && !a->json && count == 0) puts("No hold was ever set.");
  json_decref(all);
  arena_finish(&arena);
  return e;
}

static err run(const void *args, struct data_dir *d, struct fault *fault) {
  const struct hold_args *a = args;
  struct now now = ctl_now();
  struct store_hold h = {.by = d->hub.id, .since_ms = now.wall_ms};
  if (strcmp(a->verb, "list") == 0) return list(a, d);
  ctl_learner(&h.learner, &d->hub, a->learner);
  if (strcmp(a->verb, "lift") == 0) {
    TRY(erase_lift(&d->hub, d->store, &now, &h.learner, &h.by, fault));
    puts("The hold is lifted.");
    return ERR_OK;
  }
  h.reason = slice_text(a->reason);
  TRY(erase_hold(&d->hub, d->store, &now, &h, fault));
  puts("The hold stands: this learner cannot be erased until it is lifted.");
  return ERR_OK;
}

int ctl_hold(int argc, char **argv) {
  struct hold_args a = {0};
  options_parse(options, parse_option, "set|lift|list",
                "Keep a learner's records from being erased while safeguarding needs them.", argc, argv, &a);
  return ctl_within(a.data, run, &a);
}
