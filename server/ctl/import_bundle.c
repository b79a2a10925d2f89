/* import_bundle.c: tutti-server import-bundle: takes an export file that came without network, and writes the
 * reply file to carry back. */
#include <stdio.h>
#include <string.h>

#include "proto/bundle.h"
#include "proto/transfer.h"
#include "server/core/orders.h"
#include "server/core/readmit.h"
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

struct tally {
  size_t receipts, refused;
  const struct slice *list;
};

/* Bundles go through the one ingest path in groups; what could not be taken is named by its place in the
 * file. */
static err ingest_all(const struct export_file *f, struct data_dir *d, size_t *refused) {
  struct now now = ctl_now();
  for (size_t i = 0; i < f->count; i++) {
    struct job job;
    job_init(&job, JOB_INGEST);
    job.bytes = (struct buf)BUF_INIT(bundle_bytes_max);
    err e = buf_append(&job.bytes, f->bundles[i]);
    if (e == ERR_OK) {
      struct job *group = &job;
      ingest_group(&group, 1, &d->hub, d->store, &now);
      e = job.result;
    }
    job_finish(&job);
    if (e == ERR_FULL || e == ERR_READ_ONLY || e == ERR_IO || e == ERR_NO_MEMORY || e == ERR_BUSY) return e;
    if (e == ERR_OK) continue;
    fprintf(stderr, "tutti-server: bundle %zu of the file was not taken: %s\n", i + 1, err_text(e));
    *refused += 1;
  }
  return ERR_OK;
}

/* The receipts as they stand after the whole file: a later bundle may have released an earlier one. */
static err collect_receipts(struct tally *t, const struct export_file *f, struct data_dir *d,
                            struct arena *a) {
  struct slice *list = arena_take(a, f->count + 1, sizeof *list);
  if (list == NULL) return ERR_NO_MEMORY;
  for (size_t i = 0; i < f->count; i++) {
    struct bundle_parts parts;
    struct store_bundle stored;
    if (bundle_parse(&parts, f->bundles[i]) != ERR_OK) continue;
    err e = d->store->ops->bundle_load(d->store, &parts.header.device, parts.header.incarnation,
                                       parts.header.seq, a, &stored);
    if (e == ERR_NOT_FOUND) continue;
    TRY(e);
    uint8_t hash[hash_bytes];
    bundle_hash(hash, f->bundles[i]);
    if (crypto_equal(hash, stored.hash, hash_bytes)) list[t->receipts++] = stored.receipt;
  }
  t->list = list;
  return ERR_OK;
}

/* What is wrong with the file itself is found before anything is done. */
static err open_file(struct export_file *out, struct buf *bytes, const char *path, const struct data_dir *d,
                     struct arena *a, struct fault *fault) {
  TRY(file_posix_read_all(bytes, path, export_file_bytes_max, fault));
  TRY(export_decode(out, buf_slice(bytes), a, fault));
  if (id_equal(&out->hub, &d->hub.id)) return ERR_OK;
  return fault_set(fault, ERR_OTHER_HUB, "this file belongs to another hub: nothing was changed");
}

/* A hub that was restored from before it knew the device takes it back by its certificate; what it sends
 * waits for the office. Any other stranger's bundles are refused one by one. */
static err know_device(const struct export_file *f, struct data_dir *d) {
  struct store_device device;
  struct change_set changes;
  struct now now = ctl_now();
  err e = d->store->ops->device_load(d->store, &f->device, &device);
  if (e != ERR_NOT_FOUND) return e;
  e = device_readmit(&changes, &d->hub, d->store, &now, &f->device, NULL, f->certificate);
  if (e == ERR_OK)
    fputs(
        "tutti-server: the hub did not know this device; it came back by its certificate, and what it brings "
        "waits until the office approves it\n",
        stderr);
  bool stranger = e == ERR_BAD_SIGNATURE || e == ERR_OTHER_HUB || e == ERR_WRONG_SECRET ||
                  e == ERR_MALFORMED || e == ERR_TRUNCATED || e == ERR_VERSION;
  return stranger ? ERR_OK : e;
}

/* What the device is to do travels with its receipts. */
static err collect_orders(struct reply_file *r, struct data_dir *d, struct arena *a) {
  struct now now = ctl_now();
  struct store_device device;
  struct orders_waiting w = {.count = 0};
  TRY(d->store->ops->begin(d->store));
  err e = d->store->ops->device_load(d->store, &r->device, &device);
  if (e == ERR_OK) e = orders_waiting_for(&w, &d->hub, d->store, &now, &device, 0, a);
  if (e == ERR_OK) e = d->store->ops->commit(d->store);
  if (e != ERR_OK) d->store->ops->rollback(d->store);
  r->orders = w.list;
  r->order_count = w.count;
  return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static err take_file(struct tally *t, const struct export_file *f, const char *reply_path, struct data_dir *d,
                     struct arena *a, struct fault *fault) {
  TRY(know_device(f, d));
  TRY(ingest_all(f, d, &t->refused));
  TRY(collect_receipts(t, f, d, a));
  struct buf reply = BUF_INIT(export_file_bytes_max);
  struct reply_file r = {.hub = d->hub.id,
                         .device = f->device,
                         .manifest = buf_slice(&d->hub.manifest),
                         .receipts = t->list,
                         .count = t->receipts};
  err e = collect_orders(&r, d, a);
  if (e == ERR_OK) e = reply_encode(&reply, &r);
  if (e == ERR_OK) e = file_posix_write_all(reply_path, buf_slice(&reply), fault);
  buf_finish(&reply);
  return e;
}

static int import_file(const struct bundle_args *a, struct data_dir *d) {
  struct fault fault = {0};
  struct buf bytes = BUF_INIT(export_file_bytes_max);
  struct arena arena = ARENA_INIT(4 * (size_t)export_file_bytes_max);
  struct export_file f;
  struct tally t = {0};
  char reply[path_bytes_max];
  snprintf(reply, sizeof reply, "%.1000s%s", a->reply != NULL ? a->reply : a->file,
           a->reply != NULL ? "" : "-reply");
  int code = EXIT_OK;
  fault.code = open_file(&f, &bytes, a->file, d, &arena, &fault);
  if (fault.code != ERR_OK) {
    (void)ctl_fail(&fault);
    code = EXIT_INPUT;
  } else if ((fault.code = take_file(&t, &f, reply, d, &arena, &fault)) != ERR_OK) {
    code = ctl_fail(&fault);
  } else {
    printf("%zu receipts written to %s\n", t.receipts, reply);
    code = t.refused > 0 ? EXIT_INPUT : EXIT_OK;
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
