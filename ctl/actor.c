#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl.h"

struct operator_actor
ctl_actor(void)
{
	static char name[64];
	const char *user = getenv("SUDO_USER");

	if (user == NULL || user[0] == '\0') {
		const struct passwd *entry = getpwuid(getuid());
		user = entry != NULL ? entry->pw_name : "unknown";
	}
	(void)snprintf(name, sizeof(name), "voltillctl %s", user);
	return (struct operator_actor){ .actor = name, .address = "", .now = clock_now() };
}
