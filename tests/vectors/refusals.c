/* refusals.c: a table of small damages, each of which breaks one rule of the page and no other. */
#include "tests/vectors/refusals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/vectors/describe.h"
#include "tests/vectors/kinds.h"

/* A content of one mark, and what a refusal spells differently in it. */
#define AUTHOR  "00eceff86bac0d75a2e0b7da92fa0898a9"
#define SESSION "0038b5c4f8085bb9ac8ff7ec400d229fe4"
#define LEARNER "0023757b0825e962ed32024918cc7c1e50"
#define ROW     SESSION LEARNER
#define STAMP   "8080b0edbf68"
#define FORM    "000c030400" /* a new one: mark, units 0 and 1, column code, no bases */
#define CHANGESET(count, author, flags, stamp, ops)                                                          \
  "010000"                                                                                                   \
  "01"                                                                                                       \
  "01" count author flags stamp ops
#define OPS(count, ops) CHANGESET(count, AUTHOR, "00", STAMP, ops)
#define NEWER(op)                                                                                            \
  "020000"                                                                                                   \
  "01"                                                                                                       \
  "01"                                                                                                       \
  "01" AUTHOR "00" STAMP op
/* A batch of the staff's stream up to position 3, with `count` items in so many bytes. */
#define STAFF                            "c41000000000000000000000000000000002"
#define BATCH(flags, count, bytes, rows) "922298" STAFF "0f0003" flags count "c4" bytes rows "c400"
#define STAFF_FORM                       "000105" /* row, staff */
#define LINK                             "74757474693a313a"

enum trailer { KEPT, MADE_ANEW };
struct refusal {
  const char *name, *kind;
  const char *of;          /* the sample that is damaged; NULL: `with` is all there is */
  const char *find, *with; /* hexadecimal: the first place of `find` becomes `with`; "" is the end */
  enum trailer trailer;    /* whether what follows, a signature or a hash, is made to fit the damage */
  err error;
};

