/* core_host.c: driving a core, and checking that every reply has the shape commands.def gives it. */
#include "tests/lib/core_host.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/calls.h"
#include "shared/base/now.h"

static void fill(void *ctx, void *out, size_t len) {
  struct core_host *h = ctx;
  uint8_t *to = out;
  for (size_t i = 0; i < len; i += 1) {
    h->random += 0x9e3779b97f4a7c15u;
    uint64_t z = h->random;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    to[i] = (uint8_t)(z ^ (z >> 31));
  }
}

void core_host_init(struct core_host *h, uint64_t seed) {
  bytes_zero(h, sizeof *h);
  h->random = seed;
  h->now = (struct now){.wall_ms = 1795262400000, .mono_ms = 1000000, .boot = {{1}}};
  (void)snprintf(h->dir, sizeof h->dir, "/tmp/tutti-core-XXXXXX");
  if (!mkdtemp(h->dir)) abort();
  (void)snprintf(h->db_path, sizeof h->db_path, "%s/core.db", h->dir);
  h->reply_bytes = (struct buf)BUF_INIT((size_t)export_file_bytes_max * 2);
  struct fault fault;
  if (file_posix_init(&h->config.files, h->dir, &fault) != ERR_OK) abort();
  h->door = &core_door;
  h->config.db_path = h->db_path;
  h->config.entropy = (struct entropy){h, fill};
  h->config.version = "tutti-test 0.1.0";
  h->config.hub_url = "wss://localhost:8443/sync";
  h->config.pin_passes = 1;
  h->config.pin_memory_kib = 64;
}

err core_host_try_start(struct core_host *h, struct fault *fault) {
  h->config.now = h->now;
  h->link = 0;
  h->link_wanted = false;
  h->tick_at = 0;
  if (!h->door) h->door = &core_door;
  return h->door->create(&h->core, &h->config, fault);
}

void core_host_start(struct core_host *h) {
  struct fault fault;
  if (core_host_try_start(h, &fault) != ERR_OK) fail_msg("core_create: %s", fault.text);
  core_host_step(h, EV_TICK, 0, slice_of(NULL, 0));
}

static void forget_frames(struct core_host *h) {
  for (size_t i = 0; i < h->count; i += 1) buf_finish(&h->frames[i]);
  h->first = h->count = 0;
}

void core_host_stop(struct core_host *h) {
  if (h->core) h->door->destroy(h->core);
  h->core = NULL;
  forget_frames(h);
}

static void remove_dir(const char *path) {
  DIR *dir = opendir(path);
  char name[512];
  for (struct dirent *d = dir ? readdir(dir) : NULL; d; d = readdir(dir)) {
    (void)snprintf(name, sizeof name, "%s/%s", path, d->d_name);
    (void)unlink(name);
  }
  if (dir) (void)closedir(dir);
  (void)rmdir(path);
}

void core_host_finish(struct core_host *h) {
  core_host_stop(h);
  unpack_finish(h->reply);
  buf_finish(&h->reply_bytes);
  file_posix_finish(&h->config.files);
  remove_dir(h->dir);
}

/* ---- shapes ---- */

static const struct call_field *shape_fields(const char *name) {
  for (size_t i = 0; i < call_shape_count; i += 1) {
    if (strcmp(call_shapes[i].name, name) == 0) return call_shapes[i].fields;
  }
  fail_msg("no shape %s", name);
  return NULL;
}

static void check_shape(const item *map, const char *shape);

static void check_list(const item *list, const struct call_field *f, const char *shape) {
  const struct call_type *t = &f->type;
  size_t count = 0;
  if (item_array(list, codec_items_max, &count) != ERR_OK) fail_msg("%s.%s is no list", shape, f->name);
  for (size_t i = 0; i < count; i += 1) {
    struct slice word = {NULL, 0};
    const item *one = item_at(list, i);
    if (t->kind == CALL_LIST)
      check_shape(one, t->of);
    else if (item_text(one, 1000, &word) != ERR_OK)
      fail_msg("%s.%s holds something that is no text", shape, f->name);
    else if (t->kind == CALL_WORDS && !schema_enum_number(schema_enum(t->of), word))
      fail_msg("%s.%s holds an unknown word", shape, f->name);
  }
}

