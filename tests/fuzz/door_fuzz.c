/* door_fuzz.c: what a page may ask an unlocked device: calls of any bytes, and calls that are well formed but
 * mean anything. Each is answered in the shape commands.def gives it, and the device goes on. */
#include <stdio.h>
#include <stdlib.h>

#include "client/core/calls.h"
#include "tests/lib/core_again.h"
#include "tests/lib/field_world.h"
#include "tests/lib/fuzz_input.h"

enum { calls_max = 64, made_bytes_max = 1 << 20 };

static struct field_world *world;
static struct core_again again;

static void leave(void) {
  void *state = world;
  core_again_finish(&again);
  (void)field_world_close(&state);
}

/* The device as it was made: on, with its line held down, and Ann signed in. */
static void begin_anew(void) {
  core_again_put(&again);
  core_host_start(&world->host);
  fake_hub_unlock(&world->hub, &fake_ann);
  core_host_forget_topics(&world->host);
}

static void world_make(void) {
  void *state = NULL;
  ASSERT(field_world_open(&state) == 0);
  world = state;
  core_host_stop(&world->host);
  world->host.config.hold = true;
  core_again_take(&again, &world->host);
  begin_anew();
  (void)atexit(leave);
}

/* ---- calls made of numbers: most are refused late, in the command itself ---- */

static const struct id *some_id(uint8_t n) {
  static struct id players[4];
  const struct id *known[] = {&fake_ann,   &fake_bob,           &fake_strings,    &fake_solo,
                              &fake_brass, &fake_strings_today, &fake_solo_today, &fake_brass_today,
                              &fake_ben,   &fake_zoe,           &players[0],      &players[1]};
  for (size_t i = 0; i < 4; i++) players[i] = fake_player(i + 1);
  return known[n % (sizeof known / sizeof known[0])];
}

static void pack_word_of(struct packer *p, const char *vocabulary, uint8_t n) {
  const struct enum_type *e = schema_enum(vocabulary);
  size_t count = 0;
  while (e->values[count].word) count++;
  pack_word(p, count ? e->values[n % count].word : "");
}

static void pack_date(struct packer *p, uint8_t n) {
  static const char *const dates[] = {"2026-11-21", "2026-11-20", "2026-11-28", "1900-01-01", "9999-12-31"};
  pack_word(p, dates[n % 5]);
}

static void pack_text_of(struct packer *p, uint8_t n, struct slice *in) {
  static const char *const texts[] = {"274951", "850266", "note", "TUTTI-AAAA", "Zo\xc3\xab"};
  if (n < 128)
    pack_word(p, texts[n % 5]);
  else
    pack_text(p, input_piece(in));
}

static void pack_scalar(struct packer *p, const struct call_type *t, struct slice *in) {
  uint8_t n = input_u8(in);
  switch (t->kind) {
  case CALL_ID: pack_id_hex(p, some_id(n)); break;
  case CALL_DATE: pack_date(p, n); break;
  case CALL_BOOL: pack_bool(p, n & 1); break;
  case CALL_WORD: pack_word_of(p, t->of, n); break;
  case CALL_BYTES: pack_bytes(p, input_piece(in)); break;
  case CALL_TEXT:
  case CALL_LONG_TEXT: pack_text_of(p, n, in); break;
  case CALL_MINUTE: pack_u64(p, (uint64_t)n * 6); break;
  default: pack_i64(p, n == 255 ? INT64_MIN : n == 254 ? INT64_MAX : n == 253 ? -1 : n); break;
  }
}

static void pack_arg(struct packer *p, const struct call_type *t, struct slice *in) {
  struct call_type one = {t->kind == CALL_WORDS ? CALL_WORD : CALL_TEXT, t->of};
  if (t->kind != CALL_WORDS && t->kind != CALL_TEXTS) {
    pack_scalar(p, t, in);
    return;
  }
  size_t count = input_u8(in) % 4;
  pack_array(p, count);
  for (size_t i = 0; i < count; i++) pack_scalar(p, &one, in);
}

/* Which of its arguments are given is drawn too. */
static void pack_call(struct packer *p, const struct call_command *c, struct slice *in) {
  size_t count = 0, given = 0;
  uint8_t left_out = input_u8(in);
  while (c->args[count].name) count++;
  for (size_t i = 0; i < count; i++) given += c->args[i].required || !(left_out >> (i % 8) & 1);
  pack_array(p, 3);
  pack_u64(p, 9);
  pack_word(p, c->word);
  pack_map(p, given);
  for (size_t i = 0; i < count; i++) {
    if (!c->args[i].required && left_out >> (i % 8) & 1) continue;
    pack_word(p, c->args[i].name);
    pack_arg(p, &c->args[i].type, in);
  }
}

/* ---- the device ---- */

static void give(struct slice call) {
  world->host.replied = false;
  core_host_step(&world->host, EV_CALL, 3, call);
  ASSERT(world->host.step_error == ERR_OK);
}

static void call_by_numbers(struct slice *in) {
  const struct call_command *c = &call_commands[input_u8(in) % call_command_count];
  struct buf bytes = BUF_INIT(made_bytes_max);
  struct packer p;
  pack_init(&p, &bytes);
  pack_call(&p, c, in);
  if (pack_end(&p) == ERR_OK) give(buf_slice(&bytes));
  buf_finish(&bytes);
}

/* An input begins with the same device; only one that changed nothing leaves it to the next. */
static void begin_anew_if_changed(void) {
  if (world->host.topic_count > 0 || world->host.count > 0 || world->host.link_wanted) begin_anew();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  if (!world) world_make();
  uint8_t kind = input_u8(&in);
  if (kind == 0) give(in);
  for (size_t i = 0; kind && in.len > 0 && i < calls_max; i++) {
    if (kind == 2)
      give(input_piece(&in));
    else
      call_by_numbers(&in);
  }
  if (kind > 2) core_host_pass(&world->host, (int64_t)kind * 1000);
  begin_anew_if_changed();
  return 0;
}
