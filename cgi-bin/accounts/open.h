/*
 * open.h - the parts of the opening of an account: /accounts/open/{id}?step=1…5.
 *
 * What is typed goes into the draft as text, step by step; a wish (account_open.h) is made of the
 * whole draft, and each step shows the faults of its own fields.
 */
#ifndef VOLTILL_OPEN_H
#define VOLTILL_OPEN_H

#include "model/account_draft.h"
#include "model/account_open.h"
#include "tenant.h"

enum open_step { OPEN_METERS = 1, OPEN_TENANT, OPEN_TERMS, OPEN_SALE, OPEN_CHECK };

struct opening_page {
	struct account_draft draft;
	enum open_step step;
	struct account_wish wish;
	struct faults faults;
	struct account_head head; /* of the account that gets another meter; account_id 0: a new one */
};

/* The wish of the draft; faults of what is no number or amount. */
void open_wish(struct req *r, struct opening_page *open);

/* The fields of a step from the body into the draft. */
void open_take(struct req *r, struct opening_page *open);
/* What is wrong with a step, in faults. */
enum rc open_judge(struct req *r, struct opening_page *open);
/* What a step shows besides its fields. */
enum rc open_show_meters(struct req *r, struct opening_page *open);
enum rc open_show_tenant(struct req *r, struct opening_page *open);
enum rc open_show_terms(struct req *r, struct opening_page *open);
enum rc open_show_sale(struct req *r, struct opening_page *open);
enum rc open_show_check(struct req *r, struct opening_page *open);

/* Steps, fields and faults, then the page of the step. */
enum rc open_show(struct req *r, struct opening_page *open);
/* The draft in the path, if it is the reader's own. */
enum rc open_find(struct req *r, struct opening_page *open);
enum rc open_done(struct req *r, struct opening_page *open);

const char *open_href(struct req *r, const struct opening_page *open, enum open_step step);

#endif
