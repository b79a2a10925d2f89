/* sample_names_test.c: what the made-up county is made of, against what the product makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/ctl/sample_names.h"
#include "shared/base/fold.h"
#include "shared/base/limits.h"
#include "shared/schema/score.h"

static uint32_t rank(const char *section) {
  struct buf folded = BUF_INIT(text_bytes_max);
  assert_int_equal(text_fold(&folded, slice_text(section)), ERR_OK);
  uint32_t found = score_rank(SCORE_UNTOLD, buf_slice(&folded));
  buf_finish(&folded);
  return found;
}

/* Those that nobody knows are listed last; a rhythm section is no instrument, and belongs there. */
static void every_section_of_the_county_has_its_place_in_the_score(void **state) {
  (void)state;
  for (size_t e = 0; e < sample_ensemble_count; e += 1) {
    for (const struct sample_part *p = sample_ensembles[e].parts; p->section; p += 1) {
      if (strcmp(p->section, "Rhythm") != 0 && rank(p->section) == rank("Kazoo"))
        fail_msg("%s: nothing is known about %s", sample_ensembles[e].name, p->section);
    }
  }
}

static void every_instrument_of_the_county_is_known(void **state) {
  (void)state;
  for (size_t i = 0; i < sample_instrument_count; i += 1) {
    if (rank(sample_instruments[i]) == rank("Kazoo"))
      fail_msg("nothing is known about %s", sample_instruments[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_section_of_the_county_has_its_place_in_the_score),
                                     cmocka_unit_test(every_instrument_of_the_county_is_known)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
