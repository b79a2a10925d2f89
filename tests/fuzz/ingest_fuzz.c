/* ingest_fuzz.c: what an enrolled device sealed, whatever it says: bundle after bundle in their order, each
 * answered by a receipt that agrees with itself and stays the same; what was not taken changes nothing, and
 * what was taken travels and can be read. */
#include <stdlib.h>
#include <string.h>

#include "server/core/release.h"
#include "tests/lib/fuzz_input.h"
#include "tests/lib/hub_again.h"
#include "tests/lib/hub_world.h"

enum { bundles_most = 8, known_ids = 16, streams_most = 4 };

static struct hub_host host;
static struct hub_world world;
static struct test_device devices[2]; /* of Ada and Cam, and of Ben */
static struct hub_again again;
static struct arena arena = ARENA_INIT(1 << 28); /* of one input */

static void leave(void) {
  for (size_t i = 0; i < 2; i++) test_device_finish(&devices[i]);
  hub_again_finish(&again);
  hub_host_close(&host);
  arena_finish(&arena);
}

static void make_hub(void) {
  hub_host_open(&host, 5);
  hub_world_make(&world, &host);
  test_device_enrol(&devices[0], &host, &world.ada, &world.cam);
  test_device_enrol(&devices[1], &host, &world.ben, NULL);
  hub_again_take(&again, &host);
  (void)atexit(leave);
}

/* ---- bytes of the input that mean somebody ---- */

static const struct id *known_id(uint8_t n) {
  const struct id *all[known_ids] = {&world.ada,     &world.ben,           &world.cam,         &world.strings,
                                     &world.brass,   &world.zoe,           &world.jo,          &world.li,
                                     &world.kit,     &world.strings_today, &world.brass_today, &devices[0].id,
                                     &devices[1].id, &host.hub.id,         &stream_reference,  &stream_staff};
  return all[n % known_ids];
}

/* Fifteen times ff and a number is one of the small hub's, so that an input keeps its meaning when the hub is
 * made otherwise, and a mutation easily names somebody who is there. */
static struct slice with_ids(struct slice plain) {
  struct slice copy = arena_copy(&arena, plain);
  uint8_t *bytes = (uint8_t *)(uintptr_t)copy.ptr;
  static const uint8_t mark[id_bytes - 1] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                             0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  for (size_t at = 0; at + id_bytes <= copy.len; at++) {
    if (memcmp(bytes + at, mark, sizeof mark) != 0) continue;
    bytes_copy(bytes + at, known_id(bytes[at + id_bytes - 1])->b, id_bytes);
    at += id_bytes - 1;
  }
  return copy;
}

/* ---- one bundle ---- */

/* A device says what it is told to, not what it remembers. */
static struct bundle_header header_of(const struct test_device *d, uint8_t twist) {
  struct bundle_header h = test_device_header(d);
  if (twist == 1) h.seq++; /* held */
  if (twist == 2) h.incarnation++, h.seq = 1;
  if (twist == 3) h.previous[0] ^= 1; /* a fork */
  return h;
}

static enum receipt_status worst_of(const struct receipt *r) {
  enum receipt_status worst = RECEIPT_APPLIED;
  for (size_t i = 0; i < r->exception_count; i++)
    if (r->exceptions[i].status > worst) worst = r->exceptions[i].status;
  return worst;
}

/* How many of its changesets wait or were refused. */
static size_t withheld(const struct receipt *r) {
  size_t count = 0;
  for (size_t i = 0; i < r->exception_count; i++) {
    ASSERT(i == 0 || r->exceptions[i].changeset > r->exceptions[i - 1].changeset);
    count += r->exceptions[i].status >= RECEIPT_QUARANTINED;
  }
  return count;
}

static bool changes_nothing(const struct receipt *r, struct slice plain) {
  struct bundle_content content;
  err *refused;
  if (r->status == RECEIPT_HELD) return true;
  if (content_decode(&content, &refused, plain, &arena, NULL) != ERR_OK) return true;
  return withheld(r) == content.changeset_count;
}

