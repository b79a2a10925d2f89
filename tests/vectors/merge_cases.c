/* merge_cases.c: short histories of one unit that were thought out: each shows one thing that section 5 of
 * PROTOCOL.md says. */
#include <string.h>

#include "tests/vectors/describe.h"
#include "tests/vectors/merges.h"

enum { lines_max = 5, bases_most = 2 };
static const uint64_t stamp_first = 1795276800000;

/* What is written, where: the value is a word of the column's vocabulary, or text. */
enum subject { MARK, COMMENT, STATUS, AWARD, NAME, NOTE, KEY, NO_COLUMN };
static const struct {
  uint8_t table, unit;
  size_t column;
} places[] = {
    [MARK] = {TABLE_mark, 1, COL(mark, code)},
    [COMMENT] = {TABLE_mark, 3, COL(mark, comment)},
    [STATUS] = {TABLE_session, 2, COL(session, status)},
    [AWARD] = {TABLE_visit, 11, COL(visit, award)},
    [NAME] = {TABLE_learner, 1, COL(learner, first_name)},
    [NOTE] = {TABLE_note, 1, COL(note, text)},
    [KEY] = {TABLE_mark, 0, COL(mark, session)},
    [NO_COLUMN] = {TABLE_term, 0, COL(term, name)},
};

/* Its counter is its place among the lines, from 1, and its bases are such places; where no line stands, the
 * second device's op that never comes. */
struct line {
  char from; /* the devices a and b, the hub h */
  const char *author;
  uint8_t second; /* of its stamp */
  uint8_t flags;
  const char *value;
  int64_t arrived; /* 0: no time */
  const char *bases;
};
struct story {
  const char *name;
  enum subject subject;
  struct line lines[lines_max];
};
enum {
  SURE = 0,
  UNSURE = OP_UNSURE,
  OFFICE = OP_OFFICE,
  AGAIN = OP_RESTORED,
  AGAIN_OFFICE = OP_OFFICE | OP_RESTORED
};

