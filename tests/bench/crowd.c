/* crowd.c: the hub as a child process, and one loop over all connections to it. */
#include "tests/bench/crowd.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/crowd_world.h"
#include "tests/bench/figure.h"

enum { events_max = 256, hear_every = 32, start_ms_max = 120000, seen_ms_max = 120000 };

static void give_up(const char *why) {
  fprintf(stderr, "bench: %s\n", why);
  exit(1);
}

/* ---- the hub ---- */

static void make_hub(struct crowd *c) {
  struct fault fault = {.text = ""};
  char url[64];
  struct hub_settings settings = {.host = "127.0.0.1", .port = c->port};
  (void)snprintf(settings.certificate, sizeof settings.certificate, "%s", c->certificate);
  (void)snprintf(settings.key, sizeof settings.key, "%s", c->key);
  (void)snprintf(url, sizeof url, "wss://localhost:%u/sync", (unsigned)c->port);
  err e = data_dir_create(c->hub_dir, "Bench", url, &settings, &fault);
  if (e == ERR_OK) e = data_dir_open(&c->data, c->hub_dir, true, &fault);
  if (e != ERR_OK) give_up(fault.text);
  c->host = (struct hub_host){.hub = c->data.hub, .store = c->data.store, .now = ctl_now(), .random = 1};
  gate_init(&c->host.gate);
}

static bool listens(uint16_t port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool there = s >= 0 && connect(s, (const struct sockaddr *)&to, sizeof to) == 0;
  if (s >= 0) (void)close(s);
  return there;
}

static void nap(void) {
  const struct timespec t = {.tv_nsec = 20000000};
  (void)nanosleep(&t, NULL);
}

static void start_hub(struct crowd *c, const char *server) {
  c->hub_process = fork();
  if (c->hub_process == 0) {
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* however this process ends */
    (void)execl(server, "tutti-server", "run", "--data", c->hub_dir, "--address", "127.0.0.1", "--log",
                "warn", (char *)NULL);
    _exit(127);
  }
  double start = bench_now_ms();
  while (!listens(c->port)) {
    if (bench_now_ms() - start > start_ms_max || waitpid(c->hub_process, NULL, WNOHANG) != 0)
      give_up("the hub did not start");
    nap();
  }
}

void crowd_open(struct crowd *c, const char *server, const char *certificates, uint16_t port, size_t count) {
  *c = (struct crowd){.port = port, .count = count, .dir = "/tmp/tutti-bench-XXXXXX"};
  if (!mkdtemp(c->dir)) give_up("no directory can be made in /tmp");
  (void)snprintf(c->hub_dir, sizeof c->hub_dir, "%s/hub", c->dir);
  (void)snprintf(c->certificate, sizeof c->certificate, "%s/server.pem", certificates);
  (void)snprintf(c->key, sizeof c->key, "%s/server.key", certificates);
  (void)signal(SIGPIPE, SIG_IGN);
  c->members = calloc(count, sizeof *c->members);
  c->writers = calloc(crowd_ensembles, sizeof *c->writers);
  c->tls = wire_tls();
  c->poll = epoll_create1(EPOLL_CLOEXEC);
  if (!c->members || !c->writers || !c->tls || c->poll < 0) give_up("there is not enough memory");
  make_hub(c);
  crowd_world_make(c);
  c->data.store->ops->close(c->data.store);
  c->data.store = NULL;
  start_hub(c, server);
}

static void remove_files(const char *dir) {
  char path[512];
  DIR *folder = opendir(dir);
  for (const struct dirent *entry = folder ? readdir(folder) : NULL; entry; entry = readdir(folder)) {
    int len = snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
    if (entry->d_name[0] != '.' && len > 0 && (size_t)len < sizeof path) (void)unlink(path);
  }
  if (folder) closedir(folder);
}

void crowd_close(struct crowd *c) {
  for (size_t i = 0; i < c->count; i++) wire_close(&c->members[i].wire);
  for (size_t i = 0; i < crowd_ensembles; i++) test_device_finish(&c->writers[i]);
  (void)kill(c->hub_process, SIGTERM);
  (void)waitpid(c->hub_process, NULL, 0);
  remove_files(c->hub_dir);
  (void)rmdir(c->hub_dir);
  (void)rmdir(c->dir);
  SSL_CTX_free(c->tls);
  (void)close(c->poll);
  data_dir_close(&c->data);
  free(c->members);
  free(c->writers);
}

void crowd_hub_memory(const struct crowd *c, struct crowd_memory *out) {
  char path[64], line[128];
  double kib;
  *out = (struct crowd_memory){.resident_kib = 0};
  (void)snprintf(path, sizeof path, "/proc/%d/status", (int)c->hub_process);
  FILE *f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f)) {
    if (sscanf(line, "VmRSS: %lf kB", &kib) == 1) out->resident_kib = kib;
    if (sscanf(line, "RssAnon: %lf kB", &kib) == 1 || sscanf(line, "VmSwap: %lf kB", &kib) == 1)
      out->own_kib += kib;
  }
  if (f) fclose(f);
}

