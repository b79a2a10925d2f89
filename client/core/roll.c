/* roll.c: PINs and their attempts. */
#include "client/core/roll.h"

#include "client/core/small_file.h"

static const char file_name[] = "staff";
static const char file_magic[] = "TUTTIST1";

/* Room on the disk that is kept for this file alone. An attempt is counted before anybody looks at the PIN:
 * without it nobody could sign in on a full device, not even to read who has an inhaler. The old file's room
 * is free once the new one has its name, so what was given up can be kept again. */
static const char spare_name[] = "spare";
enum { spare_beside_bytes = 8192 }; /* for whole blocks, and what a file system notes of a file */

static err put_entry(struct buf *out, const struct roll_entry *e) {
  struct slice name = slice_text(e->name);
  TRY(buf_append(out, id_slice(&e->id)));
  TRY(buf_put_u16(out, (uint16_t)name.len));
  TRY(buf_append(out, name));
  TRY(buf_put_u8(out, e->has_pin));
  TRY(buf_put_u8(out, e->wrong));
  TRY(buf_put_u64(out, (uint64_t)e->tried.wall_ms));
  TRY(buf_put_u64(out, e->tried.mono_ms));
  TRY(buf_append(out, id_slice(&e->tried.boot)));
  if (!e->has_pin) return ERR_OK;
  TRY(buf_append(out, slice_of(e->wrap.bytes, pin_wrap_bytes)));
  return buf_append(out, slice_of(e->box, roll_box_bytes));
}

static err get_entry(struct cursor *c, struct roll_entry *e) {
  uint16_t len = 0;
  uint8_t has_pin = 0;
  uint64_t wall = 0;
  TRY(cursor_copy(c, &e->id, id_bytes));
  TRY(cursor_u16(c, &len));
  if (len >= roll_name_bytes || id_is_zero(&e->id)) return ERR_CORRUPT;
  TRY(cursor_copy(c, e->name, len));
  if (!utf8_valid(slice_of(e->name, len))) return ERR_CORRUPT;
  TRY(cursor_u8(c, &has_pin));
  TRY(cursor_u8(c, &e->wrong));
  TRY(cursor_u64(c, &wall));
  TRY(cursor_u64(c, &e->tried.mono_ms));
  TRY(cursor_copy(c, &e->tried.boot, id_bytes));
  e->has_pin = has_pin != 0;
  e->tried.wall_ms = (int64_t)wall;
  if (e->wrong > pin_attempts_max || e->tried.mono_ms > NUMBER_MAX) return ERR_CORRUPT;
  if (e->tried.wall_ms < -(int64_t)NUMBER_MAX || e->tried.wall_ms > (int64_t)NUMBER_MAX) return ERR_CORRUPT;
  if (!e->has_pin) return ERR_OK;
  TRY(cursor_copy(c, e->wrap.bytes, pin_wrap_bytes));
  return cursor_copy(c, e->box, roll_box_bytes);
}

/* Which file · whether it needs a new key · the entries. */
static err decode(struct roll *r, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  uint8_t rekey = 0;
  TRY(cursor_u8(&c, &r->database));
  TRY(cursor_u8(&c, &rekey));
  if (r->database > 1 || rekey > 1) return ERR_CORRUPT;
  r->rekey = rekey != 0;
  while (cursor_left(&c) > 0) {
    if (r->count == staff_on_device_max) return ERR_CORRUPT;
    TRY(get_entry(&c, &r->list[r->count]));
    r->count += 1;
  }
  return ERR_OK;
}

err roll_remove(const struct file_ops *ops) {
  TRY(ops->remove(ops->ctx, file_name));
  return ops->remove(ops->ctx, spare_name);
}

