/* data_dir.c: a hub's directory: keys, database, settings; made once by init, opened by everything else. */
#include <arpa/inet.h>
#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/ctl/ctl.h"
#include "shared/base/file.h"
#include "shared/base/process.h"

enum { keys_file_bytes_max = 65536, settings_file_bytes_max = 16384, hub_port_usual = 8443 };

/* The hub compares no clocks of different boots. */
struct now ctl_now(void) {
  static const struct id any_boot = {{0}};
  return process_now(&any_boot);
}

int ctl_exit_code(err e) {
  switch (e) {
  case ERR_OK: return EXIT_OK;
  case ERR_NOT_FOUND:
  case ERR_EXISTS:
  case ERR_BUSY:
  case ERR_FULL:
  case ERR_READ_ONLY:
  case ERR_IO:
  case ERR_CORRUPT: return EXIT_DATA;
  case ERR_NETWORK: return EXIT_NETWORK;
  default: return EXIT_FAILED;
  }
}

int ctl_fail(const struct fault *fault) {
  fprintf(stderr, "tutti-server: %s\n", fault->text[0] != 0 ? fault->text : err_text(fault->code));
  return ctl_exit_code(fault->code);
}

int ctl_fail_inside(const struct fault *fault) {
  int code = ctl_fail(fault);
  return fault->code == ERR_NOT_FOUND || fault->code == ERR_EXISTS ? EXIT_FAILED : code;
}

err data_dir_path(char out[path_bytes_max], const char *dir, const char *name, struct fault *fault) {
  int n = snprintf(out, path_bytes_max, "%s/%s", dir, name);
  if (n < 0 || n >= path_bytes_max)
    return fault_set(fault, ERR_TOO_BIG, "the path of the data directory is too long");
  return ERR_OK;
}

static const char optional[] = "optional", required[] = "required";

/* As libconfuse reads it back: it would take a quote for the end, and "${HOME}" for what that stands for. */
static err put_setting(struct buf *out, const char *name, const char *value) {
  TRY(buf_printf(out, "%s = \"", name));
  for (const char *c = value; *c; c++) {
    if (*c == '"' || *c == '\\' || *c == '$') TRY(buf_put_u8(out, '\\'));
    TRY(buf_put_u8(out, (uint8_t)*c));
  }
  return buf_append(out, slice_text("\"\n"));
}

static err put_settings(struct buf *out, const struct hub_settings *s) {
  TRY(buf_append(out,
                 slice_text("# Settings of this hub; the flags of `tutti-server run` win over them.\n")));
  TRY(put_setting(out, "host", s->host));
  TRY(buf_printf(out, "port = %d\n", s->port));
  TRY(put_setting(out, "certificate", s->certificate));
  TRY(put_setting(out, "key", s->key));
  TRY(put_setting(out, "journal", s->journal));
  return buf_printf(
      out,
      "# How old a backup this hub may be restored from, in days: devices keep what they sent for 30 more.\n"
      "backup_days = %d\n"
      "# Whether office, safeguarding and administrators must sign in with an authenticator app: required or "
      "optional.\n"
      "second_step = \"%s\"\n"
      "# For how many years registers and whatever is left of learners who have left are kept, until another "
      "period is set on the\n# page Data protection, which has the others: see `tutti-server retention`.\n"
      "retention_years = %d\n"
      "# After how many days a device that has not confirmed an erasure is said to be overdue; 0: at once.\n"
      "erasure_overdue_days = %d\n"
      "# A proxy in front, by its address (\"127.0.0.1\"): whom it names in X-Forwarded-For is who signs in. "
      "Empty: none.\n"
      "proxy = \"%s\"\n",
      s->backup_days ? s->backup_days : backup_days_default, s->second_step_optional ? optional : required,
      s->retention_years ? s->retention_years : retention_years_default, (int)erasure_overdue_days, s->proxy);
}

static err settings_write(const char *dir, const struct hub_settings *s, struct fault *fault) {
  char path[path_bytes_max];
  TRY(data_dir_path(path, dir, "hub.conf", fault));
  struct buf text = BUF_INIT(settings_file_bytes_max);
  err e = put_settings(&text, s);
  if (e == ERR_OK) e = file_posix_write_all(path, buf_slice(&text), fault);
  buf_finish(&text);
  return e;
}

/* libconfuse would print its own words; ours name the file and the line. */
static void say_nothing(cfg_t *cfg, const char *format, va_list list) {
  (void)cfg;
  (void)format;
  (void)list;
}

static err copy_setting(char *out, size_t size, const char *name, const char *value, struct fault *fault) {
  int n = snprintf(out, size, "%s", value);
  if (n >= 0 && (size_t)n < size) return ERR_OK;
  return fault_set(fault, ERR_TOO_BIG, "hub.conf: %s is longer than %zu bytes", name, size - 1);
}

