/* sync.c: the state machine of the line: opening, handshake, sending, waiting. */
#include "client/core/sync.h"

#include <stdio.h>

#include "client/core/state.h"

/* Which states may follow which; every change goes through enter(). */
static const uint8_t may_follow[sync_state_count] = {
    [SYNC_IDLE] = 1 << SYNC_OPENING | 1 << SYNC_IDLE,
    [SYNC_OPENING] = 1 << SYNC_SHAKING | 1 << SYNC_FETCHING | 1 << SYNC_IDLE,
    [SYNC_FETCHING] = 1 << SYNC_IDLE,
    [SYNC_SHAKING] = 1 << SYNC_GREETING | 1 << SYNC_IDLE,
    [SYNC_GREETING] = 1 << SYNC_ONLINE | 1 << SYNC_IDLE,
    [SYNC_ONLINE] = 1 << SYNC_IDLE,
};

static void check(const struct sync *s) {
  ASSERT(s->state < sync_state_count);
  ASSERT(s->noise_made == (s->state >= SYNC_SHAKING));
  ASSERT(!s->subscribed || s->state == SYNC_ONLINE);
}

static void enter(struct core *c, enum sync_state state, uint64_t deadline) {
  struct sync *s = &c->sync;
  ASSERT(may_follow[s->state] >> state & 1);
  s->state = state;
  s->deadline = deadline;
  check(s);
  core_topic(c, "sync", NULL);
}

void sync_init(struct sync *s, bool hold) {
  bytes_zero(s, sizeof *s);
  s->hold = hold;
  s->grants = (struct buf)BUF_INIT(message_bytes_max);
  frame_joiner_init(&s->joiner);
}

static void drop_session(struct sync *s) {
  if (s->noise_made) noise_finish(&s->noise);
  s->noise_made = false;
  s->subscribed = s->feed_dropped = s->carrying = false;
  s->in_flight = 0;
  buf_clear(&s->grants);
  frame_joiner_finish(&s->joiner);
  frame_joiner_init(&s->joiner);
}

void sync_finish(struct sync *s) {
  drop_session(s);
  frame_joiner_finish(&s->joiner);
  buf_finish(&s->grants);
}

/* ---- waiting ---- */

/* Doubling, half of it by chance, so that a county's devices do not come back in one moment. */
static uint64_t back_off_ms(struct core *c) {
  struct sync *s = &c->sync;
  uint32_t shift = s->failures < 16 ? s->failures : 16;
  uint64_t whole = (uint64_t)reconnect_first_ms << shift;
  uint32_t chance = 0;
  if (whole > reconnect_max_ms) whole = reconnect_max_ms;
  entropy_fill(&c->config.entropy, &chance, sizeof chance);
  s->failures += 1;
  return whole / 2 + chance % (whole / 2 + 1);
}

/* A hub that does not answer message 1 may have given up the key this device knows. */
static void go_idle(struct core *c, const char *reason, uint64_t wait_ms) {
  struct sync *s = &c->sync;
  s->fetch = s->state == SYNC_SHAKING;
  s->combined_ms = feed_combined_ms(c);
  drop_session(s);
  s->granted = 0;
  (void)snprintf(s->reason, sizeof s->reason, "%s", reason);
  s->retry_at = c->now.mono_ms + (wait_ms ? wait_ms : back_off_ms(c));
  enter(c, SYNC_IDLE, 0);
}

err sync_close(struct core *c, const char *reason, uint64_t wait_ms) {
  if (c->sync.state == SYNC_IDLE) return ERR_OK;
  log_write(c->config.log, LOG_INFO, "sync", "line closed state=%d", (int)c->sync.state);
  uint32_t link = c->sync.link;
  go_idle(c, reason, wait_ms);
  return actions_add(&c->actions, ACT_LINK_CLOSE, link, slice_of(NULL, 0));
}

/* The host says in words why; without words, or with words too long to show, the plain fact has to do. */
err sync_down(struct core *c, struct slice reason) {
  char text[sync_reason_bytes] = "the connection was lost";
  if (c->sync.state == SYNC_IDLE) return ERR_OK;
  if (reason.len && reason.len < sizeof text && utf8_valid(reason)) {
    bytes_copy(text, reason.ptr, reason.len);
    text[reason.len] = 0;
  }
  go_idle(c, text, 0);
  return ERR_OK;
}

