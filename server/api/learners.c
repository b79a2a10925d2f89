/* learners.c: looking for learners by name, and one learner's profile. */
#include "server/api/access.h"
#include "server/api/acts.h"
#include "server/api/call.h"
#include "server/api/input.h"
#include "server/api/shape.h"
#include "server/core/reconcile.h"
#include "server/core/views_activities.h"

#define AT(member) offsetof(struct view_learner, member)
static const struct shape_field learner_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"known_name", SHAPE_TEXT, AT(known_name), 0, NULL, NULL},
    {"year_group", SHAPE_TEXT, AT(year_group), 0, NULL, NULL},
    {"school", SHAPE_TEXT, AT(school_name), 0, NULL, NULL},
    {"status", SHAPE_TEXT, AT(status), 0, NULL, NULL},
    {"activities", SHAPE_NAMES, AT(activities), AT(activity_count), NULL, NULL},
};
#undef AT
static const struct shape learner_shape = SHAPE_OF(view_learner, learner_fields);

#define AT(member) offsetof(struct view_note, member)
static const struct shape_field note_fields[] = {
    {"date", SHAPE_DATE, AT(date), 0, NULL, NULL},
    {"author_name", SHAPE_TEXT, AT(author_name), 0, NULL, NULL},
    {"activity_name", SHAPE_TEXT, AT(activity_name), 0, NULL, NULL},
    {"areas", SHAPE_SET, AT(areas), 0, "area", NULL},
    {"text", SHAPE_TEXT, AT(text), 0, NULL, NULL},
    {"next_step", SHAPE_TEXT, AT(next_step), 0, NULL, NULL},
    {"learner_words", SHAPE_TEXT, AT(learner_words), 0, NULL, NULL},
};
#undef AT
static const struct shape note_shape = SHAPE_OF(view_note, note_fields);

#define AT(member) offsetof(struct view_progress, member)
static const struct shape_field progress_fields[] = {
    {"date", SHAPE_DATE, AT(date), 0, NULL, NULL},
    {"author_name", SHAPE_TEXT, AT(author_name), 0, NULL, NULL},
    {"activity_name", SHAPE_TEXT, AT(activity_name), 0, NULL, NULL},
    {"kind", SHAPE_ENUM, AT(kind), 0, "progress_kind", NULL},
    {"stage", SHAPE_ENUM, AT(stage), 0, "stage", NULL},
    {"pos", SHAPE_SMALL, AT(pos), 0, NULL, NULL},
    {"board", SHAPE_TEXT, AT(board), 0, NULL, NULL},
    {"grade", SHAPE_TEXT, AT(grade), 0, NULL, NULL},
    {"result", SHAPE_TEXT, AT(result), 0, NULL, NULL},
    {"comment", SHAPE_TEXT, AT(comment), 0, NULL, NULL},
};
#undef AT
static const struct shape progress_shape = SHAPE_OF(view_progress, progress_fields);

#define AT(member) offsetof(struct view_notice, member)
static const struct shape_field notice_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"starts", SHAPE_DATE, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_DATE, AT(ends), 0, NULL, NULL},
    {"reason", SHAPE_TEXT, AT(reason), 0, NULL, NULL},
    {"told_by", SHAPE_TEXT, AT(told_by), 0, NULL, NULL},
};
#undef AT
static const struct shape notice_shape = SHAPE_OF(view_notice, notice_fields);

#define AT(member) offsetof(struct view_learner_detail, member)
static const struct shape_field attendance_fields[] = {
    {"here", SHAPE_COUNT, AT(here), 0, NULL, NULL},
    {"away", SHAPE_COUNT, AT(away), 0, NULL, NULL},
};
static const struct shape attendance_shape = SHAPE_OF(view_learner_detail, attendance_fields);
static const struct shape_field detail_fields[] = {
    {"merged_into", SHAPE_SOME_ID, AT(into), 0, NULL, NULL},
    {"notices", SHAPE_LIST, AT(notices), AT(notice_count), NULL, &notice_shape},
    {"notes", SHAPE_LIST, AT(notes), AT(note_count), NULL, &note_shape},
    {"progress", SHAPE_LIST, AT(progress), AT(progress_count), NULL, &progress_shape},
    {"attendance", SHAPE_INSIDE, 0, 0, NULL, &attendance_shape},
};
#undef AT
static const struct shape detail_shape = SHAPE_OF(view_learner_detail, detail_fields);

enum { page_rows_usual = 50, cursor_text_bytes_max = api_cursor_bytes_max * 4 / 3 + 3 };
struct search {
  struct slice text, after;
  uint32_t limit;
};
static const struct input_field search_input[] = {
    {"q", INPUT_TEXT, false, api_search_bytes_max, offsetof(struct search, text)},
    {"after", INPUT_TEXT, false, cursor_text_bytes_max, offsetof(struct search, after)},
    {"limit", INPUT_NUMBER, false, office_page_rows_max, offsetof(struct search, limit)},
};

