/* views_people_sql.c: staff, their grants and devices, and the activities they can be granted. */
#include "server/store/sqlite/views.h"

#define GRANTS                                                                                               \
  "(SELECT count(*) FROM grant_ g WHERE g.staff=s.id AND g.starts<=?1 AND (g.ends IS NULL OR g.ends>?1))"
#define DEVICES                                                                                              \
  "(SELECT count(*) FROM device_staff d JOIN device v ON v.id=d.device WHERE d.staff=s.id AND v.status=1 "   \
  "AND d.starts<=?1 AND (d.ends IS NULL OR d.ends>?1))"
#define STAFF                                                                                                \
  "SELECT s.id, s.name, s.email, s.roles, coalesce(s.status, 1), " GRANTS ", " DEVICES                       \
  ", s.version FROM staff s "

static err read_member(struct stmt *s, struct arena *a, void *at) {
  struct view_staff *out = at;
  *out = (struct view_staff){.roles = (uint32_t)stmt_column_int(s, 3),
                             .status = (uint8_t)stmt_column_int(s, 4),
                             .grants = (uint32_t)stmt_column_int(s, 5),
                             .devices = (uint32_t)stmt_column_int(s, 6),
                             .version = (uint64_t)stmt_column_int(s, 7)};
  if (!stmt_column_id(s, 0, &out->id)) return ERR_CORRUPT;
  TRY(column_text(s, 1, a, &out->name));
  return column_text(s, 2, a, &out->email);
}

err views_staff(struct store *store, int32_t date, struct arena *a, struct view_staff **out, size_t *count) {
  struct stmt *s;
  err e = ERR_OK;
  TRY(db_stmt(sqlite_of(store)->db, &s, STAFF "ORDER BY coalesce(s.status, 1), s.name, s.id"));
  stmt_int(s, 1, date);
  *out = read_list(&e, s, sizeof **out, read_member, a, count);
  return e;
}

err views_staff_member(struct store *store, const struct id *staff, int32_t date, struct arena *a,
                       struct view_staff *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, STAFF "WHERE s.id=?2"));
  stmt_int(s, 1, date);
  stmt_id(s, 2, staff);
  TRY(stmt_one(s));
  err e = read_member(s, a, out);
  stmt_reset(s);
  return e;
}

static err read_grant(struct stmt *s, struct arena *a, void *at) {
  struct view_grant *out = at;
  *out = (struct view_grant){
      .role = (uint8_t)stmt_column_int(s, 3), .starts = column_day(s, 4), .ends = column_day(s, 5)};
  if (!stmt_column_id(s, 0, &out->activity)) return ERR_CORRUPT;
  TRY(column_text(s, 1, a, &out->activity_name));
  return column_text(s, 2, a, &out->school_name);
}

err views_grants(struct store *store, const struct id *staff, struct arena *a, struct view_grant **out,
                 size_t *count) {
  struct stmt *s;
  err e = ERR_OK;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT g.activity, a.name, c.name, g.role, g.starts, g.ends FROM grant_ g LEFT JOIN activity a "
      "ON a.id=g.activity LEFT JOIN school c ON c.id=a.school WHERE g.staff=?1 ORDER BY g.ends IS "
      "NOT NULL, a.name, g.activity"));
  stmt_id(s, 1, staff);
  *out = read_list(&e, s, sizeof **out, read_grant, a, count);
  return e;
}

err view_activity_read(struct stmt *s, struct arena *a, void *at) {
  struct view_activity *out = at;
  if (!stmt_column_id(s, 0, &out->id)) return ERR_CORRUPT;
  TRY(column_text(s, 1, a, &out->name));
  return column_text(s, 2, a, &out->school_name);
}

err views_activities(struct store *store, int32_t date, struct arena *a, struct view_activity **out,
                     size_t *count) {
  struct stmt *s;
  err e = ERR_OK;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT a.id, a.name, c.name FROM activity a LEFT JOIN school c ON c.id=a.school WHERE a.ends IS "
      "NULL OR a.ends>?1 ORDER BY a.name, c.name, a.id LIMIT ?2"));
  stmt_int(s, 1, date);
  stmt_int(s, 2, activities_listed_max);
  *out = read_list(&e, s, sizeof **out, view_activity_read, a, count);
  return e;
}
