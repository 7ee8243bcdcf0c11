/* Frames as the documents give them (domain.md §1.5), written out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../collector/config_frame.c"

#include "model/config_plan.h"

#define UNIT 1
#define NOW  1795311000000LL /* 2026-11-22 09:30:00 in Shanghai, a Sunday */

static const struct config_frames *
frames_of(const char *code)
{
	return profile_find(code)->config;
}

static const struct config_frame *
find_frame(const char *code, int phases, enum frame_content content, size_t nth)
{
	size_t count;
	const struct config_frame *list = frame_list(frames_of(code), phases, &count);

	for (size_t i = 0; i < count; i++)
		if (list[i].content == content && nth-- == 0)
			return &list[i];
	fail();
	return NULL;
}

static size_t
encode(const char *code, int phases, enum frame_content content, size_t nth,
    const uint16_t *registers, enum config_part part, const char *wanted, uint8_t *request)
{
	struct config config = { .part = part };
	size_t length;

	if (part != CONFIG_CLOCK)
		assert_int_equal(config_parse(part, wanted, &config), RC_OK);
	assert_int_equal(
	    frame_encode(frames_of(code), find_frame(code, phases, content, nth), phases, UNIT,
		registers, NOW, ZONES_TABLE_FIRST, &config, request, &length),
	    RC_OK);
	return length;
}

static void
the_clock_is_the_vector_of_the_documents(void **state)
{
	static const uint8_t VECTOR[] = { 0x01, 0x20, 0x03, 0x54, 0x00, 0x05, 0x0A, 0x00, 0x1E,
		0x09, 0x00, 0x16, 0x0B, 0x1A, 0x00, 0x00, 0x00 };
	uint8_t request[FRAME_REQUEST_MAX];

	(void)state;
	size_t length = encode("adf300", 1, FRAME_CLOCK, 0, NULL, CONFIG_CLOCK, "", request);
	assert_int_equal(length, sizeof(VECTOR));
	assert_memory_equal(request, VECTOR, length);
}

static void
prices_touch_nothing_but_prices(void **state)
{
	uint16_t held[FRAME_REGISTERS_MAX] = { 1, 0, 11, 0, 12, 0, 13, 0, 14 };
	uint8_t request[FRAME_REQUEST_MAX],
	    wanted[FRAME_REQUEST_MAX] = { 0x01, 0x20, 0x02, 0x00, 0x00, 30, 60 };
	uint8_t *data = wanted + 7;

	(void)state;
	/* 1.32, 1.05, what it holds, 0.38 yuan in steps of 0.0001. */
	data[29] = 1;
	data[32] = 13200 >> 8, data[33] = 13200 & 0xFF;
	data[36] = 10500 >> 8, data[37] = 10500 & 0xFF;
	data[41] = 13;
	data[44] = 3800 >> 8, data[45] = 3800 & 0xFF;
	size_t length = encode("adf300", 1, FRAME_PRICES, 0, held, CONFIG_PRICES,
	    "sharp=1320000 peak=1050000 flat=- valley=380000 deep=900000", request);
	assert_int_equal(length, 67);
	assert_memory_equal(request, wanted, length);
}

static void
alarms_and_overdraft_have_their_own_enable_bytes(void **state)
{
	uint16_t held[FRAME_REGISTERS_MAX] = { 0 };
	uint8_t request[FRAME_REQUEST_MAX],
	    wanted[FRAME_REQUEST_MAX] = { 0x01, 0x20, 0x02, 0x00, 0x00, 30, 60 };
	uint8_t *data = wanted + 7;
	const char *text = "alarm1=8000 alarm2=2500 overdraft=1500";

	(void)state;
	data[20] = 1;
	data[23] = 8000 >> 8, data[24] = 8000 & 0xFF;
	data[27] = 2500 >> 8, data[28] = 2500 & 0xFF;
	(void)encode("adf300", 1, FRAME_ALARMS, 0, held, CONFIG_ALARMS, text, request);
	assert_memory_equal(request, wanted, 67);
	data[46] = 1;
	data[49] = 1500 >> 8, data[50] = 1500 & 0xFF;
	(void)encode("ddsy1352", 1, FRAME_ALARMS, 0, held, CONFIG_ALARMS, text, request);
	assert_memory_equal(request, wanted, 67);
}

