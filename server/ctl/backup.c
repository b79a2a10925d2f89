/* backup.c: tutti-server backup and restore: a copy of everything but the journal, and the proof that it is
 * whole. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/core/people.h"
#include "server/core/views.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"
#include "server/store/sqlite/views.h"

struct backup_args {
  const char *data, *copy;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct backup_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case ARGP_KEY_ARG:
    if (a->copy != NULL) argp_error(state, "one backup at a time: %s", value);
    a->copy = value;
    return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->copy == NULL)
      argp_error(state, "--data and the directory of the backup are needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* What a whole copy says of itself: counts, and the digest of every row. */
static err describe(struct buf *out, const char *dir, struct fault *fault) {
  char path[path_bytes_max], digest_text[2 * hash_bytes + 1];
  struct store *store = NULL;
  struct view_counts c;
  uint8_t digest[hash_bytes];
  TRY(data_dir_path(path, dir, "hub.db", fault));
  TRY(store_sqlite_open(&store, &(struct store_sqlite_config){.path = path, .read_only = true}, fault));
  err e = views_counts(store, &c);
  if (e == ERR_OK) e = views_digest(store, digest);
  store->ops->close(store);
  if (e != ERR_OK) return fault_set(fault, e, "the copy in %.150s cannot be read: %s", dir, err_text(e));
  hex_encode(digest_text, slice_of(digest, sizeof digest));
  return buf_printf(out, "marks %llu\nbundles %llu\ndigest %s\n", (unsigned long long)c.marks,
                    (unsigned long long)c.bundles, digest_text);
}

static err copy_file(const char *from_dir, const char *to_dir, const char *name, size_t bytes_max,
                     struct fault *fault) {
  char from[path_bytes_max], to[path_bytes_max];
  struct buf bytes = BUF_INIT(bytes_max);
  TRY(data_dir_path(from, from_dir, name, fault));
  TRY(data_dir_path(to, to_dir, name, fault));
  err e = file_posix_read_all(&bytes, from, bytes_max, fault);
  if (e == ERR_OK) e = file_posix_write_all(to, buf_slice(&bytes), fault);
  buf_wipe(&bytes);
  return e;
}

static err new_directory(const char *dir, struct fault *fault) {
  if (mkdir(dir, 0700) == 0) return ERR_OK;
  return fault_set(fault, ERR_EXISTS,
                   "%.150s cannot be made: it is there already, or the directory above it is not", dir);
}

enum { small_bytes_max = 65536 };
static err copy_small(const char *from, const char *to, struct fault *fault) {
  TRY(copy_file(from, to, "hub.conf", small_bytes_max, fault));
  return copy_file(from, to, "hub.keys", small_bytes_max, fault);
}

static err back_up(const struct backup_args *a, struct data_dir *d, struct fault *fault) {
  char path[path_bytes_max];
  struct buf words = BUF_INIT(4096);
  TRY(new_directory(a->copy, fault));
  TRY(data_dir_path(path, a->copy, "hub.db", fault));
  TRY(store_sqlite_backup(d->store, path, fault));
  TRY(copy_small(a->data, a->copy, fault));
  err e = describe(&words, a->copy, fault);
  if (e == ERR_OK) e = data_dir_path(path, a->copy, "backup.txt", fault);
  if (e == ERR_OK) e = file_posix_write_all(path, buf_slice(&words), fault);
  if (e == ERR_OK) printf("%.*sThe backup is in %s.\n", (int)words.len, (const char *)words.ptr, a->copy);
  buf_finish(&words);
  return e;
}

