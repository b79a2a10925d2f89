/* disk.c: files in memory, each with what is durable and what is not yet. */
#include "tests/sim/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/memory.h"
#include "tests/sim/sim_random.h"

static void *must(void *p) {
  if (!p) abort();
  return p;
}

struct disk_file *disk_find(struct disk *d, const char *name, bool create) {
  struct disk_file *free_one = NULL;
  for (size_t i = 0; i < disk_files_max; i++) {
    struct disk_file *f = &d->files[i];
    if (f->name[0] && strcmp(f->name, name) == 0) {
      if (create) f->now.exists = true;
      return f->now.exists ? f : NULL;
    }
    if (!f->name[0] && !free_one) free_one = f;
  }
  if (!create) return NULL;
  (void)snprintf(((struct disk_file *)must(free_one))->name, sizeof free_one->name, "%s", name);
  free_one->now.exists = true;
  return free_one;
}

/* ---- images ---- */

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static void reserve(struct disk_image *i, size_t len) {
  if (len <= i->cap) return;
  size_t cap = len * 2 + 4096;
  uint8_t *bytes = must(memory_calloc(1, cap));
  if (i->len) bytes_copy(bytes, i->bytes, least(i->len, i->touched));
  free(i->bytes);
  i->touched = least(i->len, i->touched);
  i->bytes = bytes;
  i->cap = cap;
}

static void put_zeros(struct disk_image *i, size_t at, size_t len) {
  if (at < i->touched) bytes_zero(i->bytes + at, least(len, i->touched - at));
}

static void set_len(struct disk_image *i, size_t len) {
  reserve(i, len);
  if (len > i->len) put_zeros(i, i->len, len - i->len);
  i->len = len;
}

/* `bytes` NULL: zeros. */
static void put(struct disk_image *i, uint64_t at, const uint8_t *bytes, size_t len) {
  size_t end = (size_t)at + len;
  if (at > i->len) set_len(i, (size_t)at);
  reserve(i, end);
  if (end > i->len) i->len = end;
  if (!bytes) return put_zeros(i, (size_t)at, len);
  bytes_copy(i->bytes + at, bytes, len);
  if (end > i->touched) i->touched = end;
}

static void copy_image(struct disk_image *to, const struct disk_image *from) {
  size_t written = least(from->len, from->touched);
  to->len = 0;
  if (written) put(to, 0, from->bytes, written);
  set_len(to, from->len);
  to->exists = from->exists;
}

static void swap_images(struct disk_image *a, struct disk_image *b) {
  const struct disk_image was = *a;
  *a = *b;
  *b = was;
}

void disk_read(const struct disk_file *f, uint64_t at, void *out, size_t len) {
  bytes_zero(out, len);
  if (at >= f->now.len) return;
  size_t there = f->now.len - (size_t)at;
  bytes_copy(out, f->now.bytes + at, there < len ? there : len);
}

/* ---- trouble ---- */

/* True when the power fails, or the program is killed, during what begins now. */
static bool dies_here(struct disk *d, bool flush) {
  d->ios++;
  d->flushes += flush;
  return d->ios == d->trouble.io || (flush && d->flushes == d->trouble.flush);
}

static err struck(struct disk *d, err e) {
  d->struck++;
  return e;
}

static void end(struct disk *d) {
  if (d->trouble.kills)
    disk_kill(d);
  else
    disk_die(d);
}

/* This flush does not work, and the machine goes on. */
static err refuse_flush(struct disk *d) {
  if (d->trouble.kills) disk_kill(d);
  return struck(d, ERR_IO);
}

err disk_reads(struct disk *d) {
  if (d->dead) return ERR_IO;
  return ++d->reads == d->trouble.read ? struck(d, ERR_IO) : ERR_OK;
}

/* ---- writes ---- */

static struct disk_op *add_op(struct disk_file *f) {
  if (f->op_count == f->op_cap) {
    f->op_cap = f->op_cap * 2 + 16;
    f->ops = must(memory_realloc(f->ops, f->op_cap * sizeof *f->ops));
  }
  return &f->ops[f->op_count++];
}

static void forget_ops(struct disk_file *f) {
  for (size_t i = 0; i < f->op_count; i++) free(f->ops[i].bytes);
  f->op_count = 0;
}

static bool is_zeros(const uint8_t *bytes, size_t len) {
  return bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0;
}

static bool is_write(const struct disk_op *op) { return op->len != 0; }

err disk_write(struct disk *d, struct disk_file *f, uint64_t at, const void *bytes, size_t len) {
  if (d->dead) return ERR_IO;
  if (len == 0) return ERR_OK;
  if (d->trouble.full && at + len > f->now.len) return struck(d, ERR_FULL);
  bool dies = dies_here(d, false);
  struct disk_op *op = add_op(f);
  *op = (struct disk_op){.at = at, .len = len};
  if (!is_zeros(bytes, len)) {
    op->bytes = must(memory_malloc(len));
    bytes_copy(op->bytes, bytes, len);
  }
  put(&f->now, at, op->bytes, len);
  if (dies) end(d);
  return dies ? ERR_IO : ERR_OK;
}

