/* imports_test.c: a file on its way through the API: in parts, looked at, applied, taken back; and what is
 * wrong with one, said without changing anything. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/import/uploads.h"
#include "tests/contract/api/desk.h"

static struct ingest_world *const w = &ingest_world;

static struct id begin(void) {
  struct id id;
  desk_send("/api/import/begin", json_object());
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  return id;
}

static void part(const struct id *id, size_t at, const char *text) {
  struct buf coded = BUF_INIT(65536);
  assert_int_equal(base64url_encode(&coded, slice_text(text)), ERR_OK);
  desk_send(desk_path("/api/import/part/", id),
            json_pack("{s:I, s:s%}", "at", (json_int_t)at + 1, "bytes", (const char *)coded.ptr, coded.len));
  buf_finish(&coded);
}

/* Of so many bytes, which are no text that anybody reads. */
static void big_part(const struct id *id, size_t at, size_t bytes) {
  struct buf raw = BUF_INIT(2 * upload_part_bytes_max), coded = BUF_INIT(4 * upload_part_bytes_max);
  for (size_t i = 0; i < bytes; i++) assert_int_equal(buf_put_u8(&raw, (uint8_t)('a' + i % 26)), ERR_OK);
  assert_int_equal(base64url_encode(&coded, buf_slice(&raw)), ERR_OK);
  desk_send(desk_path("/api/import/part/", id),
            json_pack("{s:I, s:s%}", "at", (json_int_t)at + 1, "bytes", (const char *)coded.ptr, coded.len));
  buf_finish(&raw);
  buf_finish(&coded);
}

static void a_part_is_as_long_as_the_hub_says_and_no_other_request_is(void **state) {
  (void)state;
  struct id id = begin();
  char path[upload_path_bytes_max];
  struct stat st;
  size_t most = (size_t)desk_number("part");
  big_part(&id, 0, most);
  desk_fine();
  big_part(&id, most, most);
  desk_fine();
  assert_int_equal(uploads_path(path, desk.uploads, &id), ERR_OK);
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_size, 2 * most);
  big_part(&id, 2 * most, most + 4096);
  desk_expect(413, "TOO_BIG");
  char *name = test_malloc(most + 1);
  memset(name, 'a', most);
  name[most] = 0;
  desk_send("/api/activities/list", json_pack("{s:s}", "find", name));
  desk_expect(413, "TOO_BIG");
  test_free(name);
}

static struct id file(const char *text) {
  struct id id = begin();
  part(&id, 0, text);
  desk_fine();
  return id;
}

static void look(const struct id *id, json_t *how) { desk_send(desk_path("/api/import/look/", id), how); }
static void apply(const struct id *id) {
  desk_send(desk_path("/api/import/apply/", id), json_pack("{s:s}", "name", "a.csv"));
}

static bool is_kept(const struct id *id) {
  char path[upload_path_bytes_max];
  assert_int_equal(uploads_path(path, desk.uploads, id), ERR_OK);
  return access(path, F_OK) == 0;
}

#define LEARNERS "ref,first_name,last_name,dob\n0017,Jo,Sampleton,2015-02-01\n0018,Li,Sampleton,2014-03-01\n"

static void a_file_is_looked_at_applied_and_taken_back(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct id id = file(LEARNERS), run;
  hub_host_digest(&w->host, before);
  look(&id, json_object());
  desk_fine();
  assert_string_equal(desk_text("table"), "learners");
  assert_string_equal(desk_text("encoding"), "UTF-8");
  assert_int_equal(desk_number("counts.new"), 2);
  assert_int_equal(desk_count("lines"), 2);
  assert_string_equal(desk_text("lines.0.changes.0.after"), "0017");
  assert_int_equal(desk_audited("import.read"), 1); /* what the hub holds stands beside it */
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  apply(&id);
  desk_fine();
  assert_int_equal(desk_number("new"), 2);
  assert_true(desk.changes.learners);
  assert_false(is_kept(&id));
  assert_int_equal(id_parse(&run, slice_text(desk_text("id"))), ERR_OK);
  desk_get("/api/imports");
  assert_int_equal(desk_count("imports"), 1);
  assert_string_equal(desk_text("imports.0.name"), "a.csv");
  desk_send(desk_path("/api/import/undo/", &run), json_object());
  desk_fine();
  assert_true(desk_is("undone"));
  desk_send(desk_path("/api/import/undo/", &run), json_object());
  desk_expect(409, "CONFLICT");
}