/* ---- the devices ---- */

static size_t marks_in(const struct feed_batch *batch) {
  size_t marks = 0;
  for (size_t i = 0; i < batch->count; i++) marks += batch->items[i].table->id == TABLE_mark;
  return marks;
}

/* As a device does: it says what it holds, and makes room for the next batch. */
static void on_message(void *ctx, const struct message *m) {
  struct crowd_member *member = ctx;
  struct message answer = {.type = MSG_CREDIT, .credit = {.batches = 1}};
  if (m->type == MSG_RECEIPTS) member->receipts += m->receipts.count;
  if (m->type == MSG_FEED) member->marks_seen += marks_in(&m->feed.batch);
  if (m->type == MSG_FEED && !member->fed) member->crowd->fed++;
  member->fed = member->fed || m->type == MSG_FEED;
  if (m->type == MSG_WELCOME)
    answer = (struct message){.type = MSG_SUBSCRIBE, .subscribe = {.epoch = m->welcome.epoch}};
  if (m->type == MSG_WELCOME || m->type == MSG_FEED) (void)wire_send(&member->wire, &answer);
}

/* How many had something to say. */
static size_t hear(struct crowd *c, int ms) {
  struct epoll_event events[events_max];
  int n = epoll_wait(c->poll, events, events_max, ms);
  for (int i = 0; i < n; i++) {
    struct crowd_member *member = events[i].data.ptr;
    if (wire_read(&member->wire, on_message, member)) continue;
    wire_close(&member->wire);
    c->dropped++;
  }
  return n > 0 ? (size_t)n : 0;
}

void crowd_hear(struct crowd *c, int ms) {
  double until = bench_now_ms() + ms, left = ms;
  while (left > 0) {
    (void)hear(c, (int)left + 1);
    left = until - bench_now_ms();
  }
}

/* A hub that brings too many up to date at once tells the next to come back, as it must; what is measured
 * here is those it has. */
static void wait_turn(struct crowd *c) {
  enum { behind_max = 16 };
  double start = bench_now_ms();
  while (c->connected > c->fed + behind_max) {
    (void)hear(c, 100);
    if (bench_now_ms() - start > seen_ms_max) give_up("devices were not brought up to date");
  }
}

void crowd_connect(struct crowd *c, size_t count) {
  enum { quiet_ms = 500 };
  for (; c->connected < count; c->connected++) {
    struct crowd_member *member = &c->members[c->connected];
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = member};
    if (!wire_open(&member->wire, c->tls, c->port, &c->data.hub, &member->device, ctl_now().wall_ms))
      give_up("a device was not let in");
    if (epoll_ctl(c->poll, EPOLL_CTL_ADD, member->wire.fd, &event) != 0) give_up("epoll failed");
    if (c->connected % hear_every == 0) wait_turn(c);
  }
  while (hear(c, quiet_ms) > 0) continue;
}

/* ---- one mark ---- */

static void send_mark(struct crowd *c, size_t ensemble, size_t no) {
  struct test_device *d = &c->writers[ensemble];
  struct id staff = crowd_tutor(c, ensemble);
  struct id session = crowd_id(c, "session", ensemble * crowd_sessions + no / crowd_players);
  struct id learner = crowd_id(c, "learner", ensemble * crowd_players + no % crowd_players);
  struct buf bundle;
  (void)test_device_mark(d, &staff, &session, &learner, ENUM_mark_code_P, -1);
  test_device_seal(d, &bundle);
  const struct message m = {.type = MSG_BUNDLE, .bundle = {.bytes = buf_slice(&bundle)}};
  if (!wire_send(&c->members[ensemble].wire, &m)) give_up("a bundle could not be sent");
  buf_finish(&bundle);
}

size_t crowd_mark(struct crowd *c, size_t round, double out[crowd_others_max]) {
  size_t ensemble = round % crowd_ensembles, others = 0, seen = 0, receipts = c->members[ensemble].receipts;
  size_t before[crowd_others_max];
  ASSERT(round / crowd_ensembles < crowd_players * crowd_sessions);
  for (size_t i = ensemble + crowd_ensembles; i < c->connected && others < crowd_others_max;
       i += crowd_ensembles) {
    before[others] = c->members[i].marks_seen;
    out[others++] = 0;
  }
  c->host.now = ctl_now();
  double start = bench_now_ms();
  send_mark(c, ensemble, round / crowd_ensembles);
  while (seen < others || c->members[ensemble].receipts == receipts) {
    (void)hear(c, 100);
    double now = bench_now_ms() - start;
    if (now > seen_ms_max) give_up("a mark was not seen by everybody");
    for (size_t i = 0; i < others; i++) {
      if (out[i] > 0 || c->members[ensemble + (i + 1) * crowd_ensembles].marks_seen == before[i]) continue;
      out[i] = now;
      seen++;
    }
  }
  return others;
}
