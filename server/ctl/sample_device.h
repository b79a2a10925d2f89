/* sample_device.h: a tutor's device as the made-up history needs one: it writes changesets, seals them into
 * bundles and hands them to the hub's own ingest. */
#ifndef TUTTI_SERVER_CTL_SAMPLE_DEVICE_H
#define TUTTI_SERVER_CTL_SAMPLE_DEVICE_H

#include "proto/bundle.h"
#include "server/ctl/ctl.h"

enum { sample_changesets_max = 4096 };
struct sample_device {
  struct data_dir *hub;
  struct id id, staff;
  struct sign_keys sign;
  uint64_t seq, counter; /* last used */
  uint8_t previous[hash_bytes];
  struct changeset *list; /* not sealed yet */
  size_t count;
  int64_t latest_ms;  /* the latest stamp of those in the list */
  struct arena arena; /* of what is not sealed yet */
};
/* Enrols it with a token of its own, for one member of staff, at a time of the past. sample_device_finish it.
 */
MUST_USE err sample_device_enrol(struct sample_device *d, struct data_dir *hub, const struct id *staff,
                                 int64_t at_ms);
void sample_device_finish(struct sample_device *d);
/* One changeset of these ops, which are copied, with the device's staff as author. */
MUST_USE err sample_device_write(struct sample_device *d, int64_t at_ms, const struct op *ops, size_t count);
struct op_id sample_device_last(const struct sample_device *d); /* its last op */
/* A base for an op, on every unit but those that are only ever set once. The array lives until the seal. */
MUST_USE err sample_device_base(struct sample_device *d, struct op *op, uint8_t unit,
                                const struct op_id *seen);
/* Seals what was written and brings it to the hub, as of a time. */
MUST_USE err sample_device_send(struct sample_device *d, int64_t at_ms);

#endif
