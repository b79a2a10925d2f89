/* log_settle.h: private to this folder: what a write-ahead log says was committed last is made durable before
 * anybody believes it. */
#ifndef TUTTI_DB_LOG_SETTLE_H
#define TUTTI_DB_LOG_SETTLE_H

#include <sqlite3.h>
#include <stdint.h>

/* The last transaction that stands whole in the log of `size` bytes is written again, where it is, and
 * flushed. `window` is log_gather_bytes of room. SQLite's result; what is no log, or has nothing whole in it,
 * is left alone. */
int log_settle(sqlite3_file *log, sqlite3_int64 size, uint8_t *window);

#endif
