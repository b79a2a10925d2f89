/* crowd.h: the real hub program, and thousands of devices connected to it over TLS from this process. Five
 * tutors share an activity of five players. A failure ends the program: figures after it would mean nothing.
 */
#ifndef TUTTI_TESTS_BENCH_CROWD_H
#define TUTTI_TESTS_BENCH_CROWD_H

#include "server/ctl/ctl.h"
#include "tests/bench/wire.h"
#include "tests/lib/hub_world.h"

enum { crowd_tutors = 5, crowd_players = 5, crowd_sessions = 2 };
struct crowd;
struct crowd_member {
  struct crowd *crowd;
  struct wire_device device;
  struct wire wire;
  size_t marks_seen, receipts;
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
  struct test_device *writers; /* the first tutor of each of `active` activities */
  size_t count, connected, dropped, active;
};
/* Makes a hub with `count` devices, of which `active` / 5 will write, and starts it. */
void crowd_open(struct crowd *c, const char *server, const char *certificates, uint16_t port, size_t count,
                size_t active);
void crowd_close(struct crowd *c);
/* Until so many are connected and have been told everything. */
void crowd_connect(struct crowd *c, size_t count);
/* Hears what comes within so many milliseconds. */
void crowd_hear(struct crowd *c, int ms);
/* Milliseconds from a tutor's mark, sealed and sent, until each of the other four has it. */
void crowd_mark(struct crowd *c, size_t round, double out[crowd_tutors - 1]);
double crowd_hub_kib(const struct crowd *c); /* resident */

#endif
