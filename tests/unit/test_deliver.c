#include "deliver_bench.h"

/* Seeded runs against a world of faults are in tests/deliver; here is each rule by itself. */

static void
credit_goes_in_once(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_UNKNOWN);

	deliver_clean(&b);
	assert_int_equal(b.deliver.intent.want_count, 8);
	assert_int_equal(b.deliver.intent.before_fen, 4990);
	assert_int_equal(b.deliver.intent.sends, 1);
	assert_int_equal(b.deliver.amount_fen, 10000);
	assert_int_equal(b.deliver.after.count, 8);
	assert_int_equal(b.deliver.after.credit_fen, 14990);
	assert_int_equal(b.deliver.quiet_until, 0);
	assert_true(b.deliver.written_until > b.now);
}

static void
credit_is_taken_out(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_DEDUCT, GUARD_CHECKS);

	b.job.amount_fen = 4000;
	deliver_clean(&b);
	assert_int_equal(b.deliver.intent.target_fen, 990);
	assert_int_equal(b.deliver.amount_fen, 4000);
	assert_true(b.deliver.quiet_until > b.now);

	b = bench_of(DELIVERY_DEDUCT, GUARD_CHECKS);
	b.job.amount_fen = 4991;
	begin(&b);
	look_at(&b);
	expect_end(&b, DELIVERY_FAILED, "balance 4990 4991");
}

static void
clearing_takes_what_is_there(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CLEAR, GUARD_UNKNOWN);

	deliver_clean(&b);
	assert_int_equal(b.deliver.amount_fen, 4990);
	assert_int_equal(b.meter.credit_fen, 0);

	/* A debt is wiped. */
	b = bench_of(DELIVERY_CLEAR, GUARD_UNKNOWN);
	b.meter.credit_fen = -300;
	deliver_clean(&b);
	assert_int_equal(b.deliver.amount_fen, -300);
	assert_int_equal(b.meter.credit_fen, 0);
}

static void
the_count_goes_through_its_end(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_CHECKS);

	b.job.last_count = b.meter.count = 65535;
	deliver_clean(&b);
	assert_int_equal(b.deliver.intent.want_count, 0);
	assert_int_equal(b.deliver.after.count, 0);
}

static void
what_does_not_fit_is_held_before_anything_is_sent(void **state)
{
	(void)state;
	static const struct {
		int64_t count, credit_fen, energy_wh;
		const char *outcome;
	} CASES[] = {
		{ 8, 4990, 100100, "count 8 7" },
		{ 6, 4990, 100100, "count 6 7" },
		{ 0, 4990, 100100, "count 0 7" },
		{ 9, 4990, 100100, "count 9 7" },
		{ 7, 5001, 100100, "credit_rose 5001 5000" },
		{ 7, 4990, 99990, "energy_fell 99990 100000" },
	};

	for (size_t i = 0; i < COUNT(CASES); i++) {
		struct bench b = bench_of(DELIVERY_CREDIT, GUARD_CHECKS);
		b.meter.count = (uint32_t)CASES[i].count;
		b.meter.credit_fen = CASES[i].credit_fen;
		b.meter.energy_wh = CASES[i].energy_wh;
		begin(&b);
		look_at(&b);
		expect_held(&b, CASES[i].outcome);
	}
}

static void
a_register_may_have_gone_through_its_end(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_CHECKS);

	b.job.last_wh = 999000000;
	deliver_clean(&b);
	assert_int_equal(deliver_climbed(90, 10, 0), -1);
	assert_int_equal(deliver_climbed(90, 10, 100), 20);
	assert_int_equal(deliver_climbed(90, 60, 100), -1);
}

static void
another_meter_is_held(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_CHECKS);

	begin(&b);
	for (int i = 0; i < 3; i++) {
		expect(&b, DELIVER_IDENTIFY);
		deliver_identified(&b.deliver, IDENTITY_OTHER, b.now);
		if (i < 2)
			wait_it(&b, 1000);
	}
	expect_end(&b, DELIVERY_HELD, "other_meter");
}

