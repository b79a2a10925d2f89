/* full_disk.h: a VFS beside the platform's on which every write fails for want of room, or every flush fails,
 * while it is told to. */
#ifndef TUTTI_TESTS_FULL_DISK_H
#define TUTTI_TESTS_FULL_DISK_H

#include <stdbool.h>

void full_disk_register(void); /* as "full" */
void full_disk_set(bool full);
void full_disk_set_read_only(bool read_only); /* as a file system that was mounted anew */
void full_disk_leave(unsigned writes);        /* so many more find room, and none after them */
void full_disk_fail_flushes(bool fail);

#endif
