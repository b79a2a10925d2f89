/* accounts.c: who signs in at the office, with which roles; for the administrator alone. */
#include "server/api/access.h"
#include "server/api/lists.h"
#include "server/api/person.h"
#include "server/api/shape.h"
#include "server/core/partners.h"
#include "server/core/people.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
enum { account_activities_max = 500 };

#define AT(member) offsetof(struct store_user, member)
static const struct shape_field account_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_CHARS, AT(name), 0, NULL, NULL},
    {"roles", SHAPE_SET, AT(roles), 0, "role", NULL},
    {"locked", SHAPE_BOOL, AT(locked), 0, NULL, NULL},
    {"second_step", SHAPE_BOOL, AT(has_totp), 0, NULL, NULL},
    {"last_at", SHAPE_TIME, AT(last_ms), 0, NULL, NULL},
    {"ended_at", SHAPE_TIME, AT(ended_ms), 0, NULL, NULL},
};
#undef AT
static const struct shape account_shape = SHAPE_OF(store_user, account_fields);

static bool is_partner(const struct partner_line *partners, size_t count, const struct id *id) {
  for (size_t i = 0; i < count; i++)
    if (id_equal(&partners[i].id, id)) return true;
  return false;
}

/* What a partner's account names: activities, and partners whose activities are all its own. */
static err add_activities(struct api_call *c, const struct store_user *u, json_t *account) {
  struct id *list;
  struct partner_line *partners;
  size_t count, partner_count;
  json_t *ids = json_array(), *names = json_array();
  int failed = json_object_set_new(account, "activities", ids);
  failed |= json_object_set_new(account, "partners", names);
  TRY(partner_activities(c->store, &u->id, &c->x->arena, &list, &count));
  TRY(partners_read(c->store, 0, &u->id, &c->x->arena, &partners, &partner_count));
  for (size_t i = 0; i < count; i++) {
    char text[id_text_bytes];
    id_text(text, &list[i]);
    json_t *to = is_partner(partners, partner_count, &list[i]) ? names : ids;
    failed |= json_array_append_new(to, json_string(text));
  }
  return failed == 0 ? ERR_OK : ERR_NO_MEMORY;
}

static err answer_accounts(struct api_call *c) {
  struct store_user *list = NULL;
  size_t count = 0;
  json_t *accounts = json_array();
  err e = users_list(c->store, &c->x->arena, &list, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    json_t *one = shape_object(&account_shape, &list[i]);
    if (json_array_append_new(accounts, one) != 0) e = ERR_NO_MEMORY;
    if (e == ERR_OK) e = add_activities(c, &list[i], one);
  }
  if (e == ERR_OK) return api_answer(c, json_pack("{s:o}", "accounts", accounts));
  json_decref(accounts);
  return e;
}

err api_accounts(struct api_call *c) { return answer_accounts(c); }

struct account_input {
  struct slice name, password;
  struct input_texts role_texts, activity_texts, partner_texts;
  uint32_t roles;
  struct id *activities; /* and partners: ids of either, in one list */
  size_t activity_count;
  struct person_secret secret;
};
#define FIELD(member) offsetof(struct account_input, member)

static err load(struct api_call *c, struct store_user *u) {
  err e = users_load_id(c->store, &c->id, u);
  return e == ERR_NOT_FOUND ? fault_set(&c->fault, e, "there is no such account") : e;
}

/* Whose roles or password changed signs in again. */
static struct people_change changed(const struct api_call *c, const struct store_user *u,
                                    const char *action) {
  return (struct people_change){.user = u, .ends_logins = true, .actor = c->login.user, .action = action};
}

/* With other activities than before. */
static struct people_change given(const struct api_call *c, const struct store_user *u, const char *action) {
  const struct account_input *in = c->own;
  struct people_change change = changed(c, u, action);
  change.gives = true;
  change.activities = in->activities;
  change.activity_count = in->activity_count;
  return change;
}

/* The answer is the list as it is then. */
static err save(struct api_call *c, struct people_change change) {
  TRY(people_change(c->store, c->x->now.wall_ms, &change));
  return api_then(c, HTTP_READER, answer_accounts);
}

/* A hub that nobody can administrate any more would need its machine's shell. */
static err keep_an_admin(struct api_call *c, const struct store_user *changed) {
  struct store_user *list = NULL;
  size_t count = 0;
  bool stays = (changed->roles & ADMIN) && !changed->ended_ms;
  TRY(users_list(c->store, &c->x->arena, &list, &count));
  for (size_t i = 0; i < count && !stays; i++)
    stays = (list[i].roles & ADMIN) && !list[i].ended_ms && !id_equal(&list[i].id, &changed->id);
  return stays ? ERR_OK
               : fault_set(&c->fault, ERR_CONFLICT, "this is the last administrator: make another one first");
}

static err read_account(struct api_call *c, const struct input_field *fields, size_t count,
                        struct account_input **out) {
  struct account_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = *out = in;
  return input_read(c, fields, count, in);
}

