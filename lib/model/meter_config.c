#include "model/meter_config.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MAX      1000000000000LL /* keeps sums and products of values away from any limit */
#define MINUTES_OF_DAY 1440
#define CLOCK_SLACK_S  60
#define PHASES_SLACK_W 2 /* a limit of three phases is divided by three, downwards */

static const char *const PARTS[CONFIG_PARTS] = {
	[CONFIG_PRICES] = "prices",
	[CONFIG_TOU] = "tou",
	[CONFIG_ALARMS] = "alarms",
	[CONFIG_OVERLOAD] = "overload",
	[CONFIG_CLOCK] = "clock",
};
static const char *const PERIODS[CONFIG_PERIODS] = { "sharp", "peak", "flat", "valley", "deep" };

const char *
config_part_name(enum config_part part)
{
	assert((size_t)part < COUNT(PARTS));
	return PARTS[part];
}

enum config_part
config_part_find(const char *name)
{
	size_t part = 0;

	while (part < COUNT(PARTS) && strcmp(PARTS[part], name) != 0)
		part++;
	return (enum config_part)part;
}

/* ---- writing ---- */

struct writer {
	char *text;
	size_t length;
};

static void __attribute__((format(printf, 2, 3)))
put(struct writer *writer, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int added = vsnprintf(
	    writer->text + writer->length, CONFIG_TEXT_MAX - writer->length, format, arguments);
	va_end(arguments);
	writer->length += (size_t)added;
	assert(added >= 0 && writer->length < CONFIG_TEXT_MAX);
}

static void
put_value(struct writer *writer, const char *name, int64_t value)
{
	put(writer, "%s%s=", writer->length > 0 ? " " : "", name);
	if (value == CONFIG_NONE)
		put(writer, "-");
	else
		put(writer, "%" PRId64, value);
}

static void
put_table(struct writer *writer, size_t number, const struct config_table *table)
{
	put(writer, "%s%zu=", writer->length > 0 ? " " : "", number);
	for (size_t i = 0; i < table->count; i++) {
		const struct config_slot *slot = &table->slots[i];
		put(writer, "%s%02u%02u%c", i > 0 ? "," : "", slot->start_min / 60u,
		    slot->start_min % 60u, PERIODS[slot->period][0]);
	}
	if (table->count == 0)
		put(writer, "-");
}

static void
put_tou(struct writer *writer, const struct config_tou *tou)
{
	for (size_t i = 0; i < CONFIG_TABLES; i++)
		put_table(writer, i + 1, &tou->tables[i]);
	put(writer, " zones=");
	for (size_t i = 0; i < tou->zone_count; i++) {
		const struct config_zone *zone = &tou->zones[i];
		put(writer, "%s%02u%02u:%u", i > 0 ? "," : "", zone->month, zone->day, zone->table);
	}
	if (tou->zone_count == 0)
		put(writer, "-");
}

void
config_format(const struct config *config, char *text)
{
	struct writer writer = { .text = text };

	text[0] = '\0';
	switch (config->part) {
	case CONFIG_PRICES:
		for (size_t i = 0; i < CONFIG_PERIODS; i++)
			put_value(&writer, PERIODS[i], config->u.prices.price_uyuan[i]);
		break;
	case CONFIG_TOU:
		put_tou(&writer, &config->u.tou);
		break;
	case CONFIG_ALARMS:
		put_value(&writer, "alarm1", config->u.alarms.alarm1_fen);
		put_value(&writer, "alarm2", config->u.alarms.alarm2_fen);
		put_value(&writer, "overdraft", config->u.alarms.overdraft_fen);
		break;
	case CONFIG_OVERLOAD:
		put_value(&writer, "limit", config->u.overload.limit_w);
		break;
	case CONFIG_CLOCK:
		put(&writer, "offset=%" PRId64, config->u.clock.offset_s);
		break;
	case CONFIG_PARTS:
		assert(false);
	}
}

/* ---- reading ---- */

/* What is found is written again and compared, so the reader need not be strict itself. */
struct reader {
	const char *at;
	bool is_wrong;
};

static bool
take(struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(reader->at, word, length) != 0)
		return false;
	reader->at += length;
	return true;
}

static void
expect(struct reader *reader, const char *word)
{
	if (!take(reader, word))
		reader->is_wrong = true;
}

/* A number of at most so many digits. */
static int64_t
take_number(struct reader *reader, int digits)
{
	int64_t value = 0;
	int count = 0;

	for (; count < digits && *reader->at >= '0' && *reader->at <= '9'; count++)
		value = value * 10 + (*reader->at++ - '0');
	reader->is_wrong |= count == 0 || value > VALUE_MAX;
	return value;
}

static int64_t
take_value(struct reader *reader, const char *name)
{
	(void)take(reader, " ");
	expect(reader, name);
	expect(reader, "=");
	return take(reader, "-") ? CONFIG_NONE : take_number(reader, 13);
}

static uint8_t
take_period(struct reader *reader)
{
	for (uint8_t i = 0; i < CONFIG_PERIODS; i++) {
		if (*reader->at != PERIODS[i][0])
			continue;
		reader->at++;
		return i;
	}
	reader->is_wrong = true;
	return 0;
}

static void
take_slots(struct reader *reader, struct config_table *table)
{
	int before = -1;

	do {
		if (table->count == CONFIG_SLOTS) {
			reader->is_wrong = true;
			return;
		}
		struct config_slot *slot = &table->slots[table->count++];
		int64_t hour = take_number(reader, 2), minute = take_number(reader, 2);
		slot->start_min = (uint16_t)(hour * 60 + minute);
		slot->period = take_period(reader);
		reader->is_wrong |= minute > 59 || slot->start_min >= MINUTES_OF_DAY ||
				    slot->start_min <= before ||
				    (table->count == 1 && slot->start_min != 0);
		before = slot->start_min;
	} while (!reader->is_wrong && take(reader, ","));
}

