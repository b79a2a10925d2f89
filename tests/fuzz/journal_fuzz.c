/* journal_fuzz.c: a journal that a disk has damaged, or that somebody wrote: it opens or says why not, and
 * what is replayed from it is replayed once, and leaves the hub whole. */
#include <stdlib.h>
#include <string.h>

#include "server/core/journal_file.h"
#include "server/core/people.h"
#include "tests/fuzz/api_state.h"
#include "tests/lib/fuzz_input.h"
#include "tests/lib/hub_again.h"
#include "tests/lib/hub_world.h"

static struct hub_host host;
static struct hub_world world;
static struct hub_again again;
static struct buf file_bytes = BUF_INIT(1 << 24), right = BUF_INIT(1 << 24);

static void must(err e) { ASSERT(e == ERR_OK); }

/* ---- the one file, in memory ---- */

struct file {
  struct buf *bytes;
};
static struct file the_file = {&file_bytes};

static err open_it(void *ctx, const char *name, bool create, struct file **out) {
  (void)ctx, (void)name, (void)create;
  *out = &the_file;
  return ERR_OK;
}
static void close_it(struct file *f) { (void)f; }
static err size_of(struct file *f, uint64_t *out) {
  *out = f->bytes->len;
  return ERR_OK;
}
static err read_at(struct file *f, uint64_t offset, void *out, size_t len) {
  if (offset > f->bytes->len || len > f->bytes->len - offset) return ERR_TRUNCATED;
  bytes_copy(out, f->bytes->ptr + offset, len);
  return ERR_OK;
}
static err write_at(struct file *f, uint64_t offset, struct slice bytes) {
  if (offset + bytes.len > f->bytes->max) return ERR_FULL;
  if (offset + bytes.len > f->bytes->len)
    TRY(buf_append_zeros(f->bytes, (size_t)offset + bytes.len - f->bytes->len));
  bytes_copy(f->bytes->ptr + offset, bytes.ptr, bytes.len);
  return ERR_OK;
}
static err cut(struct file *f, uint64_t size) {
  if (size < f->bytes->len) f->bytes->len = (size_t)size;
  return ERR_OK;
}
static err flush(struct file *f) {
  (void)f;
  return ERR_OK;
}
static err replace(void *ctx, const char *name, struct slice bytes) {
  (void)ctx, (void)name;
  struct buf next = BUF_INIT(1 << 24);
  must(buf_append(&next, bytes)); /* they may be the file's own */
  buf_finish(&file_bytes);
  file_bytes = next;
  return ERR_OK;
}
static const struct file_ops files = {.open = open_it,
                                      .close = close_it,
                                      .size = size_of,
                                      .read = read_at,
                                      .write = write_at,
                                      .truncate = cut,
                                      .sync = flush,
                                      .replace = replace};

/* ---- a right one, with every kind of entry a small hub's has ---- */

static struct journal *open_journal(struct fault *fault) {
  struct journal *j = NULL;
  err e = journal_open(&j, &files, &host.hub.id, fault);
  if (e != ERR_OK) ASSERT(fault->code == e && fault->text[0] && !j);
  return j;
}

static void write_right(void) {
  struct fault fault;
  struct store_user u = {.id = {{7}}, .name = "office", .roles = 1, .passes = 1, .code_count = 1};
  struct store_key key = {.id = {{8}}, .hash = {8}, .name = "nightly", .roles = 1};
  struct op op = {.table = schema_table(TABLE_staff), .row = world.ada, .units = 1U << 1};
  struct people_change change = {.user = &u, .actor = world.ben, .action = "account.add"};
  host.store->journal = open_journal(&fault);
  ASSERT(host.store->journal);
  op.values[COL(staff, name)] = value_text(slice_text("Ada Second"));
  hub_world_put(&host, &op);
  must(host.store->ops->begin(host.store));
  must(people_change(host.store, 5, &change));
  must(host.store->ops->commit(host.store));
  must(people_key(host.store, 5, &key, &world.ben, "key.add"));
  must(journal_keep(host.store->journal, &host.hub, host.store, &host.now));
  must(buf_append(&right, buf_slice(&file_bytes)));
  journal_close(host.store->journal);
  host.store->journal = NULL;
}

static void leave(void) {
  hub_again_finish(&again);
  hub_host_close(&host);
  buf_finish(&file_bytes);
  buf_finish(&right);
}

static void make_hub(void) {
  hub_host_open(&host, 9);
  hub_world_make(&world, &host);
  hub_again_take(&again, &host);
  write_right();
  hub_again_put(&again);
  (void)atexit(leave);
}

/* ---- what the input makes of it ---- */

/* Records with right sums around bodies of the input's; in a body, entries with right lengths. */
static void put_records(struct slice *in, bool entries) {
  struct buf body = BUF_INIT(1 << 20);
  must(journal_put_head(&file_bytes, &host.hub.id, 0));
  uint64_t number = 0;
  while (in->len > 0) {
    uint8_t kind = input_u8(in), count = 1;
    if (entries) count = kind >> 4;
    number += kind & 1;
    buf_clear(&body);
    for (uint8_t i = 0; i < count; i++) {
      enum journal_kind entry = input_u8(in) % 12;
      struct slice piece = input_piece(in);
      must(entries ? journal_put_entry(&body, entry, piece) : buf_append(&body, piece));
    }
    if (file_bytes.len + body.len + 64 > file_bytes.max) break;
    must(journal_put_record(&file_bytes, kind >> 1 & 3, number, buf_slice(&body)));
  }
  buf_finish(&body);
}

static void put_file(struct slice in) {
  buf_clear(&file_bytes);
  uint8_t how = input_u8(&in) % 4;
  switch (how) {
  case 0: must(buf_append(&file_bytes, in)); break;
  case 1:
    must(buf_append(&file_bytes, buf_slice(&right)));
    input_patch(&in, &file_bytes, 0, file_bytes.len);
    break;
  default: put_records(&in, how == 3); break;
  }
}

static void replay(struct journal *j) {
  uint8_t once[hash_bytes], twice[hash_bytes];
  size_t count;
  err e = journal_replay(&count, j, &host.hub, host.store, &host.now);
  must(views_digest(host.store, once));
  if (e != ERR_OK) return;
  must(journal_replay(&count, j, &host.hub, host.store, &host.now));
  ASSERT(count == 0);
  must(views_digest(host.store, twice));
  ASSERT(memcmp(once, twice, sizeof once) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fault fault = {.code = ERR_OK};
  struct buf keys = BUF_INIT(65536);
  bool reaches;
  if (!host.store) make_hub();
  put_file(slice_of(data, size));
  struct journal *j = open_journal(&fault);
  if (j) {
    (void)!journal_newest_keys(j, &keys);
    (void)!journal_reaches(&reaches, j, host.store);
    (void)!journal_scrub(j, &host.hub, host.store);
    (void)!journal_keep(j, &host.hub, host.store, &host.now);
    replay(j);
  }
  journal_close(j);
  buf_wipe(&keys);
  host.random = again.random;
  if (state_writes(host.store)) hub_again_put(&again);
  return 0;
}
