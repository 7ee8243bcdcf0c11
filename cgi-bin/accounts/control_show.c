/* What the preview of an order for many meters shows. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "model/relay.h"

#define SHOWN_MAX 500 /* rows of each table; the sums are of all */
#define DRAWING_W 20  /* less is a meter's own use and noise */

static const char *
force_word(struct req *r, const struct control_meter *meter)
{
	char text[24];

	switch (control_force(meter->meter->control.force_state, meter->meter->phases)) {
	case FORCE_OPEN:
		return view_word(r->view, "Control.Force.open");
	case FORCE_MIXED:
		return view_word(r->view, "Control.Force.mixed");
	case FORCE_CLOSED:
		if (meter->kept_until == 0)
			return view_word(r->view, "Control.Force.closed");
		clock_format_minute(meter->kept_until, text, sizeof(text));
		const char *const values[] = { arena_strdup(r->arena, text) };
		return view_phrase(r->view, "Control.KeptUntil", values, 1);
	default:
		return NULL;
	}
}

/* What it will be. */
static const char *
after_word(struct req *r, const struct control_meter *meter)
{
	static const char *const RELAY[] = { "unknown", "open", "closed" };
	char text[24];

	switch (meter->kind) {
	case COMMAND_TRIP:
		return view_word(r->view, "Control.After.trip");
	case COMMAND_KEEP_ON:
		clock_format_minute(meter->until_at, text, sizeof(text));
		const char *const values[] = { arena_strdup(r->arena, text) };
		return view_phrase(r->view,
		    meter->until_at != 0 ? "Control.After.keep_on" : "Control.After.keep", values,
		    1);
	case COMMAND_PREPAID:
		return view_word(r->view,
		    arena_printf(r->arena, "Control.Prepaid.%s", RELAY[control_after(meter) + 1]));
	case COMMAND_WRITE_CLOCK:
		return view_word(r->view, "Control.After.clock");
	default:
		return view_word(r->view, "Control.After.read");
	}
}

static const char *
relay_word(const struct meter *meter)
{
	struct relay_view relay;

	relay_explain(&meter->control, meter->phases, meter->credit_fen, -1, -1, &relay);
	return relay_state_name(relay.state);
}

static bool
is_drawing(const struct meter *meter)
{
	return meter->lost_since == 0 && meter->power_w != METER_NO_VALUE &&
	       meter->power_w >= DRAWING_W;
}

static void
show_meter(struct req *r, struct node *node, const struct control_meter *row)
{
	const struct meter *meter = row->meter;

	meter_show(r, node, meter);
	node_set(r->view, node, "Place", meter_place(r, meter));
	node_set(r->view, node, "Building", meter->building);
	node_set(r->view, node, "Number", meter->number);
	node_bool(r->view, node, "IsLost", meter->lost_since != 0 || !meter->has_state);
	node_bool(r->view, node, "IsDrawing", is_drawing(meter));
	if (meter->has_state)
		node_set(r->view, node, "Relay", relay_word(meter));
	node_set(r->view, node, "Force", force_word(r, row));
	if (row->why != CONTROL_GOES) {
		node_set(r->view, node, "Why", control_why_name(row->why));
		return;
	}
	node_set(r->view, node, "After", after_word(r, row));
	if (row->open_batch_id == 0)
		return;
	const char *const values[] = { arena_printf(r->arena, "%" PRId64, row->open_batch_id),
		view_word(r->view, arena_printf(r->arena, "Order.Kind.%s", row->open_kind)) };
	node_set(r->view, node, "Conflict", view_phrase(r->view, "Control.Conflict", values, 2));
	node_set(r->view, node, "ConflictHref",
	    arena_printf(r->arena, "/settings/orders/%" PRId64, row->open_batch_id));
}

