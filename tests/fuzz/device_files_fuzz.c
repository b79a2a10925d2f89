/* device_files_fuzz.c: the files of a device as a bad disk, or a hand that can make checksums, leaves them:
 * identity, staff, outbox, database, and a file it carries for another device. The core starts or says why
 * not; a core that starts answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/outbox_record.h"
#include "proto/transfer.h"
#include "tests/lib/core_again.h"
#include "tests/lib/field_world.h"
#include "tests/lib/fuzz_input.h"

enum { file_bytes_max = 1 << 24, small_head = 8 };
enum which { IDENTITY, STAFF, OUTBOX, DATABASE, CARRIED, which_count };

static const char *const names[which_count] = {"identity", "staff", "outbox", "core.db", "carried-0"};
static struct core_host host;
static struct buf right[which_count];

static void must(err e) { ASSERT(e == ERR_OK); }

static void path_of(char out[160], const char *name, const char *suffix) {
  (void)snprintf(out, 160, "%s/%s%s", host.dir, name, suffix);
}

static void leave(void) { core_host_finish(&host); }

static void carry_for_another(struct field_world *w) {
  struct sign_keys sign;
  struct buf bundle = BUF_INIT(bundle_bytes_max), file = BUF_INIT(file_bytes_max);
  const struct bundle_header h = {
      .hub = w->hub.id, .intake_key = 1, .device = {{9}}, .incarnation = 1, .seq = 1};
  crypto_sign_keys(&sign, &w->host.config.entropy);
  must(bundle_seal(&bundle, &h, slice_text("sealed"), w->hub.intake.public_key, sign.secret,
                   &w->host.config.entropy));
  struct slice one = buf_slice(&bundle);
  const struct export_file f = {.hub = h.hub, .device = h.device, .bundles = &one, .count = 1};
  must(export_encode(&file, &f));
  ASSERT(core_host_call(&w->host, "carry", "file:y", buf_slice(&file)));
  buf_finish(&bundle);
  buf_finish(&file);
}

/* One bundle with a receipt that says that something of it waits, and one without. */
static void work_a_day(struct field_world *w) {
  (void)field_mark(w, &fake_zoe, "P");
  field_pause(w);
  w->hub.status = RECEIPT_QUARANTINED;
  w->hub.exception = (struct receipt_exception){0, RECEIPT_QUARANTINED, ERR_FORBIDDEN};
  field_online(w);
  field_hold(w);
  (void)field_mark(w, &fake_zoe, "L");
  field_pause(w);
}

/* A device with a day's work: marks, sealed bundles, a receipt, two PINs, another's file. Closed, its files
 * are the right ones. */
static void make_right(void) {
  void *state = NULL;
  char path[160];
  struct fault fault;
  ASSERT(field_world_open(&state) == 0);
  struct field_world *w = state;
  work_a_day(w);
  carry_for_another(w);
  core_host_stop(&w->host);
  for (size_t i = 0; i < which_count; i++) {
    right[i] = (struct buf)BUF_INIT(file_bytes_max);
    (void)snprintf(path, sizeof path, "%s/%s", w->host.dir, names[i]);
    must(file_posix_read_all(&right[i], path, file_bytes_max, &fault));
  }
  (void)field_world_close(&state);
  core_host_init(&host, 2);
  core_host_to_memory(&host);
  host.config.hold = true;
  (void)atexit(leave);
}

static void put(enum which i, struct slice bytes) {
  char path[160];
  path_of(path, names[i], "");
  FILE *f = fopen(path, "wb");
  ASSERT(f && fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len && fclose(f) == 0);
}

static void put_all(void) {
  static const char *const beside[] = {"-wal", "-shm", "-journal"};
  char path[160];
  for (size_t i = 0; i < 3; i++) {
    path_of(path, names[DATABASE], beside[i]);
    (void)unlink(path);
  }
  for (size_t i = 0; i < which_count; i++) put((enum which)i, buf_slice(&right[i]));
}

/* ---- files that are wrong ---- */

static void sum_again(struct buf *file) {
  if (file->len < small_head + hash_bytes) return;
  struct slice summed = slice_of(file->ptr, file->len - hash_bytes);
  crypto_hash(file->ptr + summed.len, "tutti.file", &summed, 1);
}

/* Whole records of any kind behind the right ones. */
static void add_records(struct slice in, struct buf *file) {
  while (in.len > 0) {
    enum outbox_record kind = (enum outbox_record)(input_u8(&in) % 6);
    if (outbox_record_encode(file, kind, input_piece(&in)) != ERR_OK) return;
  }
}

static void put_wrong(enum which i, struct slice in) {
  struct buf file = BUF_INIT(file_bytes_max);
  uint8_t how = input_u8(&in) % 4;
  if (how > 0) must(buf_append(&file, buf_slice(&right[i])));
  if (how == 0) {
    put(i, in);
    return;
  }
  if (how == 1) { /* cut short */
    size_t cut = input_u24(&in);
    file.len -= cut % (file.len + 1);
  }
  if (how == 3 && i == OUTBOX)
    add_records(in, &file);
  else
    input_patch(&in, &file, 0, file.len);
  if (how == 3 && (i <= STAFF || i == CARRIED)) sum_again(&file);
  put(i, buf_slice(&file));
  buf_finish(&file);
}

/* ---- the core ---- */

static void ask(const char *command) {
  (void)core_host_call(&host, command, "");
  if (host.step_error == ERR_OK) ASSERT(host.replied);
}

static void use(void) {
  static const char *const commands[] = {"device.status", "sync.status", "sync.outcomes", "today", "export"};
  core_host_step(&host, EV_TICK, 0, slice_of(NULL, 0));
  if (host.step_error == ERR_OK) (void)core_host_call(&host, "unlock", "staff:i pin:t", &fake_ann, "274951");
  for (size_t i = 0; i < sizeof commands / sizeof commands[0] && host.step_error == ERR_OK; i++)
    ask(commands[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  struct fault fault = {.code = ERR_OK};
  if (right[0].max == 0) make_right();
  put_all();
  put_wrong((enum which)(input_u8(&in) % which_count), in);
  err e = core_host_try_start(&host, &fault);
  if (e == ERR_OK) {
    use();
    core_host_stop(&host);
  } else {
    ASSERT(fault.code == e && fault.text[0] != 0);
  }
  return 0;
}
