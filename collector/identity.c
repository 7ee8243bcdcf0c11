#include <assert.h>
#include <string.h>

#include "identity.h"

#define DIGITS "0123456789"

void
identity_expect(const struct identity *identity, const char *number, char digits[IDENTITY_ROOM])
{
	size_t length = strspn(number, DIGITS), wanted = identity->digits;
	char end = number[length];
	size_t most = identity->is_shared ? IDENTITY_ROOM - 1 : wanted;

	assert(wanted < IDENTITY_ROOM);
	digits[0] = '\0';
	if (wanted == 0 || length < wanted || length > most)
		return;
	if (end != '\0' && !(end == '-' && identity->is_shared))
		return;
	memcpy(digits, number + length - wanted, wanted);
	digits[wanted] = '\0';
}

void
identity_decode(
    const struct identity *identity, const uint16_t *registers, char digits[IDENTITY_ROOM])
{
	for (size_t i = 0; i < identity->digits; i++) {
		size_t byte = identity->offset + i / 2;
		unsigned two = registers[byte / 2] >> (byte % 2 == 0 ? 8 : 0) & 0xFF;
		unsigned digit = i % 2 == 0 ? two >> 4 : two & 0xF;
		if (digit > 9) {
			digits[0] = '\0';
			return;
		}
		digits[i] = (char)('0' + digit);
	}
	digits[identity->digits] = '\0';
	if (strspn(digits, "0") == identity->digits)
		digits[0] = '\0';
}