int ctl_backup(int argc, char **argv) {
  struct backup_args a = {0};
  options_parse(options, parse_option, "DIR", "Copy the hub into a new directory, also while it runs.", argc,
                argv, &a);
  struct fault fault = {0};
  struct data_dir d;
  fault.code = data_dir_open(&d, a.data, true, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  err e = back_up(&a, &d, &fault);
  if (e != ERR_OK) fault.code = e;
  data_dir_close(&d);
  return e == ERR_OK ? EXIT_OK : ctl_fail(&fault);
}

/* ---- restore ---- */

enum { restore_arena_bytes_max = 16777216 };

static err check(const char *copy, const char *restored, struct fault *fault) {
  char path[path_bytes_max];
  struct buf said = BUF_INIT(4096), found = BUF_INIT(4096);
  err e = data_dir_path(path, copy, "backup.txt", fault);
  if (e == ERR_OK) e = file_posix_read_all(&said, path, 4096, fault);
  if (e == ERR_OK) e = describe(&found, restored, fault);
  bool same = e == ERR_OK && slice_equal(buf_slice(&said), buf_slice(&found));
  if (same)
    printf("%.*sEverything that the backup says it holds is there.\n", (int)found.len,
           (const char *)found.ptr);
  buf_finish(&said);
  buf_finish(&found);
  if (e != ERR_OK || same) return e;
  return fault_set(fault, ERR_CORRUPT,
                   "the backup in %.150s is damaged: what it holds is not what it was made with", copy);
}

/* Nobody knows whom the hub shut out since the backup: whoever it was would come in again. Keys are ended,
 * for one is made anew in a minute; people are named, for only a person knows who left. */
static err shut_out(struct data_dir *d, struct arena *a) {
  struct store_key *keys;
  struct store_user *users;
  size_t key_count, user_count, revoked = 0;
  const int64_t now_ms = ctl_now().wall_ms;
  TRY(keys_list(d->store, a, &keys, &key_count));
  for (size_t i = 0; i < key_count; i++) {
    if (keys[i].revoked_ms) continue;
    keys[i].revoked_ms = now_ms;
    TRY(people_key(d->store, now_ms, &keys[i], &d->hub.id, "key.revoke"));
    revoked++;
  }
  TRY(users_list(d->store, a, &users, &user_count));
  printf(
      "%s. Keys of scripts that were revoked: %zu.\nThese accounts are as they were then; whoever has left "
      "since must be ended again:\n",
      d->journal ? "The journal does not reach back to this backup" : "There is no journal", revoked);
  for (size_t i = 0; i < user_count; i++)
    if (users[i].ended_ms == 0) printf("  %s\n", users[i].name);
  return ERR_OK;
}

/* Sign-ins are in no journal. */
static err let_nobody_in(struct data_dir *d, struct arena *a) {
  TRY(logins_sweep(d->store, INT64_MAX));
  TRY(audit_add(d->store, ctl_now().wall_ms, &d->hub.id, "hub.restore",
                d->journal_reaches ? "sign-ins ended" : "sign-ins ended, keys revoked"));
  printf("Every sign-in was ended.\n");
  if (!d->journal_reaches) return shut_out(d, a);
  printf("Accounts, keys of scripts and what people did about cases are as they were when the journal was "
         "last written.\n");
  return ERR_OK;
}

static err restore(const struct backup_args *a, struct fault *fault) {
  TRY(check(a->copy, a->copy, fault));
  TRY(new_directory(a->data, fault));
  TRY(copy_file(a->copy, a->data, "hub.db", SIZE_MAX / 2, fault));
  TRY(copy_small(a->copy, a->data, fault));
  TRY(check(a->copy, a->data, fault));
  struct data_dir d;
  TRY(data_dir_open(&d, a->data, true, fault));
  printf("%zu transactions of the office came from the journal. Devices send again what they hold.\n",
         d.replayed);
  struct arena arena = ARENA_INIT(restore_arena_bytes_max);
  err e = let_nobody_in(&d, &arena);
  arena_finish(&arena);
  data_dir_close(&d);
  return e == ERR_OK
             ? e
             : fault_set(fault, e, "the hub in %.150s is whole, but its keys could not be revoked: %s",
                         a->data, err_text(e));
}

int ctl_restore(int argc, char **argv) {
  struct backup_args a = {0};
  options_parse(
      options, parse_option, "DIR",
      "Make a hub in a new directory from a backup, prove that it is whole, and replay the journal.", argc,
      argv, &a);
  struct fault fault = {0};
  err e = restore(&a, &fault);
  if (e == ERR_OK) return EXIT_OK;
  fault.code = e;
  return ctl_fail(&fault);
}
