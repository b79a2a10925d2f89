/* backup.c: tutti-server backup and restore: a copy of everything but the journal, and the proof that it is
 * whole. */
#include <errno.h>
#include <fcntl.h>
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

/* ---- a directory that is whole when it has its name ---- */

/* It is made as "DIR.part" and renamed at the end, so that nothing that was broken off is taken for a backup,
 * or for a hub that could be run. */
struct making {
  const char *dir;
  char part[path_bytes_max];
};

static err making_begin(struct making *m, const char *dir, struct fault *fault) {
  size_t len = strlen(dir);
  m->dir = dir;
  while (len > 1 && dir[len - 1] == '/') len--;
  int n = snprintf(m->part, sizeof m->part, "%.*s.part", (int)len, dir);
  if (n < 0 || (size_t)n >= sizeof m->part)
    return fault_set(fault, ERR_TOO_BIG, "%.100s is too long for a directory", dir);
  if (access(dir, F_OK) == 0)
    return fault_set(fault, ERR_EXISTS, "%.150s is there already: name a directory that is not", dir);
  if (mkdir(m->part, 0700) == 0) return ERR_OK;
  if (errno == EEXIST)
    return fault_set(
        fault, ERR_EXISTS,
        "%.150s is left of one that was broken off, or is being made just now: if not, remove it", m->part);
  bool closed = errno == EROFS || errno == EACCES, full = errno == ENOSPC || errno == EDQUOT;
  return fault_set(fault,
                   closed ? ERR_READ_ONLY
                   : full ? ERR_FULL
                          : ERR_NOT_FOUND,
                   "%.150s cannot be made: %.60s", dir, strerror(errno));
}

static err take_name(const struct making *m) {
  TRY(ctl_directory_kept(m->part));
  if (rename(m->part, m->dir) != 0) return errno == EEXIST || errno == ENOTEMPTY ? ERR_EXISTS : ERR_IO;
  return ctl_name_kept(m->dir);
}

static void remove_part(const struct making *m) {
  static const char *const names[] = {"hub.db",   "hub.db-wal", "hub.db-shm",
                                      "hub.conf", "hub.keys",   "backup.txt"};
  char path[path_bytes_max];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (data_dir_path(path, m->part, names[i], NULL) == ERR_OK) (void)unlink(path);
  (void)rmdir(m->part);
}

/* With the outcome of what filled it; a failure leaves nothing behind. */
static err making_end(const struct making *m, err e, struct fault *fault) {
  if (e == ERR_OK) {
    e = take_name(m);
    if (e != ERR_OK) (void)fault_set(fault, e, "%.150s could not be given its name: %s", m->dir, err_text(e));
  }
  if (e != ERR_OK) remove_part(m);
  return e;
}

/* ---- backup ---- */

enum { small_bytes_max = 65536 };
static err copy_small(const char *from, const char *to, struct fault *fault) {
  TRY(copy_file(from, to, "hub.conf", small_bytes_max, fault));
  return copy_file(from, to, "hub.keys", small_bytes_max, fault);
}

static err fill_backup(const char *part, const char *data, struct data_dir *d, struct buf *words,
                       struct fault *fault) {
  char path[path_bytes_max];
  TRY(data_dir_path(path, part, "hub.db", fault));
  TRY(store_sqlite_backup(d->store, path, fault));
  TRY(copy_small(data, part, fault));
  TRY(describe(words, part, fault));
  TRY(data_dir_path(path, part, "backup.txt", fault));
  return file_posix_write_all(path, buf_slice(words), fault);
}

static err back_up(const struct backup_args *a, struct data_dir *d, struct fault *fault) {
  struct making m;
  struct buf words = BUF_INIT(4096);
  TRY(making_begin(&m, a->copy, fault));
  err e = making_end(&m, fill_backup(m.part, a->data, d, &words, fault), fault);
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

static err check(const char *copy, const char *restored, struct buf *found, struct fault *fault) {
  char path[path_bytes_max];
  struct buf said = BUF_INIT(4096);
  buf_clear(found);
  err e = data_dir_path(path, copy, "backup.txt", fault);
  if (e == ERR_OK) e = file_posix_read_all(&said, path, 4096, fault);
  if (e == ERR_OK) e = describe(found, restored, fault);
  bool same = e == ERR_OK && slice_equal(buf_slice(&said), buf_slice(found));
  buf_finish(&said);
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

/* Page by page: a hub may be larger than this machine's memory. */
static err copy_database(const char *from_dir, const char *to_dir, struct fault *fault) {
  char from[path_bytes_max], to[path_bytes_max];
  struct store *store = NULL;
  TRY(data_dir_path(from, from_dir, "hub.db", fault));
  TRY(data_dir_path(to, to_dir, "hub.db", fault));
  TRY(store_sqlite_open(&store, &(struct store_sqlite_config){.path = from, .read_only = true}, fault));
  err e = store_sqlite_backup(store, to, fault);
  store->ops->close(store);
  return e;
}

/* Its hub.conf is the backup's: whoever must change something changes it there. */
static err open_restored(struct data_dir *d, const char *part, const char *copy, struct fault *fault) {
  struct fault why = {.code = ERR_OK};
  err e = data_dir_open(d, part, true, &why);
  if (e == ERR_OK) return e;
  return fault_set(fault, e, "%.170s; no hub was made of %.60s", why.text[0] ? why.text : err_text(e), copy);
}

static err fill_restored(const char *part, const char *copy, struct fault *fault) {
  struct buf found = BUF_INIT(4096);
  struct data_dir d;
  err e = check(copy, copy, &found, fault);
  if (e == ERR_OK) e = copy_database(copy, part, fault);
  if (e == ERR_OK) e = copy_small(copy, part, fault);
  if (e == ERR_OK) e = check(copy, part, &found, fault);
  if (e == ERR_OK) e = open_restored(&d, part, copy, fault);
  if (e == ERR_OK) {
    printf("%.*sEverything that the backup says it holds is there.\n"
           "%zu transactions of the office came from the journal. Devices send again what they hold.\n",
           (int)found.len, (const char *)found.ptr, d.replayed);
    struct arena arena = ARENA_INIT(restore_arena_bytes_max);
    e = let_nobody_in(&d, &arena);
    arena_finish(&arena);
    data_dir_close(&d);
    if (e != ERR_OK) (void)fault_set(fault, e, "sign-ins and keys could not be ended: %s", err_text(e));
  }
  buf_finish(&found);
  return e;
}

static err restore(const struct backup_args *a, struct fault *fault) {
  struct making m;
  TRY(making_begin(&m, a->data, fault));
  TRY(making_end(&m, fill_restored(m.part, a->copy, fault), fault));
  printf("The hub is in %s.\n", a->data);
  return ERR_OK;
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
