# Compiler and linker flags for our own code, one set per build type, carried by the interface target tutti_flags.
add_library(tutti_flags INTERFACE)
target_compile_definitions(tutti_flags INTERFACE TUTTI_VERSION="${PROJECT_VERSION}")
target_compile_options(tutti_flags INTERFACE -g -fno-omit-frame-pointer -fno-common -Wall -Wextra -Wconversion -Wshadow
  -Wstrict-prototypes -Wmissing-prototypes -Wvla $<$<BOOL:${TUTTI_WERROR}>:-Werror>)

# ASSERT(!"a sentence") is how we say that a place is never reached; clang would call the sentence a conversion.
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
  target_compile_options(tutti_flags INTERFACE -Wno-string-conversion)
endif()

# ccache may be pointed at one cache by several build folders: paths of the folder must not count.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_NOHASHDIR=1;${CCACHE}")
endif()

set(sanitizers "")
if(TUTTI_WASM)
  target_compile_options(tutti_flags INTERFACE -Oz)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  # What is run for a moment, and never by anybody but a test, is compiled in two thirds of the time: such a target says TUTTI_SHORT_LIVED.
  target_compile_options(tutti_flags INTERFACE $<IF:$<BOOL:$<TARGET_PROPERTY:TUTTI_SHORT_LIVED>>,-O1,-O2> -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
    -fstack-clash-protection)
  target_link_options(tutti_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
elseif(CMAKE_BUILD_TYPE STREQUAL "Asan")
  # Lines and names are all that a report tells; the rest of -g is a fifth of the time this build takes.
  target_compile_options(tutti_flags INTERFACE -O1 -g1)
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(CMAKE_BUILD_TYPE STREQUAL "Tsan")
  target_compile_options(tutti_flags INTERFACE -O1)
  set(sanitizers -fsanitize=thread)
elseif(CMAKE_BUILD_TYPE STREQUAL "Fuzz")
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "The Fuzz build needs libFuzzer: configure with -DCMAKE_C_COMPILER=clang-14")
  endif()
  target_compile_options(tutti_flags INTERFACE -O1)
  set(sanitizers -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
else()
  message(FATAL_ERROR "Unknown CMAKE_BUILD_TYPE '${CMAKE_BUILD_TYPE}': choose Release, Asan, Tsan or Fuzz")
endif()
target_compile_options(tutti_flags INTERFACE ${sanitizers})
target_link_options(tutti_flags INTERFACE ${sanitizers})
if(NOT TUTTI_WASM AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(tutti_flags INTERFACE -fcf-protection)
endif()
