/* office_test.c: the hub's own writes, its keys, and how a device is enrolled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/lib/hub_world.h"

static struct hub_host host;
static struct hub_world world;
static struct arena arena;

static int setup(void **state) {
  (void)state;
  arena = (struct arena)ARENA_INIT(1 << 26);
  hub_host_open(&host, 4);
  hub_world_make(&world, &host);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_finish(&arena);
  hub_host_close(&host);
  return 0;
}

static struct op school(uint8_t no, const char *name) {
  struct op op = {.table = schema_table(TABLE_school), .row = {{no}}, .units = 1 | 2};
  op.values[COL(school, name)] = value_text(slice_text(name));
  return op;
}

static err apply(struct office_result *out, const struct op *ops, size_t count, bool dry_run,
                 struct fault *fault) {
  return office_apply(out, &host.hub, host.store, &host.now, &host.hub.id, ops, count, dry_run, &arena,
                      fault);
}

static void a_second_import_changes_nothing(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct op ops[2] = {school(1, "Hill"), school(2, "Dale")};
  struct office_result r;
  assert_int_equal(apply(&r, ops, 2, false, NULL), ERR_OK);
  assert_int_equal(r.inserted, 2);
  hub_host_digest(&host, before);
  hub_host_pass(&host, 5000);
  assert_int_equal(apply(&r, ops, 2, false, NULL), ERR_OK);
  assert_int_equal(r.inserted + r.changed, 0);
  assert_int_equal(r.unchanged, 2);
  hub_host_digest(&host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static void a_changed_value_replaces_the_old_one_without_conflict(void **state) {
  (void)state;
  struct op op = school(1, "Hill");
  struct office_result r;
  struct row row;
  assert_int_equal(apply(&r, &op, 1, false, NULL), ERR_OK);
  op = school(1, "Hill School");
  assert_int_equal(apply(&r, &op, 1, false, NULL), ERR_OK);
  assert_int_equal(r.changed, 1);
  assert_int_equal(host.store->ops->load_row(host.store, op.table, &op.row, &arena, &row), ERR_OK);
  assert_true(slice_equal(row.values[COL(school, name)].text, slice_text("Hill School")));
  assert_int_equal(row.units[1].count, 1);
  assert_int_equal(hub_host_counts(&host).conflicts, 0);
}

static void a_dry_run_counts_and_leaves_nothing(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct op ops[2] = {school(1, "Hill"), school(2, "Dale")};
  struct office_result r;
  hub_host_digest(&host, before);
  assert_int_equal(apply(&r, ops, 2, true, NULL), ERR_OK);
  assert_int_equal(r.inserted, 2);
  hub_host_digest(&host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&host).schools, 0);
}

static void one_bad_row_stops_all_and_says_which(void **state) {
  (void)state;
  struct op ops[2] = {school(1, "Hill"), school(2, "")};
  struct office_result r;
  struct fault fault = {.code = ERR_OK};
  assert_int_equal(apply(&r, ops, 2, false, &fault), ERR_INVALID);
  assert_non_null(strstr(fault.text, "\"name\" of the school"));
  assert_int_equal(r.inserted, 0);
  assert_int_equal(hub_host_counts(&host).schools, 0);
}

static void a_row_with_somebody_elses_id_is_refused(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_enrolment), .row = {{3}}, .units = 3};
  op.values[COL(enrolment, learner)] = value_id(&world.zoe);
  op.values[COL(enrolment, activity)] = value_id(&world.brass);
  op.values[COL(enrolment, starts)] = value_int(world.today);
  struct office_result r;
  assert_int_equal(apply(&r, &op, 1, false, NULL), ERR_INVALID);
}

static void a_new_row_without_its_first_unit_is_refused(void **state) {
  (void)state;
  struct op op = school(1, "Hill");
  op.units = 2;
  struct office_result r;
  assert_int_equal(apply(&r, &op, 1, false, NULL), ERR_INVALID);
}

static void thousands_of_rows_go_in_together(void **state) {
  (void)state;
  enum { rows = 3000 };
  struct op *ops = arena_take(&arena, rows, sizeof *ops);
  struct office_result r;
  assert_non_null(ops);
  for (int i = 0; i < rows; i++) {
    ops[i] = school(1, "Some school");
    ops[i].row = (struct id){{(uint8_t)(i >> 8), (uint8_t)i, 9}};
  }
  assert_int_equal(apply(&r, ops, rows, false, NULL), ERR_OK);
  assert_int_equal(r.inserted, rows);
  assert_int_equal(hub_host_counts(&host).schools, rows);
}

/* ---- keys ---- */

static void the_keys_file_round_trips_and_refuses_damage(void **state) {
  (void)state;
  struct buf bytes = BUF_INIT(65536);
  struct hub read;
  struct fault fault = {.code = ERR_OK};
  assert_int_equal(hub_keys_encode(&bytes, &host.hub), ERR_OK);
  assert_int_equal(hub_keys_decode(&read, buf_slice(&bytes), &fault), ERR_OK);
  assert_true(id_equal(&read.id, &host.hub.id));
  assert_string_equal(read.name, host.hub.name);
  assert_memory_equal(read.intake[0].keys.secret, host.hub.intake[0].keys.secret, key_bytes);
  assert_memory_equal(read.intake[0].keys.public_key, host.hub.intake[0].keys.public_key, key_bytes);
  assert_true(slice_equal(buf_slice(&read.manifest), buf_slice(&host.hub.manifest)));
  hub_finish(&read);
  for (size_t i = 0; i < bytes.len; i += 17) {
    bytes.ptr[i] ^= 4;
    assert_int_equal(hub_keys_decode(&read, buf_slice(&bytes), &fault), ERR_CORRUPT);
    bytes.ptr[i] ^= 4;
  }
  assert_int_equal(hub_keys_decode(&read, slice_of(bytes.ptr, bytes.len - 1), &fault), ERR_CORRUPT);
  assert_int_equal(hub_keys_decode(&read, slice_of(NULL, 0), &fault), ERR_CORRUPT);
  buf_finish(&bytes);
}

