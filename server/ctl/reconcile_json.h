/* reconcile_json.h: work items and quarantine as JSON, for a shell. */
#ifndef TUTTI_SERVER_CTL_RECONCILE_JSON_H
#define TUTTI_SERVER_CTL_RECONCILE_JSON_H

#include <jansson.h>

#include "server/core/reconcile.h"

/* {"items": […], "quarantine": […], "held": N}. NULL without memory; *e says when the store failed. */
json_t *reconcile_list_json(struct store *s, struct arena *a, err *e);
json_t *reconcile_item_json(struct store *s, const struct item_view *v, struct arena *a, err *e);

#endif
