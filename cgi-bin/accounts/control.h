/*
 * control.h - the parts of /accounts/control: which meters, what was typed, the page.
 */
#ifndef VOLTILL_ACCOUNTS_CONTROL_H
#define VOLTILL_ACCOUNTS_CONTROL_H

#include "accounts.h"
#include "model/control.h"

#define CONTROL_REASON_MAX 150
#define CONTROL_TIME_MAX   20
#define CONTROL_COUNT_FROM 6 /* meters: from so many on their number has to be typed */

enum control_cause {
	CAUSE_NONE,
	CAUSE_ARREARS,
	CAUSE_SAFETY,
	CAUSE_WORKS,
	CAUSE_TENANT,
	CAUSE_MOVED,
	CAUSE_HOLIDAY,
	CAUSE_OTHER,
	CAUSES
};

/* Which meters, and what comes of it. */
struct control_draft {
	enum control_op op;
	int64_t restore_id; /* of CONTROL_RESTORE: the batch */
	bool is_all;	    /* all of the filter, not those that were ticked */
	struct filter filter;
	struct control_meter *list;
	size_t count, going;
	uint64_t digest; /* of what goes */
};

/* What a person says about it. */
struct control_wish {
	int64_t cause, when, count;
	char reason[4 * CONTROL_REASON_MAX + 1];
	char until_text[4 * CONTROL_TIME_MAX + 1], at_text[4 * CONTROL_TIME_MAX + 1];
	int64_t until_at, not_before; /* read from the texts */
};

/* control_pick.c. RC_NOT_FOUND: none of the meters, or nothing of the batch, is in the scope. */
enum rc control_pick(struct req *r, struct control_draft *draft);
/* Says of each meter whether it goes. */
void control_decide(struct req *r, struct control_draft *draft, int64_t until_at);
/* The address that names the same meters for another program; NULL: too many for an address. */
const char *control_link(struct req *r, const struct control_draft *draft, const char *path);

/* control_form.c */
/* For the first time; the end it proposes. */
int64_t control_wish_begin(struct req *r, const struct control_draft *draft);
/* Messages are in the view when something is wrong; status 422. */
void control_wish_read(struct req *r, const struct control_draft *draft, struct control_wish *wish);
/* After control_decide: the count, and what changed since the page was shown. */
void control_wish_check(
    struct req *r, const struct control_draft *draft, const struct control_wish *wish);
const char *control_reason(struct req *r, const struct control_wish *wish);

/* control_show.c */
void control_show(struct req *r, const struct control_draft *draft);

#endif
