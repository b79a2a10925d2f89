/* report_hide.c: which rows of a table may not be shown, because a number from 1 to 4 could be read in them
 * or worked out by subtracting what is shown from a sum. */
#include "server/core/reports.h"

struct hiding {
  bool *hidden;
  const int64_t *cells;
  const size_t *groups;
  size_t rows, columns;
};

static bool is_small(int64_t n) { return n > 0 && n < report_small; }

static bool row_is_small(const struct hiding *h, size_t row) {
  for (size_t c = 0; c < h->columns; c++)
    if (is_small(h->cells[row * h->columns + c])) return true;
  return false;
}

/* How much of a group is hidden, and what somebody could subtract: the sum of each column over it. */
static bool is_safe(const struct hiding *h, size_t group) {
  size_t count = 0;
  for (size_t r = 0; r < h->rows; r++) count += h->hidden[r] && h->groups[r] == group;
  if (count == 0) return true;
  if (count == 1) return false;
  for (size_t c = 0; c < h->columns; c++) {
    int64_t sum = 0;
    for (size_t r = 0; r < h->rows; r++)
      if (h->hidden[r] && h->groups[r] == group) sum += h->cells[r * h->columns + c];
    if (is_small(sum)) return false;
  }
  return true;
}

static int64_t weight(const struct hiding *h, size_t row) {
  int64_t sum = 0;
  for (size_t c = 0; c < h->columns; c++) sum += h->cells[row * h->columns + c];
  return sum;
}

/* The smallest row that is still shown and says anything; a row of nothing but zeros covers nobody. */
static size_t smallest(const struct hiding *h, size_t group) {
  size_t found = SIZE_MAX;
  for (size_t r = 0; r < h->rows; r++) {
    if (h->hidden[r] || h->groups[r] != group || weight(h, r) == 0) continue;
    if (found == SIZE_MAX || weight(h, r) < weight(h, found)) found = r;
  }
  return found;
}

static bool make_safe(struct hiding *h, size_t group) {
  while (!is_safe(h, group)) {
    size_t more = smallest(h, group);
    if (more == SIZE_MAX) return false;
    h->hidden[more] = true;
  }
  return true;
}

void report_hide(bool *hidden, bool *group_hidden, const int64_t *cells, const size_t *groups, size_t rows,
                 size_t columns, size_t group_count) {
  struct hiding h = {.hidden = hidden, .cells = cells, .groups = groups, .rows = rows, .columns = columns};
  for (size_t r = 0; r < rows; r++) hidden[r] = hidden[r] || row_is_small(&h, r);
  for (size_t g = 0; g < group_count; g++) {
    group_hidden[g] = !make_safe(&h, g);
    for (size_t r = 0; group_hidden[g] && r < rows; r++) hidden[r] = hidden[r] || groups[r] == g;
  }
}
