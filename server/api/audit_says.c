/* audit_says.c: an entry's detail is codes and ids; here they become "the device Kiosk, 3 bundles, 2 of them
 * new". What there is to say of each word stands in tables. */
#include "server/api/audit_says.h"

#include <stdlib.h>
#include <string.h>

#include "server/core/plan.h"
#include "server/core/reports.h"
#include "server/core/retention.h"

static const struct action {
  const char *name, *words;
} actions[] = {
#define ACTION(name, words) {name, words},
#include "server/api/audit.def"
#undef ACTION
};

struct slice audit_what(const struct view_audit *a) {
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
    if (slice_equal(a->action, slice_text(actions[i].name))) return slice_text(actions[i].words);
  return a->action;
}

static bool begins_with(struct slice text, const char *with) {
  struct slice head = slice_text(with);
  return text.len >= head.len && slice_equal(slice_of(text.ptr, head.len), head);
}

/* ---- ids ---- */

enum { id_digits = 2 * id_bytes };
/* An id stands behind its kind, "device=..."; where it stands alone, what was done says what it is of. */
static const struct about_kind {
  const char *word, *action; /* action: how it begins where the id stands alone; NULL: it never does */
  const char *otherwise;     /* what it is called without a name */
  uint8_t table;             /* 0: a device, somebody who signs in, or what has no name */
} about_kinds[] = {
    {"learner", "learner.", "a learner", TABLE_learner},
    {"learner", "subject.", "a learner", TABLE_learner},
    {"learner", "inclusion.read", "a learner", TABLE_learner},
    {"learner", "needs.", "a learner", TABLE_learner},
    {"learner", "numbers.read", "a learner", TABLE_learner},
    {"need", NULL, "a need", 0},
    {"session", "register.", "a session", TABLE_session},
    {"session", "session.", "a session", TABLE_session},
    {"session", NULL, "a session", TABLE_session},
    {"activity", "report.rows", "an activity", TABLE_activity},
    {"activity", "activity.", "an activity", TABLE_activity},
    {"into", NULL, "an activity", TABLE_activity},
    {"school", "owed.", "a school", TABLE_school},
    {"school", "inclusion.list", "a school", TABLE_school},
    {"partner", NULL, "a partner", TABLE_partner},
    {"staff", NULL, "a member of staff", TABLE_staff},
    {"device", NULL, "a device", 0},
    {"carrier", NULL, "a device", 0},
    {"account", NULL, "an account", 0},
    {"key", NULL, "a key", 0},
    {"case", "case.", "the case", 0},
    {"visit", NULL, "a visit of a school", 0},
    {"contract", NULL, "a contract with a school", 0},
    {"term", NULL, "a term", TABLE_term},
    {"closure", NULL, "closed days", 0},
    {"notice", NULL, "an absence that was told", 0},
    {"agreement", NULL, "an agreement", 0},
    {"survey", NULL, "a survey", 0},
    {"missing", NULL, "a missing register", TABLE_session},
    {"bundle", NULL, "a bundle", 0},
    {"item", "item.", "", 0}, /* the action says that it was a matter */
};

static const struct about_kind *kind_of(const struct view_audit *a, struct slice word) {
  for (size_t i = 0; i < sizeof about_kinds / sizeof *about_kinds; i++) {
    const struct about_kind *k = &about_kinds[i];
    bool named = word.len && slice_equal(word, slice_text(k->word));
    bool alone = word.len == 0 && k->action && begins_with(a->action, k->action);
    if (named || alone) return k;
  }
  return NULL;
}

static bool is_one_of(const struct about_kind *k, const char *const words[], size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(k->word, words[i]) == 0) return true;
  return false;
}

static err name_of(struct words *w, const struct about_kind *k, const struct id *id, struct slice *out) {
  static const char *const devices[] = {"device", "carrier"}, *const people[] = {"account", "key"};
  *out = slice_of(NULL, 0);
  if (k->table == TABLE_session) return words_row(w, out, k->table, id);
  if (k->table) return views_row_name(w->store, k->table, id, w->arena, out);
  if (is_one_of(k, devices, 2)) return views_device_name(w->store, id, w->arena, out);
  if (is_one_of(k, people, 2)) return views_author_name(w->store, id, w->arena, out);
  return ERR_OK;
}

