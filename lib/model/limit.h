/*
 * limit.h - how much an operator may do at once: the limits of the role (struct session.limits).
 */
#ifndef VOLTILL_LIMIT_H
#define VOLTILL_LIMIT_H

#include <stdint.h>

#define LIMIT_NONE INT64_MAX

struct limits {
	int64_t sale_max_fen;	    /* one sale */
	int64_t refund_day_max_fen; /* all refunds of a business day */
	int64_t second_max_fen;	    /* refunds and reversals above it wait for a second person */
	int64_t cash_max_fen;	    /* cash in the drawer of a shift */
	int64_t batch_max_meters;   /* meters in one order */
};

#define LIMITS_NONE ((struct limits){ LIMIT_NONE, LIMIT_NONE, LIMIT_NONE, LIMIT_NONE, LIMIT_NONE })

#endif
