/* witness.c: which addresses must leave an entry in the audit follows from who may ask for them (matrix.def):
 * every change, and every look that the lead may not have. What is otherwise stands here, with its reason. */
#include "tests/contract/api/witness.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include "server/core/views.h"

struct line {
  enum http_method method;
  const char *pattern, *roles;
};
#define LINE(method, pattern, roles) {HTTP_##method, pattern, roles},
static const struct line lines[] = {
#include "tests/contract/api/matrix.def"
};
#undef LINE
enum { line_count = sizeof lines / sizeof *lines };
_Static_assert((int)line_count <= (int)witness_addresses_max, "a place for every address");

/* Changes nothing that anybody could ask about, or shows nothing of a child. */
static const struct line silent[] = {
    {HTTP_POST, "/api/stay", "somebody is there still"},
    {HTTP_POST, "/api/second-step/begin", "nothing holds before it is confirmed"},
    {HTTP_POST, "/api/import/begin", "a file on its way: looking into it is an entry, and so is taking it"},
    {HTTP_POST, "/api/import/part/*", "the same"},
    {HTTP_POST, "/api/import/drop/*", "the same"},
    {HTTP_GET, "/api/import/progress/*", "numbers of rows"},
    {HTTP_POST, "/api/work/keep", "an entry for each that is kept, which may be none"},
    {HTTP_POST, "/api/writeback/run/*",
     "an entry for each file that is made; with nothing new there is none"},
    {HTTP_GET, "/api/audit", "where it names a child there is one, see audit_test.c"},
    {HTTP_GET, "/api/audit/check", "two numbers"},
    {HTTP_GET, "/api/accounts", "of people of the office"},
    {HTTP_GET, "/api/keys", "of scripts"},
    {HTTP_GET, "/api/staff", "of staff"},
    {HTTP_GET, "/api/staff/*", "of staff"},
    {HTTP_GET, "/api/devices/enrolment/*", "of a device"},
    {HTTP_GET, "/api/devices/strand/*", "counts of a device's work"},
    {HTTP_GET, "/api/owed/statement/*", "a school's lessons, without names"},
    {HTTP_GET, "/api/work/missing/*", "a meeting, and who may hold its register"},
    {HTTP_GET, "/api/work/held/*", "numbers of bundles"},
    {HTTP_GET, "/api/status", "counts"},
    {HTTP_GET, "/api/erasures", "of those who are gone nothing is left to tell"},
    {HTTP_POST, "/api/today/find", "the board, and numbers of those who came"},
    {HTTP_POST, "/api/activities/list", "names and numbers of what meets, and of no child"},
    {HTTP_GET, "/api/activities/closing/*", "counts of what would end, and of devices' work"},
    {HTTP_GET, "/api/retention", "periods, and how many records are past them"},
    {HTTP_GET, "/api/imports", "which lists were brought in, and by whom"},
    {HTTP_GET, "/api/writeback", "which columns go where"},
};
enum { silent_count = sizeof silent / sizeof *silent };

static bool is_silent(const struct line *l) {
  for (size_t i = 0; i < silent_count; i++)
    if (silent[i].method == l->method && strcmp(silent[i].pattern, l->pattern) == 0) return true;
  return false;
}

void witness_check_exceptions(void) {
  for (size_t i = 0; i < silent_count; i++) {
    size_t found = 0;
    for (size_t k = 0; k < line_count; k++)
      found += lines[k].method == silent[i].method && strcmp(lines[k].pattern, silent[i].pattern) == 0;
    if (found != 1) fail_msg("witness.c excuses %s, which is no address", silent[i].pattern);
  }
}

static bool fits(const char *pattern, struct slice path) {
  size_t len = strlen(pattern);
  if (pattern[len - 1] != '*') return slice_equal(slice_text(pattern), path);
  if (path.len < len || memcmp(pattern, path.ptr, len - 1) != 0) return false;
  return memchr(path.ptr + len - 1, '/', path.len - len + 1) == NULL;
}

static bool leaves_an_entry(const struct line *l) {
  if (strstr(l->roles, "anybody") || is_silent(l)) return false;
  return l->method == HTTP_POST || strstr(l->roles, "lead") == NULL;
}

static uint64_t last_entry(struct store *store) {
  const struct audit_query q = {.to_ms = INT64_MAX, .limit = 1};
  struct arena a = ARENA_INIT(1 << 16);
  struct view_audit *list;
  size_t count;
  assert_int_equal(views_audit(store, &q, &a, &list, &count), ERR_OK);
  uint64_t number = count ? list[0].number : 0;
  arena_finish(&a);
  return number;
}

void witness_begin(struct witness *w, struct store *store) { w->before = last_entry(store); }

void witness_end(struct witness *w, struct store *store, enum http_method method, struct slice path,
                 unsigned person, unsigned status) {
  for (size_t i = 0; i < line_count && status == 200; i++) {
    const struct line *l = &lines[i];
    if (l->method != method || !fits(l->pattern, path)) continue;
    bool first = method == HTTP_POST || !(w->asked[i] >> person & 1);
    w->asked[i] |= (uint8_t)(1U << person);
    if (first && leaves_an_entry(l) && last_entry(store) == w->before)
      fail_msg("%s is not in the audit (tests/contract/api/witness.c)", l->pattern);
  }
}
