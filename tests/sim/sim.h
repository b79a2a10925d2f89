/* sim.h: one simulated world: a hub, its devices, their disks, clocks and lines, what people were told, and
 * what must hold. Worlds (world_*.c) and oracles (oracle_*.c) are files of their own; the build gathers them.
 */
#ifndef TUTTI_TESTS_SIM_H
#define TUTTI_TESTS_SIM_H

#include "proto/lease.h"
#include "tests/lib/core_host.h"
#include "tests/lib/hub_world.h"
#include "tests/sim/disk.h"
#include "tests/sim/sim_build.h"
#include "tests/sim/sim_random.h"

enum {
  sim_devices_max = 6,
  sim_disks_max = 2 + 2 * sim_devices_max,
  sim_learners = 4,
  sim_notes_kept = 32, /* that were said to be saved on one device, and are looked for */
  sim_codes = 8,       /* one more than the product has: a later build adds a word */
  sim_steps_max = 256,
  sim_bundles_max = 512,
  sim_question_id = 0xfb, /* begins the id of a question that names no learner, so that an erasure ends it */
  sim_events_kept = 200,
  sim_event_bytes = 120
};
enum sim_fault {
  FAULT_none, /* of an action that is no fault */
#define FAULT(name, what) FAULT_##name,
#include "tests/sim/faults.def"
#undef FAULT
  sim_fault_count
};

/* ---- a run: what is asked, and what it leaves ---- */

/* The same plan gives the same run, bit for bit. */
struct sim_plan {
  uint64_t seed;
  bool skip[sim_steps_max];  /* steps left out: each draws from dice of its own, so that the others stay */
  bool off[sim_fault_count]; /* faults left out */
  uint64_t deaf;             /* oracles left out, as bits: shows which of them alone notices something */
  bool deaf_world;           /* the world's own checks are */
};
/* Outlives the run's process, so that a run that aborts still tells its story. */
struct sim_report {
  char events[sim_events_kept][sim_event_bytes];
  uint16_t steps[sim_events_kept]; /* in which each happened */
  size_t event_count;
  uint64_t hash;    /* of all events and all bytes carried */
  char speaker[32]; /* the oracle whose turn it is; empty: nobody's */
  char oracle[32], text[400], operation[sim_event_bytes];
  char hub_digest[65], other_digest[65], other[32]; /* `other`: whose the second one is */
  size_t step, step_count;
  bool done;
};

/* ---- worlds and oracles ---- */

struct sim;
struct sim_device;
struct model;
struct sim_action { /* something that may happen in a step; a list ends with a zero */
  const char *name;
  enum sim_fault fault; /* its chance is the world's; FAULT_none: it has its own */
  int chance;           /* per mille */
  void (*act)(struct sim *s, struct sim_device *d);
};
struct sim_world {
  const char *name;
  int devices, steps;
  int faults[sim_fault_count]; /* per mille */
  bool by_hand;                /* no line before the end: files alone */
  bool updates;                /* machines are updated in the middle of life; see sim_build.h */
  size_t catch_ups;            /* as many may catch up at once, however little they need; 0: as it is */
  /* All may be NULL. */
  const struct sim_action *actions;                  /* tried before the common ones */
  void (*setup)(struct sim *s);                      /* all are enrolled; the same for every seed */
  void (*begin)(struct sim *s);                      /* the dice are the seed's now */
  void (*boot)(struct sim *s, struct sim_device *d); /* it has power and is signed in again */
  void (*hub_boot)(struct sim *s);                   /* before the store is opened: disks may be exchanged */
  void (*hub_open)(struct sim *s);                   /* the hub's store was opened, for whatever reason */
  void (*heal)(struct sim *s);                       /* the first thing when faults end */
  void (*check)(struct sim *s);                      /* before the oracles */
  void (*after)(struct sim *s); /* and then, whether it was heard or not: takes back what it was there for */
  const char *oracle; /* what `check` says when something does not hold, with its number in README.md */
};
extern const struct sim_world *const sim_worlds[];
extern const size_t sim_world_count;
/* One that holds in every world; `number` is that of the list in README.md. */
struct sim_oracle {
  int number;
  const char *name;
  void (*boot)(struct sim *s, struct sim_device *d); /* a device came back */
  void (*look)(struct sim *s, struct sim_device *d); /* it heard of the hub in the last step, and is well */
  void (*open)(struct sim *s, struct sim_device *d); /* a device opens its line */
  void (*hub_boot)(struct sim *s);                   /* the hub came back */
  void (*end)(struct sim *s);                        /* everybody has healed */
};
extern const struct sim_oracle *const sim_oracles[];
extern const size_t sim_oracle_count;
/* Whether it is not left out; and its turn, if it has a hook and is not. */
bool sim_hears(const struct sim *s, const struct sim_oracle *o);
bool sim_hears_world(const struct sim *s); /* the same of the world's own */
void sim_ask(struct sim *s, const struct sim_oracle *o, void (*hook)(struct sim *s));
void sim_ask_about(struct sim *s, const struct sim_oracle *o,
                   void (*hook)(struct sim *s, struct sim_device *d), struct sim_device *d);

