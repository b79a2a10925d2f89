/* import_bundle.c: tutti-server import-bundle: takes an export file that came without network, and writes the
 * reply file to carry back. */
#include <stdio.h>

#include "server/core/carried.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"
#include "shared/base/file.h"

struct bundle_args {
  const char *data, *file, *reply;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"reply", 'r', "FILE", 0, "Where to write the reply file (FILE-reply beside the input)", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct bundle_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'r': a->reply = value; return 0;
  case ARGP_KEY_ARG:
    if (a->file != NULL) argp_error(state, "one file at a time: %s", value);
    a->file = value;
    return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->file == NULL) argp_error(state, "--data and an export file are needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static void tell(const struct carried *c) {
  if (c->came_back)
    fputs(
        "tutti-server: the hub did not know this device; it came back by its certificate, and what it brings "
        "waits until the office approves it\n",
        stderr);
  if (c->refused > 0)
    fprintf(stderr, "tutti-server: %zu of the file's bundles were not taken; the first, bundle %zu: %s\n",
            c->refused, c->first_refused, err_text(c->why));
}

static err take_file(struct carried *c, const struct export_file *f, const char *reply_path,
                     struct data_dir *d, struct fault *fault) {
  struct now now = ctl_now();
  struct buf reply = BUF_INIT(export_file_bytes_max);
  do TRY(carried_bring(c, f, &d->hub, d->store, &now));
  while (c->brought < f->count);
  err e = carried_reply(c, &reply, f, &d->hub, d->store, &now, &d->hub.id);
  if (e == ERR_OK) e = file_posix_write_all(reply_path, buf_slice(&reply), fault);
  buf_finish(&reply);
  return e;
}

static int import_file(const struct bundle_args *a, struct data_dir *d) {
  struct fault fault = {0};
  struct buf bytes = BUF_INIT(export_file_bytes_max);
  struct arena arena = ARENA_INIT(4 * (size_t)export_file_bytes_max);
  struct export_file f;
  struct carried c = {.brought = 0};
  char reply[path_bytes_max];
  snprintf(reply, sizeof reply, "%.1000s%s", a->reply != NULL ? a->reply : a->file,
           a->reply != NULL ? "" : "-reply");
  int code = EXIT_OK;
  fault.code = file_posix_read_all(&bytes, a->file, export_file_bytes_max, &fault);
  if (fault.code == ERR_OK) fault.code = carried_open(&f, buf_slice(&bytes), &d->hub, &arena, &fault);
  if (fault.code != ERR_OK) {
    (void)ctl_fail(&fault);
    code = EXIT_INPUT;
  } else if ((fault.code = take_file(&c, &f, reply, d, &fault)) != ERR_OK) {
    code = ctl_fail(&fault);
  } else {
    tell(&c);
    printf("%zu receipts written to %s\n", c.receipts, reply);
    code = c.refused > 0 ? EXIT_INPUT : EXIT_OK;
  }
  arena_finish(&arena);
  buf_finish(&bytes);
  return code;
}

int ctl_import_bundle(int argc, char **argv) {
  struct bundle_args a = {0};
  options_parse(options, parse_option, "FILE",
                "Take an export file of a device and write the reply file to carry back. Taking it twice "
                "changes nothing.",
                argc, argv, &a);
  struct fault fault = {0};
  struct data_dir d;
  fault.code = data_dir_open(&d, a.data, true, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  int code = import_file(&a, &d);
  data_dir_close(&d);
  return code;
}
