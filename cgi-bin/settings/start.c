#include "settings.h"

/* The way into each part of the settings: nav.c holds the table. */
enum rc
settings_start(struct req *r)
{
	return page(r, "settings/start.cs");
}
