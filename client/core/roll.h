/* roll.h: who may sign in on this device, and their PINs: the file `staff`. It stands outside the database,
 * because it guards its key; it also says which of two database files counts, so that key and file change in
 * one write. */
#ifndef TUTTI_CLIENT_ROLL_H
#define TUTTI_CLIENT_ROLL_H

#include "proto/messages.h"
#include "shared/base/file.h"
#include "shared/base/now.h"
#include "shared/crypto/pin.h"

enum { roll_name_bytes = 804, roll_box_bytes = key_bytes + seal_overhead_bytes };
struct roll_entry {
  struct id id;
  char name[roll_name_bytes];
  bool has_pin;
  uint8_t wrong;    /* attempts since the last right one; pin_attempts_max: the wrap is destroyed */
  struct now tried; /* clocks at the last attempt */
  struct pin_wrap wrap;
  uint8_t box[roll_box_bytes]; /* the database's key, to the wrap's public half */
};
struct roll {
  const struct file_ops *ops;
  struct roll_entry list[staff_on_device_max];
  size_t count;
  uint8_t database; /* 0 or 1: which file the keys open */
  bool rekey;       /* somebody who could open it is gone: it needs a new key */
};
MUST_USE err roll_load(struct roll *out, const struct file_ops *ops, struct fault *fault);
MUST_USE err roll_save(const struct roll *r);
/* The file, and the room that roll_save keeps for it: where a disk is full, that is given up for the file. */
MUST_USE err roll_remove(const struct file_ops *ops);
struct roll_entry *roll_find(struct roll *r, const struct id *id); /* NULL when unknown */
bool roll_has_pins(const struct roll *r);                          /* somebody can open the database */
/* What follows is durable when it returns; what fails leaves the list in memory as the file has it, so that a
 * full disk changes nothing.
 *
 * Takes the hub's list: who stays keeps their PIN, who is not on it loses it, and then the database needs a
 * new key. *changed_out: it was another list. */
MUST_USE err roll_replace(struct roll *r, const struct staff_ref *staff, size_t count, bool *changed_out);
/* From now on the other file counts, under this key. Needs nobody's PIN. */
MUST_USE err roll_rekey(struct roll *r, const uint8_t key[key_bytes], const struct entropy *entropy);
/* Nobody has a PIN any more, or a wrong attempt. */
MUST_USE err roll_forget_pins(struct roll *r);
/* Milliseconds before the next attempt is looked at. */
int64_t roll_wait_ms(const struct roll_entry *e, const struct now *now);
static inline int64_t roll_attempts_left(const struct roll_entry *e) { return pin_attempts_max - e->wrong; }
/* Counts an attempt durably, then looks at the PIN. With the right one the count is cleared (durably) and
 * *key_out is the database's key. The tenth wrong one destroys the wrap. ERR_WRONG_SECRET; ERR_WAIT,
 * ERR_LOCKED, ERR_NOT_FOUND (no PIN), and where the disk or the memory has no room to look at it, without
 * counting. *key_out may be set although the call fails: wipe it. */
MUST_USE err roll_open(struct roll *r, struct roll_entry *e, uint8_t key_out[key_bytes], struct slice pin,
                       const uint8_t device_secret[key_bytes], const struct now *now);
/* Wraps a new key pair under `pin` and boxes the database's key to it. */
MUST_USE err roll_set_pin(struct roll *r, struct roll_entry *e, const uint8_t key[key_bytes],
                          struct slice pin, const uint8_t device_secret[key_bytes], struct password_cost cost,
                          const struct entropy *entropy);

#endif
