#include "app.h"
#include "office.h"
#include "sales.h"

/* The first page that the reader may open. */
static enum rc
start(struct req *r)
{
	return redirect(r, may(r, PERM_SALE) ? "/sales/counter" : "/sales/records");
}

static const struct route routes[] = {
	{ GET, "/sales", PERM_SIGNED_IN, start, .nav = "Counter" },
	{ GET, "/sales/counter", PERM_SALE, counter, .nav = "Counter" },
	{ GET, "/sales/sell/{id}", PERM_SALE, sell, .nav = "Counter" },
	{ POST, "/sales/sell/{id}", PERM_SALE, sell_preview, .nav = "Counter" },
	{ POST, "/sales/sell/{id}/confirm", PERM_SALE, sell_confirm, .nav = "Counter" },
	{ GET, "/sales/records", PERM_SALE_VIEW, records, .nav = "Sales" },
	{ GET, "/sales/verify", PERM_SALE_VIEW, verify, .nav = "Sales" },
	{ GET, "/sales/{id}", PERM_SALE_VIEW, sale, .nav = "Sales" },
	{ POST, "/sales/{id}/print", PERM_SALE, receipt_record, .nav = "Sales" },
	{ GET, "/sales/{id}/receipt", PERM_SALE_VIEW, receipt, .nav = "Sales" },
	{ GET, "/sales/fees", PERM_FEE_EDIT, fees, .nav = "Fees" },
	{ GET, "/sales/fees/new", PERM_FEE_EDIT, fee_new, .nav = "Fees" },
	{ POST, "/sales/fees/new", PERM_FEE_EDIT, fee_new, .nav = "Fees" },
	{ GET, "/sales/fees/{id}", PERM_FEE_EDIT, fee_edit, .nav = "Fees" },
	{ POST, "/sales/fees/{id}", PERM_FEE_EDIT, fee_edit, .nav = "Fees" },
	{ GET, "/sales/fees/{id}/archive", PERM_FEE_EDIT, fee_ask_archive, .nav = "Fees" },
	{ POST, "/sales/fees/{id}/archive", PERM_FEE_EDIT, fee_retire, .nav = "Fees" },

	{ GET, "/sales/shift", PERM_SALE, shift_page, .nav = "Shift" },
	{ POST, "/sales/shift", PERM_SALE, shift_begin, .nav = "Shift" },
	{ GET, "/sales/shift/close", PERM_SALE, shift_count_own, .nav = "Shift" },
	{ POST, "/sales/shift/close", PERM_SALE, shift_end_own, .nav = "Shift" },
	{ GET, "/sales/shift/{id}", PERM_SALE, shift_sheet_own, .nav = "Shift" },
	{ GET, "/sales/shifts", PERM_SHIFT_ALL, shifts, .nav = "Shifts" },
	{ GET, "/sales/shifts/{id}", PERM_SHIFT_ALL, shift_sheet, .nav = "Shifts" },
	{ GET, "/sales/shifts/{id}/close", PERM_SHIFT_ALL, shift_count_other, .nav = "Shifts" },
	{ POST, "/sales/shifts/{id}/close", PERM_SHIFT_ALL, shift_end_other, .nav = "Shifts" },
	{ GET, "/sales/days", PERM_SHIFT_ALL, days, .nav = "Shifts" },
	{ GET, "/sales/days/{id}", PERM_SHIFT_ALL, day_page, .nav = "Shifts" },
	{ POST, "/sales/days/{id}/close", PERM_SHIFT_ALL, day_close, .nav = "Shifts" },
};

int
main(int argc, char **argv)
{
	return app_main(argc, argv, "sales", routes, COUNT(routes));
}
