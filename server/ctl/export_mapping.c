/* export_mapping.c: tutti-server export mapping: a file by one of the office's saved mappings, of what is new
 * since the last one; or one that was made before, once more. */
#include "server/ctl/export_mapping.h"

#include "server/api/writeback_make.h"

static err find(struct data_dir *d, const char *name, struct arena *a, struct writeback_mapping *out,
                struct fault *fault) {
  struct id id;
  err e = writeback_named(d->store, slice_text(name), &id);
  if (e == ERR_NOT_FOUND) return fault_set(fault, e, "the office has no mapping called %.80s", name);
  TRY(e);
  return writeback_load(d->store, &id, a, out);
}

static err write_bytes(struct slice bytes, FILE *to, struct fault *fault) {
  bool whole = bytes.len == 0 || fwrite(bytes.ptr, 1, bytes.len, to) == bytes.len;
  if (whole && fflush(to) == 0) return ERR_OK;
  return fault_set(fault, ERR_FULL, "the file could not be written: ask for it again by its number");
}

/* ---- one that was made before ---- */

static err write_again(struct data_dir *d, const struct writeback_mapping *m, uint32_t no, struct arena *a,
                       FILE *to, struct fault *fault) {
  struct writeback_run *list, run;
  struct now now = ctl_now();
  char id[id_text_bytes];
  size_t count;
  TRY(writeback_runs(d->store, a, &list, &count));
  for (size_t i = 0; i < count; i++) {
    if (!id_equal(&list[i].mapping, &m->id) || list[i].no != no) continue;
    if (!list[i].kept) break;
    TRY(writeback_run_load(d->store, &list[i].id, a, &run));
    id_text(id, &run.id);
    TRY(audit_add(d->store, now.wall_ms, &d->hub.id, "writeback.file", id));
    return write_bytes(run.body, to, fault);
  }
  return fault_set(fault, ERR_NOT_FOUND, "file %u of it is not kept", no);
}

/* ---- the next one ---- */

static err save(struct data_dir *d, const struct writeback_run *run, const struct writeback_made *made,
                const struct now *now) {
  struct store *s = d->store;
  char id[id_text_bytes];
  id_text(id, &run->id);
  TRY(s->ops->begin(s));
  err e = writeback_run_write(s, run, &d->hub.id, buf_slice(&made->state), made->children, made->child_count);
  if (e == ERR_OK) e = s->ops->audit(s, now->wall_ms, &d->hub.id, "writeback.run", id);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e;
}

static err keep(struct data_dir *d, const struct writeback_mapping *m, const struct writeback_settings *w,
                const struct writeback_made *made, FILE *to, struct fault *fault) {
  struct now now = ctl_now();
  const struct writeback_run run = {.id = entropy_id(&d->hub.entropy),
                                    .mapping = m->id,
                                    .erasures = m->erasures,
                                    .no = m->runs + 1,
                                    .at_ms = now.wall_ms,
                                    .rows = made->rows,
                                    .fresh = made->fresh,
                                    .changed = made->changed,
                                    .gone = made->gone,
                                    .xlsx = w->format == SHEET_XLSX,
                                    .body = buf_slice(&made->file)};
  if (made->rows == 0 && made->gone == 0) {
    (void)fprintf(stderr, "nothing is new since the last file\n");
    return ERR_OK;
  }
  TRY(save(d, &run, made, &now));
  (void)fprintf(stderr, "file %u: %u new, %u changed, %u gone\n", run.no, run.fresh, run.changed, run.gone);
  return write_bytes(run.body, to, fault);
}

static err write_next(struct data_dir *d, const char *folder, const struct writeback_mapping *m,
                      struct arena *a, FILE *to, struct fault *fault) {
  struct writeback_settings settings;
  struct writeback_made made;
  json_t *spec = json_loadb((const char *)m->spec.ptr, m->spec.len, 0, NULL);
  err e = writeback_settings_read(&settings, spec, a, fault);
  json_decref(spec);
  TRY(e);
  e = writeback_make(&made, &settings, m->state, d->store, a, folder);
  if (e == ERR_FULL) (void)fault_set(fault, e, "there is no room for the file in %.150s", folder);
  if (e == ERR_OK) e = keep(d, m, &settings, &made, to, fault);
  buf_finish(&made.file);
  buf_finish(&made.state);
  return e;
}

err export_mapping(struct data_dir *d, const char *folder, const char *name, uint32_t again, FILE *to,
                   struct fault *fault) {
  struct arena a = ARENA_INIT(writeback_state_bytes_max + job_bytes_max);
  struct writeback_mapping mapping = {.runs = 0};
  err e = find(d, name, &a, &mapping, fault);
  if (e == ERR_OK)
    e = again ? write_again(d, &mapping, again, &a, to, fault)
              : write_next(d, folder, &mapping, &a, to, fault);
  arena_finish(&a);
  return e;
}
