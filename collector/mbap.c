#include <assert.h>
#include <string.h>

#include "mbap.h"

#define PDU_MIN 2 /* unit and function */

size_t
mbap_write(uint8_t frame[MBAP_FRAME_MAX], uint16_t transaction, const uint8_t *pdu, size_t length)
{
	assert(length >= PDU_MIN && length <= MBAP_PDU_MAX);
	frame[0] = (uint8_t)(transaction >> 8);
	frame[1] = (uint8_t)transaction;
	frame[2] = 0;
	frame[3] = 0;
	frame[4] = 0;
	frame[5] = (uint8_t)length;
	memcpy(frame + MBAP_PREFIX, pdu, length);
	return MBAP_PREFIX + length;
}

enum mbap_sight
mbap_look(const uint8_t *bytes, size_t received, uint16_t transaction, size_t *length)
{
	if (received < MBAP_PREFIX)
		return MBAP_MORE;
	size_t rest = (size_t)bytes[4] << 8 | bytes[5];
	if (bytes[2] != 0 || bytes[3] != 0 || rest < PDU_MIN || rest > MBAP_PDU_MAX)
		return MBAP_BROKEN;
	if (received < MBAP_PREFIX + rest)
		return MBAP_MORE;
	*length = MBAP_PREFIX + rest;
	return (bytes[0] << 8 | bytes[1]) == transaction ? MBAP_ANSWER : MBAP_STALE;
}
