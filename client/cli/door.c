/* door.c: the running kiosk over its WebSocket, or the core itself on an idle directory. */
#include "client/cli/door.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/door_json.h"
#include "client/core/core.h"
#include "client/kiosk/call_client.h"
#include "client/kiosk/data_dir.h"
#include "shared/base/process.h"

struct door {
  struct call_client *client; /* or, without a kiosk: */
  struct data_dir dir;
  struct core *core;
  struct id boot;
  uint32_t last_id;
};

static err open_core(struct door *d, const char *data, struct fault *fault) {
  TRY(process_boot(&d->boot, fault));
  TRY(data_dir_open(&d->dir, data, false, fault));
  const struct core_config config = {.db_path = d->dir.database,
                                     .files = d->dir.files,
                                     .entropy = entropy_system(),
                                     .version = "tutti " TUTTI_VERSION,
                                     .hold = true,
                                     .now = process_now(&d->boot)};
  return core_create(&d->core, &config, fault);
}

/* Whatever is wrong with the directory is not wrong with a file that was given, nor refused by the core. */
static err open_directory(struct door *d, const char *data, struct fault *fault) {
  err e = open_core(d, data, fault);
  if (e == ERR_OK || e == ERR_NO_MEMORY || e == ERR_BUSY || e == ERR_FULL || e == ERR_READ_ONLY) return e;
  return fault->code = ERR_IO;
}

err door_open(struct door **out, const char *data, uint16_t port, struct fault *fault) {
  struct door *d = calloc(1, sizeof *d);
  if (d == NULL) return ERR_NO_MEMORY;
  d->dir.lock = -1;
  err e = data != NULL ? open_directory(d, data, fault) : call_client_open(&d->client, port, fault);
  if (e != ERR_OK) {
    door_close(d);
    d = NULL;
  }
  *out = d;
  return e;
}

void door_close(struct door *d) {
  if (d == NULL) return;
  call_client_close(d->client);
  core_destroy(d->core);
  if (d->dir.lock >= 0) data_dir_close(&d->dir);
  free(d);
}

static err encode_call(struct buf *out, uint32_t id, const char *command, const json_t *args,
                       struct slice file) {
  struct packer p;
  const char *key;
  json_t *value;
  pack_init(&p, out);
  pack_array(&p, 3);
  pack_u64(&p, id);
  pack_word(&p, command);
  pack_map(&p, (args != NULL ? json_object_size(args) : 0) + (file.len > 0 ? 1 : 0));
  if (args != NULL) json_object_foreach((json_t *)args, key, value) {
      pack_word(&p, key);
      TRY(door_pack_json(&p, value));
    }
  if (file.len > 0) {
    pack_word(&p, "file");
    pack_bytes(&p, file);
  }
  return pack_end(&p);
}

/* The core alone answers at once: nothing it can be asked here waits for the line. */
static err step_core(struct door *d, uint32_t id, struct slice call, struct buf *reply, struct fault *fault) {
  const struct event event = {.kind = EV_CALL, .id = id, .now = process_now(&d->boot), .bytes = call};
  const struct action *actions;
  size_t count;
  TRY(core_step(d->core, &event, &actions, &count));
  for (size_t i = 0; i < count; i++)
    if (actions[i].kind == ACT_REPLY && actions[i].id == id) return buf_append(reply, actions[i].bytes);
  return fault_set(fault, ERR_NETWORK, "this needs the hub: start tutti-kiosk and ask it");
}

static err code_named(struct slice name) {
  for (int e = 1; e < ERR_COUNT; e++)
    if (slice_equal(slice_text(err_name((err)e)), name)) return (err)e;
  return ERR_INTERNAL;
}

static err read_reply(struct slice reply, json_t **result_out, struct buf *file_out, struct fault *fault) {
  struct unpacked *u;
  struct slice bytes, code, text;
  uint64_t status = 0;
  size_t count = 0;
  TRY(unpack(&u, reply, codec_items_max));
  const item *root = unpack_root(u);
  err e = item_array(root, 3, &count);
  if (e == ERR_OK && count != 3) e = ERR_MALFORMED;
  if (e == ERR_OK) e = item_u64(item_at(root, 1), 1, &status);
  if (e == ERR_OK) {
    const item *result = item_at(root, 2), *file = item_get(result, "file");
    *result_out = door_unpack_json(result);
    if (file != NULL && file_out != NULL && item_bytes(file, 0, SIZE_MAX, &bytes) == ERR_OK)
      e = buf_append(file_out, bytes);
    if (status == 1 && item_get(result, "code") != NULL &&
        item_text(item_get(result, "code"), text_bytes_max, &code) == ERR_OK &&
        item_get(result, "text") != NULL &&
        item_text(item_get(result, "text"), text_bytes_max, &text) == ERR_OK)
      e = fault_set(fault, code_named(code), "%.*s", (int)text.len, (const char *)text.ptr);
  }
  unpack_finish(u);
  return e;
}

err door_call(struct door *d, const char *command, json_t *args, struct slice file, json_t **result_out,
              struct buf *file_out, struct fault *fault) {
  struct buf call = BUF_INIT((size_t)export_file_bytes_max + 65536),
             reply = BUF_INIT((size_t)export_file_bytes_max + 65536);
  uint32_t id = ++d->last_id;
  *result_out = NULL;
  err e = encode_call(&call, id, command, args, file);
  if (e == ERR_INVALID)
    e = fault_set(fault, e,
                  "the arguments may hold whole numbers, text, true, false, null, lists and objects only");
  if (e == ERR_OK)
    e = d->client != NULL ? call_client_call(d->client, buf_slice(&call), id, &reply, fault)
                          : step_core(d, id, buf_slice(&call), &reply, fault);
  if (e == ERR_OK) e = read_reply(buf_slice(&reply), result_out, file_out, fault);
  buf_wipe(&call);
  buf_wipe(&reply);
  return e;
}