/* clang-format off */
static const struct story stories[] = {
  {"seen, and written over", MARK, {{'a', "tutor", 1, SURE, "P", 0, ""}, {'b', "leader", 2, SURE, "L", 0, "1"}}},
  {"written over before it came", MARK, {{'b', "leader", 2, SURE, "L", 0, "2"}, {'a', "tutor", 1, SURE, "P", 0, ""}}},
  {"over one that never comes", MARK, {{'a', "tutor", 1, SURE, "P", 0, "5"}}},
  {"seen by two, who wrote apart", MARK, {{'a', "tutor", 1, SURE, "P", 0, ""}, {'b', "leader", 2, SURE, "L", 0, "1"},
    {'a', "tutor", 3, SURE, "SE", 0, "1"}}},
  {"two that name each other", MARK, {{'a', "tutor", 1, SURE, "P", 0, "2"}, {'b', "leader", 2, SURE, "L", 0, "1"}}},
  {"over itself and its own next one", MARK, {{'a', "tutor", 1, SURE, "P", 0, "12"}, {'a', "tutor", 2, SURE, "L", 0, ""}}},
  {"stamps alike", MARK, {{'b', "tutor", 1, SURE, "L", 0, ""}, {'a', "tutor", 1, SURE, "P", 0, ""}}},
  {"two authors, two values", MARK, {{'a', "tutor", 1, SURE, "P", 0, ""}, {'b', "leader", 2, SURE, "AU", 0, ""}}},
  {"two authors, one value", MARK, {{'a', "tutor", 1, SURE, "P", 0, ""}, {'b', "leader", 2, UNSURE, "P", 0, ""}}},
  {"one author on two devices", MARK, {{'a', "tutor", 1, SURE, "P", 0, ""}, {'b', "tutor", 2, SURE, "L", 0, ""}}},
  {"one author on two devices, the later unsure", MARK, {{'a', "tutor", 1, SURE, "P", 0, ""}, {'b', "tutor", 2, UNSURE, "L", 0, ""}}},
  {"late with a time, away tapped after it", MARK, {{'a', "tutor", 1, SURE, "L", 965, ""}, {'b', "leader", 2, SURE, "AU", 0, ""}}},
  {"late without a time, away tapped after it", MARK, {{'a', "tutor", 1, SURE, "L", 0, ""}, {'b', "leader", 2, SURE, "AU", 0, ""}}},
  {"late with a time, here, away tapped after both", MARK, {{'a', "tutor", 1, SURE, "L", 965, ""}, {'b', "leader", 2, SURE, "P", 0, ""},
    {'a', "office", 3, SURE, "AN", 0, ""}}},
  {"away, told us or not told", MARK, {{'a', "tutor", 1, SURE, "AU", 0, ""}, {'b', "leader", 2, SURE, "AN", 0, ""}}},
  {"away, told us after all, by one author, unsure", MARK, {{'a', "tutor", 1, SURE, "AU", 0, ""}, {'b', "tutor", 2, UNSURE, "AN", 0, ""}}},
  {"decided by the office", MARK, {{'a', "tutor", 1, SURE, "P", 0, ""}, {'b', "leader", 2, UNSURE, "AU", 0, ""},
    {'h', "office", 3, OFFICE, "L", 970, "12"}}},
  {"decided by the office, and taken back", MARK, {{'a', "tutor", 1, SURE, "P", 0, ""}, {'b', "leader", 2, UNSURE, "AU", 0, ""},
    {'h', "office", 3, OFFICE, "L", 970, "12"}, {'h', "tutor", 4, AGAIN, "P", 0, "3"}, {'h', "leader", 5, AGAIN | UNSURE, "AU", 0, "3"}}},
  {"the last comment counts", COMMENT, {{'a', "tutor", 1, UNSURE, "Nia", 0, ""}, {'b', "leader", 2, SURE, "Tom", 0, ""}}},
  {"the last comment, unsure", COMMENT, {{'a', "tutor", 1, SURE, "Nia", 0, ""}, {'b', "leader", 2, UNSURE, "Tom", 0, ""}}},
  {"delivered or cancelled, by one author", STATUS, {{'a', "tutor", 1, SURE, "delivered", 0, ""}, {'b', "tutor", 2, SURE, "cancelled", 0, ""}}},
  {"delivered, said twice", STATUS, {{'a', "tutor", 1, SURE, "delivered", 0, ""}, {'b', "leader", 2, UNSURE, "delivered", 0, ""}}},
  {"a second first value", AWARD, {{'a', "tutor", 1, SURE, "bronze", 0, ""}, {'b', "leader", 2, SURE, "gold", 0, "1"}}},
  {"a first value that comes later", AWARD, {{'b', "leader", 2, SURE, "gold", 0, ""}, {'a', "tutor", 1, SURE, "bronze", 0, ""}}},
  {"a first value, decided by the office", AWARD, {{'a', "tutor", 1, SURE, "bronze", 0, ""}, {'b', "leader", 2, SURE, "gold", 0, ""},
    {'h', "office", 3, OFFICE, "gold", 0, "12"}}},
  {"a first value, decided and taken back", AWARD, {{'a', "tutor", 1, SURE, "bronze", 0, ""}, {'b', "leader", 2, SURE, "gold", 0, ""},
    {'h', "office", 3, OFFICE, "gold", 0, "12"}, {'h', "tutor", 4, AGAIN, "bronze", 0, "3"}, {'h', "leader", 5, AGAIN, "gold", 0, "3"}}},
  {"the field's alone", NAME, {{'a', "tutor", 1, SURE, "Nia", 0, ""}}},
  {"the field's over the office's", NAME, {{'h', "office", 1, OFFICE, "Nia", 0, ""}, {'a', "tutor", 2, SURE, "Tom", 0, "1"}}},
  {"the field's that says what the office says", NAME, {{'h', "office", 1, OFFICE, "Nia", 0, ""}, {'a', "tutor", 2, SURE, "Nia", 0, "1"}}},
  {"an earlier one of the office, which comes later", NAME, {{'h', "office", 2, OFFICE, "Tom", 0, ""}, {'h', "office", 1, OFFICE, "Nia", 0, ""}}},
  {"a proposal that the office takes up", NAME, {{'h', "office", 1, OFFICE, "Nia", 0, ""}, {'a', "tutor", 2, SURE, "Tom", 0, "1"},
    {'h', "office", 3, OFFICE, "Tom", 0, "12"}}},
  {"taken up and taken back, the office having spoken before", NAME, {{'h', "office", 1, OFFICE, "Nia", 0, ""}, {'a', "tutor", 2, SURE, "Tom", 0, "1"},
    {'h', "office", 3, OFFICE, "Tom", 0, "12"}, {'h', "office", 4, OFFICE, "Nia", 0, "3"}, {'h', "tutor", 5, AGAIN, "Tom", 0, "3"}}},
  {"taken up and taken back, the office not having spoken before", NAME, {{'a', "tutor", 1, SURE, "Nia", 0, ""}, {'b', "leader", 2, SURE, "Tom", 0, ""},
    {'h', "office", 3, OFFICE, "Siân", 0, "12"}, {'h', "tutor", 4, AGAIN, "Nia", 0, "3"}, {'h', "leader", 5, AGAIN_OFFICE, "Tom", 0, "3"}}},
  {"added twice", NOTE, {{'a', "tutor", 1, SURE, "Nia", 0, ""}, {'b', "leader", 2, UNSURE, "Tom", 0, ""}}},
  {"the key, by two", KEY, {{'b', "leader", 2, SURE, NULL, 0, "5"}, {'a', "tutor", 1, SURE, NULL, 0, "1"}}},
  {"unit 0 without columns, by two", NO_COLUMN, {{'h', "office", 1, OFFICE, NULL, 0, ""}, {'h', "office", 2, OFFICE, NULL, 0, ""}}},
};
/* clang-format on */