void sync_now(struct core *c) {
  c->sync.failures = 0;
  c->sync.retry_at = c->sync.feed_at = 0;
}

/* What waits for the hub alone, of this device or of another; what it is too old for waits for another. */
static bool is_unsent(const struct core *c) {
  for (size_t i = 0; i < c->outbox.count; i += 1) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    bool ours = b->facts.incarnation == c->identity.incarnation && b->status == 0;
    if (ours && !sync_outdates_hub(c, b)) return true;
  }
  return carry_waits(c);
}

/* When the line may be opened: with news for the hub as soon as it can be reached. */
static uint64_t open_at(const struct core *c) {
  const struct sync *s = &c->sync;
  return s->feed_at > s->retry_at && !is_unsent(c) ? s->feed_at : s->retry_at;
}

const struct sync_chain *sync_chain_of(const struct core *c, uint32_t incarnation) {
  const struct sync *s = &c->sync;
  if (incarnation == s->chain.incarnation) return &s->chain;
  for (size_t i = 0; i < s->earlier_count; i += 1) {
    if (s->earlier[i].incarnation == incarnation) return &s->earlier[i];
  }
  return NULL;
}

/* At the fork that ended its incarnation: it had no receipt, or was the fork's other side. */
static bool was_numbered_anew(const struct outbox_bundle *b) {
  const struct receipt_exception *whole = outbox_whole(b);
  return b->status == 0 || (whole && whole->reason == ERR_FORK);
}

/* It has a receipt, but the hub has none with its number in a row with those before it. */
static bool goes_again(const struct core *c, const struct outbox_bundle *b) {
  const struct sync_chain *chain = sync_chain_of(c, b->facts.incarnation);
  return chain && !chain->foreign && b->facts.seq > chain->hub_seq && !was_numbered_anew(b);
}

/* A restored hub lacks it, and what it would tell us now lacks it too. Ours is laid over what comes only
 * until it has a receipt, so it would go out of sight for a while, and whoever wrote again would not see it.
 */
static bool is_forgotten(const struct core *c, const struct outbox_bundle *b) {
  return b->status != RECEIPT_HELD && b->epoch < c->sync.epoch && goes_again(c, b) &&
         !sync_outdates_hub(c, b);
}

static bool may_subscribe(const struct core *c) {
  if (!c->store || c->sync.subscribed || c->now.mono_ms < c->sync.feed_at) return false;
  for (size_t i = 0; i < c->outbox.count; i += 1) {
    if (is_forgotten(c, &c->outbox.list[i])) return false;
  }
  return true;
}

bool sync_waits(const struct core *c, uint64_t *until_out) {
  const struct sync *s = &c->sync;
  bool idle = s->state == SYNC_IDLE && c->identity.enrolled && !s->hold;
  bool busy = s->state == SYNC_ONLINE && !s->subscribed && s->feed_at > c->now.mono_ms;
  *until_out = idle ? open_at(c) : s->feed_at;
  return idle || busy;
}

/* A hub that could not take something is left alone. One that has all of it only has too many to bring up to
 * date. */
err sync_take_retry(struct core *c, uint32_t ms) {
  struct sync *s = &c->sync;
  uint64_t wait = ms < reconnect_first_ms ? reconnect_first_ms : ms;
  if (wait > retry_hint_ms_max) wait = retry_hint_ms_max;
  bool has_all = s->state == SYNC_ONLINE && !is_unsent(c);
  if (has_all) s->feed_at = c->now.mono_ms + wait;
  return sync_close(
      c, has_all ? "The hub is busy; it has everything that was sent from here." : "The hub is busy.",
      has_all ? reconnect_first_ms : wait);
}

/* A goodbye, so that the hub does not take the closing for a fault. */
static err say_bye(struct core *c) {
  struct message m = {.type = MSG_BYE, .bye = {BYE_DONE}};
  return c->sync.state == SYNC_ONLINE ? sync_send(c, &m) : ERR_OK;
}

