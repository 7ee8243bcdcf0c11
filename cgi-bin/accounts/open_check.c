/* The last step of an opening: what will be, what will be written into the meters; then how far it
 * has come. */
#include <string.h>

#include "base/doorbell.h"
#include "form.h"
#include "model/command_list.h"
#include "model/sale_view.h"
#include "model/tariff_list.h"
#include "model/request_key.h"
#include "open.h"

#define REFRESH_S  2
#define ROWS_SHOWN 200

static void
fact(struct req *r, const char *key, const char *value)
{
	struct node *node = node_add(r->view, view_node(r->view, "Facts"));

	node_set(r->view, node, "Text", view_word(r->view, key));
	node_set(r->view, node, "Value", value);
}

/* ---- the parameters ---- */

static void
show_side(struct req *r, struct node *meter, const struct config_want *want, enum config_part part)
{
	const struct config_side *side = &want->parts[part];
	struct node *node;

	if (part == CONFIG_CLOCK || (side->why == WHY_NONE && side->is_same))
		return;
	node = node_add(r->view, node_child(r->view, meter, "Parts"));
	node_set(r->view, node, "Name", config_part_name(part));
	if (side->why != WHY_NONE) {
		node_set(r->view, node, "Why", config_why_name(side->why));
		return;
	}
	config_value_show(r, node_child(r->view, node, "Wanted"), &side->wanted);
	if (side->is_held)
		config_value_show(r, node_child(r->view, node, "Held"), &side->held);
}

static enum rc
show_meter(struct req *r, const struct opening_page *open, int64_t meter_id)
{
	struct node *node = node_add(r->view, view_node(r->view, "Meters"));
	struct meter_terms terms = open->wish.terms;
	struct free_meter meter;
	struct config_want want;
	struct meter_row row;
	enum rc rc = account_free_meter(r->db, r->arena, r->scope, meter_id, &meter);

	if (rc == RC_OK)
		rc = meter_load_row(r->db, meter_id, &row);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	if (!open->wish.has_terms)
		terms = meter_terms_of(&row);
	node_int(r->view, node, "Id", meter_id);
	node_set(r->view, node, "Number", meter.number);
	node_set(r->view, node, "Building", meter.building);
	node_set(r->view, node, "Place", meter.place);
	node_time(r->view, node, "Seen", meter.read_at, r->now,
	    account_figures_age(meter.status_period_ms));
	if (meter.credit_fen != METER_NO_CREDIT && meter.credit_mode == CREDIT_METER) {
		node_set(r->view, node, "Credit", money_text(r, meter.credit_fen));
		node_bool(r->view, node, "HasCredit", meter.credit_fen != 0);
	}
	if (meter.energy_wh >= 0)
		node_energy(r->view, node, "Energy", meter.energy_wh);
	if (meter.purchase_count >= 0)
		node_int(r->view, node, "Purchases", meter.purchase_count);
	rc = meter_orders_preview(r->db, r->arena, meter_id, &terms, r->now, &want);
	for (size_t part = 0; part < CONFIG_PARTS && rc == RC_OK; part++)
		show_side(r, node, &want, (enum config_part)part);
	return rc;
}

/* ---- the summary ---- */

static enum rc
show_tariff(struct req *r, int64_t tariff_id)
{
	struct tariff_item *list;
	size_t count;
	enum rc rc;

	if (tariff_id == 0) {
		fact(r, "Accounts.Open.Tariff", view_word(r->view, "Accounts.Open.KeepTariff"));
		return RC_OK;
	}
	rc = tariff_list(r->db, r->arena, r->scope, clock_day(r->now), "", &list, &count);
	for (size_t i = 0; i < count && rc == RC_OK; i++)
		if (list[i].tariff_id == tariff_id)
			fact(r, "Accounts.Open.Tariff", list[i].name);
	return rc;
}

static void
show_sale(struct req *r, const struct opening_page *open)
{
	const struct sale_wish *sale = &open->wish.sale;

	if (sale->amount_fen == 0) {
		fact(r, "Accounts.Open.FirstSale", view_word(r->view, "Accounts.Open.NoSale"));
		return;
	}
	fact(r, "Accounts.Open.FirstSale",
	    arena_printf(r->arena, "%s · %s", money_text(r, sale->amount_fen),
		view_word(
		    r->view, arena_printf(r->arena, "Channel.%s", channel_name(sale->channel)))));
}

static void
show_profile(struct req *r, const struct opening_page *open)
{
	const struct account_row *row = &open->wish.profile.row;

	if (open->head.account_id != 0) {
		fact(r, "Word.Account",
		    arena_printf(r->arena, "%s · %s", open->head.name, open->head.number));
		return;
	}
	fact(r, "Accounts.Field.Name", row->name);
	fact(r, "Accounts.List.Number",
	    row->number[0] != '\0' ? row->number : view_word(r->view, "Accounts.Open.NextNumber"));
	fact(r, "Accounts.List.Phone", row->phone[0] != '\0' ? row->phone : "—");
}

