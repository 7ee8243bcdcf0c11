#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../collector/profile.c"

typedef uint16_t blocks[PROFILE_BLOCKS_MAX][PROFILE_REGISTERS_MAX];

/* A loop of an ADF300 box, three-phase, in arrears by 5 yuan, tripped by its fee control. */
static const char ADF300[] =
    "000A"				      /* type */
    "08FC 0906 08F2"			      /* 230.0 231.0 229.0 V */
    "01F4 0000 FFFF"			      /* 5.00 0.00 655.35 A */
    "0474 0000 FF9C 0410"		      /* 1.140 0.000 -0.100 1.040 kW */
    "0064 0000 0000 FFCE"		      /* 0.100 0 0 -0.050 kvar */
    "03CF 03E8 03E8 03D4"		      /* 0.975 1 1 0.980 */
    "0001 0001"				      /* PT, CT as the meter has them */
    "0001 86A5"				      /* 1000.05 kWh */
    "0000 2710 0000 61A8 0000 7530 0000 84CD" /* 100.00 250.00 300.00 339.97 */
    "FFFF FE0C"				      /* -5.00 yuan */
    "000D 0002 0005"			      /* 13 purchases, 2 overloads of 5 */
    "A1F8" /* relays L1 L3 closed, fault; over limit, arrears, both alarms; fee control wants off */
    "0F8A" /* load control wants all on; time control on, wants none; force wants L2, is on */
    "0000 03E8"		/* 10.00 kWh free */
    "1A0B 1607 091E 00" /* 2026-11-22 Sunday 09:30:00 */
    "05 DC"
    "1E 09 160B 00" /* demand 1.500 kW at 09:30 on 22 November */
    "0000";

/* Hex digits as they came over the wire, with spaces where they help. */
static void
load_bytes(uint16_t *registers, const char *hex)
{
	size_t digits = 0;

	for (; *hex != '\0'; hex++) {
		if (*hex == ' ')
			continue;
		char digit[] = { *hex, '\0' };
		registers[digits / 4] =
		    (uint16_t)(registers[digits / 4] << 4 | strtoul(digit, NULL, 16));
		digits++;
	}
	assert_int_equal(digits % 4, 0);
}

static void
an_adf300_loop_is_decoded(void **state)
{
	(void)state;
	static blocks registers;
	struct reading reading;

	load_bytes(registers[0], ADF300);
	assert_int_equal(profile_decode(profile_find("adf300"),
			     (const uint16_t(*)[PROFILE_REGISTERS_MAX])registers, 1, 1, &reading),
	    RC_OK);
	assert_int_equal(reading.voltage_dv[0], 2300);
	assert_int_equal(reading.voltage_dv[1], 2310);
	assert_int_equal(reading.voltage_dv[2], 2290);
	assert_int_equal(reading.current_ma[0], 5000);
	assert_int_equal(reading.current_ma[2], 655350);
	assert_int_equal(reading.phase_power_w[0], 1140);
	assert_int_equal(reading.phase_power_w[2], -100);
	assert_int_equal(reading.power_w, 1040);
	assert_int_equal(reading.reactive_var, -50);
	assert_int_equal(reading.power_factor, 980);
	assert_int_equal(reading.energy_wh, 1000050);
	assert_int_equal(reading.period_wh[PERIOD_SHARP], 100000);
	assert_int_equal(reading.period_wh[PERIOD_PEAK], 250000);
	assert_int_equal(reading.period_wh[PERIOD_FLAT], 300000);
	assert_int_equal(reading.period_wh[PERIOD_VALLEY], 339970);
	assert_int_equal(reading.credit_fen, -500);
	assert_int_equal(reading.purchase_count, 13);
	assert_int_equal(reading.overload_count, 2);
	assert_int_equal(reading.overload_max, 5);
	assert_int_equal(reading.base_wh, 10000);
	assert_int_equal(reading.relay_closed, 5);
	assert_int_equal(
	    reading.flags, FLAG_FAULT | FLAG_OVER_LIMIT | FLAG_ARREARS | FLAG_ALARM1 | FLAG_ALARM2);
	assert_int_equal(reading.fee_state, CONTROL_ACTIVE);
	assert_int_equal(reading.load_state, CONTROL_ACTIVE | CONTROL_WANTS);
	assert_int_equal(reading.time_state, CONTROL_ACTIVE);
	assert_int_equal(reading.force_state, CONTROL_ACTIVE | 2);
	assert_int_equal(reading.demand_w, 1500);
	assert_int_equal(reading.clock_at, 1795311000000); /* 01:30:00Z: the site is at +8 */
	assert_int_equal(reading.register_range_wh, 1000000000);
	assert_int_equal(reading.has, HAS_PERIODS | HAS_CREDIT | HAS_CONTROL | HAS_PHASES |
					  HAS_POWER | HAS_CLOCK | HAS_DEMAND);
}

