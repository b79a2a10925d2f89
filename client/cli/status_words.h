/* status_words.h: the reply of sync.status as words. */
#ifndef TUTTI_CLIENT_CLI_STATUS_WORDS_H
#define TUTTI_CLIENT_CLI_STATUS_WORDS_H

#include <jansson.h>
#include <stdio.h>

void status_print(FILE *out, const json_t *status);

#endif
