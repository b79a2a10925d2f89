/* core.h: the field client behind one door. No network, clock or entropy of its own; hosts are client/kiosk,
 * client/browser and the simulator. */
#ifndef TUTTI_CLIENT_CORE_H
#define TUTTI_CLIENT_CORE_H

#include "shared/base/entropy.h"
#include "shared/base/file.h"
#include "shared/base/log.h"
#include "shared/base/now.h"

struct core;

enum event_kind {
  EV_CALL,       /* bytes: one encoded call from the UI (PROTOCOL.md, "The door"); id: the host's, echoed in
                    ACT_REPLY */
  EV_LINK_UP,    /* the link asked for by ACT_LINK_OPEN is open; id: that action's id */
  EV_LINK_BYTES, /* bytes: one binary message from the hub */
  EV_LINK_DOWN,  /* the link failed or was closed; bytes: a short reason in words, or empty ("no signal",
                    "cannot reach the office", …) */
  EV_TICK,       /* the time asked for by ACT_TICK_AT has come (early or late does no harm) */
  EV_STOP,       /* SIGTERM, page hidden: seal everything now */
};
enum action_kind {
  ACT_REPLY, /* bytes: the encoded reply to the call `id`; everything it says is durable already. May come in
                a later step. */
  ACT_CHANGED,    /* bytes: an encoded `changed` event for every UI connected */
  ACT_LINK_OPEN,  /* bytes: the hub's URL ("wss://host:port/sync"); id names the link */
  ACT_LINK_SEND,  /* bytes: one binary message, at most frame_bytes_max; id names the link; order matters */
  ACT_LINK_CLOSE, /* id names the link */
  ACT_TICK_AT,    /* at_mono_ms: wake me then; replaces the earlier one */
};
struct event {
  enum event_kind kind;
  uint32_t id;
  struct now now;
  struct slice bytes; /* lent for the call */
};
struct action {
  enum action_kind kind;
  uint32_t id;
  uint64_t at_mono_ms;
  struct slice bytes; /* the core's, until the next step */
};

struct core_config {
  const char *db_path; /* the database's file */
  const char *db_vfs;  /* NULL on native, "opfs", "sim" */
  struct file_ops
      files; /* for identity, outbox and staff wraps, beside the database; must outlive the core */
  struct entropy entropy;
  const struct log_sink *log; /* may be NULL; never sees names or secrets */
  const char *version;        /* of the program, for device.status and the hub: "tutti-kiosk 0.1.0" */
  const char
      *hub_url; /* where typed codes enrol ("wss://host:port/sync"); NULL: only codes with a link work */
  uint8_t device_kind;                 /* ENUM_device_kind_…; 0: a kiosk */
  uint32_t pin_passes, pin_memory_kib; /* what hashing a PIN costs; 0: password_cost_interactive */
  bool hold;                           /* start with the line held down */
  struct now now;
};
/* Opens or creates everything. ERR_CORRUPT, ERR_VERSION, ERR_BUSY, ERR_FULL, ERR_READ_ONLY with a sentence;
 * nothing is left open on failure. Step it once with EV_TICK to set it going. */
MUST_USE err core_create(struct core **out, const struct core_config *config, struct fault *fault);
/* One event in, actions out, in order; `*out` is valid until the next step. Returns after COMMIT, so every
 * reply is durable. A failed command is a reply. An error from here means the disk or memory failed: destroy
 * the core and create it again. */
MUST_USE err core_step(struct core *core, const struct event *event, const struct action **out,
                       size_t *out_count);
/* Does not seal: send EV_STOP first for that. NULL is accepted. */
void core_destroy(struct core *core);

#endif
