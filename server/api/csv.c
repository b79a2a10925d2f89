/* csv.c: quoting and defusing. */
#include "server/api/csv.h"

#include <string.h>

err csv_begin(struct buf *out) { return buf_append(out, slice_text("\xef\xbb\xbf")); }

bool csv_runs(struct slice cell) { return cell.len > 1 && strchr("=+-@\t\r", cell.ptr[0]) != NULL; }

static bool needs_quotes(struct slice cell) {
  for (size_t i = 0; i < cell.len; i++) {
    if (cell.ptr[i] && strchr("\",\r\n", cell.ptr[i])) return true;
  }
  return false;
}

static err put_cell(struct buf *out, struct slice cell) {
  bool quoted = needs_quotes(cell);
  if (quoted) TRY(buf_put_u8(out, '"'));
  if (csv_runs(cell)) TRY(buf_put_u8(out, '\''));
  for (size_t i = 0; i < cell.len; i++) {
    if (cell.ptr[i] == '"') TRY(buf_put_u8(out, '"'));
    TRY(buf_put_u8(out, cell.ptr[i]));
  }
  return quoted ? buf_put_u8(out, '"') : ERR_OK;
}

err csv_row(struct buf *out, const struct slice *cells, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (i > 0) TRY(buf_put_u8(out, ','));
    TRY(put_cell(out, cells[i]));
  }
  return buf_append(out, slice_text("\r\n"));
}
