/* status_words_test.c: what `tutti status` says. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
/* clang-format on */

#include "client/cli/status_words.h"

static void says(const char *json, const char *expected) {
  char *text;
  size_t size;
  json_t *status = json_loads(json, 0, NULL);
  FILE *out = open_memstream(&text, &size);
  assert_non_null(status);
  assert_non_null(out);
  status_print(out, status);
  fclose(out);
  assert_string_equal(text, expected);
  free(text);
  json_decref(status);
}

static void one_is_said_as_one(void **state) {
  (void)state;
  says("{\"badge\":\"saved\",\"registers\":1,\"notes\":2,\"line\":\"off\",\"reason\":\"no signal\","
       "\"bundles\":[{\"seq\":7,\"bytes\":90,\"status\":\"waiting\"}],\"carried\":[]}",
       "Saved here: 1 register, 2 notes to send\nline: off, no signal\nbundle 7: 90 bytes, waiting\n");
}

static void files_carried_for_others_are_named(void **state) {
  (void)state;
  says("{\"badge\":\"sent\",\"registers\":0,\"notes\":0,\"line\":\"held\",\"bundles\":[],\"carried\":["
       "{\"number\":1,\"state\":\"waiting\",\"device_name\":\"Kiosk at the "
       "hall\",\"bundles\":1,\"refused\":0},"
       "{\"number\":2,\"state\":\"refused\",\"bundles\":3,\"refused\":2,\"why\":\"of another hub\"}]}",
       "All sent: 0 registers, 0 notes to send\nline: held\n"
       "carried 1: of Kiosk at the hall, 1 bundle, waiting\n"
       "carried 2: of another device, 3 bundles, refused, 2 refused: of another hub\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_is_said_as_one),
      cmocka_unit_test(files_carried_for_others_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
