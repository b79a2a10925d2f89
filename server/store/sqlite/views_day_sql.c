/* views_day_sql.c: the board of a day. Every register of it is looked at for the figures, which are whole;
 * what its children add up to, and who holds it, is read of one page alone. */
#include "server/core/views_day.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/store/sqlite/views.h"
#include "shared/base/fold.h"

struct day_line {
  struct view_register r;
  struct view_place place;
  uint8_t turn;
};
struct day {
  struct sqlite_store *store;
  const struct day_wanted *wanted;
  const struct now *now;
  struct arena *arena;
  struct slice folded; /* what is looked for */
  struct buf text;     /* what of one is looked through */
  struct day_line **lines;
  size_t cap, count;
  struct view_day *out;
};

/* In which turn they stand: what somebody should look at, what goes on, what is to come, what is done. */
enum turn {
  TURN_MISSING,
  TURN_LATE,
  TURN_DUE,
  TURN_OPEN,
  TURN_UPCOMING,
  TURN_CLOSED,
  TURN_SHUT,
  TURN_CANCELLED
};
static const uint8_t turns[] = {
    [VIEW_UPCOMING] = TURN_UPCOMING, [VIEW_DUE] = TURN_DUE,         [VIEW_OPEN] = TURN_OPEN,
    [VIEW_CLOSED] = TURN_CLOSED,     [VIEW_MISSING] = TURN_MISSING, [VIEW_CANCELLED] = TURN_CANCELLED,
    [VIEW_SHUT] = TURN_SHUT,
};

static enum turn turn_of(const struct view_register *r, const struct now *now) {
  bool over = r->state == VIEW_OPEN && now->wall_ms >= uk_instant(r->date, r->ends);
  return over ? TURN_LATE : (enum turn)turns[r->state];
}

static int in_turn(const void *a, const void *b) {
  const struct day_line *x = *(struct day_line *const *)a, *y = *(struct day_line *const *)b;
  if (x->turn != y->turn) return x->turn < y->turn ? -1 : 1;
  if (x->r.starts != y->r.starts) return x->r.starts < y->r.starts ? -1 : 1;
  int order = slice_compare(x->r.activity_name, y->r.activity_name);
  return order ? order : id_compare(&x->r.session, &y->r.session);
}

static err also(struct day *d, struct slice part) {
  TRY(buf_append(&d->text, slice_text(" ")));
  return text_fold(&d->text, part);
}

static err is_found(struct day *d, struct view_register *r, const struct view_place *place, bool *out) {
  const struct slice parts[] = {r->activity_name, r->school_name, r->place};
  *out = d->folded.len == 0;
  if (*out) return ERR_OK;
  buf_clear(&d->text);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) TRY(also(d, parts[i]));
  TRY(view_staff_names(d->store, r, place, d->arena));
  for (size_t i = 0; i < r->staff_count; i++) TRY(also(d, r->staff_names[i]));
  *out = text_fold_matches(buf_slice(&d->text), d->folded);
  return ERR_OK;
}

static err keep(struct day *d, struct stmt *s) {
  const struct day_wanted *w = d->wanted;
  struct day_line one;
  bool found;
  TRY(view_summary(s, d->now, d->arena, &one.r, &one.place));
  if (w->sees && !w->sees(w->who, &one.r.activity)) return ERR_OK;
  one.turn = (uint8_t)turn_of(&one.r, d->now);
  d->out->counts[one.r.state]++;
  d->out->late += one.turn == TURN_LATE;
  if (w->states && !(w->states >> one.r.state & 1U)) return ERR_OK;
  if (w->late && one.turn != TURN_LATE) return ERR_OK;
  TRY(is_found(d, &one.r, &one.place, &found));
  if (w->by_time) one.turn = 0;
  if (!found) return ERR_OK;
  d->lines = arena_room(d->arena, d->lines, &d->cap, d->count, sizeof *d->lines);
  struct day_line *line = d->lines ? arena_take(d->arena, 1, sizeof *line) : NULL;
  if (!line) return ERR_NO_MEMORY;
  *line = one;
  d->lines[d->count++] = line;
  return ERR_OK;
}

