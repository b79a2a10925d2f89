/* sample_county.c: invents schools, staff, learners, activities, enrolments and a timetable, and writes them
 * as the import reads them. */
#include <csv.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/upn.h"
#include "server/ctl/ctl.h"
#include "server/ctl/sample.h"
#include "server/ctl/sample_names.h"

/* A county of 16,000 learners has 500 schools, 200 staff and 300 ensembles; others in proportion. */
enum {
  county_learners = 16000,
  county_schools = 500,
  county_staff = 200,
  county_ensembles = 300,
  showcase_staff = 2, /* S001 leads, S002 teaches; both work every day of the week, so that a demonstration
                         works on any day */
  showcase_ensembles = 4, /* a day; the first is the orchestra of 70 */
  showcase_lessons = 20,  /* a day: mostly lessons of one */
  big_ensemble_players = 70,
  lessons_each = 15, /* of any other member of staff, a week */
  class_size_max = 28,
  row_cells_max = 16,
};

struct county {
  const struct sample_size *size;
  uint64_t random;
  size_t schools, staff, ensembles, activities;
  int32_t term_end, year_start;
  FILE *activities_csv, *enrolments_csv, *grants_csv, *timetable_csv;
};

/* splitmix64: small, well known, the same everywhere. */
static uint64_t next(struct county *c) {
  uint64_t z = c->random += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static size_t below(struct county *c, size_t n) {
  ASSERT(n > 0);
  return (size_t)(next(c) % n);
}

/* ---- writing ---- */

static void row(FILE *f, const char *const *cells) {
  for (size_t i = 0; cells[i] != NULL; i++) {
    if (i > 0) fputc(',', f);
    if (cells[i][0] != 0) csv_fwrite(f, cells[i], strlen(cells[i]));
  }
  fputs("\r\n", f);
}
#define ROW(file, ...) row((file), (const char *const[]){__VA_ARGS__, NULL})

static FILE *open_csv(const char *folder, const char *name, const char *heading, struct fault *fault) {
  char path[path_bytes_max];
  if (data_dir_path(path, folder, name, fault) != ERR_OK) return NULL;
  FILE *f = fopen(path, "wb");
  if (f == NULL) {
    fault->code = fault_set(fault, ERR_READ_ONLY, "%.150s cannot be written: %s", path, strerror(errno));
    return NULL;
  }
  fprintf(f, "%s\r\n", heading);
  return f;
}
static err close_csv(FILE *f, struct fault *fault) {
  bool failed = ferror(f) != 0;
  if (fclose(f) != 0 || failed)
    return fault_set(fault, ERR_FULL, "the sample files cannot be written: is the disk full?");
  return ERR_OK;
}
struct text {
  char s[160];
};
static struct text format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static struct text format(const char *fmt, ...) {
  struct text t;
  va_list args;
  va_start(args, fmt);
  vsnprintf(t.s, sizeof t.s, fmt, args);
  va_end(args);
  return t;
}
static struct text date(int32_t days) {
  struct text t;
  date_text(t.s, days);
  return t;
}
static struct text minute(int m) { return format("%02d:%02d", m / 60, m % 60); }

/* ---- calendar ---- */

static int32_t day(int year, int month, int d) {
  return date_to_days((struct date){(int16_t)year, (uint8_t)month, (uint8_t)d});
}

static err write_terms(struct county *c, const char *folder, struct fault *fault) {
  struct date today = date_from_days(c->size->date);
  int y = today.month >= 9 ? today.year : today.year - 1;
  c->year_start = day(y, 9, 1);
  const struct {
    const char *name;
    int32_t starts, ends;
  } terms[] = {{"Autumn", day(y, 9, 1), day(y, 12, 20)},
               {"Spring", day(y + 1, 1, 4), day(y + 1, 4, 1)},
               {"Summer", day(y + 1, 4, 14), day(y + 1, 7, 24)}};
  FILE *f = open_csv(folder, "terms.csv", "name,starts,ends", fault);
  if (f == NULL) return fault->code;
  int32_t holiday_start = c->size->date - 14; /* outside the terms: a holiday course around the day */
  c->term_end = c->size->date + 14;
  bool inside = false;
  for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
    ROW(f, format("%s %d/%02d", terms[i].name, y, (y + 1) % 100).s, date(terms[i].starts).s,
        date(terms[i].ends).s);
    if (c->size->date < terms[i].starts || c->size->date > terms[i].ends) continue;
    c->term_end = terms[i].ends;
    inside = true;
  }
  if (!inside)
    ROW(f, format("Holiday course %s", date(c->size->date).s).s, date(holiday_start).s, date(c->term_end).s);
  return close_csv(f, fault);
}

