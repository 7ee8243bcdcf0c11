#include "app.h"
#include "sales.h"

/* The first page that the reader may open. */
static enum rc
start(struct req *r)
{
	return redirect(r, may(r, PERM_SALE) ? "/sales/counter" : "/sales/records");
}

static const struct route routes[] = {
	{ GET, "/sales", PERM_SIGNED_IN, start, .nav = "Counter" },
	{ GET, "/sales/counter", PERM_SALE, counter, .nav = "Counter" },
};

int
main(int argc, char **argv)
{
	return app_main(argc, argv, "sales", routes, COUNT(routes));
}
