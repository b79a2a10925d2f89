/* process.h: what belongs to a native program as a whole: its clock, and keeping its memory to itself
 * (process_linux.c; native only). */
#ifndef TUTTI_BASE_PROCESS_H
#define TUTTI_BASE_PROCESS_H

#include "shared/base/now.h"

/* No core dumps, no tracing by other processes of the user, files for the owner only; a limit on files is an
 * error of the write that meets it. */
MUST_USE err process_harden(struct fault *fault);
/* The kernel's name of this boot. */
MUST_USE err process_boot(struct id *out, struct fault *fault);
/* Monotonic time counts while the machine sleeps. */
struct now process_now(const struct id *boot);

/* Keeps an open directory for this process, with a file "lock" in it that names the process, until *out is
 * closed; the kernel lets go of it when the process ends in whatever way. ERR_BUSY with a sentence that says
 * who has it; every other error with `errno` and without a sentence. */
MUST_USE err process_lock_dir(int *out, int dir_fd, const char *dir, struct fault *fault);

#endif
