/* extract.c: registers between two days for a spreadsheet; a partner's extract holds its own activities
 * alone. */
#include <stdio.h>

#include "server/api/csv.h"
#include "server/api/own.h"

enum { extract_days_max = 400 };

struct extract {
  struct buf *out;
  struct own_set own;
  err failed;
};

static const char *const heads[] = {"date",    "starts",   "ends",       "activity",  "school",
                                    "session", "register", "first name", "last name", "section",
                                    "mark",    "arrived",  "departed"};
enum { head_count = sizeof heads / sizeof *heads };

static struct slice minute_text(char out[8], int32_t minute) {
  out[0] = 0;
  if (minute >= 0) (void)snprintf(out, 8, "%02d:%02d", minute / 60 % 24, minute % 60);
  return slice_text(out);
}

static struct slice word(const char *vocabulary, int number) {
  return slice_text(number ? schema_enum_word(schema_enum(vocabulary), number) : NULL);
}

static err put_row(struct buf *out, const struct view_export_row *r) {
  char date[date_text_bytes], times[4][8];
  date_text(date, r->date);
  const struct slice cells[head_count] = {slice_text(date),
                                          minute_text(times[0], r->starts),
                                          minute_text(times[1], r->ends),
                                          r->activity_name,
                                          r->school_name,
                                          word("session_status", r->session_status),
                                          word("register_state", r->register_state),
                                          r->first_name,
                                          r->last_name,
                                          r->section,
                                          word("mark_code", r->code),
                                          minute_text(times[2], r->arrived),
                                          minute_text(times[3], r->departed)};
  return csv_row(out, cells, head_count);
}

static bool take_row(void *ctx, const struct view_export_row *r) {
  struct extract *x = ctx;
  if (!own_has(&x->own, &r->activity)) return true;
  x->failed = put_row(x->out, r);
  return x->failed == ERR_OK;
}

static err read_days(struct api_call *c, int32_t *from, int32_t *to) {
  if (date_parse(from, c->parameters[0]) != ERR_OK || date_parse(to, c->parameters[1]) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID,
                     "\"from\" and \"to\" must be days of the calendar, like 2026-11-21");
  if (*to < *from || *to - *from >= extract_days_max)
    return fault_set(&c->fault, ERR_INVALID, "\"to\" must not be before \"from\", nor %d days behind it",
                     extract_days_max);
  return ERR_OK;
}

static err note(struct api_call *c) {
  char detail[64];
  (void)snprintf(detail, sizeof detail, "from=%.10s to=%.10s", (const char *)c->parameters[0].ptr,
                 (const char *)c->parameters[1].ptr);
  return audit_add(c->store, c->x->now.wall_ms, &c->login.user, "export.registers", detail);
}

err api_export_registers(struct api_call *c) {
  struct http_answer *answer = &c->x->answer;
  struct slice cells[head_count];
  int32_t from, to;
  TRY(read_days(c, &from, &to));
  if (answer->body.max == 0) answer->body.max = http_answer_bytes_max;
  struct extract x = {.out = &answer->body, .failed = ERR_OK};
  TRY(own_read(c, &x.own));
  for (size_t i = 0; i < head_count; i++) cells[i] = slice_text(heads[i]);
  TRY(csv_begin(x.out));
  TRY(csv_row(x.out, cells, head_count));
  TRY(views_export_registers(c->store, from, to, take_row, &x));
  if (x.failed == ERR_TOO_BIG)
    return fault_set(&c->fault, x.failed, "that is more than one file holds: choose fewer days");
  TRY(x.failed);
  answer->status = 200;
  answer->type = "text/csv; charset=utf-8";
  (void)snprintf(answer->file_name, sizeof answer->file_name, "registers.csv");
  return api_then(c, HTTP_WRITER, note);
}
