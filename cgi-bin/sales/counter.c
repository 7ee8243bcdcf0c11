/* /sales/counter: finds whom to sell to. */
#include "sales.h"

enum rc
counter(struct req *r)
{
	return page(r, "sales/counter.cs");
}
