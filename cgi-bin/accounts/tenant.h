/*
 * tenant.h - what the pages of accounts share.
 */
#ifndef VOLTILL_TENANT_H
#define VOLTILL_TENANT_H

#include "accounts.h"
#include "model/account_close.h"
#include "model/account_list.h"
#include "model/meter_change.h"

/* The account in the path, if it is in the scope; Account.Id .Name .Number .State and the crumbs
 * that lead back to it (but for its own page). */
enum rc tenant_find(struct req *r, struct account_head *head);
const char *tenant_href(struct req *r, int64_t account_id, const char *rest); /* "/edit" */

/* "2026-12-01" and "12,3 kWh" as texts of the arena. */
const char *day_words(struct req *r, struct day day);
const char *energy_text(struct req *r, int64_t energy_wh);

/* "138****0001": all but so many characters at the ends; of a short text less is shown. */
const char *mask_text(struct req *r, const char *text, size_t first, size_t last);

/* Days the account's credit lasts at the mean of its meters; -1: unknown. */
int64_t tenant_days_left(const struct meter_snapshot *snapshot, int64_t account_id);
const char *days_text(struct req *r, int64_t days, bool is_empty);

enum rc account_pages(struct req *r);	    /* list.c */
enum rc account_page(struct req *r);	    /* account.c */
enum rc account_statement(struct req *r);   /* statement.c */
enum rc account_edit_page(struct req *r);   /* account_edit.c: GET and POST */
enum rc account_meters_page(struct req *r); /* account_meters.c: GET and POST */
enum rc account_close_page(struct req *r);  /* close.c */
enum rc account_close_begin(struct req *r);
enum rc account_close_stay(struct req *r);
enum rc account_close_settle(struct req *r);
enum rc account_close_print(struct req *r);
enum rc open_start(struct req *r); /* open.c */
enum rc open_begin(struct req *r);
enum rc open_page(struct req *r);
enum rc open_save(struct req *r);
enum rc open_read(struct req *r);
enum rc open_drop(struct req *r);
enum rc open_create(struct req *r);    /* open_check.c */
enum rc change_replace(struct req *r); /* change.c: GET and POST, also the next */
enum rc change_tenant_move(struct req *r);
enum rc change_page(struct req *r);
enum rc change_install(struct req *r);
enum rc change_cancel(struct req *r);
enum rc change_go(struct req *r);

struct app_work;
enum rc accounts_advance(struct app_work *work); /* advance.c: beside the requests */

#endif
