/* question_test.c: what the office asks is shown to whom it asks, answered offline, once, and not after it
 * was withdrawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

static const struct id asked = {{0xf1}};

static void tell(struct field_world *w) {
  field_online(w);
  fake_hub_grants(&w->hub);
  fake_hub_feed(&w->hub, false);
  field_hold(w);
}

static int open_world(void **state) {
  int failed = field_world_open(state);
  struct field_world *w = *state;
  w->hub.streams[w->hub.stream_count++] = fake_ann; /* her own */
  struct row *r = fake_hub_row(&w->hub, &fake_ann, TABLE_question, &asked);
  /* Nobody has written an answer, so that unit has no head. */
  r->units[r->table->columns[COL(question, answer)].unit] = (struct unit_heads){.count = 0};
  r->values[COL(question, staff)] = value_id(&fake_ann);
  r->values[COL(question, session)] = value_id(&fake_strings_today);
  r->values[COL(question, asked_by)] = value_text(slice_text("office"));
  r->values[COL(question, text)] = value_text(slice_text("Was she there?"));
  tell(w);
  return failed;
}

static size_t count_of(struct field_world *w, const item **first) {
  size_t count = 0;
  if (!core_host_call(&w->host, "question.list", "")) fail_msg("%s", w->host.text);
  const item *list = core_host_list(w->host.result, "questions", &count);
  *first = count ? item_at(list, 0) : NULL;
  return count;
}

static bool answer(struct field_world *w, const char *text) {
  return core_host_call(&w->host, "question.answer", "question:i text:t", &asked, text);
}

static void whoever_is_asked_sees_it_with_the_register_it_is_about(void **state) {
  struct field_world *w = *state;
  const item *one = NULL;
  assert_int_equal(count_of(w, &one), 1);
  assert_true(core_host_says(one, "text", "Was she there?"));
  assert_true(core_host_says(one, "asked_by", "office"));
  struct id session = core_host_id(one, "session");
  assert_true(id_equal(&session, &fake_strings_today));
}

static void a_colleague_on_the_same_device_is_not_asked(void **state) {
  struct field_world *w = *state;
  const item *one = NULL;
  assert_true(core_host_call(&w->host, "lock", ""));
  fake_hub_unlock(&w->hub, &fake_bob);
  assert_int_equal(count_of(w, &one), 0);
  assert_false(answer(w, "Yes"));
  field_refused(w, "NOT_FOUND");
}

static void an_answer_is_durable_offline_and_given_once(void **state) {
  struct field_world *w = *state;
  const item *one = NULL;
  assert_true(answer(w, "Yes, she came with her brother"));
  field_restart(w);
  assert_int_equal(count_of(w, &one), 0);
  assert_false(answer(w, "No"));
  field_refused(w, "CONFLICT");
  field_online(w);
  struct fake_row *r = fake_hub_find(&w->hub, TABLE_question, &asked);
  assert_true(
      slice_equal(r->row.values[COL(question, answer)].text, slice_text("Yes, she came with her brother")));
}

static void what_is_withdrawn_is_not_asked_any_more(void **state) {
  struct field_world *w = *state;
  const item *one = NULL;
  struct fake_row *r = fake_hub_find(&w->hub, TABLE_question, &asked);
  r->row.values[COL(question, withdrawn)] = value_int(1);
  fake_hub_touch(&w->hub, r);
  core_host_forget_topics(&w->host);
  tell(w);
  assert_true(core_host_changed(&w->host, "questions", NULL));
  assert_int_equal(count_of(w, &one), 0);
  assert_false(answer(w, "Yes"));
  field_refused(w, "CONFLICT");
}

static void a_page_hears_that_the_persons_own_stream_is_granted_no_more(void **state) {
  struct field_world *w = *state;
  const item *one = NULL;
  assert_int_equal(count_of(w, &one), 1);
  w->hub.stream_count -= 1;
  core_host_forget_topics(&w->host);
  field_online(w);
  fake_hub_grants(&w->hub);
  assert_true(core_host_changed(&w->host, "questions", NULL));
  assert_true(core_host_changed(&w->host, "visits", NULL));
  assert_int_equal(count_of(w, &one), 0);
}

static void an_empty_answer_and_one_to_nothing_are_refused(void **state) {
  struct field_world *w = *state;
  const item *one = NULL;
  assert_false(answer(w, ""));
  field_refused(w, "INVALID");
  assert_false(core_host_call(&w->host, "question.answer", "question:i text:t", &fake_zoe, "Yes"));
  field_refused(w, "NOT_FOUND");
  assert_int_equal(count_of(w, &one), 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, field_world_close)
  const struct CMUnitTest tests[] = {
      TEST(whoever_is_asked_sees_it_with_the_register_it_is_about),
      TEST(a_colleague_on_the_same_device_is_not_asked),
      TEST(an_answer_is_durable_offline_and_given_once),
      TEST(what_is_withdrawn_is_not_asked_any_more),
      TEST(a_page_hears_that_the_persons_own_stream_is_granted_no_more),
      TEST(an_empty_answer_and_one_to_nothing_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
