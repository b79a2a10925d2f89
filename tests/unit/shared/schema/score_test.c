/* score_test.c: sections stand as a conductor reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shared/schema/score.h"

static uint32_t rank(const char *text) { return score_rank(slice_text(text)); }

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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sections_stand_in_score_order),
                                     cmocka_unit_test(bands_of_one_sort_stand_from_the_high_to_the_low),
                                     cmocka_unit_test(which_of_several_it_is_moves_no_section)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