static void
show_rows(struct req *r, const struct control_draft *draft)
{
	struct node *going = view_node(r->view, "Going"), *left = view_node(r->view, "LeftOut");
	int64_t counts[CONTROL_WHYS] = { 0 };
	size_t shown = 0, shown_left = 0;

	for (size_t i = 0; i < draft->count; i++) {
		const struct control_meter *row = &draft->list[i];
		counts[row->why]++;
		if (row->why == CONTROL_GOES && shown++ < SHOWN_MAX)
			show_meter(r, node_add(r->view, going), row);
		if (row->why != CONTROL_GOES && shown_left++ < SHOWN_MAX)
			show_meter(r, node_add(r->view, left), row);
	}
	struct node *whys = view_node(r->view, "Whys");
	for (enum control_why why = CONTROL_GOES + 1; why < CONTROL_WHYS; why++) {
		if (counts[why] == 0)
			continue;
		struct node *node = node_add(r->view, whys);
		node_set(r->view, node, "Why", control_why_name(why));
		node_int(r->view, node, "Count", counts[why]);
	}
	view_bool(r->view, "IsCut", shown > SHOWN_MAX || shown_left > SHOWN_MAX);
}

static void
show_sums(struct req *r, const struct control_draft *draft)
{
	int64_t power_w = 0, drawing = 0, lost = 0, conflicts = 0;

	for (size_t i = 0; i < draft->count; i++) {
		const struct meter *meter = draft->list[i].meter;
		if (draft->list[i].why != CONTROL_GOES)
			continue;
		drawing += is_drawing(meter);
		lost += meter->lost_since != 0 || !meter->has_state;
		conflicts += draft->list[i].open_batch_id != 0;
		power_w +=
		    meter->lost_since == 0 && meter->power_w != METER_NO_VALUE ? meter->power_w : 0;
	}
	const char *const going[] = { number_text(r, (int64_t)draft->going),
		number_text(r, (int64_t)(draft->count - draft->going)) };
	const char *const load[] = { power_text(r, power_w), number_text(r, drawing) };
	const char *const lost_text[] = { number_text(r, lost) };
	const char *const conflict_text[] = { number_text(r, conflicts) };

	view_set(r->view, "Sum.Going", view_phrase(r->view, "Control.Going", going, 1));
	if (draft->count > draft->going)
		view_set(
		    r->view, "Sum.LeftOut", view_phrase(r->view, "Control.LeftOut", going + 1, 1));
	view_set(r->view, "Sum.Load", view_phrase(r->view, "Control.Load", load, 2));
	view_bool(r->view, "Sum.IsDrawing", drawing > 0);
	if (lost > 0)
		view_set(
		    r->view, "Sum.Lost", view_phrase(r->view, "Control.LostGoes", lost_text, 1));
	if (conflicts > 0)
		view_set(r->view, "Sum.Conflicts",
		    view_phrase(r->view, "Control.Conflicts", conflict_text, 1));
}

/* Hidden fields that name the same meters. */
static void
show_which(struct req *r, const struct control_draft *draft)
{
	struct node *ticked = view_node(r->view, "Ticked");
	struct url of = url_begin(r, "");
	char digest[20];

	(void)snprintf(digest, sizeof(digest), "%016" PRIx64, draft->digest);
	view_set(r->view, "Seen", digest);
	view_int(r->view, "Expect", (int64_t)draft->count);
	if (draft->restore_id != 0) {
		view_int(r->view, "Restore", draft->restore_id);
		return;
	}
	if (draft->is_all) {
		filter_link(r, &draft->filter, &of);
		view_bool(r->view, "IsAll", true);
		view_set(r->view, "Of", of.text + (*of.text == '?'));
		return;
	}
	for (size_t i = 0; i < draft->count; i++)
		node_int(r->view, node_add(r->view, ticked), "Id", draft->list[i].meter->meter_id);
}

void
control_show(struct req *r, const struct control_draft *draft)
{
	const char *op = control_op_name(draft->op);

	view_set(r->view, "Op", op);
	view_set(r->view, "Page.Title",
	    view_word(r->view, arena_printf(r->arena, "Control.Title.%s", op)));
	view_bool(r->view, "IsForce", control_is_force(draft->op));
	view_bool(r->view, "IsRelay", control_is_force(draft->op));
	view_bool(r->view, "IsTrip", draft->op == CONTROL_TRIP);
	view_bool(r->view, "IsKeepOn", draft->op == CONTROL_KEEP_ON);
	view_bool(r->view, "AsksCount", draft->going >= CONTROL_COUNT_FROM);
	view_bool(r->view, "HasGoing", draft->going > 0);
	show_sums(r, draft);
	show_rows(r, draft);
	show_which(r, draft);
	request_key_show(r, "Order.Key");
}
