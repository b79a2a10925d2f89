/* door.c: puts the core behind functions a worker can call. It decides nothing. */
#include "client/browser/door.h"

#include <stdlib.h>

#include "client/browser/file_opfs.h"
#include "client/browser/host.h"
#include "client/core/core.h"
#include "shared/base/limits.h"
#include "shared/schema/schema.h"

#define EXPORT(name) __attribute__((export_name(#name)))

struct door {
  struct core *core;
  struct now now;
  char hub[url_bytes_max + 1]; /* where typed codes enrol; empty: nowhere */
  struct buf input;
  const struct action *actions; /* of the last step */
  size_t action_count;
  struct fault fault;
};

static void fill_from_host(void *ctx, void *out, size_t len) {
  (void)ctx;
  host_random(out, len);
}

EXPORT(door_create) struct door *door_create(void) {
  struct door *door = calloc(1, sizeof *door);
  if (door) door->input = (struct buf)BUF_INIT(ui_call_bytes_max);
  return door;
}

EXPORT(door_destroy) void door_destroy(struct door *door) {
  if (!door) return;
  door_close(door);
  buf_wipe(&door->input);
  free(door);
}

/* Zeros first: what the last event held is not left lying where a shorter one would not cover it. */
EXPORT(door_input) uint8_t *door_input(struct door *door, uint32_t len) {
  buf_clear(&door->input);
  if (buf_append_zeros(&door->input, len ? len : 1) != ERR_OK) return NULL;
  return door->input.ptr;
}

EXPORT(door_boot) int32_t door_boot(struct door *door) {
  struct cursor input = cursor_of(buf_slice(&door->input));
  return (int32_t)cursor_copy(&input, door->now.boot.b, sizeof door->now.boot.b);
}

EXPORT(door_hub) int32_t door_hub(struct door *door, uint32_t len) {
  if (len > url_bytes_max || len > door->input.len) return (int32_t)ERR_TOO_BIG;
  bytes_zero(door->hub, sizeof door->hub);
  bytes_copy(door->hub, door->input.ptr, len);
  return ERR_OK;
}

EXPORT(door_now) void door_now(struct door *door, double wall_ms, double mono_ms) {
  door->now.wall_ms = (int64_t)wall_ms;
  door->now.mono_ms = (uint64_t)mono_ms;
}

EXPORT(door_open) int32_t door_open(struct door *door) {
  door_close(door);
  const struct core_config config = {
      .db_path = "core.db",
      .db_vfs = "opfs",
      .files = file_opfs(),
      .entropy = {.fill = fill_from_host},
      .version = "tutti-field " TUTTI_VERSION,
      .hub_url = door->hub,
      .device_kind = ENUM_device_kind_phone,
      .now = door->now,
  };
  return (int32_t)core_create(&door->core, &config, &door->fault);
}

EXPORT(door_fault) const char *door_fault(struct door *door) { return door->fault.text; }

EXPORT(door_close) void door_close(struct door *door) {
  core_destroy(door->core);
  door->core = NULL;
  door->actions = NULL;
  door->action_count = 0;
}

EXPORT(door_step) int32_t door_step(struct door *door, uint32_t kind, uint32_t id, uint32_t len) {
  door->actions = NULL;
  door->action_count = 0;
  if (!door->core || kind > EV_STOP || len > door->input.len) return -(int32_t)ERR_INVALID;
  const struct event event = {
      .kind = (enum event_kind)kind,
      .id = id,
      .now = door->now,
      .bytes = slice_of(door->input.ptr, len),
  };
  err e = core_step(door->core, &event, &door->actions, &door->action_count);
  return e == ERR_OK ? (int32_t)door->action_count : -(int32_t)e;
}

static const struct action *action_at(const struct door *door, uint32_t index) {
  ASSERT(index < door->action_count);
  return &door->actions[index];
}

EXPORT(door_action_kind) uint32_t door_action_kind(struct door *door, uint32_t index) {
  return action_at(door, index)->kind;
}
EXPORT(door_action_id) uint32_t door_action_id(struct door *door, uint32_t index) {
  return action_at(door, index)->id;
}
EXPORT(door_action_at) double door_action_at(struct door *door, uint32_t index) {
  return (double)action_at(door, index)->at_mono_ms;
}
EXPORT(door_action_bytes) const uint8_t *door_action_bytes(struct door *door, uint32_t index) {
  return action_at(door, index)->bytes.ptr;
}
EXPORT(door_action_len) uint32_t door_action_len(struct door *door, uint32_t index) {
  return (uint32_t)action_at(door, index)->bytes.len;
}
