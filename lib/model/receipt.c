/* Prints of receipts: counted, so that a second one can be told from the first. */
#include <assert.h>
#include <string.h>

#include "model/edit.h"
#include "model/sale_private.h"
#include "model/sale_view.h"

enum { NEXT, INSERT };
static const struct query Q[] QUERIES = {
	[NEXT] = { .sql = "SELECT COALESCE(MAX(print), 0) + 1 FROM receipt_print"
			  " WHERE sale_id = ?",
	    .bounded = "one row" },
	[INSERT] = { .sql = "INSERT INTO receipt_print (sale_id, print, printed_at, operator_id,"
			    " paper) VALUES (?, ?, ?, ?, ?)" },
};

static const char *const PAPER_NAMES[PAPERS] = {
	[PAPER_FORM] = "form",
	[PAPER_A5] = "a5",
	[PAPER_ROLL80] = "roll80",
	[PAPER_ROLL58] = "roll58",
};

const char *
sale_paper_name(enum sale_paper paper)
{
	assert((size_t)paper < PAPERS);
	return PAPER_NAMES[paper];
}

enum sale_paper
sale_paper_find(const char *name)
{
	size_t paper = 0;

	while (paper < PAPERS && strcmp(PAPER_NAMES[paper], name) != 0)
		paper++;
	return (enum sale_paper)paper;
}

struct deed {
	int64_t sale_id, number;
	enum sale_paper paper;
	const struct operator_actor *by;
};

static enum rc
print(struct db *db, void *context)
{
	struct deed *deed = context;
	struct changes changes = { 0 };
	struct sale_stored sale;
	enum rc rc = sale_lock(db, deed->sale_id, &sale);

	if (rc == RC_OK && (sale.state == SALE_ASKED || sale.state == SALE_REJECTED))
		return RC_CONFLICT;
	if (rc == RC_OK)
		rc = db_int(db, &Q[NEXT], ARGS(I(deed->sale_id)), &deed->number);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[INSERT],
		    ARGS(I(deed->sale_id), I(deed->number), T(deed->by->now),
			I(deed->by->operator_id), S(sale_paper_name(deed->paper))));
	if (rc != RC_OK)
		return rc;
	change_text(&changes, "receipt_number", "", sale.receipt_number);
	change_int(&changes, "print", deed->number - 1, deed->number);
	change_text(&changes, "paper", "", sale_paper_name(deed->paper));
	return edit_audit(db, deed->by, "receipt.print", "sale", deed->sale_id, &changes, NULL);
}

enum rc
receipt_print(struct db *db, int64_t sale_id, enum sale_paper paper,
    const struct operator_actor *by, int64_t *number)
{
	struct deed deed = { .sale_id = sale_id, .paper = paper, .by = by };
	enum rc rc = db_transact(db, print, &deed);

	*number = deed.number;
	return rc;
}
