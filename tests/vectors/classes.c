/* classes.c: rows that stand for one child or one meeting, and which of their marks counts. What is expected
 * is written by hand: the hub finds it in its store and a device in its own, and a test of each compares. */
#include "tests/lib/class_stories.h"
#include "tests/vectors/describe.h"
#include "tests/vectors/merges.h"

static json_t *letter_json(char letter) {
  struct id id = class_id(letter);
  return describe_id(&id);
}

static json_t *class_json(const struct class_story *s) {
  json_t *points = json_object(), *canonical = json_object();
  for (size_t i = 0; s->points[i]; i++) {
    struct id id = class_id((char)('a' + (int)i));
    char text[id_text_bytes];
    id_text(text, &id);
    json_object_set_new(points, text, s->points[i] == '.' ? json_null() : letter_json(s->points[i]));
    json_object_set_new(canonical, text, letter_json(s->canonical[i]));
  }
  return json_pack("{s:s, s:o, s:o}", "name", s->name, "points", points, "canonical", canonical);
}

json_t *classes_list(void) {
  json_t *list = json_array();
  for (size_t i = 0; i < class_story_count; i++) json_array_append_new(list, class_json(&class_stories[i]));
  return list;
}

static json_t *mark_json(const struct class_mark *m) {
  json_t *out = json_pack("{s:o, s:o, s:I}", "learner", letter_json(m->child), "session",
                          letter_json(m->meeting), "code", (json_int_t)m->code);
  if (m->arrived) json_object_set_new(out, "arrived", json_integer(m->arrived));
  return out;
}

json_t *marks_list(void) {
  json_t *list = json_array();
  for (size_t i = 0; i < class_marks_count; i++) {
    const struct class_marks *m = &class_marks[i];
    json_t *marks = json_array();
    for (size_t k = 0; k < class_marks_max && m->marks[k].child; k++)
      json_array_append_new(marks, mark_json(&m->marks[k]));
    json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o, s:i, s:b}", "name", m->name, "learner",
                                          letter_json('b'), "session", letter_json('e'), "marks", marks,
                                          "first", (int)m->first, "asked", (int)m->asked));
  }
  return list;
}
