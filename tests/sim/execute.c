/*
 * execute.c - one request to one meter, without wires and without faults.
 */
#include <string.h>

#include "frame.h"
#include "loop.h"
#include "registers.h"

#define REGISTERS_MAX 125
#define BLOCK_ADDRESS 0x0200

size_t
answer_exception(uint8_t *answer, const uint8_t *request, int exception)
{
	answer[0] = request[0];
	answer[1] = request[1] | 0x80;
	answer[2] = (uint8_t)exception;
	return 3;
}

/* Curves and trigonometry once a second; every change from outside asks for a new image. */
static void
image_refresh(struct meter *meter)
{
	int64_t now_ms = meter_now_ms();
	if (now_ms / 1000 == meter->image_second)
		return;
	meter_advance(meter, now_ms);
	block_fill(meter, meter->image);
	meter->image_second = now_ms / 1000;
	if (meter->head != NULL)
		meter->at_ms = meter->head->at_ms;
}

static const struct section *
section_find(const struct meter *meter, unsigned address)
{
	const struct section *section = section_list(meter);
	for (; section->count != 0; section++)
		if (address >= section->address &&
		    address < (unsigned)section->address + section->count)
			return section;
	return NULL;
}

static void
section_fill(struct meter *meter, const struct section *section, uint8_t *bytes)
{
	memset(bytes, 0, SECTION_BYTES);
	if (section->fill == block_fill) {
		image_refresh(meter);
		memcpy(bytes, meter->image, BLOCK_BYTES);
		return;
	}
	struct meter *subject = meter->head != NULL ? meter->head : meter;
	meter_advance(subject, meter_now_ms());
	section->fill(subject, bytes);
	if (meter->content != CONTENT_NORMAL)
		memset(
		    bytes, meter->content == CONTENT_ZERO ? 0 : 0xFF, (size_t)section->count * 2);
}

static size_t
execute_read(struct meter *meter, const uint8_t *request, uint8_t *answer)
{
	unsigned address = get16(request + 2), count = get16(request + 4);
	if (count == 0 || count > REGISTERS_MAX)
		return answer_exception(answer, request, EXCEPTION_VALUE);
	answer[0] = request[0];
	answer[1] = request[1];
	answer[2] = (uint8_t)(count * 2);
	if (meter->model != MODEL_DTSY1946 && address >= BLOCK_ADDRESS &&
	    address + count <= BLOCK_ADDRESS + 48) {
		image_refresh(meter);
		memcpy(answer + 3, meter->image + (address - BLOCK_ADDRESS) * 2, count * 2);
		return 3 + count * 2;
	}
	for (unsigned done = 0; done < count;) {
		uint8_t bytes[SECTION_BYTES];
		const struct section *section = section_find(meter, address + done);
		if (section == NULL)
			return answer_exception(answer, request, EXCEPTION_ADDRESS);
		section_fill(meter, section, bytes);
		unsigned skip = address + done - section->address;
		unsigned taken =
		    section->count - skip < count - done ? section->count - skip : count - done;
		memcpy(answer + 3 + done * 2, bytes + skip * 2, taken * 2);
		done += taken;
	}
	return 3 + count * 2;
}

/* Writes count registers; all or none of a stretch. Returns an exception or 0. */
static int
registers_write(struct meter *meter, unsigned address, unsigned count, const uint8_t *data)
{
	const struct section *section = section_find(meter, address);
	if (section == NULL || section->store == NULL || meter->head != NULL ||
	    address + count > (unsigned)section->address + section->count)
		return EXCEPTION_ADDRESS;
	uint8_t bytes[SECTION_BYTES];
	section_fill(meter, section, bytes);
	memcpy(bytes + (address - section->address) * 2, data, (size_t)count * 2);
	int exception = section->store(meter, bytes);
	if (exception != 0)
		return exception;
	meter->writes++;
	meter_changed(meter);
	return 0;
}

static size_t
execute_write(struct meter *meter, const uint8_t *request, size_t length, uint8_t *answer)
{
	bool is_one = request[1] == FUNCTION_WRITE_ONE;
	unsigned count = is_one ? 1 : get16(request + 4);
	if (!is_one && (length < 7 || count == 0 || count > 123 || request[6] != count * 2 ||
			   length != 7 + (size_t)count * 2))
		return answer_exception(answer, request, EXCEPTION_VALUE);
	int exception =
	    registers_write(meter, get16(request + 2), count, request + (is_one ? 4 : 7));
	if (exception != 0)
		return answer_exception(answer, request, exception);
	memcpy(answer, request, 6);
	return 6;
}

/* What the ten bytes behind a carried out command mean is not known: four guesses. */
static size_t
command_answer(struct meter *meter, const uint8_t *request, uint8_t *answer)
{
	memset(answer, 0, 13);
	memcpy(answer, request, 2);
	answer[2] = 10;
	if (meter->reply20 == REPLY_SHORT) {
		memcpy(answer, request, 6);
		return 6;
	}
	if (meter->reply20 == REPLY_ECHO) {
		memcpy(answer + 3, request + 2, 4);
	} else if (meter->reply20 == REPLY_STATUS) {
		put_long(meter, answer + 3, credit_register(meter));
		put16(answer + 7, meter->count);
		image_refresh(meter);
		memcpy(answer + 9, meter->image + 72, 4);
	}
	return 13;
}

static size_t
execute_command(struct meter *meter, const uint8_t *request, size_t length, uint8_t *answer)
{
	uint8_t boards[16];
	size_t board_count = 0;
	unsigned count = length >= 7 ? get16(request + 4) : 0;
	if (meter->model == MODEL_DTSY1946)
		return answer_exception(answer, request, EXCEPTION_FUNCTION);
	if (count == 0 || request[6] != count * 2 || length != 7 + (size_t)count * 2)
		return answer_exception(answer, request, EXCEPTION_VALUE);
	int exception = command_execute(
	    meter, get16(request + 2), (uint16_t)count, request + 7, boards, &board_count);
	if (exception != 0)
		return answer_exception(answer, request, exception);
	if (board_count == 0)
		return command_answer(meter, request, answer);
	memcpy(answer, request, 2);
	answer[2] = (uint8_t)board_count;
	memcpy(answer + 3, boards, board_count);
	return 3 + board_count;
}

static size_t
execute_identify(const struct meter *meter, const uint8_t *request, size_t length, uint8_t *answer)
{
	static const uint8_t WORD[] = { 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10 };
	if (length != 2 && (length != 10 || memcmp(request + 2, WORD, sizeof WORD) != 0))
		return answer_exception(answer, request, EXCEPTION_VALUE);
	memset(answer, 0, 13);
	memcpy(answer, request, 2);
	answer[2] = 10;
	put16(answer + 3, meter->type);
	put16(answer + 7, 0x0101);
	return 13;
}

size_t
meter_execute(struct meter *meter, const uint8_t *request, size_t length, uint8_t *answer)
{
	switch (request[1]) {
	case FUNCTION_READ:
	case FUNCTION_READ_INPUT:
		if (length != 6)
			return answer_exception(answer, request, EXCEPTION_VALUE);
		return execute_read(meter, request, answer);
	case FUNCTION_WRITE_ONE:
	case FUNCTION_WRITE:
		if (length < 6)
			return answer_exception(answer, request, EXCEPTION_VALUE);
		return execute_write(meter, request, length, answer);
	case FUNCTION_COMMAND:
		return execute_command(meter, request, length, answer);
	case FUNCTION_IDENTIFY:
		return execute_identify(meter, request, length, answer);
	default:
		return answer_exception(answer, request, EXCEPTION_FUNCTION);
	}
}
