/* looks.h: private to this folder: which looks the audit has already. A page that stays open asks again by
 * itself, on a busy evening every second: that is one look, written down anew every ten minutes. In memory,
 * bounded, and on the writer's thread alone. */
#ifndef TUTTI_SERVER_API_LOOKS_H
#define TUTTI_SERVER_API_LOOKS_H

#include "shared/base/bytes.h"
#include "shared/base/id.h"
#include "shared/base/limits.h"
#include "shared/crypto/crypto.h"

struct looks_entry {
  uint8_t key[hash_bytes];
  uint64_t at_ms; /* on the clock that never goes backwards: when it was written down */
};
struct looks {
  struct looks_entry entries[audit_looks_known_max];
  size_t count, oldest;
};
/* Who looks at what, and from where. */
struct look {
  const struct id *who;
  struct slice from;
  const char *action, *detail;
};
/* Whether that is in the audit since less than audit_look_ms. */
bool looks_known(const struct looks *l, const struct look *look, uint64_t mono_ms);
/* The audit has it now. */
void looks_note(struct looks *l, const struct look *look, uint64_t mono_ms);

#endif
