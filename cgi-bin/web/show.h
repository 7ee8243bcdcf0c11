/*
 * show.h - what pages of several programs do in the same way.
 */
#ifndef VOLTILL_SHOW_H
#define VOLTILL_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include "model/fault.h"
#include "model/operator.h"
#include "route.h"

/* Who is signed in, for the audit. */
struct operator_actor editor(const struct req *r);

/* Saves in one transaction, again after a deadlock, and rings the collector's doorbell. */
enum rc edit_save(struct req *r, enum rc (*work)(struct db *, void *), void *context);

/* A link of ours being written; values are percent-encoded, "" and 0 are left out. */
struct url {
	struct arena *arena;
	char *text;
	bool has_query;
};
struct url url_begin(struct req *r, const char *path);
void url_text(struct url *url, const char *name, const char *value);
void url_number(struct url *url, const char *name, int64_t value);

const char *number_text(struct req *r, int64_t value);
const char *money_text(struct req *r, int64_t amount_fen); /* "-¥23.00" */

/* Adds a step to the way back (after the entry of the navigation). href NULL: this page itself. */
void crumb(struct req *r, const char *href, const char *text);

/* A choice whose words are data: Form.<field>.Choice.N.{Value, Text, Selected}. */
void choice_add(
    struct req *r, const char *field, int64_t value, const char *text, int64_t selected);

/* Faults of the model at the fields of the form, status 422. */
void show_faults(struct req *r, const struct faults *faults);

/* The page that asks before something that cannot be undone. All texts in the reader's words. */
struct confirm {
	const char *title, *text;
	const char *icon, *button; /* "trash", "Delete the meter 2011…" */
	const char *action, *back; /* where the form posts to; where "cancel" leads */
	int64_t revision;	   /* hidden field, as in a form */
	bool asks_reason;	   /* a text field "reason", required by the handler */
};
void confirm_fact(struct req *r, const char *label, const char *value); /* what goes with it */
/* Why it cannot be done; with an obstacle the page has no button. */
void confirm_obstacle(struct req *r, const char *text);
enum rc confirm_page(struct req *r, const struct confirm *confirm);

/* A fresh request key in hex under that name, for a hidden field "key"; and the one of a form that
 * came back: RC_INVALID when there is none. */
#define REQUEST_KEY 16
void request_key_show(struct req *r, const char *name);
enum rc request_key_read(struct req *r, unsigned char key[REQUEST_KEY]);
/* The same for forms that move money: the key is good for this session and target ("sell/17") only.
 * RC_DENIED: it was made for another form, by another session, or not by us. */
void bound_key_show(struct req *r, const char *name, const char *target);
enum rc bound_key_read(struct req *r, const char *target, unsigned char key[REQUEST_KEY]);

#endif
