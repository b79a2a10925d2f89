/* text.h: what a spreadsheet or an information system writes, made UTF-8 piece by
 * piece. */
#ifndef TUTTI_SERVER_IMPORT_TEXT_H
#define TUTTI_SERVER_IMPORT_TEXT_H

#include "shared/base/bytes.h"

enum text_encoding { TEXT_UTF8, TEXT_UTF8_MARKED, TEXT_UTF16_LE, TEXT_UTF16_BE, TEXT_WINDOWS_1252 };
const char *text_encoding_name(enum text_encoding e);

/* Looks at a whole file, a piece at a time. Without a mark at its beginning it is UTF-8 if it can be, else
 * Windows-1252, which is what Excel's plain "CSV" is in this country. */
struct text_guess {
  uint8_t mark[4]; /* its first bytes */
  size_t seen;
  unsigned wanted; /* bytes that must follow of a letter */
  bool not_utf8;
};
void text_guess_take(struct text_guess *g, struct slice piece);
enum text_encoding text_guess_end(const struct text_guess *g);

struct text_decoder {
  enum text_encoding encoding;
  bool begun;       /* the mark was passed over */
  uint8_t carry[4]; /* of a letter whose rest comes with the next piece */
  size_t carried;
};
/* Appends a piece as UTF-8. ERR_MALFORMED for what is no text in this encoding. */
MUST_USE err text_decode(struct text_decoder *d, struct slice piece, struct buf *out);
MUST_USE err text_decode_end(const struct text_decoder *d); /* ERR_TRUNCATED: half a letter is left */

/* Comma, semicolon or tab: whichever stands most often, outside of quotation marks, in the first line that
 * has more than one of it; of a list of two columns, in the first that has any. */
char text_delimiter(struct slice beginning);

#endif
