#include "acrel.h"

/* What can be set, and where it is read back (domain.md §1.5). Amounts are fen and prices 0.0001
 * yuan in a register; the latter is a guess that the first read-back of a meter shows. */
#define SCALES                                                           \
	.price_unit_uyuan = 100, .amount_unit_fen = 1, .load_unit_w = 1, \
	.zone_order = ZONES_TABLE_FIRST
#define FRAMES(list)              \
	{                         \
		list, COUNT(list) \
	}

/* One command writes them all, each group behind its own enable byte. */
#define PREPAY .function = FRAME_COMMAND, .address = 0x0200, .count = 30
#define TABLE(where)                                                                            \
	.read_address = (where), .read_count = 21, .function = FRAME_WRITE, .address = (where), \
	.count = 21
#define ZONES(where)                                                                           \
	.read_address = (where), .read_count = 6, .function = FRAME_WRITE, .address = (where), \
	.count = 6
#define LOAD(where) .function = FRAME_COMMAND, .address = (where), .count = 13
/* The clock is in the block of every poll. */
#define CLOCK                                                                            \
	{                                                                                \
		CONFIG_CLOCK, FRAME_CLOCK, .read_address = 0x0228, .read_count = 4,      \
					   .function = FRAME_COMMAND, .address = 0x0354, \
					   .count = 5                                    \
	}
#define TABLES(first, second, zones)                                                               \
	{ CONFIG_TOU, FRAME_TABLE_1, TABLE(first) }, { CONFIG_TOU, FRAME_TABLE_2, TABLE(second) }, \
	{                                                                                          \
		CONFIG_TOU, FRAME_ZONES, ZONES(zones)                                              \
	}

#define ADF_PREPAY(where)                                                 \
	{ CONFIG_PRICES, FRAME_PRICES, (where), 18, .at = 1, PREPAY },    \
	{                                                                 \
		CONFIG_ALARMS, FRAME_ALARMS, (where), 18, .at = 9, PREPAY \
	}
/* Eight registers a phase: on, limit, step, power factor, one that is unknown, trips, recovery. */
#define ADF_LOAD(phase, where)                                                                \
	{                                                                                     \
		CONFIG_OVERLOAD, FRAME_LOAD, 0x0700, 24, .at = 8 * (phase) + 1,               \
							 .extra_at = 8 * (phase), LOAD(where) \
	}

static const struct config_frame ADF_SINGLE[] = {
	ADF_PREPAY(0x0500),
	TABLES(0x0914, 0x0929, 0x093E),
	{ CONFIG_OVERLOAD, FRAME_LOAD, 0x0700, 8, .at = 1, .extra_at = 0, LOAD(0x0400) },
	CLOCK,
};
static const struct config_frame ADF_THREE[] = {
	ADF_PREPAY(0x0536),
	TABLES(0x0914, 0x0929, 0x093E),
	ADF_LOAD(0, 0x0400),
	ADF_LOAD(1, 0x040D),
	ADF_LOAD(2, 0x041A),
	CLOCK,
};

const struct config_frames acrel_adf_config = { { FRAMES(ADF_SINGLE), FRAMES(ADF_THREE) }, SCALES };

#define RAIL_PREPAY                                                                       \
	{ CONFIG_PRICES, FRAME_PRICES, 0x0400, 25, .at = 2, PREPAY },                     \
	{                                                                                 \
		CONFIG_ALARMS, FRAME_ALARMS, 0x0400, 25, .at = 10, .extra_at = 14, PREPAY \
	}

static const struct config_frame DDSY[] = {
	RAIL_PREPAY,
	TABLES(0x2006, 0x201B, 0x2000),
	{ CONFIG_OVERLOAD, FRAME_LOAD, 0x0480, 7, .at = 1, .extra_at = 0, LOAD(0x0400) },
	CLOCK,
};

const struct config_frames acrel_ddsy_config = { { FRAMES(DDSY), FRAMES(DDSY) }, SCALES };

/* One switch, then six registers a phase. */
#define DTSY_LOAD(phase, where)                                                                \
	{                                                                                      \
		CONFIG_OVERLOAD, FRAME_LOAD, 0x0480, 19, .at = 1 + 6 * (phase), .extra_at = 0, \
							 LOAD(where)                           \
	}

static const struct config_frame DTSY[] = {
	RAIL_PREPAY,
	TABLES(0x2000, 0x2015, 0x0028),
	DTSY_LOAD(0, 0x0400),
	DTSY_LOAD(1, 0x040D),
	DTSY_LOAD(2, 0x041A),
	CLOCK,
};

const struct config_frames acrel_dtsy_config = { { FRAMES(DTSY), FRAMES(DTSY) }, SCALES };
