/* door_test.c: calls that are none, arguments that do not fit, and what the machine's failures look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/calls.h"
#include "tests/lib/field_world.h"

static void names(struct field_world *w, const char *word) {
  field_refused(w, "INVALID");
  if (!strstr(w->host.text, word)) fail_msg("\"%s\" does not name %s", w->host.text, word);
}

static void a_failure_names_the_argument(void **state) {
  struct field_world *w = *state;
  assert_false(core_host_call(&w->host, "dance", ""));
  names(w, "dance");
  assert_false(core_host_call(&w->host, "register.get", ""));
  names(w, "session");
  assert_false(core_host_call(&w->host, "register.get", "session:i speed:n", &fake_strings_today, 3));
  names(w, "speed");
  assert_false(core_host_call(&w->host, "register.get", "session:t", "abc"));
  names(w, "session");
  assert_false(core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_strings_today,
                              &fake_zoe, "X"));
  names(w, "code");
  assert_false(core_host_call(&w->host, "mark.set", "session:i learner:i code:w arrived:n",
                              &fake_strings_today, &fake_zoe, "L", 1440));
  names(w, "arrived");
  assert_false(core_host_call(&w->host, "mark.set", "session:i learner:i code:w arrived:n",
                              &fake_strings_today, &fake_zoe, "P", 900));
  names(w, "arrival");
  assert_false(core_host_call(&w->host, "today", "date:t", "2026-02-31"));
  names(w, "date");
  assert_false(core_host_call(&w->host, "sync.hold", "hold:n", 1));
  names(w, "hold");
  assert_false(core_host_call(&w->host, "note.add", "learner:i activity:i text:t areas:s", &fake_ben,
                              &fake_solo, "x", "playing juggling"));
  names(w, "areas");
}

static void nil_counts_as_absent(void **state) {
  struct field_world *w = *state;
  static const uint8_t call[] = {0x93, 0x05, 0xa5, 't', 'o', 'd', 'a', 'y',
                                 0x81, 0xa4, 'd',  'a', 't', 'e', 0xc0};
  core_host_step(&w->host, EV_CALL, 1, slice_of(call, sizeof call));
  assert_non_null(w->host.result);
  assert_true(core_host_says(w->host.result, "date", "2026-11-21"));
}

static void bytes_that_are_no_call_are_answered_all_the_same(void **state) {
  struct field_world *w = *state;
  static const struct {
    uint8_t bytes[12];
    size_t len;
  } bad[] = {{{0}, 0},
             {{0xc1}, 1},
             {{0x93}, 1},
             {{0x93, 1, 2, 3}, 4},
             {{0x92, 1, 0xa1, 'x'}, 4},
             {{0xdd, 0xff, 0xff, 0xff, 0xff}, 5},
             {{0x93, 1, 0xa1, 0xff, 0x80}, 5},
             {{0x93, 0xff, 0xa4, 'l', 'o', 'c', 'k', 0x80}, 8},
             {{0x93, 1, 0xa4, 'l', 'o', 'c', 'k', 0x80, 0x80}, 9}};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i += 1) {
    w->host.replied = false;
    core_host_step(&w->host, EV_CALL, 1, slice_of(bad[i].bytes, bad[i].len));
    assert_int_equal(w->host.step_error, ERR_OK);
    assert_true(w->host.replied);
    assert_null(w->host.result);
  }
  (void)field_get(w, &fake_strings_today);
}

static void the_reply_goes_to_whoever_asked(void **state) {
  struct field_world *w = *state;
  static const uint8_t call[] = {0x93, 0xcd, 0x12, 0x34, 0xa5, 't', 'o', 'd', 'a', 'y', 0x80};
  const struct event event = {.kind = EV_CALL, .id = 77, .now = w->host.now, .bytes = {call, sizeof call}};
  const struct action *actions = NULL;
  size_t count = 0;
  assert_int_equal(core_step(w->host.core, &event, &actions, &count), ERR_OK);
  assert_true(count > 0);
  assert_int_equal(actions[0].kind, ACT_REPLY);
  assert_int_equal(actions[0].id, 77);
  assert_memory_equal(actions[0].bytes.ptr, "\x93\xcd\x12\x34\x00", 5);
}

static void a_refused_value_changes_nothing(void **state) {
  struct field_world *w = *state;
  char comment[600];
  memset(comment, 'c', sizeof comment - 1);
  comment[sizeof comment - 1] = 0;
  assert_false(core_host_call(&w->host, "mark.set", "session:i learner:i code:w comment:t",
                              &fake_strings_today, &fake_zoe, "P", comment));
  field_refused(w, "INVALID");
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "unmarked"), 12);
  assert_int_equal(core_host_int(field_status(w), "changes"), 0);
  (void)field_mark(w, &fake_zoe, "P");
}

static void names_come_back_byte_for_byte(void **state) {
  struct field_world *w = *state;
  static const char text[] = "\xe2\x80\x8f\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xf0\x9f\x8e\xbb e\xcc\x81";
  assert_true(core_host_call(&w->host, "mark.set", "session:i learner:i code:w comment:t",
                             &fake_strings_today, &fake_zoe, "P", text));
  field_restart(w);
  assert_true(core_host_says(field_row_of(field_get(w, &fake_strings_today), &fake_zoe), "comment", text));
}

static void every_command_has_few_enough_arguments_and_known_types(void **state) {
  (void)state;
  for (size_t i = 0; i < call_command_count; i += 1) {
    size_t args = 0;
    for (; call_commands[i].args[args].name; args += 1) {
      const struct call_type *t = &call_commands[i].args[args].type;
      if (t->kind == CALL_WORD || t->kind == CALL_WORDS) assert_non_null(schema_enum(t->of));
    }
    assert_true(args <= call_args_max);
    assert_int_equal(call_find(slice_text(call_commands[i].word)), (int)i);
  }
}

static void links_of_the_past_are_not_listened_to(void **state) {
  struct field_world *w = *state;
  field_online(w);
  uint32_t link = w->host.link;
  core_host_step(&w->host, EV_LINK_BYTES, link + 7, slice_text("x"));
  core_host_step(&w->host, EV_LINK_DOWN, link - 1, slice_text("late"));
  core_host_step(&w->host, EV_LINK_UP, link, slice_of(NULL, 0));
  assert_true(core_host_says(field_status(w), "line", "online"));
}

/* ---- the disk ---- */

