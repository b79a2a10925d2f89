/* sample_device.c: enrols, writes, seals and sends as a device does, with the time as an argument. */
#include "server/ctl/sample_device.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/core/views.h"

enum { sample_arena_bytes_max = 268435456 };

static struct now at(int64_t ms) { return (struct now){.wall_ms = ms, .mono_ms = (uint64_t)ms}; }

/* As an office would call it: whoever works on it tells ten of them apart. */
static err name_it(struct store_token *t, struct store *store, const struct id *staff) {
  struct arena a = ARENA_INIT(sample_arena_bytes_max);
  struct slice name;
  err e = views_row_name(store, TABLE_staff, staff, &a, &name);
  if (e == ERR_OK)
    (void)snprintf(t->name, sizeof t->name, "Tablet of %.*s", (int)(name.len < 60 ? name.len : 60),
                   (const char *)name.ptr);
  arena_finish(&a);
  return e;
}

static err save_token(struct store_token *t, struct data_dir *hub, const struct id *staff, int64_t at_ms) {
  struct store *store = hub->store;
  *t = (struct store_token){.id = entropy_id(&hub->hub.entropy),
                            .kind = ENUM_device_kind_phone,
                            .staff_count = 1,
                            .staff = {*staff},
                            .expires_ms = at_ms + enrol_token_ms_max};
  TRY(name_it(t, store, staff));
  entropy_fill(&hub->hub.entropy, t->psk, sizeof t->psk);
  TRY(store->ops->begin(store));
  err e = store->ops->token_save(store, t);
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e != ERR_OK) store->ops->rollback(store);
  return e;
}

err sample_device_enrol(struct sample_device *d, struct data_dir *hub, const struct id *staff,
                        int64_t at_ms) {
  struct box_keys box;
  struct store_token token;
  struct now now = at(at_ms);
  *d = (struct sample_device){.hub = hub, .staff = *staff, .arena = ARENA_INIT(sample_arena_bytes_max)};
  d->list = calloc(sample_changesets_max, sizeof *d->list);
  if (d->list == NULL) return ERR_NO_MEMORY;
  crypto_sign_keys(&d->sign, &hub->hub.entropy);
  crypto_box_keys(&box, &hub->hub.entropy);
  TRY(save_token(&token, hub, staff, at_ms));
  struct job *job = job_create(JOB_ENROL);
  if (job == NULL) return ERR_NO_MEMORY;
  job->token = token.id;
  bytes_copy(job->noise_public, box.public_key, key_bytes);
  bytes_copy(job->enrol.sign_public, d->sign.public_key, key_bytes);
  job->enrol.kind = ENUM_device_kind_phone;
  job->enrol.program = slice_text("tutti-field " TUTTI_VERSION);
  job_run(job, &hub->hub, hub->store, &now);
  err e = job->result;
  d->id = job->found.id;
  job_destroy(job);
  crypto_wipe(&box, sizeof box);
  return e;
}

void sample_device_finish(struct sample_device *d) {
  crypto_wipe(&d->sign, sizeof d->sign);
  arena_finish(&d->arena);
  free(d->list);
  d->list = NULL;
}

err sample_device_write(struct sample_device *d, int64_t at_ms, const struct op *ops, size_t count) {
  if (d->count == sample_changesets_max || count == 0 || count > changeset_ops_max) return ERR_TOO_BIG;
  struct op *copy = arena_take(&d->arena, count, sizeof *copy);
  if (copy == NULL) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) copy[i] = ops[i];
  d->list[d->count++] = (struct changeset){.counter = d->counter + 1,
                                           .stamp = (uint64_t)at_ms,
                                           .author = d->staff,
                                           .ops = copy,
                                           .op_count = count};
  d->counter += count;
  d->latest_ms = at_ms > d->latest_ms ? at_ms : d->latest_ms;
  return ERR_OK;
}

struct op_id sample_device_last(const struct sample_device *d) {
  return (struct op_id){.device = d->id, .incarnation = 1, .counter = d->counter};
}

err sample_device_base(struct sample_device *d, struct op *op, uint8_t unit, const struct op_id *seen) {
  struct base *base = arena_take(&d->arena, 1, sizeof *base);
  if (base == NULL) return ERR_NO_MEMORY;
  *base = (struct base){.unit = unit, .op = *seen};
  op->bases = base;
  op->base_count = 1;
  return ERR_OK;
}

static err seal(struct sample_device *d, struct buf *out, int64_t at_ms) {
  const struct hub *hub = &d->hub->hub;
  struct clock_sample clock = {.mono_ms = (uint64_t)at_ms, .wall_ms = at_ms, .hub_ms = at_ms};
  struct bundle_content content = {.schema = schema_version,
                                   .clocks = &clock,
                                   .clock_count = 1,
                                   .changesets = d->list,
                                   .changeset_count = d->count};
  struct bundle_header h = {.hub = hub->id,
                            .intake_key = hub->intake[0].number,
                            .device = d->id,
                            .incarnation = 1,
                            .seq = d->seq + 1};
  struct buf plain = BUF_INIT(bundle_plain_bytes_max);
  bytes_copy(h.previous, d->previous, hash_bytes);
  err e = content_encode(&plain, &content);
  if (e == ERR_OK)
    e = bundle_seal(out, &h, buf_slice(&plain), hub->intake[0].keys.public_key, d->sign.secret,
                    &hub->entropy);
  buf_finish(&plain);
  return e;
}

err sample_device_send(struct sample_device *d, int64_t at_ms) {
  struct now now = at(at_ms);
  struct job job, *group = &job;
  if (d->count == 0) return ERR_OK;
  job_init(&job, JOB_INGEST);
  job.bytes = (struct buf)BUF_INIT(bundle_bytes_max);
  err e = seal(d, &job.bytes, at_ms);
  if (e == ERR_OK) {
    ingest_group(&group, 1, &d->hub->hub, d->hub->store, &now);
    e = job.result;
  }
  if (e == ERR_OK) {
    bundle_hash(d->previous, buf_slice(&job.bytes));
    d->seq++;
    d->count = 0;
    arena_clear(&d->arena);
  }
  job_finish(&job);
  return e;
}
