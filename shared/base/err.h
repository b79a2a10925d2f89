/* err.h: the one result type; ERR_OK is zero. Names and sentences stand in err.def. */
#ifndef TUTTI_BASE_ERR_H
#define TUTTI_BASE_ERR_H

#include <stdint.h>

typedef enum {
#define ERR(name, sentence) ERR_##name,
#include "shared/base/err.def"
#undef ERR
  ERR_COUNT
} err_code;

/* Every function that can fail returns one of these, and the caller must look at it. */
typedef err_code err;
#define MUST_USE __attribute__((warn_unused_result))

/* "NOT_FOUND": stable, for machines. Static storage. */
const char *err_name(err e);
/* "there is no such thing": for people. Static storage. */
const char *err_text(err e);

/* A failure with the input it is about, filled by functions that take a `struct fault *` (which may be NULL).
 * `text` is one sentence that names the input and says what to do; it never holds a secret or a learner's
 * name. */
enum { fault_text_bytes_max = 256 };
struct fault {
  err code;
  char text[fault_text_bytes_max];
};
/* Fills `f` (if not NULL) and returns `code`, so that a caller can write `return fault_set(f, ERR_X, "…",
 * …);` */
err fault_set(struct fault *f, err code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Leaves the function with the error of `expr`, if it has one. */
#define TRY(expr)                                                                                            \
  do {                                                                                                       \
    err try_err_ = (expr);                                                                                   \
    if (try_err_ != ERR_OK) return try_err_;                                                                 \
  } while (0)

/* Asserts what the programmer promised, also in release builds; prints file and line and aborts. */
#define ASSERT(cond) ((cond) ? (void)0 : assert_failed(#cond, __FILE__, __LINE__))
_Noreturn void assert_failed(const char *cond, const char *file, int line);

#endif
