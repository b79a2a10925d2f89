/* score_test.c: sections stand as a conductor reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shared/schema/score.h"

static uint32_t rank(const char *text) { return score_rank(SCORE_UNTOLD, slice_text(text)); }

static void sections_stand_in_score_order(void **state) {
  (void)state;
  static const char *const order[] = {"flute 1", "oboe",       "clarinet",    "bass clarinet", "alto sax",
                                      "bassoon", "horn in f",  "trumpet",     "trombone",      "tuba",
                                      "timpani", "percussion", "harp",        "piano",         "guitar",
                                      "soprano", "alto",       "tenor",       "bass",          "violin ii",
                                      "viola",   "cello",      "double bass", "kazoo",         ""};
  for (size_t i = 1; i < sizeof order / sizeof order[0]; i += 1) {
    if (rank(order[i - 1]) >= rank(order[i])) fail_msg("%s does not stand before %s", order[i - 1], order[i]);
  }
  assert_int_equal(rank("violin i"), rank("violin ii"));
}

static void in_order(const char *const *order) {
  for (size_t i = 1; order[i]; i += 1) {
    if (rank(order[i - 1]) >= rank(order[i])) fail_msg("%s does not stand before %s", order[i - 1], order[i]);
  }
}

static void bands_of_one_sort_stand_from_the_high_to_the_low(void **state) {
  (void)state;
  static const char *const samba[] = {"agogos", "tamborims", "caixas", "surdos", NULL};
  static const char *const pans[] = {"tenor pans", "seconds", "basses", NULL};
  static const char *const folk[] = {"whistles", "accordions", "guitars", "fiddles", NULL};
  in_order(samba);
  in_order(pans);
  in_order(folk);
}

static void which_of_several_it_is_moves_no_section(void **state) {
  (void)state;
  static const char *const brass[] = {"soprano cornet", "solo cornets", "repiano", "flugelhorn", NULL};
  assert_int_equal(rank("first violins"), rank("violin i"));
  assert_int_equal(rank("2nd violins"), rank("violin i"));
  assert_int_equal(rank("3rd clarinet"), rank("clarinets"));
  assert_int_equal(rank("principal horn"), rank("horns"));
  assert_true(rank("solo") == rank("kazoo") && rank("second") == rank("kazoo"));
  in_order(brass);
}

/* The place of `section` in an ensemble of these. */
static uint32_t rank_in(const char *const *ensemble, const char *section) {
  enum score_kind kind = SCORE_UNTOLD;
  for (size_t i = 0; ensemble[i]; i += 1) score_meet(&kind, slice_text(ensemble[i]));
  return score_rank(kind, slice_text(section));
}

static void basses_stand_where_the_rest_of_the_ensemble_says(void **state) {
  (void)state;
  static const char *const orchestra[] = {"flutes", "horns",  "trumpets", "violin i",
                                          "violas", "cellos", "basses",   NULL};
  static const char *const strings[] = {"basses", "cellos", "2nd violins", NULL};
  static const char *const band[] = {"solo cornets", "tenor horns", "euphoniums",
                                     "basses",       "percussion",  NULL};
  static const char *const choir[] = {"sopranos", "altos", "tenors", "bass 2", NULL};
  static const char *const oratorio[] = {"sopranos", "tenors", "basses", "violins", "cellos", NULL};
  assert_true(rank_in(orchestra, "basses") > rank_in(orchestra, "cellos"));
  assert_true(rank_in(strings, "bass") > rank_in(strings, "cellos"));
  assert_true(rank_in(band, "basses") > rank_in(band, "euphoniums"));
  assert_true(rank_in(band, "basses") < rank_in(band, "percussion"));
  assert_int_equal(rank_in(choir, "bass 2"), rank("bass"));
  assert_true(rank_in(choir, "basses") > rank_in(choir, "tenors"));
  assert_true(rank_in(oratorio, "basses") < rank_in(oratorio, "violins"));
}

static void what_only_begins_like_a_voice_is_none(void **state) {
  (void)state;
  static const char *const school[] = {"alto recorders", "bass recorders", "cellos",
                                       "basses",         "alto horns",     NULL};
  assert_true(rank("bass drum") < rank("piano") && rank("alto horns") < rank("trombones"));
  assert_true(rank("treble recorders") < rank("clarinets") && rank("alto xylophones") < rank("harp"));
  assert_true(rank_in(school, "basses") > rank_in(school, "cellos"));
  assert_int_equal(rank_in(school, "bass recorders"), rank("bass recorders"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sections_stand_in_score_order),
                                     cmocka_unit_test(bands_of_one_sort_stand_from_the_high_to_the_low),
                                     cmocka_unit_test(which_of_several_it_is_moves_no_section),
                                     cmocka_unit_test(basses_stand_where_the_rest_of_the_ensemble_says),
                                     cmocka_unit_test(what_only_begins_like_a_voice_is_none)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
