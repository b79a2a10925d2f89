/* data_dir_test.c: settings that a hand has edited are taken as they are meant, or refused with a sentence;
 * what is taken out of the hub's directory is private and in the audit. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/core/ingest.h"
#include "server/core/views.h"
#include "server/ctl/ctl.h"

struct place {
  char dir[64], conf[96];
  struct data_dir data;
  struct fault fault;
};

static int make(void **state) {
  struct place *p = calloc(1, sizeof *p);
  struct hub_settings settings = {.host = "127.0.0.1", .port = 9000};
  if (!p || crypto_init() != ERR_OK) return -1;
  (void)snprintf(p->dir, sizeof p->dir, "/tmp/tutti-data-XXXXXX");
  if (!mkdtemp(p->dir)) return -1;
  (void)snprintf(p->conf, sizeof p->conf, "%s/hub.conf", p->dir);
  *state = p;
  return data_dir_create(p->dir, "Test", "wss://localhost:9000/sync", &settings, &p->fault) == ERR_OK ? 0
                                                                                                      : -1;
}

static int clear(void **state) {
  struct place *p = *state;
  static const char *const names[] = {"hub.conf", "hub.keys", "hub.db", "hub.db-wal", "hub.db-shm"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", p->dir, names[i]);
    (void)unlink(path);
  }
  (void)rmdir(p->dir);
  free(p);
  return 0;
}

static err open_with(struct place *p, const char *text) {
  FILE *f = fopen(p->conf, "wb");
  assert_non_null(f);
  assert_true(fputs(text, f) >= 0);
  assert_int_equal(fclose(f), 0);
  p->fault = (struct fault){.code = ERR_OK};
  err e = data_dir_open(&p->data, p->dir, false, &p->fault);
  if (e == ERR_OK) data_dir_close(&p->data);
  return e;
}

static void a_port_outside_the_range_is_refused_not_folded(void **state) {
  struct place *p = *state;
  static const char *const bad[] = {"port = 99999\n", "port = -1\n", "port = 0\n", "port = 4294967297\n"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(open_with(p, bad[i]), ERR_INVALID);
    assert_non_null(strstr(p->fault.text, "65535"));
  }
  assert_int_equal(open_with(p, "port = 65535\n"), ERR_OK);
  assert_int_equal(p->data.settings.port, 65535);
}

static void the_age_of_backups_is_a_setting_with_bounds(void **state) {
  struct place *p = *state;
  assert_int_equal(open_with(p, "port = 8443\n"), ERR_OK);
  assert_int_equal(p->data.settings.backup_days, backup_days_default);
  assert_int_equal(open_with(p, "backup_days = 90\n"), ERR_OK);
  assert_int_equal(p->data.settings.backup_days, 90);
  assert_int_equal(open_with(p, "backup_days = 0\n"), ERR_INVALID);
  assert_int_equal(open_with(p, "backup_days = 3651\n"), ERR_INVALID);
  assert_non_null(strstr(p->fault.text, "backup_days"));
}

static void a_proxy_is_named_by_its_address(void **state) {
  struct place *p = *state;
  assert_int_equal(open_with(p, "port = 8443\n"), ERR_OK);
  assert_string_equal(p->data.settings.proxy, "");
  assert_int_equal(open_with(p, "proxy = \"2001:db8::1\"\n"), ERR_OK);
  assert_string_equal(p->data.settings.proxy, "2001:db8::1");
  assert_int_equal(open_with(p, "proxy = \"nginx.example\"\n"), ERR_INVALID);
  assert_non_null(strstr(p->fault.text, "nginx.example"));
}

static void a_path_that_does_not_fit_is_refused_not_cut(void **state) {
  struct place *p = *state;
  char text[2048] = "certificate = \"";
  (void)memset(text + strlen(text), 'x', 1500);
  (void)strcat(text, "\"\n");
  assert_int_equal(open_with(p, text), ERR_TOO_BIG);
  assert_non_null(strstr(p->fault.text, "certificate"));
}

static void a_broken_line_is_named(void **state) {
  struct place *p = *state;
  assert_int_equal(open_with(p, "host = \"a\"\ncolour = red\n"), ERR_MALFORMED);
  assert_non_null(strstr(p->fault.text, "line 2"));
}

/* ---- making one ---- */

