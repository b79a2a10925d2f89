/* safeguarding_key.c: tutti-server safeguarding-key: makes a key that reads concerns, tells the devices of
 * it, and keeps nothing but its public half. The secret half goes into a file of its own, wrapped in a
 * passphrase. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/ctl/ctl.h"
#include "server/ctl/options.h"
#include "shared/base/file.h"

enum { hex_bytes_max = 2 * (key_bytes + aead_tag_bytes) + 1 };
struct reader_args {
  const char *data, *verb, *name, *file, *public_key, *phone;
  uint32_t number;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"name", 'n', "NAME", 0, "Who reads with the key, as devices say it: \"Safeguarding lead\" (make, add)",
     0},
    {"file", 'f', "FILE", 0, "Where the secret key goes; it must not be there yet (make)", 0},
    {"public", 'p', "HEX", 0, "A public key that was made elsewhere (add)", 0},
    {"number", 'N', "N", 0, "Which key (remove)", 0},
    {"number-to-ring", 't', "PHONE", 0, "Whom devices say to ring until a concern was delivered (phone)", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct reader_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'n': a->name = value; return 0;
  case 'f': a->file = value; return 0;
  case 'p': a->public_key = value; return 0;
  case 't': a->phone = value; return 0;
  case 'N': a->number = (uint32_t)option_number(state, "--number", value, 1, UINT32_MAX); return 0;
  case ARGP_KEY_ARG:
    if (a->verb != NULL) argp_error(state, "one thing at a time: %s", value);
    a->verb = value;
    return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->verb == NULL)
      argp_error(state, "--data and one of make, add, remove, phone, list are needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* ---- the file ---- */

struct wrapping {
  uint8_t salt[salt_bytes], nonce[aead_nonce_bytes];
  struct buf secret; /* wrapped */
};

static err wrap(struct wrapping *w, const struct box_keys *keys, const char *passphrase,
                const struct entropy *entropy) {
  uint8_t key[key_bytes];
  w->secret = (struct buf)BUF_INIT(key_bytes + aead_tag_bytes);
  entropy_fill(entropy, w->salt, sizeof w->salt);
  entropy_fill(entropy, w->nonce, sizeof w->nonce);
  err e = crypto_password_key(key, slice_text(passphrase), w->salt, password_cost_interactive);
  if (e == ERR_OK)
    e = crypto_encrypt(&w->secret, slice_of(keys->secret, key_bytes), slice_of(keys->public_key, key_bytes),
                       w->nonce, key);
  crypto_wipe(key, sizeof key);
  return e;
}

static void put_hex(json_t *into, const char *name, const void *bytes, size_t len) {
  char text[hex_bytes_max];
  hex_encode(text, slice_of(bytes, len));
  (void)json_object_set_new(into, name, json_string(text));
}

static json_t *file_json(const struct wrapping *w, const struct box_keys *keys, const struct hub *hub,
                         const struct hub_reader *r) {
  json_t *out =
      json_pack("{s:s, s:i, s:I, s:s, s:i, s:i}", "what", "Tutti safeguarding key", "version", 1, "number",
                (json_int_t)r->number, "name", r->name, "passes", (int)password_cost_interactive.passes,
                "memory_kib", (int)password_cost_interactive.memory_kib);
  put_hex(out, "hub", hub->id.b, id_bytes);
  put_hex(out, "public", keys->public_key, key_bytes);
  put_hex(out, "salt", w->salt, sizeof w->salt);
  put_hex(out, "nonce", w->nonce, sizeof w->nonce);
  put_hex(out, "secret", w->secret.ptr, w->secret.len);
  return out;
}

/* A key that is there already is never written over: the name is taken first. */
static err take_name(const char *path, struct fault *fault) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) {
    (void)close(fd);
    return ERR_OK;
  }
  return fault_set(fault, errno == EEXIST ? ERR_EXISTS : ERR_IO, "%.200s cannot be made: %s", path,
                   strerror(errno));
}

/* Durable, and so is its name, before any device is told to seal to it: a key that was lost before it was
 * used is no loss, and one that the power takes afterwards takes every concern with it. */
static err write_file(const char *path, const json_t *json, struct fault *fault) {
  char *text = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
  if (!text) return fault_set(fault, ERR_NO_MEMORY, "there is no memory for the key");
  err e = take_name(path, fault);
  if (e == ERR_OK) {
    e = file_posix_write_all(path, slice_text(text), fault);
    if (e != ERR_OK) (void)unlink(path); /* or it would stand in the way of the next try */
  }
  free(text);
  return e;
}

/* ---- what it does ---- */