static void
reads_that_do_not_agree_decide_nothing(void **state)
{
	(void)state;
	for (int attempt = 1; attempt <= 3; attempt++) {
		struct bench b = bench_of(DELIVERY_CREDIT, GUARD_CHECKS);
		b.policy.attempt = attempt;
		begin(&b);
		for (int i = 0; i < 3; i++) {
			struct deliver_seen other = b.meter;
			other.credit_fen -= 64;
			expect(&b, DELIVER_IDENTIFY);
			deliver_identified(&b.deliver, IDENTITY_NONE, b.now);
			expect(&b, DELIVER_READ);
			deliver_saw(&b.deliver, i == 0 ? &other : &b.meter, b.now);
			expect(&b, DELIVER_READ);
			deliver_saw(&b.deliver, i == 0 ? &b.meter : &other, b.now);
		}
		expect_end(&b, attempt < 3 ? DELIVERY_QUEUED : DELIVERY_HELD, "doubtful");
	}
}

static void
silence_goes_back_to_the_queue(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_CHECKS);

	begin(&b);
	for (int i = 0; i < 3; i++) {
		expect(&b, DELIVER_IDENTIFY);
		deliver_silent(&b.deliver, "timeout", b.now);
	}
	expect_end(&b, DELIVERY_QUEUED, "timeout");
	assert_false(b.deliver.has_seen);
}

static void
silence_after_a_write_is_waited_out(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_UNKNOWN);

	begin(&b);
	look_at(&b);
	store_intent(&b);
	write_it(&b, ANSWER_LOST, true);
	for (int i = 0; i < 3; i++) {
		expect(&b, DELIVER_IDENTIFY);
		deliver_silent(&b.deliver, "timeout", b.now);
	}
	wait_it(&b, QUIET);
	look_at(&b);
	expect_end(&b, DELIVERY_DONE, "");
	assert_true(b.deliver.quiet_until > 0);
}

static void
an_intent_that_is_not_stored_sends_nothing(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_CHECKS);

	begin(&b);
	look_at(&b);
	expect(&b, DELIVER_INTEND);
	deliver_stored(&b.deliver, false, b.now);
	expect_end(&b, DELIVERY_QUEUED, "not_stored");
}

static void
what_was_seen_long_ago_is_looked_at_again(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_UNKNOWN);

	begin(&b);
	look_at(&b);
	expect(&b, DELIVER_INTEND);
	pass(&b, 20000);
	deliver_stored(&b.deliver, true, b.now);
	look_at(&b);
	write_it(&b, ANSWER_TAKEN, true);
	look_at(&b);
	expect_end(&b, DELIVERY_DONE, "");

	/* What is left over is reckoned anew where the credit is set. */
	b = bench_of(DELIVERY_DEDUCT, GUARD_UNKNOWN);
	b.job.amount_fen = 1000;
	begin(&b);
	look_at(&b);
	expect(&b, DELIVER_INTEND);
	pass(&b, 20000);
	deliver_stored(&b.deliver, true, b.now);
	b.meter.credit_fen -= 2;
	b.meter.energy_wh += 10;
	look_at(&b);
	store_intent(&b);
	assert_int_equal(b.deliver.intent.target_fen, 3988);
	assert_int_equal(b.deliver.intent.sends, 2);
	write_it(&b, ANSWER_TAKEN, true);
	look_at(&b);
	expect_end(&b, DELIVERY_DONE, "");
}

static void
a_line_that_does_not_open_sent_nothing(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_UNKNOWN);

	begin(&b);
	look_at(&b);
	store_intent(&b);
	expect(&b, DELIVER_WRITE);
	deliver_wrote(&b.deliver, ANSWER_NOT_SENT, 0, b.now);
	wait_it(&b, 1000);
	look_at(&b);
	write_it(&b, ANSWER_TAKEN, true);
	look_at(&b);
	expect_end(&b, DELIVERY_DONE, "");

	b = bench_of(DELIVERY_CREDIT, GUARD_UNKNOWN);
	begin(&b);
	look_at(&b);
	store_intent(&b);
	for (int i = 0; i < 3; i++) {
		expect(&b, DELIVER_WRITE);
		deliver_wrote(&b.deliver, ANSWER_NOT_SENT, 0, b.now);
		if (i < 2) {
			wait_it(&b, 1000);
			look_at(&b);
		}
	}
	expect_end(&b, DELIVERY_QUEUED, "line");
}