static void forget_hub(struct place *p) {
  static const char *const names[] = {"hub.conf", "hub.keys", "hub.db", "hub.db-wal", "hub.db-shm"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", p->dir, names[i]);
    (void)unlink(path);
  }
}

/* "${HOME}" was taken for what it stands for, and a quote for the end: no command could open that hub again.
 */
static void what_init_was_given_is_read_back_as_it_was_given(void **state) {
  struct place *p = *state;
  const struct hub_settings given = {
      .host = "a\"b", .port = 9000, .certificate = "/certs/${HOME}/hub\\.pem", .key = "\"\\$'#{}"};
  forget_hub(p);
  assert_int_equal(data_dir_create(p->dir, "Test", "wss://localhost:9000/sync", &given, &p->fault), ERR_OK);
  if (data_dir_open(&p->data, p->dir, false, &p->fault) != ERR_OK) fail_msg("%s", p->fault.text);
  assert_string_equal(p->data.settings.host, given.host);
  assert_string_equal(p->data.settings.certificate, given.certificate);
  assert_string_equal(p->data.settings.key, given.key);
  data_dir_close(&p->data);
}

/* A new hub's keys beside an old hub's rows would be two hubs in one. */
static void a_database_that_has_lost_its_keys_is_not_made_a_new_hub(void **state) {
  struct place *p = *state;
  const struct hub_settings settings = {.host = "127.0.0.1", .port = 9000};
  char keys[128];
  (void)snprintf(keys, sizeof keys, "%s/hub.keys", p->dir);
  assert_int_equal(unlink(keys), 0);
  assert_int_equal(data_dir_create(p->dir, "Test", "wss://localhost:9000/sync", &settings, &p->fault),
                   ERR_EXISTS);
  assert_non_null(strstr(p->fault.text, "hub.keys"));
}

/* A limit on files is a full disk. */
static struct rlimit limit_files(rlim_t bytes) {
  struct rlimit before, now;
  (void)signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  now = before;
  now.rlim_cur = bytes;
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
  return before;
}

static void a_hub_for_which_there_was_no_room_can_be_made_when_there_is(void **state) {
  struct place *p = *state;
  const struct hub_settings settings = {.host = "127.0.0.1", .port = 9000};
  forget_hub(p);
  struct rlimit before = limit_files(65536);
  err e = data_dir_create(p->dir, "Test", "wss://localhost:9000/sync", &settings, &p->fault);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  assert_int_equal(e, ERR_FULL);
  assert_int_equal(rmdir(p->dir), 0); /* nothing is left in it */
  assert_int_equal(data_dir_create(p->dir, "Test", "wss://localhost:9000/sync", &settings, &p->fault),
                   ERR_OK);
}

static void only_one_process_serves_it(void **state) {
  struct place *p = *state;
  int one = -1, other = -1;
  char pid[32], lock[128];
  (void)snprintf(pid, sizeof pid, "process %ld:", (long)getpid());
  assert_int_equal(data_dir_lock(&one, p->dir, &p->fault), ERR_OK);
  assert_int_equal(data_dir_lock(&other, p->dir, &p->fault), ERR_BUSY);
  assert_int_equal(other, -1);
  assert_non_null(strstr(p->fault.text, pid));
  assert_int_equal(close(one), 0);
  assert_int_equal(data_dir_lock(&other, p->dir, &p->fault), ERR_OK);
  assert_int_equal(close(other), 0);
  (void)snprintf(lock, sizeof lock, "%s/lock", p->dir);
  assert_int_equal(unlink(lock), 0);
}

/* ---- what is taken out of it ---- */