static err read_roles(struct api_call *c, struct account_input *in) {
  TRY(lists_roles(c, &in->role_texts, PARTNERS, &in->roles));
  if (in->roles == 0) return fault_set(&c->fault, ERR_INVALID, "choose one role at least");
  struct id *activities, *partners;
  size_t activity_count, partner_count;
  TRY(lists_ids(c, "activities", &in->activity_texts, &activities, &activity_count));
  TRY(lists_ids(c, "partners", &in->partner_texts, &partners, &partner_count));
  in->activities = arena_take(&c->x->arena, activity_count + partner_count + 1, sizeof *in->activities);
  if (!in->activities) return ERR_NO_MEMORY;
  for (size_t i = 0; i < activity_count; i++) in->activities[in->activity_count++] = activities[i];
  for (size_t i = 0; i < partner_count; i++) in->activities[in->activity_count++] = partners[i];
  return ERR_OK;
}

/* ---- a new one ---- */

static const struct input_field add_input[] = {
    {"name", INPUT_TEXT, true, 100, FIELD(name)},
    {"password", INPUT_SECRET, true, password_bytes_max, FIELD(password)},
    {"roles", INPUT_TEXTS, true, 8, FIELD(role_texts)},
    {"activities", INPUT_TEXTS, false, account_activities_max, FIELD(activity_texts)},
    {"partners", INPUT_TEXTS, false, account_activities_max, FIELD(partner_texts)},
};

static err add(struct api_call *c) {
  const struct account_input *in = c->own;
  struct store_user u = {.roles = in->roles};
  err e = users_load(c->store, in->name, &u);
  if (e == ERR_OK) return fault_set(&c->fault, ERR_EXISTS, "there is somebody of that name already");
  if (e != ERR_NOT_FOUND) return e;
  u = (struct store_user){.roles = in->roles, .id = entropy_id(&c->api->config.hub->entropy)};
  bytes_copy(u.name, in->name.ptr, in->name.len);
  person_take_secret(&u, &in->secret);
  return save(c, given(c, &u, "account.add"));
}

static err add_step(struct api_call *c) { return person_within(c, add); }

static err make_secret(struct api_call *c, struct account_input *in) {
  err e = person_check_password(c, in->password);
  if (e == ERR_OK) e = person_make_secret(c, &in->secret, in->password);
  person_forget(&in->password);
  return e;
}

err api_account_add(struct api_call *c) {
  struct account_input *in;
  TRY(read_account(c, add_input, COUNT(add_input), &in));
  TRY(read_roles(c, in));
  if (in->name.len == 0 || !utf8_valid(in->name))
    return fault_set(&c->fault, ERR_INVALID, "an account needs a name");
  TRY(make_secret(c, in));
  return api_then(c, HTTP_WRITER, add_step);
}

/* ---- its roles ---- */

static const struct input_field roles_input[] = {
    {"roles", INPUT_TEXTS, true, 8, FIELD(role_texts)},
    {"activities", INPUT_TEXTS, false, account_activities_max, FIELD(activity_texts)},
    {"partners", INPUT_TEXTS, false, account_activities_max, FIELD(partner_texts)},
};

static err change_roles(struct api_call *c) {
  const struct account_input *in = c->own;
  struct store_user u;
  TRY(load(c, &u));
  u.roles = in->roles;
  TRY(keep_an_admin(c, &u));
  return save(c, given(c, &u, "account.roles"));
}

static err roles_step(struct api_call *c) { return person_within(c, change_roles); }

err api_account_roles(struct api_call *c) {
  struct account_input *in;
  TRY(read_account(c, roles_input, COUNT(roles_input), &in));
  TRY(read_roles(c, in));
  return api_then(c, HTTP_WRITER, roles_step);
}

/* ---- a new password, and no second step: for who has lost the phone ---- */

static const struct input_field reset_input[] = {
    {"password", INPUT_SECRET, true, password_bytes_max, FIELD(password)},
};

static err reset(struct api_call *c) {
  const struct account_input *in = c->own;
  struct store_user u;
  TRY(load(c, &u));
  person_take_secret(&u, &in->secret);
  u.has_totp = u.has_next = false;
  u.code_count = 0;
  return save(c, changed(c, &u, "account.reset"));
}

static err reset_step(struct api_call *c) { return person_within(c, reset); }

err api_account_reset(struct api_call *c) {
  struct account_input *in;
  TRY(read_account(c, reset_input, COUNT(reset_input), &in));
  TRY(make_secret(c, in));
  return api_then(c, HTTP_WRITER, reset_step);
}

/* ---- letting in again, and ending ---- */

static err unlock(struct api_call *c) {
  struct store_user u;
  TRY(load(c, &u));
  u.wrong = 0;
  u.wait_until_ms = 0;
  u.locked = false;
  return save(c, (struct people_change){.user = &u, .actor = c->login.user, .action = "account.unlock"});
}

static err unlock_step(struct api_call *c) { return person_within(c, unlock); }

err api_account_unlock(struct api_call *c) {
  TRY(input_read(c, NULL, 0, NULL));
  return api_then(c, HTTP_WRITER, unlock_step);
}

/* The account stays, so that the audit can still name who it was. */
static err end(struct api_call *c) {
  struct store_user u;
  TRY(load(c, &u));
  u.ended_ms = c->x->now.wall_ms;
  TRY(keep_an_admin(c, &u));
  struct people_change change = changed(c, &u, "account.end");
  change.gives = true; /* nothing */
  return save(c, change);
}

static err end_step(struct api_call *c) { return person_within(c, end); }

err api_account_end(struct api_call *c) {
  TRY(input_read(c, NULL, 0, NULL));
  return api_then(c, HTTP_WRITER, end_step);
}