enum rc
open_show_check(struct req *r, struct opening_page *open)
{
	enum rc rc = RC_OK;

	show_profile(r, open);
	rc = show_tariff(r, open->wish.terms.tariff_id);
	show_sale(r, open);
	for (size_t i = 0; i < open->wish.meter_count && rc == RC_OK; i++)
		rc = show_meter(r, open, open->wish.meter_ids[i]);
	view_bool(r->view, "MayReadNow", true);
	return rc;
}

/* Faults of other steps stand above the summary: no field of this page is theirs. */
static void
lift_faults(struct faults *faults)
{
	struct faults lifted = { .count = 0 };

	for (size_t i = 0; i < faults->count; i++) {
		lifted.list[i] = faults->list[i];
		lifted.list[i].field[0] = '\0';
		lifted.count++;
	}
	*faults = lifted;
}

enum rc
open_create(struct req *r)
{
	struct opening_page *open = arena_alloc(r->arena, sizeof(*open));
	struct account_opened opened;

	*open = (struct opening_page){ 0 };
	enum rc rc = open_find(r, open);
	if (rc != RC_OK)
		return rc;
	open->step = OPEN_CHECK;
	open_wish(r, open);
	if (!may(r, PERM_SALE))
		open->wish.sale.amount_fen = 0;
	rc = open->faults.count > 0
		 ? RC_INVALID
		 : account_open(r->db, r->arena, &open->wish, &open->faults, &opened);
	if (rc == RC_INVALID || rc == RC_CONFLICT) {
		if (open->faults.count == 0)
			fault_add(&open->faults, "", "Conflict", "%s", "");
		lift_faults(&open->faults);
		return open_show(r, open);
	}
	if (rc != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	flash(r, "AccountOpened");
	return redirect(r, "/accounts/open/%lld", (long long)r->id);
}

/* ---- what became of it ---- */

static enum rc
show_orders(struct req *r, const struct opening_page *open, bool *is_waiting)
{
	unsigned char key[COMMAND_KEY];
	struct command_row *rows;
	int64_t batch_id, total, done = 0;
	size_t count;

	request_key_derive(open->draft.request_key, OPEN_ORDERS, key);
	enum rc rc = meter_orders_find(r->db, key, &batch_id);
	if (rc == RC_OK)
		rc = command_list_rows(
		    r->db, r->arena, r->scope, batch_id, "", ROWS_SHOWN, 0, &rows, &count, &total);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	for (size_t i = 0; i < count; i++) {
		struct node *node = node_add(r->view, view_node(r->view, "Orders"));
		bool is_open =
		    strcmp(rows[i].state, "queued") == 0 || strcmp(rows[i].state, "taken") == 0;
		done += !is_open;
		*is_waiting |= is_open;
		node_set(r->view, node, "Place", rows[i].place);
		node_set(r->view, node, "Number", rows[i].number);
		node_set(r->view, node, "Kind", rows[i].kind);
		node_set(r->view, node, "State", rows[i].state);
		node_bool(r->view, node, "IsLost", rows[i].lost_since != 0);
	}
	view_int(r->view, "Orders.Done", done);
	view_int(r->view, "Orders.Total", total);
	view_int(r->view, "Orders.BatchId", batch_id);
	return RC_OK;
}

static enum rc
show_first_sale(struct req *r, const struct opening_page *open, bool *is_waiting)
{
	unsigned char key[SALE_KEY];
	struct sale_progress progress;
	struct sale_view sale;
	int64_t sale_id;

	request_key_derive(open->draft.request_key, "sale", key);
	enum rc rc = sale_find_request(r->db, key, &sale_id);
	if (rc == RC_OK)
		rc = sale_find(r->db, r->arena, r->scope, sale_id, &sale);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	sale_progress(&sale, &progress);
	*is_waiting |= !progress.is_over;
	view_int(r->view, "Sale.Id", sale_id);
	view_set(r->view, "Sale.Receipt", sale.receipt_number);
	view_set(r->view, "Sale.State", sale_state_name(sale.state));
	view_set(r->view, "Sale.Amount", money_text(r, sale.amount_fen));
	return RC_OK;
}

enum rc
open_done(struct req *r, struct opening_page *open)
{
	struct account_head head;
	bool is_waiting = false;
	enum rc rc = account_find(r->db, r->arena, r->scope, open->draft.account_id, &head);

	if (rc == RC_OK)
		rc = show_orders(r, open, &is_waiting);
	if (rc == RC_OK)
		rc = show_first_sale(r, open, &is_waiting);
	if (rc != RC_OK)
		return rc;
	view_int(r->view, "Draft.Id", open->draft.draft_id);
	view_int(r->view, "Account.Id", head.account_id);
	view_set(r->view, "Account.Name", head.name);
	view_set(r->view, "Account.Number", head.number);
	view_bool(r->view, "IsWaiting", is_waiting);
	if (is_waiting)
		view_int(r->view, "Page.Refresh", REFRESH_S);
	crumb(r, NULL, view_word(r->view, "Accounts.Open.Done"));
	return page(r, "accounts/open_done.cs");
}