static void an_export_is_private_and_in_the_audit(void **state) {
  struct place *p = *state;
  char path[128], command[] = "export", what[] = "registers", data[] = "--data", out[] = "--out";
  char *argv[] = {command, what, data, p->dir, out, path, NULL};
  const struct audit_query q = {.kind = AUDIT_EXPORT, .to_ms = INT64_MAX, .limit = 10};
  struct arena a = ARENA_INIT(1 << 20);
  struct view_audit *list;
  struct stat st;
  size_t count;
  (void)snprintf(path, sizeof path, "%s/registers.csv", p->dir);
  assert_int_equal(ctl_export(6, argv), 0);
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  assert_int_equal(unlink(path), 0);
  assert_int_equal(data_dir_open(&p->data, p->dir, true, &p->fault), ERR_OK);
  assert_int_equal(views_audit(p->data.store, &q, &a, &list, &count), ERR_OK);
  assert_int_equal(count, 1);
  assert_true(slice_equal(list[0].action, slice_text("export.registers")));
  data_dir_close(&p->data);
  arena_finish(&a);
}

static void put_line(const char *path, const char *text, mode_t mode) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_true(fputs(text, f) >= 0);
  assert_int_equal(fclose(f), 0);
  assert_int_equal(chmod(path, mode), 0);
}

static char *contents(const char *path);

/* Last week's file was for everybody to read, and so was this week's that took its place. */
static void an_export_over_a_file_that_others_read_is_private_and_replaces_it_whole(void **state) {
  struct place *p = *state;
  char path[128], part[160], command[] = "export", what[] = "mapping", data[] = "--data", out[] = "--out";
  char name[] = "--name", nobody[] = "no such mapping", registers[] = "registers";
  char *failing[] = {command, what, data, p->dir, name, nobody, out, path, NULL};
  char *good[] = {command, registers, data, p->dir, out, path, NULL};
  struct stat st;
  (void)snprintf(path, sizeof path, "%s/out.csv", p->dir);
  (void)snprintf(part, sizeof part, "%s.part", path);
  put_line(path, "last week's\n", 0644);
  assert_int_equal(ctl_export(8, failing), EXIT_FAILED);
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_size, 12); /* a failure takes nothing away */
  assert_int_equal(ctl_export(6, good), EXIT_OK);
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  assert_true(st.st_size > 12);
  assert_int_equal(access(part, F_OK), -1);
  assert_int_equal(unlink(path), 0);
}

