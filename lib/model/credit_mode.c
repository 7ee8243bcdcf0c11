#include <assert.h>
#include <string.h>

#include "model/meter.h"

static const char *const MODE_NAMES[] = { "meter", "server", "monitor" };

const char *
credit_mode_name(enum credit_mode mode)
{
	assert((size_t)mode < COUNT(MODE_NAMES));
	return MODE_NAMES[mode];
}

enum credit_mode
credit_mode_find(const char *name)
{
	for (int i = CREDIT_METER; i <= CREDIT_MONITOR; i++)
		if (strcmp(credit_mode_name((enum credit_mode)i), name) == 0)
			return (enum credit_mode)i;
	return (enum credit_mode)(CREDIT_MONITOR + 1);
}