/* An entry of the Local Plan stands behind its table. */
static const struct plan_kind *plan_of(struct slice word) { return word.len ? plan_kind_named(word) : NULL; }

static err say_id(struct words *w, const struct view_audit *a, struct slice word, const struct id *id,
                  struct audit_part *out) {
  const struct about_kind *k = kind_of(a, word);
  const struct plan_kind *plan = plan_of(word);
  *out = (struct audit_part){.text = slice_of(NULL, 0)};
  if (plan) out->text = slice_text(plan->one);
  if (!k) return ERR_OK;
  TRY(name_of(w, k, id, &out->text));
  if (out->text.len == 0) out->text = slice_text(k->otherwise);
  bool into = strcmp(k->word, "into") == 0;
  if (into) TRY(words_say(w, &out->text, "to %.*s", TEXT(out->text)));
  if (strcmp(k->word, "carrier") == 0) TRY(words_say(w, &out->text, "carried by %.*s", TEXT(out->text)));
  out->kind = into ? "activity" : k->otherwise[0] ? k->word : NULL;
  out->id = *id;
  return ERR_OK;
}

/* ---- numbers and days ---- */

static const struct count_words {
  const char *word, *one, *many; /* many with the number in it; one NULL: nothing for a person */
} counts[] = {
    {"bundles", "1 bundle", "%llu bundles"},
    {"new", "1 of them new", "%llu of them new"},
    {"refused", "1 refused", "%llu refused"},
    {"staff", "1 member of staff", "%llu members of staff"},
    {"inserted", "1 new", "%llu new"},
    {"changed", "1 changed", "%llu changed"},
    {"rows", "1 record", "%llu records"},
    {"run", "the first run", "run %llu"},
    {"months", "kept for 1 month", "kept for %llu months"},
    {"records", "1 record", "%llu records"},
    {"learners", "1 learner", "%llu learners"},
    {"words", "1 reason in the audit", "%llu reasons in the audit"},
    {"erasure", "the first erasure", "erasure %llu"},
    {"years", "kept for 1 year", "kept for %llu years"},
    {"erased", "1 erased", "%llu erased"},
    {"held", "1 held back", "%llu held back"},
    {"days", "for 1 day", "for %llu days"},
    {"transactions", "1 piece of work", "%llu pieces of work"},
    {"number", "the first", "number %llu"},
    {"noise", "the key of the lines", NULL},
    {"intake", "the key that opens bundles", NULL},
    {"signing", "the key that signs", NULL},
    {"ops", NULL, NULL},
    {"op", NULL, NULL},
    {"seq", NULL, NULL},
    {"order", NULL, NULL},
    {"incarnation", NULL, NULL},
    {"changeset", NULL, NULL},
};

static bool number_of(struct slice text, unsigned long long *out) {
  char digits[24];
  char *end = digits;
  if (text.len == 0 || text.len >= sizeof digits) return false;
  bytes_copy(digits, text.ptr, text.len);
  digits[text.len] = 0;
  *out = strtoull(digits, &end, 10);
  return *end == 0;
}

