/* holding.c: rows that came are held until they leave, or until their stream begins anew. */
#include "tests/lib/holding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

bool holding_has(const struct holding *h, const struct id *stream, uint8_t table, const struct id *row) {
  for (size_t i = 0; i < h->count; i++) {
    const struct held *one = &h->list[i];
    if (one->table == table && id_equal(&one->stream, stream) && id_equal(&one->row, row)) return true;
  }
  return false;
}

static void drop(struct holding *h, const struct id *stream, const struct id *row) {
  for (size_t i = h->count; i > 0; i--) {
    struct held *one = &h->list[i - 1];
    if (id_equal(&one->stream, stream) && (!row || id_equal(&one->row, row))) *one = h->list[--h->count];
  }
}

struct stream_position *holding_position(struct holding *h, const struct id *stream) {
  for (size_t i = 0; i < h->stream_count; i++) {
    if (id_equal(&h->at[i].stream, stream)) return &h->at[i];
  }
  assert_true(h->stream_count < held_streams_max);
  h->at[h->stream_count] = (struct stream_position){.stream = *stream};
  return &h->at[h->stream_count++];
}

static void take_batch(struct holding *h, const struct feed_batch *b) {
  struct stream_position *at = holding_position(h, &b->stream);
  h->batches++;
  h->restarts += b->restart;
  if (b->restart) drop(h, &b->stream, NULL);
  assert_true(b->restart || b->from == at->position);
  for (size_t i = 0; i < b->count; i++) {
    const struct feed_item *one = &b->items[i];
    drop(h, &b->stream, &one->id);
    h->departures += one->kind == FEED_LEAVE;
    if (one->kind != FEED_ROW) continue;
    assert_true(h->count < held_max);
    h->list[h->count++] = (struct held){.stream = b->stream, .row = one->id, .table = one->table->id};
  }
  at->position = b->to;
  at->audience = b->audience;
}

void holding_follow(struct holding *h, struct test_line *line, bool credit) {
  struct message m;
  while (test_line_next(line, &m)) {
    if (m.type != MSG_FEED) continue;
    take_batch(h, &m.feed.batch);
    struct message back = {.type = MSG_CREDIT, .credit = {.batches = 1}};
    if (credit) test_line_send(line, &back);
  }
}
