/* gate_test.c: the queue of devices that catch up: its order, its hints, and that everybody comes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/gate.h"

static struct gate gate;

static int setup(void **state) {
  (void)state;
  gate_init(&gate);
  gate.room = 1;
  return 0;
}

static int teardown(void **state) {
  (void)state;
  gate_finish(&gate);
  return 0;
}

static struct id device(size_t n) {
  struct id id = {{0xde}};
  id.b[1] = (uint8_t)n;
  id.b[2] = (uint8_t)(n >> 8);
  return id;
}

static bool comes(size_t n, uint64_t now_ms) {
  struct id id = device(n);
  return gate_enter(&gate, &id, now_ms);
}

static uint64_t goes(size_t n, uint64_t now_ms, uint32_t chance) {
  struct id id = device(n);
  return now_ms + gate_turn_away(&gate, &id, now_ms, chance);
}

static void no_more_catch_up_at_once_than_there_is_room_for(void **state) {
  (void)state;
  gate.room = 3;
  for (size_t i = 0; i < 3; i++) assert_true(comes(i, 0));
  for (size_t i = 3; i < 10; i++) assert_false(comes(i, 0));
  gate_leave(&gate, 500);
  assert_true(comes(3, 100));
  assert_false(comes(4, 100));
}

static void the_hint_grows_with_the_queue_and_chance_spreads_it(void **state) {
  (void)state;
  uint64_t before = 0;
  assert_true(comes(0, 0));
  for (size_t i = 1; i < 100; i++) {
    assert_false(comes(i, 0));
    uint64_t hint = goes(i, 0, 0), spread = goes(i, 0, UINT32_MAX);
    assert_true(hint > before);
    assert_true(spread >= hint && spread <= 2 * hint);
    before = hint;
  }
  for (size_t i = 100; i < 1000; i++) assert_false(comes(i, 0));
  assert_true(goes(999, 0, 0) == gate_hint_ms_max / 2);
}

static void the_hint_follows_how_long_it_takes(void **state) {
  (void)state;
  assert_true(comes(0, 0));
  assert_false(comes(1, 0));
  uint64_t before = goes(1, 0, 0);
  for (int i = 0; i < 20; i++) {
    gate_leave(&gate, 30000);
    gate.inside++;
  }
  assert_true(goes(1, 0, 0) > 4 * before);
}

static void who_comes_back_when_told_goes_before_who_came_later(void **state) {
  (void)state;
  assert_true(comes(0, 0));
  assert_false(comes(1, 0));
  uint64_t due = goes(1, 0, 0);
  gate_leave(&gate, 0);
  assert_false(comes(2, due));                 /* 1 may be on its way */
  assert_false(comes(2, due + gate_grace_ms)); /* even somewhat late */
  assert_true(comes(1, due + gate_grace_ms));
}

static void room_is_not_kept_for_who_comes_much_later(void **state) {
  (void)state;
  assert_true(comes(0, 0));
  assert_false(comes(1, 0));
  uint64_t due = goes(1, 0, 0);
  gate_leave(&gate, 0);
  assert_true(comes(2, due - 1));
}

static void who_does_not_come_back_holds_nobody_up_and_keeps_a_place_for_a_while(void **state) {
  (void)state;
  assert_true(comes(0, 0));
  assert_false(comes(1, 0));
  uint64_t due = goes(1, 0, 0), late = due + gate_grace_ms + 1;
  gate_leave(&gate, 0);
  assert_true(comes(2, late));
  assert_false(comes(3, late));
  assert_false(comes(1, late));
  gate_leave(&gate, 0);
  assert_false(comes(3, late)); /* 1 stands before it, late as it was */
  assert_true(comes(1, late));
  assert_false(comes(3, late + gate_place_ms + 1));
  assert_int_equal(gate.count, 1);
}

/* Whenever room is free somebody new stands there, and the one who waits always comes back to a full house.
 */
static void nobody_is_overtaken_for_ever(void **state) {
  (void)state;
  uint64_t now = 0;
  size_t newcomer = 10, visits = 0;
  assert_true(comes(0, now));
  for (bool in = false; !in; visits++) {
    assert_true(visits <= gate_patience + 1);
    in = comes(1, now);
    if (in) break;
    uint64_t due = goes(1, now, 0);
    gate_leave(&gate, 100); /* just when it has gone */
    if (!comes(newcomer++, now + 1)) {
      assert_false(comes(newcomer++, due - 1)); /* the room is its own by now */
      now = due;
      continue;
    }
    now = due;
  }
  assert_true(visits >= gate_patience);
}

/* ---- a Monday evening ---- */

enum { crowd = 4000, crowd_room = 32, arrive_ms = 60000 };
struct visitor {
  uint64_t at, until; /* comes next; leaves */
  size_t visits;
  bool in, done;
};

static uint32_t next_random(uint64_t *random) {
  *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(*random >> 33);
}

static void one_moment(struct visitor *v, size_t n, uint64_t now, uint64_t *random) {
  if (v->in && now >= v->until) {
    gate_leave(&gate, v->until - v->at);
    v->done = true;
    v->in = false;
  }
  if (v->done || v->in || now < v->at) return;
  v->visits++;
  v->in = comes(n, now);
  if (v->in) {
    v->at = now;
    v->until = now + 500 + next_random(random) % 3500;
  } else {
    v->at = goes(n, now, next_random(random));
  }
}

static void four_thousand_devices_come_in_on_a_monday_evening(void **state) {
  (void)state;
  static struct visitor list[crowd];
  enum { step_ms = 100, ideal_ms = crowd / crowd_room * 2250 };
  uint64_t random = 7, now = 0;
  size_t done = 0, visits = 0, most = 0;
  gate.room = crowd_room;
  for (size_t i = 0; i < crowd; i++) list[i] = (struct visitor){.at = next_random(&random) % arrive_ms};
  for (; done < crowd; now += step_ms) {
    assert_true(now < 4 * (uint64_t)ideal_ms);
    done = 0;
    for (size_t i = 0; i < crowd; i++) {
      one_moment(&list[i], i, now, &random);
      done += list[i].done;
    }
    assert_true(gate.inside <= crowd_room);
  }
  for (size_t i = 0; i < crowd; i++) {
    visits += list[i].visits;
    if (list[i].visits > most) most = list[i].visits;
  }
  print_message("all in after %llu s (ideal %d s); %.1f visits each, at most %zu\n",
                (unsigned long long)(now / 1000), ideal_ms / 1000, (double)visits / crowd, most);
  assert_true(now < (uint64_t)ideal_ms * 3 / 2);
  assert_true(visits < crowd * 8);
  assert_true(most < 40);
  assert_int_equal(gate.inside, 0);
  assert_int_equal(gate.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(no_more_catch_up_at_once_than_there_is_room_for),
      TEST(the_hint_grows_with_the_queue_and_chance_spreads_it),
      TEST(the_hint_follows_how_long_it_takes),
      TEST(who_comes_back_when_told_goes_before_who_came_later),
      TEST(room_is_not_kept_for_who_comes_much_later),
      TEST(who_does_not_come_back_holds_nobody_up_and_keeps_a_place_for_a_while),
      TEST(nobody_is_overtaken_for_ever),
      TEST(four_thousand_devices_come_in_on_a_monday_evening),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