err disk_truncate(struct disk *d, struct disk_file *f, uint64_t len) {
  if (d->dead) return ERR_IO;
  bool dies = dies_here(d, false);
  *add_op(f) = (struct disk_op){.at = len};
  set_len(&f->now, (size_t)len);
  if (dies) end(d);
  return dies ? ERR_IO : ERR_OK;
}

static void settle(struct disk_file *f) {
  if (f->unnamed) return forget_ops(f); /* durable, and nobody will find it */
  if (f->now.exists && !f->durable.exists) f->durable.len = 0;
  for (size_t i = 0; i < f->op_count; i++) {
    const struct disk_op *op = &f->ops[i];
    if (is_write(op))
      put(&f->durable, op->at, op->bytes, op->len);
    else
      set_len(&f->durable, (size_t)op->at);
  }
  f->durable.exists = f->now.exists;
  forget_ops(f);
}

/* ---- the power fails ---- */

/* Each sector of an unsynced write is there, is not, or is there in part. */
static void keep_some(struct disk *d, struct disk_image *i, const struct disk_op *op) {
  size_t done = 0;
  while (done < op->len) {
    size_t part = sector_bytes - (size_t)((op->at + done) % sector_bytes);
    if (part > op->len - done) part = op->len - done;
    uint64_t fate = sim_below(&d->random, 5);
    size_t kept = fate < 2 ? 0 : part;
    if (fate == 4) kept = (size_t)sim_below(&d->random, part);
    if (kept) put(i, op->at + done, op->bytes ? op->bytes + done : NULL, kept);
    done += part;
  }
}

static void keep_ops(struct disk *d, struct disk_file *f, uint64_t mood) {
  for (size_t i = 0; mood && i < f->op_count; i++) {
    const struct disk_op *op = &f->ops[i];
    if (!is_write(op) && (mood == 2 || sim_below(&d->random, 2))) set_len(&f->durable, (size_t)op->at);
    if (is_write(op) && mood == 2) put(&f->durable, op->at, op->bytes, op->len);
    if (is_write(op) && mood == 1) keep_some(d, &f->durable, op);
  }
  forget_ops(f);
}

static void lose(struct disk *d, struct disk_file *f) {
  if (f->unnamed) { /* what has its name is another file */
    f->unnamed = false;
    return forget_ops(f);
  }
  if (f->before.exists &&
      sim_below(&d->random, 2)) { /* its removal is lost, and with it what was made in its place */
    copy_image(&f->durable, &f->before);
    f->before.exists = false;
    return forget_ops(f);
  }
  f->before.exists = false;
  bool was = f->durable.exists;
  uint64_t mood = sim_below(&d->random, 3); /* nothing of it, some of it, all of it */
  if (!was && mood == 0) return forget_ops(f);
  if (f->now.exists == was || sim_below(&d->random, 2)) f->durable.exists = f->now.exists;
  keep_ops(d, f, mood);
}

/* Nothing of what was written may have reached the disk, or some of it, or all; and the machine has forgotten
 * which. */
static void lose_track(struct disk *d, struct disk_file *f) {
  keep_ops(d, f, f->durable.exists && !f->unnamed ? sim_below(&d->random, 3) : 0);
}

void disk_die(struct disk *d) {
  if (d->dead) return;
  d->dead = true;
  d->trouble = (struct disk_trouble){.flush = 0};
  for (size_t i = 0; i < disk_files_max; i++) {
    if (d->files[i].name[0]) lose(d, &d->files[i]);
  }
}

void disk_kill(struct disk *d) {
  if (d->dead) return;
  d->dead = d->killed = true;
  d->trouble = (struct disk_trouble){.flush = 0};
}

static void forget_shm(struct disk_file *f) {
  for (size_t k = 0; k < disk_shm_regions_max; k++) {
    free(f->shm[k]);
    f->shm[k] = NULL;
  }
  f->shm_users = 0;
}

void disk_boot(struct disk *d) {
  bool killed = d->killed;
  d->dead = d->killed = false;
  for (size_t i = 0; i < disk_files_max; i++) {
    struct disk_file *f = &d->files[i];
    forget_shm(f);
    if (killed) continue;
    forget_ops(f);
    f->unnamed = false;
    if (!f->durable.exists) f->durable.len = 0;
    copy_image(&f->now, &f->durable);
  }
}

/* A file system with a journal commits what came before in the directory with every later flush. */
static void settle_directory(struct disk *d) {
  for (size_t i = 0; i < disk_files_max; i++) d->files[i].before.exists = false;
}

