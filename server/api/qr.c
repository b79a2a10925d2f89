/* qr.c: libqrencode decides the modules; runs of dark ones become an SVG path, one rectangle each. */
#include "server/api/qr.h"

#include <qrencode.h>

enum { quiet = 4, path_bytes_max = 65536 };

static err put_row(struct buf *out, const QRcode *qr, int y) {
  const unsigned char *row = qr->data + (size_t)y * (size_t)qr->width;
  for (int x = 0, end; x < qr->width; x = end) {
    end = x + 1;
    if (!(row[x] & 1)) continue;
    while (end < qr->width && row[end] & 1) end++;
    TRY(buf_printf(out, "M%d %dh%dv1H%dz", x + quiet, y + quiet, end - x, x + quiet));
  }
  return ERR_OK;
}

static err put_path(struct buf *out, const QRcode *qr) {
  for (int y = 0; y < qr->width; y++) TRY(put_row(out, qr, y));
  return buf_put_u8(out, 0);
}

err qr_json(json_t **out, const char *text) {
  struct buf path = BUF_INIT(path_bytes_max);
  QRcode *qr = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
  if (!qr) return ERR_TOO_BIG;
  err e = put_path(&path, qr);
  if (e == ERR_OK) *out = json_pack("{s:i, s:s}", "size", qr->width + 2 * quiet, "path", path.ptr);
  QRcode_free(qr);
  buf_wipe(&path);
  return e == ERR_OK && !*out ? ERR_NO_MEMORY : e;
}
