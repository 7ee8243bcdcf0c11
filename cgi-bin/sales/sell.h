/*
 * sell.h - what the steps of a sale share: the form (sell.c) and the deed (sell_confirm.c).
 */
#ifndef VOLTILL_SALES_SELL_H
#define VOLTILL_SALES_SELL_H

#include "model/sale.h"
#include "sales.h"

/* More than this is typed twice (ux.md §5.2). */
#define SELL_TWICE_FEN 500000

struct sell {
	struct meter_detail detail;
	struct sale_fee *fees; /* on offer */
	size_t fees_on_offer;
	int64_t transit_fen; /* sold before and not in the meter yet */
	/* What was typed. */
	int64_t account_id, amount_fen, tendered_fen, channel, price_mark, again_fen;
	int64_t fee_ids[SALE_FEES_MAX];
	size_t fee_count;
	char note[4 * SALE_TEXT_MAX + 1];
	bool is_duplicate_meant;
	struct sale_quote quote;
};

/* The meter of the path and the fees on offer. RC_NOT_FOUND: nothing can be sold to it. */
enum rc sell_load(struct req *r, struct sell *sell);
/* The fields of the form that came back; RC_INVALID: their faults are in the view. */
enum rc sell_read(struct req *r, struct sell *sell);
struct sale_wish sell_wish(const struct req *r, const struct sell *sell);
/* The form, with what was typed. */
enum rc sell_form(struct req *r, struct sell *sell);
/* Quote.… of what was typed, into sell->quote and the view. */
enum rc sell_quote(struct req *r, struct sell *sell);
/* The question, with a new key. duplicate: the words of the question whether a like sale just
 * before was meant to be another one; NULL: not asked. */
enum rc sell_ask(struct req *r, struct sell *sell, const char *duplicate);
/* What a key of this form is bound to: its meter, and the series of receipt numbers, so that a form
 * from before a restore of the database is refused (reliability.md M-37). */
enum rc sell_target(struct req *r, const char **target);

#endif
