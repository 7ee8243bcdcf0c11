/*
 * form.h - declared input.
 *
 * A handler lists its fields once; form_read checks every one, writes typed values into the struct
 * and puts values and messages under Form.<name>.Value and Form.<name>.Error for ui_field. Unknown
 * parameters are ignored and never copied anywhere.
 */
#ifndef VOLTILL_FORM_H
#define VOLTILL_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "route.h"

enum field_kind {
	FORM_TEXT,    /* char[max × 4 + 1], cleaned by text_clean_name */
	FORM_LINES,   /* the same with line feeds between lines; outer empty lines are removed */
	FORM_RAW,     /* char[max × 4 + 1], not cleaned, not shown again (passwords) */
	FORM_MONEY,   /* int64_t fen */
	FORM_BALANCE, /* int64_t fen, of a drawer or a meter: 0 and less too */
	FORM_ENERGY,  /* int64_t Wh, typed as kWh */
	FORM_UINT,    /* int64_t 0…max */
	FORM_DAY,     /* struct day */
	FORM_BOOL,    /* bool: present or not */
	FORM_CHOICE,  /* int64_t: index in choices */
};

struct form_field {
	const char *name; /* snake_case, flat */
	enum field_kind kind;
	bool is_required;
	int64_t max;		    /* characters, or greatest value */
	const char *const *choices; /* NULL-terminated values of FORM_CHOICE */
	size_t offset;		    /* offsetof the member */
};

/* Reads from the body of a POST, the query of a GET. RC_INVALID: messages are in the view, the
 * status is 422, and the handler shows the form again. A text that is left empty is read as empty;
 * other fields that are left empty keep what into holds. */
enum rc form_read(struct req *r, const struct form_field *fields, size_t count, void *into);

/* Puts values into the view for a form that is shown for the first time. */
void form_fill(struct req *r, const struct form_field *fields, size_t count, const void *from);

/* Adds a message (key under T.Error) to a field, "" for the whole form, and sets status 422. */
void form_error(struct req *r, const char *field, const char *key);
/* The same with values for {0} {1} … of the message. */
void form_error_values(
    struct req *r, const char *field, const char *key, const char *const *values, size_t count);

#endif