static bool scalar_fits(const item *i, const struct call_type *t) {
  struct slice text = {NULL, 0};
  int32_t days = 0;
  int64_t n = 0;
  struct id id;
  bool yes = false;
  switch (t->kind) {
  case CALL_TEXT: return item_text(i, text_bytes_max, &text) == ERR_OK;
  case CALL_LONG_TEXT: return item_text(i, draft_bytes_max, &text) == ERR_OK;
  case CALL_INT: return item_i64(i, INT64_MIN, INT64_MAX, &n) == ERR_OK;
  case CALL_TIME: return item_i64(i, 0, INT64_MAX, &n) == ERR_OK;
  case CALL_MINUTE: return item_i64(i, 0, 1439, &n) == ERR_OK;
  case CALL_BOOL: return item_bool(i, &yes) == ERR_OK;
  case CALL_BYTES: return item_bytes(i, 0, export_file_bytes_max, &text) == ERR_OK;
  case CALL_ID: return item_id_hex(i, &id) == ERR_OK;
  case CALL_DATE: return item_text(i, 16, &text) == ERR_OK && date_parse(&days, text) == ERR_OK;
  case CALL_WORD:
    return item_text(i, 64, &text) == ERR_OK && schema_enum_number(schema_enum(t->of), text) != 0;
  default: return false;
  }
}

static void check_field(const item *i, const struct call_field *f, const char *shape) {
  if (!i || item_kind(i) == ITEM_NIL) {
    if (f->required) fail_msg("%s.%s is required and absent", shape, f->name);
    return;
  }
  switch (f->type.kind) {
  case CALL_OF: check_shape(i, f->type.of); return;
  case CALL_LIST:
  case CALL_WORDS:
  case CALL_TEXTS: check_list(i, f, shape); return;
  default:
    if (!scalar_fits(i, &f->type)) fail_msg("%s.%s is not of its type", shape, f->name);
  }
}

static void check_shape(const item *map, const char *shape) {
  const struct call_field *fields = shape_fields(shape);
  size_t count = 0;
  if (item_kind(map) != ITEM_MAP) fail_msg("%s is no map", shape);
  for (; fields[count].name; count += 1)
    check_field(item_get(map, fields[count].name), &fields[count], shape);
  if (item_map_count(map) != count) fail_msg("%s has %zu fields, not %zu", shape, item_map_count(map), count);
}

/* ---- actions ---- */

static int64_t int_or_absent(const item *map, const char *name) {
  int64_t v = -1;
  const item *i = item_get(map, name);
  if (!i || item_kind(i) == ITEM_NIL) return -1;
  if (item_i64(i, INT64_MIN, INT64_MAX, &v) != ERR_OK) fail_msg("%s is no number", name);
  return v;
}

static void copy_text(char *out, size_t size, struct slice text) {
  (void)snprintf(out, size, "%.*s", (int)text.len, (const char *)text.ptr);
}

static void take_failure(struct core_host *h, const item *failure) {
  check_shape(failure, "Failure");
  copy_text(h->code, sizeof h->code, core_host_text(failure, "code"));
  copy_text(h->text, sizeof h->text, core_host_text(failure, "text"));
  h->unmarked = int_or_absent(failure, "unmarked");
  h->wait_ms = int_or_absent(failure, "wait_ms");
  h->attempts_left = int_or_absent(failure, "attempts_left");
}

/* [7, 0, result] */
static bool is_success(struct slice bytes) {
  static const uint8_t start[] = {0x93, 7, 0};
  return bytes.len > sizeof start &&
         slice_equal(slice_of(bytes.ptr, sizeof start), slice_of(start, sizeof start));
}

