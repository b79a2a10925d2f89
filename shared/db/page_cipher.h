/* page_cipher.h: private to this folder: our cipher under SQLite3 Multiple Ciphers. */
#ifndef TUTTI_DB_PAGE_CIPHER_H
#define TUTTI_DB_PAGE_CIPHER_H

#include "shared/base/err.h"

/* Once per process, at any time; the caller holds a lock of the process. */
MUST_USE err page_cipher_register(void);

#endif
