/* How far a document has come: pure. */
#include <assert.h>
#include <stddef.h>

#include "model/sale_view.h"

static const char *const STEPS[SALE_STEPS] = {
	[SALE_STEP_RECEIVED] = "Received",
	[SALE_STEP_BOOKED] = "Booked",
	[SALE_STEP_SENT] = "Sent",
	[SALE_STEP_CONFIRMED] = "Confirmed",
	[SALE_STEP_RELAY] = "Relay",
};

static const char *const STEP_STATES[] = {
	[SALE_STEP_WAITING] = "waiting",
	[SALE_STEP_NOW] = "now",
	[SALE_STEP_DONE] = "done",
	[SALE_STEP_FAILED] = "failed",
	[SALE_STEP_LEFT_OUT] = "left_out",
};

const char *
sale_step_name(enum sale_step step)
{
	assert((size_t)step < SALE_STEPS);
	return STEPS[step];
}

const char *
sale_step_state_name(enum sale_step_state state)
{
	assert((size_t)state < COUNT(STEP_STATES));
	return STEP_STATES[state];
}

const struct sale_delivery *
sale_delivery_now(const struct sale_view *sale)
{
	const struct sale_delivery *now = NULL;

	for (size_t i = 0; i < sale->delivery_count; i++)
		if (now == NULL || sale->deliveries[i].leg >= now->leg)
			now = &sale->deliveries[i];
	return now;
}

static void
set(struct sale_progress *progress, enum sale_step step, enum sale_step_state state, int64_t at)
{
	progress->state[step] = state;
	progress->at[step] = at;
}

/* Without an order: booked and settled in one, or never begun. */
static void
progress_at_once(const struct sale_view *sale, struct sale_progress *progress)
{
	set(progress, SALE_STEP_SENT, SALE_STEP_LEFT_OUT, 0);
	if (sale->state == SALE_CANCELLED || sale->state == SALE_FAILED)
		set(progress, SALE_STEP_CONFIRMED, SALE_STEP_FAILED, sale->settled_at);
	else if (sale->settled_at != 0)
		set(progress, SALE_STEP_CONFIRMED,
		    sale->credit_mode == CREDIT_METER ? SALE_STEP_LEFT_OUT : SALE_STEP_DONE,
		    sale->settled_at);
	else
		set(progress, SALE_STEP_CONFIRMED, SALE_STEP_NOW, 0);
}

/* The credit is in the meter; is there power? */
static void
progress_relay(const struct sale_delivery *delivery, struct sale_progress *progress)
{
	enum sale_step_state state = SALE_STEP_NOW;

	if (delivery->relay == RELAY_CLOSED)
		state = SALE_STEP_DONE;
	else if (delivery->relay != RELAY_UNKNOWN)
		state = SALE_STEP_FAILED;
	else if (delivery->read_at > delivery->ended_at)
		state = SALE_STEP_LEFT_OUT; /* it says nothing about a relay */
	set(progress, SALE_STEP_RELAY, state,
	    state == SALE_STEP_DONE || state == SALE_STEP_FAILED ? delivery->read_at : 0);
}

static void
progress_order(const struct sale_view *sale, const struct sale_delivery *delivery,
    struct sale_progress *progress)
{
	bool was_sent = delivery->sent_at != 0;

	set(progress, SALE_STEP_SENT, was_sent ? SALE_STEP_DONE : SALE_STEP_NOW, delivery->sent_at);
	switch (delivery->state) {
	case DELIVERY_QUEUED:
		break;
	case DELIVERY_SENT:
		set(progress, SALE_STEP_CONFIRMED, SALE_STEP_NOW, 0);
		break;
	case DELIVERY_DONE:
		set(progress, SALE_STEP_SENT, SALE_STEP_DONE,
		    was_sent ? delivery->sent_at : delivery->ended_at);
		set(progress, SALE_STEP_CONFIRMED, SALE_STEP_DONE, delivery->ended_at);
		if (sale->kind == SALE_TRANSFER && delivery->leg == 1 &&
		    sale->state == SALE_BOOKED) /* waits for the new meter */
			set(progress, SALE_STEP_CONFIRMED, SALE_STEP_NOW, 0);
		else if (delivery->kind == DELIVERY_CREDIT)
			progress_relay(delivery, progress);
		break;
	case DELIVERY_CANCELLED:
		set(progress, SALE_STEP_SENT, SALE_STEP_FAILED, delivery->ended_at);
		break;
	case DELIVERY_HELD:
	case DELIVERY_FAILED:
		if (!was_sent)
			set(progress, SALE_STEP_SENT, SALE_STEP_WAITING, 0);
		set(progress, SALE_STEP_CONFIRMED, SALE_STEP_FAILED, delivery->ended_at);
		break;
	}
}

static bool
is_over(const struct sale_view *sale, const struct sale_progress *progress)
{
	switch (sale->state) {
	case SALE_ASKED:
	case SALE_BOOKED:
	case SALE_HELD:
		return false;
	case SALE_DELIVERED:
		return progress->state[SALE_STEP_RELAY] != SALE_STEP_NOW;
	default:
		return true;
	}
}

void
sale_progress(const struct sale_view *sale, struct sale_progress *progress)
{
	const struct sale_delivery *delivery = sale_delivery_now(sale);
	bool is_credit = delivery != NULL && delivery->kind == DELIVERY_CREDIT;

	*progress = (struct sale_progress){ .is_over = false };
	set(progress, SALE_STEP_RECEIVED, SALE_STEP_DONE, sale->created_at);
	set(progress, SALE_STEP_RELAY, is_credit ? SALE_STEP_WAITING : SALE_STEP_LEFT_OUT, 0);
	if (sale->state == SALE_ASKED)
		set(progress, SALE_STEP_BOOKED, SALE_STEP_NOW, 0);
	else if (sale->state == SALE_REJECTED)
		set(progress, SALE_STEP_BOOKED, SALE_STEP_FAILED, sale->settled_at);
	else {
		set(progress, SALE_STEP_BOOKED, SALE_STEP_DONE,
		    sale->approved_at != 0 ? sale->approved_at : sale->created_at);
		if (delivery != NULL)
			progress_order(sale, delivery, progress);
		else
			progress_at_once(sale, progress);
	}
	progress->is_over = is_over(sale, progress);
}
