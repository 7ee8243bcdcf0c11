/* /accounts/meters/{id}: one meter, now and before. */
#include <string.h>

#include "alarm_page.h"
#include "meter_page.h"
#include "form.h"
#include "model/alarm_list.h"
#include "model/control.h"
#include "model/meter_keep.h"
#include "model/meter_model.h"

#define ALARMS_SHOWN 20

static const char *const TAB_NAMES[TABS] = { "usage", "readings", "link" };
static const char *const TAB_KEYS[TABS] = { "TabUsage", "TabReadings", "TabLink" };
static const char *const VIEW_NAMES[] = { "day", "week", "month", "year" };

static size_t
find_name(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return 0;
}

const char *
meter_url(struct req *r, enum meter_tab tab, enum usage_view view, struct day day)
{
	struct url url =
	    url_begin(r, arena_printf(r->arena, "/accounts/meters/%lld", (long long)r->id));
	char text[16];

	clock_format_day(day, text, sizeof(text));
	if (tab != TAB_USAGE)
		url_text(&url, "tab", TAB_NAMES[tab]);
	if (view != USAGE_DAY)
		url_text(&url, "view", VIEW_NAMES[view]);
	if (day.number != clock_day(r->now).number)
		url_text(&url, "d", text);
	return url.text;
}

static void
read_page(struct req *r, struct meter_page *page)
{
	static const char *const SORTS[] = { "time", NULL };
	const char *typed = param_get(&r->query, "d");
	struct list list;

	list_read(r, SORTS, 50, &list);
	page->format = list.format;
	page->tab = (enum meter_tab)find_name(TAB_NAMES, TABS, param_get(&r->query, "tab"));
	page->view =
	    (enum usage_view)find_name(VIEW_NAMES, COUNT(VIEW_NAMES), param_get(&r->query, "view"));
	page->day = clock_day(r->now);
	page->is_day_wrong = *typed != '\0' && clock_parse_day(typed, &page->day) != RC_OK;
	if (page->is_day_wrong)
		form_error(r, "d", "BadDay");
}

void
meter_tabs_show(struct req *r, const struct meter_page *page)
{
	struct node *tabs = view_node(r->view, "Tabs");

	for (enum meter_tab tab = 0; tab < TABS; tab++) {
		struct node *node = node_add(r->view, tabs);
		node_set(r->view, node, "Key", TAB_KEYS[tab]);
		node_set(r->view, node, "Href",
		    meter_url(r, tab, tab == TAB_USAGE ? page->view : USAGE_DAY, page->day));
		node_bool(r->view, node, "Current", tab == page->tab);
	}
	struct node *config = node_add(r->view, tabs);
	node_set(r->view, config, "Key", "TabConfig");
	node_set(r->view, config, "Href",
	    arena_printf(r->arena, "/accounts/meters/%lld/config", (long long)r->id));
	node_bool(r->view, config, "Current", page->tab == TABS);
	if (page->tab < TABS)
		view_set(r->view, "Tab", TAB_NAMES[page->tab]);
}

void
meter_head_show(struct req *r, const struct meter_detail *detail)
{
	const struct meter *meter = &detail->meter;
	struct node *node = view_node(r->view, "Meter");

	meter_show(r, node, meter);
	node_set(r->view, node, "Title", meter_title(r, meter));
	if (may(r, PERM_SALE) && meter->account_id != 0 && meter->credit_mode != CREDIT_MONITOR)
		node_set(r->view, node, "SellHref",
		    arena_printf(r->arena, "/sales/sell/%lld", (long long)meter->meter_id));
	if (meter->account_id != 0 && may(r, PERM_ACCOUNT_VIEW))
		node_set(r->view, node, "AccountHref",
		    arena_printf(r->arena, "/accounts/%lld", (long long)meter->account_id));
	else if (meter->account_id == 0 && meter->credit_mode != CREDIT_MONITOR &&
		 may(r, PERM_ACCOUNT_EDIT))
		node_set(r->view, node, "OpenHref",
		    arena_printf(
			r->arena, "/accounts/open?meter=%lld", (long long)meter->meter_id));
	if (may(r, PERM_METER_EDIT))
		node_set(r->view, node, "SettingsHref",
		    arena_printf(r->arena, "/settings/meters/%lld", (long long)meter->meter_id));
	node_set(r->view, node, "Building", meter->building);
	node_set(r->view, node, "Floor", meter->floor);
	node_int(r->view, node, "BuildingId", meter->building_id);
	node_int(r->view, node, "FloorId", meter->floor_id);
	node_set(r->view, node, "Number", meter->number);
	node_set(r->view, node, "Model", detail->model);
	node_set(r->view, node, "Maker", detail->maker);
	node_int(r->view, node, "Phases", meter->phases);
	node_set(r->view, node, "Mode", credit_mode_name(meter->credit_mode));
	node_set(r->view, node, "Gateway", detail->gateway);
	node_set(r->view, node, "Bus", detail->bus);
	node_int(r->view, node, "Unit", detail->unit);
	if (may(r, PERM_BUS_VIEW))
		node_set(r->view, node, "GatewayHref",
		    arena_printf(r->arena, "/accounts/gateways/%lld?bus=%lld",
			(long long)detail->gateway_id, (long long)detail->bus_id));
	if (detail->ct_ratio * detail->pt_ratio != 1)
		node_set(r->view, node, "Ratio",
		    arena_printf(r->arena, "%lld × %lld", (long long)detail->ct_ratio,
			(long long)detail->pt_ratio));
	node_set(r->view, node, "AccountNumber", meter->account_number);
	node_set(r->view, node, "Phone", meter->phone);
	node_bool(r->view, node, "IsProtected", meter->is_protected);
	node_time(r->view, node, "LostSince", meter->lost_since, r->now, 0);
	view_set(r->view, "Page.Title", meter_title(r, meter));
}

