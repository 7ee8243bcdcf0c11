/*
 * relay.h - why a relay is open or closed (domain.md §1.4, §3.6).
 *
 * Four sources act on each relay: fee (credit), load (overload), time (time switch), force (an
 * operator). Pure: registers in, one reason out, which the dictionary turns into a sentence.
 */
#ifndef VOLTILL_RELAY_H
#define VOLTILL_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/meter.h"

enum relay_state { RELAY_UNKNOWN, RELAY_CLOSED, RELAY_OPEN, RELAY_PARTIAL };

enum relay_source { SOURCE_FEE, SOURCE_LOAD, SOURCE_TIME, SOURCE_FORCE, SOURCES };

/* What one source says: not in force, or which way it wants the relays. */
enum source_state { SOURCE_UNKNOWN, SOURCE_OFF, SOURCE_CLOSED, SOURCE_OPEN, SOURCE_PARTIAL };

enum relay_reason {
	REASON_UNKNOWN,	     /* the meter says nothing about its relay */
	REASON_NORMAL,	     /* closed, and every source agrees */
	REASON_UNCONTROLLED, /* closed, no source is in force: nothing would trip it */
	REASON_KEPT,	     /* closed by force: will not trip for arrears */
	REASON_KEPT_ARREARS, /* likewise, and the credit is used up */
	REASON_AGAINST,	     /* closed although a source wants it open: relay not as ordered */
	REASON_FORCED,	     /* open by force: an operator */
	REASON_ARREARS,	     /* open, fee control, credit used up */
	REASON_FEE, /* open, fee control, though there is credit: warning trip or purchase awaited
		     */
	REASON_OVERLOAD,     /* open, load control, closes again by itself */
	REASON_OVERLOAD_END, /* open, load control, all allowed trips are used: stays open */
	REASON_TIME,	     /* open, time switch */
	REASON_FAULT,	     /* open, the meter reports a fault and no source wants it open */
	REASON_UNEXPLAINED,  /* open, no source wants it open: relay not as ordered */
	REASON_PARTIAL,	     /* the phases differ */
	REASONS
};

struct relay_view {
	enum relay_state state;
	enum relay_state phase[3];
	enum source_state source[SOURCES];
	enum source_state source_phase[SOURCES][3];
	enum relay_reason reason;
	uint32_t also; /* bit n: enum relay_source n wants it open, too, besides the reason */
};

/* phases is 1 or 3; credit_fen may be METER_NO_CREDIT; counts -1 when unknown. */
void relay_explain(const struct meter_control *control, int phases, int64_t credit_fen,
    int64_t overload_count, int64_t overload_max, struct relay_view *view);

const char *relay_state_name(enum relay_state state);	 /* T.Switch: "closed" … */
const char *relay_source_name(enum relay_source source); /* "Fee" … */
const char *source_state_name(enum source_state state);	 /* "Off" … */
const char *relay_reason_name(enum relay_reason reason); /* "Normal" … under T.Accounts.Why */

#endif
