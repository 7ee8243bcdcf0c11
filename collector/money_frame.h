/*
 * money_frame.h - requests that move credit or force a relay. Pure.
 *
 * A meter takes a purchase as an amount and the count it makes; setting the credit and the count
 * goes by the frame of the prepayment settings, where each group has an enable byte of its own
 * (domain.md §1.5). Addresses and widths are data of the profile.
 */
#ifndef VOLTILL_MONEY_FRAME_H
#define VOLTILL_MONEY_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct money_frames {
	uint16_t credit_address, set_address, force_address;
	int64_t amount_unit_fen;
	uint32_t count_range; /* the purchase count returns to zero here */
	int spare;	      /* registers at the end of the first block that hold nothing needed */
};

#define MONEY_REQUEST_MAX 67

/* Unit, function, data; no checksum. */
struct money_request {
	uint8_t bytes[MONEY_REQUEST_MAX];
	size_t length;
};

/* False: the amount does not fit into its registers. */
bool money_frame_credit(const struct money_frames *frames, uint8_t unit, int64_t amount_fen,
    uint32_t count, struct money_request *request);
bool money_frame_set(const struct money_frames *frames, uint8_t unit, int64_t credit_fen,
    uint32_t count, struct money_request *request);
/* is_forced false: the force ends, and the credit decides again. */
void money_frame_force(const struct money_frames *frames, uint8_t unit, bool is_forced,
    bool is_open, struct money_request *request);

#endif
