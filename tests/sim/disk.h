/* disk.h: a machine's disk that forgets what was not synced when the power fails: sectors are lost, kept or
 * torn, in any order. What reads back is not what is durable, and stays so after a flush that failed: as on
 * Linux, what it should have kept can be read by everybody on the machine, no later flush looks for it unless
 * it is written again, and the power takes it. A program that is killed leaves to the next one all that the
 * machine remembers. */
#ifndef TUTTI_TESTS_SIM_DISK_H
#define TUTTI_TESTS_SIM_DISK_H

#include "shared/base/file.h"

struct disk_op { /* a write that is not durable yet, or (bytes NULL) zeros, or (and len 0) a new length */
  uint64_t at;
  uint8_t *bytes;
  size_t len;
};
struct disk_image {
  uint8_t *bytes;
  size_t len, cap;
  size_t touched; /* behind it the memory is all zeros: a log that grows ahead costs nothing */
  bool exists;
};
enum { disk_files_max = 16, disk_shm_regions_max = 64, sector_bytes = 512, disk_dir_bytes = 8 };
struct disk_file {
  char name[48];
  struct disk_image now, durable;
  struct disk_image
      before; /* removed or replaced, but the directory may not know it yet: another file than the one here */
  bool unnamed; /* the directory's flush failed: after the power the name is of what `durable` is */
  struct disk_op *ops;
  size_t op_count, op_cap;
  void *shm[disk_shm_regions_max];
  size_t
      shm_users; /* with the last one of them it ends, as when SQLite's own layer is first to open a file */
};
/* What may go wrong, each at a count of the disk's own: 0 is never. After the last three the machine goes on.
 */
struct disk_trouble {
  uint64_t flush; /* the power fails at this flush */
  uint64_t io;    /* at this write, flush, truncation, creation or removal */
  uint64_t sync;  /* this flush fails: what it should have kept is not durable, and no later flush knows it */
  bool kills;     /* what fails takes the program with it, and not the machine */
  uint64_t read;  /* this read fails */
  bool full;      /* no file grows */
};
struct disk {
  char dir[disk_dir_bytes]; /* "0", "1", …: what its paths begin with */
  struct disk_file files[disk_files_max];
  bool dead;   /* no power, or no program: every operation fails until disk_boot */
  bool killed; /* no program alone: the machine remembers */
  struct disk_trouble trouble;
  uint64_t flushes, ios, reads; /* so far */
  uint64_t struck;              /* how often something failed and the machine went on */
  uint64_t random;
};
struct disk_file *disk_find(struct disk *d, const char *name, bool create);
void disk_read(const struct disk_file *f, uint64_t at, void *out, size_t len); /* zeros past the end */
/* ERR_IO: the power failed before, during or right after it, or it did not work; ERR_FULL. */
MUST_USE err disk_reads(struct disk *d); /* may it read? */
MUST_USE err disk_write(struct disk *d, struct disk_file *f, uint64_t at, const void *bytes, size_t len);
MUST_USE err disk_truncate(struct disk *d, struct disk_file *f, uint64_t len);
MUST_USE err disk_sync(struct disk *d, struct disk_file *f);
MUST_USE err disk_replace(struct disk *d, struct disk_file *f, struct slice bytes);
MUST_USE err disk_remove(struct disk *d, struct disk_file *f, bool synced);
/* Opened to be made when it is not there: its name is durable either way. */
MUST_USE err disk_name(struct disk *d, struct disk_file *f, bool there);
void disk_die(struct disk *d);  /* the power fails now */
void disk_kill(struct disk *d); /* whoever uses it is killed now */
void disk_boot(struct disk *d); /* it is back: what survived is what is there */
uint64_t disk_hash(const struct disk *d);
/* All that is durable, as an image of a machine that is off. */
void disk_clone(struct disk *to, const struct disk *from);
/* Copies the files of one name (with what SQLite puts beside it) to another, durably. */
void disk_copy(struct disk *to, const char *to_name, const struct disk *from, const char *from_name);
/* The disk as the core's files. */
struct file_ops disk_file_ops(struct disk *d);
/* All disks as SQLite's VFS "sim"; once per process. The list may grow behind its last: NULL ends it.
 * `random` feeds SQLite, its cipher and libsodium. */
void disk_vfs_register(struct disk *const *disks, size_t count, uint64_t random);
void disk_vfs_reseed(uint64_t random);

#endif
