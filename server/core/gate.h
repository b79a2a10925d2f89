/* gate.h: how many devices may catch up at once, and in which order the others come in. Pure: time and chance
 * are arguments. One for all sessions of a hub, touched by the loop's thread alone.
 *
 * Who finds no room keeps a place in the queue under the device's id, also while it is away. A place holds
 * the younger ones back
 *   - while its device stands at the gate, or was told to be back by now and may be on its way;
 *   - before that time too, once it has been told to come back gate_patience times.
 * So room is not left empty for somebody who comes much later, and nobody is overtaken for ever: after its
 * last hint only older places go before a device, each of them comes in or is given up in bounded time, and
 * nobody counts as catching up for longer than catch_up_ms_max. */
#ifndef TUTTI_SERVER_GATE_H
#define TUTTI_SERVER_GATE_H

#include "shared/base/err.h"
#include "shared/base/id.h"
#include "shared/base/limits.h"

struct gate_place {
  struct id device;
  uint64_t due_ms; /* when it was here last, or was told to come */
  uint32_t told;   /* how often it was told to come back */
};
struct gate {
  size_t room;         /* how many may catch up at once */
  uint64_t near_bytes; /* of the feed, that a session gets without coming in */
  size_t inside;
  size_t bundles;            /* that all sessions together asked to be taken, not answered yet */
  uint64_t typical_ms;       /* how long one is inside, by those who were */
  struct gate_place *places; /* oldest first; from malloc */
  size_t count, cap;
};
void gate_init(struct gate *g); /* with catch_ups_max and near_bytes_max; both may be changed before use */
void gate_finish(struct gate *g);
/* True: the device is inside, until gate_leave, and its place is given up. False: it has a place and stands
 * at the gate, so it is asked for again (about once a second) until it comes in or is turned away. */
bool gate_enter(struct gate *g, const struct id *device, uint64_t now_ms);
/* `spent_ms`: how long it took to catch up; 0: it did not. */
void gate_leave(struct gate *g, uint64_t spent_ms);
/* Milliseconds after which the device should be back: more the further behind in the queue it is. Between
 * half and all of what it will probably take, by `chance`: who comes early is told a shorter time and meets a
 * full house, who comes late would leave room empty. */
uint32_t gate_turn_away(struct gate *g, const struct id *device, uint64_t now_ms, uint32_t chance);

#endif
