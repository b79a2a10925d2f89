/* lists.c: ids and roles in a request's lists. */
#include "server/api/lists.h"

static bool holds(const struct id *list, size_t count, const struct id *id) {
  for (size_t i = 0; i < count; i++) {
    if (id_equal(&list[i], id)) return true;
  }
  return false;
}

#define AT(member) offsetof(struct view_activity, member)
static const struct shape_field activity_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"school", SHAPE_TEXT, AT(school_name), 0, NULL, NULL},
};
#undef AT
const struct shape lists_activity_shape = SHAPE_OF(view_activity, activity_fields);

err lists_ids(struct api_call *c, const char *name, const struct input_texts *texts, struct id **out,
              size_t *count) {
  struct id *list = arena_take(&c->x->arena, texts->count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  *out = list;
  *count = 0;
  for (size_t i = 0; i < texts->count; i++) {
    struct id id;
    if (id_parse(&id, texts->list[i]) != ERR_OK)
      return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be a list of ids", name);
    if (!holds(list, *count, &id)) list[(*count)++] = id;
  }
  return ERR_OK;
}

err lists_roles(struct api_call *c, const struct input_texts *texts, uint32_t allowed, uint32_t *out) {
  *out = 0;
  for (size_t i = 0; i < texts->count; i++) {
    int number = schema_enum_number(schema_enum("role"), texts->list[i]);
    uint32_t bit = number > 0 ? 1U << (number - 1) : 0;
    if (!(bit & allowed))
      return fault_set(&c->fault, ERR_INVALID, "\"roles\" names one that cannot be given here");
    *out |= bit;
  }
  return ERR_OK;
}
