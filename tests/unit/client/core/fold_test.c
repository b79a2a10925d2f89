/* fold_test.c: what the office said about rows that stand for one child or one meeting, about removed rows
 * and explained absences, as a device shows it; and what a person may remove on it. */
#include "tests/lib/field_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "client/core/alias.h"
#include "client/core/state.h"
#include "tests/lib/class_stories.h"

static void feed(struct field_world *w) {
  field_online(w);
  fake_hub_feed(&w->hub, false);
  field_hold(w);
}

static void merge(struct field_world *w, const struct id *from, const struct id *into) {
  struct fake_row *r = fake_hub_find(&w->hub, TABLE_learner, from);
  r->row.values[COL(learner, merged_into)] = into ? value_id(into) : value_null();
  fake_hub_touch(&w->hub, r);
}

static struct row *put_mark(struct field_world *w, const struct id *session, const struct id *learner,
                            int code) {
  struct id keys[2] = {*session, *learner}, id;
  crypto_row_id(&id, TABLE_mark, keys, 2);
  struct row *r = fake_hub_row(&w->hub, &fake_strings, TABLE_mark, &id);
  r->values[COL(mark, session)] = value_id(session);
  r->values[COL(mark, learner)] = value_id(learner);
  r->values[COL(mark, code)] = value_int(code);
  return r;
}

static const item *row_now(struct field_world *w, const struct id *learner) {
  return field_row_of(field_get(w, &fake_strings_today), learner);
}

static int64_t today_of(struct field_world *w) {
  size_t count = 0;
  assert_true(core_host_call(&w->host, "today", ""));
  const item *list = core_host_list(w->host.result, "sessions", &count);
  for (size_t i = 0; i < count; i += 1) {
    char id[id_text_bytes];
    id_text(id, &fake_strings_today);
    if (core_host_says(item_at(list, i), "id", id)) return field_total(item_at(list, i), "of");
  }
  return -1;
}

static void a_merged_child_has_one_row_and_counts_once(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  merge(w, &one, &fake_zoe);
  feed(w);
  assert_null(row_now(w, &one));
  assert_non_null(row_now(w, &fake_zoe));
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "of"), 11);
  assert_int_equal(today_of(w), 11);
  merge(w, &one, NULL);
  feed(w);
  assert_non_null(row_now(w, &one));
  assert_int_equal(today_of(w), 12);
}

static void two_marks_of_one_child_show_as_a_conflict_and_the_canonical_counts(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  put_mark(w, &fake_strings_today, &one, ENUM_mark_code_AU);
  put_mark(w, &fake_strings_today, &fake_zoe, ENUM_mark_code_P);
  merge(w, &one, &fake_zoe);
  feed(w);
  const item *row = row_now(w, &fake_zoe);
  assert_true(core_host_says(row, "code", "P"));
  assert_true(core_host_bool(row, "conflict"));
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "here"), 1);
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "away"), 0);
  (void)field_mark(w, &fake_zoe, "AU"); /* now both say the same */
  row = row_now(w, &fake_zoe);
  assert_true(core_host_says(row, "code", "AU"));
  assert_false(core_host_bool(row, "conflict"));
}

/* Two people said different things about the alias, and the mark of the canonical child counts. */
static void what_is_open_about_a_mark_that_does_not_count_shows_on_the_child(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  struct row *r = put_mark(w, &fake_strings_today, &one, ENUM_mark_code_P);
  struct head *heads = arena_take(&w->hub.arena, 2, sizeof *heads);
  struct value *values = arena_take(&w->hub.arena, 6, sizeof *values);
  assert_true(heads && values);
  values[0] = value_int(ENUM_mark_code_P);
  values[3] = value_int(ENUM_mark_code_AU);
  heads[0] = (struct head){{{{7}}, 1, 1}, fake_ann, 1795000000009, 0, values};
  heads[1] = (struct head){{{{8}}, 1, 1}, fake_bob, 1795000000008, 0, values + 3};
  r->units[1] = (struct unit_heads){.heads = heads, .count = 2};
  put_mark(w, &fake_strings_today, &fake_zoe, ENUM_mark_code_P);
  merge(w, &one, &fake_zoe);
  feed(w);
  assert_true(core_host_says(row_now(w, &fake_zoe), "code", "P"));
  assert_true(core_host_bool(row_now(w, &fake_zoe), "conflict"));
}

