/* feed_run.c: an entry is its code and the row's id, or `near` and the id's last bytes where code and
 * beginning are those of the entry before: so the marks of one register are written (crypto_row_id). Before
 * an entry whose place does not follow the last one's stands `hole` and how many are left out, as a varint.
 */
#include "server/store/sqlite/feed_run.h"

#include "shared/crypto/crypto.h"

enum { hole = 0, near = feed_code_end };

static bool is_near(const struct feed_entry *a, const struct feed_entry *b) {
  return a->code == b->code &&
         slice_equal(slice_of(a->row.b, row_id_near_bytes), slice_of(b->row.b, row_id_near_bytes));
}

static err put_hole(struct buf *out, int64_t from, int64_t to) {
  ASSERT(to > from);
  if (to == from + 1) return ERR_OK;
  TRY(buf_put_u8(out, hole));
  return buf_put_varint(out, (uint64_t)(to - from - 1));
}

err feed_run_encode(struct buf *out, const struct feed_entry *list, size_t count) {
  ASSERT(count > 0 && count <= feed_run_entries_max);
  for (size_t i = 0; i < count; i++) {
    const struct feed_entry *one = &list[i];
    ASSERT(one->code != hole && one->code < feed_code_end);
    if (i) TRY(put_hole(out, one[-1].place, one->place));
    bool shares = i && is_near(&one[-1], one);
    size_t shared = shares ? row_id_near_bytes : 0;
    TRY(buf_put_u8(out, shares ? near : one->code));
    TRY(buf_append(out, slice_of(one->row.b + shared, id_bytes - shared)));
  }
  return ERR_OK;
}

/* Places are counted from the run's first one on, which is 0: where that is shows the last one. */
static err get_place(struct cursor *c, struct feed_entry *one, bool first, uint64_t last) {
  uint64_t left_out = 0;
  TRY(cursor_u8(c, &one->code));
  if (one->code == hole) {
    TRY(cursor_varint(c, &left_out));
    if (first || left_out == 0 || left_out >= last) return ERR_CORRUPT;
    TRY(cursor_u8(c, &one->code));
  }
  one->place = first ? 0 : one[-1].place + 1 + (int64_t)left_out;
  return (uint64_t)one->place < last ? ERR_OK : ERR_CORRUPT;
}

static err get_entry(struct cursor *c, struct feed_entry *one, bool first, uint64_t last) {
  size_t shared = 0;
  TRY(get_place(c, one, first, last));
  if (one->code == near && !first) {
    *one = (struct feed_entry){.place = one->place, .code = one[-1].code, .row = one[-1].row};
    shared = row_id_near_bytes;
  }
  if (one->code == hole || one->code >= feed_code_end) return ERR_CORRUPT;
  return cursor_copy(c, one->row.b + shared, id_bytes - shared);
}

err feed_run_decode(struct feed_entry out[feed_run_entries_max], size_t *count, int64_t last,
                    struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  size_t n = 0;
  *count = 0;
  for (; cursor_left(&c); n++) {
    if (n == feed_run_entries_max) return ERR_CORRUPT;
    if (get_entry(&c, &out[n], n == 0, feed_position(last)) != ERR_OK) return ERR_CORRUPT;
  }
  if (n == 0) return ERR_CORRUPT;
  int64_t first = last - out[n - 1].place;
  for (size_t i = 0; i < n; i++) out[i].place += first;
  *count = n;
  return ERR_OK;
}

size_t feed_run_cut(struct feed_entry *list, size_t count, const int64_t *places, size_t place_count) {
  size_t left = 0, next = 0;
  for (size_t i = 0; i < count; i++) {
    while (next < place_count && places[next] < list[i].place) next++;
    if (next == place_count || places[next] != list[i].place) list[left++] = list[i];
  }
  return left;
}