/* A name would have to be looked up, and could then mean somebody else. */
static err take_proxy(struct hub_settings *out, const char *value, struct fault *fault) {
  uint8_t address[sizeof(struct in6_addr)];
  bool number = inet_pton(AF_INET, value, address) == 1 || inet_pton(AF_INET6, value, address) == 1;
  if (*value != 0 && !number)
    return fault_set(fault, ERR_INVALID, "hub.conf: proxy is \"%.60s\"; it must be an address in numbers",
                     value);
  return copy_setting(out->proxy, sizeof out->proxy, "proxy", value, fault);
}

static err settings_take(struct hub_settings *out, cfg_t *cfg, struct fault *fault) {
  TRY(copy_setting(out->host, sizeof out->host, "host", cfg_getstr(cfg, "host"), fault));
  TRY(copy_setting(out->certificate, sizeof out->certificate, "certificate", cfg_getstr(cfg, "certificate"),
                   fault));
  TRY(copy_setting(out->key, sizeof out->key, "key", cfg_getstr(cfg, "key"), fault));
  TRY(copy_setting(out->journal, sizeof out->journal, "journal", cfg_getstr(cfg, "journal"), fault));
  long port = cfg_getint(cfg, "port");
  if (port < 1 || port > UINT16_MAX)
    return fault_set(fault, ERR_INVALID, "hub.conf: port is %ld; it must be a number from 1 to 65535", port);
  out->port = (int)port;
  long days = cfg_getint(cfg, "backup_days");
  if (days < 1 || days > backup_days_max)
    return fault_set(fault, ERR_INVALID, "hub.conf: backup_days is %ld; it must be a number from 1 to %d",
                     days, (int)backup_days_max);
  out->backup_days = (int)days;
  const char *step = cfg_getstr(cfg, "second_step");
  out->second_step_optional = strcmp(step, optional) == 0;
  if (!out->second_step_optional && strcmp(step, required) != 0)
    return fault_set(fault, ERR_INVALID, "hub.conf: second_step is \"%.40s\"; it is required or optional",
                     step);
  long years = cfg_getint(cfg, "retention_years");
  if (years < 1 || years > retention_years_max)
    return fault_set(fault, ERR_INVALID, "hub.conf: retention_years is %ld; it must be a number from 1 to %d",
                     years, (int)retention_years_max);
  out->retention_years = (int)years;
  long overdue = cfg_getint(cfg, "erasure_overdue_days");
  if (overdue < 0 || overdue > erasure_overdue_days_max)
    return fault_set(fault, ERR_INVALID,
                     "hub.conf: erasure_overdue_days is %ld; it must be a number from 0 to %d", overdue,
                     (int)erasure_overdue_days_max);
  out->overdue_days = (int)overdue;
  return take_proxy(out, cfg_getstr(cfg, "proxy"), fault);
}

static err settings_read(struct hub_settings *out, const char *dir, struct fault *fault) {
  char path[path_bytes_max];
  TRY(data_dir_path(path, dir, "hub.conf", fault));
  cfg_opt_t options[] = {CFG_STR("host", "", CFGF_NONE),
                         CFG_INT("port", hub_port_usual, CFGF_NONE),
                         CFG_STR("certificate", "", CFGF_NONE),
                         CFG_STR("key", "", CFGF_NONE),
                         CFG_STR("journal", "", CFGF_NONE),
                         CFG_STR("proxy", "", CFGF_NONE),
                         CFG_STR("second_step", required, CFGF_NONE),
                         CFG_INT("backup_days", backup_days_default, CFGF_NONE),
                         CFG_INT("retention_years", retention_years_default, CFGF_NONE),
                         CFG_INT("erasure_overdue_days", erasure_overdue_days, CFGF_NONE),
                         CFG_END()};
  cfg_t *cfg = cfg_init(options, CFGF_NONE);
  if (cfg == NULL) return fault_set(fault, ERR_NO_MEMORY, "out of memory");
  (void)cfg_set_error_function(cfg, say_nothing);
  int parsed = cfg_parse(cfg, path);
  err e = ERR_OK;
  if (parsed == CFG_SUCCESS)
    e = settings_take(out, cfg, fault);
  else if (parsed == CFG_FILE_ERROR)
    e = fault_set(fault, ERR_NOT_FOUND, "%s cannot be read: is this a hub's data directory?", path);
  else
    e = fault_set(fault, ERR_MALFORMED, "%.150s, line %d, is not `name = value` of a setting that there is",
                  path, cfg->line);
  cfg_free(cfg);
  return e;
}

static err open_store(struct data_dir *d, const char *dir, bool create, struct fault *fault) {
  char path[path_bytes_max];
  TRY(data_dir_path(path, dir, "hub.db", fault));
  return store_sqlite_open(&d->store, &(struct store_sqlite_config){.path = path, .create = create}, fault);
}

