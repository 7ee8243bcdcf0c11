#include "base/rc.h"

const char *
rc_name(enum rc rc)
{
	static const char *const names[] = {
		[RC_OK] = "ok",
		[RC_NOT_FOUND] = "not found",
		[RC_INVALID] = "invalid",
		[RC_DENIED] = "denied",
		[RC_CONFLICT] = "conflict",
		[RC_TIMEOUT] = "time-out",
		[RC_UNAVAILABLE] = "unavailable",
		[RC_BUG] = "bug",
	};
	return (unsigned)rc < COUNT(names) ? names[rc] : "unknown";
}
