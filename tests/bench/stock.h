/* stock.h: a hub with any number of marks in it, written by its own store without a bundle to open; and
 * devices that bring it more. Activities of thirty players, each with forty registers taken and some to take.
 */
#ifndef TUTTI_TESTS_BENCH_STOCK_H
#define TUTTI_TESTS_BENCH_STOCK_H

#include "tests/lib/hub_world.h"

enum {
  stock_players = 30,
  stock_registers = 40, /* of one activity, taken */
  stock_marks = stock_players * stock_registers,
  stock_devices = 256, /* as many as one transaction takes bundles */
  stock_rounds = 8,    /* registers to take */
};
struct stock {
  struct hub_host *host, own;
  size_t activities;
  size_t registers; /* of one activity, taken */
  bool schools; /* each activity is a school's, its registers are finished, and of its learners is known what
                   reports ask for */
  int32_t today;
  int32_t last;                /* day of the latest register taken, the others a week apart before it */
  uint64_t position, counter;  /* of the hub's own ops */
  uint64_t *seqs, *counters;   /* of the devices that wrote what is stored */
  struct test_device *devices; /* those that bring more */
  struct id staff[stock_devices];
};
/* At least stock_devices activities, each with stock_registers registers or none. What is written stands in
 * the page cache of one connection until the end: about 200 bytes a mark. */
void stock_open(struct stock *s, size_t activities, bool filled);
void stock_close(struct stock *s);
/* A year of `schools` schools, of one activity each with `registers` registers, into a hub that is open,
 * which then opens its store anew. Nothing is left to close. */
void stock_schools(struct hub_host *host, size_t schools, size_t registers, int32_t last);

/* Every device brings one register of thirty marks, in one transaction: microseconds a mark of the hub. */
double stock_take(struct stock *s, size_t round);

#endif
