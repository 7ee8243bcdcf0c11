#include <string.h>

#include "model/alarm.h"

static const struct kind {
	const char *name;
	enum alarm_severity severity;
	bool is_plannable;
} KINDS[ALARM_KINDS] = {
	[ALARM_METER_LOST] = { "meter_lost", ALARM_MAJOR, true },
	[ALARM_BUS_LOST] = { "bus_lost", ALARM_CRITICAL, true },
	[ALARM_IMPLAUSIBLE] = { "implausible", ALARM_MAJOR, true },
	[ALARM_MODEL_MISMATCH] = { "model_mismatch", ALARM_MAJOR, true },
	[ALARM_BUS_NOISE] = { "bus_noise", ALARM_MAJOR, true },
	[ALARM_IDENTITY_MISMATCH] = { "identity_mismatch", ALARM_CRITICAL, true },
	[ALARM_COUNT_MISMATCH] = { "count_mismatch", ALARM_CRITICAL, false },
	[ALARM_BALANCE_DRIFT] = { "balance_drift", ALARM_CRITICAL, false },
	[ALARM_DELIVERY_HELD] = { "delivery_held", ALARM_CRITICAL, false },
	[ALARM_METERING_DIFFERENCE] = { "metering_difference", ALARM_MINOR, false },
	[ALARM_CHECK_FAILED] = { "check_failed", ALARM_CRITICAL, false },
	[ALARM_LOW_CREDIT1] = { "low_credit1", ALARM_MINOR, false },
	[ALARM_LOW_CREDIT2] = { "low_credit2", ALARM_MAJOR, false },
	[ALARM_ARREARS] = { "arrears", ALARM_MAJOR, false },
	[ALARM_OVERLOAD] = { "overload", ALARM_MAJOR, false },
	[ALARM_CLOCK_DRIFT] = { "clock_drift", ALARM_MINOR, true },
	[ALARM_RELAY_DISORDER] = { "relay_disorder", ALARM_CRITICAL, true },
	[ALARM_GATEWAY_LOST] = { "gateway_lost", ALARM_CRITICAL, true },
	[ALARM_SPOOL_GROWING] = { "spool_growing", ALARM_MAJOR, false },
	[ALARM_DISK_LOW] = { "disk_low", ALARM_CRITICAL, false },
};

static const char *const SEVERITIES[ALARM_SEVERITIES] = { "minor", "major", "critical" };

const char *
alarm_kind_name(enum alarm_kind kind)
{
	return KINDS[kind].name;
}

enum alarm_kind
alarm_kind_find(const char *name)
{
	enum alarm_kind kind = 0;

	while (kind < ALARM_KINDS && strcmp(KINDS[kind].name, name) != 0)
		kind++;
	return kind;
}

enum alarm_severity
alarm_severity(enum alarm_kind kind)
{
	return KINDS[kind].severity;
}

const char *
alarm_severity_name(enum alarm_severity severity)
{
	return SEVERITIES[severity];
}

enum alarm_severity
alarm_severity_find(const char *name)
{
	enum alarm_severity severity = 0;

	while (severity < ALARM_SEVERITIES && strcmp(SEVERITIES[severity], name) != 0)
		severity++;
	return severity;
}

bool
alarm_is_plannable(enum alarm_kind kind)
{
	return KINDS[kind].is_plannable;
}
