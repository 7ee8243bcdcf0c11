#include "../../cgi-bin/web/list.c"

#include "page.h"

static struct session session;
static const char *const sorts[] = { "name", "-seen", NULL };
static const char *const filters[] = { "floor", "st", NULL };

/* list.c asks route.c only whether the reader may export. */
bool
may(const struct req *r, enum permission permission)
{
	return (r->user.permissions >> permission & 1) != 0;
}

static int
begin(void **state)
{
	return begin_request(
	    state, (struct req){ .method = GET, .path = "/accounts/meters", .session = &session });
}

static struct list
list_of(struct req *r, const char *query)
{
	struct list list;

	assert_int_equal(params_parse(r->arena, query, strlen(query), &r->query), RC_OK);
	list_read(r, sorts, 50, &list);
	return list;
}

static void
expect(struct req *r, const char *name, const char *value)
{
	assert_string_equal(view_get(r->view, name), value);
}

static void
nothing_typed_gives_the_defaults(void **state)
{
	struct list list = list_of(*state, "");

	assert_string_equal(list.sort, "name");
	assert_false(list.is_descending);
	assert_int_equal(list.page, 1);
	assert_int_equal(list_limit(&list), 50);
	assert_int_equal(list_offset(&list), 0);
	assert_int_equal(list.format, LIST_PAGE);
}

/* reliability.md W-53 */
static void
nonsense_falls_back(void **state)
{
	struct list list = list_of(*state, "p=-1&n=1000000000&sort=id+desc,(select+1)&format=exe");

	assert_int_equal(list.page, 1);
	assert_int_equal(list.per_page, 50);
	assert_string_equal(list.sort, "name");
	assert_int_equal(list.format, LIST_PAGE);
	list = list_of(*state, "p=0&n=201&sort=-name");
	assert_int_equal(list.page, 1);
	assert_int_equal(list.per_page, 50);
	assert_true(list.is_descending);
	list = list_of(*state, "p=9999&n=200");
	list_clamp(&list, 450);
	assert_int_equal(list.page, 3);
	assert_int_equal(list_offset(&list), 400);
}

static void
an_export_takes_all_rows(void **state)
{
	struct list list = list_of(*state, "p=3&format=xlsx");

	assert_int_equal(list.format, LIST_XLSX);
	assert_int_equal(list_limit(&list), EXPORT_ROWS_MAX);
	assert_int_equal(list_offset(&list), 0);
}

static void
links_keep_the_state_and_leave_out_defaults(void **state)
{
	struct req *r = *state;
	struct list list =
	    list_of(r, "q=%E4%BA%AC+%22&st=low&st=lost&floor=&sort=-seen&p=2&unknown=1");

	r->user.permissions = 1U << PERM_EXPORT;
	list_view(r, &list, 200, filters);
	expect(r, "List.Next.Href",
	    "/accounts/meters?st=low&st=lost&q=%E4%BA%AC%20%22&sort=-seen&p=3");
	expect(r, "List.Previous.Href",
	    "/accounts/meters?st=low&st=lost&q=%E4%BA%AC%20%22&sort=-seen");
	expect(r, "List.Sort.name.Href", "/accounts/meters?st=low&st=lost&q=%E4%BA%AC%20%22");
	expect(r, "List.Sort.seen.Href",
	    "/accounts/meters?st=low&st=lost&q=%E4%BA%AC%20%22&sort=seen");
	expect(r, "List.Sort.seen.Aria", "descending");
	expect(r, "List.Sort.name.Aria", "none");
	expect(r, "List.Export.Xlsx.Href",
	    "/accounts/meters?st=low&st=lost&q=%E4%BA%AC%20%22&sort=-seen&format=xlsx");
	expect(r, "List.Reset.Href", "/accounts/meters?sort=-seen");
	expect(r, "List.IsFiltered", "1");
	expect(r, "List.Keep.2.Name", "sort");
	expect(r, "List.Search", "京 \"");
}

static void
the_pager_shows_the_ends_and_the_middle(void **state)
{
	static const char *const shown[] = { "1", NULL, "8", "9", "10", "11", "12", NULL, "20" };
	struct req *r = *state;
	struct list list = list_of(r, "p=10");

	list_view(r, &list, 1000, NULL);
	for (size_t i = 0; i < COUNT(shown); i++) {
		const char *page = arena_printf(r->arena, "List.Pager.%zu.Page", i);
		const char *gap = arena_printf(r->arena, "List.Pager.%zu.IsGap", i);
		assert_int_equal(view_has(r->view, gap), shown[i] == NULL);
		if (shown[i] != NULL)
			expect(r, page, shown[i]);
	}
	assert_false(view_has(r->view, "List.Pager.9"));
	expect(r, "List.Pager.4.Current", "1");
	expect(r, "List.From", "451");
	expect(r, "List.To", "500");
	expect(r, "List.Pages", "20");
}

static void
an_empty_list_has_one_page_and_no_links(void **state)
{
	struct req *r = *state;
	struct list list = list_of(r, "");

	list_view(r, &list, 0, filters);
	expect(r, "List.From", "0");
	expect(r, "List.To", "0");
	expect(r, "List.Pages", "1");
	assert_false(view_has(r->view, "List.Next.Href"));
	assert_false(view_has(r->view, "List.Previous.Href"));
	assert_false(view_has(r->view, "List.Export.Xlsx.Href"));
	assert_false(view_has(r->view, "List.IsFiltered"));
}

static void
a_page_past_the_end_leads_back(void **state)
{
	struct req *r = *state;
	struct list list = list_of(r, "p=999999");

	list_view(r, &list, 120, NULL);
	expect(r, "List.From", "0");
	expect(r, "List.Previous.Href", "/accounts/meters?p=3");
	assert_false(view_has(r->view, "List.Next.Href"));
	assert_true(view_has(r->view, "List.Pager.1.Href"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_typed_gives_the_defaults, begin, end),
		cmocka_unit_test_setup_teardown(nonsense_falls_back, begin, end),
		cmocka_unit_test_setup_teardown(an_export_takes_all_rows, begin, end),
		cmocka_unit_test_setup_teardown(
		    links_keep_the_state_and_leave_out_defaults, begin, end),
		cmocka_unit_test_setup_teardown(
		    the_pager_shows_the_ends_and_the_middle, begin, end),
		cmocka_unit_test_setup_teardown(
		    an_empty_list_has_one_page_and_no_links, begin, end),
		cmocka_unit_test_setup_teardown(a_page_past_the_end_leads_back, begin, end),
	};

	return cmocka_run_group_tests(tests, open_view, NULL);
}
