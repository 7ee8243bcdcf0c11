#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../cgi-bin/login/device.c"

static void
a_browser_is_known_by_its_youngest_name(void **state)
{
	static const struct {
		const char *user_agent, *browser, *system;
	} table[] = {
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
		  "Gecko) "
		  "Chrome/129.0.0.0 Safari/537.36",
		    "Chrome", "Windows" },
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
		  "Gecko) "
		  "Chrome/129.0.0.0 Safari/537.36 Edg/129.0.0.0",
		    "Edge", "Windows" },
		{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
		  "(KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49",
		    "WeChat", "iPhone" },
		{ "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
		  "Chrome/129.0.0.0 Mobile Safari/537.36",
		    "Chrome", "Android" },
		{ "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, "
		  "like "
		  "Gecko) Version/17.5 Safari/605.1.15",
		    "Safari", "macOS" },
		{ "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
		    "Firefox", "Linux" },
		{ "curl/7.88.1", "curl", NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct device device = device_find(table[i].user_agent);
		assert_string_equal(device.browser, table[i].browser);
		if (table[i].system == NULL)
			assert_null(device.system);
		else
			assert_string_equal(device.system, table[i].system);
	}
}

static void
an_unknown_device_has_no_name(void **state)
{
	(void)state;
	assert_null(device_find("").browser);
	assert_null(device_find("something else").system);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_browser_is_known_by_its_youngest_name),
		cmocka_unit_test(an_unknown_device_has_no_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
