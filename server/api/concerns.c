/* concerns.c: safeguarding concerns as the hub has them: sealed bytes, and to whom they are sealed. The page
 * opens them with a key that never comes here. */
#include "server/api/call.h"
#include "server/api/safeguarding.h"
#include "server/api/shape.h"

#define AT(member) offsetof(struct view_concern, member)
static const struct shape_field concern_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"author_name", SHAPE_TEXT, AT(author_name), 0, NULL, NULL},
    {"device_name", SHAPE_TEXT, AT(device_name), 0, NULL, NULL},
    {"sealed", SHAPE_NAME, AT(sealed), 0, NULL, NULL},
    {"written_at", SHAPE_TIME, AT(written_ms), 0, NULL, NULL},
    {"received_at", SHAPE_TIME, AT(received_ms), 0, NULL, NULL},
};
#undef AT
static const struct shape concern_shape = SHAPE_OF(view_concern, concern_fields);

static json_t *readers(const struct hub *hub) {
  json_t *list = json_array();
  for (size_t i = 0; i < hub->reader_count; i++) {
    char key[2 * key_bytes + 1];
    hex_encode(key, slice_of(hub->readers[i].public_key, key_bytes));
    json_t *one = json_pack("{s:I, s:s, s:s}", "number", (json_int_t)hub->readers[i].number, "name",
                            hub->readers[i].name, "key", key);
    if (json_array_append_new(list, one) == 0) continue;
    json_decref(list);
    return NULL;
  }
  return list;
}

err api_concerns(struct api_call *c) {
  const struct hub *hub = c->api->config.hub;
  struct view_concern *list = NULL;
  size_t count = 0;
  char id[id_text_bytes];
  TRY(views_concerns(c->store, concerns_listed_max, &c->x->arena, &list, &count));
  id_text(id, &hub->id);
  json_t *body = json_pack("{s:s, s:s, s:o, s:o}", "hub", id, "phone", hub->concern_phone, "readers",
                           readers(hub), "concerns", shape_list(&concern_shape, list, count));
  return safeguarding_read(c, body, "concerns.read");
}