/* Sends until the machine gives up; every write is lost. Ends with the writes it took. */
static int
lose_all(struct bench *b, const char *outcome)
{
	begin(b);
	look_at(b);
	for (;;) {
		store_intent(b);
		write_it(b, ANSWER_LOST, false);
		int64_t written = b->now;
		look_at(b);
		wait_it(b, QUIET);
		assert_true(b->now >= written + QUIET);
		look_at(b);
		if (deliver_next(&b->deliver, b->now) == DELIVER_END)
			break;
	}
	expect_end(b, DELIVERY_HELD, outcome);
	return b->writes;
}

static void
a_lost_write_is_sent_again_as_the_meter_allows(void **state)
{
	(void)state;
	static const struct {
		enum delivery_kind kind;
		enum delivery_guard guard;
		int writes;
		const char *outcome;
	} CASES[] = {
		{ DELIVERY_CREDIT, GUARD_CHECKS, 3, "lost 3" },
		{ DELIVERY_CREDIT, GUARD_STORES, 2, "lost 2" },
		{ DELIVERY_CREDIT, GUARD_ADDS, 2, "lost 2" },
		{ DELIVERY_CREDIT, GUARD_UNKNOWN, 1, "unsure" },
		{ DELIVERY_CLEAR, GUARD_UNKNOWN, 3, "lost 3" },
	};

	for (size_t i = 0; i < COUNT(CASES); i++) {
		struct bench b = bench_of(CASES[i].kind, CASES[i].guard);
		assert_int_equal(lose_all(&b, CASES[i].outcome), CASES[i].writes);
	}
}

/* A gateway that answers from a store shows what was before the write. */
static void
an_old_answer_proves_no_loss(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_STORES);

	begin(&b);
	look_at(&b);
	struct deliver_seen before = b.meter;
	store_intent(&b);
	write_it(&b, ANSWER_LOST, true);
	b.meter = before;
	look_at(&b);
	wait_it(&b, QUIET);
	for (int i = 0; i < 3; i++) {
		b.meter = before;
		look_at(&b);
	}
	expect_end(&b, DELIVERY_QUEUED, "doubtful");

	/* Nor does a meter without a clock, unless it guards itself. */
	b = bench_of(DELIVERY_CREDIT, GUARD_STORES);
	b.meter.clock_at = 0;
	begin(&b);
	look_at(&b);
	store_intent(&b);
	write_it(&b, ANSWER_LOST, false);
	look_at(&b);
	wait_it(&b, QUIET);
	look_at(&b);
	expect_end(&b, DELIVERY_HELD, "unsure");
}

static void
a_refusal_counts_when_nothing_changed(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_CHECKS);

	begin(&b);
	look_at(&b);
	store_intent(&b);
	write_it(&b, ANSWER_REFUSED, false);
	look_at(&b);
	expect_end(&b, DELIVERY_HELD, "refused 3");
	assert_int_equal(b.writes, 1);

	b = bench_of(DELIVERY_CREDIT, GUARD_CHECKS);
	begin(&b);
	look_at(&b);
	store_intent(&b);
	write_it(&b, ANSWER_REFUSED, true);
	look_at(&b);
	expect_end(&b, DELIVERY_DONE, "");
}

static void
set_intent(struct bench *b, uint8_t sends)
{
	b->job.has_intent = true;
	b->job.want_count = 8;
	b->job.before_fen = 4990;
	b->job.before_wh = 100100;
	b->job.sends = sends;
}

static void
what_was_sent_before_is_found(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_UNKNOWN);

	set_intent(&b, 1);
	b.meter.count = 8;
	b.meter.credit_fen += 10000 - 3;
	b.meter.energy_wh += 20;
	begin(&b);
	look_at(&b);
	expect_end(&b, DELIVERY_DONE, "");
	assert_int_equal(b.writes, 0);
	assert_int_equal(b.deliver.amount_fen, 10000);
}

