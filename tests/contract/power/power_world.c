/* power_world.c: see power_world.h. */
#include "tests/contract/power/power_world.h"

#include <stdio.h>

struct disk disk;
struct field_world world;
static struct file_ops posix_files; /* of the directory that is not used */

int power_open(void **state) {
  static struct disk *const disks[] = {&disk, NULL};
  (void)state;
  disk_vfs_register(disks, 2, 99);
  return 0;
}

int power_close(void **state) {
  static const struct disk blank;
  (void)state;
  disk_clone(&disk, &blank);
  return 0;
}

void power_begin(uint64_t seed) {
  static const struct disk blank;
  disk_clone(&disk, &blank);
  (void)snprintf(disk.dir, sizeof disk.dir, "0");
  disk.trouble = (struct disk_trouble){.io = 0};
  disk.random = seed;
  core_host_init(&world.host, seed);
  posix_files = world.host.config.files;
  world.host.config.files = disk_file_ops(&disk);
  world.host.config.db_vfs = "sim";
  world.host.config.db_path = "0/core.db";
  fake_hub_init(&world.hub, &world.host, 3);
  core_host_start(&world.host);
  fake_hub_ready(&world.hub);
}

void power_end(void) {
  core_host_stop(&world.host);
  world.host.config.files = posix_files;
  core_host_finish(&world.host);
  fake_hub_finish(&world.hub);
}

bool power_has_failed(void) { return disk.dead || world.host.step_error != ERR_OK; }

void power_is_back(void) {
  core_host_stop(&world.host);
  world.hub.online = false;
  disk.trouble = (struct disk_trouble){.io = 0};
  disk_boot(&disk);
  world.host.step_error = ERR_OK;
  world.host.config.hold = true;
  core_host_start(&world.host);
}
