# Third-party code as targets thirdparty_*, the same names natively and in wasm. Nothing of it is warned about or instrumented.
set(TUTTI_DEPS_DIR "${PROJECT_SOURCE_DIR}/build/deps" CACHE PATH "Where deploy/deps/fetch.sh keeps the sources we compile ourselves")
execute_process(COMMAND "${PROJECT_SOURCE_DIR}/deploy/deps/fetch.sh" "${TUTTI_DEPS_DIR}" COMMAND_ERROR_IS_FATAL ANY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/deploy/deps/fetch.sh")

# A static library of pinned sources: optimised, silent, its headers system headers for whoever links it.
function(tutti_thirdparty name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;INCLUDES;DEFINES;OPTIONS")
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_include_directories(${name} SYSTEM PUBLIC ${arg_INCLUDES})
  target_compile_definitions(${name} PRIVATE ${arg_DEFINES})
  target_compile_options(${name} PRIVATE -w -g $<IF:$<BOOL:${TUTTI_WASM}>,-Oz,-O2> ${arg_OPTIONS})
endfunction()

# A Debian package as an imported target; without pkg-config data the library and header are looked for by name.
function(tutti_package name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "OPTIONAL" "LIBRARY;HEADER" "MODULES")
  if(arg_MODULES)
    find_package(PkgConfig REQUIRED)
    pkg_check_modules(${name} IMPORTED_TARGET ${arg_MODULES})
    if(${name}_FOUND)
      add_library(${name} INTERFACE)
      target_link_libraries(${name} INTERFACE PkgConfig::${name})
    endif()
  else()
    find_library(${name}_library ${arg_LIBRARY})
    find_path(${name}_header ${arg_HEADER})
    if(${name}_library AND ${name}_header)
      add_library(${name} INTERFACE)
      target_link_libraries(${name} INTERFACE ${${name}_library})
    endif()
  endif()
  if(NOT TARGET ${name} AND NOT arg_OPTIONAL)
    message(FATAL_ERROR "${name} (${arg_MODULES}${arg_LIBRARY}) is not installed: run deploy/build.sh, which installs it")
  endif()
endfunction()

# SQLite: only ChaCha20 of the ciphers. WAL and FULL are pragmas, set by shared/db.
set(sqlite_defines SQLITE_DQS=0 SQLITE_TEMP_STORE=3 SQLITE_OMIT_LOAD_EXTENSION SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_OMIT_DEPRECATED
  SQLITE_OMIT_SHARED_CACHE SQLITE_MAX_MMAP_SIZE=0 SQLITE_LIKE_DOESNT_MATCH_BLOBS SQLITE_TRUSTED_SCHEMA=0 HAVE_CIPHER_AES_128_CBC=0
  HAVE_CIPHER_AES_256_CBC=0 HAVE_CIPHER_SQLCIPHER=0 HAVE_CIPHER_RC4=0 HAVE_CIPHER_ASCON128=0 HAVE_CIPHER_AEGIS=0
  HAVE_CIPHER_CHACHA20=1)
set(sqlite_source "${TUTTI_DEPS_DIR}/sqlite3mc/sqlite3.c")
set(sqlite_include "${TUTTI_DEPS_DIR}/sqlite3mc")

if(TUTTI_WASM)
  include(TuttiDependenciesWasm)
else()
  find_package(Threads REQUIRED)
  tutti_thirdparty(thirdparty_sqlite SOURCES ${sqlite_source} INCLUDES ${sqlite_include}
    DEFINES ${sqlite_defines} SQLITE_THREADSAFE=2 HAVE_USLEEP=1)
  target_link_libraries(thirdparty_sqlite PUBLIC Threads::Threads m)
  # The simulator's copy asks our own getentropy() instead of the kernel, so that a seed decides everything. It comes before the
  # other by being linked as an object: target_sources(x PRIVATE $<TARGET_OBJECTS:thirdparty_sqlite_sim>).
  tutti_thirdparty(thirdparty_sqlite_sim SOURCES ${sqlite_source} INCLUDES ${sqlite_include}
    DEFINES ${sqlite_defines} SQLITE_THREADSAFE=2 HAVE_USLEEP=1 __WASM__)
  target_link_libraries(thirdparty_sqlite_sim PUBLIC Threads::Threads m)
  tutti_package(thirdparty_sodium MODULES libsodium)
  tutti_package(thirdparty_msgpack MODULES msgpack)
  tutti_package(thirdparty_utf8proc MODULES libutf8proc)
  tutti_package(thirdparty_uv MODULES libuv)
  tutti_package(thirdparty_websockets MODULES libwebsockets libuv)
  tutti_package(thirdparty_openssl MODULES libssl libcrypto)
  tutti_package(thirdparty_jansson MODULES jansson)
  tutti_package(thirdparty_csv LIBRARY csv HEADER csv.h)
  tutti_package(thirdparty_qrencode MODULES libqrencode)
  tutti_package(thirdparty_confuse MODULES libconfuse)

  tutti_package(thirdparty_cmocka MODULES cmocka)
  target_include_directories(thirdparty_cmocka INTERFACE "${PROJECT_SOURCE_DIR}/tests/lib/cmocka")
  tutti_package(thirdparty_pq OPTIONAL MODULES libpq)
endif()