static enum rc
decode_with(
    const char *code, size_t reg, uint16_t value, int64_t ct, int64_t pt, struct reading *reading)
{
	static blocks registers;

	load_bytes(registers[0], ADF300);
	registers[0][0] = profile_find(code)->type_value;
	registers[0][reg - 0x0200] = value;
	return profile_decode(profile_find(code),
	    (const uint16_t(*)[PROFILE_REGISTERS_MAX])registers, ct, pt, reading);
}

static void
each_flag_and_relay_is_its_own_bit(void **state)
{
	(void)state;
	struct reading reading;
	const struct {
		uint16_t status;
		uint8_t relay, fee;
		uint16_t flags;
	} rows[] = { { 0x0100, 0, 0, FLAG_FAULT }, { 0x2000, 1, 0, 0 }, { 0x4000, 2, 0, 0 },
		{ 0x8000, 4, 0, 0 }, { 0x0001, 0, 1, 0 }, { 0x0002, 0, 2, 0 }, { 0x0004, 0, 4, 0 },
		{ 0x0008, 0, CONTROL_ACTIVE, 0 }, { 0x0010, 0, 0, FLAG_OVER_LIMIT },
		{ 0x0020, 0, 0, FLAG_ARREARS }, { 0x0040, 0, 0, FLAG_ALARM1 },
		{ 0x0080, 0, 0, FLAG_ALARM2 }, { 0x1E00, 0, 0, 0 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(
		    decode_with("adf300", 0x0224, rows[i].status, 1, 1, &reading), RC_OK);
		assert_int_equal(reading.relay_closed, rows[i].relay);
		assert_int_equal(reading.fee_state, rows[i].fee);
		assert_int_equal(reading.flags, rows[i].flags);
	}
	assert_int_equal(decode_with("adf300", 0x0225, 0xF0F7, 1, 1, &reading), RC_OK);
	assert_int_equal(reading.load_state, 0);
	assert_int_equal(reading.time_state, CONTROL_ACTIVE | CONTROL_WANTS);
	assert_int_equal(reading.force_state, CONTROL_WANTS);
}

static void
power_factor_has_a_sign(void **state)
{
	(void)state;
	struct reading reading;

	assert_int_equal(decode_with("adf300", 0x0212, 0xFC2C, 1, 1, &reading), RC_OK);
	assert_int_equal(reading.power_factor, -980);
}

static void
a_single_phase_meter_lacks_phases(void **state)
{
	(void)state;
	struct reading reading;

	assert_int_equal(decode_with("ddsy1352", 0x0201, 2200, 1, 1, &reading), RC_OK);
	assert_int_equal(reading.has & HAS_PHASES, 0);
	assert_int_equal(reading.voltage_dv[0], 2200);
	assert_int_equal(reading.energy_wh, 1000050);
}

static void
ratios_lift_to_the_primary_side(void **state)
{
	(void)state;
	struct reading reading;

	assert_int_equal(decode_with("dtsy1352", 0x0201, 1000, 40, 100, &reading), RC_OK);
	assert_int_equal(reading.current_ma[0], 5000 * 40);
	assert_int_equal(reading.power_w, 1040 * 4000);
	assert_int_equal(reading.phase_power_w[2], -100 * 4000);
	assert_int_equal(reading.energy_wh, 1000050LL * 4000);
	assert_int_equal(reading.period_wh[PERIOD_VALLEY], 339970LL * 4000);
	assert_int_equal(reading.register_range_wh, 1000000000LL * 4000);
	assert_int_equal(reading.power_factor, 980);
	assert_int_equal(reading.credit_fen, -500); /* money has no ratio */
	assert_int_equal(
	    reading.voltage_dv[0], 65535); /* 10 000.0 V do not fit: the limit, not a remainder */
}

static void
absurd_ratios_reach_the_limit_and_do_not_wrap(void **state)
{
	(void)state;
	struct reading reading;

	assert_int_equal(
	    decode_with("dtsy1352", 0x0215, 0xFFFF, 4294967295, 4294967295, &reading), RC_OK);
	assert_true(reading.energy_wh == INT64_MAX);
	assert_int_equal(reading.power_w, INT32_MAX);
	assert_int_equal(reading.phase_power_w[2], INT32_MIN);
	assert_true(reading.register_range_wh == INT64_MAX);
}

static void
another_model_is_refused(void **state)
{
	(void)state;
	struct reading reading;

	assert_int_equal(decode_with("adf300", 0x0200, 7, 1, 1, &reading), RC_INVALID);
	assert_int_equal(decode_with("ddsy1352", 0x0200, 5, 1, 1, &reading), RC_INVALID);
	assert_int_equal(decode_with("dtsy1352", 0x0200, 10, 1, 1, &reading), RC_INVALID);
	assert_int_equal(decode_with("adf300", 0x0200, 0, 1, 1, &reading), RC_INVALID);
	assert_int_equal(decode_with("adf300", 0x0200, 0xFFFF, 1, 1, &reading), RC_INVALID);
	assert_int_equal(reading.energy_wh, 0);
	assert_int_equal(reading.has, 0);
}

static void
a_clock_that_shows_no_date_is_zero(void **state)
{
	(void)state;
	struct reading reading;
	const struct {
		size_t reg;
		uint16_t value;
	} wrong[] = { { 0x0228, 0x1A00 }, { 0x0228, 0x1A0D }, { 0x0229, 0x0007 },
		{ 0x0229, 0x1F07 }, { 0x022A, 0x181E }, { 0x022A, 0x093C }, { 0x022B, 0x3C05 },
		{ 0x0228, 0xFFFF } };

	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(
		    decode_with("adf300", wrong[i].reg, wrong[i].value, 1, 1, &reading), RC_OK);
		assert_int_equal(reading.clock_at, 0);
		assert_true(reading.has & HAS_CLOCK); /* wrong, not absent: the gate shall see it */
	}
}

