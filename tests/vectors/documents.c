/* documents.c: sorts the samples into files, each with a sentence that says what it shows. */
#include "tests/vectors/documents.h"

#include <string.h>

#include "proto/lease.h"
#include "tests/vectors/describe.h"
#include "tests/vectors/merges.h"
#include "tests/vectors/refusals.h"

static void add_vector(json_t *list, const struct sample *sample, const struct fixture *f) {
  json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}", "name", sample->name, "kind", sample->kind,
                                        "hex", describe_hex(sample->bytes), "fields",
                                        describe(sample->kind, sample->bytes, f)));
}

static json_t *document_of(const struct samples *s, const char *about, const char *const *kinds) {
  json_t *list = json_array();
  for (const char *const *kind = kinds; *kind != NULL; kind++)
    for (size_t i = 0; i < s->count; i++)
      if (strcmp(s->list[i].kind, *kind) == 0) add_vector(list, &s->list[i], &s->fixture);
  return json_pack("{s:s, s:o}", "about", about, "vectors", list);
}

static json_t *messages(const struct samples *s) {
  static const char *const kinds[] = {"message", NULL};
  return document_of(s, "Messages as they stand inside frames. Feed batches are messages too.", kinds);
}

static json_t *content(const struct samples *s) {
  static const char *const kinds[] = {"content", "changeset", NULL};
  return document_of(s, "Plaintexts of bundles, and one changeset alone as a device keeps it.", kinds);
}

static json_t *signed_documents(const struct samples *s) {
  static const char *const kinds[] = {"manifest", "succession", "certificate", "receipt", "order", NULL};
  return document_of(s, "Documents signed with hub_sign of keys.json; the succession with hub_sign_before.",
                     kinds);
}

static json_t *files(const struct samples *s) {
  static const char *const kinds[] = {"export", "reply", NULL};
  return document_of(s, "The two files of a journey without network.", kinds);
}

/* What is read over the telephone: to make a lease longer, and to give up a PIN that was forgotten. */
static json_t *lease_codes(void) {
  static const uint32_t days[] = {20, lease_days_max, lease_new_pin};
  uint8_t secret[key_bytes], challenge[key_bytes];
  char asked[lease_challenge_text_bytes], code[lease_code_text_bytes];
  json_t *list = json_array();
  fixture_key(secret, "lease secret");
  fixture_key(challenge, "lease challenge");
  lease_challenge_text(asked, challenge);
  for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
    lease_code(code, secret, challenge, days[i]);
    json_array_append_new(list, json_pack("{s:o, s:o, s:s, s:i, s:s}", "lease_secret",
                                          describe_hex(slice_of(secret, key_bytes)), "challenge",
                                          describe_hex(slice_of(challenge, lease_challenge_bytes)),
                                          "challenge_text", asked, "days", (int)days[i], "code", code));
  }
  return list;
}

static json_t *enrol(const struct samples *s) {
  static const char *const kinds[] = {"enrol", NULL};
  json_t *out =
      document_of(s,
                  "Enrolment codes and what follows from them; hex is the ASCII of the text. And the "
                  "codes of section 14 that a person reads over the telephone.",
                  kinds);
  json_object_set_new(out, "lease_codes", lease_codes());
  return out;
}

/* Sealing draws the content's key and then the box's ephemeral secret, in that order. */
static json_t *bundle(const struct samples *s) {
  static const char *const kinds[] = {"bundle", NULL};
  uint8_t drawn[2 * key_bytes];
  struct fixture_random random = {0};
  struct entropy entropy = fixture_entropy(&random);
  entropy_fill(&entropy, drawn, sizeof drawn);
  json_t *out =
      document_of(s, "A bundle sealed to hub_intake and signed with device_sign of keys.json.", kinds);
  json_object_set_new(out, "content_key", describe_hex(slice_of(drawn, key_bytes)));
  json_object_set_new(out, "box_ephemeral_secret", describe_hex(slice_of(drawn + key_bytes, key_bytes)));
  return out;
}

static json_t *sign_keys_json(const char *seed_name, const struct sign_keys *keys) {
  uint8_t seed[key_bytes];
  fixture_key(seed, seed_name);
  return json_pack("{s:o, s:o}", "seed", describe_hex(slice_of(seed, key_bytes)), "public",
                   describe_hex(slice_of(keys->public_key, key_bytes)));
}

static json_t *box_keys_json(const struct box_keys *keys) {
  return json_pack("{s:o, s:o}", "secret", describe_hex(slice_of(keys->secret, key_bytes)), "public",
                   describe_hex(slice_of(keys->public_key, key_bytes)));
}

static json_t *keys(const struct samples *s) {
  const struct fixture *f = &s->fixture;
  return json_pack(
      "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "about",
      "The keys every other file was made with. Signing keys are Ed25519, given by seed; the others X25519.",
      "hub", describe_id(&f->hub), "device", describe_id(&f->device), "hub_sign",
      sign_keys_json("hub signing seed", &f->hub_sign), "hub_sign_before",
      sign_keys_json("hub earlier signing seed", &f->hub_sign_before), "hub_noise",
      box_keys_json(&f->hub_noise), "hub_intake", box_keys_json(&f->hub_intake), "device_sign",
      sign_keys_json("device signing seed", &f->device_sign), "device_noise", box_keys_json(&f->device_noise),
      "safeguarding", box_keys_json(&f->safeguarding), "recovery", box_keys_json(&f->recovery));
}

/* Sealing draws the content's key, then the ephemeral secret of each box. */
static json_t *concern(const struct samples *s) {
  static const char *const kinds[] = {"concern", NULL};
  uint8_t drawn[3][key_bytes];
  struct id row = fixture_id("concern");
  struct fixture_random random = {0};
  struct entropy entropy = fixture_entropy(&random);
  entropy_fill(&entropy, drawn, sizeof drawn);
  json_t *out = document_of(
      s, "A concern as a device seals it: key 2 is safeguarding, key 1 recovery, of keys.json.", kinds);
  json_object_set_new(out, "row", describe_id(&row));
  json_object_set_new(out, "content_key", describe_hex(slice_of(drawn[0], key_bytes)));
  json_object_set_new(out, "ephemeral_secrets",
                      json_pack("[o, o]", describe_hex(slice_of(drawn[1], key_bytes)),
                                describe_hex(slice_of(drawn[2], key_bytes))));
  return out;
}

const struct document documents[] = {
    {"keys.json", keys},
    {"messages.json", messages},
    {"content.json", content},
    {"bundle.json", bundle},
    {"files.json", files},
    {"enrol.json", enrol},
    {"documents.json", signed_documents},
    {"concern.json", concern},
    {"channel.json", channel_document},
    {"refusals.json", refusals_document},
    {"merge.json", merges_document},
};
const size_t document_count = sizeof documents / sizeof *documents;
