/*
 * acrel.h - the block at 0x0200 that ADF300, DDSY1352 and DTSY1352 share: 48 registers hold all
 * that a poll needs (domain.md §1.4).
 */
#ifndef VOLTILL_ACREL_H
#define VOLTILL_ACREL_H

#include "profile.h"

#define ACREL_BLOCK                                           \
	{                                                     \
		.function = 3, .address = 0x0200, .count = 48 \
	}
#define ACREL_TYPE 0x0200
/* Three registers behind address and line settings hold the twelve digits of the plate. */
#define ACREL_IDENTITY                                                                  \
	{                                                                               \
		.block = { .function = 3, .address = 0x0362, .count = 3 }, .digits = 12 \
	}
#define ACREL_SPARE    0x022F	    /* size of the box: known from the definition */
#define ACREL_RANGE_WH 1000000000LL /* 999 999.99 kWh, then 0 */
#define ACREL_FIELDS   31
#define ACREL_HAS      (HAS_PERIODS | HAS_CREDIT | HAS_CONTROL | HAS_POWER | HAS_CLOCK | HAS_DEMAND)

extern const struct field acrel_fields[ACREL_FIELDS];
extern const struct config_frames acrel_adf_config, acrel_ddsy_config, acrel_dtsy_config;
extern const struct money_frames acrel_money;

#endif
