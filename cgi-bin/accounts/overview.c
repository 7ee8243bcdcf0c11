/* /accounts/overview: the building at a glance; every number leads to its list. */
#include <stdlib.h>

#include "accounts.h"
#include "alarm_page.h"
#include "base/money.h"
#include "model/alarm_list.h"
#include "model/approval.h"
#include "model/sale_list.h"
#include "model/usage.h"

#define REFRESH_S    60 /* without script; htmx asks every 15 s */
#define ENDING_DAYS  3
#define ENDING_SHOWN 8
#define ALARMS_SHOWN 8

/* What one walk over the meters tells. */
struct sums {
	int64_t states[STATUSES], meters, credit_fen, power_w, ending;
	const struct meter *oldest;
	const struct meter **running_out; /* credit ends within ENDING_DAYS, least days first */
};

static int
by_days(const void *left, const void *right)
{
	const struct meter *a = *(const struct meter *const *)left;
	const struct meter *b = *(const struct meter *const *)right;
	int64_t days_a = meter_days_left(a), days_b = meter_days_left(b);

	if (days_a != days_b)
		return days_a < days_b ? -1 : 1;
	return (a->credit_fen > b->credit_fen) - (a->credit_fen < b->credit_fen);
}

static void
add_meter(struct sums *sums, const struct meter *meter)
{
	enum meter_status status = meter_status(meter);
	int64_t days = meter_days_left(meter);

	sums->states[status]++;
	if (meter->credit_fen != METER_NO_CREDIT && meter->account_id != 0)
		sums->credit_fen += meter->credit_fen;
	if (days >= 0 && days < ENDING_DAYS)
		sums->running_out[sums->ending++] = meter;
	if (status == STATUS_LOST)
		return;
	if (meter->power_w != METER_NO_VALUE && meter->credit_mode != CREDIT_MONITOR)
		sums->power_w += meter->power_w;
	if (sums->oldest == NULL || meter->read_at < sums->oldest->read_at)
		sums->oldest = meter;
}

static void
sum_meters(struct req *r, const struct meter_snapshot *snapshot, struct sums *sums)
{
	*sums = (struct sums){ .meters = (int64_t)snapshot->count };
	sums->running_out =
	    arena_alloc(r->arena, (snapshot->count + 1) * sizeof(*sums->running_out));
	for (size_t i = 0; i < snapshot->count; i++)
		add_meter(sums, &snapshot->list[i]);
	qsort(sums->running_out, (size_t)sums->ending, sizeof(*sums->running_out), by_days);
}

static void
show_states(struct req *r, const struct sums *sums)
{
	struct node *chips = view_node(r->view, "States");

	for (int i = STATUSES - 1; i >= 0; i--) {
		const char *name = meter_status_name((enum meter_status)i);
		struct node *chip = node_add(r->view, chips);
		struct url url = url_begin(r, "/accounts/board");
		url_text(&url, "st", name);
		node_set(r->view, chip, "Status", name);
		node_int(r->view, chip, "Count", sums->states[i]);
		node_set(r->view, chip, "Href", url.text);
	}
	view_int(r->view, "Meters", sums->meters);
}

static void
show_running_out(struct req *r, const struct sums *sums)
{
	struct node *list = view_node(r->view, "Ending");

	view_int(r->view, "EndingCount", sums->ending);
	for (int64_t i = 0; i < sums->ending && i < ENDING_SHOWN; i++) {
		struct node *node = node_add(r->view, list);
		meter_show(r, node, sums->running_out[i]);
		node_set(r->view, node, "Place", meter_place(r, sums->running_out[i]));
	}
	view_set(r->view, "Credit", money_text(r, sums->credit_fen));
	view_set(r->view, "Power", power_text(r, sums->power_w));
	if (sums->oldest != NULL) {
		struct node *oldest = view_node(r->view, "Oldest");
		meter_show(r, oldest, sums->oldest);
		node_set(r->view, oldest, "Title", meter_title(r, sums->oldest));
	}
}

