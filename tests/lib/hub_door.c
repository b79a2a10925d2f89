/* hub_door.c: this build's doors of the hub under test. */
#include "tests/lib/hub_door.h"

static err try_digest(struct hub_host *h, uint8_t out[hash_bytes]) { return views_digest(h->store, out); }

const struct hub_door hub_door = {.open = hub_host_open,
                                  .close = hub_host_close,
                                  .reopen = hub_host_reopen,
                                  .try_open = store_sqlite_open,
                                  .make = hub_world_make,
                                  .enrol = hub_world_enrol,
                                  .pass = hub_host_pass,
                                  .digest = hub_host_digest,
                                  .try_digest = try_digest,
                                  .keep = hub_host_keep,
                                  .counts = hub_host_counts,
                                  .ingest = hub_host_ingest,
                                  .line_open = hub_line_open,
                                  .line_close = hub_line_close,
                                  .line_bytes = hub_line_bytes,
                                  .line_event = hub_line_event,
                                  .line_work = hub_line_work,
                                  .line_take = hub_line_take};
