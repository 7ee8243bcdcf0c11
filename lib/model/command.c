#include "model/command.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define DAY_MS (24 * CLOCK_HOUR)

static const struct command_trait TRAITS[COMMAND_KINDS] = {
	[COMMAND_WRITE_PRICES] = { "write_prices", CONFIG_PRICES, false, true, false, false,
	    7 * DAY_MS },
	[COMMAND_WRITE_TOU] = { "write_tou", CONFIG_TOU, false, true, false, false, 7 * DAY_MS },
	[COMMAND_WRITE_ALARMS] = { "write_alarms", CONFIG_ALARMS, false, true, false, false,
	    7 * DAY_MS },
	[COMMAND_WRITE_OVERLOAD] = { "write_overload", CONFIG_OVERLOAD, false, true, false, false,
	    7 * DAY_MS },
	[COMMAND_WRITE_CLOCK] = { "write_clock", CONFIG_CLOCK, false, true, false, false,
	    7 * DAY_MS },
	[COMMAND_READ_CONFIG] = { "read_config", CONFIG_PARTS, false, true, false, false, DAY_MS },
	/* Somebody waits for these in front of the screen. */
	[COMMAND_SCAN_BUS] = { "scan_bus", CONFIG_PARTS, true, true, false, false,
	    15 * CLOCK_MINUTE },
	[COMMAND_TEST_BUS] = { "test_bus", CONFIG_PARTS, true, true, false, false,
	    5 * CLOCK_MINUTE },
	/* What was paid for is owed until the meter has it. */
	[COMMAND_CREDIT] = { "credit", CONFIG_PARTS, false, false, false, true, 0 },
	[COMMAND_DEDUCT] = { "deduct", CONFIG_PARTS, false, false, false, true, 0 },
	[COMMAND_CLEAR] = { "clear", CONFIG_PARTS, false, false, false, true, 0 },
	[COMMAND_GUARD_TEST] = { "guard_test", CONFIG_PARTS, false, false, false, false,
	    15 * CLOCK_MINUTE },
	[COMMAND_TRIP] = { "trip", CONFIG_PARTS, false, true, true, false, DAY_MS },
	[COMMAND_KEEP_ON] = { "keep_on", CONFIG_PARTS, false, true, true, false, DAY_MS },
	[COMMAND_READ_NOW] = { "read_now", CONFIG_PARTS, false, true, false, false, CLOCK_HOUR },
	[COMMAND_PREPAID] = { "prepaid", CONFIG_PARTS, false, true, true, false, 7 * DAY_MS },
};

static const char *const STATES[COMMAND_STATES] = {
	[COMMAND_QUEUED] = "queued",
	[COMMAND_TAKEN] = "taken",
	[COMMAND_CONFIRMED] = "confirmed",
	[COMMAND_FAILED] = "failed",
	[COMMAND_CANCELLED] = "cancelled",
	[COMMAND_HELD] = "held",
};

const struct command_trait *
command_trait(enum command_kind kind)
{
	assert((size_t)kind < COUNT(TRAITS));
	return &TRAITS[kind];
}

enum command_kind
command_kind_find(const char *name)
{
	size_t kind = 0;

	while (kind < COUNT(TRAITS) && strcmp(TRAITS[kind].name, name) != 0)
		kind++;
	return (enum command_kind)kind;
}

enum command_kind
command_kind_of_part(enum config_part part)
{
	size_t kind = 0;

	assert((size_t)part < CONFIG_PARTS);
	while (TRAITS[kind].part != part)
		kind++;
	return (enum command_kind)kind;
}

const char *
command_state_name(enum command_state state)
{
	assert((size_t)state < COUNT(STATES));
	return STATES[state];
}

void
command_scan_format(const struct command_scan *scan, char *text, size_t size)
{
	(void)snprintf(text, size, "from=%" PRId64 " to=%" PRId64, scan->from, scan->to);
}

enum rc
command_scan_parse(const char *text, struct command_scan *scan)
{
	struct command_scan parsed = { 0 };
	char again[COMMAND_PAYLOAD_MAX];

	if (sscanf(text, "from=%3" SCNd64 " to=%3" SCNd64, &parsed.from, &parsed.to) != 2 ||
	    parsed.from < 1 || parsed.to > 247 || parsed.from > parsed.to)
		return RC_INVALID;
	command_scan_format(&parsed, again, sizeof(again));
	if (strcmp(again, text) != 0)
		return RC_INVALID;
	*scan = parsed;
	return RC_OK;
}
