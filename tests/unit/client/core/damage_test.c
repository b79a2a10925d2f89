/* damage_test.c: identity and staff files whose checksum is right and whose content is not: refused at the
 * start, with a sentence, and nothing of them reaches a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/identity.h"
#include "client/core/roll.h"
#include "client/core/small_file.h"
#include "tests/lib/field_world.h"

static struct buf content_of(struct field_world *w, const char *name, const char *magic) {
  struct buf bytes = BUF_INIT(1 << 18);
  char with_end[9] = {0};
  (void)memcpy(with_end, magic, 8);
  assert_int_equal(small_file_read(&bytes, &w->host.config.files, name, with_end, NULL), ERR_OK);
  return bytes;
}

static void is_refused(struct field_world *w, const char *name, const char *magic, struct buf *content) {
  char with_end[9] = {0};
  struct fault fault;
  (void)memcpy(with_end, magic, 8);
  assert_int_equal(small_file_write(&w->host.config.files, name, with_end, buf_slice(content)), ERR_OK);
  assert_int_equal(core_host_try_start(&w->host, &fault), ERR_CORRUPT);
  assert_non_null(strstr(fault.text, name));
  buf_finish(content);
}

static uint8_t *find(const struct buf *b, const char *text) {
  size_t len = strlen(text);
  for (size_t i = 0; i + len <= b->len; i++)
    if (memcmp(b->ptr + i, text, len) == 0) return b->ptr + i;
  fail_msg("%s is not there", text);
  return NULL;
}

static void a_name_that_is_not_utf8_is_refused(void **state) {
  struct field_world *w = *state;
  core_host_stop(&w->host);
  struct buf identity = content_of(w, "identity", "TUTTIID1");
  struct buf staff = content_of(w, "staff", "TUTTIST1");
  find(&identity, "wss://")[2] = 0xff;
  find(&staff, "Ann Bell")[4] = 0xc0;
  struct buf right = content_of(w, "identity", "TUTTIID1");
  is_refused(w, "identity", "TUTTIID1", &identity);
  assert_int_equal(small_file_write(&w->host.config.files, "identity", "TUTTIID1", buf_slice(&right)),
                   ERR_OK);
  buf_finish(&right);
  is_refused(w, "staff", "TUTTIST1", &staff);
}

/* The staff file: id 16, name's length 2, name, has_pin 1, wrong 1, then when the last attempt was. */
static void a_time_that_would_overflow_a_difference_is_refused(void **state) {
  struct field_world *w = *state;
  core_host_stop(&w->host);
  struct buf staff = content_of(w, "staff", "TUTTIST1");
  (void)memset(find(&staff, "Ann Bell") + 8 + 2, 0x7f, 8);
  is_refused(w, "staff", "TUTTIST1", &staff);
}

static void a_member_of_staff_without_an_id_is_refused(void **state) {
  struct field_world *w = *state;
  core_host_stop(&w->host);
  struct buf staff = content_of(w, "staff", "TUTTIST1");
  (void)memset(find(&staff, "Ann Bell") - 2 - id_bytes, 0, id_bytes);
  is_refused(w, "staff", "TUTTIST1", &staff);
}

/* As a newer program would have left them: nothing is damaged, and nothing is written over. */
static void files_of_a_newer_program_ask_for_an_update_and_stay_as_they_are(void **state) {
  struct field_world *w = *state;
  static const struct {
    const char *name, *magic, *newer;
  } files[] = {{"identity", "TUTTIID1", "TUTTIID2"}, {"staff", "TUTTIST1", "TUTTIST2"}};
  core_host_stop(&w->host);
  for (size_t i = 0; i < 2; i++) {
    struct buf content = content_of(w, files[i].name, files[i].magic);
    struct fault fault;
    assert_int_equal(
        small_file_write(&w->host.config.files, files[i].name, files[i].newer, buf_slice(&content)), ERR_OK);
    assert_int_equal(core_host_try_start(&w->host, &fault), ERR_VERSION);
    assert_non_null(strstr(fault.text, "update this program"));
    struct buf after = content_of(w, files[i].name, files[i].newer);
    assert_true(slice_equal(buf_slice(&after), buf_slice(&content)));
    assert_int_equal(
        small_file_write(&w->host.config.files, files[i].name, files[i].magic, buf_slice(&content)), ERR_OK);
    buf_finish(&content);
    buf_finish(&after);
  }
  core_host_start(&w->host);
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_name_that_is_not_utf8_is_refused),
      IN_WORLD(a_time_that_would_overflow_a_difference_is_refused),
      IN_WORLD(a_member_of_staff_without_an_id_is_refused),
      IN_WORLD(files_of_a_newer_program_ask_for_an_update_and_stay_as_they_are),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
