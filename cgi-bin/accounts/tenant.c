/* What the pages of accounts show in the same way. */
#include "tenant.h"

#include <string.h>

#include "base/money.h"

const char *
tenant_href(struct req *r, int64_t account_id, const char *rest)
{
	return arena_printf(r->arena, "/accounts/%lld%s", (long long)account_id, rest);
}

enum rc
tenant_find(struct req *r, struct account_head *head)
{
	struct node *node = view_node(r->view, "Account");
	enum rc rc =
	    r->id == 0 ? RC_NOT_FOUND : account_find(r->db, r->arena, r->scope, r->id, head);

	if (rc != RC_OK)
		return rc;
	node_int(r->view, node, "Id", head->account_id);
	node_set(r->view, node, "Name", head->name);
	node_set(r->view, node, "Number", head->number);
	node_set(r->view, node, "State", account_state_name(head->state));
	crumb(r, tenant_href(r, head->account_id, ""), head->name);
	return RC_OK;
}

const char *
day_words(struct req *r, struct day day)
{
	char text[16];

	clock_format_day(day, text, sizeof(text));
	return arena_strdup(r->arena, text);
}

const char *
energy_text(struct req *r, int64_t energy_wh)
{
	char text[MONEY_TEXT_MAX];

	energy_format(energy_wh, 2, text, sizeof(text));
	return arena_strdup(r->arena, text);
}

const char *
mask_text(struct req *r, const char *text, size_t first, size_t last)
{
	size_t length = strlen(text);

	if (length <= first + last)
		first = 0, last = length > 2 ? 2 : 0;
	return arena_printf(r->arena, "%.*s****%s", (int)first, text, text + length - last);
}

int64_t
tenant_days_left(const struct meter_snapshot *snapshot, int64_t account_id)
{
	int64_t least = -1;

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct meter *meter = &snapshot->list[i];
		int64_t days = meter->account_id == account_id ? meter_days_left(meter) : -1;
		if (days >= 0 && (least < 0 || days < least))
			least = days;
	}
	return least;
}

const char *
days_text(struct req *r, int64_t days, bool is_empty)
{
	const char *const values[] = { number_text(r, days) };

	if (days < 0)
		return NULL;
	if (is_empty)
		return view_word(r->view, "Accounts.Board.DaysNone");
	return days == 0 ? view_word(r->view, "Accounts.Board.DaysLess")
			 : view_phrase(r->view, "Accounts.Board.Days", values, 1);
}