err sync_hold(struct core *c, bool hold) {
  struct sync *s = &c->sync;
  core_topic(c, "sync", NULL);
  s->hold = hold;
  s->reason[0] = 0;
  if (!hold) {
    sync_now(c);
    return ERR_OK;
  }
  TRY(say_bye(c));
  return sync_close(c, "", 1);
}

const char *sync_line(const struct core *c) {
  const struct sync *s = &c->sync;
  if (s->hold) return "held";
  if (s->state == SYNC_ONLINE) return "online";
  if (s->refused) return "refused";
  return s->state == SYNC_IDLE ? "off" : "connecting";
}

/* ---- opening ---- */

static err open_link(struct core *c) {
  struct sync *s = &c->sync;
  s->link += 1;
  TRY(actions_add(&c->actions, ACT_LINK_OPEN, s->link, c->identity.url));
  enter(c, SYNC_OPENING, c->now.mono_ms + handshake_ms_max);
  return ERR_OK;
}

static err begin_noise(struct core *c, const struct opening *o) {
  struct sync *s = &c->sync;
  struct buf prologue = BUF_INIT(256);
  uint8_t ephemeral[key_bytes];
  entropy_fill(&c->config.entropy, ephemeral, sizeof ephemeral);
  err e = opening_prologue(&prologue, o);
  struct noise_config config = {.pattern = NOISE_XK,
                                .initiator = true,
                                .prologue = buf_slice(&prologue),
                                .local_static = &c->identity.noise,
                                .remote_static = c->identity.manifest.noise_public,
                                .ephemeral = ephemeral};
  if (e == ERR_OK) e = noise_init(&s->noise, &config);
  s->noise_made = e == ERR_OK;
  crypto_wipe(ephemeral, sizeof ephemeral);
  buf_finish(&prologue);
  return e;
}

static err send_opening(struct core *c) {
  struct sync *s = &c->sync;
  struct buf message1 = BUF_INIT(256);
  struct buf whole = BUF_INIT(512);
  struct opening o = {
      .kind = OPENING_SYNC, .hub = c->identity.hub, .noise_key = c->identity.manifest.noise_key};
  err e = begin_noise(c, &o);
  if (e == ERR_OK) e = noise_handshake_write(&s->noise, slice_of(NULL, 0), &message1);
  o.noise = buf_slice(&message1);
  if (e == ERR_OK) e = opening_encode(&whole, &o);
  if (e == ERR_OK) e = actions_add(&c->actions, ACT_LINK_SEND, s->link, buf_slice(&whole));
  buf_finish(&message1);
  buf_finish(&whole);
  return e;
}

static err ask_manifest(struct core *c) {
  struct buf bytes = BUF_INIT(16);
  err e = opening_encode(&bytes, &(struct opening){.kind = OPENING_MANIFEST});
  if (e == ERR_OK) e = actions_add(&c->actions, ACT_LINK_SEND, c->sync.link, buf_slice(&bytes));
  buf_finish(&bytes);
  TRY(e);
  enter(c, SYNC_FETCHING, c->now.mono_ms + handshake_ms_max);
  return ERR_OK;
}

/* It proves itself by its signature. With it the next try may succeed; without, it is as before. */
static err take_fetched(struct core *c, struct slice bytes) {
  err e = sync_take_manifest(c, bytes);
  if (e == ERR_NO_MEMORY || e == ERR_IO) return e;
  if (e != ERR_OK) log_write(c->config.log, LOG_WARN, "sync", "manifest refused code=%s", err_name(e));
  return sync_close(c, e == ERR_OK ? "" : "the hub could not prove that it is the hub", e == ERR_OK ? 1 : 0);
}

err sync_up(struct core *c) {
  if (c->sync.state != SYNC_OPENING) return ERR_OK;
  if (c->sync.fetch) return ask_manifest(c);
  TRY(send_opening(c));
  enter(c, SYNC_SHAKING, c->now.mono_ms + handshake_ms_max);
  return ERR_OK;
}

/* The latest receipt is of the latest epoch: what comes behind it in an earlier one was not given again to a
 * hub that was restored. A held one does not count, for the hub does not count it either. */
