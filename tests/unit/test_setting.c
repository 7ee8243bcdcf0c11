#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/sms.h"
#include "../../lib/model/setting_edit.c"

static void
variables_are_checked(void **state)
{
	static const struct {
		const char *text, *unknown; /* NULL: the text is right */
	} table[] = {
		{ "", NULL },
		{ "no variable at all", NULL },
		{ "{tenant}{room}{credit}", NULL },
		{ "余额 {credit} 元", NULL },
		{ "{amount}", "{amount}" }, /* of another event */
		{ "{tenant }", "{tenant }" },
		{ "{}", "{}" },
		{ "{Tenant}", "{Tenant}" },
		{ "{tenant", "{" },
		{ "tenant}", "}" },
		{ "{{tenant}}", "{" },
		{ "{credit}{", "{" },
		{ "{a variable with a name that is much too long}", "{a variable with a name t}" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char unknown[32] = "";
		enum rc rc = sms_check(SMS_CREDIT1, table[i].text, unknown, sizeof(unknown));
		assert_int_equal(rc, table[i].unknown == NULL ? RC_OK : RC_INVALID);
		if (table[i].unknown != NULL)
			assert_string_equal(unknown, table[i].unknown);
	}
}

static void
values_are_put_in(void **state)
{
	static const struct sms_value values[] = { { "tenant", "张三" }, { "credit", "{room}" } };
	char out[64];
	(void)state;
	sms_render("{tenant}：{credit}，{days}。", values, COUNT(values), out, sizeof(out));
	assert_string_equal(out, "张三：{room}，。");
	sms_render("a { b", values, COUNT(values), out, sizeof(out));
	assert_string_equal(out, "a { b");
	sms_render("{tenant}{tenant}{tenant}", values, COUNT(values), out, 9);
	assert_string_equal(out, "张三");
}

static void
length_is_counted_as_the_operators_do(void **state)
{
	static const struct {
		const char *text;
		size_t repeat;
		bool is_unicode;
		size_t units, parts;
	} table[] = {
		{ "a", 0, false, 0, 0 },
		{ "a", 160, false, 160, 1 },
		{ "a", 161, false, 161, 2 },
		{ "a", 306, false, 306, 2 },
		{ "a", 307, false, 307, 3 },
		{ "€", 80, false, 160, 1 }, /* behind an escape */
		{ "[", 81, false, 162, 2 },
		{ "é", 160, false, 160, 1 },
		{ "`", 70, true, 70, 1 },
		{ "好", 70, true, 70, 1 },
		{ "好", 71, true, 71, 2 },
		{ "好", 134, true, 134, 2 },
		{ "好", 135, true, 135, 3 },
		{ "🔑", 35, true, 70, 1 }, /* two units each */
		{ "🔑", 36, true, 72, 2 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char text[2000] = "";
		for (size_t n = 0; n < table[i].repeat; n++)
			strcat(text, table[i].text);
		struct sms_size size = sms_measure(text);
		assert_int_equal(size.is_unicode, table[i].is_unicode);
		assert_int_equal(size.units, table[i].units);
		assert_int_equal(size.parts, table[i].parts);
	}
}

/* ---- the table of settings ---- */

static void
every_default_is_a_value_that_may_be_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(SPECS); i++) {
		struct faults faults = { 0 };
		char typed[SETTING_VALUE_MAX + 1], value[SETTING_VALUE_MAX + 1];
		setting_format(&SPECS[i], SPECS[i].fallback, typed);
		if (setting_parse(&SPECS[i], typed, value, &faults) != RC_OK)
			fail_msg("%s: \"%s\": %s", SPECS[i].name, typed, faults.list[0].key);
		assert_string_equal(value, SPECS[i].fallback);
	}
}

static void
groups_are_whole_and_names_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(SPECS); i++) {
		size_t count;
		const struct setting_spec *first = setting_group(SPECS[i].group, &count);
		assert_true(count <= SETTING_GROUP_SIZE);
		for (size_t k = 0; k < count; k++)
			assert_int_equal(first[k].group, SPECS[i].group);
		assert_ptr_equal(setting_spec(SPECS[i].name), &SPECS[i]);
		assert_true(strlen(SPECS[i].name) < sizeof(((struct fault *)NULL)->field));
	}
}

static void
money_may_be_nothing_and_is_kept_in_fen(void **state)
{
	const struct setting_spec *spec = setting_spec("alarm.credit1_fen");
	static const char *const zeros[] = { "0", "0.0", "0.00" };
	char value[SETTING_VALUE_MAX + 1];
	struct faults faults = { 0 };
	(void)state;
	for (size_t i = 0; i < COUNT(zeros); i++) {
		assert_int_equal(setting_parse(spec, zeros[i], value, &faults), RC_OK);
		assert_string_equal(value, "0");
	}
	assert_int_equal(setting_parse(spec, "12.5", value, &faults), RC_OK);
	assert_string_equal(value, "1250");
	setting_format(spec, value, value);
	assert_string_equal(value, "12.50");
	assert_int_equal(setting_parse(spec, "00", value, &faults), RC_INVALID);
	assert_int_equal(setting_parse(spec, "-0", value, &faults), RC_INVALID);
}

static void
lines_are_kept_and_cleaned(void **state)
{
	const struct setting_spec *spec = setting_spec("receipt.footer");
	char value[SETTING_VALUE_MAX + 1], many[4000] = "";
	struct faults faults = { 0 };
	(void)state;
	assert_int_equal(setting_parse(spec, " a  b \r\n\r\nc\r\n\r\n", value, &faults), RC_OK);
	assert_string_equal(value, "a b\n\nc");
	assert_int_equal(setting_parse(spec, "\r\n\n\r", value, &faults), RC_OK);
	assert_string_equal(value, "");
	assert_int_equal(setting_parse(spec, "a\tb", value, &faults), RC_INVALID);
	for (size_t i = 0; i < 1300; i++)
		strcat(many, "好");
	assert_int_equal(setting_parse(spec, many, value, &faults), RC_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_are_checked),
		cmocka_unit_test(values_are_put_in),
		cmocka_unit_test(length_is_counted_as_the_operators_do),
		cmocka_unit_test(every_default_is_a_value_that_may_be_set),
		cmocka_unit_test(groups_are_whole_and_names_unique),
		cmocka_unit_test(money_may_be_nothing_and_is_kept_in_fen),
		cmocka_unit_test(lines_are_kept_and_cleaned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
