#include "deliver.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/rc.h"

#define PAIRS_MAX	 3 /* of reads that do not agree */
#define HOLDUPS_MAX	 3
#define MISFITS_MAX	 3 /* looks that show what does not fit */
#define ATTEMPTS_MAX	 3 /* with doubtful reads, then a person has to look */
#define SENDS_CHECKS	 3 /* of a frame that the meter executes once at most */
#define SENDS_OTHERS	 2
#define LOOK_MS		 5000 /* so old may be what was seen when the write goes out */
#define PAUSE_MS	 1000
#define CLOCK_SLACK_MS	 1500 /* a meter's clock shows whole seconds */
#define FRESH_MS	 3000 /* from a look to the next, until something counts as lost */
#define AGREE_STEPS	 100  /* of the energy register, from one read to the next */
#define EXCEPTION_FAILED 4    /* 1 to 4: it does not do this, and will not by itself */
#define EXCEPTION_NAK	 7
#define EXCEPTION_PARITY 8
#define PRICE_UNKNOWN	 10000000LL /* 10 yuan a kWh */
#define WH_UYUAN_FEN	 10000000LL /* Wh × micro-yuan a kWh in a fen */

/* ---- small questions ---- */

int64_t
deliver_climbed(int64_t from_wh, int64_t to_wh, int64_t range_wh)
{
	if (to_wh >= from_wh)
		return to_wh - from_wh;
	int64_t climbed = to_wh - from_wh + range_wh;
	return range_wh > 0 && climbed >= 0 && climbed < range_wh / 2 ? climbed : -1;
}

bool
deliver_is_set(enum delivery_kind kind)
{
	return kind != DELIVERY_CREDIT;
}

int64_t
deliver_use_bound(int64_t climbed_wh, int64_t step_wh, int64_t price_uyuan)
{
	int64_t price = price_uyuan > 0 ? price_uyuan : PRICE_UNKNOWN;
	__int128 used = (__int128)(climbed_wh + step_wh) * price;
	__int128 fen = (used + WH_UYUAN_FEN - 1) / WH_UYUAN_FEN + 1;

	return fen > INT64_MAX ? INT64_MAX : (int64_t)fen;
}

static int64_t
climbed_since(const struct deliver *d, int64_t from_wh, const struct deliver_seen *seen)
{
	return deliver_climbed(from_wh, seen->energy_wh, d->policy.range_wh);
}

static int64_t
use_bound(const struct deliver *d, int64_t climbed_wh)
{
	return deliver_use_bound(climbed_wh, d->policy.step_wh, d->job.price_max_uyuan);
}

/* How far a count is ahead of another, which may have gone through its end. */
static uint32_t
ahead(const struct deliver *d, uint32_t count, uint32_t of)
{
	return (count + d->policy.count_range - of) % d->policy.count_range;
}

/* Setting the credit a second time adds nothing, whatever the meter does with counts. */
static bool
is_set(const struct deliver *d)
{
	return deliver_is_set(d->job.kind);
}

static int
sends_max(const struct deliver *d)
{
	if (is_set(d) || d->job.guard == GUARD_CHECKS)
		return SENDS_CHECKS;
	return d->job.guard == GUARD_UNKNOWN ? 1 : SENDS_OTHERS;
}

/* ---- ends ---- */

static void
look(struct deliver *d)
{
	d->phase = PHASE_IDENTIFY;
	d->silences = 0;
}

static void
wait_until(struct deliver *d, int64_t until)
{
	d->phase = PHASE_WAIT;
	d->until = until;
}

