/*
 * trouble.h - what a collector noted, in words.
 */
#ifndef VOLTILL_TROUBLE_H
#define VOLTILL_TROUBLE_H

#include "route.h"

/* A code with its values ("timeout", "definition_unit 17 3") as T.Trouble.<code> says it, or
 * T.Delivery.Outcome.<code>; "" for "" and for a code without words. */
const char *trouble_words(struct req *r, const char *trouble);

#endif
