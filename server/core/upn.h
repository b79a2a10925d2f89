/* upn.h: unique pupil numbers: a check letter, eleven digits, and a digit, or a letter where the number is a
 * temporary one (DfE, "Unique pupil numbers: guide for schools"). */
#ifndef TUTTI_SERVER_UPN_H
#define TUTTI_SERVER_UPN_H

#include "shared/base/bytes.h"

enum { upn_bytes = 13 };
/* As people type it: small letters become large ones, blanks and hyphens go, and of thirteen places an O, I,
 * S or L that can only be a digit is one. What is far too long for a UPN comes back as it is, and otherwise
 * `out` is lent. */
struct slice upn_mend(char out[upn_bytes + 1], struct slice text);
/* It is written as a UPN is; whatever is not, is none. */
bool upn_is_shaped(struct slice text);
/* Of one that is written so: it has the letter that its digits give. */
bool upn_is_right(struct slice text);
/* A school's own for somebody whose number it does not know yet: another one says nothing against one child.
 */
bool upn_is_temporary(struct slice text);
/* Two that no child has both of. Empty ones are not known. */
bool upns_differ(struct slice a, struct slice b);
/* A school's own number without the zeros in front that a spreadsheet drops: two that differ in these alone
 * are one. Of one with anything but digits nothing is dropped. */
struct slice number_bare(struct slice text);
/* The letter for the twelve characters behind it. */
char upn_letter(const char digits[upn_bytes - 1]);

#endif
