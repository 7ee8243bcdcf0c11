/*
 * meter_page.h - the parts of /accounts/meters/{id}.
 */
#ifndef VOLTILL_METER_PAGE_H
#define VOLTILL_METER_PAGE_H

#include "accounts.h"
#include "list.h"
#include "model/usage.h"

enum meter_tab { TAB_USAGE, TAB_READINGS, TAB_LINK, TABS /* the parameters: a page of its own */ };

/* The state of the page, which is its address. */
struct meter_page {
	struct meter_detail detail;
	enum meter_tab tab;
	enum usage_view view;
	struct day day;
	bool is_day_wrong; /* what was typed is no day; today is shown */
	enum list_format format;
};

const char *meter_url(struct req *r, enum meter_tab tab, enum usage_view view, struct day day);

/* meter.c: name, place and plate; the tabs. */
void meter_head_show(struct req *r, const struct meter_detail *detail);
void meter_tabs_show(struct req *r, const struct meter_page *page);

/* Live values and the switch with its reason. */
void live_show(struct req *r, const struct meter_detail *detail);

/* Navigator, table and chart of the use; or its export. */
enum rc usage_show(struct req *r, const struct meter_page *page);
enum rc usage_answer(struct req *r, const struct meter_page *page);

/* Registers of a day. */
enum rc registers_show(struct req *r, const struct meter_page *page);
enum rc registers_answer(struct req *r, const struct meter_page *page);

/* Navigator.*; units: also day, week, month, year. */
void navigator_show(
    struct req *r, const struct meter_page *page, const struct usage *range, bool has_units);

#endif
