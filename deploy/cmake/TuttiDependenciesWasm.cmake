# The same third-party targets for wasm32: compiled from source, without a configure step, so their templates are filled in here.
set(generated "${PROJECT_BINARY_DIR}/thirdparty")

# One thread, so locks do nothing; but they are there, since shared/db names them. What our statements never use is left out: a
# phone downloads this.
tutti_thirdparty(thirdparty_sqlite SOURCES ${small_sqlite_source} INCLUDES "${generated}/sqlite" ${sqlite_include}
  DEFINES ${sqlite_defines} ${small_sqlite_defines} SQLITE_THREADSAFE=2 SQLITE_MUTEX_NOOP SQLITE_OS_OTHER=1 SQLITE_UNTESTABLE __WASM__)

# libsodium has no source of randomness until the host sets one: nothing silent to fall back on.
set(sodium "${TUTTI_DEPS_DIR}/libsodium/src/libsodium")
set(VERSION 1.0.18)
set(SODIUM_LIBRARY_VERSION_MAJOR 10)
set(SODIUM_LIBRARY_VERSION_MINOR 3)
set(SODIUM_LIBRARY_MINIMAL_DEF "")
configure_file("${sodium}/include/sodium/version.h.in" "${generated}/sodium/sodium/version.h" @ONLY)
file(GLOB_RECURSE sodium_sources "${sodium}/*.c")
tutti_thirdparty(thirdparty_sodium SOURCES ${sodium_sources}
  INCLUDES "${sodium}/include" "${generated}/sodium" "${sodium}/include/sodium" "${generated}/sodium/sodium"
  DEFINES CONFIGURED=1 NATIVE_LITTLE_ENDIAN=1 RANDOMBYTES_CUSTOM_IMPLEMENTATION RANDOMBYTES_DEFAULT_IMPLEMENTATION=NULL)
target_compile_definitions(thirdparty_sodium PUBLIC SODIUM_STATIC=1)

set(msgpack "${TUTTI_DEPS_DIR}/msgpack-c")
set(MSGPACK_ENDIAN_LITTLE_BYTE 1)
set(MSGPACK_ENDIAN_BIG_BYTE 0)
configure_file("${msgpack}/cmake/sysdep.h.in" "${generated}/msgpack/msgpack/sysdep.h" @ONLY)
configure_file("${msgpack}/cmake/pack_template.h.in" "${generated}/msgpack/msgpack/pack_template.h" @ONLY)
tutti_thirdparty(thirdparty_msgpack
  SOURCES "${msgpack}/src/objectc.c" "${msgpack}/src/unpack.c" "${msgpack}/src/version.c" "${msgpack}/src/vrefbuffer.c"
    "${msgpack}/src/zone.c"
  INCLUDES "${msgpack}/include" "${generated}/msgpack" "${generated}/msgpack/msgpack")
