/* /accounts/control: what will be done with the chosen meters and what is left out; then it goes.
 */
#include <inttypes.h>
#include <string.h>

#include "base/doorbell.h"
#include "control.h"
#include "form.h"
#include "model/meter_orders.h"

static enum rc
show(struct req *r, const struct control_draft *draft)
{
	control_show(r, draft);
	crumb(r, NULL, view_get(r->view, "Page.Title"));
	return page(r, "accounts/control.cs");
}

/* Prices and settings have a form of their own, for the same meters. */
static enum rc
lead_to_form(struct req *r, const char *op)
{
	struct control_draft draft = { .op = CONTROL_OPS };
	enum rc rc;

	if (!may(r, PERM_METER_WRITE))
		return RC_DENIED;
	if ((rc = control_pick(r, &draft)) != RC_OK)
		return rc;
	const char *link = control_link(r, &draft, "/settings/orders/new");
	if (draft.count == 0 || link == NULL) {
		flash(r, draft.count == 0 ? "ControlNothing" : "ControlMany");
		return redirect(r, "/accounts/board");
	}
	return strcmp(op, "settings") == 0 ? redirect(r, "%s&part=settings", link)
					   : redirect(r, "%s&part=prices&part=tou", link);
}

static void
note_changed_count(struct req *r, const struct control_draft *draft)
{
	const char *expect = param_get(&r->query, "expect");
	const char *const values[] = { expect, number_text(r, (int64_t)draft->count) };

	if (draft->is_all && *expect != '\0' &&
	    strcmp(expect, arena_printf(r->arena, "%zu", draft->count)) != 0)
		view_set(r->view, "Changed", view_phrase(r->view, "Control.Changed", values, 2));
}

enum rc
control(struct req *r)
{
	const char *op = param_get(&r->query, "op");
	struct control_draft draft = { .op = control_op_find(op) };
	enum rc rc;

	if (strcmp(op, "prices") == 0 || strcmp(op, "settings") == 0)
		return lead_to_form(r, op);
	if (draft.op == CONTROL_OPS)
		return redirect(r, "/accounts/board");
	if (!may(r, PERM_METER_CONTROL))
		return RC_DENIED;
	if ((rc = control_pick(r, &draft)) != RC_OK)
		return rc;
	if (draft.count == 0) {
		flash(r, "ControlNothing");
		return redirect(r, "/accounts/board");
	}
	control_decide(r, &draft, control_wish_begin(r, &draft));
	note_changed_count(r, &draft);
	return show(r, &draft);
}

static enum rc
send(struct req *r, const struct control_draft *draft, const struct control_wish *wish,
    const unsigned char key[COMMAND_KEY])
{
	struct command_order *orders = arena_alloc(r->arena, (draft->going + 1) * sizeof(*orders));
	struct command_batch batch = { .operator_id = r->user.operator_id,
		.actor = r->user.username,
		.address = r->address,
		.reason = control_reason(r, wish),
		.at = r->now,
		.not_before = wish->not_before };
	int64_t batch_id;
	size_t count = 0;
	bool is_old;

	memcpy(batch.request_key, key, COMMAND_KEY);
	for (size_t i = 0; i < draft->count; i++)
		if (draft->list[i].why == CONTROL_GOES)
			orders[count++] = control_order(&draft->list[i]);
	enum rc rc = command_send(r->db, &batch, orders, count, &batch_id, &is_old);
	if (rc != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	flash(r, "OrderSent");
	return redirect(r, "/settings/orders/%" PRId64, batch_id);
}

enum rc
control_send(struct req *r)
{
	struct control_draft draft = { .op = control_op_find(param_get(&r->body, "op")) };
	unsigned char key[COMMAND_KEY];
	struct control_wish wish;
	int64_t batch_id;
	enum rc rc = request_key_read(r, key);

	if (rc != RC_OK || draft.op == CONTROL_OPS)
		return RC_INVALID;
	/* Pressed twice: what it did the first time may have changed what would go now. */
	if ((rc = meter_orders_find(r->db, key, &batch_id)) == RC_OK)
		return redirect(r, "/settings/orders/%" PRId64, batch_id);
	if (rc != RC_NOT_FOUND || (rc = control_pick(r, &draft)) != RC_OK)
		return rc;
	control_wish_read(r, &draft, &wish);
	control_decide(r, &draft, wish.until_at != 0 ? wish.until_at : r->now + CLOCK_HOUR);
	control_wish_check(r, &draft, &wish);
	if (r->status != 422)
		return send(r, &draft, &wish, key);
	/* What changed since the page was shown may be what the same form did a moment ago. */
	rc = meter_orders_find(r->db, key, &batch_id);
	if (rc == RC_OK)
		return redirect(r, "/settings/orders/%" PRId64, batch_id);
	return rc == RC_NOT_FOUND ? show(r, &draft) : rc;
}
