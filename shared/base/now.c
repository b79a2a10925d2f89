/* now.c: the civil calendar (after Howard Hinnant, "chrono-compatible low-level date algorithms") and the
 * United Kingdom's civil time. */
#include "shared/base/now.h"

enum {
  year_min = 1900,
  year_max = 2199,
  days_an_era = 146097,
  years_an_era = 400,
  days_before_1970 = 719468
};
enum { ms_a_minute = 60000, ms_an_hour = 3600000, ms_a_day = 86400000, minutes_a_day = 1440 };
enum {
  day_first = -719162,
  day_last = 2932896
}; /* 0001-01-01 and 9999-12-31: a lost clock must still print */
enum { march = 3, october = 10, summer_offset_minutes = 60 };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static int64_t clamp(int64_t v, int64_t low, int64_t high) { return v < low ? low : v > high ? high : v; }

/* Years run from March, so that the leap day is a year's last. */
int32_t date_to_days(struct date d) {
  ASSERT(d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= 31);
  int32_t year = d.year - (d.month <= 2);
  int32_t era = (int32_t)floor_div(year, years_an_era);
  int32_t year_of_era = year - era * years_an_era;
  int32_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
  int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * days_an_era + day_of_era - days_before_1970;
}

struct date date_from_days(int32_t days) {
  int32_t z = (int32_t)clamp(days, day_first, day_last) + days_before_1970;
  int32_t era = (int32_t)floor_div(z, days_an_era);
  int32_t day_of_era = z - era * days_an_era;
  int32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (days_an_era - 1)) / 365;
  int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int32_t shifted_month = (5 * day_of_year + 2) / 153;
  int32_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  int32_t year = year_of_era + era * years_an_era + (month <= 2);
  return (struct date){(int16_t)year, (uint8_t)month,
                       (uint8_t)(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

/* 1970-01-01 was a Thursday. */
int date_weekday(int32_t days) {
  int weekday = (days % 7 + 3) % 7;
  return weekday < 0 ? weekday + 7 : weekday;
}

static err digits(struct cursor *c, int count, int *out) {
  int v = 0;
  for (int i = 0; i < count; i++) {
    uint8_t digit;
    if (cursor_u8(c, &digit) != ERR_OK || digit < '0' || digit > '9') return ERR_INVALID;
    v = 10 * v + (digit - '0');
  }
  *out = v;
  return ERR_OK;
}

static err dash(struct cursor *c) {
  uint8_t sign;
  return cursor_u8(c, &sign) == ERR_OK && sign == '-' ? ERR_OK : ERR_INVALID;
}

/* A day that does not exist turns into another one on the way there and back. */
err date_parse(int32_t *days_out, struct slice text) {
  struct cursor c = cursor_of(text);
  int year, month, day;
  TRY(digits(&c, 4, &year));
  TRY(dash(&c));
  TRY(digits(&c, 2, &month));
  TRY(dash(&c));
  TRY(digits(&c, 2, &day));
  if (cursor_left(&c) || year < year_min || year > year_max) return ERR_INVALID;
  if (month < 1 || month > 12 || day < 1 || day > 31) return ERR_INVALID;
  int32_t days = date_to_days((struct date){(int16_t)year, (uint8_t)month, (uint8_t)day});
  if (date_from_days(days).day != day) return ERR_INVALID;
  *days_out = days;
  return ERR_OK;
}

static void put_digits(char *out, int v, int count) {
  for (int i = count - 1; i >= 0; i--, v /= 10) out[i] = (char)('0' + v % 10);
}

void date_text(char out[date_text_bytes], int32_t days) {
  struct date d = date_from_days(days);
  put_digits(out, d.year, 4);
  out[4] = out[7] = '-';
  put_digits(out + 5, d.month, 2);
  put_digits(out + 8, d.day, 2);
  out[10] = 0;
}

static int64_t wall_clamp(int64_t wall_ms) {
  return clamp(wall_ms, (int64_t)day_first * ms_a_day, (int64_t)(day_last + 1) * ms_a_day - 1);
}

void time_text(char out[time_text_bytes], int64_t wall_ms) {
  int64_t ms = wall_clamp(wall_ms);
  int32_t days = (int32_t)floor_div(ms, ms_a_day);
  int seconds = (int)((ms - (int64_t)days * ms_a_day) / 1000);
  date_text(out, days);
  out[10] = 'T';
  put_digits(out + 11, seconds / 3600, 2);
  put_digits(out + 14, seconds / 60 % 60, 2);
  put_digits(out + 17, seconds % 60, 2);
  out[13] = out[16] = ':';
  out[19] = 'Z';
  out[20] = 0;
}

/* Both changes happen at 01:00 UTC on the month's last Sunday; March and October have 31 days. */
static int64_t change_ms(int16_t year, uint8_t month) {
  int32_t last = date_to_days((struct date){year, month, 31});
  int32_t sunday = last - (date_weekday(last) + 1) % 7;
  return (int64_t)sunday * ms_a_day + ms_an_hour;
}

int uk_offset_minutes(int64_t wall_ms) {
  int64_t ms = wall_clamp(wall_ms);
  int16_t year = date_from_days((int32_t)floor_div(ms, ms_a_day)).year;
  return ms >= change_ms(year, march) && ms < change_ms(year, october) ? summer_offset_minutes : 0;
}

void uk_civil(int64_t wall_ms, int32_t *days_out, int32_t *minute_out) {
  int64_t local = wall_clamp(wall_ms) + (int64_t)uk_offset_minutes(wall_ms) * ms_a_minute;
  int64_t days = floor_div(local, ms_a_day);
  *days_out = (int32_t)days;
  *minute_out = (int32_t)((local - days * ms_a_day) / ms_a_minute);
}

/* Summer time is tried first, which gives the earlier of two; a minute the spring change skips is read as
 * winter time. */
int64_t uk_instant(int32_t days, int32_t minute) {
  ASSERT(minute >= 0 && minute < minutes_a_day);
  int64_t local = (int64_t)days * ms_a_day + (int64_t)minute * ms_a_minute;
  int64_t summer = local - (int64_t)summer_offset_minutes * ms_a_minute;
  return uk_offset_minutes(summer) ? summer : local;
}
