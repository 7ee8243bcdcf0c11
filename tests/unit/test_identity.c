#include "../../collector/identity.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct identity plate = { .block = { 3, 0x0362, 3 }, .digits = 12 };
static const struct identity box = {
	.block = { 3, 0x0903, 8 }, .offset = 4, .digits = 10, .is_shared = true
};

static void
expect(const struct identity *identity, const char *number, const char *wanted)
{
	char digits[IDENTITY_ROOM];

	identity_expect(identity, number, digits);
	assert_string_equal(digits, wanted);
}

static void
a_number_is_compared_when_it_has_the_digits_of_the_model(void **state)
{
	(void)state;
	expect(&plate, "202411220001", "202411220001");
	expect(&plate, "000000000001", "000000000001");
	expect(&plate, "1001", "");
	expect(&plate, "20241122000", "");
	expect(&plate, "2024112200011", ""); /* thirteen: whose digits are these? */
	expect(&plate, "20241122-001", "");
	expect(&plate, "202411220001-1", "");
	expect(&plate, "", "");
	expect(&(struct identity){ 0 }, "202411220001", "");
}

static void
a_loop_is_compared_by_the_number_of_its_box(void **state)
{
	(void)state;
	expect(&box, "2411220001", "2411220001");
	expect(&box, "202411220001", "2411220001");
	expect(&box, "2411220001-07", "2411220001");
	expect(&box, "2411220001/07", "");
	expect(&box, "411220001", "");
	expect(&box, "A-2411220001", "");
}

static void
decoded(const struct identity *identity, const uint16_t *registers, const char *wanted)
{
	char digits[IDENTITY_ROOM];

	identity_decode(identity, registers, digits);
	assert_string_equal(digits, wanted);
}

static void
digits_are_two_in_a_byte(void **state)
{
	(void)state;
	decoded(&plate, (const uint16_t[]){ 0x2024, 0x1122, 0x0001 }, "202411220001");
	decoded(&box, (const uint16_t[]){ 4, 24, 0x2411, 0x2200, 0x0100, 1, 0, 0 }, "2411220001");
}

static void
what_is_no_number_is_none(void **state)
{
	(void)state;
	decoded(&plate, (const uint16_t[]){ 0, 0, 0 }, "");
	decoded(&plate, (const uint16_t[]){ 0xFFFF, 0xFFFF, 0xFFFF }, "");
	decoded(&plate, (const uint16_t[]){ 0x2024, 0x1122, 0x000A }, "");
	decoded(&box, (const uint16_t[]){ 4, 24, 0, 0, 0x00FF, 1, 0, 0 }, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_compared_when_it_has_the_digits_of_the_model),
		cmocka_unit_test(a_loop_is_compared_by_the_number_of_its_box),
		cmocka_unit_test(digits_are_two_in_a_byte),
		cmocka_unit_test(what_is_no_number_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
