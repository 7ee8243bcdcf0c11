#include "config_frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "profile.h"

#define PREPAY_ALARMS_AT    20 /* enable byte of the group in the written block at 0x0200 */
#define PREPAY_PRICES_AT    29
#define PREPAY_OVERDRAFT_AT 46
#define PRICES		    4 /* sharp, peak, flat, valley */
#define LOAD_STEP	    1 /* registers behind the limit */
#define LOAD_FACTOR	    2
#define MINUTES_OF_DAY	    1440
#define CLOCK_SLACK_MS	    (5 * CLOCK_SECOND)
#define PERIODS_OF_WIRE	    5 /* 1 sharp … 5 deep valley */

static const char *const CONTENTS[FRAME_CONTENTS] = {
	[FRAME_PRICES] = "prices",
	[FRAME_ALARMS] = "alarms",
	[FRAME_TABLE_1] = "table_1",
	[FRAME_TABLE_2] = "table_2",
	[FRAME_ZONES] = "zones",
	[FRAME_LOAD] = "load",
	[FRAME_CLOCK] = "clock",
};

const char *
frame_content_name(enum frame_content content)
{
	assert((size_t)content < COUNT(CONTENTS));
	return CONTENTS[content];
}

const struct config_frame *
frame_list(const struct config_frames *frames, int phases, size_t *count)
{
	*count = 0;
	if (frames == NULL)
		return NULL;
	*count = frames->of[phases == 3].count;
	return frames->of[phases == 3].frames;
}

void
frame_begin(enum config_part part, struct config *found)
{
	memset(found, 0, sizeof(*found));
	found->part = part;
	if (part == CONFIG_PRICES)
		for (size_t i = 0; i < CONFIG_PERIODS; i++)
			found->u.prices.price_uyuan[i] = CONFIG_NONE;
	if (part == CONFIG_ALARMS)
		found->u.alarms.overdraft_fen = CONFIG_NONE;
}

static int64_t
long_at(const uint16_t *registers, size_t at)
{
	return (int64_t)registers[at] << 16 | registers[at + 1];
}

static uint8_t
byte_at(const uint16_t *registers, size_t at)
{
	return (uint8_t)(registers[at / 2] >> (at % 2 == 0 ? 8 : 0));
}

/* ---- day tables ---- */

static void
append_slot(struct config_table *table, int start_min, unsigned period)
{
	table->slots[table->count++] =
	    (struct config_slot){ .start_min = (uint16_t)start_min, .period = (uint8_t)period };
}

/* What is before the first slot goes on from the evening before. */
static void
begin_at_midnight(struct config_table *table)
{
	if (table->count == 0 || table->slots[0].start_min == 0)
		return;
	if (table->count == CONFIG_SLOTS) {
		table->count = 0;
		return;
	}
	memmove(&table->slots[1], &table->slots[0], table->count * sizeof(table->slots[0]));
	table->count++;
	table->slots[0] = (struct config_slot){ 0, table->slots[table->count - 1].period };
}

/* Unused slots repeat the last one, or are zero. */
static void
decode_table(const uint16_t *registers, struct config_table *table)
{
	int before = -1;

	table->count = 0;
	for (size_t i = 0; i < CONFIG_SLOTS; i++) {
		unsigned period = byte_at(registers, 3 * i);
		unsigned minute = byte_at(registers, 3 * i + 1),
			 hour = byte_at(registers, 3 * i + 2);
		int start = (int)(hour * 60 + minute);
		if (period < 1 || period > PERIODS_OF_WIRE || minute > 59 ||
		    start >= MINUTES_OF_DAY || start <= before)
			break;
		append_slot(table, start, period - 1);
		before = start;
	}
	begin_at_midnight(table);
}