/* clang-format off */
static const struct refusal refusals[] = {
  /* msgpack */
  {"a number with a longer form",            "codec", NULL, "", "cc05", KEPT, ERR_MALFORMED},
  {"a positive number in a signed form",     "codec", NULL, "", "d07f", KEPT, ERR_MALFORMED},
  {"a negative number with a longer form",   "codec", NULL, "", "d0ff", KEPT, ERR_MALFORMED},
  {"a text with a longer length",            "codec", NULL, "", "d90161", KEPT, ERR_MALFORMED},
  {"bytes with a longer length",             "codec", NULL, "", "c5000161", KEPT, ERR_MALFORMED},
  {"an array with a longer length",          "codec", NULL, "", "dc0001c0", KEPT, ERR_MALFORMED},
  {"a map with a longer length",             "codec", NULL, "", "de0001a161c0", KEPT, ERR_MALFORMED},
  {"a float",                                "codec", NULL, "", "ca00000000", KEPT, ERR_MALFORMED},
  {"a long float",                           "codec", NULL, "", "cb0000000000000000", KEPT, ERR_MALFORMED},
  {"an extension",                           "codec", NULL, "", "d40000", KEPT, ERR_MALFORMED},
  {"the byte c1",                            "codec", NULL, "", "c1", KEPT, ERR_MALFORMED},
  {"text that is not UTF-8",                 "codec", NULL, "", "a1ff", KEPT, ERR_MALFORMED},
  {"text with an overlong form",             "codec", NULL, "", "a2c1a1", KEPT, ERR_MALFORMED},
  {"text with a surrogate",                  "codec", NULL, "", "a3eda080", KEPT, ERR_MALFORMED},
  {"text past the last code point",          "codec", NULL, "", "a4f4908080", KEPT, ERR_MALFORMED},
  {"text with NUL",                          "codec", NULL, "", "a100", KEPT, ERR_MALFORMED},
  {"a key twice",                            "codec", NULL, "", "82a16101a16102", KEPT, ERR_MALFORMED},
  {"a key that is no text",                  "codec", NULL, "", "810102", KEPT, ERR_MALFORMED},
  {"nesting past sixteen",                   "codec", NULL, "", "91919191919191919191919191919191" "91c0", KEPT, ERR_MALFORMED},
  {"more things than there are bytes",       "codec", NULL, "", "ddffffffff", KEPT, ERR_TOO_BIG},
  {"a text that ends too early",             "codec", NULL, "", "a26f", KEPT, ERR_TRUNCATED},
  {"nothing at all",                         "codec", NULL, "", "", KEPT, ERR_TRUNCATED},
  {"two objects",                            "codec", NULL, "", "c0c0", KEPT, ERR_TRAILING},
  /* messages */
  {"a message of an unknown type",           "message", NULL, "", "9163", KEPT, ERR_MALFORMED},
  {"a message with a field more",            "message", "enrol confirm", "9106", "9206c0", KEPT, ERR_MALFORMED},
  {"a message with a field less",            "message", "credit", "920408", "9104", KEPT, ERR_MALFORMED},
  {"a message that is no array",             "message", NULL, "", "06", KEPT, ERR_MALFORMED},
  {"a field of another kind",                "message", "credit", "920408", "9204a138", KEPT, ERR_MALFORMED},
  {"a count that is negative",               "message", "credit", "920408", "9204ff", KEPT, ERR_INVALID},
  {"a count past 32 bits",                   "message", "credit", "920408", "9204cf0000000100000000", KEPT, ERR_INVALID},
  {"a time past 2^53",                       "message", "welcome", "cf000001a1fed61403", "cf0020000000000000", KEPT, ERR_INVALID},
  {"a position past 2^53",                   "message", NULL, "", "93030091" "93" STAFF "cf0020000000000000" "0f", KEPT, ERR_INVALID},
  {"an id of fifteen bytes",                 "message", NULL, "", "93030091" "93" "c40f000000000000000000000000000001" "0100", KEPT, ERR_INVALID},
  /* feed batches */
  {"a batch that ends before it begins",     "message", NULL, "", "922297" STAFF "0f0403" "00" "00" "c40101", KEPT, ERR_MALFORMED},
  {"a batch with an unknown flag",           "message", NULL, "", BATCH("08", "00", "01", "01"), KEPT, ERR_INVALID},
  {"a batch with items that do not come",    "message", NULL, "", BATCH("01", "01", "01", "01"), KEPT, ERR_TRUNCATED},
  {"a batch with bytes behind its items",    "message", NULL, "", BATCH("01", "00", "02", "0100"), KEPT, ERR_TRAILING},
  {"a batch of schema 0",                    "message", NULL, "", BATCH("01", "00", "01", "00"), KEPT, ERR_MALFORMED},
  {"an item of an unknown kind",             "message", NULL, "", BATCH("01", "01", "16", "01" "000405" AUTHOR "06"), KEPT, ERR_MALFORMED},
  {"an item of an unknown table",            "message", NULL, "", BATCH("01", "01", "16", "01" "000263" AUTHOR "06"), KEPT, ERR_MALFORMED},
  {"an item of a newer hub's table",         "message", NULL, "", BATCH("01", "01", "16", "02" "000263" AUTHOR "06"), KEPT, ERR_VERSION},
  {"a version below nothing",                "message", NULL, "", BATCH("01", "01", "16", "01" "000205" AUTHOR "01"), KEPT, ERR_MALFORMED},
  {"a first head equal to none",             "message", NULL, "", BATCH("01", "01", "19", "01" STAFF_FORM "0200" AUTHOR "06" "00"), KEPT, ERR_MALFORMED},
  {"a unit without heads",                   "message", NULL, "", BATCH("01", "01", "19", "01" STAFF_FORM "0200" AUTHOR "06" "01"), KEPT, ERR_MALFORMED},
  /* contents */
  {"content of schema 0",                    "content", NULL, "", "00000000", KEPT, ERR_MALFORMED},
  {"a varint longer than it need be",        "content", NULL, "", "8100000000", KEPT, ERR_MALFORMED},
  {"a varint of eleven bytes",               "content", NULL, "", "8080808080808080808001", KEPT, ERR_MALFORMED},
  {"a varint past 64 bits",                  "content", NULL, "", "ffffffffffffffffff02", KEPT, ERR_MALFORMED},
  {"bytes behind the changesets",            "content", NULL, "", "0100000000", KEPT, ERR_TRAILING},
  {"content that ends too early",            "content", NULL, "", "010000" "01" "01" "01" AUTHOR, KEPT, ERR_TRUNCATED},
  {"thirty-three clocks",                    "content", NULL, "", "012100", KEPT, ERR_TOO_BIG},
  {"an ack of number 0",                     "content", NULL, "", "010001010000", KEPT, ERR_MALFORMED},
  {"an ack of an unknown kind",              "content", NULL, "", "010001030100", KEPT, ERR_MALFORMED},
  {"an ack of a newer device's kind",        "content", NULL, "", "020001030100", KEPT, ERR_VERSION},
  {"acks that do not rise",                  "content", NULL, "", "010002020501" "0600", KEPT, ERR_MALFORMED},
  {"a first counter of 0",                   "content", NULL, "", "010000" "01" "00" "01" AUTHOR "00" STAMP FORM ROW "02", KEPT, ERR_MALFORMED},
  {"a changeset without ops",                "content", NULL, "", OPS("00", FORM ROW "02"), KEPT, ERR_MALFORMED},
  {"a changeset of 513 ops",                 "content", NULL, "", OPS("8104", FORM ROW "02"), KEPT, ERR_TOO_BIG},
  {"an author that was never named",         "content", NULL, "", CHANGESET("01", "01", "00", STAMP, FORM ROW "02"), KEPT, ERR_MALFORMED},
  {"the office's flag from a device",        "content", NULL, "", CHANGESET("01", AUTHOR, "02", STAMP, FORM ROW "02"), KEPT, ERR_MALFORMED},
  {"a stamp before 1970",                    "content", NULL, "", CHANGESET("01", AUTHOR, "00", "01", FORM ROW "02"), KEPT, ERR_MALFORMED},
  {"a form that was never given",            "content", NULL, "", OPS("01", "01" ROW "02"), KEPT, ERR_MALFORMED},
  {"an op on an unknown table",              "content", NULL, "", OPS("01", "0063030400" ROW "02"), KEPT, ERR_MALFORMED},
  {"an op on a newer device's table",        "content", NULL, "", NEWER("0063030400" ROW "02"), KEPT, ERR_VERSION},
  {"an op on an unknown unit",               "content", NULL, "", OPS("01", "000c830104" "00" ROW "02"), KEPT, ERR_MALFORMED},
  {"an op on a newer device's unit",         "content", NULL, "", NEWER("000c830104" "00" ROW "02"), KEPT, ERR_VERSION},
  {"an op on an unknown column",             "content", NULL, "", OPS("01", "000c03840100" ROW "02" "00"), KEPT, ERR_MALFORMED},
  {"an op on a newer device's column",       "content", NULL, "", NEWER("000c03840100" ROW "02" "00"), KEPT, ERR_VERSION},
  {"an op without units",                    "content", NULL, "", OPS("01", "000e000000" SESSION), KEPT, ERR_MALFORMED},
  {"an op on a keyed row without unit 0",    "content", NULL, "", OPS("01", "000c020400" ROW "02"), KEPT, ERR_MALFORMED},
  {"a key column among the values",          "content", NULL, "", OPS("01", "000c030500" ROW "0202"), KEPT, ERR_MALFORMED},
  {"a column of a unit that is not set",     "content", NULL, "", OPS("01", "000c034400" ROW "02" "00"), KEPT, ERR_MALFORMED},
  {"a base of a unit that is not set",       "content", NULL, "", OPS("01", "000c030401" ROW "02" "03" "00" LEARNER "01" "02"), KEPT, ERR_MALFORMED},
  {"a base of counter 0",                    "content", NULL, "", OPS("01", "000c030401" ROW "02" "01" "00" LEARNER "01" "00"), KEPT, ERR_MALFORMED},
  {"a base of incarnation 0",                "content", NULL, "", OPS("01", "000c030401" ROW "02" "01" "00" LEARNER "00" "02"), KEPT, ERR_MALFORMED},
  {"a base whose source was never named",    "content", NULL, "", OPS("01", "000c030401" ROW "02" "01" "01" "02"), KEPT, ERR_MALFORMED},
  {"sixty-five bases",                       "content", NULL, "", OPS("01", "000c030441" ROW "02"), KEPT, ERR_MALFORMED},
  {"a text past 8,192 bytes",                "content", NULL, "", OPS("01", "000c0b4400" ROW "02" "8140"), KEPT, ERR_TOO_BIG},
  {"a word the vocabulary does not have",    "content", NULL, "", OPS("01", FORM ROW "12"), KEPT, ERR_INVALID},
  {"a value that must not be missing",       "content", NULL, "", OPS("01", "000c030000" ROW), KEPT, ERR_INVALID},
  {"a required text of no letters",          "content", NULL, "", OPS("01", "0007020200" SESSION "00"), KEPT, ERR_INVALID},
  {"a minute past the day",                  "content", NULL, "", OPS("01", "000c030c00" ROW "02" "c016"), KEPT, ERR_INVALID},
  {"a comment that is not UTF-8",            "content", NULL, "", OPS("01", "000c0b4400" ROW "02" "01ff"), KEPT, ERR_INVALID},
  {"a changeset alone of counter 0",         "changeset", NULL, "", "0100" "01" AUTHOR "00" STAMP FORM ROW "02", KEPT, ERR_MALFORMED},
  /* bundles */
  {"something that is no bundle",            "bundle", "bundle", "54555442", "54555443", MADE_ANEW, ERR_MALFORMED},
  {"a bundle of version 2",                  "bundle", "bundle", "545554420100", "545554420200", MADE_ANEW, ERR_VERSION},
  {"a bundle with flags",                    "bundle", "bundle", "5455544201000000", "5455544201000100", MADE_ANEW, ERR_MALFORMED},
  {"a bundle of incarnation 0",              "bundle", "bundle", "02000000050000000000", "00000000050000000000", MADE_ANEW, ERR_MALFORMED},
  {"a bundle of seq 0",                      "bundle", "bundle", "02000000050000000000", "02000000000000000000", MADE_ANEW, ERR_MALFORMED},
  {"a box of another length",                "bundle", "bundle", "5000000010020000", "4f00000010020000", MADE_ANEW, ERR_MALFORMED},
  {"a body that is not whole blocks",        "bundle", "bundle", "5000000010020000", "5000000011020000", MADE_ANEW, ERR_MALFORMED},
  {"a bundle with bytes behind it",          "bundle", "bundle", "", "00", KEPT, ERR_TRAILING},
  {"a bundle whose hub was changed",         "bundle", "bundle", "c37b2775", "c37b2776", KEPT, ERR_BAD_SIGNATURE},
  {"a bundle whose header was changed",      "bundle", "bundle", "02000000050000000000", "02000000060000000000", MADE_ANEW, ERR_CRYPTO},
  /* signed documents */
  {"a manifest of version 2",                "manifest", "manifest", "01c410c37b", "02c410c37b", MADE_ANEW, ERR_VERSION},
  {"a manifest with a key it is not signed by", "manifest", "manifest", "c42065e1", "c42065e2", MADE_ANEW, ERR_BAD_SIGNATURE},
  {"a manifest whose name was changed",      "manifest", "manifest", "4777656e74", "4777656e75", KEPT, ERR_BAD_SIGNATURE},
  {"a certificate of version 2",             "certificate", "certificate", "01c410c37b", "02c410c37b", MADE_ANEW, ERR_VERSION},
  {"a certificate whose device was changed", "certificate", "certificate", "c4104ad1", "c4104ad2", KEPT, ERR_BAD_SIGNATURE},
  {"a receipt of version 2",                 "receipt", "receipt held", "01c410c37b", "02c410c37b", MADE_ANEW, ERR_VERSION},
  {"a receipt of status 0",                  "receipt", "receipt held", "03cf000001", "00cf000001", MADE_ANEW, ERR_INVALID},
  {"a receipt of status 6",                  "receipt", "receipt held", "03cf000001", "06cf000001", MADE_ANEW, ERR_INVALID},
  {"a receipt of incarnation 0",             "receipt", "receipt held", "0205c420", "0005c420", MADE_ANEW, ERR_INVALID},
  {"a receipt of seq 0",                     "receipt", "receipt held", "0205c420", "0200c420", MADE_ANEW, ERR_INVALID},
  {"a receipt whose seq was changed",        "receipt", "receipt held", "0205c420", "0206c420", KEPT, ERR_BAD_SIGNATURE},
  {"a receipt with an exception of no changeset", "receipt", "receipt refused", "930105a7", "93cd4e2005a7", MADE_ANEW, ERR_INVALID},
  {"a document of a signature alone",        "certificate", NULL, "", "", MADE_ANEW, ERR_TRUNCATED},
  {"a succession of version 2",              "succession", "succession", "01c410c37b", "02c410c37b", MADE_ANEW, ERR_VERSION},
  {"a succession with an old key it is not signed by","succession", "succession", "c420487d", "c420487e", MADE_ANEW, ERR_BAD_SIGNATURE},
  {"an order of version 2",                  "order", "order to wipe", "01c410c37b", "02c410c37b", MADE_ANEW, ERR_VERSION},
  {"an order of an unknown kind",            "order", "order to wipe", "0202cf", "0203cf", MADE_ANEW, ERR_INVALID},
  {"an order to another device",             "order", "order to wipe", "c4104ad1", "c4104ad2", KEPT, ERR_BAD_SIGNATURE},
  {"a manifest with a reader without a number", "manifest", "manifest that names who reads concerns", "9302c4204d0c65545b", "93c0c4204d0c65545b", MADE_ANEW, ERR_MALFORMED},
  /* concerns */
  {"a concern of version 2",                 "concern", "concern", "010202000000", "020202000000", KEPT, ERR_VERSION},
  {"a concern without readers",              "concern", "concern", "010202000000", "010002000000", KEPT, ERR_MALFORMED},
  {"a concern sealed to another key",        "concern", "concern", "010202000000", "010203000000", KEPT, ERR_UNKNOWN_KEY},
  {"a concern whose box was changed",        "concern", "concern", "5529fa3b", "5529fa3c", KEPT, ERR_CRYPTO},
  {"a concern that was changed on the way",  "concern", "concern", "fc7f9c024dee5b1e2523d55e", "fc7f9c024dee5b1e2523d55f", KEPT, ERR_CRYPTO},
  /* files */
  {"a reply where an export is expected",    "export", "export file", "5455545449455831", "5455545449525031", MADE_ANEW, ERR_MALFORMED},
  {"an export that was cut on the way",      "export", "export file", "c410c37b", "", KEPT, ERR_CORRUPT},
  {"a reply that was changed on the way",    "reply", "reply file", "c410c37b", "c410c37c", KEPT, ERR_CORRUPT},
  {"a reply whose hub is no id",             "reply", "reply file", "c410c37b2775e48e88ac043b73cd1de906c7", "c0", MADE_ANEW, ERR_MALFORMED},
  /* codes */
  {"a link of version 2",                    "enrol", "enrolment link", LINK, "74757474693a323a", KEPT, ERR_VERSION},
  {"a link with a short token",              "enrol", "enrolment link", LINK "55744976", LINK, KEPT, ERR_MALFORMED},
  {"a link to a page",                       "enrol", "enrolment link", "7773733a2f2f", "687474703a2f2f", KEPT, ERR_MALFORMED},
  {"a link with a space in its address",     "enrol", "enrolment link", "7773733a2f2f", "7773733a2f2f20", KEPT, ERR_MALFORMED},
  {"a code with a typing mistake",           "enrol", "enrolment code to type", "41423932", "41423933", KEPT, ERR_MALFORMED},
  {"a code with a letter that no code has",  "enrol", "enrolment code to type", "41423932", "41423955", KEPT, ERR_MALFORMED},
  {"a code without its last group",          "enrol", "enrolment code to type", "2d37585a30", "", KEPT, ERR_MALFORMED},
  /* openings */
  {"an opening that asks for nothing known", "opening", NULL, "", "58", KEPT, ERR_MALFORMED},
  {"an opening of version 2",                "opening", NULL, "", "480200", KEPT, ERR_VERSION},
  {"an opening that ends too early",         "opening", NULL, "", "480100c37b2775e48e88ac043b73cd1de906c702000000", KEPT, ERR_TRUNCATED},
  {"an opening with bytes behind it",        "opening", NULL, "", "4d00", KEPT, ERR_TRAILING},
};
/* clang-format on */