static void a_mark_under_the_other_id_is_changed_where_it_stands(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  put_mark(w, &fake_strings_today, &one, ENUM_mark_code_P);
  merge(w, &one, &fake_zoe);
  feed(w);
  assert_true(core_host_says(row_now(w, &fake_zoe), "code", "P"));
  (void)field_mark(w, &fake_zoe, "L");
  assert_true(core_host_says(row_now(w, &fake_zoe), "code", "L"));
  field_restart(w);
  assert_true(core_host_says(row_now(w, &fake_zoe), "code", "L"));
  assert_false(core_host_bool(row_now(w, &fake_zoe), "conflict"));
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "late"), 1);
}

static void learners_merged_in_a_circle_are_the_lowest_of_them(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1), two = fake_player(2);
  merge(w, &two, &one);
  merge(w, &one, &two);
  feed(w);
  assert_non_null(row_now(w, &one));
  assert_null(row_now(w, &two));
}

static void point(struct field_world *w, char from, char to) {
  struct id id = class_id(from), target = class_id(to == '.' ? from : to);
  struct fake_row *r = fake_hub_find(&w->hub, TABLE_learner, &id);
  if (!r) fake_hub_row(&w->hub, &fake_strings, TABLE_learner, &id);
  r = fake_hub_find(&w->hub, TABLE_learner, &id);
  r->row.values[COL(learner, first_name)] = value_text(slice_text("Mair"));
  r->row.values[COL(learner, merged_into)] = to == '.' ? value_null() : value_id(&target);
  fake_hub_touch(&w->hub, r);
}

static void a_device_finds_the_canonical_row_as_the_vectors_say(void **state) {
  struct field_world *w = *state;
  for (size_t i = 0; i < class_story_count; i += 1) {
    const struct class_story *s = &class_stories[i];
    for (size_t k = 0; s->points[k]; k += 1) point(w, (char)('a' + (int)k), s->points[k]);
    feed(w);
    for (size_t k = 0; s->points[k]; k += 1) {
      struct id id = class_id((char)('a' + (int)k)), expected = class_id(s->canonical[k]), found;
      assert_int_equal(alias_learner(w->host.core->store, &id, &found), ERR_OK);
      if (!id_equal(&found, &expected)) fail_msg("%s: %c", s->name, 'a' + (int)k);
    }
  }
}

static void a_device_finds_the_mark_that_counts_as_the_vectors_say(void **state) {
  const struct id learner = class_id('b'), session = class_id('e');
  (void)state;
  for (size_t i = 0; i < class_marks_count; i += 1) {
    const struct class_mark *marks = class_marks[i].marks, *best = &marks[class_marks[i].first];
    const struct id first[2] = {class_id(best->child), class_id(best->meeting)};
    for (size_t k = 0; k < class_marks_max && marks[k].child; k += 1) {
      const struct id other[2] = {class_id(marks[k].child), class_id(marks[k].meeting)};
      if (marks[k].code == ENUM_mark_code_none || &marks[k] == best) continue;
      if (alias_compare_marks(&learner, &session, first, other) >= 0) fail_msg("%s", class_marks[i].name);
    }
  }
}

static void a_meeting_entered_twice_is_listed_once(void **state) {
  struct field_world *w = *state;
  struct id twin = {{0xc9}};
  struct fake_row *first = fake_hub_find(&w->hub, TABLE_session, &fake_strings_today);
  struct row *r = fake_hub_row(&w->hub, &fake_strings, TABLE_session, &twin);
  bytes_copy(r->values, first->row.values, sizeof r->values);
  r->values[COL(session, adhoc)] = value_int(1);
  put_mark(w, &twin, &fake_zoe, ENUM_mark_code_P);
  feed(w);
  size_t count = 0, after = 0;
  assert_true(core_host_call(&w->host, "today", ""));
  (void)core_host_list(w->host.result, "sessions", &count);
  struct fake_row *row = fake_hub_find(&w->hub, TABLE_session, &twin);
  row->row.values[COL(session, same_as)] = value_id(&fake_strings_today);
  fake_hub_touch(&w->hub, row);
  feed(w);
  assert_true(core_host_call(&w->host, "today", ""));
  (void)core_host_list(w->host.result, "sessions", &after);
  assert_int_equal(after, count - 1);
  assert_true(core_host_says(row_now(w, &fake_zoe), "code", "P"));
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "here"), 1);
}

