/* keys.c: tutti-server keys: lists the hub's keys, puts new ones in their place, and destroys those that no
 * device needs any more. */
#include <stdio.h>
#include <string.h>

#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

struct keys_args {
  const char *data, *what;
  unsigned kinds; /* enum hub_key_kind, ORed */
  uint32_t number;
  bool force;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"noise", 'N', NULL, 0, "The key of the line", 0},
    {"intake", 'I', NULL, 0, "The key bundles are sealed to", 0},
    {"signing", 'S', NULL, 0, "The key that signs receipts and orders (rotate only)", 0},
    {"number", 'n', "N", 0, "Which key (destroy only)", 0},
    {"force", 'f', NULL, 0, "Destroy it though devices may still need it: what they sealed to it is lost", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct keys_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'N': a->kinds |= HUB_NOISE; return 0;
  case 'I': a->kinds |= HUB_INTAKE; return 0;
  case 'S': a->kinds |= HUB_SIGN; return 0;
  case 'n': a->number = (uint32_t)option_number(state, "--number", value, 1, UINT32_MAX); return 0;
  case 'f': a->force = true; return 0;
  case ARGP_KEY_ARG:
    if (a->what != NULL) argp_error(state, "one thing at a time: %s", value);
    a->what = value;
    return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->what == NULL)
      argp_error(state, "--data and one of list, rotate, destroy are needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static void print_box_keys(const char *kind, const struct hub_box_key *keys, size_t count) {
  for (size_t i = 0; i < count; i++) {
    char retired[time_text_bytes] = "current";
    if (keys[i].retired_ms != 0) time_text(retired, keys[i].retired_ms);
    printf("%-8s %6u  since manifest %llu  %s%s\n", kind, keys[i].number, (unsigned long long)keys[i].since,
           keys[i].retired_ms != 0 ? "retired " : "", retired);
  }
}

static err list(const struct keys_args *a, struct data_dir *d, struct fault *fault) {
  (void)a, (void)fault;
  print_box_keys("noise", d->hub.noise, d->hub.noise_count);
  print_box_keys("intake", d->hub.intake, d->hub.intake_count);
  for (size_t i = 0; i < d->hub.signers.count; i++)
    printf("%-8s %6zu  %s\n", "signing", i + 1,
           i + 1 == d->hub.signers.count ? "current" : "followed by the next");
  printf("%-8s %6llu\n", "manifest", (unsigned long long)d->hub.manifest_number);
  return ERR_OK;
}

static err keep(struct data_dir *d, const char *action, const struct keys_args *a, struct fault *fault) {
  char detail[96];
  struct now now = ctl_now();
  (void)snprintf(detail, sizeof detail, "noise=%d intake=%d signing=%d number=%u",
                 (a->kinds & HUB_NOISE) != 0, (a->kinds & HUB_INTAKE) != 0, (a->kinds & HUB_SIGN) != 0,
                 a->number);
  return hub_keys_keep(&d->hub, d->store, &now, action, detail, data_dir_keys_put, a->data, fault);
}

static err rotate(const struct keys_args *a, struct data_dir *d, struct fault *fault) {
  struct now now = ctl_now();
  if (a->kinds == 0)
    return fault_set(fault, ERR_INVALID,
                     "which keys? give --noise, --intake or --signing, or several of them");
  TRY(hub_keys_rotate(&d->hub, a->kinds, &now, fault));
  TRY(keep(d, "keys.rotate", a, fault));
  printf("manifest %llu; a running hub takes them when it gets SIGHUP, or is started again\n",
         (unsigned long long)d->hub.manifest_number);
  return ERR_OK;
}

static err check_unneeded(const struct keys_args *a, struct data_dir *d, struct fault *fault) {
  struct key_need need;
  struct now now = ctl_now();
  TRY(hub_key_need(&need, &d->hub, d->store, &now, (enum hub_key_kind)a->kinds, a->number));
  if (a->force) return ERR_OK;
  if (need.devices)
    return fault_set(
        fault, ERR_CONFLICT,
        "%llu devices may still need that key: nothing was destroyed. They need it no more once they have "
        "sent what they hold, or are revoked and empty",
        (unsigned long long)need.devices);
  if (need.waiting)
    return fault_set(fault, ERR_CONFLICT,
                     "%llu bundles that wait at the hub may need that key: nothing was destroyed. Release or "
                     "reject what is in quarantine first",
                     (unsigned long long)need.waiting);
  if (need.recent)
    return fault_set(fault, ERR_CONFLICT,
                     "%llu bundles came since the oldest backup this hub may be restored from, and their "
                     "devices would send them again: nothing was destroyed",
                     (unsigned long long)need.recent);
  return ERR_OK;
}

static err destroy(const struct keys_args *a, struct data_dir *d, struct fault *fault) {
  uint64_t until;
  bool one = a->kinds == HUB_NOISE || a->kinds == HUB_INTAKE;
  if (!one || a->number == 0)
    return fault_set(fault, ERR_INVALID,
                     "which key? give --noise or --intake, and its --number from `keys list`");
  err e = hub_key_until(&until, &d->hub, (enum hub_key_kind)a->kinds, a->number);
  if (e == ERR_NOT_FOUND) return fault_set(fault, ERR_INVALID, "there is no such key: see `keys list`");
  if (e == ERR_CONFLICT)
    return fault_set(fault, ERR_CONFLICT,
                     "that key is current: put another in its place first (`keys rotate`)");
  TRY(e);
  TRY(check_unneeded(a, d, fault));
  TRY(hub_key_destroy(&d->hub, (enum hub_key_kind)a->kinds, a->number));
  TRY(keep(d, "keys.destroy", a, fault));
  puts("destroyed");
  return ERR_OK;
}

static const struct {
  const char *name;
  err (*run)(const struct keys_args *a, struct data_dir *d, struct fault *fault);
} actions[] = {{"list", list}, {"rotate", rotate}, {"destroy", destroy}};

static err run(const void *args, struct data_dir *d, struct fault *fault) {
  const struct keys_args *a = args;
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
    if (strcmp(a->what, actions[i].name) == 0) return actions[i].run(a, d, fault);
  return fault_set(fault, ERR_INVALID, "there is no `keys %.40s`: list, rotate or destroy", a->what);
}

int ctl_keys(int argc, char **argv) {
  struct keys_args a = {0};
  options_parse(options, parse_option, "list|rotate|destroy",
                "List the hub's keys, put new ones in their place, or destroy retired ones.", argc, argv, &a);
  return ctl_within(a.data, run, &a);
}