enum { damaged_bytes_max = 65536 };

static size_t unhex(uint8_t *out, const char *hex) {
  size_t len = strlen(hex) / 2;
  ASSERT(len <= damaged_bytes_max && hex_decode(out, len, slice_text(hex)) == ERR_OK);
  return len;
}

/* The place of `part`, or the end when it is empty; SIZE_MAX when it is not there. */
static size_t place_of(struct slice whole, struct slice part) {
  size_t at = 0;
  if (part.len == 0) return whole.len;
  while (at + part.len <= whole.len && memcmp(whole.ptr + at, part.ptr, part.len) != 0) at++;
  return at + part.len <= whole.len ? at : SIZE_MAX;
}

static void append(struct buf *out, const uint8_t *bytes, size_t len) {
  ASSERT(buf_append(out, slice_of(bytes, len)) == ERR_OK);
}

static void damage(struct buf *out, const struct refusal *r, const struct kind *kind,
                   const struct samples *s) {
  static const uint8_t nothing;
  uint8_t *find = malloc(damaged_bytes_max), *with = malloc(damaged_bytes_max);
  ASSERT(find != NULL && with != NULL);
  size_t find_len = unhex(find, r->find), with_len = unhex(with, r->with);
  struct slice whole = r->of != NULL ? samples_named(s, r->of)->bytes : slice_of(&nothing, 0);
  size_t body = r->of != NULL && r->trailer == MADE_ANEW ? whole.len - kind->trailer_bytes : whole.len;
  size_t at = place_of(slice_of(whole.ptr, body), slice_of(find, find_len));
  if (at == SIZE_MAX) fprintf(stderr, "refusals: '%s' finds nothing to damage in its sample\n", r->name);
  ASSERT(at != SIZE_MAX);
  append(out, whole.ptr, at);
  append(out, with, with_len);
  append(out, whole.ptr + at + find_len, body - at - find_len);
  if (r->trailer == MADE_ANEW) ASSERT(kind->trail(out, &s->fixture) == ERR_OK);
  free(find);
  free(with);
}

static json_t *refusal_json(const struct refusal *r, const struct samples *s) {
  const struct kind *kind = kind_named(r->kind);
  struct buf bytes = BUF_INIT(damaged_bytes_max), out = BUF_INIT(export_file_bytes_max);
  damage(&bytes, r, kind, s);
  err e = kind->recode(&out, buf_slice(&bytes), &s->fixture);
  if (e != r->error)
    fprintf(stderr, "refusals: '%s' gives %s, not %s\n", r->name, err_name(e), err_name(r->error));
  ASSERT(e == r->error);
  json_t *json = json_pack("{s:s, s:s, s:o, s:s}", "name", r->name, "kind", r->kind, "hex",
                           describe_hex(buf_slice(&bytes)), "error", err_name(e));
  buf_finish(&bytes);
  buf_finish(&out);
  return json;
}

json_t *refusals_document(const struct samples *s) {
  json_t *list = json_array();
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
    json_array_append_new(list, refusal_json(&refusals[i], s));
  return json_pack("{s:s, s:o}", "about",
                   "What every reader refuses. Another name than `error` will do, but for VERSION, "
                   "BAD_SIGNATURE, and INVALID in a "
                   "content: that spoils its changeset alone.",
                   "vectors", list);
}