static err read_all(struct day *d) {
  struct stmt *s;
  bool there;
  TRY(view_day_stmt(d->store, d->wanted->date, &s));
  err e = stmt_step(s, &there);
  while (e == ERR_OK && there) {
    e = keep(d, s);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

/* ---- a page ---- */

/* "TURN.STARTS.SESSION" of the last one that was shown. Where that one has moved on meanwhile the next page
 * goes on from where it stood; its name is asked for, for a class of one child has a child's. */
static err read_cursor(struct day *d, struct slice text, struct day_line *out) {
  char copy[sizeof d->out->next], id[id_text_bytes];
  unsigned turn;
  int end = 0;
  if (text.len >= sizeof copy) return ERR_INVALID;
  (void)snprintf(copy, sizeof copy, "%.*s", (int)text.len, (const char *)text.ptr);
  if (sscanf(copy, "%1u.%5" SCNd32 ".%32[0-9a-f]%n", &turn, &out->r.starts, id, &end) != 3 ||
      (size_t)end != text.len || turn > TURN_CANCELLED || id_parse(&out->r.session, slice_text(id)) != ERR_OK)
    return ERR_INVALID;
  out->turn = (uint8_t)turn;
  struct stmt *s;
  bool there;
  TRY(view_session_stmt(d->store, &out->r.session, &s));
  TRY(stmt_step(s, &there));
  err e = there ? column_text(s, 2, d->arena, &out->r.activity_name) : ERR_OK;
  stmt_reset(s);
  return e;
}

static err first_of_page(struct day *d, size_t *out) {
  struct day_line last = {.turn = 0}, *const at = &last;
  *out = 0;
  if (d->wanted->after.len == 0) return ERR_OK;
  TRY(read_cursor(d, d->wanted->after, &last));
  while (*out < d->count && in_turn(&d->lines[*out], &at) <= 0) (*out)++;
  return ERR_OK;
}

static err read_page(struct day *d) {
  size_t first;
  struct view_day *out = d->out;
  if (d->count) qsort(d->lines, d->count, sizeof(struct day_line *), in_turn);
  TRY(first_of_page(d, &first));
  out->total = d->count;
  out->count = d->count - first < d->wanted->limit ? d->count - first : d->wanted->limit;
  out->list = arena_take(d->arena, out->count + 1, sizeof *out->list);
  if (!out->list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < out->count; i++) {
    const struct day_line *line = d->lines[first + i];
    out->list[i] = line->r;
    TRY(view_totals(d->store, &out->list[i]));
    TRY(view_staff_names(d->store, &out->list[i], &line->place, d->arena));
  }
  if (out->count == 0 || first + out->count == d->count) return ERR_OK;
  const struct day_line *last = d->lines[first + out->count - 1];
  char id[id_text_bytes];
  id_text(id, &last->r.session);
  (void)snprintf(out->next, sizeof out->next, "%u.%" PRId32 ".%s", (unsigned)last->turn, last->r.starts, id);
  return ERR_OK;
}

err views_day(struct store *store, const struct day_wanted *wanted, const struct now *now, struct arena *a,
              struct view_day *out) {
  struct buf folded = BUF_INIT(text_bytes_max);
  struct day d = {.store = sqlite_of(store),
                  .wanted = wanted,
                  .now = now,
                  .arena = a,
                  .text = BUF_INIT(16 * text_bytes_max),
                  .out = out};
  *out = (struct view_day){.late = 0};
  TRY(store->ops->begin_read(store));
  err e = text_fold(&folded, wanted->text);
  d.folded = buf_slice(&folded);
  if (e == ERR_OK) e = read_all(&d);
  if (e == ERR_OK) e = read_page(&d);
  store->ops->rollback(store);
  buf_finish(&folded);
  buf_finish(&d.text);
  return e;
}
