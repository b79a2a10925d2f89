/* small_sqlite.c: SQLite for the browser's core, without what no statement of ours says: windows, triggers
 * and views. The amalgamation leaves their code out when it is told to, but its parser was
 * generated with everything and still calls it. Their words are refused before they reach the parser
 * (TuttiSmallSqlite.cmake), so none of these functions is ever called; they are here to be linked. */
#define NEVER(result, name, arguments)                                                                       \
  static result name arguments { __builtin_trap(); }
/* NOLINTBEGIN(misc-unused-parameters): whoever is never called uses nothing. */
struct Expr;
struct ExprList;
struct IdList;
struct Parse;
struct Select;
struct SrcList;
struct Token;
struct TriggerStep;
struct Upsert;
struct Window;
struct sqlite3;
typedef struct Expr *expr;
typedef struct ExprList *exprs;
typedef struct Parse *parse;
typedef struct SrcList *sources;
typedef struct Token *token;
typedef const char *text;
NEVER(void, sqlite3CreateView, (parse a, token b, token c, token d, exprs e, struct Select *f, int g, int h))
NEVER(void, sqlite3BeginTrigger,
      (parse a, token b, token c, int d, int e, struct IdList *f, sources g, expr h, int i, int j))
NEVER(void, sqlite3FinishTrigger, (parse a, struct TriggerStep *b, token c))
NEVER(void, sqlite3DropTrigger, (parse a, sources b, int c))
NEVER(void, sqlite3DeleteTriggerStep, (struct sqlite3 * a, struct TriggerStep *b))
NEVER(struct TriggerStep *, sqlite3TriggerSelectStep, (struct sqlite3 * a, struct Select *b, text c, text d))
NEVER(struct TriggerStep *, sqlite3TriggerInsertStep,
      (parse a, sources b, struct IdList *c, struct Select *d, unsigned char e, struct Upsert *f, text g,
       text h))
NEVER(struct TriggerStep *, sqlite3TriggerUpdateStep,
      (parse a, sources b, sources c, exprs d, expr e, unsigned char f, text g, text h))
NEVER(struct TriggerStep *, sqlite3TriggerDeleteStep, (parse a, sources b, expr c, text d, text e))
NEVER(void, sqlite3WindowListDelete, (struct sqlite3 * a, struct Window *b))
NEVER(struct Window *, sqlite3WindowAlloc, (parse a, int b, int c, expr d, int e, expr f, unsigned char g))
NEVER(struct Window *, sqlite3WindowAssemble, (parse a, struct Window *b, exprs c, exprs d, token e))
NEVER(void, sqlite3WindowChain, (parse a, struct Window *b, struct Window *c))
/* NOLINTEND(misc-unused-parameters) */
#include <sqlite3.c> /* NOLINT(bugprone-suspicious-include): it takes the place of that file */
