/* vectors_print.c: writes the files of proto/vectors, and a corpus folder per fuzz target, from the samples.
 * usage: vectors_print VECTORS_FOLDER CORPUS_FOLDER */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/vectors/documents.h"
#include "tests/vectors/kinds.h"

enum { path_bytes_max = 1024 };

static int write_file(const char *path, struct slice bytes) {
  FILE *file = fopen(path, "wb");
  bool whole = file != NULL && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;
  if (file != NULL && fclose(file) != 0) whole = false;
  if (!whole) fprintf(stderr, "vectors_print: %s could not be written\n", path);
  return whole ? 0 : 1;
}

static int write_corpus(const char *folder, const char *target, const char *name, struct slice bytes) {
  char path[path_bytes_max];
  snprintf(path, sizeof path, "%s/%s", folder, target);
  mkdir(path, 0777);
  int at = snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
  for (char *c = path + at - (int)strlen(name); *c != 0; c++)
    if (*c == ' ') *c = '_';
  return write_file(path, bytes);
}

/* Signed things go in without their trailer: the target puts a right one behind whatever it is given. */
static int write_corpora(const char *folder, const struct samples *s) {
  int failed = 0;
  for (size_t i = 0; i < s->count; i++) {
    const struct sample *sample = &s->list[i];
    struct slice body =
        slice_of(sample->bytes.ptr, sample->bytes.len - kind_named(sample->kind)->trailer_bytes);
    failed |= write_corpus(folder, sample->kind, sample->name, body);
    if (strcmp(sample->kind, "message") == 0) failed |= write_corpus(folder, "codec", sample->name, body);
  }
  struct buf opening = BUF_INIT(128);
  uint8_t noise[noise_message1_overhead] = {1};
  struct opening o = {
      .kind = OPENING_ENROL, .hub = s->fixture.hub, .noise_key = 2, .noise = slice_of(noise, sizeof noise)};
  if (opening_encode(&opening, &o) == ERR_OK)
    failed |= write_corpus(folder, "opening", "enrol", buf_slice(&opening));
  buf_clear(&opening);
  o.kind = OPENING_SYNC;
  if (opening_encode(&opening, &o) == ERR_OK)
    failed |= write_corpus(folder, "opening", "sync", buf_slice(&opening));
  buf_finish(&opening);
  return failed;
}

int main(int argc, char **argv) {
  struct samples samples;
  int failed = 0;
  if (argc != 3 || crypto_init() != ERR_OK) {
    fprintf(stderr, "usage: vectors_print VECTORS_FOLDER CORPUS_FOLDER\n");
    return 2;
  }
  samples_make(&samples);
  for (size_t i = 0; i < document_count; i++) {
    char path[path_bytes_max];
    json_t *json = documents[i].make(&samples);
    snprintf(path, sizeof path, "%s/%s", argv[1], documents[i].file);
    if (json == NULL || json_dump_file(json, path, JSON_INDENT(1)) != 0) {
      fprintf(stderr, "vectors_print: %s could not be written\n", path);
      failed = 1;
    }
    json_decref(json);
  }
  failed |= write_corpora(argv[2], &samples);
  samples_finish(&samples);
  return failed;
}