static void
show_hours(struct req *r, const struct meter_poll *poll, int64_t first_at)
{
	struct node *rows = view_node(r->view, "Hours");

	heat_show(r, view_node(r->view, "Heat"), poll->hours, first_at);
	for (int i = GATEWAY_HOURS - 1; i >= 0; i--) {
		const struct poll_sum *hour = &poll->hours[i];
		struct node *node = node_add(r->view, rows);
		char text[24];
		clock_format_minute(first_at + i * CLOCK_HOUR, text, sizeof(text));
		node_set(r->view, node, "Time", text + 5);
		node_int(r->view, node, "Asked", hour->asked);
		node_int(r->view, node, "Timeouts", hour->timeouts);
		node_int(r->view, node, "Damaged", hour->damaged);
		node_int(r->view, node, "Refused", hour->refused);
		if (poll_success(hour) >= 0)
			node_set(r->view, node, "Success", percent_text(r, poll_success(hour)));
		if (poll_answer_ms(hour) >= 0)
			node_int(r->view, node, "AnswerMs", poll_answer_ms(hour));
	}
	if (poll_success(&poll->total) >= 0)
		view_set(r->view, "Success", percent_text(r, poll_success(&poll->total)));
}

static enum rc
show_link(struct req *r)
{
	int64_t first_at = gateway_first_hour(r->now);
	struct node *list = view_node(r->view, "Alarms");
	struct meter_poll poll;
	struct alarm_view *alarms;
	size_t count;
	enum rc rc = gateway_meter_hours(r->db, r->id, r->now, &poll);

	if (rc != RC_OK)
		return rc;
	show_hours(r, &poll, first_at);
	rc = alarm_of_meter(r->db, r->arena, r->id, ALARMS_SHOWN, &alarms, &count);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++) {
		struct node *node = node_add(r->view, list);
		node_int(r->view, node, "Id", alarms[i].alarm_id);
		node_set(r->view, node, "Kind", alarms[i].kind);
		node_set(r->view, node, "Detail",
		    alarm_detail_text(r, alarm_kind_find(alarms[i].kind), alarms[i].detail));
		node_time(r->view, node, "Began", alarms[i].began_at, r->now, 0);
		node_time(r->view, node, "Ended", alarms[i].ended_at, r->now, 0);
	}
	return RC_OK;
}

static enum rc
show_tab(struct req *r, const struct meter_page *page)
{
	switch (page->tab) {
	case TAB_READINGS:
		return registers_show(r, page);
	case TAB_LINK:
		return show_link(r);
	default:
		return usage_show(r, page);
	}
}

/* The buttons of what may be done with its switch now. */
static void
show_deeds(struct req *r, const struct meter_detail *detail)
{
	const struct meter *meter = &detail->meter;
	bool has_switch = detail->has_relay && meter->credit_mode != CREDIT_MONITOR;
	enum control_force force = control_force(meter->control.force_state, meter->phases);
	struct node *list = view_node(r->view, "Deeds");
	const bool may_be[CONTROL_OPS] = {
		[CONTROL_TRIP] = has_switch && force != FORCE_OPEN && force != FORCE_CLOSED &&
				 !meter->is_protected && meter->account_id != 0 &&
				 meter->lost_since == 0,
		[CONTROL_KEEP_ON] = has_switch && meter->account_id != 0,
		[CONTROL_PREPAID] = has_switch && force != FORCE_NONE && force != FORCE_UNKNOWN,
		[CONTROL_READ] = true,
		[CONTROL_CLOCK] = detail->clock_at != 0,
	};

	for (enum control_op op = CONTROL_TRIP; op < CONTROL_RESTORE; op++) {
		if (!may_be[op] || !may(r, PERM_METER_CONTROL))
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Op", control_op_name(op));
		node_set(r->view, node, "Href",
		    arena_printf(r->arena, "/accounts/control?op=%s&meter=%lld",
			control_op_name(op), (long long)meter->meter_id));
	}
}

enum rc
meter(struct req *r)
{
	struct meter_page state;
	enum rc rc;

	if (r->id == 0)
		return RC_NOT_FOUND;
	rc = meter_find(r->db, r->arena, r->scope, r->id, clock_day(r->now), &state.detail);
	if (rc != RC_OK)
		return rc;
	read_page(r, &state);
	if (state.format != LIST_PAGE && state.tab != TAB_LINK && !state.is_day_wrong) {
		if (!may(r, PERM_EXPORT))
			return RC_DENIED;
		return state.tab == TAB_READINGS ? registers_answer(r, &state)
						 : usage_answer(r, &state);
	}
	rc = meter_keep_until(r->db, r->id, &state.detail.meter.kept_until);
	if (rc != RC_OK)
		return rc;
	meter_head_show(r, &state.detail);
	show_deeds(r, &state.detail);
	meter_tabs_show(r, &state);
	live_show(r, &state.detail);
	/* The refresh asks for the live values only. */
	if (!r->is_fragment &&
	    ((rc = show_tab(r, &state)) != RC_OK || (rc = alarm_bell(r)) != RC_OK))
		return rc;
	return page(r, "accounts/meter.cs");
}
