/* retention.c: tutti-server retention: erases learners whose records were kept for as long as hub.conf says
 * (`retention_years`), after showing whom; and a certificate of what was done, signed by the hub. */
#include "server/core/retention.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/core/erase.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

enum { retention_arena_bytes = 268435456 };
struct retention_args {
  const char *data, *certificate;
  bool apply;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"apply", 'a', NULL, 0, "Erase them; without it nothing is changed", 0},
    {"certificate", 'c', "FILE", 0,
     "Where the signed certificate goes; it must not be there yet (required by --apply)", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct retention_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'a': a->apply = true; return 0;
  case 'c': a->certificate = value; return 0;
  case ARGP_KEY_END:
    if (a->data == NULL) argp_error(state, "--data is needed");
    if (a->apply && a->certificate == NULL) argp_error(state, "--apply needs a --certificate");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* What happens, learner by learner: the certificate names nobody, but whoever knows an id finds its hash. */
struct sweep {
  struct data_dir *d;
  struct now now;
  int32_t before;
  bool apply;
  size_t held, erased;
  uint64_t rows;
  json_t *entries;
};

static err erase_one(struct sweep *s, const struct view_expired *x, uint64_t *number, struct fault *fault) {
  char reason[64];
  struct erase_result r;
  (void)snprintf(reason, sizeof reason, "retention: %d years", s->d->settings.retention_years);
  const struct erase_order order = {
      .learner = x->learner, .by = s->d->hub.id, .reason = slice_text(reason), .dry_run = !s->apply};
  TRY(erase_learner(&r, &s->d->hub, s->d->store, &s->now, &order, fault));
  *number = r.number;
  s->rows += r.rows;
  return ERR_OK;
}

static err sweep_one(struct sweep *s, const struct view_expired *x, struct fault *fault) {
  uint8_t hash[hash_bytes];
  char hex[2 * hash_bytes + 1], last[date_text_bytes];
  uint64_t number = 0;
  if (x->held)
    s->held++;
  else
    TRY(erase_one(s, x, &number, fault));
  s->erased += !x->held;
  erase_hash(hash, &s->d->hub.id, &x->learner);
  hex_encode(hex, slice_of(hash, sizeof hash));
  date_text(last, x->last);
  json_t *entry = json_pack("{s:s, s:s, s:b}", "hash", hex, "last", last, "held", x->held);
  if (number) (void)json_object_set_new(entry, "erasure", json_integer((json_int_t)number));
  return json_array_append_new(s->entries, entry) == 0 ? ERR_OK : ERR_NO_MEMORY;
}

/* ---- the certificate ---- */

static json_t *content_of(const struct sweep *s) {
  char id[id_text_bytes], before[date_text_bytes], at[time_text_bytes];
  id_text(id, &s->d->hub.id);
  date_text(before, s->before);
  time_text(at, s->now.wall_ms);
  return json_pack("{s:s, s:s, s:s, s:i, s:s, s:I, s:I, s:I, s:O}", "hub", id, "hub_name", s->d->hub.name,
                   "at", at, "years", s->d->settings.retention_years, "before", before, "erased",
                   (json_int_t)s->erased, "held", (json_int_t)s->held, "rows", (json_int_t)s->rows,
                   "learners", s->entries);
}

static json_t *certificate(const struct sweep *s) {
  json_t *content = content_of(s), *out = NULL;
  char *text = content ? json_dumps(content, JSON_COMPACT) : NULL;
  if (text) {
    uint8_t signature[signature_bytes];
    char hex[2 * signature_bytes + 1], key[2 * key_bytes + 1];
    crypto_sign(signature, "tutti.retention", slice_text(text), s->d->hub.sign.secret);
    hex_encode(hex, slice_of(signature, sizeof signature));
    hex_encode(key, slice_of(s->d->hub.sign.public_key, key_bytes));
    out = json_pack("{s:s, s:i, s:s, s:s, s:s}", "what", "Tutti retention certificate", "version", 1,
                    "content", text, "signature", hex, "signed_by", key);
  }
  free(text);
  json_decref(content);
  return out;
}

/* Made before anything is erased: what cannot be certified is not done. */
static err open_certificate(const char *path, FILE **out, struct fault *fault) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  *out = fd < 0 ? NULL : fdopen(fd, "w");
  if (*out) return ERR_OK;
  return fault_set(fault, errno == EEXIST ? ERR_EXISTS : ERR_IO, "%.200s cannot be made: %s", path,
                   strerror(errno));
}

