/* desk.h: an office desk in a test: the API over a real hub's store, and people of every role who sit at it.
 */
#ifndef TUTTI_TESTS_API_DESK_H
#define TUTTI_TESTS_API_DESK_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include <jansson.h>

#include "server/api/api.h"
#include "tests/contract/api/witness.h"
#include "tests/lib/ingest_world.h"

struct desk {
  struct api *api;
  char uploads[96];
  struct id people[8]; /* by the number of their role */
  char cookie[96], csrf[40];
  const char *if_none_match, *bearer;
  unsigned sitter;               /* whose sign-in asks: the number of their role, 0 for nobody */
  struct witness witness;        /* of the audit; not while a test has threads of its own */
  bool from_elsewhere;           /* not from the hub's own page */
  struct password_cost password; /* of new ones; zeros: as people pay it. For desk_again */
  /* Whose store a step runs on, and what is to hold after it; NULL: the hub's one store, and nothing. */
  struct store *(*on_thread)(enum http_next where);
  void (*after_step)(enum http_next where);
  /* of the last answer */
  unsigned status;
  char etag[http_etag_bytes_max];
  struct change_set changes;
  json_t *json; /* NULL: no body */
  char *text;   /* the body, with a zero behind it */
  size_t text_len;
  char file_name[http_file_name_bytes_max]; /* "": the answer is no file */
};
extern struct desk desk;
/* cmocka's setup and teardown: the small hub of ingest_world.h, with everybody signed in. */
int desk_open(void **state);
int desk_close(void **state);
/* The API anew, as after a restart: what it remembers without the store is gone. */
void desk_again(void);
/* Whoever has that role asks from now on: ENUM_role_… */
void desk_sit(int role);
/* Signs that role in anew, whatever became of its sign-in, and sits it down. */
void desk_return(int role);
void desk_return_with(int role, int other); /* the same person with a second role */

void desk_stand(void); /* nobody asks: without cookie and token */

/* The answer is the desk's until the next question. */
void desk_get(const char *target);
void desk_post(const char *path, const json_t *body); /* the body is the caller's */
/* POST with a body that is made like json_pack's and taken. */
void desk_send(const char *path, json_t *body);
void desk_ask(enum http_method method, const char *target, struct slice body); /* any bytes */
void desk_expect(unsigned status, const char *code); /* an error, and its text is a sentence */
void desk_fine(void);                                /* 200 */

/* Inside the last answer: "choices.0.label"; NULL or -1 where there is none. */
const json_t *desk_at(const char *place);
const char *desk_text(const char *place);
long long desk_number(const char *place);
bool desk_is(const char *place); /* true */
size_t desk_count(const char *place);
/* "/api/work/items/<id>": an address with an id at its end, in a buffer of its own until the next call. */
const char *desk_path(const char *begin, const struct id *id);
/* How many of the audit's latest entries say that this was done. */
size_t desk_audited(const char *action);
#endif