static void note_receipt(struct chain_ref *last, const struct outbox_bundle *b) {
  if (b->status == 0 || b->status == RECEIPT_HELD || b->epoch < last->epoch) return;
  if (b->epoch == last->epoch && b->facts.seq < last->seq) return;
  last->epoch = b->epoch;
  last->seq = b->facts.seq;
}

static struct chain_ref last_receipted(const struct core *c) {
  struct chain_ref last = {.incarnation = c->identity.incarnation};
  for (size_t i = 0; i < c->outbox.count; i += 1) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    if (b->facts.incarnation == last.incarnation) note_receipt(&last, b);
  }
  return last;
}

/* Bundles of which the hub withholds something: it says what became of them. The latest ones matter most. */
static size_t withheld_bundles(const struct core *c, struct bundle_ref out[hello_withheld_max]) {
  size_t count = 0;
  for (size_t i = c->outbox.count; i > 0 && count < hello_withheld_max; i -= 1) {
    const struct outbox_bundle *b = &c->outbox.list[i - 1];
    if (b->status == 0 || outbox_done(b)) continue;
    out[count++] = (struct bundle_ref){b->facts.incarnation, b->facts.seq};
  }
  return count;
}

static struct chain_ref *find_chain(struct chain_ref *list, size_t count, uint32_t incarnation) {
  for (size_t i = 0; i < count; i += 1) {
    if (list[i].incarnation == incarnation) return &list[i];
  }
  return NULL;
}

/* What a fork left without a receipt was numbered anew. The rest of an earlier incarnation the hub may forget
 * as it may forget what came later. */
static size_t earlier_chains(const struct core *c, struct chain_ref out[hello_earlier_max]) {
  size_t count = 0;
  for (size_t i = c->outbox.count; i > 0; i -= 1) {
    const struct outbox_bundle *b = &c->outbox.list[i - 1];
    if (b->status == 0 || b->facts.incarnation == c->identity.incarnation) continue;
    struct chain_ref *chain = find_chain(out, count, b->facts.incarnation);
    if (!chain && count == hello_earlier_max) continue;
    if (!chain) {
      chain = &out[count++];
      *chain = (struct chain_ref){.incarnation = b->facts.incarnation};
    }
    note_receipt(chain, b);
  }
  return count;
}

static void remember_chains(struct sync *s, const struct chain_ref *list, size_t count) {
  s->earlier_count = count;
  for (size_t i = 0; i < count; i += 1)
    s->earlier[i] = (struct sync_chain){.incarnation = list[i].incarnation};
}

static err hello_payload(struct core *c, struct buf *out) {
  const struct outbox_bundle *sealed = outbox_last(&c->outbox, c->identity.incarnation);
  struct chain_ref last = last_receipted(c);
  struct bundle_ref withheld[hello_withheld_max];
  size_t withheld_count = withheld_bundles(c, withheld);
  struct chain_ref earlier[hello_earlier_max];
  size_t earlier_count = earlier_chains(c, earlier);
  struct message m = {.type = MSG_HELLO,
                      .hello = {.device = c->identity.device,
                                .incarnation = c->identity.incarnation,
                                .sealed_seq = sealed ? sealed->facts.seq : 0,
                                .epoch = last.epoch,
                                .receipt_seq = last.seq,
                                .schema = schema_version,
                                .wall_ms = c->now.wall_ms,
                                .manifest = c->identity.manifest.number,
                                .program = slice_text(c->config.version),
                                .withheld = withheld,
                                .withheld_count = withheld_count,
                                .earlier = earlier,
                                .earlier_count = earlier_count,
                                .certificate = c->identity.certificate}};
  remember_chains(&c->sync, earlier, earlier_count);
  return message_encode(out, &m);
}

