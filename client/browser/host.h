/* host.h: what the worker lends the core: files that are open for its whole life, and randomness. */
#ifndef TUTTI_BROWSER_HOST_H
#define TUTTI_BROWSER_HOST_H

#include <stddef.h>
#include <stdint.h>

#define HOST(name) __attribute__((import_module("tutti"), import_name(#name)))

/* Every call is synchronous (OPFS sync access handles). Numbers below zero mean that the host failed; the
 * worker has logged why. */
HOST(random) void host_random(void *out, size_t len);
HOST(file_open)
int32_t host_file_open(const char *name, size_t name_len,
                       int32_t create); /* a number from 0; -1 absent, -2 failed */
HOST(file_exists) int32_t host_file_exists(const char *name, size_t name_len);
HOST(file_delete) int32_t host_file_delete(const char *name, size_t name_len);
HOST(file_read)
int32_t host_file_read(int32_t file, void *out, size_t len, double offset); /* bytes read, fewer at the end */
HOST(file_write)
int32_t host_file_write(int32_t file, const void *bytes, size_t len, double offset); /* bytes written */
HOST(file_truncate) int32_t host_file_truncate(int32_t file, double size);
HOST(file_flush) int32_t host_file_flush(int32_t file);
HOST(file_size) double host_file_size(int32_t file);
/* Replaces the whole content of a file durably: after a crash either the old or the new content is there. */
HOST(file_replace)
int32_t host_file_replace(const char *name, size_t name_len, const void *bytes, size_t len);

#endif
