/* device_bring.c: a device's export file that was sent in: taken on the writer a transaction at a time, so
 * that devices on the line need not wait for all of a long file; the answer holds the reply file to carry
 * back. */
#include "server/api/input.h"
#include "server/core/carried.h"
#include "server/import/uploads.h"
#include "shared/base/file.h"

/* Between two steps the file stays where it was sent to: a step may be the last one that anybody waits for.
 */
struct file_in_memory {
  struct buf bytes;
  struct arena arena;
  struct export_file file;
};

static void close_file(struct file_in_memory *f) {
  arena_finish(&f->arena);
  buf_finish(&f->bytes);
}

static bool is_the_hubs(err e) {
  return e == ERR_NO_MEMORY || e == ERR_IO || e == ERR_FULL || e == ERR_READ_ONLY || e == ERR_BUSY;
}

/* `f` is closed by the caller, also after an error. */
static err open_file(struct file_in_memory *f, struct api_call *c) {
  char path[upload_path_bytes_max];
  struct fault fault = {.code = ERR_OK};
  const char *dir = c->api->config.uploads;
  *f = (struct file_in_memory){.bytes = BUF_INIT(upload_bytes_max),
                               .arena = ARENA_INIT(4 * (size_t)export_file_bytes_max)};
  if (!dir)
    return fault_set(&c->fault, ERR_READ_ONLY, "this hub keeps no directory for files that are sent in");
  TRY(uploads_path(path, dir, &c->id));
  err e = file_posix_read_all(&f->bytes, path, upload_bytes_max, &fault);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "that file is not here any more: send it again");
  TRY(e);
  e = carried_open(&f->file, buf_slice(&f->bytes), c->api->config.hub, &f->arena, &fault);
  if (e == ERR_OK || is_the_hubs(e)) return e;
  uploads_remove(dir, &c->id);
  return fault_set(&c->fault, ERR_INVALID, "%s", fault.text[0] ? fault.text : err_text(e));
}

/* ---- answering ---- */

static json_t *answer_json(const struct carried *t, const struct file_in_memory *f, const char *name,
                           const struct buf *reply) {
  return json_pack("{s:s?, s:I, s:I, s:I, s:I, s:I, s:I, s:s?, s:b, s:s%}", "device_name", name, "bundles",
                   (json_int_t)f->file.count, "new", (json_int_t)t->fresh, "known", (json_int_t)t->known,
                   "waiting", (json_int_t)t->waiting, "aside", (json_int_t)t->aside, "refused",
                   (json_int_t)t->refused, "why", t->refused ? err_text(t->why) : NULL, "came_back",
                   (int)t->came_back, "reply", (const char *)reply->ptr, reply->len);
}

static err answer(struct api_call *c, struct carried *t, const struct file_in_memory *f) {
  struct store_device device;
  struct buf reply = BUF_INIT(export_file_bytes_max), text = BUF_INIT(http_answer_bytes_max);
  err e = carried_reply(t, &reply, &f->file, c->api->config.hub, c->store, &c->x->now, &c->login.user);
  if (e == ERR_OK) e = base64url_encode(&text, buf_slice(&reply));
  err known = e == ERR_OK ? c->store->ops->device_load(c->store, &f->file.device, &device) : e;
  if (known != ERR_OK && known != ERR_NOT_FOUND) e = known;
  if (e == ERR_OK) e = api_answer(c, answer_json(t, f, known == ERR_OK ? device.name : NULL, &text));
  buf_finish(&text);
  buf_finish(&reply);
  return e;
}

/* ---- taking ---- */

static err bring_step(struct api_call *c);

static err bring_some(struct api_call *c, struct carried *t, const struct file_in_memory *f) {
  err e = carried_bring(t, &f->file, c->api->config.hub, c->store, &c->x->now);
  c->x->changes = t->changes;
  TRY(e);
  if (t->brought < f->file.count) return api_then(c, HTTP_WRITER, bring_step);
  TRY(answer(c, t, f));
  uploads_remove(c->api->config.uploads, &c->id);
  return ERR_OK;
}

static err bring_step(struct api_call *c) {
  struct file_in_memory f;
  err e = open_file(&f, c);
  if (e == ERR_OK) e = bring_some(c, c->own, &f);
  close_file(&f);
  return e;
}

/* A file that is none is refused here, and nobody's writing waits for that. */
err api_device_bring(struct api_call *c) {
  struct file_in_memory f;
  c->own = arena_take(&c->x->arena, 1, sizeof(struct carried));
  if (!c->own) return ERR_NO_MEMORY;
  bytes_zero(c->own, sizeof(struct carried));
  TRY(input_read(c, NULL, 0, NULL));
  err e = open_file(&f, c);
  close_file(&f);
  return e == ERR_OK ? api_then(c, HTTP_WRITER, bring_step) : e;
}