/* ---- schools and staff ---- */

static bool primary(size_t school) { return school % 5 != 4; }
static struct text school_urn(size_t school) { return format("%06zu", 100000 + school * 7); }
static struct text school_name(size_t school) {
  static const char *const kinds[] = {"Primary School", "Church Primary School", "Infant and Junior School",
                                      "Community Primary", "Academy"};
  size_t round = school / sample_place_count;
  static const char *const prefixes[] = {"",     "North ", "South ", "East ",  "West ", "St Cecilia's ",
                                         "Old ", "New ",   "Great ", "Little "};
  return format("%s%s %s%s", prefixes[round % 10], sample_places[school % sample_place_count],
                kinds[school % 5], round >= 10 ? " II" : "");
}

static err write_schools(struct county *c, const char *folder, struct fault *fault) {
  FILE *f = open_csv(folder, "schools.csv", "urn,name,phase,la,area,rural", fault);
  if (f == NULL) return fault->code;
  for (size_t i = 0; i < c->schools; i++)
    ROW(f, school_urn(i).s, school_name(i).s, primary(i) ? "primary" : "secondary", "Sampleshire",
        sample_areas[i % sample_area_count], i % 3 == 0 ? "yes" : "no");
  return close_csv(f, fault);
}

/* Half terms, and INSET days after them; none about the day that is looked at: the county is at work. */
static err write_closures(struct county *c, const char *folder, struct fault *fault) {
  const int32_t halves[] = {c->year_start + 60, c->year_start + 170, c->year_start + 269};
  FILE *f = open_csv(folder, "closures.csv", "school_urn,starts,ends,reason", fault);
  for (size_t i = 0; f != NULL && i < 3 + c->schools; i++) {
    bool inset = i >= 3; /* of a school */
    int32_t monday = halves[i % 3] - date_weekday(halves[i % 3]) + (inset ? 7 : 0);
    if (monday <= c->size->date + 7 && monday + 4 >= c->size->date - 7) continue;
    ROW(f, inset ? school_urn(i - 3).s : "", date(monday).s, date(inset ? monday : monday + 4).s,
        inset ? "INSET day" : "Half term");
  }
  return f == NULL ? fault->code : close_csv(f, fault);
}

/* Of every twelfth school nothing is agreed; of some the notice is not said, or it was agreed last year
 * alone. */
static err write_contracts(struct county *c, const char *folder, struct fault *fault) {
  FILE *f = open_csv(folder, "contracts.csv", "school_urn,lessons_a_year,notice_days,starts,ends", fault);
  if (f == NULL) return fault->code;
  for (size_t i = 0; i < c->schools; i++) {
    bool last_year = i % 24 == 7;
    if (i % 12 == 11) continue;
    ROW(f, school_urn(i).s, i % 3 == 0 ? "36" : "33",
        i % 10 == 3  ? ""
        : i % 2 == 0 ? "7"
                     : "14",
        date(c->year_start - (last_year ? 365 : 0)).s,
        last_year ? date(c->year_start - 1).s : date(c->year_start + 364).s);
  }
  return close_csv(f, fault);
}

/* What the hub can lend, one for every fortieth learner; some need repair, and some are gone. */
static err write_instruments(struct county *c, const char *folder, struct fault *fault) {
  static const char *const conditions[] = {"good", "good", "fair", "good", "repair"};
  FILE *f = open_csv(folder, "instruments.csv", "serial,what,condition,value,starts,ends", fault);
  if (f == NULL) return fault->code;
  for (size_t i = 0; i < c->size->learners / 40; i++) {
    bool gone = i % 17 == 16;
    ROW(f, format("SMH-%04zu", i + 1).s, sample_instruments[i % sample_instrument_count], conditions[i % 5],
        format("%zu", 80 + i % 9 * 35).s, date(c->year_start - 300 - (int32_t)(i % 1500)).s,
        gone ? date(c->year_start - 10).s : "");
  }
  return close_csv(f, fault);
}