/* "+3.2 %" against yesterday; nothing to compare with gives NULL. */
static const char *
change_text(struct req *r, int64_t now_wh, int64_t before_wh)
{
	if (before_wh <= 0)
		return NULL;
	int64_t permille = (now_wh - before_wh) * 1000 / before_wh;
	return arena_printf(
	    r->arena, "%s%s %%", permille > 0 ? "+" : "", decimal_text(r, permille, 1));
}

static void
show_days(struct req *r, const struct site_usage *site)
{
	struct node *days = view_node(r->view, "Days");

	for (int i = 0; i < SITE_DAYS; i++) {
		struct node *node = node_add(r->view, days);
		char text[MONEY_TEXT_MAX], date[16];
		clock_format_day(site->days[i].day, date, sizeof(date));
		node_set(r->view, node, "Date", date);
		node_set(r->view, node, "Short", date + 5);
		node_set(r->view, node, "Weekday",
		    view_word(r->view,
			arena_printf(r->arena, "Weekday.%d", clock_weekday(site->days[i].day))));
		node_bool(r->view, node, "IsToday", i == SITE_DAYS - 1);
		if (site->days[i].used_wh < 0)
			continue;
		node_energy(r->view, node, "Used", site->days[i].used_wh);
		energy_format_plain(site->days[i].used_wh, 2, text, sizeof(text));
		node_set(r->view, node, "Value", text);
		view_bool(r->view, "HasDays", true);
	}
}

static void
show_usage(struct req *r, const struct site_usage *site)
{
	char text[24];

	view_energy(r->view, "Today", site->today_wh);
	if (site->main_today_wh >= 0)
		view_energy(r->view, "MainToday", site->main_today_wh);
	if (site->until_at != 0) {
		clock_format_minute(site->until_at, text, sizeof(text));
		view_set(r->view, "Until", text + 11);
	}
	if (site->yesterday_wh >= 0) {
		view_energy(r->view, "Yesterday", site->yesterday_wh);
		view_set(r->view, "Change", change_text(r, site->today_wh, site->yesterday_wh));
	}
	show_days(r, site);
}

/* A gateway is online when one of its buses answers. */
static void
show_buses(struct req *r, const struct bus_view *buses, size_t count)
{
	const struct bus_view *slowest = NULL;
	int64_t gateways = 0, online = 0, last_id = 0;
	bool is_counted = false;

	for (size_t i = 0; i < count; i++) {
		const struct bus_view *bus = &buses[i];
		if (bus->status == BUS_DISABLED || bus->bus_id == 0)
			continue;
		if (bus->gateway_id != last_id) {
			gateways++;
			last_id = bus->gateway_id;
			is_counted = false;
		}
		if (!is_counted && (bus->status == BUS_OK || bus->status == BUS_PARTLY)) {
			online++;
			is_counted = true;
		}
		if (bus->round_ms > 0 && bus->status != BUS_LOST &&
		    (slowest == NULL || bus->round_ms > slowest->round_ms))
			slowest = bus;
	}
	view_int(r->view, "Gateways.Online", online);
	view_int(r->view, "Gateways.Total", gateways);
	view_bool(r->view, "Gateways.IsShort", online < gateways);
	if (slowest != NULL) {
		view_set(r->view, "Slowest.Name",
		    arena_printf(r->arena, "%s · %s", slowest->gateway, slowest->bus));
		view_set(r->view, "Slowest.Round", decimal_text(r, slowest->round_ms / 100, 1));
		view_int(r->view, "Slowest.GatewayId", slowest->gateway_id);
	}
}

