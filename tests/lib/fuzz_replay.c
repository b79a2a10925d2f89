/* fuzz_replay.c: runs a fuzz target once over every file of a corpus folder, for builds without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { input_bytes_max = 4194304, path_bytes_max = 4096 };

/* Reads one file and hands an exactly sized copy to the target, so that a sanitizer sees the first byte read
 * too far. */
static int replay_file(const char *path) {
  struct stat info;
  FILE *file = fopen(path, "rb");
  if (!file || fstat(fileno(file), &info) != 0 || info.st_size > input_bytes_max) {
    fprintf(stderr, "replay: %s cannot be read or is larger than %d bytes\n", path, input_bytes_max);
    if (file) fclose(file);
    return 1;
  }
  size_t size = (size_t)info.st_size;
  uint8_t *data = malloc(size ? size : 1);
  if (!data || fread(data, 1, size, file) != size) {
    fprintf(stderr, "replay: %s could not be read whole\n", path);
    fclose(file);
    free(data);
    return 1;
  }
  fclose(file);
  LLVMFuzzerTestOneInput(data, size);
  free(data);
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
    return 2;
  }
  DIR *folder = opendir(argv[1]);
  if (!folder) {
    fprintf(stderr, "replay: there is no corpus folder %s\n", argv[1]);
    return 1;
  }
  size_t count = 0;
  int failed = 0;
  for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
    char path[path_bytes_max];
    if (entry->d_name[0] == '.') continue;
    int len = snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
    if (len < 0 || (size_t)len >= sizeof path) continue;
    failed |= replay_file(path);
    count++;
  }
  closedir(folder);
  printf("replayed %zu inputs\n", count);
  return failed || count == 0;
}
