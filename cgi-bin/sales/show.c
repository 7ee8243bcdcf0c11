/* What several pages show in the same way. */
#include "document.h"

#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/money.h"
#include "model/account.h"
#include "model/shift.h"

#define PHONE_TEXT_MAX 64

const char *
place_text(struct req *r, const struct meter *meter)
{
	const char *parts[] = { meter->building, meter->floor, meter->room };
	const char *text = "";

	for (size_t i = 0; i < COUNT(parts); i++)
		if (*parts[i] != '\0')
			text = *text == '\0' ? parts[i]
					     : arena_printf(r->arena, "%s %s", text, parts[i]);
	if (*meter->room == '\0' && *meter->name != '\0')
		text = *text == '\0' ? meter->name
				     : arena_printf(r->arena, "%s %s", text, meter->name);
	return *text != '\0' ? text : meter->site;
}

const char *
days_text(struct req *r, int64_t credit_fen, int64_t spent_day_fen)
{
	const char *values[1];

	if (credit_fen == METER_NO_CREDIT || (credit_fen > 0 && spent_day_fen <= 0))
		return NULL;
	if (credit_fen <= 0)
		return view_word(r->view, "Accounts.Board.DaysNone");
	if (credit_fen < spent_day_fen)
		return view_word(r->view, "Accounts.Board.DaysLess");
	values[0] = number_text(r, credit_fen / spent_day_fen);
	return view_phrase(r->view, "Accounts.Board.Days", values, 1);
}

const char *
price_text(struct req *r, int64_t price_uyuan)
{
	int64_t tenths = (price_uyuan + 50) / 100; /* of a thousandth */

	return arena_printf(
	    r->arena, "%lld.%04lld", (long long)(tenths / 10000), (long long)(tenths % 10000));
}

void
meter_show(struct req *r, struct node *node, const struct meter *meter)
{
	enum meter_status status = meter_status(meter);
	char phone[PHONE_TEXT_MAX];

	mask_number(meter->phone, phone, sizeof(phone));
	node_int(r->view, node, "Id", meter->meter_id);
	node_set(r->view, node, "Place", place_text(r, meter));
	node_set(r->view, node, "Tenant", meter->tenant);
	node_set(r->view, node, "Number", meter->number);
	node_set(r->view, node, "AccountNumber", meter->account_number);
	node_set(r->view, node, "Phone", phone);
	node_set(r->view, node, "Status", meter_status_name(status));
	if (status == STATUS_LOST && meter->has_state)
		node_set(r->view, node, "Before", meter_status_name(meter_status_before(meter)));
	if (meter->credit_fen != METER_NO_CREDIT) {
		node_set(r->view, node, "Credit", money_text(r, meter->credit_fen));
		node_bool(r->view, node, "IsNegative", meter->credit_fen < 0);
	}
	node_set(r->view, node, "Lasts", days_text(r, meter->credit_fen, meter->spent_day_fen));
	node_time(r->view, node, "Seen", meter->read_at, r->now, meter_old_after(meter));
	node_time(r->view, node, "LostSince", meter->lost_since, r->now, 0);
}

enum rc
meter_find_sold(struct req *r, int64_t meter_id, struct meter_detail *detail)
{
	const struct account_forecast *forecast;
	enum rc rc = meter_id == 0 ? RC_NOT_FOUND
				   : meter_find(r->db, r->arena, r->scope, meter_id,
					 clock_day(r->now), detail);

	if (rc != RC_OK)
		return rc;
	if (detail->meter.account_id == 0 || detail->meter.credit_mode == CREDIT_MONITOR)
		return RC_NOT_FOUND;
	if ((rc = account_forecast(r->db, r->now, &forecast)) == RC_OK)
		detail->meter.spent_day_fen = account_spent_day(forecast, meter_id);
	return rc;
}

enum rc
shift_strip(struct req *r, int64_t *shift_id)
{
	struct node *node = view_node(r->view, "Shift");
	struct shift shift;
	enum rc rc = shift_find_open(r->db, r->arena, r->user.operator_id, &shift);

	*shift_id = 0;
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	*shift_id = shift.shift_id;
	node_bool(r->view, node, "IsOpen", true);
	node_time(r->view, node, "Opened", shift.opened_at, r->now, 0);
	node_set(r->view, node, "Cash", money_text(r, shift.expected_fen));
	node_int(r->view, node, "Documents", shift.sales);
	return RC_OK;
}

#define OUTCOME_VALUES 4

/* Codes of deliveries whose values are amounts. */
static bool
is_money_code(const char *code)
{
	static const char *const CODES[] = { "amount", "credit_rose", "balance" };

	for (size_t i = 0; i < COUNT(CODES); i++)
		if (strcmp(code, CODES[i]) == 0)
			return true;
	return false;
}

const char *
outcome_text(struct req *r, const char *branch, const char *outcome)
{
	const char *values[OUTCOME_VALUES] = { "", "", "", "" };
	size_t count = 0;
	char *rest, *copy = arena_strdup(r->arena, outcome);
	const char *code = strtok_r(copy, " ", &rest);

	if (code == NULL)
		return NULL;
	for (char *value; count < OUTCOME_VALUES && (value = strtok_r(NULL, " ", &rest)) != NULL;)
		values[count++] =
		    is_money_code(code) ? money_text(r, strtoll(value, NULL, 10)) : value;
	const char *text = view_phrase(
	    r->view, arena_printf(r->arena, "%s.%s", branch, code), values, OUTCOME_VALUES);
	return *text != '\0' ? text : outcome;
}
