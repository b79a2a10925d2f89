/* gate.c: a queue of devices that are mostly away. */
#include "server/core/gate.h"

#include <stdlib.h>

#include "shared/base/bytes.h"

void gate_init(struct gate *g) {
  *g = (struct gate){.room = catch_ups_max, .near_bytes = near_bytes_max, .typical_ms = catch_up_ms_typical};
}

void gate_finish(struct gate *g) {
  free(g->places);
  g->places = NULL;
  g->count = g->cap = 0;
}

static size_t find(const struct gate *g, const struct id *device) {
  for (size_t i = 0; i < g->count; i++) {
    if (id_equal(&g->places[i].device, device)) return i;
  }
  return g->count;
}

static void give_up(struct gate *g, size_t at) {
  g->count--;
  bytes_move(g->places + at, g->places + at + 1, (g->count - at) * sizeof *g->places);
}

static void forget_lost(struct gate *g, uint64_t now_ms) {
  size_t kept = 0;
  for (size_t i = 0; i < g->count; i++) {
    if (now_ms <= g->places[i].due_ms + gate_place_ms) g->places[kept++] = g->places[i];
  }
  g->count = kept;
}

static bool holds_back(const struct gate_place *p, uint64_t now_ms) {
  return now_ms <= p->due_ms + gate_grace_ms && (now_ms >= p->due_ms || p->told >= gate_patience);
}

/* Without memory or room for a place the device is turned away all the same; it only is nobody's elder. */
static void keep_place(struct gate *g, const struct id *device, uint64_t now_ms) {
  if (g->count == g->cap) {
    size_t grown = g->cap ? 2 * g->cap : 16;
    if (grown > gate_places_max) grown = gate_places_max;
    struct gate_place *places = grown > g->cap ? realloc(g->places, grown * sizeof *places) : NULL;
    if (!places) return;
    g->places = places;
    g->cap = grown;
  }
  g->places[g->count++] = (struct gate_place){.device = *device, .due_ms = now_ms};
}

bool gate_enter(struct gate *g, const struct id *device, uint64_t now_ms) {
  forget_lost(g, now_ms);
  size_t at = find(g, device), before = 0;
  for (size_t i = 0; i < at; i++) before += holds_back(&g->places[i], now_ms);
  if (g->inside + before < g->room) {
    if (at < g->count) give_up(g, at);
    g->inside++;
    return true;
  }
  if (at < g->count)
    g->places[at].due_ms = now_ms;
  else
    keep_place(g, device, now_ms);
  return false;
}

void gate_leave(struct gate *g, uint64_t spent_ms) {
  ASSERT(g->inside > 0);
  g->inside--;
  if (spent_ms) g->typical_ms = (7 * g->typical_ms + spent_ms) / 8;
}

uint32_t gate_turn_away(struct gate *g, const struct id *device, uint64_t now_ms, uint32_t chance) {
  size_t at = find(g, device);
  uint64_t wait = g->typical_ms * (at / (g->room ? g->room : 1) + 1);
  if (wait < 2 * gate_hint_ms_min) wait = (uint64_t)2 * gate_hint_ms_min;
  if (wait > gate_hint_ms_max) wait = gate_hint_ms_max;
  wait = wait / 2 + chance % (wait / 2 + 1);
  if (at < g->count) {
    g->places[at].due_ms = now_ms + wait;
    g->places[at].told++;
  }
  return (uint32_t)wait;
}
