/* /accounts/{id}: one tenant: meters, money, use, documents and what happened. */
#include <string.h>

#include "base/text.h"
#include "conflict.h"
#include "model/account_story.h"
#include "model/sale_list.h"
#include "tenant.h"

#define USE_DAYS   30
#define DOCUMENTS  10
#define EVENTS	   20
#define EVENTS_FAR 100 /* pages */
#define CHANGES	   5

static void
show_head(struct req *r, const struct account_head *head)
{
	struct node *node = view_node(r->view, "Account");
	bool shows = may(r, PERM_ACCOUNT_EDIT);

	node_set(r->view, node, "Phone",
	    shows || head->phone[0] == '\0' ? head->phone : mask_text(r, head->phone, 3, 4));
	node_set(r->view, node, "IdNumber",
	    head->id_number[0] == '\0' ? "" : mask_text(r, head->id_number, 4, 4));
	node_set(r->view, node, "Note", head->note);
	node_set(r->view, node, "OpenedBy", head->opened_by);
	node_set(r->view, node, "ClosedBy", head->closed_by);
	node_set(r->view, node, "ClosingReason", head->closing_reason);
	node_time(r->view, node, "Opened", head->opened_at, r->now, 0);
	node_time(r->view, node, "Closing", head->closing_at, r->now, 0);
	node_time(r->view, node, "Closed", head->closed_at, r->now, 0);
	node_bool(r->view, node, "IsOpen", head->state == ACCOUNT_OPEN);
	node_bool(r->view, node, "IsClosing", head->state == ACCOUNT_CLOSING);
	node_bool(r->view, node, "IsClosed", head->state == ACCOUNT_CLOSED);
	view_set(r->view, "Page.Title", head->name);
}

/* ---- meters and money ---- */

struct sums {
	struct ledger_balance balance;
	int64_t credit_fen, meters;
	bool has_credit;
};

static void
show_balance(struct req *r, struct node *node, const struct ledger_balance *balance)
{
	node_money(r->view, node, "Booked", balance->credit_fen);
	if (balance->transit_fen != 0)
		node_money(r->view, node, "Transit", balance->transit_fen);
	if (balance->payable_fen != 0)
		node_money(r->view, node, "Payable", balance->payable_fen);
}

static enum rc
show_meter(struct req *r, const struct account_stretch *stretch, struct sums *sums)
{
	struct node *node = node_add(r->view, view_node(r->view, "Meters"));
	struct ledger_balance balance;
	struct meter_detail detail;
	enum rc rc =
	    meter_find(r->db, r->arena, r->scope, stretch->meter_id, clock_day(r->now), &detail);

	if (rc == RC_NOT_FOUND) {
		/* Of the same account, in a building the reader may not see. */
		node_bool(r->view, node, "IsHidden", true);
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = ledger_balance(r->db, r->id, stretch->meter_id, &balance);
	if (rc != RC_OK)
		return rc;
	meter_show(r, node, &detail.meter);
	node_set(r->view, node, "Number", detail.meter.number);
	node_set(r->view, node, "Place", stretch->place);
	node_set(r->view, node, "Building", detail.meter.building);
	node_set(r->view, node, "Floor", detail.meter.floor);
	node_set(r->view, node, "Mode", credit_mode_name(detail.meter.credit_mode));
	node_time(r->view, node, "Since", stretch->began_at, r->now, 0);
	show_balance(r, node, &balance);
	sums->meters++;
	sums->balance.transit_fen += balance.transit_fen;
	sums->balance.credit_fen += balance.credit_fen;
	sums->balance.payable_fen += balance.payable_fen;
	if (detail.meter.credit_fen != METER_NO_CREDIT) {
		sums->has_credit = true;
		sums->credit_fen += detail.meter.credit_fen;
	}
	return RC_OK;
}

/* Money may lie with a meter that serves the account no more: cleared, and not handed over. */
static enum rc
show_former(struct req *r, const struct account_stretch *stretch, struct sums *sums)
{
	struct node *node = node_add(r->view, view_node(r->view, "Former"));
	struct ledger_balance balance;
	enum rc rc = ledger_balance(r->db, r->id, stretch->meter_id, &balance);

	if (rc != RC_OK)
		return rc;
	node_int(r->view, node, "Id", stretch->meter_id);
	node_set(r->view, node, "Number", stretch->number);
	node_set(r->view, node, "Place", stretch->place);
	node_time(r->view, node, "Since", stretch->began_at, r->now, 0);
	node_time(r->view, node, "Ended", stretch->ended_at, r->now, 0);
	if (balance.payable_fen != 0)
		node_money(r->view, node, "Payable", balance.payable_fen);
	sums->balance.payable_fen += balance.payable_fen;
	return RC_OK;
}

static enum rc
show_meters(struct req *r)
{
	const struct meter_snapshot *snapshot;
	struct account_stretch *stretches;
	struct sums sums = { .credit_fen = 0 };
	size_t count;
	enum rc rc = account_stretches(r->db, r->arena, r->id, &stretches, &count);

	for (size_t i = 0; i < count && rc == RC_OK; i++)
		rc = stretches[i].ended_at == 0 ? show_meter(r, &stretches[i], &sums)
						: show_former(r, &stretches[i], &sums);
	if (rc == RC_OK)
		rc = meter_snapshot(r->db, r->arena, r->scope, r->now, &snapshot);
	if (rc != RC_OK)
		return rc;
	struct node *node = view_node(r->view, "Sum");
	show_balance(r, node, &sums.balance);
	node_bool(r->view, node, "IsSeveral", sums.meters > 1);
	if (sums.has_credit) {
		node_set(r->view, node, "Credit", money_text(r, sums.credit_fen));
		node_bool(r->view, node, "IsNegative", sums.credit_fen < 0);
		node_set(r->view, node, "Lasts",
		    days_text(r, tenant_days_left(snapshot, r->id), sums.credit_fen <= 0));
	}
	return RC_OK;
}

static enum rc
show_changes_open(struct req *r)
{
	struct meter_change changes[CHANGES];
	size_t count;
	enum rc rc =
	    meter_change_of_account(r->db, r->arena, r->scope, r->id, changes, CHANGES, &count);

	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		if (changes[i].ended_at != 0)
			continue;
		struct node *node = node_add(r->view, view_node(r->view, "Changes"));
		node_int(r->view, node, "Id", changes[i].change_id);
		node_set(r->view, node, "Kind", change_kind_name(changes[i].kind));
		node_set(r->view, node, "State", change_state_name(changes[i].state));
		node_set(r->view, node, "Number", changes[i].old.number);
	}
	return rc;
}

