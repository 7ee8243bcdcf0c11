/*
 * deed.h - what the pages of refund, reversal and adjustment share.
 */
#ifndef VOLTILL_DEED_H
#define VOLTILL_DEED_H

#include "form.h"
#include "model/ledger.h"
#include "model/sale.h"
#include "model/sale_view.h"
#include "office.h"
#include "sales.h"

struct deed_meter {
	struct meter_detail detail;
	struct ledger_balance balance;
	/* What the meter shows, or the ledger when it counts no credit itself; METER_NO_CREDIT: it
	 * was never read. */
	int64_t credit_fen;
};
/* A meter of a living account, and Meter.…, Money.Credit .Transit .Payable .Count of it.
 * RC_NOT_FOUND as meter_find_sold. */
enum rc deed_meter(struct req *r, int64_t meter_id, struct deed_meter *deed);

/* NeedsShift: the reader has no open shift, without which no money goes back. */
enum rc deed_shift(struct req *r);

/* What a key of a form is bound to: the deed, the thing, and the series of receipt numbers, so that
 * a form from before a restore of the database is refused (reliability.md M-37). */
enum rc deed_target(struct req *r, const char *what, const char **target);
/* A fresh key under Key, and the one that came back with the actor as who asks. */
enum rc deed_key_show(struct req *r, const char *what);
enum rc deed_asker(struct req *r, const char *what, struct sale_asker *asker);

/* The reason as it is stored: the word of the cause below the branch, and what was typed. The last
 * cause is "other" and needs a text: RC_INVALID. */
enum rc deed_reason(
    struct req *r, const char *branch, const char *cause, const char *typed, const char **reason);

/* The newest purchase of a meter, 0: none. */
enum rc deed_last_sale(struct req *r, int64_t meter_id, int64_t *sale_id);

/* What a document shows: Sale.Id .Number .Kind .State .Created .By .Amount .Credit .Fees .Channel
 * .Tenant .Place .Meter .Reason. */
void deed_sale(struct req *r, struct node *node, const struct sale_view *sale);

/* Rings the doorbell and leads to the document. */
enum rc deed_done(struct req *r, int64_t sale_id);

#endif