static void mistakes_are_named_by_row_and_column_and_stop_everything(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct id id = file("ref,first_name,dob\n1,Jo,1/2/26\n2,=cmd|x,\n3,Li\n4,Bo,2044-01-01\n5,Al,\n5,Al,\n");
  hub_host_digest(&w->host, before);
  look(&id, json_object());
  desk_fine();
  assert_int_equal(desk_number("ambiguous"), 1);
  assert_int_equal(desk_number("error_count"), 5); /* two dates, a formula, ragged, not born yet, twice */
  assert_null(desk_at("counts"));
  assert_string_equal(desk_text("errors.0.column"), "dob");
  assert_int_equal(desk_number("errors.0.row"), 2);
  apply(&id);
  desk_expect(409, "CONFLICT");
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

/* A number that changes may be another child's: whoever brings the list in says that they have looked. */
static void changed_numbers_need_a_person(void **state) {
  (void)state;
  struct id id = file("ref,first_name,upn\n0017,Jo,P000000000001\n0018,Li,\n");
  look(&id, json_object());
  assert_int_equal(desk_number("number_changes"), 0);
  apply(&id);
  desk_fine();
  assert_int_equal(desk_number("new"), 2);
  id = file("ref,first_name,last_name,upn\n0017,Jo,Sampleton,d000000000002\n0018,Li,,T000000000003\n");
  look(&id, json_pack("{s:s}", "show", "changed"));
  desk_fine();
  assert_int_equal(desk_number("counts.changed"), 2);
  assert_int_equal(desk_number("number_changes"), 1); /* a first one changes nothing */
  assert_string_equal(desk_text("numbers.0.column"), "upn");
  assert_string_equal(desk_text("numbers.0.last_name"), "Sampleton");
  assert_string_equal(desk_text("numbers.0.before"), "P000000000001");
  assert_string_equal(desk_text("numbers.0.after"), "D000000000002");
  apply(&id);
  desk_expect(409, "CONFLICT");
  desk_send(desk_path("/api/import/apply/", &id), json_pack("{s:s, s:i}", "name", "a.csv", "numbers", 1));
  desk_fine();
  assert_int_equal(desk_number("changed"), 2);
  desk_get(desk_path("/api/import/progress/", &id));
  desk_fine();
  assert_true(json_is_null(desk_at("stage")));
}

/* A page asks while the hub works: here from inside the work, as another thread would. */
static struct {
  const struct store_ops *real;
  struct store_ops ops;
  struct id file;
  size_t rows;
  char stage[16];
  long long done, of;
} beside;

static err load_and_ask(struct store *s, const struct table *t, const struct id *id, struct arena *a,
                        struct row *out) {
  if (++beside.rows == 300) {
    desk_get(desk_path("/api/import/progress/", &beside.file));
    desk_fine();
    (void)snprintf(beside.stage, sizeof beside.stage, "%s", desk_text("stage"));
    beside.done = desk_number("done");
    beside.of = desk_number("rows");
  }
  return beside.real->load_row(s, t, id, a, out);
}

static struct store *the_store(enum http_next where) {
  (void)where;
  return w->host.store;
}

static void how_far_a_list_is_can_be_asked_meanwhile(void **state) {
  (void)state;
  struct buf text = BUF_INIT(65536);
  assert_int_equal(buf_printf(&text, "ref,first_name\n"), ERR_OK);
  for (int i = 0; i < 400; i++) assert_int_equal(buf_printf(&text, "P%d,Probe\n", i), ERR_OK);
  assert_int_equal(buf_put_u8(&text, 0), ERR_OK);
  beside.file = file((const char *)text.ptr);
  beside.real = w->host.store->ops;
  beside.ops = *beside.real;
  beside.ops.load_row = load_and_ask;
  w->host.store->ops = &beside.ops;
  desk.on_thread = the_store; /* nobody looks on at the audit of a question in a question */
  look(&beside.file, json_object());
  desk.on_thread = NULL;
  w->host.store->ops = beside.real;
  desk_fine();
  assert_string_equal(beside.stage, "reading");
  assert_int_equal(beside.done, 256);
  assert_int_equal(beside.of, 401);
  desk_get(desk_path("/api/import/progress/", &beside.file));
  assert_true(json_is_null(desk_at("stage")));
  buf_finish(&text);
}

static void whether_the_day_comes_first_is_asked_once_for_files_with_the_same_headings(void **state) {
  (void)state;
  struct id id = file("Adno,Forename,DOB\n1,Jo,1/2/2015\n");
  look(&id, json_object());
  assert_int_equal(desk_number("ambiguous"), 1);
  assert_string_equal(desk_text("dates"), "iso");
  look(&id, json_pack("{s:s}", "dates", "uk"));
  assert_int_equal(desk_number("error_count"), 0);
  assert_string_equal(desk_text("lines.0.changes.2.after"), "1 Feb 2015");
  desk_send(desk_path("/api/import/apply/", &id), json_pack("{s:s, s:s}", "name", "a.csv", "dates", "uk"));
  desk_fine();
  id = file("adno,forename,dob\n2,Li,3/4/2015\n");
  look(&id, json_object());
  assert_true(desk_is("remembered"));
  assert_int_equal(desk_number("error_count"), 0);
  assert_string_equal(desk_text("dates"), "uk");
  assert_string_equal(desk_text("lines.0.changes.2.after"), "3 Apr 2015");
  look(&id, json_pack("{s:s}", "dates", "iso")); /* and can be said otherwise */
  assert_int_equal(desk_number("ambiguous"), 1);
  id = file("ref,first_name,dob\n3,Li,3/4/2015\n"); /* of another system: asked again */
  look(&id, json_object());
  assert_int_equal(desk_number("ambiguous"), 1);
}

static void what_is_no_list_is_refused_in_words(void **state) {
  (void)state;
  static const char *const bad[] = {"PK\x03\x04zipped", "a,b\n\"never closed\n", ""};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct id id = begin();
    if (bad[i][0]) part(&id, 0, bad[i]);
    look(&id, json_object());
    if (desk.status == 200) assert_true(desk_number("error_count") > 0);
    if (desk.status != 200) desk_expect(400, "INVALID");
  }
  struct id id = file(LEARNERS);
  look(&id, json_pack("{s:s}", "table", "passwords"));
  desk_expect(400, "INVALID");
  look(&id, json_pack("{s:s, s:[s]}", "table", "learners", "map", "ref"));
  desk_expect(400, "INVALID");
  look(&id, json_pack("{s:s}", "show", "everything"));
  desk_expect(400, "INVALID");
}

