/* fake_hub.h: a scripted hub for tests of the field client alone: its keys, the enrolment, one line at a
 * time, and a small music hub to feed. It checks what the device sends (signature, chain, sealing) and
 * answers as the test tells it. */
#ifndef TUTTI_TESTS_FAKE_HUB_H
#define TUTTI_TESTS_FAKE_HUB_H

#include "proto/bundle.h"
#include "proto/manifest.h"
#include "proto/messages.h"
#include "proto/receipt.h"
#include "tests/lib/core_host.h"

enum { fake_bundles_max = 512, fake_rows_max = 2048, fake_streams_max = 8 };
struct fake_bundle {
  struct buf bytes, plain;
  struct bundle_header header;
  struct bundle_content content;
  struct arena arena;
  uint64_t position; /* of its receipt */
};
struct fake_row {
  struct id stream;
  struct row row;
  uint64_t position;
  bool gone; /* travels as a leave */
};
struct fake_hub {
  struct core_host *host; /* the device it talks to */
  struct id id;
  struct sign_keys sign;
  struct box_keys noise_keys, intake, safeguarding; /* the last one is no key of the hub's */
  bool no_readers;                                  /* the manifest names nobody who reads concerns */
  struct buf manifest, certificate;
  uint64_t manifest_number;
  struct id device;
  uint8_t device_sign[key_bytes], device_noise[key_bytes];
  uint32_t epoch;
  uint64_t position; /* of the last change */
  /* the line */
  struct noise noise;
  struct frame_joiner in;
  bool online, subscribed;
  struct msg_hello hello;
  struct stream_position claimed[fake_streams_max];
  size_t claimed_count;
  uint32_t credit;
  bool bye;
  /* what the test wants of it */
  uint32_t schema;                    /* it says it knows; 0: the program's own */
  int64_t behind_ms;                  /* its clock is so far behind the device's */
  bool mute;                          /* bundles are kept, but no receipt is given */
  bool loose;                         /* the device may ask whatever it likes: it was told nonsense */
  enum receipt_status status;         /* of receipts; applied at first */
  struct receipt_exception exception; /* goes into receipts when its status is not 0 */
  /* what came */
  struct fake_bundle bundles[fake_bundles_max];
  size_t bundle_count;
  size_t repeats;         /* bundles that had come before */
  struct msg_carry carry; /* the last piece of another device's file, which the test answers */
  struct buf carry_file;
  size_t carry_count;
  /* the music hub */
  struct id streams[fake_streams_max];
  size_t stream_count;
  struct staff_ref staff[4];
  size_t staff_count;
  struct fake_row rows[fake_rows_max];
  size_t row_count;
  uint64_t counter;
  struct arena arena;
  char digits[7];
};
/* Ann (tutor, leader) and Bob share the device. Ann leads Strings (an ensemble of `players`, among them Zoë
 * and Ørjan), teaches Solo (one learner, Ben Thorne) and has no grant for Brass; Bob has Brass. Each meets
 * today at 16:00. */
extern const struct id fake_ann, fake_bob, fake_strings, fake_solo, fake_brass, fake_strings_today,
    fake_solo_today, fake_brass_today, fake_ben, fake_zoe, fake_school;
struct id fake_player(size_t n); /* the n-th player of Strings, from 0; 0 is Zoë, 1 is Ørjan */

void fake_hub_init(struct fake_hub *f, struct core_host *host, size_t players);
void fake_hub_finish(struct fake_hub *f);
/* A code for the QR. `out` is the caller's. */
void fake_hub_link(struct fake_hub *f, struct buf *out);
/* Through the whole enrolment with both PINs set ("274951" Ann, "850266" Bob), then locked. */
void fake_hub_enrol(struct fake_hub *f);
/* Parts of it: up to the digits; and the confirmation. */
void fake_hub_enrol_digits(struct fake_hub *f);
void fake_hub_enrol_confirm(struct fake_hub *f);
void fake_hub_unlock(struct fake_hub *f, const struct id *who); /* with the right PIN */
/* Answers the link the device wants: opening, handshake, HELLO, WELCOME, GRANTS, and then whatever it asks.
 * Ends when nothing more comes. */
void fake_hub_connect(struct fake_hub *f);
void fake_hub_drop(struct fake_hub *f);  /* the line is cut */
void fake_hub_serve(struct fake_hub *f); /* takes and answers everything that waits */
void fake_hub_send(struct fake_hub *f, const struct message *m);
void fake_hub_grants(struct fake_hub *f);
/* A newer manifest, as the hub stands now, told on the line. */
void fake_hub_manifest(struct fake_hub *f);
/* Every stream from where the device stands, as checkpoints; `restart` begins anew. */
void fake_hub_feed(struct fake_hub *f, bool restart);
/* Enrolled, unlocked as Ann, fed, and the line cut again and held. */
void fake_hub_ready(struct fake_hub *f);
/* A row for a stream; changing it later moves it to the end of the feed. */
struct row *fake_hub_row(struct fake_hub *f, const struct id *stream, uint8_t table, const struct id *id);
struct fake_row *fake_hub_find(struct fake_hub *f, uint8_t table, const struct id *id);
void fake_hub_touch(struct fake_hub *f, struct fake_row *r);
/* The receipt of a bundle as the hub stands now. `out` is the caller's. */
void fake_hub_receipt(struct fake_hub *f, const struct fake_bundle *b, enum receipt_status status,
                      struct buf *out);
/* Takes a bundle as if it came by file; false when it is refused. */
bool fake_hub_take(struct fake_hub *f, struct slice bytes);

#endif
