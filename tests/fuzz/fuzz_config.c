/* The text of what can be set in a meter: whatever it holds, it is refused, or what it says is
 * written again to the byte. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "model/meter_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[2048], again[CONFIG_TEXT_MAX];
	struct config config, other;

	if (size == 0 || size >= sizeof(text))
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	enum config_part part = (enum config_part)(data[0] % CONFIG_PARTS);
	if (config_parse(part, text, &config) != RC_OK)
		return 0;
	config_format(&config, again);
	assert(strcmp(text, again) == 0);
	assert(config_parse(part, again, &other) == RC_OK && config_is_same(&config, &other));
	return 0;
}
