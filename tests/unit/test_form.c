#include "../../cgi-bin/web/form.c"

#include "page.h"

struct sale {
	char note[20 * 4 + 1];
	char secret[10 * 4 + 1];
	int64_t amount_fen, copies, method, balance_fen, energy_wh;
	struct day day;
	bool is_printed;
};

static const char *const methods[] = { "cash", "card", NULL };
static const struct form_field fields[] = {
	{ "note", FORM_TEXT, true, 20, NULL, offsetof(struct sale, note) },
	{ "secret", FORM_RAW, false, 10, NULL, offsetof(struct sale, secret) },
	{ "amount", FORM_MONEY, true, 0, NULL, offsetof(struct sale, amount_fen) },
	{ "copies", FORM_UINT, false, 9, NULL, offsetof(struct sale, copies) },
	{ "day", FORM_DAY, false, 0, NULL, offsetof(struct sale, day) },
	{ "printed", FORM_BOOL, false, 0, NULL, offsetof(struct sale, is_printed) },
	{ "method", FORM_CHOICE, false, 0, methods, offsetof(struct sale, method) },
	{ "balance", FORM_BALANCE, false, 0, NULL, offsetof(struct sale, balance_fen) },
	{ "energy", FORM_ENERGY, false, 0, NULL, offsetof(struct sale, energy_wh) },
};

static int
begin(void **state)
{
	return begin_request(state, (struct req){ .method = POST, .status = 200, .path = "/x" });
}

static enum rc
read_body(struct req *r, const char *body, struct sale *sale)
{
	assert_int_equal(params_parse(r->arena, body, strlen(body), &r->body), RC_OK);
	return form_read(r, fields, COUNT(fields), sale);
}

static void
figures_of_a_meter_may_be_nothing_and_below(void **state)
{
	struct req *r = *state;
	struct sale sale = { 0 };

	assert_int_equal(
	    read_body(r, "note=x&amount=1&balance=-12.40&energy=1204.505", &sale), RC_OK);
	assert_int_equal(sale.balance_fen, -1240);
	assert_int_equal(sale.energy_wh, 1204505);
	assert_string_equal(stored_text(r, &fields[7], (const char *)&sale.balance_fen), "-12.40");
	assert_string_equal(stored_text(r, &fields[8], (const char *)&sale.energy_wh), "1204.505");
	sale.energy_wh = 1204500;
	assert_string_equal(stored_text(r, &fields[8], (const char *)&sale.energy_wh), "1204.50");
	assert_int_equal(read_body(r, "note=x&amount=1&balance=-0&energy=1e3", &sale), RC_INVALID);
	assert_true(view_has(r->view, "Form.balance.Error"));
	assert_true(view_has(r->view, "Form.energy.Error"));
}

static void
typed_values_arrive_typed(void **state)
{
	struct req *r = *state;
	struct sale sale = { .copies = 1 };

	assert_int_equal(read_body(r,
			     "note=+%E4%BA%AC++x+&secret=+p+&amount=100.5&copies=&day=2026-11-23"
			     "&printed=1&method=card&role=admin",
			     &sale),
	    RC_OK);
	assert_string_equal(sale.note, "京 x");
	assert_string_equal(sale.secret, " p ");
	assert_int_equal(sale.amount_fen, 10050);
	assert_int_equal(sale.copies, 1); /* absent and not required: as it was */
	assert_int_equal(sale.method, 1);
	assert_true(sale.is_printed);
	assert_int_equal(r->status, 200);
	assert_true(view_has(r->view, "Form.note.Value"));
	assert_false(view_has(r->view, "Form.secret.Value"));
	assert_false(view_has(r->view, "Form.role.Value"));
	assert_true(view_has(r->view, "Form.method.Choice.1.Selected"));
}

/* What stood there before must not pass for what was typed. */
static void
an_empty_text_is_read_as_empty(void **state)
{
	struct sale sale = { .secret = "left", .copies = 1 };

	assert_int_equal(
	    read_body(*state, "note=x&secret=&amount=1&day=2026-11-23&method=card", &sale), RC_OK);
	assert_string_equal(sale.secret, "");
	assert_int_equal(sale.copies, 1);
}

static void
every_wrong_field_is_told(void **state)
{
	struct req *r = *state;
	struct sale sale = { 0 };

	assert_int_equal(
	    read_body(r,
		"note=a%E2%80%AEb&secret=12345678901&amount=1e3&copies=10&day=2026-02-30"
		"&method=gold",
		&sale),
	    RC_INVALID);
	assert_int_equal(r->status, 422);
	assert_int_equal(sale.amount_fen, 0);
	static const char *const wrong[] = { "note", "secret", "amount", "copies", "day",
		"method" };
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_true(view_has(r->view, arena_printf(r->arena, "Form.%s.Error", wrong[i])));
	assert_true(view_has(r->view, "Form.Errors.5.Text"));
	assert_false(view_has(r->view, "Form.Errors.6.Text"));
}

