/* fuzz_replay.c: runs a fuzz target once over every file of corpus folders, for builds without libFuzzer.
 * Where no sanitizer keeps memory of its own, it also holds the target to the memory any input may cost. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* FUZZ_RESIDENT_MIB_MAX comes from the build type; 0 where a sanitizer's own memory would be measured. */
enum { input_bytes_max = 4194304, path_bytes_max = 4096, resident_kib_max = FUZZ_RESIDENT_MIB_MAX * 1024 };

/* The most memory this program ever had resident, in KiB. Not getrusage's word: that one counts what stood
 * in the process before this program was loaded. */
static long resident_peak_kib(void) {
  char line[128];
  long kib = 0;
  FILE *status = fopen("/proc/self/status", "r");
  if (!status) return 0;
  while (fgets(line, sizeof line, status))
    if (sscanf(line, "VmHWM: %ld kB", &kib) == 1) break;
  fclose(status);
  return kib;
}

/* The peak only rises, so the first input above the limit is the one to look at. */
static int check_memory(const char *path) {
  static bool told;
  long kib = resident_kib_max ? resident_peak_kib() : 0;
  if (kib <= resident_kib_max || told) return 0;
  told = true;
  fprintf(stderr, "replay: %s took the process to %ld KiB resident; %d is the most\n", path, kib,
          resident_kib_max);
  return 1;
}

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
  return check_memory(path);
}

/* How many inputs the folder has, each replayed; 0 when there is no such folder. */
static size_t replay_folder(const char *name, int *failed) {
  size_t count = 0;
  DIR *folder = opendir(name);
  if (!folder) {
    fprintf(stderr, "replay: there is no corpus folder %s\n", name);
    return 0;
  }
  for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
    char path[path_bytes_max];
    if (entry->d_name[0] == '.') continue;
    int len = snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
    if (len < 0 || (size_t)len >= sizeof path) continue;
    *failed |= replay_file(path);
    count++;
  }
  closedir(folder);
  return count;
}

int main(int argc, char **argv) {
  size_t count = 0;
  int failed = 0;
  if (argc < 2) {
    fprintf(stderr, "usage: %s CORPUS_FOLDER ...\n", argv[0]);
    return 2;
  }
  for (int i = 1; i < argc; i++) {
    size_t here = replay_folder(argv[i], &failed);
    failed |= here == 0;
    count += here;
  }
  printf("replayed %zu inputs, at most %ld KiB resident\n", count, resident_peak_kib());
  return failed;
}
