/* import_keys.c: learners known again by their UPN, or by the number a school's own system has for them. All
 * numbers of the hub are read once, when the first row asks. */
#include "server/import/import_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/import/import_cell.h"
#include "shared/base/fold.h"

#define TEXT(s) (int)(s).len, (s).len ? (const char *)(s).ptr : ""

enum { place_text_bytes_max = id_bytes + 4 * 64 /* as schema.def has mis_id */, ref_characters_max = 64 };

static struct slice words(const struct value *v) {
  return v->kind == VALUE_TEXT ? v->text : slice_of(NULL, 0);
}

/* ---- whose a number is ---- */

/* A UPN is one learner's in the whole country; two schools may use one number of their own, which a
 * spreadsheet may have shorn of its zeros. */
static void place_of(struct id *out, const struct import *im, size_t column, const struct id *school,
                     struct slice number) {
  uint8_t whole[place_text_bytes_max];
  struct slice text = column == COL(learner_key, upn) ? number : number_bare(number);
  size_t len = 0;
  if (school) bytes_copy(whole, school->b, id_bytes), len = id_bytes;
  size_t room = sizeof whole - len, part = text.len < room ? text.len : room;
  if (part) bytes_copy(whole + len, text.ptr, part);
  crypto_import_id(out, &im->hub->id,
                   column == COL(learner_key, upn) ? "upn"
                   : school                        ? "mis at"
                                                   : "mis",
                   slice_of(whole, len + part));
}

