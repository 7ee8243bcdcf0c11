/*
 * fault.h - faults on demand (reliability.md section 4), per line and unit.
 */
#ifndef METERSIM_FAULT_H
#define METERSIM_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#define UNIT_ANY (-1)

enum fault_kind {
	/* Of one exchange. */
	FAULT_DROP_REQ,
	FAULT_DROP_RSP,
	FAULT_APPLY_NO_ACK,
	FAULT_DUP_APPLY,
	FAULT_DEFER,
	FAULT_NOISE,
	FAULT_EXTRA,
	FAULT_CRC,
	FAULT_TRUNC,
	FAULT_LATE,
	FAULT_DELAY,
	FAULT_WRONG_UNIT,
	FAULT_WRONG_FC,
	FAULT_WRONG_TID,
	FAULT_STALE,
	FAULT_EXC,
	FAULT_DRIBBLE,
	FAULT_DEAD,
	FAULT_RST,
	FAULT_REPEAT,
	FAULT_COLLIDE,
	/* Of the whole line. */
	FAULT_BABBLE,
	FAULT_STALL,
	FAULT_REFUSE,
	FAULT_MAX_CLIENTS,
	FAULT_HALF_OPEN,
	FAULT_KINDS,
};

/* Which requests it hits. */
enum fault_when { WHEN_ANY, WHEN_READ, WHEN_WRITE };

struct fault {
	struct fault *next;
	enum fault_kind kind;
	int unit; /* UNIT_ANY: all of the line */
	int64_t argument;
	int64_t left; /* requests, -1: until cleared */
	enum fault_when when;
	int function; /* 0: any */
	double chance;
};

/* What applies to one request. */
struct fault_set {
	uint32_t mask;
	int64_t argument[FAULT_KINDS];
};

struct line;
struct fault_word {
	const char *name;
	int64_t usual; /* argument when none is given */
	bool is_line, is_write;
};
extern const struct fault_word FAULT_WORDS[FAULT_KINDS];

/* Counts down what applies to this request. */
void fault_take(struct line *line, int unit, int function, struct fault_set *set);
bool fault_is_dead(const struct line *line, int unit);
bool fault_is_on(const struct line *line, enum fault_kind kind, int64_t *argument);

void fault_add(struct line *line, const struct fault *fault);
/* kind FAULT_KINDS: all kinds; unit UNIT_ANY: all units. */
void fault_clear(struct line *line, int unit, enum fault_kind kind);

static inline bool
fault_has(const struct fault_set *set, enum fault_kind kind)
{
	return set->mask >> kind & 1;
}

#endif