static void
required_fields_are_required(void **state)
{
	struct req *r = *state;
	struct sale sale = { 0 };

	assert_int_equal(read_body(r, "note=+++&copies=0", &sale), RC_INVALID);
	assert_true(view_has(r->view, "Form.note.Error"));
	assert_true(view_has(r->view, "Form.amount.Error"));
	assert_false(view_has(r->view, "Form.copies.Error"));
}

static void
lines_are_cleaned_one_by_one(void **state)
{
	static const struct {
		const char *body, *lines; /* NULL: refused */
	} table[] = {
		{ "list=+a++b+%0D%0A%0D%0Ac%0D%0A%0D%0A", "a b\n\nc" },
		{ "list=%0A%0Da%0Db%0Ac", "a\nb\nc" },
		{ "list=e%CC%81%0A%EF%BC%91", "\xc3\xa9\n\xef\xbc\x91" },
		{ "list=%0D%0A+%0D%0A", NULL },
		{ "list=a%0Ab%00", NULL },
		{ "list=a%0A%E2%80%8Bb", NULL },
		{ "list=1%0A2%0A3%0A4%0A5%0A6%0A7%0A8%0A9%0A10%0A11", NULL },
		{ "list=%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A"
		  "%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0A%0Aa",
		    NULL },
	};
	struct req *r = *state;

	for (size_t i = 0; i < COUNT(table); i++) {
		struct {
			char list[20 * 4 + 1];
		} form = { "" };
		const struct form_field field = { "list", FORM_LINES, true, 20, NULL, 0 };
		enum rc rc = params_parse(r->arena, table[i].body, strlen(table[i].body), &r->body);
		if (rc == RC_OK)
			rc = form_read(r, &field, 1, &form);
		assert_int_equal(rc, table[i].lines != NULL ? RC_OK : RC_INVALID);
		if (table[i].lines != NULL)
			assert_string_equal(form.list, table[i].lines);
		r->body = (struct params){ 0 };
	}
}

/* reliability.md W-36 */
static void
a_field_twice_is_malformed(void **state)
{
	struct req *r = *state;
	struct sale sale = { 0 };

	assert_int_equal(read_body(r, "note=a&amount=1&amount=2", &sale), RC_INVALID);
	assert_int_equal(r->status, 400);
	assert_int_equal(sale.amount_fen, 0);
}

static void
a_field_in_query_and_body_is_malformed(void **state)
{
	struct req *r = *state;
	struct sale sale = { 0 };

	assert_int_equal(params_parse(r->arena, "amount=1", 8, &r->query), RC_OK);
	assert_int_equal(read_body(r, "note=a&amount=1", &sale), RC_INVALID);
	assert_int_equal(r->status, 400);
}

static void
a_form_is_filled_for_the_first_time(void **state)
{
	struct req *r = *state;
	struct sale sale = {
		.note = "old", .amount_fen = 123450, .copies = 2, .method = 0, .is_printed = true
	};

	form_fill(r, fields, COUNT(fields), &sale);
	assert_true(view_has(r->view, "Form.note.Required"));
	assert_true(view_has(r->view, "Form.printed.Checked"));
	assert_true(view_has(r->view, "Form.method.Choice.0.Selected"));
	assert_false(view_has(r->view, "Form.note.Error"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    figures_of_a_meter_may_be_nothing_and_below, begin, end),
		cmocka_unit_test_setup_teardown(typed_values_arrive_typed, begin, end),
		cmocka_unit_test_setup_teardown(an_empty_text_is_read_as_empty, begin, end),
		cmocka_unit_test_setup_teardown(every_wrong_field_is_told, begin, end),
		cmocka_unit_test_setup_teardown(required_fields_are_required, begin, end),
		cmocka_unit_test_setup_teardown(lines_are_cleaned_one_by_one, begin, end),
		cmocka_unit_test_setup_teardown(a_field_twice_is_malformed, begin, end),
		cmocka_unit_test_setup_teardown(a_field_in_query_and_body_is_malformed, begin, end),
		cmocka_unit_test_setup_teardown(a_form_is_filled_for_the_first_time, begin, end),
	};

	return cmocka_run_group_tests(tests, open_view, NULL);
}