static err room_for_owner(struct import_keys *k) {
  if (k->count < k->cap) return ERR_OK;
  size_t cap = k->cap == 0 ? 1024 : k->cap * 2;
  struct import_owner *list = realloc(k->owners, cap * sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  k->owners = list;
  k->cap = cap;
  return ERR_OK;
}

/* The owner at a place; `mine` takes it where nobody has it. */
static err owner_at(struct import *im, const struct id *place, const struct import_owner *mine,
                    struct import_owner **out) {
  struct import_keys *k = &im->keys;
  size_t earlier;
  *out = NULL;
  if (!mine) {
    size_t at = id_set_number(&k->places, place);
    if (at) *out = &k->owners[at - 1];
    return ERR_OK;
  }
  TRY(room_for_owner(k));
  TRY(id_set_add(&k->places, place, k->count + 1, &earlier));
  if (!earlier) k->owners[k->count++] = *mine;
  *out = &k->owners[earlier ? earlier - 1 : k->count - 1];
  return ERR_OK;
}

static err same_child(struct import *im, const struct id *a, const struct id *b, bool *out) {
  struct id one = *a, other = *b;
  *out = id_equal(a, b);
  if (*out) return ERR_OK;
  TRY(im->store->ops->alias_canonical(im->store, a, &one));
  TRY(im->store->ops->alias_canonical(im->store, b, &other));
  *out = id_equal(&one, &other);
  return ERR_OK;
}

static err own(struct import *im, const struct id *place, const struct import_owner *mine) {
  struct import_owner *owner;
  bool same;
  TRY(owner_at(im, place, mine, &owner));
  TRY(same_child(im, &owner->learner, &mine->learner, &same));
  owner->several = owner->several || !same;
  if (same && mine->row) owner->row = mine->row;
  return ERR_OK;
}

static err own_mis(struct import *im, const struct id *school, struct slice text,
                   const struct import_owner *mine) {
  struct id place;
  place_of(&place, im, COL(learner_key, mis_id), NULL, text);
  TRY(own(im, &place, mine));
  if (id_is_zero(school)) return ERR_OK;
  struct import_keys *k = &im->keys;
  if (id_is_zero(&k->school)) k->school = *school;
  k->several_schools = k->several_schools || !id_equal(&k->school, school);
  place_of(&place, im, COL(learner_key, mis_id), school, text);
  return own(im, &place, mine);
}

static err load(struct import *im) {
  struct store_learner_key *list;
  struct id place;
  size_t count;
  if (im->keys.loaded) return ERR_OK;
  im->keys.loaded = true;
  TRY(im->store->ops->learner_keys(im->store, &im->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    const struct import_owner mine = {.learner = list[i].learner};
    place_of(&place, im, COL(learner_key, upn), NULL, list[i].upn);
    if (list[i].upn.len) TRY(own(im, &place, &mine));
    if (list[i].mis_id.len) TRY(own_mis(im, &list[i].school, list[i].mis_id, &mine));
  }
  return ERR_OK;
}

static err find_upn(struct import *im, struct slice upn, struct import_owner **out) {
  struct id place;
  *out = NULL;
  if (upn.len == 0) return ERR_OK;
  TRY(load(im));
  place_of(&place, im, COL(learner_key, upn), NULL, upn);
  return owner_at(im, &place, NULL, out);
}

/* In a school, or in the whole hub where one learner alone has it. */
static err find_mis(struct import *im, struct slice text, const struct id *school,
                    struct import_owner **out) {
  struct id place;
  *out = NULL;
  if (text.len == 0) return ERR_OK;
  TRY(load(im));
  place_of(&place, im, COL(learner_key, mis_id), school, text);
  TRY(owner_at(im, &place, NULL, out));
  if (*out && (*out)->several) *out = NULL;
  return ERR_OK;
}

err import_keys_owner(struct import *im, struct slice text, struct id *out, bool *found) {
  char upn[upn_bytes + 1];
  struct import_owner *owner;
  TRY(find_upn(im, upn_mend(upn, text), &owner));
  TRY(load(im));
  if (!owner && !im->keys.several_schools) TRY(find_mis(im, text, NULL, &owner));
  *found = owner && !owner->several;
  if (*found) *out = owner->learner;
  return ERR_OK;
}

/* ---- the row's own ---- */

bool import_keys_named(const struct import *im) {
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++)
    if (im->file->cells[i].beside && im->position[i] >= 0) return true;
  return false;
}

bool import_keys_given(const struct row_in_progress *r) { return r->upn.len || r->mis_id.len; }

static void take_upn(struct import *im, struct row_in_progress *r, struct slice text) {
  r->upn = upn_mend(r->upn_text, text);
  if (!upn_is_shaped(r->upn))
    import_say(im, r->number, "upn", "is no UPN: that is a letter, eleven digits, and a digit or a letter");
  else if (!upn_is_right(r->upn))
    import_say(im, r->number, "upn", "is mistyped: its first letter does not fit its digits");
}

static void take_mis(struct import *im, struct row_in_progress *r, struct slice text) {
  const struct table *t = schema_table(TABLE_learner_key);
  struct value v;
  struct fault fault = {.code = ERR_OK};
  r->mis_id = text;
  err e = import_cell(&v, t, &t->columns[COL(learner_key, mis_id)], text, im->uk_dates, &fault);
  if (e != ERR_OK) import_say(im, r->number, "mis_id", "%s", fault.text);
}

/* A list without the number does not take it away. */
void import_keys_take(struct import *im, struct row_in_progress *r) {
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++) {
    const struct import_cell *c = &im->file->cells[i];
    struct slice text = import_cell_at(im, r, i);
    if (!c->beside || text.len == 0) continue;
    if (strcmp(c->column_name, "upn") == 0)
      take_upn(im, r, text);
    else
      take_mis(im, r, text);
  }
}

static struct id school_of(const struct row_in_progress *r) {
  const struct value *given = &r->op.values[COL(learner, school)],
                     *held = &r->stored.values[COL(learner, school)];
  if (given->kind == VALUE_ID) return given->id;
  return r->stored.exists && held->kind == VALUE_ID ? held->id : (struct id){{0}};
}

struct likeness {
  size_t agree, differ;
};

static err weigh(struct likeness *out, const struct row_in_progress *r, const struct row *row,
                 size_t column) {
  const struct value *given = &r->op.values[column], *held = &row->values[column];
  struct buf one = BUF_INIT(text_bytes_max), other = BUF_INIT(text_bytes_max);
  bool same = value_equal(given, held);
  err e = ERR_OK;
  if (given->kind == VALUE_NULL || held->kind == VALUE_NULL) return ERR_OK;
  if (given->kind == VALUE_TEXT) {
    e = text_fold(&one, given->text);
    if (e == ERR_OK) e = text_fold(&other, held->text);
    same = slice_equal(buf_slice(&one), buf_slice(&other));
  }
  out->agree += same;
  out->differ += !same;
  buf_finish(&one);
  buf_finish(&other);
  return e;
}

