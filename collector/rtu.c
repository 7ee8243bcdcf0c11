#include "rtu.h"

uint16_t
rtu_crc(const uint8_t *bytes, size_t length)
{
	unsigned crc = 0xFFFF;

	for (size_t i = 0; i < length; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
	}
	return (uint16_t)crc;
}

bool
rtu_is_frame(const uint8_t *bytes, size_t length)
{
	if (length < 4 || length > RTU_FRAME_MAX)
		return false;
	return rtu_crc(bytes, length - 2) == (bytes[length - 1] << 8 | bytes[length - 2]);
}

int64_t
rtu_character_us(uint32_t baud, char parity, uint8_t stop_bits, size_t characters)
{
	int64_t bits = 1 + 8 + (parity != 'N') + stop_bits;

	return (int64_t)characters * bits * 1000000 / baud;
}

int64_t
rtu_silence_us(uint32_t baud, char parity, uint8_t stop_bits)
{
	if (baud > 19200)
		return 1750;
	return rtu_character_us(baud, parity, stop_bits, 7) / 2;
}
