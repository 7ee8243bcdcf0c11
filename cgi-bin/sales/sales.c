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

	{ GET, "/sales/refund/{id}", PERM_REFUND, refund_form, .nav = "Sales" },
	{ GET, "/sales/refund/{id}/confirm", PERM_REFUND, refund_ask, .nav = "Sales" },
	{ POST, "/sales/refund/{id}/confirm", PERM_REFUND, refund_do, .nav = "Sales" },
	{ GET, "/sales/{id}/reverse", PERM_REFUND, reverse_ask, .nav = "Sales" },
	{ POST, "/sales/{id}/reverse", PERM_REFUND, reverse_do, .nav = "Sales" },
	{ GET, "/sales/{id}/pay", PERM_SALE, pay_ask, .nav = "Sales" },
	{ POST, "/sales/{id}/pay", PERM_SALE, pay_do, .nav = "Sales" },
	{ GET, "/sales/{id}/resend", PERM_ADJUST, resend_ask, .nav = "Sales" },
	{ POST, "/sales/{id}/resend", PERM_ADJUST, resend_do, .nav = "Sales" },
	{ GET, "/sales/adjust/{id}", PERM_ADJUST, adjust_form, .nav = "Sales" },
	{ POST, "/sales/adjust/{id}", PERM_ADJUST, adjust_do, .nav = "Sales" },

	{ GET, "/sales/approvals", PERM_APPROVE, approvals_page, .nav = "Approvals" },
	{ GET, "/sales/approvals/{id}", PERM_APPROVE, approval_page, .nav = "Approvals" },
	{ POST, "/sales/approvals/{id}/approve", PERM_APPROVE, approval_yes, .nav = "Approvals",
	    .confirms = true },
	{ POST, "/sales/approvals/{id}/reject", PERM_APPROVE, approval_no, .nav = "Approvals" },
	{ POST, "/sales/approvals/{id}/withdraw", PERM_REFUND, approval_take_back,
	    .nav = "Approvals" },
	{ GET, "/sales/held", PERM_ADJUST, held_page, .nav = "Held" },
	{ GET, "/sales/held/{id}", PERM_ADJUST, held_form, .nav = "Held" },
	{ POST, "/sales/held/{id}", PERM_ADJUST, held_do, .nav = "Held" },
	{ GET, "/sales/explain/{id}", PERM_ADJUST, explain_form, .nav = "Held" },
	{ POST, "/sales/explain/{id}", PERM_ADJUST, explain_do, .nav = "Held" },

	{ GET, "/sales/check", PERM_LEDGER_CHECK, check_page, .nav = "Check" },
	{ POST, "/sales/check", PERM_LEDGER_CHECK, check_start, .nav = "Check" },
	{ GET, "/sales/check/{id}", PERM_LEDGER_CHECK, check_one, .nav = "Check" },

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
