/* journal_file.c: records of the journal: appended whole, read in order, cut off where they were torn. What
 * reads back is not what is durable: whoever wrote the last record may have been told that its flush failed,
 * or have been killed before it, and no later flush looks for what one could not write. So before anybody
 * follows from it, by a replay or by another record behind it, it is written again. */
#include "server/core/journal_file.h"

#include <stdio.h>
#include <stdlib.h>

static const char magic[] = "TUTTIJN1";
enum {
  magic_bytes = 8,
  file_head_bytes = magic_bytes + id_bytes + 8,
  head_bytes = 4 + 1 + 8,
  sum_bytes = 16
};

static void sum(uint8_t out[hash_bytes], struct slice bytes) { crypto_hash(out, "tutti.journal", &bytes, 1); }

/* What stands behind the last whole record was torn: nobody else writes, for the database is locked. */
static err cut_tail(struct journal *j) {
  uint64_t end;
  TRY(j->files->size(j->file, &end));
  return end > j->size ? j->files->truncate(j->file, j->size) : ERR_OK;
}

/* Each who appended did this before: only what was written last can be in the machine's memory alone. */
static err write_tail(struct journal *j) {
  struct buf bytes = BUF_INIT(journal_transaction_bytes_max + 64);
  if (j->tail >= j->size) return ERR_OK;
  err e = buf_append_zeros(&bytes, (size_t)(j->size - j->tail));
  if (e == ERR_OK) e = j->files->read(j->file, j->tail, bytes.ptr, bytes.len);
  if (e == ERR_OK) e = j->files->write(j->file, j->tail, buf_slice(&bytes));
  buf_wipe(&bytes);
  return e;
}

/* Opening makes sure of the name. */
static err take_name(struct journal *j) {
  struct file *file = NULL;
  if (!j->unnamed) return ERR_OK;
  TRY(j->files->open(j->files->ctx, j->name, true, &file));
  j->files->close(file);
  j->unnamed = false;
  return ERR_OK;
}

static err settle(struct journal *j) {
  TRY(take_name(j));
  TRY(cut_tail(j));
  return write_tail(j);
}

static err sync(struct journal *j) {
  TRY(j->files->sync(j->file));
  j->tail = j->safe = j->size;
  return ERR_OK;
}

err journal_settle(struct journal *j) {
  TRY(journal_read_on(j, NULL, NULL));
  if (j->tail >= j->size) return ERR_OK;
  TRY(settle(j));
  return sync(j);
}

err journal_put_record(struct buf *out, enum journal_record kind, uint64_t number, struct slice body) {
  size_t start = out->len;
  uint8_t hash[hash_bytes];
  TRY(buf_put_u32(out, (uint32_t)body.len));
  TRY(buf_put_u8(out, (uint8_t)kind));
  TRY(buf_put_u64(out, number));
  TRY(buf_append(out, body));
  sum(hash, slice_of(out->ptr + start, out->len - start));
  return buf_append(out, slice_of(hash, sum_bytes));
}

static err note_record(struct journal *j, enum journal_record kind, uint64_t number, struct slice body) {
  struct cursor c = cursor_of(body);
  if (j->first == 0) j->first = kind == JOURNAL_TIME ? number + 1 : number;
  if (kind != JOURNAL_TAKEN_BACK) j->last = number;
  if (kind != JOURNAL_TIME) return ERR_OK;
  return journal_get_time(&c, &j->noted_ms);
}

/* Whoever asked for it is told no, and it must not come true with the next start, nor with a backup: as far
 * as the disk still lets it, it is as if it had not been written. */
static err write_record(struct journal *j, struct slice record) {
  err e = j->files->write(j->file, j->size, record);
  if (e == ERR_OK) e = j->files->sync(j->file);
  if (e == ERR_OK) return e;
  err undone = j->files->truncate(j->file, j->size);
  if (undone == ERR_OK) undone = j->files->sync(j->file);
  (void)undone;
  return e;
}

err journal_append(struct journal *j, enum journal_record kind, uint64_t number, struct slice body) {
  struct buf record = BUF_INIT(journal_transaction_bytes_max + 64);
  err e = journal_put_record(&record, kind, number, body);
  if (e == ERR_OK) e = settle(j);
  if (e == ERR_OK) e = write_record(j, buf_slice(&record));
  if (e == ERR_OK) {
    j->size += record.len;
    j->tail = j->safe = j->size;
    e = note_record(j, kind, number, body);
  }
  buf_wipe(&record);
  return e;
}

