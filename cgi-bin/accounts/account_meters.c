/* /accounts/{id}/meters: another meter for the account, or one meter less. */
#include "model/account_draft.h"
#include "tenant.h"

/* The opening goes on with this account: its tenant is known, the rest is asked. */
static enum rc
begin(struct req *r)
{
	struct account_draft draft;
	enum rc rc = account_draft_begin(r->db, r->user.operator_id, r->now, &draft);

	if (rc != RC_OK)
		return rc;
	draft_set(&draft, "account", number_text(r, r->id));
	rc = account_draft_save(r->db, &draft, r->now);
	return rc == RC_OK ? redirect(r, "/accounts/open/%lld?step=1", (long long)draft.draft_id)
			   : rc;
}

static enum rc
show_meters(struct req *r)
{
	struct leaving_meter *meters;
	size_t count, serving = 0;
	enum rc rc = account_leaving(r->db, r->arena, r->id, &meters, &count);

	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		if (meters[i].ended_at != 0)
			continue;
		struct node *node = node_add(r->view, view_node(r->view, "Meters"));
		serving++;
		node_int(r->view, node, "Id", meters[i].meter_id);
		node_set(r->view, node, "Number", meters[i].number);
		node_set(r->view, node, "Building", meters[i].building);
		node_set(r->view, node, "Place", meters[i].place);
		node_set(r->view, node, "State", leaving_state_name(meters[i].state));
		node_bool(r->view, node, "IsLeaving", meters[i].state != LEAVING_NOT);
		if (meters[i].credit_fen != METER_NO_CREDIT)
			node_money(r->view, node, "Credit", meters[i].credit_fen);
		node_time(r->view, node, "Seen", meters[i].read_at, r->now, meters[i].old_after_ms);
	}
	view_bool(r->view, "IsSeveral", serving > 1);
	return rc;
}

enum rc
account_meters_page(struct req *r)
{
	struct account_head head;
	enum rc rc = tenant_find(r, &head);

	if (rc != RC_OK)
		return rc;
	if (head.state != ACCOUNT_OPEN)
		return r->method == POST ? RC_CONFLICT
					 : redirect(r, "/accounts/%lld", (long long)r->id);
	if (r->method == POST)
		return begin(r);
	rc = show_meters(r);
	crumb(r, NULL, view_word(r->view, "Accounts.AccountMeters.Title"));
	return rc == RC_OK ? page(r, "accounts/account_meters.cs") : rc;
}