static void take_reply(struct core_host *h, struct slice bytes) {
  uint64_t failed = 0;
  size_t count = 0;
  h->replied = true;
  h->succeeded = h->unread && is_success(bytes);
  if (h->succeeded) return;
  unpack_finish(h->reply);
  h->reply = NULL;
  buf_clear(&h->reply_bytes);
  if (buf_append(&h->reply_bytes, bytes) != ERR_OK) abort();
  if (unpack(&h->reply, buf_slice(&h->reply_bytes), codec_items_max) != ERR_OK)
    fail_msg("a reply is not msgpack");
  const item *root = unpack_root(h->reply);
  if (item_array(root, 3, &count) != ERR_OK || count != 3 || item_u64(item_at(root, 1), 1, &failed) != ERR_OK)
    fail_msg("a reply has another form");
  h->succeeded = !failed;
  h->result = failed ? NULL : item_at(root, 2);
  h->code[0] = h->text[0] = 0;
  h->unmarked = h->wait_ms = h->attempts_left = -1;
  if (failed) take_failure(h, item_at(root, 2));
}

static void take_changed(struct core_host *h, struct slice bytes) {
  struct unpacked *u = NULL;
  size_t count = 0;
  if (h->unread) return;
  if (unpack(&u, bytes, codec_items_max) != ERR_OK) fail_msg("an event is not msgpack");
  check_shape(item_at(unpack_root(u), 2), "Changed");
  const item *list = core_host_list(item_at(unpack_root(u), 2), "topics", &count);
  for (size_t i = 0; i < count && h->topic_count < core_host_topics_max; i += 1) {
    struct slice topic = {NULL, 0};
    if (item_text(item_at(list, i), 47, &topic) != ERR_OK) fail_msg("a topic is no text");
    copy_text(h->topics[h->topic_count], sizeof h->topics[0], topic);
    h->topic_count += 1;
  }
  unpack_finish(u);
}

static void take_frame(struct core_host *h, const struct action *a) {
  assert_int_equal(a->id, h->link);
  assert_true(a->bytes.len <= frame_bytes_max);
  assert_true(h->count < core_host_frames_max);
  h->frames[h->count] = (struct buf)BUF_INIT(frame_bytes_max);
  if (buf_append(&h->frames[h->count], a->bytes) != ERR_OK) abort();
  h->count += 1;
}

static void take_action(struct core_host *h, const struct action *a) {
  switch (a->kind) {
  case ACT_REPLY: take_reply(h, a->bytes); break;
  case ACT_CHANGED: take_changed(h, a->bytes); break;
  case ACT_LINK_OPEN:
    h->link = a->id;
    h->link_wanted = true;
    copy_text(h->url, sizeof h->url, a->bytes);
    forget_frames(h);
    break;
  case ACT_LINK_SEND: take_frame(h, a); break;
  case ACT_LINK_CLOSE:
    if (a->id == h->link) h->link = 0;
    break;
  case ACT_TICK_AT: h->tick_at = a->at_mono_ms; break;
  }
}

void core_host_step(struct core_host *h, enum event_kind kind, uint32_t id, struct slice bytes) {
  struct event event = {.kind = kind, .id = id, .now = h->now, .bytes = bytes};
  const struct action *actions = NULL;
  size_t count = 0;
  h->step_error = h->door->step(h->core, &event, &actions, &count);
  for (size_t i = 0; h->step_error == ERR_OK && i < count; i += 1) take_action(h, &actions[i]);
}

void core_host_pass(struct core_host *h, int64_t ms) {
  h->now.wall_ms += ms;
  h->now.mono_ms += (uint64_t)ms;
  core_host_step(h, EV_TICK, 0, slice_of(NULL, 0));
}

/* ---- calls ---- */

static size_t words_in(const char *words) {
  size_t count = 0;
  for (const char *w = words; *w;) {
    size_t len = strcspn(w, " ");
    count += len > 0;
    w += len + (w[len] == ' ');
  }
  return count;
}

static void pack_words(struct packer *p, const char *words) {
  pack_array(p, words_in(words));
  for (const char *w = words; *w;) {
    size_t len = strcspn(w, " ");
    if (len) pack_text(p, slice_of(w, len));
    w += len + (w[len] == ' ');
  }
}

