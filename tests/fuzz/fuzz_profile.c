/* Registers from a meter: the first two bytes choose model and ratios, the rest fills the blocks.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint16_t registers[PROFILE_BLOCKS_MAX][PROFILE_REGISTERS_MAX];
	struct reading reading;
	size_t count;
	const struct profile *const *list = profile_list(&count);

	if (size < 2)
		return 0;
	memset(registers, 0, sizeof(registers));
	memcpy(registers, data + 2, size - 2 < sizeof(registers) ? size - 2 : sizeof(registers));
	const struct profile *profile = list[data[0] % count];
	if (profile->type_address != 0 && data[0] & 0x80)
		registers[0][profile->type_address - profile->blocks[0].address] =
		    profile->type_value;
	enum rc rc = profile_decode(profile, (const uint16_t(*)[PROFILE_REGISTERS_MAX])registers,
	    1 + (data[1] & 0x0F) * 286331153LL, 1 + (data[1] >> 4) * 286331153LL, &reading);
	if (rc == RC_OK && (reading.energy_wh < 0 || reading.register_range_wh <= 0))
		__builtin_trap();
	return 0;
}