static struct text staff_ref(size_t staff) { return format("S%03zu", staff + 1); }

static err write_staff(struct county *c, const char *folder, struct fault *fault) {
  static const char *const first[] = {"Viola", "Cliff", "Melody", "Harper", "Basil",   "Coda",
                                      "Carol", "Piers", "Aria",   "Reed",   "Cadence", "Bram"};
  static const char *const last[] = {"Treble",  "Quaver",  "Legato", "Crotchet", "Semibreve", "Andante",
                                     "Bassett", "Tremolo", "Minim",  "Fermata",  "Stave"};
  FILE *f = open_csv(folder, "staff.csv", "ref,name,email,roles,status", fault);
  if (f == NULL) return fault->code;
  for (size_t i = 0; i < c->staff; i++) {
    struct text name =
        format("%s %s", first[i % 12], last[i % 11]); /* 132 pairs, then again: two people may share a name */
    ROW(f, staff_ref(i).s, name.s, format("s%03zu@sample.invalid", i + 1).s,
        i % 4 == 0 ? "tutor leader" : "tutor", "active");
  }
  return close_csv(f, fault);
}

/* ---- learners ---- */

static struct text learner_ref(size_t learner) { return format("L%05zu", learner + 1); }
/* Made up plainly: no council is 999. Namesakes have none, so that they are not told apart by it. */
static struct text learner_upn(size_t learner, bool namesake) {
  struct text digits = format("999%04zu26%03zu", learner / 1000 % 10000, learner % 1000);
  return namesake || learner % 13 == 12 ? format("%s", "") : format("%c%s", upn_letter(digits.s), digits.s);
}
static size_t learner_school(const struct county *c, size_t learner) { return learner % c->schools; }
static int learner_year(const struct county *c, size_t learner) { /* 0 is Reception */
  size_t n = learner / c->schools;
  return primary(learner_school(c, learner)) ? (int)(n % 7) : 7 + (int)(n % 7);
}

struct person {
  const char *first, *last;
  int32_t dob;
};

static const char *pick(struct county *c, const char *const *list) {
  size_t n = 0;
  while (n < sample_names_max && list[n] != NULL) n++;
  return list[below(c, n)];
}

static struct person invent(struct county *c, int year) {
  int at = (int)below(c, 1000);
  size_t i = 0;
  while (i + 1 < sample_culture_count && (at -= sample_cultures[i].weight) >= 0) i++;
  int32_t born = date_from_days(c->year_start).year - 5 - year;
  return (struct person){pick(c, sample_cultures[i].first), pick(c, sample_cultures[i].last),
                         day(born, 9, 1) + (int32_t)below(c, 365)};
}

static err write_learners(struct county *c, const char *folder, struct fault *fault) {
  const char *heads = "ref,first_name,last_name,known_name,dob,year_group,school_urn,status,upn,mis_id";
  FILE *f = open_csv(folder, "learners.csv", heads, fault);
  if (f == NULL) return fault->code;
  struct sample_called called = {{0}};
  struct person before[64] = {{0}}; /* the last ones, for twins and for children who share a name */
  for (size_t i = 0; i < c->size->learners; i++) {
    bool twin = i > 0 && i % 97 == 0, namesake = i > 64 && i % 211 == 0;
    size_t like = twin ? i - 1 : i; /* twins are in the same year of the same school */
    int year = learner_year(c, like);
    struct person p = invent(c, year);
    if (twin) p.last = before[like % 64].last, p.dob = before[like % 64].dob;
    if (namesake) p.first = before[(i + 31) % 64].first, p.last = before[(i + 31) % 64].last;
    before[i % 64] = p;
    const char *known = i % 53 == 0 && p.first[0] == 'K' ? "Kit" : i % 71 == 0 ? "Sam" : "";
    ROW(f, learner_ref(i).s, p.first, p.last, known, date(p.dob).s, year == 0 ? "R" : format("%d", year).s,
        school_urn(learner_school(c, like)).s, i % 499 == 498 ? "left" : "active",
        learner_upn(i, sample_is_called(&called, p.first, p.last, date_from_days(p.dob).year)).s,
        i % 17 == 16 ? "" : format("%06zu", 1000 + 7 * (i / c->schools)).s);
  }
  return close_csv(f, fault);
}