static void a_hub_with_a_name_too_long_is_refused(void **state) {
  (void)state;
  struct hub hub;
  char name[300];
  struct entropy e = hub_host_entropy(&host);
  for (size_t i = 0; i < sizeof name; i++) name[i] = i + 1 < sizeof name ? 'x' : 0;
  assert_int_equal(hub_keys_generate(&hub, name, "wss://localhost/sync", &e, &host.now), ERR_TOO_BIG);
}

/* ---- enrolment ---- */

static struct store_token make_token(void) {
  struct entropy e = hub_host_entropy(&host);
  struct store_token t = {
      .id = entropy_id(&e), .kind = ENUM_device_kind_phone, .staff_count = 1, .staff = {world.ada}};
  t.expires_ms = host.now.wall_ms + enrol_token_ms_max;
  (void)snprintf(t.name, sizeof t.name, "Phone of Ada");
  entropy_fill(&e, t.psk, sizeof t.psk);
  assert_int_equal(host.store->ops->token_save(host.store, &t), ERR_OK);
  return t;
}

struct newcomer {
  struct sign_keys sign;
  struct box_keys box;
};
static void draw(struct newcomer *n) {
  struct entropy e = hub_host_entropy(&host);
  crypto_sign_keys(&n->sign, &e);
  crypto_box_keys(&n->box, &e);
}

static struct job *enrol(const struct store_token *t, const struct newcomer *n) {
  struct job *job = job_create(JOB_ENROL);
  assert_non_null(job);
  job->token = t->id;
  bytes_copy(job->noise_public, n->box.public_key, key_bytes);
  bytes_copy(job->enrol.sign_public, n->sign.public_key, key_bytes);
  job->enrol.kind = ENUM_device_kind_phone;
  job->enrol.program = slice_text("test 1");
  (void)snprintf(job->digits, sizeof job->digits, "123456");
  job_run(job, &host.hub, host.store, &host.now);
  return job;
}

static void a_token_becomes_a_device_with_its_certificate(void **state) {
  (void)state;
  struct newcomer n;
  struct certificate c;
  struct store_token t = make_token();
  draw(&n);
  struct job *job = enrol(&t, &n);
  assert_int_equal(job->result, ERR_OK);
  assert_int_equal(certificate_decode(&c, job->certificate, host.hub.sign.public_key, &arena), ERR_OK);
  assert_true(id_equal(&c.device, &job->found.id));
  assert_memory_equal(c.noise_public, n.box.public_key, key_bytes);
  assert_int_equal(job->grants.staff_count, 1);
  assert_true(slice_equal(job->grants.staff[0].name, slice_text("Ada")));
  struct store_device d;
  assert_int_equal(host.store->ops->device_load(host.store, &job->found.id, &d), ERR_OK);
  assert_string_equal(d.name, "Phone of Ada");
  assert_string_equal(d.digits, "123456");
  job_destroy(job);
}

static void asking_again_with_the_same_keys_gets_the_same_device(void **state) {
  (void)state;
  struct newcomer n;
  struct store_token t = make_token();
  draw(&n);
  struct job *first = enrol(&t, &n);
  struct job *second = enrol(&t, &n);
  assert_int_equal(second->result, ERR_OK);
  assert_true(id_equal(&first->found.id, &second->found.id));
  assert_true(slice_equal(first->certificate, second->certificate));
  assert_int_equal(hub_host_counts(&host).devices, 1);
  job_destroy(first);
  job_destroy(second);
}

static void a_token_works_once(void **state) {
  (void)state;
  struct newcomer n, thief;
  struct store_token t = make_token();
  draw(&n);
  draw(&thief);
  job_destroy(enrol(&t, &n));
  struct job *job = enrol(&t, &thief);
  assert_int_equal(job->result, ERR_TOKEN_USED);
  assert_null(job->certificate.ptr);
  job_destroy(job);
  assert_int_equal(hub_host_counts(&host).devices, 1);
}

static void an_old_token_is_worth_nothing(void **state) {
  (void)state;
  struct newcomer n;
  struct store_token t = make_token();
  draw(&n);
  hub_host_pass(&host, enrol_token_ms_max);
  struct job *job = enrol(&t, &n);
  assert_int_equal(job->result, ERR_TOKEN_EXPIRED);
  job_destroy(job);
  assert_int_equal(hub_host_counts(&host).devices, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_second_import_changes_nothing),
      TEST(a_changed_value_replaces_the_old_one_without_conflict),
      TEST(a_dry_run_counts_and_leaves_nothing),
      TEST(one_bad_row_stops_all_and_says_which),
      TEST(a_row_with_somebody_elses_id_is_refused),
      TEST(a_new_row_without_its_first_unit_is_refused),
      TEST(thousands_of_rows_go_in_together),
      TEST(the_keys_file_round_trips_and_refuses_damage),
      TEST(a_hub_with_a_name_too_long_is_refused),
      TEST(a_token_becomes_a_device_with_its_certificate),
      TEST(asking_again_with_the_same_keys_gets_the_same_device),
      TEST(a_token_works_once),
      TEST(an_old_token_is_worth_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
