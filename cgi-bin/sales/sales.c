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
