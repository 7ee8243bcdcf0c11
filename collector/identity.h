/*
 * identity.h - a meter's own number, read back: which meter it is that answers (B-56). Pure.
 *
 * A meter on a rail shows the twelve digits of its plate. A loop of a box shows ten digits of the
 * box, which all its loops share: they can be compared only where the definitions are numbered by
 * the box, so a number that never fitted proves nothing unless it is another meter's.
 */
#ifndef VOLTILL_IDENTITY_H
#define VOLTILL_IDENTITY_H

#include <stdint.h>

#include "profile.h"

#define IDENTITY_ROOM 13 /* twelve digits and the end */

/* The digits that a meter of this number should show. "" when that cannot be said: the model shows
 * none, or the number is none of digits in the right length. Of twelve digits a box shows the last
 * ten; what follows a dash is the loop in the box. */
void identity_expect(
    const struct identity *identity, const char *number, char digits[IDENTITY_ROOM]);

/* The digits in an answer; "" when it holds none: not decimal, or never set. */
void identity_decode(
    const struct identity *identity, const uint16_t *registers, char digits[IDENTITY_ROOM]);

#endif
