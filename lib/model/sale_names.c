#include <assert.h>
#include <string.h>

#include "model/sale.h"

static const char *const KINDS[SALE_KINDS] = {
	[SALE_PURCHASE] = "purchase",
	[SALE_REFUND] = "refund",
	[SALE_REVERSAL] = "reversal",
	[SALE_TRANSFER] = "transfer",
	[SALE_ADJUSTMENT] = "adjustment",
	[SALE_CLOSING] = "closing",
};

static const char *const STATES[SALE_STATES] = {
	[SALE_ASKED] = "asked",
	[SALE_REJECTED] = "rejected",
	[SALE_BOOKED] = "booked",
	[SALE_DELIVERED] = "delivered",
	[SALE_HELD] = "held",
	[SALE_CANCELLED] = "cancelled",
	[SALE_FAILED] = "failed",
	[SALE_DUE] = "due",
	[SALE_PAID] = "paid",
};

const char *
sale_kind_name(enum sale_kind kind)
{
	assert((size_t)kind < SALE_KINDS);
	return KINDS[kind];
}

const char *
sale_state_name(enum sale_state state)
{
	assert((size_t)state < SALE_STATES);
	return STATES[state];
}

enum sale_kind
sale_kind_find(const char *name)
{
	size_t kind = 0;

	while (kind < SALE_KINDS && strcmp(KINDS[kind], name) != 0)
		kind++;
	return (enum sale_kind)kind;
}

enum sale_state
sale_state_find(const char *name)
{
	size_t state = 0;

	while (state < SALE_STATES && strcmp(STATES[state], name) != 0)
		state++;
	return (enum sale_state)state;
}