/* None of it is not said. *said: it is a count that has words, or none for a person. */
static err say_count(struct words *w, struct slice word, struct slice value, struct audit_part *out,
                     bool *said) {
  unsigned long long n;
  *said = false;
  for (size_t i = 0; i < sizeof counts / sizeof *counts && !*said; i++) {
    const struct count_words *c = &counts[i];
    if (!slice_equal(word, slice_text(c->word)) || !number_of(value, &n)) continue;
    *said = true;
    if (n == 0 || !c->one) return ERR_OK;
    if (n == 1 || !c->many) {
      out->text = slice_text(c->one);
      return ERR_OK;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return words_say(w, &out->text, c->many, n);
#pragma GCC diagnostic pop
  }
  return ERR_OK;
}

/* Days of an extract, or numbers of bundles. */
static err say_bound(struct words *w, struct slice word, struct slice value, struct audit_part *out,
                     bool *said) {
  int32_t day;
  struct slice text = value;
  *said = slice_equal(word, slice_text("from")) || slice_equal(word, slice_text("to"));
  if (!*said) return ERR_OK;
  if (date_parse(&day, value) == ERR_OK) {
    const struct column date = {.type = TYPE_DATE};
    const struct value v = value_int(day);
    TRY(words_value(w, &text, &date, &v));
  } else {
    TRY(words_say(w, &text, "number %.*s", TEXT(value)));
  }
  return words_say(w, &out->text, "%.*s %.*s", TEXT(word), TEXT(text));
}

static err say_signs(struct words *w, struct slice word, struct slice value, struct audit_part *out,
                     bool *said) {
  static const char *const signs[] = {"free school meals", "pupil premium", "looked after"};
  unsigned long long set;
  *said = slice_equal(word, slice_text("signs")) && number_of(value, &set);
  for (size_t i = 0; *said && i < 3; i++) {
    if (!(set >> i & 1)) continue;
    TRY(words_say(w, &out->text, "%.*s%s%s", TEXT(out->text), out->text.len ? " or " : "", signs[i]));
  }
  return ERR_OK;
}

/* A line of the retention schedule, and its period before and since. */
static err say_schedule(struct words *w, struct slice word, struct slice value, struct audit_part *out,
                        bool *said) {
  unsigned long long months = 0;
  bool named = slice_equal(word, slice_text("line")), before = slice_equal(word, slice_text("before"));
  enum retention_line line = named ? retention_named(value) : RETENTION_LINES;
  bool period = (before || slice_equal(word, slice_text("after"))) && number_of(value, &months);
  const char *when = before ? "until then" : "from then on";
  *said = period || line != RETENTION_LINES;
  if (line != RETENTION_LINES) out->text = slice_text(retention_rules[line].title);
  if (!period) return ERR_OK;
  if (months == 0) return words_say(w, &out->text, "without an end %s", when);
  return words_say(w, &out->text, "%llu month%s %s", months, months == 1 ? "" : "s", when);
}

/* ---- words ---- */

/* A word of the program's own behind an action that begins so. */
static const struct {
  const char *action, *word, *words;
} own_words[] = {
    {"sign-in", "password", "with a password"},
    {"sign-in.refused", "role", "this role works on devices alone"},
    {"sign-in.refused", "password", "a wrong password"},
    {"sign-in.refused", "code", "a wrong code"},
    {"sign-in.tried", "name", "there is no such name"},
    {"learner.hold", "set", "from now on"},
    {"learner.hold", "lifted", "no longer"},
    {"report.export", "lessons", "the statement of lessons"},
    {"inclusion.export", "return", ""},
};

static err say_report(struct words *w, const struct view_audit *a, struct audit_part *out) {
  size_t len = 0, year, goal;
  while (len < a->detail.len && a->detail.ptr[len] != ' ') len++;
  const struct report *report = report_named(slice_of(a->detail.ptr, len));
  if (!report) return ERR_OK;
  out->text = slice_text(report->title);
  if (!begins_with(a->action, "target.")) return ERR_OK;
  struct slice rest = slice_of(a->detail.ptr + len, a->detail.len - len);
  for (year = 1; year < rest.len && rest.ptr[year] != ' ';) year++;
  for (goal = rest.len; goal > 0 && rest.ptr[goal - 1] != ' ';) goal--;
  struct slice first = slice_of(rest.ptr + 1, year - 1), last = slice_of(rest.ptr + goal, rest.len - goal);
  bool none = slice_equal(last, slice_text("none"));
  return none ? words_say(w, &out->text, "%s, from September %.*s: none any more", report->title, TEXT(first))
              : words_say(w, &out->text, "%s, from September %.*s: %.*s", report->title, TEXT(first),
                          TEXT(last));
}

/* A detail that is a sentence or a word, and no list of codes. */
static err say_text(struct words *w, const struct view_audit *a, struct audit_part *out) {
  const struct plan_kind *plan = plan_of(a->detail);
  out->text = a->detail;
  if (plan) out->text = slice_text(plan->title);
  for (size_t i = 0; i < sizeof own_words / sizeof *own_words; i++)
    if (begins_with(a->action, own_words[i].action) && slice_equal(a->detail, slice_text(own_words[i].word)))
      out->text = slice_text(own_words[i].words);
  if (slice_equal(a->action, slice_text("device.enrol")))
    return words_say(w, &out->text, "with the six digits %.*s", TEXT(a->detail));
  bool report = begins_with(a->action, "report.") || begins_with(a->action, "target.");
  return report ? say_report(w, a, out) : ERR_OK;
}

static err say_refusal(struct words *w, struct slice word, struct slice value, struct audit_part *out,
                       bool *said) {
  *said = slice_equal(word, slice_text("reason"));
  for (int e = ERR_OK + 1; *said && e < ERR_COUNT; e++)
    if (slice_equal(value, slice_text(err_name((err)e))))
      return words_say(w, &out->text, "%s", err_text((err)e));
  return ERR_OK;
}

/* What has none of the words above is a word and its value, so that nothing new goes unsaid. */
static err say_pair(struct words *w, struct slice word, struct slice value, struct audit_part *out) {
  typedef err say(struct words *, struct slice, struct slice, struct audit_part *, bool *);
  static say *const ways[] = {say_count, say_bound, say_schedule, say_signs, say_refusal};
  bool said = false;
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    TRY(ways[i](w, word, value, out, &said));
    if (said) return ERR_OK;
  }
  return words_say(w, &out->text, "%.*s %.*s", TEXT(word), TEXT(value));
}

