/*
 * sales.h - what the pages of this program share.
 */
#ifndef VOLTILL_SALES_H
#define VOLTILL_SALES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/meter.h"
#include "route.h"
#include "show.h"

/* Where a meter is: "1号楼 3层 305", or its own name. */
const char *place_text(struct req *r, const struct meter *meter);
/* What pages of the counter say of a meter: Id Place Tenant Number AccountNumber Phone (masked)
 * Status Before Credit IsNegative Seen Lasts LostSince. */
void meter_show(struct req *r, struct node *node, const struct meter *meter);
/* A meter that can be sold to, with what it spends in a day. RC_NOT_FOUND: it is not in the scope,
 * belongs to no account, or only measures. */
enum rc meter_find_sold(struct req *r, int64_t meter_id, struct meter_detail *detail);
/* "约 12 天", "不足 1 天" … for a credit at a mean spending; NULL when nothing is known. */
const char *days_text(struct req *r, int64_t credit_fen, int64_t spent_day_fen);
/* "1.0540" yuan for micro-yuan. */
const char *price_text(struct req *r, int64_t price_uyuan);
/* Own open shift: Shift.IsOpen .Opened .Cash .Documents. *shift_id 0: none is open. */
enum rc shift_strip(struct req *r, int64_t *shift_id);

enum rc counter(struct req *r);	       /* counter.c */
enum rc sell(struct req *r);	       /* sell.c: the form */
enum rc sell_preview(struct req *r);   /* sell.c: what it would be, and the question */
enum rc sell_confirm(struct req *r);   /* sell_confirm.c: does it */
enum rc sale(struct req *r);	       /* sale.c: one document */
enum rc receipt_record(struct req *r); /* receipt.c: a print is counted */
enum rc receipt(struct req *r);
enum rc verify(struct req *r);	/* verify.c: a receipt that somebody shows */
enum rc records(struct req *r); /* records.c */
enum rc fees(struct req *r);	/* fees.c */
enum rc fee_new(struct req *r);
enum rc fee_edit(struct req *r);
enum rc fee_ask_archive(struct req *r);
enum rc fee_retire(struct req *r);

#endif
