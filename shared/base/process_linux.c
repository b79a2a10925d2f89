/* process_linux.c: clocks, boot id and hardening by Linux's means. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "shared/base/process.h"

enum { boot_text_bytes = 36 };

err process_harden(struct fault *fault) {
  (void)umask(077);
  /* A limit on the size of files answers a write like a full disk then, and does not end the program. */
  (void)signal(SIGXFSZ, SIG_IGN);
  struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
    return fault_set(fault, ERR_INTERNAL, "this process could not be kept from writing its memory to disk");
  return ERR_OK;
}

/* "1b4e28ba-2fa1-11d2-883f-0016d3cca427" without its hyphens is an id. */
err process_boot(struct id *out, struct fault *fault) {
  char text[boot_text_bytes];
  int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text);
  if (fd >= 0) (void)close(fd);
  size_t digits = 0;
  for (ssize_t i = 0; i < len; i++) {
    if (text[i] != '-') text[digits++] = text[i];
  }
  if (id_parse(out, slice_of(text, digits)) != ERR_OK)
    return fault_set(fault, ERR_INTERNAL, "the kernel does not tell its boot id: is /proc mounted?");
  return ERR_OK;
}

static uint64_t read_clock(clockid_t which) {
  struct timespec at = {0, 0};
  (void)clock_gettime(which, &at);
  return (uint64_t)at.tv_sec * 1000 + (uint64_t)at.tv_nsec / 1000000;
}

struct now process_now(const struct id *boot) {
  return (struct now){
      .wall_ms = (int64_t)read_clock(CLOCK_REALTIME), .mono_ms = read_clock(CLOCK_BOOTTIME), .boot = *boot};
}
