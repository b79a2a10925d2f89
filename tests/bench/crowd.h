/* crowd.h: the real hub program, and thousands of devices connected to it over TLS from this process. There
 * are a hundred ensembles with five tutors each; device `i` is one of ensemble `i` % 100. A failure ends the
 * program: figures after it would mean nothing. */
#ifndef TUTTI_TESTS_BENCH_CROWD_H
#define TUTTI_TESTS_BENCH_CROWD_H

#include "server/ctl/ctl.h"
#include "tests/bench/wire.h"
#include "tests/lib/hub_world.h"

enum { crowd_ensembles = 100, crowd_tutors = 5, crowd_players = 10, crowd_sessions = 2 };
struct crowd;
struct crowd_member {
  struct crowd *crowd;
  struct wire_device device;
  struct wire wire;
  size_t marks_seen, receipts;
  bool fed; /* something of the feed came */
};
struct crowd {
  char dir[64], hub_dir[80], certificate[1024], key[1024];
  uint16_t port;
  pid_t hub_process;
  struct hub_host host; /* what makes the devices; its store is closed while the hub runs */
  struct data_dir data;
  int32_t today;
  SSL_CTX *tls;
  int poll;
  struct crowd_member *members;
  struct test_device *writers; /* the first device of each ensemble */
  size_t count, connected, dropped, fed;
};
/* Makes a hub with `count` devices, and starts it. */
void crowd_open(struct crowd *c, const char *server, const char *certificates, uint16_t port, size_t count);
void crowd_close(struct crowd *c);
/* Until so many are connected and have been told everything. */
void crowd_connect(struct crowd *c, size_t count);
/* Hears what comes within so many milliseconds. */
void crowd_hear(struct crowd *c, int ms);
/* Milliseconds from a tutor's mark, sealed and sent, until the other devices of the ensemble have it, one
 * after the other; gives how many those are: at most crowd_others_max. */
enum { crowd_others_max = 256 };
size_t crowd_mark(struct crowd *c, size_t round, double out[crowd_others_max]);

/* The hub's memory in KiB: all that is resident, and of that what is its own and no file's, with what of its
 * own is swapped out. */
struct crowd_memory {
  double resident_kib, own_kib;
};
void crowd_hub_memory(const struct crowd *c, struct crowd_memory *out);

#endif
