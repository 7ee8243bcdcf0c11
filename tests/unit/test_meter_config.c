#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/model/meter_config.c"

static const struct {
	enum config_part part;
	const char *text;
} RIGHT[] = {
	{ CONFIG_PRICES, "sharp=1320000 peak=1050000 flat=720000 valley=380000 deep=-" },
	{ CONFIG_PRICES, "sharp=0 peak=0 flat=0 valley=0 deep=0" },
	{ CONFIG_TOU, "1=0000v,0600f,2230p 2=0000f zones=0101:1,0229:2,1231:1" },
	{ CONFIG_TOU, "1=- 2=- zones=-" },
	{ CONFIG_TOU,
	    "1=0000s,0100p,0200f,0300v,0400d,0500s,0600p,0700f,0800v,0900d,1000s,1100p,1200f,"
	    "2359v 2=- zones=0101:1,0401:2,0701:1,1001:2" },
	{ CONFIG_ALARMS, "alarm1=8000 alarm2=2500 overdraft=-" },
	{ CONFIG_ALARMS, "alarm1=0 alarm2=0 overdraft=1000000000000" },
	{ CONFIG_OVERLOAD, "limit=0" },
	{ CONFIG_CLOCK, "offset=-3" },
	{ CONFIG_CLOCK, "offset=0" },
};

static const struct {
	enum config_part part;
	const char *text;
} WRONG[] = {
	{ CONFIG_PRICES, "" },
	{ CONFIG_PRICES, "sharp=1 peak=1 flat=1 valley=1" },
	{ CONFIG_PRICES, "sharp=1  peak=1 flat=1 valley=1 deep=1" },
	{ CONFIG_PRICES, "sharp=01 peak=1 flat=1 valley=1 deep=1" },
	{ CONFIG_PRICES, "sharp=+1 peak=1 flat=1 valley=1 deep=1" },
	{ CONFIG_PRICES, "sharp=-1 peak=1 flat=1 valley=1 deep=1" },
	{ CONFIG_PRICES, "sharp=1 peak=1 flat=1 valley=1 deep=1 " },
	{ CONFIG_PRICES, "peak=1 sharp=1 flat=1 valley=1 deep=1" },
	{ CONFIG_PRICES, "sharp=9999999999999 peak=1 flat=1 valley=1 deep=1" },
	{ CONFIG_TOU, "1=0100v 2=- zones=-" },	     /* does not begin at midnight */
	{ CONFIG_TOU, "1=0000v,0000f 2=- zones=-" }, /* not ascending */
	{ CONFIG_TOU, "1=0000v,2400f 2=- zones=-" }, /* no such time */
	{ CONFIG_TOU, "1=0000v,1260f 2=- zones=-" },
	{ CONFIG_TOU, "1=0000x 2=- zones=-" },		   /* no such period */
	{ CONFIG_TOU, "1=0000v 2=- zones=0230:1" },	   /* no such day */
	{ CONFIG_TOU, "1=0000v 2=- zones=0101:3" },	   /* no such table */
	{ CONFIG_TOU, "1=0000v 2=- zones=0701:1,0101:2" }, /* not ascending */
	{ CONFIG_TOU, "1=0000v 2=- zones=0101:1,0201:2,0301:1,0401:2,0501:1" },
	{ CONFIG_TOU, "1=0000v, 2=- zones=-" },
	{ CONFIG_OVERLOAD, "limit=-" },
	{ CONFIG_OVERLOAD, "limit=0x10" },
	{ CONFIG_CLOCK, "offset=-0" },
	{ CONFIG_CLOCK, "offset=" },
	{ CONFIG_PARTS, "limit=1" },
};

static void
what_is_right_is_written_again_to_the_byte(void **state)
{
	char text[CONFIG_TEXT_MAX];
	struct config config;

	(void)state;
	for (size_t i = 0; i < COUNT(RIGHT); i++) {
		assert_int_equal(config_parse(RIGHT[i].part, RIGHT[i].text, &config), RC_OK);
		config_format(&config, text);
		assert_string_equal(text, RIGHT[i].text);
		assert_true(config_is_same(&config, &config));
	}
}

static void
what_is_wrong_is_refused_and_changes_nothing(void **state)
{
	struct config config, before;

	(void)state;
	memset(&config, 0x5A, sizeof(config));
	before = config;
	for (size_t i = 0; i < COUNT(WRONG); i++) {
		assert_int_equal(config_parse(WRONG[i].part, WRONG[i].text, &config), RC_INVALID);
		assert_memory_equal(&config, &before, sizeof(config));
	}
}

static bool
is_same(enum config_part part, const char *wanted, const char *held)
{
	struct config a, b;

	assert_int_equal(config_parse(part, wanted, &a), RC_OK);
	assert_int_equal(config_parse(part, held, &b), RC_OK);
	assert_int_equal(config_is_same(&a, &b), config_is_same(&b, &a));
	return config_is_same(&a, &b);
}

static void
what_differs_and_what_does_not(void **state)
{
	(void)state;
	assert_true(is_same(
	    CONFIG_ALARMS, "alarm1=1 alarm2=2 overdraft=-", "alarm1=1 alarm2=2 overdraft=500"));
	assert_false(is_same(
	    CONFIG_ALARMS, "alarm1=1 alarm2=2 overdraft=-", "alarm1=1 alarm2=3 overdraft=-"));
	assert_true(is_same(CONFIG_OVERLOAD, "limit=10000", "limit=9999"));
	assert_false(is_same(CONFIG_OVERLOAD, "limit=10000", "limit=9997"));
	assert_false(is_same(CONFIG_OVERLOAD, "limit=0", "limit=2"));
	assert_true(is_same(CONFIG_CLOCK, "offset=0", "offset=-60"));
	assert_false(is_same(CONFIG_CLOCK, "offset=0", "offset=61"));
	assert_false(
	    is_same(CONFIG_TOU, "1=0000v 2=0000f zones=0101:1", "1=0000v 2=0000f zones=0101:2"));
	assert_false(
	    is_same(CONFIG_TOU, "1=0000v 2=0000f zones=0101:1", "1=0000v 2=0000p zones=0101:1"));
	assert_false(is_same(CONFIG_PRICES, "sharp=1 peak=1 flat=1 valley=1 deep=-",
	    "sharp=1 peak=1 flat=1 valley=2 deep=-"));
}

static void
names_are_found_again(void **state)
{
	(void)state;
	for (size_t part = 0; part < CONFIG_PARTS; part++)
		assert_int_equal(config_part_find(config_part_name((enum config_part)part)), part);
	assert_int_equal(config_part_find("money"), CONFIG_PARTS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_right_is_written_again_to_the_byte),
		cmocka_unit_test(what_is_wrong_is_refused_and_changes_nothing),
		cmocka_unit_test(what_differs_and_what_does_not),
		cmocka_unit_test(names_are_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
