/* import_loans.c: a list of loans, looked at as a whole: one row may say that an instrument came back, and
 * another that it went out again. */
#include <stdio.h>
#include <stdlib.h>

#include "server/import/import_check.h"
#include "server/import/loans.h"

struct placed { /* an op among the import's */
  const struct op *op;
  size_t row;
};

static int by_instrument(const void *a, const void *b) {
  enum { instrument = COL(instrument_loan, instrument), starts = COL(instrument_loan, starts) };
  const struct value *one = ((const struct placed *)a)->op->values,
                     *other = ((const struct placed *)b)->op->values;
  int order = id_compare(&one[instrument].id, &other[instrument].id);
  if (order) return order;
  return (one[starts].i > other[starts].i) - (one[starts].i < other[starts].i);
}

/* Of loans in the order of their days, where any two overlap two neighbours do. */
static err check_each_other(struct import *im, size_t first) {
  size_t count = im->op_count - first;
  struct placed *list = calloc(count + 1, sizeof *list);
  char text[import_message_bytes_max];
  if (!list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++)
    list[i] = (struct placed){&im->ops[first + i], im->sources[first + i].number};
  if (count > 1) qsort(list, count, sizeof *list, by_instrument);
  for (size_t i = 1; i < count; i++) {
    if (!loans_overlap(list[i - 1].op->values, list[i].op->values)) continue;
    (void)snprintf(text, sizeof text, "lends what row %zu lends in the same days", list[i - 1].row);
    import_note(im, list[i].row, "serial", text);
  }
  free(list);
  return ERR_OK;
}

static bool in_list(const void *ctx, const struct id *loan) {
  const struct import *im = ctx;
  return id_set_has(&im->in_file, loan);
}

static err check_with_hub(struct import *im, size_t at) {
  struct arena a = ARENA_INIT(1 << 22);
  struct fault fault = {.code = ERR_OK};
  err e = loan_check(im->store, &a, &im->ops[at], in_list, im, &fault);
  arena_finish(&a);
  if (fault.code == ERR_OK) return e;
  import_note(im, im->sources[at].number, "", fault.text);
  return ERR_OK;
}

err import_loans_check(struct import *im, size_t first) {
  if (im->file->table != TABLE_instrument_loan) return ERR_OK;
  for (size_t i = first; i < im->op_count; i++) TRY(check_with_hub(im, i));
  return check_each_other(im, first);
}