static void check_receipt(const struct receipt *r, const struct bundle_header *h) {
  ASSERT(id_equal(&r->device, &h->device) && r->seq == h->seq && r->incarnation == h->incarnation);
  ASSERT(r->status == RECEIPT_HELD || r->status == worst_of(r));
  ASSERT(r->position > 0 || r->status == RECEIPT_HELD);
}

static struct slice ingest(struct slice bundle, err *result) {
  struct job job;
  hub_host_ingest(&host, &job, bundle);
  *result = job.result;
  struct slice receipt = job.receipt.ptr ? arena_copy(&arena, job.receipt) : (struct slice){NULL, 0};
  job_finish(&job);
  return receipt;
}

static bool bring(struct test_device *d, struct slice plain, uint8_t twist) {
  uint8_t before[hash_bytes], after[hash_bytes];
  struct bundle_header h = header_of(d, twist);
  struct buf bundle;
  err result, again_result;
  test_device_seal_as(d, &bundle, &h, plain);
  hub_host_digest(&host, before);
  struct slice receipt = ingest(buf_slice(&bundle), &result);
  hub_host_digest(&host, after);
  bool same = memcmp(before, after, sizeof after) == 0;
  ASSERT((result == ERR_OK) == (receipt.ptr != NULL));
  if (result != ERR_OK) ASSERT(same);
  if (result == ERR_OK) {
    struct receipt r = test_receipt(&host, receipt, &arena);
    check_receipt(&r, &h);
    ASSERT(same || !changes_nothing(&r, plain));
    struct slice twice = ingest(buf_slice(&bundle), &again_result);
    ASSERT(again_result == ERR_OK && slice_equal(receipt, twice));
  }
  if (result == ERR_OK && twist == 0) d->seq++, bundle_hash(d->previous, buf_slice(&bundle));
  buf_finish(&bundle);
  return result == ERR_OK;
}

/* ---- what comes of it ---- */

/* The office takes what waits, or does not. */
static void decide(const struct test_device *d, uint8_t what) {
  struct change_set changes;
  struct fault fault;
  for (uint32_t changeset = 0; changeset < 2; changeset++) {
    struct quarantine_ref ref = {
        .device = d->id, .incarnation = d->incarnation, .seq = d->seq, .changeset = changeset};
    err e = quarantine_decide_by(&changes, &host.hub, host.store, &host.now, &host.hub.id, &ref,
                                 what & 1 ? QUARANTINE_RELEASED : QUARANTINE_REJECTED,
                                 slice_text("looked at"), &fault);
    ASSERT(e != ERR_CORRUPT && e != ERR_INTERNAL && e != ERR_IO);
  }
}

/* Everything that a device may hold now is read by it; test_line_next reads each message. */
static void read_all(struct test_device *d) {
  static struct test_line t;
  struct message m;
  test_line_open(&t, d, NULL);
  test_line_subscribe(&t, NULL, 0, 1);
  for (size_t rounds = 0; rounds < streams_most * 4 && !t.line.closed; rounds++) {
    size_t batches = 0;
    while (test_line_next(&t, &m)) batches += m.type == MSG_FEED;
    if (batches == 0) break;
    test_line_send(&t, &(struct message){.type = MSG_CREDIT, .credit = {(uint32_t)batches}});
  }
  test_line_close(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  bool any = false;
  if (!host.store) make_hub();
  for (size_t i = 0; i < bundles_most && in.len > 0; i++) {
    uint8_t how = input_u8(&in);
    struct test_device *d = &devices[how & 1];
    struct slice plain = with_ids(input_piece(&in));
    any = bring(d, plain, how >> 1 & 3) || any;
    if ((how & 8) != 0) decide(d, how >> 4);
    if ((how & 32) != 0) hub_host_pass(&host, (int64_t)(how >> 6) * held_ms_max);
    if ((how & 32) != 0) hub_host_keep(&host);
  }
  if (any) read_all(&devices[0]), read_all(&devices[1]);
  if (any) hub_again_put(&again);
  for (size_t i = 0; i < 2; i++) {
    devices[i].seq = 0;
    bytes_zero(devices[i].previous, hash_bytes);
  }
  arena_clear(&arena);
  return 0;
}
