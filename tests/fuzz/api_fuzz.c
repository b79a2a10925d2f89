/* api_fuzz.c: the office API over the store it runs on: questions of every role to every address, one after
 * the other, as pages and scripts and whoever else ask them. None is answered with "our fault", an answer
 * that refuses has its sentence, and neither it nor a GET changes anything, and nobody is told of another
 * hub.
 */
#include <stdio.h>
#include <string.h>

#include "server/import/uploads.h"
#include "tests/contract/api/matters.h"
#include "tests/fuzz/api_ask.h"
#include "tests/fuzz/api_state.h"
#include "tests/lib/hub_again.h"

enum { questions_max = 6, steps_max = 16 };
static struct ingest_world *const w = &ingest_world;
static const char elsewhere[] = "Otherhub"; /* stands in the other hub's rows alone */
static struct {
  struct store *reader; /* as a reader's thread has it: it cannot write */
  struct hub_again again;
  struct state state;
  struct ask_known known;
  char key[96]; /* of a script */
} fix;
static struct hub_host other;

static void must(err e) { ASSERT(e == ERR_OK); }

/* ---- a hub with something of everything ---- */

static void answer_is_learned(const char *target) {
  desk_fine();
  ask_learn(&fix.known, target, desk.json);
}

static void id_is_known(const char *noun, const struct id *id) {
  char text[id_text_bytes];
  id_text(text, id);
  json_t *one = json_string(text);
  ask_learn(&fix.known, noun, one);
  json_decref(one);
}

static void bundles_that_wait(void) {
  struct buf lost = BUF_INIT(bundle_bytes_max);
  ingest_mark(&w->device, &w->world.cam, &w->world.jo, ENUM_mark_code_AU); /* without a grant */
  (void)ingest_bring(&w->device);
  ingest_mark(&w->device, &w->world.ada, &w->world.li, ENUM_mark_code_P);
  test_device_seal(&w->device, &lost);
  ingest_mark(&w->device, &w->world.ada, &w->world.li, ENUM_mark_code_L);
  (void)ingest_bring(&w->device); /* held: one is missing before it */
  buf_finish(&lost);
}

static void people_and_keys(void) {
  char text[id_text_bytes];
  desk_sit(ENUM_role_admin);
  desk_send("/api/keys/add", json_pack("{s:s, s:[s, s]}", "name", "nightly", "roles", "office", "lead"));
  desk_fine();
  (void)snprintf(fix.key, sizeof fix.key, "Bearer %s", desk_text("key"));
  id_text(text, &w->world.strings);
  desk_send(desk_path("/api/accounts/roles/", &desk.people[ENUM_role_partner]),
            json_pack("{s:[s], s:[s]}", "roles", "partner", "activities", text));
  answer_is_learned("/api/accounts");
  desk_return(ENUM_role_partner);
}

static void lists_and_figures(void) {
  static const char list[] = "ref,first_name,last_name,dob\n0017,Jo,Sampleton,2015-02-01\n";
  struct buf coded = BUF_INIT(4096);
  struct id id;
  desk_sit(ENUM_role_office);
  desk_send("/api/import/begin", json_object());
  answer_is_learned("/api/import");
  must(id_parse(&id, slice_text(desk_text("id"))));
  must(base64url_encode(&coded, slice_text(list)));
  desk_send(desk_path("/api/import/part/", &id),
            json_pack("{s:i, s:s%}", "at", 1, "bytes", (const char *)coded.ptr, coded.len));
  desk_fine();
  desk_send(desk_path("/api/import/apply/", &id), json_pack("{s:s}", "name", "a.csv"));
  answer_is_learned("/api/import");
  desk_send("/api/snapshots/save", json_pack("{s:s, s:s}", "title", "Autumn", "period", "all"));
  desk_sit(ENUM_role_lead);
  desk_send("/api/targets/set",
            json_pack("{s:s, s:i, s:i}", "report", "tuition", "year", 2026, "goal", 1100));
  buf_finish(&coded);
}