/* ---- state ---- */

struct sim_bundle { /* one the hub was given, by whatever carrier */
  struct buf bytes;
  struct id device;
  uint32_t incarnation;
  uint64_t seq;
  bool opened;
  uint8_t key[key_bytes];  /* of its content, if it could be opened */
  struct now tried;        /* when it was given last */
  bool stored;             /* found in the hub's store */
  bool ever;               /* the same, before a restore too */
  struct receipt *receipt; /* the hub's, as it was read last from the bytes beside it; NULL: never */
  struct buf receipt_bytes;
  struct arena receipt_arena;
  struct now stored_at;
};
struct sim_said {                     /* what one person was told is saved */
  uint8_t last[sim_learners];         /* the code shown last; 0: none */
  uint8_t doubt[sim_learners];        /* asked for when the power failed: it may or may not be there */
  bool ever[sim_learners][sim_codes]; /* said saved at some time */
  uint32_t tries[sim_learners];       /* changes asked for, said or not */
};
struct sim_note { /* one said to be saved */
  struct id id;
  size_t learner;
};
struct sim_device {
  size_t number;
  size_t named;                  /* whose identity it has: its own number, but for a copy */
  const struct sim_build *build; /* that it runs */
  struct core_host host;
  struct disk disk;
  struct hub_line line;
  bool up, unlocked, retired; /* retired: its grant has ended, it works no more */
  bool at_door;               /* it stands at the door, or may: nobody works on it before they leave that */
  bool gone;                  /* it has emptied itself, and is no device any more */
  bool forgetful;   /* it is a copy, was copied or set back: what it said may be another's to keep */
  int cut_off;      /* steps for which nothing passes */
  size_t cut_short; /* unlocks in a row that a power cut ended: each counts as a wrong PIN, as it must */
  bool imported;    /* a reply file, since its line was opened last */
  uint32_t link;
  struct id staff;
  uint8_t lease_secret[key_bytes]; /* the office's: it reads codes over the telephone */
  struct sim_said said;
  struct op_id wrote; /* the last mark made on it, as it numbered it; counter 0: none */
  struct id wrote_row;
  size_t wrote_learner;
  struct sim_note notes[sim_notes_kept];
  size_t note_count;
  int64_t changes; /* not receipted, as it last said */
  size_t receipts; /* that it showed at once, at most */
  size_t heard;    /* frames and files of the hub's that reached it since it was looked at */
  uint64_t entropy;
  uint64_t struck; /* as sim_is_struck knew it last */
};
struct old_register {
  struct id meeting; /* of Strings, in a term that is over from the day `turns` on */
  int32_t turns;
  struct old_said {
    bool said, doubt;
    uint8_t code; /* the last */
  } by[sim_devices_max][sim_learners - 1];
};
struct sim {
  const struct sim_world *kind;
  const struct sim_plan *plan;
  uint64_t random;
  struct sim_report *report;
  const struct sim_build *const *builds; /* there are, oldest first */
  size_t build_count;
  const struct sim_build *build; /* that the hub runs */
  struct hub_host hub;
  struct hub_world world;
  struct id learners[sim_learners];
  bool hub_killed;                 /* when it was started last, and the machine went on */
  struct disk hub_disk, base_disk; /* base: as it was when all devices were enrolled */
  struct disk *disks[sim_disks_max];
  size_t disk_count;
  struct sim_device *devices[sim_devices_max];
  size_t device_count;
  struct sim_bundle bundles[sim_bundles_max];
  size_t bundle_count;
  struct model *model; /* see model.h; NULL: not read yet */
  bool forgot; /* the hub was restored, and may lack what it had said it has until that was sent again */
  bool office_wrote;        /* after the base was taken */
  struct old_register *old; /* NULL: there is none */
  bool kit_moves;           /* the office enrolled or removed Kit in Strings */
  bool calm;                /* nothing goes wrong: before and after life */
  bool crowded;             /* a device that is not simulated catches up */
  struct buf bag;           /* a file that stays in somebody's bag, and whose it is; NULL: none */
  struct sim_device *bag_of;
  void *own;                 /* the world's, from its setup or begin */
  bool erased[sim_learners]; /* the office began to; from then on they may be gone, in the end they are */
  const char *words[sim_learners]; /* what people write about one; NULL: the usual */
  struct hub_box_key
      burnt[hub_keys_max]; /* intake keys that the hub destroyed; the simulator opens with them */
  size_t burnt_count;
};