static err settle_keys(const char *dir, struct fault *fault) {
  struct file_ops files;
  TRY(file_posix_init(&files, dir, fault));
  err e = hub_keys_settle(&files, "hub.keys");
  file_posix_finish(&files);
  if (e == ERR_OK) return e;
  return fault_set(fault, e, "the keys of %.150s cannot be opened: %s", dir, err_text(e));
}

err data_dir_keys_read(struct hub *out, const char *dir, struct fault *fault) {
  char path[path_bytes_max];
  TRY(data_dir_path(path, dir, "hub.keys", fault));
  if (access(path, F_OK) != 0)
    return fault_set(fault, ERR_NOT_FOUND,
                     "%.150s holds no hub: make one with `tutti-server init --data DIR --name NAME`", dir);
  TRY(settle_keys(dir, fault));
  struct buf bytes = BUF_INIT(keys_file_bytes_max);
  err e = file_posix_read_all(&bytes, path, keys_file_bytes_max, fault);
  if (e == ERR_OK) e = hub_keys_decode(out, buf_slice(&bytes), fault);
  buf_wipe(&bytes);
  if (e == ERR_OK) out->entropy = entropy_system();
  return e;
}

err data_dir_keys_put(const void *dir, struct slice file, struct fault *fault) {
  char path[path_bytes_max];
  TRY(data_dir_path(path, dir, "hub.keys", fault));
  return file_posix_write_all(path, file, fault);
}

static err write_keys(const char *dir, const struct hub *hub, struct fault *fault) {
  struct buf bytes = BUF_INIT(keys_file_bytes_max);
  err e = hub_keys_encode(&bytes, hub);
  if (e == ERR_OK) e = data_dir_keys_put(dir, buf_slice(&bytes), fault);
  buf_wipe(&bytes);
  return e;
}

static err open_journal(struct data_dir *d, const char *dir, struct fault *fault) {
  if (d->settings.journal[0] == 0) return ERR_OK;
  err e = file_posix_init(&d->journal_files, d->settings.journal, fault);
  if (e != ERR_OK)
    return fault_set(fault, e,
                     "the journal's directory %.150s cannot be opened: mount its storage, or take `journal` "
                     "out of hub.conf",
                     d->settings.journal);
  TRY(journal_open(&d->journal, &d->journal_files, &d->hub.id, fault));
  return hub_keys_take_newer(&d->hub, d->journal, data_dir_keys_put, dir, fault);
}

/* Whoever writes does so on top of everything that the office ever did. */
static err replay(struct data_dir *d, struct fault *fault) {
  struct now now = ctl_now();
  if (d->journal == NULL) return ERR_OK;
  d->store->journal = d->journal;
  err e = journal_reaches(&d->journal_reaches, d->journal, d->store);
  if (e == ERR_OK) e = journal_replay(&d->replayed, d->journal, &d->hub, d->store, &now);
  return e == ERR_OK ? e : fault_set(fault, e, "the journal could not be replayed: %s", err_text(e));
}

err data_dir_open(struct data_dir *out, const char *dir, bool with_store, struct fault *fault) {
  *out = (struct data_dir){0};
  err e = data_dir_keys_read(&out->hub, dir, fault);
  if (e == ERR_OK) e = settings_read(&out->settings, dir, fault);
  if (e == ERR_OK) out->hub.backup_days = (uint32_t)out->settings.backup_days;
  if (e == ERR_OK) out->hub.retention_years = (uint32_t)out->settings.retention_years;
  if (e == ERR_OK) out->hub.overdue_days = (uint32_t)out->settings.overdue_days;
  if (e == ERR_OK && with_store) e = open_journal(out, dir, fault);
  if (e == ERR_OK && with_store) e = open_store(out, dir, false, fault);
  if (e == ERR_OK && with_store) e = replay(out, fault);
  if (e != ERR_OK) data_dir_close(out);
  return e;
}

static err lock_failed(const char *dir, int why, struct fault *fault) {
  bool full = why == ENOSPC || why == EDQUOT, closed = why == EROFS || why == EACCES || why == EPERM;
  return fault_set(fault,
                   full     ? ERR_FULL
                   : closed ? ERR_READ_ONLY
                            : ERR_IO,
                   "%.150s cannot be locked: %.60s", dir, strerror(why));
}

err data_dir_lock(int *out, const char *dir, struct fault *fault) {
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return lock_failed(dir, errno, fault);
  err e = process_lock_dir(out, fd, dir, fault);
  int why = errno;
  (void)close(fd);
  return e == ERR_OK || e == ERR_BUSY ? e : lock_failed(dir, why, fault);
}