/* Two people to ring for each learner, at numbers that are kept free for stories; of every 40th learner the
 * second may not collect, of every 60th must not even be rung. */
static err write_contacts(struct county *c, const char *folder, struct fault *fault) {
  static const char *const relations[] = {"Mother", "Father", "Grandmother", "Carer"};
  FILE *f = open_csv(folder, "contacts.csv",
                     "learner_ref,priority,name,relation,phone,do_not_contact,may_not_collect", fault);
  if (f == NULL) return fault->code;
  for (size_t i = 0; i < c->size->learners; i++) {
    for (size_t k = 0; k < 2; k++) {
      struct person p = invent(c, 30);
      ROW(f, learner_ref(i).s, format("%zu", k + 1).s, format("%s %s", p.first, p.last).s,
          relations[(i + k) % 4], format("01632 960%03zu", (2 * i + k) % 1000).s,
          k == 1 && i % 60 == 7 ? "yes" : "", k == 1 && i % 40 == 7 ? "yes" : "");
    }
  }
  return close_csv(f, fault);
}

/* Of every 23rd learner staff must know something; one is known until the end of a term that is past. */
static err write_needs(struct county *c, const char *folder, struct fault *fault) {
  FILE *f = open_csv(folder, "needs.csv", "learner_ref,kind,text,expires", fault);
  if (f == NULL) return fault->code;
  for (size_t i = 3; i < c->size->learners; i += 23) {
    const char *const *need = sample_needs[i / 23 % sample_need_count];
    ROW(f, learner_ref(i).s, need[0], need[1], i / 23 % 9 == 8 ? date(c->year_start).s : "");
  }
  return close_csv(f, fault);
}

/* ---- partners and inclusion: as plainly made up as the rest ---- */

static struct text partner_ref(size_t partner) { return format("P%02zu", partner + 1); }

/* Every 15th activity is a partner's. */
static struct text partner_of(size_t activity) {
  return activity % 15 == 4 ? partner_ref(activity / 15 % sample_partner_count) : format("%s", "");
}

static err write_partners(const struct county *c, const char *folder, struct fault *fault) {
  FILE *f = open_csv(folder, "partners.csv", "ref,name,kind,contact,email,phone,stage,stage_on", fault);
  if (f == NULL) return fault->code;
  for (size_t i = 0; i < sample_partner_count; i++) {
    const struct sample_partner *p = &sample_partners[i];
    ROW(f, partner_ref(i).s, p->name, p->kind, p->contact, format("p%02zu@sample.invalid", i + 1).s,
        format("01632 9609%02zu", i).s, p->stage, date(c->year_start).s);
  }
  return close_csv(f, fault);
}

/* The first supports all five functions and is signed by both sides; the others lack something. */
static err write_agreements(const struct county *c, const char *folder, struct fault *fault) {
  static const char *const functions[] = {"partnerships schools progression inclusion sustainability",
                                          "partnerships inclusion", "progression"};
  FILE *f =
      open_csv(folder, "agreements.csv",
               "ref,partner_ref,functions,starts,ends,status,signed_1,signer_1,signed_2,signer_2", fault);
  if (f == NULL) return fault->code;
  for (size_t i = 0; i < 3; i++)
    ROW(f, format("G%02zu", i + 1).s, partner_ref(i).s, functions[i], date(c->year_start).s,
        date(c->year_start + 364).s, i == 2 ? "draft" : "live", date(c->year_start).s, "Viola Treble",
        i < 2 ? date(c->year_start + 3).s : "", i < 2 ? sample_partners[i].contact : "");
  return close_csv(f, fault);
}

/* Of every second partner and of every second of the first schools the survey of this autumn is back. */
static err write_surveys(const struct county *c, const char *folder, struct fault *fault) {
  size_t schools = c->schools < 20 ? c->schools : 20;
  const char *answers = "Made up: more singing, please.";
  FILE *f = open_csv(folder, "surveys.csv", "ref,partner_ref,school_urn,due,received,answers", fault);
  if (f == NULL) return fault->code;
  for (size_t i = 0; i < sample_partner_count + schools; i++) {
    bool partner = i < sample_partner_count, back = i % 2 == 0;
    ROW(f, format("V%03zu", i + 1).s, partner ? partner_ref(i).s : "",
        partner ? "" : school_urn(i - sample_partner_count).s, date(c->year_start + 30).s,
        back ? date(c->year_start + 20).s : "", back ? answers : "");
  }
  return close_csv(f, fault);
}