static void pack_one(struct packer *p, char type, va_list *list) {
  char date[date_text_bytes];
  switch (type) {
  case 'i': pack_id_hex(p, va_arg(*list, const struct id *)); break;
  case 't':
  case 'w': pack_word(p, va_arg(*list, const char *)); break;
  case 'n': pack_i64(p, va_arg(*list, int)); break;
  case 'b': pack_bool(p, va_arg(*list, int) != 0); break;
  case 'y': pack_bytes(p, va_arg(*list, struct slice)); break;
  case 's': pack_words(p, va_arg(*list, const char *)); break;
  case 'd':
    date_text(date, va_arg(*list, int));
    pack_word(p, date);
    break;
  default: fail_msg("core_host_call: type %c", type);
  }
}

static void pack_args(struct packer *p, const char *format, va_list *list) {
  size_t count = words_in(format);
  pack_map(p, count);
  for (const char *f = format; *f;) {
    size_t name = strcspn(f, ":");
    pack_text(p, slice_of(f, name));
    pack_one(p, f[name + 1], list);
    f += name + 2;
    while (*f == ' ') f += 1;
  }
}

bool core_host_call(struct core_host *h, const char *command, const char *format, ...) {
  struct buf bytes = BUF_INIT((size_t)export_file_bytes_max * 2);
  struct packer p;
  va_list list;
  pack_init(&p, &bytes);
  pack_array(&p, 3);
  pack_u64(&p, 7);
  pack_word(&p, command);
  va_start(list, format);
  pack_args(&p, format, &list);
  va_end(list);
  if (pack_end(&p) != ERR_OK) abort();
  h->replied = h->succeeded = false;
  h->result = NULL;
  core_host_step(h, EV_CALL, 3, buf_slice(&bytes));
  buf_finish(&bytes);
  int number = call_find(slice_text(command));
  if (h->result && number >= 0 && !h->unchecked) check_shape(h->result, call_commands[number].result);
  return h->succeeded;
}

/* ---- results ---- */

static const item *field(const item *map, const char *name) {
  const item *i = map ? item_get(map, name) : NULL;
  if (!i) fail_msg("no field %s", name);
  return i;
}

int64_t core_host_int(const item *map, const char *name) {
  int64_t v = 0;
  if (item_i64(field(map, name), INT64_MIN, INT64_MAX, &v) != ERR_OK) fail_msg("%s is no number", name);
  return v;
}

bool core_host_bool(const item *map, const char *name) {
  bool v = false;
  if (item_bool(field(map, name), &v) != ERR_OK) fail_msg("%s is neither true nor false", name);
  return v;
}

struct slice core_host_text(const item *map, const char *name) {
  struct slice v = {NULL, 0};
  if (item_text(field(map, name), draft_bytes_max, &v) != ERR_OK) fail_msg("%s is no text", name);
  return v;
}

bool core_host_says(const item *map, const char *name, const char *text) {
  const item *i = field(map, name);
  if (item_kind(i) == ITEM_NIL) return text == NULL;
  return text && slice_equal(core_host_text(map, name), slice_text(text));
}

struct id core_host_id(const item *map, const char *name) {
  struct id v = {{0}};
  if (item_id_hex(field(map, name), &v) != ERR_OK) fail_msg("%s is no id", name);
  return v;
}

const item *core_host_list(const item *map, const char *name, size_t *count_out) {
  const item *i = field(map, name);
  if (item_array(i, codec_items_max, count_out) != ERR_OK) fail_msg("%s is no list", name);
  return i;
}

bool core_host_changed(const struct core_host *h, const char *topic, const struct id *id) {
  char text[80];
  char hex[id_text_bytes] = "";
  if (id) id_text(hex, id);
  (void)snprintf(text, sizeof text, "%s%s", topic, hex);
  for (size_t i = 0; i < h->topic_count; i += 1) {
    if (strcmp(h->topics[i], text) == 0) return true;
  }
  return false;
}

void core_host_forget_topics(struct core_host *h) { h->topic_count = 0; }

bool core_host_take(struct core_host *h, struct slice *out) {
  if (h->first == h->count) return false;
  *out = buf_slice(&h->frames[h->first]);
  h->first += 1;
  return true;
}
