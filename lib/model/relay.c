#include "model/relay.h"

#include <assert.h>

static const char *const STATE_NAMES[] = { "unknown", "closed", "open", "partial" };
static const char *const SOURCE_NAMES[] = { "Fee", "Load", "Time", "Force" };
static const char *const SOURCE_STATE_NAMES[] = { "Unknown", "Off", "Closed", "Open", "Partial" };
static const char *const REASON_NAMES[REASONS] = {
	[REASON_UNKNOWN] = "Unknown",
	[REASON_NORMAL] = "Normal",
	[REASON_UNCONTROLLED] = "Uncontrolled",
	[REASON_KEPT] = "Kept",
	[REASON_KEPT_ARREARS] = "KeptArrears",
	[REASON_AGAINST] = "Against",
	[REASON_FORCED] = "Forced",
	[REASON_ARREARS] = "Arrears",
	[REASON_FEE] = "Fee",
	[REASON_OVERLOAD] = "Overload",
	[REASON_OVERLOAD_END] = "OverloadEnd",
	[REASON_TIME] = "Time",
	[REASON_FAULT] = "Fault",
	[REASON_UNEXPLAINED] = "Unexplained",
	[REASON_PARTIAL] = "Partial",
};

const char *
relay_state_name(enum relay_state state)
{
	assert((size_t)state < COUNT(STATE_NAMES));
	return STATE_NAMES[state];
}

const char *
relay_source_name(enum relay_source source)
{
	assert((size_t)source < COUNT(SOURCE_NAMES));
	return SOURCE_NAMES[source];
}

const char *
source_state_name(enum source_state state)
{
	assert((size_t)state < COUNT(SOURCE_STATE_NAMES));
	return SOURCE_STATE_NAMES[state];
}

const char *
relay_reason_name(enum relay_reason reason)
{
	assert((size_t)reason < COUNT(REASON_NAMES));
	return REASON_NAMES[reason];
}

static enum source_state
source_of(int bits, int mask)
{
	if (bits < 0)
		return SOURCE_UNKNOWN;
	if ((bits & CONTROL_ACTIVE) == 0)
		return SOURCE_OFF;
	if ((bits & mask) == mask)
		return SOURCE_CLOSED;
	return (bits & mask) == 0 ? SOURCE_OPEN : SOURCE_PARTIAL;
}

static enum relay_state
state_of(int bits, int mask)
{
	if (bits < 0)
		return RELAY_UNKNOWN;
	if ((bits & mask) == mask)
		return RELAY_CLOSED;
	return (bits & mask) == 0 ? RELAY_OPEN : RELAY_PARTIAL;
}

/* Sources that want a relay open and are in force, as bits. */
static uint32_t
opening(const enum source_state source[SOURCES])
{
	uint32_t bits = 0;

	for (int i = 0; i < SOURCES; i++)
		if (source[i] == SOURCE_OPEN || source[i] == SOURCE_PARTIAL)
			bits |= 1u << i;
	return bits;
}

static bool
has_arrears(const struct meter_control *control, int64_t credit_fen)
{
	if ((control->flags & FLAG_ARREARS) != 0)
		return true;
	return credit_fen != METER_NO_CREDIT && credit_fen <= 0;
}

static enum relay_reason
closed_reason(
    const struct relay_view *view, const struct meter_control *control, int64_t credit_fen)
{
	if (view->source[SOURCE_FORCE] == SOURCE_CLOSED)
		return has_arrears(control, credit_fen) ? REASON_KEPT_ARREARS : REASON_KEPT;
	if (opening(view->source) != 0)
		return REASON_AGAINST;
	for (int i = 0; i < SOURCES; i++)
		if (view->source[i] == SOURCE_CLOSED)
			return REASON_NORMAL;
	return REASON_UNCONTROLLED;
}

/* Force stands above the others: while it is in force they do not act. Of the others fee comes
 * first, because only a payment ends it. */
static enum relay_reason
open_reason(const struct relay_view *view, const struct meter_control *control, int64_t credit_fen,
    int64_t overload_count, int64_t overload_max)
{
	uint32_t bits = opening(view->source);

	if ((bits & 1u << SOURCE_FORCE) != 0)
		return REASON_FORCED;
	if (view->source[SOURCE_FORCE] == SOURCE_CLOSED)
		return (control->flags & FLAG_FAULT) != 0 ? REASON_FAULT : REASON_UNEXPLAINED;
	if ((bits & 1u << SOURCE_FEE) != 0)
		return has_arrears(control, credit_fen) ? REASON_ARREARS : REASON_FEE;
	if ((bits & 1u << SOURCE_LOAD) != 0)
		return overload_max > 0 && overload_count >= overload_max ? REASON_OVERLOAD_END
									  : REASON_OVERLOAD;
	if ((bits & 1u << SOURCE_TIME) != 0)
		return REASON_TIME;
	return (control->flags & FLAG_FAULT) != 0 ? REASON_FAULT : REASON_UNEXPLAINED;
}

static uint32_t
reason_source(enum relay_reason reason)
{
	switch (reason) {
	case REASON_FORCED:
		return 1u << SOURCE_FORCE;
	case REASON_ARREARS:
	case REASON_FEE:
		return 1u << SOURCE_FEE;
	case REASON_OVERLOAD:
	case REASON_OVERLOAD_END:
		return 1u << SOURCE_LOAD;
	case REASON_TIME:
		return 1u << SOURCE_TIME;
	default:
		return 0;
	}
}

void
relay_explain(const struct meter_control *control, int phases, int64_t credit_fen,
    int64_t overload_count, int64_t overload_max, struct relay_view *view)
{
	const int bits[SOURCES] = { control->fee_state, control->load_state, control->time_state,
		control->force_state };
	int mask = phases == 3 ? 7 : 1;

	*view = (struct relay_view){ .state = state_of(control->relay_closed, mask) };
	for (int p = 0; p < 3; p++) {
		view->phase[p] = state_of(control->relay_closed, 1 << p);
		for (int i = 0; i < SOURCES; i++)
			view->source_phase[i][p] = source_of(bits[i], 1 << p);
	}
	for (int i = 0; i < SOURCES; i++)
		view->source[i] = source_of(bits[i], mask);
	switch (view->state) {
	case RELAY_UNKNOWN:
		view->reason = REASON_UNKNOWN;
		break;
	case RELAY_CLOSED:
		view->reason = closed_reason(view, control, credit_fen);
		break;
	case RELAY_OPEN:
		view->reason = open_reason(view, control, credit_fen, overload_count, overload_max);
		break;
	case RELAY_PARTIAL:
		view->reason = REASON_PARTIAL;
		break;
	}
	view->also = opening(view->source) & ~reason_source(view->reason);
}