static const char *answer(struct county *c, size_t yes_in_100) {
  size_t dice = below(c, 100);
  return dice < yes_in_100 ? "yes" : dice < 88 ? "no" : dice < 96 ? "unknown" : dice < 98 ? "declined" : "";
}

/* Of every eighth learner nobody has said anything yet. */
static err write_inclusion(struct county *c, const char *folder, struct fault *fault) {
  static const char *const sends[] = {"none", "none", "none", "none", "none", "none", "K", "none", "E", ""};
  static const char *const ethnic[] = {"Group A", "Group B", "Group C", "Group D", "Not stated"};
  static const char *const remissions[] = {"none", "none", "none", "part", "full"};
  FILE *f = open_csv(folder, "inclusion.csv",
                     "learner_ref,as_at,fsm,pupil_premium,cla,send,ethnicity,sex,remission", fault);
  if (f == NULL) return fault->code;
  for (size_t i = 0; i < c->size->learners; i++) {
    if (i % 8 == 5) continue;
    const char *fsm = answer(c, 20), *premium = strcmp(fsm, "yes") == 0 ? fsm : answer(c, 8);
    const char *sex = below(c, 50) == 0 ? "declined" : below(c, 2) ? "F" : "M";
    ROW(f, learner_ref(i).s, date(c->year_start).s, fsm, premium, answer(c, 1), sends[below(c, 10)],
        ethnic[below(c, 5)], sex, remissions[below(c, 5)]);
  }
  return close_csv(f, fault);
}

static err write_population(const struct county *c, const char *folder, struct fault *fault) {
  static const struct {
    const char *people;
    size_t in_1000;
  } groups[] = {{"all", 1000}, {"fsm", 236},    {"pupil_premium", 248}, {"cla", 8},
                {"send", 171}, {"female", 489}, {"male", 511}};
  FILE *f = open_csv(folder, "population.csv", "area,people,number,as_at,source", fault);
  if (f == NULL) return fault->code;
  for (size_t area = 0; area < sample_area_count; area++) {
    size_t children = c->size->learners * (5 + area % 3);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
      ROW(f, sample_areas[area], groups[i].people, format("%zu", children * groups[i].in_1000 / 1000).s,
          date(c->year_start).s, "Sampleshire's own count, invented");
  }
  return close_csv(f, fault);
}

/* ---- activities ---- */

struct activity {
  struct text ref, name, place;
  const char *mode, *setting, *family, *genre, *level;
  size_t school; /* SIZE_MAX: none */
  size_t staff;
  const char *role;
  int weekday, starts, minutes;
};

static void enrol(struct county *c, const struct activity *a, size_t learner, const char *instrument,
                  const char *section) {
  ROW(c->enrolments_csv, learner_ref(learner).s, a->ref.s, date(c->year_start).s, "", instrument, section);
}

/* Schools are shut at a weekend; whoever looks at the county on one is shown Friday's timetable once more. */
static bool meets(const struct county *c, const struct activity *a, int32_t day) {
  enum { friday = 4 };
  bool shut = day == c->size->date && date_weekday(day) > friday;
  return date_weekday(day) == a->weekday || (shut && a->weekday == friday && a->staff >= showcase_staff);
}

/* One activity: its row, its grant, and a session a week from this week to the end of the term. The two who
 * show Tutti begin today, unless earlier weeks are asked for: nothing of theirs is overdue. */
static void write_activity(struct county *c, const struct activity *a) {
  ROW(c->activities_csv, a->ref.s, a->name.s, a->mode, a->setting, a->family, a->genre, a->level,
      a->school == SIZE_MAX ? "" : school_urn(a->school).s, a->place.s, partner_of(c->activities).s);
  ROW(c->grants_csv, staff_ref(a->staff).s, a->ref.s, a->role, date(c->year_start).s, "");
  int32_t today = c->size->date, monday = today - date_weekday(today);
  int32_t first = a->staff < showcase_staff && c->size->weeks == 0 ? today : monday - 7 * c->size->weeks;
  if (first < c->year_start && c->size->weeks > 0) first = c->year_start;
  for (int32_t d = first; d <= c->term_end; d++)
    if (meets(c, a, d))
      ROW(c->timetable_csv, a->ref.s, date(d).s, minute(a->starts).s, minute(a->starts + a->minutes).s,
          staff_ref(a->staff).s, a->place.s);
}

