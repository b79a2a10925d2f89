/* journal_file.h: private to this folder: the journal's file, record by record. */
#ifndef TUTTI_SERVER_JOURNAL_FILE_H
#define TUTTI_SERVER_JOURNAL_FILE_H

#include "server/core/journal.h"
#include "server/core/work.h"

enum journal_record { JOURNAL_TRANSACTION = 1, JOURNAL_TAKEN_BACK = 2, JOURNAL_TIME = 3 };
struct journal {
  const struct file_ops *files;
  struct id hub;
  char name[id_text_bytes + 16];
  struct file *file;
  uint64_t rewritten;  /* how often the file was, when it was opened */
  uint64_t size, last; /* as far as it was read: its length, and the number of the last transaction */
  /* What was read last and not written here begins at `tail`: see write_tail. All before `safe` is durable,
   * as far as this process knows. */
  uint64_t tail, safe;
  bool unnamed;       /* the file was rewritten, and its directory may not know it */
  uint64_t first;     /* the first transaction that it holds, or will; 0: it has no record yet */
  int64_t noted_ms;   /* the last time that was written into it; 0: none */
  struct buf entries; /* of the open transaction */
  uint64_t appended;  /* its number, once it stands in the file */
  bool broken;
};
typedef err journal_each(void *ctx, enum journal_record kind, uint64_t number, struct slice body);
/* Records behind `size`; `each` may be NULL. */
MUST_USE err journal_read_on(struct journal *j, journal_each *each, void *ctx);
MUST_USE err journal_read_all(struct journal *j, journal_each *each, void *ctx);
/* What was read last is written again and flushed, for it may stand in the machine's memory alone. Inside a
 * transaction of the store. */
MUST_USE err journal_settle(struct journal *j);
/* Durable when it returns, with all that stands before it. */
MUST_USE err journal_append(struct journal *j, enum journal_record kind, uint64_t number, struct slice body);
MUST_USE err journal_put_head(struct buf *out, const struct id *hub, uint64_t rewritten);
MUST_USE err journal_put_record(struct buf *out, enum journal_record kind, uint64_t number,
                                struct slice body);
/* The whole file anew, atomically and durably; `bytes` begins with a head that says one rewriting more. */
MUST_USE err journal_replace(struct journal *j, struct slice bytes);

/* Out of entries, into a database that lacks them; inside the caller's transaction. */
MUST_USE err journal_apply_user(struct store *s, struct slice bytes);
MUST_USE err journal_apply_run(struct store *s, struct slice bytes);
MUST_USE err journal_apply_retained(struct store *s, struct slice bytes);
MUST_USE err journal_apply_key(struct store *s, struct slice bytes);
MUST_USE err journal_apply_case(struct store *s, const struct id *hub, struct slice bytes);

/* journal_entry.c: entries of a transaction's body. */
MUST_USE err journal_put_entry(struct buf *out, enum journal_kind kind, struct slice bytes);
MUST_USE err journal_next_entry(struct cursor *c, enum journal_kind *kind, struct slice *bytes);
/* Into the open transaction, unless `e` says that the bytes could not be made; they are wiped. */
MUST_USE err journal_add(struct journal *j, enum journal_kind kind, struct buf *bytes, err e);
/* A text with its length in a byte, and a zero behind it. */
MUST_USE err journal_put_text(struct buf *out, const char *text);
MUST_USE err journal_get_text(struct cursor *c, char *out, size_t size);
MUST_USE err journal_get_time(struct cursor *c, int64_t *out);

#endif
