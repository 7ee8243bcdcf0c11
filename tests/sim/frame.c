#include "frame.h"

static uint16_t crc_table[256];

void
frame_open(void)
{
	for (unsigned i = 0; i < 256; i++) {
		unsigned crc = i;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
		crc_table[i] = (uint16_t)crc;
	}
}

uint16_t
frame_crc(const uint8_t *bytes, size_t length)
{
	uint16_t crc = 0xFFFF;
	for (size_t i = 0; i < length; i++)
		crc = (uint16_t)(crc >> 8 ^ crc_table[(crc ^ bytes[i]) & 0xFF]);
	return crc;
}

size_t
frame_seal(uint8_t *frame, size_t length)
{
	uint16_t crc = frame_crc(frame, length);
	frame[length] = (uint8_t)crc;
	frame[length + 1] = (uint8_t)(crc >> 8);
	return length + 2;
}

int
frame_request_length(const uint8_t *bytes, size_t length)
{
	if (length < 2)
		return 0;
	switch (bytes[1]) {
	case FUNCTION_READ:
	case FUNCTION_READ_INPUT:
	case FUNCTION_WRITE_ONE:
		return 8;
	case FUNCTION_WRITE:
	case FUNCTION_COMMAND:
		return length < 7 ? 0 : 9 + bytes[6];
	case FUNCTION_IDENTIFY:
		/* Plain it has no data; with the maker's eight bytes it is longer. */
		if (length >= 4 && frame_crc(bytes, 4) == 0)
			return 4;
		return 12;
	default:
		return -1;
	}
}
