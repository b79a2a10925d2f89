# embed.cmake: cmake -DDIR=folder -DSYMBOL=name -DOUT=folder [-DBROTLI=1] -P embed.cmake writes OUT/web_name.c, a table of packed files.
set(types
  html "text/html" css "text/css" js "text/javascript" mjs "text/javascript"
  json "application/json" map "application/json" webmanifest "application/manifest+json" svg "image/svg+xml" png "image/png"
  ico "image/x-icon" webp "image/webp" woff2 "font/woff2" wasm "application/wasm" txt "text/plain"
  xml "application/xml" pdf "application/pdf" csv "text/csv")

function(content_type out name)
  cmake_path(GET name EXTENSION LAST_ONLY extension)
  string(TOLOWER "${extension}" extension)
  string(REGEX REPLACE "^\\." "" extension "${extension}")
  list(FIND types "${extension}" at)
  set(type "application/octet-stream")
  if(at GREATER_EQUAL 0)
    math(EXPR at "${at} + 1")
    list(GET types ${at} type)
    if(type MATCHES "^text/")
      string(APPEND type "; charset=utf-8")
    endif()
  endif()
  set(${out} "${type}" PARENT_SCOPE)
endfunction()

# Appends `file` to the blobs, and gives the row's words for it.
function(add_form out symbol coding etag file)
  set(blobs "${blobs}__asm__(\".section .rodata\\n\"
        \"${symbol}: .incbin \\\"${file}\\\"\\n\"
        \".previous\\n\");
extern const uint8_t ${symbol}[];
" PARENT_SCOPE)
  file(SIZE "${file}" size)
  set(${out} "{\"${coding}\", \"\\\"${etag}\\\"\", ${symbol}, ${size}}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE names RELATIVE "${DIR}" "${DIR}/*")
list(SORT names)
file(MAKE_DIRECTORY "${OUT}/gzip")
set(blobs "")
set(rows "")
set(count 0)
foreach(name IN LISTS names)
  if(name MATCHES "[^-A-Za-z0-9_./@]")
    message(FATAL_ERROR "embed: ${DIR}/${name}: a web file's name may hold letters, digits and -_./@ only")
  endif()
  file(SHA256 "${DIR}/${name}" hash)
  string(SUBSTRING "${hash}" 0 20 tag)
  content_type(type "${name}")
  set(blob "${OUT}/gzip/${tag}.gz")
  if(NOT EXISTS "${blob}")
    execute_process(COMMAND gzip -9nc "${DIR}/${name}" OUTPUT_FILE "${blob}.new" COMMAND_ERROR_IS_FATAL ANY)
    file(RENAME "${blob}.new" "${blob}")
  endif()
  add_form(gzip "blob_${SYMBOL}_${count}" gzip "${tag}" "${blob}")
  set(brotli "{0, 0, 0, 0}")
  if(BROTLI)
    set(smaller "${OUT}/gzip/${tag}.br")
    if(NOT EXISTS "${smaller}")
      execute_process(COMMAND node "${CMAKE_CURRENT_LIST_DIR}/brotli.mjs" "${DIR}/${name}" "${smaller}.new" COMMAND_ERROR_IS_FATAL ANY)
      file(RENAME "${smaller}.new" "${smaller}")
    endif()
    file(SIZE "${blob}" gzip_size)
    file(SIZE "${smaller}" brotli_size)
    if(brotli_size LESS gzip_size)
      add_form(brotli "blob_${SYMBOL}_${count}_br" br "${tag}.br" "${smaller}")
    endif()
  endif()
  string(APPEND rows "  {\"/${name}\", \"${type}\", ${gzip}, ${brotli}},\n")
  math(EXPR count "${count} + 1")
endforeach()
if(count EQUAL 0)
  set(rows "  {0, 0, {0, 0, 0, 0}, {0, 0, 0, 0}},\n")
endif()
file(WRITE "${OUT}/web_${SYMBOL}.c" "/* web_${SYMBOL}.c: generated from a folder of web files; ${count} files. */
#include \"web_${SYMBOL}.h\"

${blobs}
const struct web_file ${SYMBOL}_files[] = {
${rows}};
const size_t ${SYMBOL}_file_count = ${count};
")