static void end(struct deliver *d, enum delivery_state state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void hold(struct deliver *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
end(struct deliver *d, enum delivery_state state, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	(void)vsnprintf(d->outcome, sizeof(d->outcome), format, values);
	va_end(values);
	d->state = state;
	d->phase = PHASE_END;
}

/* What the meter shows does not fit. It may be an old or damaged answer: only what is shown again
 * and again makes people look. */
static void
hold(struct deliver *d, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	(void)vsnprintf(d->outcome, sizeof(d->outcome), format, values);
	va_end(values);
	d->state = DELIVERY_HELD;
	d->phase = PHASE_END;
	if (++d->misfits < MISFITS_MAX)
		wait_until(d, d->now + PAUSE_MS);
}

/* What was read contradicts itself, or is an old answer: it is read again, and decides nothing. */
static void
doubt(struct deliver *d)
{
	if (++d->doubts < PAIRS_MAX)
		look(d);
	else if (d->policy.attempt < ATTEMPTS_MAX)
		end(d, DELIVERY_QUEUED, "doubtful");
	else
		end(d, DELIVERY_HELD, "doubtful");
}

/* ---- before a write ---- */

/* Since the last confirmed purchase credit can only have fallen and energy only risen. */
static bool
is_continuous(struct deliver *d, const struct deliver_seen *seen)
{
	if (seen->credit_fen > d->job.last_fen)
		hold(d, "credit_rose %" PRId64 " %" PRId64, seen->credit_fen, d->job.last_fen);
	else if (climbed_since(d, d->job.last_wh, seen) < 0)
		hold(d, "energy_fell %" PRId64 " %" PRId64, seen->energy_wh, d->job.last_wh);
	else
		return true;
	return false;
}

/* What the meter shows afterwards if nothing is used meanwhile. */
static int64_t
expected_fen(const struct deliver *d)
{
	return is_set(d) ? d->intent.target_fen : d->intent.before_fen + d->job.amount_fen;
}

/* An answer from before shows a clock that is behind. The furthest ahead that was seen is nearest
 * to the truth. */
static bool
is_fresh(const struct deliver *d, const struct deliver_seen *seen)
{
	return seen->clock_at == 0 || seen->clock_at - d->now >= d->clock_ahead - CLOCK_SLACK_MS;
}

static void
intend(struct deliver *d, const struct deliver_seen *seen)
{
	int64_t target_fen = 0;

	if (!is_continuous(d, seen))
		return;
	/* What was used since an answer from before would be given back. */
	if (is_set(d) && !is_fresh(d, seen)) {
		doubt(d);
		return;
	}
	if (d->job.kind == DELIVERY_DEDUCT)
		target_fen = seen->credit_fen - d->job.amount_fen;
	if (target_fen < 0) {
		end(d, DELIVERY_FAILED, "balance %" PRId64 " %" PRId64, seen->credit_fen,
		    d->job.amount_fen);
		return;
	}
	d->intent =
	    (struct deliver_intent){ .want_count = (d->job.last_count + 1) % d->policy.count_range,
		    .before_fen = seen->credit_fen,
		    .before_wh = seen->energy_wh,
		    .target_fen = target_fen,
		    .sends = (uint8_t)(d->intent.sends + 1) };
	d->phase = PHASE_INTEND;
}

/* ---- what a pair of reads says ---- */

static void
judge_amount(struct deliver *d, const struct deliver_seen *seen)
{
	int64_t expected = expected_fen(d);
	int64_t climbed = climbed_since(d, d->intent.before_wh, seen);

	if (climbed < 0 || seen->credit_fen > expected ||
	    seen->credit_fen < expected - use_bound(d, climbed)) {
		hold(d, "amount %" PRId64 " %" PRId64, seen->credit_fen, expected);
		return;
	}
	d->amount_fen = is_set(d) ? d->intent.before_fen - d->intent.target_fen : d->job.amount_fen;
	end(d, DELIVERY_DONE, "%s", "");
}

static void
await_quiet(struct deliver *d)
{
	d->was_unchanged = true;
	int64_t until = d->now + FRESH_MS;
	wait_until(d, d->lost_at > until ? d->lost_at : until);
}

/* It was sent, the quiet time is over, and the meter shows nothing of it. */
static void
judge_lost(struct deliver *d, const struct deliver_seen *seen)
{
	bool may_trust_reads = is_set(d) || d->job.guard == GUARD_CHECKS;
	bool has_clock = seen->clock_at != 0;

	if (!is_fresh(d, seen))
		doubt(d);
	else if (d->intent.sends < sends_max(d) && (may_trust_reads || has_clock))
		intend(d, seen);
	else if (d->intent.sends < SENDS_OTHERS)
		end(d, DELIVERY_HELD, "unsure");
	else
		end(d, DELIVERY_HELD, "lost %u", (unsigned)d->intent.sends);
}

/* Nothing but use moved the credit since the intent. */
static bool
is_as_before(struct deliver *d, const struct deliver_seen *seen)
{
	int64_t climbed = climbed_since(d, d->intent.before_wh, seen);
	int64_t fell = d->intent.before_fen - seen->credit_fen;

	if (climbed >= 0 && fell >= 0 && fell <= use_bound(d, climbed))
		return true;
	hold(d, "amount %" PRId64 " %" PRId64, seen->credit_fen, d->intent.before_fen);
	return false;
}

/* The intent is stored and was not used yet. */
static void
judge_unsent(struct deliver *d, const struct deliver_seen *seen)
{
	if (is_set(d) && seen->credit_fen != d->intent.before_fen) {
		if (d->intent.sends < sends_max(d))
			intend(d, seen);
		else
			end(d, DELIVERY_QUEUED, "not_stored");
	} else if (is_continuous(d, seen))
		d->phase = PHASE_WRITE;
}

static void
judge_unchanged(struct deliver *d, const struct deliver_seen *seen)
{
	if (!d->job.has_intent)
		intend(d, seen);
	else if (!is_as_before(d, seen))
		return;
	else if (d->is_unsent)
		judge_unsent(d, seen);
	else if (d->refusal != 0)
		end(d, DELIVERY_HELD, "refused %d", d->refusal);
	else if (d->now < d->lost_at || !d->was_unchanged)
		await_quiet(d);
	else
		judge_lost(d, seen);
}

static void
judge(struct deliver *d, const struct deliver_seen *seen)
{
	uint32_t ahead_of_last = ahead(d, seen->count, d->job.last_count);

	d->after = *seen;
	d->has_seen = true;
	if (ahead_of_last == 0)
		judge_unchanged(d, seen);
	else if (!d->job.has_intent || ahead_of_last > d->policy.count_range / 2)
		hold(d, "count %" PRIu32 " %" PRIu32, seen->count, d->job.last_count);
	else if (ahead_of_last == 1)
		judge_amount(d, seen);
	else
		hold(d, "count_over %" PRIu32 " %" PRIu32, seen->count, d->intent.want_count);
}

/* Two reads of different length, one just after the other. */
static bool
do_agree(const struct deliver *d, const struct deliver_seen *first, const struct deliver_seen *seen)
{
	int64_t climbed = climbed_since(d, first->energy_wh, seen);
	int64_t fell = first->credit_fen - seen->credit_fen;

	return seen->count == first->count && climbed >= 0 &&
	       climbed <= AGREE_STEPS * d->policy.step_wh && fell >= 0 &&
	       fell <= use_bound(d, climbed);
}

/* ---- for the caller ---- */

void
deliver_begin(struct deliver *deliver, const struct delivery_job *job,
    const struct deliver_policy *policy, int64_t now)
{
	assert(policy->count_range > 2 && policy->step_wh > 0 && policy->tries > 0);
	*deliver = (struct deliver){ .job = *job,
		.policy = *policy,
		.clock_ahead = policy->clock_ahead,
		/* Whatever was sent before was sent before now, whoever's clock said when. */
		.lost_at = now + policy->quiet_ms };
	if (job->has_intent)
		deliver->intent = (struct deliver_intent){ .want_count = job->want_count,
			.before_fen = job->before_fen,
			.before_wh = job->before_wh,
			.target_fen = job->target_fen,
			.sends = job->sends };
	look(deliver);
}

enum deliver_action
deliver_next(struct deliver *deliver, int64_t now)
{
	struct deliver *d = deliver;

	if (d->phase == PHASE_WAIT && now >= d->until)
		look(d);
	switch (d->phase) {
	case PHASE_IDENTIFY:
		return DELIVER_IDENTIFY;
	case PHASE_FIRST:
	case PHASE_SECOND:
		d->shorter = (int)(d->reads % (DELIVER_SHORTER_MAX + 1));
		return DELIVER_READ;
	case PHASE_INTEND:
		return DELIVER_INTEND;
	case PHASE_WRITE:
		return DELIVER_WRITE;
	case PHASE_WAIT:
		return DELIVER_WAIT;
	case PHASE_END:
		break;
	}
	return DELIVER_END;
}

void
deliver_identified(struct deliver *deliver, enum deliver_identity identity, int64_t now)
{
	assert(deliver->phase == PHASE_IDENTIFY);
	deliver->now = now;
	if (identity == IDENTITY_OTHER)
		hold(deliver, "other_meter");
	else
		deliver->phase = PHASE_FIRST;
}

void
deliver_saw(struct deliver *deliver, const struct deliver_seen *seen, int64_t now)
{
	struct deliver *d = deliver;

	assert(d->phase == PHASE_FIRST || d->phase == PHASE_SECOND);
	d->now = now;
	d->reads++;
	if (seen->clock_at != 0 && (d->clock_ahead == 0 || seen->clock_at - now > d->clock_ahead))
		d->clock_ahead = seen->clock_at - now;
	d->silences = 0;
	if (d->phase == PHASE_FIRST) {
		d->first = *seen;
		d->looked_at = now;
		d->phase = PHASE_SECOND;
	} else if (do_agree(d, &d->first, seen)) {
		judge(d, seen);
	} else {
		doubt(d);
	}
}

void
deliver_silent(struct deliver *deliver, const char *why, int64_t now)
{
	struct deliver *d = deliver;

	assert(d->phase <= PHASE_SECOND);
	d->reads++; /* the answer may still come, and then has another length */
	if (++d->silences < d->policy.tries)
		return;
	/* Just after a write it may be busy with it. */
	if (d->has_written && now < d->lost_at)
		wait_until(d, d->lost_at);
	else
		end(d, DELIVERY_QUEUED, "%s", why);
}

void
deliver_stored(struct deliver *deliver, bool is_stored, int64_t now)
{
	struct deliver *d = deliver;

	assert(d->phase == PHASE_INTEND);
	if (!is_stored) {
		end(d, DELIVERY_QUEUED, "not_stored");
		return;
	}
	d->job.has_intent = true;
	d->is_unsent = true;
	d->refusal = 0;
	if (now - d->looked_at > LOOK_MS)
		look(d);
	else
		d->phase = PHASE_WRITE;
}

static bool
is_refusal(int exception)
{
	return (exception >= 1 && exception <= EXCEPTION_FAILED) || exception == EXCEPTION_NAK ||
	       exception == EXCEPTION_PARITY;
}

void
deliver_wrote(struct deliver *deliver, enum deliver_answer answer, int exception, int64_t now)
{
	struct deliver *d = deliver;

	assert(d->phase == PHASE_WRITE);
	if (answer == ANSWER_NOT_SENT) {
		if (++d->holdups < HOLDUPS_MAX)
			wait_until(d, now + PAUSE_MS);
		else
			end(d, DELIVERY_QUEUED, "line");
		return;
	}
	d->is_unsent = false;
	d->has_written = true;
	d->was_unchanged = false;
	d->doubts = d->misfits = 0;
	d->lost_at = now + d->policy.quiet_ms;
	if (answer == ANSWER_REFUSED && is_refusal(exception))
		d->refusal = exception;
	d->written_until = d->lost_at;
	/* A frame that sets undoes whatever came before it, should it come again. */
	if (is_set(d) || answer != ANSWER_TAKEN)
		d->quiet_until = d->lost_at;
	look(d);
}