static err shake(struct core *c, struct slice bytes) {
  struct sync *s = &c->sync;
  struct buf payload = BUF_INIT(frame_bytes_max);
  struct buf message3 = BUF_INIT(frame_bytes_max);
  err e = noise_handshake_read(&s->noise, bytes, &payload);
  if (e != ERR_OK) {
    buf_finish(&payload);
    return sync_close(c, "the hub could not prove that it is the hub", 0);
  }
  buf_clear(&payload);
  e = hello_payload(c, &payload);
  if (e == ERR_OK) e = noise_handshake_write(&s->noise, buf_slice(&payload), &message3);
  if (e == ERR_OK) e = actions_add(&c->actions, ACT_LINK_SEND, s->link, buf_slice(&message3));
  buf_finish(&payload);
  buf_finish(&message3);
  TRY(e);
  s->hello_sent = c->now;
  enter(c, SYNC_GREETING, c->now.mono_ms + handshake_ms_max);
  return ERR_OK;
}

/* What a peer gets wrong closes the line; only this device's own disk and memory are failures of the step. */
static bool is_ours(err e) {
  return e == ERR_NO_MEMORY || e == ERR_IO || e == ERR_CORRUPT || e == ERR_INTERNAL;
}

err sync_bytes(struct core *c, struct slice bytes) {
  struct sync *s = &c->sync;
  if (s->state == SYNC_SHAKING) return shake(c, bytes);
  if (s->state == SYNC_FETCHING) return take_fetched(c, bytes);
  if (s->state < SYNC_GREETING) return ERR_OK;
  err e = frame_read(&s->joiner, &s->noise, bytes);
  if (e == ERR_NO_MEMORY) return e;
  if (e == ERR_OK && !s->joiner.complete) return ERR_OK;
  bool framed = e == ERR_OK;
  if (framed) e = sync_receive(c, buf_slice(&s->joiner.message));
  if (e == ERR_OK) return e;
  if (framed && is_ours(e)) return e;
  log_write(c->config.log, LOG_WARN, "sync", "message refused code=%s", err_name(e));
  const char *reason = "the hub sent something this program does not understand";
  if (e == ERR_FULL) reason = "the disk of this device is full";
  if (e == ERR_READ_ONLY) reason = "the data folder of this device cannot be written to";
  if (e == ERR_VERSION) reason = "this program must be updated before it can sync; nothing is lost";
  return sync_close(c, reason, 0);
}

/* ---- sending ---- */

static err emit(void *ctx, struct slice frame) {
  struct core *c = ctx;
  return actions_add(&c->actions, ACT_LINK_SEND, c->sync.link, frame);
}

err sync_send(struct core *c, const struct message *m) {
  struct buf bytes = BUF_INIT(message_bytes_max);
  err e = message_encode(&bytes, m);
  if (e == ERR_OK) e = frame_write(&c->sync.noise, buf_slice(&bytes), emit, c);
  buf_finish(&bytes);
  return e;
}

bool sync_outdates_hub(const struct core *c, const struct outbox_bundle *b) {
  return c->sync.hub_schema && b->facts.schema > c->sync.hub_schema;
}

/* What the hub lacks, and what it has but whose receipt never came: it answers that one with the same
 * receipt. */
static bool is_to_send(const struct core *c, const struct outbox_bundle *b) {
  const struct sync_chain *chain = sync_chain_of(c, b->facts.incarnation);
  if (!chain || b->facts.seq < chain->send_next) return false;
  return (b->status == 0 && chain == &c->sync.chain) || goes_again(c, b);
}

static const struct outbox_bundle *next_bundle(const struct core *c) {
  for (size_t i = 0; i < c->outbox.count; i += 1) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    if (is_to_send(c, b)) return sync_outdates_hub(c, b) ? NULL : b;
  }
  return NULL;
}

static void note_sent(struct core *c, const struct outbox_bundle *b) {
  struct sync_chain *chain = (struct sync_chain *)(uintptr_t)sync_chain_of(c, b->facts.incarnation);
  chain->send_next = b->facts.seq + 1;
  c->sync.in_flight += 1;
}

static err send_bundles(struct core *c) {
  struct sync *s = &c->sync;
  while (s->in_flight < bundles_in_flight_max) {
    const struct outbox_bundle *b = next_bundle(c);
    struct buf bytes = BUF_INIT(bundle_bytes_max);
    if (!b) return ERR_OK;
    err e = outbox_read(&c->outbox, b, &bytes);
    struct message m = {.type = MSG_BUNDLE, .bundle = {buf_slice(&bytes)}};
    if (e == ERR_OK) e = sync_send(c, &m);
    buf_finish(&bytes);
    TRY(e);
    note_sent(c, b);
    core_topic(c, "sync", NULL);
  }
  return ERR_OK;
}