static err make_directory(const char *dir, struct fault *fault) {
  if (mkdir(dir, 0700) == 0) return ERR_OK;
  struct stat st;
  if (errno == EEXIST && stat(dir, &st) == 0 && S_ISDIR(st.st_mode)) return ERR_OK;
  if (errno == EEXIST)
    return fault_set(fault, ERR_EXISTS, "%.150s is there already and is not a directory", dir);
  if (errno == ENOENT)
    return fault_set(fault, ERR_NOT_FOUND, "the directory above %.150s does not exist: make it first", dir);
  if (errno == EROFS || errno == EACCES)
    return fault_set(fault, ERR_READ_ONLY, "%.150s cannot be made: no permission to write there", dir);
  return fault_set(fault, ERR_IO, "%.150s cannot be made: %s", dir, strerror(errno));
}

/* The first two things a reader looks for: a file named after the hub would say "reference" without this row.
 */
static err name_row(struct data_dir *d, struct fault *fault) {
  struct arena a = ARENA_INIT(1 << 20);
  struct now now = ctl_now();
  struct op op = {.table = schema_table(TABLE_hub), .row = d->hub.id, .units = 1u << 1};
  op.values[COL(hub, name)] = value_text(slice_text(d->hub.name));
  struct office_result result;
  err e = office_apply(&result, &d->hub, d->store, &now, &d->hub.id, &op, 1, false, &a, fault);
  arena_finish(&a);
  return e;
}

static err create_files(struct data_dir *d, const char *dir, const char *name, const char *url,
                        const struct hub_settings *settings, struct fault *fault) {
  struct entropy entropy = entropy_system();
  struct now now = ctl_now();
  err e = hub_keys_generate(&d->hub, name, url, &entropy, &now);
  if (e == ERR_OK) e = open_store(d, dir, true, fault);
  if (e == ERR_OK) e = settings_write(dir, settings, fault);
  if (e == ERR_OK) e = name_row(d, fault);
  return e == ERR_OK ? write_keys(dir, &d->hub, fault) : e;
}

/* What a creation that failed has made, so that it can be tried again once there is room. */
static void remove_files(const char *dir) {
  static const char *const made[] = {"hub.db", "hub.db-wal", "hub.db-shm", "hub.conf"};
  char path[path_bytes_max];
  for (size_t i = 0; i < sizeof made / sizeof *made; i++)
    if (data_dir_path(path, dir, made[i], NULL) == ERR_OK) (void)unlink(path);
}

/* The settings hold its whole path: a hub is not always started from the same place. */
static err make_journal(struct hub_settings *s, struct fault *fault) {
  char whole[PATH_MAX];
  if (s->journal[0] == 0) return ERR_OK;
  TRY(make_directory(s->journal, fault));
  if (realpath(s->journal, whole) == NULL || strlen(whole) >= sizeof s->journal)
    return fault_set(fault, ERR_IO, "the path of the journal %.150s cannot be found", s->journal);
  snprintf(s->journal, sizeof s->journal, "%.*s", (int)sizeof s->journal - 1, whole);
  return ERR_OK;
}

err data_dir_create(const char *dir, const char *name, const char *url, const struct hub_settings *settings,
                    struct fault *fault) {
  TRY(make_directory(dir, fault));
  char path[path_bytes_max];
  TRY(data_dir_path(path, dir, "hub.keys", fault));
  if (access(path, F_OK) == 0)
    return fault_set(fault, ERR_EXISTS, "%.150s already holds a hub: nothing was changed", dir);
  TRY(data_dir_path(path, dir, "hub.db", fault));
  if (access(path, F_OK) == 0)
    return fault_set(
        fault, ERR_EXISTS,
        "%.150s holds a hub's database without its keys: put its hub.keys back, or choose another "
        "directory",
        dir);
  struct hub_settings absolute = *settings;
  TRY(make_journal(&absolute, fault));
  struct data_dir d = {0};
  err e = create_files(&d, dir, name, url, &absolute, fault);
  data_dir_close(&d);
  if (e != ERR_OK) remove_files(dir);
  return e;
}

void data_dir_close(struct data_dir *d) {
  if (d->store != NULL) d->store->ops->close(d->store);
  d->store = NULL;
  journal_close(d->journal);
  d->journal = NULL;
  if (d->journal_files.ctx != NULL) file_posix_finish(&d->journal_files);
  d->journal_files = (struct file_ops){0};
  hub_finish(&d->hub);
}

int ctl_within(const char *data, ctl_deed *deed, const void *args) {
  struct fault fault = {0};
  struct data_dir d;
  fault.code = data_dir_open(&d, data, true, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  err e = deed(args, &d, &fault);
  if (e != ERR_OK) fault.code = e;
  data_dir_close(&d);
  return e == ERR_OK ? EXIT_OK : ctl_fail_inside(&fault);
}
