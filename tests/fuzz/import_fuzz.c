/* import_fuzz.c: any bytes as a list that the office brings in, with any mapping of its columns: looked at,
 * applied, looked at again, taken back. Looking changes nothing; what was looked at without a mistake goes
 * in, as it was counted; a second time nothing is new. */
#include <stdio.h>
#include <string.h>

#include "server/import/import_map.h"
#include "server/import/uploads.h"
#include "tests/contract/api/desk.h"
#include "tests/fuzz/api_state.h"
#include "tests/lib/fuzz_input.h"
#include "tests/lib/hub_again.h"

enum { list_bytes_max = 32768 };
static struct ingest_world *const w = &ingest_world;
static struct hub_again again;

static void leave(void) {
  hub_again_finish(&again);
  (void)desk_close(NULL);
}

static void make_desk(void) {
  (void)desk_open(NULL);
  hub_again_take(&again, &w->host);
  (void)atexit(leave);
}

/* An address with the upload's id at its end. */
static void send(const char *begin, const struct id *id, json_t *body) {
  desk_send(desk_path(begin, id), body);
}

static void check_answer(void) {
  if (desk.status >= 500) fail_msg("answered %u %s", desk.status, desk.text);
  if (desk.status >= 400) ASSERT(desk_text("code") && strlen(desk_text("text")) > 5);
}

static struct id put_list(struct slice list) {
  struct buf coded = BUF_INIT(2 * list_bytes_max);
  struct id id;
  desk_send("/api/import/begin", json_object());
  desk_fine();
  ASSERT(id_parse(&id, slice_text(desk_text("id"))) == ERR_OK);
  ASSERT(base64url_encode(&coded, list) == ERR_OK);
  if (list.len)
    send("/api/import/part/", &id,
         json_pack("{s:i, s:s%}", "at", 1, "bytes", (const char *)coded.ptr, coded.len));
  check_answer();
  buf_finish(&coded);
  return id;
}

/* Which table, how dates are read, and which column each heading is: sometimes said, mostly guessed. */
struct how {
  const struct import_file *file; /* NULL: the hub guesses */
  const char *dates;
  struct slice map; /* a byte a heading; empty: the hub guesses */
};

static struct how take_how(struct slice *in) {
  static const char *const dates[] = {NULL, "uk", "us", "iso", "moon"};
  uint8_t table = input_u8(in);
  struct how how = {.dates = dates[input_u8(in) % 5]};
  if (table % 2) how.file = &import_files[table / 2 % import_file_count];
  if (how.file) how.map = input_piece(in);
  return how;
}

static json_t *wish(const struct how *how, const char *show) {
  json_t *body = json_pack("{s:s, s:s}", "show", show, "name", "a.csv"), *map = json_array();
  size_t cells = 0;
  while (how->file && how->file->cells[cells].csv) cells++;
  if (how->file) (void)json_object_set_new(body, "table", json_string(how->file->name));
  if (how->dates) (void)json_object_set_new(body, "dates", json_string(how->dates));
  for (size_t i = 0; i < how->map.len && i < 32; i++) {
    const char *cell = how->map.ptr[i] % 4 ? how->file->cells[how->map.ptr[i] / 4 % cells].csv : "";
    (void)json_array_append_new(map, json_string(cell));
  }
  if (how->map.len)
    (void)json_object_set_new(body, "map", map);
  else
    json_decref(map);
  return body;
}

static bool look(const struct id *id, const struct how *how, const char *show) {
  uint8_t before[hash_bytes], after[hash_bytes];
  hub_host_digest(&w->host, before);
  send("/api/import/look/", id, wish(how, show));
  check_answer();
  hub_host_digest(&w->host, after);
  ASSERT(memcmp(before, after, sizeof before) == 0);
  return desk.status == 200 && desk_number("error_count") == 0;
}

static void take_back(void) {
  struct id run;
  if (!desk_text("id") || id_parse(&run, slice_text(desk_text("id"))) != ERR_OK) return;
  send("/api/import/undo/", &run, json_object());
  check_answer();
}

/* As it was counted when it was looked at. */
static void apply(const struct id *id, const struct how *how, struct slice list) {
  long long fresh = desk_number("counts.new"), changed = desk_number("counts.changed");
  send("/api/import/apply/", id, wish(how, "new"));
  check_answer();
  if (desk.status != 200) return;
  ASSERT(desk_number("new") == fresh && desk_number("changed") == changed);
  json_t *run = json_deep_copy(desk.json);
  struct id second = put_list(list);
  if (look(&second, how, "changed")) {
    ASSERT(desk_number("counts.new") == 0);
    ASSERT(desk_number("counts.changed") == 0);
  }
  json_decref(desk.json);
  desk.json = run;
  take_back();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const shows[] = {"new", "changed", "gone", "unchanged", "all"};
  struct slice in = slice_of(data, size);
  struct fault fault;
  if (!w->host.store) make_desk();
  struct how how = take_how(&in);
  const char *show = shows[input_u8(&in) % 5];
  if (in.len > list_bytes_max) in.len = list_bytes_max;
  struct id id = put_list(in);
  if (desk.status == 200 && look(&id, &how, show)) apply(&id, &how, in);
  ASSERT(uploads_clear(desk.uploads, &fault) == ERR_OK);
  desk_again();
  w->host.random = again.random;
  if (state_writes(w->host.store)) hub_again_put(&again); /* what was looked at alone wrote nothing */
  return 0;
}
