/* options.c: the command line of tutti-kiosk by getopt_long. */
#include "client/kiosk/options.h"

#include <getopt.h>
#include <stdlib.h>

#include "client/kiosk/hub_url.h"

enum option_code { OPT_DATA = 1, OPT_PORT, OPT_HUB, OPT_CA, OPT_OFFLINE, OPT_LOG, OPT_HELP, OPT_VERSION };

static const struct option long_options[] = {
    {"data", required_argument, NULL, OPT_DATA},
    {"port", required_argument, NULL, OPT_PORT},
    {"hub", required_argument, NULL, OPT_HUB},
    {"ca", required_argument, NULL, OPT_CA},
    {"offline", no_argument, NULL, OPT_OFFLINE},
    {"log", required_argument, NULL, OPT_LOG},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static const char *const log_words[] = {"debug", "info", "warn", "error"};

static err read_port(uint16_t *out, const char *text, struct fault *fault) {
  char *end = NULL;
  unsigned long port = strtoul(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end || port < 1 || port > 65535)
    return fault_set(fault, ERR_INVALID, "--port '%.40s' is not a port: give a number from 1 to 65535", text);
  *out = (uint16_t)port;
  return ERR_OK;
}

static err read_log(enum log_level *out, const char *text, struct fault *fault) {
  for (size_t i = 0; i < sizeof log_words / sizeof log_words[0]; i++) {
    if (!slice_equal(slice_text(text), slice_text(log_words[i]))) continue;
    *out = (enum log_level)i;
    return ERR_OK;
  }
  return fault_set(fault, ERR_INVALID, "--log '%.40s' is not a level: give debug, info, warn or error", text);
}

static err read_one(struct options *out, int code, const char *value, struct fault *fault) {
  struct hub_url url;
  switch (code) {
  case OPT_DATA: out->data = value; return ERR_OK;
  case OPT_PORT: return read_port(&out->port, value, fault);
  case OPT_HUB: out->hub = value; return hub_url_parse(&url, slice_text(value), fault);
  case OPT_CA: out->ca = value; return ERR_OK;
  case OPT_OFFLINE: out->offline = true; return ERR_OK;
  case OPT_LOG: return read_log(&out->log, value, fault);
  case OPT_HELP: out->help = true; return ERR_OK;
  case OPT_VERSION: out->version = true; return ERR_OK;
  default: ASSERT(!"every option has its case"); return ERR_INTERNAL;
  }
}

err options_read(struct options *out, int argc, char **argv, struct fault *fault) {
  *out = (struct options){.port = kiosk_port_default, .log = LOG_INFO};
  opterr = 0; /* one sentence of ours instead of getopt's */
  optind = 0;
  for (;;) {
    int at = optind ? optind : 1;
    int code = getopt_long(argc, argv, "+:", long_options, NULL);
    if (code == -1) break;
    if (code == '?') return fault_set(fault, ERR_INVALID, "'%.60s' is not an option: see --help", argv[at]);
    if (code == ':') return fault_set(fault, ERR_INVALID, "'%.60s' needs a value: see --help", argv[at]);
    TRY(read_one(out, code, optarg, fault));
  }
  if (optind < argc)
    return fault_set(fault, ERR_INVALID, "'%.60s' is not an option: see --help", argv[optind]);
  if (out->help || out->version) return ERR_OK;
  if (!out->data || !*out->data)
    return fault_set(fault, ERR_INVALID, "say where this device keeps its data: --data DIR");
  return ERR_OK;
}

static const char help_text[] =
    "Usage: tutti-kiosk --data DIR [options]\n"
    "Runs the field client on this machine and shows it at http://127.0.0.1:8444 (or --port).\n\n"
    "  --data DIR    where this device keeps its data; made if missing, readable by its owner only\n"
    "  --port P      the port on this machine's loopback address (8444)\n"
    "  --hub URL     the hub for codes typed by hand, as wss://host:port/sync\n"
    "  --ca FILE     trust the certificates in this PEM file instead of the system's\n"
    "  --offline     start with the line held down; Sync in the app lets it go\n"
    "  --log LEVEL   debug, info, warn or error (info), to standard error\n"
    "  --version     print the version and leave\n"
    "  --help        print this and leave\n\n"
    "Exit codes:\n";

err options_help(struct buf *out) {
  TRY(buf_append(out, slice_text(help_text)));
#define EXIT_WAY(name, code, sentence) TRY(buf_printf(out, "  %d  %s\n", (code), (sentence)));
#include "client/kiosk/exits.def"
#undef EXIT_WAY
  return ERR_OK;
}
