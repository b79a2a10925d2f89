/* class_stories.c: who stands for whom, and which of several marks counts, written by hand. */
#include "tests/lib/class_stories.h"

#include <string.h>

const struct class_story class_stories[] = {
    {"nobody stands for anybody", "...", "abc"},
    {"a chain", "bc.", "ccc"},
    {"the end of a chain taken back", "b..", "bbc"},
    {"two who point to one", "c.c", "cbc"},
    {"a circle", "bca", "aaa"},
    {"one who points into a circle", "bcb", "bbb"},
    {"one who points to itself", "ab", "ab"},
    {"one who points to a row that is not there", "f.", "fb"},
};
const size_t class_story_count = sizeof class_stories / sizeof *class_stories;

/* clang-format off */
const struct class_marks class_marks[] = {
    {"the canonical child's",
     {{'a', 'e', ENUM_mark_code_P, 0}, {'b', 'd', ENUM_mark_code_AU, 0}}, 1, true},
    {"the one at the canonical meeting",
     {{'a', 'd', ENUM_mark_code_P, 0}, {'a', 'e', ENUM_mark_code_AU, 0}}, 1, true},
    {"the canonical child's, at the canonical meeting",
     {{'a', 'd', ENUM_mark_code_P, 0}, {'a', 'e', ENUM_mark_code_P, 0}, {'b', 'd', ENUM_mark_code_P, 0},
      {'b', 'e', ENUM_mark_code_P, 0}}, 3, false},
    {"the lower id's, where neither is canonical",
     {{'c', 'e', ENUM_mark_code_L, 0}, {'a', 'e', ENUM_mark_code_P, 0}}, 1, true},
    {"one that was taken back does not count",
     {{'b', 'e', ENUM_mark_code_none, 0}, {'a', 'e', ENUM_mark_code_L, 0}}, 1, false},
    {"another time of arrival",
     {{'b', 'e', ENUM_mark_code_L, 965}, {'a', 'e', ENUM_mark_code_L, 970}}, 0, true},
};
/* clang-format on */
const size_t class_marks_count = sizeof class_marks / sizeof *class_marks;

struct id class_id(char letter) {
  struct id id;
  memset(id.b, letter - 'a' + 0xa, sizeof id.b);
  return id;
}
