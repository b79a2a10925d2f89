# Web files inside the daemon: a table of packed bytes is compiled in. npm and the browser's core make them in the Release build alone; a build
# with sanitizers takes them as they stand there (deploy/build.sh has them made first), and a fuzz target asks for none.
set(TUTTI_WEB_OUT "${PROJECT_BINARY_DIR}/web")
if(CMAKE_BUILD_TYPE MATCHES "^(Asan|Tsan)$")
  set(TUTTI_WEB_OUT "${PROJECT_SOURCE_DIR}/build/release/web")
endif()
set(ui "${PROJECT_SOURCE_DIR}/shared/ui")
set(web_stamp "${PROJECT_BINARY_DIR}/web.stamp")
set(field_stamp "${PROJECT_BINARY_DIR}/web_field.stamp")

# The web targets: app/ and office/, then field/, below TUTTI_WEB_OUT. Absent until shared/ui is a package.
if(NOT TUTTI_WASM AND CMAKE_BUILD_TYPE STREQUAL "Release" AND EXISTS "${ui}/package.json")
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS "${ui}/*" "${PROJECT_SOURCE_DIR}/client/app/*"
    "${PROJECT_SOURCE_DIR}/client/browser/*.ts" "${PROJECT_SOURCE_DIR}/server/office/*")
  list(FILTER web_sources EXCLUDE REGEX "/(node_modules|generated|dist|build)/")
  set(call_print "")
  if(EXISTS "${PROJECT_SOURCE_DIR}/client/core/call_print.c")
    set(call_print call_print)
  endif()
  add_custom_command(OUTPUT "${web_stamp}" VERBATIM
    COMMAND "${CMAKE_COMMAND}" -E env "TUTTI_WEB_OUT=${TUTTI_WEB_OUT}"
      "TUTTI_CALL_PRINT=$<$<BOOL:${call_print}>:$<TARGET_FILE:call_print>>"
      "${PROJECT_SOURCE_DIR}/deploy/cmake/build_web.sh" "${ui}"
    COMMAND "${CMAKE_COMMAND}" -E touch "${web_stamp}"
    DEPENDS ${web_sources} ${call_print} "${PROJECT_SOURCE_DIR}/deploy/cmake/build_web.sh"
    COMMENT "Building the web files")
  add_custom_target(web DEPENDS "${web_stamp}")

  # The field app for browsers: the app, and the core that TuttiWasm builds; only the hub serves it.
  file(GLOB_RECURSE field_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/client/browser/*")
  list(FILTER field_sources EXCLUDE REGEX "\\.(c|h)$|/CMakeLists\\.txt$")
  set(core_wasm "${TUTTI_WASM_DIR}/tutti-core.wasm")
  add_custom_command(OUTPUT "${field_stamp}" VERBATIM
    COMMAND "${CMAKE_COMMAND}" -E env "TUTTI_APP=${TUTTI_WEB_OUT}/app" "TUTTI_CORE_WASM=${core_wasm}" "TUTTI_FIELD_OUT=${TUTTI_WEB_OUT}/field"
      npm --silent --prefix "${ui}" run field
    COMMAND "${CMAKE_COMMAND}" -E touch "${field_stamp}"
    DEPENDS "${web_stamp}" web wasm "${core_wasm}" ${field_sources}
    COMMENT "Building the field app")
  add_custom_target(web_field DEPENDS "${field_stamp}")
endif()

# tutti_embed(target DIR folder SYMBOL name [BROTLI]): gives target `const struct web_file name_files[]` and `const size_t name_file_count`,
# declared in the generated header web_<name>.h; gzip'd, and with BROTLI packed smaller beside it, for browsers that come by TLS. A relative folder is one below TUTTI_WEB_OUT; none there gives an empty table.
function(tutti_embed target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "BROTLI" "DIR;SYMBOL" "")
  cmake_path(ABSOLUTE_PATH arg_DIR BASE_DIRECTORY "${TUTTI_WEB_OUT}" NORMALIZE OUTPUT_VARIABLE dir)
  set(generated "${PROJECT_BINARY_DIR}/embedded/${arg_SYMBOL}")
  set(depends "")
  cmake_path(IS_PREFIX TUTTI_WEB_OUT "${dir}" built)
  if(built AND TARGET web)
    list(APPEND depends web "${web_stamp}")
    if(dir STREQUAL "${TUTTI_WEB_OUT}/field")
      list(APPEND depends web_field "${field_stamp}")
    endif()
  else()
    file(GLOB_RECURSE depends CONFIGURE_DEPENDS "${dir}/*")
  endif()
  set(script "${PROJECT_SOURCE_DIR}/deploy/cmake/embed.cmake")
  add_custom_command(OUTPUT "${generated}/web_${arg_SYMBOL}.c" VERBATIM
    COMMAND "${CMAKE_COMMAND}" "-DDIR=${dir}" "-DSYMBOL=${arg_SYMBOL}" "-DOUT=${generated}" "-DBROTLI=${arg_BROTLI}" -P "${script}"
    DEPENDS ${depends} "${script}" "${PROJECT_SOURCE_DIR}/deploy/cmake/brotli.mjs"
    COMMENT "Embedding ${arg_SYMBOL}")
  file(WRITE "${generated}/web_${arg_SYMBOL}.h.new" "/* web_${arg_SYMBOL}.h: generated; the embedded files of ${arg_SYMBOL}. */
#pragma once
#include \"shared/base/web_file.h\"
extern const struct web_file ${arg_SYMBOL}_files[];
extern const size_t ${arg_SYMBOL}_file_count;
")
  file(COPY_FILE "${generated}/web_${arg_SYMBOL}.h.new" "${generated}/web_${arg_SYMBOL}.h" ONLY_IF_DIFFERENT)
  target_sources(${target} PRIVATE "${generated}/web_${arg_SYMBOL}.c")
  target_include_directories(${target} PUBLIC "${generated}")
endfunction()
