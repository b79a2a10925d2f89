/* protocol_md_test.c: PROTOCOL.md says the numbers and names that the code uses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/message_row.h"

enum { file_bytes_max = 1048576, limits_documented_min = 40, limits_used_min = 30 };

static char *text_of(const char *path) {
  char full[1024];
  snprintf(full, sizeof full, "%s/%s", TUTTI_SOURCE_DIR, path);
  FILE *file = fopen(full, "rb");
  assert_non_null(file);
  char *text = test_calloc(1, file_bytes_max);
  size_t len = fread(text, 1, file_bytes_max - 1, file);
  assert_true(len > 0 && len < file_bytes_max - 1);
  fclose(file);
  return text;
}

/* The number after "name = " in limits.h, or -1. */
static long limit_of(const char *limits, const char *name) {
  size_t len = strlen(name);
  for (const char *at = strstr(limits, name); at != NULL; at = strstr(at + 1, name))
    if (at[-1] == ' ' && strncmp(at + len, " =", 2) == 0) return strtol(at + len + 2, NULL, 10);
  return -1;
}

static void the_table_of_limits_is_that_of_the_code(void **state) {
  (void)state;
  char *page = text_of("proto/PROTOCOL.md"), *limits = text_of("shared/base/limits.h");
  const char *row = strstr(page, "\n## 16. Limits");
  size_t rows = 0;
  assert_non_null(row);
  while ((row = strstr(row, "\n| `")) != NULL && row < strstr(page, "\n## 17.")) {
    char name[64];
    long value = -2;
    row += 4;
    assert_int_equal(sscanf(row, "%63[a-z0-9_]` | %ld |", name, &value), 2);
    if (limit_of(limits, name) != value)
      fail_msg("%s: PROTOCOL.md says %ld, limits.h %ld", name, value, limit_of(limits, name));
    rows++;
  }
  assert_true(rows >= limits_documented_min);
  test_free(page), test_free(limits);
}

static bool is_word(int c) { return isalnum(c) || c == '_'; }

static bool has_word(const char *text, const char *word) {
  const size_t len = strlen(word);
  for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
    if ((at == text || !is_word(at[-1])) && !is_word(at[len])) return true;
  return false;
}

/* Whether a file that writes or reads bytes of the wire names it. */
static bool is_on_the_wire(const char *limit) {
  bool found = false;
  DIR *dir = opendir(TUTTI_SOURCE_DIR "/proto");
  assert_non_null(dir);
  for (struct dirent *entry; !found && (entry = readdir(dir)) != NULL;) {
    char path[300];
    const char *end = strrchr(entry->d_name, '.');
    if (end == NULL || strcmp(end, ".c") != 0) continue;
    snprintf(path, sizeof path, "proto/%s", entry->d_name);
    char *text = text_of(path);
    found = has_word(text, limit);
    test_free(text);
  }
  closedir(dir);
  return found;
}

static void every_limit_of_the_wire_is_in_the_table(void **state) {
  (void)state;
  char *page = text_of("proto/PROTOCOL.md"), *limits = text_of("shared/base/limits.h");
  size_t used = 0;
  for (char *line = limits; line != NULL && *line;
       line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
    char name[64], row[80];
    long value;
    if (sscanf(line, " %63[a-z0-9_] = %ld", name, &value) != 2 || !is_on_the_wire(name)) continue;
    snprintf(row, sizeof row, "\n| `%s` | %ld |", name, value);
    if (strstr(page, row) == NULL) fail_msg("PROTOCOL.md has no row for %s, which proto/ uses", name);
    used++;
  }
  assert_true(used >= limits_used_min);
  test_free(page), test_free(limits);
}

static bool is_error(const char *name, size_t len) {
  for (int e = ERR_OK + 1; e < ERR_COUNT; e++)
    if (strlen(err_name((err)e)) == len && strncmp(err_name((err)e), name, len) == 0) return true;
  return false;
}

static void every_name_in_the_tables_of_errors_is_an_error(void **state) {
  (void)state;
  char *page = text_of("proto/PROTOCOL.md");
  const char *at = strstr(page, "\n## 17. Errors"), *end = strstr(page, "\n### Outcomes");
  size_t names = 0;
  assert_non_null(at);
  assert_non_null(end);
  for (; (at = strchr(at, '`')) != NULL && at < end; names++) {
    const size_t len = strcspn(at + 1, "`");
    if (isupper((unsigned char)at[1]) && !is_error(at + 1, len))
      fail_msg("PROTOCOL.md names %.*s, which is no error", (int)len, at + 1);
    at += len + 2;
  }
  assert_true(names >= ERR_COUNT - 1);
  test_free(page);
}

static void every_error_has_its_name_on_the_page(void **state) {
  (void)state;
  char *page = text_of("proto/PROTOCOL.md");
  for (int e = ERR_OK + 1; e < ERR_COUNT; e++) {
    char quoted[64];
    snprintf(quoted, sizeof quoted, "`%s`", err_name((err)e));
    if (strstr(page, quoted) == NULL) fail_msg("PROTOCOL.md does not name %s", quoted);
  }
  test_free(page);
}

static void every_message_has_its_number_on_the_page(void **state) {
  (void)state;
  static const struct {
    enum message_type type;
    const char *name;
  } messages[] = {
      {MSG_HELLO, "HELLO"},   {MSG_BUNDLE, "BUNDLE"},     {MSG_SUBSCRIBE, "SUBSCRIBE"},
      {MSG_CREDIT, "CREDIT"}, {MSG_ENROL, "ENROL"},       {MSG_ENROL_CONFIRM, "ENROL_CONFIRM"},
      {MSG_BYE, "BYE"},       {MSG_WELCOME, "WELCOME"},   {MSG_RECEIPTS, "RECEIPTS"},
      {MSG_FEED, "FEED"},     {MSG_MANIFEST, "MANIFEST"}, {MSG_GRANTS, "GRANTS"},
      {MSG_RETRY, "RETRY"},   {MSG_ENROLLED, "ENROLLED"}, {MSG_ORDERS, "ORDERS"},
      {MSG_REPAIR, "REPAIR"}, {MSG_CARRY, "CARRY"},       {MSG_CARRIED, "CARRIED"},
  };
  char *page = text_of("proto/PROTOCOL.md");
  assert_int_equal(sizeof messages / sizeof *messages, device_message_count + hub_message_count);
  for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
    char row[64];
    snprintf(row, sizeof row, "\n| %d | %s |", (int)messages[i].type, messages[i].name);
    if (strstr(page, row) == NULL) fail_msg("PROTOCOL.md has no row '%s'", row + 1);
  }
  test_free(page);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_table_of_limits_is_that_of_the_code),
      cmocka_unit_test(every_limit_of_the_wire_is_in_the_table),
      cmocka_unit_test(every_error_has_its_name_on_the_page),
      cmocka_unit_test(every_name_in_the_tables_of_errors_is_an_error),
      cmocka_unit_test(every_message_has_its_number_on_the_page),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