struct weak_disk {
  struct file_ops real;
  bool full;
};
static err weak_write(struct file *f, uint64_t offset, struct slice bytes);
static struct weak_disk *weak; /* the operations on a file carry no context */

static err weak_write(struct file *f, uint64_t offset, struct slice bytes) {
  return weak->full ? ERR_FULL : weak->real.write(f, offset, bytes);
}

static void a_full_disk_lets_out_what_is_sealed_and_locks_all_the_same(void **state) {
  struct field_world *w = *state;
  struct weak_disk disk = {w->host.config.files, false};
  weak = &disk;
  (void)field_mark(w, &fake_zoe, "P");
  core_host_stop(&w->host);
  w->host.config.files.write = weak_write;
  core_host_start(&w->host);
  fake_hub_unlock(&w->hub, &fake_ann);
  disk.full = true;
  (void)field_mark(w, &fake_zoe, "AU");
  core_host_pass(&w->host, seal_pause_ms);
  assert_int_equal(w->host.step_error, ERR_OK);
  assert_true(core_host_call(&w->host, "export", "")); /* what is sealed gets out */
  assert_int_equal(core_host_int(w->host.result, "bundles"), 1);
  assert_true(core_host_call(&w->host, "lock", ""));
  assert_true(core_host_says(field_status(w), "badge", "saved"));
  disk.full = false;
  fake_hub_unlock(&w->hub, &fake_ann);
  assert_true(core_host_call(&w->host, "export", ""));
  assert_int_equal(core_host_int(w->host.result, "bundles"), 2);
}

static void a_damaged_identity_is_named(void **state) {
  struct field_world *w = *state;
  struct fault fault;
  char path[128];
  core_host_stop(&w->host);
  (void)snprintf(path, sizeof path, "%s/identity", w->host.dir);
  FILE *f = fopen(path, "r+b");
  assert_non_null(f);
  assert_int_equal(fseek(f, 40, SEEK_SET), 0);
  assert_int_equal(fputc('x', f), 'x');
  assert_int_equal(fclose(f), 0);
  assert_int_equal(core_host_try_start(&w->host, &fault), ERR_CORRUPT);
  assert_non_null(strstr(fault.text, "identity"));
  w->host.core = NULL;
}

static void no_file_of_the_device_is_readable_by_others_or_holds_a_name(void **state) {
  struct field_world *w = *state;
  static const char *const files[] = {"core.db", "core.db-wal", "outbox", "identity"};
  (void)field_mark(w, &fake_zoe, "P");
  field_pause(w);
  for (size_t i = 0; i < 4; i += 1) {
    char path[128];
    static char bytes[4194304];
    (void)snprintf(path, sizeof path, "%s/%s", w->host.dir, files[i]);
    FILE *f = fopen(path, "rb");
    if (!f) continue;
    size_t len = fread(bytes, 1, sizeof bytes, f);
    assert_int_equal(fclose(f), 0);
    for (size_t k = 0; k + 9 < len; k += 1) assert_memory_not_equal(bytes + k, "Player000", 9);
  }
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_failure_names_the_argument),
      IN_WORLD(nil_counts_as_absent),
      IN_WORLD(bytes_that_are_no_call_are_answered_all_the_same),
      IN_WORLD(the_reply_goes_to_whoever_asked),
      IN_WORLD(a_refused_value_changes_nothing),
      IN_WORLD(names_come_back_byte_for_byte),
      cmocka_unit_test(every_command_has_few_enough_arguments_and_known_types),
      IN_WORLD(links_of_the_past_are_not_listened_to),
      IN_WORLD(a_full_disk_lets_out_what_is_sealed_and_locks_all_the_same),
      IN_WORLD(a_damaged_identity_is_named),
      IN_WORLD(no_file_of_the_device_is_readable_by_others_or_holds_a_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
