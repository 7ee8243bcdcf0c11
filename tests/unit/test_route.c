#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../cgi-bin/web/route.c"

static void
paths_match_exactly(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
		int64_t id;
	} table[] = {
		{ "/", "/", true, 0 },
		{ "/accounts", "/accounts", true, 0 },
		{ "/accounts", "/accounts/", true, 0 },
		{ "/accounts/", "/accounts", true, 0 },
		{ "/accounts", "/accounts//", false, 0 },
		{ "/accounts", "/accountsx", false, 0 },
		{ "/accounts", "/account", false, 0 },
		{ "/accounts", "/Accounts", false, 0 },
		{ "/accounts/board", "/accounts/", false, 0 },
		{ "/m/{id}", "/m/7", true, 7 },
		{ "/m/{id}", "/m/9007199254740992", true, 9007199254740992 },
		{ "/m/{id}/day", "/m/12/day", true, 12 },
		{ "/m/{id}/day", "/m/12", false, 0 },
	};
	int64_t id;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(
		    route_match(table[i].pattern, table[i].path, &id), table[i].matches);
		if (table[i].matches)
			assert_int_equal(id, table[i].id);
	}
}

/* reliability.md W-26 */
static void
only_plain_numbers_are_ids(void **state)
{
	static const char *const table[] = { "", "0", "-1", "+1", "01", "1 ", " 1", "1e0", "0x1",
		"1.0", "9007199254740993", "9223372036854775808", "18446744073709551617",
		"99999999999999999999999999999999999999999999999999", "１", "{id}", "a" };
	char path[200];
	int64_t id;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		snprintf(path, sizeof(path), "/m/%s", table[i]);
		assert_false(route_match("/m/{id}", path, &id));
	}
}

static enum rc
handler(struct req *r)
{
	(void)r;
	return RC_OK;
}

static void
another_method_is_told_what_is_allowed(void **state)
{
	static const struct route routes[] = {
		{ GET, "/list", PERM_PUBLIC, handler },
		{ POST, "/list", PERM_PUBLIC, handler },
		{ POST, "/list/{id}/end", PERM_PUBLIC, handler },
	};
	unsigned allowed;
	int64_t id;

	(void)state;
	assert_ptr_equal(
	    route_find(routes, COUNT(routes), POST, "/list", &id, &allowed), &routes[1]);
	assert_ptr_equal(
	    route_find(routes, COUNT(routes), POST, "/list/3/end", &id, &allowed), &routes[2]);
	assert_int_equal(id, 3);
	assert_null(route_find(routes, COUNT(routes), GET, "/list/3/end", &id, &allowed));
	assert_int_equal(allowed, 1U << POST);
	assert_null(route_find(routes, COUNT(routes), GET, "/nothing", &id, &allowed));
	assert_int_equal(allowed, 0);
}

/* What route.c takes from request.c: one header value each. */
static const char *site_header = "", *origin_header = "";

const char *
request_header(const struct req *r, const char *name)
{
	(void)r;
	return strcmp(name, "HTTP_ORIGIN") == 0 ? origin_header : site_header;
}

static void
only_our_own_pages_may_post(void **state)
{
	static const struct {
		const char *host, *site, *origin;
		bool is_ours;
	} table[] = {
		{ "a.example", "", "", true },
		{ "a.example", "same-origin", "https://a.example", true },
		{ "a.example", "none", "", true },
		{ "a.example", "", "https://a.example:8443", true },
		{ "a.example:8443", "", "https://a.example:8443", true },
		{ "a.example", "", "HTTPS://A.EXAMPLE", true },
		{ "a.example", "cross-site", "https://a.example", false },
		{ "a.example", "same-site", "", false },
		{ "a.example", "", "https://evil.example", false },
		{ "a.example", "", "https://a.example.evil", false },
		{ "a.example", "", "https://a.example:8443.evil", false },
		{ "a.example:8443", "", "https://a.example:9", false },
		{ "a.example", "", "null", false },
		{ "", "", "https://a.example", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct req r = { .host = table[i].host };
		site_header = table[i].site;
		origin_header = table[i].origin;
		assert_int_equal(is_same_site(&r), table[i].is_ours);
	}
}

static void
failures_have_their_status(void **state)
{
	(void)state;
	assert_int_equal(status_of(RC_NOT_FOUND), 404);
	assert_int_equal(status_of(RC_INVALID), 400);
	assert_int_equal(status_of(RC_DENIED), 403);
	assert_int_equal(status_of(RC_CONFLICT), 409);
	assert_int_equal(status_of(RC_UNAVAILABLE), 503);
	assert_int_equal(status_of(RC_TIMEOUT), 503);
	assert_int_equal(status_of(RC_BUG), 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_match_exactly),
		cmocka_unit_test(only_plain_numbers_are_ids),
		cmocka_unit_test(another_method_is_told_what_is_allowed),
		cmocka_unit_test(only_our_own_pages_may_post),
		cmocka_unit_test(failures_have_their_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
