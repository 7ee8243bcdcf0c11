/* A stream from a gateway: whatever comes, a frame never reaches behind what was received. */
#include <stddef.h>
#include <stdint.h>

#include "mbap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t at = 0, length = 0;

	while (at < size) {
		enum mbap_sight sight = mbap_look(data + at, size - at, 0x0102, &length);
		if (sight == MBAP_MORE || sight == MBAP_BROKEN)
			break;
		if (length < MBAP_PREFIX + 2 || length > MBAP_FRAME_MAX || length > size - at)
			__builtin_trap();
		at += length;
	}
	return 0;
}
