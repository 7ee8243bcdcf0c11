#include "accounts.h"
#include "app.h"

static enum rc
start(struct req *r)
{
	return redirect(r, "/accounts/overview");
}

static const struct route routes[] = {
	{ GET, "/accounts", PERM_SIGNED_IN, start, .nav = "Overview" },
	{ GET, "/accounts/overview", PERM_METER_VIEW, overview, .nav = "Overview" },
	{ GET, "/accounts/board", PERM_METER_VIEW, board, .nav = "Board" },
	{ GET, "/accounts/meters", PERM_METER_VIEW, meters, .nav = "Meters" },
	{ GET, "/accounts/meters/{id}", PERM_METER_VIEW, meter, .nav = "Meters" },
	{ GET, "/accounts/meters/{id}/config", PERM_METER_VIEW, meter_config, .nav = "Meters" },
	{ GET, "/accounts/gateways", PERM_BUS_VIEW, gateways, .nav = "Gateways" },
	{ GET, "/accounts/gateways/{id}", PERM_BUS_VIEW, gateway, .nav = "Gateways" },
};

int
main(int argc, char **argv)
{
	return app_main(argc, argv, "accounts", routes, COUNT(routes));
}