/* What was granted while nobody was signed in. */
static err take_kept_grants(struct core *c) {
  struct message m;
  if (c->sync.grants.len == 0) return ERR_OK;
  TRY(message_decode(&m, buf_slice(&c->sync.grants), &c->arena));
  return m.type == MSG_GRANTS ? feed_grants(c, &m.grants) : ERR_OK;
}

static err subscribe(struct core *c) {
  struct sync *s = &c->sync;
  TRY(feed_epoch(c));
  TRY(take_kept_grants(c));
  size_t count = c->store->stream_count;
  struct stream_position *list = arena_take(&c->arena, count ? count : 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i += 1) {
    const struct stream *st = &c->store->streams[i];
    list[i] = (struct stream_position){st->id, st->position, st->audience};
  }
  struct message m = {.type = MSG_SUBSCRIBE,
                      .subscribe = {.epoch = c->store->feed_epoch, .streams = list, .count = count}};
  s->subscribed = true;
  s->feed_at = 0;
  return sync_send(c, &m);
}

/* The line ends, for the hub believes that this device has what it had no room for. Work still goes out; the
 * feed is asked for again later, or when somebody says so. */
static err close_for_room(struct core *c, err why) {
  roster_forget(&c->roster);
  c->sync.feed_at = c->now.mono_ms + reconnect_max_ms;
  return sync_close(c,
                    why == ERR_FULL ? "there is no room on this device for what the hub sent"
                                    : "the data folder of this device cannot be written to",
                    reconnect_first_ms);
}

/* The disk takes nothing, which a person can change: no failure of the core. */
static bool takes_nothing(err e) { return e == ERR_FULL || e == ERR_READ_ONLY; }

static err take_loss(struct core *c, err why) {
  if (!c->store || !c->store->feed_lost) return ERR_OK;
  c->store->feed_lost = false;
  return close_for_room(c, why);
}

/* Grants and positions are written down first. */
static err subscribe_if_room(struct core *c) {
  err e = subscribe(c);
  return takes_nothing(e) ? close_for_room(c, e) : e;
}

static err run_online(struct core *c) {
  struct sync *s = &c->sync;
  bool stale = c->store && s->feed_dropped;
  /* Somebody set this machine's clock: the hub is asked for the time, before the lease runs out by it. */
  bool astray = clock_unsure(&c->clock, &c->now);
  if (stale || astray || c->now.mono_ms >= s->deadline) {
    TRY(say_bye(c));
    return sync_close(c, "", 1);
  }
  TRY(send_bundles(c)); /* first, so that the feed tells of rows as they are with what was written here */
  TRY(carry_send(c));
  return may_subscribe(c) ? subscribe_if_room(c) : ERR_OK;
}

err sync_run(struct core *c) {
  struct sync *s = &c->sync;
  err settled = feed_settle(c);
  if (settled != ERR_OK && !takes_nothing(settled)) return settled;
  TRY(take_loss(c, settled));
  if (c->enrol.stage != ENROL_IDLE || !c->identity.enrolled || s->hold) return ERR_OK;
  if (s->state == SYNC_IDLE) return c->now.mono_ms >= open_at(c) ? open_link(c) : ERR_OK;
  if (s->state == SYNC_ONLINE) return run_online(c);
  if (c->now.mono_ms < s->deadline) return ERR_OK;
  return sync_close(c, "the hub did not answer in time", 0);
}

uint64_t sync_wake_at(const struct core *c) {
  const struct sync *s = &c->sync;
  if (c->enrol.stage != ENROL_IDLE || !c->identity.enrolled || s->hold) return 0;
  if (s->state == SYNC_IDLE) return open_at(c);
  uint64_t at = s->deadline;
  if (c->store && c->store->feed_open) core_wake(&at, c->store->feed_since + feed_commit_ms);
  bool later = s->state == SYNC_ONLINE && c->store && !s->subscribed && s->feed_at > c->now.mono_ms;
  if (later) core_wake(&at, s->feed_at);
  return at;
}