/* Of another child with that number most is different. Somebody whose last name is another one now, or whose
 * birthday was mistyped, is the same. */
static err is_like(const struct row_in_progress *r, const struct row *row, bool *out) {
  static const size_t known_by[] = {COL(learner, first_name), COL(learner, last_name), COL(learner, dob)};
  struct likeness found = {.agree = 0};
  for (size_t i = 0; i < sizeof known_by / sizeof *known_by; i++) TRY(weigh(&found, r, row, known_by[i]));
  *out = found.differ <= found.agree;
  return ERR_OK;
}

/* A list that names no school may be of any. */
static err check_somebody(struct import *im, const struct row_in_progress *r, const struct id *learner) {
  struct arena a = ARENA_INIT(1 << 20);
  struct row row;
  bool like = true;
  err e = im->store->ops->load_row(im->store, schema_table(TABLE_learner), learner, &a, &row);
  if (e == ERR_OK && row.exists) e = is_like(r, &row, &like);
  if (e == ERR_OK && !like)
    import_say(im, r->number, "mis_id", "is the number of %.*s %.*s in the hub: name the school of each row",
               TEXT(words(&row.values[COL(learner, first_name)])),
               TEXT(words(&row.values[COL(learner, last_name)])));
  arena_finish(&a);
  return e;
}

static err match_numbers(struct import *im, const struct row_in_progress *r, struct id *out) {
  struct import_owner *by_upn, *by_mis;
  struct id school = school_of(r);
  bool same = true;
  TRY(find_upn(im, r->upn, &by_upn));
  TRY(find_mis(im, r->mis_id, id_is_zero(&school) ? NULL : &school, &by_mis));
  if (by_upn && by_mis) TRY(same_child(im, &by_upn->learner, &by_mis->learner, &same));
  if (by_upn && by_upn->several)
    import_say(im, r->number, "upn", "is the UPN of two learners in the hub: say there which of them has it");
  else if (!same)
    import_say(im, r->number, "upn", "is the UPN of one learner, and the row's other number that of another");
  if (!by_upn && !by_mis) return ERR_NOT_FOUND;
  if (!by_upn && id_is_zero(&school) && by_mis->row == 0) TRY(check_somebody(im, r, &by_mis->learner));
  const struct import_owner *owner = by_upn ? by_upn : by_mis;
  return im->store->ops->alias_canonical(im->store, &owner->learner, out);
}

err import_keys_match(struct import *im, const struct row_in_progress *r, const struct id *reference,
                      struct id *out) {
  struct import_owner *owner;
  bool known = false;
  if (!import_keys_given(r)) return ERR_NOT_FOUND;
  if (id_is_zero(reference)) return match_numbers(im, r, out);
  TRY(import_known(im, "learner", reference, &known));
  if (known) return ERR_NOT_FOUND;
  TRY(find_upn(im, r->upn, &owner));
  if (!owner || owner->several || owner->row) return ERR_NOT_FOUND;
  return im->store->ops->alias_canonical(im->store, &owner->learner, out);
}

/* ---- what somebody new is called by ---- */

static struct slice urn_of(const struct import *im, const struct row_in_progress *r) {
  for (size_t i = 0; im->file->cells[i].csv != NULL; i++) {
    const struct import_cell *c = &im->file->cells[i];
    if (c->of && strcmp(c->of, "school") == 0)
      return r->named[i].len ? r->named[i] : import_cell_at(im, r, i);
  }
  return slice_of(NULL, 0);
}

static void call(const struct import *im, struct row_in_progress *r, struct slice ref) {
  crypto_import_id(&r->op.row, &im->hub->id, im->file->kind, ref);
  r->op.values[COL(learner, ref)] = value_text(ref);
  r->given |= 1u << COL(learner, ref);
}

/* Whoever has it as reference, from before numbers stood beside that, and is at no other school. */
static err is_called_so(struct import *im, const struct row_in_progress *r, const struct id *school,
                        bool *out) {
  struct arena a = ARENA_INIT(1 << 20);
  struct row row;
  *out = false;
  if (id_set_has(&im->in_file, &r->op.row)) return ERR_OK; /* of another row, and so of another school */
  err e = im->store->ops->load_row(im->store, r->op.table, &r->op.row, &a, &row);
  if (e == ERR_OK && row.exists) {
    const struct value *held = &row.values[COL(learner, school)];
    *out = held->kind == VALUE_ID && id_equal(&held->id, school);
    if (held->kind != VALUE_ID) e = is_like(r, &row, out);
  }
  arena_finish(&a);
  return e;
}