static void parts_out_of_place_and_files_that_are_gone_are_refused(void **state) {
  (void)state;
  struct id id = file("a,b\n"), nowhere = {{9}};
  part(&id, 0, "a,b\n");
  desk_fine(); /* said twice */
  part(&id, 9, "x");
  desk_expect(409, "CONFLICT");
  part(&id, upload_bytes_max - 1, "xy");
  desk_expect(413, "TOO_BIG");
  part(&nowhere, 0, "x");
  desk_expect(404, "NOT_FOUND");
  look(&nowhere, json_object());
  desk_expect(404, "NOT_FOUND");
  desk_send(desk_path("/api/import/drop/", &id), json_object());
  desk_fine();
  assert_false(is_kept(&id));
}

static void nobody_but_the_office_imports(void **state) {
  (void)state;
  /* The administrator sends files in too: a device's. */
  static const char *const addresses[] = {"/api/import/look/", "/api/import/apply/", "/api/import/undo/",
                                          "/api/import/part/", "/api/import/drop/"};
  enum { address_count = sizeof addresses / sizeof *addresses, lists_alone = 3 };
  struct id id = file(LEARNERS);
  for (int role = ENUM_role_office + 1; role <= ENUM_role_partner; role++) {
    desk_sit(role);
    bool sends = role == ENUM_role_admin;
    desk_send("/api/import/begin", json_object());
    if (!sends) desk_expect(403, "FORBIDDEN");
    desk_send("/api/rollover/apply", json_object());
    desk_expect(403, "FORBIDDEN");
    desk_get("/api/imports");
    desk_expect(403, "FORBIDDEN");
    for (size_t i = 0; i < (sends ? lists_alone : address_count); i++) {
      desk_send(desk_path(addresses[i], &id), json_object());
      desk_expect(403, "FORBIDDEN");
    }
  }
  assert_true(is_kept(&id));
}