static err write_certificate(const struct sweep *s, FILE *to, struct fault *fault) {
  json_t *json = certificate(s);
  bool good = json && json_dumpf(json, to, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0 && fflush(to) == 0 &&
              fsync(fileno(to)) == 0;
  json_decref(json);
  return good ? ERR_OK
              : fault_set(fault, ERR_IO, "%zu learners are erased, but the certificate could not be written.",
                          s->erased);
}

/* ---- all of it ---- */

static int32_t years_before(int32_t today, int years) {
  struct date d = date_from_days(today);
  d.year = (int16_t)(d.year - years);
  if (d.month == 2 && d.day == 29) d.day = 28;
  return date_to_days(d);
}

static err sweep_all(struct sweep *s, struct fault *fault) {
  struct arena a = ARENA_INIT(retention_arena_bytes);
  struct view_expired *list;
  size_t count;
  err e = views_expired(s->d->store, s->before, &a, &list, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++) e = sweep_one(s, &list[i], fault);
  arena_finish(&a);
  return e;
}

static err note(struct sweep *s) {
  bool scrubbed = false;
  char detail[64];
  (void)snprintf(detail, sizeof detail, "years=%d erased=%zu held=%zu", s->d->settings.retention_years,
                 s->erased, s->held);
  TRY(audit_add(s->d->store, s->now.wall_ms, &s->d->hub.id, "retention.apply", detail));
  return erase_scrub(&s->d->hub, s->d->store, &scrubbed);
}

/* Each learner is erased for good before the next one's turn: whoever was is certified, whatever came then.
 * What else was to be noted may fail as the sweep did; each erasure stands in the audit by itself. */
static err broken_off(struct sweep *s, err why, FILE *to, struct fault *fault) {
  TRY(write_certificate(s, to, fault));
  err noted = note(s);
  (void)noted;
  return fault_set(
      fault, why,
      "It stopped after %zu learners, whom the certificate names: %s. Ask again for the rest, with "
      "another certificate.",
      s->erased, err_text(why));
}

static void print(const struct sweep *s) {
  char before[date_text_bytes];
  date_text(before, s->before);
  printf("%s %zu learners whose latest record is from before %s (%d years): %llu rows.\n",
         s->apply ? "Erased" : "Would erase", s->erased, before, s->d->settings.retention_years,
         (unsigned long long)s->rows);
  if (s->held) printf("%zu more are kept: a safeguarding hold stands on them, or a case is open.\n", s->held);
  if (!s->apply) puts("Nothing was changed. `--apply --certificate FILE` does it.");
}

static err run(const void *args, struct data_dir *d, struct fault *fault) {
  const struct retention_args *a = args;
  int32_t today, minute;
  FILE *to = NULL;
  struct sweep s = {.d = d, .now = ctl_now(), .apply = a->apply, .entries = json_array()};
  uk_civil(s.now.wall_ms, &today, &minute);
  s.before = years_before(today, d->settings.retention_years);
  err e = a->apply ? open_certificate(a->certificate, &to, fault) : ERR_OK;
  if (e == ERR_OK) e = sweep_all(&s, fault);
  bool nobody = e != ERR_OK && s.erased == 0;
  if (e == ERR_OK && a->apply) {
    e = write_certificate(&s, to, fault);
    if (e == ERR_OK) e = note(&s);
  } else if (a->apply && !nobody) {
    e = broken_off(&s, e, to, fault);
  }
  if (to && fclose(to) != 0 && e == ERR_OK) e = ERR_IO;
  if (to && nobody) (void)unlink(a->certificate);
  if (e == ERR_OK) print(&s);
  json_decref(s.entries);
  return e;
}

int ctl_retention(int argc, char **argv) {
  struct retention_args a = {0};
  options_parse(options, parse_option, "",
                "Show, or with --apply erase, learners whose latest record is older than `retention_years` "
                "in hub.conf. "
                "Holds and open cases keep whoever they are about.",
                argc, argv, &a);
  return ctl_within(a.data, run, &a);
}