static void
a_limit_of_three_phases_is_shared_and_keeps_step_and_factor(void **state)
{
	uint16_t held[FRAME_REGISTERS_MAX] = { 1, 100, 700, 850, 0, 3, 5, 200, 701, 851 };
	static const uint8_t VECTOR[] = { 0x01, 0x20, 0x04, 0x0D, 0x00, 13, 26, 1, 1, 1, 0x0B, 0xB8,
		0x02, 0xBD, 0x03, 0x53, 0 };
	uint8_t request[FRAME_REQUEST_MAX];

	(void)state;
	size_t length =
	    encode("dtsy1352", 3, FRAME_LOAD, 1, held, CONFIG_OVERLOAD, "limit=9001", request);
	assert_int_equal(length, 7 + 26);
	assert_memory_equal(request, VECTOR, sizeof(VECTOR));
	length = encode("dtsy1352", 3, FRAME_LOAD, 1, held, CONFIG_OVERLOAD, "limit=0", request);
	assert_int_equal(request[7], 1);
	assert_int_equal(request[8], 0);
	assert_int_equal(request[9], 0); /* the limit itself stays */
	assert_int_equal(length, 7 + 26);
}

static void
what_does_not_fit_is_refused(void **state)
{
	uint16_t held[FRAME_REGISTERS_MAX] = { 0 };
	uint8_t request[FRAME_REQUEST_MAX];
	struct config config;
	size_t length;
	const struct config_frame *load = find_frame("ddsy1352", 1, FRAME_LOAD, 0);
	const struct config_frame *prices = find_frame("ddsy1352", 1, FRAME_PRICES, 0);

	(void)state;
	assert_int_equal(config_parse(CONFIG_OVERLOAD, "limit=65536", &config), RC_OK);
	assert_int_equal(frame_encode(frames_of("ddsy1352"), load, 1, UNIT, held, NOW,
			     ZONES_TABLE_FIRST, &config, request, &length),
	    RC_INVALID);
	assert_int_equal(
	    config_parse(CONFIG_PRICES, "sharp=123450 peak=1 flat=1 valley=1 deep=-", &config),
	    RC_OK);
	assert_int_equal(frame_encode(frames_of("ddsy1352"), prices, 1, UNIT, held, NOW,
			     ZONES_TABLE_FIRST, &config, request, &length),
	    RC_INVALID);
}

/* Registers of what encode made of a table or of zones. */
static void
as_registers(const uint8_t *request, size_t count, uint16_t *registers)
{
	for (size_t i = 0; i < count; i++)
		registers[i] = (uint16_t)(request[7 + 2 * i] << 8 | request[8 + 2 * i]);
}

static void
tables_come_back_as_they_went(void **state)
{
	static const char *const TEXTS[] = {
		"1=0000v,0600f,0800p,2230s 2=0000f zones=0115:1,0701:2",
		"1=0000s,0100p,0200f,0300v,0400d,0500s,0600p,0700f,0800v,0900d,1000s,1100p,1200f,"
		"2359v 2=0000d zones=0101:1,0401:2,0701:1,1201:2"
	};
	static const enum frame_content PARTS_OF_TOU[] = { FRAME_TABLE_1, FRAME_TABLE_2,
		FRAME_ZONES };
	uint16_t registers[FRAME_REGISTERS_MAX];
	uint8_t request[FRAME_REQUEST_MAX];
	struct config found;
	char text[CONFIG_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(TEXTS); i++) {
		frame_begin(CONFIG_TOU, &found);
		for (size_t k = 0; k < COUNT(PARTS_OF_TOU); k++) {
			const struct config_frame *frame =
			    find_frame("adf300", 1, PARTS_OF_TOU[k], 0);
			(void)encode(
			    "adf300", 1, PARTS_OF_TOU[k], 0, NULL, CONFIG_TOU, TEXTS[i], request);
			as_registers(request, frame->count, registers);
			frame_decode(frames_of("adf300"), frame, 1, registers, NOW, &found);
		}
		config_format(&found, text);
		assert_string_equal(text, TEXTS[i]);
	}
}