static json_t *new_year(void) {
  return json_pack("{s:s, s:[s, s, s]}", "date", "2026-09-01", "terms", "Autumn 2026", "2026-09-02",
                   "2026-12-18");
}

static void a_new_year_comes_once(void **state) {
  (void)state;
  desk_send("/api/rollover/look", new_year());
  desk_fine();
  assert_int_equal(desk_audited("rollover.read"), 1);
  assert_int_equal(desk_number("counts.new"), 1);
  desk_send("/api/rollover/apply", new_year());
  desk_fine();
  assert_int_equal(desk_number("new"), 1);
  desk_send("/api/rollover/apply", new_year());
  desk_expect(409, "CONFLICT");
  desk_send("/api/rollover/look", json_pack("{s:s}", "date", "2026-02-31"));
  desk_expect(400, "INVALID");
  desk_send("/api/rollover/look", json_pack("{s:s, s:[s, s, s]}", "date", "2027-09-01", "terms", "Autumn",
                                            "2027-12-18", "2027-09-01"));
  desk_expect(400, "INVALID");
}

static err no_room(struct store *s, const uint8_t hash[hash_bytes], struct slice table, struct slice map,
                   bool day_first) {
  (void)s, (void)hash, (void)table, (void)map, (void)day_first;
  return ERR_FULL;
}

/* The list was there, and the answer said that it could not be stored. */
static void a_list_that_is_in_is_said_to_be_in_though_its_columns_cannot_be_remembered(void **state) {
  (void)state;
  struct id id = file(LEARNERS);
  const struct store_ops *whole = w->host.store->ops;
  struct store_ops full = *whole;
  full.heading_map_save = no_room;
  w->host.store->ops = &full;
  apply(&id);
  w->host.store->ops = whole;
  desk_fine();
  assert_int_equal(desk_number("new"), 2);
  assert_false(is_kept(&id));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      CASE(a_part_is_as_long_as_the_hub_says_and_no_other_request_is),
      CASE(a_file_is_looked_at_applied_and_taken_back),
      CASE(mistakes_are_named_by_row_and_column_and_stop_everything),
      CASE(changed_numbers_need_a_person),
      CASE(how_far_a_list_is_can_be_asked_meanwhile),
      CASE(whether_the_day_comes_first_is_asked_once_for_files_with_the_same_headings),
      CASE(what_is_no_list_is_refused_in_words),
      CASE(a_list_that_is_in_is_said_to_be_in_though_its_columns_cannot_be_remembered),
      CASE(parts_out_of_place_and_files_that_are_gone_are_refused),
      CASE(nobody_but_the_office_imports),
      CASE(a_new_year_comes_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
