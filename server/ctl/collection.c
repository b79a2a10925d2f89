/* collection.c: tutti-server collection: the hub's rule for going home, which the door asks before anybody
 * signs themselves out. */
#include <stdio.h>

#include "server/core/office.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

struct collection_args {
  const char *data;
  int rule;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct collection_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case ARGP_KEY_ARG:
    if (a->rule == 0) a->rule = schema_enum_number(schema_enum("collection"), slice_text(value));
    if (a->rule == 0) argp_error(state, "what is \"%s\"? Say collected or own_way", value);
    return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->rule == 0) argp_error(state, "--data and a rule are needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static err set_rule(const void *args, struct data_dir *d, struct fault *fault) {
  const struct collection_args *a = args;
  struct arena arena = ARENA_INIT(1 << 20);
  struct now now = ctl_now();
  struct office_result result;
  struct op op = {.table = schema_table(TABLE_hub), .row = d->hub.id, .units = 1U << 2};
  op.values[COL(hub, collection)] = value_int(a->rule);
  err e = office_apply(&result, &d->hub, d->store, &now, &d->hub.id, &op, 1, false, &arena, fault);
  arena_finish(&arena);
  return e;
}

int ctl_collection(int argc, char **argv) {
  struct collection_args a = {0};
  options_parse(
      options, parse_option, "collected|own_way",
      "Say how learners go home: collected, so that staff see everybody off (the rule of a new hub), "
      "or their own_way, so that they may sign themselves out at the door.",
      argc, argv, &a);
  int code = ctl_within(a.data, set_rule, &a);
  if (code == EXIT_OK)
    puts(a.rule == ENUM_collection_own_way ? "Learners may sign themselves out at the door."
                                           : "Staff see everybody off; nobody signs themselves out.");
  return code;
}