static bool
is_day(unsigned month, unsigned day)
{
	static const uint8_t DAYS[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1];
}

static void
take_zones(struct reader *reader, struct config_tou *tou)
{
	int before = 0;

	do {
		if (tou->zone_count == CONFIG_ZONES) {
			reader->is_wrong = true;
			return;
		}
		struct config_zone *zone = &tou->zones[tou->zone_count++];
		zone->month = (uint8_t)take_number(reader, 2);
		zone->day = (uint8_t)take_number(reader, 2);
		expect(reader, ":");
		zone->table = (uint8_t)take_number(reader, 1);
		int date = zone->month * 100 + zone->day;
		reader->is_wrong |= !is_day(zone->month, zone->day) || zone->table < 1 ||
				    zone->table > CONFIG_TABLES || date <= before;
		before = date;
	} while (!reader->is_wrong && take(reader, ","));
}

static void
take_tou(struct reader *reader, struct config_tou *tou)
{
	for (size_t i = 0; i < CONFIG_TABLES; i++) {
		expect(reader, i == 0 ? "1=" : " 2=");
		if (!take(reader, "-"))
			take_slots(reader, &tou->tables[i]);
	}
	expect(reader, " zones=");
	if (!take(reader, "-"))
		take_zones(reader, tou);
}

static void
take_config(struct reader *reader, struct config *config)
{
	switch (config->part) {
	case CONFIG_PRICES:
		for (size_t i = 0; i < CONFIG_PERIODS; i++)
			config->u.prices.price_uyuan[i] = take_value(reader, PERIODS[i]);
		break;
	case CONFIG_TOU:
		take_tou(reader, &config->u.tou);
		break;
	case CONFIG_ALARMS:
		config->u.alarms.alarm1_fen = take_value(reader, "alarm1");
		config->u.alarms.alarm2_fen = take_value(reader, "alarm2");
		config->u.alarms.overdraft_fen = take_value(reader, "overdraft");
		break;
	case CONFIG_OVERLOAD:
		config->u.overload.limit_w = take_value(reader, "limit");
		reader->is_wrong |= config->u.overload.limit_w == CONFIG_NONE;
		break;
	case CONFIG_CLOCK:
		expect(reader, "offset=");
		config->u.clock.offset_s = take(reader, "-") ? -1 : 1;
		config->u.clock.offset_s *= take_number(reader, 13);
		break;
	case CONFIG_PARTS:
		reader->is_wrong = true;
	}
}

enum rc
config_parse(enum config_part part, const char *text, struct config *config)
{
	struct config parsed;
	struct reader reader = { .at = text };
	char again[CONFIG_TEXT_MAX];

	memset(&parsed, 0, sizeof(parsed));
	parsed.part = part;
	take_config(&reader, &parsed);
	if (reader.is_wrong || *reader.at != '\0')
		return RC_INVALID;
	config_format(&parsed, again);
	if (strcmp(again, text) != 0)
		return RC_INVALID;
	*config = parsed;
	return RC_OK;
}

/* ---- comparing ---- */

static bool
is_same_value(int64_t a, int64_t b)
{
	return a == b || a == CONFIG_NONE || b == CONFIG_NONE;
}

static bool
is_same_prices(const struct config_prices *a, const struct config_prices *b)
{
	for (size_t i = 0; i < CONFIG_PERIODS; i++)
		if (!is_same_value(a->price_uyuan[i], b->price_uyuan[i]))
			return false;
	return true;
}

static bool
is_same_table(const struct config_table *a, const struct config_table *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->slots[i].start_min != b->slots[i].start_min ||
		    a->slots[i].period != b->slots[i].period)
			return false;
	return true;
}

static bool
is_same_tou(const struct config_tou *a, const struct config_tou *b)
{
	bool is_same = a->zone_count == b->zone_count;

	for (size_t i = 0; i < CONFIG_TABLES; i++)
		is_same = is_same && is_same_table(&a->tables[i], &b->tables[i]);
	for (size_t i = 0; is_same && i < a->zone_count; i++)
		is_same = a->zones[i].month == b->zones[i].month &&
			  a->zones[i].day == b->zones[i].day &&
			  a->zones[i].table == b->zones[i].table;
	return is_same;
}

bool
config_is_same(const struct config *wanted, const struct config *held)
{
	if (wanted->part != held->part)
		return false;
	switch (wanted->part) {
	case CONFIG_PRICES:
		return is_same_prices(&wanted->u.prices, &held->u.prices);
	case CONFIG_TOU:
		return is_same_tou(&wanted->u.tou, &held->u.tou);
	case CONFIG_ALARMS:
		return is_same_value(wanted->u.alarms.alarm1_fen, held->u.alarms.alarm1_fen) &&
		       is_same_value(wanted->u.alarms.alarm2_fen, held->u.alarms.alarm2_fen) &&
		       is_same_value(wanted->u.alarms.overdraft_fen, held->u.alarms.overdraft_fen);
	case CONFIG_OVERLOAD:
		return llabs(wanted->u.overload.limit_w - held->u.overload.limit_w) <=
			   PHASES_SLACK_W &&
		       (wanted->u.overload.limit_w == 0) == (held->u.overload.limit_w == 0);
	case CONFIG_CLOCK:
		return llabs(wanted->u.clock.offset_s - held->u.clock.offset_s) <= CLOCK_SLACK_S;
	case CONFIG_PARTS:
		break;
	}
	return false;
}
