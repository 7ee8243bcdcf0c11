/* How far a document has come, for the row of steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/sale_progress.c"

#define NOW 1796000000000

/* One letter a step: . waits, > now, + done, ! failed, - left out. */
static const char LETTERS[] = ".>+!-";

struct step_case {
	const char *what;
	enum sale_kind kind;
	enum sale_state state;
	bool has_order, was_sent;
	struct sale_delivery order;
	const char *steps;
	bool is_over;
};

#define CREDIT(...) .has_order = true, .order = { .kind = DELIVERY_CREDIT, .leg = 1, __VA_ARGS__ }
#define DEDUCT(...) .has_order = true, .order = { .kind = DELIVERY_DEDUCT, .leg = 1, __VA_ARGS__ }

static const struct step_case CASES[] = {
	{ "queued", SALE_PURCHASE, SALE_BOOKED, CREDIT(.state = DELIVERY_QUEUED), .steps = "++>..",
	    .is_over = false },
	{ "on its way", SALE_PURCHASE, SALE_BOOKED, CREDIT(.state = DELIVERY_SENT),
	    .was_sent = true, .steps = "+++>.", .is_over = false },
	{ "confirmed, not read since", SALE_PURCHASE, SALE_DELIVERED,
	    CREDIT(.state = DELIVERY_DONE, .ended_at = NOW, .read_at = NOW - 5), .was_sent = true,
	    .steps = "++++>", .is_over = false },
	{ "power is on", SALE_PURCHASE, SALE_DELIVERED,
	    CREDIT(.state = DELIVERY_DONE, .ended_at = NOW, .read_at = NOW + 5,
		.relay = RELAY_CLOSED),
	    .was_sent = true, .steps = "+++++", .is_over = true },
	{ "the relay stayed open", SALE_PURCHASE, SALE_DELIVERED,
	    CREDIT(.state = DELIVERY_DONE, .ended_at = NOW, .read_at = NOW + 5,
		.relay = RELAY_OPEN),
	    .was_sent = true, .steps = "++++!", .is_over = true },
	{ "it has no relay", SALE_PURCHASE, SALE_DELIVERED,
	    CREDIT(.state = DELIVERY_DONE, .ended_at = NOW, .read_at = NOW + 5), .was_sent = true,
	    .steps = "++++-", .is_over = true },
	{ "held", SALE_PURCHASE, SALE_HELD, CREDIT(.state = DELIVERY_HELD, .ended_at = NOW),
	    .was_sent = true, .steps = "+++!.", .is_over = false },
	{ "held before anything was sent", SALE_PURCHASE, SALE_HELD,
	    CREDIT(.state = DELIVERY_HELD, .ended_at = NOW), .steps = "++.!.", .is_over = false },
	{ "taken back", SALE_PURCHASE, SALE_CANCELLED,
	    CREDIT(.state = DELIVERY_CANCELLED, .ended_at = NOW), .steps = "++!..",
	    .is_over = true },
	{ "asked", SALE_REFUND, SALE_ASKED, .steps = "+>..-", .is_over = false },
	{ "rejected", SALE_REFUND, SALE_REJECTED, .steps = "+!..-", .is_over = true },
	{ "a refund is due", SALE_REFUND, SALE_DUE, DEDUCT(.state = DELIVERY_DONE, .ended_at = NOW),
	    .was_sent = true, .steps = "++++-", .is_over = true },
	{ "the meter had too little", SALE_REFUND, SALE_FAILED,
	    DEDUCT(.state = DELIVERY_FAILED, .ended_at = NOW), .was_sent = true, .steps = "+++!-",
	    .is_over = true },
	{ "reversed before it was sent", SALE_REVERSAL, SALE_PAID, .steps = "++---",
	    .is_over = true },
	{ "waits for the new meter", SALE_TRANSFER, SALE_BOOKED, .has_order = true,
	    .order = { .kind = DELIVERY_CLEAR, .leg = 1, .state = DELIVERY_DONE, .ended_at = NOW },
	    .was_sent = true, .steps = "+++>-", .is_over = false },
};

static void
every_state_has_its_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(CASES); i++) {
		const struct step_case *c = &CASES[i];
		struct sale_view sale = { .kind = c->kind,
			.state = c->state,
			.created_at = NOW - 100,
			.settled_at = c->state == SALE_PAID ? NOW : 0,
			.delivery_count = c->has_order };
		struct sale_progress progress;
		char steps[SALE_STEPS + 1] = { 0 };
		sale.deliveries[0] = c->order;
		sale.deliveries[0].sent_at = c->was_sent ? NOW - 10 : 0;
		sale_progress(&sale, &progress);
		for (int step = 0; step < SALE_STEPS; step++)
			steps[step] = LETTERS[progress.state[step]];
		if (strcmp(steps, c->steps) != 0 || progress.is_over != c->is_over)
			fail_msg("%s: %s, over: %d", c->what, steps, progress.is_over);
	}
}

static void
the_newest_order_of_the_last_leg_counts(void **state)
{
	struct sale_view sale = { .kind = SALE_TRANSFER, .delivery_count = 3 };

	(void)state;
	sale.deliveries[0].leg = 1;
	sale.deliveries[1].leg = 2;
	sale.deliveries[2].leg = 2;
	assert_ptr_equal(sale_delivery_now(&sale), &sale.deliveries[2]);
	sale.delivery_count = 0;
	assert_null(sale_delivery_now(&sale));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_has_its_steps),
		cmocka_unit_test(the_newest_order_of_the_last_leg_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
