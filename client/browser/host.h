/* host.h: what the worker lends the core: files that are open for its whole life, and randomness. */
#ifndef TUTTI_BROWSER_HOST_H
#define TUTTI_BROWSER_HOST_H

#include <stddef.h>
#include <stdint.h>

#define HOST(name) __attribute__((import_module("tutti"), import_name(#name)))

/* Every call is synchronous (OPFS sync access handles). Numbers below zero mean that the host failed; the
 * worker has logged why. host_full: the browser gives no more room, which is a thing to say, not a fault. */
enum { host_absent = -1, host_failed = -2, host_full = -3 };
HOST(random) void host_random(void *out, size_t len);
HOST(file_open)
int32_t host_file_open(const char *name, size_t name_len,
                       int32_t create); /* a number from 0, or one of the three above */
HOST(file_exists) int32_t host_file_exists(const char *name, size_t name_len);
HOST(file_delete) int32_t host_file_delete(const char *name, size_t name_len);
HOST(file_read)
int32_t host_file_read(int32_t file, void *out, size_t len, double offset); /* bytes read, fewer at the end */
HOST(file_write)
int32_t host_file_write(int32_t file, const void *bytes, size_t len,
                        double offset); /* bytes written, fewer when it is full */
HOST(file_truncate) int32_t host_file_truncate(int32_t file, double size);
HOST(file_flush) int32_t host_file_flush(int32_t file);
HOST(file_size) double host_file_size(int32_t file);
/* Replaces the whole content of a file durably: after a crash either the old or the new content is there. */
HOST(file_replace)
int32_t host_file_replace(const char *name, size_t name_len, const void *bytes, size_t len);

#endif
