# SQLite as the browser's core has it: one file to compile in place of the amalgamation, and what it is compiled with.
set(small_sqlite_source "${PROJECT_SOURCE_DIR}/deploy/deps/small_sqlite.c")
set(small_sqlite_omits JSON UTF16 TRACE DESERIALIZE AUTHORIZATION COMPLETE GET_TABLE DECLTYPE TCL_VARIABLE DATETIME_FUNCS
  INTROSPECTION_PRAGMAS COMPILEOPTION_DIAGS AUTOVACUUM INCRBLOB BTREECOUNT PROGRESS_CALLBACK FOREIGN_KEY EXPLAIN LIKE_OPTIMIZATION
  INTEGRITY_CHECK WINDOWFUNC TRIGGER VIEW)
list(TRANSFORM small_sqlite_omits PREPEND SQLITE_OMIT_ OUTPUT_VARIABLE small_sqlite_defines)

# FROM becomes TO, once and no more: a new version of SQLite in which it reads differently stops here.
function(small_sqlite_replace variable from to)
  string(FIND "${${variable}}" "${from}" first)
  string(FIND "${${variable}}" "${from}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "SQLite is not as it was: '${from}' does not stand in it once (deploy/cmake/TuttiSmallSqlite.cmake)")
  endif()
  string(REPLACE "${from}" "${to}" changed "${${variable}}")
  set(${variable} "${changed}" PARENT_SCOPE)
endfunction()

# tutti_small_sqlite(FOLDER amalgamation): writes FOLDER/sqlite3.c. What begins a statement that is left out, or a clause that would be passed
# over in silence, is no word any more; the parser still writes to the list of windows, which is never read. A column that is added to a
# strict table may be empty and has no default, so that no row can break its type: to look at them all would need the check that is left out.
function(tutti_small_sqlite folder amalgamation)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${amalgamation}")
  file(READ "${amalgamation}" text)
  small_sqlite_replace(text "    if( tokenType>=TK_SPACE ){\n"
    "    if( tokenType==TK_VIEW || tokenType==TK_TRIGGER ) tokenType = TK_ILLEGAL;\n    if( tokenType>=TK_WINDOW ){\n")
  small_sqlite_replace(text "#ifndef SQLITE_OMIT_WINDOWFUNC\n  Window *pWin;          /* List of window functions */\n"
    "#if 1\n  Window *pWin;          /* List of window functions */\n")
  small_sqlite_replace(text "     || (pTab->tabFlags & TF_Strict)!=0\n" "")
  file(MAKE_DIRECTORY "${folder}")
  file(WRITE "${folder}/sqlite3.c.new" "${text}")
  file(COPY_FILE "${folder}/sqlite3.c.new" "${folder}/sqlite3.c" ONLY_IF_DIFFERENT)
  file(REMOVE "${folder}/sqlite3.c.new")
endfunction()
