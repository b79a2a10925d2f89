/* status.c: tutti-server status: what the hub holds, in numbers. */
#include <jansson.h>
#include <stdio.h>

#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

struct status_args {
  const char *data;
  bool json;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"json", 'j', NULL, 0, "Print JSON", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct status_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'j': a->json = true; return 0;
  case ARGP_KEY_END:
    if (a->data == NULL) argp_error(state, "--data is needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

struct figure {
  const char *name;
  uint64_t value;
};

static void print_figures(const struct figure *figures, size_t count, const char *digest, bool json) {
  json_t *all = json_object();
  for (size_t i = 0; i < count; i++) {
    if (json)
      json_object_set_new(all, figures[i].name, json_integer((json_int_t)figures[i].value));
    else
      printf("%-18s %llu\n", figures[i].name, (unsigned long long)figures[i].value);
  }
  json_object_set_new(all, "digest", json_string(digest));
  if (json)
    json_dumpf(all, stdout, JSON_COMPACT);
  else
    printf("%-18s %s", "digest", digest);
  putchar('\n');
  json_decref(all);
}

static err print_status(const void *args, struct data_dir *d, struct fault *fault) {
  const struct status_args *a = args;
  struct view_counts c;
  uint8_t digest[hash_bytes];
  char digest_text[2 * hash_bytes + 1];
  (void)fault;
  TRY(views_counts(d->store, &c));
  TRY(views_digest(d->store, digest));
  hex_encode(digest_text, slice_of(digest, sizeof digest));
  const struct figure figures[] = {
      {"learners", c.learners},
      {"schools", c.schools},
      {"staff", c.staff},
      {"activities", c.activities},
      {"enrolments", c.enrolments},
      {"sessions", c.sessions},
      {"registers_closed", c.registers_closed},
      {"registers_open", c.registers_open},
      {"marks", c.marks},
      {"notes", c.notes},
      {"progress", c.progress},
      {"conflicts", c.conflicts},
      {"quarantined", c.quarantined},
      {"held", c.held},
      {"bundles", c.bundles},
      {"devices", c.devices},
  };
  print_figures(figures, sizeof figures / sizeof *figures, digest_text, a->json);
  return ERR_OK;
}

int ctl_status(int argc, char **argv) {
  struct status_args a = {0};
  options_parse(options, parse_option, NULL, "Count what the hub holds.", argc, argv, &a);
  return ctl_within(a.data, print_status, &a);
}