/* One that was written anew and flushed has every name that reads back from it. */
static void settle_names(struct disk *d) {
  settle_directory(d);
  for (size_t i = 0; i < disk_files_max; i++) {
    struct disk_file *f = &d->files[i];
    if (!f->unnamed) continue;
    f->unnamed = false;
    copy_image(&f->durable, &f->now);
  }
}

err disk_sync(struct disk *d, struct disk_file *f) {
  if (d->dead) return ERR_IO;
  bool dies = dies_here(d, true);
  if (d->flushes == d->trouble.sync) {
    lose_track(d, f);
    return refuse_flush(d);
  }
  if (dies && sim_below(&d->random, 2)) {
    end(d);
    return ERR_IO;
  }
  settle(f);
  settle_directory(d);
  if (dies) end(d);
  return dies ? ERR_IO : ERR_OK;
}

err disk_name(struct disk *d, struct disk_file *f, bool there) {
  if (d->dead) return ERR_IO;
  if (!there) return disk_sync(d, f);
  bool dies = dies_here(d, true);
  if (d->flushes == d->trouble.sync) return refuse_flush(d);
  if (!dies || sim_below(&d->random, 2)) settle_names(d);
  if (dies) end(d);
  return dies ? ERR_IO : ERR_OK;
}

/* The new file has the name, for whoever reads. */
static void rename_over(struct disk_file *f, struct slice bytes) {
  forget_ops(f);
  set_len(&f->now, 0);
  put(&f->now, 0, bytes.ptr, bytes.len);
  f->now.exists = true;
}

/* The flush of the new file's bytes or that of the directory: the name is taken in between. */
static err fail_to_replace(struct disk *d, struct disk_file *f, struct slice bytes) {
  if (sim_below(&d->random, 2)) {
    rename_over(f, bytes);
    f->unnamed = true;
  }
  return refuse_flush(d);
}

err disk_replace(struct disk *d, struct disk_file *f, struct slice bytes) {
  if (d->dead) return ERR_IO;
  if (d->trouble.full && bytes.len > f->now.len) return struck(d, ERR_FULL);
  bool dies = dies_here(d, true);
  if (d->flushes == d->trouble.sync) return fail_to_replace(d, f, bytes);
  uint64_t done = dies ? sim_below(&d->random, 3) : 2; /* nothing, all but the directory's flush, all of it */
  if (done > 0) {
    rename_over(f, bytes);
    f->unnamed = false;
    if (f->durable.exists && done == 1) swap_images(&f->before, &f->durable);
    copy_image(&f->durable, &f->now);
  }
  if (done == 2) settle_names(d);
  if (dies) end(d);
  return dies ? ERR_IO : ERR_OK;
}

err disk_remove(struct disk *d, struct disk_file *f, bool synced) {
  if (d->dead) return ERR_IO;
  bool dies = dies_here(d, synced);
  forget_ops(f);
  f->now.exists = false;
  f->now.len = 0;
  f->unnamed = false;
  if (f->durable.exists) swap_images(&f->before, &f->durable);
  f->durable.exists = false;
  f->durable.len = 0;
  if (synced) settle_names(d);
  if (dies) end(d);
  return dies ? ERR_IO : ERR_OK;
}

/* ---- looking from outside ---- */

/* Zeros at the end count by their number. */
uint64_t disk_hash(const struct disk *d) {
  uint64_t h = sim_hash_start;
  for (size_t i = 0; i < disk_files_max; i++) {
    const struct disk_image *m = &d->files[i].now;
    if (!m->exists) continue;
    h = sim_hash_words(h, m->bytes, least(m->len, m->touched));
    h = sim_hash(h, &m->len, sizeof m->len);
  }
  return h;
}

void disk_copy(struct disk *to, const char *to_name, const struct disk *from, const char *from_name) {
  static const char *const suffixes[] = {"", "-wal"};
  for (size_t i = 0; i < 2; i++) {
    char a[40], b[40];
    (void)snprintf(a, sizeof a, "%s%s", to_name, suffixes[i]);
    (void)snprintf(b, sizeof b, "%s%s", from_name, suffixes[i]);
    struct disk_file *f = disk_find(to, a, true);
    forget_ops(f);
    f->now.len = 0;
    f->now.exists = false;
    for (size_t k = 0; k < disk_files_max; k++) {
      if (strcmp(from->files[k].name, b) == 0) copy_image(&f->now, &from->files[k].now);
    }
    copy_image(&f->durable, &f->now);
  }
}

void disk_clone(struct disk *to, const struct disk *from) {
  for (size_t i = 0; i < disk_files_max; i++) {
    struct disk_file *f = &to->files[i];
    bytes_copy(f->name, from->files[i].name, sizeof f->name);
    forget_ops(f);
    copy_image(&f->durable, &from->files[i].durable);
    copy_image(&f->before, &from->files[i].before);
    f->unnamed = false;
  }
  disk_boot(to);
}
