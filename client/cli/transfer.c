/* transfer.c: tutti export and tutti import: the journey without network, both ways. */
#include <stdio.h>

#include "client/cli/cli.h"
#include "shared/base/file.h"

struct transfer_args {
  struct door_args door;
  const char *file;
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct transfer_args *a = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = &a->door; return 0;
  case ARGP_KEY_ARG:
    if (a->file != NULL) argp_error(state, "one file at a time: %s", value);
    a->file = value;
    return 0;
  case ARGP_KEY_END:
    if (a->file == NULL) argp_error(state, "a file name is needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}
static const struct argp_child children[] = {{&door_argp, 0, NULL, 0}, {0}};

static err export_to(const struct transfer_args *a, struct fault *fault) {
  struct door *d;
  struct buf file = BUF_INIT(export_file_bytes_max);
  json_t *result = NULL;
  TRY(door_open(&d, a->door.data, a->door.port, fault));
  err e = door_call(d, "export", NULL, slice_of(NULL, 0), &result, &file, fault);
  door_close(d);
  if (e == ERR_OK) e = file_posix_write_all(a->file, buf_slice(&file), fault);
  if (e == ERR_OK)
    printf("%lld bundles written to %s\n", (long long)json_integer_value(json_object_get(result, "bundles")),
           a->file);
  json_decref(result);
  buf_finish(&file);
  return e;
}

static err import_from(const struct transfer_args *a, struct fault *fault) {
  struct door *d;
  struct buf file = BUF_INIT(export_file_bytes_max);
  json_t *result = NULL;
  err e = file_posix_read_all(&file, a->file, export_file_bytes_max, fault);
  if (e == ERR_OK && file.len == 0) e = fault_set(fault, ERR_TRUNCATED, "%.150s is empty", a->file);
  if (e == ERR_OK) e = door_open(&d, a->door.data, a->door.port, fault);
  if (e == ERR_OK) {
    e = door_call(d, "import", NULL, buf_slice(&file), &result, NULL, fault);
    door_close(d);
  }
  if (e == ERR_OK)
    printf("%lld receipts read\n", (long long)json_integer_value(json_object_get(result, "receipts")));
  json_decref(result);
  buf_finish(&file);
  return e;
}

static int transfer(int argc, char **argv, const char *doc,
                    err (*run)(const struct transfer_args *a, struct fault *fault)) {
  struct transfer_args a = {0};
  struct fault fault = {0};
  cli_parse(NULL, parse_option, "FILE", doc, children, argc, argv, &a);
  fault.code = run(&a, &fault);
  return fault.code == ERR_OK ? EXIT_OK : cli_fail_file(&fault);
}

int cli_export(int argc, char **argv) {
  return transfer(
      argc, argv,
      "Seal what waits and write every bundle the hub has not confirmed into FILE. A carrier cannot read it.",
      export_to);
}
int cli_import(int argc, char **argv) {
  return transfer(
      argc, argv,
      "Take the reply file that the hub wrote for an export file. Taking it twice changes nothing.",
      import_from);
}
