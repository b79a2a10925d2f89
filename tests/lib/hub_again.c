/* hub_again.c: a hub's file kept as bytes. */
#include "tests/lib/hub_again.h"

#include <stdio.h>
#include <unistd.h>

#include "shared/base/file.h"
#include "tests/lib/memory_dir.h"

static void must(err e) { ASSERT(e == ERR_OK); }

static void move_to_memory(struct hub_again *again) {
  struct hub_host *h = again->host;
  (void)unlink(h->path);
  bytes_copy(again->first_dir, h->dir, sizeof h->dir);
  memory_dir(h->dir);
  (void)snprintf(h->path, sizeof h->path, "%s/hub.db", h->dir);
}

void hub_again_take(struct hub_again *again, struct hub_host *host) {
  struct fault fault;
  *again =
      (struct hub_again){.host = host, .file = BUF_INIT(1 << 26), .random = host->random, .now = host->now};
  host->store->ops->close(host->store);
  host->store = NULL;
  must(file_posix_read_all(&again->file, host->path, again->file.max, &fault));
  move_to_memory(again);
  hub_again_put(again);
}

void hub_again_put(struct hub_again *again) {
  struct hub_host *h = again->host;
  if (h->store) h->store->ops->close(h->store);
  h->store = NULL;
  FILE *f = fopen(h->path, "wb");
  ASSERT(f && fwrite(again->file.ptr, 1, again->file.len, f) == again->file.len && fclose(f) == 0);
  h->random = again->random;
  h->now = again->now;
  hub_host_reopen(h);
}

void hub_again_finish(struct hub_again *again) {
  buf_finish(&again->file);
  if (again->first_dir[0]) (void)rmdir(again->first_dir);
}