static void
what_was_sent_before_and_is_not_there_waits(void **state)
{
	(void)state;
	struct bench b = bench_of(DELIVERY_CREDIT, GUARD_CHECKS);

	set_intent(&b, 1);
	begin(&b);
	int64_t began = b.now;
	look_at(&b);
	wait_it(&b, QUIET);
	assert_true(b.now >= began + QUIET);
	look_at(&b);
	store_intent(&b);
	assert_int_equal(b.deliver.intent.sends, 2);
	assert_int_equal(b.deliver.intent.want_count, 8);
	write_it(&b, ANSWER_TAKEN, true);
	look_at(&b);
	expect_end(&b, DELIVERY_DONE, "");

	/* It comes in while we wait. */
	b = bench_of(DELIVERY_CREDIT, GUARD_STORES);
	set_intent(&b, 1);
	begin(&b);
	look_at(&b);
	wait_it(&b, QUIET);
	b.meter.count = 8;
	b.meter.credit_fen += 10000;
	look_at(&b);
	expect_end(&b, DELIVERY_DONE, "");
}

static void
wrong_figures_after_a_write_are_held(void **state)
{
	(void)state;
	static const struct {
		uint32_t count;
		int64_t more_fen, climbed_wh;
		const char *outcome;
	} CASES[] = {
		{ 8, 20000, 0, "amount 24990 14990" },	      /* twice, and the count stored */
		{ 9, 20000, 0, "count_over 9 8" },	      /* twice, and counted */
		{ 8, 9997, 0, "amount 14987 14990" },	      /* a step of energy costs a fen */
		{ 8, 10000 - 23, 200, "amount 14967 14990" }, /* 20 steps, one and one fen more */
		{ 8, 10001, 0, "amount 14991 14990" },
		{ 5, 0, 0, "count 5 7" },
		{ 7, 10000, 0, "amount 14990 4990" },
	};

	for (size_t i = 0; i < COUNT(CASES); i++) {
		struct bench b = bench_of(DELIVERY_CREDIT, GUARD_STORES);
		begin(&b);
		look_at(&b);
		store_intent(&b);
		write_it(&b, ANSWER_TAKEN, false);
		b.meter.count = CASES[i].count;
		b.meter.credit_fen += CASES[i].more_fen;
		b.meter.energy_wh += CASES[i].climbed_wh;
		look_at(&b);
		expect_held(&b, CASES[i].outcome);
	}
}

static void
use_is_bounded_by_the_highest_price(void **state)
{
	(void)state;
	assert_int_equal(deliver_use_bound(0, 10, 1000000), 2);
	assert_int_equal(deliver_use_bound(1000, 10, 1000000), 102);
	assert_int_equal(deliver_use_bound(1000, 10, 650000), 67);
	/* Nobody knows the price. */
	assert_int_equal(deliver_use_bound(0, 10, 0), 11);
	assert_int_equal(deliver_use_bound(INT64_MAX - 10, 10, INT64_MAX), INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credit_goes_in_once),
		cmocka_unit_test(credit_is_taken_out),
		cmocka_unit_test(clearing_takes_what_is_there),
		cmocka_unit_test(the_count_goes_through_its_end),
		cmocka_unit_test(what_does_not_fit_is_held_before_anything_is_sent),
		cmocka_unit_test(a_register_may_have_gone_through_its_end),
		cmocka_unit_test(another_meter_is_held),
		cmocka_unit_test(reads_that_do_not_agree_decide_nothing),
		cmocka_unit_test(silence_goes_back_to_the_queue),
		cmocka_unit_test(silence_after_a_write_is_waited_out),
		cmocka_unit_test(an_intent_that_is_not_stored_sends_nothing),
		cmocka_unit_test(what_was_seen_long_ago_is_looked_at_again),
		cmocka_unit_test(a_line_that_does_not_open_sent_nothing),
		cmocka_unit_test(a_lost_write_is_sent_again_as_the_meter_allows),
		cmocka_unit_test(an_old_answer_proves_no_loss),
		cmocka_unit_test(a_refusal_counts_when_nothing_changed),
		cmocka_unit_test(what_was_sent_before_is_found),
		cmocka_unit_test(what_was_sent_before_and_is_not_there_waits),
		cmocka_unit_test(wrong_figures_after_a_write_are_held),
		cmocka_unit_test(use_is_bounded_by_the_highest_price),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