struct told {
  const struct story *story;
  const struct fixture *fixture;
  size_t count;
  struct id session, learner;
  struct op ops[lines_max];
  struct base bases[lines_max][bases_most];
  struct merge_op made[lines_max];
};

static struct op_id id_at(const struct told *t, size_t place) {
  char from = place <= t->count ? t->story->lines[place - 1].from : 'b';
  const struct fixture *f = t->fixture;
  return (struct op_id){from == 'h' ? f->hub : from == 'a' ? f->device : f->other_device, 1, place};
}

static void write_value(struct op *op, const struct told *t, const struct line *line) {
  size_t column = places[t->story->subject].column;
  const struct column *c = &op->table->columns[column];
  if (t->story->subject == KEY) {
    op->values[COL(mark, session)] = value_id(&t->session);
    op->values[COL(mark, learner)] = value_id(&t->learner);
  } else if (line->value && c->type == TYPE_TEXT) {
    op->values[column] = value_text(slice_text(line->value));
  } else if (line->value) {
    int number = schema_enum_number(c->vocabulary, slice_text(line->value));
    ASSERT(number > 0);
    op->values[column] = value_int(number);
  }
  if (line->arrived) op->values[COL(mark, arrived)] = value_int(line->arrived);
}

static void make_line(struct told *t, size_t k) {
  const struct line *line = &t->story->lines[k];
  struct op *op = &t->ops[k];
  *op = (struct op){.table = schema_table(places[t->story->subject].table),
                    .units = 1U << places[t->story->subject].unit,
                    .bases = t->bases[k],
                    .base_count = strlen(line->bases)};
  write_value(op, t, line);
  for (size_t i = 0; i < op->base_count; i++)
    t->bases[k][i] = (struct base){places[t->story->subject].unit, id_at(t, (size_t)(line->bases[i] - '0'))};
  t->made[k] = (struct merge_op){.op = op,
                                 .id = id_at(t, k + 1),
                                 .author = strcmp(line->author, "office") == 0 ? t->fixture->office
                                                                               : fixture_id(line->author),
                                 .stamp = stamp_first + (uint64_t)1000 * line->second,
                                 .flags = line->flags};
}

json_t *merge_cases(const struct samples *s) {
  json_t *list = json_array();
  for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
    struct told t = {.story = &stories[i],
                     .fixture = &s->fixture,
                     .session = fixture_id("session"),
                     .learner = fixture_id("learner")};
    while (t.count < lines_max && t.story->lines[t.count].author) t.count++;
    for (size_t k = 0; k < t.count; k++) make_line(&t, k);
    json_array_append_new(
        list, merges_told(json_string(t.story->name), places[t.story->subject].unit, t.made, t.count));
  }
  return list;
}
