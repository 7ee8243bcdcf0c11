/*
 * alarm_page.h - what the pages of alarms share.
 */
#ifndef VOLTILL_ALARM_PAGE_H
#define VOLTILL_ALARM_PAGE_H

#include "accounts.h"
#include "model/alarm_find.h"

enum rc alarms(struct req *r);	      /* alarms.c: those that run, or that are over */
enum rc alarms_answer(struct req *r); /* POST: one deed for the ticked */
enum rc alarm_rules(struct req *r);
enum rc alarm_one(struct req *r); /* alarm_one.c */
enum rc alarm_acknowledge(struct req *r);
enum rc alarm_comment(struct req *r);
enum rc alarm_mute(struct req *r);
enum rc alarm_unmute(struct req *r);
enum rc maintenance_page(struct req *r); /* maintenance.c */
enum rc maintenance_make(struct req *r);
enum rc maintenance_end(struct req *r);

/* "Balance 12.34, warning at 50.00": what was found, in words. */
const char *alarm_says(struct req *r, enum alarm_kind kind, const struct alarm_row *row);
/* The detail alone, a code of the part that began it, in words. */
const char *alarm_detail_text(struct req *r, enum alarm_kind kind, const char *detail);
/* How long it has been running, or ran: "3 h 20 min". */
const char *lasting_text(struct req *r, int64_t from_at, int64_t to_at);
/* A row of a list: Id Kind Severity Subject Place Tenant Says Href Began Ended Lasting … */
void alarm_row_show(struct req *r, struct node *node, const struct alarm_row *row);
/* The tabs above these pages; current is one of "now" "history" "rules" "plans". */
void alarm_tabs(struct req *r, const char *current);
/* The number at the bell of the frame: alarms that nobody answered. Not for fragments, which have
 * no frame. */
enum rc alarm_bell(struct req *r);
/* How long a mute may last, as choices of the field "hours". */
void alarm_hours_show(struct req *r);

struct alarm_deed_form {
	char note[200 * 4 + 1];
	int64_t hours;
};
/* Reads note, and hours of a mute (then *until_at is set). RC_INVALID as form_read. */
enum rc alarm_deed_read(
    struct req *r, bool is_mute, bool needs_note, struct alarm_deed_form *form, int64_t *until_at);

#endif
