#include "bus_show.h"

#include <string.h>

/* A collector writes the state of a bus at least once a minute. */
#define STATE_OLD (3 * CLOCK_MINUTE)

static const char *
address_text(struct req *r, const struct bus_view *bus)
{
	if (strcmp(bus->transport, "rtu") == 0)
		return bus->device;
	return arena_printf(r->arena, "%s:%lld", bus->host, (long long)bus->port);
}

static void
show_poll(struct req *r, struct node *node, const struct poll_sum *poll)
{
	int permille = poll_success(poll);
	int64_t answer_ms = poll_answer_ms(poll);

	if (permille < 0)
		return;
	node_set(r->view, node, "Success", percent_text(r, permille));
	node_bool(r->view, node, "IsPoor", permille < 900);
	node_int(r->view, node, "Asked", poll->asked);
	node_int(r->view, node, "Timeouts", poll->timeouts);
	node_int(r->view, node, "Damaged", poll->damaged);
	node_int(r->view, node, "Refused", poll->refused);
	if (answer_ms >= 0)
		node_int(r->view, node, "AnswerMs", answer_ms);
}

static void
show_line(struct req *r, struct node *node, const struct bus_view *bus)
{
	node_set(r->view, node, "Name", bus->bus);
	node_set(r->view, node, "Transport", bus->transport);
	node_set(r->view, node, "Address", address_text(r, bus));
	if (strcmp(bus->transport, "tcp") != 0)
		node_set(r->view, node, "Line",
		    arena_printf(r->arena, "%lld 8%s%lld", (long long)bus->baud, bus->parity,
			(long long)bus->stop_bits));
}

void
bus_show(struct req *r, struct node *node, const struct bus_view *bus, bool is_again)
{
	node_int(r->view, node, "GatewayId", bus->gateway_id);
	node_set(r->view, node, "Gateway", bus->gateway);
	node_set(r->view, node, "Place", bus->place);
	node_bool(r->view, node, "IsAgain", is_again);
	if (bus->bus_id == 0)
		return;
	node_int(r->view, node, "Id", bus->bus_id);
	node_set(r->view, node, "Status", bus_status_name(bus->status));
	show_line(r, node, bus);
	node_int(r->view, node, "Meters", bus->meters);
	if (bus->meters_lost > 0)
		node_int(r->view, node, "Lost", bus->meters_lost);
	if (bus->round_ms >= 0)
		node_set(r->view, node, "Round", decimal_text(r, bus->round_ms / 100, 1));
	node_time(r->view, node, "LostSince", bus->lost_since, r->now, 0);
	node_time(r->view, node, "Seen", bus->seen_at, r->now, STATE_OLD);
	node_set(r->view, node, "Collector", *bus->collector != '\0' ? bus->collector : NULL);
	node_set(r->view, node, "Trouble", trouble_text(r, bus->trouble));
	show_poll(r, node, &bus->poll);
}
