/* status_words.c: what waits to be sent, how the line is, and what is carried for others, as words. */
#include "client/cli/status_words.h"

#include <string.h>

static const char *s_unless_one(long long n) { return n == 1 ? "" : "s"; }

/* Files of other devices, which this one brings to the office. */
static void print_carried(FILE *out, const json_t *list) {
  size_t i;
  json_t *f;
  json_array_foreach(list, i, f) {
    const char *name = json_string_value(json_object_get(f, "device_name")),
               *why = json_string_value(json_object_get(f, "why"));
    long long bundles = json_integer_value(json_object_get(f, "bundles")),
              refused = json_integer_value(json_object_get(f, "refused"));
    fprintf(out, "carried %lld: of %s, %lld bundle%s, %s",
            (long long)json_integer_value(json_object_get(f, "number")), name ? name : "another device",
            bundles, s_unless_one(bundles), json_string_value(json_object_get(f, "state")));
    if (refused) fprintf(out, ", %lld refused", refused);
    fprintf(out, "%s%s\n", why ? ": " : "", why ? why : "");
  }
}

void status_print(FILE *out, const json_t *s) {
  const char *badge = json_string_value(json_object_get(s, "badge")),
             *reason = json_string_value(json_object_get(s, "reason"));
  const char *words = badge == NULL                   ? "?"
                      : strcmp(badge, "saved") == 0   ? "Saved here"
                      : strcmp(badge, "sending") == 0 ? "Sending"
                      : strcmp(badge, "sent") == 0    ? "All sent"
                                                      : "Needs help";
  long long registers = json_integer_value(json_object_get(s, "registers")),
            notes = json_integer_value(json_object_get(s, "notes"));
  fprintf(out, "%s: %lld register%s, %lld note%s to send\nline: %s%s%s\n", words, registers,
          s_unless_one(registers), notes, s_unless_one(notes), json_string_value(json_object_get(s, "line")),
          reason != NULL ? ", " : "", reason != NULL ? reason : "");
  size_t i;
  json_t *b;
  json_array_foreach(json_object_get(s, "bundles"), i, b)
      fprintf(out, "bundle %lld: %lld bytes, %s\n", (long long)json_integer_value(json_object_get(b, "seq")),
              (long long)json_integer_value(json_object_get(b, "bytes")),
              json_string_value(json_object_get(b, "status")));
  print_carried(out, json_object_get(s, "carried"));
}