err roll_load(struct roll *out, const struct file_ops *ops, struct fault *fault) {
  bytes_zero(out, sizeof *out);
  out->ops = ops;
  struct buf bytes = BUF_INIT(small_file_bytes_max);
  err e = small_file_read(&bytes, ops, file_name, file_magic, fault);
  if (e == ERR_OK && decode(out, buf_slice(&bytes)) != ERR_OK) {
    e = fault_set(fault, ERR_CORRUPT, "the file %s of this device cannot be understood; enrol again",
                  file_name);
  }
  buf_wipe(&bytes);
  return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static err spare_size(const struct file_ops *ops, uint64_t *out) {
  struct file *f = NULL;
  *out = 0;
  err e = ops->open(ops->ctx, spare_name, false, &f);
  if (e == ERR_OK) e = ops->size(f, out);
  ops->close(f);
  return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static err spare_keep(const struct file_ops *ops, size_t bytes) {
  uint64_t size = 0;
  struct buf zeros = BUF_INIT(2 * small_file_bytes_max);
  TRY(spare_size(ops, &size));
  if (size >= bytes + spare_beside_bytes / 2) return ERR_OK;
  err e = buf_append_zeros(&zeros, bytes + spare_beside_bytes);
  if (e == ERR_OK) e = ops->replace(ops->ctx, spare_name, buf_slice(&zeros));
  buf_finish(&zeros);
  return e;
}

static err write_into_room(const struct file_ops *ops, struct slice bytes) {
  err e = small_file_write(ops, file_name, file_magic, bytes);
  if (e == ERR_FULL) {
    TRY(ops->remove(ops->ctx, spare_name));
    e = small_file_write(ops, file_name, file_magic, bytes);
  }
  err kept = spare_keep(ops, bytes.len); /* also where the file could not be written: for the next time */
  (void)kept;                            /* without it a full disk is what it was before there was any */
  return e;
}

err roll_save(const struct roll *r) {
  struct buf bytes = BUF_INIT(small_file_bytes_max);
  err e = buf_put_u8(&bytes, r->database);
  if (e == ERR_OK) e = buf_put_u8(&bytes, r->rekey);
  for (size_t i = 0; i < r->count && e == ERR_OK; i += 1) e = put_entry(&bytes, &r->list[i]);
  if (e == ERR_OK) e = write_into_room(r->ops, buf_slice(&bytes));
  buf_wipe(&bytes);
  return e;
}

struct roll_entry *roll_find(struct roll *r, const struct id *id) {
  for (size_t i = 0; i < r->count; i += 1) {
    if (id_equal(&r->list[i].id, id)) return &r->list[i];
  }
  return NULL;
}

bool roll_has_pins(const struct roll *r) {
  for (size_t i = 0; i < r->count; i += 1) {
    if (r->list[i].has_pin) return true;
  }
  return false;
}

static err entry_from(struct roll_entry *out, struct roll *old, const struct staff_ref *from) {
  if (from->name.len >= roll_name_bytes) return ERR_TOO_BIG;
  const struct roll_entry *known = roll_find(old, &from->id);
  *out = known ? *known : (struct roll_entry){.id = from->id};
  bytes_zero(out->name, sizeof out->name);
  bytes_copy(out->name, from->name.ptr, from->name.len);
  return ERR_OK;
}

static bool same_list(const struct roll *r, const struct staff_ref *staff, size_t count) {
  if (r->count != count) return false;
  for (size_t i = 0; i < count; i += 1) {
    if (!id_equal(&r->list[i].id, &staff[i].id) || !slice_equal(slice_text(r->list[i].name), staff[i].name))
      return false;
  }
  return true;
}

static bool lists(const struct staff_ref *staff, size_t count, const struct id *id) {
  for (size_t i = 0; i < count; i += 1) {
    if (id_equal(&staff[i].id, id)) return true;
  }
  return false;
}

static err list_anew(struct roll *fresh, struct roll *old, const struct staff_ref *staff, size_t count) {
  if (count > staff_on_device_max) return ERR_TOO_BIG;
  *fresh = (struct roll){.ops = old->ops, .count = count, .database = old->database, .rekey = old->rekey};
  for (size_t i = 0; i < count; i += 1) TRY(entry_from(&fresh->list[i], old, &staff[i]));
  for (size_t i = 0; i < old->count; i += 1)
    fresh->rekey = fresh->rekey || (old->list[i].has_pin && !lists(staff, count, &old->list[i].id));
  return ERR_OK;
}

/* A list that could not be saved stays as it was: what a restart would not know must not be counted on, and
 * the hub's list is news again when it comes again. */
static err take_saved(struct roll *r, struct roll *fresh) {
  err e = roll_save(fresh);
  if (e == ERR_OK) *r = *fresh;
  crypto_wipe(fresh, sizeof *fresh);
  return e;
}

err roll_replace(struct roll *r, const struct staff_ref *staff, size_t count, bool *changed_out) {
  struct roll fresh;
  *changed_out = !same_list(r, staff, count);
  if (!*changed_out) return ERR_OK;
  TRY(list_anew(&fresh, r, staff, count));
  return take_saved(r, &fresh);
}

/* Monotonic time within one boot; after a restart whatever is longer of the time since then and the wall
 * clock's way forward. */
static int64_t elapsed_ms(const struct now *from, const struct now *now) {
  int64_t wall = now->wall_ms - from->wall_ms;
  int64_t mono = (int64_t)now->mono_ms;
  if (id_equal(&from->boot, &now->boot)) return (int64_t)(now->mono_ms - from->mono_ms);
  return wall > mono ? wall : mono;
}

int64_t roll_wait_ms(const struct roll_entry *e, const struct now *now) {
  if (e->wrong < pin_attempts_free || e->wrong >= pin_attempts_max) return 0;
  int64_t delay = (int64_t)pin_delay_first_ms << (e->wrong - pin_attempts_free);
  int64_t passed = elapsed_ms(&e->tried, now);
  return passed >= delay ? 0 : delay - passed;
}

static err open_box(uint8_t key_out[key_bytes], const struct roll_entry *e, const struct box_keys *keys) {
  struct buf key = BUF_INIT(key_bytes);
  err result = crypto_seal_open(&key, slice_of(e->box, roll_box_bytes), keys);
  if (result == ERR_OK && key.len != key_bytes) result = ERR_CORRUPT;
  if (result == ERR_OK) bytes_copy(key_out, key.ptr, key_bytes);
  buf_wipe(&key);
  return result == ERR_CRYPTO ? ERR_CORRUPT : result;
}

static void destroy_wrap(struct roll_entry *e) {
  e->has_pin = false;
  crypto_wipe(&e->wrap, sizeof e->wrap);
  crypto_wipe(e->box, sizeof e->box);
}

err roll_forget_pins(struct roll *r) {
  struct roll fresh = *r;
  for (size_t i = 0; i < fresh.count; i += 1) {
    destroy_wrap(&fresh.list[i]);
    fresh.list[i].wrong = 0;
  }
  fresh.rekey = false;
  return take_saved(r, &fresh);
}

/* An attempt at which nobody learns whether the PIN was right counts for nothing. */
static void take_back(struct roll_entry *e, uint8_t wrong, const struct now *tried) {
  e->wrong = wrong;
  e->tried = *tried;
}

static err clear_count(struct roll *r, struct roll_entry *e) {
  const uint8_t counted = e->wrong;
  e->wrong = 0;
  err result = roll_save(r);
  if (result != ERR_OK) e->wrong = counted;
  return result;
}

err roll_open(struct roll *r, struct roll_entry *e, uint8_t key_out[key_bytes], struct slice pin,
              const uint8_t device_secret[key_bytes], const struct now *now) {
  if (e->wrong >= pin_attempts_max) return ERR_LOCKED;
  if (!e->has_pin) return ERR_NOT_FOUND;
  if (roll_wait_ms(e, now) > 0) return ERR_WAIT;
  const uint8_t wrong = e->wrong;
  const struct now tried = e->tried;
  e->wrong += 1;
  e->tried = *now;
  err result = roll_save(r);
  if (result != ERR_OK) {
    take_back(e, wrong, &tried);
    return result;
  }
  struct box_keys keys;
  result = pin_wrap_open(&keys, &e->wrap, pin, device_secret);
  if (result == ERR_OK) {
    result = open_box(key_out, e, &keys);
    crypto_wipe(&keys, sizeof keys);
    return result == ERR_OK ? clear_count(r, e) : result;
  }
  if (result == ERR_NO_MEMORY) {
    take_back(e, wrong, &tried);
    TRY(roll_save(r));
  } else if (result == ERR_WRONG_SECRET && e->wrong >= pin_attempts_max) {
    destroy_wrap(e);
    TRY(roll_save(r));
  }
  return result;
}

static err box_key(struct roll_entry *e, const uint8_t key[key_bytes], const struct entropy *entropy) {
  uint8_t public_half[key_bytes];
  struct buf box = BUF_INIT(roll_box_bytes);
  pin_wrap_public(public_half, &e->wrap);
  err result = crypto_seal(&box, slice_of(key, key_bytes), public_half, entropy);
  ASSERT(result != ERR_OK || box.len == roll_box_bytes);
  if (result == ERR_OK) bytes_copy(e->box, box.ptr, roll_box_bytes);
  buf_finish(&box);
  return result;
}

err roll_set_pin(struct roll *r, struct roll_entry *e, const uint8_t key[key_bytes], struct slice pin,
                 const uint8_t device_secret[key_bytes], struct password_cost cost,
                 const struct entropy *entropy) {
  struct roll_entry fresh = *e, before = *e;
  uint8_t public_half[key_bytes];
  err result = pin_wrap_create(&fresh.wrap, public_half, pin, device_secret, cost, entropy);
  if (result == ERR_OK) result = box_key(&fresh, key, entropy);
  if (result == ERR_OK) {
    fresh.has_pin = true;
    fresh.wrong = 0;
    *e = fresh;
    result = roll_save(r);
    if (result != ERR_OK) *e = before;
  }
  crypto_wipe(&fresh, sizeof fresh);
  crypto_wipe(&before, sizeof before);
  return result;
}

err roll_rekey(struct roll *r, const uint8_t key[key_bytes], const struct entropy *entropy) {
  struct roll fresh = *r;
  err e = ERR_OK;
  fresh.database = !r->database;
  fresh.rekey = false;
  for (size_t i = 0; i < fresh.count && e == ERR_OK; i += 1) {
    if (fresh.list[i].has_pin) e = box_key(&fresh.list[i], key, entropy);
  }
  if (e == ERR_OK) return take_saved(r, &fresh);
  crypto_wipe(&fresh, sizeof fresh);
  return e;
}
