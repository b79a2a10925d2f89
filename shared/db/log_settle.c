/* log_settle.c: a commit whose flush failed stands whole in the machine's memory: SQLite told its caller that
 * it failed, and would write over it, but a process that starts anew reads the log and finds it committed. So
 * it does when the process was killed between writing and flushing. No later flush looks for pages that one
 * flush could not write, and the power takes them: after a hub had signed for them, or a device had sent what
 * followed from them. Worse, a checkpoint would write pages of that commit into the database before the log
 * has them for good, and a power cut in the midst of it leave half of it there.
 *
 * So whoever recovers a log writes its last transaction anew and flushes it, before it believes it. Those
 * before it are durable: the next one began when the flush of the one before had succeeded, or a recovery had
 * found it. Nobody else writes meanwhile, for recovery holds every lock there is.
 *
 * The format is SQLite's (https://sqlite.org/walformat.html): a head of 32 bytes, then frames of 24 bytes and
 * a page; each names the round by the head's salts, and carries the checksum of all before it. */
#include "shared/db/log_settle.h"

#include <stddef.h>

#include "shared/base/bytes.h"
#include "shared/base/limits.h"

enum {
  head_bytes = 32,
  frame_head_bytes = 24,
  salt_bytes = 8,
  summed_of_frame_head = 8,
  summed_of_head = 24
};
static const uint32_t magic = 0x377f0682; /* and one more where checksums are of big-endian words */

struct round {
  bool big_endian;
  uint32_t sum[2];
  uint8_t salt[salt_bytes];
  size_t frame; /* bytes of each */
  /* From where the last whole transaction was written to where it ends; one that is first has the head in it.
   */
  sqlite3_int64 from, to;
};

static uint32_t get_u32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t get_little(const uint8_t *p) {
  return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void add_up(struct round *r, const uint8_t *bytes, size_t len) {
  uint32_t a = r->sum[0], b = r->sum[1];
  for (size_t i = 0; i < len; i += 8) {
    a += (r->big_endian ? get_u32(bytes + i) : get_little(bytes + i)) + b;
    b += (r->big_endian ? get_u32(bytes + i + 4) : get_little(bytes + i + 4)) + a;
  }
  r->sum[0] = a;
  r->sum[1] = b;
}

static bool adds_up(const struct round *r, const uint8_t *sum) {
  return get_u32(sum) == r->sum[0] && get_u32(sum + 4) == r->sum[1];
}

static bool read_head(struct round *r, const uint8_t head[head_bytes]) {
  uint32_t page = get_u32(head + 8);
  *r = (struct round){.big_endian = head[3] & 1, .frame = (size_t)page + frame_head_bytes};
  if ((get_u32(head) & ~1U) != magic || page < 512 || (page & (page - 1))) return false;
  bytes_copy(r->salt, head + 16, salt_bytes);
  add_up(r, head, summed_of_head);
  return adds_up(r, head + summed_of_head) && r->frame <= log_gather_bytes;
}

/* False: here ends what recovery finds. */
static bool take_frame(struct round *r, const uint8_t *frame, sqlite3_int64 end, sqlite3_int64 *settled) {
  if (!slice_equal(slice_of(frame + 8, salt_bytes), slice_of(r->salt, salt_bytes))) return false;
  add_up(r, frame, summed_of_frame_head);
  add_up(r, frame + frame_head_bytes, r->frame - frame_head_bytes);
  if (!adds_up(r, frame + 16)) return false;
  if (get_u32(frame + 4) == 0) return true;
  r->from = *settled; /* it ends a transaction */
  r->to = *settled = end;
  return true;
}

static int find_last(struct round *r, sqlite3_file *log, sqlite3_int64 size, uint8_t *window) {
  sqlite3_int64 at = head_bytes, settled = 0;
  for (;;) {
    sqlite3_int64 left = (size - at) / (sqlite3_int64)r->frame;
    size_t count = log_gather_bytes / r->frame;
    if (left < (sqlite3_int64)count) count = left < 0 ? 0 : (size_t)left;
    if (count == 0) return SQLITE_OK;
    int result = log->pMethods->xRead(log, window, (int)(count * r->frame), at);
    if (result != SQLITE_OK) return result;
    for (size_t i = 0; i < count; i++) {
      at += (sqlite3_int64)r->frame;
      if (!take_frame(r, window + i * r->frame, at, &settled)) return SQLITE_OK;
    }
  }
}

static int write_again(sqlite3_file *log, sqlite3_int64 from, sqlite3_int64 to, uint8_t *window) {
  while (from < to) {
    sqlite3_int64 left = to - from;
    int len = (int)(left < log_gather_bytes ? left : log_gather_bytes);
    int result = log->pMethods->xRead(log, window, len, from);
    if (result == SQLITE_OK) result = log->pMethods->xWrite(log, window, len, from);
    if (result != SQLITE_OK) return result;
    from += len;
  }
  return log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
}

int log_settle(sqlite3_file *log, sqlite3_int64 size, uint8_t *window) {
  struct round r;
  if (size < head_bytes) return SQLITE_OK;
  int result = log->pMethods->xRead(log, window, head_bytes, 0);
  if (result != SQLITE_OK || !read_head(&r, window)) return result;
  result = find_last(&r, log, size, window);
  if (result == SQLITE_OK && r.to) result = write_again(log, r.from, r.to, window);
  return (result & 0xFF) == SQLITE_FULL ? SQLITE_OK : result; /* such a disk still gives what it has */
}