static void
encode_table(const struct config_table *table, uint8_t *data)
{
	for (size_t i = 0; i < CONFIG_SLOTS; i++) {
		const struct config_slot *slot =
		    &table->slots[i < table->count ? i : table->count - 1u];
		data[3 * i] = (uint8_t)(slot->period + 1);
		data[3 * i + 1] = (uint8_t)(slot->start_min % 60);
		data[3 * i + 2] = (uint8_t)(slot->start_min / 60);
	}
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

/* ---- season zones ---- */

static struct config_zone
zone_at(const uint16_t *registers, size_t i, enum zone_order order)
{
	uint8_t first = byte_at(registers, 3 * i), last = byte_at(registers, 3 * i + 2);
	bool is_month_first = order == ZONES_MONTH_FIRST;

	return (struct config_zone){ .month = is_month_first ? first : last,
		.day = byte_at(registers, 3 * i + 1),
		.table = is_month_first ? last : first };
}

static bool
is_zone(const struct config_zone *zone)
{
	return zone->month >= 1 && zone->month <= 12 && zone->day >= 1 && zone->day <= 31 &&
	       zone->table >= 1 && zone->table <= CONFIG_TABLES;
}

/* How many of the zones make sense when they are read in this order. */
static int
count_zones(const uint16_t *registers, enum zone_order order)
{
	int count = 0;

	for (size_t i = 0; i < CONFIG_ZONES; i++) {
		struct config_zone zone = zone_at(registers, i, order);
		count += is_zone(&zone);
	}
	return count;
}

enum zone_order
frame_zone_order(const struct config_frames *frames, const uint16_t *registers, bool *is_sure)
{
	int table_first = count_zones(registers, ZONES_TABLE_FIRST);
	int month_first = count_zones(registers, ZONES_MONTH_FIRST);

	*is_sure = table_first != month_first;
	if (!*is_sure)
		return frames->zone_order;
	return table_first > month_first ? ZONES_TABLE_FIRST : ZONES_MONTH_FIRST;
}

static int
compare_zones(const void *a, const void *b)
{
	const struct config_zone *left = a, *right = b;

	return (left->month * 100 + left->day) - (right->month * 100 + right->day);
}

/* In the order of the year; unused zones repeat one. */
static void
decode_zones(const struct config_frames *frames, const uint16_t *registers, struct config_tou *tou)
{
	bool is_sure;
	enum zone_order order = frame_zone_order(frames, registers, &is_sure);
	size_t count = 0;

	tou->zone_count = 0;
	for (size_t i = 0; i < CONFIG_ZONES; i++) {
		struct config_zone zone = zone_at(registers, i, order);
		if (is_zone(&zone))
			tou->zones[count++] = zone;
	}
	qsort(tou->zones, count, sizeof(tou->zones[0]), compare_zones);
	for (size_t i = 0; i < count; i++) {
		bool is_repeated =
		    tou->zone_count > 0 &&
		    compare_zones(&tou->zones[i], &tou->zones[tou->zone_count - 1]) == 0;
		if (!is_repeated)
			tou->zones[tou->zone_count++] = tou->zones[i];
	}
}

static void
encode_zones(const struct config_tou *tou, enum zone_order order, uint8_t *data)
{
	bool is_month_first = order == ZONES_MONTH_FIRST;

	for (size_t i = 0; i < CONFIG_ZONES; i++) {
		const struct config_zone *zone =
		    &tou->zones[i < tou->zone_count ? i : tou->zone_count - 1u];
		data[3 * i] = is_month_first ? zone->month : zone->table;
		data[3 * i + 1] = zone->day;
		data[3 * i + 2] = is_month_first ? zone->table : zone->month;
	}
}

static bool
is_same_zones(const struct config_tou *a, const struct config_tou *b)
{
	bool is_same = a->zone_count == b->zone_count;

	for (size_t i = 0; is_same && i < a->zone_count; i++)
		is_same = compare_zones(&a->zones[i], &b->zones[i]) == 0 &&
			  a->zones[i].table == b->zones[i].table;
	return is_same;
}

/* ---- reading ---- */

static int64_t
limit_of(
    const struct config_frames *frames, const struct config_frame *frame, const uint16_t *registers)
{
	bool is_on = registers[frame->extra_at] != 0;

	return is_on ? registers[frame->at] * frames->load_unit_w : 0;
}

static int64_t
clock_offset_ms(const struct config_frame *frame, const uint16_t *registers, int64_t now)
{
	return profile_clock(registers + frame->at) - now;
}

void
frame_decode(const struct config_frames *frames, const struct config_frame *frame, int phases,
    const uint16_t *registers, int64_t now, struct config *found)
{
	size_t at = frame->at;

	(void)phases;
	switch ((enum frame_content)frame->content) {
	case FRAME_PRICES:
		for (size_t i = 0; i < PRICES; i++)
			found->u.prices.price_uyuan[i] =
			    long_at(registers, at + 2 * i) * frames->price_unit_uyuan;
		break;
	case FRAME_ALARMS:
		found->u.alarms.alarm1_fen = long_at(registers, at) * frames->amount_unit_fen;
		found->u.alarms.alarm2_fen = long_at(registers, at + 2) * frames->amount_unit_fen;
		if (frame->extra_at != 0)
			found->u.alarms.overdraft_fen =
			    long_at(registers, frame->extra_at) * frames->amount_unit_fen;
		break;
	case FRAME_TABLE_1:
	case FRAME_TABLE_2:
		decode_table(registers, &found->u.tou.tables[frame->content - FRAME_TABLE_1]);
		break;
	case FRAME_ZONES:
		decode_zones(frames, registers, &found->u.tou);
		break;
	case FRAME_LOAD:
		found->u.overload.limit_w += limit_of(frames, frame, registers);
		break;
	case FRAME_CLOCK:
		found->u.clock.offset_s = clock_offset_ms(frame, registers, now) / CLOCK_SECOND;
		break;
	case FRAME_CONTENTS:
		break;
	}
}

/* ---- comparing ---- */

static bool
is_wanted(int64_t wanted, int64_t held)
{
	return wanted == CONFIG_NONE || wanted == held;
}

static bool
is_load_right(const struct config_frames *frames, const struct config_frame *frame, int phases,
    const uint16_t *registers, int64_t limit_w)
{
	int64_t share_w = limit_w / (phases == 3 ? 3 : 1);

	return limit_of(frames, frame, registers) ==
	       share_w / frames->load_unit_w * frames->load_unit_w;
}

bool
frame_is_right(const struct config_frames *frames, const struct config_frame *frame, int phases,
    const uint16_t *registers, int64_t now, const struct config *wanted)
{
	struct config held;
	size_t table = (size_t)frame->content - FRAME_TABLE_1;

	frame_begin(wanted->part, &held);
	frame_decode(frames, frame, phases, registers, now, &held);
	switch ((enum frame_content)frame->content) {
	case FRAME_PRICES:
		for (size_t i = 0; i < PRICES; i++)
			if (!is_wanted(
				wanted->u.prices.price_uyuan[i], held.u.prices.price_uyuan[i]))
				return false;
		return true;
	case FRAME_ALARMS:
		return is_wanted(wanted->u.alarms.alarm1_fen, held.u.alarms.alarm1_fen) &&
		       is_wanted(wanted->u.alarms.alarm2_fen, held.u.alarms.alarm2_fen) &&
		       (frame->extra_at == 0 ||
			   is_wanted(wanted->u.alarms.overdraft_fen, held.u.alarms.overdraft_fen));
	case FRAME_TABLE_1:
	case FRAME_TABLE_2:
		return wanted->u.tou.tables[table].count == 0 ||
		       is_same_table(&wanted->u.tou.tables[table], &held.u.tou.tables[table]);
	case FRAME_ZONES:
		return wanted->u.tou.zone_count == 0 || is_same_zones(&wanted->u.tou, &held.u.tou);
	case FRAME_LOAD:
		return is_load_right(frames, frame, phases, registers, wanted->u.overload.limit_w);
	case FRAME_CLOCK:
		return llabs(clock_offset_ms(frame, registers, now)) <= CLOCK_SLACK_MS;
	case FRAME_CONTENTS:
		break;
	}
	return false;
}

/* ---- writing ---- */

static void
put16(uint8_t *data, int64_t value)
{
	data[0] = (uint8_t)(value >> 8);
	data[1] = (uint8_t)value;
}

/* The wanted value, or what the meter holds when none is wanted. */
static bool
put_long(uint8_t *data, int64_t wanted, int64_t unit, const uint16_t *held)
{
	int64_t raw = wanted == CONFIG_NONE ? long_at(held, 0) : wanted / unit;

	put16(data, raw >> 16);
	put16(data + 2, raw);
	return raw >= 0 && raw <= UINT32_MAX && (wanted == CONFIG_NONE || wanted % unit == 0);
}

static bool
encode_prices(const struct config_frames *frames, const struct config_frame *frame,
    const uint16_t *registers, const struct config_prices *prices, uint8_t *data)
{
	bool fits = true;

	data[PREPAY_PRICES_AT] = 1;
	for (size_t i = 0; i < PRICES; i++)
		fits = put_long(data + PREPAY_PRICES_AT + 1 + 4 * i, prices->price_uyuan[i],
			   frames->price_unit_uyuan, registers + frame->at + 2 * i) &&
		       fits;
	return fits;
}

static bool
encode_alarms(const struct config_frames *frames, const struct config_frame *frame,
    const uint16_t *registers, const struct config_alarms *alarms, uint8_t *data)
{
	int64_t unit = frames->amount_unit_fen;
	const uint16_t *held = registers + frame->at;
	bool fits;

	data[PREPAY_ALARMS_AT] = 1;
	fits = put_long(data + PREPAY_ALARMS_AT + 1, alarms->alarm1_fen, unit, held);
	fits = put_long(data + PREPAY_ALARMS_AT + 5, alarms->alarm2_fen, unit, held + 2) && fits;
	if (frame->extra_at == 0 || alarms->overdraft_fen == CONFIG_NONE)
		return fits;
	data[PREPAY_OVERDRAFT_AT] = 1;
	return put_long(data + PREPAY_OVERDRAFT_AT + 1, alarms->overdraft_fen, unit, NULL) && fits;
}

/* Step and power factor of the malignant load stay as they are. */
static bool
encode_load(const struct config_frames *frames, const struct config_frame *frame, int phases,
    const uint16_t *registers, int64_t limit_w, uint8_t *data)
{
	int64_t raw = limit_w / (phases == 3 ? 3 : 1) / frames->load_unit_w;
	const uint16_t *held = registers + frame->at;

	data[0] = 1;
	data[1] = limit_w != 0;
	if (limit_w == 0)
		return true;
	data[2] = 1;
	put16(data + 3, raw);
	put16(data + 5, held[LOAD_STEP]);
	put16(data + 7, held[LOAD_FACTOR]);
	return raw >= 1 && raw <= UINT16_MAX;
}

/* Binary, not decimal-coded; Sunday is 0. */
static void
encode_clock(int64_t now, uint8_t *data)
{
	struct civil civil = clock_civil(now);

	data[0] = (uint8_t)civil.second;
	data[1] = (uint8_t)civil.minute;
	data[2] = (uint8_t)civil.hour;
	data[3] = (uint8_t)(clock_weekday(clock_day(now)) % 7);
	data[4] = (uint8_t)civil.day;
	data[5] = (uint8_t)civil.month;
	data[6] = (uint8_t)(civil.year % 100);
}

static bool
encode_data(const struct config_frames *frames, const struct config_frame *frame, int phases,
    const uint16_t *registers, int64_t now, enum zone_order order, const struct config *wanted,
    uint8_t *data)
{
	switch ((enum frame_content)frame->content) {
	case FRAME_PRICES:
		return encode_prices(frames, frame, registers, &wanted->u.prices, data);
	case FRAME_ALARMS:
		return encode_alarms(frames, frame, registers, &wanted->u.alarms, data);
	case FRAME_TABLE_1:
	case FRAME_TABLE_2:
		encode_table(&wanted->u.tou.tables[frame->content - FRAME_TABLE_1], data);
		return true;
	case FRAME_ZONES:
		encode_zones(&wanted->u.tou, order, data);
		return true;
	case FRAME_LOAD:
		return encode_load(
		    frames, frame, phases, registers, wanted->u.overload.limit_w, data);
	case FRAME_CLOCK:
		encode_clock(now, data);
		return true;
	case FRAME_CONTENTS:
		break;
	}
	return false;
}

enum rc
frame_encode(const struct config_frames *frames, const struct config_frame *frame, int phases,
    uint8_t unit, const uint16_t *registers, int64_t now, enum zone_order order,
    const struct config *wanted, uint8_t request[FRAME_REQUEST_MAX], size_t *length)
{
	*length = 7 + 2 * (size_t)frame->count;
	assert(*length <= FRAME_REQUEST_MAX);
	memset(request, 0, *length);
	request[0] = unit;
	request[1] = frame->function;
	put16(request + 2, frame->address);
	put16(request + 4, frame->count);
	request[6] = (uint8_t)(2 * frame->count);
	return encode_data(frames, frame, phases, registers, now, order, wanted, request + 7)
		   ? RC_OK
		   : RC_INVALID;
}
