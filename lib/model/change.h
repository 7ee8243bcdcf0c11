/*
 * change.h - what a save changes: for the audit, for the preview of an import and its way back.
 *
 * Only what differs is kept. Values are as a person reads them: yuan, names, words of the database.
 */
#ifndef VOLTILL_CHANGE_H
#define VOLTILL_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANGES_MAX	  32
#define CHANGES_POOL	  8192 /* bytes of all values: every row of the models fits */
#define CHANGE_DETAIL_MAX 3900 /* bytes of an audit detail */

struct change {
	const char *field;	    /* a literal */
	const char *before, *after; /* in the pool; before "" in a row that is new */
};

/* Begins zeroed; must not be copied, the values lie within. */
struct changes {
	struct change list[CHANGES_MAX];
	size_t count, used;
	bool is_cut; /* something did not fit; changes_detail says so */
	char pool[CHANGES_POOL];
};

/* Keep field if before and after differ. NULL is the same as "". */
void change_text(struct changes *changes, const char *field, const char *before, const char *after);
void change_int(struct changes *changes, const char *field, int64_t before, int64_t after);
/* Numbers of which one value means "none" or "the default": shown as "-". */
void change_int_or(
    struct changes *changes, const char *field, int64_t none, int64_t before, int64_t after);
void change_money_or(struct changes *changes, const char *field, int64_t none, int64_t before_fen,
    int64_t after_fen);
void change_flag(struct changes *changes, const char *field, bool before, bool after); /* yes, no */

/* Gives a field that changed other words, such as names for numbers. */
void change_reword(
    struct changes *changes, const char *field, const char *before, const char *after);

/* One line per field, "name: 101 -> 102"; either side may be empty. Cut at size, with a last line
 * "…".
 */
void changes_detail(const struct changes *changes, char *text, size_t size);

#endif
