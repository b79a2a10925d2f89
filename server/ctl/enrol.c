/* enrol.c: tutti-server enrol: a one-time code for a new device, printed as a QR, a link and typed
 * characters. */
#include <jansson.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#include "server/core/fleet.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"

struct enrol_args {
  const char *data, *name;
  uint8_t kind;
  const char *staff[staff_on_device_max];
  size_t staff_count;
  int minutes;
  bool json;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"name", 'n', "NAME", 0, "What the office will call the device (required)", 0},
    {"kind", 'k', "kiosk|phone", 0, "What it is (kiosk)", 0},
    {"staff", 's', "REF", 0,
     "A member of staff who may sign in on it, by reference; may be given several times", 0},
    {"minutes", 'm', "N", 0, "How long the code is valid (15, which is also the most)", 0},
    {"json", 'j', NULL, 0, "Print link and code as JSON, without the QR", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  struct enrol_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'n': a->name = value; return 0;
  case 'j': a->json = true; return 0;
  case 'm':
    a->minutes = (int)option_number(state, "--minutes", value, 1, enrol_token_ms_max / 60000);
    return 0;
  case 'k':
    a->kind = (uint8_t)schema_enum_number(schema_enum("device_kind"), slice_text(value));
    if (a->kind == 0) argp_error(state, "--kind %s is neither kiosk nor phone", value);
    return 0;
  case 's':
    if (a->staff_count == staff_on_device_max)
      argp_error(state, "a device has at most %d staff", staff_on_device_max);
    a->staff[a->staff_count++] = value;
    return 0;
  case ARGP_KEY_END:
    if (a->data == NULL || a->name == NULL || a->staff_count == 0)
      argp_error(state, "--data, --name and at least one --staff are needed");
    else if (strlen(a->name) > 100 || !utf8_valid(slice_text(a->name)))
      argp_error(state, "--name must be at most 100 bytes of UTF-8");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static err find_staff(struct store_token *t, const struct enrol_args *a, struct data_dir *d,
                      struct fault *fault) {
  for (size_t i = 0; i < a->staff_count; i++) {
    struct arena arena = ARENA_INIT(1 << 20);
    struct row row = {0};
    crypto_import_id(&t->staff[i], &d->hub.id, "staff", slice_text(a->staff[i]));
    err e = d->store->ops->load_row(d->store, schema_table(TABLE_staff), &t->staff[i], &arena, &row);
    bool exists = row.exists;
    arena_finish(&arena);
    TRY(e);
    if (!exists)
      return fault_set(fault, ERR_INVALID,
                       "there is no member of staff with the reference \"%.60s\": import staff.csv first",
                       a->staff[i]);
  }
  t->staff_count = a->staff_count;
  return ERR_OK;
}

static err make_token(struct buf *link, struct buf *typed, struct store_token *t, const struct enrol_args *a,
                      struct data_dir *d, struct fault *fault) {
  struct now now = ctl_now();
  snprintf(t->name, sizeof t->name, "%s", a->name);
  t->kind = a->kind;
  t->expires_ms = now.wall_ms + (int64_t)a->minutes * 60000;
  TRY(find_staff(t, a, d, fault));
  return device_offer(link, typed, t, &d->hub, d->store, &now, &d->hub.id, fault);
}

/* Two modules a character, upper half and lower half, with the quiet zone a scanner needs. */
static void print_qr(const char *link) {
  QRcode *qr = QRcode_encodeString8bit(link, 0, QR_ECLEVEL_M);
  if (qr == NULL) return;
  enum { quiet = 2 };
  for (int y = -quiet; y < qr->width + quiet; y += 2) {
    for (int x = -quiet; x < qr->width + quiet; x++) {
      bool inside = x >= 0 && x < qr->width;
      bool top = inside && y >= 0 && y < qr->width && (qr->data[y * qr->width + x] & 1) != 0;
      bool bottom = inside && y + 1 >= 0 && y + 1 < qr->width && (qr->data[(y + 1) * qr->width + x] & 1) != 0;
      fputs(top ? (bottom ? " " : "\xe2\x96\x84") : (bottom ? "\xe2\x96\x80" : "\xe2\x96\x88"), stdout);
    }
    putchar('\n');
  }
  QRcode_free(qr);
}

static void print_code(const struct enrol_args *a, const struct store_token *t, const char *link,
                       const char *typed) {
  char until[time_text_bytes];
  time_text(until, t->expires_ms);
  if (a->json) {
    json_t *all = json_pack("{s:s, s:s, s:s}", "link", link, "code", typed, "expires_at", until);
    json_dumpf(all, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(all);
    return;
  }
  print_qr(link);
  printf("\nScan this on \"%s\", or type:\n\n  %s\n\nThe link itself:\n  %s\n\nIt works once, until %s.\n",
         a->name, typed, link, until);
}

int ctl_enrol(int argc, char **argv) {
  struct enrol_args a = {.kind = ENUM_device_kind_kiosk, .minutes = enrol_token_ms_max / 60000};
  options_parse(options, parse_option, NULL,
                "Make a one-time code for a new device, valid for a quarter of an hour.", argc, argv, &a);
  struct fault fault = {0};
  struct data_dir d;
  fault.code = data_dir_open(&d, a.data, true, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  struct buf link = BUF_INIT(2048), typed = BUF_INIT(256);
  struct store_token t = {0};
  fault.code = make_token(&link, &typed, &t, &a, &d, &fault);
  if (fault.code == ERR_OK) fault.code = buf_put_u8(&link, 0);
  if (fault.code == ERR_OK) fault.code = buf_put_u8(&typed, 0);
  int code = EXIT_OK;
  if (fault.code == ERR_OK)
    print_code(&a, &t, (const char *)link.ptr, (const char *)typed.ptr);
  else
    code = ctl_fail(&fault);
  crypto_wipe(&t, sizeof t);
  buf_wipe(&link);
  buf_wipe(&typed);
  data_dir_close(&d);
  return code;
}