/* What the link leads to is written over where it is: of a longer file before it nothing is left behind. */
static void an_export_through_a_link_leaves_nothing_of_what_was_there(void **state) {
  struct place *p = *state;
  char path[128], behind[128], command[] = "export", what[] = "notes", data[] = "--data", out[] = "--out";
  char *argv[] = {command, what, data, p->dir, out, path, NULL};
  char long_text[2048];
  struct stat st;
  (void)snprintf(path, sizeof path, "%s/out.csv", p->dir);
  (void)snprintf(behind, sizeof behind, "%s/behind.csv", p->dir);
  (void)memset(long_text, 'Z', sizeof long_text - 1);
  long_text[sizeof long_text - 1] = 0;
  put_line(behind, long_text, 0644);
  assert_int_equal(symlink(behind, path), 0);
  assert_int_equal(ctl_export(6, argv), EXIT_OK);
  assert_null(strstr(contents(behind), "ZZZZ"));
  assert_int_equal(stat(behind, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  assert_int_equal(lstat(path, &st), 0);
  assert_true(S_ISLNK(st.st_mode));
  assert_int_equal(unlink(path), 0);
  assert_int_equal(unlink(behind), 0);
}

/* ---- what somebody takes away is there after a power cut ---- */

static struct {
  const char *dir, *name; /* NULL: nobody looks */
  bool kept;              /* the directory was flushed when the name stood in it */
} watched;

/* In the place of the C library's. */
int fsync(int fd) {
  struct stat st, dir;
  bool of_it = watched.dir && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) && stat(watched.dir, &dir) == 0 &&
               st.st_ino == dir.st_ino && st.st_dev == dir.st_dev;
  if (of_it && access(watched.name, F_OK) == 0) watched.kept = true;
  return (int)syscall(SYS_fsync, fd);
}

typedef int command_run(int argc, char **argv);

static void is_kept(command_run *run, int argc, char **argv, const char *dir, const char *name) {
  watched.dir = dir;
  watched.name = name;
  watched.kept = false;
  assert_int_equal(run(argc, argv), 0);
  assert_true(watched.kept);
  watched.dir = NULL;
}

static void put_note(struct place *p, const struct id *learner);

static void what_is_taken_away_is_there_under_its_name_after_a_power_cut(void **state) {
  struct place *p = *state;
  static const char *const files[] = {"registers.csv", "certificate.json"};
  static const char *const of_subject[] = {"learner.csv", "note.csv", "records.json", "index.html"};
  const struct id learner = {{7}};
  char away[96], csv[128], certificate[128], subject[128], path[192], id[id_text_bytes];
  char export[] = "export", what[] = "registers", data[] = "--data", out[] = "--out", who[] = "--learner";
  char retention[] = "retention", apply[] = "--apply", to[] = "--certificate", given[] = "subject-access";
  assert_int_equal(data_dir_open(&p->data, p->dir, true, &p->fault), ERR_OK);
  put_note(p, &learner);
  data_dir_close(&p->data);
  id_text(id, &learner);
  (void)snprintf(away, sizeof away, "%s/away", p->dir);
  (void)snprintf(csv, sizeof csv, "%s/%s", away, files[0]);
  (void)snprintf(certificate, sizeof certificate, "%s/%s", away, files[1]);
  (void)snprintf(subject, sizeof subject, "%s/subject/", away); /* named with its end */
  assert_int_equal(mkdir(away, 0700), 0);
  is_kept(ctl_export, 6, (char *[]){export, what, data, p->dir, out, csv, NULL}, away, csv);
  is_kept(ctl_retention, 6, (char *[]){retention, data, p->dir, apply, to, certificate, NULL}, away,
          certificate);
  is_kept(ctl_subject_access, 7, (char *[]){given, data, p->dir, who, id, out, subject, NULL}, away, subject);
  for (size_t i = 0; i < sizeof of_subject / sizeof *of_subject; i++) {
    (void)snprintf(path, sizeof path, "%s%s", subject, of_subject[i]);
    assert_int_equal(unlink(path), 0);
  }
  assert_int_equal(rmdir(subject), 0);
  assert_int_equal(unlink(csv), 0);
  assert_int_equal(unlink(certificate), 0);
  assert_int_equal(rmdir(away), 0);
}

/* ---- whom the years have come for ---- */

enum { leavers = 30 };

static void put_leavers(struct place *p) {
  struct office_result result;
  struct arena a = ARENA_INIT(1 << 20);
  struct now now = ctl_now();
  struct op ops[2 * leavers] = {{0}};
  for (uint8_t i = 0; i < leavers; i++) {
    struct op *learner = &ops[2 * i], *enrolment = learner + 1;
    *learner = (struct op){.table = schema_table(TABLE_learner), .row = {{1, i}}, .units = 3};
    learner->values[COL(learner, first_name)] = value_text(slice_text("Zoe"));
    *enrolment = (struct op){.table = schema_table(TABLE_enrolment), .units = 3};
    crypto_row_id(&enrolment->row, TABLE_enrolment, (const struct id[]){learner->row, p->data.hub.id}, 2);
    enrolment->values[COL(enrolment, learner)] = value_id(&learner->row);
    enrolment->values[COL(enrolment, activity)] = value_id(&p->data.hub.id);
    enrolment->values[COL(enrolment, starts)] = value_int(7000);
    enrolment->values[COL(enrolment, ends)] = value_int(7300);
  }
  if (office_apply(&result, &p->data.hub, p->data.store, &now, &p->data.hub.id, ops, 2 * leavers, false, &a,
                   &p->fault) != ERR_OK)
    fail_msg("%s", p->fault.text);
  arena_finish(&a);
}

/* The disk fills up in the middle: whoever was erased is certified all the same, and the rest can be asked
 * for again. The certificate was left empty, and the sentence said that nothing was changed. */
static void a_retention_that_breaks_off_certifies_whom_it_has_erased(void **state) {
  struct place *p = *state;
  char path[128], again[128], command[] = "retention", data[] = "--data", apply[] = "--apply";
  char flag[] = "--certificate";
  char *first[] = {command, data, p->dir, apply, flag, path, NULL};
  char *rest[] = {command, data, p->dir, apply, flag, again, NULL};
  struct view_counts counts;
  size_t erased = 0;
  (void)snprintf(path, sizeof path, "%s/first.json", p->dir);
  (void)snprintf(again, sizeof again, "%s/rest.json", p->dir);
  assert_int_equal(data_dir_open(&p->data, p->dir, true, &p->fault), ERR_OK);
  put_leavers(p);
  data_dir_close(&p->data);
  struct rlimit before = limit_files(600000);
  int code = ctl_retention(6, first);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  assert_int_equal(code, EXIT_DATA);
  const char *named = strstr(contents(path), "\\\"of_learners\\\":");
  assert_non_null(named);
  assert_int_equal(sscanf(named, "\\\"of_learners\\\":%zu", &erased), 1);
  assert_in_range(erased, 1, leavers - 1);
  assert_int_equal(data_dir_open(&p->data, p->dir, true, &p->fault), ERR_OK);
  assert_int_equal(views_counts(p->data.store, &counts), ERR_OK);
  assert_int_equal(counts.learners, leavers - erased);
  data_dir_close(&p->data);
  assert_int_equal(ctl_retention(6, rest), EXIT_OK);
  named = strstr(contents(again), "\\\"of_learners\\\":"); /* the same run, to its end */
  assert_non_null(named);
  assert_int_equal(sscanf(named, "\\\"of_learners\\\":%zu", &erased), 1);
  assert_int_equal(erased, leavers);
  assert_int_equal(unlink(path), 0);
  assert_int_equal(unlink(again), 0);
}

/* ---- everything about one learner ---- */

static void put_note(struct place *p, const struct id *learner) {
  struct office_result result;
  struct arena a = ARENA_INIT(1 << 20);
  struct now now = ctl_now();
  struct op ops[] = {{.table = schema_table(TABLE_learner), .row = *learner, .units = 3},
                     {.table = schema_table(TABLE_note), .row = {{9}}, .units = 3}};
  ops[0].values[COL(learner, first_name)] = value_text(slice_text("Zoe"));
  ops[1].values[COL(note, learner)] = value_id(learner);
  ops[1].values[COL(note, activity)] = ops[1].values[COL(note, staff)] = value_id(&p->data.hub.id);
  ops[1].values[COL(note, date)] = value_int(20000);
  ops[1].values[COL(note, areas)] =
      value_int(1U << (ENUM_area_playing - 1) | 1U << (ENUM_area_listening - 1));
  ops[1].values[COL(note, text)] = value_text(slice_text("Scales, \"slowly\""));
  ops[1].values[COL(note, visibility)] = value_int(ENUM_visibility_office);
  assert_int_equal(
      office_apply(&result, &p->data.hub, p->data.store, &now, &p->data.hub.id, ops, 2, false, &a, &p->fault),
      ERR_OK);
  ops[1].units = 1U << 1;
  ops[1].values[COL(note, text)] = value_text(slice_text("Scales"));
  assert_int_equal(office_apply(&result, &p->data.hub, p->data.store, &now, &p->data.hub.id, ops + 1, 1,
                                false, &a, &p->fault),
                   ERR_OK);
  arena_finish(&a);
}

static char *contents(const char *path) {
  static char text[16384];
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  text[fread(text, 1, sizeof text - 1, f)] = 0;
  assert_int_equal(fclose(f), 0);
  return text;
}

static void what_a_learner_is_given_has_one_cell_a_value(void **state) {
  struct place *p = *state;
  static const char *const files[] = {"learner.csv", "note.csv", "records.json", "index.html"};
  const struct id learner = {{7}};
  char out[96], path[128], id[id_text_bytes];
  char command[] = "subject-access", data[] = "--data", who[] = "--learner", to[] = "--out";
  char *argv[] = {command, data, p->dir, who, id, to, out, NULL};
  assert_int_equal(data_dir_open(&p->data, p->dir, true, &p->fault), ERR_OK);
  put_note(p, &learner);
  data_dir_close(&p->data);
  id_text(id, &learner);
  (void)snprintf(out, sizeof out, "%s/out", p->dir);
  assert_int_equal(ctl_subject_access(7, argv), 0);
  (void)snprintf(path, sizeof path, "%s/note.csv", out);
  const char *csv = contents(path);
  assert_non_null(strstr(csv, ",also_written\r\n"));
  assert_non_null(strstr(csv, ",\"Singing and playing; Listening\",\"Scales\","));
  assert_non_null(strstr(csv, "\"text: Scales, \"\"slowly\"\", written_at: "));
  (void)snprintf(path, sizeof path, "%s/index.html", out);
  assert_non_null(strstr(contents(path), "Text: Scales, &quot;slowly&quot;"));
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    (void)snprintf(path, sizeof path, "%s/%s", out, files[i]);
    assert_int_equal(unlink(path), 0);
  }
  assert_int_equal(rmdir(out), 0); /* and no other file is in it */
}

