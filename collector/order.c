#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "order.h"

#define ORDERS_IN_ROW  4 /* transactions of orders for one poll, when polls are due */
#define SCANS_IN_ROW   1
#define SCAN_SHARE     4 /* of so many transactions a scan gets one, however many orders wait */
#define RETRY_MS       (30 * CLOCK_SECOND) /* twice as long after each attempt, up to: */
#define RETRY_MAX_MS   (10 * CLOCK_MINUTE)
#define REOPENINGS_MAX 2 /* a line that does not open: its orders go back */

struct orders {
	/* Under the lock of the bus: from the dispatcher. */
	struct command mail[ORDERS_MAX];
	int64_t cancels[ORDERS_MAX];
	struct {
		int64_t command_id;
		bool is_yes;
	} answers[ORDERS_MAX]; /* of the money desk */
	size_t mail_count, cancel_count, answer_count;
	atomic_size_t open; /* in mail and slots */

	/* The thread's own, in the order they came. */
	struct order slots[ORDERS_MAX];
	size_t count;
	int in_row;	/* transactions since the last poll */
	int since_scan; /* since the last of a scan */
};

struct orders *
orders_new(void)
{
	struct orders *orders = calloc(1, sizeof(*orders));

	if (orders == NULL)
		log_fatal("memory", "no room for orders");
	return orders;
}

void
orders_free(struct orders *orders)
{
	free(orders);
}

/* ---- from the dispatcher ---- */

size_t
bus_order_room(const struct bus *bus)
{
	size_t open = atomic_load(&bus->orders->open);

	return open < ORDERS_MAX ? ORDERS_MAX - open : 0;
}

void
bus_order(struct bus *bus, const struct command *command)
{
	struct orders *orders = bus->orders;

	(void)pthread_mutex_lock(&bus->lock);
	assert(orders->mail_count < ORDERS_MAX);
	orders->mail[orders->mail_count++] = *command;
	(void)atomic_fetch_add(&orders->open, 1);
	atomic_store(&bus->has_mail, true);
	(void)pthread_mutex_unlock(&bus->lock);
	bus_ring(bus);
}

void
bus_cancel(struct bus *bus, int64_t command_id)
{
	struct orders *orders = bus->orders;

	(void)pthread_mutex_lock(&bus->lock);
	if (orders->cancel_count < ORDERS_MAX)
		orders->cancels[orders->cancel_count++] = command_id;
	atomic_store(&bus->has_mail, true);
	(void)pthread_mutex_unlock(&bus->lock);
	bus_ring(bus);
}

void
bus_money_answer(struct bus *bus, int64_t command_id, bool is_yes)
{
	struct orders *orders = bus->orders;

	(void)pthread_mutex_lock(&bus->lock);
	/* Each of the orders awaits one at most. */
	assert(orders->answer_count < ORDERS_MAX);
	orders->answers[orders->answer_count].command_id = command_id;
	orders->answers[orders->answer_count++].is_yes = is_yes;
	atomic_store(&bus->has_mail, true);
	(void)pthread_mutex_unlock(&bus->lock);
	bus_ring(bus);
}

static void
take_answer(struct orders *orders, int64_t command_id, bool is_yes)
{
	for (size_t i = 0; i < orders->count; i++) {
		struct order *order = &orders->slots[i];
		if (order->command.command_id != command_id || order->desk_answer != DESK_AWAITED)
			continue;
		order->desk_answer = is_yes ? DESK_YES : DESK_NO;
		order->not_before = 0;
	}
}

void
orders_take_mail(struct bus *bus)
{
	struct orders *orders = bus->orders;
	int64_t wall = clock_now();

	for (size_t i = 0; i < orders->mail_count; i++) {
		assert(orders->count < ORDERS_MAX);
		orders->slots[orders->count++] =
		    (struct order){ .command = orders->mail[i], .began_at = wall };
	}
	orders->mail_count = 0;
	for (size_t i = 0; i < orders->cancel_count; i++)
		for (size_t k = 0; k < orders->count; k++)
			orders->slots[k].is_cancelled |=
			    orders->slots[k].command.command_id == orders->cancels[i];
	orders->cancel_count = 0;
	for (size_t i = 0; i < orders->answer_count; i++)
		take_answer(orders, orders->answers[i].command_id, orders->answers[i].is_yes);
	orders->answer_count = 0;
}

