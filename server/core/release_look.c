/* release_look.c: what waits at the hub because of a device: a bundle opened to be looked at, a gap passed by
 * a person. */
#include "server/core/group.h"
#include "server/core/ingest.h"
#include "server/core/release.h"

/* ---- a bundle that waits ---- */

/* The plain bytes stay where the content's texts point. */
static err open_bundle(struct quarantine_view *out, const struct hub *hub, struct arena *a) {
  struct bundle_parts parts;
  struct buf plain = BUF_INIT(2 * bundle_plain_bytes_max);
  TRY(bundle_parse(&parts, out->bundle.raw));
  const struct hub_box_key *intake = hub_intake(hub, parts.header.intake_key);
  if (!intake) return ERR_UNKNOWN_KEY;
  err e = bundle_open(&plain, &parts, &intake->keys);
  struct slice kept = e == ERR_OK ? arena_copy(a, buf_slice(&plain)) : slice_of(NULL, 0);
  if (e == ERR_OK && plain.len && !kept.ptr) e = ERR_NO_MEMORY;
  buf_wipe(&plain);
  TRY(e);
  return content_decode(&out->content, &out->refused, kept, a, NULL);
}

static err load_bundle(struct quarantine_view *out, struct store *store, uint64_t number, struct arena *a) {
  const struct store_ops *ops = store->ops;
  uint64_t found;
  if (number == 0 || number > INT64_MAX) return ERR_NOT_FOUND;
  TRY(ops->bundle_raw(store, number - 1, a, &out->bundle, &found));
  if (found != number) return ERR_NOT_FOUND;
  out->bundle.number = number;
  return ops->quarantine_list(store, number, bundle_changesets_max, a, &out->rows, &out->row_count);
}

err quarantine_look(struct quarantine_view *out, const struct hub *hub, struct store *store, uint64_t number,
                    struct arena *a) {
  *out = (struct quarantine_view){.unreadable = ERR_OK};
  TRY(store->ops->begin_read(store));
  err e = load_bundle(out, store, number, a);
  store->ops->rollback(store);
  TRY(e);
  out->unreadable = open_bundle(out, hub, a);
  if (out->unreadable == ERR_NO_MEMORY) return ERR_NO_MEMORY;
  if (out->unreadable != ERR_OK) out->content = (struct bundle_content){.changeset_count = 0};
  return ERR_OK;
}

/* ---- a gap ---- */

err held_release_by(struct change_set *changes_out, const struct hub *hub, struct store *store,
                    const struct now *now, const struct id *by, const struct id *device, struct slice why,
                    struct fault *fault) {
  const struct held_release person = {.by = *by, .why = why};
  size_t released;
  bytes_zero(changes_out, sizeof *changes_out);
  TRY(reason_check(why, fault));
  TRY(ingest_release_held_by(&released, changes_out, hub, store, now, device, &person));
  if (released > 0) return ERR_OK;
  return fault_set(fault, ERR_CONFLICT, "No bundle of that device waits for another: nothing was changed.");
}
