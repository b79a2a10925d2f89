/* enrol.h: how a device becomes one of a hub's. Codes are shown by the hub; both sides show the same six
 * digits before anything counts.
 *
 *   IDLE ─enrol.start─▶ FETCH_OPENING ─up─▶ FETCHING ─manifest, fingerprint right─▶ OPENING ─up─▶ SHAKING
 * ─message 2─▶ SHOWN SHOWN ─enrol.confirm─▶ CONFIRMING ─ENROLLED, certificate right─▶ IDLE, enrolled and in
 * setup any ─link down, deadline, wrong answer─▶ IDLE; the keys are kept in memory, so that the same code can
 * be tried again
 */
#ifndef TUTTI_CLIENT_ENROL_H
#define TUTTI_CLIENT_ENROL_H

#include "proto/manifest.h"
#include "proto/messages.h"
#include "shared/base/now.h"

struct core;
struct call;

enum enrol_stage {
  ENROL_IDLE,
  ENROL_FETCH_OPENING,
  ENROL_FETCHING,
  ENROL_OPENING,
  ENROL_SHAKING,
  ENROL_SHOWN,
  ENROL_CONFIRMING,
  enrol_stage_count
};
enum { enrol_url_bytes = 513, enrol_manifest_bytes_max = 8192 };
struct enrol {
  enum enrol_stage stage;
  uint32_t link;
  uint64_t deadline; /* monotonic */
  uint32_t host_id;  /* the call that waits for an answer */
  uint64_t call_id;
  uint8_t seed[enrol_seed_bytes], fingerprint[enrol_fingerprint_bytes];
  char url[enrol_url_bytes];
  bool has_keys; /* made for this seed */
  struct sign_keys sign;
  struct box_keys noise_keys;
  struct noise noise;
  struct frame_joiner joiner;
  struct buf manifest_bytes;
  struct manifest manifest; /* borrows from manifest_bytes */
  struct arena memory;
};
void enrol_init(struct enrol *e);
void enrol_finish(struct enrol *e);
/* Events of the link that belongs to the enrolment. */
MUST_USE err enrol_up(struct core *c);
MUST_USE err enrol_bytes(struct core *c, struct slice bytes);
MUST_USE err enrol_down(struct core *c, struct slice reason);
MUST_USE err enrol_tick(struct core *c);
MUST_USE err enrol_start(struct core *c, struct call *call);
MUST_USE err enrol_confirm(struct core *c, struct call *call);

/* renew.c: an enrolled device on which every PIN is lost is enrolled anew: the office's code stands for the
 * PIN nobody has. */
/* ERR_CONFLICT with a sentence while somebody has a PIN, or while work waits for a receipt. */
MUST_USE err renew_check(struct core *c, struct call *call);
/* Throws away what the old identity left: a database nobody can open, an outbox that is receipted, destroyed
 * PINs. */
MUST_USE err renew_discard(struct core *c);
/* The office's code for a PIN that was forgotten was right: see proto/lease.h. ERR_CONFLICT with a sentence
 * where the device is open, or is not one person's. */
MUST_USE err renew_pin(struct core *c, struct call *call);

#endif
