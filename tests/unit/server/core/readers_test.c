/* readers_test.c: who reads concerns: told to devices by the manifest, kept in the keys file, and no secret
 * among it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;
static struct fault fault;

static err add(uint8_t seed, const char *name) {
  struct box_keys keys;
  const uint8_t secret[key_bytes] = {[1] = seed}; /* the low bits of the first byte are no part of a key */
  fault = (struct fault){.code = ERR_OK};
  crypto_box_keys_from_secret(&keys, secret);
  return hub_reader_add(&w->host.hub, keys.public_key, name, &w->host.now, &fault);
}

static struct manifest manifest(void) {
  struct manifest m;
  assert_int_equal(manifest_decode(&m, buf_slice(&w->host.hub.manifest), NULL, &w->arena), ERR_OK);
  return m;
}

static void a_reader_is_in_the_next_manifest(void **state) {
  (void)state;
  uint64_t number = w->host.hub.manifest_number;
  assert_int_equal(add(1, "Safeguarding lead"), ERR_OK);
  assert_int_equal(hub_concern_phone(&w->host.hub, "01632 960777", &w->host.now, &fault), ERR_OK);
  struct manifest m = manifest();
  assert_int_equal(m.number, number + 2);
  assert_int_equal(m.reader_count, 1);
  assert_true(slice_equal(m.readers[0].name, slice_text("Safeguarding lead")));
  assert_true(slice_equal(m.concern_phone, slice_text("01632 960777")));
}

static void a_number_is_never_given_twice(void **state) {
  (void)state;
  assert_int_equal(add(1, "First"), ERR_OK);
  assert_int_equal(add(2, "Second"), ERR_OK);
  assert_int_equal(hub_reader_remove(&w->host.hub, 2, &w->host.now, &fault), ERR_OK);
  assert_int_equal(add(3, "Third"), ERR_OK);
  struct manifest m = manifest();
  assert_int_equal(m.reader_count, 2);
  assert_int_equal(m.readers[1].number, 3);
}

static void refused(err expected, err found) {
  assert_int_equal(found, expected);
  assert_true(strlen(fault.text) > 8);
}

static void what_cannot_be_is_refused_and_changes_nothing(void **state) {
  (void)state;
  char long_name[concern_name_bytes_max + 2];
  memset(long_name, 'x', sizeof long_name - 1);
  long_name[sizeof long_name - 1] = 0;
  assert_int_equal(add(1, "First"), ERR_OK);
  uint64_t number = w->host.hub.manifest_number;
  refused(ERR_EXISTS, add(1, "The same key"));
  refused(ERR_INVALID, add(2, ""));
  refused(ERR_INVALID, add(2, "two\nlines"));
  refused(ERR_INVALID, add(2, long_name));
  refused(ERR_NOT_FOUND, hub_reader_remove(&w->host.hub, 9, &w->host.now, &fault));
  refused(ERR_INVALID, hub_concern_phone(&w->host.hub, long_name, &w->host.now, &fault));
  assert_int_equal(w->host.hub.manifest_number, number);
  for (uint8_t i = 2; i <= concern_readers_max; i++) assert_int_equal(add(i, "Another"), ERR_OK);
  refused(ERR_FULL, add(99, "One too many"));
}

static void they_are_in_the_keys_file(void **state) {
  (void)state;
  struct buf bytes = BUF_INIT(1 << 20);
  struct hub again;
  assert_int_equal(add(1, "Safeguarding lead"), ERR_OK);
  assert_int_equal(hub_concern_phone(&w->host.hub, "01632 960777", &w->host.now, &fault), ERR_OK);
  assert_int_equal(hub_keys_encode(&bytes, &w->host.hub), ERR_OK);
  assert_int_equal(hub_keys_decode(&again, buf_slice(&bytes), &fault), ERR_OK);
  assert_int_equal(again.reader_count, 1);
  assert_int_equal(again.reader_last, 1);
  assert_string_equal(again.readers[0].name, "Safeguarding lead");
  assert_string_equal(again.concern_phone, "01632 960777");
  hub_finish(&again);
  buf_finish(&bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_reader_is_in_the_next_manifest),
      TEST(a_number_is_never_given_twice),
      TEST(what_cannot_be_is_refused_and_changes_nothing),
      TEST(they_are_in_the_keys_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
