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
  struct hub_host host;
  size_t activities;
  bool filled; /* with the registers that were taken */
  int32_t today;
  uint64_t position, counter;  /* of the hub's own ops */
  uint64_t *seqs, *counters;   /* of the devices that wrote what is stored */
  struct test_device *devices; /* those that bring more */
  struct id staff[stock_devices];
};
/* At least stock_devices activities. What is written stands in the page cache of one connection until the
 * end: about 200 bytes a mark. */
void stock_open(struct stock *s, size_t activities, bool filled);
void stock_close(struct stock *s);
/* Every device brings one register of thirty marks, in one transaction: microseconds a mark of the hub. */
double stock_take(struct stock *s, size_t round);

#endif
