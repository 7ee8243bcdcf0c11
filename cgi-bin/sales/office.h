/*
 * office.h - the pages behind the counter: shifts and days, money back, the second person, what is
 * stopped, the check.
 */
#ifndef VOLTILL_OFFICE_H
#define VOLTILL_OFFICE_H

#include "model/shift.h"
#include "show.h"

/* Words of the dictionary with values filled in. */
const char *words(struct req *r, const char *key, const char *first, const char *second);
/* "2026-12-01" */
const char *day_text(struct req *r, struct day day);

/* From and to of a list of days, both within: the last month unless asked for otherwise. What is
 * wrong is told at the field. */
enum rc span_read(struct req *r, struct day *from, struct day *to);
/* ?state=open or closed: 1 or 0; -1 all. And the tabs for it, States.N.{Key, Href, Current}. */
int open_read(struct req *r);
void open_tabs(struct req *r, int is_open);

/* ---- shifts ---- */

/* Name.Id, .Operator, .Day, .Opened, .Closed, .Float, .Expected, .Counted, .Difference, .Match
 * (even over short), .Documents, .Purchases, .Payouts, .Channel.N.{Key, Amount}, .Note, .ClosedBy,
 * .IsOpen. */
void shift_show(struct req *r, struct node *node, const struct shift *shift);
/* Over, short or even. */
const char *shift_match(int64_t difference_fen);

/* shift.c: one's own */
enum rc shift_page(struct req *r);
enum rc shift_begin(struct req *r);
/* shift_close.c: one's own, and another's */
enum rc shift_count_own(struct req *r);
enum rc shift_end_own(struct req *r);
enum rc shift_count_other(struct req *r);
enum rc shift_end_other(struct req *r);
/* shift_sheet.c: the settlement */
enum rc shift_sheet_own(struct req *r);
enum rc shift_sheet(struct req *r);
/* shifts.c */
enum rc shifts(struct req *r);
/* days.c */
enum rc days(struct req *r);
enum rc day_page(struct req *r);
enum rc day_close(struct req *r);

/* ---- money back ---- */

enum rc refund_form(struct req *r); /* refund.c */
enum rc refund_ask(struct req *r);
enum rc refund_do(struct req *r);
enum rc reverse_ask(struct req *r); /* reverse.c */
enum rc reverse_do(struct req *r);
enum rc pay_ask(struct req *r); /* pay.c */
enum rc pay_do(struct req *r);
enum rc resend_ask(struct req *r);
enum rc resend_do(struct req *r);
enum rc adjust_form(struct req *r); /* adjust.c */
enum rc adjust_do(struct req *r);

/* ---- the second person ---- */

enum rc approvals_page(struct req *r); /* approvals.c */
enum rc approval_page(struct req *r);  /* approval.c */
enum rc approval_yes(struct req *r);
enum rc approval_no(struct req *r);
enum rc approval_take_back(struct req *r);
enum rc held_page(struct req *r); /* held.c */
enum rc held_form(struct req *r);
enum rc held_do(struct req *r);
enum rc explain_form(struct req *r);
enum rc explain_do(struct req *r);

/* ---- the check ---- */

enum rc check_page(struct req *r); /* check.c */
enum rc check_one(struct req *r);
enum rc check_start(struct req *r);

#endif
