/*
 * import_match.h - what people may have meant: words of a header, names that are almost there.
 * Pure.
 */
#ifndef VOLTILL_IMPORT_MATCH_H
#define VOLTILL_IMPORT_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#define MATCH_MAX 256 /* bytes of a word or name that are looked at */

/* What is left when people write the same thing differently: case, width, spaces, punctuation and
 * what stands in brackets ("Alarm 1 (CNY)*" is "alarm1"). */
void match_bare(const char *text, char bare[MATCH_MAX]);

/* True when text is one of words, which have '|' between them. */
bool match_word(const char *words, const char *text);

/* Characters to add, drop, change or swap to come from one to the other; more than max is max + 1.
 */
size_t match_distance(const char *a, const char *b, size_t max);

/* The nearest of many names: near_begin, near_try each, near_name. */
struct near {
	char wanted[MATCH_MAX];
	char best[MATCH_MAX * 2];
	size_t distance, max;
};
void near_begin(struct near *near, const char *wanted);
void near_try(struct near *near, const char *candidate);
const char *near_name(const struct near *near); /* "": nothing is near */

#endif
