/* device_inside.h: what a device's database and memory hold, for tests that also see the hub: both sides have
 * a `struct store`, so no file sees the inside of both. */
#ifndef TUTTI_TESTS_DEVICE_INSIDE_H
#define TUTTI_TESTS_DEVICE_INSIDE_H

#include "tests/lib/core_host.h"

/* Rows of any table with these bytes in any column. The file is encrypted, so its own bytes tell nothing. */
int64_t device_rows_with(struct core_host *h, const void *what, size_t len);
/* The first column of a statement's only row. */
int64_t device_number(struct core_host *h, const char *sql);
void device_id(struct core_host *h, struct id *out);
size_t device_pending(struct core_host *h); /* ops */
size_t device_bundles(struct core_host *h);
size_t device_acks(struct core_host *h); /* that were ever asked for */
void device_put_off_vacuum(struct core_host *h);
void device_begin_erasing(struct core_host *h, uint64_t number);

/* Something went wrong on the disk: a row of a table is changed, or gone, or in no stream any more. */
void device_spoil(struct core_host *h, const char *sql);

#endif
