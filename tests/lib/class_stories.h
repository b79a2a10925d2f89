/* class_stories.h: rows that stand for one child or one meeting (PROTOCOL section 5), as the vectors show
 * them: the hub finds the same in its store and a device in its own. Rows are letters. */
#ifndef TUTTI_TESTS_CLASS_STORIES_H
#define TUTTI_TESTS_CLASS_STORIES_H

#include "shared/schema/schema.h"

/* A letter for each row, from a. */
struct class_story {
  const char *name;
  const char
      *points; /* where each points: a dot is nowhere, a letter past the last row one that is not there */
  const char *canonical; /* who stands for each */
};
extern const struct class_story class_stories[];
extern const size_t class_story_count;

/* Marks of the child b, for whom a and c stand too, at the meeting e, which was entered as d too. */
struct class_mark {
  char child, meeting;
  int64_t code;
  int64_t arrived; /* 0: none */
};
enum { class_marks_max = 4 };
struct class_marks {
  const char *name;
  struct class_mark marks[class_marks_max];
  size_t first; /* the place of the one that counts */
  bool asked;   /* is a person asked? */
};
extern const struct class_marks class_marks[];
extern const size_t class_marks_count;

/* Letters rise as their ids do. */
struct id class_id(char letter);

#endif