/* sim.c: the clockwork. A world is prepared once and then lived from each seed in a process of its own. */
struct sim_engine {
  struct sim *(*prepare)(struct sim_report *report, const char *world, const struct sim_build *const *builds,
                         size_t count);
  void (*live)(struct sim *s, const struct sim_plan *plan);
};
extern const struct sim_engine sim_engine;
void sim_say(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_operation(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void sim_fail(struct sim *s, const char *oracle, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* For sim_fail: the digest that the hub's should have been. */
void sim_note_digest(struct sim *s, const char *whose, const uint8_t digest[hash_bytes]);
bool sim_chance(struct sim *s, int per_mille);
bool sim_strikes(struct sim *s, enum sim_fault fault); /* as often as the world says */
void sim_pass(struct sim *s, int64_t ms);              /* time goes by everywhere */
const char *sim_fault_name(enum sim_fault fault);

/* sim_carry.c, sim_frame.c: lines */
bool sim_round(struct sim *s); /* everything that waits is carried once; false when nobody spoke */
void sim_settle(struct sim *s);
void sim_cut_line(struct sim *s, struct sim_device *d);  /* the hub notices */
void sim_line_down(struct sim *s, struct sim_device *d); /* both notice */
struct sim_bundle *sim_given(struct sim *s, struct slice bytes);
void sim_find_stored(struct sim *s);
/* The lowest schema version that can say it. */
uint32_t sim_bundle_schema(struct sim *s, const struct sim_bundle *b);
/* What was sealed in it, with memory from `a`; the error of whoever cannot read it. */
MUST_USE err sim_bundle_content(struct sim *s, const struct sim_bundle *b, struct arena *a,
                                struct bundle_content *out);
/* Do the bytes stand in what was sealed? */
bool sim_bundle_holds(struct sim *s, const struct sim_bundle *b, struct slice what);
/* An event for a core that has not failed. */
void sim_step(struct sim_device *d, enum event_kind kind, struct slice bytes);
bool sim_carry_up(struct sim *s, struct sim_device *d);
bool sim_carry_down(struct sim *s, struct sim_device *d);

/* sim_copy.c */
struct sim_copy { /* of the first device's disk */
  struct disk disk;
  bool taken;
};
void sim_copy_disk(struct sim *s, struct sim_copy *copy);
/* The first time there is none yet, and one is taken. */
void sim_put_copy_back(struct sim *s, struct sim_copy *copy);

/* sim_cases.c: every open case about a child is ended, at this hub. The store's error. */
MUST_USE err sim_end_cases(const struct sim *s, struct hub_host *h, size_t child);

/* sim_power.c */
void sim_device_start(struct sim *s, struct sim_device *d);
void sim_power(struct sim *s); /* machines without power start again, and what they promised is checked */
void sim_kill_device(struct sim *s, struct sim_device *d);
void sim_kill_hub(struct sim *s);
/* A second disk of the hub's machine: what ends at it ends the hub, and what ended the hub it goes through
 * too. */
void sim_end_with(struct sim *s, const struct disk *second);
void sim_boot_beside(struct sim *s, struct disk *second);
/* One of three, by dice beside the step's, so that every other story stays what it was. */
bool sim_takes_program(const struct sim *s);
void sim_restored(struct sim *s); /* the hub, from a backup, just now: before it opens its store */
extern const struct sim_action sim_machine_actions[];

/* sim_setup.c */
void sim_setup(struct sim *s);
/* One more device, enrolled over the line. */
struct sim_device *sim_add_device(struct sim *s, const struct id *staff);
/* One more machine with an empty disk, not started. */
struct sim_device *sim_add_machine(struct sim *s, const struct id *staff);
bool sim_unlock(struct sim_device *d); /* rings the office first when the lease has ended; leaves the door */
void sim_hub_store(struct sim *s, struct hub_host *h, bool create);
void sim_hub_gate(struct sim *s); /* it knows nobody: the hub starts */

/* sim_act.c, sim_person.c, sim_usb.c, oracle_garbage.c */
void sim_act(struct sim *s);
void sim_garbage(struct sim *s, struct sim_device *any);
void sim_damage(struct sim *s, struct slice bundle); /* what the hub makes of it with a bit turned over */
void sim_mark(struct sim *s, struct sim_device *d);
void sim_mark_as(struct sim *s, struct sim_device *d, const char *word);    /* a word of its build's */
void sim_note_written(struct sim *s, struct sim_device *d, size_t learner); /* oracle_own.c */
void sim_note_written_at(struct sim *s, struct sim_device *d, const struct id *session, size_t learner);
void sim_note_added(struct sim_device *d, size_t learner); /* by the last call: oracle_authored.c */
void sim_change(struct sim *s, struct sim_device *d);
void sim_finish_as(struct sim *s, struct sim_device *d, const char *rest); /* the code of whoever has none */
void sim_check_refusal(struct sim *s, const struct sim_device *d, const char *what);
void sim_lock_or_hold(struct sim *s, struct sim_device *d);
void sim_usb(struct sim *s, struct sim_device *d);
void sim_usb_last(struct sim *s, struct sim_device *d);        /* of the file only the end can be read */
void sim_bring_to_office(struct sim *s, struct sim_device *d); /* a file, taken as the office's page does */
/* A file stays in a bag, in the place of the one before; and comes at last, with or without an answer. */
void sim_put_off(struct sim *s, struct sim_device *d);
void sim_bring(struct sim *s, struct sim_device *any);
/* The hub imports a file and, unless its power fails, answers. */
bool sim_take_file(struct sim *s, struct sim_device *d, struct slice file, struct buf *reply);
extern const struct sim_action sim_office_actions[];
void sim_keep_house(struct sim *s);
/* old_register.c */
void sim_old_setup(struct sim *s);
void sim_old_mark(struct sim *s, struct sim_device *d);
void sim_old_house(struct sim *s, struct sim_device *any); /* housekeeping: in it the term turns */
void sim_old_check(struct sim *s);
void sim_put_term(struct sim *s, uint8_t no, int32_t starts, int32_t ends);
/* The office lets in what waits of a bundle; and of all that a fork left waiting, which nobody sends anew. */
void sim_release(struct sim *s, const struct sim_bundle *b, const char *why);
void sim_release_forks(struct sim *s);
void sim_tell(struct sim *s, const struct change_set *changes); /* whoever is on the line */

/* sim_trouble.c */
extern const struct sim_action sim_trouble_actions[];
uint64_t sim_struck(const struct sim_device *d); /* how often its disk, or the memory, failed so far */
bool sim_is_struck(struct sim_device *d);        /* since it was asked last */
void sim_end_trouble(struct sim *s);
/* The hub's disk works between the two: for the simulator's own reading and writing. */
void sim_office_begin(struct sim *s, struct disk_trouble *kept);
void sim_office_end(struct sim *s, const struct disk_trouble *kept);

/* sim_look.c: what oracles read */
/* What a bundle is opened with, whether the hub still has it or not. Fails the run for a key nobody ever had.
 */
const struct box_keys *sim_intake(struct sim *s, uint32_t number);
bool sim_holds(struct slice bytes, struct slice what);
const item *sim_rows_of(struct sim_device *d, const struct id *session, size_t *count);
const item *sim_find_row(const item *rows, size_t count, const struct id *learner);
uint8_t sim_row_code(const item *row);
bool sim_knows_code(const struct sim_build *b, uint8_t code); /* has it a word for it? */
void sim_digest(struct sim *s, struct hub_host *h, uint8_t out[hash_bytes]);
void sim_must_equal(struct sim *s, const char *oracle, struct hub_host *h, const uint8_t before[hash_bytes]);
/* The hub's receipt for a bundle it stored; false when it has none. What it points to lasts until the hub has
 * another one. */
bool sim_receipt(struct sim *s, struct sim_bundle *b, struct arena *a, struct receipt *out);
/* Nobody but this device ever touched the learner's mark. */
bool sim_alone(const struct sim *s, const struct sim_device *d, size_t learner);

#endif