static void
show_alarms(struct req *r, const struct alarm_view *alarms, size_t count, int64_t total)
{
	struct node *list = view_node(r->view, "Alarms");

	view_int(r->view, "AlarmCount", total);
	for (size_t i = 0; i < count; i++) {
		struct node *node = node_add(r->view, list);
		node_int(r->view, node, "Id", alarms[i].alarm_id);
		node_set(r->view, node, "Kind", alarms[i].kind);
		node_set(r->view, node, "Subject", alarms[i].subject);
		node_set(r->view, node, "Place", alarms[i].place);
		node_set(r->view, node, "Detail",
		    alarm_detail_text(r, alarm_kind_find(alarms[i].kind), alarms[i].detail));
		if (alarms[i].meter_id != 0)
			node_set(r->view, node, "Href",
			    arena_printf(
				r->arena, "/accounts/meters/%lld", (long long)alarms[i].meter_id));
		else if (alarms[i].gateway_id != 0 && may(r, PERM_BUS_VIEW))
			node_set(r->view, node, "Href",
			    arena_printf(r->arena, "/accounts/gateways/%lld",
				(long long)alarms[i].gateway_id));
		if (alarms[i].folded > 0)
			node_int(r->view, node, "Folded", alarms[i].folded);
		node_time(r->view, node, "Began", alarms[i].began_at, r->now, 0);
	}
}

/* What waits for the reader's yes. */
static enum rc
show_approvals(struct req *r)
{
	int64_t open = 0;
	enum rc rc = may(r, PERM_APPROVE) ? approval_count_open(r->db, r->scope, &open) : RC_OK;

	if (rc == RC_OK && open > 0)
		view_int(r->view, "Approvals", open);
	return rc;
}

static enum rc
day_sales(struct req *r, struct day day, struct sale_totals *totals)
{
	const struct sale_filter filter = { .scope = r->scope,
		.kind = SALE_KINDS,
		.state = SALE_STATES,
		.channel = CHANNELS,
		.from = day,
		.to = day };

	return sale_totals(r->db, &filter, totals);
}

/* What was sold today, with yesterday beside it. */
static enum rc
show_sales(struct req *r)
{
	struct day today = clock_day(r->now);
	struct sale_totals sold, before;
	enum rc rc = may(r, PERM_SALE_VIEW) ? day_sales(r, today, &sold) : RC_NOT_FOUND;

	if (rc == RC_OK)
		rc = day_sales(r, clock_day_add(today, -1), &before);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	view_set(r->view, "Sold.Amount", money_text(r, sold.kind_fen[SALE_PURCHASE]));
	view_int(r->view, "Sold.Count", sold.kind_count[SALE_PURCHASE]);
	view_set(r->view, "Sold.Before", money_text(r, before.kind_fen[SALE_PURCHASE]));
	return RC_OK;
}

enum rc
overview(struct req *r)
{
	const struct meter_snapshot *snapshot;
	const struct site_usage *site;
	struct bus_view *buses;
	struct alarm_view *alarms;
	size_t bus_count, alarm_count;
	int64_t alarm_total;
	struct sums sums;
	enum rc rc;

	if ((rc = meter_snapshot(r->db, r->arena, r->scope, r->now, &snapshot)) != RC_OK ||
	    (rc = usage_site(r->db, r->scope, r->now, &site)) != RC_OK ||
	    (rc = gateway_buses(r->db, r->arena, r->scope, 0, r->now, &buses, &bus_count)) !=
		RC_OK ||
	    (rc = alarm_running(r->db, r->arena, r->scope, ALARMS_SHOWN, &alarms, &alarm_count,
		 &alarm_total)) != RC_OK ||
	    (rc = show_approvals(r)) != RC_OK || (rc = alarm_bell(r)) != RC_OK ||
	    (rc = show_sales(r)) != RC_OK)
		return rc;
	sum_meters(r, snapshot, &sums);
	show_states(r, &sums);
	show_running_out(r, &sums);
	show_usage(r, site);
	show_buses(r, buses, bus_count);
	show_alarms(r, alarms, alarm_count, alarm_total);
	view_int(r->view, "Page.Refresh", REFRESH_S);
	return page(r, "accounts/overview.cs");
}
