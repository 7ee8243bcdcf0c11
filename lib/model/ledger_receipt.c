/* Receipt numbers. By themselves, so that the collector, which books, holds no statement of the
 * counter. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "model/ledger.h"
#include "model/setting.h"

#define SERIES_LETTERS 26
#define SERIES_MAX     (SERIES_LETTERS * SERIES_LETTERS + SERIES_LETTERS - 1) /* "ZZ" */

enum { RECEIPT };
static const struct query Q[] QUERIES = {
	[RECEIPT] = { .sql = "INSERT INTO receipt_counter (series, operator_id, biz_day, last_seq)"
			     " VALUES (?, ?, ?, 1) ON DUPLICATE KEY UPDATE last_seq = last_seq + 1"
			     " RETURNING last_seq",
	    .bounded = "one row" },
};

/* "A" … "Z", "AA" … "ZZ". */
static void
format_series(int64_t series, char text[3])
{
	size_t at = 0;

	assert(series >= 0 && series <= SERIES_MAX);
	if (series >= SERIES_LETTERS)
		text[at++] = (char)('A' + series / SERIES_LETTERS - 1);
	text[at++] = (char)('A' + series % SERIES_LETTERS);
	text[at] = '\0';
}

static void
format_receipt(struct receipt_number *receipt, int64_t operator_id, struct day day)
{
	char series[3], date[16];

	format_series(receipt->series, series);
	clock_format_day(day, date, sizeof(date));
	(void)snprintf(receipt->text, sizeof(receipt->text),
	    "%s%.4s%.2s%.2s-%03" PRId64 "-%04" PRId64, series, date, date + 5, date + 8,
	    operator_id, receipt->seq);
}

enum rc
ledger_next_receipt(
    struct db *db, int64_t operator_id, struct day day, struct receipt_number *receipt)
{
	*receipt = (struct receipt_number){ 0 };
	enum rc rc = setting_int(db, "ledger.series", 0, &receipt->series);

	if (rc == RC_OK && receipt->series > SERIES_MAX)
		receipt->series = SERIES_MAX;
	if (rc == RC_OK)
		rc = db_int(db, &Q[RECEIPT], ARGS(I(receipt->series), I(operator_id), D(day)),
		    &receipt->seq);
	if (rc == RC_OK)
		format_receipt(receipt, operator_id, day);
	return rc;
}