static void
zones_tell_their_order(void **state)
{
	/* table, day, month: 1 in January, 2 in July, twice. */
	static const uint16_t TABLE_FIRST[] = { 0x0101, 0x0102, 0x0107, 0x0201, 0x0702, 0x0107 };
	static const uint16_t MONTH_FIRST[] = { 0x0101, 0x0107, 0x0102, 0x0701, 0x0207, 0x0102 };
	static const uint16_t NOTHING[6] = { 0 };
	static const uint16_t EITHER[] = { 0x0101, 0x0101, 0x0101, 0x0101, 0x0101, 0x0101 };
	bool is_sure;

	(void)state;
	assert_int_equal(
	    frame_zone_order(frames_of("adf300"), TABLE_FIRST, &is_sure), ZONES_TABLE_FIRST);
	assert_true(is_sure);
	assert_int_equal(
	    frame_zone_order(frames_of("adf300"), MONTH_FIRST, &is_sure), ZONES_MONTH_FIRST);
	assert_true(is_sure);
	(void)frame_zone_order(frames_of("adf300"), NOTHING, &is_sure);
	assert_false(is_sure);
	(void)frame_zone_order(frames_of("adf300"), EITHER, &is_sure);
	assert_false(is_sure);
}

static void
every_model_with_frames_has_every_part(void **state)
{
	size_t profiles, count;
	const struct profile *const *list = profile_list(&profiles);

	(void)state;
	for (size_t i = 0; i < profiles; i++)
		for (int phases = 1; phases <= 3 && list[i]->config != NULL; phases += 2) {
			const struct config_frame *frames =
			    frame_list(list[i]->config, phases, &count);
			unsigned parts = 0;
			assert_in_range(count, 1, FRAMES_MAX);
			for (size_t k = 0; k < count; k++) {
				parts |= 1u << frames[k].part;
				assert_in_range(frames[k].read_count, 1, FRAME_REGISTERS_MAX);
				assert_in_range(frames[k].count, 1, FRAME_REGISTERS_MAX);
			}
			assert_int_equal(parts, (1u << CONFIG_PARTS) - 1);
		}
}

static void
the_web_knows_what_the_collector_can_write(void **state)
{
	size_t profiles, count;
	const struct profile *const *list = profile_list(&profiles);

	(void)state;
	for (size_t i = 0; i < profiles; i++) {
		const struct config_model *model = config_model_find(list[i]->code);
		const struct config_frame *frames = frame_list(list[i]->config, 1, &count);
		assert_int_equal(model != NULL, list[i]->config != NULL);
		for (size_t k = 0; k < count; k++) {
			assert_true(model->parts >> frames[k].part & 1);
			if (frames[k].content == FRAME_ALARMS)
				assert_int_equal(model->has_overdraft, frames[k].extra_at != 0);
		}
		if (model != NULL)
			assert_int_equal(
			    model->price_unit_uyuan, list[i]->config->price_unit_uyuan);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_is_the_vector_of_the_documents),
		cmocka_unit_test(prices_touch_nothing_but_prices),
		cmocka_unit_test(alarms_and_overdraft_have_their_own_enable_bytes),
		cmocka_unit_test(a_limit_of_three_phases_is_shared_and_keeps_step_and_factor),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(tables_come_back_as_they_went),
		cmocka_unit_test(zones_tell_their_order),
		cmocka_unit_test(every_model_with_frames_has_every_part),
		cmocka_unit_test(the_web_knows_what_the_collector_can_write),
	};

	if (clock_set_zone("Asia/Shanghai") != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
