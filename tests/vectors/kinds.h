/* kinds.h: every parser of the protocol as one row: take bytes apart, put them together again. Shared by the
 * vector tests and the fuzz targets. */
#ifndef TUTTI_TESTS_KINDS_H
#define TUTTI_TESTS_KINDS_H

#include "tests/vectors/fixture.h"

struct kind {
  const char *name;
  /* Decodes, then appends what encoding gives. The decoder's error; aborts when something decoded cannot be
   * encoded. */
  err (*recode)(struct buf *out, struct slice bytes, const struct fixture *f);
  /* What follows the parsed part: `trailer_bytes` of signature or hash, which `trail` appends anew. May be 0
   * and NULL. */
  size_t trailer_bytes;
  err (*trail)(struct buf *out, const struct fixture *f);
};
const struct kind *kind_named(const char *name); /* aborts when there is none */

/* Feeds hostile bytes to a parser, as they are and with a right trailer behind them. It may refuse them; if
 * it does not, encoding must succeed, and from then on give the same bytes for ever. */
void kind_survives(const struct kind *kind, struct slice bytes, const struct fixture *f);

#endif
