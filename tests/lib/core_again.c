/* core_again.c: a device's files kept as bytes. */
#include "tests/lib/core_again.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/lib/memory_dir.h"

enum { file_bytes_max = 1 << 24, path_bytes = 384 };

static void must(err e) { ASSERT(e == ERR_OK); }

static void path_of(char out[path_bytes], const struct core_host *h, const char *name) {
  (void)snprintf(out, path_bytes, "%s/%s", h->dir, name);
}

/* Every file of the host's folder, after one another; the folder itself has nothing but files. */
static void each_file(struct core_host *h, void (*what)(void *ctx, const char *name, const char *path),
                      void *ctx) {
  DIR *dir = opendir(h->dir);
  ASSERT(dir);
  for (const struct dirent *d = readdir(dir); d; d = readdir(dir)) {
    char path[path_bytes];
    if (d->d_name[0] == '.') continue;
    path_of(path, h, d->d_name);
    what(ctx, d->d_name, path);
  }
  (void)closedir(dir);
}

static void remove_one(void *ctx, const char *name, const char *path) {
  (void)ctx, (void)name;
  ASSERT(unlink(path) == 0);
}

static void keep_one(void *ctx, const char *name, const char *path) {
  struct core_again *again = ctx;
  struct fault fault;
  ASSERT(again->count < core_again_files_max);
  struct buf *bytes = &again->files[again->count].bytes;
  *bytes = (struct buf)BUF_INIT(file_bytes_max);
  (void)snprintf(again->files[again->count].name, sizeof again->files[0].name, "%s", name);
  must(file_posix_read_all(bytes, path, file_bytes_max, &fault));
  again->count++;
}

void core_host_to_memory(struct core_host *host) {
  struct fault fault;
  each_file(host, remove_one, NULL);
  (void)rmdir(host->dir);
  file_posix_finish(&host->config.files);
  memory_dir(host->dir);
  (void)snprintf(host->db_path, sizeof host->db_path, "%s/core.db", host->dir);
  must(file_posix_init(&host->config.files, host->dir, &fault));
}

void core_again_take(struct core_again *again, struct core_host *host) {
  *again = (struct core_again){.host = host, .random = host->random, .now = host->now};
  each_file(host, keep_one, again);
  core_host_to_memory(host);
}

void core_again_put(struct core_again *again) {
  struct core_host *h = again->host;
  core_host_stop(h);
  each_file(h, remove_one, NULL);
  for (size_t i = 0; i < again->count; i++) {
    char path[path_bytes];
    const struct buf *bytes = &again->files[i].bytes;
    path_of(path, h, again->files[i].name);
    FILE *f = fopen(path, "wb");
    ASSERT(f && fwrite(bytes->ptr, 1, bytes->len, f) == bytes->len && fclose(f) == 0);
  }
  h->random = again->random;
  h->now = again->now;
}

void core_again_finish(struct core_again *again) {
  for (size_t i = 0; i < again->count; i++) buf_finish(&again->files[i].bytes);
}
