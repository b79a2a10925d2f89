/* devices.c: tutti-server devices: revokes devices, takes back those that came back unknown, renews leases.
 */
#include <stdio.h>
#include <string.h>

#include "proto/lease.h"
#include "server/core/fleet.h"
#include "server/core/orders.h"
#include "server/core/views.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

enum { words_max = 3, devices_bytes_max = 67108864 };
struct devices_args {
  const char *data, *words[words_max];
  size_t word_count;
  const char *staff[staff_on_device_max];
  size_t staff_count;
  uint32_t days;
  bool forced, json;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"forced", 'f', NULL, 0, "revoke: it was stolen; empty it at once, and give up what it has not sent", 0},
    {"json", 'j', NULL, 0, "strand: print JSON", 0},
    {"staff", 's', "REF", 0, "approve: who may sign in on it, by reference; may be given several times", 0},
    {"days", 'n', "N", 0, "lease, lease-code: term days without contact (20)", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct devices_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'f': a->forced = true; return 0;
  case 'j': a->json = true; return 0;
  case 'n': a->days = (uint32_t)option_number(state, "--days", value, 0, lease_days_max); return 0;
  case 's':
    if (a->staff_count == staff_on_device_max)
      argp_error(state, "a device has at most %d staff", staff_on_device_max);
    a->staff[a->staff_count++] = value;
    return 0;
  case ARGP_KEY_ARG:
    if (a->word_count == words_max) argp_error(state, "that is one word too many: %s", value);
    a->words[a->word_count++] = value;
    return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->word_count < 2)
      argp_error(state, "--data, what to do, and the name or id of the device are needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* How many that are not revoked have this name; *out is one of them. */
static err count_named(struct id *out, size_t *count_out, struct data_dir *d, const char *name) {
  struct arena a = ARENA_INIT(devices_bytes_max);
  struct view_device *list;
  size_t count;
  *count_out = 0;
  err e = views_devices(d->store, &a, &list, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    const struct store_device *device = &list[i].device;
    if (device->status == ENUM_device_status_revoked || strcmp(device->name, name) != 0) continue;
    *out = device->id;
    ++*count_out;
  }
  arena_finish(&a);
  return e;
}

/* By its id, or by its name where only one has it. */
static err device_of(struct id *out, const struct devices_args *a, struct data_dir *d, struct fault *fault) {
  struct store_device found;
  size_t named;
  err e = hex_decode(out->b, id_bytes, slice_text(a->words[1]));
  if (e == ERR_OK) e = d->store->ops->device_load(d->store, out, &found);
  if (e == ERR_OK) return ERR_OK;
  if (e != ERR_NOT_FOUND && e != ERR_MALFORMED) return e;
  TRY(count_named(out, &named, d, a->words[1]));
  if (named == 1) return ERR_OK;
  if (named)
    return fault_set(fault, ERR_INVALID,
                     "%zu devices are called %.100s: give the id, the office's page lists them", named,
                     a->words[1]);
  return fault_set(fault, ERR_INVALID,
                   "there is no device %.100s: the office's page lists their names and ids", a->words[1]);
}

static err revoke(const struct devices_args *a, struct data_dir *d, const struct id *device,
                  struct fault *fault) {
  (void)fault;
  struct now now = ctl_now();
  struct change_set changes;
  TRY(device_revoke(&changes, &d->hub, d->store, &now, &d->hub.id, device, a->forced));
  puts(a->forced ? "revoked; it empties itself as soon as it hears of it"
                 : "revoked; it hands over what it has, then empties itself");
  return ERR_OK;
}

static err approve(const struct devices_args *a, struct data_dir *d, const struct id *device,
                   struct fault *fault) {
  struct now now = ctl_now();
  struct change_set changes;
  struct id staff[staff_on_device_max];
  if (a->staff_count == 0)
    return fault_set(fault, ERR_INVALID, "who may sign in on it? give --staff, once for each");
  for (size_t i = 0; i < a->staff_count; i++)
    crypto_import_id(&staff[i], &d->hub.id, "staff", slice_text(a->staff[i]));
  TRY(staff_work_here(d->store, staff, a->staff_count, fault));
  err e = device_approve(&changes, &d->hub, d->store, &now, &d->hub.id, device, staff, a->staff_count);
  if (e == ERR_CONFLICT)
    return fault_set(fault, e, "that device did not come back unknown: there is nothing to approve");
  if (e == ERR_OK) puts("approved");
  return e;
}

static err lease(const struct devices_args *a, struct data_dir *d, const struct id *device,
                 struct fault *fault) {
  struct now now = ctl_now();
  TRY(device_lease(NULL, &d->hub, d->store, &now, &d->hub.id, device, a->days, fault));
  puts("ordered; it counts from when the device hears of it, by the line or by a reply file");
  return ERR_OK;
}

static err read_challenge(uint8_t out[lease_challenge_bytes], const struct devices_args *a,
                          struct fault *fault) {
  if (a->word_count >= 3 && lease_challenge_parse(out, slice_text(a->words[2])) == ERR_OK) return ERR_OK;
  return fault_set(fault, ERR_INVALID, "what does the device show? eight letters and digits, like 7KQ2-M0XD");
}

static err print_code(const struct devices_args *a, struct data_dir *d, const struct id *device,
                      uint32_t days, struct fault *fault) {
  uint8_t challenge[lease_challenge_bytes];
  char code[lease_code_text_bytes];
  struct now now = ctl_now();
  TRY(read_challenge(challenge, a, fault));
  TRY(device_code(code, &d->hub, d->store, &now, &d->hub.id, device, challenge, days, fault));
  puts(code);
  return ERR_OK;
}

static err lease_code_print(const struct devices_args *a, struct data_dir *d, const struct id *device,
                            struct fault *fault) {
  if (a->days == lease_new_pin)
    return fault_set(fault, ERR_INVALID, "a code renews for one day at least; for a forgotten PIN: pin-code");
  return print_code(a, d, device, a->days, fault);
}

static err pin_code_print(const struct devices_args *a, struct data_dir *d, const struct id *device,
                          struct fault *fault) {
  return print_code(a, d, device, lease_new_pin, fault);
}

static err strand(const struct devices_args *a, struct data_dir *d, const struct id *device,
                  struct fault *fault) {
  (void)fault;
  return ctl_strand(d, device, a->json);
}

static const struct {
  const char *name;
  err (*run)(const struct devices_args *a, struct data_dir *d, const struct id *device, struct fault *fault);
} actions[] = {
    {"revoke", revoke},           {"approve", approve}, {"lease", lease}, {"lease-code", lease_code_print},
    {"pin-code", pin_code_print}, {"strand", strand}};

static err run(const void *args, struct data_dir *d, struct fault *fault) {
  const struct devices_args *a = args;
  struct id device;
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
    if (strcmp(a->words[0], actions[i].name) != 0) continue;
    TRY(device_of(&device, a, d, fault));
    return actions[i].run(a, d, &device, fault);
  }
  return fault_set(fault, ERR_INVALID,
                   "there is no `devices %.40s`: revoke, approve, lease, lease-code, pin-code or strand",
                   a->words[0]);
}

int ctl_devices(int argc, char **argv) {
  struct devices_args a = {.days = lease_days_default};
  options_parse(options, parse_option,
                "revoke DEVICE|approve DEVICE|lease DEVICE|lease-code DEVICE CHALLENGE|pin-code DEVICE "
                "CHALLENGE|strand DEVICE",
                "Revoke a device, take one back that came back unknown, renew its lease, help who forgot "
                "its PIN, or see what "
                "revoking it would strand.",
                argc, argv, &a);
  return ctl_within(a.data, run, &a);
}
