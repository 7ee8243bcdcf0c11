/*
 * sale_lines.h - what a purchase consists of, and on which prices that rests.
 */
#ifndef VOLTILL_SALE_LINES_H
#define VOLTILL_SALE_LINES_H

#include "base/arena.h"
#include "base/db.h"
#include "model/sale.h"

/* The energy first, then the fees in the order of the wish. credit_fen may be zero or less: then
 * the fees eat it up. RC_NOT_FOUND: a fee is not on offer (any more). mark: see price_mark. */
struct sale_lines {
	struct sale_quote_line lines[SALE_FEES_MAX + 1];
	size_t count;
	int64_t credit_fen;
	int64_t version_id, fixed_uyuan; /* of the tariff that holds today; 0: none */
	int64_t mark;
};
enum rc sale_lines(struct db *db, struct arena *arena, const struct sale_wish *wish, int64_t now,
    struct sale_lines *lines);

#endif