/* ---- use ---- */

static enum rc
show_use(struct req *r)
{
	struct day from = clock_day_add(clock_day(r->now), -USE_DAYS);
	int64_t energy_wh = 0, charge_fen = 0;
	struct account_use *days;
	size_t count;
	enum rc rc = account_use(r->db, r->arena, r->id, from, &days, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++) {
		struct node *node = node_add(r->view, view_node(r->view, "Use"));
		node_set(r->view, node, "Day", day_words(r, days[i].day));
		node_energy(r->view, node, "Energy", days[i].energy_wh);
		node_set(r->view, node, "EnergyValue", decimal_text(r, days[i].energy_wh / 10, 2));
		node_money(r->view, node, "Charge", days[i].charge_fen);
		node_set(r->view, node, "ChargeValue", decimal_text(r, days[i].charge_fen, 2));
		node_bool(r->view, node, "IsUnpriced", days[i].unpriced_wh > 0);
		energy_wh += days[i].energy_wh;
		charge_fen += days[i].charge_fen;
	}
	view_energy(r->view, "UseSum.Energy", energy_wh);
	view_money(r->view, "UseSum.Charge", charge_fen);
	return RC_OK;
}

/* ---- documents ---- */

static enum rc
show_documents(struct req *r)
{
	const struct sale_filter filter = { .scope = r->scope,
		.search = "",
		.kind = SALE_KINDS,
		.state = SALE_STATES,
		.channel = CHANNELS,
		.account_id = r->id,
		.sort = "time",
		.is_descending = true,
		.limit = DOCUMENTS };
	struct sale_row *rows;
	size_t count;

	if (!may(r, PERM_SALE_VIEW))
		return RC_OK;
	view_bool(r->view, "MaySee.Sales", true);
	enum rc rc = sale_list(r->db, r->arena, &filter, &rows, &count);
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		struct node *node = node_add(r->view, view_node(r->view, "Documents"));
		int64_t amount = rows[i].amount_fen != 0 ? rows[i].amount_fen : rows[i].credit_fen;
		node_int(r->view, node, "Id", rows[i].sale_id);
		node_set(r->view, node, "Receipt", rows[i].receipt_number);
		node_set(r->view, node, "Kind", sale_kind_name(rows[i].kind));
		node_set(r->view, node, "State", sale_state_name(rows[i].state));
		node_set(r->view, node, "Channel", channel_name(rows[i].channel));
		node_set(r->view, node, "Place", rows[i].place);
		node_set(r->view, node, "By", rows[i].operator_name);
		node_money(r->view, node, "Amount", amount);
		node_time(r->view, node, "At", rows[i].created_at, r->now, 0);
	}
	return rc;
}

