/* user.c: tutti-server user: people who sign in at the office page with a password; letting in again who is
 * locked out. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/core/people.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

struct user_args {
  const char *data, *name;
  const struct user_verb *verb;
  uint32_t roles;
  bool from_stdin;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"name", 'n', "NAME", 0, "The name to sign in with (required)", 0},
    {"role", 'r', "ROLE", 0,
     "office, lead, safeguarding, admin or partner; may be given several times (office)", 0},
    {"password-stdin", 'p', NULL, 0,
     "Read the password from standard input: one line, at least ten characters (required by add and reset)",
     0},
    {0},
};

/* What a verb does, inside people_within; the password's key was made before. */
struct deed {
  const struct user_args *args;
  struct data_dir *dir;
  struct store_user secret; /* of it salt, hash and their cost */
  struct fault *fault;
};
struct user_verb {
  const char *name, *done;
  bool takes_password;
  people_act *act;
};
static err add_user(void *ctx);
static err unlock_user(void *ctx);
static err reset_user(void *ctx);
static const struct user_verb verbs[] = {
    {"add", "may sign in now", true, add_user},
    {"unlock", "may try again now", false, unlock_user},
    {"reset", "has a new password, and no second step", true, reset_user},
};

static const struct user_verb *find_verb(const char *name) {
  for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
    if (strcmp(verbs[i].name, name) == 0) return &verbs[i];
  return NULL;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct user_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'n': a->name = value; return 0;
  case 'p': a->from_stdin = true; return 0;
  case 'r': {
    int role = schema_enum_number(schema_enum("role"), slice_text(value));
    if (role < ENUM_role_office)
      argp_error(state, "--role %s is none of office, lead, safeguarding, admin, partner", value);
    a->roles |= 1u << (role - 1);
    return 0;
  }
  case ARGP_KEY_ARG:
    if (a->verb != NULL || (a->verb = find_verb(value)) == NULL) argp_error(state, "what is \"%s\"?", value);
    return 0;
  case ARGP_KEY_END:
    if (a->verb == NULL) argp_error(state, "say what to do: user add, unlock or reset");
    if (a->data == NULL || a->name == NULL) {
      argp_error(state, "--data and --name are needed");
      return EINVAL;
    }
    if (!a->from_stdin && a->verb != NULL && a->verb->takes_password)
      argp_error(
          state,
          "give the password by --password-stdin; a password on the command line would be seen by others");
    if (strlen(a->name) == 0 || strlen(a->name) > 100 || !utf8_valid(slice_text(a->name)))
      argp_error(state, "--name must be 1 to 100 bytes of UTF-8");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static err make_secret(struct store_user *out, struct slice password) {
  struct entropy entropy = entropy_system();
  entropy_fill(&entropy, out->salt, sizeof out->salt);
  out->passes = password_cost_interactive.passes;
  out->memory_kib = password_cost_interactive.memory_kib;
  return crypto_password_key(out->hash, password, out->salt, password_cost_interactive);
}

static void take_secret(struct store_user *u, const struct store_user *secret) {
  bytes_copy(u->salt, secret->salt, sizeof u->salt);
  bytes_copy(u->hash, secret->hash, sizeof u->hash);
  u->passes = secret->passes;
  u->memory_kib = secret->memory_kib;
}

/* By whoever has the machine's shell. */
static err change(const struct deed *d, const struct store_user *u, const char *action, bool ends_logins) {
  const struct people_change change = {.user = u,
                                       .ends_logins = ends_logins,
                                       .actor = d->dir->hub.id,
                                       .action = action,
                                       .detail = "by command line"};
  return people_change(d->dir->store, ctl_now().wall_ms, &change);
}

static err add_user(void *ctx) {
  const struct deed *d = ctx;
  struct store_user u;
  err e = users_load(d->dir->store, slice_text(d->args->name), &u);
  if (e == ERR_OK)
    return fault_set(d->fault, ERR_CONFLICT,
                     "there is somebody called \"%.100s\" already: nothing was changed", d->args->name);
  if (e != ERR_NOT_FOUND) return e;
  struct entropy entropy = entropy_system();
  u = (struct store_user){.id = entropy_id(&entropy),
                          .roles = d->args->roles != 0 ? d->args->roles : 1u << (ENUM_role_office - 1)};
  snprintf(u.name, sizeof u.name, "%s", d->args->name);
  take_secret(&u, &d->secret);
  return change(d, &u, "user.add", false);
}

/* An account that was ended stays so: to say that its owner may sign in would not be true. */
static err load(const struct deed *d, struct store_user *u) {
  err e = users_load(d->dir->store, slice_text(d->args->name), u);
  if (e == ERR_NOT_FOUND) return fault_set(d->fault, e, "there is nobody called \"%.100s\"", d->args->name);
  if (e == ERR_OK && u->ended_ms)
    return fault_set(d->fault, ERR_CONFLICT,
                     "the account of \"%.100s\" has ended: nothing was changed; add one of another name",
                     d->args->name);
  return e;
}

/* Wrong attempts are forgotten with the lock. What was tried stays in the audit. */
static err unlock_user(void *ctx) {
  const struct deed *d = ctx;
  struct store_user u;
  TRY(load(d, &u));
  u.wrong = 0;
  u.wait_until_ms = 0;
  u.locked = false;
  return change(d, &u, "user.unlock", false);
}

/* For somebody who has lost the phone and the recovery codes, where no administrator can sign in to help. */
static err reset_user(void *ctx) {
  const struct deed *d = ctx;
  struct store_user u;
  TRY(load(d, &u));
  take_secret(&u, &d->secret);
  u.wrong = 0;
  u.wait_until_ms = 0;
  u.locked = u.has_totp = u.has_next = false;
  u.code_count = 0;
  return change(d, &u, "user.reset", true);
}

static err run(const struct user_args *a, struct data_dir *dir, struct slice password, struct fault *fault) {
  struct deed deed = {.args = a, .dir = dir, .fault = fault};
  err e = a->verb->takes_password ? make_secret(&deed.secret, password) : ERR_OK;
  if (e == ERR_OK) e = people_within(dir->store, a->verb->act, &deed);
  crypto_wipe(&deed.secret, sizeof deed.secret);
  return e;
}

int ctl_user(int argc, char **argv) {
  struct user_args a = {0};
  options_parse(
      options, parse_option, "add|unlock|reset",
      "Add somebody who signs in at the office page, or let in again somebody who is locked out "
      "after too many wrong passwords; or give somebody a new password who has lost the phone, too.",
      argc, argv, &a);
  struct fault fault = {0};
  struct data_dir d;
  char password[secret_line_bytes_max] = "";
  bool opened = false;
  if (a.verb->takes_password) fault.code = ctl_secret_line(password, "password", &fault);
  if (fault.code == ERR_OK) fault.code = data_dir_open(&d, a.data, true, &fault);
  if (fault.code == ERR_OK) {
    opened = true;
    fault.code = run(&a, &d, slice_text(password), &fault);
    data_dir_close(&d);
  }
  crypto_wipe(password, sizeof password);
  if (fault.code != ERR_OK) return opened ? ctl_fail_inside(&fault) : ctl_fail(&fault);
  printf("%s %s\n", a.name, a.verb->done);
  return EXIT_OK;
}
