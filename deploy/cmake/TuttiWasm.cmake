# The browser's core as one wasm module, and how a native build gets it.
set(wasm_report "${PROJECT_SOURCE_DIR}/deploy/cmake/wasm_report.mjs")

# tutti_wasm(NAME target OUTPUT file SOURCES files DEPENDS modules IMPORTS list): a reactor (no main) whose imports are checked after the
# link. A second link, thrown away, keeps every function of our archives: a call of something native in any corner of the core
# fails here, not in a phone.
function(tutti_wasm)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;OUTPUT;IMPORTS" "SOURCES;DEPENDS")
  tutti_existing(depends ${arg_NAME} ${arg_DEPENDS})
  set(whole "")
  foreach(module IN LISTS depends)
    get_target_property(type ${module} TYPE)
    if(type STREQUAL "STATIC_LIBRARY")
      list(APPEND whole "$<TARGET_FILE:${module}>")
    endif()
  endforeach()
  tutti_wasm_link(${arg_NAME} ${arg_OUTPUT} -Wl,--strip-all)
  tutti_wasm_link(${arg_NAME}_whole ${arg_OUTPUT}.whole -Wl,--no-gc-sections -Wl,--whole-archive ${whole} -Wl,--no-whole-archive)
  # Binaryen (Apache-2.0) takes off what the compiler cannot see across functions. The stack stands first, so nothing lies in the lowest KiB.
  find_program(TUTTI_WASM_OPT wasm-opt REQUIRED)
  add_custom_command(TARGET ${arg_NAME} POST_BUILD VERBATIM
    COMMAND "${TUTTI_WASM_OPT}" -Oz --converge --low-memory-unused --strip-debug --strip-producers --enable-sign-ext --enable-mutable-globals
      "$<TARGET_FILE:${arg_NAME}>" -o "$<TARGET_FILE:${arg_NAME}>"
    COMMAND node "${wasm_report}" "$<TARGET_FILE:${arg_NAME}>" "${arg_IMPORTS}")
endfunction()

# Inherits SOURCES and DEPENDS from tutti_wasm; further arguments are link options.
macro(tutti_wasm_link name output)
  add_executable(${name} ${arg_SOURCES})
  # wasi-libc's printf without floating point: nothing of ours prints any, and it is a hundredth of the download.
  target_link_libraries(${name} PRIVATE ${depends} tutti_flags c-printscan-no-floating-point)
  target_include_directories(${name} PRIVATE "${PROJECT_BINARY_DIR}/include/${arg_NAME}")
  target_link_options(${name} PRIVATE -mexec-model=reactor -nostartfiles /usr/lib/wasm32-wasi/crt1-reactor.o
    -Wl,--no-entry,--stack-first,-z,stack-size=1048576 -Wl,--initial-memory=16777216,--max-memory=268435456 ${ARGN})
  set_target_properties(${name} PROPERTIES OUTPUT_NAME "${output}" SUFFIX "" LINK_DEPENDS "${arg_IMPORTS}"
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
endmacro()

# Natively: the target `wasm` re-enters this tree with the other toolchain. Release builds it always, the rest on request.
if(NOT TUTTI_WASM)
  cmake_path(IS_PREFIX PROJECT_SOURCE_DIR "${PROJECT_BINARY_DIR}" NORMALIZE inside)
  set(wasm_dir "${PROJECT_BINARY_DIR}/wasm")
  if(inside)
    set(wasm_dir "${PROJECT_SOURCE_DIR}/build/wasm")
  endif()
  set(TUTTI_WASM_DIR "${wasm_dir}" CACHE PATH "Where the browser's core is built")
  include(ExternalProject)
  ExternalProject_Add(wasm EXCLUDE_FROM_ALL TRUE PREFIX "${PROJECT_BINARY_DIR}/wasm-project"
    SOURCE_DIR "${PROJECT_SOURCE_DIR}" BINARY_DIR "${TUTTI_WASM_DIR}" INSTALL_COMMAND "" BUILD_ALWAYS TRUE USES_TERMINAL_BUILD TRUE
    BUILD_BYPRODUCTS "${TUTTI_WASM_DIR}/tutti-core.wasm"
    CMAKE_ARGS "-DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/deploy/cmake/wasm32-wasi.cmake" "-DTUTTI_DEPS_DIR=${TUTTI_DEPS_DIR}"
      "-DCMAKE_BUILD_TYPE=Release" "-DTUTTI_WERROR=${TUTTI_WERROR}")
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_custom_target(wasm_by_default ALL DEPENDS wasm)
  endif()
endif()
