/* sample_names.h: made-up names from many languages and scripts, and what ensembles are made of. */
#ifndef TUTTI_SERVER_CTL_SAMPLE_NAMES_H
#define TUTTI_SERVER_CTL_SAMPLE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum { sample_names_max = 24, sample_parts_max = 14 };
struct sample_culture {
  int weight;                                                   /* of 1000 learners */
  const char *first[sample_names_max], *last[sample_names_max]; /* each list ends with NULL */
};
extern const struct sample_culture sample_cultures[];
extern const size_t sample_culture_count;

struct sample_part {
  const char *section, *instrument;
  int weight;
};
struct sample_ensemble {
  const char *name, *family, *genre;
  struct sample_part parts[sample_parts_max]; /* ends with section == NULL */
};
extern const struct sample_ensemble sample_ensembles[];
extern const size_t sample_ensemble_count;

extern const char *const sample_places[];
extern const size_t sample_place_count;
extern const char *const sample_instruments[];
extern const size_t sample_instrument_count;

struct sample_partner {
  const char *name, *kind, *contact, *stage;
};
extern const struct sample_partner sample_partners[];
extern const size_t sample_partner_count;
extern const char *const sample_needs[][2]; /* kind, and what staff must know */
extern const size_t sample_need_count;
/* Names that were given already, as bits of their hashes: now and then one passes for another. */
struct sample_called {
  unsigned char bits[8192];
};
/* Somebody born in that year was called so before; from now on somebody is. */
bool sample_is_called(struct sample_called *called, const char *first, const char *last, int born);
extern const char *const sample_areas[];
extern const size_t sample_area_count;

#endif