/* ---- what comes of them ---- */

static void
tell(struct bus *bus, enum item_kind kind, const struct order *order, enum command_state state,
    int64_t retry_at, const char *result)
{
	struct item item = item_of(bus, kind);

	item.u.order = (struct item_order){ .command_id = order->command.command_id,
		.began_at = order->began_at,
		.ended_at = clock_now(),
		.retry_at = retry_at,
		.state = state,
		.attempt = order->command.attempt,
		.step = order->step };
	(void)text_copy(item.u.order.result, sizeof(item.u.order.result), result);
	outbox_put(bus->outbox, &item);
}

void
order_drop(struct bus *bus, struct order *order)
{
	struct orders *orders = bus->orders;
	size_t i = (size_t)(order - orders->slots);

	assert(i < orders->count);
	orders->count--;
	for (; i < orders->count; i++)
		orders->slots[i] = orders->slots[i + 1];
	(void)atomic_fetch_sub(&orders->open, 1);
}

void
order_end(struct bus *bus, struct order *order, enum command_state state, const char *result)
{
	if (state == COMMAND_FAILED)
		log_info(bus->definition->name, "order %lld failed: %s",
		    (long long)order->command.command_id, result);
	tell(bus, ITEM_ORDER_END, order, state, 0, result);
	order_drop(bus, order);
}

int64_t
order_pause_ms(const struct order *order)
{
	int64_t pause_ms = RETRY_MS;

	for (int i = 1; i < order->command.attempt && pause_ms < RETRY_MAX_MS; i++)
		pause_ms *= 2;
	return pause_ms < RETRY_MAX_MS ? pause_ms : RETRY_MAX_MS;
}

static const struct command_trait *
trait_of(const struct order *order)
{
	static const struct command_trait UNKNOWN = { .is_repeatable = true };

	return order->command.kind < COMMAND_KINDS ? command_trait(order->command.kind) : &UNKNOWN;
}

static void
put_back(struct bus *bus, struct order *order, int64_t pause_ms, const char *why)
{
	if (trait_of(order)->is_money) {
		order_money_end(bus, order, DELIVERY_QUEUED, why);
	} else if (!trait_of(order)->is_repeatable) {
		order_end(bus, order, COMMAND_FAILED, "interrupted");
	} else {
		tell(bus, ITEM_ORDER_END, order, COMMAND_QUEUED, clock_now() + pause_ms, why);
		order_drop(bus, order);
	}
}

void
order_retry(struct bus *bus, struct order *order, const char *why)
{
	put_back(bus, order, order_pause_ms(order), why);
}

void
order_step(struct bus *bus, struct order *order)
{
	order->step++;
	tell(bus, ITEM_ORDER_STEP, order, COMMAND_TAKEN, 0, "");
}

bool
order_note_line(struct bus *bus, struct order *order, enum trouble trouble)
{
	if (trouble == TROUBLE_STOPPED)
		return true;
	if (link_is_open(bus->link))
		return false;
	bus_note_closed(bus, trouble, clock_mono(), clock_now());
	if (trouble != TROUBLE_OPEN && trouble != TROUBLE_NOISE)
		return false;
	order_retry(bus, order, "line");
	return true;
}

/* ---- whose turn it is ---- */

/* A test and money first, because somebody waits for them, and scans last, because they take long.
 */
static int
rank_of(const struct orders *orders, const struct order *order)
{
	if (order->command.kind == COMMAND_TEST_BUS)
		return 0;
	if (trait_of(order)->is_money)
		return 1;
	if (order->command.kind != COMMAND_SCAN_BUS)
		return 3;
	return orders->since_scan >= SCAN_SHARE ? 2 : 4;
}

