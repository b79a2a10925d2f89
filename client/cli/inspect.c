/* inspect.c: tutti inspect: what an export file, reply file, bundle or kiosk's directory carries, from the
 * outside of the seal. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "client/cli/cli.h"
#include "proto/bundle.h"
#include "proto/transfer.h"
#include "shared/base/file.h"

static error_t parse_option(int key, char *value, struct argp_state *state) {
  const char **file = state->input;
  switch (key) {
  case ARGP_KEY_ARG:
    if (*file != NULL) argp_error(state, "one file at a time: %s", value);
    *file = value;
    return 0;
  case ARGP_KEY_END:
    if (*file == NULL) argp_error(state, "a file is needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static void print_id(const char *what, const struct id *id) {
  char text[id_text_bytes];
  id_text(text, id);
  printf("  %-10s %s\n", what, text);
}

static err print_bundle(struct slice bytes, struct fault *fault) {
  struct bundle_parts b;
  uint8_t hash[hash_bytes];
  char hash_text[2 * hash_bytes + 1], previous[2 * hash_bytes + 1];
  err e = bundle_parse(&b, bytes);
  if (e != ERR_OK) return fault_set(fault, e, "a bundle in the file is damaged: %s", err_text(e));
  bundle_hash(hash, bytes);
  hex_encode(hash_text, slice_of(hash, sizeof hash));
  hex_encode(previous, slice_of(b.header.previous, hash_bytes));
  printf("bundle %llu: %zu bytes, sealed to intake key %u, signed by its device\n",
         (unsigned long long)b.header.seq, bytes.len, (unsigned)b.header.intake_key);
  print_id("hub", &b.header.hub);
  print_id("device", &b.header.device);
  printf("  incarnation %u\n  previous   %.16s\n  hash       %.16s\n", (unsigned)b.header.incarnation,
         previous, hash_text);
  return ERR_OK;
}

static err print_export(struct slice bytes, struct arena *a, struct fault *fault) {
  struct export_file f;
  TRY(export_decode(&f, bytes, a, fault));
  printf("export file: %zu bundles\n", f.count);
  print_id("hub", &f.hub);
  print_id("device", &f.device);
  for (size_t i = 0; i < f.count; i++) TRY(print_bundle(f.bundles[i], fault));
  return ERR_OK;
}

static err print_reply(struct slice bytes, struct arena *a, struct fault *fault) {
  struct reply_file f;
  TRY(reply_decode(&f, bytes, a, fault));
  printf("reply file: %zu receipts\n", f.count);
  print_id("hub", &f.hub);
  print_id("device", &f.device);
  return ERR_OK;
}

static bool begins(struct slice bytes, const char *magic) {
  return bytes.len >= strlen(magic) && memcmp(bytes.ptr, magic, strlen(magic)) == 0;
}

static err inspect_file(struct slice all, const char *path, struct arena *a, struct fault *fault) {
  if (begins(all, "TUTTIEX1")) return print_export(all, a, fault);
  if (begins(all, "TUTTIRP1")) return print_reply(all, a, fault);
  if (begins(all, "TUTB")) return print_bundle(all, fault);
  return fault_set(fault, ERR_MALFORMED, "%.150s is no export file, reply file or bundle of Tutti", path);
}

/* A kiosk's directory: everything sealed in it that the hub has not confirmed. */
static err read_directory(struct buf *out, const char *dir, struct fault *fault) {
  struct door *d;
  json_t *result = NULL;
  TRY(door_open(&d, dir, 0, fault));
  err e = door_call(d, "export", NULL, slice_of(NULL, 0), &result, out, fault);
  json_decref(result);
  door_close(d);
  return e;
}

static err inspect(const char *path, struct fault *fault) {
  struct buf bytes = BUF_INIT(export_file_bytes_max);
  struct arena a = ARENA_INIT(export_file_bytes_max);
  struct stat st;
  bool directory = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
  err e = directory ? read_directory(&bytes, path, fault)
                    : file_posix_read_all(&bytes, path, export_file_bytes_max, fault);
  if (e == ERR_OK) e = inspect_file(buf_slice(&bytes), path, &a, fault);
  arena_finish(&a);
  buf_finish(&bytes);
  return e;
}

int cli_inspect(int argc, char **argv) {
  const char *file = NULL;
  struct fault fault = {0};
  cli_parse(NULL, parse_option, "FILE|DIRECTORY",
            "Say what FILE is and what it carries, or what a kiosk that is not running has sealed in its "
            "data DIRECTORY, without opening what is sealed.",
            NULL, argc, argv, &file);
  fault.code = inspect(file, &fault);
  return fault.code == ERR_OK ? EXIT_OK : cli_fail_file(&fault);
}
