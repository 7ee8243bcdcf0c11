/*
 * frame.h - bytes of Modbus: checksum, big-endian numbers, where a frame ends.
 */
#ifndef METERSIM_FRAME_H
#define METERSIM_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum {
	FUNCTION_READ = 0x03,
	FUNCTION_READ_INPUT = 0x04,
	FUNCTION_WRITE_ONE = 0x06,
	FUNCTION_WRITE = 0x10,
	FUNCTION_IDENTIFY = 0x11,
	FUNCTION_COMMAND = 0x20,
};

enum {
	EXCEPTION_FUNCTION = 1,
	EXCEPTION_ADDRESS = 2,
	EXCEPTION_VALUE = 3,
	EXCEPTION_DEVICE = 4,
	EXCEPTION_TARGET = 11
};

static inline uint16_t
get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t
get32(const uint8_t *bytes)
{
	return (uint32_t)get16(bytes) << 16 | get16(bytes + 2);
}

static inline void
put16(uint8_t *bytes, int64_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static inline void
put32(uint8_t *bytes, int64_t value)
{
	put16(bytes, value >> 16);
	put16(bytes + 2, value);
}

void frame_open(void); /* prepares the table of the checksum */
uint16_t frame_crc(const uint8_t *bytes, size_t length);

/* Appends the checksum, low byte first; returns the new length. */
size_t frame_seal(uint8_t *frame, size_t length);

/* Length of the request frame that begins here, checksum included: 0 when more bytes are needed to
 * tell, -1 when only the silence behind it can tell. */
int frame_request_length(const uint8_t *bytes, size_t length);

#endif
