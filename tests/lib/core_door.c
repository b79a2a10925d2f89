/* core_door.c: this build's doors of the field client. */
#include "tests/lib/core_door.h"

const struct core_door core_door = {.create = core_create, .step = core_step, .destroy = core_destroy};
