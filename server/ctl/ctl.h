/* ctl.h: tutti-server's subcommands: one table, one function each, documented exit codes. */
#ifndef TUTTI_SERVER_CTL_H
#define TUTTI_SERVER_CTL_H

#include "server/core/ingest.h"
#include "server/core/keys_file.h"
#include "server/store/sqlite/store_sqlite.h"

/* Exit codes of every subcommand; `tutti-server --help` prints them. */
enum exit_code {
  EXIT_OK = 0,
  EXIT_FAILED = 1,  /* it could not be done; the sentence on standard error says why */
  EXIT_USAGE = 2,   /* unknown option or argument */
  EXIT_INPUT = 3,   /* a file given has errors; nothing was changed */
  EXIT_DATA = 4,    /* the data directory is missing, not a hub's, busy, full or read-only */
  EXIT_NETWORK = 5, /* port in use, certificate missing or unusable */
};

struct subcommand {
  const char *name, *summary;
  int (*run)(int argc, char **argv); /* argv[0] is "tutti-server NAME" */
};
int ctl_init(int argc, char **argv);
int ctl_sample(int argc, char **argv);
int ctl_import(int argc, char **argv);
int ctl_enrol(int argc, char **argv);
int ctl_user(int argc, char **argv);
int ctl_run(int argc, char **argv);
int ctl_import_bundle(int argc, char **argv);
int ctl_export(int argc, char **argv);
int ctl_reconcile(int argc, char **argv);
int ctl_erase(int argc, char **argv);
int ctl_hold(int argc, char **argv);
int ctl_retention(int argc, char **argv);
int ctl_subject_access(int argc, char **argv);
int ctl_collection(int argc, char **argv);
int ctl_status(int argc, char **argv);
int ctl_keys(int argc, char **argv);
int ctl_safeguarding_key(int argc, char **argv);
int ctl_backup(int argc, char **argv);
int ctl_restore(int argc, char **argv);
int ctl_devices(int argc, char **argv);

/* A learner's id: its 32 digits, or the office's reference that the import made it from. */
void ctl_learner(struct id *out, const struct hub *hub, const char *text);

/* One line of standard input, without its end: `what` it is ("password") is for the sentences. ERR_INVALID
 * when it is missing, too short, too long or no text. The caller wipes `out`, also after an error. */
enum { secret_chars_min = 10, secret_line_bytes_max = password_bytes_max + 1 };
MUST_USE err ctl_secret_line(char out[secret_line_bytes_max], const char *what, struct fault *fault);

/* Prints "tutti-server NAME: sentence" to standard error and gives the exit code that fits the error. */
int ctl_fail(const struct fault *fault);
/* The same once the directory was opened: what is not there is not the directory. */
int ctl_fail_inside(const struct fault *fault);
/* The exit code alone. */
int ctl_exit_code(err e);

/* The clock, for the edges of the program only. */
struct now ctl_now(void);

/* names.c: the names in a directory, and the name of a file or directory in the one above it, are durable
 * when these return. ERR_IO. */
MUST_USE err ctl_directory_kept(const char *dir);
MUST_USE err ctl_name_kept(const char *path);

/* ---- the data directory: hub.keys (0600), hub.db, hub.conf ---- */
struct hub_settings { /* hub.conf, written by init, read by run; flags of run win */
  char host[256];
  int port;
  char certificate[1024], key[1024];
  char journal[1024];        /* its directory; empty: none is kept */
  char proxy[64];            /* the address in numbers of a proxy in front; empty: there is none */
  bool second_step_optional; /* nobody must set up a second step of signing in, though everybody may */
  int backup_days;           /* how old a backup may be restored: devices keep what they sent for longer */
  int retention_years;       /* records of learners who left are kept; 0: retention_years_default */
  int overdue_days;          /* of erasures that a device has not confirmed; init writes the usual number */
};
struct data_dir {
  struct hub hub;
  struct hub_settings settings;
  struct store *store; /* a writing connection, or NULL when only the keys were asked for */
  struct file_ops journal_files;
  struct journal *journal; /* NULL: none is kept */
  size_t replayed;         /* transactions that the database lacked: it was restored */
  bool journal_reaches;    /* and the journal held every one of them */
};
/* Opens an existing hub. ERR_NOT_FOUND with a sentence that names the directory. */
MUST_USE err data_dir_open(struct data_dir *out, const char *dir, bool with_store, struct fault *fault);
/* Makes a new hub in an empty or missing directory. ERR_EXISTS otherwise. */
MUST_USE err data_dir_create(const char *dir, const char *name, const char *url,
                             const struct hub_settings *settings, struct fault *fault);
/* hub.keys alone, with entropy; hub_finish it. */
MUST_USE err data_dir_keys_read(struct hub *out, const char *dir, struct fault *fault);
/* Replaces hub.keys, whole and durably; a hub_keys_write whose context is the directory's name, a char *. */
MUST_USE err data_dir_keys_put(const void *dir, struct slice file, struct fault *fault);
void data_dir_close(struct data_dir *d);
/* Only one process serves a directory; other commands may work beside it. *out is closed at its end.
 * ERR_BUSY with a sentence that says which process it is · ERR_FULL, ERR_READ_ONLY, ERR_IO. */
MUST_USE err data_dir_lock(int *out, const char *dir, struct fault *fault);
/* Opens the directory, does the deed and closes it; the exit code, with a sentence on standard error where it
 * failed. `args` are the command's own. */
typedef err ctl_deed(const void *args, struct data_dir *d, struct fault *fault);
int ctl_within(const char *data, ctl_deed *deed, const void *args);
/* Prints what revoking the device would strand. ERR_NOT_FOUND. */
MUST_USE err ctl_strand(struct data_dir *d, const struct id *device, bool json);
/* "DIR/hub.db" and the like: ERR_TOO_BIG when the path does not fit. */
enum { path_bytes_max = 1024 };
MUST_USE err data_dir_path(char out[path_bytes_max], const char *dir, const char *name, struct fault *fault);

#endif
