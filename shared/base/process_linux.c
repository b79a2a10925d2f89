/* process_linux.c: clocks, boot id and hardening by Linux's means. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "shared/base/process.h"

enum { boot_text_bytes = 36, pid_text_bytes = 16 };

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

static err say_who_has_it(int lock, const char *dir, struct fault *fault) {
  char pid[pid_text_bytes] = "";
  ssize_t len = pread(lock, pid, sizeof pid - 1, 0);
  size_t digits = 0;
  while ((ssize_t)digits < len && pid[digits] >= '0' && pid[digits] <= '9') digits++;
  pid[digits] = 0;
  return fault_set(fault, ERR_BUSY,
                   "%.120s is in use by process %s: stop that one first or give another --data", dir,
                   digits ? pid : "of unknown number");
}

/* Always as long, and written over the one before: a disk that has filled up since still has room for it. */
static err take_lock(int lock, const char *dir, struct fault *fault) {
  char pid[pid_text_bytes];
  int len = snprintf(pid, sizeof pid, "%-14ld\n", (long)getpid());
  if (flock(lock, LOCK_EX | LOCK_NB)) return errno == EWOULDBLOCK ? say_who_has_it(lock, dir, fault) : ERR_IO;
  return pwrite(lock, pid, (size_t)len, 0) != len ? ERR_IO : ERR_OK;
}

err process_lock_dir(int *out, int dir_fd, const char *dir, struct fault *fault) {
  int lock = openat(dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) return ERR_IO;
  err e = take_lock(lock, dir, fault);
  if (e == ERR_OK) {
    *out = lock;
    return e;
  }
  int why = errno;
  (void)close(lock);
  errno = why;
  return e;
}
