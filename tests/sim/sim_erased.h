/* sim_erased.h: where nothing may be left of a child who was erased. Each ends the run where something is. */
#ifndef TUTTI_TESTS_SIM_ERASED_H
#define TUTTI_TESTS_SIM_ERASED_H

#include "tests/sim/sim.h"

void sim_word_is_gone(struct sim *s, const struct disk *d, const char *word);
/* From the hub's database, which is closed meanwhile. */
void sim_tables_forget(struct sim *s, size_t child);
void sim_device_forgets(struct sim *s, const struct sim_device *d, size_t child, const char *family,
                        const char *words);

#endif
