#include "deed.h"

#include <string.h>

#include "base/doorbell.h"
#include "model/sale_list.h"
#include "model/setting.h"

enum rc
deed_meter(struct req *r, int64_t meter_id, struct deed_meter *deed)
{
	struct node *money = view_node(r->view, "Money");
	const struct meter *meter = &deed->detail.meter;
	enum rc rc = meter_find_sold(r, meter_id, &deed->detail);

	if (rc == RC_OK)
		rc = ledger_balance(r->db, meter->account_id, meter_id, &deed->balance);
	if (rc != RC_OK)
		return rc;
	deed->credit_fen =
	    meter->credit_mode == CREDIT_SERVER ? deed->balance.credit_fen : meter->credit_fen;
	meter_show(r, view_node(r->view, "Meter"), meter);
	view_bool(r->view, "Meter.IsServer", meter->credit_mode == CREDIT_SERVER);
	if (deed->credit_fen != METER_NO_CREDIT)
		node_set(r->view, money, "Credit", money_text(r, deed->credit_fen));
	if (deed->balance.transit_fen != 0)
		node_set(r->view, money, "Transit", money_text(r, deed->balance.transit_fen));
	if (deed->balance.payable_fen != 0)
		node_set(r->view, money, "Payable", money_text(r, deed->balance.payable_fen));
	if (deed->detail.purchase_count >= 0 && meter->credit_mode == CREDIT_METER)
		node_int(r->view, money, "Count", deed->detail.purchase_count);
	return RC_OK;
}

enum rc
deed_shift(struct req *r)
{
	struct shift shift;
	enum rc rc = shift_find_open(r->db, r->arena, r->user.operator_id, &shift);

	view_bool(r->view, "NeedsShift", rc == RC_NOT_FOUND);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
deed_target(struct req *r, const char *what, const char **target)
{
	int64_t series;
	enum rc rc = setting_int(r->db, "ledger.series", 0, &series);

	*target = arena_printf(r->arena, "%s/%lld/%lld", what, (long long)r->id, (long long)series);
	return rc;
}

enum rc
deed_key_show(struct req *r, const char *what)
{
	const char *target;
	enum rc rc = deed_target(r, what, &target);

	if (rc == RC_OK)
		bound_key_show(r, "Key", target);
	return rc;
}

enum rc
deed_asker(struct req *r, const char *what, struct sale_asker *asker)
{
	const char *target;
	enum rc rc = deed_target(r, what, &target);

	asker->by = editor(r);
	return rc == RC_OK ? bound_key_read(r, target, asker->request_key) : rc;
}

enum rc
deed_reason(
    struct req *r, const char *branch, const char *cause, const char *typed, const char **reason)
{
	bool is_other = strcmp(cause, "other") == 0;
	const char *word = view_word(r->view, arena_printf(r->arena, "Sales.%s.%s", branch, cause));

	*reason = is_other	   ? typed
		  : *typed == '\0' ? word
				   : arena_printf(r->arena, "%s: %s", word, typed);
	if (is_other && *typed == '\0') {
		form_error(r, "reason", "ReasonOther");
		return RC_INVALID;
	}
	return RC_OK;
}

enum rc
deed_last_sale(struct req *r, int64_t meter_id, int64_t *sale_id)
{
	const struct sale_filter filter = { .scope = r->scope,
		.kind = SALE_PURCHASE,
		.state = SALE_STATES,
		.channel = CHANNELS,
		.meter_id = meter_id,
		.sort = "time",
		.is_descending = true,
		.limit = 1 };
	struct sale_row *rows;
	size_t count;
	enum rc rc = sale_list(r->db, r->arena, &filter, &rows, &count);

	*sale_id = rc == RC_OK && count > 0 ? rows[0].sale_id : 0;
	return rc;
}

void
deed_sale(struct req *r, struct node *node, const struct sale_view *sale)
{
	int64_t fees_fen = 0;

	for (size_t i = 0; i < sale->line_count; i++)
		fees_fen += sale->lines[i].is_fee ? sale->lines[i].amount_fen : 0;
	node_int(r->view, node, "Id", sale->sale_id);
	node_set(r->view, node, "Number", sale->receipt_number);
	node_set(r->view, node, "Kind", sale_kind_name(sale->kind));
	node_set(r->view, node, "State", sale_state_name(sale->state));
	node_time(r->view, node, "Created", sale->created_at, r->now, 0);
	node_set(r->view, node, "By", sale->operator_name);
	node_set(r->view, node, "Amount", money_text(r, sale->amount_fen));
	node_set(r->view, node, "Credit", money_text(r, sale->credit_fen));
	if (fees_fen != 0)
		node_set(r->view, node, "Fees", money_text(r, fees_fen));
	node_set(r->view, node, "Channel", channel_name(sale->channel));
	node_set(r->view, node, "Tenant", sale->tenant);
	node_set(r->view, node, "Place",
	    *sale->building == '\0' ? sale->place
				    : arena_printf(r->arena, "%s %s", sale->building, sale->place));
	node_set(r->view, node, "Meter", sale->number);
	node_set(r->view, node, "Reason", sale->reason);
}

enum rc
deed_done(struct req *r, int64_t sale_id)
{
	doorbell_ring(r->conf);
	return redirect(r, "/sales/%lld", (long long)sale_id);
}
