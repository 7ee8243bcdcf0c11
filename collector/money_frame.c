#include "money_frame.h"

#include <assert.h>
#include <string.h>

#define FUNCTION_WRITE	 0x10
#define FUNCTION_COMMAND 0x20
#define CREDIT_REGISTERS 4
#define SET_REGISTERS	 30
#define SET_CREDIT_AT	 2 /* enable bytes in the frame, each in front of its group */
#define SET_COUNT_AT	 7
#define FORCE_REGISTERS	 2
#define HEAD		 7 /* unit, function, address, registers, bytes */

static void
put16(uint8_t *data, int64_t value)
{
	data[0] = (uint8_t)(value >> 8);
	data[1] = (uint8_t)value;
}

static void
put32(uint8_t *data, int64_t value)
{
	put16(data, value >> 16);
	put16(data + 2, value);
}

static uint8_t *
begin(struct money_request *request, uint8_t unit, uint8_t function, uint16_t address,
    size_t registers)
{
	request->length = HEAD + 2 * registers;
	assert(request->length <= sizeof(request->bytes));
	memset(request->bytes, 0, sizeof(request->bytes));
	request->bytes[0] = unit;
	request->bytes[1] = function;
	put16(request->bytes + 2, address);
	put16(request->bytes + 4, (int64_t)registers);
	request->bytes[6] = (uint8_t)(2 * registers);
	return request->bytes + HEAD;
}

bool
money_frame_credit(const struct money_frames *frames, uint8_t unit, int64_t amount_fen,
    uint32_t count, struct money_request *request)
{
	uint8_t *data =
	    begin(request, unit, FUNCTION_COMMAND, frames->credit_address, CREDIT_REGISTERS);

	put32(data, amount_fen / frames->amount_unit_fen);
	put16(data + 4, count);
	return amount_fen > 0 && amount_fen % frames->amount_unit_fen == 0 &&
	       amount_fen / frames->amount_unit_fen <= INT32_MAX && count < frames->count_range;
}

bool
money_frame_set(const struct money_frames *frames, uint8_t unit, int64_t credit_fen, uint32_t count,
    struct money_request *request)
{
	uint8_t *data = begin(request, unit, FUNCTION_COMMAND, frames->set_address, SET_REGISTERS);

	data[SET_CREDIT_AT] = 1;
	put32(data + SET_CREDIT_AT + 1, credit_fen / frames->amount_unit_fen);
	data[SET_COUNT_AT] = 1;
	put16(data + SET_COUNT_AT + 1, count);
	return credit_fen >= 0 && credit_fen % frames->amount_unit_fen == 0 &&
	       credit_fen / frames->amount_unit_fen <= INT32_MAX && count < frames->count_range;
}

void
money_frame_force(const struct money_frames *frames, uint8_t unit, bool is_forced, bool is_open,
    struct money_request *request)
{
	uint8_t *data =
	    begin(request, unit, FUNCTION_WRITE, frames->force_address, FORCE_REGISTERS);

	put16(data, is_forced);
	put16(data + 2, is_forced && is_open);
}