static void a_notice_explains_an_absence_while_it_stands(void **state) {
  struct field_world *w = *state;
  struct id notice = {{0xf1}};
  put_mark(w, &fake_strings_today, &fake_zoe, ENUM_mark_code_AU);
  struct row *r = fake_hub_row(&w->hub, &fake_strings, TABLE_absence_notice, &notice);
  r->values[COL(absence_notice, learner)] = value_id(&fake_zoe);
  r->values[COL(absence_notice, starts)] = value_int(20000);
  r->values[COL(absence_notice, ends)] = value_int(30000);
  feed(w);
  assert_true(core_host_says(row_now(w, &fake_zoe), "code", "AN"));
  struct id one = fake_player(1);
  assert_true(core_host_says(row_now(w, &one), "code", NULL));
  struct fake_row *row = fake_hub_find(&w->hub, TABLE_absence_notice, &notice);
  row->row.values[COL(absence_notice, removed)] = value_int(1);
  fake_hub_touch(&w->hub, row);
  feed(w);
  assert_true(core_host_says(row_now(w, &fake_zoe), "code", "AU"));
}

static void removed_rows_are_in_no_list(void **state) {
  struct field_world *w = *state;
  struct id keys[2] = {fake_player(3), fake_strings}, id;
  crypto_row_id(&id, TABLE_enrolment, keys, 2);
  struct fake_row *enrolment = fake_hub_find(&w->hub, TABLE_enrolment, &id);
  enrolment->row.values[COL(enrolment, removed)] = value_int(1);
  fake_hub_touch(&w->hub, enrolment);
  feed(w);
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "of"), 11);
  assert_int_equal(today_of(w), 11);
}

static void a_session_made_by_mistake_is_removed_and_one_of_the_timetable_is_not(void **state) {
  struct field_world *w = *state;
  size_t before = 0, after = 0;
  struct id session;
  assert_true(core_host_call(&w->host, "today", ""));
  (void)core_host_list(w->host.result, "sessions", &before);
  assert_true(
      core_host_call(&w->host, "session.adhoc", "activity:i starts:n ends:n", &fake_strings, 600, 660));
  session = core_host_id(w->host.result, "session");
  assert_true(core_host_call(&w->host, "session.remove", "session:i", &session));
  assert_true(core_host_call(&w->host, "today", ""));
  (void)core_host_list(w->host.result, "sessions", &after);
  assert_int_equal(before, after);
  assert_false(core_host_call(&w->host, "session.remove", "session:i", &session));
  field_refused(w, "NOT_FOUND");
  assert_false(core_host_call(&w->host, "session.remove", "session:i", &fake_strings_today));
  field_refused(w, "FORBIDDEN");
  field_online(w);
  const struct fake_bundle *last = &w->hub.bundles[w->hub.bundle_count - 1];
  const struct op *op = &last->content.changesets[last->content.changeset_count - 1].ops[0];
  assert_int_equal(op->values[COL(session, removed)].i, 1);
  assert_int_equal(op->values[COL(session, starts)].i, 600); /* and everything else that was there */
  assert_true(op->base_count > 1);
}

static void a_note_of_one_s_own_is_removed(void **state) {
  struct field_world *w = *state;
  size_t count = 9;
  assert_true(
      core_host_call(&w->host, "note.add", "learner:i activity:i text:t", &fake_ben, &fake_solo, "oops"));
  struct id note = core_host_id(w->host.result, "note");
  assert_true(core_host_call(&w->host, "note.remove", "note:i", &note));
  assert_true(core_host_call(&w->host, "learner.get", "learner:i", &fake_ben));
  (void)core_host_list(w->host.result, "notes", &count);
  assert_int_equal(count, 0);
  assert_false(core_host_call(&w->host, "note.remove", "note:i", &note));
  field_refused(w, "NOT_FOUND");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_merged_child_has_one_row_and_counts_once),
      IN_WORLD(two_marks_of_one_child_show_as_a_conflict_and_the_canonical_counts),
      IN_WORLD(what_is_open_about_a_mark_that_does_not_count_shows_on_the_child),
      IN_WORLD(a_mark_under_the_other_id_is_changed_where_it_stands),
      IN_WORLD(learners_merged_in_a_circle_are_the_lowest_of_them),
      IN_WORLD(a_device_finds_the_canonical_row_as_the_vectors_say),
      IN_WORLD(a_device_finds_the_mark_that_counts_as_the_vectors_say),
      IN_WORLD(a_meeting_entered_twice_is_listed_once),
      IN_WORLD(a_notice_explains_an_absence_while_it_stands),
      IN_WORLD(removed_rows_are_in_no_list),
      IN_WORLD(a_session_made_by_mistake_is_removed_and_one_of_the_timetable_is_not),
      IN_WORLD(a_note_of_one_s_own_is_removed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
