/* init.c: tutti-server init: a new hub's keys, database and settings. */
#include <stdio.h>
#include <string.h>

#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

struct init_args {
  const char *data, *name, *url;
  struct hub_settings settings;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The data directory to make (required)", 0},
    {"name", 'n', "NAME", 0, "The hub's name, as people know it (required)", 0},
    {"host", 'H', "HOST", 0, "The name or address devices reach the hub by (localhost)", 0},
    {"port", 'p', "PORT", 0, "The port to serve on (8443)", 0},
    {"cert", 'c', "FILE", 0, "TLS certificate chain, PEM", 0},
    {"key", 'k', "FILE", 0, "TLS private key, PEM", 0},
    {"journal", 'j', "DIR", 0,
     "Where the office's work is written a second time, best on other storage (DIR-journal beside the data)",
     0},
    {"second-step", 's', "required|optional", 0,
     "Whether office, safeguarding and administrators must sign in with an authenticator app (required)", 0},
    {"url", 'u', "URL", 0, "What devices dial, when it differs: wss://HOST:PORT/sync", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct init_args *a = state->input;
  struct hub_settings *s = &a->settings;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'n': a->name = value; return 0;
  case 'u': a->url = value; return 0;
  case 'j': option_text(state, "--journal", value, s->journal, sizeof s->journal); return 0;
  case 's':
    s->second_step_optional = strcmp(value, "optional") == 0;
    if (!s->second_step_optional && strcmp(value, "required") != 0)
      argp_error(state, "--second-step is required or optional, not %s", value);
    return 0;
  case 'H': option_text(state, "--host", value, s->host, sizeof s->host); return 0;
  case 'c': option_text(state, "--cert", value, s->certificate, sizeof s->certificate); return 0;
  case 'k': option_text(state, "--key", value, s->key, sizeof s->key); return 0;
  case 'p': s->port = (int)option_number(state, "--port", value, 1, 65535); return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->name == NULL) argp_error(state, "--data and --name are needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* One disk that burns must not take both: on the same one the journal still helps against an old backup. */
static void beside_data(struct init_args *a) {
  size_t len = strlen(a->data);
  if (a->settings.journal[0] != 0) return;
  while (len > 1 && a->data[len - 1] == '/') len--;
  snprintf(a->settings.journal, sizeof a->settings.journal, "%.*s-journal", (int)len, a->data);
}

int ctl_init(int argc, char **argv) {
  struct init_args a = {.settings = {.host = "localhost", .port = 8443}};
  options_parse(options, parse_option, NULL, "Make a new hub: its keys, its database and its settings.", argc,
                argv, &a);
  struct fault fault = {0};
  char url[512];
  beside_data(&a);
  snprintf(url, sizeof url, "wss://%s:%d/sync", a.settings.host, a.settings.port);
  if (strlen(a.name) == 0 || strlen(a.name) > 200 || !utf8_valid(slice_text(a.name))) {
    fputs("tutti-server: --name must be 1 to 200 bytes of UTF-8\n", stderr);
    return EXIT_USAGE;
  }
  fault.code = data_dir_create(a.data, a.name, a.url != NULL ? a.url : url, &a.settings, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  printf("%s is ready in %s. Next: tutti-server import --data %s --apply FOLDER\n", a.name, a.data, a.data);
  return EXIT_OK;
}
