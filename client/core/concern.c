/* concern.c: what somebody fears for a child, sealed to the safeguarding role before it touches the database.
 * From then on this device knows when it was written and whether it was delivered, and nothing else. */
#include "proto/concern.h"
#include "client/core/change.h"
#include "client/core/commands.h"
#include "client/core/concern_sql.h"
#include "client/core/overlay.h"

/* ---- one's own ---- */

struct own {
  int64_t written_ms, delivered_ms; /* delivered_ms 0: not known */
  const char *state;
};
struct owning {
  struct core *core;
  struct own list[concerns_shown_max]; /* latest first */
  size_t count;
};

/* The bundles are kept longer than anybody waits for a receipt: without one the feed has confirmed it. */
static void find_state(struct core *c, const struct id *row, uint64_t counter, struct own *out) {
  bool counts = false;
  const struct outbox_bundle *b = overlay_delivered(c, counter, &counts);
  bool pending = pending_latest(&c->store->pending, TABLE_concern, row) != NULL;
  out->state = "waiting";
  if (counts) out->delivered_ms = b->received_ms;
  if (counts || (!b && !pending))
    out->state = "delivered";
  else if (b && b->status != 0)
    out->state = "help";
}

static err keep_own(void *ctx, const struct id *id) {
  struct owning *o = ctx;
  struct row row;
  size_t at = o->count < concerns_shown_max ? o->count : concerns_shown_max;
  TRY(rows_load(o->core->store->rows, schema_table(TABLE_concern), id, &o->core->arena, &row));
  const struct unit_heads *sealed =
      &row.units[schema_table(TABLE_concern)->columns[COL(concern, sealed)].unit];
  if (!row.exists || sealed->count == 0) return ERR_OK;
  struct own one = {.written_ms = (int64_t)sealed->heads[0].stamp};
  find_state(o->core, id, sealed->heads[0].op.counter, &one);
  while (at > 0 && o->list[at - 1].written_ms < one.written_ms) at -= 1;
  if (at == concerns_shown_max) return ERR_OK;
  if (o->count < concerns_shown_max) o->count += 1;
  for (size_t i = o->count - 1; i > at; i -= 1) o->list[i] = o->list[i - 1];
  o->list[at] = one;
  return ERR_OK;
}

static err answer_concerns(struct core *c, struct packer *p) {
  const struct manifest *m = &c->identity.manifest;
  struct owning o = {.core = c};
  TRY(concern_each(c->store, &c->who, keep_own, &o));
  pack_map(p, FIELDS_Concerns);
  pack_word(p, "readers");
  pack_array(p, m->reader_count);
  for (size_t i = 0; i < m->reader_count; i += 1) pack_text(p, m->readers[i].name);
  answer_text_or_nil(p, "phone", m->concern_phone);
  pack_word(p, "concerns");
  pack_array(p, o.count);
  for (size_t i = 0; i < o.count; i += 1) {
    pack_map(p, FIELDS_ConcernItem);
    answer_int(p, "written_at", o.list[i].written_ms);
    answer_words(p, "state", o.list[i].state);
    answer_int_or_nil(p, "delivered_at", o.list[i].delivered_ms != 0, o.list[i].delivered_ms);
  }
  return ERR_OK;
}

err call_concerns(struct core *c, struct call *call) { return answer_concerns(c, call->out); }

/* ---- a new one ---- */

static err seal(struct core *c, struct call *call, const struct id *row, struct buf *sealed) {
  const struct arg *learner = &call->args[ARG_OF(concern_add, learner)];
  struct concern k = {.written_ms = clock_hub_ms(&c->clock, &c->now),
                      .author = c->who,
                      .author_name = staff_name(c, &c->who),
                      .text = call->args[ARG_OF(concern_add, text)].text};
  if (learner->given) {
    k.learner = learner->id;
    err e = learner_name_of(c->store->rows, &c->arena, &k.learner, &k.learner_name);
    if (e == ERR_NOT_FOUND) return fault_set(&call->fault, e, "that learner is not on this device");
    TRY(e);
  }
  err e = concern_seal(sealed, &k, &c->identity.manifest, row, &c->config.entropy);
  if (e == ERR_NOT_FOUND)
    return fault_set(&call->fault, ERR_CONFLICT,
                     "the office has not said yet who reads concerns: nothing was kept. Ring the office");
  if (e == ERR_TOO_BIG)
    return fault_set(&call->fault, e,
                     "that is longer than one concern may be: write the rest as a second one");
  return e;
}

static err put(struct core *c, struct call *call, const struct id *row, struct slice sealed) {
  struct change ch;
  struct change_row *r = NULL;
  TRY(change_begin(&ch, c, &stream_reference, NULL));
  TRY(change_row(&ch, TABLE_concern, row, &r));
  change_set(r, COL(concern, staff), value_id(&c->who));
  change_set(r, COL(concern, sealed), value_text(sealed));
  TRY(change_commit(&ch, &call->fault));
  core_topic(c, "sync", NULL);
  return ERR_OK;
}

err call_concern_add(struct core *c, struct call *call) {
  struct id row = entropy_id(&c->config.entropy);
  struct buf sealed = BUF_INIT(text_bytes_max), text = BUF_INIT(text_bytes_max);
  if (call->args[ARG_OF(concern_add, text)].text.len == 0)
    return fault_set(&call->fault, ERR_INVALID, "write what you saw or heard first");
  err e = seal(c, call, &row, &sealed);
  if (e == ERR_OK) e = base64url_encode(&text, buf_slice(&sealed));
  if (e == ERR_OK) e = put(c, call, &row, buf_slice(&text));
  buf_finish(&sealed);
  buf_finish(&text);
  return e == ERR_OK ? answer_concerns(c, call->out) : e;
}