/* `players` distinct learners: a walk with a stride that shares no factor with their number. */
static size_t stride(struct county *c) {
  size_t n = c->size->learners, s = 1 + below(c, n);
  for (;; s++) {
    size_t a = s, b = n;
    while (b != 0) {
      size_t t = a % b;
      a = b;
      b = t;
    }
    if (a == 1) return s;
  }
}

static void ensemble(struct county *c, const struct sample_ensemble *e, struct activity *a, size_t players) {
  int total = 0;
  for (const struct sample_part *p = e->parts; p->section != NULL; p++) total += p->weight;
  ASSERT(total > 0);
  a->ref = format("A%05zu", ++c->activities);
  a->mode = "ensemble", a->setting = "out_of_school", a->family = e->family, a->genre = e->genre;
  a->level = c->activities % 3 == 0 ? "advanced" : "mixed";
  a->school = SIZE_MAX;
  write_activity(c, a);
  size_t learner = below(c, c->size->learners), step = stride(c), done = 0;
  int seen = 0;
  for (const struct sample_part *p = e->parts; p->section != NULL; p++) {
    seen += p->weight;
    size_t until = players * (size_t)seen / (size_t)total;
    for (; done < until; done++, learner = (learner + step) % c->size->learners)
      enrol(c, a, learner, p->instrument, p->section);
  }
}

static void lesson(struct county *c, struct activity *a, size_t learners) {
  size_t learner = below(c, c->size->learners), step = c->schools; /* the next ones are at the same school */
  const char *instrument = sample_instruments[below(c, sample_instrument_count)];
  a->ref = format("A%05zu", ++c->activities);
  a->school = learner_school(c, learner);
  a->name = learners == 1 ? format("%s lesson", instrument) : format("%s group", instrument);
  a->place = format("%s", school_name(a->school).s);
  a->mode = learners == 1 ? "individual" : "small", a->setting = "in_school", a->family = "", a->genre = "",
  a->level = "";
  a->role = "tutor";
  size_t most = (c->size->learners - 1 - a->school) / step + 1;
  if (learners > most) learners = most;
  write_activity(c, a);
  for (size_t i = 0; i < learners; i++)
    enrol(c, a, a->school + (learner / step + i) % most * step, instrument, "");
}

static void showcase_day(struct county *c, int weekday) {
  static const char *const orchestras[] = {"Youth",   "Training", "Junior",  "Concert",
                                           "Chamber", "Symphony", "Festival"};
  const char *orchestra = orchestras[(weekday - date_weekday(c->size->date) + 7) % 7];
  for (size_t i = 0; i < showcase_ensembles; i++) {
    const struct sample_ensemble *e =
        &sample_ensembles[i == 0 ? 0 : 1 + ((size_t)weekday + i) % (sample_ensemble_count - 1)];
    struct activity a = {
        .staff = 0, .role = "leader", .weekday = weekday, .starts = 15 * 60 + (int)i * 95, .minutes = 90};
    a.name = i == 0 ? format("County %s Orchestra", orchestra)
                    : format("%s %s", sample_places[(size_t)weekday * 3 + i], e->name);
    a.place = format("Hall %c", 'A' + (int)i);
    ensemble(c, e, &a, i == 0 ? big_ensemble_players : 12 + below(c, 20));
  }
  for (size_t i = 0; i < showcase_lessons; i++) {
    struct activity a = {.staff = 1, .weekday = weekday, .starts = 8 * 60 + 40 + (int)i * 20, .minutes = 20};
    lesson(c, &a, i % 5 == 4 ? 3 + below(c, 4) : 1);
  }
}

static void other_ensembles(struct county *c) {
  for (size_t i = showcase_ensembles * 7; i < c->ensembles; i++) {
    const struct sample_ensemble *e = &sample_ensembles[i % sample_ensemble_count];
    size_t staff = showcase_staff + i % (c->staff - showcase_staff);
    struct activity a = {.staff = staff,
                         .role = "leader",
                         .weekday = (int)(i % 6),
                         .starts = 16 * 60 + (int)(i % 4) * 30,
                         .minutes = 90};
    a.name = format("%s %s", sample_places[(i * 5) % sample_place_count], e->name);
    a.place = format("%s Arts Centre", sample_places[(i * 5) % sample_place_count]);
    ensemble(c, e, &a, 15 + below(c, 50));
  }
}