static void
a_leap_day_is_a_date_in_leap_years_only(void **state)
{
	(void)state;
	static const uint16_t leap[] = { 28 << 8 | 2, 29 << 8 | 2, 23 << 8 | 59, 59 << 8 };
	static const uint16_t none[] = { 27 << 8 | 2, 29 << 8 | 2, 23 << 8 | 59, 59 << 8 };

	assert_int_equal(profile_clock(leap), 1835452799000); /* 2028-02-29T15:59:59Z */
	assert_int_equal(profile_clock(none), 0);
}

static void
the_clock_follows_the_zone_through_its_changes(void **state)
{
	(void)state;
	static const uint16_t before[] = { 26 << 8 | 3, 29 << 8 | 7, 1 << 8 | 30, 0 };
	static const uint16_t after[] = { 26 << 8 | 3, 29 << 8 | 7, 3 << 8 | 30, 0 };
	static const uint16_t winter[] = { 26 << 8 | 12, 29 << 8 | 2, 3 << 8 | 30, 0 };

	assert_int_equal(clock_set_zone("Europe/Berlin"), RC_OK);
	assert_int_equal(profile_clock(before), 1774744200000); /* 00:30Z */
	assert_int_equal(profile_clock(after), 1774747800000);  /* 01:30Z, an hour later */
	assert_int_equal(profile_clock(winter), 1798511400000); /* 02:30Z */
	assert_int_equal(clock_set_zone("Asia/Shanghai"), RC_OK);
}

