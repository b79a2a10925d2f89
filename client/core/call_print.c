/* call_print.c: host tool that prints calls.ts, the door's shapes and commands as TypeScript, from
 * commands.def and enums.def. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum entry_kind {
  ENTRY_SHAPE,
  ENTRY_FIELD,
  ENTRY_SHAPE_END,
  ENTRY_COMMAND,
  ENTRY_ARG,
  ENTRY_COMMAND_END,
  ENTRY_ENUM,
  ENTRY_VALUE,
  ENTRY_ENUM_END
};

/* One line of a .def file. `type` is the type as written ("LIST(RegisterRow)"), a command's result shape, or
 * a value's label. */
struct entry {
  enum entry_kind kind;
  const char *name;
  const char *word;
  const char *type;
  const char *need;
};

static const struct entry enum_entries[] = {
#define ENUM(name)                                    {ENTRY_ENUM, #name, NULL, NULL, NULL},
#define VALUE(name, word, number, label)              {ENTRY_VALUE, #name, #word, label, NULL},
#define LATER_VALUE(name, word, number, label, added) {ENTRY_VALUE, #name, #word, label, NULL},
#define END_ENUM(name)                                {ENTRY_ENUM_END, #name, NULL, NULL, NULL},
#include "shared/schema/enums.def"
#undef ENUM
#undef VALUE
#undef LATER_VALUE
#undef END_ENUM
};

static const struct entry call_entries[] = {
#define SHAPE(name)                      {ENTRY_SHAPE, #name, NULL, NULL, NULL},
#define FIELD(name, type, need)          {ENTRY_FIELD, #name, NULL, #type, #need},
#define END_SHAPE(name)                  {ENTRY_SHAPE_END, #name, NULL, NULL, NULL},
#define COMMAND(name, word, who, result) {ENTRY_COMMAND, #name, word, #result, NULL},
#define ARG(name, type, need)            {ENTRY_ARG, #name, NULL, #type, #need},
#define END_COMMAND(name)                {ENTRY_COMMAND_END, #name, NULL, NULL, NULL},
#include "client/core/commands.def"
#undef SHAPE
#undef FIELD
#undef END_SHAPE
#undef COMMAND
#undef ARG
#undef END_COMMAND
};

/* Types that need no name of ours. */
static const struct {
  const char *def;
  const char *ts;
} plain_types[] = {
    {"TEXT", "string"},    {"INT", "number"},       {"BOOL", "boolean"},  {"BYTES", "Uint8Array"},
    {"ID", "string"},      {"DATE", "string"},      {"MINUTE", "number"}, {"TIME", "number"},
    {"TEXTS", "string[]"}, {"LONG_TEXT", "string"},
};

