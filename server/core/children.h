/* children.h: private to this folder: who is compared with a learner when duplicates are looked for. For a
 * few learners the store is asked; for many, as after an import, everybody is read once and found by key. */
#ifndef TUTTI_SERVER_CHILDREN_H
#define TUTTI_SERVER_CHILDREN_H

#include "server/core/work.h"

enum { child_keys_max = likeness_keys_max + 2 }; /* of names, and birthday and UPN */
struct child_key {
  int64_t key;
  uint32_t place; /* in `list` */
};
struct child_groups { /* where those of each of its keys begin, in `keys` */
  uint32_t first[child_keys_max];
  uint32_t count;
};
struct children {
  struct store_child *list; /* by id */
  size_t count;
  struct child_key *keys; /* by key, then by place */
  size_t key_count;
  struct child_groups *groups; /* of each in `list` */
  struct id *paired;           /* who is taken for another one already; by id */
  size_t paired_count;
};
/* Of a list by id, which is there. */
MUST_USE err children_index(struct children *all, struct arena *a);
/* Everybody, in the work's arena. */
MUST_USE err children_read(struct children *out, struct work *w);
/* NULL: no such learner. */
const struct store_child *children_find(const struct children *all, const struct id *learner);
bool children_paired(const struct children *all, const struct id *learner);
/* Who shares a key, a birthday or a UPN with a learner, at most namesakes_max of each; who shares two comes
 * twice. `all` may be NULL: then the store is asked, and says the same; otherwise `of` is one of its list,
 * and `w` may be NULL. */
enum { children_near_max = child_keys_max * namesakes_max };
MUST_USE err children_near(const struct store_child *out[children_near_max], size_t *count, struct work *w,
                           const struct children *all, const struct store_child *of);

#endif