static void
the_other_maker_is_decoded_from_two_blocks(void **state)
{
	(void)state;
	static blocks registers;
	struct reading reading;

	load_bytes(registers[0], "0001 E240"); /* 1234.56 */
	load_bytes(registers[1], "0000 0064 0000 00C8 0000 012C 0000 0190 0000 01F4");
	assert_int_equal(profile_decode(profile_find("dtsy1946"),
			     (const uint16_t(*)[PROFILE_REGISTERS_MAX])registers, 10, 1, &reading),
	    RC_OK);
	assert_int_equal(reading.energy_wh, 12345600);
	assert_int_equal(reading.period_wh[PERIOD_SHARP], 10000);
	assert_int_equal(reading.period_wh[PERIOD_PEAK], 20000);
	assert_int_equal(reading.period_wh[PERIOD_FLAT], 30000);
	assert_int_equal(reading.period_wh[PERIOD_VALLEY], 40000 + 50000); /* and deep valley */
	assert_int_equal(reading.has, HAS_PERIODS);
}

static bool
lies_in_blocks(const struct profile *profile, size_t address, size_t skipped)
{
	for (size_t i = 0; i < PROFILE_BLOCKS_MAX && profile->blocks[i].count > 0; i++) {
		size_t first = profile->blocks[i].address, count = profile->blocks[i].count;
		if (address >= first && address < first + count - (i == 0 ? skipped : 0))
			return true;
	}
	return false;
}

static void
every_profile_is_sound(void **state)
{
	(void)state;
	static const size_t WORDS[] = { [FIELD_U16] = 1,
		[FIELD_S16] = 1,
		[FIELD_U32] = 2,
		[FIELD_S32] = 2,
		[FIELD_U16_ODD] = 2,
		[FIELD_BITS] = 1,
		[FIELD_CLOCK] = 4 };
	size_t count;
	const struct profile *const *list = profile_list(&count);

	assert_int_equal(count, 4);
	for (size_t p = 0; p < count; p++) {
		const struct profile *profile = list[p];
		size_t skipped = profile->spare_register != 0;
		assert_ptr_equal(profile_find(profile->code), profile);
		assert_true(profile->register_range_wh > 0);
		for (size_t f = 0; f < profile->field_count; f++) {
			const struct field *field = &profile->fields[f];
			assert_true(field->target < TARGETS);
			/* Also when the spare register is left out. */
			for (size_t w = 0; w < WORDS[field->type]; w++)
				assert_true(lies_in_blocks(profile, field->address + w, skipped));
		}
		if (skipped)
			assert_int_equal(profile->spare_register,
			    profile->blocks[0].address + profile->blocks[0].count - 1);
		/* A late answer to one block must not fit another. */
		for (size_t i = 0; i < PROFILE_BLOCKS_MAX; i++)
			for (size_t k = 0; k < i && profile->blocks[i].count > 0; k++)
				assert_int_not_equal(
				    profile->blocks[i].count, profile->blocks[k].count);
	}
	assert_null(profile_find("adf400"));
	assert_null(profile_find(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_adf300_loop_is_decoded),
		cmocka_unit_test(each_flag_and_relay_is_its_own_bit),
		cmocka_unit_test(power_factor_has_a_sign),
		cmocka_unit_test(a_single_phase_meter_lacks_phases),
		cmocka_unit_test(ratios_lift_to_the_primary_side),
		cmocka_unit_test(absurd_ratios_reach_the_limit_and_do_not_wrap),
		cmocka_unit_test(another_model_is_refused),
		cmocka_unit_test(a_clock_that_shows_no_date_is_zero),
		cmocka_unit_test(a_leap_day_is_a_date_in_leap_years_only),
		cmocka_unit_test(the_clock_follows_the_zone_through_its_changes),
		cmocka_unit_test(the_other_maker_is_decoded_from_two_blocks),
		cmocka_unit_test(every_profile_is_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
