/* call.c: tutti call and tutti status: the kiosk's interface as JSON, for scripts and for people. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli.h"
#include "client/cli/status_words.h"
#include "shared/crypto/crypto.h"

struct call_args {
  struct door_args door;
  const char *command;
  json_t *args; /* borrowed by the call */
  bool lines;
};

static const struct argp_option call_options[] = {
    {"lines", 'l', NULL, 0,
     "Read {\"command\": ..., \"args\": {...}} lines from standard input, print one line each: {\"result\": "
     "...} or {\"failure\": ...}",
     0},
    {0},
};

static void take_args(struct call_args *a, const char *text, struct argp_state *state) {
  json_error_t where;
  a->args = json_loads(text, 0, &where);
  if (!json_is_object(a->args))
    argp_error(state, "the arguments must be a JSON object, like {\"hold\": true}");
}

static error_t parse_call(int key, char *value, struct argp_state *state) {
  struct call_args *a = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = &a->door; return 0;
  case 'l': a->lines = true; return 0;
  case ARGP_KEY_ARG:
    if (a->command == NULL)
      a->command = value;
    else if (a->args == NULL)
      take_args(a, value, state);
    else
      argp_error(state, "what is \"%s\"?", value);
    return 0;
  case ARGP_KEY_END:
    if (!a->lines && a->command == NULL)
      argp_error(state, "a command is needed, for example: tutti call sync.status");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}
static const struct argp_child children[] = {{&door_argp, 0, NULL, 0}, {0}};

static void print_json(json_t *value) {
  json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
  putchar('\n');
  fflush(stdout);
}

static err one_line(struct door *d, const char *line, struct fault *fault) {
  json_error_t where;
  json_t *call = json_loads(line, 0, &where), *result = NULL;
  const char *command = json_string_value(json_object_get(call, "command"));
  json_t *args = json_object_get(call, "args");
  if (command == NULL || (args != NULL && !json_is_object(args))) {
    json_decref(call);
    return fault_set(fault, ERR_MALFORMED, "a line must be {\"command\": \"...\", \"args\": {...}}");
  }
  err e = door_call(d, command, args, slice_of(NULL, 0), &result, NULL, fault);
  if (e == ERR_OK || result != NULL) {
    json_t *all = json_pack("{s:o}", e == ERR_OK ? "result" : "failure", result);
    print_json(all);
    json_decref(all);
    e = ERR_OK;
  }
  json_decref(call);
  return e;
}

static err many_lines(struct door *d, struct fault *fault) {
  char *line = NULL;
  size_t cap = 0;
  err e = ERR_OK;
  while (e == ERR_OK && getline(&line, &cap, stdin) > 0) {
    e = one_line(d, line, fault);
    crypto_wipe(line, cap); /* a PIN may have stood there */
  }
  free(line);
  return e;
}

static err one_call(const struct call_args *a, struct door *d, struct fault *fault) {
  json_t *result = NULL;
  err e = door_call(d, a->command, a->args, slice_of(NULL, 0), &result, NULL, fault);
  if (e == ERR_OK) print_json(result);
  json_decref(result);
  return e;
}

static int run_call(const struct call_args *a) {
  struct fault fault = {0};
  struct door *d;
  fault.code = door_open(&d, a->door.data, a->door.port, &fault);
  if (fault.code != ERR_OK) return cli_fail(&fault);
  fault.code = a->lines ? many_lines(d, &fault) : one_call(a, d, &fault);
  door_close(d);
  return fault.code == ERR_OK ? EXIT_OK : cli_fail(&fault);
}

int cli_call(int argc, char **argv) {
  struct call_args a = {0};
  cli_parse(call_options, parse_call, "[COMMAND [JSON]]",
            "Call the kiosk's own interface (client/core/commands.def lists it).", children, argc, argv, &a);
  int code = run_call(&a);
  json_decref(a.args);
  return code;
}

/* ---- status ---- */

struct status_args {
  struct door_args door;
  bool json;
};
static const struct argp_option status_options[] = {{"json", 'j', NULL, 0, "Print JSON", 0}, {0}};
static error_t parse_status(int key, char *value, struct argp_state *state) {
  struct status_args *a = state->input;
  (void)value;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = &a->door; return 0;
  case 'j': a->json = true; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

int cli_status(int argc, char **argv) {
  struct status_args a = {0};
  struct fault fault = {0};
  struct door *d;
  json_t *result = NULL;
  cli_parse(status_options, parse_status, NULL, "Say what waits to be sent, and how the line is.", children,
            argc, argv, &a);
  fault.code = door_open(&d, a.door.data, a.door.port, &fault);
  if (fault.code != ERR_OK) return cli_fail(&fault);
  fault.code = door_call(d, "sync.status", NULL, slice_of(NULL, 0), &result, NULL, &fault);
  if (fault.code == ERR_OK && a.json) print_json(result);
  if (fault.code == ERR_OK && !a.json) status_print(stdout, result);
  json_decref(result);
  door_close(d);
  return fault.code == ERR_OK ? EXIT_OK : cli_fail(&fault);
}
