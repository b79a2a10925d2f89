/* options.h: what tutti-kiosk is told on its command line, and how it ends. */
#ifndef TUTTI_KIOSK_OPTIONS_H
#define TUTTI_KIOSK_OPTIONS_H

#include "shared/base/bytes.h"
#include "shared/base/log.h"

enum exit_way {
#define EXIT_WAY(name, code, sentence) EXIT_WAY_##name = (code),
#include "client/kiosk/exits.def"
#undef EXIT_WAY
};

enum { kiosk_port_default = 8444 };

/* All text belongs to argv. */
struct options {
  const char *data;
  uint16_t port;
  const char *hub; /* URL for codes typed by hand, or NULL */
  const char *ca;  /* PEM file, or NULL for the system's store */
  bool offline;
  enum log_level log;
  bool help, version; /* print and leave */
};
/* ERR_INVALID with a sentence that names the option. */
MUST_USE err options_read(struct options *out, int argc, char **argv, struct fault *fault);
/* The whole of --help, ending in a newline. */
MUST_USE err options_help(struct buf *out);

#endif
