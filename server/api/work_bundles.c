/* work_bundles.c: what waits because of a device: changes that were not taken, and bundles behind a gap. */
#include "server/api/input.h"
#include "server/api/work.h"
#include "server/core/release.h"
#include "server/core/views_questions.h"

/* ---- quarantine ---- */

struct bundle_change {
  uint32_t number; /* from 1 */
  const char *state, *reason;
  bool releasable;
  struct slice author;
  int64_t written_ms;
  struct slice *says;
  size_t say_count;
  struct slice decided_by, why;
  int64_t decided_ms;
};
#define AT(member) offsetof(struct bundle_change, member)
static const struct shape_field change_fields[] = {
    {"change", SHAPE_COUNT, AT(number), 0, NULL, NULL},
    {"state", SHAPE_WORD, AT(state), 0, NULL, NULL},
    {"reason", SHAPE_WORD, AT(reason), 0, NULL, NULL},
    {"releasable", SHAPE_BOOL, AT(releasable), 0, NULL, NULL},
    {"author_name", SHAPE_TEXT, AT(author), 0, NULL, NULL},
    {"written_at", SHAPE_TIME, AT(written_ms), 0, NULL, NULL},
    {"says", SHAPE_NAMES, AT(says), AT(say_count), NULL, NULL},
    {"decided_by", SHAPE_TEXT, AT(decided_by), 0, NULL, NULL},
    {"decided_at", SHAPE_TIME, AT(decided_ms), 0, NULL, NULL},
    {"why", SHAPE_TEXT, AT(why), 0, NULL, NULL},
};
#undef AT
static const struct shape change_shape = SHAPE_OF(bundle_change, change_fields);

struct bundle_card {
  struct id id, device;
  struct slice device_name;
  uint64_t number;
  int64_t received_ms;
  bool readable;
  struct bundle_change *changes;
  size_t change_count;
};
#define AT(member) offsetof(struct bundle_card, member)
static const struct shape_field card_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"device", SHAPE_ID, AT(device), 0, NULL, NULL},
    {"device_name", SHAPE_TEXT, AT(device_name), 0, NULL, NULL},
    {"bundle", SHAPE_LONG, AT(number), 0, NULL, NULL},
    {"received_at", SHAPE_TIME, AT(received_ms), 0, NULL, NULL},
    {"readable", SHAPE_BOOL, AT(readable), 0, NULL, NULL},
    {"changes", SHAPE_LIST, AT(changes), AT(change_count), NULL, &change_shape},
};
#undef AT
static const struct shape card_shape = SHAPE_OF(bundle_card, card_fields);

enum { says_max = 40 };
static const char *const states[] = {
    [QUARANTINE_WAITS] = "waits", [QUARANTINE_RELEASED] = "released", [QUARANTINE_REJECTED] = "rejected"};

static err fill_says(struct words *w, struct bundle_change *out, const struct changeset *cs) {
  out->says = arena_take(w->arena, says_max + 1, sizeof *out->says);
  if (!out->says) return ERR_NO_MEMORY;
  TRY(views_author_name(w->store, &cs->author, w->arena, &out->author));
  out->written_ms = (int64_t)cs->stamp;
  for (size_t i = 0; i < cs->op_count && i < says_max; i++)
    TRY(words_op(w, &out->says[out->say_count++], &cs->ops[i]));
  return cs->op_count > says_max
             ? words_say(w, &out->says[out->say_count++], "and %zu more", cs->op_count - says_max)
             : ERR_OK;
}

static err fill_change(struct words *w, struct bundle_change *out, const struct quarantine_view *v,
                       const struct store_quarantine *q) {
  *out = (struct bundle_change){.number = q->changeset + 1,
                                .state = states[q->state],
                                .reason = work_reason(q->reason),
                                .releasable =
                                    q->status == RECEIPT_QUARANTINED && q->state != QUARANTINE_RELEASED,
                                .why = q->why,
                                .decided_ms = q->at_ms};
  if (!id_is_zero(&q->by)) TRY(views_author_name(w->store, &q->by, w->arena, &out->decided_by));
  return q->changeset < v->content.changeset_count ? fill_says(w, out, &v->content.changesets[q->changeset])
                                                   : ERR_OK;
}

static bool waits(const struct bundle_card *card) {
  bool found = false;
  for (size_t i = 0; i < card->change_count; i++)
    found = found || card->changes[i].state == states[QUARANTINE_WAITS];
  return found;
}

/* The one that the address names. */
static err look(struct api_call *c, struct quarantine_view *out) {
  uint64_t number;
  TRY(views_bundle_asked(c->store, &c->id, &number));
  return quarantine_look(out, c->api->config.hub, c->store, number, &c->x->arena);
}

static err bundle_json(struct api_call *c, json_t **out) {
  struct quarantine_view v;
  struct words w = work_words(c);
  TRY(look(c, &v));
  struct bundle_card card = {.id = c->id,
                             .device = v.bundle.device,
                             .number = v.bundle.seq,
                             .received_ms = v.bundle.received_ms,
                             .readable = v.unreadable == ERR_OK,
                             .changes = arena_take(w.arena, v.row_count + 1, sizeof *card.changes)};
  if (!card.changes) return ERR_NO_MEMORY;
  TRY(views_device_name(c->store, &v.bundle.device, w.arena, &card.device_name));
  for (size_t i = 0; i < v.row_count; i++)
    TRY(fill_change(&w, &card.changes[card.change_count++], &v, &v.rows[i]));
  *out = shape_object(&card_shape, &card);
  if (!*out) return ERR_NO_MEMORY;
  err e = work_questions_into(c, &c->id, waits(&card), *out);
  if (e != ERR_OK) json_decref(*out);
  return e;
}

