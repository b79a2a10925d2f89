/* transfer.c: tutti export, import and carry: the journey without network, both ways, and for another device.
 */
#include <stdio.h>
#include <stdlib.h>

#include "client/cli/cli.h"
#include "shared/base/file.h"
#include "shared/base/limits.h"

struct transfer_args {
  struct door_args door;
  const char *file;
  int reply; /* tutti carry: the place whose reply is asked for; 0: none */
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct transfer_args *a = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = &a->door; return 0;
  case ARGP_KEY_ARG:
    if (a->file != NULL) argp_error(state, "one file at a time: %s", value);
    a->file = value;
    return 0;
  case 'r': {
    char *end;
    long place = strtol(value, &end, 10);
    if (*end != 0 || place < 1 || place > carried_files_max)
      argp_error(state, "--reply %s is no place: carrying a file tells it", value);
    a->reply = (int)place;
    return 0;
  }
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

/* A running kiosk closes the line of whoever sends a larger call, which says nothing about the file. */
static size_t file_bytes_max(const struct transfer_args *a) {
  enum { call_beside_bytes_max = 4096 };
  return a->door.data != NULL ? export_file_bytes_max : ui_call_bytes_max - call_beside_bytes_max;
}

static err give_file(const struct transfer_args *a, const char *command, json_t **result,
                     struct fault *fault) {
  struct door *d;
  struct buf file = BUF_INIT(export_file_bytes_max);
  err e = file_posix_read_all(&file, a->file, file_bytes_max(a), fault);
  if (e == ERR_OK && file.len == 0) e = fault_set(fault, ERR_TRUNCATED, "%.150s is empty", a->file);
  if (e == ERR_OK) e = door_open(&d, a->door.data, a->door.port, fault);
  if (e == ERR_OK) {
    e = door_call(d, command, NULL, buf_slice(&file), result, NULL, fault);
    door_close(d);
  }
  buf_finish(&file);
  return e;
}

static err import_from(const struct transfer_args *a, struct fault *fault) {
  json_t *result = NULL;
  err e = give_file(a, "import", &result, fault);
  if (e == ERR_OK)
    printf("%lld receipts read\n", (long long)json_integer_value(json_object_get(result, "receipts")));
  json_decref(result);
  return e;
}

static void tell_carried(const json_t *carried) {
  const char *name = json_string_value(json_object_get(carried, "device_name"));
  printf("place %lld: %lld bundles of %s, %s\n",
         (long long)json_integer_value(json_object_get(carried, "number")),
         (long long)json_integer_value(json_object_get(carried, "bundles")), name ? name : "another device",
         json_string_value(json_object_get(carried, "state")));
}

static err reply_to(const struct transfer_args *a, struct fault *fault) {
  struct door *d;
  struct buf file = BUF_INIT(export_file_bytes_max);
  TRY(door_open(&d, a->door.data, a->door.port, fault));
  json_t *result = NULL, *args = json_pack("{s:i}", "number", a->reply);
  err e = door_call(d, "carry.reply", args, slice_of(NULL, 0), &result, &file, fault);
  door_close(d);
  if (e == ERR_OK) e = file_posix_write_all(a->file, buf_slice(&file), fault);
  if (e == ERR_OK) printf("the reply is written to %s\n", a->file);
  json_decref(args);
  json_decref(result);
  buf_finish(&file);
  return e;
}

static err carry_from(const struct transfer_args *a, struct fault *fault) {
  if (a->reply) return reply_to(a, fault);
  json_t *result = NULL;
  err e = give_file(a, "carry", &result, fault);
  if (e == ERR_OK) tell_carried(result);
  json_decref(result);
  return e;
}

static int transfer(int argc, char **argv, const struct argp_option *options, const char *doc,
                    err (*run)(const struct transfer_args *a, struct fault *fault)) {
  struct transfer_args a = {0};
  struct fault fault = {0};
  cli_parse(options, parse_option, "FILE", doc, children, argc, argv, &a);
  fault.code = run(&a, &fault);
  return fault.code == ERR_OK ? EXIT_OK : cli_fail_file(&fault);
}

int cli_export(int argc, char **argv) {
  return transfer(
      argc, argv, NULL,
      "Seal what waits and write every bundle the hub has not confirmed into FILE. A carrier cannot read it.",
      export_to);
}
int cli_import(int argc, char **argv) {
  return transfer(
      argc, argv, NULL,
      "Take the reply file that the hub wrote for an export file. Taking it twice changes nothing.",
      import_from);
}

static const struct argp_option carry_options[] = {
    {"reply", 'r', "PLACE", 0, "Write the office's reply for the file in this place to FILE", 1},
    {0},
};
int cli_carry(int argc, char **argv) {
  return transfer(
      argc, argv, carry_options,
      "Take the export file of another device to the office over this kiosk's line; the reply is kept "
      "here, to give back. Taking it twice changes nothing.",
      carry_from);
}
