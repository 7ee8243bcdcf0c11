/* What the pages of shifts show in the same way. */
#include "office.h"

#include <string.h>

const char *
words(struct req *r, const char *key, const char *first, const char *second)
{
	const char *const values[] = { first, second };

	return view_phrase(r->view, key, values, second == NULL ? 1 : 2);
}

const char *
day_text(struct req *r, struct day day)
{
	char text[16];

	clock_format_day(day, text, sizeof(text));
	return arena_strdup(r->arena, text);
}

const char *
shift_match(int64_t difference_fen)
{
	return difference_fen == 0 ? "even" : difference_fen > 0 ? "over" : "short";
}

static void
show_channels(struct req *r, struct node *node, const struct shift *shift)
{
	struct node *list = node_child(r->view, node, "Channel");

	for (size_t i = 0; i < CHANNEL_NONE; i++) {
		struct node *line = node_add(r->view, list);
		node_set(r->view, line, "Key", channel_name((enum channel)i));
		node_set(r->view, line, "Amount", money_text(r, shift->channel_fen[i]));
		node_bool(r->view, line, "IsZero", shift->channel_fen[i] == 0);
	}
}

void
shift_show(struct req *r, struct node *node, const struct shift *shift)
{
	int64_t difference_fen = shift->counted_fen - shift->expected_fen;
	bool is_open = shift->closed_at == 0;

	node_int(r->view, node, "Id", shift->shift_id);
	node_set(r->view, node, "Operator", shift->operator_name);
	node_set(r->view, node, "Day", day_text(r, shift->day));
	node_time(r->view, node, "Opened", shift->opened_at, r->now, 0);
	node_time(r->view, node, "Closed", shift->closed_at, r->now, 0);
	node_set(r->view, node, "Float", money_text(r, shift->float_fen));
	node_set(r->view, node, "Expected", money_text(r, shift->expected_fen));
	node_int(r->view, node, "Documents", shift->sales);
	node_set(r->view, node, "Purchases", money_text(r, shift->purchases_fen));
	node_set(r->view, node, "Payouts", money_text(r, shift->payouts_fen));
	show_channels(r, node, shift);
	node_set(r->view, node, "Note", shift->note);
	node_set(r->view, node, "ClosedBy", shift->closed_by);
	node_bool(r->view, node, "IsOpen", is_open);
	if (is_open)
		return;
	node_set(r->view, node, "Counted", money_text(r, shift->counted_fen));
	node_set(r->view, node, "Difference", money_text(r, difference_fen));
	node_set(r->view, node, "Match", shift_match(difference_fen));
}