/* One whole record at `at`, into `record`: ERR_TRUNCATED or ERR_CORRUPT when none stands there. */
static err read_record(struct journal *j, uint64_t at, uint64_t end, struct buf *record) {
  uint8_t head[head_bytes], hash[hash_bytes];
  uint32_t len;
  if (end - at < head_bytes + sum_bytes) return ERR_TRUNCATED;
  TRY(j->files->read(j->file, at, head, sizeof head));
  struct cursor c = cursor_of(slice_of(head, sizeof head));
  TRY(cursor_u32(&c, &len));
  if (len > journal_transaction_bytes_max) return ERR_CORRUPT;
  if (end - at - head_bytes - sum_bytes < len) return ERR_TRUNCATED;
  buf_clear(record);
  TRY(buf_append_zeros(record, head_bytes + (size_t)len + sum_bytes));
  TRY(j->files->read(j->file, at, record->ptr, record->len));
  sum(hash, slice_of(record->ptr, record->len - sum_bytes));
  return crypto_equal(hash, record->ptr + record->len - sum_bytes, sum_bytes) ? ERR_OK : ERR_CORRUPT;
}

static err give_record(struct journal *j, const struct buf *record, journal_each *each, void *ctx) {
  uint32_t len;
  uint8_t kind;
  uint64_t number;
  struct slice body;
  struct cursor c = cursor_of(buf_slice(record));
  TRY(cursor_u32(&c, &len));
  TRY(cursor_u8(&c, &kind));
  TRY(cursor_u64(&c, &number));
  TRY(cursor_bytes(&c, len, &body));
  TRY(note_record(j, (enum journal_record)kind, number, body));
  return each ? each(ctx, (enum journal_record)kind, number, body) : ERR_OK;
}

/* What can be the head of a record that follows those that were read. Numbers only rise, and no hub has had a
 * million million transactions: hardly any bytes that are no head pass for one, so that little is read in
 * vain. */
static bool may_begin(const struct journal *j, const uint8_t head[head_bytes], uint64_t left) {
  struct cursor c = cursor_of(slice_of(head, head_bytes));
  uint32_t len;
  uint8_t kind;
  uint64_t number;
  if (cursor_u32(&c, &len) != ERR_OK || cursor_u8(&c, &kind) != ERR_OK || cursor_u64(&c, &number) != ERR_OK)
    return false;
  bool fits = left >= head_bytes + sum_bytes && len <= left - head_bytes - sum_bytes;
  bool follows = number >= j->last && number >> 40 == 0;
  return fits && follows && kind >= JOURNAL_TRANSACTION && kind <= JOURNAL_TIME;
}

/* Does a whole record stand behind the damage? Where the damaged one ends nobody can tell, for its length may
 * be what is wrong with it: so every place is tried. */
static bool record_behind(struct journal *j, uint64_t at, uint64_t end, struct buf *record) {
  uint8_t piece[4096];
  for (at++; end - at > head_bytes + sum_bytes;) {
    size_t len = end - at < sizeof piece ? (size_t)(end - at) : sizeof piece;
    if (j->files->read(j->file, at, piece, len) != ERR_OK) return false;
    for (size_t i = 0; i + head_bytes <= len; i++) {
      uint64_t here = at + i;
      if (may_begin(j, piece + i, end - here) && read_record(j, here, end, record) == ERR_OK) return true;
    }
    at += len - head_bytes + 1;
  }
  return false;
}

static err read_from(struct journal *j, journal_each *each, void *ctx, struct buf *record) {
  uint64_t end;
  TRY(j->files->size(j->file, &end));
  while (j->size < end) {
    err e = read_record(j, j->size, end, record);
    if (e == ERR_TRUNCATED || e == ERR_CORRUPT) {
      /* Torn, or another process is writing it just now: whoever appends next decides. */
      return record_behind(j, j->size, end, record) ? ERR_CORRUPT : ERR_OK;
    }
    TRY(e);
    TRY(give_record(j, record, each, ctx));
    j->tail = j->size < j->safe ? j->safe : j->size;
    j->size += record->len;
  }
  return ERR_OK;
}

/* ---- its head, and another file under its name ---- */

err journal_put_head(struct buf *out, const struct id *hub, uint64_t rewritten) {
  TRY(buf_append(out, slice_of(magic, magic_bytes)));
  TRY(buf_append(out, id_slice(hub)));
  return buf_put_u64(out, rewritten);
}