static err say_token(struct words *w, const struct view_audit *a, struct slice token,
                     struct audit_part *out) {
  size_t at = 0;
  struct id id;
  while (at < token.len && token.ptr[at] != '=') at++;
  bool pair = at < token.len;
  struct slice word = slice_of(token.ptr, pair ? at : 0),
               value = pair ? slice_of(token.ptr + at + 1, token.len - at - 1) : token;
  if (value.len == id_digits && id_parse(&id, value) == ERR_OK) return say_id(w, a, word, &id, out);
  return say_pair(w, word, value, out);
}

/* Codes are pairs, or an id alone. */
static bool is_coded(struct slice detail) {
  size_t from = 0;
  for (size_t at = 0; at <= detail.len; at++) {
    struct id id;
    if (at < detail.len && detail.ptr[at] != ' ') continue;
    struct slice token = slice_of(detail.ptr + from, at - from);
    bool pair = false;
    for (size_t i = 0; i < token.len; i++) pair = pair || token.ptr[i] == '=';
    if (!pair && !(token.len == id_digits && id_parse(&id, token) == ERR_OK)) return false;
    from = at + 1;
  }
  return true;
}

err audit_say(struct words *w, const struct view_audit *a, struct audit_part *out, size_t *count) {
  size_t from = 0;
  *count = 0;
  if (a->detail.len && !is_coded(a->detail)) {
    out[0] = (struct audit_part){.kind = NULL};
    TRY(say_text(w, a, &out[0]));
    *count = out[0].text.len > 0;
    return ERR_OK;
  }
  for (size_t at = 0; at <= a->detail.len && *count < audit_parts_max; at++) {
    if (at < a->detail.len && a->detail.ptr[at] != ' ') continue;
    struct audit_part *part = &out[*count];
    *part = (struct audit_part){.kind = NULL};
    if (at > from) TRY(say_token(w, a, slice_of(a->detail.ptr + from, at - from), part));
    if (part->text.len) ++*count;
    from = at + 1;
  }
  return ERR_OK;
}
