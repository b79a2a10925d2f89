/* journal_file.h: private to this folder: the journal's file, record by record. */
#ifndef TUTTI_SERVER_JOURNAL_FILE_H
#define TUTTI_SERVER_JOURNAL_FILE_H

#include "server/core/journal.h"
#include "server/core/work.h"

enum journal_record { JOURNAL_TRANSACTION = 1, JOURNAL_TAKEN_BACK = 2 };
struct journal {
  const struct file_ops *files;
  struct file *file;
  uint64_t size, last; /* as far as it was read: its length, and the number of the last transaction */
  struct buf entries;  /* of the open transaction */
  uint64_t appended;   /* its number, once it stands in the file */
  bool broken;
};
typedef err journal_each(void *ctx, enum journal_record kind, uint64_t number, struct slice body);
/* Records behind `size`; `each` may be NULL. */
MUST_USE err journal_read_on(struct journal *j, journal_each *each, void *ctx);
MUST_USE err journal_read_all(struct journal *j, journal_each *each, void *ctx);
/* Durable when it returns. */
MUST_USE err journal_append(struct journal *j, enum journal_record kind, uint64_t number, struct slice body);

#endif