static err read_head(struct journal *j, struct file *file, uint64_t *rewritten) {
  uint8_t head[file_head_bytes];
  TRY(j->files->read(file, 0, head, sizeof head));
  struct cursor c = cursor_of(slice_of(head, sizeof head));
  struct slice begins, hub;
  TRY(cursor_bytes(&c, magic_bytes, &begins));
  TRY(cursor_bytes(&c, id_bytes, &hub));
  if (!slice_equal(begins, slice_of(magic, magic_bytes))) return ERR_VERSION;
  if (!slice_equal(hub, id_slice(&j->hub))) return ERR_OTHER_HUB;
  return cursor_u64(&c, rewritten);
}

/* The head too may be in memory alone, until a record follows it. */
static void rewind_to_first(struct journal *j) {
  j->tail = j->safe;
  j->size = file_head_bytes;
  j->first = j->last = 0;
}

/* Another process may have rewritten the file: what is appended to the old one would be lost. */
static err follow(struct journal *j) {
  struct file *file = NULL;
  uint64_t rewritten = 0;
  TRY(j->files->open(j->files->ctx, j->name, false, &file));
  err e = read_head(j, file, &rewritten);
  if (e != ERR_OK || rewritten == j->rewritten) {
    j->files->close(file);
    return e;
  }
  j->files->close(j->file);
  j->file = file;
  j->rewritten = rewritten;
  j->unnamed = true;
  j->safe = 0;
  rewind_to_first(j);
  return ERR_OK;
}

static err read_on(struct journal *j, journal_each *each, void *ctx) {
  struct buf record = BUF_INIT(journal_transaction_bytes_max + 64);
  err e = read_from(j, each, ctx, &record);
  buf_wipe(&record);
  return e;
}

err journal_read_on(struct journal *j, journal_each *each, void *ctx) {
  TRY(follow(j));
  return read_on(j, each, ctx);
}

err journal_read_all(struct journal *j, journal_each *each, void *ctx) {
  TRY(follow(j));
  rewind_to_first(j);
  return read_on(j, each, ctx);
}

err journal_replace(struct journal *j, struct slice bytes) {
  j->unnamed = true;
  TRY(j->files->replace(j->files->ctx, j->name, bytes));
  TRY(journal_read_on(j, NULL, NULL));
  j->unnamed = false;
  return ERR_OK;
}

/* ---- opening ---- */

/* A file shorter than its head was torn while it was made. */
static err make_head(struct journal *j) {
  uint64_t size;
  TRY(j->files->size(j->file, &size));
  if (size >= file_head_bytes) return ERR_OK;
  struct buf head = BUF_INIT(file_head_bytes);
  err e = journal_put_head(&head, &j->hub, 0);
  if (e == ERR_OK) e = j->files->truncate(j->file, 0);
  if (e == ERR_OK) e = j->files->write(j->file, 0, buf_slice(&head));
  if (e == ERR_OK) e = j->files->sync(j->file);
  buf_finish(&head);
  return e;
}

static const char *advice(err e) {
  switch (e) {
  case ERR_FULL: return "make room on its disk";
  case ERR_READ_ONLY: return "give this program the right to write there";
  case ERR_OTHER_HUB: return "name another directory in hub.conf";
  case ERR_NO_MEMORY: return "this machine needs more";
  default: return "keep a copy of it before anything else";
  }
}

err journal_open(struct journal **out, const struct file_ops *files, const struct id *hub,
                 struct fault *fault) {
  char id[id_text_bytes];
  struct journal *j = calloc(1, sizeof *j);
  if (!j) return fault_set(fault, ERR_NO_MEMORY, "There is no memory for the journal.");
  j->files = files;
  j->hub = *hub;
  j->entries = (struct buf)BUF_INIT(journal_transaction_bytes_max);
  id_text(id, hub);
  (void)snprintf(j->name, sizeof j->name, "%s.journal", id);
  err e = files->open(files->ctx, j->name, true, &j->file);
  if (e == ERR_OK) e = make_head(j);
  if (e == ERR_OK) e = read_head(j, j->file, &j->rewritten);
  if (e == ERR_OK) e = journal_read_all(j, NULL, NULL);
  if (e == ERR_OK) {
    *out = j;
    return e;
  }
  e = fault_set(fault, e, "The journal %s cannot be used: %s; %s.", j->name, err_text(e), advice(e));
  journal_close(j);
  return e;
}

void journal_close(struct journal *j) {
  if (!j) return;
  if (j->file) j->files->close(j->file);
  buf_wipe(&j->entries);
  free(j);
}
