/* By themselves, so that a page that only names things links no statement of the deliveries. */
#include <assert.h>
#include <string.h>

#include "model/delivery.h"

static const char *const KINDS[] = {
	[DELIVERY_CREDIT] = "credit",
	[DELIVERY_DEDUCT] = "deduct",
	[DELIVERY_CLEAR] = "clear",
};
static const char *const STATES[] = {
	[DELIVERY_QUEUED] = "queued",
	[DELIVERY_SENT] = "sent",
	[DELIVERY_DONE] = "done",
	[DELIVERY_HELD] = "held",
	[DELIVERY_FAILED] = "failed",
	[DELIVERY_CANCELLED] = "cancelled",
};
static const char *const GUARDS[] = {
	[GUARD_UNKNOWN] = "unknown",
	[GUARD_CHECKS] = "checks",
	[GUARD_STORES] = "stores",
	[GUARD_ADDS] = "adds",
};

const char *
delivery_kind_name(enum delivery_kind kind)
{
	assert((size_t)kind < COUNT(KINDS));
	return KINDS[kind];
}

const char *
delivery_state_name(enum delivery_state state)
{
	assert((size_t)state < COUNT(STATES));
	return STATES[state];
}

const char *
delivery_guard_name(enum delivery_guard guard)
{
	assert((size_t)guard < COUNT(GUARDS));
	return GUARDS[guard];
}

/* What stands in the database; an unknown word is a newer database, which no program opens. */
static size_t
index_of(const char *const *names, size_t count, const char *name)
{
	size_t at = 0;

	while (at + 1 < count && strcmp(names[at], name) != 0)
		at++;
	return at;
}

enum delivery_kind
delivery_kind_find(const char *name)
{
	return (enum delivery_kind)index_of(KINDS, COUNT(KINDS), name);
}

enum delivery_state
delivery_state_find(const char *name)
{
	return (enum delivery_state)index_of(STATES, COUNT(STATES), name);
}

enum delivery_guard
delivery_guard_find(const char *name)
{
	return (enum delivery_guard)index_of(GUARDS, COUNT(GUARDS), name);
}
