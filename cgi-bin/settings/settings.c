#include "app.h"
#include "settings.h"

static const struct route routes[] = {
	{ GET, "/settings", PERM_SIGNED_IN, settings_start, .nav = "Settings" },
};

int
main(int argc, char **argv)
{
	return app_main(argc, argv, "settings", routes, COUNT(routes));
}