/* What `user unlock` says must be true, and what the office ended stays so. */
static void an_account_that_ended_is_not_let_in_again(void **state) {
  struct place *p = *state;
  struct store_user u = {.id = {{7}}, .name = "gone", .roles = 1, .passes = 1, .memory_kib = 64, .wrong = 5};
  char command[] = "user", verb[] = "unlock", data[] = "--data", name[] = "--name", who[] = "gone";
  char *argv[] = {command, verb, data, p->dir, name, who, NULL};
  u.ended_ms = 5;
  assert_int_equal(data_dir_open(&p->data, p->dir, true, &p->fault), ERR_OK);
  assert_int_equal(users_save(p->data.store, &u), ERR_OK);
  data_dir_close(&p->data);
  assert_int_not_equal(ctl_user(6, argv), EXIT_OK);
  assert_int_equal(data_dir_open(&p->data, p->dir, true, &p->fault), ERR_OK);
  assert_int_equal(users_load(p->data.store, slice_text("gone"), &u), ERR_OK);
  assert_true(u.ended_ms == 5);
  assert_int_equal(u.wrong, 5);
  data_dir_close(&p->data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_port_outside_the_range_is_refused_not_folded, make, clear),
      cmocka_unit_test_setup_teardown(the_age_of_backups_is_a_setting_with_bounds, make, clear),
      cmocka_unit_test_setup_teardown(a_proxy_is_named_by_its_address, make, clear),
      cmocka_unit_test_setup_teardown(a_path_that_does_not_fit_is_refused_not_cut, make, clear),
      cmocka_unit_test_setup_teardown(a_broken_line_is_named, make, clear),
      cmocka_unit_test_setup_teardown(what_init_was_given_is_read_back_as_it_was_given, make, clear),
      cmocka_unit_test_setup_teardown(a_database_that_has_lost_its_keys_is_not_made_a_new_hub, make, clear),
      cmocka_unit_test_setup_teardown(a_hub_for_which_there_was_no_room_can_be_made_when_there_is, make,
                                      clear),
      cmocka_unit_test_setup_teardown(only_one_process_serves_it, make, clear),
      cmocka_unit_test_setup_teardown(an_export_is_private_and_in_the_audit, make, clear),
      cmocka_unit_test_setup_teardown(an_export_through_a_link_leaves_nothing_of_what_was_there, make, clear),
      cmocka_unit_test_setup_teardown(what_is_taken_away_is_there_under_its_name_after_a_power_cut, make,
                                      clear),
      cmocka_unit_test_setup_teardown(an_export_over_a_file_that_others_read_is_private_and_replaces_it_whole,
                                      make, clear),
      cmocka_unit_test_setup_teardown(a_retention_that_breaks_off_certifies_whom_it_has_erased, make, clear),
      cmocka_unit_test_setup_teardown(what_a_learner_is_given_has_one_cell_a_value, make, clear),
      cmocka_unit_test_setup_teardown(an_account_that_ended_is_not_let_in_again, make, clear),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
