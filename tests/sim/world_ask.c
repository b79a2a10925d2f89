/* world_ask.c: the office asks people about a matter, withdraws some of it, and they answer between their
 * marks, which settle some matters by themselves. What somebody was told is saved is the answer at the hub,
 * nobody is asked about what is no matter any more, and in the end every device shows what still waits (21).
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/model.h"
#include "tests/sim/sim_question.h"

enum { questions_max = 48, ask_words_bytes = 40 };
struct asked {
  struct id id;
  const struct sim_device *to;
  bool real;                 /* it is about a matter that the hub knows of */
  const struct table *table; /* of the row that is contested; NULL: none is */
  struct id row;
  uint8_t unit;
  bool withdrawn;
  bool tried, said; /* an answer was asked for; told that it is saved */
  char words[ask_words_bytes];
};
struct asking {
  struct asked list[questions_max];
  size_t count;
};

static void setup(struct sim *s) {
  s->own = calloc(1, sizeof(struct asking));
  if (!s->own) abort();
}

static uint32_t unit_of(size_t column) { return 1U << schema_table(TABLE_question)->columns[column].unit; }

/* One of those that are open, if there is any. */
static void choose_matter(struct sim *s, struct asked *one, char text[id_text_bytes]) {
  struct arena a = ARENA_INIT(1 << 20);
  struct store_item *list;
  struct id nothing = {{0x55}};
  size_t count;
  if (s->hub.store->ops->work_item_list(s->hub.store, questions_max, &a, &list, &count) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub cannot list what waits");
  const struct store_item *matter = count ? &list[sim_below(&s->random, count)] : NULL;
  one->real = matter != NULL;
  if (matter && matter->kind == ITEM_CONFLICT) {
    one->table = matter->table;
    one->row = matter->row;
    one->unit = matter->unit;
  }
  id_text(text, matter ? &matter->id : &nothing);
  arena_finish(&a);
}

static void ask(struct sim *s, struct sim_device *d) {
  struct asking *a = s->own;
  struct disk_trouble kept;
  char matter[id_text_bytes];
  if (d->retired || a->count == questions_max) return;
  struct asked *one = &a->list[a->count++];
  *one = (struct asked){.id = {{0xfa, (uint8_t)a->count}}, .to = d};
  sim_office_begin(s, &kept);
  choose_matter(s, one, matter);
  struct op op = {
      .table = schema_table(TABLE_question), .row = one->id, .units = 1 | unit_of(COL(question, text))};
  op.values[COL(question, staff)] = value_id(&d->staff);
  op.values[COL(question, item)] = value_text(slice_text(matter));
  op.values[COL(question, learner)] = value_id(&s->learners[sim_below(&s->random, 3)]);
  op.values[COL(question, text)] = value_text(slice_text("Was she there?"));
  s->office_wrote = true;
  hub_world_put(&s->hub, &op);
  sim_office_end(s, &kept);
  sim_say(s, "the office asks %zu: question %zu%s", d->number, a->count, one->real ? " about a matter" : "");
}

static void withdraw(struct sim *s, struct sim_device *any) {
  struct asking *a = s->own;
  struct disk_trouble kept;
  (void)any;
  if (a->count == 0) return;
  struct asked *one = &a->list[sim_below(&s->random, a->count)];
  struct op op = {
      .table = schema_table(TABLE_question), .row = one->id, .units = unit_of(COL(question, withdrawn))};
  op.values[COL(question, withdrawn)] = value_int(1);
  s->office_wrote = one->withdrawn = true;
  sim_office_begin(s, &kept);
  hub_world_put(&s->hub, &op);
  sim_office_end(s, &kept);
  sim_say(s, "the office withdraws question %zu", (size_t)(one - a->list) + 1);
}

static void keep_house(struct sim *s, struct sim_device *any) {
  struct disk_trouble kept;
  (void)any;
  sim_office_begin(s, &kept);
  hub_host_tidy(&s->hub);
  sim_keep_house(s); /* tells everybody */
  sim_office_end(s, &kept);
}

static struct asked *asked_of(struct asking *a, const struct id *id) {
  for (size_t i = 0; i < a->count; i++) {
    if (id_equal(&a->list[i].id, id)) return &a->list[i];
  }
  return NULL;
}

/* The first that waits. One that cannot answer may have kept it all the same. */
static void answer(struct sim *s, struct sim_device *d) {
  struct asking *a = s->own;
  struct id id;
  if (!sim_find_question(d, &id)) return;
  struct asked *one = asked_of(a, &id);
  if (!one || one->to != d)
    sim_fail(s, "21 questions", "device %zu shows one that nobody asked there", d->number);
  if (one->said) sim_fail(s, "21 questions", "device %zu asks again what was answered", d->number);
  if (!one->tried)
    (void)snprintf(one->words, sizeof one->words, "Answer %zu of device %zu", (size_t)(one - a->list) + 1,
                   d->number);
  one->tried = true;
  one->said = core_host_call(&d->host, "question.answer", "question:i text:t", &id, one->words);
  sim_say(s, "%zu answers question %zu: %s", d->number, (size_t)(one - a->list) + 1,
          one->said ? "said saved" : d->host.code);
}

static const struct sim_action actions[] = {
    {.name = "ask", .fault = FAULT_none, .chance = 100, .act = ask},
    {.name = "answer", .fault = FAULT_none, .chance = 120, .act = answer},
    {.name = "withdraw", .fault = FAULT_none, .chance = 30, .act = withdraw},
    {.name = "housekeeping", .fault = FAULT_none, .chance = 80, .act = keep_house},
    {.name = NULL},
};

/* There is nothing to decide about it, says the model. A notice that explains an absence ends a matter too.
 */
static bool is_settled(struct sim *s, const struct asked *one) {
  struct model_unit u;
  if (!one->table) return false;
  model_unit(model_of(s), one->table, &one->row, one->unit, &u);
  return !u.conflict;
}

static bool waits_at_hub(struct sim *s, const struct asked *one) {
  struct arena a = ARENA_INIT(1 << 20);
  struct row row;
  const struct store_ops *ops = s->hub.store->ops;
  if (ops->load_row(s->hub.store, schema_table(TABLE_question), &one->id, &a, &row) != ERR_OK || !row.exists)
    sim_fail(s, "21 questions", "the hub has lost one");
  const struct value *text = &row.values[COL(question, answer)];
  bool answered = text->kind == VALUE_TEXT;
  if (answered && (!one->tried || !slice_equal(text->text, slice_text(one->words))))
    sim_fail(s, "21 questions", "the hub has an answer that nobody gave");
  if (one->said && !answered)
    sim_fail(s, "21 questions", "\"%s\" was said to be saved, and is not at the hub", one->words);
  const bool over = row.values[COL(question, withdrawn)].kind == VALUE_INT;
  if (over && !one->withdrawn && !one->real)
    sim_fail(s, "21 questions", "the hub withdrew one by itself, whose matter it does not know");
  if (!over && !answered && is_settled(s, one))
    sim_fail(s, "21 questions", "one waits whose matter was settled");
  arena_finish(&a);
  return !answered && !over;
}

static void check(struct sim *s) {
  struct asking *a = s->own;
  keep_house(s, NULL);
  sim_settle(s);
  sim_pass(s, reconnect_max_ms); /* whose silent line the hub let go just now hears of it with the next one */
  sim_settle(s);
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    size_t waiting = 0, shown = 0;
    for (size_t k = 0; k < a->count; k++) waiting += a->list[k].to == d && waits_at_hub(s, &a->list[k]);
    if (!core_host_call(&d->host, "question.list", ""))
      sim_fail(s, "21 questions", "device %zu: %s", d->number, d->host.text);
    (void)core_host_list(d->host.result, "questions", &shown);
    if (shown != waiting)
      sim_fail(s, "21 questions", "device %zu shows %zu of %zu that wait", d->number, shown, waiting);
  }
}

const struct sim_world sim_world_ask = {
    .name = "ask",
    .devices = 2,
    .steps = 60,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_lost] = 4,
               [FAULT_power] = 30,
               [FAULT_hub_restart] = 20,
               [FAULT_clock] = 20,
               [FAULT_garbage] = 10,
               [FAULT_memory] = 10,
               [FAULT_full] = 10},
    .actions = actions,
    .setup = setup,
    .check = check,
    .oracle = "21 questions",
};
