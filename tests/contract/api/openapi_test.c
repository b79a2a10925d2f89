/* openapi_test.c: the description at /api against the table of routes and what the addresses really take. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

static struct ingest_world *const w = &ingest_world;

#define ROUTE(method, pattern, query, who, token, answer, handler) {#method, pattern, query, #handler},
static const struct route {
  const char *method, *pattern, *query, *handler;
} routes[] = {
#include "server/api/routes.def"
};
#undef ROUTE
enum { route_count = sizeof routes / sizeof *routes };

/* Of the document that was read last; the desk keeps only the last answer. */
static json_t *document;

static int open_document(void **state) {
  assert_int_equal(desk_open(state), 0);
  desk_get("/api");
  desk_fine();
  document = json_deep_copy(desk.json);
  return 0;
}

static int close_document(void **state) {
  json_decref(document);
  return desk_close(state);
}

static const json_t *operation(const struct route *r) {
  char path[96];
  size_t len = strlen(r->pattern);
  snprintf(path, sizeof path, "%s", r->pattern);
  if (path[len - 1] == '*') snprintf(path + len - 1, sizeof path - len, "{id}");
  const json_t *found = json_object_get(json_object_get(document, "paths"), path);
  return json_object_get(found, strcmp(r->method, "POST") == 0 ? "post" : "get");
}

static void every_address_is_described_in_words(void **state) {
  (void)state;
  for (size_t i = 0; i < route_count; i++) {
    const json_t *o = operation(&routes[i]);
    if (json_string_length(json_object_get(o, "summary")) < 5)
      fail_msg("%s has no NOTE(%s, …) in server/api/openapi.def", routes[i].pattern, routes[i].handler);
  }
}

static bool has_parameter(const json_t *o, const char *name) {
  const json_t *list = json_object_get(o, "parameters");
  for (size_t i = 0; i < json_array_size(list); i++) {
    const char *found = json_string_value(json_object_get(json_array_get(list, i), "name"));
    if (found && strcmp(found, name) == 0) return true;
  }
  return false;
}

static void every_parameter_and_id_is_named(void **state) {
  (void)state;
  for (size_t i = 0; i < route_count; i++) {
    const json_t *o = operation(&routes[i]);
    char names[96];
    size_t count = strchr(routes[i].pattern, '*') != NULL;
    if (count) assert_true(has_parameter(o, "id"));
    snprintf(names, sizeof names, "%s", routes[i].query ? routes[i].query : "");
    char *rest = names;
    for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest), count++)
      assert_true(has_parameter(o, name));
    assert_int_equal(json_array_size(json_object_get(o, "parameters")), count);
  }
}

static const json_t *schema_of(const json_t *o) {
  const json_t *at = json_object_get(json_object_get(o, "requestBody"), "content");
  return json_object_get(json_object_get(at, "application/json"), "schema");
}

/* Some role that may. */
static void sit_for(const json_t *o) {
  const json_t *roles = json_object_get(o, "x-roles");
  int role = ENUM_role_office;
  if (json_array_size(roles))
    role = schema_enum_number(schema_enum("role"), slice_text(json_string_value(json_array_get(roles, 0))));
  desk_return(role);
}

static void post_to(const struct route *r, json_t *body) {
  char begin[96];
  bool one = strchr(r->pattern, '*') != NULL;
  snprintf(begin, sizeof begin, "%.*s", (int)(strlen(r->pattern) - one), r->pattern);
  desk_send(one ? desk_path(begin, &w->world.zoe) : begin, body);
}

/* A field that is described is one the address knows: of a wrong type, it is not called unknown. */
static void every_field_that_is_described_is_known(void **state) {
  (void)state;
  for (size_t i = 0; i < route_count; i++) {
    const json_t *o = operation(&routes[i]);
    const char *name;
    json_t *field, *properties = json_object_get(schema_of(o), "properties");
    json_object_foreach(properties, name, field) {
      sit_for(o);
      post_to(&routes[i], json_pack("{s:{}}", name));
      if (desk.status != 400 || strstr(desk_text("text"), "no field"))
        fail_msg("%s does not take \"%s\": %u %s", routes[i].pattern, name, desk.status, desk.text);
    }
  }
}

/* And one that must be there is described as such: the address names the first it lacks. */
static void every_field_that_must_be_there_is_described(void **state) {
  (void)state;
  for (size_t i = 0; i < route_count; i++) {
    const json_t *o = operation(&routes[i]);
    if (strcmp(routes[i].method, "POST") != 0) continue;
    json_t *body = json_object();
    const json_t *required = json_object_get(schema_of(o), "required");
    sit_for(o);
    post_to(&routes[i], body);
    const char *text = desk_text("text");
    bool lacks = desk.status == 400 && text && text[0] == '"';
    if (!lacks) continue;
    char name[48];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text + 1, "\""), text + 1);
    bool described = false;
    for (size_t k = 0; k < json_array_size(required); k++)
      described |= strcmp(json_string_value(json_array_get(required, k)), name) == 0;
    if (!described)
      fail_msg("%s must have \"%s\", and is not described so: %s", routes[i].pattern, name, text);
  }
}

static const json_t *answer_of(const json_t *o) {
  const json_t *at = json_object_get(json_object_get(json_object_get(o, "responses"), "200"), "content");
  return json_object_get(json_object_get(json_object_get(at, "application/json"), "schema"), "properties");
}

static void must_have_all(const struct route *r, const json_t *these, const json_t *of, const char *what) {
  const char *name;
  json_t *field;
  json_object_foreach((json_t *)these, name, field) if (!json_object_get(of, name))
      fail_msg("%s: \"%s\" %s", r->pattern, name, what);
}

/* Of whatever may be asked for by its address alone. */
static void an_answer_has_the_fields_that_are_described_and_no_others(void **state) {
  (void)state;
  size_t seen = 0;
  for (size_t i = 0; i < route_count; i++) {
    const json_t *o = operation(&routes[i]), *described = answer_of(o);
    bool alone = strcmp(routes[i].method, "GET") == 0 && !strchr(routes[i].pattern, '*');
    if (!alone || !described) continue;
    sit_for(o);
    desk_get(routes[i].pattern);
    if (desk.status != 200) continue; /* it needs a parameter */
    must_have_all(&routes[i], desk.json, described, "is answered, and described nowhere");
    must_have_all(&routes[i], described, desk.json, "is described, and not answered");
    seen++;
  }
  assert_true(seen >= 20);
}

static void the_roles_are_those_of_the_matrix(void **state) {
  (void)state;
#define LINE(method, pattern, roles) {#method, pattern, roles, NULL},
  static const struct route lines[] = {
#include "tests/contract/api/matrix.def"
  };
#undef LINE
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    const json_t *roles = json_object_get(operation(&lines[i]), "x-roles");
    char words[128] = "";
    for (size_t k = 0; k < json_array_size(roles); k++) {
      size_t at = strlen(words);
      snprintf(words + at, sizeof words - at, "%s%s", at ? " " : "",
               json_string_value(json_array_get(roles, k)));
    }
    assert_string_equal(words[0] ? words : "anybody", lines[i].query);
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_document, close_document)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_address_is_described_in_words),
      TEST(every_parameter_and_id_is_named),
      TEST(every_field_that_is_described_is_known),
      TEST(every_field_that_must_be_there_is_described),
      TEST(an_answer_has_the_fields_that_are_described_and_no_others),
      TEST(the_roles_are_those_of_the_matrix),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