static void other_lessons(struct county *c) {
  for (size_t s = showcase_staff; s < c->staff; s++)
    for (size_t i = 0; i < lessons_each; i++) {
      struct activity a = {
          .staff = s, .weekday = (int)(i % 5), .starts = 9 * 60 + (int)(i / 5) * 90, .minutes = 30};
      lesson(c, &a, i % 3 == 0 ? 3 + below(c, 4) : 1);
    }
}

static void whole_classes(struct county *c) {
  for (size_t school = 0; school < c->schools; school++) {
    if (!primary(school)) continue;
    struct activity a = {.staff = showcase_staff + school % (c->staff - showcase_staff),
                         .role = "tutor",
                         .weekday = (int)(school % 5),
                         .starts = 13 * 60 + 15,
                         .minutes = 45};
    a.ref = format("A%05zu", ++c->activities);
    a.name = format("Whole-class %s", school % 2 == 0 ? "ukulele" : "brass");
    a.place = school_name(school);
    a.mode = "whole_class", a.setting = "in_school", a.family = school % 2 == 0 ? "guitar" : "brass",
    a.genre = "", a.level = "beginner";
    a.school = school;
    write_activity(c, &a);
    size_t done = 0;
    for (size_t l = school; l < c->size->learners && done < class_size_max; l += c->schools, done++)
      enrol(c, &a, l, school % 2 == 0 ? "Ukulele" : "Cornet", "");
  }
}

static err write_activities(struct county *c, const char *folder, struct fault *fault) {
  struct {
    FILE **file;
    const char *name, *heading;
  } files[] = {
      {&c->activities_csv, "activities.csv",
       "ref,name,mode,setting,family,genre,level,school_urn,place,partner_ref"},
      {&c->enrolments_csv, "enrolments.csv", "learner_ref,activity_ref,starts,ends,instrument,section"},
      {&c->grants_csv, "grants.csv", "staff_ref,activity_ref,role,starts,ends"},
      {&c->timetable_csv, "timetable.csv", "activity_ref,date,starts,ends,staff_ref,place"}};
  enum { file_count = sizeof files / sizeof *files };
  err e = ERR_OK;
  for (size_t i = 0; i < file_count && e == ERR_OK; i++)
    if ((*files[i].file = open_csv(folder, files[i].name, files[i].heading, fault)) == NULL) e = fault->code;
  if (e == ERR_OK) {
    for (int weekday = 0; weekday < 7; weekday++) showcase_day(c, weekday);
    other_ensembles(c);
    other_lessons(c);
    whole_classes(c);
  }
  for (size_t i = 0; i < file_count; i++)
    if (*files[i].file != NULL) {
      err closed = close_csv(*files[i].file, fault);
      if (e == ERR_OK) e = closed;
    }
  return e;
}

static size_t in_proportion(size_t county, size_t learners, size_t least) {
  size_t n = county * learners / county_learners;
  return n < least ? least : n;
}

err sample_write(const struct sample_size *size, const char *folder, struct fault *fault) {
  struct county c = {.size = size, .random = size->seed};
  c.schools = in_proportion(county_schools, size->learners, 5);
  c.staff = in_proportion(county_staff, size->learners, 6);
  c.ensembles = in_proportion(county_ensembles, size->learners, showcase_ensembles * 7);
  TRY(write_terms(&c, folder, fault));
  TRY(write_schools(&c, folder, fault));
  TRY(write_staff(&c, folder, fault));
  TRY(write_learners(&c, folder, fault));
  TRY(write_activities(&c, folder, fault));
  TRY(write_needs(&c, folder, fault));
  TRY(write_contacts(&c, folder, fault)); /* what comes last leaves the rest of the county as it was */
  TRY(write_partners(&c, folder, fault));
  TRY(write_agreements(&c, folder, fault));
  TRY(write_surveys(&c, folder, fault));
  TRY(write_inclusion(&c, folder, fault));
  TRY(write_closures(&c, folder, fault));
  TRY(write_contracts(&c, folder, fault));
  TRY(write_instruments(&c, folder, fault));
  return write_population(&c, folder, fault);
}
