#include "model/sms.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define NAME_MAX_LENGTH 24 /* longer than any variable */

/* A part of a long message carries a header of 6 octets (3GPP TS 23.040). */
enum { GSM_ONE = 160, GSM_PART = 153, UCS2_ONE = 70, UCS2_PART = 67 };

static const struct {
	const char *name, *variables;
} EVENTS[SMS_EVENTS] = {
	[SMS_CREDIT1] = { "credit1", "site tenant room meter credit days phone time" },
	[SMS_CREDIT2] = { "credit2", "site tenant room meter credit days phone time" },
	[SMS_ARREARS] = { "arrears", "site tenant room meter credit least phone time" },
	[SMS_TRIPPED] = { "tripped", "site tenant room meter credit least phone time" },
	[SMS_RESTORED] = { "restored", "site tenant room meter credit phone time" },
	[SMS_PURCHASED] = { "purchased", "site tenant room meter amount credit receipt time" },
	[SMS_METER_LOST] = { "meter_lost", "site tenant room meter time" },
	[SMS_BUS_LOST] = { "bus_lost", "site gateway bus count time" },
};

const char *
sms_event_name(enum sms_event event)
{
	return EVENTS[event].name;
}

const char *
sms_variables(enum sms_event event)
{
	return EVENTS[event].variables;
}

/* Is name one of the words of list? */
static bool
has_word(const char *list, const char *name, size_t length)
{
	while (*list != '\0') {
		size_t word = strcspn(list, " ");
		if (word == length && memcmp(list, name, length) == 0)
			return true;
		list += word + (list[word] == ' ');
	}
	return false;
}

enum rc
sms_check(enum sms_event event, const char *text, char *unknown, size_t size)
{
	for (text += strcspn(text, "{}"); *text != '\0'; text += strcspn(text, "{}")) {
		size_t length = *text == '{' ? strcspn(text + 1, "{}") : 0;
		if (*text == '}' || text[1 + length] != '}') {
			(void)snprintf(unknown, size, "%c", *text);
			return RC_INVALID;
		}
		if (!has_word(EVENTS[event].variables, text + 1, length)) {
			(void)snprintf(unknown, size, "{%.*s}",
			    (int)(length < NAME_MAX_LENGTH ? length : NAME_MAX_LENGTH), text + 1);
			return RC_INVALID;
		}
		text += length + 2;
	}
	return RC_OK;
}

static const char *
value_of(const struct sms_value *values, size_t count, const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(values[i].name) == length && memcmp(values[i].name, name, length) == 0)
			return values[i].text;
	return "";
}

void
sms_render(const char *text, const struct sms_value *values, size_t count, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	while (*text != '\0' && used + 1 < size) {
		size_t plain = strcspn(text, "{"), name = strcspn(text, "}");
		const char *piece = text;
		size_t length = plain;
		if (plain == 0 && text[name] == '}') {
			piece = value_of(values, count, text + 1, name - 1);
			length = strlen(piece);
			text += name + 1;
		} else {
			length += plain == 0; /* a brace that nobody closes stays */
			text += length;
		}
		char part[SMS_TEXT_MAX * 4 + 1];
		(void)snprintf(part, sizeof(part), "%.*s", (int)length, piece);
		(void)text_copy(out + used, size - used, part);
		used += strlen(out + used);
	}
}

/* One code point of well-formed UTF-8. */
static uint32_t
next_point(const char **text)
{
	const unsigned char *byte = (const unsigned char *)*text;
	int more = byte[0] < 0x80 ? 0 : byte[0] < 0xe0 ? 1 : byte[0] < 0xf0 ? 2 : 3;
	uint32_t point = more == 0 ? byte[0] : byte[0] & (0x3fU >> more);

	for (int i = 1; i <= more; i++)
		point = point << 6 | (byte[i] & 0x3fU);
	*text += more + 1;
	return point;
}

/* Septets of a character in GSM 03.38: 1, 2 (behind an escape), or 0 when it is not there. */
static size_t
gsm_septets(uint32_t point)
{
	static const uint32_t others[] = { 0x20ac, '^', '{', '}', '\\', '[', '~', ']', '|' };
	static const uint32_t letters[] = { 0xa3, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0xd8,
		0xf8, 0xc5, 0xe5, 0x394, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398,
		0x39e, 0xc6, 0xe6, 0xdf, 0xc9, 0xa4, 0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 0xe4,
		0xf6, 0xf1, 0xfc, 0xe0 };

	for (size_t i = 0; i < COUNT(others); i++)
		if (others[i] == point)
			return 2;
	if (point == '\n' || point == '\r' || (point >= ' ' && point < 0x7f && point != '`'))
		return 1;
	for (size_t i = 0; i < COUNT(letters); i++)
		if (letters[i] == point)
			return 1;
	return 0;
}

struct sms_size
sms_measure(const char *text)
{
	struct sms_size size = { 0 };
	size_t septets = 0, units = 0;

	while (*text != '\0') {
		uint32_t point = next_point(&text);
		size_t cost = gsm_septets(point);
		size.is_unicode |= cost == 0;
		septets += cost;
		units += point > 0xffff ? 2 : 1;
	}
	size.units = size.is_unicode ? units : septets;
	size_t one = size.is_unicode ? UCS2_ONE : GSM_ONE;
	size_t part = size.is_unicode ? UCS2_PART : GSM_PART;
	size.parts = size.units == 0 ? 0 : size.units <= one ? 1 : (size.units + part - 1) / part;
	return size;
}