/* A cursor is the store's own bytes; pages carry it as text. */
static json_t *cursor_text(struct slice cursor) {
  if (cursor.len == 0) return json_null();
  struct buf text = BUF_INIT(cursor_text_bytes_max);
  json_t *out = NULL;
  if (base64url_encode(&text, cursor) == ERR_OK) out = shape_text(buf_slice(&text));
  buf_finish(&text);
  return out;
}

static err answer_page(struct api_call *c, const struct search *search, struct slice after) {
  struct view_learner *list = NULL;
  size_t count = 0;
  struct slice next = {NULL, 0};
  uint64_t total = 0;
  bool by_number = (c->login.roles & OFFICE) != 0; /* nobody else hears whether there is one */
  TRY(views_learners(c->store, search->text, by_number, after, search->limit, &c->x->arena, &list, &count,
                     &next, &total));
  /* What was searched for is a name, so the audit says only that somebody looked. */
  return api_answer_audited(c,
                            json_pack("{s:o, s:o, s:I}", "learners", shape_list(&learner_shape, list, count),
                                      "next", cursor_text(next), "total", (json_int_t)total),
                            "learners.list");
}

err api_learners(struct api_call *c) {
  struct search search = {.limit = page_rows_usual};
  TRY(input_read(c, search_input, sizeof search_input / sizeof search_input[0], &search));
  struct buf after = BUF_INIT(api_cursor_bytes_max);
  err e = base64url_decode(&after, search.after);
  if (e == ERR_OK)
    e = answer_page(c, &search, buf_slice(&after));
  else
    e = fault_set(&c->fault, ERR_INVALID, "\"after\" must be the \"next\" of the page before");
  buf_finish(&after);
  return e;
}

/* Where two records were found to be one child, and by whom: the matter of the two, if there is one. */
static err put_matter(struct api_call *c, json_t *to, const struct id *a, const struct id *b) {
  const struct table *t = schema_table(TABLE_learner);
  bool swap = id_compare(a, b) > 0;
  struct store_item found;
  struct id id;
  char text[id_text_bytes];
  work_item_id(&id, ITEM_DUPLICATE, t, swap ? b : a, t->columns[COL(learner, merged_into)].unit,
               swap ? a : b);
  err e = c->store->ops->work_item_load(c->store, &id, &c->x->arena, &found);
  if (e != ERR_OK && e != ERR_NOT_FOUND) return e;
  bool decided = e == ERR_OK && found.state == ITEM_DECIDED;
  id_text(text, &id);
  return json_object_set_new(to, "matter", decided ? json_string(text) : json_null()) == 0 ? ERR_OK
                                                                                           : ERR_NO_MEMORY;
}

#define AT(member) offsetof(struct view_same_learner, member)
static const struct shape_field same_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},       {"merged_into", SHAPE_SOME_ID, AT(into), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL}, {"school", SHAPE_TEXT, AT(school_name), 0, NULL, NULL},
    {"ref", SHAPE_TEXT, AT(ref), 0, NULL, NULL},
};
#undef AT
static const struct shape same_shape = SHAPE_OF(view_same_learner, same_fields);

static err put_same(struct api_call *c, json_t *body, const struct view_learner_detail *d) {
  json_t *list = shape_list(&same_shape, d->same, d->same_count);
  err e = list ? ERR_OK : ERR_NO_MEMORY;
  for (size_t i = 0; e == ERR_OK && i < d->same_count; i++)
    e = put_matter(c, json_array_get(list, i), &d->summary.id, &d->same[i].id);
  if (e == ERR_OK && json_object_set(body, "same", list) != 0) e = ERR_NO_MEMORY;
  json_decref(list);
  return e;
}

#define AT(member) offsetof(struct view_place_at, member)
static const struct shape_field place_fields[] = {
    {"id", SHAPE_ID, AT(enrolment), 0, NULL, NULL},
    {"activity", SHAPE_ID, AT(activity), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"school", SHAPE_TEXT, AT(school_name), 0, NULL, NULL},
    {"instrument", SHAPE_TEXT, AT(instrument), 0, NULL, NULL},
    {"section", SHAPE_TEXT, AT(section), 0, NULL, NULL},
    {"starts", SHAPE_DATE, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_DAY, AT(ends), 0, NULL, NULL},
};
#undef AT
static const struct shape place_shape = SHAPE_OF(view_place_at, place_fields);

static err put_places(struct api_call *c, json_t *body) {
  struct view_place_at *list = NULL;
  size_t count = 0;
  TRY(views_places(c->store, &c->id, acts_today(c), &c->x->arena, &list, &count));
  return json_object_set_new(body, "places", shape_list(&place_shape, list, count)) == 0 ? ERR_OK
                                                                                         : ERR_NO_MEMORY;
}

err api_learner(struct api_call *c) {
  struct view_learner_detail detail = {0};
  err e = views_learner(c->store, &c->id, &c->x->arena, &detail);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "this hub has no learner with that id");
  if (e != ERR_OK) return e;
  json_t *body = shape_object(&learner_shape, &detail.summary);
  e = shape_into(body, &detail_shape, &detail) ? put_same(c, body, &detail) : ERR_NO_MEMORY;
  if (e == ERR_OK) e = put_places(c, body);
  if (e == ERR_OK) return api_answer_audited(c, body, "learner.read");
  json_decref(body);
  return e;
}
