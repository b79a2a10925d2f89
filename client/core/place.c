/* place.c: the command about where somebody was. */
#include "client/core/place.h"
#include "client/core/change.h"
#include "client/core/commands.h"

static err keep(struct core *c, struct slice text) {
  TRY(store_begin(c->store));
  return store_end(c->store, place_put(c->store, &c->who, core_today(c), text));
}

err call_place(struct core *c, struct call *call) {
  const struct arg *to = &call->args[ARG_OF(place, keep)];
  struct slice place;
  if (to->given && to->text.len > place_bytes_max)
    return fault_set(&call->fault, ERR_INVALID, "a place has at most %d bytes", (int)place_bytes_max);
  if (to->given) TRY(change_unwritten(keep(c, to->text), &call->fault));
  TRY(place_get(c->store, &c->who, core_today(c), &c->arena, &place));
  pack_map(call->out, FIELDS_Place);
  answer_text_or_nil(call->out, "place", place);
  return ERR_OK;
}