static struct order *
choose(struct bus *bus, int64_t now, int64_t *wake_at)
{
	struct orders *orders = bus->orders;
	struct order *chosen = NULL;

	for (size_t i = 0; i < orders->count; i++) {
		struct order *order = &orders->slots[i];
		if (order->not_before > now) {
			if (order->not_before < *wake_at)
				*wake_at = order->not_before;
			continue;
		}
		if (chosen == NULL || rank_of(orders, order) < rank_of(orders, chosen))
			chosen = order;
	}
	return chosen;
}

/* False while it is too early to try the line again. Orders to meters go back to the queue when it
 * stays closed; a scan and a test say that it is. */
static bool
open_for(struct bus *bus, struct order *order, int64_t now, int64_t wall, int64_t *wake_at)
{
	if (bus_open_line(bus, now, wall))
		return true;
	if (order->command.kind == COMMAND_TEST_BUS && link_trouble(bus->link) == TROUBLE_OPEN)
		order_test_fail(bus, order);
	else if (bus->reopenings <= REOPENINGS_MAX)
		*wake_at = bus->open_at;
	else if (trait_of(order)->is_of_bus)
		order_end(bus, order, COMMAND_FAILED, "line");
	else
		order_retry(bus, order, "line");
	return false;
}

static void
run(struct bus *bus, struct order *order)
{
	switch (order->command.kind) {
	case COMMAND_SCAN_BUS:
		order_scan_turn(bus, order);
		break;
	case COMMAND_TEST_BUS:
		order_test_turn(bus, order);
		break;
	case COMMAND_CREDIT:
	case COMMAND_DEDUCT:
	case COMMAND_CLEAR:
		order_money_turn(bus, order);
		break;
	case COMMAND_TRIP:
	case COMMAND_KEEP_ON:
	case COMMAND_PREPAID:
	case COMMAND_READ_NOW:
		order_control_turn(bus, order);
		break;
	case COMMAND_GUARD_TEST:
		order_guard_turn(bus, order);
		break;
	default:
		order_config_turn(bus, order);
		break;
	}
}

/* What needs no line. */
static bool
end_early(struct bus *bus, struct order *order)
{
	bool is_money = trait_of(order)->is_money;

	if (is_money && order->command.is_payload_wrong)
		order_money_end(bus, order, DELIVERY_HELD, "epoch_ended");
	else if (order->command.kind == COMMAND_KINDS || order->command.is_payload_wrong)
		order_end(bus, order, COMMAND_FAILED, "unknown");
	else if (order->is_cancelled && trait_of(order)->is_repeatable)
		order_end(bus, order, COMMAND_CANCELLED, "cancelled");
	else
		return false;
	return true;
}

bool
orders_turn(struct bus *bus, bool is_poll_due, int64_t now, int64_t wall, int64_t *wake_at)
{
	struct orders *orders = bus->orders;

	*wake_at = INT64_MAX;
	struct order *order = orders->count == 0 ? NULL : choose(bus, now, wake_at);
	if (order == NULL)
		return false;
	if (end_early(bus, order))
		return true;
	bool is_scan = order->command.kind == COMMAND_SCAN_BUS;
	if (is_poll_due && orders->in_row >= (is_scan ? SCANS_IN_ROW : ORDERS_IN_ROW)) {
		orders->in_row = 0;
		return false;
	}
	size_t count = orders->count;
	if (!open_for(bus, order, now, wall, wake_at))
		return orders->count < count;
	orders->in_row++;
	orders->since_scan = is_scan ? 0 : orders->since_scan + 1;
	run(bus, order);
	return true;
}

void
orders_put_back(struct bus *bus)
{
	struct orders *orders = bus->orders;

	orders_take_mail(bus);
	while (orders->count > 0)
		put_back(bus, &orders->slots[0], 0, "stopped");
}