/* mark_code becomes MarkCode. */
static void print_pascal(const char *name, size_t len) {
  bool upper = true;
  for (size_t i = 0; i < len; i += 1) {
    char c = name[i];
    if (c == '_') {
      upper = true;
      continue;
    }
    putchar(upper && c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    upper = false;
  }
}

/* Prints what stands between the brackets of "LIST(Name)", with `suffix`; false when `type` does not begin
 * with `prefix`. */
static bool print_wrapped(const char *type, const char *prefix, const char *suffix) {
  size_t prefix_len = strlen(prefix);
  if (strncmp(type, prefix, prefix_len) != 0) {
    return false;
  }
  const char *name = type + prefix_len;
  print_pascal(name, strcspn(name, ")"));
  fputs(suffix, stdout);
  return true;
}

/* False when the type is not one that commands.def explains. */
static bool print_type(const char *type) {
  for (size_t i = 0; i < sizeof plain_types / sizeof plain_types[0]; i += 1) {
    if (strcmp(type, plain_types[i].def) == 0) {
      fputs(plain_types[i].ts, stdout);
      return true;
    }
  }
  return print_wrapped(type, "WORDS(", "[]") || print_wrapped(type, "WORD(", "") ||
         print_wrapped(type, "LIST(", "[]") || print_wrapped(type, "OF(", "");
}

/* Is `type` "WORD(name)" or "WORDS(name)"? */
static bool names_enum(const char *type, const char *name) {
  const char *open = strchr(type, '(');
  if (open == NULL || strncmp(type, "WORD", 4) != 0) {
    return false;
  }
  return strlen(name) == strcspn(open + 1, ")") && strncmp(open + 1, name, strlen(name)) == 0;
}

/* What only the office's pages show: a face carries the labels that it names. */
static const char *const office_enums[] = {"setting",
                                           "level",
                                           "family",
                                           "grant_role",
                                           "partner_kind",
                                           "partner_stage",
                                           "strategic_function",
                                           "agreement_status",
                                           "answer",
                                           "send",
                                           "sex",
                                           "remission"};

/* Vocabularies the door never speaks are left out: their names may be those of shapes. */
static bool enum_used(const char *name) {
  for (size_t i = 0; i < sizeof office_enums / sizeof office_enums[0]; i += 1) {
    if (strcmp(office_enums[i], name) == 0) return true;
  }
  for (size_t i = 0; i < sizeof call_entries / sizeof call_entries[0]; i += 1) {
    const struct entry *entry = &call_entries[i];
    if ((entry->kind == ENTRY_FIELD || entry->kind == ENTRY_ARG) && names_enum(entry->type, name)) {
      return true;
    }
  }
  return false;
}

/* "  name: type;" or, for what may be absent, "  name?: type | null;": the wire has both absent and nil. */
static bool print_member(const char *indent, const struct entry *entry) {
  bool optional = strcmp(entry->need, "OPTIONAL") == 0;
  printf("%s%s%s: ", indent, entry->name, optional ? "?" : "");
  if (!print_type(entry->type)) {
    fprintf(stderr, "call_print: %s has the type %s, which is not one of commands.def's\n", entry->name,
            entry->type);
    return false;
  }
  puts(optional ? " | null;" : ";");
  return true;
}

static void print_enum_entry(const struct entry *entry) {
  switch (entry->kind) {
  case ENTRY_ENUM: printf("export const %s_labels = {\n", entry->name); break;
  case ENTRY_VALUE: printf("  %s: '%s',\n", entry->word, entry->type); break;
  default:
    puts("} as const;");
    fputs("export type ", stdout);
    print_pascal(entry->name, strlen(entry->name));
    printf(" = keyof typeof %s_labels;\n\n", entry->name);
  }
}

static bool print_shape_entry(const struct entry *entry) {
  switch (entry->kind) {
  case ENTRY_SHAPE: printf("export interface %s {\n", entry->name); return true;
  case ENTRY_FIELD: return print_member("  ", entry);
  case ENTRY_SHAPE_END: puts("}\n"); return true;
  default: return true;
  }
}

static bool print_command_entry(const struct entry *entry, const char **result) {
  switch (entry->kind) {
  case ENTRY_COMMAND:
    printf("  '%s': {\n    args: {\n", entry->word);
    *result = entry->type;
    return true;
  case ENTRY_ARG: return print_member("      ", entry);
  case ENTRY_COMMAND_END: printf("    };\n    result: %s;\n  };\n", *result); return true;
  default: return true;
  }
}

int main(void) {
  puts("// calls.ts: generated from commands.def and enums.def by call_print; what the UI may ask the "
       "core.\n");
  bool used = false;
  for (size_t i = 0; i < sizeof enum_entries / sizeof enum_entries[0]; i += 1) {
    if (enum_entries[i].kind == ENTRY_ENUM) {
      used = enum_used(enum_entries[i].name);
    }
    if (used) {
      print_enum_entry(&enum_entries[i]);
    }
  }
  const size_t count = sizeof call_entries / sizeof call_entries[0];
  for (size_t i = 0; i < count; i += 1) {
    if (!print_shape_entry(&call_entries[i])) {
      return 1;
    }
  }
  puts("export interface Commands {");
  const char *result = NULL;
  for (size_t i = 0; i < count; i += 1) {
    if (!print_command_entry(&call_entries[i], &result)) {
      return 1;
    }
  }
  puts("}");
  return ferror(stdout) != 0 || fflush(stdout) != 0;
}
