/* concern_test.c: a concern is sealed before it is kept, delivered when it is receipted, and read by nobody
 * here. */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "proto/concern.h"
#include "tests/lib/field_world.h"

static const char text[] = "She said that she does not want to go home.";

static bool write_concern(struct field_world *w, const struct id *learner) {
  return core_host_call(&w->host, "concern.add", "learner:i text:t", learner, text);
}

/* The latest of one's own. */
static const item *latest(struct field_world *w, size_t *count) {
  if (!core_host_call(&w->host, "concerns", "")) fail_msg("%s", w->host.text);
  const item *list = core_host_list(w->host.result, "concerns", count);
  return *count ? item_at(list, 0) : NULL;
}

static bool is_in_state(struct field_world *w, const char *state) {
  size_t count = 0;
  const item *one = latest(w, &count);
  return one && core_host_says(one, "state", state);
}

static void before_writing_one_is_told_who_reads_it(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  assert_true(core_host_call(&w->host, "concerns", ""));
  (void)core_host_list(w->host.result, "readers", &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(w->host.result, "phone", "01632 960777"));
}

static void it_is_delivered_when_it_is_receipted_and_not_before(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  assert_true(write_concern(w, &fake_zoe));
  assert_true(is_in_state(w, "waiting"));
  field_pause(w);
  assert_true(is_in_state(w, "waiting"));
  field_online(w);
  const item *one = latest(w, &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(one, "state", "delivered"));
  assert_true(core_host_int(one, "delivered_at") > 0);
}

static void it_still_says_so_when_the_feed_has_gone_on_and_the_device_was_off(void **state) {
  struct field_world *w = *state;
  assert_true(write_concern(w, &fake_zoe));
  field_online(w);
  fake_hub_feed(&w->hub, false);
  field_restart(w);
  assert_true(is_in_state(w, "delivered"));
}

static void one_that_the_office_holds_back_needs_help(void **state) {
  struct field_world *w = *state;
  w->hub.status = RECEIPT_QUARANTINED;
  w->hub.exception = (struct receipt_exception){0, RECEIPT_QUARANTINED, ERR_FORBIDDEN};
  assert_true(write_concern(w, &fake_zoe));
  field_online(w);
  assert_true(is_in_state(w, "help"));
}

static void a_colleague_does_not_see_that_there_is_one(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  assert_true(write_concern(w, &fake_zoe));
  assert_true(core_host_call(&w->host, "lock", ""));
  fake_hub_unlock(&w->hub, &fake_bob);
  assert_null(latest(w, &count));
}

static struct op *sent(struct field_world *w, struct fake_bundle **bundle) {
  for (size_t i = 0; i < w->hub.bundle_count; i += 1) {
    const struct bundle_content *content = &w->hub.bundles[i].content;
    for (size_t k = 0; k < content->changeset_count; k += 1) {
      const struct changeset *cs = &content->changesets[k];
      *bundle = &w->hub.bundles[i];
      if (cs->ops[0].table->id == TABLE_concern) return (struct op *)(uintptr_t)&cs->ops[0];
    }
  }
  return NULL;
}

static bool contains(struct slice all, struct slice needle) {
  return all.len && memmem(all.ptr, all.len, needle.ptr, needle.len) != NULL;
}

static void the_hub_gets_bytes_that_only_the_reader_opens(void **state) {
  struct field_world *w = *state;
  struct fake_bundle *bundle = NULL;
  struct arena arena = ARENA_INIT(65536);
  struct buf sealed = BUF_INIT(text_bytes_max);
  struct concern c;
  assert_true(write_concern(w, &fake_zoe));
  field_online(w);
  const struct op *op = sent(w, &bundle);
  assert_non_null(op);
  assert_false(contains(buf_slice(&bundle->plain), slice_text("go home")));
  assert_false(contains(buf_slice(&bundle->plain), id_slice(&fake_zoe)));
  assert_int_equal(base64url_decode(&sealed, op->values[COL(concern, sealed)].text), ERR_OK);
  const struct box_keys *hubs[] = {&w->hub.intake, &w->hub.noise_keys};
  for (size_t i = 0; i < 2; i += 1)
    assert_int_equal(concern_open(&c, buf_slice(&sealed), &w->hub.id, &op->row, 1, hubs[i], &arena),
                     ERR_CRYPTO);
  assert_int_equal(
      concern_open(&c, buf_slice(&sealed), &w->hub.id, &op->row, 1, &w->hub.safeguarding, &arena), ERR_OK);
  assert_true(slice_equal(c.text, slice_text(text)));
  assert_true(id_equal(&c.learner, &fake_zoe));
  assert_true(id_equal(&c.author, &fake_ann));
  buf_finish(&sealed);
  arena_finish(&arena);
}

static void nothing_is_kept_where_nobody_could_read_it(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  field_online(w);
  w->hub.no_readers = true;
  fake_hub_manifest(&w->hub);
  assert_false(write_concern(w, &fake_zoe));
  field_refused(w, "CONFLICT");
  assert_null(latest(w, &count));
}

static void an_empty_or_an_endless_one_is_refused(void **state) {
  struct field_world *w = *state;
  static char endless[concern_text_bytes_max + 2];
  memset(endless, 'x', sizeof endless - 1);
  assert_false(core_host_call(&w->host, "concern.add", "text:t", ""));
  field_refused(w, "INVALID");
  assert_false(core_host_call(&w->host, "concern.add", "text:t", endless));
  field_refused(w, "TOO_BIG");
}

static void the_names_of_learners_it_does_not_hold_are_not_made_up(void **state) {
  struct field_world *w = *state;
  static const struct id nobody = {{0xee, 1}};
  assert_false(write_concern(w, &nobody));
  field_refused(w, "NOT_FOUND");
  assert_true(core_host_call(&w->host, "concern.add", "text:t", text));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      TEST(before_writing_one_is_told_who_reads_it),
      TEST(it_is_delivered_when_it_is_receipted_and_not_before),
      TEST(it_still_says_so_when_the_feed_has_gone_on_and_the_device_was_off),
      TEST(one_that_the_office_holds_back_needs_help),
      TEST(a_colleague_does_not_see_that_there_is_one),
      TEST(the_hub_gets_bytes_that_only_the_reader_opens),
      TEST(nothing_is_kept_where_nobody_could_read_it),
      TEST(an_empty_or_an_endless_one_is_refused),
      TEST(the_names_of_learners_it_does_not_hold_are_not_made_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