/* A school's own number is another child's at the next one: with the school's before it, it is one child's,
 * and no other list can mean somebody else by it. */
static err call_at_school(struct import *im, struct row_in_progress *r, const struct id *school) {
  bool so;
  call(im, r, r->mis_id);
  TRY(is_called_so(im, r, school, &so));
  if (so) return ERR_OK;
  struct slice urn = urn_of(im, r);
  int len = snprintf(r->ref_text, sizeof r->ref_text, "%.*s/%.*s", TEXT(urn), TEXT(r->mis_id));
  struct slice ref = slice_text(r->ref_text);
  call(im, r, ref);
  if (len >= (int)sizeof r->ref_text || utf8_length(ref) > ref_characters_max)
    import_say(im, r->number, "mis_id",
               "is too long for a reference with the school's number: give each row a ref");
  return ERR_OK;
}

/* Whom it was not taken for is nobody, or one of several. */
static err call_by_mis(struct import *im, struct row_in_progress *r) {
  struct import_owner *owner;
  struct id place, school = school_of(r);
  bool at_school = !id_is_zero(&school);
  TRY(load(im));
  place_of(&place, im, COL(learner_key, mis_id), at_school ? &school : NULL, r->mis_id);
  TRY(owner_at(im, &place, NULL, &owner));
  if (owner) {
    import_say(im, r->number, "mis_id", "is the number of %s",
               at_school ? "two learners at that school: say in the hub which of them has it"
                         : "several learners: name the school of each");
    return ERR_OK;
  }
  if (at_school) return call_at_school(im, r, &school);
  call(im, r, r->mis_id);
  return check_somebody(im, r, &r->op.row);
}

err import_keys_call(struct import *im, struct row_in_progress *r) {
  if (r->upn.len == 0) return call_by_mis(im, r);
  call(im, r, r->upn);
  return ERR_OK;
}

/* ---- what is written ---- */

static err say_whose(struct import *im, const struct row_in_progress *r, const struct id *learner) {
  struct arena a = ARENA_INIT(1 << 20);
  struct row row;
  err e = im->store->ops->load_row(im->store, schema_table(TABLE_learner), learner, &a, &row);
  if (e == ERR_OK) {
    struct slice first = words(&row.values[COL(learner, first_name)]),
                 last = words(&row.values[COL(learner, last_name)]),
                 ref = words(&row.values[COL(learner, ref)]);
    import_say(im, r->number, "upn",
               "is the UPN of %.*s %.*s in the hub (reference %.*s): two learners have none in common",
               TEXT(first), TEXT(last), TEXT(ref));
  }
  arena_finish(&a);
  return e;
}

/* `held`: the hub says it of this learner already, so whoever else it says it of is no matter of the list.
 * *other: another record of the same child has it. */
static err claim_upn(struct import *im, const struct row_in_progress *r, bool held, bool *other) {
  const struct import_owner mine = {.learner = r->op.row, .row = r->number};
  struct import_owner *owner;
  struct id place;
  bool same;
  TRY(load(im));
  place_of(&place, im, COL(learner_key, upn), NULL, r->upn);
  TRY(owner_at(im, &place, &mine, &owner));
  TRY(same_child(im, &owner->learner, &r->op.row, &same));
  *other = same && !id_equal(&owner->learner, &r->op.row);
  if (same) {
    owner->row = r->number;
    return ERR_OK;
  }
  if (owner->row)
    import_say(im, r->number, "upn", "is the UPN of row %zu, too: two learners have none in common",
               owner->row);
  return owner->row || held ? ERR_OK : say_whose(im, r, &owner->learner);
}

static err copy(struct slice *out, struct arena *a, struct slice text) {
  *out = arena_copy(a, text);
  return text.len && !out->ptr ? ERR_NO_MEMORY : ERR_OK;
}

static struct slice name_part(const struct row_in_progress *r, size_t column) {
  bool given = r->given >> column & 1;
  return words(given ? &r->op.values[column] : &r->stored.values[column]);
}

