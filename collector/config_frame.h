/*
 * config_frame.h - what can be set in a meter, as registers. Pure.
 *
 * A profile lists frames: each is one request to read and one to write. Reading goes by function 3;
 * writing by 0x10, or by 0x20 where each group of values has an enable byte of its own, so that
 * what is not meant stays as it is. Scales that no document tells (domain.md §7) are data of the
 * profile.
 */
#ifndef VOLTILL_CONFIG_FRAME_H
#define VOLTILL_CONFIG_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "model/meter_config.h"

#define FRAME_REGISTERS_MAX 30 /* of one frame, read or written */
#define FRAME_REQUEST_MAX   (7 + 2 * FRAME_REGISTERS_MAX)
#define FRAME_WRITE	    0x10
#define FRAME_COMMAND	    0x20
#define FRAMES_MAX	    9 /* of one meter */

enum frame_content {
	FRAME_PRICES,
	FRAME_ALARMS,
	FRAME_TABLE_1,
	FRAME_TABLE_2,
	FRAME_ZONES,
	FRAME_LOAD,
	FRAME_CLOCK,
	FRAME_CONTENTS
};
const char *frame_content_name(enum frame_content content); /* "zones", in results */

struct config_frame {
	uint8_t part, content; /* enum config_part, enum frame_content */
	uint16_t read_address, read_count;
	uint8_t at;		 /* first value in what is read, in registers */
	uint8_t extra_at;	 /* of alarms the overdraft, of load the switch */
	uint8_t function;	 /* FRAME_WRITE or FRAME_COMMAND */
	uint16_t address, count; /* what is written */
};

/* The three bytes of a season zone. The documents contradict each other; what a meter holds tells,
 * because a month is mostly no table. */
enum zone_order { ZONES_TABLE_FIRST, ZONES_MONTH_FIRST };

struct config_frames {
	struct {
		const struct config_frame *frames;
		size_t count;
	} of[2]; /* of single-phase meters, of three-phase meters: parts one after another */
	int64_t price_unit_uyuan, amount_unit_fen, load_unit_w;
	enum zone_order zone_order; /* of a meter that holds no zones that tell */
};

const struct config_frame *frame_list(
    const struct config_frames *frames, int phases, size_t *count);

/* A part of which nothing was read yet. */
void frame_begin(enum config_part part, struct config *found);
/* Adds what was read to found; what the meter holds but makes no sense counts as not set. now: for
 * the clock. */
void frame_decode(const struct config_frames *frames, const struct config_frame *frame, int phases,
    const uint16_t *registers, int64_t now, struct config *found);
/* True when the meter holds what is wanted, as far as this frame goes. */
bool frame_is_right(const struct config_frames *frames, const struct config_frame *frame,
    int phases, const uint16_t *registers, int64_t now, const struct config *wanted);
/* The request that writes it: unit, function, data; no checksum. registers: what was read, of which
 * what is not wanted otherwise stays. RC_INVALID when a value does not fit into its registers. */
enum rc frame_encode(const struct config_frames *frames, const struct config_frame *frame,
    int phases, uint8_t unit, const uint16_t *registers, int64_t now, enum zone_order order,
    const struct config *wanted, uint8_t request[FRAME_REQUEST_MAX], size_t *length);

/* The order the zones of a meter are in; *is_sure false: they do not tell, it is the profile's. */
enum zone_order frame_zone_order(
    const struct config_frames *frames, const uint16_t *registers, bool *is_sure);

#endif
