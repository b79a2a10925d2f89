/* oracle_integrity.c: the databases are whole. The hub's is closed for it, and opened again. */
#include "shared/db/db.h"
#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

static void check_hub_file(struct sim *s) {
  struct db *db = NULL;
  for (size_t i = 0; i < s->device_count; i++) sim_cut_line(s, s->devices[i]);
  s->hub.store->ops->close(s->hub.store);
  err e = db_open(&db, &(struct db_config){.path = "hub/hub.db", .vfs = "sim"}, NULL);
  if (e == ERR_OK) e = db_check(db);
  if (e != ERR_OK) sim_fail(s, "7 integrity", "the hub's database: %s", err_text(e));
  db_close(db);
  sim_hub_store(s, &s->hub, false);
}

static void check_files(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) {
    err e = s->devices[i]->build->inside->check(s->devices[i]->host.core);
    if (e != ERR_OK) sim_fail(s, "7 integrity", "device %zu: %s", i, err_text(e));
  }
  check_hub_file(s);
}

const struct sim_oracle sim_oracle_integrity = {.number = 7, .name = "integrity", .end = check_files};