/* A school with its contract, a partner, an instrument, a mapping for another system. */
static void schools_and_partners(void) {
  struct id school = {{0x5c, 1}};
  struct op op = {.table = schema_table(TABLE_school), .row = school, .units = 7};
  op.values[COL(school, urn)] = value_text(slice_text("012345"));
  op.values[COL(school, name)] = value_text(slice_text("Sample School"));
  op.values[COL(school, phase)] = value_int(ENUM_phase_primary);
  hub_world_put(&w->host, &op);
  desk_sit(ENUM_role_office);
  desk_send(desk_path("/api/schools/contract/", &school),
            json_pack("{s:s, s:s, s:i, s:i}", "starts", "2026-09-01", "ends", "2027-07-31", "lessons_a_year",
                      33, "notice_days", 7));
  desk_send("/api/partners/add", json_pack("{s:s}", "name", "Sample Partner"));
  desk_send("/api/plan/add", json_pack("{s:s, s:{s:s, s:s, s:s}}", "kind", "instrument", "values", "what",
                                       "Cornet", "serial", "17", "starts", "2020-09-01"));
  desk_send("/api/writeback/save",
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:[s, s], s:[s]}", "name", "Attendance", "what",
                      "attendance", "dates", "21/11/2026", "from", "2026-09-01", "delimiter", "semicolon",
                      "columns", "date=On", "code=Status", "codes", "P=/"));
}

/* What a page would know by now, so that inputs need not guess ids. */
static void read_everything(void) {
  static const struct {
    int role;
    const char *target;
  } pages[] = {{ENUM_role_admin, "/api/accounts"},
               {ENUM_role_admin, "/api/keys"},
               {ENUM_role_office, "/api/imports"},
               {ENUM_role_office, "/api/snapshots"},
               {ENUM_role_office, "/api/reports"},
               {ENUM_role_office, "/api/staff"},
               {ENUM_role_office, "/api/activities"},
               {ENUM_role_office, "/api/devices"},
               {ENUM_role_office, "/api/today"},
               {ENUM_role_office, "/api/cases"},
               {ENUM_role_office, "/api/work"},
               {ENUM_role_office, "/api/schools"},
               {ENUM_role_office, "/api/partners"},
               {ENUM_role_office, "/api/writeback"},
               {ENUM_role_office, "/api/plan/list?kind=instrument"}};
  const struct {
    const char *noun;
    const struct id *id;
  } ids[] = {{"learners", &w->world.zoe},
             {"learners", &w->world.jo},
             {"learners", &w->world.kit},
             {"staff", &w->world.ada},
             {"staff", &w->world.cam},
             {"activities", &w->world.strings},
             {"registers", &w->world.strings_today},
             {"devices", &w->device.id},
             {"accounts", &desk.people[ENUM_role_office]}};
  for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
    desk_sit(pages[i].role);
    desk_get(pages[i].target);
    answer_is_learned(pages[i].target);
  }
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) id_is_known(ids[i].noun, ids[i].id);
}

/* ---- the other hub on this server ---- */

static void make_other_hub(void) {
  struct hub_world world;
  struct op op = {.table = schema_table(TABLE_learner), .units = 1U | 1U << 1 | 1U << 4};
  hub_host_open(&other, 77);
  hub_world_make(&world, &other);
  struct entropy e = hub_host_entropy(&other);
  op.row = entropy_id(&e);
  op.values[COL(learner, first_name)] = value_text(slice_text(elsewhere));
  op.values[COL(learner, last_name)] = value_text(slice_text(elsewhere));
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_active);
  hub_world_put(&other, &op);
  id_is_known("learners", &op.row);
}

/* ---- every input finds the same hub ---- */

static void open_reader(void) {
  struct fault fault;
  must(store_sqlite_open(&fix.reader, &(struct store_sqlite_config){.path = w->host.path, .read_only = true},
                         &fault));
}

static void put_back(void) {
  if (fix.reader) fix.reader->ops->close(fix.reader);
  fix.reader = NULL;
  hub_again_put(&fix.again);
  open_reader();
}

static void leave(void) {
  if (fix.reader) fix.reader->ops->close(fix.reader);
  hub_host_close(&other);
  hub_again_finish(&fix.again);
  (void)desk_close(NULL);
}

