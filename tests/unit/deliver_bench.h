/*
 * deliver_bench.h - a meter, and the machine that brings money to it, step by step.
 */
#ifndef VOLTILL_DELIVER_BENCH_H
#define VOLTILL_DELIVER_BENCH_H

#include "../../collector/deliver.c"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define QUIET 5000

struct bench {
	struct deliver deliver;
	struct delivery_job job;
	struct deliver_policy policy;
	int64_t now;
	struct deliver_seen meter;
	int writes;
};

static struct bench
bench_of(enum delivery_kind kind, enum delivery_guard guard)
{
	return (struct bench){ .job = { .kind = kind,
				   .guard = guard,
				   .amount_fen = 10000,
				   .last_count = 7,
				   .last_fen = 5000,
				   .last_wh = 100000,
				   .price_max_uyuan = 1000000 },
		.policy = { .quiet_ms = QUIET,
		    .step_wh = 10,
		    .range_wh = 1000000000,
		    .count_range = 65536,
		    .tries = 3,
		    .attempt = 1 },
		.now = 1000,
		.meter = {
		    .count = 7, .credit_fen = 4990, .energy_wh = 100100, .clock_at = 900000 } };
}

static void
begin(struct bench *b)
{
	deliver_begin(&b->deliver, &b->job, &b->policy, b->now);
}

static void
pass(struct bench *b, int64_t ms)
{
	b->now += ms;
	if (b->meter.clock_at != 0)
		b->meter.clock_at += ms;
}

static void
expect(struct bench *b, enum deliver_action action)
{
	assert_int_equal(deliver_next(&b->deliver, b->now), action);
}

/* Identity and both reads, as the meter is. */
static void
look_at(struct bench *b)
{
	expect(b, DELIVER_IDENTIFY);
	deliver_identified(&b->deliver, IDENTITY_FITS, b->now);
	int shorter = -1;
	for (int i = 0; i < 2; i++) {
		expect(b, DELIVER_READ);
		assert_int_not_equal(b->deliver.shorter, shorter);
		shorter = b->deliver.shorter;
		deliver_saw(&b->deliver, &b->meter, b->now);
		pass(b, 140);
	}
}

static void
store_intent(struct bench *b)
{
	expect(b, DELIVER_INTEND);
	deliver_stored(&b->deliver, true, b->now);
}

/* The meter executes it, unless it is lost. */
static void
write_it(struct bench *b, enum deliver_answer answer, bool is_executed)
{
	expect(b, DELIVER_WRITE);
	b->writes++;
	if (is_executed) {
		b->meter.count = b->deliver.intent.want_count;
		b->meter.credit_fen = deliver_is_set(b->job.kind)
					  ? b->deliver.intent.target_fen
					  : b->meter.credit_fen + b->job.amount_fen;
	}
	pass(b, 60);
	deliver_wrote(&b->deliver, answer, 3, b->now);
}

static void
wait_it(struct bench *b, int64_t most)
{
	expect(b, DELIVER_WAIT);
	assert_in_range(b->deliver.until - b->now, 1, most);
	pass(b, b->deliver.until - b->now);
}

static void
expect_end(struct bench *b, enum delivery_state state, const char *outcome)
{
	expect(b, DELIVER_END);
	assert_int_equal(b->deliver.state, state);
	assert_string_equal(b->deliver.outcome, outcome);
}

/* What does not fit is looked at three times before people have to. */
static void
expect_held(struct bench *b, const char *outcome)
{
	int writes = b->writes;

	for (int i = 0; i < 2; i++) {
		wait_it(b, 1000);
		look_at(b);
	}
	expect_end(b, DELIVERY_HELD, outcome);
	assert_int_equal(b->writes, writes);
}

static void
deliver_clean(struct bench *b)
{
	begin(b);
	look_at(b);
	store_intent(b);
	write_it(b, ANSWER_TAKEN, true);
	look_at(b);
	expect_end(b, DELIVERY_DONE, "");
	assert_int_equal(b->writes, 1);
}

#endif