/* A number that changes may mean another child: a person looks at each before the list is brought in. */
static err note_change(struct import *im, const struct row_in_progress *r, size_t column, struct slice before,
                       struct slice after) {
  if (im->rekey_count++ >= import_rekeys_shown_max) return ERR_OK;
  if (!im->rekeys) im->rekeys = arena_take(&im->arena, import_rekeys_shown_max, sizeof *im->rekeys);
  if (!im->rekeys) return ERR_NO_MEMORY;
  struct import_rekey *k = &im->rekeys[im->rekey_count - 1];
  *k = (struct import_rekey){.row = r->number,
                             .column = schema_table(TABLE_learner_key)->columns[column].name};
  TRY(copy(&k->first_name, &im->arena, name_part(r, COL(learner, first_name))));
  TRY(copy(&k->last_name, &im->arena, name_part(r, COL(learner, last_name))));
  TRY(copy(&k->before, &im->arena, before));
  return copy(&k->after, &im->arena, after);
}

static err has_mis(struct import *im, const struct row_in_progress *r, bool *other) {
  struct id school = school_of(r);
  struct import_owner *owner;
  TRY(find_mis(im, r->mis_id, id_is_zero(&school) ? NULL : &school, &owner));
  if (!owner || id_equal(&owner->learner, &r->op.row)) return ERR_OK;
  return same_child(im, &owner->learner, &r->op.row, other);
}

static bool moved(const struct row_in_progress *r) {
  const struct value *held = &r->stored.values[COL(learner, school)];
  struct id school = school_of(r);
  return r->stored.exists && held->kind == VALUE_ID && !id_equal(&school, &held->id);
}

/* The hub knows it as well or better: its zeros are there, or its UPN is for good. */
static bool knows(size_t column, struct slice held, struct slice text) {
  if (column == COL(learner_key, mis_id)) return slice_equal(number_bare(held), number_bare(text));
  return slice_equal(held, text) || (held.len && !upn_is_temporary(held) && upn_is_temporary(text));
}

/* A school counts its own children anew, and a temporary UPN is there to be replaced. */
static bool is_expected(const struct row_in_progress *r, size_t column, struct slice held) {
  return column == COL(learner_key, mis_id) ? moved(r) : upn_is_temporary(held);
}

/* Records of one child keep each what it said: what another one says already is not said again. */
static err put(struct import *im, const struct row_in_progress *r, struct row_in_progress *out, size_t column,
               struct slice text) {
  struct slice held = out->stored.exists ? words(&out->stored.values[column]) : slice_of(NULL, 0);
  bool other = false;
  if (text.len == 0) return ERR_OK;
  TRY(column == COL(learner_key, upn) ? claim_upn(im, r, slice_equal(held, text), &other)
                                      : has_mis(im, r, &other));
  if (other || knows(column, held, text)) return ERR_OK;
  out->op.values[column] = value_text(text);
  out->op.units |= 1U | 1U << out->op.table->columns[column].unit;
  return held.len && !is_expected(r, column, held) ? note_change(im, r, column, held, text) : ERR_OK;
}

err import_keys_row(struct import *im, const struct row_in_progress *r, struct arena *a,
                    struct row_in_progress *out) {
  const struct import_owner mine = {.learner = r->op.row, .row = r->number};
  struct id school = school_of(r);
  *out = (struct row_in_progress){.number = r->number, .op = {.table = schema_table(TABLE_learner_key)}};
  crypto_row_id(&out->op.row, TABLE_learner_key, &r->op.row, 1);
  out->op.values[COL(learner_key, learner)] = value_id(&r->op.row);
  TRY(im->store->ops->load_row(im->store, out->op.table, &out->op.row, a, &out->stored));
  TRY(put(im, r, out, COL(learner_key, upn), r->upn));
  TRY(put(im, r, out, COL(learner_key, mis_id), r->mis_id));
  if (r->mis_id.len == 0) return ERR_OK;
  TRY(load(im));
  return own_mis(im, &school, r->mis_id, &mine);
}

void import_keys_finish(struct import_keys *k) {
  id_set_finish(&k->places);
  free(k->owners);
  *k = (struct import_keys){.loaded = false};
}