/* ---- what happened ---- */

static const char *const ICONS[] = { [EVENT_AUDIT] = "pencil",
	[EVENT_SALE] = "coin",
	[EVENT_ALARM] = "bell",
	[EVENT_ORDER] = "send" };
static const char *const WORDS[] = { [EVENT_AUDIT] = "Audit.Action",
	[EVENT_SALE] = "Sale.Kind",
	[EVENT_ALARM] = "Alarm",
	[EVENT_ORDER] = "Order.Kind" };

static void
show_event(struct req *r, const struct account_event *event)
{
	struct node *node = node_add(r->view, view_node(r->view, "Events"));
	const char *word =
	    view_word(r->view, arena_printf(r->arena, "%s.%s", WORDS[event->source], event->kind));

	node_time(r->view, node, "At", event->at, r->now, 0);
	node_set(r->view, node, "Icon", ICONS[event->source]);
	node_set(r->view, node, "Text", *word != '\0' ? word : event->kind);
	node_set(r->view, node, "Who", event->who);
	node_set(r->view, node, "Number", event->number);
	if (event->source == EVENT_SALE) {
		node_set(r->view, node, "Detail", event->detail);
		node_set(r->view, node, "SaleState", event->state);
		node_money(r->view, node, "Amount", event->amount_fen);
		if (may(r, PERM_SALE_VIEW))
			node_set(r->view, node, "Href",
			    arena_printf(r->arena, "/sales/%lld", (long long)event->id));
	} else if (event->source == EVENT_ORDER) {
		node_set(r->view, node, "OrderState", event->state);
		if (may(r, PERM_METER_WRITE))
			node_set(r->view, node, "Href",
			    arena_printf(r->arena, "/settings/orders/%lld", (long long)event->id));
	} else if (event->source == EVENT_ALARM) {
		node_set(r->view, node, "Detail", trouble_text(r, event->detail));
		node_bool(r->view, node, "IsEnded", event->state[0] != '\0');
	} else if (may(r, PERM_ACCOUNT_EDIT)) {
		/* Phone numbers are among them. */
		show_changes(r, node_child(r->view, node, "Change"), event->detail);
	}
}

static const char *
page_href(struct req *r, int64_t page)
{
	return page <= 1 ? tenant_href(r, r->id, "#events")
			 : arena_printf(r->arena, "/accounts/%lld?p=%lld#events", (long long)r->id,
			       (long long)page);
}

/* Nothing is counted: one more than is shown tells whether there is a next page. */
static enum rc
show_events(struct req *r)
{
	int64_t number = 1;
	struct account_event *events;
	size_t count;

	if (text_parse_uint(param_get(&r->query, "p"), EVENTS_FAR, &number) != RC_OK || number < 1)
		number = 1;
	enum rc rc = account_events(
	    r->db, r->arena, r->id, EVENTS + 1, (number - 1) * EVENTS, &events, &count);
	for (size_t i = 0; i < count && i < EVENTS && rc == RC_OK; i++)
		show_event(r, &events[i]);
	if (number > 1)
		view_set(r->view, "Newer.Href", page_href(r, number - 1));
	if (count > EVENTS && number < EVENTS_FAR)
		view_set(r->view, "Older.Href", page_href(r, number + 1));
	return rc;
}

enum rc
account_page(struct req *r)
{
	struct account_head head;
	enum rc rc =
	    r->id == 0 ? RC_NOT_FOUND : account_find(r->db, r->arena, r->scope, r->id, &head);

	if (rc != RC_OK)
		return rc;
	view_int(r->view, "Account.Id", head.account_id);
	view_set(r->view, "Account.Name", head.name);
	view_set(r->view, "Account.Number", head.number);
	view_set(r->view, "Account.State", account_state_name(head.state));
	crumb(r, NULL, head.name);
	show_head(r, &head);
	rc = show_meters(r);
	if (rc == RC_OK)
		rc = show_changes_open(r);
	if (rc == RC_OK)
		rc = show_use(r);
	if (rc == RC_OK)
		rc = show_documents(r);
	if (rc == RC_OK)
		rc = show_events(r);
	return rc == RC_OK ? page(r, "accounts/account.cs") : rc;
}