static err keep(struct data_dir *d, const struct reader_args *a, const char *action, struct fault *fault) {
  char detail[32];
  struct now now = ctl_now();
  (void)snprintf(detail, sizeof detail, "number=%u", a->number ? a->number : d->hub.reader_last);
  TRY(hub_keys_keep(&d->hub, d->store, &now, action, detail, data_dir_keys_put, a->data, fault));
  printf("manifest %llu; a running hub takes it when it gets SIGHUP, or is started again\n",
         (unsigned long long)d->hub.manifest_number);
  return ERR_OK;
}

static err make_for(struct data_dir *d, const struct reader_args *a, const char *passphrase,
                    struct box_keys *keys, struct fault *fault) {
  struct entropy entropy = entropy_system();
  struct now now = ctl_now();
  struct wrapping w = {.secret = {NULL, 0, 0, 0}};
  crypto_box_keys(keys, &entropy);
  TRY(hub_reader_add(&d->hub, keys->public_key, a->name, &now, fault));
  err e = wrap(&w, keys, passphrase, &entropy);
  json_t *json = e == ERR_OK ? file_json(&w, keys, &d->hub, &d->hub.readers[d->hub.reader_count - 1]) : NULL;
  if (e == ERR_OK) e = json ? write_file(a->file, json, fault) : ERR_NO_MEMORY;
  json_decref(json);
  buf_wipe(&w.secret);
  return e == ERR_OK ? keep(d, a, "safeguarding-key.make", fault) : e;
}

static err make(const struct reader_args *a, struct data_dir *d, struct fault *fault) {
  char passphrase[secret_line_bytes_max] = "";
  struct box_keys keys;
  if (a->name == NULL || a->file == NULL)
    return fault_set(fault, ERR_INVALID,
                     "--name and --file are needed; the passphrase comes on standard input");
  err e = ctl_secret_line(passphrase, "passphrase", fault);
  if (e == ERR_OK) e = make_for(d, a, passphrase, &keys, fault);
  crypto_wipe(passphrase, sizeof passphrase);
  crypto_wipe(&keys, sizeof keys);
  return e;
}

static err add(const struct reader_args *a, struct data_dir *d, struct fault *fault) {
  uint8_t key[key_bytes];
  struct now now = ctl_now();
  if (a->name == NULL || a->public_key == NULL)
    return fault_set(fault, ERR_INVALID, "--name and --public are needed");
  if (hex_decode(key, key_bytes, slice_text(a->public_key)) != ERR_OK)
    return fault_set(fault, ERR_INVALID, "--public has %d hexadecimal digits", 2 * key_bytes);
  TRY(hub_reader_add(&d->hub, key, a->name, &now, fault));
  return keep(d, a, "safeguarding-key.add", fault);
}

static err remove_reader(const struct reader_args *a, struct data_dir *d, struct fault *fault) {
  struct now now = ctl_now();
  if (a->number == 0) return fault_set(fault, ERR_INVALID, "which key? give its --number from `list`");
  TRY(hub_reader_remove(&d->hub, a->number, &now, fault));
  return keep(d, a, "safeguarding-key.remove", fault);
}

static err phone(const struct reader_args *a, struct data_dir *d, struct fault *fault) {
  struct now now = ctl_now();
  if (a->phone == NULL) return fault_set(fault, ERR_INVALID, "--number-to-ring is needed");
  TRY(hub_concern_phone(&d->hub, a->phone, &now, fault));
  return keep(d, a, "safeguarding-key.phone", fault);
}

static err list(const struct reader_args *a, struct data_dir *d, struct fault *fault) {
  (void)a, (void)fault;
  for (size_t i = 0; i < d->hub.reader_count; i++) {
    char key[2 * key_bytes + 1];
    hex_encode(key, slice_of(d->hub.readers[i].public_key, key_bytes));
    printf("%6u  %s  %s\n", d->hub.readers[i].number, key, d->hub.readers[i].name);
  }
  if (d->hub.reader_count == 0) puts("no key yet: devices take no concerns");
  printf("to ring: %s\n", d->hub.concern_phone[0] ? d->hub.concern_phone : "nobody");
  return ERR_OK;
}

static const struct {
  const char *name;
  err (*run)(const struct reader_args *a, struct data_dir *d, struct fault *fault);
} actions[] = {{"make", make}, {"add", add}, {"remove", remove_reader}, {"phone", phone}, {"list", list}};

static err run(const void *args, struct data_dir *d, struct fault *fault) {
  const struct reader_args *a = args;
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
    if (strcmp(a->verb, actions[i].name) == 0) return actions[i].run(a, d, fault);
  return fault_set(fault, ERR_INVALID,
                   "there is no `safeguarding-key %.40s`: make, add, remove, phone or list", a->verb);
}

int ctl_safeguarding_key(int argc, char **argv) {
  struct reader_args a = {0};
  options_parse(options, parse_option, "make|add|remove|phone|list",
                "Say who reads safeguarding concerns: make a key for them, or take a public key they made.",
                argc, argv, &a);
  return ctl_within(a.data, run, &a);
}
