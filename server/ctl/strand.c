/* strand.c: tutti-server devices strand: what a device would strand if it were revoked or lost now. */
#include <jansson.h>
#include <stdio.h>

#include "server/ctl/ctl.h"

static void print_json(const struct view_strand *v) {
  char id[id_text_bytes], seen[time_text_bytes];
  json_t *alone = json_array();
  id_text(id, &v->device.id);
  time_text(seen, v->device.last_contact_ms);
  for (size_t i = 0; i < v->alone_count; i++)
    json_array_append_new(alone, json_stringn((const char *)v->alone[i].ptr, v->alone[i].len));
  json_t *all =
      json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o}", "device", id, "name", v->device.name,
                "last_contact", seen, "days_away", (json_int_t)v->days_away, "unreceived_bundles",
                (json_int_t)v->unreceived, "held_bundles", (json_int_t)v->held, "quarantined",
                (json_int_t)v->quarantined, "unconfirmed_erasures", (json_int_t)v->erasures, "alone", alone);
  json_dumpf(all, stdout, JSON_COMPACT);
  putchar('\n');
  json_decref(all);
}

static void print_text(const struct view_strand *v) {
  char seen[time_text_bytes];
  time_text(seen, v->device.last_contact_ms);
  printf("\"%s\" was last here %s, %u days ago. Of what it does now, revoking it would strand:\n",
         v->device.name, seen, v->days_away);
  printf("  %llu bundles it had sealed and not sent, as far as it said then\n",
         (unsigned long long)v->unreceived);
  printf("  %u bundles that wait for an earlier one, %u changes that wait for the office\n", v->held,
         v->quarantined);
  printf("  %u erasures it has not confirmed\n", v->erasures);
  printf("  %zu activities that no other device serves\n", v->alone_count);
  for (size_t i = 0; i < v->alone_count; i++)
    printf("    %.*s\n", (int)v->alone[i].len, (const char *)v->alone[i].ptr);
}

err ctl_strand(struct data_dir *d, const struct id *device, bool json) {
  struct arena arena = ARENA_INIT(1 << 26);
  struct now now = ctl_now();
  struct view_strand v;
  err e = views_strand(d->store, device, &now, &arena, &v);
  if (e == ERR_OK && json) print_json(&v);
  if (e == ERR_OK && !json) print_text(&v);
  arena_finish(&arena);
  return e;
}
