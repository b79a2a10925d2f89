/* heads_fuzz.c: the blob that holds a row's heads, as a damaged or foreign database would give it. */
#include "shared/schema/row.h"
#include "tests/lib/fuzz_input.h"

enum { origins = 3 };

static void book_fill(struct origin_book *book) {
  for (uint8_t i = 1; i <= origins; i++) {
    struct origin o = {.device = {{i}}, .incarnation = i, .author = {{i, 1}}};
    uint32_t no = 0;
    ASSERT(origin_book_intern(book, &o, &no) == ERR_OK);
  }
}

/* What was read is what is written, and reading that gives it again. */
static void write_again(struct row *row, struct origin_book *book, struct arena *a) {
  struct buf once = BUF_INIT(1 << 24), twice = BUF_INIT(1 << 24);
  struct row again = {.table = row->table};
  ASSERT(row_heads_encode(&once, row, book) == ERR_OK);
  ASSERT(row_heads_decode(&again, buf_slice(&once), book, a) == ERR_OK);
  ASSERT(row_heads_encode(&twice, &again, book) == ERR_OK);
  ASSERT(slice_equal(buf_slice(&once), buf_slice(&twice)));
  buf_finish(&once);
  buf_finish(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  struct arena a = ARENA_INIT(1 << 24);
  struct origin_book book = {.count = 0};
  struct row row = {.table = schema_after(input_u8(&in) % (TABLE_END - 1))};
  book_fill(&book);
  if (row.table && row_heads_decode(&row, in, &book, &a) == ERR_OK) write_again(&row, &book, &a);
  origin_book_finish(&book);
  arena_finish(&a);
  return 0;
}
