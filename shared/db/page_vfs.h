/* page_vfs.h: private to this folder: the database file under SQLite, which does not let a checkpoint be
 * complete that is not. */
#ifndef TUTTI_DB_PAGE_VFS_H
#define TUTTI_DB_PAGE_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct page_file {
  sqlite3_file base;
  sqlite3_file *real;             /* in the memory behind this */
  bool written;                   /* since the last flush that worked */
  bool asked;                     /* a flush came since, and failed */
  bool partial;                   /* pages of an earlier checkpoint, which asked for none, wait for it too */
  bool lost;                      /* and they were not kept: no flush tells of them any more */
  const volatile uint32_t *index; /* of the log, as all who have it open share it; NULL: there is none */
  sqlite3_file *log;              /* NULL: none is open */
  void (*let_go)(sqlite3_file *log); /* whoever wrote it lets others write */
};

/* The file whose log has this name, as SQLite opens it; NULL when it was not opened here. */
struct page_file *page_beside(const char *log_name);

/* Asked of the file: an int, 1 when it takes no more. */
enum { page_lost_control = 0x7467 }; /* those below 100 are SQLite's */

/* Opens the file of the layer below `f`; SQLite's result. */
int page_open(sqlite3_vfs *real_vfs, const char *name, struct page_file *f, int flags, int *flags_out);

#endif
