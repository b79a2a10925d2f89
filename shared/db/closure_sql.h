/* closure_sql.h: why a session's school, or everything, is closed on its day: SQL that a device and the hub
 * have in common. */
#ifndef TUTTI_DB_CLOSURE_SQL_H
#define TUTTI_DB_CLOSURE_SQL_H

#define CLOSURE_FIRST(s)                                                                                     \
  "x.starts<=" s ".date AND x.ends>=" s ".date AND x.removed IS NOT 1 ORDER BY x.starts, x.id LIMIT 1"
#define CLOSURE_OWN(s, a)                                                                                    \
  "(SELECT x.reason FROM closure x WHERE x.school=" a ".school AND " CLOSURE_FIRST(s) ")"
#define CLOSURE_OF_ALL(s)                                                                                    \
  "(SELECT x.reason FROM closure x WHERE x.id IN (SELECT e.id FROM closure e WHERE e.school IS NULL) "       \
  "AND " CLOSURE_FIRST(s) ")"
/* The reason, NULL where neither is closed; of two the school's own is said. `s` is a session and `a` its
 * activity. Closures of everything are few, and are listed once for a statement: asked for together with the
 * school's, all there are would be read for every session. */
#define CLOSURE_REASON(s, a) "coalesce(" CLOSURE_OWN(s, a) ", " CLOSURE_OF_ALL(s) ")"

#endif
