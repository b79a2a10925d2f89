/* rights_sql.c: what a device may hold, and what an author may write from it. */
#include "server/store/sqlite/sqlite_store.h"

/* A grant's role decides how much of an activity its holder's devices keep. Leaders see who comes and what to
 * look after; notes on a learner's playing are between tutors and the office, but for a leader's own. */
static uint8_t audience_of(int64_t role) {
  switch (role) {
  case ENUM_grant_role_tutor: return AUDIENCE_REGISTER | AUDIENCE_CARE | AUDIENCE_TEACHING;
  case ENUM_grant_role_leader: return AUDIENCE_REGISTER | AUDIENCE_CARE;
  default: return AUDIENCE_DOOR;
  }
}

/* Rows come in order of activity: roles of several staff for one activity add up. */
static err read_streams(struct stmt *s, struct arena *a, struct stream_position **out, size_t *count) {
  size_t cap = 0;
  bool there;
  TRY(stmt_step(s, &there));
  while (there) {
    struct id activity;
    bool known = stmt_column_id(s, 0, &activity);
    struct stream_position *list = arena_room(a, *out, &cap, *count, sizeof *list);
    if (!known || !list) {
      stmt_reset(s);
      return list ? ERR_CORRUPT : ERR_NO_MEMORY;
    }
    *out = list;
    uint8_t audience = audience_of(stmt_column_int(s, 1));
    bool same = *count && id_equal(&list[*count - 1].stream, &activity);
    if (same)
      list[*count - 1].audience |= audience;
    else if (*count < session_streams_max)
      list[(*count)++] = (struct stream_position){.stream = activity, .audience = audience};
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}

/* Each row of the statement is the id of a stream. */
static err add_streams(struct stmt *s, uint8_t audience, struct arena *a, struct stream_position **out,
                       size_t *cap, size_t *count) {
  bool there;
  TRY(stmt_step(s, &there));
  while (there) {
    struct stream_position *list = arena_room(a, *out, cap, *count, sizeof *list);
    if (!list) {
      stmt_reset(s);
      return ERR_NO_MEMORY;
    }
    *out = list;
    list[*count] = (struct stream_position){.audience = audience};
    (void)stmt_column_id(s, 0, &list[*count].stream);
    *count += *count < session_streams_max;
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}

/* Beside activities each person has a stream of their own: whoever is granted more than a door, or visits
 * schools. Who visits needs the schools, granted anything or not. */
static err read_own(struct sqlite_store *q, const struct id *device, int32_t date, struct arena *a,
                    struct stream_position **out, size_t *count) {
  struct stmt *s;
  size_t cap = *count;
  TRY(db_stmt(
      q->db, &s,
      "SELECT s.id FROM device_staff d JOIN staff s ON s.id=d.staff WHERE d.device=?1 AND d.starts<=?2"
      " AND (d.ends IS NULL OR d.ends>?2) AND coalesce(s.status, 1)=1 AND (coalesce(s.roles, 0)&?3<>0"
      " OR EXISTS (SELECT 1 FROM grant_ g WHERE g.staff=s.id AND g.role<>?4 AND g.starts<=?2"
      " AND (g.ends IS NULL OR g.ends>?2))) ORDER BY s.id"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, date);
  stmt_int(s, 3, visiting_roles);
  stmt_int(s, 4, ENUM_grant_role_door);
  return add_streams(s, AUDIENCE_REGISTER, a, out, &cap, count);
}

/* A leader's stream of an activity has no notes in it. What they wrote there themselves comes in the stream
 * of their grant; a tutor has it with the rest. */
static err read_authored(struct sqlite_store *q, const struct id *device, int32_t date, struct arena *a,
                         struct stream_position **out, size_t *count) {
  struct stmt *s;
  size_t cap = *count;
  TRY(db_stmt(q->db, &s,
              "SELECT g.id FROM device_staff d JOIN staff s ON s.id=d.staff JOIN grant_ g ON g.staff=d.staff"
              " WHERE d.device=?1 AND d.starts<=?2 AND (d.ends IS NULL OR d.ends>?2) AND g.starts<=?2"
              " AND (g.ends IS NULL OR g.ends>?2) AND coalesce(s.status, 1)=1 AND g.role=?3 ORDER BY g.id"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, date);
  stmt_int(s, 3, ENUM_grant_role_leader);
  return add_streams(s, AUDIENCE_TEACHING, a, out, &cap, count);
}

static err read_staff(struct sqlite_store *q, const struct id *device, int32_t date, struct arena *a,
                      struct staff_ref **out, size_t *count) {
  struct stmt *s;
  bool there;
  struct staff_ref *list = arena_take(a, staff_on_device_max, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  *out = list;
  *count = 0;
  TRY(db_stmt(q->db, &s,
              "SELECT s.id, s.name FROM device_staff d JOIN staff s ON s.id=d.staff WHERE d.device=?1 AND "
              "d.starts<=?2"
              " AND (d.ends IS NULL OR d.ends>?2) AND coalesce(s.status, 1)=1 ORDER BY s.name, s.id"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, date);
  TRY(stmt_step(s, &there));
  while (there && *count < staff_on_device_max) {
    (void)stmt_column_id(s, 0, &list[*count].id);
    err e = column_text(s, 1, a, &list[*count].name);
    (*count)++;
    if (e == ERR_OK) e = stmt_step(s, &there);
    if (e != ERR_OK) {
      stmt_reset(s);
      return e;
    }
  }
  stmt_reset(s);
  return ERR_OK;
}

err device_grants(struct store *store, const struct id *device, int32_t date, struct arena *a,
                  struct msg_grants *out) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  uint64_t position;
  struct staff_ref *staff;
  size_t count = 2;
  struct stream_position *streams =
      arena_take(a, count, sizeof *streams); /* two places for reference and staff */
  if (!streams) return ERR_NO_MEMORY;
  TRY(number_load(store, STORE_POSITION, &position));
  TRY(read_staff(q, device, date, a, &staff, &out->staff_count));
  out->staff = staff;
  TRY(db_stmt(q->db, &s,
              "SELECT g.activity, g.role FROM device_staff d JOIN staff s ON s.id=d.staff JOIN grant_ g ON "
              "g.staff=d.staff"
              " WHERE d.device=?1 AND d.starts<=?2 AND (d.ends IS NULL OR d.ends>?2) AND g.starts<=?2"
              " AND (g.ends IS NULL OR g.ends>?2) AND coalesce(s.status, 1)=1 ORDER BY g.activity"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, date);
  TRY(read_streams(s, a, &streams, &count));
  TRY(read_own(q, device, date, a, &streams, &count));
  uint8_t all = AUDIENCE_DOOR;
  for (size_t i = 2; i < count; i++) all |= streams[i].audience;
  TRY(read_authored(q, device, date, a, &streams, &count));
  streams[0] = (struct stream_position){.stream = stream_reference, .audience = all};
  streams[1] = (struct stream_position){.stream = stream_staff, .audience = all};
  for (size_t i = 0; i < count; i++) streams[i].position = position;
  out->streams = streams;
  out->stream_count = out->staff_count ? count : 0;
  return ERR_OK;
}

static err read_spans(struct stmt *s, struct arena *a, const struct store_span **out, size_t *count) {
  size_t cap = 0;
  bool there;
  struct store_span *list = NULL;
  *count = 0;
  TRY(stmt_step(s, &there));
  while (there) {
    struct store_span *grown = arena_room(a, list, &cap, *count, sizeof *grown);
    if (!grown) {
      stmt_reset(s);
      return ERR_NO_MEMORY;
    }
    list = grown;
    struct store_span *span = &list[(*count)++];
    *span = (struct store_span){
        .role = (uint8_t)stmt_column_int(s, 1), .starts = column_day(s, 2), .ends = column_day(s, 3)};
    (void)stmt_column_id(s, 0, &span->activity);
    TRY(stmt_step(s, &there));
  }
  *out = list;
  return ERR_OK;
}

err author_rights(struct store *store, const struct id *device, const struct id *author, struct arena *a,
                  struct store_rights *out) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "SELECT NULL, 0, starts, ends FROM device_staff WHERE device=?1 AND staff=?2"));
  stmt_id(s, 1, device);
  stmt_id(s, 2, author);
  TRY(read_spans(s, a, &out->assigned, &out->assigned_count));
  TRY(db_stmt(q->db, &s, "SELECT activity, role, starts, ends FROM grant_ WHERE staff=?1"));
  stmt_id(s, 1, author);
  return read_spans(s, a, &out->granted, &out->granted_count);
}
