/* sim_erased.c: whoever was erased is looked for in the bytes of files, in tables and on devices. */
#include "tests/sim/sim_erased.h"

#include "shared/db/db.h"
#include "tests/sim/sim_inside.h"

void sim_word_is_gone(struct sim *s, const struct disk *d, const char *word) {
  for (size_t i = 0; i < disk_files_max; i++) {
    const struct disk_file *f = &d->files[i];
    if (f->now.exists && sim_holds(slice_of(f->now.bytes, f->now.len), slice_text(word)))
      sim_fail(s, "16 erased", "%s says \"%s\" in %s", d->dir, word, f->name);
  }
}

/* The word to all devices holds the id, and nobody can tell whose it was. */
void sim_tables_forget(struct sim *s, size_t child) {
  char table[sim_table_name_bytes];
  struct db *db = NULL;
  err e = db_open(&db, &(struct db_config){.path = "hub/hub.db", .vfs = "sim"}, NULL);
  if (e == ERR_OK) e = sim_search(db, id_slice(&s->learners[child]), "feed", table);
  if (e != ERR_OK) sim_fail(s, "7 integrity", "the hub's database: %s", err_text(e));
  if (table[0]) sim_fail(s, "16 erased", "the hub names learner %zu in a row of %s", child, table);
  db_close(db);
}

void sim_device_forgets(struct sim *s, const struct sim_device *d, size_t child, const char *family,
                        const char *words) {
  const struct slice names[] = {id_slice(&s->learners[child]), slice_text(family), slice_text(words)};
  for (size_t i = 0; i < 3; i++) {
    char table[sim_table_name_bytes];
    err e = d->build->inside->search(d->host.core, names[i], table);
    if (e != ERR_OK) sim_fail(s, "7 integrity", "device %zu cannot be searched: %s", d->number, err_text(e));
    if (table[0]) sim_fail(s, "16 erased", "device %zu still has learner %zu in %s", d->number, child, table);
  }
}
