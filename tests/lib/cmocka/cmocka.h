/* cmocka.h: the real one, after the headers it wants before it: sorted includes put them after it. */
#ifndef TUTTI_TESTS_CMOCKA_H
#define TUTTI_TESTS_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include_next <cmocka.h>

#endif
