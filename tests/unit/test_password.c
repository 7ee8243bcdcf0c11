#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/model/password.c"

static const struct password_rules RULES = { .min = PASSWORD_MIN };

static void
refuse(enum password_fault expected, const char *const *passwords, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum password_fault fault =
		    password_check(passwords[i], "wangfang", "王芳", &RULES);
		if (fault != expected)
			fail_msg(
			    "\"%s\": %d instead of %d", passwords[i], (int)fault, (int)expected);
	}
}

static void
good_passwords_pass(void **state)
{
	static const char *const list[] = {
		"kestrel-lamp-9-oven",
		"correct horse battery staple",
		"第三把钥匙挂在厨房门后",
		"Rjfy 27 umbrellas",
		"🔑🌧🧱 three stones",
		"adf300 lives behind the third door",
		"h7Kq-2mPz-Tw",
	};
	(void)state;
	refuse(PASSWORD_GOOD, list, COUNT(list));
}

static void
length_is_counted_in_characters(void **state)
{
	char text[129 * 4 + 1] = "";
	(void)state;
	assert_int_equal(password_check("kq7-Zt2!x", "wangfang", "", &RULES), PASSWORD_SHORT);
	assert_int_equal(password_check("kq7-Zt2!xw", "wangfang", "", &RULES), PASSWORD_GOOD);
	assert_int_equal(password_check("钥匙挂在厨房门", "wangfang", "", &RULES), PASSWORD_SHORT);
	assert_int_equal(password_check("", "wangfang", "", &RULES), PASSWORD_SHORT);
	for (int i = 0; i < 128; i++)
		strcat(text, i % 3 == 0 ? "钥" : i % 7 == 0 ? "k" : "🔑");
	assert_int_equal(password_check(text, "wangfang", "", &RULES), PASSWORD_GOOD);
	strcat(text, "k");
	assert_int_equal(password_check(text, "wangfang", "", &RULES), PASSWORD_LONG);
}

static void
what_is_guessed_first_is_refused(void **state)
{
	static const char *const list[] = {
		"Dianbiao123",
		"dianbiao888",
		"DIANBIAO@2026",
		"acrel12345",
		"Acrel-3200",
		"acrel3200!!",
		"Voltill2026",
		"voltill!!!!",
		"P@ssw0rd123",
		"password1234",
		"Passw0rd!!!",
		"admin12345",
		"Admin@123456",
		"admin888888",
		"root!@#$%^&*",
		"woaini1314",
		"WoAiNi1314520",
		"a123456789a",
		"5201314520",
		"1qaz2wsx3edc",
		"qwertyuiop123",
		"iloveyou2026",
		"Shanghai2026",
		"mima123456",
		"Qwer1234!@#$",
		"abc123456789",
		"ADF300000000",
		"ＶＯＬＴＩＬＬ２０２６",
		"M@st3r12345",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(list); i++)
		if (password_check(list[i], "wangfang", "王芳", &RULES) == PASSWORD_GOOD)
			fail_msg("\"%s\" passed", list[i]);
}

static void
the_own_name_is_refused(void **state)
{
	static const char *const list[] = {
		"wangfang2026",
		"WangFang@123",
		"2026wangfang",
		"xxwangfangxx",
		"王芳王芳12345678",
	};
	(void)state;
	refuse(PASSWORD_NAME, list, COUNT(list));
	assert_int_equal(
	    password_check("administrator", "administrator", "", &RULES), PASSWORD_NAME);
	/* A short name inside a long sentence is no reason. */
	assert_int_equal(
	    password_check("my lilac grows by the lift", "li", "", &RULES), PASSWORD_GOOD);
}

static void
runs_and_repetitions_are_refused(void **state)
{
	static const char *const list[] = {
		"aaaaaaaaaa",
		"1111111111",
		"1234567890",
		"0987654321",
		"abcdefghij",
		"abcabcabcabc",
		"12121212121",
		"qwertyuiop",
		"poiuytrewq",
		"abcde12345",
		"啊啊啊啊啊啊啊啊啊啊",
		"abcdabcdabcd",
		"          ",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(list); i++)
		if (password_check(list[i], "wangfang", "王芳", &RULES) == PASSWORD_GOOD)
			fail_msg("\"%s\" passed", list[i]);
}

static void
what_no_keyboard_types_is_refused(void **state)
{
	static const char *const list[] = {
		"kestrel\tlamp oven",
		"kestrel\nlamp oven",
		"kestrel\x7flamp oven",
		"kestrel\xff\xfelamp oven",
	};
	(void)state;
	refuse(PASSWORD_TEXT, list, COUNT(list));
}

static void
kinds_of_characters_are_counted_when_asked(void **state)
{
	const struct password_rules mlps = { .min = 8, .classes = 3 };
	(void)state;
	assert_int_equal(password_check("kqzt2wlm", "wangfang", "", &mlps), PASSWORD_CLASSES);
	assert_int_equal(password_check("kqZtywlm", "wangfang", "", &mlps), PASSWORD_CLASSES);
	assert_int_equal(password_check("kqZt2wlm", "wangfang", "", &mlps), PASSWORD_GOOD);
	assert_int_equal(password_check("kq-t2wlm", "wangfang", "", &mlps), PASSWORD_GOOD);
	assert_int_equal(password_check("第三把钥匙kq2门后", "wangfang", "", &mlps), PASSWORD_GOOD);
	assert_int_equal(password_check("kQ7-Zt2", "wangfang", "", &mlps), PASSWORD_SHORT);
	assert_int_equal(password_check("Dianbiao@123", "wangfang", "", &mlps), PASSWORD_COMMON);
	const struct password_rules all = { .min = 8, .classes = 4 };
	assert_int_equal(password_check("kqZt2wlm", "wangfang", "", &all), PASSWORD_CLASSES);
	assert_int_equal(password_check("kqZ-2wlm", "wangfang", "", &all), PASSWORD_GOOD);
}

static void
every_fault_has_its_words(void **state)
{
	(void)state;
	assert_null(password_word(PASSWORD_GOOD));
	for (int fault = PASSWORD_SHORT; fault <= PASSWORD_SIMPLE; fault++) {
		assert_non_null(password_word((enum password_fault)fault));
		assert_true(strlen(password_text((enum password_fault)fault)) > 10);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_passwords_pass),
		cmocka_unit_test(length_is_counted_in_characters),
		cmocka_unit_test(what_is_guessed_first_is_refused),
		cmocka_unit_test(the_own_name_is_refused),
		cmocka_unit_test(runs_and_repetitions_are_refused),
		cmocka_unit_test(what_no_keyboard_types_is_refused),
		cmocka_unit_test(kinds_of_characters_are_counted_when_asked),
		cmocka_unit_test(every_fault_has_its_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
