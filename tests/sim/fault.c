#include <stdlib.h>

#include "fault.h"
#include "frame.h"
#include "line.h"
#include "loop.h"
#include "meter.h"

const struct fault_word FAULT_WORDS[FAULT_KINDS] = {
	[FAULT_DROP_REQ] = { "drop_req", 0, false, false },
	[FAULT_DROP_RSP] = { "drop_rsp", 0, false, false },
	[FAULT_APPLY_NO_ACK] = { "apply_no_ack", 0, false, true },
	[FAULT_DUP_APPLY] = { "dup_apply", 0, false, true },
	[FAULT_DEFER] = { "defer", 1500, false, true },
	[FAULT_NOISE] = { "noise", 4, false, false },
	[FAULT_EXTRA] = { "extra", 3, false, false },
	[FAULT_CRC] = { "crc", 0, false, false },
	[FAULT_TRUNC] = { "trunc", 0, false, false },
	[FAULT_LATE] = { "late", 700, false, false },
	[FAULT_DELAY] = { "delay", 700, false, false },
	[FAULT_WRONG_UNIT] = { "wrong_unit", 1, false, false },
	[FAULT_WRONG_FC] = { "wrong_fc", 1, false, false },
	[FAULT_WRONG_TID] = { "wrong_tid", 1, false, false },
	[FAULT_STALE] = { "stale", 0, false, false },
	[FAULT_EXC] = { "exc", 4, false, false },
	[FAULT_DRIBBLE] = { "dribble", 20, false, false },
	[FAULT_DEAD] = { "dead", 0, false, false },
	[FAULT_RST] = { "rst", 0, false, false },
	[FAULT_REPEAT] = { "repeat", 0, false, false },
	[FAULT_COLLIDE] = { "collide", 1, false, false },
	[FAULT_BABBLE] = { "babble", 10, true, false },
	[FAULT_STALL] = { "stall", 0, true, false },
	[FAULT_REFUSE] = { "refuse", 0, true, false },
	[FAULT_MAX_CLIENTS] = { "max_clients", 1, true, false },
	[FAULT_HALF_OPEN] = { "half_open", 0, true, false },
};

static bool
is_write(int function)
{
	return function == FUNCTION_WRITE || function == FUNCTION_WRITE_ONE ||
	       function == FUNCTION_COMMAND;
}

static bool
fault_fits(const struct fault *fault, int unit, int function)
{
	if (fault->unit != UNIT_ANY && fault->unit != unit)
		return false;
	if (fault->function != 0 && fault->function != function)
		return false;
	bool wants_write = fault->when == WHEN_WRITE || FAULT_WORDS[fault->kind].is_write;
	if (wants_write != is_write(function) && (wants_write || fault->when == WHEN_READ))
		return false;
	return fault->chance >= 1 || (double)random() / (double)RAND_MAX < fault->chance;
}

void
fault_take(struct line *line, int unit, int function, struct fault_set *set)
{
	set->mask = 0;
	for (struct fault **at = &line->faults, *fault; (fault = *at) != NULL;) {
		if (FAULT_WORDS[fault->kind].is_line || !fault_fits(fault, unit, function)) {
			at = &fault->next;
			continue;
		}
		set->mask |= 1u << fault->kind;
		set->argument[fault->kind] = fault->argument;
		if (fault->left < 0 || --fault->left > 0) {
			at = &fault->next;
			continue;
		}
		*at = fault->next;
		free(fault);
	}
}

bool
fault_is_dead(const struct line *line, int unit)
{
	for (const struct fault *fault = line->faults; fault != NULL; fault = fault->next)
		if (fault->kind == FAULT_DEAD && (fault->unit == UNIT_ANY || fault->unit == unit))
			return true;
	return false;
}

bool
fault_is_on(const struct line *line, enum fault_kind kind, int64_t *argument)
{
	for (const struct fault *fault = line->faults; fault != NULL; fault = fault->next) {
		if (fault->kind != kind)
			continue;
		if (argument != NULL)
			*argument = fault->argument;
		return true;
	}
	return false;
}

void
fault_add(struct line *line, const struct fault *fault)
{
	fault_clear(line, fault->unit, fault->kind);
	struct fault *copy = malloc(sizeof *copy);
	if (copy == NULL)
		die("out of memory");
	*copy = *fault;
	copy->next = line->faults;
	line->faults = copy;
	if (FAULT_WORDS[fault->kind].is_line)
		line_fault_began(line, fault->kind, fault->argument);
}

void
fault_clear(struct line *line, int unit, enum fault_kind kind)
{
	for (struct fault **at = &line->faults, *fault; (fault = *at) != NULL;) {
		if ((kind != FAULT_KINDS && kind != fault->kind) ||
		    (unit != UNIT_ANY && unit != fault->unit)) {
			at = &fault->next;
			continue;
		}
		enum fault_kind ended = fault->kind;
		*at = fault->next;
		free(fault);
		if (FAULT_WORDS[ended].is_line)
			line_fault_ended(line, ended);
	}
}