err work_no_bundle(struct api_call *c) {
  return fault_set(&c->fault, ERR_NOT_FOUND,
                   "nothing of such a bundle waits: it was taken, or there is none");
}

err api_work_quarantine(struct api_call *c) {
  json_t *body;
  err e = bundle_json(c, &body);
  if (e == ERR_NOT_FOUND) return work_no_bundle(c);
  return e == ERR_OK ? api_answer_audited(c, body, "quarantine.read") : e;
}

/* ---- release, reject ---- */

struct judging {
  struct slice reason;
  uint32_t change; /* 0: all that wait */
  enum store_quarantine_state decision;
};
static const struct input_field judge_input[] = {
    {"reason", INPUT_TEXT, true, reason_bytes_max, offsetof(struct judging, reason)},
    {"change", INPUT_NUMBER, false, bundle_changesets_max, offsetof(struct judging, change)},
};

/* A bundle of which nothing waits any more has no bytes left to show. */
static err answer_bundle(struct api_call *c) {
  json_t *body;
  err e = bundle_json(c, &body);
  if (e == ERR_NOT_FOUND) return api_answer(c, json_pack("{s:[]}", "changes"));
  return e == ERR_OK ? api_answer(c, body) : e;
}

err work_bundle_waits(struct api_call *c, bool *out) {
  struct quarantine_view v;
  *out = false;
  TRY(look(c, &v));
  for (size_t i = 0; i < v.row_count; i++) *out = *out || v.rows[i].state == QUARANTINE_WAITS;
  return ERR_OK;
}

static err judge_step(struct api_call *c) {
  const struct judging *in = c->own;
  struct quarantine_view v;
  err e = look(c, &v);
  if (e == ERR_NOT_FOUND) return work_no_bundle(c);
  TRY(e);
  const struct quarantine_ref ref = {.device = v.bundle.device,
                                     .incarnation = v.bundle.incarnation,
                                     .seq = v.bundle.seq,
                                     .changeset = in->change ? in->change - 1 : quarantine_all};
  TRY(quarantine_decide_by(&c->x->changes, c->api->config.hub, c->store, &c->x->now, &c->login.user, &ref,
                           in->decision, in->reason, &c->fault));
  return api_then(c, HTTP_READER, answer_bundle);
}

static err judge(struct api_call *c, enum store_quarantine_state decision) {
  struct judging *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  *in = (struct judging){.decision = decision};
  c->own = in;
  TRY(input_read(c, judge_input, sizeof judge_input / sizeof *judge_input, in));
  TRY(reason_check(in->reason, &c->fault));
  return api_then(c, HTTP_WRITER, judge_step);
}

err api_work_release(struct api_call *c) { return judge(c, QUARANTINE_RELEASED); }
err api_work_reject(struct api_call *c) { return judge(c, QUARANTINE_REJECTED); }

/* ---- a gap ---- */

struct held_card {
  struct view_held held;
  struct work_event *happened;
  size_t happened_count;
};
#define AT(member) offsetof(struct held_card, member)
static const struct shape_field held_fields[] = {
    {"id", SHAPE_ID, AT(held.device), 0, NULL, NULL},
    {"device_name", SHAPE_TEXT, AT(held.device_name), 0, NULL, NULL},
    {"missing", SHAPE_LONG, AT(held.missing), 0, NULL, NULL},
    {"first", SHAPE_LONG, AT(held.first), 0, NULL, NULL},
    {"last", SHAPE_LONG, AT(held.last), 0, NULL, NULL},
    {"bundles", SHAPE_COUNT, AT(held.bundles), 0, NULL, NULL},
    {"since", SHAPE_TIME, AT(held.since_ms), 0, NULL, NULL},
    {"happened", SHAPE_LIST, AT(happened), AT(happened_count), NULL, &work_event_shape},
};
#undef AT
static const struct shape held_shape = SHAPE_OF(held_card, held_fields);

static err load_held(struct api_call *c, struct held_card *out) {
  struct view_held *list;
  size_t count;
  TRY(views_held(c->store, &c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    if (!id_equal(&list[i].device, &c->id)) continue;
    *out = (struct held_card){.held = list[i]};
    return ERR_OK;
  }
  return ERR_NOT_FOUND;
}

err api_work_held(struct api_call *c) {
  struct held_card card;
  struct store_item_event *life;
  size_t count;
  struct words w = work_words(c);
  err e = load_held(c, &card);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "no bundle of that device waits for another");
  TRY(e);
  TRY(c->store->ops->work_item_events(c->store, &c->id, w.arena, &life, &count));
  TRY(work_life(&w, life, count, "It came before one that was sent earlier.", &card.happened,
                &card.happened_count));
  return api_answer(c, shape_object(&held_shape, &card));
}

static const struct input_field pass_input[] = {
    {"reason", INPUT_TEXT, true, reason_bytes_max, offsetof(struct judging, reason)},
};

static err pass_step(struct api_call *c) {
  const struct judging *in = c->own;
  TRY(held_release_by(&c->x->changes, c->api->config.hub, c->store, &c->x->now, &c->login.user, &c->id,
                      in->reason, &c->fault));
  return api_answer(c, json_object());
}

err api_work_pass(struct api_call *c) {
  struct judging *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, pass_input, sizeof pass_input / sizeof *pass_input, in));
  TRY(reason_check(in->reason, &c->fault));
  return api_then(c, HTTP_WRITER, pass_step);
}
