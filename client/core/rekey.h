/* rekey.h: the database under a new key, once somebody who could open it has left the device: neither their
 * PIN nor an old copy of the wraps opens what is there from then on.
 *
 * There are names for two database files; the staff file says which one counts, beside the boxes with its
 * key. The database is copied under the new key into the other file; when that is durable the staff file is
 * replaced, in one write, by one that names it and boxes its key to everybody who is left; then the old file
 * goes. A power cut before that write leaves the old file in force, one after it the new one; what does not
 * count is removed at the next start, before anything else is written. */
#ifndef TUTTI_CLIENT_REKEY_H
#define TUTTI_CLIENT_REKEY_H

#include "client/core/core.h"
#include "client/core/roll.h"

enum { database_path_bytes_max = 4096 };
struct core;
/* The path of one of the two. */
MUST_USE err database_path(char out[database_path_bytes_max], const char *db_path, unsigned which);
/* Removes one of the two with its log. */
MUST_USE err database_remove(const struct file_ops *ops, const char *db_path, unsigned which);
/* At the start, and after a new key: removes the file that does not count, if the one that does is there. */
MUST_USE err rekey_tidy(struct core *c);
/* When a new key is due and the database open: copies it and lets the copy count; *done_out then says that
 * the store must be opened again. Without room on the disk nothing changes, and it stays due. */
MUST_USE err rekey_run(struct core *c, bool *done_out);

#endif