static void make_everything(void) {
  (void)desk_open(NULL);
  desk.password = (struct password_cost){.passes = 1, .memory_kib = 64};
  desk_again();
  make_other_hub();
  (void)matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  (void)matter_walk_in("Joe", "Testing");
  ingest_mark(&w->device, &w->world.ada, &w->world.li, ENUM_mark_code_AU);
  (void)ingest_bring(&w->device);
  matter_close_register();
  bundles_that_wait();
  for (int role = ENUM_role_office; role <= ENUM_role_partner; role++) desk_return(role);
  people_and_keys();
  lists_and_figures();
  schools_and_partners();
  read_everything();
  state_take(&fix.state, w->host.store);
  hub_again_take(&fix.again, &w->host);
  open_reader();
  (void)atexit(leave);
}

/* ---- one question ---- */

static void sit(const struct ask *a) {
  desk.bearer = NULL;
  desk_stand();
  if (a->who >= ASK_ROLE_FIRST && a->who <= ASK_ROLE_LAST)
    desk_sit(ENUM_role_office + (int)(a->who - ASK_ROLE_FIRST));
  if (a->who == ASK_KEY) desk.bearer = fix.key;
  if (a->who == ASK_OTHER_HUB) desk_sit(100); /* a sign-in that this hub does not know */
  if (a->without_token) desk.csrf[0] = 0;
  desk.from_elsewhere = a->from_elsewhere;
}

static struct store *on_thread(enum http_next where) {
  return where == HTTP_WRITER ? w->host.store : fix.reader;
}

static void step_is_whole(enum http_next where) { ASSERT(!state_in_transaction(on_thread(where))); }

/* What a request that is refused, or that only reads, may write all the same: that it was made, how often
 * somebody guessed, that somebody is there, that a matter was shown; and sums that follow from the rows. */
#define SUMS                                                                                                 \
  "tally_due", "tally_activity", "tally_learner", "tally_owed", "tally_home", "tally_home_due", "tally_spell"
static const char *const noted[] = {"audit", "login", "person", SUMS, NULL};
static const char *const looked[] = {"audit", "login", "item_event", SUMS, NULL};

static void nothing_changed(const struct state *before, const char *const *but) {
  struct state after;
  state_take(&after, w->host.store);
  const char *table = state_difference(before, &after, but);
  if (table) fail_msg("%s was changed by an answer %u", table, desk.status);
}

static bool says_elsewhere(const void *bytes, size_t len) {
  return bytes && memmem(bytes, len, elsewhere, sizeof elsewhere - 1) != NULL;
}

static void check_answer(const struct ask *a) {
  bool asked = says_elsewhere(a->target, strlen(a->target)) || says_elsewhere(a->body.ptr, a->body.len);
  if (desk.status < 200 || desk.status >= 500) fail_msg("answered %u %s", desk.status, desk.text);
  /* A refusal may say again what was asked. */
  if (!asked) ASSERT(!says_elsewhere(desk.text, desk.text_len));
  if (desk.status < 400) return;
  const char *code = desk_text("code"), *text = desk_text("text");
  ASSERT(code && code[0] && text && strlen(text) > 5);
}

static void ask(const struct ask *a) {
  struct state before;
  bool stands = state_writes(w->host.store) == 0;
  if (stands)
    before = fix.state;
  else
    state_take(&before, w->host.store);
  int64_t writes = state_writes(w->host.store);
  sit(a);
  desk_ask(a->method, a->target, buf_slice(&a->body));
  check_answer(a);
  if (state_writes(w->host.store) != writes) {
    if (desk.status >= 400)
      nothing_changed(&before, noted);
    else if (a->method == HTTP_GET)
      nothing_changed(&before, looked);
  }
  if (desk.json) ask_learn(&fix.known, a->target, desk.json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  struct fault fault;
  if (!w->host.store) make_everything();
  size_t known = fix.known.count;
  desk.on_thread = on_thread;
  desk.after_step = step_is_whole;
  for (size_t i = 0; i < questions_max && in.len > 0; i++) {
    struct ask a;
    ask_take(&a, &in, &fix.known);
    ask(&a);
    ask_finish(&a);
  }
  fix.known.count = known;
  w->host.random = fix.again.random;
  desk_again();
  must(uploads_clear(desk.uploads, &fault));
  if (state_writes(w->host.store)) put_back();
  return 0;
}
