# next.cmake: the whole core, client and hub, built a second time from a schema two versions ahead, as one object whose names begin with
# next_; so that one test program holds an old side and a new one. No source knows of it: only the schema that it includes is another.
set(next_schema 3)
set(next_root "${CMAKE_CURRENT_BINARY_DIR}/next")

# The last number of lines that match; the pattern's first group is the number.
function(next_highest out text pattern)
  set(highest 0)
  string(REGEX MATCHALL "${pattern}" lines "${text}")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "${pattern}" "\\1" number "${line}")
    if(number GREATER highest)
      set(highest ${number})
    endif()
  endforeach()
  set(${out} ${highest} PARENT_SCOPE)
endfunction()

function(next_replace text_name from to)
  string(FIND "${${text_name}}" "${from}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "next.cmake: \"${from}\" is not there any more: adapt it")
  endif()
  string(REPLACE "${from}" "${to}" text "${${text_name}}")
  set(${text_name} "${text}" PARENT_SCOPE)
endfunction()

set(next_inputs schema.def enums.def schema.h)
foreach(name IN LISTS next_inputs)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/shared/schema/${name}")
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/schema_next.def")
file(READ "${PROJECT_SOURCE_DIR}/shared/schema/schema.def" next_def)
file(READ "${PROJECT_SOURCE_DIR}/shared/schema/enums.def" next_enums)
file(READ "${PROJECT_SOURCE_DIR}/shared/schema/schema.h" next_header)
file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/schema_next.def" next_lines)

string(REGEX MATCH "TABLE_END = ([0-9]+)" unused "${next_header}")
set(next_table ${CMAKE_MATCH_1})
math(EXPR next_table_end "${next_table} + 1")
next_replace(next_header "TABLE_END = ${next_table}" "TABLE_END = ${next_table_end}")
next_replace(next_header "enum { schema_version = 1 };" "enum { schema_version = ${next_schema} };")

set(next_to "")
foreach(line IN LISTS next_lines)
  if(line MATCHES "^ADD_TO\\((.*)\\)")
    set(next_to ${CMAKE_MATCH_1})
    string(REGEX MATCH "TABLE\\(${next_to}, [^$]*END\\(${next_to}\\)" next_body "${next_def}")
    next_highest(next_unit "${next_body}" "COLUMN\\([a-z_]+, *[0-9]+, *[A-Z]+[(a-z_)]*, *[A-Z_]+, *([0-9]+)")
  elseif(line MATCHES "^ADD_WORD\\(([a-z_]+), ([a-zA-Z_]+), (.*), ([0-9]+)\\)")
    set(word_enum ${CMAKE_MATCH_1})
    set(word "${CMAKE_MATCH_2}")
    set(word_rest "${CMAKE_MATCH_3}, ${CMAKE_MATCH_4}")
    next_highest(highest "${next_enums}" "VALUE\\(${word_enum}, *[a-zA-Z_]+, *([0-9]+)")
    math(EXPR highest "${highest} + 1")
    next_replace(next_enums "END_ENUM(${word_enum})" "LATER_VALUE(${word_enum}, ${word}, ${highest}, ${word_rest})\nEND_ENUM(${word_enum})")
  elseif(line MATCHES "^ADD_TABLE")
    set(next_to "")
  elseif(line MATCHES "^(TABLE|COLUMN|END)\\(")
    if(next_to)
      math(EXPR next_unit "${next_unit} + 1")
      string(REPLACE "NEXT_UNIT" "${next_unit}" line "${line}")
      next_replace(next_def "END(${next_to})" "${line}\nEND(${next_to})")
    else()
      string(REPLACE "NEXT_TABLE" "${next_table}" line "${line}")
      string(APPEND next_def "${line}\n")
    endif()
  endif()
endforeach()

# The include root: the schema's folder is ours, everything else is the tree's.
file(MAKE_DIRECTORY "${next_root}/shared/schema" "${next_root}/client" "${next_root}/server/store" "${next_root}/tests/contract")
file(CONFIGURE OUTPUT "${next_root}/shared/schema/schema.def" CONTENT "${next_def}" @ONLY)
file(CONFIGURE OUTPUT "${next_root}/shared/schema/enums.def" CONTENT "${next_enums}" @ONLY)
file(CONFIGURE OUTPUT "${next_root}/shared/schema/schema.h" CONTENT "${next_header}" @ONLY)
foreach(name row.h schema_columns.h score.h)
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/shared/schema/${name}" "${next_root}/shared/schema/${name}" SYMBOLIC)
endforeach()
foreach(folder shared/base shared/crypto shared/db shared/merge proto client/core server/core server/store/sqlite tests/lib
        tests/contract/upgrade)
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${folder}" "${next_root}/${folder}" SYMBOLIC)
endforeach()

# What knows the schema is built again; base, crypto and the page cipher are shared.
set(next_sources "")
foreach(folder shared/schema shared/db shared/merge proto client/core server/core server/store/sqlite)
  file(GLOB found CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.c")
  list(APPEND next_sources ${found})
endforeach()
list(FILTER next_sources EXCLUDE REGEX "(_print|_wasm|/page_cipher)\\.c$")
list(APPEND next_sources "${PROJECT_SOURCE_DIR}/tests/lib/hub_host.c" "${PROJECT_SOURCE_DIR}/tests/lib/hub_world.c"
  "${PROJECT_SOURCE_DIR}/tests/lib/hub_line.c" "${PROJECT_SOURCE_DIR}/tests/lib/hub_door.c"
  "${PROJECT_SOURCE_DIR}/tests/lib/core_door.c" "${CMAKE_CURRENT_SOURCE_DIR}/next_device.c"
  "${CMAKE_CURRENT_SOURCE_DIR}/next_hub.c")
add_library(next_parts OBJECT ${next_sources})
target_include_directories(next_parts PRIVATE "${next_root}")
target_link_libraries(next_parts PRIVATE tutti_flags thirdparty_sqlite thirdparty_msgpack thirdparty_sodium thirdparty_cmocka)

# Only the doors stay visible, under their new names.
file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/next_doors.txt" next_doors)
set(next_names "")
foreach(door IN LISTS next_doors)
  string(APPEND next_names "${door} next_${door}\n")
endforeach()
file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/next_names.txt" CONTENT "${next_names}" @ONLY)
add_custom_command(OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/next.o"
  COMMAND ${CMAKE_LINKER} -r -o next_whole.o $<TARGET_OBJECTS:next_parts>
  COMMAND ${CMAKE_OBJCOPY} "--keep-global-symbols=${CMAKE_CURRENT_SOURCE_DIR}/next_doors.txt" next_whole.o next_closed.o
  COMMAND ${CMAKE_OBJCOPY} "--redefine-syms=${CMAKE_CURRENT_BINARY_DIR}/next_names.txt" next_closed.o next.o
  DEPENDS next_parts $<TARGET_OBJECTS:next_parts> "${CMAKE_CURRENT_SOURCE_DIR}/next_doors.txt"
  WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" COMMAND_EXPAND_LISTS VERBATIM
  COMMENT "The core of a schema two versions ahead as one object")
add_library(next_core STATIC "${CMAKE_CURRENT_BINARY_DIR}/next.o")
set_target_properties(next_core PROPERTIES LINKER_LANGUAGE C)
tutti_stage(next_core tests/contract/upgrade)
target_include_directories(next_core PUBLIC "${PROJECT_BINARY_DIR}/include/next_core")
target_link_libraries(next_core PUBLIC test_hub test_core PRIVATE tutti_flags thirdparty_sqlite thirdparty_msgpack thirdparty_sodium)
