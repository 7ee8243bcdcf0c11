/*
 * sms.h - the texts of short messages: events, variables, how long they are on the wire.
 *
 * A text is edited in the settings (sms.<event>_zh, sms.<event>_en) and holds variables in braces:
 * {tenant}. Sending is done elsewhere; everything here is pure.
 */
#ifndef VOLTILL_SMS_H
#define VOLTILL_SMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rc.h"

#define SMS_TEXT_MAX 500 /* characters of a template */

enum sms_event {
	SMS_CREDIT1, /* to tenants … */
	SMS_CREDIT2,
	SMS_ARREARS,
	SMS_TRIPPED,
	SMS_RESTORED,
	SMS_PURCHASED,
	SMS_METER_LOST, /* … and to operators */
	SMS_BUS_LOST,
	SMS_EVENTS
};

const char *sms_event_name(enum sms_event event); /* "credit1" */
/* What its text may hold, with spaces between: "tenant room credit". */
const char *sms_variables(enum sms_event event);

/* RC_INVALID: unknown is the variable that the event does not have, or "{" or "}" when braces do
 * not pair. */
enum rc sms_check(enum sms_event event, const char *text, char *unknown, size_t size);

struct sms_value {
	const char *name, *text;
};
/* Puts the values in; a variable without a value stays empty. Cut at size, at a character. */
void sms_render(
    const char *text, const struct sms_value *values, size_t count, char *out, size_t size);

struct sms_size {
	bool is_unicode; /* a character outside GSM 03.38: 70 instead of 160 */
	size_t units;	 /* septets or UCS-2 units */
	size_t parts;	 /* messages that are paid for; 0 for an empty text */
};
struct sms_size sms_measure(const char *text);

#endif
