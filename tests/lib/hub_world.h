/* hub_world.h: a small music hub for tests, and devices scripted by hand: they write changesets, seal bundles
 * and speak Noise. */
#ifndef TUTTI_TESTS_HUB_WORLD_H
#define TUTTI_TESTS_HUB_WORLD_H

#include "proto/bundle.h"
#include "tests/lib/hub_host.h"

/* Ada (tutor) and Ben (leader) have Strings; Ben alone (tutor) has Brass. Zoe, Jo and Li play in Strings, Kit
 * in Brass. One rehearsal each, today. */
struct hub_world {
  struct id ada, ben, cam; /* cam is staff without a grant */
  struct id strings, brass;
  struct id zoe, jo, li, kit;
  struct id strings_today, brass_today;
  int32_t today;
};
void hub_world_make(struct hub_world *w, struct hub_host *h);
/* One office op; values in column order of `units`, see the callers. */
void hub_world_put(struct hub_host *h, const struct op *op);
void hub_world_grant(struct hub_host *h, const struct id *staff, const struct id *activity, int role,
                     int32_t starts, int32_t ends);
void hub_world_enrol(struct hub_host *h, const struct id *learner, const struct id *activity, int32_t starts,
                     int32_t ends);
/* Who may sign in on a device. */
void hub_world_assign(struct hub_host *h, const struct id *device, const struct id *staff, int32_t starts,
                      int32_t ends);
/* A row of any table with a learner in it, with what it cannot be without: as an op of the office's. `no`
 * tells rows of one table apart. */
struct op hub_world_about(const struct hub_world *w, const struct table *t, const struct id *learner,
                          int32_t day, uint8_t no);
void hub_world_revoke(struct hub_host *h, const struct id *device);

enum { test_changesets_max = 2048, test_ops_max = 8 };
struct test_device {
  struct hub_host *host;
  struct id id;
  struct sign_keys sign;
  struct box_keys box;
  uint32_t incarnation;
  uint64_t seq, counter; /* last used */
  uint8_t previous[hash_bytes];
  struct changeset list[test_changesets_max]; /* not sealed yet */
  size_t count;
  struct ack acks[16]; /* for the next bundle; rising */
  size_t ack_count;
  struct arena arena;
};
/* Enrols it with a token, for one or two members of staff (`second` may be NULL). */
void test_device_enrol(struct test_device *d, struct hub_host *h, const struct id *staff,
                       const struct id *second);
void test_device_finish(struct test_device *d);
/* Each appends a changeset of one op and returns it; the stamp is the host's time. */
struct changeset *test_device_mark(struct test_device *d, const struct id *author, const struct id *session,
                                   const struct id *learner, int code, int arrived);
struct changeset *test_device_write(struct test_device *d, const struct id *author, const struct op *op);
/* A base for the changeset's first op, unit 0 and unit 1 alike. */
void test_device_base(struct test_device *d, struct changeset *cs, const struct op_id *base);
struct op_id test_device_op(const struct test_device *d, const struct changeset *cs);
/* Seals what was written as the next bundle. `out` is the caller's. */
void test_device_seal(struct test_device *d, struct buf *out);
/* The same with a header of the caller's making (hub, device, seq, previous as given), and any plaintext. */
void test_device_seal_as(struct test_device *d, struct buf *out, const struct bundle_header *h,
                         struct slice plain);
struct bundle_header test_device_header(const struct test_device *d); /* of its next bundle */
void test_device_plain(struct test_device *d,
                       struct buf *out); /* what was written, encoded; then forgotten */
/* The receipt of a job, its signature checked. Slices live in `a`. */
struct receipt test_receipt(struct hub_host *h, struct slice bytes, struct arena *a);

/* ---- on the line ---- */
struct test_line {
  struct hub_line line;
  struct test_device *device;
  struct noise noise;
  struct frame_joiner in;
  struct arena arena;
};
/* Through the handshake; HELLO says what `hello` says, or what the device knows when it is NULL. */
void test_line_open(struct test_line *t, struct test_device *d, const struct msg_hello *hello);
/* Message 1 and 2 only. */
void test_line_begin(struct test_line *t, struct test_device *d, const struct box_keys *box);
void test_line_hello(struct test_line *t, const struct msg_hello *hello);
void test_line_close(struct test_line *t);
void test_line_send(struct test_line *t, const struct message *m);
/* The next message from the hub, or false. Lives in the line's arena. */
bool test_line_next(struct test_line *t, struct message *out);
/* Skips to the next one of a type. */
bool test_line_find(struct test_line *t, enum message_type type, struct message *out);
void test_line_subscribe(struct test_line *t, const struct stream_position *streams, size_t count,
                         uint32_t epoch);

#endif
